"""Results as tables: what the command line prints in columns and a spreadsheet opens."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Cell = str | int | float
WIDEST = 40
"""Columns of a terminal that one cell may take; a Chinese character takes two."""


class Table(NamedTuple):
    """Rows under headings (Chinese); every row has a cell for each heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def without(self, column: int) -> Table:
        """The table without one of its columns, counted from 0."""
        headings, *rows = ((*row[:column], *row[column + 1 :]) for row in (self.headings, *self.rows))
        return Table(headings, tuple(rows))  # type: ignore[arg-type]

    def lines(self) -> Iterator[str]:
        """The table for a terminal: columns aligned, numbers to the right, what is too long cut."""
        texts = [[_cut(_shown(cell)) for cell in row] for row in (self.headings, *self.rows)]
        widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
        numeric = [all(not isinstance(row[index], str) for row in self.rows) for index in range(len(widths))]
        for row in texts:
            yield "  ".join(map(_padded, row, widths, numeric)).rstrip()


def per_10k(hits: int, characters: int) -> float:
    """Hits for every 10,000 characters, to two decimals; 0 where there is no text."""
    return round(hits * 10_000 / characters, 2) if characters else 0.0


def _shown(cell: Cell) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split())
    return f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}"


def _width(text: str) -> int:
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _cut(text: str) -> str:
    if _width(text) <= WIDEST:
        return text
    kept: Sequence[str] = text
    while _width("".join(kept)) > WIDEST - 2:
        kept = kept[:-1]
    return f"{''.join(kept)}…"


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
