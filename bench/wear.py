"""What happens to a page before it is read: a skewed scanner, ink, paper, light, JPEG; the same for the same seed."""

from __future__ import annotations

import io

import numpy
from PIL import Image, ImageFilter, ImageOps


def worn(page: Image.Image, seed: int, *, behind: Image.Image | None = None, much: float = 1.0) -> Image.Image:
    """The page skewed, blurred, shone through, unevenly lit, noisy and saved as a poor JPEG.

    Args:
        page: grey.
        seed: decides everything that is left to chance.
        behind: the page on the other side of the leaf, which shines through.
        much: how bad it is; 1 is a bad photocopy, 0.4 an ordinary scan.
    """
    chance = numpy.random.default_rng(seed)
    angle = float(chance.uniform(0.5, 1.3) * chance.choice((-1, 1))) * min(much, 1.0)
    page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    ink = numpy.asarray(page.filter(ImageFilter.GaussianBlur(1.3 * much)), dtype=numpy.float32)
    if behind is not None:
        back = ImageOps.mirror(behind.resize(page.size)).filter(ImageFilter.GaussianBlur(3))
        ink = numpy.minimum(ink, 255 - 0.22 * much * (255 - numpy.asarray(back, dtype=numpy.float32)))
    height, width = ink.shape
    down, across = numpy.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(numpy.float32)
    x, y = chance.uniform(0, 1, 2)
    light = 1 - 0.3 * much * numpy.hypot(across - x, down - y)
    paper = 1 - 0.06 * much
    grain = numpy.asarray(
        Image.fromarray(chance.normal(0, 1, (height // 8 + 1, width // 8 + 1)).astype(numpy.float32)).resize(
            (width, height)
        )
    )
    noisy = ink * paper * light + 4 * much * grain + chance.normal(0, 9 * much, ink.shape).astype(numpy.float32)
    noisy = 40 * much + noisy * (1 - 40 * much / 255)  # faded ink
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(numpy.uint8)).save(file, "JPEG", quality=round(75 - 40 * much))
    return Image.open(file).convert("L")
