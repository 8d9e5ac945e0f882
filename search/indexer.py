"""Keeping the index in step with the archive.

`index/stamp.json` names the folder of the index in force, its engine, the archive's change number it reflects and the
folding it was made with. It is written last and replaced in one step, so a process killed at any moment leaves either
the old index or the new one. The index is disposable: whatever is wrong with it, it is made anew from the archive.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh.util.filelock import FileLock

from archive.config import Cluster
from archive.errors import Busy, WenkuError
from archive.library import Library
from archive.model import Edition
from search.engines import discard, engine
from search.engines.contract import Engine, EngineError, Reader, Writer
from search.text import folding, streams
from search.text.alphabet import Alphabet

INDEX = "index"
STAMP = "stamp.json"
LOCK = "lock"
_FORMAT = 1
_BATCH = 4096

Progress = Callable[[int, int], None]
"""Called with (passages done, passages to do)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index is: `change` is the archive's change number, `folder` a name below `index/`.

    `editions` names what is in it, so that an index that came with another library is not believed.
    """

    engine: str
    change: int
    passages: int
    folder: str
    folding: str
    editions: Mapping[str, str]
    format: int = _FORMAT

    def fits(self, library: Library) -> bool:
        """Whether this version of the program understands it and it was made from this library."""
        if self.format != _FORMAT or self.folding != folding.version() or self.change > library.change_number():
            return False
        changed = library.changed_since(self.change)
        known = ((str(edition.id), _mark(edition)) for edition in library.editions() if edition.id not in changed)
        return all(self.editions.get(number) == mark for number, mark in known)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What was done. `passages` counts what the index holds now; the `indexed_` numbers what was indexed this time."""

    engine: str
    change: int
    passages: int
    indexed_editions: int
    indexed_passages: int
    indexed_characters: int
    rebuilt: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return asdict(self)


def catch_up(
    library: Library, engine_name: str = "auto", progress: Progress | None = None, cluster: Cluster | None = None
) -> IndexReport:
    """Bring the index in step with the archive: only editions that changed, or all if there is no sound index.

    Raises:
        UsageError: unknown engine.
        Busy: another process is indexing.
        WenkuError: the index cannot be written; `search.engines.contract.Away`: its servers do not answer.
    """
    begun = time.monotonic()
    chosen = engine(engine_name, cluster)
    stamp = read_stamp(library.folder / INDEX)
    in_step = stamp and (stamp.engine, stamp.change) == (chosen.name, library.change_number())
    # Nothing to do takes no lock, so that a library on read-only media can be searched.
    if stamp and in_step and (reader := open_reader(library, stamp)):
        reader.close()
        seconds = time.monotonic() - begun
        return IndexReport(chosen.name, stamp.change, stamp.passages, 0, 0, 0, False, seconds)
    with _alone(library) as folder:
        stamp = read_stamp(folder)
        if stamp and stamp.engine == chosen.name and stamp.fits(library):
            try:
                return _update(library, folder, chosen, stamp, progress)
            except EngineError:
                pass
        return _build(library, folder, chosen, progress)


def rebuild(
    library: Library, engine_name: str = "auto", progress: Progress | None = None, cluster: Cluster | None = None
) -> IndexReport:
    """Make the whole index anew beside the one in force, then put it in its place.

    Raises:
        UsageError, Busy, WenkuError: as `catch_up`.
    """
    chosen = engine(engine_name, cluster)
    with _alone(library) as folder:
        return _build(library, folder, chosen, progress)


def count(library: Library) -> int:
    """How many passages the index holds; 0 if there is no sound index."""
    stamp = read_stamp(library.folder / INDEX)
    reader = open_reader(library, stamp) if stamp else None
    if reader is None:
        return 0
    try:
        return reader.count()
    except EngineError:
        return 0
    finally:
        reader.close()


