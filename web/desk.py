"""What every request needs at hand: the library of its thread, a finder, and what is dear to compute twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app

from archive import browse, reading, rights
from archive.config import Config
from archive.library import Library
from archive.model import Edition
from archive.urn import Urn
from search.finder import Finder

_REMEMBERED = 64
_LAYERS: dict[rights.Layer, str] = {"text": "正文", "punctuation": "标点", "notes": "注文", "scans": "书影"}
Value = TypeVar("Value")


class Desk:
    """Opens one library a thread; shares between threads only what never changes once made.

    `is_staff` tells whether the reader of the request may see what is kept for the house.
    """

    def __init__(self, config: Config, folder: Path, is_staff: Callable[[], bool]) -> None:
        self.config = config
        self.folder = folder
        self._is_staff = is_staff
        self._local = threading.local()
        self._lock = threading.Lock()
        self._memory: OrderedDict[tuple[str, int, bool], tuple[int, object]] = OrderedDict()

    def begin(self) -> None:
        """Take note, once a request, of what has changed in the library since this thread last looked."""
        library = self.library
        change = library.change_number()
        if getattr(self._local, "change", None) != change:
            library.forget_labels()
            self._local.change = change

    @property
    def library(self) -> Library:
        """This thread's library."""
        library = getattr(self._local, "library", None)
        if library is None:
            library = self._local.library = Library.open(self.folder)
        return cast(Library, library)

    @property
    def staff(self) -> bool:
        """Whether this reader may see what is kept for the house."""
        return self._is_staff()

    @property
    def finder(self) -> Finder:
        """A finder for this reader; finders share the library's text in memory."""
        return Finder(self.library, self.config.search.engine, staff=self.staff)

    def entries(self) -> list[browse.Entry]:
        """The catalogue as this reader may know it."""
        staff = self.staff
        return self.remember("catalogue", lambda: browse.catalogue(self.library, staff=staff))

    def entry(self, work_id: str) -> browse.Entry:
        """A work with its listed editions.

        Raises:
            NotFound: this reader knows no such work.
            Gone: it has been withdrawn.
        """
        for entry in self.entries():
            if entry.work.id == work_id:
                return entry
        raise browse.absent(self.library, work_id, staff=self.staff)

    def edition(self, name: Urn) -> Edition:
        """The listed edition a URN names; see `archive.browse.edition`."""
        return browse.edition(self.library, name, staff=self.staff)

    def shows(self, edition: Edition, layer: rights.Layer) -> bool:
        """Whether this reader may see a layer in full."""
        return rights.visible(edition, layer, staff=self.staff)

    def kept(self, edition: Edition) -> str:
        """What of the edition this reader sees only as one of the house, in words: `注文、书影`; empty if nothing."""
        if not self.staff:
            return ""
        hidden = [label for layer, label in _LAYERS.items() if not rights.visible(edition, layer)]
        return "全书" if _LAYERS["text"] in hidden else "、".join(hidden)

    def outline(self, edition: Edition) -> reading.Outline:
        """An edition's sections and screens."""
        return self.remember("outline", lambda: reading.outline(self.library, edition.id), edition.id)

    def remember(self, kind: str, make: Callable[[], Value], number: int = 0) -> Value:
        """`make()`, or what it gave before if the library has not changed; readers never get what staff were given."""
        change = self.library.change_number()
        key = (kind, number, self.staff)
        with self._lock:
            held = self._memory.get(key)
            if held is not None and held[0] == change:
                self._memory.move_to_end(key)
                return cast(Value, held[1])
        made = make()
        with self._lock:
            self._memory[key] = (change, made)
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
        return made


def desk() -> Desk:
    """The desk of the running site."""
    return cast(Desk, current_app.extensions["desk"])
