"""Imports on the site, kept on disk between one page and the next: the file, what was chosen, what each row would do.

A job is a folder of `imports/` in the library's: it goes a day after it last moved. The sheet in it is the very file
that is imported in the end, proved by its SHA-256; it goes as soon as it is imported.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from archive import clock
from archive.aside import Aside
from archive.directories.grid import MAX_BYTES
from archive.errors import BadSource, Conflict, NotFound

FOLDER = "imports"
KEPT = 24 * 3600
"""Seconds a job is kept after it last moved."""
QUIET = 120
"""Seconds without a sign of life after which work that was going on is taken to have been cut off."""

Stage = Literal["columns", "reading", "ready", "running", "done", "failed"]
BUSY: tuple[Stage, ...] = ("reading", "running")

_SHEET, _STATE = "sheet", "job.json"
_CHUNK = 1 << 20


@dataclass
class Job:
    """One import. `rows` counts the rows gone through; `change` is the directories' change number it was read at."""

    id: str
    directory: str
    who: str
    source: str
    """What the user calls the file."""
    sha256: str
    sheets: list[str]
    stage: Stage = "columns"
    sheet: str = ""
    chosen: dict[str, str] = field(default_factory=dict)
    """Field key by heading (`columns.find`)."""
    decisions: dict[str, str] = field(default_factory=dict)
    """What was decided of held rows, by row number (`importing.Import`)."""
    empty_clears: bool = False
    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    change: int = 0
    error: str = ""
    moved: str = ""

    @property
    def busy(self) -> bool:
        """Whether rows are being gone through."""
        return self.stage in BUSY

    @property
    def cut_off(self) -> bool:
        """Whether that has stopped without saying why: the program was ended."""
        return self.busy and clock.now() > clock.after(self.moved, QUIET)


class Jobs:
    """The imports of the library in a folder."""

    def __init__(self, library: Path) -> None:
        self._folder = library / FOLDER
        self._aside = Aside(self._folder, Job, _STATE)

    def begin(self, directory: str, who: str, source: str, file: IO[bytes]) -> Job:
        """Keep a file aside for a new import; jobs that have been kept too long go.

        Raises:
            BadSource: it is too large, or empty.
        """
        self.sweep()
        job = Job(secrets.token_hex(16), directory, who, source[-200:], "", [])
        folder = self._folder / job.id
        folder.mkdir(parents=True, mode=0o700)
        digest, size = hashlib.sha256(), 0
        with (folder / _SHEET).open("wb") as kept:
            while (chunk := file.read(_CHUNK)) and size <= MAX_BYTES:
                digest.update(chunk)
                size += len(chunk)
                kept.write(chunk)
        if not 0 < size <= MAX_BYTES:
            shutil.rmtree(folder, ignore_errors=True)
            what = f"文件超过 {MAX_BYTES // 1_000_000} MB。" if size else "文件是空的。"
            raise BadSource(what, where=job.source, remedy="请分成几个文件导入。" if size else "")
        job.sha256 = digest.hexdigest()
        self.save(job)
        return job

    def get(self, directory: str, id: str) -> Job:
        """A job.

        Raises:
            NotFound: there is none, or no longer.
        """
        job = self._aside.read(id)
        if job is None or job.directory != directory:
            raise NotFound("没有这次导入，或已过期。", remedy="上传的文件只保留一天，请重新上传。")
        return job

    def save(self, job: Job) -> None:
        """Write down how a job stands."""
        self._aside.write(job)

    def sheet(self, job: Job) -> Path:
        """The file that was sent.

        Raises:
            Conflict: it is not what it was, or gone after it was imported.
        """
        path = self._folder / job.id / _SHEET
        try:
            with path.open("rb") as kept:
                same = hashlib.file_digest(kept, "sha256").hexdigest() == job.sha256
        except OSError:
            same = False
        if not same:
            raise Conflict("上传的文件已不在，或已改变。", where=job.source, remedy="请重新上传。")
        return path

    def drop(self, job: Job, statuses: Sequence[str] = ()) -> None:
        """Delete what is no longer needed of a job: its file, and the rows of these statuses; all of it if none."""
        folder = self._folder / job.id
        if not statuses:
            shutil.rmtree(folder, ignore_errors=True)
        for name in (_SHEET, *map(_rows, statuses)) if statuses else ():
            (folder / name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete jobs that have not moved for `KEPT`."""
        self._aside.sweep(KEPT)

    def writer(self, job: Job) -> RowsWriter:
        """Takes down what the rows of a job would do, in the place of what stood there."""
        return RowsWriter(self._folder / job.id)

    def told(self, job: Job, status: str, start: int, many: int) -> Iterator[dict[str, Any]]:
        """Rows of one status, from number `start` (0-based), as `RowsWriter` took them down."""
        try:
            with (self._folder / job.id / _rows(status)).open(encoding="utf-8") as lines:
                yield from map(json.loads, islice(lines, start, start + many))
        except FileNotFoundError:
            return


class RowsWriter:
    """Rows on disk, a file a status, so that pages of them are read without holding all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> RowsWriter:
        for old in self._folder.glob(_rows("*")):
            old.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def take(self, status: str, row: Mapping[str, Any]) -> None:
        """Take down a row."""
        if status not in self._files:
            self._files[status] = (self._folder / _rows(status)).open("w", encoding="utf-8")
        self._files[status].write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(status: str) -> str:
    return f"{status}.jsonl"