def read_stamp(folder: Path) -> Stamp | None:
    """The stamp of the index in `folder`; None if there is none that can be read."""
    try:
        stamp = Stamp(**json.loads((folder / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if isinstance(stamp.change, int) and isinstance(stamp.editions, dict) else None


def open_reader(library: Library, stamp: Stamp) -> Reader | None:
    """The index a stamp describes; None if it is damaged, does not fit, or its engine is not installed."""
    if not stamp.fits(library):
        return None
    try:
        reader = engine(stamp.engine).open(library.folder / INDEX / stamp.folder)
        if reader.count() == stamp.passages:
            return reader
        reader.close()
    except (EngineError, WenkuError):
        pass
    return None


@contextmanager
def _alone(library: Library) -> Iterator[Path]:
    """The index folder, for one writer at a time."""
    folder = library.folder / INDEX
    try:
        folder.mkdir(exist_ok=True)
        lock = FileLock(str(folder / LOCK))
        if not lock.acquire():
            raise Busy("另一个程序正在更新索引。", where=str(folder), remedy="请等它结束后重试。")
        try:
            yield folder
        finally:
            lock.release()
    except (OSError, EngineError) as error:
        raise WenkuError(
            f"索引写不进去：{error}。", where=str(folder), remedy="请检查磁盘空间和写权限；文库本身没有受影响。"
        ) from error


def _build(library: Library, folder: Path, chosen: Engine, progress: Progress | None) -> IndexReport:
    begun = time.monotonic()
    old = {path.name for path in folder.iterdir() if path.is_dir()}
    name = next(name for number in range(1, len(old) + 2) if (name := f"{chosen.name}-{number}") not in old)
    (folder / name).mkdir()
    chosen.create(folder / name)
    number = library.change_number()
    editions = library.edition_ids()
    passages, characters = _write(library, chosen.write(folder / name), (), editions, progress)
    _write_stamp(folder, Stamp(chosen.name, number, passages, name, folding.version(), _marks(library, editions)))
    _sweep(folder, name)
    seconds = time.monotonic() - begun
    return IndexReport(chosen.name, number, passages, len(editions), passages, characters, True, seconds)


def _update(library: Library, folder: Path, chosen: Engine, stamp: Stamp, progress: Progress | None) -> IndexReport:
    begun = time.monotonic()
    number = library.change_number()
    changed = library.changed_since(stamp.change)
    present = [edition_id for edition_id in library.edition_ids() if edition_id in changed]
    passages = characters = 0
    if changed:
        writer = chosen.write(folder / stamp.folder)
        passages, characters = _write(library, writer, changed, present, progress)
    reader = chosen.open(folder / stamp.folder)
    total = reader.count()
    reader.close()
    if total != sum(edition.passages for edition in library.editions()):
        raise EngineError("the index is of another library")
    if number != stamp.change:
        editions = _marks(library, library.edition_ids())
        _write_stamp(folder, Stamp(chosen.name, number, total, stamp.folder, stamp.folding, editions))
    _sweep(folder, stamp.folder)
    seconds = time.monotonic() - begun
    return IndexReport(chosen.name, number, total, len(present), passages, characters, False, seconds)


def _write(
    library: Library, writer: Writer, gone: set[int] | tuple[()], editions: list[int], progress: Progress | None
) -> tuple[int, int]:
    """Delete and add editions in one round; returns the passages and characters added."""
    try:
        for edition_id in gone:
            writer.delete(edition_id)
        sizes = {edition.id: edition.passages for edition in library.editions()}
        to_do = sum(sizes.get(edition_id, 0) for edition_id in editions)
        alphabet = Alphabet()
        passages = characters = 0
        for stretch in (stretch for edition_id in editions for stretch in library.stretches(edition_id)):
            stream = streams.read(library.stretch(stretch), alphabet)
            characters += len(stream.glyphs)
            documents = streams.documents(stream, alphabet)
            while batch := list(islice(documents, _BATCH)):
                writer.add(stretch.edition_id, batch)
                passages += len(batch)
                if progress:
                    progress(passages, to_do)
        writer.commit()
    except BaseException:
        writer.abandon()
        raise
    return passages, characters


def _marks(library: Library, edition_ids: Iterable[int]) -> dict[str, str]:
    wanted = set(edition_ids)
    return {str(edition.id): _mark(edition) for edition in library.editions() if edition.id in wanted}


def _mark(edition: Edition) -> str:
    return f"{edition.urn} {edition.passages} {edition.characters}"


def _write_stamp(folder: Path, stamp: Stamp) -> None:
    beside = folder / f"{STAMP}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(stamp), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / STAMP)


def _sweep(folder: Path, keep: str) -> None:
    """Remove indexes no longer in force, and what a killed process left; one still open elsewhere goes next time."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != keep:
            discard(path)
