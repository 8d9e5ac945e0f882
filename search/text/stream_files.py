"""Streams as files of the index, so that a process that starts need not fold the whole library anew.

A file says which change of the edition it shows. One that shows another, or is damaged, is as good as none: the text
is read from the store then.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from archive.library import Library
from search.text.alphabet import Alphabet, Glyphs, Numbers, counted, packed, renumbered
from search.text.streams import Own, Stream, main_places

_NUMBER = struct.Struct("<I")
"""A file is: the checksum of all that follows, the size of the glyphs in bytes, the glyphs, and what tells of them."""

LEAST = 1 << 15
"""Characters of an edition that has a file: smaller ones are folded as soon as a file of them would be read."""

Change = tuple[int, str]
"""Number and time of the last change of an edition (`Library.last_changes`)."""


class StreamFiles:
    """The files in a folder, one for each edition that is worth it: two bytes a character, and what tells of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, edition_id: int, change: Change, stream: Stream, alphabet: Alphabet) -> None:
        """Keep an edition as it is at a change.

        Raises:
            OSError: it cannot be written.
        """
        counts = counted(stream.glyphs, len(alphabet))
        used = counts > 0
        glyphs = alphabet.told(np.flatnonzero(used).tolist())
        columns = (
            *(np.diff(stream.ids, prepend=0), stream.section, np.diff(stream.starts)),
            *(counts[used], np.packbits(stream.noted)),
        )
        own = renumbered(stream.glyphs, packed(np.cumsum(used) - 1))
        head = _told((change, stream.sections, glyphs), (*map(_small, columns), own[:0]))
        body = b"".join((_NUMBER.pack(own.nbytes), own.tobytes(), head))
        self._folder.mkdir(exist_ok=True)
        path = self._path(edition_id, change)
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(_NUMBER.pack(zlib.crc32(body)))
            file.write(body)
        beside.replace(path)

    def read(self, edition_id: int, change: Change, alphabet: Alphabet) -> Stream | None:
        """An edition as it is at a change; None if there is no sound file of it."""
        try:
            content = memoryview(self._path(edition_id, change).read_bytes())
            ((checksum,), (size,)) = (_NUMBER.unpack_from(content, at) for at in (0, _NUMBER.size))
        except (OSError, struct.error):
            return None
        if zlib.crc32(content[_NUMBER.size :]) != checksum:
            return None
        begin, end = 2 * _NUMBER.size, 2 * _NUMBER.size + size
        (of, sections, known), (ids, section, sizes, counts, noted, none) = _heard(content[end:])
        if tuple(of) != change:
            return None
        glyphs = np.frombuffer(content[begin:end], dtype=none.dtype)
        starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        noted = np.unpackbits(noted).view(bool)[: len(glyphs)]
        return Stream(
            np.cumsum(ids, dtype=np.int64),
            tuple(sections),
            section.astype(np.int32),
            starts,
            glyphs,
            noted,
            main_places(noted, starts),
            Own(alphabet.meet(Glyphs(*known)), counts),
        )

    @staticmethod
    def wanted(library: Library) -> dict[int, Change]:
        """The editions of a library that are to have a file, each with its last change."""
        changes = library.last_changes()
        return {one.id: changes[one.id] for one in library.editions() if one.characters >= LEAST}

    def missing(self, changes: Mapping[int, Change]) -> set[int]:
        """Of these changes of editions, those whose file is not there, or empty, as a power cut may leave it."""

        def there(edition_id: int) -> bool:
            try:
                return self._path(edition_id, changes[edition_id]).stat().st_size > 0
            except OSError:
                return False

        return {edition_id for edition_id in changes if not there(edition_id)}

    def keep_only(self, changes: Mapping[int, Change]) -> None:
        """Remove what is not of these changes of editions; what is being read on Windows goes next time."""
        kept = {self._path(edition_id, change) for edition_id, change in changes.items()}
        for path in set(self._folder.glob("*")) - kept:
            with suppress(OSError):
                path.unlink()

    def _path(self, edition_id: int, change: Change) -> Path:
        return self._folder / f"{edition_id}-{change[0]}"


def _told(what: Sequence[Any], arrays: Sequence[Numbers]) -> bytes:
    """What is put into JSON, and arrays: deflated, as what tells of rows is mostly the same again and again."""
    kinds = [(array.dtype.str, len(array)) for array in arrays]
    told = json.dumps([what, kinds], ensure_ascii=False).encode()
    return zlib.compress(b"\n".join((told, b"".join(array.tobytes() for array in arrays))), 1)


def _heard(head: memoryview) -> tuple[Any, list[Numbers]]:
    told, _, content = zlib.decompress(head).partition(b"\n")
    what, kinds = json.loads(told)
    arrays, at = [], 0
    for kind, size in kinds:
        arrays.append(np.frombuffer(content, dtype=kind, count=size, offset=at))
        at += arrays[-1].nbytes
    return what, arrays


def _small(numbers: Numbers) -> Numbers:
    """The same numbers in as few bytes as they need."""
    least, most = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    return numbers.astype(np.promote_types(np.min_scalar_type(least), np.min_scalar_type(most)))
