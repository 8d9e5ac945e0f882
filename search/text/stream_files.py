"""Streams as files of the index, so that a process that starts need not fold the whole library anew.

A file says which change of the edition it shows. One that shows another, or is damaged, is as good as none: the text
is read from the store then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import numpy as np

from search.text.alphabet import Alphabet, Glyphs, Numbers, counted, packed, renumbered
from search.text.streams import Own, Stream, main_places

_FORMAT = 1
_ARRAYS = 7
"""Arrays in a file; after them their checksum, as one more."""

Change = tuple[int, str]
"""Number and time of the last change of an edition (`Library.last_changes`)."""


class StreamFiles:
    """The files in a folder, one an edition, each two bytes a character and a few for each passage."""

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
        about = json.dumps([_FORMAT, change, stream.sections, glyphs], ensure_ascii=False)
        arrays = (
            np.frombuffer(about.encode(), dtype=np.uint8),
            *map(_small, (stream.ids, stream.section, stream.starts)),
            renumbered(stream.glyphs, packed(np.cumsum(used) - 1)),
            np.packbits(stream.noted),
            _small(counts[used]),
        )
        self._folder.mkdir(exist_ok=True)
        path = self._path(edition_id, change)
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            for array in (*arrays, _checksum(arrays)):
                np.save(file, array)
        beside.replace(path)

    def read(self, edition_id: int, change: Change, alphabet: Alphabet) -> Stream | None:
        """An edition as it is at a change; None if there is no sound file of it."""
        try:
            with self._path(edition_id, change).open("rb") as file:
                about, ids, section, starts, glyphs, noted, counts = _arrays(file)
        except Exception:  # damage makes numpy fail in any way there is
            return None
        format_, of, sections, known = json.loads(about.tobytes())
        if (format_, tuple(of)) != (_FORMAT, change):
            return None
        starts = starts.astype(np.int64)
        noted = np.unpackbits(noted).view(bool)[: len(glyphs)]
        return Stream(
            ids.astype(np.int64),
            tuple(sections),
            section.astype(np.int32),
            starts,
            glyphs,
            noted,
            main_places(noted, starts),
            Own(alphabet.meet(Glyphs(*known)), counts),
        )

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


def _arrays(file: BinaryIO) -> list[Numbers]:
    """The arrays of a file.

    Raises:
        ValueError: they are not what was written.
    """
    *arrays, checksum = [np.load(file) for _ in range(_ARRAYS + 1)]
    if checksum != _checksum(arrays):
        raise ValueError("damaged")
    return arrays


def _checksum(arrays: Sequence[Numbers]) -> Numbers:
    value = 0
    for array in arrays:
        value = crc32(array.data, value)
    return np.array(value, dtype=np.uint32)


def _small(numbers: Numbers) -> Numbers:
    """The same numbers in as few bytes as they need."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
