"""A horizontal page: running head and page number apart, columns one after another, tables, headings, footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.transcription.model import Layout, Line, Role
from ingest.ocr.cells import tables_of
from ingest.ocr.ink import Area, Marks
from ingest.ocr.laid import Laid
from ingest.ocr.pieces import Piece, middling
from ingest.ocr.rows import Row, body_size, levels, rows_of
from ingest.ocr.running import running
from ingest.ocr.setting import set_line

HEADING = 1.16
"""Characters larger than the body's by this are a heading's."""
SMALL = 0.88
"""Characters smaller than the body's by this may be a footnote's."""
_GUTTER = 0.9  # characters' width between two columns, at least
_PROSE = 7.0  # characters in a column's piece, on the average, at least
_NOTE_MARK = re.compile(r"[①-⑳*＊※†]|[\[［〔(（]\s*\d{1,3}\s*[\])）〕］]|\d{1,3}\s*[.．、\s]|注[：:释釋]")
_END = re.compile(r"[。！？；，、：]\W?$")
_OPENING = frozenset("“‘「『《〈（(【[")
_CAPTION = re.compile(r"[表图圖]\s*[0-9一二三四五六七八九十]")


def set_horizontal(pieces: Sequence[Piece], marks: Marks, height: float) -> Laid:
    """The lines of a horizontal page of that height in reading order."""
    size = body_size(pieces)
    rules = levels(marks.rules, 0.25 * size)
    page = running(rows_of(pieces), rules, size, height)
    held = [piece for row in page.body for piece in row.pieces]
    bands = _bands(held, size)
    setter = _Setter(size, rules)
    for band in bands:
        for column in band:
            setter.block(column)
    for head in page.heads:
        setter.add([head], "head")
    for folio in page.folios:
        setter.add([folio], "folio")
    layout: Layout = "columns" if any(len(band) > 1 for band in bands) else "horizontal"
    return Laid(setter.lines, page.facts, layout)


def _bands(pieces: Sequence[Piece], size: float) -> list[list[list[Piece]]]:
    """The page from top to bottom in bands, each of one column or more; what crosses a gutter is a band by itself."""
    gutter = _gutter(pieces, size)
    if gutter is None:
        return [[list(pieces)]]
    bands: list[list[list[Piece]]] = []
    across = [row.pieces for row in rows_of(p for p in pieces if p.left < gutter < p.right)]
    edges = [middling(piece.down for piece in row) for row in across]
    for number in range(len(across) + 1):
        above = edges[number - 1] if number else float("-inf")
        below = edges[number] if number < len(edges) else float("inf")
        inside = [p for p in pieces if above < p.down < below and not p.left < gutter < p.right]
        sides = [[p for p in inside if p.across < gutter], [p for p in inside if p.across > gutter]]
        if any(sides):
            bands.append([side for side in sides if side])
        if number < len(across):
            bands.append([list(across[number])])
    return bands


def _gutter(pieces: Sequence[Piece], size: float) -> float | None:
    """The middle of the white between two columns of prose; None if there is none."""
    if len(pieces) < 10:
        return None
    left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    best: tuple[float, float, float] | None = None
    step = max(1.0, size / 6)
    x = left + 0.3 * (right - left)
    run: list[float] = []
    limit = 0.12 * len(pieces)
    while x < left + 0.7 * (right - left) + step:
        crossing = sum(piece.left < x < piece.right for piece in pieces)
        if crossing <= limit and x < left + 0.7 * (right - left):
            run.append(x)
        elif run:
            width = run[-1] - run[0] + step
            if best is None or width > best[0]:
                best = width, (run[0] + run[-1]) / 2, 0.0
            run = []
        x += step
    if best is None or best[0] < _GUTTER * size:
        return None
    gutter = best[1]
    for side in ([p for p in pieces if p.right <= gutter], [p for p in pieces if p.left >= gutter]):
        if len(side) < 4 or sum(len(piece.text) for piece in side) / len(side) < _PROSE:
            return None
    return gutter


class _Setter:
    """Sets lines one after another."""

    def __init__(self, size: float, rules: Sequence[Area]) -> None:
        self.size = size
        self.rules = rules
        self.lines: list[Line] = []
        self.printed = 0

    def add(self, pieces: Sequence[Piece], role: Role, indent: int = 0) -> None:
        """A printed line of one stretch."""
        line = set_line(pieces, False, self.size, role, self.printed)
        self.lines.append(replace(line, indent=indent))
        self.printed += 1

    def block(self, pieces: Sequence[Piece]) -> None:
        """A column of text with its tables and footnotes."""
        rows = rows_of(pieces)
        tables = tables_of(rows, self.rules, self.size)
        plain = [row for row in rows if not any(t.top < (row.top + row.bottom) / 2 < t.bottom for t in tables)]
        notes = _footnotes(plain, self.rules, self.size)
        left, right = _edges(plain)
        for row in plain:
            while tables and tables[0].top < row.top:
                self._table(tables.pop(0).rows)
            if row in notes:
                self.add(row.pieces, "footnote", _indent(row, min(note.left for note in notes), 0.8 * self.size))
            elif self._is_heading(row, left, right):
                self.add(row.pieces, "heading", _indent(row, left, self.size))
            else:
                self.add(row.pieces, "text", _indent(row, left, self.size))
        for table in tables:
            self._table(table.rows)

    def _table(self, rows: Sequence[Sequence[Sequence[Piece]]]) -> None:
        for row in rows:
            for cell in row:
                self.lines.append(set_line(cell, False, self.size, "table", self.printed))
            self.printed += 1

    def _is_heading(self, row: Row, left: float, right: float) -> bool:
        text = row.text.strip()
        if len(text) < 2 or len(text) > 40 or _END.search(text) or _CAPTION.match(text):
            return False
        if row.size >= HEADING * self.size:
            return True
        before, after, width = row.left - left, right - row.right, right - left
        return min(before, after) > 0.15 * width and abs(before - after) < 0.1 * width


def _footnotes(rows: Sequence[Row], rules: Sequence[Area], size: float) -> list[Row]:
    """The rows at the foot that are notes: below a short rule, or in small type and beginning with a note's mark."""
    if len(rows) < 2:
        return []
    left, right = _edges(rows)
    for rule in rules:
        below = [row for row in rows if row.top > rule.top - 0.3 * size]
        short = 0.08 < (rule.right - rule.left) / (right - left + 1) < 0.6 and abs(rule.left - left) < 4 * size
        if short and 0 < len(below) < len(rows) and middling(row.size for row in below) < 0.95 * size:
            return below
    notes: list[Row] = []
    for row in reversed(rows):
        if row.size > SMALL * size:
            break
        notes.insert(0, row)
    while notes and not _NOTE_MARK.match(notes[0].text):
        notes.pop(0)
    return notes if len(notes) < len(rows) else []


def _edges(rows: Sequence[Row]) -> tuple[float, float]:
    """Where most rows begin, and end."""
    if not rows:
        return 0.0, 0.0
    lefts, rights = sorted(row.left for row in rows), sorted(row.right for row in rows)
    return lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]


def _indent(row: Row, left: float, size: float) -> int:
    opening = 0.5 if row.text[:1] in _OPENING else 0.0  # the ink of these stands in the right half of their cell
    return max(0, round((row.left - left) / size - opening)) if size else 0
