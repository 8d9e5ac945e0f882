"""The words of the house as plain frozen data (DESIGN §2).

Offsets everywhere count Unicode characters (code points) of a passage's stored text and ranges are 0-based
and half-open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Right = Literal["public", "snippet", "staff"]
RIGHTS: tuple[Right, ...] = ("public", "snippet", "staff")
LAYERS = ("text", "punctuation", "notes", "scans")

# What a passage is. `heading` opens a section, `title` is a line of the title page or running title kept as text.
PassageKind = Literal[
    "heading", "title", "byline", "paragraph", "entry", "verse", "saying", "list", "table", "footnote"
]


class Rights(NamedTuple):
    """Who may see each layer of an edition.

    `public`: everyone; `snippet`: findable, shown only as KWIC; `staff`: never leaves the house.
    """

    text: Right = "public"
    punctuation: Right = "public"
    notes: Right = "public"
    scans: Right = "public"


PUBLIC = Rights()
"""Everything is for everyone, as most editions are."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact about a character range of a passage (an empty range is a point).

    Kinds: `gaiji` (value: id, ids, normalised), `supplied`, `app` (value: lem, rdgs), `gap` (value: reason,
    extent), `headword`, `footnote` (value: ref — the passage that holds it, or text), `source` (a saying's source).
    """

    kind: str
    start: int
    end: int
    value: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """An abstract text: 讀通鑑論."""

    id: str
    title: str
    author: str = ""
    dynasty: str = ""
    category: str = ""
    """四部 or subject class: 經部, 史部, 期刊, 红色文献 …"""
    collection: str = ""
    period: str = ""
    genre: str = ""
    year_from: int | None = None
    year_to: int | None = None
    language: str = "zh"
    subjects: tuple[str, ...] = ()
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a work with its own pages, wording and rights."""

    id: int
    urn: str
    work_id: str
    label: str
    statement: str = ""
    """Edition statement as found on the book (刻本, 抄本, 點校本 …)."""
    series: str = ""
    script: str = ""
    """`Hant` or `Hans`, empty if unknown."""
    vertical: bool = False
    rights: Rights = PUBLIC
    citation: Mapping[str, Any] = field(default_factory=dict)
    """CSL fields: type, publisher, publisher-place, issued, editor, container-title, volume, ISBN, URL …"""
    status: str = "complete"
    """`complete` or `waiting-ocr`."""
    characters: int = 0
    """Chinese characters of the stored text, notes included."""
    passages: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A node of an edition's tree. `path` is unique in the edition (`1.2`); the root's children have one number."""

    id: int
    edition_id: int
    path: str
    parent: str
    ordinal: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """One physical page or leaf side, in reading order (`ordinal`, from 0)."""

    id: int
    edition_id: int
    ordinal: int
    label: str
    juan: str = ""
    leaf: str = ""
    image: str = ""
    """SHA-256 of the page image among the originals, empty if there is none."""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest citable block, in one revision."""

    id: int
    edition_id: int
    section: str
    """Path of the section that holds it."""
    ref: str
    """Its citation within the edition: section path and number, `1.3`; a section's heading is number 0."""
    ordinal: int
    kind: str
    text: str
    notes: tuple[tuple[int, int], ...] = ()
    """Ranges that are interlinear notes (夹注), in order, disjoint."""
    marks: tuple[Mark, ...] = ()
    lines: tuple[int, ...] = ()
    """Offsets at which a printed line begins (0 left out)."""
    pages: tuple[tuple[int, str], ...] = ()
    """(offset, page label): pages that hold the passage; the first has offset 0 unless the source has no pages."""
    revision: int = 1

    def page_at(self, offset: int) -> str:
        """Label of the page that holds the character at `offset`; empty if the edition has no pages."""
        index = bisect_right(self.pages, offset, key=lambda anchor: anchor[0]) - 1
        return self.pages[index][1] if index >= 0 else ""

    def in_note(self, offset: int) -> bool:
        """Whether the character at `offset` belongs to an interlinear note."""
        index = bisect_right(self.notes, offset, key=lambda note: note[0]) - 1
        return index >= 0 and offset < self.notes[index][1]


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a passage's text: who, when, why, from what."""

    number: int
    text: str
    notes: tuple[tuple[int, int], ...]
    at: str
    who: str
    why: str
    source: str
