"""A directory's published records in memory: their words folded, their facets numbered, in their order.

A drawer is a snapshot that never changes. A cabinet is a large drawer of everything and a small one of what changed
since; when that grows, or a record has been erased, the large one is made anew and nothing of the old one is kept.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np

from archive.directories import finding, public
from archive.directories.model import Directory
from archive.directories.public import PublicRecord
from archive.library import Library
from search.records import readings
from search.records.facets import Making
from search.records.sounds import Sounds, typed
from search.text.alphabet import Alphabet, Numbers, codes
from search.text.folding import units
from search.text.postings import Postings, listed
from search.text.tracks import Track

_CELL, _ROW = "\x1e", "\x1d"
_STRETCH = 64
"""Places of a text that share the row they are counted from; rows are at least one place long."""
_FAR = 1e12
"""Greater than any number records are sorted by."""
_KEPT = 4
"""Libraries whose records stay in memory."""


class Found(NamedTuple):
    """Which rows have some words, by mask: anywhere; in their title; as their whole title."""

    anywhere: Numbers
    title: Numbers
    whole: Numbers


class Rowed(Track):
    """A text in which the row of a place is looked up, not searched for: common words stand in every record."""

    def __init__(self, letters: Numbers, starts: Numbers) -> None:
        super().__init__(letters, starts)
        further = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
        self._first = further[::_STRETCH].copy()
        further -= np.repeat(self._first, _STRETCH)[: len(further)]
        self._further = further.astype(np.uint8)

    def row_at(self, at: Numbers) -> Numbers:
        """The rows that hold these places."""
        rows: Numbers = self._first[at // _STRETCH] + self._further[at]
        return rows


class Drawer:
    """Records in their order. Rows count from 0."""

    def __init__(self, directory: Directory, records: Iterable[PublicRecord], alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self.fields = {field.key: number for number, field in enumerate(directory.public)}
        facets = {field.key: Making() for field in directory.facets}
        keys, ids, titles, cells, fields = [], array("q"), [], [], []
        names: dict[str, list[int]] = {}
        for row, one in enumerate(records):
            found = list(finding.searchable(directory, one.values))
            keys.append(_sort_key(directory, one))
            ids.append(one.id)
            titles.append(one.title)
            cells.append(_CELL.join([text for _, text, _ in found]))
            fields.append(bytes([self.fields[field] for field, _, _ in found]))
            for _, text, is_name in found:
                if is_name:
                    names.setdefault(text, []).append(row)
            for key, value in finding.faceted(directory, one.values):
                facets[key].add(row, value)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        moved = np.empty(len(order), dtype=np.int32)
        moved[order] = np.arange(len(order), dtype=np.int32)
        self.keys = [keys[row] for row in order]
        self.ids = np.array(ids, dtype=np.int64)[order]
        self.words, self._cell_starts = _track([cells[row] for row in order], alphabet)
        self._cell_fields = np.frombuffer(b"".join([fields[row] for row in order]), dtype=np.uint8)
        self.titles, _ = _track([titles[row] for row in order], alphabet)
        self.sounds = Sounds(names, moved)
        named = all(directory.by_key[key].kind == "name" for key in directory.title_keys)
        self.title_sounds = Sounds(_by_name(titles) if named else {}, moved)
        self.facets = {key: facet.done(moved) for key, facet in facets.items()}

    def find(self, text: str, field: str = "") -> Found:
        """Rows that hold some words: in a field, or anywhere and by sound."""
        size = len(self.ids)
        letters = [found for unit in units(text) if (found := self.alphabet.find(unit))]
        wanted = [letter.letter for letter in letters]
        anywhere, title, whole = (np.zeros(size, dtype=bool) for _ in range(3))
        if wanted and len(wanted) == len(units(text)):
            at, row = _placed(self.words, wanted)
            if field:
                cell = np.searchsorted(self._cell_starts, at, side="right") - 1
                row = row[self._cell_fields[cell] == self.fields[field]]
            anywhere[row] = True
            if not field:
                at, row = _placed(self.titles, wanted)
                title[row] = True
                starts = self.titles.starts
                whole[row[(starts[row] == at) & (starts[row + 1] - 1 - at == len(wanted))]] = True
        if not field and (spelt := typed(text)):
            anywhere[self.sounds.rows(spelt)] = True
            title[self.title_sounds.rows(spelt)] = True
            anywhere |= title
        return Found(anywhere, title, whole)


class Cabinet(NamedTuple):
    """A directory as of change `number`: both drawers side by side, rows counted through.

    `alive` are the rows that are so still; `place` puts rows in order, those of the small drawer between the others.
    """

    directory: Directory
    number: int
    drawers: tuple[Drawer, ...]
    alive: Numbers
    place: Numbers
    ids: Numbers

    def find(self, text: str, field: str = "") -> Found:
        """Rows that hold some words."""
        parts = [drawer.find(text, field) for drawer in self.drawers]
        return Found(*(np.concatenate(masks) for masks in zip(*parts, strict=True)))

    def spans(self) -> list[slice]:
        """The rows of each drawer."""
        ends = np.cumsum([len(drawer.ids) for drawer in self.drawers]).tolist()
        return list(map(slice, [0, *ends], ends))


class _Keeper:
    """Makes cabinets of one library and keeps the latest of each directory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._alphabet = Alphabet()
        self._cabinets: dict[str, Cabinet] = {}

    def cabinet(self, library: Library, directory: Directory) -> Cabinet:
        # The number is read first: a change that comes while reading is read again next time, never missed.
        number = public.change_number(library)
        known = self._cabinets.get(directory.id)
        if known and known.number == number and known.directory == directory:
            return known
        with self._lock:
            known = self._cabinets.get(directory.id)
            if known is None or known.number < number or known.directory != directory:
                known = self._cabinets[directory.id] = self._renewed(library, directory, known, number)
            return known

    def _renewed(self, library: Library, directory: Directory, old: Cabinet | None, number: int) -> Cabinet:
        if old and old.directory == directory:
            base = old.drawers[0]
            changed, erased = public.changed_since(library, directory, old.number)
            if not changed and not erased:
                return old._replace(number=number)
            recent = set(old.drawers[1].ids.tolist()) if len(old.drawers) > 1 else set()
            # What was in the large drawer and has changed is dead there, whatever happens to it later.
            stale = changed | recent | set(base.ids[~old.alive[: len(base.ids)]].tolist())
            if not erased and len(stale) <= max(200, len(base.ids) // 20):
                held = public.records(library, directory, sorted(stale))
                return _joined(directory, number, base, Drawer(directory, held, self._alphabet), stale)
        drawer = Drawer(directory, public.everything(library, directory), self._alphabet)
        return _joined(directory, number, drawer, None, set())


def _joined(directory: Directory, number: int, base: Drawer, recent: Drawer | None, stale: set[int]) -> Cabinet:
    size = len(base.ids)
    alive = ~np.isin(base.ids, np.array(sorted(stale), dtype=np.int64))
    place: Numbers = np.arange(size, dtype=np.float64)
    if recent is None or not len(recent.ids):
        return Cabinet(directory, number, (base,), alive, place, base.ids)
    step = 1 / (len(recent.ids) + 1)
    between = [bisect_left(base.keys, key) - 1 + step * nth for nth, key in enumerate(recent.keys, 1)]
    return Cabinet(
        directory,
        number,
        (base, recent),
        np.concatenate([alive, np.ones(len(recent.ids), dtype=bool)]),
        np.concatenate([place, np.array(between)]),
        np.concatenate([base.ids, recent.ids]),
    )


def cabinet(library: Library, directory: Directory) -> Cabinet:
    """The directory as it is now: one for the whole process, however many connections it has."""
    status = library.folder.stat()
    key = (str(library.folder.resolve()), status.st_dev, status.st_ino)
    with _keepers_lock:
        keeper = _keepers.setdefault(key, _Keeper())
        _keepers.move_to_end(key)
        while len(_keepers) > _KEPT:
            _keepers.popitem(last=False)
    return keeper.cabinet(library, directory)


_keepers: OrderedDict[tuple[str, int, int], _Keeper] = OrderedDict()
_keepers_lock = Lock()


def _track(rows: Sequence[str], alphabet: Alphabet) -> tuple[Rowed, Numbers]:
    """Rows of cells as one text that no match crosses the cells of; and where each cell that holds something begins."""
    points = codes(_ROW.join(rows) + (_ROW if rows else ""))
    letters = alphabet.letters(alphabet.glyphs(points))
    ends_row, ends_cell = points == ord(_ROW), points == ord(_CELL)
    kept = (letters != 0) | ends_row | ends_cell
    letters, ends_row, ends = letters[kept], ends_row[kept], (ends_row | ends_cell)[kept]
    starts = np.concatenate(([0], np.flatnonzero(ends_row) + 1))
    empty = starts[:-1][np.array([not cells for cells in rows], dtype=bool)]
    cell_starts = np.setdiff1d(np.concatenate(([0], np.flatnonzero(ends) + 1))[:-1], empty, assume_unique=True)
    track = Rowed(letters, starts)
    track.postings = Postings([(0, listed(letters))])
    return track, cell_starts


def _placed(track: Track, wanted: Sequence[int]) -> tuple[Numbers, Numbers]:
    """Where letters begin in a track, and in which rows."""
    at, row = track.found(wanted)
    return at, track.row_at(at) if row is None else row


def _by_name(titles: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, title in enumerate(titles):
        found.setdefault(title, []).append(row)
    return found


def _sort_key(directory: Directory, one: PublicRecord) -> str:
    """One text by which records sort: what has no value comes last, then numbers, then sounds."""
    found: list[str] = []
    for text, number, greatest_first in finding.order(directory, one.values):
        if number is not None:
            found.append(f"0{_FAR - number if greatest_first else _FAR + number:020.4f}")
        else:
            found.append(f"0{readings.sort_key(text)}" if text else "1")
    return "\0".join([*found, f"{one.id:012}"])
