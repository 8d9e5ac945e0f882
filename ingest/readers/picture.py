"""Image files: each a page, a TIFF as many as it holds, with its picture; the words wait for OCR."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.errors import BadSource
from ingest.ocr import images
from ingest.readers.pdf import WAITING_OCR
from ingest.stream import Event, Page, Warn

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".jp2": "image/jp2",
}
"""Suffixes of image files and their media types."""

looks_like = images.is_picture


def read(path: Path) -> Iterator[Event]:
    """Yield the pages of an image file, each with its picture.

    A page that cannot be read has none and is told of; so the other pages of a book do not wait for it.

    Raises:
        BadSource: it is no picture at all, is missing or empty, or holds too many pages.
    """
    count = images.sheets_of(path)
    for frame in range(count):
        label = path.stem if count == 1 else f"{path.stem}-{frame + 1}"
        try:
            scan = images.picture(path, frame)
        except BadSource as problem:
            yield Page(label)
            yield Warn(f"{problem.what}{problem.remedy}", problem.where)
        else:
            yield Page(label, image=scan.image, media_type=scan.media_type)
    if remark := images.remark(path):
        yield Warn(remark, path.name)
    yield Warn("书影已存，等待 OCR。", WAITING_OCR)
