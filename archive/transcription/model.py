"""What stands on one page, line by line: the words of transcription as plain frozen dataclasses.

A box is (left, top, right, bottom) in pixels of the page's picture as it was read, upright, 0-based and half-open.
Confidence runs from 0 to 1. A character is one Unicode character of a line's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Box = tuple[int, int, int, int]

Role = Literal["text", "heading", "note", "footnote", "table", "head", "folio", "centre", "mark"]
ROLES: dict[Role, str] = {
    "text": "正文",
    "heading": "标题",
    "note": "夹注",
    "footnote": "脚注",
    "table": "表格",
    "head": "书眉",
    "folio": "页码",
    "centre": "版心",
    "mark": "印章、栏线等",
}
"""What a line is, with its Chinese name."""

READ: frozenset[Role] = frozenset({"text", "heading", "note", "footnote", "table"})
"""Roles whose words are the text; the others are facts about the page and stay out of it."""

Layout = Literal["horizontal", "columns", "vertical", "blank"]
LAYOUTS: dict[Layout, str] = {"horizontal": "横排", "columns": "横排分栏", "vertical": "竖排", "blank": "空白"}


class Glyph(NamedTuple):
    """One character as it was read: where it stands, how sure the reading is, and other readings, best first."""

    box: Box
    confidence: float = 1.0
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one printed line or column that is one thing throughout: text, a note's half-column, a heading.

    Stretches of the same printed line have the same `column`. A double-line note is two stretches of role `note`,
    the right half first, between the stretches of text before and after it.
    """

    text: str
    """Diplomatic, without indentation; empty for what could not be read."""
    box: Box
    role: Role = "text"
    column: int = 0
    """Number of the printed line or column on the page, from 0, in reading order."""
    indent: int = 0
    """Full-width cells it is set in."""
    confidence: float = 1.0
    glyphs: tuple[Glyph, ...] = ()
    """One for each character of `text`, or none where the source knows only lines."""
    paragraph: bool = False
    """A paragraph certainly begins here (its source says so)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself outside its text; empty where it says nothing."""

    label: str = ""
    """The number a reader cites: `12`, `卷三 4a`."""
    title: str = ""
    juan: str = ""
    leaf: str = ""
    head: str = ""
    """Running head."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One page's text, in reading order, as an engine or a person reads it.

    `turned`: degrees the picture was turned clockwise to be upright (0, 90, 180, 270); `skew`: degrees its lines were
    off after that. `part` tells which part of the source picture the page is: None for the whole of it, else a box in
    the pixels of the upright source picture (a page of a double spread).
    """

    width: int
    height: int
    lines: tuple[Line, ...] = ()
    layout: Layout = "horizontal"
    facts: Facts = Facts()
    turned: int = 0
    skew: float = 0.0
    part: Box | None = None
    engine: str = ""
    """Who read it, with version: `rapidocr 3.10.0`, `tesseract 5.3.0`, `text-layer`, `alto`, or a person's login."""

    @property
    def text(self) -> str:
        """The page's text for the eye: a printed line a line, notes as `(right/left)`, what is no text left out.

        The cells of a table's row stand U+3000 apart.
        """
        printed: dict[int, list[Line]] = {}
        for line in self.lines:
            if line.role in READ:
                printed.setdefault(line.column, []).append(line)
        return "\n".join("".join(_stretches(lines)) for lines in printed.values())

    @property
    def confidence(self) -> float:
        """Mean confidence of the characters that are text; 1 for a page without any."""
        read = [line for line in self.lines if line.role in READ and line.text]
        total = sum(len(line.text) for line in read)
        return sum(line.confidence * len(line.text) for line in read) / total if total else 1.0


def _stretches(lines: list[Line]) -> list[str]:
    told: list[str] = []
    halves: list[str] = []
    cells = [line.text for line in lines if line.role == "table"]
    if len(cells) == len(lines):
        return ["\u3000".join(cells)]
    for line in lines:
        if line.role == "note":
            halves.append(line.text)
            continue
        if halves:
            told.append(f"({'/'.join(halves)})")
            halves = []
        told.append(line.text)
    return [*told, f"({'/'.join(halves)})"] if halves else told


State = Literal["empty", "unread", "problem", "proofread", "validated"]


class StateLook(NamedTuple):
    """A state's Chinese name, its number and colour in Wikisource's ProofreadPage."""

    label: str
    number: int
    colour: str


STATES: dict[State, StateLook] = {
    "empty": StateLook("无文字", 0, "#dddddd"),
    "unread": StateLook("未校对", 1, "#ffa0a0"),
    "problem": StateLook("有疑难", 2, "#b0b0ff"),
    "proofread": StateLook("已校对", 3, "#ffe867"),
    "validated": StateLook("已核对", 4, "#90ff90"),
}
"""How far a page has come; who validates is never who proofread."""
