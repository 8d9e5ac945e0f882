"""What the three formats share: blocks of lines, our own facts told beside the standard's, XML read safely.

A file we wrote is read back exactly; of a foreign one roles are known by the names its makers give them, and every line
is a printed line of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import count
from typing import Any, NamedTuple

from lxml import etree

from archive.errors import BadSource
from archive.transcription.model import LAYOUTS, ROLES, Box, Facts, Layout, Line, Role, Transcript
from ingest.readers.xml_guard import refuse_entities

OURS = "hengyang-wenku"
"""Who wrote a file, in the file."""

_FOREIGN: dict[str, Role] = {
    # PAGE XML's types of regions
    "header": "head",
    "footer": "head",
    "page-number": "folio",
    "signature-mark": "mark",
    "footnote-continued": "footnote",
    "endnote": "footnote",
    # SegmOnto, as eScriptorium has it
    "titlepagezone": "heading",
    "headingline": "heading",
    "runningtitlezone": "head",
    "numberingzone": "folio",
    "interlinearline": "note",
    "tablezone": "table",
    "stampzone": "mark",
    "sealzone": "mark",
    "graphiczone": "mark",
    "quiremarkszone": "mark",
    # hOCR's classes
    "ocr_header": "head",
    "ocr_footer": "head",
    "ocr_pageno": "folio",
    "ocr_caption": "text",
    "ocr_title": "heading",
    "ocr_chapter": "heading",
    "ocr_section": "heading",
    "ocr_table": "table",
}
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_REMEDY = "请用原来的软件重新导出。"


FAULTS = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What reading a file raises whose numbers are none, or that lacks what it should have."""


class Block(NamedTuple):
    """Lines that follow each other as one thing; `role` is that of its first, notes counted as text."""

    role: Role
    lines: tuple[tuple[int, Line], ...]
    """With the number each line has on the page."""

    @property
    def box(self) -> Box:
        """The smallest box around its lines."""
        return around(line.box for _, line in self.lines)


def blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Lines in blocks: one ends where another role or a paragraph begins."""
    held: list[tuple[int, Line]] = []
    for number, line in enumerate(lines):
        if held and (_block_role(held[-1][1].role) != _block_role(line.role) or line.paragraph):
            yield Block(_block_role(held[0][1].role), tuple(held))
            held = []
        held.append((number, line))
    if held:
        yield Block(_block_role(held[0][1].role), tuple(held))


def _block_role(role: Role) -> Role:
    return "text" if role == "note" else role


def role_of(*names: str | None) -> Role:
    """The role that the first name known to us stands for; text if none is."""
    for name in names:
        word = (name or "").strip().lower().partition(":")[0]
        if word in ROLES:
            return word
        if word in _FOREIGN:
            return _FOREIGN[word]
    return "text"


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around boxes; (0, 0, 0, 0) around none."""
    found = list(boxes)
    if not found:
        return 0, 0, 0, 0
    left, top, right, bottom = zip(*found, strict=True)
    return min(left), min(top), max(right), max(bottom)


def told(transcript: Transcript) -> str:
    """What the formats have no place for, as JSON."""
    kept = {
        "layout": transcript.layout,
        "facts": {name: value for name, value in asdict(transcript.facts).items() if value},
        "turned": transcript.turned,
        "skew": transcript.skew,
        "part": transcript.part,
        "engine": transcript.engine,
    }
    return clean(json.dumps(kept, ensure_ascii=False))


def transcript(
    size: tuple[int, int], lines: Iterable[Line], ours: str, *, engine: str, layout: Layout | None = None
) -> Transcript:
    """A transcript from what was read: `ours` as `told` gave it, empty for a foreign file, for which the rest counts.

    Raises:
        ValueError: `ours` is not what we write.
    """
    kept = tuple(lines)
    if not ours:
        return Transcript(*size, kept, layout or layout_of(kept), engine=engine)
    facts = json.loads(ours)
    part = facts.get("part")
    if facts.get("layout") not in LAYOUTS or (part is not None and len(part) != 4):
        raise ValueError(ours)
    known = {name: str(value) for name, value in facts.get("facts", {}).items() if name in Facts.__slots__}
    return Transcript(
        *size,
        kept,
        facts["layout"],
        Facts(**known),
        int(facts.get("turned", 0)),
        float(facts.get("skew", 0.0)),
        (int(part[0]), int(part[1]), int(part[2]), int(part[3])) if part else None,
        str(facts.get("engine", "")),
    )


def layout_of(lines: Sequence[Line]) -> Layout:
    """The layout a foreign file does not name: its lines are taller than wide, or wider than tall."""
    if not lines:
        return "blank"
    tall = sum(
        len(line.text) if line.box[3] - line.box[1] > line.box[2] - line.box[0] else -len(line.text) for line in lines
    )
    return "vertical" if tall > 0 else "horizontal"


def joined(words: Iterable[str]) -> str:
    """Words of a foreign file as a line: with spaces only between Latin ones."""
    text = ""
    for word in words:
        gap = text and word and text[-1].isascii() and word[0].isascii() and not (text[-1] + word[0]).isspace()
        text += f" {word}" if gap else word
    return text


def columns(found: Sequence[tuple[int | None, Line]]) -> Iterator[Line]:
    """Lines with the columns their file gives them, or numbered one after another if it does not for some."""
    if all(column is not None for column, _ in found):
        yield from (_in_column(line, column or 0) for column, line in found)
    else:
        yield from (_in_column(line, number) for number, (_, line) in zip(count(), found, strict=False))


def _in_column(line: Line, column: int) -> Line:
    return replace(line, column=column)


def root(space: str, tag: str, /, **attributes: str) -> Any:
    """The root of a file to be written, in a namespace of its own."""
    return etree.Element(f"{{{space}}}{tag}", attributes, {None: space})  # type: ignore[dict-item]


def parsed(data: bytes, where: str) -> Any:
    """The root of an XML file; entities are refused, nothing is fetched.

    Raises:
        BadSource: it is no XML, or declares entities.
    """
    refuse_entities([data], where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise broken(f"XML 写法有错：{error.msg}", where) from None


def broken(what: str, where: str) -> BadSource:
    """What to raise over a file that is not what it says."""
    return BadSource(f"识别结果读不出来（{what}）。", where=where, remedy=_REMEDY)


def clean(text: str) -> str:
    """Text that XML can hold."""
    return _INVALID.sub("\ufffd", text)


def number(value: float) -> str:
    """A number as short as it can be told exactly."""
    return str(int(value)) if value == int(value) else repr(float(value))


def whole(value: str | None) -> int:
    """A coordinate of a foreign file, which may have fractions.

    Raises:
        ValueError: it is no number.
    """
    return round(float(value or 0))


def sure(value: str | None, of: float = 1.0) -> float:
    """A confidence from 0 to 1, told in parts of `of`; 1 if the file does not tell.

    Raises:
        ValueError: it is no number.
    """
    return 1.0 if value in (None, "") else min(max(round(float(value or 0) / of, 9), 0.0), 1.0)
