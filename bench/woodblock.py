"""Pages of woodblock prints: half-leaves and whole leaves with frame, column rules and centre strip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bench.typeset import Page, Run, Sheet, Type, columns, han, set_column

Words = tuple[tuple[str, bool], ...]
"""A heading's or paragraph's pieces of main text, and of double-line notes (True)."""

ROWS, CELLS = 9, 20
"""Columns of a half-leaf, characters in a column."""
_WIDTH, _TOP, _PITCH, _SIZE = 118, 420, 92, 84  # pixels
_STRIP, _SEEN = 94, 0.68  # pixels of the centre strip, and how much of it is on the picture of a half-leaf


def words_of(text: str) -> list[tuple[str, Words]]:
    """(`heading` or `text`, pieces) for each of a text in mandoku's manner, its printed lines joined."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        words = line.rstrip("¶")
        if not words or words.startswith(("#", "<pb")):
            continue
        if not blocks or words.startswith("\u3000") or blocks[-1][0] == "heading":
            blocks.append(["heading" if words.startswith("\u3000") or not blocks else "text", words.strip("\u3000")])
        else:
            blocks[-1][1] += words
    return [(kind, _pieces(words)) for kind, words in blocks]


def _pieces(words: str) -> Words:
    """`text(right/left)text` as pieces; notes that go on over a line end are one."""
    parts = re.split(r"[()]", words.replace(")(", "/"))
    return tuple((part.replace("/", ""), bool(number % 2)) for number, part in enumerate(parts) if part)


def set_columns(text: Iterable[tuple[str, Words]], *, notes: bool) -> list[tuple[Run, ...]]:
    """The text in columns, with its notes or without; headings are set in by two."""
    found: list[tuple[Run, ...]] = []
    for kind, pieces in text:
        kept = [piece for piece in pieces if notes or not piece[1]]
        if kind == "heading":
            found.append((Run("\u3000\u3000" + kept[0][0]),))
        else:
            found += columns(kept, CELLS)
    return found


def half_leaf(
    lines: Sequence[tuple[Run, ...]], title: str, leaf: int, side: str, name: str = "kai", *, rules: bool = True
) -> Page:
    """The front (`a`) or back (`b`) of a leaf: the centre strip at the fold, not all of it on the picture."""
    how = Type(name, _SIZE, 0, 1.6)
    page = Page(Sheet(1560, 2900, seed=2 * leaf + (side == "b")), _told(lines))
    strip = _SEEN * _STRIP
    left = 160.0 if side == "b" else 1560 - 160 - ROWS * _WIDTH
    right = left + ROWS * _WIDTH
    bottom = _half(page.sheet, lines, left, how, rules=rules)
    outer, inner = (left - 22, right + strip) if side == "b" else (left - strip, right + 22)
    for y in (_TOP, bottom):
        page.sheet.rule((outer, y, inner, y), 2)
    page.sheet.rule((outer, _TOP - 16, inner, _TOP - 16), 9)
    page.sheet.rule((outer, bottom + 16, inner, bottom + 16), 9)
    edge = outer if side == "b" else inner
    page.sheet.rule((edge, _TOP - 16, edge, bottom + 16), 9)
    page.sheet.rule((left - 4, _TOP, left - 4, bottom) if side == "b" else (right + 4, _TOP, right + 4, bottom), 2)
    fold = right if side == "b" else left
    page.sheet.rule((fold, _TOP, fold, bottom), 2)
    _strip(page.sheet, fold if side == "b" else fold - _STRIP, bottom, title, leaf)
    cut = round(right + strip) if side == "b" else round(left - strip)
    # The picture ends at the fold, within the strip.
    edges = (
        (cut, 0, page.sheet.image.width, page.sheet.image.height)
        if side == "b"
        else (0, 0, cut, page.sheet.image.height)
    )
    page.sheet.image.paste(255, edges)
    return page


def whole_leaf(lines: Sequence[tuple[Run, ...]], title: str, leaf: int, name: str = "kai") -> Page:
    """A leaf as printed: right half, centre strip, left half."""
    how = Type(name, _SIZE, 0, 1.6)
    width = 2 * ROWS * _WIDTH + _STRIP
    page = Page(Sheet(width + 320, 2900, seed=leaf), _told(lines))
    right = 160 + ROWS * _WIDTH + _STRIP
    bottom = _half(page.sheet, lines[:ROWS], right, how, rules=True)
    _half(page.sheet, lines[ROWS:], 160, how, rules=True)
    for x in (right - _STRIP, right):
        page.sheet.rule((x, _TOP, x, bottom), 3)
    _strip(page.sheet, right - _STRIP, bottom, title, leaf)
    page.sheet.frame(160 - 22, _TOP - 18, 160 + width + 22, bottom + 18, 9)
    page.sheet.frame(160 - 4, _TOP, 160 + width + 4, bottom, 2)
    return page


def _half(sheet: Sheet, lines: Sequence[tuple[Run, ...]], left: float, how: Type, *, rules: bool) -> float:
    """Nine columns from `left` on, the first at the right; where the frame ends below."""
    bottom = _TOP + CELLS * _PITCH + 36
    for number in range(ROWS):
        x = left + (ROWS - 1 - number) * _WIDTH
        if rules and number:
            sheet.rule((x + _WIDTH, _TOP, x + _WIDTH, bottom), 2)
        if number < len(lines):
            set_column(sheet, lines[number], x + (_WIDTH - how.size) / 2, _TOP + 24, how, _PITCH)
    return bottom


def _told(lines: Sequence[tuple[Run, ...]]) -> list[str]:
    return ["".join(run.told for run in column).replace("\u3000", "") for column in lines]


def _strip(sheet: Sheet, x0: float, bottom: float, title: str, leaf: int) -> None:
    """The centre strip from `x0` on: title, fish tail, juan, leaf."""
    width = _STRIP
    how = Type("kai", 62, 0, 0.8)
    sheet.column(title, x0 + (width - 62) / 2, _TOP + 40, how, 68)
    tail = _TOP + 40 + len(title) * 68 + 30
    middle = x0 + width / 2
    sheet.rule((x0, tail, x0 + width, tail), 3)
    sheet.pen.polygon(
        [(x0, tail + 12), (x0 + width, tail + 12), (x0 + width, tail + 90), (middle, tail + 40), (x0, tail + 90)],
        fill=0,
    )
    sheet.column("卷一", middle - 31, tail + 130, how, 70)
    sheet.column(han(leaf), middle - 25, bottom - 330, Type("kai", 50, 0, 0.8), 60)
    sheet.rule((x0, bottom - 160, x0 + width, bottom - 160), 2)
