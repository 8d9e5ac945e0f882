"""Plain text: encoding found out, layout told apart, nothing joined that the author kept apart.

Three layouts are in use. *Printed* files break each line where the page did, at one width (bracketed notes may have
stood in double lines); their lines are yielded as they stand and segmentation joins them. *Paragraph* files have one
paragraph a line, so each line is followed by a `Blank`. *Verse* files have short lines that end in punctuation; those
line ends are `hard`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import dropwhile, pairwise
from pathlib import Path

from archive.errors import BadSource
from ingest.readers import encoding as encodings
from ingest.readers import source
from ingest.stream import Blank, Event, Line, Page, Span, Warn

MAX_LINE = 1_000_000
"""Characters a line may have; a longer one is a data dump, not a text."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_ODD = (
    (re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]"), "私用区字符（别的电脑显示不出）"),
    (re.compile("\ufffd"), "替换符 �（此前转码时已丢字）"),
)
_NARROW = re.compile("[\x20-\u024f\uff61-\uffdc]")
_INDENT = re.compile("[ \t\u00a0\u3000]*")
_CELLS = {" ": 0.5, "\u00a0": 0.5, "\t": 2.0, "\u3000": 1.0}

_NUMBER = r"[0-9０-９]{1,5}[ab上下左右]?|[〇零一二三四五六七八九十百千]{1,7}[上下左右]?|[ivxlc]{1,9}"
_PAGE_MARK = re.compile(
    rf"\[\s*[pP]\.?\s*(?P<p>{_NUMBER})\s*\]"
    rf"|[【［\[〔]\s*(?:第\s*(?P<q>{_NUMBER})\s*[页頁葉叶]|[页頁葉叶]\s*(?P<r>{_NUMBER}))\s*[】］\]〕]"
)
_NOTE = re.compile("[（(]([^（()）]*)[)）]")
_VERSE_END = "，。；！？、：”』」,;!?"


_Row = Line | Blank | Page
"""One line of the file, empty lines and the beginnings of pages between them."""


def looks_like(head: bytes) -> bool:
    """Never certain: plain text is what remains, chosen by suffix."""
    return False


def read(path: Path, *, encoding: str = "") -> Iterator[Event]:
    """Yield the pages, lines and blanks of a text file.

    Args:
        path: the file.
        encoding: a key of `encoding.ENCODINGS`, empty to find out.

    Raises:
        BadSource: empty, too large, binary, in no recognisable encoding, with control characters or an endless line.
        UsageError: `encoding` is unknown.
    """
    decoded = encodings.decode(source.load(path), encoding=encoding, where=path.name)
    if decoded.guessed:
        yield Warn(
            f"没有编码标记，按 {decoded.encoding.upper()} 读取；若有乱码，请在 work.yaml 写明 encoding。", path.name
        )
    text = decoded.text
    del decoded
    _refuse_junk(text, path.name)
    yield from _oddities(text, path.name)
    yield from _layout(text, path.name)


def cells(text: str) -> int:
    """Width of `text` in full-width cells, two half-width characters a cell, rounded up."""
    return len(text) - len(_NARROW.findall(text)) // 2


