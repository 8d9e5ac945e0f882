"""Photos that came with a form which is not saved yet: made harmless at once, kept aside for a day, then gone.

Only what stands here, or in the record already, may become a photo of a record: a form that names the SHA-256 of some
other original gets nothing.
"""

from __future__ import annotations

import io
import time

from PIL import Image

from archive.directories import photos
from archive.directories.photos import Photo
from archive.errors import NotFound
from archive.library import Library
from archive.originals import Originals

FOLDER = "uploads"
KEPT = 24 * 3600
"""Seconds."""


def stage(library: Library, data: bytes) -> str:
    """Redraw a photo, keep it aside and return its SHA-256; what has been kept too long goes.

    Raises:
        BadSource: it is no photo, damaged, too large or too small.
    """
    sweep(library)
    sha256 = _place(library).put(photos.redraw(data).data)
    _place(library).path(sha256).touch()
    return sha256


def staged(library: Library, sha256: str) -> bytes:
    """A photo that is kept aside.

    Raises:
        NotFound: it is not, or no longer.
    """
    try:
        return _place(library).get(sha256)
    except NotFound:
        raise NotFound("这张照片没有上传过，或已过期。", remedy="请重新选择照片。") from None


def is_staged(library: Library, sha256: str) -> bool:
    """Whether a photo is kept aside."""
    return _place(library).path(sha256).is_file()


def adopt(library: Library, sha256: str) -> None:
    """Put a photo that is kept aside among the originals; part of the transaction that makes it a record's.

    Raises:
        NotFound: it is not kept aside, or no longer.
    """
    data = staged(library, sha256)
    with Image.open(io.BytesIO(data)) as image:
        photos.keep(library, Photo(data, *image.size))


def sweep(library: Library) -> None:
    """Delete what has been kept aside longer than `KEPT`."""
    oldest = time.time() - KEPT
    for path in _place(library).folder.glob("??/*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _place(library: Library) -> Originals:
    return Originals(library.folder / FOLDER)
