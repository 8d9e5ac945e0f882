"""Where the words of a page stand on paper: each line's characters at their boxes, unseen, in reading order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple
from unicodedata import category

from archive.paper.font import ASCENT, EM, Squares
from archive.transcription.model import READ, Box, Line, Transcript

_LEAST = 0.5
"""Points of the smallest type: readers drop smaller text."""


_Place = tuple[float, float, float, float]
"""Left, bottom, right, top in points, from the page's lower left corner."""


_APART = 0.6
"""Widths by which the beginnings of two columns must lie apart in height (PDFium: half of one)."""


class _Cell(NamedTuple):
    """A character and its place."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


def content(page: Transcript, width: float, height: float, font: Squares) -> bytes:
    """The operators that write a page's text, invisible (Tr 3), with font /H in lines and /V in columns.

    Args:
        page: the page; what is no text of it is left out.
        width: of the paper, in points.
        height: of the paper, in points.
        font: gives characters their codes.
    """
    read = [line for line in page.lines if line.role in READ and line.text.strip()]
    scale = (width / page.width, height / page.height) if page.width and page.height else (1.0, 1.0)
    parts = ["BT 3 Tr"]
    lines = []
    for line, place in zip(read, _places(read, scale, width, height), strict=True):
        boxes = [_on_paper(glyph.box, scale, height) for glyph in line.glyphs]
        cells = _cells(line.text, boxes if len(boxes) == len(line.text) and _is_placed(line) else (), place)
        if cells:
            lines.append((cells, _is_column(line, page)))
    for at, (cells, is_column) in enumerate(lines):
        if is_column:
            below = lines[at + 1][0][0] if at + 1 < len(lines) else None
            parts.append(_column(_raised(cells[0], below) if len(cells) == 1 and below else cells, font))
        else:
            parts.append(_row(cells, font))
    return "\n".join([*parts, "ET"]).encode("ascii")


def _places(read: Sequence[Line], scale: tuple[float, float], width: float, height: float) -> list[_Place]:
    """Where each line stands; one of which nothing is known stands with its neighbour, or all run down the page."""
    known = [_on_paper(line.box, scale, height) if _is_placed(line) else None for line in read]
    if not any(known):
        return list(_spread(len(read), width, height))
    before = next(place for place in known if place)
    found: list[_Place] = []
    for place in known:
        before = place or before
        found.append(before)
    return found


def _is_placed(line: Line) -> bool:
    return line.box[2] > line.box[0] and line.box[3] > line.box[1]


def _is_column(line: Line, page: Transcript) -> bool:
    """Whether a line's characters stand under one another."""
    first, last = (line.glyphs[at].box if line.glyphs else line.box for at in (0, -1))
    across = abs(last[0] + last[2] - first[0] - first[2])
    down = abs(last[1] + last[3] - first[1] - first[3])
    if across == down:
        across, down = line.box[2] - line.box[0], line.box[3] - line.box[1]
        if len(line.text) == 1 or across == down:
            return page.layout == "vertical"
    return down > across


def _on_paper(box: Box, scale: tuple[float, float], height: float) -> _Place:
    return box[0] * scale[0], height - box[3] * scale[1], box[2] * scale[0], height - box[1] * scale[1]


def _cells(text: str, boxes: Sequence[_Place], line: _Place) -> list[_Cell]:
    """The characters of a line; where their boxes are not known, the line's is shared out among them."""
    if not boxes:
        left, bottom, right, top = line
        if right - left >= top - bottom:
            step = (right - left) / len(text)
            boxes = [(left + at * step, bottom, left + (at + 1) * step, top) for at in range(len(text))]
        else:
            step = (top - bottom) / len(text)
            boxes = [(left, top - (at + 1) * step, right, top - at * step) for at in range(len(text))]
    cells = (_Cell(char, *box) for char, box in zip(text, boxes, strict=True))
    return [cell for cell in cells if category(cell.char) not in ("Cc", "Cs") and cell.char not in "\ufeff\ufffe"]


