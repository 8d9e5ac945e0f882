"""Printed lines to blocks: which lines belong together, told from their length, their indentation and their words.

A wrong cut makes a phrase unfindable, a missing one only makes a passage longer; so where the page does not say
plainly that something new begins, the lines stay together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ingest import headings
from ingest.stream import Line

Rows = Sequence[Line | None]
"""Lines in order; None is an empty line."""

# A column that breaks off because the next, honoured word must stand at the head of its own.
_BREAKS_OFF = re.compile("[惟我奉蒙䝉於伏仰遵謝瞻體因與特隨以受奏聞告者為將謹祇及等敬凡天繼]$")
_WIDE = "\u3000" * 3
_SENTENCE_CLOSED = "。！？」』”’）】》…"


class Setting(NamedTuple):
    """How the lines of a part are set.

    Args:
        width: cells of a full line, its indentation counted.
        full: cells from which a line counts as full; transcribers miscount by one, modern print hangs punctuation.
        body: indentation of running text.
        edge: deepest indentation of running text; a line set deeper is set in.
        top: indentation at which hanging entries begin; -1 if the part has none.
        hangs: the first line of a paragraph or entry may stand further out than the rest.
        spaced: paragraphs are parted by empty lines.
        opened: the first line of a paragraph is set in, not the heading.
        honours: lines raised out of respect occur.
        raised: so many that every raised line is taken for one.
        signed: poems or letters end in a short note, their author's name.
        punctuated: the text has modern punctuation.
        outer: what stands further out than the running text is so rare that short lines there are headings.
        heads: indentations at which short set-in lines recur over running text, the commonest first.
    """

    width: int
    full: int
    body: int
    edge: int
    top: int
    hangs: bool
    spaced: bool
    opened: bool
    honours: bool
    raised: bool
    signed: bool
    punctuated: bool
    outer: bool
    heads: tuple[int, ...]


class Block(NamedTuple):
    """Lines `start` to `stop` (half-open, in `Rows`) that belong together.

    `indent` is that of the first line, `full` whether that line fills the column, `spaced` whether an empty line stands before it.
    """

    start: int
    stop: int
    indent: int
    full: bool
    spaced: bool


def plain(row: Line) -> str:
    """A line's text without its notes."""
    return headings.main_text(row.text, row.notes) if row.notes else row.text


def survey(rows: Rows, whole: int = 0) -> Setting:
    """Measure how the lines of a part, or of a file, are set.

    Args:
        rows: the lines.
        whole: width of a full line in the file, for parts that have none.
    """
    lines = [row for row in rows if row is not None]
    width = _usual(Counter([line.indent + line.cells for line in lines if _WIDE not in line.text]))
    if width * 5 < whole * 3:
        width = whole
    punctuated = sum(line.text.count("。") for line in lines) * 80 > sum(len(line.text) for line in lines)
    full = width - (2 if punctuated else 1)
    running: Counter[int] = Counter()
    tops: Counter[int] = Counter()
    heads: Counter[int] = Counter()
    lefts: list[Line] = []
    apart = opened = gaps = ends = signed = 0
    before: Line | None = None
    for row in rows:
        if row is None:
            gaps += before is not None
        elif before is not None:
            step = row.indent - before.indent
            fills = before.indent + before.cells >= full
            if not step:
                if fills:
                    running[row.indent] += 1
                else:
                    ends += 1
                    signed += _is_signed(before)
            elif step > 0:
                if not fills:
                    apart += step <= 2 and headings.recognise(plain(before)) is None
                    ends += 1
                    signed += _is_signed(before)
                elif step <= 2 and not headings.is_honoured(before.text):
                    tops[before.indent] += 1
            else:
                lefts.append(row)
                if fills:
                    opened += step == -2
                else:
                    heads[before.indent] += 1
        before = row
    common = running.most_common(1) or Counter([line.indent for line in lines]).most_common(1)
    body = common[0][0] if common else 0
    is_opened = opened > 2 and opened > heads.total()
    outside = [
        row for row in lefts if row.indent < body and row.text[0] != "一" and headings.recognise(plain(row)) is None
    ]
    honoured = sum(1 for row in outside if headings.is_honoured(row.text))
    raised = honoured > 5 and honoured * 5 >= len(outside) * 2
    top, hung = max(tops.items(), key=lambda item: item[1], default=(-1, 0))
    items = sum(1 for row in lefts if row.indent == top and row.text[0] == "一")
    hanging = 1 < hung > apart and top < body and hung * 2 >= sum(1 for row in lefts if row.indent == top)
    return Setting(
        width=width,
        full=full,
        body=body,
        edge=body + 2 if is_opened else body,
        top=top if hanging and (items > 2 or not raised) else -1,
        hangs=hung > apart,
        spaced=gaps * 8 > len(lines),
        opened=is_opened,
        honours=honoured * 2 >= len(outside),
        raised=raised,
        signed=signed > 4 and signed * 10 >= ends * 7,
        punctuated=punctuated,
        outer=len(outside) * 20 <= len(lines) or (len(outside) <= 10 and all(len(row.text) <= 6 for row in outside)),
        heads=tuple(indent for indent, count in heads.most_common() if count > 1),
    )


