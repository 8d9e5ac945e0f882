"""The library's folded text in the process: exact answers without asking the store for every candidate.

A bank is a snapshot and never changes; `refreshed` makes the next one and reads anew only the editions that changed.
Places count letters over all editions in catalogue order; rows are passages in that same order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, count
from typing import NamedTuple

import numpy as np

from archive.library import Library
from archive.model import Edition, Work
from search.text import postings, reading
from search.text.alphabet import Alphabet, Letter, Numbers, counted
from search.text.memory import give_back
from search.text.postings import Block, Postings
from search.text.stream_files import StreamFiles
from search.text.streams import EMPTY, Stream, frequency, joined, side_by_side, spread
from search.text.tracks import Track

_BLOCK = 1 << 23
"""Letters that make a block of position lists; an edition is never cut."""
_SMALL = 1 << 20
"""Letters a block has at least, if there are more: every block is looked at for every letter of a query."""
_PAGE = 32
"""Occurrences that are looked at one by one, where there are only so many."""

_serial = count()


class Shelf(NamedTuple):
    """An edition's part of the bank: rows `row` to `row_end`, places `place` to `place_end`.

    `titles` are those of its sections, by path. `serial` tells one reading of an edition from the next.
    """

    work: Work
    edition: Edition
    titles: dict[str, str]
    stream: Stream
    serial: int
    row: int
    row_end: int
    place: int
    place_end: int


class Spans:
    """Occurrences, sorted by place, all different: arrays of their first and last places (inclusive) and their rows.

    Rows are looked up when first asked for, in the running text.
    """

    __slots__ = ("_row", "_running", "first", "last")

    def __init__(self, first: Numbers, last: Numbers, row: Numbers | None = None, running: Track | None = None):
        self.first = first
        self.last = last
        self._row = row
        self._running = running

    def __len__(self) -> int:
        return len(self.first)

    @property
    def row(self) -> Numbers:
        """The row of each."""
        if self._row is None:
            assert self._running is not None
            self._row = self._running.row_at(self.first)
        return self._row

    def take(self, which: Numbers | slice) -> Spans:
        """Those that a mask, an array of indexes or a slice names."""
        row = None if self._row is None else self._row[which]
        return Spans(self.first[which], self.last[which], row, self._running)


_NONE = np.empty(0, dtype=np.int64)
NOWHERE = Spans(_NONE, _NONE, _NONE)


class Bank:
    """A snapshot of the library's folded text at change `number`."""

    def __init__(
        self,
        number: int,
        alphabet: Alphabet,
        read: Iterable[tuple[Shelf, Sequence[Stream]]],
        before: Bank | None = None,
    ) -> None:
        self.number = number
        self.alphabet = alphabet
        shelves = list(read)
        self.glyphs, self.letters = spread([part for _, parts in shelves for part in parts], alphabet)
        often = self._frequency(shelves, before)
        self.shelves = tuple(self._filled(shelf, parts) for shelf, parts in shelves)
        del shelves, read  # what was read is in the bank now: its memory serves for what follows
        all_streams = [shelf.stream for shelf in self.shelves]
        self.ids = side_by_side([stream.ids for stream in all_streams], np.int64)
        self.section = side_by_side(_sections(all_streams), np.int32)
        """A number by row, the same for rows of the same section."""
        # Unlike the other arrays, starts has one entry more than there are rows: the end of the last.
        starts = [shelf.stream.starts[:-1] + shelf.place for shelf in self.shelves]
        self.starts = np.append(side_by_side(starts, np.int64), len(self.letters))
        self.noted = np.zeros(len(self.letters), dtype=bool)
        """Whether a place belongs to a note."""
        for shelf in self.shelves:
            if len(shelf.stream.noted):
                self.noted[shelf.place : shelf.place_end] = shelf.stream.noted
        self.main = side_by_side([shelf.stream.main + shelf.place for shelf in self.shelves], np.int64)
        """The places outside notes of the rows that have notes."""
        self.running = Track(self.letters, self.starts, frequency=often)
        self.main_text = Track(self.letters[self.main], np.searchsorted(self.main, self.starts), self.main)
        self.row_bounds = np.array([0, *(shelf.row_end for shelf in self.shelves)], dtype=np.int64)
        """Where the rows of each shelf begin, and at the end where the last one's end."""
        self.place_bounds = np.array([0, *(shelf.place_end for shelf in self.shelves)], dtype=np.int64)
        """Where the places of each shelf begin, and at the end where the last one's end."""
        self._first_rows = [shelf.row for shelf in self.shelves]
        self._blocks: dict[tuple[int, ...], tuple[Block, Block]] = {}

    @property
    def main_letters(self) -> Numbers:
        """The letters at the places `main`."""
        return self.main_text.letters

    @property
    def main_starts(self) -> Numbers:
        """Where each row begins in `main`, and at the end where the last one ends."""
        return self.main_text.starts

    def _frequency(self, shelves: Iterable[tuple[Shelf, Sequence[Stream]]], before: Bank | None) -> Numbers:
        """How often each letter stands in the running text: counted where it is not as it was in the bank before."""
        # Asked once: meanwhile searches on the bank before may meet what is new in the store.
        size = self.alphabet.forms
        total = np.zeros(size, dtype=np.int64)
        kept: set[int] = set()
        if before:
            total[: len(before.running.frequency)] = before.running.frequency
            kept = {shelf.serial for shelf in before.shelves} & {shelf.serial for shelf, _ in shelves}
            for shelf in before.shelves:
                if shelf.serial not in kept:
                    total -= counted(before.letters[shelf.place : shelf.place_end], size)
        for shelf, parts in shelves:
            place = shelf.place
            for part in parts if shelf.serial not in kept else ():
                end = place + len(part.glyphs)
                total += frequency(part, self.letters[place:end], self.alphabet, size)
                place = end
        return total

    @classmethod
    def load(cls, library: Library, files: StreamFiles | None = None) -> Bank:
        """Read the whole library; what `files` has of it need not be folded."""
        # The number is read first: a change that comes while reading is read again next time, never missed.
        number, alphabet = library.change_number(), Alphabet()
        return cls(number, alphabet, _shelves(library, alphabet, {}, files))

    def refreshed(self, library: Library, files: StreamFiles | None = None) -> Bank:
        """The bank as the library is now; editions that did not change are not read again."""
        number = library.change_number()
        changed = library.changed_since(self.number)
        kept = {shelf.edition.id: shelf for shelf in self.shelves if shelf.edition.id not in changed}
        fresh = Bank(number, self.alphabet, _shelves(library, self.alphabet, kept, files), self)
        fresh._blocks = self._blocks
        return fresh

    def _filled(self, shelf: Shelf, parts: Sequence[Stream]) -> Shelf:
        """The shelf with its stream, on the bank's own glyphs, so that none is in memory twice."""
        return shelf._replace(stream=joined(parts, self.glyphs[shelf.place : shelf.place_end]))

    def warm(self) -> None:
        """Make the position lists; those of stretches that did not change are taken over from the bank before."""
        blocks = {}
        running, main = [], []
        for group in _groups(self.shelves):
            key = tuple(shelf.serial for shelf in group)
            rows = slice(group[0].row, group[-1].row_end + 1)
            low, high = self.running.starts[rows][[0, -1]].tolist()
            main_low, main_high = self.main_text.starts[rows][[0, -1]].tolist()
            blocks[key] = self._blocks.get(key) or (
                postings.block(self.letters[low:high], self.running.starts[rows] - low),
                postings.block(self.main_letters[main_low:main_high], self.main_text.starts[rows] - main_low),
            )
            running.append((low, blocks[key][0]))
            main.append((main_low, blocks[key][1]))
        self._blocks = blocks
        if len(self.letters) > _BLOCK:
            give_back()  # before the lists are there: searches would wait for it
        self.running.postings, self.main_text.postings = Postings(running), Postings(main)

    @cached_property
    def _rows_by_id(self) -> tuple[Numbers, Numbers]:
        order = np.argsort(self.ids, kind="stable")
        return self.ids[order], order

    @cached_property
    def every_row(self) -> Numbers:
        """The mask of all rows; nobody can write to it."""
        return _constant(np.ones(self.size, dtype=bool))

    @cached_property
    def no_row(self) -> Numbers:
        """The mask of no row; nobody can write to it."""
        return _constant(np.zeros(self.size, dtype=bool))

    def all(self, rows: Numbers) -> bool:
        """Whether a mask names all rows."""
        return rows is self.every_row or bool(rows.all())

    def none(self, rows: Numbers) -> bool:
        """Whether a mask names no row."""
        return rows is self.no_row or not rows.any()

    @cached_property
    def has_notes(self) -> bool:
        """Whether any place belongs to a note."""
        return bool(self.noted.any())

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
        return self.shelves[self.shelf_number(row)]

    def shelf_number(self, row: int) -> int:
        """Its number among all, from 0."""
        return bisect_right(self._first_rows, row) - 1

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
        wanted = [letter.letter for letter in phrase]
        if rows is not None and self.all(rows):
            rows = None
        first, row = self.running.found(wanted, rows)
        running = Spans(first, first + (len(wanted) - 1) if len(wanted) > 1 else first, row, self.running)
        if not across_notes or len(wanted) < 2:
            return running
        at, row = self.main_text.found(wanted, rows)
        first, last = self.main[at], self.main[at + (len(wanted) - 1)]
        # What does not jump over a note has been found in the running text.
        jumps = last - first >= len(wanted)
        return merged([running, Spans(first, last, row, self.running).take(jumps)]) if jumps.any() else running

    def anywhere(self, phrase: Sequence[Letter]) -> Numbers:
        """First places of a phrase in the running text of the whole library, even over the ends of passages."""
        whole = Track(self.letters, np.array([0, len(self.letters)]), frequency=self.running.frequency)
        whole.postings = self.running.postings
        return whole.find([letter.letter for letter in phrase])

    def row_at(self, places: Numbers) -> Numbers:
        """The rows that hold these places."""
        return self.running.row_at(places)

    def exact(self, phrase: Sequence[Letter], spans: Spans) -> Numbers:
        """Which occurrences of a phrase have its very glyphs."""
        size, ends = len(phrase), zip(spans.first.tolist(), spans.last.tolist(), strict=True)
        if len(spans) <= _PAGE and all(last - first < size for first, last in ends):
            typed = [letter.glyph for letter in phrase]
            return np.array([self.glyphs[at : at + size].tolist() == typed for at in spans.first.tolist()], dtype=bool)
        jumps = spans.last - spans.first >= size
        same = np.ones(len(spans), dtype=bool)
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


