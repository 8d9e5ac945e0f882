"""Which mark of punctuation it is, by its shape. Shades run from 0 to 255, which is the paper's brightness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from ingest.ocr.blots import Blot, blots_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shade = NDArray[numpy.uint8]

SPECK = 0.09
"""What is smaller than this, in cells, is dirt."""
_HOLE = 0.07, 0.27  # how small and how large, in cells, the white within a ring is
_LEVELS = 0.8, 0.72, 0.62, 0.5  # shades at which a ring's white may show


def shape_of(shade: Shade, dark: float, blot: Blot, cell: float) -> str:
    """The mark that a blot of ink (`dark` in parts of the paper's brightness) is; empty for none."""
    part = shade[blot.top : blot.bottom, blot.left : blot.right] < dark * 255
    height, width = part.shape
    if min(height, width) < SPECK * cell:
        return ""
    around = shade[max(0, blot.top - 2) : blot.bottom + 2, max(0, blot.left - 2) : blot.right + 2]
    if _ringed(around, cell, 0.0):
        return "。"
    ys, xs = numpy.nonzero(part)
    h, w = max(1, height // 3), max(1, width // 3)
    upper, lower = float(part[:h, -w:].mean()), float(part[-h:, :w].mean())
    if max(height, width) > 0.3 * cell and part.mean() < 0.5:
        if upper > 0.5 and lower < 0.4 and part[-h:, :-w].mean() < 0.25:
            return "「"
        if lower > 0.5 and upper < 0.4 and part[:h, w:].mean() < 0.25:
            return "」"
    slant = float(numpy.corrcoef(ys, xs)[0, 1]) if len(ys) > 3 and ys.std() and xs.std() else 0.0
    return "、" if slant > 0.3 else "，"


def clinging(shade: Shade, dark: float, foot: int, cell: float) -> str:
    """The mark that clings to the right of a character whose ink ends at row `foot`; empty if there is none."""
    mask = shade < dark * 255
    across = numpy.flatnonzero(mask[max(0, foot - round(8 * cell)) : foot - round(0.5 * cell)].sum(axis=0) > 1)
    if not len(across):
        return ""
    edge = int(numpy.percentile(across, 96))
    top, bottom = max(0, foot - round(0.45 * cell)), foot + round(0.3 * cell)
    if _ringed(shade[top:bottom, max(0, edge - round(0.25 * cell)) :], cell, 0.2 * cell):
        return "。"
    part = mask[top:bottom, edge + 1 :]
    ys, xs = numpy.flatnonzero(part.any(axis=1)), numpy.flatnonzero(part.any(axis=0))
    if len(ys) < 3 or len(xs) < 2 or xs[0] > 0.2 * cell:
        return ""
    return "，"


def faint(shade: Shade, dark: float, room: tuple[int, int], cell: float) -> str:
    """The faint mark that stands in the room between two characters; empty if none does."""
    first, last = room[0] + round(0.08 * cell), room[1] - round(0.12 * cell)
    seen = [
        blot
        for blot in blots_of(shade[first:last] < dark * 255)
        if 0.2 * cell <= max(blot.height, blot.width) <= 0.5 * cell and min(blot.height, blot.width) > 0.1 * cell
    ]
    if not seen:
        return ""
    most = max(seen, key=lambda blot: blot.height * blot.width)
    return shape_of(shade, dark, most._replace(top=most.top + first, bottom=most.bottom + first), cell)


def _ringed(shade: Shade, cell: float, beyond: float) -> bool:
    """Whether ink encloses a round white as large as that of a 。, its middle `beyond` a column of the window."""
    height, width = shade.shape
    for level in _LEVELS:
        for hole in blots_of(shade >= level * 255, corners=False):
            inside = hole.left > 0 and hole.top > 0 and hole.right < width and hole.bottom < height
            sized = all(_HOLE[0] * cell <= side <= _HOLE[1] * cell for side in (hole.width, hole.height))
            if inside and sized and (hole.left + hole.right) / 2 >= beyond:
                return True
    return False
