"""Double-line notes that an engine took for part of the column: found by the white between their halves, read again.

Where half-columns stand close, a detector sees one column of large characters and reads nonsense. There a white line
runs down the middle and the reading is doubtful. The halves are read alone; where both are surer than what was read
before, the column is cut, and what is left of it between notes is read again too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from ingest.ocr.columns import Column, body_width, columns_of, distance_of
from ingest.ocr.pieces import Piece, corners_in, straightened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.ocr.engines.contract import Picture, Pointed, Strip
    from ingest.ocr.ink import Ink

DOUBTFUL = 0.85
"""Characters read with less confidence may be a note's."""
SURE = 0.85
"""Both halves of a note are read with at least this confidence."""
BETTER = 0.02
"""How much surer a column's parts must be than the whole."""
_FACE = 0.82  # of a piece's width is the character's
_LEAST = 0.8  # characters' heights the white must run on


@dataclass(frozen=True, slots=True)
class _White:
    """A stretch of a column, in pixels of the ink, with white down its middle at `x`."""

    top: int
    bottom: int
    x: int


_Part = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Band:
    """A column's ink, and where it lies on the straightened page."""

    mask: NDArray[numpy.bool_]
    left: float
    top: float
    scale: float

    def boxed(self, part: _Part) -> tuple[float, float, float, float]:
        left, top, right, bottom = (value / self.scale for value in part)
        return self.left + left, self.top + top, self.left + right, self.top + bottom


@dataclass(frozen=True)
class _Reader:
    picture: Picture
    engine: Pointed
    skew: float

    @property
    def size(self) -> tuple[int, int]:
        return self.picture.shape[1], self.picture.shape[0]

    def read(self, band: _Band, parts: Sequence[_Part]) -> list[Strip]:
        places = [corners_in(band.boxed(part), self.skew, self.size) for part in parts]
        return [strip for strip in self.engine.read_at(self.picture, places) if strip.text.strip()]


def halved(pieces: Sequence[Piece], ink: Ink, picture: Picture, engine: Pointed, skew: float) -> list[Piece]:
    """The pieces of a vertical page, columns with hidden notes read again part by part."""
    body = body_width(pieces)
    columns = columns_of(pieces)
    distance = distance_of(columns, body)
    reader = _Reader(picture, engine, skew)
    kept: list[Piece] = []
    for column in columns:
        left, right = column.middle - 0.47 * distance, column.middle + 0.47 * distance
        mask = _without_rules(ink.within(left, column.top, right, column.bottom))
        band = _Band(mask, max(0.0, left), max(0.0, column.top), ink.scale)
        kept += _read_anew(column, band, _FACE * body * ink.scale, reader) or column.pieces
    return kept


def _read_anew(column: Column, band: _Band, size: float, reader: _Reader) -> list[Piece] | None:
    """The column's pieces read part by part; None if they are well as they are."""
    margin = round(0.06 * size)
    notes: list[_White] = []
    strips: list[Strip] = []
    for white in _whites(band.mask, size):
        before = _confidence(column, band.top + white.top / band.scale, band.top + white.bottom / band.scale)
        if before is None or before >= DOUBTFUL:
            continue
        halves = reader.read(band, list(_halves(band.mask, white, margin)))
        if len(halves) == 2 and min(half.confidence for half in halves) >= SURE and all(map(_han, halves)):
            notes.append(white)
            strips += halves
    if not notes:
        return None
    strips += reader.read(band, list(_between(band.mask, notes, margin)))
    if _sure(strips) < _sure([piece.strip for piece in column.pieces]) + BETTER:
        return None
    return straightened(strips, reader.skew, reader.size)


def _confidence(column: Column, top: float, bottom: float) -> float | None:
    """How sure the characters are that were read between two heights as the column's own; None if there are none."""
    seen = [
        sign.confidence
        for piece in column.whole
        for sign in piece.strip.signs
        if top <= piece.top + (sign.start + sign.end) / 2 * piece.height <= bottom
    ]
    return sum(seen) / len(seen) if seen else None


def _han(strip: Strip) -> bool:
    return all(ord(char) >= 0x2E80 for char in strip.text)


