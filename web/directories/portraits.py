"""Photos of records, made as small as pages show them."""

from __future__ import annotations

import io

from flask import Response, request
from PIL import Image
from werkzeug.wrappers import Response as Answer

from archive.directories.photos import MEDIA_TYPE
from archive.library import Library

SIDE = 480
"""Pixels of the longer side: twice what the page shows, for screens with two dots a pixel."""
_QUALITY = 82


def answer(library: Library, sha256: str) -> Answer:
    """The photo with this content; browsers ask each time whether it still is.

    Raises:
        NotFound: it is not there.
    """
    made = Response(mimetype=MEDIA_TYPE)
    etag = f"{sha256}-{SIDE}"
    made.set_etag(etag)
    made.headers["Cache-Control"] = "private, no-cache"
    if not request.if_none_match.contains(etag):
        made.set_data(small(library.originals.get(sha256)))
    return made.make_conditional(request)


def small(data: bytes) -> bytes:
    """A JPEG with its longer side cut down to `SIDE`."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        image.draft("RGB", (SIDE, SIDE))
        image.thumbnail((SIDE, SIDE))
        image.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
