"""From transcripts to the edition: the words of pages as the stream every reader yields, and the edition set from them.

The road of a proofread page: *transcripts → stream → segmentation → packing → store*. What did not change keeps its
numbers; what did becomes a revision.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from archive.intake import FileContent, Run, SectionDraft, pack
from archive.jobs import TEXT_LAYER
from archive.library import Library
from archive.transcription import store
from archive.transcription.model import READ, Box, Facts, Layout, Line, Role, Transcript
from archive.transcription.store import Kept, Summary
from archive.writer import Stored, store_edition, writing
from ingest import headings, stream
from ingest.readers.plaintext import cells
from ingest.segmentation import segment
from ingest.stream import Blank, Block, Event, Heading, Page, Range

VERSION = "1"

_PARTS = 10_000
_NOWHERE: Box = (0, 0, 0, 0)
_FOOTNOTE = re.compile(
    r"[①-⑳㉑-㉟\u2460-\u24ff❶-❿*＊※†]|[\[〔［【(（]?\d{1,3}[\]〕］】)）.．、 ]|注?[一二三四五六七八九十]{1,3}、"
)
"""What a footnote begins with."""
_SAME_SIZE = 1.15
_LEVELS = 6
_FREE = headings.RANKS["free"]


class _Row(NamedTuple):
    """A printed line or column: its stretches in reading order, and what it is as a whole."""

    role: Role
    stretches: tuple[Line, ...]

    @property
    def size(self) -> float:
        """Size of its type in pixels; 0 where its source tells no boxes."""
        return median(min(box[2] - box[0], box[3] - box[1]) for box in (one.box for one in self.stretches))

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(one.text for one in self.stretches)


# Transcripts to the stream.


def events(pages: Iterable[tuple[Page, Transcript | None]]) -> Iterator[Event]:
    """The stream of an edition's pages in order; a page without transcript has nothing but itself."""
    book = [(page, _rows(transcript) if transcript else []) for page, transcript in pages]
    levels = _levels(row for _, rows in book for row in rows if row.role == "heading")
    flowing = [row for _, rows in book for row in rows if row.role in ("text", "note")]
    opens = {id(row) for row, below in pairwise(flowing) if _runs_on(row, below)}
    for page, rows in book:
        yield page
        at = 0
        while at < len(rows):
            row = rows[at]
            end = at + 1
            while end < len(rows) and _belongs(rows[at:end], rows[end]):
                end += 1
            if row.role == "heading":
                yield _heading(rows[at:end], levels[id(row)])
            elif row.role == "footnote":
                yield _block(rows[at:end])
            elif row.role == "table":
                yield Block("\n".join("\t".join(one.text for one in part.stretches) for part in rows[at:end]), "table")
            else:
                if row.stretches[0].paragraph:
                    yield Blank()
                yield _line(row, open_note=id(row) in opens)
            at = end


def _rows(transcript: Transcript) -> list[_Row]:
    printed: dict[int, list[Line]] = {}
    for line in transcript.lines:
        if line.role in READ and line.text.strip():
            printed.setdefault(line.column, []).append(line)
    return [_Row(_role(lines), tuple(lines)) for lines in printed.values()]


def _role(lines: Sequence[Line]) -> Role:
    """What a printed line is as a whole: anything but a note tells."""
    return next((line.role for line in lines if line.role not in ("text", "note")), "text")


def _belongs(before: Sequence[_Row], row: _Row) -> bool:
    """Whether a line goes on with the heading, footnote or table of the lines before it."""
    first = before[0]
    if row.role != first.role or row.stretches[0].paragraph:
        return False
    if row.role == "table":
        return True
    if row.role == "footnote":
        return not _FOOTNOTE.match(row.text)
    if row.role != "heading":
        return False
    same = not first.size or not row.size or 1 / _SAME_SIZE < row.size / first.size < _SAME_SIZE
    return same and headings.recognise(row.text) is None and headings.recognise(first.text) is None


def _runs_on(row: _Row, below: _Row) -> bool:
    """Whether a note goes on over the end of a column: the column ends in one, and the next begins with one."""
    return row.stretches[-1].role == "note" == below.stretches[0].role and not below.stretches[0].paragraph


def _line(row: _Row, *, open_note: bool) -> stream.Line:
    text, notes, wide = _told(row)
    return stream.Line(text, row.stretches[0].indent, wide, notes, open_note=open_note)