def _sure(strips: Sequence[Strip]) -> float:
    count = sum(len(strip.text) for strip in strips)
    return sum(strip.confidence * len(strip.text) for strip in strips) / count if count else 0.0


def _without_rules(mask: NDArray[numpy.bool_]) -> NDArray[numpy.bool_]:
    """The ink of a column without the rules that part it from its neighbours."""
    if not mask.size:
        return mask
    cleared = mask.copy()
    cleared[:, mask.mean(axis=0) > 0.6] = False
    return cleared


def _whites(mask: NDArray[numpy.bool_], size: float) -> Iterator[_White]:
    """Stretches with white down the middle and ink on both sides, the longest first, none within another."""
    height, width = mask.shape
    middle, reach = width / 2, 0.16 * size
    found: list[_White] = []
    for x in range(max(1, round(middle - reach)), min(width - 1, round(middle + reach)) + 1):
        white = ~mask[:, x - 1 : x + 1].any(axis=1)
        edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], white.view(numpy.int8), [0])))).reshape(-1, 2)
        found += [_White(int(top), int(bottom), x) for top, bottom in edges if bottom - top >= _LEAST * size]
    found.sort(key=lambda one: (one.top - one.bottom, abs(one.x - middle)))
    taken = numpy.zeros(height, dtype=bool)
    for one in found:
        trimmed = _trimmed(mask, one, size)
        if trimmed is None or taken[trimmed.top : trimmed.bottom].any():
            continue
        taken[trimmed.top : trimmed.bottom] = True
        yield trimmed


def _trimmed(mask: NDArray[numpy.bool_], white: _White, size: float) -> _White | None:
    """Without the beginning of the next character and the end of the last; None if no note is left."""
    inked: NDArray[numpy.bool_] = numpy.any(mask, axis=1)
    top, bottom = white.top, white.bottom
    reach = round(0.5 * size)
    if top and inked[top - 1] and inked[top]:
        blank = numpy.flatnonzero(~inked[top : top + reach])
        if len(blank):
            top += int(blank[0])
    if bottom < len(inked) and inked[bottom - 1] and inked[bottom]:
        blank = numpy.flatnonzero(~inked[max(top, bottom - reach) : bottom])
        if len(blank):
            bottom = max(top, bottom - reach) + int(blank[-1]) + 1
    rows = numpy.flatnonzero(inked[top:bottom])
    if not len(rows):
        return None
    top, bottom = top + int(rows[0]), top + int(rows[-1]) + 1
    part = mask[top:bottom]
    sides = part[:, : white.x].any(axis=1).mean(), part[:, white.x :].any(axis=1).mean()
    if bottom - top < 0.35 * size or min(sides) < 0.25:
        return None
    return _White(top, bottom, white.x)


def _halves(mask: NDArray[numpy.bool_], white: _White, margin: int) -> Iterator[_Part]:
    """The right half of a note, then the left."""
    yield from _tight(mask, (white.x, white.top, mask.shape[1], white.bottom), margin)
    yield from _tight(mask, (0, white.top, white.x, white.bottom), margin)


def _between(mask: NDArray[numpy.bool_], notes: Sequence[_White], margin: int) -> Iterator[_Part]:
    """What stands before, between and after notes."""
    height, width = mask.shape
    at = 0
    for note in sorted(notes, key=lambda one: one.top):
        yield from _tight(mask, (0, at, width, note.top), margin)
        at = note.bottom
    yield from _tight(mask, (0, at, width, height), margin)


def _tight(mask: NDArray[numpy.bool_], part: _Part, margin: int) -> Iterator[_Part]:
    """The part without the white around its ink; nothing if it has none."""
    left, top, right, bottom = part
    inked = mask[top:bottom, left:right]
    ys, xs = numpy.flatnonzero(inked.any(axis=1)), numpy.flatnonzero(inked.any(axis=0))
    if len(ys) > 4 and len(xs) > 4:
        yield (
            left + int(xs[0]) - margin,
            top + int(ys[0]) - margin,
            left + int(xs[-1]) + 1 + margin,
            top + int(ys[-1]) + 1 + margin,
        )
