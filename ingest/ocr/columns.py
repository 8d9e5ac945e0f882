"""The columns of a vertical page, from right to left, and in each what stands across its whole width and what in half.

A piece that is narrow and stands beside the middle of its column is half of a double-line note. Columns are known by
the wide pieces in them; narrow pieces that stand side by side tell where a column is that holds notes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.ocr.pieces import Piece, middling

WIDE = 0.82
"""A piece at least this wide, measured by the page's wide ones, takes the whole of its column."""
PAIRED = 1.15
"""Two halves of a note have their middles at most this many of their widths apart; columns are further apart."""
CENTRED = 0.12
"""A narrow piece whose middle is this near its column's, in columns' distance, stands alone in it."""


@dataclass(slots=True)
class Column:
    """One printed column; `middle` in straightened pixels from the left."""

    middle: float
    whole: list[Piece] = field(default_factory=list)
    right: list[Piece] = field(default_factory=list)
    left: list[Piece] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        """All that stands in it."""
        return [*self.whole, *self.right, *self.left]

    @property
    def top(self) -> float:
        """Where it begins."""
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return max(piece.bottom for piece in self.pieces)


def body_width(pieces: Sequence[Piece]) -> float:
    """How wide the pieces are that take a whole column: most of what is wide, measured by its length."""
    listed = sorted((piece.width, piece.height) for piece in pieces if piece.tall) or sorted(
        (piece.width, piece.height) for piece in pieces
    )
    reached, wanted = 0.0, 0.85 * sum(length for _, length in listed)
    for width, length in listed:
        reached += length
        if reached >= wanted:
            return width
    return 0.0


def columns_of(pieces: Sequence[Piece]) -> list[Column]:
    """The columns of a page or part of a page, from right to left; nothing in them is in order yet."""
    body = body_width(pieces)
    wide = [piece for piece in pieces if piece.width >= WIDE * body]
    narrow = [piece for piece in pieces if piece.width < WIDE * body]
    columns: list[Column] = []
    for piece in sorted(wide, key=lambda piece: -piece.height):
        column = _nearest(columns, piece.across)
        if column is None or abs(column.middle - piece.across) > 0.45 * body:
            columns.append(Column(piece.across, [piece]))
        else:
            column.whole.append(piece)
    distance = distance_of(columns, body)
    single = list(narrow)
    for right, left in _pairs(narrow):
        middle = (right.across + left.across) / 2
        column = _nearest(columns, middle)
        if column is None or abs(column.middle - middle) > 0.35 * distance:
            column = Column(middle)
            columns.append(column)
        for piece, side in ((right, column.right), (left, column.left)):
            if piece in single:
                single.remove(piece)
                side.append(piece)
    for piece in single:
        column = _nearest(columns, piece.across)
        if column is None or abs(column.middle - piece.across) > 0.6 * distance:
            columns.append(Column(piece.across, [piece]))
        elif abs(column.middle - piece.across) <= CENTRED * distance:
            column.whole.append(piece)
        else:
            (column.right if piece.across > column.middle else column.left).append(piece)
    return sorted(columns, key=lambda column: -column.middle)


def distance_of(columns: Sequence[Column], body: float) -> float:
    """Pixels from one column to the next."""
    middles = sorted(column.middle for column in columns)
    return middling((b - a for a, b in pairwise(middles)), 1.3 * body)


def _nearest(columns: Sequence[Column], across: float) -> Column | None:
    return min(columns, key=lambda column: abs(column.middle - across), default=None)


def _pairs(narrow: Sequence[Piece]) -> list[tuple[Piece, Piece]]:
    """Narrow pieces side by side, right and left, those that begin and end together first."""
    found = []
    for right in narrow:
        for left in narrow:
            apart = right.across - left.across
            width = (right.width + left.width) / 2
            shared = min(right.bottom, left.bottom) - max(right.top, left.top)
            if 0.3 * width < apart <= PAIRED * width and shared > 0.5 * min(right.height, left.height):
                found.append((abs(right.top - left.top) + 0.1 * abs(right.bottom - left.bottom), right, left))
    found.sort(key=lambda one: (one[0], -one[1].across, one[1].top))
    taken: dict[int, str] = {}
    pairs = []
    for _, right, left in found:
        if taken.get(id(right), "right") == "right" and taken.get(id(left), "left") == "left":
            taken[id(right)], taken[id(left)] = "right", "left"
            pairs.append((right, left))
    return pairs
