"""A text as one array of letters in rows, and where a sequence of letters begins in it.

A library has two: the running text, notes where they are printed, and the text without notes of the rows that have
notes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.text.alphabet import Numbers
from search.text.postings import Postings

# Looking at one place of a list costs about as much as comparing this many places of the text in a row.
_GATHER_COST = 16
_PIECE = 1 << 18
_NONE = np.empty(0, dtype=np.int64)

Wanted = Numbers | None
"""What may stand at one place: letter numbers, all different; None is any letter."""


class Track:
    """A text.

    Args:
        letters: letter numbers, place by place.
        starts: where each row begins, and at the end where the last one ends.
        places: the bank's place of each place of the track; None if they are the same.
        frequency: how often each letter stands in the text, where that is known already.
    """

    def __init__(
        self, letters: Numbers, starts: Numbers, places: Numbers | None = None, frequency: Numbers | None = None
    ) -> None:
        self.letters = letters
        self.starts = starts
        self.places = places
        self.frequency = _frequency(letters) if frequency is None else frequency
        self.postings: Postings | None = None

    def __len__(self) -> int:
        return len(self.letters)

    def find(self, wanted: Sequence[Wanted], rows: Numbers | None = None) -> Numbers:
        """Where a sequence begins, within one row each time, in the rows that a mask names or everywhere; sorted."""
        return self.found(wanted, rows)[0]

    def found(self, wanted: Sequence[Wanted], rows: Numbers | None = None) -> tuple[Numbers, Numbers | None]:
        """As `find`, and the rows of those places if they had to be looked up."""
        length = len(wanted)
        counts = [len(self) if one is None else self.count(one) for one in wanted]
        if not length or length > len(self) or not min(counts):
            return _NONE, None
        # The rarest first leaves the fewest places to look at.
        steps = sorted(range(length), key=counts.__getitem__)
        at, filtered = self._candidates(wanted, steps[0], counts[steps[0]], rows)
        for step in steps[1:]:
            if (one := wanted[step]) is not None:
                at = at[self._among(self.letters[at + step], one)]
        if length == 1 and (rows is None or filtered):
            return at, None
        row = self.row_at(at)
        good = self.starts[row + 1] >= at + length
        if rows is not None and not filtered:
            good &= rows[row]
        return (at, row) if good.all() else (at[good], row[good])

    def row_at(self, at: Numbers) -> Numbers:
        """The rows that hold these places."""
        rows: Numbers = np.searchsorted(self.starts, at, side="right") - 1
        return rows

    def count(self, wanted: Numbers) -> int:
        """How often these letters stand in the text."""
        return int(self.frequency[wanted[wanted < len(self.frequency)]].sum())

    def _candidates(
        self, wanted: Sequence[Wanted], step: int, count: int, rows: Numbers | None
    ) -> tuple[Numbers, bool]:
        """Places that have what is wanted at `step` and room for all, and whether they are all in `rows`."""
        length, one, room = len(wanted), wanted[step], len(self) - len(wanted)
        if rows is not None:
            index = np.flatnonzero(rows)
            begin = self.starts[index]
            sizes = np.maximum(self.starts[index + 1] - begin - (length - 1), 0)
            total = int(sizes.sum())
            if total * _GATHER_COST < (min(count * _GATHER_COST, len(self)) if self.postings else len(self)):
                near: Numbers = np.arange(total) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
                return (near if one is None else near[self._among(self.letters[near + step], one)]), True
        if one is None:
            return np.arange(room + 1), False
        if self.postings:
            lists = [self.postings.of(letter) for letter in one.tolist()]
            at = lists[0] if len(lists) == 1 else np.sort(np.concatenate(lists))
            at = at - step if step else at
            low, high = np.searchsorted(at, (0, room + 1))
            return at[low:high], False
        return np.flatnonzero(self._among(self.letters[step : room + step + 1], one)), False

    def _among(self, letters: Numbers, wanted: Numbers) -> Numbers:
        """Which of these letters are wanted."""
        if len(wanted) == 1:
            return np.asarray(letters == int(wanted[0]))
        table = np.zeros(max(len(self.frequency), int(wanted.max(initial=0)) + 1), dtype=bool)
        table[wanted] = True
        return table[letters]


def _frequency(letters: Numbers) -> Numbers:
    """How often each letter stands in a text; counted piece by piece, as numpy makes eight bytes of each letter."""
    total = np.zeros(int(letters.max(initial=0)) + 1, dtype=np.int64)
    for start in range(0, len(letters), _PIECE):
        total += np.bincount(letters[start : start + _PIECE], minlength=len(total))
    return total
