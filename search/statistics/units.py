"""Counting letters, or pairs of letters in a row, by the places where they begin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from search.text.alphabet import Numbers
from search.text.bank import Bank

_SHIFT = 32
BATCH = 1 << 12
"""Pairs looked for in one pass: their table stays small."""
_CHUNK = 1 << 17
"""Places looked at in one go, so that their numbers stay in the processor's cache."""


class Tally(NamedTuple):
    """Different units at some places.

    Args:
        codes: of each unit, sorted.
        counts: how many of the places it has.
        first: the index of the first of them.
        kind: for each place, the index of its unit.
        length: letters of a unit.
    """

    codes: Numbers
    counts: Numbers
    first: Numbers
    kind: Numbers
    length: int


def coded(text: Numbers, places: Numbers, length: int) -> Numbers:
    """One number for the one or two numbers that stand at each place of a text."""
    codes: Numbers = text[places].astype(np.int64)
    return codes if length == 1 else codes << _SHIFT | text[places + 1]


def decoded(codes: Numbers, length: int) -> Numbers:
    """The numbers again: an array of shape (length, codes)."""
    return codes[None] if length == 1 else np.stack([codes >> _SHIFT, codes & ((1 << _SHIFT) - 1)])


def tally(text: Numbers, places: Numbers, length: int) -> Tally:
    """Count the units that begin at these places of a text."""
    if length > 1:
        codes = coded(text, places, length)
        found, first, kind, counts = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
        return Tally(found, counts, first, kind, length)
    # There may be ten million places of a few thousand letters: a table, filled piece by piece.
    size = int(text.max(initial=0)) + 1
    counts, first = np.zeros((2, size), dtype=np.int64)
    for low in reversed(range(0, len(places), _CHUNK)):
        part = text[places[low : low + _CHUNK]]
        counts += np.bincount(part, minlength=size)
        # The last assignment stays: the one of the first place.
        first[part[::-1]] = np.arange(low + len(part) - 1, low - 1, -1)
    found = np.flatnonzero(counts)
    number = np.zeros(size, dtype=np.int32)
    number[found] = np.arange(len(found))
    return Tally(found, counts[found], first[found], number[text[places]], length)


class Totals:
    """How often units begin at places of the bank.

    Args:
        bank: the text.
        whole: mask of the places at which a unit may begin.
        length: letters of a unit.
    """

    def __init__(self, bank: Bank, whole: Numbers, length: int) -> None:
        self._letters, self._whole = bank.letters, whole
        self._alone: Numbers | None = None if length > 1 else self._letter_counts(len(bank.running.frequency))

    def of(self, codes: Numbers) -> Numbers:
        """How often each of these units, all different, begins at a place."""
        if self._alone is not None:
            return self._alone[codes]
        parts = [self._pair_counts(codes[low : low + BATCH]) for low in range(0, len(codes), BATCH)]
        return np.concatenate(parts) if parts else codes

    def _letter_counts(self, size: int) -> Numbers:
        totals = np.zeros(size, dtype=np.int64)
        for low in range(0, len(self._letters), _CHUNK):
            part = slice(low, low + _CHUNK)
            totals += np.bincount(self._letters[part][self._whole[part]], minlength=size)
        return totals

    def _pair_counts(self, codes: Numbers) -> Numbers:
        """One pass over the text: a pair is wanted if both letters are, and the table has a number where they meet."""
        first, second = decoded(codes, 2)
        (row, rows), (column, columns) = _numbered(first), _numbered(second)
        row *= columns
        table = np.zeros(rows * columns, dtype=np.int32)
        table[row[first] + column[second]] = np.arange(1, len(codes) + 1)
        totals = np.zeros(len(codes) + 1, dtype=np.int64)
        for low in range(0, len(self._letters) - 1, _CHUNK):
            letters = self._letters[low : low + _CHUNK + 1]
            # What is beyond the tables is in no pair wanted; clipped, it meets their last entry, which is 0.
            at = row.take(letters[:-1], mode="clip")
            to = column.take(letters[1:], mode="clip")
            good = np.flatnonzero((at > 0) & (to > 0) & self._whole[low : low + len(at)])
            totals += np.bincount(table.take(at[good] + to[good]), minlength=len(totals))
        return totals[1:]


def _numbered(letters: Numbers) -> tuple[Numbers, int]:
    """A table that numbers these letters from 1 and others 0, ending with a 0, and how many numbers there are."""
    distinct = np.unique(letters)
    table = np.zeros(int(distinct.max(initial=0)) + 2, dtype=np.int32)
    table[distinct] = np.arange(1, len(distinct) + 1)
    return table, len(distinct) + 1
