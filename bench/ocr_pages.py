"""Pages to measure reading on: our own words from `corpus/`, set as books are set, clean and worn.

`python -m bench.ocr_pages FOLDER` writes them as PNG, each with its transcription beside it: a printed line or column
a line, double-line notes as `(right half/left half)`, footnotes last, without running head, page number, centre strip.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zlib import crc32

from PIL import Image

from bench.typeset import Missing, Run, Sheet, Type, broken, columns, set_column, width_of
from bench.wear import worn

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"


@dataclass
class Page:
    """A page as set: its picture, and its lines in reading order."""

    sheet: Sheet
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sample:
    """A page to be read. `kind` groups pages in the table of results; `turned` in degrees clockwise."""

    name: str
    kind: str
    draw: Callable[[], Page]
    turned: int = 0

    def clean(self) -> tuple[Image.Image, str]:
        """The picture and its transcription."""
        page = self.draw()
        return self._turned(page.sheet.image), "\n".join(page.lines) + "\n"

    def degraded(self, much: float = 1.0) -> tuple[Image.Image, str]:
        """The picture as a bad copy, and its transcription."""
        page = self.draw()
        behind = _behind(self.name)
        image = worn(page.sheet.image, crc32(self.name.encode()), behind=behind, much=much)
        return self._turned(image), "\n".join(page.lines) + "\n"

    def _turned(self, image: Image.Image) -> Image.Image:
        return image.rotate(-self.turned, expand=True) if self.turned else image


# --- words -------------------------------------------------------------------------------------------------------


@cache
def _prose(name: str) -> tuple[tuple[str, str], ...]:
    """Headings, paragraphs and notes (`[^1]: …`) of a Markdown file of the corpus; tables and quotations left out."""
    text = (CORPUS / name).read_text(encoding="utf-8")
    pieces = []
    for block in re.split(r"\n{2,}", text):
        block = block.strip()
        if note := re.findall(r"^\[\^(\d+)\]: (.*)$", block, re.MULTILINE):
            pieces += [("note" + number, words) for number, words in note]
        elif block.startswith("#"):
            pieces.append(("heading", block.lstrip("# ")))
        elif block and block[0] not in "|>—" and "\n" not in block:
            pieces.append(("text", block.replace("**", "")))
    return tuple(pieces)


def _plain(text: str) -> str:
    return re.sub(r"\[\^\d+\]", "", text)


@cache
def _sayings() -> tuple[str, ...]:
    """The sayings of 王夫之 in the corpus, traditional and with punctuation."""
    text = (CORPUS / "chuanshan-yulu" / "yulu.md").read_text(encoding="utf-8")
    return tuple(re.findall(r"^\d+．(.+)$", text, re.MULTILINE))


@cache
def _notes() -> tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]:
    """The traditional text with double-line notes: (kind, pieces of text and notes) for each heading and paragraph."""
    text = (CORPUS / "hengzhou-liushi" / "HYWK0001_001.txt").read_text(encoding="utf-8")
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith(("#", "<pb")):
            continue
        words = line.rstrip("¶")
        if not blocks or words.startswith("\u3000") or blocks[-1][0] == "heading" or len(blocks) < 3:
            kind = "heading" if words.startswith("\u3000") or len(blocks) < 1 else "text"
            blocks.append([kind, words.strip("\u3000")])
        else:
            blocks[-1][1] += words
    return tuple((kind, _pieces(words)) for kind, words in blocks)


def _pieces(words: str) -> tuple[tuple[str, bool], ...]:
    """`text(right/left)text` as pieces; notes that go on over a line end are one."""
    joined = words.replace(")(", "/")
    found: list[tuple[str, bool]] = []
    for number, part in enumerate(re.split(r"[()]", joined)):
        if part:
            found.append((part.replace("/", ""), bool(number % 2)))
    return tuple(found)


@cache
def _behind(name: str) -> Image.Image:
    """Some other page, as it stands on the back."""
    standing = name.startswith(("wood", "vertical", "spread"))
    return (_woodblock(5, notes=True) if standing else _book(3, "serif")).sheet.image


# --- modern books ------------------------------------------------------------------------------------------------

_A5 = 1748, 2480  # pixels at 300 dpi


def _book(chapter: int, name: str, *, start: int = 0, notes: bool = False, table: bool = False) -> Page:
    """A page of a modern book: running head, heading, paragraphs set in by two, page number; notes below a rule."""
    body, small = Type(name, 44, 74), Type(name, 33, 52)
    bold = Type({"serif": "serif-bold", "sans": "sans-bold"}.get(name, name), 56, 110)
    pieces = _prose(f"chuanshan-reader/{_CHAPTERS[chapter]}.md")
    texts = [piece for piece in pieces if not piece[0].startswith("note")][start:]
    words = {kind.removeprefix("note"): text for kind, text in pieces if kind.startswith("note")}
    page = Page(Sheet(*_A5, seed=chapter))
    sheet, left, right, y = page.sheet, 200, 200 + 30 * 44, 330
    sheet.line("船山读本", left, 190, small)
    head = pieces[0][1].replace("\u3000", " ")
    sheet.line(head, right - sum(width_of(char, small) for char in head), 190, small)
    sheet.rule((left, 246, right, 246))
    sheet.line(str(10 * chapter + start + 3), (left + right) / 2 - 20, 2290, small)
    below: list[str] = []
    if table:
        y = _table(page, left, right, y, Type(name, 40, 76))
    for kind, text in texts:
        marked = re.findall(r"\[\^(\d+)\]", text) if notes else []
        cited = [words[number] for number in marked]
        text = _plain(text) if not notes else _circled(text, len(below))
        if kind == "heading":
            if y > 1700:
                break
            how, lines, y = bold, list(broken(text, bold, right - left)), y + 30
        else:
            how, lines = body, list(broken(text, body, right - left, 2))
        wanted = [
            line
            for number, note in enumerate(cited, len(below))
            for line in broken(f"{CIRCLED[number]}{note}", small, right - left, 2)
        ]
        room = 2250 - small.step * (len(_note_lines(below)) + len(wanted)) - 40 * bool(below or wanted)
        fits = max(0, int((room - y) // how.step))
        if fits < len(lines) and (kind == "heading" or cited or not fits):
            break
        for line in lines[:fits]:
            sheet.line(line, left, y, how)
            page.lines.append(line.strip("\u3000"))
            y += how.step
        below += [f"{CIRCLED[number]}{note}" for number, note in enumerate(cited, len(below))]
        if fits < len(lines):
            break
    found = [line for note in below for line in broken(note, small, right - left, 2)]
    y = 2250 - small.step * len(found)
    if found:
        sheet.rule((left, y - 24, left + 400, y - 24))
    for line in found:
        sheet.line(line, left, y, small)
        page.lines.append(line.strip("\u3000"))
        y += small.step
    return page


_CHAPTERS = ("", "01-shengping", "02-caotang", "03-banben", "04-yaomu", "05-houshi")


def _note_lines(below: Sequence[str]) -> list[str]:
    small = Type("serif", 33, 52)
    return [line for note in below for line in broken(note, small, 30 * 44, 2)]


def _circled(text: str, before: int) -> str:
    numbers = iter(range(before, 99))
    return re.sub(r"\[\^\d+\]", lambda _: CIRCLED[next(numbers)], text)


_PRINTINGS = (
    ("版本", "刊刻年代", "种数", "刊刻者"),
    ("漧涛园初集", "1643", "1种", "作者自刻"),
    ("湘西草堂刻本", "1709", "实存16种", "王敔"),
    ("守遗经书屋刻本", "1842（一说1839起）", "18种（一说20种）", "王世全"),
    ("金陵节署刻本", "1865", "58种（一说56种）", "曾国藩、曾国荃"),
    ("衡阳补刻本", "1887", "6种", "船山书院"),
    ("太平洋书店本", "1930（一说1933）", "70种（一说86种）", "谭延闿等"),
)
"""Printings of 王夫之's works, as chapter 3 of the reader tells of them."""


