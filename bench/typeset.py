"""Setting type: characters on a white sheet, along lines or down columns, with the punctuation each asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy
from PIL import Image, ImageDraw, ImageFont

FACES = {
    "serif": ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    "serif-bold": ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    "serif-tc": ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK TC"),
    "sans": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "sans-bold": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    "ming": ("uming.ttc", "AR PL UMing TW"),
    "song": ("uming.ttc", "AR PL UMing CN"),
    "kai": ("ukai.ttc", "AR PL UKai TW"),
    "zenhei": ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
    "microhei": ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
}
"""Type faces by our name: the file of Debian's packages fonts-noto-cjk, -arphic-uming, -arphic-ukai, -wqy-*, and the
family in it."""

NO_START = frozenset("，。、；：！？」』》〉）”’…—·")
NO_END = frozenset("「『《〈（“‘")
_CORNER = frozenset("，。、．")
_STANDING = dict(zip("「」『』《》〈〉（）“”‘’…—", "﹁﹂﹃﹄︽︾︿﹀︵︶﹃﹄﹁﹂︙︱", strict=True))


class Missing(Exception):
    """A type face is not installed."""


@cache
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A type face at a size in pixels.

    Raises:
        Missing: its file is not installed.
    """
    file, family = FACES[name]
    for index in range(16):
        try:
            font = ImageFont.truetype(file, size, index=index, layout_engine=ImageFont.Layout.BASIC)
        except OSError:
            break
        if font.getname()[0] == family:
            return font
    raise Missing(file)


@cache
def _has(name: str, char: str) -> bool:
    font = face(name, 32)
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))


def face_for(name: str, size: int, char: str) -> ImageFont.FreeTypeFont:
    """The face, or Noto's for a character it lacks."""
    return face(name if _has(name, char) else "serif-tc", size)


class Type(NamedTuple):
    """How a text is set: face, size, distance from line to line; `unsteady` pixels a block cutter's hand is off."""

    face: str
    size: int
    step: int
    unsteady: float = 0.0


class Sheet:
    """White paper on which type is set."""

    def __init__(self, width: int, height: int, seed: int = 0) -> None:
        self.image = Image.new("L", (width, height), 255)
        self.pen = ImageDraw.Draw(self.image)
        self._random = numpy.random.default_rng(seed)

    def char(self, char: str, x: float, y: float, how: Type, *, vertical: bool = False) -> None:
        """One character in the square cell whose top left corner is (x, y)."""
        size = how.size
        if how.unsteady:
            x, y = (float(place + self._random.normal(0, how.unsteady)) for place in (x, y))
            size = round(size * (1 + float(self._random.normal(0, 0.008))))
        shown = _STANDING.get(char, char) if vertical else char
        if not _has(how.face, shown) and shown != char:
            self._turned(char, x, y, how)
            return
        font = face_for(how.face, size, shown)
        ascent, descent = font.getmetrics()
        if vertical and char in _CORNER:
            x, y = x + 0.55 * size, y - 0.55 * size
        self.pen.text((round(x), round(y + (size - ascent - descent) / 2)), shown, 0, font=font)

    def _turned(self, char: str, x: float, y: float, how: Type) -> None:
        """A character without a form for vertical setting, laid on its side."""
        cell = Image.new("L", (how.size, how.size), 255)
        font = face_for(how.face, how.size, char)
        ascent, descent = font.getmetrics()
        ImageDraw.Draw(cell).text((0, (how.size - ascent - descent) / 2), char, 0, font=font)
        self.image.paste(cell.transpose(Image.Transpose.ROTATE_270), (round(x), round(y)))

    def line(self, text: str, x: float, y: float, how: Type) -> None:
        """A horizontal line from (x, y), its top left corner."""
        for char in text:
            if char != "\u3000":
                self.char(char, x, y, how)
            x += width_of(char, how)

    def column(self, text: str, x: float, y: float, how: Type, pitch: float | None = None) -> None:
        """A column downwards from (x, y), its top left corner."""
        for char in text:
            if char != "\u3000":
                self.char(char, x, y, how, vertical=True)
            y += how.size if pitch is None else pitch

    def rule(self, box: tuple[float, float, float, float], thick: int = 2) -> None:
        """A straight rule from one point to another."""
        self.pen.line([(box[0], box[1]), (box[2], box[3])], fill=0, width=thick)

    def frame(self, left: float, top: float, right: float, bottom: float, thick: int) -> None:
        """A frame of rules."""
        self.pen.rectangle([left, top, right, bottom], outline=0, width=thick)


@dataclass
class Page:
    """A page as set: its picture, and its lines in reading order as a transcription has them."""

    sheet: Sheet
    lines: list[str] = field(default_factory=list)


def han(number: int) -> str:
    """A number in Chinese digits."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def width_of(char: str, how: Type) -> float:
    """How far a character moves the line on: a cell, or less for digits and Latin letters."""
    return face(how.face, how.size).getlength(char) if char < "\u0250" else how.size


def broken(text: str, how: Type, measure: float, indent: int = 0) -> Iterator[str]:
    """A paragraph in lines no longer than `measure`, the first set in; punctuation never begins a line."""
    line, left = "\u3000" * indent, measure - indent * how.size
    for char in text:
        width = width_of(char, how)
        if width > left + 0.01:
            head, tail = _kept(line, char)
            yield head
            line, left = tail, measure - sum(width_of(each, how) for each in tail)
        line, left = line + char, left - width
    if line.strip():
        yield line


def _kept(line: str, next_char: str) -> tuple[str, str]:
    """A full line, and what must go over to the next with `next_char`."""
    at = len(line)
    while at > len(line) - 4:
        following = line[at] if at < len(line) else next_char
        number = following.isascii() and following.isalnum() and line[at - 1].isascii() and line[at - 1].isalnum()
        if following in NO_START or line[at - 1] in NO_END or number:
            at -= 1
        else:
            break
    return line[:at], line[at:]


class Run(NamedTuple):
    """A stretch of a column: main text, or a double-line note with its right and left half."""

    text: str
    left: str | None = None

    @property
    def told(self) -> str:
        """As transcriptions write it."""
        return self.text if self.left is None else f"({self.text}/{self.left})"


def columns(pieces: Iterable[tuple[str, bool]], cells: int) -> Iterator[tuple[Run, ...]]:
    """Columns of so many cells from pieces of main text and notes (True), a note's characters half a cell high."""
    column: list[Run] = []
    left = 2 * cells  # half cells
    for text, is_note in pieces:
        while text:
            if left < 2 or (is_note and not left):
                yield tuple(column)
                column, left = [], 2 * cells
            if is_note:
                half = min(-(-len(text) // 2), left)
                column.append(Run(text[:half], text[half : 2 * half]))
                text, left = text[2 * half :], left - half
            else:
                taken = min(len(text), left // 2)
                column.append(Run(text[:taken]))
                text, left = text[taken:], left - 2 * taken
    if column:
        yield tuple(column)


def set_column(sheet: Sheet, runs: Sequence[Run], x: float, y: float, how: Type, pitch: float) -> None:
    """A column of text and double-line notes, (x, y) the top left corner of its first cell."""
    small = Type(how.face, round(0.52 * how.size), how.step, how.unsteady / 2)
    for run in runs:
        if run.left is None:
            sheet.column(run.text, x, y, how, pitch)
            y += pitch * len(run.text)
        else:
            sheet.column(run.text, x + 0.53 * how.size, y, small, pitch / 2)
            sheet.column(run.left, x - 0.05 * how.size, y, small, pitch / 2)
            y += pitch / 2 * len(run.text)