def _shelves(
    library: Library, alphabet: Alphabet, kept: dict[int, Shelf], files: StreamFiles | None
) -> Iterator[tuple[Shelf, Sequence[Stream]]]:
    """The editions in catalogue order, each with what its stream is to be made of."""
    works = {work.id: (order, work) for order, work in enumerate(library.works())}
    editions = [edition for edition in library.editions() if edition.work_id in works]
    editions.sort(key=lambda edition: (works[edition.work_id][0], edition.id))
    fresh = reading.read(library, (edition for edition in editions if edition.id not in kept), alphabet, files)
    row = place = 0
    for edition in editions:
        old = kept.get(edition.id)
        parts, titles = ((old.stream,), old.titles) if old else fresh.pop(edition.id)
        serial = old.serial if old else next(_serial)
        row_end = row + sum(len(part.ids) for part in parts)
        place_end = place + sum(len(part.glyphs) for part in parts)
        work = works[edition.work_id][1]
        yield Shelf(work, edition, titles, EMPTY, serial, row, row_end, place, place_end), parts
        row, place = row_end, place_end


def _sections(all_streams: Sequence[Stream]) -> list[Numbers]:
    before = accumulate((len(stream.sections) for stream in all_streams), initial=0)
    return [stream.section + offset for stream, offset in zip(all_streams, before, strict=False)]


def _groups(shelves: Sequence[Shelf]) -> Iterator[list[Shelf]]:
    """Shelves that share a block of position lists: a change in one leaves most other groups as they were."""
    group: list[Shelf] = []
    for shelf in shelves:
        group.append(shelf)
        size = shelf.place_end - group[0].place
        if size >= _BLOCK or (size >= _SMALL and shelf.edition.id % 32 == 0):
            yield group
            group = []
    if group:
        yield group


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


def _constant(numbers: Numbers) -> Numbers:
    numbers.flags.writeable = False
    return numbers
