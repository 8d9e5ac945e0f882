"""What a query looked through: the text that numbers of hits are set against.

These are the passages that its scope and its conditions on the book leave, and of them the letters that the reader may
search: punctuation is none, notes that he may not see are left out, and if only main text or only notes were asked for,
the others are.
"""

from __future__ import annotations

import numpy as np

from search.found import Found
from search.language.tree import And, Field, Layer, Node, Not, Or, layer_of, strings
from search.matching.conditions import field_mask, scope_mask
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf


def searched(found: Found) -> Numbers:
    """The mask of rows that a query looked through."""
    bank = found.bank
    mask = scope_mask(bank, found.scope, staff=found.staff).copy()
    for node in conditions(found.tree):
        mask &= _left_by(bank, node)
    return mask


def sizes(found: Found) -> Numbers:
    """How many letters of each row were looked through, if the row was."""
    letters: Numbers = np.diff(found.bank.starts)
    for shelf in found.bank.shelves:
        out = left_out(found, shelf)
        if out is not None:
            rows = found.bank.row_at(np.flatnonzero(out) + shelf.place) - shelf.row
            letters[shelf.row : shelf.row_end] -= np.bincount(rows, minlength=shelf.row_end - shelf.row)
    return letters


def left_out(found: Found, shelf: Shelf) -> Numbers | None:
    """A mask over the places of a shelf, of letters that were not looked through; None if all were."""
    noted = found.bank.noted[shelf.place : shelf.place_end]
    hidden = found.matcher.hidden[shelf.row : shelf.row_end].any()
    match layer(found):
        case "notes":
            return np.ones(len(noted), dtype=bool) if hidden else ~noted
        case "text":
            return noted
    return noted if hidden else None


def layer(found: Found) -> Layer:
    """The layer that all of a query looked in."""
    layers = {layer_of(string) for string in strings(found.tree)}
    asked = layers.pop() if len(layers) == 1 else "both"
    return found.scope.layers[0] if len(found.scope.layers) == 1 else asked  # type: ignore[return-value]


def conditions(tree: Node) -> list[Node]:
    """The parts of a query that speak of the book alone."""
    return [node for node in (tree.nodes if isinstance(tree, And) else (tree,)) if _is_condition(node)]


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
