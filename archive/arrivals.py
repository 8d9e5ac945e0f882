"""Scans sent in on the site, kept aside until the worker takes them into the library.

An arrival is a folder of `arrivals/` in the library's: the files as they came, under their own names, and how it
stands. What was never sent whole, or is done with, goes after a while; files go as soon as they are in the library.
"""

from __future__ import annotations

import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from archive.aside import Aside
from archive.errors import BadSource, NotFound, WenkuError

FOLDER = "arrivals"
KEPT = 7 * 24 * 3600
"""Seconds an arrival is kept after it last moved."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif", ".jp2", ".pdf")
"""Of files that may be sent in."""
MOST = 5_000
"""Files of one book."""

Stage = Literal["sending", "waiting", "working", "done", "failed"]

_STATE, _FILES = "arrival.json", "files"
_CHUNK = 1 << 20
_WHOLE_NAME = 120


@dataclass
class Arrival:
    """One book of scans on its way. `about`: what the sender says of it, as a `work.yaml` would."""

    id: str
    who: str
    about: dict[str, Any]
    stage: Stage = "sending"
    files: list[str] = field(default_factory=list)
    size: int = 0
    """Bytes of all files."""
    urn: str = ""
    job: int = 0
    """The job that reads it, once it is in the library."""
    error: str = ""
    moved: str = ""


class Arrivals:
    """What was sent in for the library in a folder."""

    def __init__(self, library: Path) -> None:
        self._folder = library / FOLDER
        self._aside = Aside(self._folder, Arrival, _STATE)

    def begin(self, who: str, about: Mapping[str, Any]) -> Arrival:
        """A new arrival, without files yet; what has been kept too long goes.

        Raises:
            WenkuError: the disk is full or cannot be written.
        """
        self.sweep()
        arrival = Arrival(secrets.token_hex(16), who, dict(about))
        try:
            self.files(arrival).mkdir(parents=True, mode=0o700)
            self.save(arrival)
        except OSError as error:
            raise _full(error) from error
        return arrival

    def take(self, arrival: Arrival, name: str, file: IO[bytes]) -> None:
        """Keep a file of it, whatever its size, chunk by chunk.

        Raises:
            BadSource: it is empty or of no known kind, or there are too many.
            WenkuError: the disk is full or cannot be written.
        """
        name = _name(name, set(arrival.files))
        if Path(name).suffix.lower() not in SUFFIXES:
            raise BadSource("不收这种文件。", where=name, remedy=f"可收：{' '.join(SUFFIXES)}。")
        if len(arrival.files) >= MOST:
            raise BadSource(f"一次至多 {MOST} 个文件。", where=name, remedy="请合成 PDF，或分册上传。")
        path = self.files(arrival) / name
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(file, kept, _CHUNK)
            size = path.stat().st_size
        except OSError as error:
            raise _full(error) from error
        if not size:
            raise BadSource("文件是空的。", where=name, remedy="请重新选择。")
        arrival.files.append(name)
        arrival.size += size

    def ready(self, arrival: Arrival) -> None:
        """Let the worker have it."""
        arrival.stage = "waiting"
        self.save(arrival)

    def get(self, id: str) -> Arrival:
        """An arrival.

        Raises:
            NotFound: there is none, or no longer.
        """
        if (arrival := self._aside.read(id)) is None:
            raise NotFound("没有这次上传，或已过期。", remedy="请从上传页重新开始。")
        return arrival

    def all(self) -> Iterator[Arrival]:
        """Every arrival, the one that moved first first."""
        found = []
        for folder in self._folder.glob("*"):
            try:
                found.append(self.get(folder.name))
            except NotFound:
                continue
        yield from sorted(found, key=lambda one: (one.moved, one.id))

    def save(self, arrival: Arrival) -> None:
        """Write down how it stands."""
        self._aside.write(arrival)

    def files(self, arrival: Arrival) -> Path:
        """The folder its files are in."""
        return self._folder / arrival.id / _FILES

    def drop_files(self, arrival: Arrival) -> None:
        """Its files are no longer needed."""
        shutil.rmtree(self.files(arrival), ignore_errors=True)

    def drop(self, arrival: Arrival) -> None:
        """Forget it."""
        shutil.rmtree(self._folder / arrival.id, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what has not moved for `KEPT`."""
        self._aside.sweep(KEPT)


def _name(told: str, taken: set[str]) -> str:
    """A file's own name, made harmless and unlike those there are."""
    plain = unicodedata.normalize("NFC", told.replace("\\", "/").rpartition("/")[2])
    plain = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*').strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    stem, suffix = (stem or "scan")[:_WHOLE_NAME], f"{dot}{suffix}"[:10]
    name, number = f"{stem}{suffix}", 2
    known = {one.casefold() for one in taken}
    while name.casefold() in known:
        name, number = f"{stem}-{number}{suffix}", number + 1
    return name


def _full(error: OSError) -> WenkuError:
    return WenkuError(f"上传的文件存不下来：{error.strerror}。", remedy="请找管理员检查磁盘空间和写权限。")
