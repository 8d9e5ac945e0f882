"""The values by which records are narrowed, numbered: counted for any choice of rows in about a millisecond."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from search.text.alphabet import Numbers

_FEW = 4
"""If at most one row in so many is asked for, its values are looked up; else all values are gone through."""


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

    def counts(self, left: Numbers) -> Numbers:
        """How many of the rows that a mask leaves have each value, by the value's number."""
        many = int(np.count_nonzero(left))
        if many == len(left):
            return self._totals
        if many * _FEW > len(left):
            return np.bincount(self.codes[left[self.rows]], minlength=len(self.values))
        rows = np.flatnonzero(left)
        begin = self._bounds[rows]
        sizes = self._bounds[rows + 1] - begin
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