def _told(row: _Row) -> tuple[str, tuple[Range, ...], int]:
    """A printed line's text, the ranges of its notes, the cells it takes: half of a note stands beside the other."""
    text = ""
    notes: list[Range] = []
    wide = 0
    halves: list[int] = []
    for line in row.stretches:
        if line.role == "note":
            start = notes.pop()[0] if halves else len(text)
            notes.append((start, len(text) + len(line.text)))
            halves.append(cells(line.text))
        else:
            wide += _beside(halves) + cells(line.text)
            halves = []
        text += line.text
    return text, tuple(notes), wide + _beside(halves)


def _beside(halves: Sequence[int]) -> int:
    return sum(max(halves[at : at + 2]) for at in range(0, len(halves), 2))


def _heading(rows: Sequence[_Row], level: int) -> Heading:
    text, notes = "", []
    for row in rows:
        words, ranges, _ = _told(row)
        text += "\u3000" if text else ""
        notes += [(len(text) + start, len(text) + end) for start, end in ranges]
        text += words
    return Heading(text.strip(), level, tuple(notes))


def _block(rows: Sequence[_Row]) -> Block:
    """A footnote, its printed lines told."""
    text, spans = "", []
    for row in rows:
        if text:
            spans.append(stream.Span("line", len(text), len(text)))
        text += row.text
    return Block(text, "footnote", spans=tuple(spans))


def _levels(rows: Iterable[_Row]) -> Mapping[int, int]:
    """The level of each heading of the book, by `id`: by its words, 卷 over 章 over 一、, the others by their size."""
    ranks: dict[int, tuple[int, int]] = {}
    step, last = 0, 0.0
    for row in sorted(rows, key=lambda row: -row.size):
        found = headings.recognise(row.text)
        if found:
            ranks[id(row)] = found.rank, 0
            continue
        step += row.size * _SAME_SIZE < last
        last = row.size
        ranks[id(row)] = _FREE, step
    order = sorted(set(ranks.values()))
    return {name: min(order.index(rank) + 1, _LEVELS) for name, rank in ranks.items()}


# Reading events back into transcripts: pages whose words came with their file.


def text_layer(events_: Iterable[Event], *, pictured: bool) -> tuple[Transcript | None, ...]:
    """A transcript for each page of a stream, None for those to be read; boxes in parts of the page, `_PARTS` a side.

    Args:
        events_: the stream.
        pictured: every page is a picture, so that one of which there is none could not be opened; else it is blank.
    """
    found: list[tuple[Page, list[Line]]] = []
    paragraph = False
    for event in events_:
        if isinstance(event, Page):
            found.append((event, []))
        elif isinstance(event, Blank):
            paragraph = True
        elif isinstance(event, (stream.Line, Heading, Block)) and found:
            lines = found[-1][1]
            lines += _lines(event, lines[-1].column + 1 if lines else 0, paragraph=paragraph)
            paragraph = False
    return tuple(None if (page.image or pictured) and not lines else _came(page, lines) for page, lines in found)


def _came(page: Page, lines: list[Line]) -> Transcript:
    facts = Facts(page.label, juan=page.juan, leaf=page.leaf)
    placed = [line.box for line in lines if line.box != _NOWHERE]
    tall = sum(1 if box[3] - box[1] > box[2] - box[0] else -1 for box in placed) > 0
    layout: Layout = "vertical" if tall else "horizontal" if lines else "blank"
    side = _PARTS if placed else 0
    return Transcript(side, side, tuple(lines), layout, facts, engine=TEXT_LAYER)


def _lines(event: stream.Line | Heading | Block, column: int, *, paragraph: bool) -> Iterator[Line]:
    if isinstance(event, Block):
        role: Role = "footnote" if event.kind == "footnote" else "table" if event.kind == "table" else "text"
        for at, text in enumerate(event.text.split("\n")):
            yield Line(text, _NOWHERE, role, column + at, paragraph=not at)
        return
    if isinstance(event, Heading):
        yield Line(event.text, _boxed(event), "heading", column)
        return
    at = 0
    for start, end in (*event.notes, (len(event.text), len(event.text))):
        for piece, role in ((event.text[at:start], "text"), (event.text[start:end], "note")):
            if piece:
                yield Line(piece, _boxed(event), role, column, event.indent, paragraph=paragraph and not at)
        at = end


