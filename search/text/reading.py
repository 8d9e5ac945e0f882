"""From the store to streams: many stretches of text beside one another, each edition as it was at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from archive.edition_text import Stretch
from archive.library import Library
from archive.model import Edition
from search.text import streams
from search.text.alphabet import Alphabet
from search.text.stream_files import StreamFiles
from search.text.streams import EMPTY, Stream

_AHEAD = 1 << 20
"""Characters to read from which on other threads help: opening the store for them takes a few milliseconds."""
_READERS = 3
"""Threads that read: SQLite and numpy let others work meanwhile."""


class Text(NamedTuple):
    """An edition as it was read: its stretches in reading order, and the titles of its sections by path."""

    parts: list[Stream]
    titles: dict[str, str]


_Share = tuple[list[Stream], dict[int, dict[str, str]]]
"""Stretches as streams, and by edition the titles of its sections."""


def read(
    library: Library, editions: Iterable[Edition], alphabet: Alphabet, files: StreamFiles | None = None
) -> dict[int, Text]:
    """These editions by id. One that is written to meanwhile is read again, so that none is half old and half new.

    Args:
        files: where the index keeps streams of this library; the text of those it has not is folded anew.
    """
    texts: dict[int, Text] = {}
    waiting = {edition.id: edition for edition in editions}
    while waiting:
        number = library.change_number()
        found = _kept(library, waiting, alphabet, files) if files else {}
        others = {edition_id: edition for edition_id, edition in waiting.items() if edition_id not in found}
        texts |= found | _read(library, others, alphabet)
        changed = library.changed_since(number)
        waiting = {edition_id: edition for edition_id, edition in waiting.items() if edition_id in changed}
    return texts


def _kept(library: Library, editions: dict[int, Edition], alphabet: Alphabet, files: StreamFiles) -> dict[int, Text]:
    """Those of these editions that there are files of, as they are now."""
    changes = files.wanted(library)
    there = [edition for edition in editions.values() if edition.id in changes]
    large = [edition.id for edition in there if edition.characters >= _AHEAD]
    small = [edition.id for edition in there if edition.characters < _AHEAD]

    def read(edition_id: int) -> tuple[int, Stream | None]:
        return edition_id, files.read(edition_id, changes[edition_id], alphabet)

    # Threads that do little at a time wait for one another more than they help.
    with ThreadPoolExecutor(_READERS) as readers:
        found = [*readers.map(read, large), *map(read, small)]
    return {number: Text([stream], library.section_titles(number)) for number, stream in found if stream}


def _read(library: Library, editions: dict[int, Edition], alphabet: Alphabet) -> dict[int, Text]:
    stretches = [stretch for edition_id in editions for stretch in library.stretches(edition_id)]
    few = sum(edition.characters for edition in editions.values()) < _AHEAD
    parts, titles = (
        _share(library, stretches, [*editions], alphabet) if few else _beside(library, stretches, [*editions], alphabet)
    )
    texts = {edition_id: Text([], titles[edition_id]) for edition_id in editions}
    for stretch, part in zip(stretches, parts, strict=True):
        texts[stretch.edition_id].parts.append(part)
    return texts


def _beside(library: Library, stretches: list[Stretch], editions: list[int], alphabet: Alphabet) -> _Share:
    """What several threads read, each its share."""

    def share(number: int) -> _Share:
        every = slice(number, None, _READERS)
        with Library.open(library.folder) as own:
            return _share(own, stretches[every], editions[every], alphabet)

    parts: list[Stream] = [EMPTY] * len(stretches)
    titles: dict[int, dict[str, str]] = {}
    with ThreadPoolExecutor(_READERS) as readers:
        for number, (some, others) in enumerate(readers.map(share, range(_READERS))):
            parts[number::_READERS] = some
            titles |= others
    return parts, titles


def _share(library: Library, stretches: list[Stretch], editions: list[int], alphabet: Alphabet) -> _Share:
    parts = [streams.read(library.stretch(stretch), alphabet) for stretch in stretches]
    return parts, {edition_id: library.section_titles(edition_id) for edition_id in editions}
