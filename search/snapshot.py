"""One process's view of a library: its bank and its index, both as of now, shared by everyone who searches it."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from archive.library import Library
from search.engines.contract import EngineError, Reader, Sought
from search.indexer import INDEX, STAMP, Stamp, open_reader, read_stamp, stream_files
from search.text.alphabet import Numbers
from search.text.bank import Bank
from search.text.stream_files import StreamFiles

_KEPT = 4
"""Libraries whose text stays in memory: a process serves one, tests open several."""
LISTED = 200_000_000
"""Letters of the largest library whose position lists are kept in memory (eight bytes a letter)."""
_AT_ONCE = 1 << 20
"""Letters whose position lists are made in a moment."""
MEMORY = "memory"
"""The engine's name in answers while there is no index: the bank alone finds everything too, only slower."""


class View(NamedTuple):
    """What one search works on: a bank and, if there is a sound one, an index."""

    bank: Bank
    reader: Reader | None
    stamp: Stamp | None
    files: StreamFiles | None
    """The text that the index keeps."""
    behind: Numbers
    """Rows of editions that changed after the index was made: they are looked through whatever the engine says."""

    @property
    def engine(self) -> str:
        """Name of the engine that answers."""
        return self.stamp.engine if self.reader and self.stamp else MEMORY

    @property
    def asks(self) -> bool:
        """Whether the engine is to be asked: there is one, and no position lists that are quicker."""
        return self.reader is not None and self.bank.running.postings is None

    def candidates(self, sought: Sought) -> Numbers | None:
        """A mask over rows in which `sought` may stand; None if all may."""
        if self.reader is None:
            return None
        # Listing more passages than this takes longer than looking through the text.
        most = max(500, len(self.bank.letters) // 1000)
        try:
            ids = self.reader.candidates(sought, most)
        except EngineError:
            return None
        return None if ids is None else self.bank.rows_of(ids) | self.behind


class Snapshot:
    """The bank and the index of one library, kept up to date."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._view: View | None = None
        self._signature: tuple[int, ...] = ()
        self._warmed: Bank | None = None

    def view(self, library: Library) -> View:
        """What the library and its index are now."""
        view, number, signature = self._view, library.change_number(), _signature(library.folder)
        if view and view.bank.number == number and self._signature == signature:
            self._warm(view.bank)
            return view
        with self._lock:
            # Another thread may have done the work meanwhile.
            view, number, signature = self._view, library.change_number(), _signature(library.folder)
            if view and self._signature == signature:
                reader, stamp, files = view.reader, view.stamp, view.files
            else:
                stamp = read_stamp(library.folder / INDEX)
                reader = open_reader(library, stamp) if stamp else None
                files = stream_files(library, stamp) if stamp else None
            if view is None or view.bank.number > number:
                bank = Bank.load(library, files)
            else:
                bank = view.bank if view.bank.number == number else view.bank.refreshed(library, files)
            changed = library.changed_since(stamp.change) if stamp and reader else set()
            behind = bank.mask(shelf for shelf in bank.shelves if shelf.edition.id in changed)
            self._view, self._signature = View(bank, reader, stamp, files, behind), signature
            return self._view

    def _warm(self, bank: Bank) -> None:
        """From a process's second search on, have position lists made, beside what it is doing if they take long."""
        if self._warmed is bank or len(bank.letters) > LISTED:
            return
        self._warmed = bank
        if len(bank.letters) <= _AT_ONCE:
            bank.warm()
        else:
            Thread(target=bank.warm, daemon=True).start()


_snapshots: OrderedDict[tuple[str, int, int], Snapshot] = OrderedDict()
_snapshots_lock = Lock()


def shared(folder: Path) -> Snapshot:
    """The snapshot of the library in `folder`: one for the whole process, however many connections it has."""
    status = folder.stat()
    key = (_followed(folder), status.st_dev, status.st_ino)
    with _snapshots_lock:
        snapshot = _snapshots.setdefault(key, Snapshot())
        _snapshots.move_to_end(key)
        while len(_snapshots) > _KEPT:
            _snapshots.popitem(last=False)
        return snapshot


@lru_cache(maxsize=_KEPT)
def _followed(folder: Path) -> str:
    """Where a folder is once links are followed; every search asks for it."""
    return str(folder.resolve())


@lru_cache(maxsize=_KEPT)
def _stamp_of(folder: Path) -> Path:
    """The stamp file of a library; every search asks for it."""
    return folder / INDEX / STAMP


def _signature(folder: Path) -> tuple[int, ...]:
    """Tells one stamp file from the next: it is replaced whenever the index changes."""
    try:
        status = _stamp_of(folder).stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ino, status.st_size