def _usual(widths: Counter[int]) -> int:
    """The commonest width; a little less if lines are set in two widths, so that none of them counts as short."""
    if not widths:
        return 0
    usual, most = max(widths.items(), key=lambda item: (item[1], item[0]))
    return min(width for width, count in widths.items() if usual - 4 <= width <= usual and count * 2 >= most)


def _is_signed(line: Line) -> bool:
    return bool(line.notes) and line.notes[-1][1] == len(line.text) and line.notes[-1][1] - line.notes[-1][0] <= 4


def blocks(rows: Rows, setting: Setting) -> list[Block]:
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
            simple = not row.hard and not row.notes and not signed and row.indent != top
            if simple and fills and row.indent == previous.indent and not _sure(row, full):
                fills = row.indent + row.cells >= full
                previous = row
                continue
            base = _goes_on(rows, index, Block(start, index, indent, filled, gap), base, setting)
            if base < 0:
                found.append(Block(start, index, indent, filled, gap))
                previous = None
                gap = False
        fills = row.indent + row.cells >= full
        if previous is None:
            start, indent, base, filled = index, row.indent, row.indent, fills
        previous = row
    if previous is not None:
        found.append(Block(start, len(rows), indent, filled, gap))
    return found


def _sure(row: Line, full: int) -> bool:
    """Whether a short line, after a full one at the same indentation, is a heading no sentence ends in."""
    if row.indent + row.cells >= full or not headings.may_be_sure(plain(row) or row.text):
        return False
    found = headings.recognise(plain(row))
    return found is not None and found.sure


def _goes_on(rows: Rows, index: int, block: Block, base: int, setting: Setting) -> int:
    """Whether line `index` goes on with the block before it: the indentation of the block's text from then on, or -1."""
    row, before = rows[index], rows[index - 1]
    assert row is not None and before is not None
    if row.hard or before.hard:
        return base if row.hard and before.hard else -1
    if before.open_note:
        return base
    fills = before.indent + before.cells >= setting.full
    if fills and row.notes and row.notes[0] == (0, len(row.text)):
        return base
    if _begins_anew(row, before, block, setting):
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


def _begins_anew(row: Line, before: Line, block: Block, setting: Setting) -> bool:
    """Whether a line opens with words that begin something new even after a full line."""
    if row.indent == setting.top and row.text[0] == "一":
        return True
    if row.notes and 0 < row.notes[0][0] <= 2 and headings.is_remark(row.text[: row.notes[0][0]]):
        return True
    return (setting.signed and _is_signed(before)) or _sure(row, setting.full)


def _is_text(rows: Rows, block: Block, setting: Setting) -> bool:
    """Whether the block so far is running text, not a heading: a full line, or one that breaks off for an honoured word."""
    first = rows[block.start]
    assert first is not None
    if block.stop - block.start > 1 or block.full or first.indent == setting.top or _BREAKS_OFF.search(first.text):
        return True
    return first.indent <= setting.edge and not _is_heading(first, setting)


def _is_raised(rows: Rows, index: int, base: int, setting: Setting) -> bool:
    """Whether a raised line is raised out of respect, within a sentence."""
    row = rows[index]
    assert row is not None
    if headings.opens_division(plain(row)):
        return False
    outside = setting.raised and row.indent < setting.body and not _is_heading(row, setting)
    if not outside and not headings.is_honoured(row.text):
        return False
    after = rows[index + 1] if index + 1 < len(rows) else None
    # An entry that itself begins with an honoured word hangs deeper than the text before it.
    return after is None or after.indent <= base or setting.top >= 0


def _is_heading(row: Line, setting: Setting) -> bool:
    return headings.recognise(plain(row)) is not None or is_signed_title(row, setting)


def is_signed_title(row: Line, setting: Setting) -> bool:
    """Whether a line is a title whose author stands at the foot of the column."""
    if not 0 < row.indent <= 4 or not setting.width - 4 <= row.indent + row.cells <= setting.width:
        return False
    named = not row.notes or row.notes[-1][1] < len(row.text)
    return named and headings.is_signed_title(plain(row))


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
