"""A text as one array of letters in rows, and where a sequence of letters begins in it.

A library has two: the running text, notes where they are printed, and the text without notes of the rows that have
notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from search.text.alphabet import Numbers, counted
from search.text.postings import Postings

# Looking at one place of a list costs about as much as comparing this many places of the text in a row.
_GATHER_COST = 16
_PIECE = 1 << 18
_RUNS = 64
"""Stretches of rows up to which a list of places is cut to them, and not every place looked up."""
_FEW = 16
"""Places that are looked at one by one, with all that is wanted there, not step by step."""
_STRETCH = 32
"""Places of which one has its row written down: going on from there is quicker than halving the list of all rows."""
_NONE = np.empty(0, dtype=np.int64)

Wanted = int | Numbers | None
"""What may stand at one place: a letter number (0 if nothing may), several, all different, or None for any letter."""


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
        self.frequency = counted(letters) if frequency is None else frequency
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
        counts = [self.count(one) for one in wanted]
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
        string = list(wanted) if all(isinstance(one, int) for one in wanted) else None
        for step in steps:
            if string and len(at) <= _FEW:
                size = len(string)
                return at[[self.letters[place : place + size].tolist() == string for place in at.tolist()]]
            if (one := wanted[step]) is not None:
                at = at[self._among(self.letters[at + step], one)]
        return at

    def row_at(self, at: Numbers) -> Numbers:
        """The rows that hold these places of the text, an array of one dimension."""
        if len(at) < _FEW or len(self.starts) < _STRETCH:
            return np.asarray(self.starts.searchsorted(at, "right") - 1)
        ends, row_of_stretch = self._stretches
        rows: Numbers = row_of_stretch[at // _STRETCH]
        (further,) = (ends[rows] <= at).nonzero()
        while len(further):
            rows[further] += 1
            further = further[ends[rows[further]] <= at[further]]
        return rows.astype(np.int64)

    @cached_property
    def _stretches(self) -> tuple[Numbers, Numbers]:
        """Where each row ends, and the row that holds the first place of each stretch of `_STRETCH` places."""
        kind = np.int32 if len(self) < 1 << 31 else np.int64  # in four bytes they are sooner at hand
        begun = np.bincount((self.starts[:-1] + (_STRETCH - 1)) // _STRETCH, minlength=len(self) // _STRETCH + 1)
        return self.starts[1:].astype(kind), (np.cumsum(begun) - 1).astype(kind)

    def count(self, wanted: Wanted) -> int:
        """How often these letters stand in the text."""
        if isinstance(wanted, int):
            return int(self.frequency.item(wanted)) if wanted < len(self.frequency) else 0
        if wanted is None:
            return len(self)
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

    def _pair(self, wanted: Sequence[Wanted], counts: Sequence[int]) -> int | None:
        """The step from which two letters in a row stand as rarely as possible, as far as their counts tell.

        None if the rarest letter alone stands more rarely.
        """
        single = [isinstance(one, int) for one in wanted]
        often = {
            step: counts[step] * counts[step + 1]
            for step in range(len(single) - 1)
            if single[step] and single[step + 1]
        }
        best = min(often, key=often.__getitem__, default=None)
        return None if best is None or often[best] > min(counts) * len(self) else best

    def _before(self, wanted: Sequence[Wanted], step: int) -> Numbers:
        """Places that have the letters wanted at `step` and after it, and room for all."""
        one, two = wanted[step], wanted[step + 1]
        assert isinstance(one, int) and isinstance(two, int) and self.postings
        return self._with_room(self.postings.before(one, two) - step, len(wanted))

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
            lists = [self.postings.of(letter) for letter in ([one] if isinstance(one, int) else one.tolist())]
            at = lists[0] if len(lists) == 1 else np.sort(np.concatenate(lists))
            return self._with_room(at - step if step else at, length), False
        return self._scanned(one, step, room + step + 1), False

    def _scanned(self, wanted: int | Numbers, low: int, high: int) -> Numbers:
        """Where between two places one of these letters stands, from the first on; in pieces, as memory is slow."""
        pieces = range(low, high, _PIECE)
        found = [
            np.flatnonzero(self._among(self.letters[at : min(at + _PIECE, high)], wanted)) + (at - low) for at in pieces
        ]
        return np.concatenate(found) if found else _NONE

    def _among(self, letters: Numbers, wanted: int | Numbers) -> Numbers:
        """Which of these letters are wanted."""
        if isinstance(wanted, int):
            return np.asarray(letters == wanted)
        table = np.zeros(max(len(self.frequency), int(wanted.max(initial=0)) + 1), dtype=bool)
        table[wanted] = True
        return table[letters]


def one_of(letters: Numbers) -> int | Numbers:
    """Some letters as what is wanted at a place; a single one is found faster."""
    return letters.item() if len(letters) == 1 else letters


def _within(at: Numbers, runs: Numbers) -> Numbers:
    """Those of these places, sorted, that lie in one of the runs."""
    cuts = np.searchsorted(at, runs).tolist()
    return at[slice(*cuts[0])] if len(cuts) == 1 else np.concatenate([at[low:high] for low, high in cuts] or [_NONE])