def _boxed(event: stream.Line | Heading) -> Box:
    if event.place is None:
        return _NOWHERE
    left, top, right, bottom = (round(_PARTS * min(max(side, 0.0), 1.0)) for side in event.place)
    return left, top, right, bottom


# Setting the edition.


def content(library: Library, edition_id: int, style: str = "auto") -> FileContent:
    """What the transcripts of an edition give it: its pages with their pictures, its sections and passages."""
    return _content(library, edition_id, store.transcripts(library, edition_id, glyphs=False), style)


def _content(library: Library, edition_id: int, kept: Iterable[Kept], style: str) -> FileContent:
    read = {(one.sheet, one.side): one for one in kept}
    pages = [_page(one, read.get((one.sheet, one.side))) for one in store.pages(library, edition_id)]
    segmented = segment(events(pages), style=style)
    items = tuple(item if isinstance(item, SectionDraft) else pack(item) for item in segmented.items)
    return FileContent(segmented.pages, items)


def set_edition(
    library: Library, edition_id: int, *, who: str, why: str = "识别与校对", before: int | None = None
) -> Stored | None:
    """Make an edition's passages anew from its transcripts; None if it has none or was withdrawn.

    Args:
        library: the library.
        edition_id: the edition.
        who: who answers for it, in the revision record.
        why: for what, there.
        before: leave out the text from this sheet on; None to take all there is.

    Raises:
        Busy, WenkuError: it could not be written; the edition is as it was.
    """
    with writing(library):
        row = library.db.execute("SELECT urn, fingerprint, withdrawn_at FROM edition WHERE id = ?", [edition_id])
        urn, fingerprint, withdrawn = row.fetchone() or ("", "", "gone")
        if withdrawn or not transcribed(library, edition_id):
            return None
        (edition,) = (one for one in library.editions() if one.id == edition_id)
        style, kept = _style(library, edition_id), store.transcripts(library, edition_id, glyphs=False)
        if before is not None:
            kept = [one for one in kept if one.sheet < before]
        return store_edition(
            library,
            library.work(edition.work_id),
            replace(edition, status=status(library, edition_id), vertical=edition.vertical or _is_vertical(kept)),
            [_content(library, edition_id, kept, style)],
            fingerprint=fingerprint,
            originals=(),
            run=Run(who, why, urn, "wenku", VERSION, {"style": style}),
        )


def transcribed(library: Library, edition_id: int) -> bool:
    """Whether the edition's text is to be taken from transcripts: some page was read or worked on here."""
    sql = (
        "SELECT 1 FROM sheet JOIN transcript ON sheet_id = sheet.id JOIN transcript_revision ON transcript_id = "
        "transcript.id JOIN run ON run.id = run_id WHERE edition_id = ? AND sheet.number NOT NULL "
        "AND dropped_at IS NULL AND engine != ? LIMIT 1"
    )
    return library.db.execute(sql, [edition_id, TEXT_LAYER]).fetchone() is not None


def status(library: Library, edition_id: int) -> str:
    """`waiting-ocr` while there are sheets that nobody has read or tried to read, else `complete`."""
    waiting = any(not one.revision and not one.error for one in store.pages(library, edition_id))
    return "waiting-ocr" if waiting else "complete"


def _is_vertical(kept: Sequence[Kept]) -> bool:
    """Whether most pages with text are set in columns."""
    told = [one.transcript.layout for one in kept if one.transcript.lines]
    return 2 * told.count("vertical") > len(told)


def _page(page: Summary, kept: Kept | None) -> tuple[Page, Transcript | None]:
    if kept is None:
        return Page(page.label, picture=page.picture), None
    facts = kept.transcript.facts
    return Page(page.label, facts.juan, facts.leaf, picture=page.picture), kept.transcript


def _style(library: Library, edition_id: int) -> str:
    """How the edition's metadata last said it is to be cut into passages."""
    sql = (
        "SELECT settings FROM run WHERE id IN (SELECT run_id FROM passage WHERE edition_id = :id "
        "UNION SELECT run_id FROM edition_original WHERE edition_id = :id) ORDER BY id DESC"
    )
    for (settings,) in library.db.execute(sql, {"id": edition_id}):
        if style := json.loads(settings).get("style"):
            return str(style)
    return "auto"
