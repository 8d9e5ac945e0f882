"""Which texts of a bank a string is looked for in: the running text, the text without notes, or the notes.

Notes that a reader may not even find are not looked through at all: of their rows only the text without notes is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from search.language.tree import Layer
from search.text import columns
from search.text.alphabet import Numbers
from search.text.bank import Bank, Spans
from search.text.tracks import Track, Wanted


class Stretches(NamedTuple):
    """Occurrences in one track: first and last places (inclusive), sorted by first and last, all different.

    `row` has their rows, where these are known.
    """

    first: Numbers
    last: Numbers
    row: Numbers | None = None

    def take(self, which: Numbers) -> Stretches:
        """Those that a mask or an array of indexes names."""
        return Stretches(self.first[which], self.last[which], None if self.row is None else self.row[which])


_SIZE_BITS = 20
_NONE = np.empty(0, dtype=np.int64)
NONE = Stretches(_NONE, _NONE)


def distinct(numbers: Numbers) -> Numbers:
    """These numbers in order, each once. (`np.unique` hashes them first, which takes twenty times as long.)"""
    numbers = np.sort(numbers, kind="stable")
    new = np.ones(len(numbers), dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def joined(parts: Sequence[Stretches]) -> Stretches:
    """Occurrences of several strings, in order; those that are the same count once."""
    first = np.concatenate([part.first for part in parts])
    size = np.concatenate([part.last for part in parts]) - first
    # One number each, as these are sorted fastest: no occurrence is as long as that.
    keys = distinct(first << _SIZE_BITS | size)
    return Stretches(keys >> _SIZE_BITS, (keys >> _SIZE_BITS) + (keys & (1 << _SIZE_BITS) - 1))


@dataclass(frozen=True, slots=True)
class Text:
    """A track of a bank as far as one string may be looked for in it.

    Args:
        rows: the rows to look in; None for all.
        in_notes: whether each stretch of note letters is a text of its own, and all else nothing.
    """

    bank: Bank
    track: Track
    rows: Numbers | None
    in_notes: bool = False

    def find(self, wanted: Sequence[Wanted]) -> Stretches:
        """Where a sequence of letter sets stands."""
        first, row = self.track.found(wanted, self.rows)
        found = Stretches(first, first + (len(wanted) - 1) if len(wanted) > 1 else first, row)
        return self.whole(found) if self.in_notes else found

    def near(self, places: Numbers, often: int) -> Text:
        """The same text, but only the rows that hold these places, if that helps to find what stands so often."""
        if len(places) * len(self.track) > often * self.bank.size:
            return self
        rows = np.zeros(self.bank.size, dtype=bool)
        rows[self.track.row_at(places)] = True
        return replace(self, rows=rows)

    def around(self, at: Numbers) -> tuple[Numbers, Numbers]:
        """Where the text that holds each of these places begins and ends (exclusive)."""
        rows = self.track.row_at(at)
        begins, ends = self.track.starts[rows], self.track.starts[rows + 1]
        if not self.in_notes:
            return begins, ends
        starts, stops = columns.notes(self.bank)
        stretch = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
        noted = self.bank.noted[at]
        # What is in no note has no room.
        begins = np.where(noted, np.maximum(begins, starts[stretch]), at) if len(starts) else at
        ends = np.where(noted, np.minimum(ends, stops[stretch]), at) if len(starts) else at
        return begins, ends

    def whole(self, found: Stretches) -> Stretches:
        """Those that do not run over the end of a text."""
        good = found.last < self.around(found.first)[1]
        return found if good.all() else found.take(good)

    def glyphs(self, at: Numbers) -> Numbers:
        """The glyphs at these places."""
        return self.bank.glyphs[at if self.track.places is None else self.track.places[at]]

    def spans(self, found: Stretches) -> Spans:
        """Occurrences by their places in the bank."""
        places = self.track.places
        if places is None:
            return Spans(found.first, found.last, found.row, self.bank.running)
        return Spans(places[found.first], places[found.last], found.row, self.bank.running)


def texts(bank: Bank, layer: Layer, rows: Numbers, hidden: Numbers) -> Iterator[Text]:
    """The texts in which a string of this layer is looked for.

    Args:
        rows: a mask of the rows that may match.
        hidden: a mask of the rows whose notes the reader may not find.
    """
    match layer:
        case "both":
            running = rows if bank.none(hidden) else rows & ~(hidden & columns.noted_rows(bank))
            yield Text(bank, bank.running, _mask(bank, running))
            if len(bank.main_text):
                yield Text(bank, bank.main_text, _mask(bank, rows))
        case "text":
            yield Text(bank, bank.running, _mask(bank, rows & ~columns.noted_rows(bank)))
            yield Text(bank, bank.main_text, _mask(bank, rows))
        case "notes":
            yield Text(bank, bank.running, _mask(bank, rows & columns.noted_rows(bank) & ~hidden), in_notes=True)


def _mask(bank: Bank, rows: Numbers) -> Numbers | None:
    return None if bank.all(rows) else rows
