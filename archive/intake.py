"""What the archive accepts: an edition's pages, sections and passages before they have a place in the store.

Named tuples, not dataclasses, because a gazetteer has tens of thousands of passages and a named tuple is made three
times faster. Offsets count Unicode characters; ranges are 0-based and half-open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any, NamedTuple

Range = tuple[int, int]

# CJK ideographs of every block up to Unicode 16, the ideographic zero, and the compatibility ideographs.
HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_OTHER = re.compile(f"[^{HAN}]")


def count_han(text: str) -> int:
    """How many Chinese characters `text` has (punctuation, digits, Latin letters and the geta mark 〓 left out)."""
    return len(text) - len(_OTHER.findall(text))


class Span(NamedTuple):
    """A fact about a range of text; kinds as in `archive.model.Mark`, and the point kinds `page` and `line`.

    A `page` span carries the new page's `Page` under `value["page"]`; a `line` span marks where a printed line begins.
    """

    kind: str
    start: int
    end: int
    value: Mapping[str, Any] = {}


class Page(NamedTuple):
    """A new page begins.

    `label` is what a reader cites (`001-1a`, `12`), `juan` and `leaf` its parts where the source gives them
    (`001`, `1a`), `original` the page mark exactly as the source has it, `image` the bytes of a picture of the page
    and `media_type` their type; `picture` instead of them the SHA-256 of one that is among the originals.
    """

    label: str
    juan: str = ""
    leaf: str = ""
    original: str = ""
    image: bytes = b""
    media_type: str = ""
    picture: str = ""


class Draft(NamedTuple):
    """A passage before it has a place in the archive.

    `notes`, `marks`, `lines` (offsets at which printed lines begin, 0 left out) and `pages` (offset, index of the page
    in the edition; the page in force at its start comes first with offset 0) as in `archive.model.Passage`.
    """

    kind: str
    text: str
    notes: tuple[Range, ...] = ()
    marks: tuple[Span, ...] = ()
    lines: tuple[int, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()


class SectionDraft(NamedTuple):
    """A section opens at `level` (1 is the highest) and closes every open section of the same or a lower rank.

    The heading's own text is the `heading` draft that follows; `title` is that text made fit for a table of contents.
    """

    level: int
    title: str


class PackedPassage(NamedTuple):
    """A draft in the store's column types, packed where it was made so that a worker process does that work.

    `notes`, `marks`, `lines`, `pages` are compact JSON, empty where there is nothing; page indexes count from the
    beginning of the file the passage came from.
    """

    kind: str
    text: str
    notes: str
    marks: str
    lines: str
    pages: tuple[tuple[int, int], ...]
    characters: int


def pack(draft: Draft) -> PackedPassage:
    """Bring a draft into the store's column types."""
    kind, text, notes, marks, lines, pages = draft
    return PackedPassage(
        kind,
        text,
        _ranges(notes) if notes else "",
        dumps(marks, ensure_ascii=False, separators=(",", ":")) if marks else "",
        f"[{','.join(map(str, lines))}]" if lines else "",
        pages,
        count_han(text),
    )


def _ranges(ranges: Iterable[Range]) -> str:
    return f"[{','.join([f'[{start},{end}]' for start, end in ranges])}]"


class FileContent(NamedTuple):
    """What one source file gives an edition: its pages and, in reading order, its sections and passages."""

    pages: tuple[Page, ...]
    items: tuple[SectionDraft | PackedPassage, ...]


class SourceFile(NamedTuple):
    """A source file among the originals. `role` is `source` or `metadata`."""

    name: str
    sha256: str
    bytes: int
    media_type: str
    role: str = "source"


class Run(NamedTuple):
    """Provenance of what is written in one go: who, why, from what, by which engine in which version and settings."""

    who: str
    why: str
    source: str
    engine: str
    version: str
    settings: Mapping[str, Any] = {}
