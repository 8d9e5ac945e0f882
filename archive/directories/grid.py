"""What every sheet is made of, and how much of one is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

MAX_BYTES = 100_000_000
MAX_ROWS = 500_000
MAX_COLUMNS = 200
MAX_BLANK = 2_000
"""Blank rows in a row after which a sheet is taken to have ended."""
LONGEST_CELL = 32_767
"""Characters of one cell, a limit of the format."""
CUT_SHORT = "…〔已截断〕"
"""Ends what an export had to cut; such a cell is never taken in again."""


class Unreadable(NamedTuple):
    """What stands in the place of a cell that has no value to give, and why."""

    why: str


class Row(NamedTuple):
    """A row of a sheet by its number as the sheet counts it (from 1); `notes` tell of its odd cells."""

    number: int
    cells: list[Any]
    notes: tuple[str, ...] = ()


class Book(Protocol):
    """A file of rows."""

    def names(self) -> list[str]:
        """The sheets that hold something, in their order."""

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a sheet; blank ones may be left out."""

    def notes(self, name: str) -> list[str]:
        """What has to be told of a sheet as a whole."""
