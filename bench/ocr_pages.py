"""Pages to measure reading on: our own words from `corpus/`, set as books are set, clean and worn.

`python -m bench.ocr_pages FOLDER` writes them as PNG, each with its transcription beside it: a printed line or column
a line, double-line notes as `(right half/left half)`, footnotes last, without running head, page number, centre strip.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from PIL import Image

from bench import woodblock
from bench.bookwork import Piece, book_page, journal_page, markdown, spread, standing_page
from bench.typeset import Missing, Page, Run
from bench.wear import worn

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
_CHAPTERS = ("01-shengping", "02-caotang", "03-banben", "04-yaomu", "05-houshi")
_LEAVES = "衡州六勝小記"


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


@cache
def _prose(name: str) -> tuple[list[Piece], dict[str, str]]:
    return markdown((CORPUS / name).read_text(encoding="utf-8"))


@cache
def _sayings() -> tuple[str, ...]:
    """The sayings of 王夫之 in the corpus, traditional and with punctuation."""
    text = (CORPUS / "chuanshan-yulu" / "yulu.md").read_text(encoding="utf-8")
    return tuple(re.findall(r"^\d+．(.+)$", text, re.MULTILINE))


@cache
def _columns(notes: bool) -> list[tuple[Run, ...]]:
    """The traditional text with double-line notes, in columns."""
    text = (CORPUS / "hengzhou-liushi" / "HYWK0001_001.txt").read_text(encoding="utf-8")
    return woodblock.set_columns(woodblock.words_of(text), notes=notes)


@cache
def _behind(name: str) -> Image.Image:
    """Some other page, as it stands on the back."""
    standing = name.startswith(("wood", "vertical"))
    return (_half(9, notes=True) if standing else _book(3, "serif")).sheet.image


def _book(chapter: int, name: str, *, start: int = 0, notes: bool = False, table: bool = False) -> Page:
    pieces, words = _prose(f"chuanshan-reader/{_CHAPTERS[chapter - 1]}.md")
    heads = "船山读本", pieces[0][1].replace("\u3000", " ")
    rows, caption = (_PRINTINGS, "表1　《船山遗书》主要刻本") if table else ((), "")
    folio = 10 * chapter + start + 3
    return book_page(pieces[start:], words if notes else {}, heads, folio, name, table=rows, caption=caption)[0]


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


def _opened(chapter: int) -> Page:
    """Two pages of a chapter, one after the other, in one picture."""
    pieces, _ = _prose(f"chuanshan-reader/{_CHAPTERS[chapter - 1]}.md")
    heads = "船山读本", pieces[0][1].replace("\u3000", " ")
    left, taken = book_page(pieces, {}, heads, 10 * chapter + 2, "serif", whole=True)
    right, _ = book_page(pieces[taken:], {}, heads, 10 * chapter + 3, "serif", whole=True)
    return spread(left, right)


def _journal(file: str, name: str, start: int = 0) -> Page:
    return journal_page(_prose(f"wenku-journal/{file}/article.md")[0], name, start)


def _standing(first: int, name: str) -> Page:
    return standing_page(_sayings()[first:], "船山語錄選", first + 7, name)


def _half(skip: int, name: str = "kai", *, notes: bool = False, side: str = "b", rules: bool = True) -> Page:
    lines = _columns(notes)[skip : skip + woodblock.ROWS]
    return woodblock.half_leaf(lines, _LEAVES, 1 + skip // 18, side, name, rules=rules)


def _leaf(skip: int, *, notes: bool = False) -> Page:
    return woodblock.whole_leaf(_columns(notes)[skip : skip + 2 * woodblock.ROWS], _LEAVES, 1 + skip // 18)


SAMPLES = (
    Sample("horizontal-serif", "horizontal", lambda: _book(1, "serif")),
    Sample("horizontal-sans", "horizontal", lambda: _book(5, "microhei")),
    Sample("horizontal-notes", "horizontal", lambda: _book(2, "song", notes=True)),
    Sample("horizontal-table", "horizontal", lambda: _book(3, "serif", start=2, notes=True, table=True)),
    Sample("horizontal-turned", "horizontal", lambda: _book(4, "serif"), turned=90),
    Sample("horizontal-upside-down", "horizontal", lambda: _book(1, "sans", start=4), turned=180),
    Sample("horizontal-spread", "horizontal", lambda: _opened(4)),
    Sample("columns-serif", "columns", lambda: _journal("fangzhi", "serif")),
    Sample("columns-zenhei", "columns", lambda: _journal("shuyuan", "zenhei", 4)),
    Sample("vertical-serif", "vertical", lambda: _standing(0, "serif-tc")),
    Sample("vertical-ming", "vertical", lambda: _standing(40, "ming")),
    Sample("vertical-turned", "vertical", lambda: _standing(74, "serif-tc"), turned=270),
    Sample("woodblock-kai", "woodblock", lambda: _half(0)),
    Sample("woodblock-ming", "woodblock", lambda: _half(9, "ming", side="a")),
    Sample("woodblock-leaf", "woodblock", lambda: _leaf(18)),
    Sample("woodblock-upside-down", "woodblock", lambda: _half(27, rules=False), turned=180),
    Sample("woodblock-notes-kai", "notes", lambda: _half(0, notes=True)),
    Sample("woodblock-notes-ming", "notes", lambda: _half(18, "ming", notes=True, side="a")),
    Sample("woodblock-notes-leaf", "notes", lambda: _leaf(27, notes=True)),
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
