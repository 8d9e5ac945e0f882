"""Keeping the index in step with the archive.

`index/stamp.json` names the folder of the index in force, its engine, the archive's change number it reflects and the
folding it was made with. It is written last and replaced in one step, so a process killed at any moment leaves either
the old index or the new one. The index is disposable: whatever is wrong with it, it is made anew from the archive.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
from search.text.stream_files import StreamFiles

INDEX = "index"
STAMP = "stamp.json"
LOCK = "lock"
_FORMAT = 2
"""Counts changes of what is in an index, the files of `StreamFiles` included, so that an older one is made anew."""
_BATCH = 4096
_TEXT = "text"

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
    if stamp and in_step and _whole(library, stamp):
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


def unlike(library: Library) -> list[str]:
    """URNs of editions whose text beside the index is damaged, or not that of the store; changed ones are left out."""
    stamp = read_stamp(library.folder / INDEX)
    files = stream_files(library, stamp) if stamp else None
    if not stamp or not files:
        return []
    changes, changed, alphabet = files.wanted(library), library.changed_since(stamp.change), Alphabet()

    def like(edition_id: int) -> bool:
        kept = files.read(edition_id, changes[edition_id], alphabet)
        if kept is None:
            return False
        kept = streams.joined([kept], streams.spread([kept], alphabet)[0])
        return streams.equal(kept, streams.of_edition(library, edition_id, alphabet))

    return [one.urn for one in library.editions() if one.id in changes.keys() - changed and not like(one.id)]


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


def stream_files(library: Library, stamp: Stamp) -> StreamFiles | None:
    """The text in the index a stamp describes, whatever its engine; None if it does not fit."""
    return _files(library.folder / INDEX, stamp.folder) if stamp.fits(library) else None


def _files(folder: Path, name: str) -> StreamFiles:
    return StreamFiles(folder / name / _TEXT)


def _whole(library: Library, stamp: Stamp) -> bool:
    """Whether the index a stamp describes is there, and the text in it."""
    reader = open_reader(library, stamp)
    if reader is None:
        return False
    reader.close()
    return not _lost(library, stamp)


def _lost(library: Library, stamp: Stamp) -> set[int]:
    """Editions whose text, as it is now, is not in the index."""
    return _files(library.folder / INDEX, stamp.folder).missing(StreamFiles.wanted(library))


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
    passages, characters = _write(library, chosen.write(folder / name), _files(folder, name), (), editions, progress)
    _write_stamp(folder, Stamp(chosen.name, number, passages, name, folding.version(), _marks(library, editions)))
    _sweep(folder, name)
    seconds = time.monotonic() - begun
    return IndexReport(chosen.name, number, passages, len(editions), passages, characters, True, seconds)


def _update(library: Library, folder: Path, chosen: Engine, stamp: Stamp, progress: Progress | None) -> IndexReport:
    begun = time.monotonic()
    number = library.change_number()
    changed = library.changed_since(stamp.change) | _lost(library, stamp)
    present = [edition_id for edition_id in library.edition_ids() if edition_id in changed]
    passages = characters = 0
    if changed:
        writer, files = chosen.write(folder / stamp.folder), _files(folder, stamp.folder)
        passages, characters = _write(library, writer, files, changed, present, progress)
    reader = chosen.open(folder / stamp.folder)
    total = reader.count()
    reader.close()
    if total != sum(edition.passages for edition in library.editions()):
        raise EngineError("the index is of another library")
    if number != stamp.change:
        editions = _marks(library, library.edition_ids())
        _write_stamp(folder, Stamp(chosen.name, number, total, stamp.folder, stamp.folding, editions))
        _files(folder, stamp.folder).keep_only(StreamFiles.wanted(library))
    _sweep(folder, stamp.folder)
    seconds = time.monotonic() - begun
    return IndexReport(chosen.name, number, total, len(present), passages, characters, False, seconds)


def _write(
    library: Library,
    writer: Writer,
    files: StreamFiles,
    gone: Collection[int],
    editions: list[int],
    progress: Progress | None,
) -> tuple[int, int]:
    """Delete and add editions in one round; returns the passages and characters added."""
    try:
        for edition_id in gone:
            writer.delete(edition_id)
        sizes = {edition.id: edition.passages for edition in library.editions()}
        to_do = sum(sizes.get(edition_id, 0) for edition_id in editions)
        number, changes = library.change_number(), files.wanted(library)
        alphabet = Alphabet()
        passages = characters = 0
        for edition_id in editions:
            parts = []
            for stretch in library.stretches(edition_id):
                parts.append(stream := streams.read(library.stretch(stretch), alphabet))
                characters += len(stream.glyphs)
                documents = streams.documents(stream, alphabet)
                while batch := list(islice(documents, _BATCH)):
                    writer.add(edition_id, batch)
                    passages += len(batch)
                    if progress:
                        progress(passages, to_do)
            # One that is written to meanwhile is indexed again next time; a file of it would be half old, half new.
            if edition_id in changes and edition_id not in library.changed_since(number):
                files.write(edition_id, changes[edition_id], streams.together(parts), alphabet)
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
