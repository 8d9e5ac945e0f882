"""What every reader yields: one stream of pages, parts, lines and blocks, whatever the file was.

Readers of typeset sources whose only structure is the printed line (mandoku, plain text, PDF) yield `Line`;
readers of sources that know their paragraphs (TEI, DOCX, EPUB, Markdown) yield `Heading` and `Block`. Segmentation
turns both into sections and passages. These are named tuples, not dataclasses, because a gazetteer has a hundred
thousand lines and a named tuple is made three times faster.

Offsets count Unicode characters of the text they stand beside; ranges are 0-based and half-open.
"""

from __future__ import annotations

from typing import NamedTuple

from archive.intake import Draft, Page, Range, SectionDraft, Span

__all__ = [
    "Blank",
    "Block",
    "Draft",
    "Event",
    "Heading",
    "Line",
    "Page",
    "Part",
    "Place",
    "Range",
    "SectionDraft",
    "Segmented",
    "Span",
    "Warn",
]


Place = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the page's width and height."""


class Part(NamedTuple):
    """A new top-level part begins (a juan, a file). `title` may be empty; `juan` as the source names it."""

    title: str
    juan: str = ""


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
        place: where on the page it stands, if the source tells.
    """

    text: str
    indent: int = 0
    cells: int = 0
    notes: tuple[Range, ...] = ()
    spans: tuple[Span, ...] = ()
    open_note: bool = False
    hard: bool = False
    place: Place | None = None


class Blank(NamedTuple):
    """An empty printed line, or a paragraph end the source marks by other means."""


class Heading(NamedTuple):
    """A heading the source itself marks as one. `level` counts from 1, the highest; `place` as in `Line`."""

    text: str
    level: int
    notes: tuple[Range, ...] = ()
    spans: tuple[Span, ...] = ()
    place: Place | None = None


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


class Segmented(NamedTuple):
    """What segmentation makes of one file's stream, in reading order."""

    pages: tuple[Page, ...]
    items: tuple[SectionDraft | Draft, ...]
    warnings: tuple[Warn, ...] = ()
