"""The same reader, texts and conditions, another string: what is asked when a query finds nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from archive.errors import UsageError
from search.found import Found
from search.language.tree import And, Leaf, Near, Node, Not, Or, leaves, strings
from search.matching.conditions import hidden_notes_mask, scope_mask
from search.matching.matcher import Matcher
from search.statistics.searched import searched


def widened(found: Found) -> Found:
    """The same, in all rows of the scope: an engine may have left only those that can hold the string asked for."""
    bank, staff = found.bank, found.staff
    matcher = Matcher(bank, scope_mask(bank, found.scope, staff=staff), hidden_notes_mask(bank, staff=staff))
    return replace(found, matcher=matcher)


def freed(found: Found) -> Found:
    """The same, in the rows that what the query says besides its strings leaves: its fields and what it excludes."""
    found = widened(found)
    rows = searched(found)
    for node in found.tree.nodes if isinstance(found.tree, And) else ():
        if isinstance(node, Not) and any(strings(node.node)):
            with suppress(UsageError):
                rows[found.matcher.spans(node.node).row] = False
    return replace(found, matcher=replace(found.matcher, rows=rows))


def beside(found: Found, string: Leaf) -> Found:
    """The same, in the rows that have all that the query wants besides one of its strings, if there are any."""
    free, others = freed(found), _others(found.tree, string)
    if not others:
        return free
    rows = np.zeros(found.bank.size, dtype=bool)
    with suppress(UsageError):  # too common to be listed
        rows[free.matcher.spans(And(others)).row] = True
    return replace(free, matcher=replace(free.matcher, rows=rows)) if rows.any() else free


def _others(tree: Node, string: Leaf) -> tuple[Node, ...]:
    """What must stand in one passage with a string of the tree."""
    match tree:
        case Or(nodes):
            return next((_others(node, string) for node in nodes if string in leaves(node)), ())
        case And(nodes) | Near(nodes):
            with_it = [node for node in nodes if string in leaves(node)][:1]
            rest = tuple(node for node in nodes if node not in with_it and any(leaves(node)))
            return rest + tuple(one for node in with_it for one in _others(node, string))
    return ()


def again(found: Found, tree: Node) -> Found:
    """Look for something else in the rows of `found.matcher`.

    Raises:
        UsageError: it is so common that listing it would take too long.
    """
    spans, layers = found.matcher.spans(tree), found.scope.layers
    if len(layers) == 1:
        noted = found.bank.noted[spans.first]
        spans = spans.take(noted if layers == ("notes",) else ~noted)
    return replace(found, tree=tree, spans=spans)


def replaced(tree: Node, old: Node, new: Node) -> Node:
    """A tree with another string in place of one of its strings."""
    if tree == old:
        return new
    match tree:
        case And() | Or() | Near():
            return replace(tree, nodes=tuple(replaced(node, old, new) for node in tree.nodes))
    return tree
