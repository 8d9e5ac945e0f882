"""Printed lines to blocks: which lines belong together, told from their length, their indentation and their words.

A wrong cut makes a phrase unfindable, a missing one only makes a passage longer; so where the page does not say
plainly that something new begins, the lines stay together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest import headings
from ingest.headings import Found
from ingest.setting import Rows, Setting, is_signed, is_signed_title, plain
from ingest.stream import Line

_WIDE = "\u3000" * 3
# A column that breaks off because the next, honoured word must stand at the head of its own.
_BREAKS_OFF = re.compile("[惟我奉蒙䝉於伏仰遵謝瞻體因與特隨以受奏聞告者為將謹祇及等敬凡天繼賜]$")
_SENTENCE_CLOSED = "。！？」』”’）】》…"


class Block(NamedTuple):
    """Lines `start` to `stop` (half-open, in `Rows`) that belong together.

    `indent` is that of the first line, `full` whether that line fills the column, `spaced` whether an empty line stands
    before it.
    """

    start: int
    stop: int
    indent: int
    full: bool
    spaced: bool


class Piece(NamedTuple):
    """Rows `start` to `stop` as one passage of `kind`; a heading's `found` and `indent` say where it stands."""

    kind: str
    start: int
    stop: int
    indent: int = 0
    found: Found | None = None


def row_of(rows: Rows, block: Block) -> Line:
    """The first line of a block."""
    row = rows[block.start]
    assert row is not None
    return row


def text_of(rows: Rows, block: Block) -> str:
    """The text of a block without its notes."""
    if block.stop - block.start == 1:
        return plain(row_of(rows, block))
    return "".join([plain(row) for row in rows[block.start : block.stop] if row is not None])


def cut(rows: Rows, setting: Setting) -> list[Block]:
    """Cut the lines of a part into blocks."""
    found: list[Block] = []
    full, top, signed = setting.full, setting.top, setting.signed
    start = -1
    indent = base = 0
    filled = fills = False
    gap = True
    previous: Line | None = None
    for index, row in enumerate(rows):
        if row is None:
            if previous is not None:
                found.append(Block(start, index, indent, filled, gap))
                previous = None
            gap = True
            continue
        if previous is not None:
            simple = fills and row.indent == previous.indent != top and not (row.hard or row.notes or signed)
            ends = row.indent + row.cells
            if simple and (ends >= full or not _sure(rows, index, full)):
                fills = ends >= full
                previous = row
                continue
            block = Block(start, index, indent, filled, gap)
            base = _goes_on(rows, index, block, base, setting)
            if base < 0:
                found.append(block)
                previous = None
                gap = False
        fills = not row.hard and row.indent + row.cells >= full
        if previous is None:
            start, indent, base, filled = index, row.indent, row.indent, fills
        previous = row
    if previous is not None:
        found += _without_end(rows, Block(start, len(rows), indent, filled, gap), full)
    return found


def _without_end(rows: Rows, block: Block, full: int) -> list[Block]:
    """The last block of a part and, apart from it, the juan's title repeated at its end."""
    last = rows[block.stop - 1]
    assert last is not None
    if block.stop - block.start < 2 or last.indent + last.cells >= full or not headings.is_juan_title(plain(last)):
        return [block]
    return [block._replace(stop=block.stop - 1), Block(block.stop - 1, block.stop, last.indent, False, False)]


def _sure(rows: Rows, index: int, full: int) -> bool:
    """Whether a short line, after a full one at the same indentation, is a heading no sentence ends in."""
    row = rows[index]
    assert row is not None
    if row.indent + row.cells >= full or not headings.may_be_sure(plain(row) or row.text):
        return False
    found = headings.recognise(plain(row))
    return found is not None and found.sure and (found.family != "imperial" or _is_over(rows, index))


def _is_over(rows: Rows, index: int) -> bool:
    """Whether the lines below are set in from a line, or the line itself from them: not text raised out of respect."""
    row, below = rows[index], rows[index + 1] if index + 1 < len(rows) else None
    return row is not None and below is not None and row.indent != below.indent


def _goes_on(rows: Rows, index: int, block: Block, base: int, setting: Setting) -> int:
    """The indentation of the block's text from line `index` on, if that line goes on with the block; else -1."""
    row, before = rows[index], rows[index - 1]
    assert row is not None and before is not None
    if row.hard or before.hard:
        return base if row.hard and before.hard else -1
    if before.open_note:
        return base
    fills = before.indent + before.cells >= setting.full
    if fills and row.notes and row.notes[0] == (0, len(row.text)):
        return base
    if _begins_anew(rows, index, setting):
        return -1
    if setting.spaced:
        return base if row.indent <= base and (fills or row.indent < before.indent + 2) else -1
    if setting.raised:
        base = max(base, setting.body)
    if row.indent < base and (before.indent < base or _is_text(rows, block, setting)):
        breaks_off = _BREAKS_OFF.search(before.text) is not None
        outer = row.indent < setting.body and (fills or setting.honours or before.indent < base)
        if (outer or breaks_off) and _is_raised(rows, index, base, setting):
            return base
        if before.indent < base:
            return base if fills and row.indent >= before.indent else -1
    opens_raised = setting.honours and index - block.start == 1 and headings.is_honoured(before.text)
    if row.indent > before.indent and (before.indent < base or opens_raised):
        # Back from a raised column: the sentence goes on if that column was filled.
        return row.indent if fills and row.indent <= base + 2 else -1
    step = row.indent - before.indent
    if not step:
        return base if _unfinished(before, fills, setting) or _is_narrow(rows, index) else -1
    if not fills:
        return -1
    first = index - block.start == 1
    if step > 0:
        if first:
            return row.indent if _hangs(row, before, step, setting) else -1
        return base if _slips(rows, index, base, setting) else -1
    if setting.opened and first and step >= -2:
        return row.indent
    return base if not first and _strays(rows, index, base, setting) else -1


