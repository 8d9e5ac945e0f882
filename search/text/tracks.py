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
_RUNS = 64
"""Stretches of rows up to which a list of places is cut to them, and not every place looked up."""
_FEW = 1 << 12
"""Letters that are looked at side by side, not one step after the other."""
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
        if not length or length > len(self):
            return _NONE, None
        counts = [len(self) if one is None else self.count(one) for one in wanted]
        if not min(counts):
            return _NONE, None
        # The rarest first leaves the fewest places to look at.
        steps = sorted(range(length), key=counts.__getitem__)
        runs = self._runs(rows, counts[steps[0]]) if rows is not None and self.postings else None
        if runs is not None:
            rows = None
        pair = self._pair(wanted, counts) if rows is None and self.postings else None
        if pair is None:
            at, filtered = self._candidates(wanted, steps[0], counts[steps[0]], rows)
            del steps[0]
        else:
            at, filtered = self._before(wanted, pair), False
            steps = [step for step in steps if step not in (pair, pair + 1)]
        if runs is not None:
            at = _within(at, runs)
        if steps:
            at = self._filtered(at, wanted, steps)
        if not len(at) or (length == 1 and (rows is None or filtered)):
            return at, None
        row = self.row_at(at)
        good = self.starts[row + 1] >= at + length
        if rows is not None and not filtered:
            good &= rows[row]
        return (at, row) if good.all() else (at[good], row[good])

    def _filtered(self, at: Numbers, wanted: Sequence[Wanted], steps: Sequence[int]) -> Numbers:
        """Those of these places at which what is wanted at these steps stands."""
        for number, step in enumerate(steps):
            if len(at) * len(wanted) <= _FEW and all(one is not None and len(one) == 1 for one in wanted):
                rest = np.array(steps[number:])
                letters = [one.item() for one in wanted if one is not None]
                side_by_side = self.letters[at[:, None] + rest] == np.array(letters)[rest]
                return np.asarray(at[side_by_side.all(axis=1)])
            if (one := wanted[step]) is not None:
                at = at[self._among(self.letters[at + step], one)]
        return at

    def row_at(self, at: Numbers) -> Numbers:
        """The rows that hold these places."""
        rows: Numbers = np.searchsorted(self.starts, at, side="right") - 1
        return rows

    def count(self, wanted: Numbers) -> int:
        """How often these letters stand in the text."""
        if len(wanted) == 1:
            letter = wanted.item(0)
            return int(self.frequency.item(letter)) if letter < len(self.frequency) else 0
        return int(self.frequency[wanted[wanted < len(self.frequency)]].sum())

    def _runs(self, rows: Numbers, rarest: int) -> Numbers | None:
        """The places of rows, if they are whole books and not single passages, as pairs of first and end (exclusive).

        None too where they hold fewer places than the rarest letter has: these are sooner looked at.
        """
        edges = np.flatnonzero(rows[1:] != rows[:-1]) + 1
        if len(edges) > _RUNS:
            return None
        bounds = np.array([0, *edges.tolist(), len(rows)])
        runs: Numbers = self.starts[np.column_stack((bounds[:-1], bounds[1:]))[rows[bounds[:-1]]]]
        return runs if int((runs[:, 1] - runs[:, 0]).sum()) >= rarest else None

    @staticmethod
    def _pair(wanted: Sequence[Wanted], counts: Sequence[int]) -> int | None:
        """The step at which two letters in a row are sooner found than the rarest letter alone; None if none is."""
        single = [one is not None and len(one) == 1 for one in wanted]
        steps = [step for step in range(len(wanted) - 1) if single[step] and single[step + 1]]
        best = min(steps, key=counts.__getitem__, default=None)
        return None if best is None or counts[best] > min(counts) * _GATHER_COST else best

    def _before(self, wanted: Sequence[Wanted], step: int) -> Numbers:
        """Places that have the letters wanted at `step` and after it, and room for all."""
        one, two = wanted[step], wanted[step + 1]
        assert one is not None and two is not None and self.postings
        return self._with_room(self.postings.before(one.item(), two.item()) - step, len(wanted))

    def _with_room(self, at: Numbers, length: int) -> Numbers:
        """Those of these places, sorted, at which so many letters have room."""
        room = len(self) - length
        if len(at) and (at.item(0) < 0 or at.item(-1) > room):
            low, high = np.searchsorted(at, (0, room + 1))
            at = at[low:high]
        return at

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
            return self._with_room(at - step if step else at, length), False
        return self._scanned(one, step, room + step + 1), False

    def _scanned(self, wanted: Numbers, low: int, high: int) -> Numbers:
        """Where between two places one of these letters stands, from the first on; in pieces, as memory is slow."""
        pieces = range(low, high, _PIECE)
        found = [
            np.flatnonzero(self._among(self.letters[at : min(at + _PIECE, high)], wanted)) + (at - low) for at in pieces
        ]
        return np.concatenate(found) if found else _NONE

    def _among(self, letters: Numbers, wanted: Numbers) -> Numbers:
        """Which of these letters are wanted."""
        if len(wanted) == 1:
            return np.asarray(letters == int(wanted[0]))
        table = np.zeros(max(len(self.frequency), int(wanted.max(initial=0)) + 1), dtype=bool)
        table[wanted] = True
        return table[letters]


def _within(at: Numbers, runs: Numbers) -> Numbers:
    """Those of these places, sorted, that lie in one of the runs."""
    cuts = np.searchsorted(at, runs).tolist()
    return at[slice(*cuts[0])] if len(cuts) == 1 else np.concatenate([at[low:high] for low, high in cuts] or [_NONE])


def _frequency(letters: Numbers) -> Numbers:
    """How often each letter stands in a text; counted piece by piece, as numpy makes eight bytes of each letter."""
    total = np.zeros(int(letters.max(initial=0)) + 1, dtype=np.int64)
    for start in range(0, len(letters), _PIECE):
        total += np.bincount(letters[start : start + _PIECE], minlength=len(total))
    return total
