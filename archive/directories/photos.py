"""Photos as people send them, made harmless: judged by their header, drawn anew, without what the camera wrote.

A photo is re-encoded as JPEG from its pixels alone, so that no location, device, thumbnail or hidden content survives.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from archive.errors import BadSource
from archive.library import Library

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 20_000_000
MAX_SIDE = 12_000
MAX_PIXELS = 60_000_000
STORED_SIDE = 1_200
"""Pixels of the longer side as stored."""
MEDIA_TYPE = "image/jpeg"

_MIN_SIDE = 80
_QUALITY = 85

# Sizes are judged here, below where Pillow warns.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
_REMEDY = "请换一张 JPEG、PNG 或 WebP 照片。"


class Photo(NamedTuple):
    """A photo made harmless: JPEG bytes, and its sides in pixels."""

    data: bytes
    width: int
    height: int


def redraw(data: bytes, where: str = "照片") -> Photo:
    """A photo drawn anew from its pixels.

    Raises:
        BadSource: it is no photo, damaged, too large or too small; judged by its header before it is unpacked.
    """
    if len(data) > MAX_BYTES:
        raise BadSource(
            f"照片有 {len(data) / 1e6:.0f} MB，最多 {MAX_BYTES // 1_000_000} MB。", where=where, remedy=_REMEDY
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
                what = f"照片有 {width}×{height} 像素，太大。"
                raise BadSource(what, where=where, remedy=f"请缩小到每边 {MAX_SIDE} 像素以内再上传。")
            if min(width, height) < _MIN_SIDE:
                raise BadSource(f"照片只有 {width}×{height} 像素，太小。", where=where, remedy=_REMEDY)
            return _drawn(image)
    except Image.DecompressionBombError as error:
        what = "照片的像素多得不像照片。"
        raise BadSource(what, where=where, remedy=f"请缩小到每边 {MAX_SIDE} 像素以内再上传。") from error
    except UnidentifiedImageError as error:
        raise BadSource("不是能识别的照片。", where=where, remedy=_REMEDY) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise BadSource("照片已损坏，读不完整。", where=where, remedy=_REMEDY) from error


def _drawn(image: Image.Image) -> Photo:
    image.draft("RGB", (STORED_SIDE, STORED_SIDE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    picture = upright.convert("RGB")
    picture.thumbnail((STORED_SIDE, STORED_SIDE))
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)  # the pixels alone
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(out.getvalue(), *bare.size)


def keep(library: Library, photo: Photo) -> str:
    """Put a photo among the originals and return its SHA-256, which is the value of a photo field.

    Raises:
        WenkuError: it cannot be written.
    """
    sha256 = library.originals.put(photo.data)
    sql = "INSERT OR IGNORE INTO original (sha256, bytes, media_type) VALUES (?, ?, ?)"
    library.db.execute(sql, [sha256, len(photo.data), MEDIA_TYPE])
    return sha256
