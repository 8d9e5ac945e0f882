"""The rows of a horizontal page: pieces that stand side by side, from top to bottom, each from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.ocr.ink import Area
from ingest.ocr.pieces import Piece, middling

_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces on one height, from left to right."""

    pieces: tuple[Piece, ...]

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(piece.left for piece in self.pieces)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(piece.right for piece in self.pieces)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return middling(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return middling(piece.bottom for piece in self.pieces)

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def size(self) -> float:
        """Pixels from one character to the next, by its longest piece."""
        return size_of(max(self.pieces, key=lambda piece: piece.width))


def cells_in(text: str) -> float:
    """Full-width cells a text takes on a line: what is half as wide counts half."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "“”‘’—…①②③④⑤⑥⑦⑧⑨⑩" else 0.52 for char in text)


def size_of(piece: Piece) -> float:
    """Pixels from one character to the next in a horizontal piece."""
    return piece.width / (cells_in(piece.text) + 0.35)  # the box has some air around it


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """Rows from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.down, piece.left)):
        for row in reversed(rows[-4:]):
            top, bottom = middling(one.top for one in row), middling(one.bottom for one in row)
            shared = min(bottom, piece.bottom) - max(top, piece.top)
            if shared >= _SHARED * min(bottom - top, piece.height):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [Row(tuple(sorted(row, key=lambda piece: (piece.left, piece.top)))) for row in rows]


def body_size(pieces: Sequence[Piece]) -> float:
    """Pixels from one character to the next in most of a horizontal page: the median, weighted by length."""
    listed = sorted((size_of(piece), len(piece.text)) for piece in pieces if len(piece.text) > 1)
    reached, wanted = 0.0, sum(count for _, count in listed) / 2
    for size, count in listed:
        reached += count
        if reached >= wanted:
            return size
    return middling((piece.height * 0.75 for piece in pieces), 1.0)


def levels(rules: Iterable[Area], near: float) -> list[Area]:
    """Level rules, pieces of one that stand on the same height (within `near` pixels) taken together."""
    joined: list[list[Area]] = []
    for rule in sorted(rules, key=lambda rule: rule.top):
        if joined and rule.top - joined[-1][-1].top <= near:
            joined[-1].append(rule)
        else:
            joined.append([rule])
    return [
        Area(
            min(one.left for one in rule),
            middling(one.top for one in rule),
            max(one.right for one in rule),
            middling(one.bottom for one in rule),
        )
        for rule in joined
        if sum(one.right - one.left for one in rule) >= 0.4 * (max(o.right for o in rule) - min(o.left for o in rule))
    ]
