"""Paper and ink: what the paper is like without its ink, and a page on which only the darkest ink is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.ocr.engines.contract import Picture

_STEP = 8
"""The paper is looked at in squares of this many pixels."""
BLACK, WHITE = 0.30, 0.74
"""Shades, in parts of the paper's, between which ink lies; what shines through from the back is lighter."""


def grey_of(picture: Picture) -> Picture:
    """The picture in grey."""
    return picture if picture.ndim == 2 else numpy.asarray(Image.fromarray(picture).convert("L"))


def shades(grey: Picture) -> NDArray[numpy.float32]:
    """Each pixel's brightness in parts of the paper's around it: 1 is bare paper, whatever the light."""
    image = Image.fromarray(grey)
    seen = image.reduce(min(_STEP, *image.size))
    paper = seen.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(9)).resize(image.size)
    bright: NDArray[numpy.float32] = numpy.asarray(paper).astype(numpy.float32)
    shade: NDArray[numpy.float32] = grey.astype(numpy.float32) / bright.clip(min=1)
    return shade


def suppressed(picture: Picture) -> Picture:
    """The page in grey with even light and without what shines through from the back of the leaf."""
    spread = (shades(grey_of(picture)) - BLACK) / (WHITE - BLACK)
    return (spread.clip(0, 1) * 255).astype(numpy.uint8)
