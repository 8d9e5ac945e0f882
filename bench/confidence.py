"""How far an engine's confidence can be trusted: what it says of each character, against whether it is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

Sign = tuple[float, bool]
"""A character's confidence, and whether it is right."""

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995, 1.0001)
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_WIDTH, _HEIGHT, _LEFT, _TOP, _ACROSS, _DOWN = 640, 420, 64, 48, 480, 320
_LOWEST = 0.4  # confidence at the left edge of the plot


class Bin(NamedTuple):
    """Characters of like confidence: how many, their mean confidence, the share that is right."""

    many: int
    sure: float
    right: float


def bins(signs: Sequence[Sign]) -> list[Bin]:
    """Characters grouped by confidence; empty groups are left out."""
    found = []
    for low, high in pairwise(EDGES):
        inside = [sign for sign in signs if low <= sign[0] < high]
        if inside:
            count = len(inside)
            found.append(Bin(count, sum(sure for sure, _ in inside) / count, sum(right for _, right in inside) / count))
    return found


def table(signs: Sequence[Sign], doubt: float) -> Iterator[str]:
    """For thresholds of doubt: how much is marked, how much of what is wrong is marked, how much of the rest is."""
    wrong = sum(not right for _, right in signs)
    yield "| 存疑线 | 标出的字 | 错字里标出的 | 没有标出的字里的错 |"
    yield "| --- | --- | --- | --- |"
    for threshold in sorted({*THRESHOLDS, doubt}):
        marked = [right for sure, right in signs if sure < threshold]
        caught = sum(not right for right in marked)
        rest = len(signs) - len(marked)
        yield (
            f"| {threshold:g}{' （现用）' if threshold == doubt else ''} | {100 * len(marked) / len(signs):.1f}% |"
            f" {caught}/{wrong} | {100 * (wrong - caught) / rest if rest else 0:.2f}% |"
        )


def plot(real: Sequence[Sign], worn: Sequence[Sign], doubt: float) -> str:
    """The share of right characters over confidence, as SVG: real pages as discs, degraded ones of the bench as rings.

    A disc's area goes with the number of its characters; on the diagonal, confidence says what it means.
    """

    def point(x: float, y: float) -> tuple[float, float]:
        return _LEFT + _ACROSS * (max(x, _LOWEST) - _LOWEST) / (1 - _LOWEST), _TOP + _DOWN * (1 - y)

    def place(x: float, y: float) -> str:
        return " ".join(f"{value:.1f}" for value in point(x, y))

    title = "把握与实测正确率"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-size="12"'
        f' font-family="sans-serif" fill="#333"><title>{title}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/><text x="{_LEFT}" y="24">{title}</text>',
    ]
    for step in range(6):
        x, y = point(_LOWEST, step / 5)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{point(1, 0)[0]:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{20 * step}%</text>')
    for value in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        x, y = point(value, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{value:g}</text>')
    x, y = point(1, 0)
    parts.append(f'<text x="{x:.1f}" y="{y + 36:.1f}" text-anchor="end">引擎报出的把握</text>')
    parts.append(f'<path d="M{place(_LOWEST, _LOWEST)}L{place(1, 1)}" stroke="#999" stroke-dasharray="2 3"/>')
    x, y = point(doubt, 1)
    parts.append(f'<path d="M{x:.1f} {y:.1f}V{point(1, 0)[1]:.1f}" stroke="#7a1f1f" stroke-dasharray="6 3"/>')
    parts.append(f'<text x="{x - 6:.1f}" y="{y + 150:.1f}" text-anchor="end" fill="#7a1f1f">存疑线 {doubt:g}</text>')
    for signs, fill in ((worn, "none"), (real, "#7a1f1f")):
        for one in bins(signs):
            x, y = point(one.sure, one.right)
            size = 2 + min(one.many, 2000) ** 0.5 / 3
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{fill}" fill-opacity="0.6" stroke="#7a1f1f">'
                f"<title>{one.many} 字，把握 {one.sure:.3f}，正确 {one.right:.3f}</title></circle>"
            )
    x, y = point(_LOWEST, 0)
    said = f"实心：真实书影 {len(real)} 字；空心：劣化的示例书页 {len(worn)} 字；越大字越多。"
    parts.append(f'<text x="{_LEFT}" y="{y + 36:.1f}">{said}</text>')
    return "".join([*parts, "</svg>\n"])
