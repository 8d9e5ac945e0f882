"""Punctuation of vertical pages, which recognisers drop: marks in cells of their own, told by their shape.

Between two characters that stand a cell apart, a small mark is punctuation: a ring or dot is 。, a stroke down to the
right is 、, one down to the left is ，, a corner is a quotation mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy

from ingest.ocr.blots import Blot, blots_of
from ingest.ocr.columns import body_width
from ingest.ocr.engines.contract import Sign
from ingest.ocr.pieces import Piece
from ingest.ocr.point_shapes import SPECK, clinging, faint, shape_of
from ingest.ocr.setting import pitch_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.ocr.ink import Ink

ROOM = 0.78
"""The least room, in cells, between the ink of two characters with a mark between them."""
FEWEST = 3
"""A page with fewer marks between its characters, or one for a hundred of these, has none: they are specks."""
SURE = 0.6
"""The confidence of a mark told by its shape."""
DARK, FAINT = 0.72, 0.8
"""The strokes of marks are thin, on poor pages faint; in parts of the paper's brightness."""
_SMALL = 0.5
_DOUBTED = frozenset("’‘'`´,.·丶、，。“”\"1")
"""What a recogniser makes of a mark that stands."""


class _Mark(NamedTuple):
    char: str
    down: float
    """The middle of the room it stands in."""


def pointed(pieces: Sequence[Piece], ink: Ink) -> list[Piece]:
    """The pieces of a vertical page with the punctuation that its ink shows."""
    pitch = pitch_of([piece for piece in pieces if piece.tall], True)
    width = body_width(pieces)
    found = [
        list(_marks(piece, ink, pitch))
        if piece.tall and piece.strip.signs and 0.82 < piece.width / width < 1.15
        else []
        for piece in pieces
    ]
    inner = [
        mark for piece, marks in zip(pieces, found, strict=True) for mark in marks if mark.down < piece.bottom - pitch
    ]
    if len(inner) < max(FEWEST, 0.01 * sum(len(piece.text) for piece in pieces)):
        return list(pieces)
    return [_with(piece, marks, pitch) if marks else piece for piece, marks in zip(pieces, found, strict=True)]


def _marks(piece: Piece, ink: Ink, pitch: float) -> Iterator[_Mark]:
    """Small marks of a column that stand alone, or at the foot of the character before, from top to bottom."""
    aside, below = 0.4 * pitch, 0.9 * pitch  # how far a mark may lie outside the piece
    shade = ink.shade_within(piece.left, piece.top, piece.right + aside, piece.bottom + below)
    mask = shade < DARK * 255
    cell = pitch * ink.scale
    body = round(piece.width * ink.scale)
    blots = blots_of(mask)
    for blot in blots:
        if max(blot.height, blot.width) < 2 * SPECK * cell:
            mask[blot.top : blot.bottom, blot.left : blot.right] = False
    taken: list[tuple[int, int]] = []
    for blot in sorted(blots, key=lambda blot: -blot.height * blot.width):
        if not 2 * SPECK * cell <= max(blot.height, blot.width) <= _SMALL * cell:
            continue
        room = _room(mask[:, :body], blot, cell)
        if room is None or any(start < room[1] and room[0] < end for start, end in taken):
            continue
        if char := shape_of(shade, DARK, blot, cell):
            taken.append(room)
            yield _Mark(char, piece.top + (room[0] + room[1]) / 2 / ink.scale)
    for start, end in _touched(mask[:, :body], taken, cell):
        if char := clinging(shade, DARK, start, cell) or faint(shade, FAINT, (start, end), cell):
            yield _Mark(char, piece.top + (start + end) / 2 / ink.scale)


def _touched(body: NDArray[numpy.bool_], taken: Sequence[tuple[int, int]], cell: float) -> Iterator[tuple[int, int]]:
    """Room for a mark below a character, where none stands by itself."""
    blank = numpy.concatenate(([0], (~body.any(axis=1)).view(numpy.int8), [0]))
    for start, end in numpy.flatnonzero(numpy.diff(blank)).reshape(-1, 2).tolist():
        if start > 0.5 * cell and end - start >= ROOM * cell and not any(a < end and start < b for a, b in taken):
            yield start, end


def _room(body: NDArray[numpy.bool_], blot: Blot, cell: float) -> tuple[int, int] | None:
    """The rows left empty around or just below a blot, but for itself; None if there is not room for a mark."""
    first, last = max(0, round(blot.top - 0.7 * cell)), round(blot.bottom + 1.1 * cell)
    rows = body[first:last].sum(axis=1)
    own = body[blot.top : blot.bottom, blot.left : blot.right].sum(axis=1)
    rows[blot.top - first : blot.top - first + len(own)] -= own
    blank = numpy.concatenate(([0], (rows <= 0).view(numpy.int8), [0]))
    edges = numpy.flatnonzero(numpy.diff(blank)).reshape(-1, 2)
    for start, end in edges + first:
        near = start <= blot.down + 0.35 * cell and blot.down <= end
        if near and end - start >= ROOM * cell:
            return int(start), int(end)
    return None


def _with(piece: Piece, marks: Sequence[_Mark], pitch: float) -> Piece:
    """The piece with these marks put in their places; what was read in their stead goes."""
    strip = piece.strip
    told = list(zip(strip.text, strip.signs, strict=True))
    for mark in marks:
        place = (mark.down - piece.top) / piece.height
        near = pitch / piece.height
        at = sum((sign.start + sign.end) / 2 < place for _, sign in told)
        sign = Sign(min(1.0, max(0.0, place - near / 2)), min(1.0, place + near / 2), SURE)
        beside = [n for n in (at - 1, at) if 0 <= n < len(told) and _about(told[n], place, 0.7 * near)]
        known = next((n for n in beside if _is_mark(told[n][0])), None)
        if known is None:
            told.insert(at, (mark.char, sign))
        elif told[known][0] in _DOUBTED:
            told[known] = (mark.char, told[known][1])
    return replace(
        piece, strip=replace(strip, text="".join(char for char, _ in told), signs=tuple(sign for _, sign in told))
    )


def _about(one: tuple[str, Sign], place: float, near: float) -> bool:
    return abs((one[1].start + one[1].end) / 2 - place) < near


def _is_mark(char: str) -> bool:
    return char in _DOUBTED or not char.isalnum()
