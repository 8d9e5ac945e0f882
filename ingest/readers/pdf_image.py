"""What PDFium does for us: pictures of pages, and unlocking files that open without a password.

Pictures are grey PNGs of sixteen shades at 150 dpi: a whole scanned book stays in reach of memory, and the PDF itself
is kept among the originals.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DPI = 150
MEDIA_TYPE = "image/png"
_LONGEST = 4000
"""Pixels a side may have, whatever the page claims to measure."""
_PAGE_FILLED = 0.6


class Pictures:
    """The pages of a PDF as pictures. A context manager; nothing is opened before it is needed."""

    def __init__(self, pdf: Path | bytes) -> None:
        self._pdf = pdf
        self._document: Any = None

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_: object) -> None:
        if self._document is not None:
            self._document.close()

    @property
    def count(self) -> int:
        """How many pages PDFium finds; 0 if it cannot open the file."""
        return len(self._document) if self._opened() else 0

    def is_scan(self, index: int) -> bool:
        """Whether one picture fills most of page `index` (from 0)."""
        from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

        with self._page(index) as page:
            if page is None:
                return False
            width, height = page.get_size()
            for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3):
                left, bottom, right, top = picture.get_bounds()
                if (right - left) * (top - bottom) >= _PAGE_FILLED * width * height:
                    return True
        return False

    def png(self, index: int) -> bytes:
        """Page `index` (from 0) as a PNG; empty if nothing is on it or it cannot be drawn."""
        with self._page(index) as page:
            if page is None:
                return b""
            scale = min(DPI / 72, _LONGEST / max(*page.get_size(), 1))
            return _png(page.render(scale=scale, grayscale=True))

    @contextmanager
    def _page(self, index: int) -> Iterator[Any]:
        """The page while it is needed; None if PDFium cannot open it."""
        import pypdfium2

        try:
            page = self._document[index] if self._opened() else None
        except (pypdfium2.PdfiumError, IndexError):
            page = None
        if page is None:
            yield None
            return
        try:
            yield page
        finally:
            page.close()

    def _opened(self) -> bool:
        import pypdfium2

        try:
            self._document = self._document or pypdfium2.PdfDocument(self._pdf)
        except pypdfium2.PdfiumError:
            return False
        return True


def unlocked(path: Path) -> bytes | None:
    """The PDF without its encryption, if it opens without a password; None if it does not."""
    import pypdfium2
    from pypdfium2.raw import FPDF_REMOVE_SECURITY

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return None
    copy = io.BytesIO()
    try:
        document.save(copy, flags=FPDF_REMOVE_SECURITY)
    finally:
        document.close()
    return copy.getvalue()


def _png(bitmap: Any) -> bytes:
    """A grey bitmap as a PNG of sixteen shades (PNG specification, sections 5 and 11); empty if it is all one shade."""
    import numpy

    grey = numpy.frombuffer(bitmap.buffer, numpy.uint8).reshape(bitmap.height, bitmap.stride)[:, : bitmap.width]
    if grey.min() == grey.max():
        return b""
    shades = numpy.pad(grey >> 4, ((0, 0), (0, bitmap.width % 2)))
    packed = (shades[:, ::2] << 4) | shades[:, 1::2]
    rows = numpy.pad(packed, ((0, 0), (1, 0))).tobytes()  # filter type 0 before every row
    header = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 4, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
