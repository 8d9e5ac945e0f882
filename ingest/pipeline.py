"""The one road from a source file into the archive: read → segment → pack → check → store.

Files are read in worker processes, one file a task; editions are written one after another, each in one
transaction, so that a killed run has lost nothing it reported and the next run goes on after it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from archive.errors import BadSource, WenkuError
from archive.intake import FileContent, Run, SectionDraft, SourceFile, pack
from archive.library import Library
from archive.originals import digest
from archive.writer import fingerprint_of, store_edition
from ingest.readers import registry
from ingest.report import ItemReport, Report
from ingest.segmentation import segment
from ingest.sources import Source

VERSION = "1"
"""Raised when readers or segmentation change what they make of the same file, so that `add` makes it anew."""

_POOL_BYTES = 400_000  # below this, starting processes costs more than it saves


class Made(NamedTuple):
    """What a worker makes of one file."""

    content: FileContent
    warnings: tuple[str, ...]
    waiting: bool


Step = Callable[[ItemReport], None]


def add(library: Library, sources: Iterable[Source | ItemReport], *, who: str, workers: int = 0, step: Step) -> Report:
    """Bring sources into the library; one that fails is reported and the rest goes on.

    Args:
        library: where to.
        sources: editions to bring in; an `ItemReport` stands for one that could not even be described.
        who: who answers for it, in the revision record.
        workers: processes reading at once; 0 for as many as there are processors.
        step: told of every item as it is done.
    """
    reports = []
    with ExitStack() as stack:
        stack.enter_context(_uncollected())
        waiting = list(sources)
        for item in _made(library, waiting, _executor(waiting, workers, stack)):
            report = item if isinstance(item, ItemReport) else _store(library, *item, who=who)
            step(report)
            reports.append(report)
    return Report(tuple(reports))


def make(path: Path, source: Source) -> Made:
    """One file's pages, sections and passages. Runs in a worker process.

    Raises:
        BadSource: the file cannot be read whole.
    """
    warnings: list[str] = []
    reader = registry.reader_for(path)
    waiting = False
    try:
        segmented = segment(reader.events(path, source), style=source.style)
    except WenkuError:
        raise
    except (MemoryError, RecursionError, OSError) as error:
        raise BadSource(f"文件读不下去：{error or type(error).__name__}。", where=path.name) from error
    for warning in segmented.warnings:
        waiting = waiting or warning.where == registry.WAITING_OCR
        warnings.append(f"{path.name}：{warning.message}")
    items = tuple(item if isinstance(item, SectionDraft) else pack(item) for item in segmented.items)
    return Made(FileContent(segmented.pages, items), tuple(warnings), waiting)


Ready = tuple[Source, str, tuple[SourceFile, ...], list[Future[Made]]]


def _made(
    library: Library, sources: list[Source | ItemReport], executor: Executor | None
) -> Iterator[Ready | ItemReport]:
    """Start the reading of the sources some way ahead of the writing, and hand them on in order."""
    ahead: deque[Ready | ItemReport] = deque()
    for source in sources:
        ahead.append(source if isinstance(source, ItemReport) else _begin(library, source, executor))
        while len(ahead) > 16:
            yield ahead.popleft()
    yield from ahead


def _begin(library: Library, source: Source, executor: Executor | None) -> Ready | ItemReport:
    try:
        originals = tuple(_original(path, source) for path in source.paths)
    except WenkuError as error:
        return ItemReport(source.label, "failed", source.edition.urn, error=error)
    fingerprint = _fingerprint(source, originals)
    if fingerprint_of(library, source.edition.urn) == fingerprint:
        return _unchanged(library, source)
    return source, fingerprint, originals, [_submit(executor, path, source) for path in source.files]


def _submit(executor: Executor | None, path: Path, source: Source) -> Future[Made]:
    if executor is not None:
        return executor.submit(make, path, source)
    future: Future[Made] = Future()
    try:
        future.set_result(make(path, source))
    except WenkuError as error:
        future.set_exception(error)
    return future


def _original(path: Path, source: Source) -> SourceFile:
    sha256, size = digest(path)
    role = "metadata" if path in source.metadata_files else "source"
    return SourceFile(path.name, sha256, size, registry.media_type(path), role)


def _fingerprint(source: Source, originals: Iterable[SourceFile]) -> str:
    facts = [VERSION, source.style, source.encoding, asdict(source.work), asdict(source.edition)]
    facts += [[file.name, file.sha256] for file in originals]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _store(
    library: Library,
    source: Source,
    fingerprint: str,
    originals: tuple[SourceFile, ...],
    futures: list[Future[Made]],
    *,
    who: str,
) -> ItemReport:
    new = not fingerprint_of(library, source.edition.urn)
    try:
        made = [future.result() for future in futures]
        work, warnings = source.completed([one.content for one in made])
        edition = source.edition
        if any(one.waiting for one in made):
            edition = replace(edition, status="waiting-ocr")
        elif not any(one.content.items for one in made):
            raise BadSource("文件里没有文字。", where=source.label)
        for original, path in zip(originals, source.paths, strict=True):
            if library.originals.put_file(path) != original.sha256:
                raise BadSource("文件在读取时被改动。", where=path.name, remedy="请重新收入。")
        run = Run(who, "采集", source.label, "wenku", VERSION, {"style": source.style, "encoding": source.encoding})
        stored = store_edition(
            library, work, edition, [one.content for one in made], fingerprint=fingerprint, originals=originals, run=run
        )
    except BrokenProcessPool:
        error: WenkuError = BadSource("读文件的进程意外中断，可能是内存不足。", remedy="请单独再加这一部。")
        return ItemReport(source.label, "failed", source.edition.urn, error=error)
    except WenkuError as problem:
        return ItemReport(source.label, "failed", source.edition.urn, error=problem)
    status = edition.status if edition.status == "waiting-ocr" else "added" if new else "updated"
    counts = {"added": stored.added, "changed": stored.changed, "kept": stored.kept, "withdrawn": stored.withdrawn}
    notes = (*source.warnings, *warnings, *(warning for one in made for warning in one.warnings))
    label = f"{work.title}（{edition.label}）"
    return ItemReport(source.label, status, edition.urn, label, stored.characters, stored.pages, counts, tuple(notes))


def _unchanged(library: Library, source: Source) -> ItemReport:
    for edition in library.editions(source.work.id):
        if edition.urn == source.edition.urn:
            label = f"{source.work.title}（{edition.label}）"
            kept = {"kept": edition.passages}
            return ItemReport(source.label, "unchanged", edition.urn, label, edition.characters, edition.pages, kept)
    return ItemReport(source.label, "unchanged", source.edition.urn)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector: among a hundred thousand tuples it finds nothing and takes a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _executor(sources: list[Source | ItemReport], workers: int, stack: ExitStack) -> Executor | None:
    count = workers or os.cpu_count() or 1
    files = [path for source in sources if isinstance(source, Source) for path in source.files]
    if count < 2 or len(files) < 2 or sum(path.stat().st_size for path in files if path.is_file()) < _POOL_BYTES:
        return None
    executor = ProcessPoolExecutor(min(count, len(files)), initializer=gc.disable)
    stack.callback(executor.shutdown, cancel_futures=True)
    return executor
