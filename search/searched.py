"""What a query looked through: the text that numbers of hits are set against."""

from __future__ import annotations

import numpy as np

from search.alphabet import Numbers
from search.bank import Bank
from search.conditions import field_mask, scope_mask
from search.found import Found
from search.query import And, Field, Node, Not, Or


def searched(found: Found) -> Numbers:
    """The mask of rows that a query looked through: its scope, and what its conditions on the book leave of it."""
    bank = found.bank
    mask = scope_mask(bank, found.scope, staff=found.staff)
    nodes = found.tree.nodes if isinstance(found.tree, And) else (found.tree,)
    for node in nodes:
        if _is_condition(node):
            mask &= _left_by(bank, node)
    return mask


def sizes(found: Found) -> Numbers:
    """How many letters of each row the reader may search: punctuation is none, hidden notes are left out."""
    bank, hidden = found.bank, found.matcher.hidden
    letters: Numbers = np.diff(bank.starts)
    for shelf in bank.shelves:
        if hidden[shelf.row : shelf.row_end].any():
            noted = np.flatnonzero(bank.noted[shelf.place : shelf.place_end]) + shelf.place
            rows = slice(shelf.row, shelf.row_end)
            letters[rows] -= np.bincount(bank.row_at(noted) - shelf.row, minlength=shelf.row_end - shelf.row)
    return letters


def _is_condition(node: Node) -> bool:
    """Whether a node speaks of the book alone, not of its text."""
    match node:
        case Field():
            return True
        case Not(inner):
            return _is_condition(inner)
        case And(nodes) | Or(nodes):
            return all(map(_is_condition, nodes))
    return False


def _left_by(bank: Bank, node: Node) -> Numbers:
    """The rows that a condition leaves."""
    match node:
        case Field():
            return field_mask(bank, node)
        case Not(inner):
            return ~_left_by(bank, inner)
        case And(nodes):
            return np.asarray(np.logical_and.reduce([_left_by(bank, one) for one in nodes]))
        case Or(nodes):
            return np.asarray(np.logical_or.reduce([_left_by(bank, one) for one in nodes]))
    return np.ones(bank.size, dtype=bool)
