"""What an engine found, with its places straightened: the lines of a skewed page run level, its columns plumb.

The coordinates are straightened, never the pixels: to turn the picture would blur it. Boxes of lines and characters
that leave here are again those of the picture as it was read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from archive.transcription.model import Box, Glyph
from ingest.ocr.engines.contract import Corners, Sign, Strip

MAX_SKEW = 8.0
"""Degrees a page may be off; what is further off is no line of text."""
TALL = 1.5
"""A piece this many times taller than wide is a column, or part of one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A strip and its upright box in straightened pixels."""

    strip: Strip
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.strip.text

    @property
    def confidence(self) -> float:
        """Mean confidence of its characters."""
        return self.strip.confidence

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def across(self) -> float:
        """Its middle, from the left."""
        return (self.left + self.right) / 2

    @property
    def down(self) -> float:
        """Its middle, from the top."""
        return (self.top + self.bottom) / 2

    @property
    def tall(self) -> bool:
        """Whether it was read from top to bottom."""
        return is_tall(self.strip)


def is_tall(strip: Strip) -> bool:
    """Whether a strip was read from top to bottom: engines lay what is much taller than wide on its side."""
    a, b, c, d = strip.corners
    across = max(math.dist(a, b), math.dist(d, c))
    return max(math.dist(a, d), math.dist(b, c)) >= TALL * max(across, 1)


def skew_of(strips: Iterable[Strip]) -> float:
    """Degrees, clockwise, by which lines or columns are off; the longer a strip, the more it says."""
    seen: list[tuple[float, float]] = []
    for strip in strips:
        a, b, c, d = strip.corners
        if is_tall(strip):
            x, y = (c[0] + d[0] - a[0] - b[0]) / 2, (c[1] + d[1] - a[1] - b[1]) / 2
            angle = math.degrees(math.atan2(-x, y))
        else:
            x, y = (b[0] + c[0] - a[0] - d[0]) / 2, (b[1] + c[1] - a[1] - d[1]) / 2
            angle = math.degrees(math.atan2(y, x))
        if abs(angle) <= MAX_SKEW and len(strip.text) > 2:
            seen.append((angle, math.hypot(x, y)))
    seen.sort()
    half, passed = sum(weight for _, weight in seen) / 2, 0.0
    for angle, weight in seen:
        passed += weight
        if passed >= half:
            return angle
    return 0.0


def straightened(strips: Iterable[Strip], skew: float, size: tuple[int, int]) -> list[Piece]:
    """Strips with the box each would have if the page of that size (width, height) were not off by `skew` degrees."""
    cosine, sine = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    middle = size[0] / 2, size[1] / 2
    pieces = []
    for strip in strips:
        turned = []
        for x, y in strip.corners:
            x, y = x - middle[0], y - middle[1]
            turned.append((x * cosine + y * sine + middle[0], y * cosine - x * sine + middle[1]))
        a, b, c, d = turned
        left, right = (a[0] + d[0]) / 2, (b[0] + c[0]) / 2
        top, bottom = (a[1] + b[1]) / 2, (c[1] + d[1]) / 2
        pieces.append(Piece(strip, min(left, right), min(top, bottom), max(left, right), max(top, bottom)))
    return pieces


def corners_in(box: tuple[float, float, float, float], skew: float, size: tuple[int, int]) -> Corners:
    """The corners, in the picture as it was read, of a box in straightened pixels."""
    cosine, sine = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    left, top, right, bottom = box
    corners = []
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        x, y = x - size[0] / 2, y - size[1] / 2
        corners.append((x * cosine - y * sine + size[0] / 2, x * sine + y * cosine + size[1] / 2))
    return tuple(corners)


def glyphs_of(strip: Strip) -> tuple[Glyph, ...]:
    """The characters of a strip with their boxes in the picture; none if the engine told no places."""
    if len(strip.signs) != len(strip.text):
        return ()
    return tuple(Glyph(_place(strip, sign), round(sign.confidence, 4), sign.others) for sign in strip.signs)


def _place(strip: Strip, sign: Sign) -> Box:
    a, b, c, d = strip.corners
    start, end = ((a, b), (d, c)) if is_tall(strip) else ((a, d), (b, c))
    points = [
        (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)
        for one, other in zip(start, end, strict=True)
        for share in (sign.start, sign.end)
    ]
    return bounds(points)


def bounds(points: Iterable[tuple[float, float]]) -> Box:
    """The smallest box that holds the points."""
    listed = list(points)
    xs, ys = [x for x, _ in listed], [y for _, y in listed]
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def middling(values: Iterable[float], otherwise: float = 0.0) -> float:
    """The median; `otherwise` of nothing."""
    listed = list(values)
    return median(listed) if listed else otherwise


def gathered_strip(strip: Strip) -> Box:
    """The box in the picture that holds a strip."""
    return bounds(strip.corners)


def gathered(pieces: Sequence[Piece]) -> Box:
    """The box in the picture that holds all pieces."""
    return bounds(point for piece in pieces for point in piece.strip.corners)
