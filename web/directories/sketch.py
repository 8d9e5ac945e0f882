"""A sketch map: numbered stops in their places, the way between them as the crow flies, a scale; no roads, no rivers.

Degrees become lengths on a plane that touches the earth in the middle of the route (equirectangular): exact enough for
a county.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians
from typing import NamedTuple

WIDTH, HEIGHT = 360, 270
"""The drawing, in its own units."""
MARGIN = 28
RADIUS = 11
"""Of the disc that a number stands in."""
_KILOMETRES = 111.32
"""To a degree of latitude, on the sphere."""
_SPAN = 0.2
"""Kilometres that a sketch spans at least: stops side by side are not torn apart."""
_STEPS = (1, 2, 5)


class Spot(NamedTuple):
    """A disc: where, and the numbers of the stops that stand so close that they share it."""

    x: float
    y: float
    numbers: str


class Sketch(NamedTuple):
    """What to draw: discs, the way as points of a polyline, a scale bar of `scale` units, its length in words."""

    spots: tuple[Spot, ...]
    way: str
    scale: float
    length: str


def sketch(points: Sequence[tuple[float, float]]) -> Sketch:
    """The sketch of a route.

    Args:
        points: latitude and longitude of the stops in degrees, in their order, at least one.
    """
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    west, east = min(lon for _, lon in points), max(lon for _, lon in points)
    squeeze = cos(radians((south + north) / 2))
    width, height = (east - west) * squeeze * _KILOMETRES, (north - south) * _KILOMETRES
    unit = min((WIDTH - 2 * MARGIN) / max(width, _SPAN), (HEIGHT - 2 * MARGIN) / max(height, _SPAN))
    left, top = (WIDTH - width * unit) / 2, (HEIGHT - height * unit) / 2
    placed = [
        (left + (lon - west) * squeeze * _KILOMETRES * unit, top + (north - lat) * _KILOMETRES * unit)
        for lat, lon in points
    ]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    kilometres = _round(WIDTH / 4 / unit)
    length = f"{kilometres:g} 公里" if kilometres >= 1 else f"{kilometres * 1000:g} 米"
    return Sketch(tuple(_spots(placed)), way, round(kilometres * unit, 1), length)


def _spots(placed: Sequence[tuple[float, float]]) -> list[Spot]:
    """A disc for each stop, one for those that would cover one another."""
    found: list[tuple[float, float, list[int]]] = []
    for number, (x, y) in enumerate(placed, 1):
        near = next((numbers for at_x, at_y, numbers in found if hypot(x - at_x, y - at_y) < 2 * RADIUS), None)
        if near is None:
            found.append((x, y, [number]))
        else:
            near.append(number)
    return [Spot(round(x, 1), round(y, 1), "·".join(map(str, numbers))) for x, y, numbers in found]


def _round(kilometres: float) -> float:
    """The greatest of 1, 2, 5, 10, 20 … that is not greater."""
    power = 1.0
    while power > kilometres:
        power /= 10
    while power * 10 <= kilometres:
        power *= 10
    return max(step * power for step in _STEPS if step * power <= kilometres)
