"""The one road from a source file into the archive: read → segment → pack → check → store.

Files are made in worker processes; editions are written one after another, each in one transaction, so that a killed
run has lost nothing it reported and the next run goes on after it.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archive.errors import BadSource, NotFound, WenkuError
from archive.fingerprints import Known, known
from archive.intake import Run, SourceFile
from archive.model import Work
from archive.originals import digest
from ingest.making import How, Made, Submit, makers
from ingest.readers import registry
from ingest.report import ItemReport, Report
from ingest.sources import Source

if TYPE_CHECKING:
    from archive.library import Library

VERSION = "2"
"""Raised when readers or segmentation change what they make of the same file, so that `add` makes it anew."""

_AHEAD = 16  # editions being made while one is written

Step = Callable[[ItemReport], None]


class Begun(NamedTuple):
    """An edition whose files are being made."""

    source: Source
    fingerprint: str
    originals: tuple[SourceFile, ...]
    files: list[Future[Made]]


def add(folder: Path, sources: Iterable[Source | ItemReport], *, who: str, workers: int = 0, step: Step) -> Report:
    """Bring sources into the library in `folder`, made if need be; one that fails is reported and the rest goes on.

    Args:
        folder: the library's folder.
        sources: editions to bring in; an `ItemReport` stands for one that could not even be described.
        who: who answers for it, in the revision record.
        workers: processes making files at once; 0 for as many as there are processors.
        step: told of every item as it is done, the largest first; the report keeps the order of the sources.
    """
    wanted = list(sources)
    # The largest first: while it is written, the others are still being made.
    order = sorted(range(len(wanted)), key=lambda index: -_size(wanted[index]))
    files = [path for source in wanted if isinstance(source, Source) for path in source.files]
    with makers(files, workers) as submit:
        begun = _begun([wanted[index] for index in order], known(folder), submit)
        ahead = deque(islice(begun, _AHEAD))
        # The store takes a third of a second to import; the workers are at it meanwhile.
        from archive.library import Library

        reports = []
        with Library.create(folder) as library:
            while ahead:
                item = ahead.popleft()
                report = _stored(library, item, who) if isinstance(item, Begun) else item
                step(report)
                reports.append(report)
                ahead.extend(islice(begun, 1))
    return Report(tuple(report for _, report in sorted(zip(order, reports, strict=True), key=lambda pair: pair[0])))


def _size(source: Source | ItemReport) -> int:
    files = source.files if isinstance(source, Source) else ()
    return sum(path.stat().st_size for path in files if path.is_file())


def _begun(
    sources: Iterable[Source | ItemReport], there: Mapping[str, Known], submit: Submit
) -> Iterator[Begun | ItemReport]:
    """The sources with their files being made, or with what became of those that need no making."""
    for source in sources:
        if isinstance(source, ItemReport):
            yield source
            continue
        try:
            originals = tuple(_original(path, source) for path in source.paths)
        except WenkuError as error:
            yield _failed(source, error)
            continue
        fingerprint = _fingerprint(source, originals)
        old = there.get(source.edition.urn)
        if old is not None and old.fingerprint == fingerprint:
            yield _report(source, "unchanged", old.characters, old.pages, {"kept": old.passages}, ())
        else:
            how = How(source.style, source.encoding)
            yield Begun(source, fingerprint, originals, [submit(path, how) for path in source.files])


def _original(path: Path, source: Source) -> SourceFile:
    sha256, size = digest(path)
    role = "metadata" if path in source.metadata_files else "source"
    return SourceFile(path.name, sha256, size, registry.media_type(path), role)


def _fingerprint(source: Source, originals: Iterable[SourceFile]) -> str:
    facts = [VERSION, source.style, source.encoding, asdict(source.work), asdict(source.edition)]
    facts += [[file.name, file.sha256] for file in originals]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _stored(library: Library, begun: Begun, who: str) -> ItemReport:
    """Write an edition once all its files are made: all of it, or nothing and the reason."""
    try:
        return _written(library, begun, who)
    except BrokenProcessPool:
        error = BadSource("读文件的进程意外中断，可能是内存不足。", remedy="请单独再加这一部。")
        return _failed(begun.source, error)
    except WenkuError as problem:
        return _failed(begun.source, problem)


def _written(library: Library, begun: Begun, who: str) -> ItemReport:
    from ingest.ocr.exchange import take_beside
    from ingest.scanned import store_made

    source = begun.source
    made = []
    # A good file is kept at once, while others are still being made; should one of them fail, nothing refers to it.
    for file, original, path in zip_longest(begun.files, begun.originals, source.paths):
        if file is not None:
            made.append(file.result())
        if library.originals.put_file(path) != original.sha256:
            raise BadSource("文件在读取时被改动。", where=path.name, remedy="请重新收入。")
    contents = [one.content for one in made]
    work, warnings = source.completed(contents, _work_there(library, source))
    edition = replace(source.edition, status="waiting-ocr") if any(one.waiting for one in made) else source.edition
    if edition.status == "complete" and not any(content.items for content in contents):
        raise BadSource("文件里没有文字。", where=source.label)
    run = Run(who, "采集", source.label, "wenku", VERSION, {"style": source.style, "encoding": source.encoding})
    stored, status, remarks = store_made(
        library, work, edition, made, fingerprint=begun.fingerprint, originals=begun.originals, run=run
    )
    taken = take_beside(library, stored.edition_id, source.files, who)
    remarks += taken.remarks
    if taken.stored is not None:
        stored, status = taken.stored._replace(new=stored.new), taken.status
    if status == "waiting-ocr":
        waits = [one.waiting for one in made if one.waiting]
        remarks += waits if len(waits) < 3 else [f"{len(waits)} 个文件的书影已存，等待 OCR。"]
        remarks.append(f"接下来识别文字：wenku ocr run {edition.urn}")
    else:
        status = "added" if stored.new else "updated"
    told = (*source.warnings, *warnings, *(warning for one in made for warning in one.warnings), *remarks)
    return _report(source, status, stored.characters, stored.pages, stored.fates, told)


def _work_there(library: Library, source: Source) -> Work | None:
    try:
        return library.work(source.work.id)
    except NotFound:
        return None


def _report(
    source: Source, status: str, characters: int, pages: int, passages: dict[str, int], warnings: tuple[str, ...]
) -> ItemReport:
    label = f"{source.work.title}（{source.edition.label}）"
    return ItemReport(source.label, status, source.edition.urn, label, characters, pages, passages, warnings)


def _failed(source: Source, error: WenkuError) -> ItemReport:
    return ItemReport(source.label, "failed", source.edition.urn, error=error)
