"""Two editions side by side: a comparison cut into pages, rows and pieces, none too long for a screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from archive.model import Edition
from search.compare.model import KINDS, Kind, Segment, Span, Unit, places
from web import links

PAGE = 48_000
"""Bytes of rows on a page, about."""
_ROW, _MARK = 700, 90
"""Bytes of HTML that a row and a mark take beside their words, about."""
ELIDED = 600
"""Characters from which words without a difference, or on one side only, are shown by their beginning and end."""
_SHOWN = 120


class Piece(NamedTuple):
    """A run of words. `kind` is empty where nothing is to be marked.

    `missing`: here stands nothing, but something does on the other side. `opens`: a further passage begins with it.
    `elided` counts characters left out after it.
    """

    text: str
    note: bool = False
    kind: str = ""
    label: str = ""
    missing: bool = False
    opens: bool = False
    elided: int = 0


class Side(NamedTuple):
    """One side of a row: where it stands, as (reference, address), and its words."""

    places: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]


class Row(NamedTuple):
    """A unit, or as much of it as the page holds: `continued` tells that it begins on the page before."""

    base: Side
    witness: Side
    moved: bool
    continued: bool
    together: int
    """How many units, this one and those behind it, have moved as one; 0 if it is not the first of them."""


class Part(NamedTuple):
    """Segments `first` to `last` (not included) of a unit."""

    unit: Unit
    first: int
    last: int


def pages(units: Iterable[Unit]) -> list[list[Part]]:
    """Units shared out to pages; there is at least one page."""
    found: list[list[Part]] = [[]]
    used = 0
    for unit in units:
        first = 0
        used += _ROW
        for number, segment in enumerate(unit.segments):
            size = _weight(segment)
            if used + size > PAGE and used > _ROW:
                if number > first:
                    found[-1].append(Part(unit, first, number))
                found.append([])
                first, used = number, _ROW
            used += size
        found[-1].append(Part(unit, first, len(unit.segments)))
    return found


def page_of(pages: Iterable[Iterable[Part]], ref: str) -> int:
    """The page on which a passage of the base begins, from 1; the first if it is on none."""
    numbered = ((number, part) for number, parts in enumerate(pages, 1) for part in parts)
    return next((number for number, part in numbered if any(place.ref == ref for place in part.unit.base)), 1)


def rows(parts: Iterable[Part], base: Edition, witness: Edition, kinds: Collection[Kind]) -> Iterator[Row]:
    """The rows of a page; only differences of these kinds are marked."""
    for unit, first, last in parts:
        segments = unit.segments[first:last]
        ours, theirs = [one.base for one in segments], [one.witness for one in segments]
        marked = [one.kind if one.kind in kinds else None for one in segments]
        yield Row(
            _side(base, ours, theirs, marked),
            _side(witness, theirs, ours, marked),
            unit.moved and "transposition" in kinds,
            first > 0,
            unit.together if "transposition" in kinds and not first else 0,
        )


def _side(
    edition: Edition, here: list[tuple[Span, ...]], there: list[tuple[Span, ...]], marked: list[Kind | None]
) -> Side:
    pieces: list[Piece] = []
    ref = next((span.ref for spans in here for span in spans), "")
    for spans, others, kind in zip(here, there, marked, strict=True):
        if not spans and kind and others:
            pieces.append(Piece("", kind=kind, label=KINDS[kind].label, missing=True))
        for span in spans:
            pieces += _pieces(span, kind, span.ref != ref)
            ref = span.ref
    stands = places(tuple(span for spans in here for span in spans))
    return Side(tuple((place.ref, links.target(place.urn(edition))) for place in stands), tuple(_joined(pieces)))


def _pieces(span: Span, kind: Kind | None, opens: bool) -> Iterator[Piece]:
    piece = Piece(span.text, span.note, kind or "", KINDS[kind].label if kind else "", opens=opens)
    if len(span.text) <= ELIDED:
        yield piece
    else:
        yield piece._replace(text=span.text[:_SHOWN], elided=len(span.text) - 2 * _SHOWN)
        yield piece._replace(text=span.text[-_SHOWN:], opens=False)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces of one kind that touch, made one."""
    held: Piece | None = None
    for piece in pieces:
        if held and _touch(held, piece):
            held = held._replace(text=held.text + piece.text, elided=piece.elided)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _touch(one: Piece, other: Piece) -> bool:
    apart = one.elided or other.opens or one.missing or other.missing
    return not apart and (one.note, one.kind) == (other.note, other.kind)


def _weight(segment: Segment) -> int:
    """Bytes that a segment takes on the page, about."""
    shown = sum(len(span.text) if len(span.text) <= ELIDED else 2 * _SHOWN for side in segment[1:] for span in side)
    return 3 * shown + (0 if segment.kind == "same" else 2 * _MARK)
