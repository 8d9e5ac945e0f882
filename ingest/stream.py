"""What every reader yields: one stream of pages, parts, lines and blocks, whatever the file was.

Readers of typeset sources whose only structure is the printed line (mandoku, plain text, PDF) yield `Line`;
readers of sources that know their paragraphs (TEI, DOCX, EPUB, Markdown) yield `Heading` and `Block`. Segmentation
turns both into sections and passages. These are named tuples, not dataclasses, because a gazetteer has a hundred
thousand lines and a named tuple is made three times faster.

Offsets count Unicode characters of the text they stand beside; ranges are 0-based and half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Range = tuple[int, int]


class Span(NamedTuple):
    """A fact about a range of text; kinds as in `archive.model.Mark`, and the point kinds `page` and `line`.

    A `page` span carries the new page's `Page` under `value["page"]`; a `line` span marks where a printed line begins.
    """

    kind: str
    start: int
    end: int
    value: Mapping[str, Any] = {}


class Part(NamedTuple):
    """A new top-level part begins (a juan, a file). `title` may be empty; `juan` as the source names it."""

    title: str
    juan: str = ""


class Page(NamedTuple):
    """A new page begins.

    `label` is what a reader cites (`001-1a`, `12`), `juan` and `leaf` its parts where the source gives them
    (`001`, `1a`), `original` the page mark exactly as the source has it, `image` the bytes of a picture of the page
    and `media_type` their type.
    """

    label: str
    juan: str = ""
    leaf: str = ""
    original: str = ""
    image: bytes = b""
    media_type: str = ""


class Line(NamedTuple):
    """One printed line or column, its layout taken off the text and told beside it.

    Args:
        text: diplomatic text without line-initial indentation, note parentheses or line-end marks.
        indent: how many full-width cells it is set in.
        cells: how many full-width cells text and notes take (a double-line note takes half its length).
        notes: ranges of `text` that are interlinear notes.
        spans: gaiji, supplied text and the like.
        open_note: the last note goes on in the next line.
        hard: the line end is meant (verse, an address): it is kept as a line break in the text.
    """

    text: str
    indent: int = 0
    cells: int = 0
    notes: tuple[Range, ...] = ()
    spans: tuple[Span, ...] = ()
    open_note: bool = False
    hard: bool = False


class Blank(NamedTuple):
    """An empty printed line, or a paragraph end the source marks by other means."""


class Heading(NamedTuple):
    """A heading the source itself marks as one. `level` counts from 1, the highest."""

    text: str
    level: int
    notes: tuple[Range, ...] = ()
    spans: tuple[Span, ...] = ()


class Block(NamedTuple):
    """A whole passage the source delimits. `kind` as in `archive.model.PassageKind`; verse lines are split by LF."""

    text: str
    kind: str = "paragraph"
    notes: tuple[Range, ...] = ()
    spans: tuple[Span, ...] = ()


class Warn(NamedTuple):
    """Something the user should know: shown in the report, never part of the text."""

    message: str
    where: str = ""


Event = Part | Page | Line | Blank | Heading | Block | Warn


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


class Segmented(NamedTuple):
    """What segmentation makes of one file's stream, in reading order."""

    pages: tuple[Page, ...]
    items: tuple[SectionDraft | Draft, ...]
    warnings: tuple[Warn, ...] = ()
