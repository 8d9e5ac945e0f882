"""A small line plot as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 72, 40, 44
# Told apart by dashes, not only by shade.
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4")


class Line(NamedTuple):
    """One line: a value at each place of the x axis."""

    label: str
    values: Sequence[float]


def draw(title: str, unit: str, at: Sequence[float], lines: Sequence[Line]) -> str:
    """The plot. `at` are the places on the x axis, counted in `unit`; both axes begin at 0."""
    right, top = max(at), max(value for line in lines for value in line.values)

    def point(x: float, y: float) -> tuple[float, float]:
        across, up = (_WIDTH - _LEFT - _RIGHT) / right, (_HEIGHT - _TOP - _BOTTOM) / top
        return _LEFT + x * across, _HEIGHT - _BOTTOM - y * up

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-size="12"'
        f' font-family="sans-serif" fill="#333"><title>{escape(title)}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/><text x="{_LEFT}" y="22">{escape(title)}</text>',
    ]
    for step in range(5):
        value = top * step / 4
        x, y = point(0, value)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>')
    for place in at:
        x, y = point(place, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{place:.0f}</text>')
    parts.append(f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{escape(unit)}</text>')
    lowest = float("inf")
    for line, dash in sorted(zip(lines, _DASHES, strict=False), key=lambda pair: -pair[0].values[-1]):
        points = [point(x, y) for x, y in zip(at, line.values, strict=True)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path d="{path}" fill="none" stroke="#7a1f1f" stroke-width="1.5" stroke-dasharray="{dash}"/>')
        # Labels from the top down, none on another.
        low = points[-1][1] + 4 if lowest == float("inf") else max(points[-1][1] + 4, lowest + 14)
        lowest = low
        parts.append(f'<text x="{points[-1][0] + 6:.1f}" y="{low:.1f}">{escape(line.label)}</text>')
    return "".join([*parts, "</svg>\n"])
