"""The centre strip (版心) of a woodblock leaf: title, fish tail, juan, leaf. It is no text, but says which leaf it is.

Found by its fish tail, a black mark in a column of its own, or by its words: a title, a gap, `卷…`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from archive.citations.numerals import from_chinese
from archive.transcription.model import Facts
from ingest.ocr.columns import Column
from ingest.ocr.ink import Area, Marks
from ingest.ocr.pieces import Piece

_NUMERAL = "〇○零一二三四五六七八九十百廿卅"
_JUAN = re.compile(rf"[卷巻][之第]?([{_NUMERAL}]+|[上中下首末終])")
_LEAF = re.compile(rf"[{_NUMERAL}]{{1,5}}")
_TAIL = 0.25
"""A fish tail is at least this much of a column's width high and wide."""
_GAP = 1.5
"""Characters' room that a fish tail takes between title and juan."""
_BRIEF = 0.8
"""A strip says at most this much of what the fullest column says: a blot makes no strip of a column of text."""


def centre_of(columns: Sequence[Column], marks: Marks, body: float, distance: float, pitch: float) -> Column | None:
    """The column that is a centre strip: at an edge of the page, or between the halves of a leaf; None if none is."""
    longest = max((_characters(column) for column in columns), default=0)
    for column in columns:
        if _characters(column) > _BRIEF * longest:
            continue
        if _inner(columns, column) and any(_tail(solid, column, body, distance) for solid in marks.solids):
            return column
    for column in (columns[0], columns[-1]) if len(columns) > 3 else ():
        if _worded(column, pitch):
            return column
    return None


def _characters(column: Column) -> int:
    return sum(len(piece.text) for piece in column.pieces)


def _inner(columns: Sequence[Column], column: Column) -> bool:
    """Whether it is the first or last column, or one between two half-leaves."""
    before, after = columns.index(column), len(columns) - 1 - columns.index(column)
    return min(before, after) == 0 or min(before, after) >= 3


def _tail(solid: Area, column: Column, body: float, distance: float) -> bool:
    width, height = solid.right - solid.left, solid.bottom - solid.top
    if min(width, height) < _TAIL * body or max(width, height) > 1.5 * distance:
        return False
    if abs((solid.left + solid.right) / 2 - column.middle) > 0.6 * distance:
        return False
    down = (solid.top + solid.bottom) / 2
    # A blot within a character is none: the strip has no character there, or reads none surely.
    return not any(piece.top < down < piece.bottom and piece.confidence > 0.97 for piece in column.whole)


def _worded(column: Column, pitch: float) -> bool:
    pieces = sorted(column.whole, key=lambda piece: piece.top)
    for before, after in pairwise(pieces):
        if _JUAN.match(after.text) and after.top - before.bottom > _GAP * pitch and len(before.text) <= 12:
            return True
    return False


def facts_of(pieces: Sequence[Piece], side: str) -> Facts:
    """What a centre strip tells; `side`: `a` for a leaf's right page, `b` for its left."""
    read = [piece.text for piece in sorted(pieces, key=lambda piece: piece.top)]
    leaf = read.pop() if len(read) > 1 and _LEAF.fullmatch(read[-1]) else ""
    text = "".join(read)
    found = _JUAN.search(text)
    title = text[: found.start()] if found else read[0] if read and len(read[0]) > 1 else ""
    juan = f"卷{found[1]}" if found else ""
    number = from_chinese(leaf.replace("○", "〇"))
    label = f"{juan} {number}{side}".strip() if number else ""
    return Facts(label=label, title=title, juan=juan, leaf=leaf)