def _table(page: Page, left: int, right: int, y: int, how: Type) -> int:
    """A ruled table with its caption; where it ends. Cells are told row by row."""
    sheet = page.sheet
    caption = "表1　《船山遗书》主要刻本"
    sheet.line(caption, (left + right) / 2 - 6 * how.size, y, how)
    page.lines.append(caption)
    y += how.step + 10
    edges = [left, left + 320, left + 690, left + 1040, right]
    top = y
    small = Type(how.face, 36, how.step)
    sheet.rule((left, y, right, y), 4)
    for row in _PRINTINGS:
        for x, cell in zip(edges, row, strict=False):
            sheet.line(cell, x + 14, y + 18, small)
        page.lines.append("\u3000".join(row))
        y += how.step
        sheet.rule((left, y, right, y), 2)
    for x in edges:
        sheet.rule((x, top, x, y), 2)
    return y + 40


def _journal(file: str, name: str, start: int = 0) -> Page:
    """A page of a journal in two columns, its title across both."""
    body, title = Type(name, 38, 62), Type({"sans": "sans-bold"}.get(name, name), 62, 120)
    pieces = [piece for piece in _prose(file) if not piece[0].startswith("note")]
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
        for line in broken(_plain(text), body, measure, 0 if kind == "heading" else 2)
    ]
    bold = Type({"sans": "sans-bold", "serif": "serif-bold"}.get(name, name), body.size, body.step)
    each = (2560 - top) // body.step
    for number, (line, kind) in enumerate(lines[: 2 * each]):
        x, y = left + (number // each) * (measure + gap), top + (number % each) * body.step
        sheet.line(line, x, y, bold if kind == "heading" else body)
        page.lines.append(line.strip("\u3000"))
    sheet.line(f"· {12 + start} ·", 2067 / 2 - 60, 2620, small)
    return page


def _standing(first: int, name: str, *, size: int = 48) -> Page:
    """A page of a modern book in vertical setting with punctuation: a heading, paragraphs set in by two."""
    how, big, small = Type(name, size, 92), Type(name, 64, 120), Type(name, 32, 60)
    page = Page(Sheet(*_A5, seed=first))
    sheet, cells = page.sheet, 38
    top, x = 320, 1748 - 220 - 64
    heading = "船山語錄選"
    sheet.column(heading, x, top + 2 * size, big)
    page.lines.append(heading)
    x -= big.step
    sheet.column("船山語錄選", 1748 - 120, top, small)
    sheet.column(_han(first + 7), 1748 - 120, 2150, small)
    for saying in _sayings()[first:]:
        for line in broken(saying, how, cells * size, 2):
            if x < 170:
                return page
            sheet.column(line, x, top, how)
            page.lines.append(line.strip("\u3000"))
            x -= how.step
    return page


def _han(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


# --- woodblock prints --------------------------------------------------------------------------------------------

_WIDTH, _CELLS, _ROWS = 118, 20, 9  # pixels of a column, characters in it, columns of a half-leaf
_TOP, _PITCH, _SIZE = 420, 92, 84
_STRIP, _SEEN = 94, 0.68  # pixels of the centre strip, and how much of it is on the picture of a half-leaf


def _leaf(skip: int, notes: bool, count: int) -> list[tuple[Run, ...]]:
    """Columns of the traditional text from column `skip` on; headings are set in by two."""
    found: list[tuple[Run, ...]] = []
    for kind, pieces in _notes():
        kept = [piece for piece in pieces if notes or not piece[1]]
        if kind == "heading":
            found.append((Run("\u3000\u3000" + kept[0][0]),))
        else:
            found += columns(kept, _CELLS)
    return found[skip : skip + count]


def _strip(sheet: Sheet, x0: float, bottom: float, leaf: int) -> None:
    """The centre strip from `x0` on: title, fish tail, juan, leaf."""
    width = _STRIP
    how = Type("kai", 62, 0, 0.8)
    sheet.column("衡州六勝小記", x0 + (width - 62) / 2, _TOP + 40, how, 68)
    tail = _TOP + 40 + 6 * 68 + 30
    middle = x0 + width / 2
    sheet.rule((x0, tail, x0 + width, tail), 3)
    sheet.pen.polygon(
        [(x0, tail + 12), (x0 + width, tail + 12), (x0 + width, tail + 90), (middle, tail + 40), (x0, tail + 90)],
        fill=0,
    )
    sheet.column("卷一", middle - 31, tail + 130, how, 70)
    sheet.column(_han(leaf), middle - 25, bottom - 330, Type("kai", 50, 0, 0.8), 60)
    sheet.rule((x0, bottom - 160, x0 + width, bottom - 160), 2)


def _half(sheet: Sheet, lines: Sequence[tuple[Run, ...]], left: float, how: Type, *, rules: bool) -> float:
    """Nine columns from `left` on, the first at the right; where the frame ends below."""
    bottom = _TOP + _CELLS * _PITCH + 36
    for number in range(_ROWS):
        x = left + (_ROWS - 1 - number) * _WIDTH
        if rules and number:
            sheet.rule((x + _WIDTH, _TOP, x + _WIDTH, bottom), 2)
        if number < len(lines):
            set_column(sheet, lines[number], x + (_WIDTH - how.size) / 2, _TOP + 24, how, _PITCH)
    return bottom


def _told(lines: Sequence[tuple[Run, ...]]) -> list[str]:
    return ["".join(run.told for run in column).replace("\u3000", "") for column in lines]


def _woodblock(skip: int, name: str = "kai", *, notes: bool = False, side: str = "b", rules: bool = True) -> Page:
    """A half-leaf: double frame, column rules, half of the centre strip at the fold."""
    how = Type(name, _SIZE, 0, 1.6)
    lines = _leaf(skip, notes, _ROWS)
    page = Page(Sheet(1560, 2900, seed=skip), _told(lines))
    strip = _SEEN * _STRIP
    left = 160.0 if side == "b" else 1560 - 160 - _ROWS * _WIDTH
    right = left + _ROWS * _WIDTH
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
    _strip(page.sheet, fold if side == "b" else fold - _STRIP, bottom, 1 + skip // 18)
    cut = round(right + strip) if side == "b" else round(left - strip)
    # The picture ends at the fold, within the strip.
    edges = (
        (cut, 0, page.sheet.image.width, page.sheet.image.height)
        if side == "b"
        else (0, 0, cut, page.sheet.image.height)
    )
    page.sheet.image.paste(255, edges)
    return page


def _unfolded(skip: int, name: str = "kai", *, notes: bool = False) -> Page:
    """A whole leaf as printed: right half, centre strip, left half."""
    how = Type(name, _SIZE, 0, 1.6)
    lines = _leaf(skip, notes, 2 * _ROWS)
    strip = _STRIP
    width = 2 * _ROWS * _WIDTH + strip
    page = Page(Sheet(round(width) + 320, 2900, seed=skip), _told(lines))
    right = 160 + _ROWS * _WIDTH + strip
    bottom = _half(page.sheet, lines[:_ROWS], right, how, rules=True)
    _half(page.sheet, lines[_ROWS:], 160, how, rules=True)
    for x in (right - strip, right):
        page.sheet.rule((x, _TOP, x, bottom), 3)
    _strip(page.sheet, right - strip, bottom, 1 + skip // 18)
    page.sheet.frame(160 - 22, _TOP - 18, 160 + width + 22, bottom + 18, 9)
    page.sheet.frame(160 - 4, _TOP, 160 + width + 4, bottom, 2)
    return page


def _spread(first: int) -> Page:
    """An opened book, two pages in one picture: the left page is read first."""
    left, right = _book(first, "serif"), _book(first, "serif", start=7)
    page = Page(Sheet(2 * _A5[0] + 40, _A5[1]), left.lines + right.lines)
    page.sheet.image.paste(left.sheet.image, (0, 0))
    page.sheet.image.paste(right.sheet.image, (_A5[0] + 40, 0))
    return page


SAMPLES = (
    Sample("horizontal-serif", "horizontal", lambda: _book(1, "serif")),
    Sample("horizontal-sans", "horizontal", lambda: _book(5, "microhei")),
    Sample("horizontal-notes", "horizontal", lambda: _book(2, "song", notes=True)),
    Sample("horizontal-table", "horizontal", lambda: _book(3, "serif", start=2, notes=True, table=True)),
    Sample("horizontal-turned", "horizontal", lambda: _book(4, "serif"), turned=90),
    Sample("horizontal-upside-down", "horizontal", lambda: _book(1, "sans", start=4), turned=180),
    Sample("horizontal-spread", "horizontal", lambda: _spread(4)),
    Sample("columns-serif", "columns", lambda: _journal("wenku-journal/fangzhi/article.md", "serif")),
    Sample("columns-zenhei", "columns", lambda: _journal("wenku-journal/shuyuan/article.md", "zenhei", 4)),
    Sample("vertical-serif", "vertical", lambda: _standing(0, "serif-tc")),
    Sample("vertical-ming", "vertical", lambda: _standing(40, "ming")),
    Sample("vertical-turned", "vertical", lambda: _standing(74, "serif-tc"), turned=270),
    Sample("woodblock-kai", "woodblock", lambda: _woodblock(0)),
    Sample("woodblock-ming", "woodblock", lambda: _woodblock(9, "ming", side="a")),
    Sample("woodblock-leaf", "woodblock", lambda: _unfolded(18)),
    Sample("woodblock-upside-down", "woodblock", lambda: _woodblock(27, rules=False), turned=180),
    Sample("woodblock-notes-kai", "notes", lambda: _woodblock(0, notes=True)),
    Sample("woodblock-notes-ming", "notes", lambda: _woodblock(18, "ming", notes=True, side="a")),
    Sample("woodblock-notes-leaf", "notes", lambda: _unfolded(27, notes=True)),
)
"""Every page of the bench."""

KINDS = {
    "horizontal": "横排",
    "columns": "横排分栏",
    "vertical": "竖排（有标点）",
    "woodblock": "刻本",
    "notes": "刻本带双行夹注",
}


def pairs() -> Iterator[tuple[Sample, str, Image.Image, str]]:
    """Every sample clean and degraded: (sample, `clean` or `degraded`, picture, transcription).

    Samples whose type faces are not installed are left out.
    """
    for sample in SAMPLES:
        try:
            clean, text = sample.clean()
        except Missing:
            continue
        yield sample, "clean", clean, text
        yield sample, "degraded", sample.degraded()[0], text


def main() -> None:
    """Write every page as PNG with its transcription beside it."""
    if len(sys.argv) != 2:
        sys.exit("用法：python -m bench.ocr_pages 文件夹")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for sample, state, image, text in pairs():
        image.save(folder / f"{sample.name}-{state}.png")
        (folder / f"{sample.name}-{state}.txt").write_text(text, encoding="utf-8")
        print(sample.name, state, *image.size)


if __name__ == "__main__":
    main()