def _spread(count: int, width: float, height: float) -> Iterator[_Place]:
    """A line each from the top of the page to its end, for text of which no place is known."""
    step = height * 0.9 / max(count, 1)
    size = min(step, 12.0)
    for number in range(count):
        top = height * 0.95 - number * step
        yield width * 0.1, top - size, width * 0.9, top


def _row(cells: Sequence[_Cell], font: Squares) -> str:
    size = max(median(cell.top - cell.bottom for cell in cells), _LEAST)
    wide = max(median(cell.right - cell.left for cell in cells), _LEAST)
    first, last = cells[0], cells[-1]
    run = (last.left + last.right - first.left - first.right) / 2
    rise = (last.top + last.bottom - first.top - first.bottom) / 2
    slope = math.atan2(rise, run) if run > 4 * wide else 0.0
    cos, sin = math.cos(slope), math.sin(slope)
    down = size * (ASCENT / EM - 0.5)
    middle = (first.top + first.bottom) / 2
    x, y = first.left + down * sin, middle - down * cos
    at = [(cell.left - first.left) / cos for cell in cells]
    return _shown("H", size, wide / size * 100, (cos, sin, x, y), [(cells, at)], wide, font)


def _raised(cell: _Cell, after: _Cell) -> list[_Cell]:
    """A column of one character, moved up as little as may be so that it does not begin at the height of the next.

    PDFium sorts what begins at one height from left to right, as if it were a row. A longer column is written in two
    parts for the same reason.
    """
    apart = _APART * max(cell.right - cell.left, after.right - after.left, cell.top - cell.bottom)
    up = apart - (cell.top - after.top)
    if not 0 < up < 2 * apart:
        return [cell]
    return [cell._replace(bottom=cell.bottom + up, top=cell.top + up)]


def _column(cells: Sequence[_Cell], font: Squares) -> str:
    size = max(median(cell.top - cell.bottom for cell in cells), _LEAST)
    wide = max(median(cell.right - cell.left for cell in cells), _LEAST)
    first, last = cells[0], cells[-1]
    run = (first.top + first.bottom - last.top - last.bottom) / 2
    drift = (last.left + last.right - first.left - first.right) / 2
    slope = math.atan2(drift, run) if run > 4 * size else 0.0
    cos, sin = math.cos(slope), math.sin(slope)
    x, y = (first.left + first.right) / 2, first.top
    at = [(first.top - cell.top) / cos for cell in cells]
    half = (len(cells) + 1) // 2
    parts = [(cells[:half], at[:half]), (cells[half:], at[half:])]
    return _shown("V", size, wide / size * 100, (cos, sin, x, y), parts, size, font)


def _shown(
    way: str,
    size: float,
    stretch: float,
    matrix: tuple[float, float, float, float],
    parts: Sequence[tuple[Sequence[_Cell], Sequence[float]]],
    advance: float,
    font: Squares,
) -> str:
    """One line, in parts: where each character begins along it, and how far one leads by itself (`advance`).

    What is more or less than that stands between the characters, in thousandths of an em.
    """
    cos, sin, x, y = matrix
    place = " ".join(_number(one) for one in (cos, sin, -sin, cos, x, y))
    told = [f"/{way} {_number(size)} Tf {_number(stretch)} Tz {place} Tm"]
    reached = 0.0
    for cells, at in parts:
        shown: list[str] = []
        codes = ""
        for cell, begin in zip(cells, at, strict=True):
            if back := round((reached - begin) / advance * EM):
                shown += [f"<{codes}>"] if codes else []
                # A step down a column is negative, and so is a number that lengthens it.
                shown.append(str(back if way == "H" else -back))
                codes = ""
                reached -= back / EM * advance
            codes += f"{font.code(cell.char):04x}"
            reached += advance
        if codes:
            told.append(f"[{' '.join([*shown, f'<{codes}>'])}] TJ")
    return " ".join(told)


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