def _begins_anew(rows: Rows, index: int, setting: Setting) -> bool:
    """Whether a line opens with words that begin something new even after a full line."""
    row, before = rows[index], rows[index - 1]
    assert row is not None and before is not None
    if row.indent == setting.top and row.text[0] == "一":
        return True
    if row.notes and 0 < row.notes[0][0] <= 2 and headings.is_remark(row.text[: row.notes[0][0]]):
        return True
    return (setting.signed and is_signed(before)) or _sure(rows, index, setting.full)


def _is_text(rows: Rows, block: Block, setting: Setting) -> bool:
    """Whether the block so far is running text, not a heading: full, or breaking off for an honoured word."""
    first = rows[block.start]
    assert first is not None
    if block.stop - block.start > 1 or block.full or first.indent == setting.top or _BREAKS_OFF.search(first.text):
        return True
    return first.indent <= setting.edge and not _is_heading(first, setting)


def _is_raised(rows: Rows, index: int, base: int, setting: Setting) -> bool:
    """Whether a raised line is raised out of respect, within a sentence."""
    row = rows[index]
    assert row is not None
    if headings.opens_division(plain(row)) and _is_over(rows, index):
        return False
    outside = setting.raised and row.indent < setting.body and not _is_heading(row, setting)
    if not outside and not headings.is_honoured(row.text):
        return False
    after = rows[index + 1] if index + 1 < len(rows) else None
    # An entry that itself begins with an honoured word hangs deeper than the text before it.
    return after is None or after.indent <= base or setting.top >= 0


def _is_heading(row: Line, setting: Setting) -> bool:
    return headings.recognise(plain(row)) is not None or is_signed_title(row, setting)


def _unfinished(before: Line, fills: bool, setting: Setting) -> bool:
    """Whether a line must go on in the next at the same indentation."""
    if not setting.punctuated or before.notes:
        return fills
    if before.text[-1] in _SENTENCE_CLOSED:
        return fills and before.indent + before.cells >= setting.width
    return before.cells * 2 > setting.width


def _is_narrow(rows: Rows, index: int) -> bool:
    """Whether a line goes on with lines set narrower than the rest, as under a portrait: four or more of one width."""
    row, before = rows[index], rows[index - 1]
    assert row is not None and before is not None
    if before.cells < 10 or row.cells > before.cells or before.notes:
        return False
    like = (before.indent, before.cells)
    first = last = index - 1
    while first > 0 and (one := rows[first - 1]) is not None and (one.indent, one.cells) == like:
        first -= 1
    while last + 1 < len(rows) and (one := rows[last + 1]) is not None and (one.indent, one.cells) == like:
        last += 1
    return last - first >= 3


def _hangs(row: Line, before: Line, step: int, setting: Setting) -> bool:
    """Whether the second line of a block may stand deeper than its full first line: a hanging entry, a long heading."""
    if _WIDE in before.text and headings.is_byline(before.text.rpartition(_WIDE)[2]):
        return False  # a title with its author
    if step <= 2 and (setting.hangs or before.indent > setting.edge) and not headings.is_remark(row.text):
        return True
    return headings.recognise(plain(before)) is not None


def _slips(rows: Rows, index: int, base: int, setting: Setting) -> bool:
    """Whether a line after full text is deeper by accident, or because a space in the text fell on its beginning."""
    row, before, after = rows[index], rows[index - 1], rows[index + 1] if index + 1 < len(rows) else None
    assert row is not None and before is not None
    if before.indent != setting.body or _is_heading(row, setting):
        return False
    one = row.indent == before.indent + 1
    if one and row.indent + row.cells >= setting.full and after is not None and after.indent == base:
        return True
    if row.indent in setting.heads:
        return False
    return (one and len(row.text) > 8) or (bool(setting.heads) and len(row.text) <= 4 and "\u3000" not in row.text)


def _strays(rows: Rows, index: int, base: int, setting: Setting) -> bool:
    """Whether a line lost its indentation in transcription: full text before it, the same text after it."""
    row, before = rows[index], rows[index - 1]
    after = rows[index + 1] if index + 1 < len(rows) else None
    assert row is not None and before is not None
    back = after is not None and after.indent == base == setting.body
    closed = bool(before.notes) and before.notes[-1][1] == len(before.text)
    return back and not closed and headings.recognise(plain(row)) is None and "\u3000" not in row.text[:12]
