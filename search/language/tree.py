"""What a query asks for, as a small tree. `docs/search.md` says what each part means, down to single occurrences.

A string is what has occurrences: a phrase, a pattern, a regular expression, a chain of NEAR and BEFORE, a near
quotation, or strings of which one will do. Its leaves know which layer of the text they look in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

Layer = Literal["both", "text", "notes"]
"""The running text and the text without notes; only outside notes; only in notes."""

Choice = tuple[str, ...]
"""Units of which one stands at a place; none: any character."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters in a row. `units` as `folding.units` gives them; `exact` asks for these very glyphs."""

    units: tuple[str, ...]
    exact: bool = False
    layer: Layer = "both"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Pieces in this order, with gaps of at least so many and at most so many characters between them.

    The first and the last choice of a piece name units.
    """

    pieces: tuple[tuple[Choice, ...], ...]
    gaps: tuple[tuple[int, int], ...] = ()
    exact: bool = False
    layer: Layer = "both"


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression as typed; `regexp.program` reads it."""

    source: str
    layer: Layer = "both"


@dataclass(frozen=True, slots=True)
class Link:
    """How the next string of a chain stands to those before: at most `within` characters between; after, if ordered."""

    within: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Strings near one another; `links` has one entry for each of `nodes` but the first."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A string that may differ a little. It stands alone, or beside conditions on the book."""

    units: tuple[str, ...]
    layer: Layer = "both"


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on the book: `name` is a key of `signs.FIELDS`; `exact` asks for the whole value."""

    name: str
    value: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of them, in one passage."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them at least."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Passages without it; stands only in an `And` that has something else."""

    node: Node


Leaf = Phrase | Pattern | Regex | Quotation
String = Leaf | Near
Node = String | Field | And | Or | Not


def strings(node: Node) -> tuple[String, ...]:
    """What a tree looks for, from left to right, chains whole; what it excludes is left out."""
    match node:
        case Phrase() | Pattern() | Regex() | Near() | Quotation():
            return (node,)
        case And(nodes) | Or(nodes):
            return tuple(chain.from_iterable(map(strings, nodes)))
    return ()


def leaves(node: Node) -> Iterator[Leaf]:
    """The strings of a tree, chains taken apart."""
    for one in strings(node):
        if isinstance(one, Near):
            for below in one.nodes:
                yield from leaves(below)
        else:
            yield one


def phrases(node: Node) -> Iterator[Phrase]:
    """The phrases of a tree, from left to right, those in chains too."""
    return (one for one in leaves(node) if isinstance(one, Phrase))


def quotation_of(node: Node) -> Quotation | None:
    """The near quotation a tree looks for, if it does; it has no string besides."""
    return next((one for one in strings(node) if isinstance(one, Quotation)), None)


def is_string(node: Node) -> bool:
    """Whether a node has occurrences of its own that a chain can join."""
    match node:
        case Phrase() | Pattern() | Regex() | Near():
            return True
        case Or(nodes):
            return all(map(is_string, nodes))
    return False


def layer_of(node: Node) -> Layer:
    """The layer that a string looks in; a chain has one for all its parts."""
    if isinstance(node, Phrase):
        return node.layer
    return next((leaf.layer for leaf in leaves(node)), "both")
