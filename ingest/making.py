"""What a source file becomes, made in worker processes, one file a task."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from archive.errors import BadSource, WenkuError
from archive.intake import FileContent, SectionDraft, pack
from archive.transcription.model import Transcript
from ingest.readers import registry
from ingest.segmentation import segment
from ingest.transcribed import text_layer

_PICTURED = ("application/pdf", "image/")
"""Media types of files that may hold pictures of pages."""
_POOL_BYTES = 400_000  # below this, starting processes costs more than it saves


class Made(NamedTuple):
    """What a worker makes of one file.

    `waiting`: how many of its pages wait for OCR, in words; empty if none does. `layer`: of a file with pictures of
    pages, what came with each page as words, None where nothing did; empty for other files.
    """

    content: FileContent
    warnings: tuple[str, ...]
    waiting: str
    layer: tuple[Transcript | None, ...] = ()


class How(NamedTuple):
    """How a file is to be read, as its metadata says: `style` for segmentation, `encoding` empty to find out."""

    style: str = "auto"
    encoding: str = ""


Submit = Callable[[Path, How], Future[Made]]


def make(path: Path, how: How) -> Made:
    """One file's pages, sections and passages: read → segment → pack.

    Raises:
        BadSource: the file cannot be read whole.
    """
    reader = registry.reader_for(path)
    try:
        events = reader.events(path, how)
        told = list(events) if reader.media_type.startswith(_PICTURED) else []
        segmented = segment(told or events, style=how.style)
        pictured = reader.media_type.startswith("image/")
        scans = pictured or any(page.image for page in segmented.pages)
        layer = text_layer(told, pictured=pictured) if scans else ()
    except WenkuError:
        raise
    except Exception as error:  # foreign bytes find the fault in any parser: one file fails, the rest goes on
        what = f"读这个文件时程序出了没有料到的错（{type(error).__name__}：{error}）。"
        raise BadSource(what, where=path.name, remedy="请把文件交给维护者。") from error
    items = tuple(item if isinstance(item, SectionDraft) else pack(item) for item in segmented.items)
    return Made(
        FileContent(segmented.pages, items),
        tuple(f"{path.name}：{one.message}" for one in segmented.warnings if one.where != registry.WAITING_OCR),
        "".join(f"{path.name}：{one.message}" for one in segmented.warnings if one.where == registry.WAITING_OCR),
        layer,
    )


@contextmanager
def makers(files: Sequence[Path], workers: int) -> Iterator[Submit]:
    """A way to have files made: in as many processes as asked for (0: as there are processors), or here if few."""
    count = min(workers or os.cpu_count() or 1, len(files))
    if count < 2 or sum(path.stat().st_size for path in files if path.is_file()) < _POOL_BYTES:
        yield _here
        return
    executor = ProcessPoolExecutor(count, initializer=gc.disable)
    try:
        yield lambda path, how: executor.submit(make, path, how)
    finally:
        executor.shutdown(cancel_futures=True)


def _here(path: Path, how: How) -> Future[Made]:
    future: Future[Made] = Future()
    try:
        future.set_result(make(path, how))
    except WenkuError as error:
        future.set_exception(error)
    return future
