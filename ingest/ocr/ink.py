"""Where there is ink on a straightened page, and what of it is not writing: rules, black marks, red seals.

Everything here is told in the straightened pixels in which pieces stand, so that layout can ask by their boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy
from PIL import Image

from ingest.ocr.paper import grey_of, shades

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.ocr.engines.contract import Picture

SIDE = 2000
"""Pixels of the longer side of the page as it is looked at."""
DARK = 0.62
"""What is darker than this, in parts of the paper's brightness, is ink."""
RULE = 0.05
"""The shortest rule, in parts of the page's width."""
_CELLS = 240
_RED = 45


class Area(NamedTuple):
    """A box in straightened pixels."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on a page beside its writing.

    `rules`: level lines. `solids`: black marks at least as thick as a heavy stroke, such as the fish tails of a centre
    strip. `seals`: red ink.
    """

    rules: tuple[Area, ...] = ()
    solids: tuple[Area, ...] = ()
    seals: tuple[Area, ...] = ()


class Ink:
    """The ink of a page, straightened by `skew` degrees."""

    def __init__(self, picture: Picture, skew: float) -> None:
        height, width = picture.shape[:2]
        self.scale = min(1.0, SIDE / max(width, height))
        size = max(1, round(width * self.scale)), max(1, round(height * self.scale))
        small = Image.fromarray(grey_of(picture)).resize(size, Image.Resampling.BOX)
        shade = shades(numpy.asarray(small))
        turned = Image.fromarray((shade.clip(0, 1) * 255).astype(numpy.uint8)).rotate(
            skew, Image.Resampling.BILINEAR, fillcolor=255
        )
        self._shade: NDArray[numpy.uint8] = numpy.asarray(turned)
        self.mask: NDArray[numpy.bool_] = self._shade < DARK * 255
        self._red: NDArray[numpy.bool_] | None = None
        if picture.ndim == 3:
            colours = Image.fromarray(picture).resize(size, Image.Resampling.BOX).rotate(skew, fillcolor="white")
            red, green, blue = numpy.asarray(colours, dtype=numpy.int16).transpose(2, 0, 1)
            self._red = red - numpy.maximum(green, blue) > _RED

    def within(self, left: float, top: float, right: float, bottom: float) -> NDArray[numpy.bool_]:
        """The ink in a box."""
        ink: NDArray[numpy.bool_] = self.shade_within(left, top, right, bottom) < DARK * 255
        return ink

    def shade_within(self, left: float, top: float, right: float, bottom: float) -> NDArray[numpy.uint8]:
        """How bright a box is; 255 is the paper's brightness."""
        x, y, to_x, to_y = (max(0, round(value * self.scale)) for value in (left, top, right, bottom))
        return self._shade[y:to_y, x:to_x]

    def marks(self) -> Marks:
        """Rules, black marks and seals."""
        seals = self._blobs(self._red, 0.12, 3) if self._red is not None else ()
        return Marks(self._rules(), self._blobs(self.mask, 0.9, 2), seals)

    def _rules(self) -> tuple[Area, ...]:
        """Level stretches of ink, thin and long, that touch nothing above or below over most of their length."""
        height, width = self.mask.shape
        least = max(20, round(RULE * width))
        joined = self.mask.copy()
        joined[1:] |= self.mask[:-1]  # a rule may step down a pixel on its way
        starts: list[tuple[int, int, int]] = []
        for y in map(int, numpy.flatnonzero(joined.sum(axis=1) >= least)):
            edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], joined[y].view(numpy.int8), [0]))))
            starts += [(y, int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a >= least]
        found: list[list[int]] = []
        for y, a, b in starts:
            for rule in found:
                if y - rule[3] <= 3 and a < rule[2] and b > rule[0]:
                    rule[0], rule[2], rule[3] = min(rule[0], a), max(rule[2], b), y
                    break
            else:
                found.append([a, y, b, y])
        thin = max(4, round(0.004 * height))
        return tuple(self._area(a, y, b, z + 1) for a, y, b, z in found if z - y <= thin)

    def _blobs(self, mask: NDArray[numpy.bool_], share: float, least: int) -> tuple[Area, ...]:
        """Where cells are filled, at least so many cells high and wide."""
        cell = max(2, round(max(mask.shape) / _CELLS))
        rows, columns = mask.shape[0] // cell, mask.shape[1] // cell
        if not rows or not columns:
            return ()
        filled = mask[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell).mean(axis=(1, 3)) >= share
        left = {(int(y), int(x)) for y, x in numpy.argwhere(filled)}
        areas = []
        while left:
            heap, blob = [left.pop()], []
            while heap:
                y, x = heap.pop()
                blob.append((y, x))
                near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
                left -= near
                heap += near
            ys, xs = [y for y, _ in blob], [x for _, x in blob]
            high, wide = max(ys) - min(ys) + 1, max(xs) - min(xs) + 1
            if min(high, wide) >= least and len(blob) >= 0.4 * high * wide:
                areas.append(self._area(min(xs) * cell, min(ys) * cell, (max(xs) + 1) * cell, (max(ys) + 1) * cell))
        return tuple(sorted(areas))

    def _area(self, left: float, top: float, right: float, bottom: float) -> Area:
        return Area(left / self.scale, top / self.scale, right / self.scale, bottom / self.scale)
