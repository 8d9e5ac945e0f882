"""The stream of a reader to sections and passages.

All drafts in order are the whole text of the source in order: nothing is lost, doubled or moved. Headings, title lines
and bylines are drafts of their own kinds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from archive.errors import UsageError
from ingest import blocks, headings, headwords, sayings, structure, tables, titles, verse
from ingest.blocks import Piece
from ingest.outline import Outline
from ingest.setting import Setting, plain, survey
from ingest.stream import (
    Blank,
    Block,
    Draft,
    Event,
    Heading,
    Line,
    Page,
    Part,
    Range,
    SectionDraft,
    Segmented,
    Span,
    Warn,
)

STYLES = ("auto", "yulu", "verse", "prose")
BODY = "正文"
"""Title of the section for text that stands before any heading."""

_LONGEST_LIST = 40  # lines
_SMALL = 20  # lines; a shorter part is measured with the rest of the file


class _Whole(NamedTuple):
    """A heading or passage the source delimits, and the number of the page it begins on."""

    event: Heading | Block
    page: int


class _Stretch(NamedTuple):
    """Lines that no other event interrupts but pages; `pages` has the number of the page each row begins on.

    `feet`: footnotes under these lines, each with the number of rows above it; a paragraph may run on over them.
    """

    rows: list[Line | None]
    pages: list[int]
    feet: list[tuple[int, _Whole]]


class _Section(NamedTuple):
    """A part and what it holds, in order."""

    part: Part | None
    contents: list[_Stretch | _Whole]


def segment(events: Iterable[Event], *, style: str = "auto") -> Segmented:
    """Cut one file's stream into sections and passages.

    Args:
        events: what the reader yields.
        style: `yulu` for books of sayings, `verse` where every line end is meant, `prose` to look for neither,
            `auto` to find out.

    Raises:
        UsageError: there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"没有“{style}”这种分段方式。", remedy=f"可用：{'、'.join(STYLES)}。")
    return _Segmenter(style).run(events)


class _Segmenter:
    def __init__(self, style: str) -> None:
        self._style = style
        self._pages: list[Page] = []
        self._items: list[SectionDraft | Draft] = []
        self._warnings: list[Warn] = []
        self._opened = False
        self._set_in: set[int] = set()

    def run(self, events: Iterable[Event]) -> Segmented:
        sections = self._collect(events)
        whole = survey(_rows(sections))
        filled = [section for section in sections if section.contents]
        for section in filled:
            self._section(section, whole, alone=len(filled) == 1)
        items = self._items
        if self._style in ("auto", "yulu"):
            items = sayings.apply(items, forced=self._style == "yulu")
        return Segmented(tuple(self._pages), tuple(items), tuple(self._warnings))

    def _collect(self, events: Iterable[Event]) -> list[_Section]:
        sections = [_Section(None, [])]
        stretch: _Stretch | None = None
        pages = self._pages
        verse = self._style == "verse"
        for event in events:
            if isinstance(event, (Line, Blank)):  # a tuple: a union would be made anew for every line
                if stretch is None:
                    if isinstance(event, Blank):
                        continue
                    stretch = _Stretch([], [], [])
                    sections[-1].contents.append(stretch)
                stretch.pages.append(len(pages) - 1)
                if isinstance(event, Blank):
                    stretch.rows.append(None)
                else:
                    stretch.rows.append(self._line(event) if event.spans or verse else event)
            elif isinstance(event, Page):
                pages.append(event)
            elif isinstance(event, Warn):
                self._warnings.append(event)
            elif stretch is not None and isinstance(event, Block) and event.kind == "footnote":
                whole = event._replace(spans=self._numbered(event.spans))
                stretch.feet.append((len(stretch.rows), _Whole(whole, len(pages) - 1)))
            else:
                stretch = None
                if isinstance(event, Part):
                    sections.append(_Section(event, []))
                else:
                    page = len(pages) - 1
                    sections[-1].contents.append(_Whole(event._replace(spans=self._numbered(event.spans)), page))
        return sections

    def _line(self, line: Line) -> Line:
        return line._replace(spans=self._numbered(line.spans), hard=line.hard or self._style == "verse")

    def _numbered(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """The spans, with a page's number in place of the page."""
        if not any(span.kind == "page" for span in spans):
            return spans
        numbered = []
        for span in spans:
            if span.kind == "page":
                self._pages.append(span.value["page"])
                span = span._replace(value={"page": len(self._pages) - 1})
            numbered.append(span)
        return tuple(numbered)

    def _section(self, section: _Section, whole: Setting, *, alone: bool) -> None:
        rows = _rows([section])
        setting = whole if alone or len(rows) < _SMALL else survey(rows, whole.width)
        title = section.part.title if section.part else ""
        self._opened = False
        first = len(self._items)
        outline: Outline | None = None
        for content in section.contents:
            if isinstance(content, _Whole):
                outline = outline or self._open(section, title)
                self._whole(content, 1 if section.part and title else 0)
                continue
            tables.keep_rows(content.rows)
            pieces = structure.classify(content.rows, blocks.cut(content.rows, setting), setting, title)
            if outline is None:
                title = title or _own_title(content.rows, pieces)
                outline = self._open(section, title)
            self._pieces(content, pieces, outline, title, setting.edge)
        if self._style == "auto":
            prose = {at - first for at in self._set_in if at >= first}
            self._items[first:] = verse.apply(self._items[first:], prose)

    def _open(self, section: _Section, title: str) -> Outline:
        """Open the section of a part that has a title, if only in its first line."""
        if section.part is None or not title:
            return Outline()
        self._items.append(SectionDraft(1, title))
        self._opened = True
        return Outline(1)

    def _whole(self, whole: _Whole, depth: int) -> None:
        event = whole.event
        if isinstance(event, Heading):
            self._items.append(
                SectionDraft(
                    depth + event.level,
                    titles.contents_title(headings.main_text(event.text, event.notes) or event.text),
                )
            )
            self._opened = True
        self._shelter("")
        kind = "heading" if isinstance(event, Heading) else event.kind
        pages = [(0, whole.page)] if whole.page >= 0 else []
        pages += [(span.start, span.value["page"]) for span in event.spans if span.kind == "page"]
        lines = tuple(span.start for span in event.spans if span.kind == "line" and span.start)
        marks = tuple(span for span in event.spans if span.kind not in ("page", "line"))
        self._items.append(Draft(kind, event.text, event.notes, marks, lines, _last_at_each(pages)))

    def _shelter(self, title: str) -> None:
        """Text never stands outside a section."""
        if not self._opened:
            self._items.append(SectionDraft(1, title or BODY))
            self._opened = True

    def _pieces(self, stretch: _Stretch, pieces: list[Piece], outline: Outline, title: str, edge: int) -> None:
        in_place = False
        feet = deque(stretch.feet)
        for piece, after in zip_longest(pieces, pieces[1:]):
            kind = piece.kind
            if piece.found is not None:
                level = outline.enter(piece.found, piece.indent, after.found if after else None)
                self._items.append(SectionDraft(level, piece.found.title))
                self._opened = True
                in_place = piece.found.family == "place"
            else:
                outline.content()
                self._shelter(title)
                if in_place and kind == "paragraph":
                    kind = "entry"
                if piece.indent > edge:
                    self._set_in.add(len(self._items))
            for start, stop in _leaves(stretch, piece):
                self._items.append(_draft(stretch, kind, start, stop))
            while feet and (feet[0][0] <= piece.stop or after is None):
                self._whole(feet.popleft()[1], 0)


def _rows(sections: Iterable[_Section]) -> list[Line | None]:
    return [
        row
        for section in sections
        for content in section.contents
        if isinstance(content, _Stretch)
        for row in content.rows
    ]


def _leaves(stretch: _Stretch, piece: Piece) -> list[Range]:
    """The rows of a passage; a long list of names is cut where a page begins and the name before it is complete."""
    if piece.kind != "list" or piece.stop - piece.start <= _LONGEST_LIST:
        return [(piece.start, piece.stop)]
    cuts = [piece.start]
    for at in range(piece.start + 1, piece.stop):
        before = stretch.rows[at - 1]
        if stretch.pages[at] > stretch.pages[at - 1] and before is not None and not before.open_note and before.notes:
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], piece.stop], strict=True))


