"""How the lines of a part are set on the page: how long a full line is, where running text stands, what is raised.

Everything is counted, nothing assumed: the same printer sets a preface, a list and a gazetteer's entries differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest import headings, titles
from ingest.stream import Line

Rows = Sequence[Line | None]
"""Lines in order; None is an empty line."""

_ENDLESS = 1_000_000  # cells
_WIDE = "\u3000" * 3


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
        loose: each line is a paragraph of its own, so that its length says nothing.
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
    loose: bool
    opened: bool
    honours: bool
    raised: bool
    signed: bool
    punctuated: bool
    outer: bool
    heads: tuple[int, ...]


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
    text = "".join([line.text for line in lines])
    width = _usual(_widths(rows, lines))
    if width * 5 < whole * 3:
        width = whole
    loose = _is_loose(rows)
    if loose:
        width = _ENDLESS
    punctuated = text.count("。") * 80 > len(text)
    full = width - (2 if punctuated else 1)
    running: Counter[int] = Counter()
    tops: Counter[int] = Counter()
    heads: Counter[int] = Counter()
    lefts: list[Line] = []
    apart = opened = gaps = unsigned = 0
    for before, row in pairwise(rows):
        if before is None:
            continue
        if row is None:
            gaps += 1
            continue
        indent = before.indent
        step = row.indent - indent
        fills = indent + before.cells >= full
        if not step:
            if fills:
                running[indent] += 1
            else:
                unsigned += not is_signed(before)
        elif step > 0:
            if not fills:
                apart += step <= 2 and headings.recognise(plain(before)) is None
                unsigned += not is_signed(before)
            elif step <= 2 and not headings.is_honoured(before.text):
                tops[indent] += 1
        else:
            lefts.append(row)
            if fills:
                opened += step == -2
            else:
                heads[indent] += 1
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
    hanging = 1 < hung > apart and hung * 2 >= sum(1 for row in lefts if row.indent == top)
    if items > 2:
        body = max(body, top + 1)
    noted = [line for line in lines if line.notes]
    signed = sum(1 for line in noted if is_signed(line))
    signs = signed > 4 and signed * 5 >= 4 * sum(len(line.notes) for line in noted) and unsigned * 3 <= signed
    return Setting(
        width=width,
        full=full,
        body=body,
        edge=body + 2 if is_opened else body,
        top=top if hanging and top < body and (items > 2 or not raised) else -1,
        hangs=hung > apart,
        spaced=gaps * 8 > len(lines),
        loose=loose,
        opened=is_opened,
        honours=honoured * 2 >= len(outside),
        raised=raised,
        signed=signs,
        punctuated=punctuated,
        outer=len(outside) * 20 <= len(lines) or (len(outside) <= 10 and all(len(row.text) <= 6 for row in outside)),
        heads=tuple(indent for indent, count in heads.most_common() if count > 1),
    )


def _is_loose(rows: Rows) -> bool:
    """Whether nearly every line stands between empty ones."""
    soft = sum([1 for row in rows if row is not None and not row.hard])
    edged = [None, *rows, None]
    around = zip(edged, rows, edged[2:], strict=False)
    alone = sum([1 for before, row, after in around if before is after is None and row is not None and not row.hard])
    return alone > (soft - alone) * 4


def _widths(rows: Rows, lines: Sequence[Line]) -> Counter[int]:
    """Widths of the lines another of the same indentation follows; of all lines where there are too few of these."""
    found = [
        row.indent + row.cells
        for row, after in pairwise(rows)
        if row is not None and after is not None and row.indent == after.indent and _WIDE not in row.text
    ]
    if len(found) * 4 < len(lines):
        found = [line.indent + line.cells for line in lines if _WIDE not in line.text]
    return Counter(found)


def _usual(widths: Counter[int]) -> int:
    """The commonest width of full lines; a little less if lines are set in two widths, lest one count as short."""
    widest = max((width for width, count in widths.items() if count > 1), default=max(widths, default=0))
    long = {width: count for width, count in widths.items() if width * 2 > widest}
    if not long:
        return 0
    usual, most = max(long.items(), key=lambda item: (item[1], item[0]))
    for width in sorted(width for width in long if usual - 4 <= width < usual):
        if long[width] * 2 >= most and (long[width] + most) * 5 >= sum(long.values()) * 3:
            return width
    return usual


def is_signed(line: Line) -> bool:
    """Whether a line ends in a short note, such as the name of a poem's author."""
    return bool(line.notes) and line.notes[-1][1] == len(line.text) and line.notes[-1][1] - line.notes[-1][0] <= 4


def is_signed_title(row: Line, setting: Setting) -> bool:
    """Whether a line is a title whose author stands at the foot of the column."""
    if not 0 < row.indent <= 4 or not setting.width - 4 <= row.indent + row.cells <= setting.width:
        return False
    named = not row.notes or row.notes[-1][1] < len(row.text)
    return named and titles.is_signed_title(plain(row))
