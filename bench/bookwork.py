"""Pages of modern books and journals: running heads, headings, paragraphs, footnotes, tables, columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bench.typeset import Page, Sheet, Type, broken, han, width_of

Piece = tuple[str, str]
"""A heading or a paragraph: (`heading` or `text`, words); `[^1]` calls a footnote."""

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_A5 = 1748, 2480  # pixels at 300 dpi
_LEFT, _RIGHT, _BELOW = 200, 200 + 30 * 44, 2250
_BOLD = {"serif": "serif-bold", "sans": "sans-bold"}


def markdown(text: str) -> tuple[list[Piece], dict[str, str]]:
    """Headings and paragraphs of a Markdown text, and its footnotes by number; tables and quotations left out."""
    pieces: list[Piece] = []
    notes: dict[str, str] = {}
    for block in map(str.strip, re.split(r"\n{2,}", text)):
        if found := re.findall(r"^\[\^(\d+)\]: (.*)$", block, re.MULTILINE):
            notes |= dict(found)
        elif block.startswith("#"):
            pieces.append(("heading", block.lstrip("# ")))
        elif block and block[0] not in "|>—" and "\n" not in block:
            pieces.append(("text", block.replace("**", "")))
    return pieces, notes


def plain(text: str) -> str:
    """Words without calls of footnotes."""
    return re.sub(r"\[\^\d+\]", "", text)


def book_page(
    pieces: Sequence[Piece],
    notes: Mapping[str, str],
    heads: tuple[str, str],
    folio: int,
    name: str,
    *,
    table: Sequence[Sequence[str]] = (),
    caption: str = "",
    whole: bool = False,
) -> tuple[Page, int]:
    """A page of a book, and how many pieces are on it; footnotes below a rule, a table at the top.

    `whole`: a paragraph that does not fit is left for the next page.
    """
    body, small = Type(name, 44, 74), Type(name, 33, 52)
    title = Type(_BOLD.get(name, name), 56, 110)
    page = Page(Sheet(*_A5, seed=folio))
    sheet = page.sheet
    _head(sheet, heads, folio, small)
    y = 330
    if table:
        y = _table(page, y, caption, table, Type(name, 40, 76))
    below: list[str] = []
    taken = 0
    for kind, text in pieces:
        cited = [notes[number] for number in re.findall(r"\[\^(\d+)\]", text) if number in notes]
        words = _called(text, len(below)) if notes else plain(text)
        how = title if kind == "heading" else body
        lines = list(broken(words, how, _RIGHT - _LEFT, 0 if kind == "heading" else 2))
        wanted = [*below, *(f"{CIRCLED[len(below) + at]}{note}" for at, note in enumerate(cited))]
        y += 30 if kind == "heading" else 0
        room = _BELOW - small.step * len(_small(wanted, small)) - 40 * bool(wanted) - y
        fits = max(0, int(room // how.step))
        if not fits or (fits < len(lines) and (cited or whole or kind == "heading")):
            break
        if kind == "heading" and room < how.step + 4 * body.step:
            break
        for line in lines[:fits]:
            sheet.line(line, _LEFT, y, how)
            page.lines.append(line.strip("\u3000"))
            y += how.step
        below = wanted
        taken += 1
        if fits < len(lines):
            break
    _feet(page, _small(below, small), small)
    return page, taken


def _head(sheet: Sheet, heads: tuple[str, str], folio: int, small: Type) -> None:
    sheet.line(heads[0], _LEFT, 190, small)
    sheet.line(heads[1], _RIGHT - sum(width_of(char, small) for char in heads[1]), 190, small)
    sheet.rule((_LEFT, 246, _RIGHT, 246))
    sheet.line(str(folio), (_LEFT + _RIGHT) / 2 - 20, 2290, small)


def _small(notes: Iterable[str], small: Type) -> list[str]:
    return [line for note in notes for line in broken(note, small, _RIGHT - _LEFT, 2)]


def _called(text: str, before: int) -> str:
    numbers = iter(range(before, len(CIRCLED)))
    return re.sub(r"\[\^\d+\]", lambda _: CIRCLED[next(numbers)], text)


def _feet(page: Page, lines: Sequence[str], small: Type) -> None:
    y = _BELOW - small.step * len(lines)
    if lines:
        page.sheet.rule((_LEFT, y - 24, _LEFT + 400, y - 24))
    for line in lines:
        page.sheet.line(line, _LEFT, y, small)
        page.lines.append(line.strip("\u3000"))
        y += small.step


def _table(page: Page, y: int, caption: str, rows: Sequence[Sequence[str]], how: Type) -> int:
    """A ruled table with its caption; where it ends. Cells are told row by row."""
    sheet, small = page.sheet, Type(how.face, 36, how.step)
    wide = sum(width_of(char, how) for char in caption)
    sheet.line(caption, (_LEFT + _RIGHT - wide) / 2, y, how)
    page.lines.append(caption)
    y += how.step + 10
    needed = [max(sum(width_of(char, small) for char in row[at]) for row in rows) for at in range(len(rows[0]))]
    spare = (_RIGHT - _LEFT - sum(needed)) / len(needed)
    edges = [_LEFT + sum(needed[:at]) + at * spare for at in range(len(needed) + 1)]
    top = y
    sheet.rule((_LEFT, y, _RIGHT, y), 4)
    for row in rows:
        for x, cell in zip(edges, row, strict=False):
            sheet.line(cell, x + 14, y + 18, small)
        page.lines.append("\u3000".join(row))
        y += how.step
        sheet.rule((_LEFT, y, _RIGHT, y), 2)
    for x in edges:
        sheet.rule((x, top, x, y), 2)
    return y + 40


def spread(left: Page, right: Page) -> Page:
    """An opened book, two pages in one picture; the left one is read first."""
    width, height = left.sheet.image.size
    page = Page(Sheet(2 * width + 40, height), left.lines + right.lines)
    page.sheet.image.paste(left.sheet.image, (0, 0))
    page.sheet.image.paste(right.sheet.image, (width + 40, 0))
    return page


def journal_page(pieces: Sequence[Piece], name: str, start: int = 0) -> Page:
    """A page of a journal in two columns, its title across both."""
    body, title = Type(name, 38, 62), Type({"sans": "sans-bold"}.get(name, name), 62, 120)
    page = Page(Sheet(2067, 2756, seed=start))
    sheet, gap, measure = page.sheet, 80, 22 * 38
    left = (2067 - 2 * measure - gap) // 2
    small = Type(name, 30, 50)
    sheet.line("衡阳文库", left, 150, small)
    sheet.line("创刊样刊", left + 2 * measure + gap - 4 * 30, 150, small)
    sheet.rule((left, 200, left + 2 * measure + gap, 200))
    top = 270
    if not start:
        heading = pieces[0][1]
        sheet.line(heading, left + (2 * measure + gap - sum(width_of(c, title) for c in heading)) / 2, top, title)
        page.lines.append(heading)
        top += 160
    lines = [
        (line, kind)
        for kind, text in pieces[start or 2 :]
        for line in broken(plain(text), body, measure, 0 if kind == "heading" else 2)
    ]
    bold = Type(_BOLD.get(name, name), body.size, body.step)
    each = (2560 - top) // body.step
    for number, (line, kind) in enumerate(lines[: 2 * each]):
        x, y = left + (number // each) * (measure + gap), top + (number % each) * body.step
        sheet.line(line, x, y, bold if kind == "heading" else body)
        page.lines.append(line.strip("\u3000"))
    sheet.line(f"· {12 + start} ·", 2067 / 2 - 60, 2620, small)
    return page


def standing_page(texts: Iterable[str], heading: str, folio: int, name: str, *, size: int = 48) -> Page:
    """A page of a modern book in vertical setting with punctuation: a heading, paragraphs set in by two."""
    how, big, small = Type(name, size, 92), Type(name, 64, 120), Type(name, 32, 60)
    page = Page(Sheet(*_A5, seed=folio))
    sheet, cells = page.sheet, 38
    top, x = 320, 1748 - 220 - 64
    sheet.column(heading, x, top + 2 * size, big)
    page.lines.append(heading)
    x -= big.step
    sheet.column(heading, 1748 - 120, top, small)
    sheet.column(han(folio), 1748 - 120, 2150, small)
    for text in texts:
        for line in broken(text, how, cells * size, 2):
            if x < 170:
                return page
            sheet.column(line, x, top, how)
            page.lines.append(line.strip("\u3000"))
            x -= how.step
    return page