def _own_title(rows: list[Line | None], pieces: list[Piece]) -> str:
    """The title a part without one gives itself in its first lines."""
    for piece in pieces:
        row = rows[piece.start]
        if piece.kind != "title" or row is None:
            break
        if not headings.is_series(row.text):
            return titles.contents_title(plain(row))
    return ""


def _draft(stretch: _Stretch, kind: str, start: int, stop: int) -> Draft:
    """Rows `start` to `stop` as one passage; a note open at a line's end goes on in the next as one note."""
    texts: list[str] = []
    lines: list[int] = []
    notes: list[Range] = []
    marks: list[Span] = []
    pages: list[tuple[int, int]] = []
    at = 0
    page = -1
    open_note = hard = False
    rows, row_pages = stretch.rows, stretch.pages
    for index in range(start, stop):
        row = rows[index]
        if row is None:
            continue
        text, _, _, row_notes, spans, row_open, row_hard, _ = row
        if texts:
            if hard:
                texts.append("\n")
                at += 1
            lines.append(at)
        elif kind == "entry" and (length := headwords.headword(row)):
            marks.append(Span("headword", 0, length))
        if row_pages[index] > page:
            page = row_pages[index]
            pages.append((at, page))
        if row_notes:
            placed = [(at + first, at + last) for first, last in row_notes]
            if open_note and row_notes[0][0] == 0 and notes:
                placed[0] = (notes.pop()[0], placed[0][1])
            notes += placed
        for span in spans:
            if span.kind == "page":
                page = span.value["page"]
                pages.append((at + span.start, page))
            else:
                marks.append(span._replace(start=at + span.start, end=at + span.end))
        texts.append(text)
        at += len(text)
        open_note, hard = row_open, row_hard
    return Draft(kind, "".join(texts), tuple(notes), tuple(marks), tuple(lines), _last_at_each(pages))


def _last_at_each(pages: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Page anchors; of pages that begin at the same place the last is the one in force."""
    return tuple(pages) if len(pages) < 2 else tuple(dict(pages).items())
