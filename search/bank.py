"""The library's folded text in the process: exact answers without asking the store for every candidate.

A bank is a snapshot and never changes; `refreshed` makes the next one and reads anew only the editions that changed.
Places count letters over all editions in catalogue order; rows are passages in that same order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from archive.library import Library
from archive.model import Edition, Section, Work
from archive.rights import findable
from search import streams
from search.alphabet import Alphabet, Letter, Numbers
from search.streams import Stream

# Looking at one place of a candidate costs about as much as comparing this many places of the whole text in a row.
_GATHER_COST = 16


@dataclass(frozen=True, slots=True)
class Shelf:
    """An edition's part of the bank: rows `row` to `row_end`, places `place` to `place_end`."""

    work: Work
    edition: Edition
    sections: dict[str, Section]
    stream: Stream
    row: int
    row_end: int
    place: int
    place_end: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Occurrences: first and last place of each (inclusive) and its row; sorted by place, all different."""

    first: Numbers
    last: Numbers
    row: Numbers

    def __len__(self) -> int:
        return len(self.first)

    def take(self, which: Numbers | slice) -> Spans:
        """Those that a mask, an array of indexes or a slice names."""
        return Spans(self.first[which], self.last[which], self.row[which])


_NONE = np.empty(0, dtype=np.int64)
NOWHERE = Spans(_NONE, _NONE, _NONE)


class Bank:
    """A snapshot of the library's folded text at change `number`."""

    def __init__(self, number: int, alphabet: Alphabet, shelves: Sequence[Shelf]) -> None:
        self.number = number
        self.alphabet = alphabet
        self.shelves = tuple(shelves)
        all_streams = [shelf.stream for shelf in self.shelves]
        self.ids = _joined([stream.ids for stream in all_streams], np.int64)
        self.glyphs = _joined([stream.glyphs for stream in all_streams], np.uint16)
        self.letters = _joined([stream.letters for stream in all_streams], np.uint16)
        self.noted = _joined([stream.noted for stream in all_streams], np.bool_)
        self.section = _joined(_sections(all_streams), np.int32)
        """A number by row, the same for rows of the same section."""
        self.main = _joined([shelf.stream.main + shelf.place for shelf in self.shelves], np.int64)
        # Unlike the other arrays, starts has one entry more than there are rows: the end of the last.
        starts = [shelf.stream.starts[:-1] + shelf.place for shelf in self.shelves]
        self.starts = np.append(_joined(starts, np.int64), len(self.letters))
        self.main_letters = self.letters[self.main]
        self.main_starts = np.searchsorted(self.main, self.starts)
        self._frequency = np.bincount(self.letters)
        self._first_rows = [shelf.row for shelf in self.shelves]

    @classmethod
    def load(cls, library: Library) -> Bank:
        """Read the whole library."""
        return cls._assemble(library, Alphabet(), {})

    def refreshed(self, library: Library) -> Bank:
        """The bank as the library is now; editions that did not change are not read again."""
        changed = library.changed_since(self.number)
        kept = {shelf.edition.id: shelf for shelf in self.shelves if shelf.edition.id not in changed}
        return self._assemble(library, self.alphabet, kept)

    @classmethod
    def _assemble(cls, library: Library, alphabet: Alphabet, kept: dict[int, Shelf]) -> Bank:
        # The number is read first: a change that comes while reading is read again next time, never missed.
        number = library.change_number()
        works = {work.id: (order, work) for order, work in enumerate(library.works())}
        editions = [edition for edition in library.editions() if edition.work_id in works]
        shelves: list[Shelf] = []
        row = place = 0
        for edition in sorted(editions, key=lambda edition: (works[edition.work_id][0], edition.id)):
            old = kept.get(edition.id)
            stream = old.stream if old else _read(library, edition, alphabet)
            sections = old.sections if old else {section.path: section for section in library.sections(edition.id)}
            row_end, place_end = row + len(stream.ids), place + len(stream.letters)
            work = works[edition.work_id][1]
            shelves.append(Shelf(work, edition, sections, stream, row, row_end, place, place_end))
            row, place = row_end, place_end
        return cls(number, alphabet, shelves)

    @cached_property
    def _rows_by_id(self) -> tuple[Numbers, Numbers]:
        order = np.argsort(self.ids, kind="stable")
        return self.ids[order], order

    @property
    def size(self) -> int:
        """How many passages there are."""
        return len(self.ids)

    def rows_of(self, passage_ids: Numbers) -> Numbers:
        """A mask over rows that is true for the passages of these ids; ids that are not in the bank are left out."""
        mask = np.zeros(self.size, dtype=bool)
        if self.size:
            known, order = self._rows_by_id
            at = np.minimum(np.searchsorted(known, passage_ids), self.size - 1)
            mask[order[at[known[at] == passage_ids]]] = True
        return mask

    def shelf_of(self, row: int) -> Shelf:
        """The edition that holds a row."""
        return self.shelves[bisect_right(self._first_rows, row) - 1]

    def mask(self, shelves: Iterable[Shelf]) -> Numbers:
        """A mask over rows that is true in these editions."""
        mask = np.zeros(self.size, dtype=bool)
        for shelf in shelves:
            mask[shelf.row : shelf.row_end] = True
        return mask

    def spans(self, phrase: Sequence[Letter], rows: Numbers | None = None, *, across_notes: bool = True) -> Spans:
        """Every occurrence of a phrase, in the rows that the mask `rows` names or everywhere; overlapping ones count.

        An occurrence lies in one passage: in its running text, or in its text without notes (`across_notes`). One that
        is in both is one occurrence.
        """
        letters = [letter.letter for letter in phrase]
        length = len(letters)
        if not length or any(letter >= len(self._frequency) or not self._frequency[letter] for letter in letters):
            return NOWHERE
        if rows is not None and rows.all():
            rows = None
        first, row = self._find(self.letters, self.starts, letters, rows)
        running = Spans(first, first + (length - 1), row)
        if not across_notes or length == 1:
            return running
        at, row = self._find(self.main_letters, self.main_starts, letters, rows)
        first, last = self.main[at], self.main[at + (length - 1)]
        # What does not jump over a note has been found in the running text.
        jumps = last - first >= length
        return merged([running, Spans(first, last, row).take(jumps)]) if jumps.any() else running

    def anywhere(self, phrase: Sequence[Letter]) -> Numbers:
        """First places of a phrase in the running text of the whole library, even over the ends of passages."""
        letters = [letter.letter for letter in phrase]
        if any(letter >= len(self._frequency) for letter in letters):
            return _NONE
        steps = sorted(range(len(letters)), key=lambda step: self._frequency[letters[step]])
        at: Numbers = np.flatnonzero(self.letters == letters[steps[0]]) - steps[0]
        at = at[(at >= 0) & (at + len(letters) <= len(self.letters))]
        for step in steps[1:]:
            at = at[self.letters[at + step] == letters[step]]
        return at

    def row_at(self, places: Numbers) -> Numbers:
        """The rows that hold these places."""
        rows: Numbers = np.searchsorted(self.starts, places, side="right") - 1
        return rows

    def exact(self, phrase: Sequence[Letter], spans: Spans) -> Numbers:
        """Which occurrences of a phrase have its very glyphs."""
        same = np.ones(len(spans), dtype=bool)
        jumps = spans.last - spans.first >= len(phrase)
        plain = spans.first[~jumps]
        over = np.searchsorted(self.main, spans.first[jumps])
        for step, letter in enumerate(phrase):
            same[~jumps] &= self.glyphs[plain + step] == letter.glyph
            same[jumps] &= self.glyphs[self.main[over + step]] == letter.glyph
        return same

    def touches_note(self, length: int, spans: Spans) -> Numbers:
        """Which occurrences of a phrase of `length` letters have a letter of a note among them."""
        jumps = spans.last - spans.first >= length
        touched = np.zeros(len(spans), dtype=bool)
        for step in range(length):
            touched |= self.noted[spans.first + step]
        return touched & ~jumps

    def _find(
        self, text: Numbers, starts: Numbers, letters: list[int], rows: Numbers | None
    ) -> tuple[Numbers, Numbers]:
        """Places of `text` at which `letters` begin without crossing the end of a row, and their rows."""
        length = len(letters)
        if length > len(text):
            return _NONE, _NONE
        # The rarest letter first leaves the fewest places to look at.
        steps = sorted(range(length), key=lambda step: self._frequency[letters[step]])
        at, filtered = self._candidates(text, starts, letters[steps[0]], steps[0], length, rows)
        for step in steps[1:]:
            at = at[text[at + step] == letters[step]]
        row = np.searchsorted(starts, at, side="right") - 1
        good = starts[row + 1] >= at + length
        if rows is not None and not filtered:
            good &= rows[row]
        return (at, row) if good.all() else (at[good], row[good])

    def _candidates(
        self, text: Numbers, starts: Numbers, letter: int, step: int, length: int, rows: Numbers | None
    ) -> tuple[Numbers, bool]:
        """Places that have `letter` `step` places further on and room for `length`, and whether all are in `rows`."""
        if rows is not None:
            index = np.flatnonzero(rows)
            begin = starts[index]
            sizes = np.maximum(starts[index + 1] - begin - (length - 1), 0)
            total = int(sizes.sum())
            if total * _GATHER_COST < len(text):
                near: Numbers = np.arange(total) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
                return near[text[near + step] == letter], True
        return np.flatnonzero(text[step : len(text) - (length - 1 - step)] == letter), False


def _sections(all_streams: Sequence[Stream]) -> list[Numbers]:
    before = accumulate((len(stream.sections) for stream in all_streams), initial=0)
    return [stream.section + offset for stream, offset in zip(all_streams, before, strict=False)]


def _read(library: Library, edition: Edition, alphabet: Alphabet) -> Stream:
    footnotes: frozenset[int] = frozenset()
    if not findable(edition, "notes"):
        footnotes = frozenset(one.id for one in library.passages(edition.id) if one.kind == "footnote")
    return streams.read(library.raw_passages(edition.id), alphabet, footnotes)


def merged(parts: Sequence[Spans]) -> Spans:
    """Occurrences of several phrases as one sorted list without repetitions."""
    if len(parts) == 1:
        return parts[0]
    first = np.concatenate([part.first for part in parts])
    last = np.concatenate([part.last for part in parts])
    order = np.lexsort((last, first))
    everything = Spans(first, last, np.concatenate([part.row for part in parts])).take(order)
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(everything.first) != 0) | (np.diff(everything.last) != 0)
    return everything.take(new)


def _joined(parts: Sequence[Numbers], kind: type[np.generic]) -> Numbers:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
