"""What each block of printed lines is: title, byline, heading, paragraph, entry, list, verse.

The tables of `ingest.headings` know many headings by their words. The others are known by their place: set in deeper
than the text below, short, and unlike their neighbours. Several such lines in a row are a list, not headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest import headings, tables, titles
from ingest.blocks import Block, Piece, row_of, text_of
from ingest.headings import RANKS, Found
from ingest.headwords import apart, has_entries, headword
from ingest.opening import contents, mark_end, opening
from ingest.setting import Rows, Setting, is_signed_title
from ingest.stream import Line

_GAPS = re.compile("\u3000+")
_WIDE = "\u3000" * 3
_LONGEST_HEADING = 3  # lines


def classify(rows: Rows, blocks: Sequence[Block], setting: Setting, part: str) -> list[Piece]:
    """Say what each block is.

    Args:
        rows: the lines of the part.
        blocks: which of them belong together.
        setting: how the part is set.
        part: the part's title, empty if it has none.
    """
    pieces, rest = opening(rows, blocks, setting, part)
    if headings.is_contents(part):
        return pieces + contents(rows, blocks[rest:])
    blocks = apart(rows, blocks, setting)
    reader = _Reader(rows, blocks, setting)
    at = rest
    while at < len(blocks):
        piece, at = reader.read(at, pieces)
        pieces.append(piece)
    mark_end(rows, pieces)
    return pieces


def _note_length(rows: Rows, block: Block) -> int:
    return sum([end - start for row in rows[block.start : block.stop] if row is not None for start, end in row.notes])


class _Reader:
    """Reads the blocks after a part's opening, each in the light of its neighbours."""

    def __init__(self, rows: Rows, blocks: Sequence[Block], setting: Setting) -> None:
        self._rows = rows
        self._blocks = blocks
        self._setting = setting
        self._entries = has_entries(rows, blocks, setting)
        self._gazetteer = self._has_places()

    def read(self, at: int, before: Sequence[Piece]) -> tuple[Piece, int]:
        """The piece that begins with block `at`, and the number of the block after it."""
        block = self._blocks[at]
        row = row_of(self._rows, block)
        last = before[-1] if before else None
        if row.hard:
            return Piece("list" if tables.opens(row) else "verse", block.start, block.stop), at + 1
        lines = block.stop - block.start
        if lines <= _LONGEST_HEADING and (not block.full or block.indent > self._setting.edge or lines == 1):
            text = text_of(self._rows, block)
            if self._gazetteer and self._is_notes(block, text):
                return Piece(self._kind(row, block), block.start, block.stop, block.indent), at + 1
            if block.indent > self._setting.edge and headings.is_office(text):
                return Piece("byline", block.start, block.stop), at + 1
            if found := self._table(text, block, last, at):
                return Piece("heading", block.start, block.stop, block.indent, found), at + 1
            if lines == 1 and is_signed_title(row, self._setting):
                return self._heading(text, block), at + 1
            if lines == 1 and not block.full:
                return self._short(text, block, last, at)
            if self._is_long_heading(text, block, last, at):
                return self._heading(text, block), at + 1
        return Piece(self._kind(row, block), block.start, block.stop, block.indent), at + 1

    def _is_notes(self, block: Block, text: str) -> bool:
        """Whether a gazetteer's few words are only what its notes hang on: 明(嘉靖四十五年割…置), not a heading."""
        found = headings.recognise(text)
        return _note_length(self._rows, block) > 2 * max(4, len(text)) and (found is None or found.family == "dynasty")

    def _heading(self, text: str, block: Block) -> Piece:
        found = Found("plain", RANKS["free"], titles.contents_title(text))
        return Piece("heading", block.start, block.stop, block.indent, found)

    def _table(self, text: str, block: Block, last: Piece | None, at: int) -> Found | None:
        """The heading the tables know, where its place on the page does not speak against it."""
        found = headings.recognise(text)
        filled = block.indent + len(text) >= self._setting.full
        if found is None or (filled and found.family != "unit"):
            return None
        set_in = block.indent > self._setting.edge
        after_heading = last is not None and last.kind in ("heading", "title", "byline")
        apart = set_in or block.spaced or after_heading
        allowed = {
            "sub": set_in or block.spaced,
            "place": block.indent != self._setting.body or (self._gazetteer and text.endswith("府")),
            "genre": apart or block.indent != self._setting.body,
            "treatise": apart,
            "piece": apart,
            "point": not self._goes_on_counting(at, found.rank),
        }
        if found.family == "imperial" and at + 1 < len(self._blocks) and self._blocks[at + 1].indent == block.indent:
            return None  # text that goes on in a column raised out of respect
        return found if found.sure or allowed.get(found.family, self._has_text_below(at)) else None

    def _goes_on_counting(self, at: int, rank: int) -> bool:
        """Whether the line before or after is of the same count: then they are the items of a list."""
        for other in (at - 1, at + 1):
            if 0 <= other < len(self._blocks) and self._blocks[other].stop - self._blocks[other].start == 1:
                found = headings.recognise(text_of(self._rows, self._blocks[other]))
                if found is not None and found.family == "point" and found.rank == rank:
                    return True
        return False

    def _has_text_below(self, at: int) -> bool:
        return at + 1 < len(self._blocks)

    def _short(self, text: str, block: Block, last: Piece | None, at: int) -> tuple[Piece, int]:
        """A single line that does not fill its column and that the tables do not know."""
        setting = self._setting
        if block.indent >= max(6, setting.edge + 4) and headings.is_byline(text):
            return Piece("byline", block.start, block.stop), at + 1
        if self._is_name(block) and (last is None or last.kind != "list"):
            return Piece("byline", block.start, block.stop), at + 1
        if self._lists(text, block, last):
            return self._list(at)
        if len(text) > 1 and not headings.is_remark(text) and not headings.ends_like_prose(text):
            if block.indent > setting.edge and not (self._gazetteer and headings.tells_fact(text)):
                run = self._run(at)
                if run > 1:
                    return self._merged("list", at, run)
                if self._stands_out(at, last):
                    return self._heading(text, block), at + 1
            if self._is_first_heading(text, last, at) or self._is_outside(text, block, last, at):
                return self._heading(text, block), at + 1
        return Piece(self._kind(row_of(self._rows, block), block), block.start, block.stop, block.indent), at + 1

    def _lists(self, text: str, block: Block, last: Piece | None) -> bool:
        """Whether a set-in line is a list: 祝融峯　紫蓋峯　雲宻峯, or goes on with one."""
        if block.indent <= self._setting.edge:
            return False
        parts = _GAPS.split(text)
        if (len(parts) > 2 and max(map(len, parts)) <= 8) or (_WIDE in text and len(parts) > 1):
            return True
        if last is None or last.kind != "list" or last.stop != block.start:
            return False
        return last.indent == block.indent or block.indent > self._setting.edge + 4

    def _list(self, at: int) -> tuple[Piece, int]:
        """The list that begins with block `at`: all short blocks at its indentation."""
        run = 1
        while at + run < len(self._blocks) and self._is_like(at, at + run):
            run += 1
        return self._merged("list", at, run)

    def _is_like(self, one: int, other: int) -> bool:
        a, b = self._blocks[one], self._blocks[other]
        return (
            b.indent == a.indent and not b.full and not b.spaced and headings.recognise(text_of(self._rows, b)) is None
        )

    def _merged(self, kind: str, at: int, run: int) -> tuple[Piece, int]:
        first, last = self._blocks[at], self._blocks[at + run - 1]
        return Piece(kind, first.start, last.stop, first.indent), at + run

    def _run(self, at: int) -> int:
        """How many short lines of the same indentation, none of them known to the tables, follow one another."""
        run = 1
        while at + run < len(self._blocks):
            block = self._blocks[at + run]
            if block.stop - block.start > 1 or block.spaced or not self._is_like(at, at + run):
                break
            run += 1
        return run

    def _stands_out(self, at: int, last: Piece | None) -> bool:
        """Whether a set-in line differs from the text above and below it."""
        block = self._blocks[at]
        if at + 1 == len(self._blocks):
            return False
        below = self._blocks[at + 1]
        if below.indent == block.indent and not below.spaced and not self._is_heading_line(at + 1):
            return False
        return (
            last is None or last.kind in ("heading", "title", "byline") or last.indent != block.indent or block.spaced
        )

    def _is_heading_line(self, at: int) -> bool:
        block = self._blocks[at]
        if block.full or block.stop - block.start > 1:
            return False
        return self._run(at) < 2 and (at + 1 == len(self._blocks) or self._blocks[at + 1].indent != block.indent)

    def _is_name(self, block: Block) -> bool:
        """Whether a line has nothing but an author's name at its foot."""
        row = row_of(self._rows, block)
        far = block.indent >= 10 and block.stop - block.start == 1
        return far and not row.notes and 2 <= len(row.text.replace("\u3000", "")) <= 4

    def _is_outside(self, text: str, block: Block, last: Piece | None, at: int) -> bool:
        """Whether a few words further out than the text, or right above a known heading, are a heading."""
        if at + 1 == len(self._blocks):
            return False
        below = self._blocks[at + 1]
        if self._is_name(below) or (row_of(self._rows, below).hard and len(text) < 20):
            return True
        if len(text) > 6 or headings.is_honoured(text):
            return False
        if block.indent < self._setting.body:
            return self._setting.outer and below.indent > block.indent
        known = headings.recognise(text_of(self._rows, below)) if below.stop - below.start == 1 else None
        return (
            known is not None and known.family in ("dynasty", "list") and last is not None and last.kind == "paragraph"
        )

    def _is_first_heading(self, text: str, last: Piece | None, at: int) -> bool:
        """Whether a short line right under a part's title is the heading of what follows, though not set in."""
        return (
            last is not None
            and last.kind in ("title", "byline")
            and not self._blocks[at].spaced
            and len(text) <= 10
            and not headings.is_honoured(text)
            and not headings.ends_like_prose(text)
            and at + 1 < len(self._blocks)
            and self._opens_text(at + 1)
        )

    def _opens_text(self, at: int) -> bool:
        block = self._blocks[at]
        return block.full or block.stop - block.start > 1 or is_signed_title(row_of(self._rows, block), self._setting)

    def _is_long_heading(self, text: str, block: Block, last: Piece | None, at: int) -> bool:
        """Whether a set-in block that fills a column, or runs over two or three, is a heading, as many poems have."""
        if block.indent <= self._setting.edge or block.indent not in self._setting.heads:
            return False
        if headings.is_remark(text) or at + 1 == len(self._blocks):
            return False
        if headings.ends_like_prose(text) and block.indent != self._setting.heads[0]:
            return False
        if self._gazetteer or len(_GAPS.split(text)) > 2:
            return False
        if headings.is_honoured(row_of(self._rows, self._blocks[at + 1]).text) and self._setting.body:
            return False  # text that breaks off for an honoured word
        if last is not None and last.found and last.found.family == "plain" and last.indent < block.indent:
            return False  # a preface under its title
        return self._blocks[at + 1].indent != block.indent and (
            last is None or last.kind in ("heading", "title", "byline") or last.indent != block.indent
        )

    def _has_places(self) -> bool:
        """Whether the part is ordered by prefectures and counties, whose entries have no titles."""
        short = (block for block in self._blocks if block.stop - block.start == 1 and not block.full)
        known = (headings.recognise(text_of(self._rows, block)) for block in short)
        return sum(1 for found in known if found and found.family == "place") > 1

    def _kind(self, row: Line, block: Block) -> str:
        setting = self._setting
        lines = [line for line in self._rows[block.start : block.stop] if line is not None]
        gaps = sum([line.text.count("\u3000") for line in lines])
        if gaps > 2:
            length = len(text_of(self._rows, block))
            if gaps * 7 > length and _note_length(self._rows, block) < 3 * length:
                return "list"
        if block.indent == setting.top or (self._entries and block.indent == setting.body and headword(row)):
            return "entry"
        return "paragraph"