def _as_printed(line: Line) -> Line:
    """The line at its width in an old print whose bracketed notes stood in double lines, at half their length."""
    if "(" not in line.text and "（" not in line.text:
        return line
    printed = _NOTE.sub(lambda note: note[1][: (len(note[1]) + 1) // 2], line.text)
    return Line(line.text, line.indent, cells(printed))


def _refuse_junk(text: str, where: str) -> None:
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise BadSource(
            f"第 {line} 行有控制字符 U+{ord(bad[0]):04X}，不是干净的文本。",
            where=where,
            remedy="请用文本编辑器删去它，或改交原始文件（DOCX、PDF……）。",
        )
    if not text.strip():
        raise BadSource("文件里只有空白。", where=where, remedy="请检查文件是否复制完整。")


def _oddities(text: str, where: str) -> Iterator[Warn]:
    for pattern, name in _ODD:
        if first := pattern.search(text):
            count = len(pattern.findall(text))
            yield Warn(f"有 {count} 个{name}，首见于第 {text.count(chr(10), 0, first.start()) + 1} 行。", where)


def _rows(text: str, where: str) -> Iterator[_Row]:
    """Lines, with the pages that form feeds begin between them."""
    sheet = 1
    if "\f" in text:
        yield Page("1")
    for number, raw in enumerate(text.split("\n"), 1):
        if len(raw) > MAX_LINE:
            remedy = "这不像书的文字；若确是，请先分段换行。"
            raise BadSource(f"第 {number} 行长达 {len(raw):,} 字（上限 {MAX_LINE:,}）。", where=where, remedy=remedy)
        for index, piece in enumerate(raw.split("\f")):
            if index:
                sheet += 1
                yield Page(str(sheet))
            if piece != raw and not piece.strip():
                continue
            if body := piece.strip(" \t\u00a0\u3000\u0085\ufeff"):
                yield Line(body, _indent(piece) if piece[0] in _CELLS else 0, cells(body))
            else:
                yield Blank()


def _indent(text: str) -> int:
    lead = _INDENT.match(text)
    return int(sum(map(_CELLS.__getitem__, lead[0]))) if lead else 0


def _layout(text: str, where: str) -> Iterator[Event]:
    marks = _page_marks(text)
    text = text.replace("\f", "\n") if marks else text
    rows = list(_rows(text, where))
    width, share = _printed_width(rows)
    if _NOTE.search(text):
        noted = [_as_printed(row) if isinstance(row, Line) else row for row in rows]
        noted_width, noted_share = _printed_width(noted)
        if noted_share > share:
            rows, width = noted, noted_width
    hard = _verse(rows) if width is None else frozenset()
    for number, row in enumerate(rows):
        if not isinstance(row, Line):
            yield row
            continue
        if number in hard:
            row = row._replace(hard=True)
        pages, line = _marked(row) if marks else ([], row)
        yield from pages
        if line is not None:
            yield line
            if width is None and not line.hard:
                yield Blank()


def _page_marks(text: str) -> bool:
    """Whether marks like `[p.12]` are this file's page marks: alone on a line, or in running numbers."""
    found = list(_PAGE_MARK.finditer(text))
    if any(text[: mark.start()].endswith(("\n", "\f")) or mark.start() == 0 for mark in found):
        return True
    numbers = [int(digits) for mark in found if (digits := _label(mark).rstrip("ab上下左右")).isdecimal()]
    running = all(0 <= after - before <= 2 for before, after in pairwise(numbers))
    return running and 2 < len(numbers) == len(found)


def _label(mark: re.Match[str]) -> str:
    return mark["p"] or mark["q"] or mark["r"]


def _marked(line: Line) -> tuple[list[Page], Line | None]:
    """A line without its page marks: one before or after the text is a page, one inside a span."""
    if not _PAGE_MARK.search(line.text):
        return [], line
    pages: list[Page] = []
    spans: list[Span] = []
    text, last = "", 0
    for mark in _PAGE_MARK.finditer(line.text):
        text += line.text[last : mark.start()]
        last = mark.end()
        page = Page(_label(mark), leaf=_label(mark), original=mark[0])
        if text.strip():
            spans.append(Span("page", len(text), len(text), {"page": page}))
        else:
            pages.append(page)
            text = ""
    text += line.text[last:]
    if not text.strip():
        return pages, None
    return pages, Line(text, line.indent, cells(text), spans=tuple(spans), hard=line.hard)


def _printed_width(rows: Iterable[_Row]) -> tuple[int | None, float]:
    """The width, in cells, at which the lines were broken by the page, and the share of lines that have it.

    None and 0 if each line end is meant.
    """
    lines = [(row.indent + row.cells, row.text[-1]) for row in rows if isinstance(row, Line)]
    widths = Counter([width for width, _ in lines])
    closed = Counter([width for width, last in lines if last in "。！？；"])
    total = len(lines)
    if total < 3:
        return None, 0
    # Punctuation hung over or carried down moves a printed line's end by a cell or two.
    bands = {width: sum(widths[width - d] for d in range(3)) for width in widths if 8 <= width <= 50}
    width = max(bands, key=lambda w: (bands[w], w), default=0)
    if not width or bands[width] < 0.4 * total or sum(n for w, n in widths.items() if w > width + 1) > 0.05 * total:
        return None, 0
    ended = sum(closed[width - d] for d in range(3)) / bands[width]
    return (width, bands[width] / total) if ended < 0.5 else (None, 0)


def _verse(rows: list[_Row]) -> frozenset[int]:
    """Which rows are lines in stanzas: after a title perhaps, two or more short neighbours that end in punctuation."""
    found: set[int] = set()
    group: list[tuple[int, Line]] = []
    for number, row in enumerate([*rows, Blank()]):
        if isinstance(row, Line):
            group.append((number, row))
        elif isinstance(row, Blank):
            stanza = list(dropwhile(lambda one: one[1].text[-1] not in _VERSE_END, group))
            if len(stanza) > 1 and all(4 <= line.cells <= 24 and line.text[-1] in _VERSE_END for _, line in stanza):
                found.update(number for number, _ in stanza)
            group = []
    return frozenset(found)
