"""The values by which records are narrowed, numbered: counted for any choice of rows in less than a millisecond."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from search.text.alphabet import Numbers

_FEW = 4
"""If at most one row in so many is asked for, its values are looked up; else all values are gone through."""


class Left(NamedTuple):
    """Rows of a drawer that are left, as a mask and by number."""

    mask: Numbers
    rows: Numbers

    @classmethod
    def of(cls, mask: Numbers) -> Left:
        """Those a mask leaves."""
        return cls(mask, np.flatnonzero(mask))


class Facet:
    """A field's values over the rows of a drawer. A row may have several, none twice.

    `values` are numbered as they were first met; `codes` are the numbers of the values of row 0, then row 1, …
    """

    def __init__(self, values: list[str], rows: Numbers, codes: Numbers, size: int) -> None:
        order = np.argsort(rows, kind="stable")
        self.values = values
        self.rows, self.codes = rows[order], codes[order]
        self._numbers = {value: number for number, value in enumerate(values)}
        self._bounds = np.searchsorted(self.rows, np.arange(size + 1))
        self._totals = np.bincount(codes, minlength=len(values))
        self._only = self._by_row(size) if np.diff(self._bounds).max(initial=0) <= 1 else None

    def _by_row(self, size: int) -> Numbers:
        """The number of each row's only value; one more than there are for a row without."""
        only = np.full(size, len(self.values), dtype=np.int32)
        only[self.rows] = self.codes
        return only

    def counts(self, left: Left) -> Numbers:
        """How many of the rows that are left have each value, by the value's number."""
        if len(left.rows) == len(left.mask):
            return self._totals
        if self._only is not None:
            return np.bincount(self._only[left.rows], minlength=len(self.values) + 1)[:-1]
        if len(left.rows) * _FEW > len(left.mask):
            return np.bincount(self.codes[left.mask[self.rows]], minlength=len(self.values))
        begin = self._bounds[left.rows]
        sizes = self._bounds[left.rows + 1] - begin
        at = np.arange(int(sizes.sum())) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
        return np.bincount(self.codes[at], minlength=len(self.values))

    def having(self, values: Iterable[str]) -> Numbers:
        """The rows that have one of these values; those nobody has are passed over."""
        wanted = [self._numbers[value] for value in values if value in self._numbers]
        return self.rows[np.isin(self.codes, wanted)]


class Making:
    """A facet in the making, while rows are not in their order yet."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._rows, self._codes = array("i"), array("i")

    def add(self, row: int, value: str) -> None:
        """A row has a value."""
        self._rows.append(row)
        self._codes.append(self._numbers.setdefault(value, len(self._numbers)))

    def done(self, moved: Numbers) -> Facet:
        """The facet, now that `moved` says which row each has become."""
        rows, codes = (np.frombuffer(one, dtype=np.int32) for one in (self._rows, self._codes))
        return Facet(list(self._numbers), moved[rows], codes, len(moved))
