"""Pieces of a page's picture: one picture, of which every line shows its own part (SVG `viewBox`), none of it cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from archive.transcription.model import Box, Line, Transcript

THICK = 30, 40
"""CSS pixels a line, or a column, of usual thickness is shown in."""
LONGEST = 760, 600
"""CSS pixels the longest line may take, across and down."""
_SKEW = 0.1
"""Degrees below which a line is shown as it stands."""
_ROOM = 0.18
"""Room left around a line, in parts of its thickness."""


class Picture(NamedTuple):
    """A picture laid under a page: its size, and how it is turned and moved so that the page's boxes fit on it."""

    href: str
    width: int
    height: int
    transform: str


class Shot(NamedTuple):
    """A line's part of the picture: the box shown, with some room, and its size on the screen in CSS pixels.

    `turn` sets a line that stands askew upright, as an SVG `transform` of the picture; empty where nothing need be.
    """

    box: Box
    width: int
    height: int
    turn: str = ""

    @property
    def view(self) -> str:
        """For `viewBox`."""
        left, top, right, bottom = self.box
        return f"{left} {top} {right - left} {bottom - top}"


def laid(href: str, size: tuple[int, int], page: Transcript, *, whole: bool) -> Picture:
    """How a picture is laid under a page.

    Args:
        href: its address.
        size: its own width and height, 0 where unknown.
        page: the page.
        whole: it is the whole source picture, as it came; else the page's own, upright and cut to the page.
    """
    if not whole or not all(size):
        return Picture(href, page.width, page.height, "")
    width, height = size
    steps = {90: f"translate({height} 0) rotate(90)", 180: f"translate({width} {height}) rotate(180)",
             270: f"translate(0 {width}) rotate(270)"}  # fmt: skip
    turn = steps.get(page.turned, "")
    upright = (height, width) if page.turned in (90, 270) else (width, height)
    if page.part is not None:
        move = f"translate({-page.part[0]} {-page.part[1]})"
    elif upright != (page.width, page.height):
        move = f"scale({page.width / upright[0]:.5f} {page.height / upright[1]:.5f})"
    else:
        move = ""
    return Picture(href, width, height, " ".join(filter(None, (move, turn))))


def shots(lines: Sequence[Line], page: Transcript) -> list[Shot]:
    """The lines' parts of the picture, all at one scale."""
    vertical = page.layout == "vertical"
    boxes = [_upright(line.box, page.skew, vertical) for line in lines]
    sizes = [(right - left, bottom - top) for left, top, right, bottom in boxes]
    thick = [width if vertical else height for width, height in sizes if width > 0 and height > 0]
    if not thick:
        return [Shot((0, 0, page.width, page.height), 0, 0) for _ in lines]
    usual = median(thick)
    scale = min(
        THICK[vertical] / usual, LONGEST[vertical] / max(height if vertical else width for width, height in sizes)
    )
    found = []
    for left, top, right, bottom in boxes:
        room = max(2, round((right - left if vertical else bottom - top) * _ROOM))
        box = max(0, left - room), max(0, top - room), min(page.width, right + room), min(page.height, bottom + room)
        width, height = max(1, box[2] - box[0]), max(1, box[3] - box[1])
        box = box[0], box[1], box[0] + width, box[1] + height
        turn = (
            f"rotate({-page.skew:.2f} {(left + right) // 2} {(top + bottom) // 2})" if abs(page.skew) >= _SKEW else ""
        )
        found.append(Shot(box, max(1, round(width * scale)), max(1, round(height * scale)), turn))
    return found


def _upright(box: Box, skew: float, vertical: bool) -> Box:
    """The box a line would have if it stood straight: as thick as its hull, less what its slant adds."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    slant = abs(math.sin(math.radians(skew))) if abs(skew) >= _SKEW else 0.0
    if vertical:
        less = min(round(height * slant / 2), width // 4)
        return left + less, top, right - less, bottom
    less = min(round(width * slant / 2), height // 4)
    return left, top + less, right, bottom - less
