"""Which characters of a page are doubtful, what they may be, and how that is told to eye and ear."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from archive.transcription.model import READ, Line
from archive.transcription.store import DOUBT

OFFERED = 6
"""Candidates of one place."""


class Doubt(NamedTuple):
    """A character worth a look, its place in the line from 0, and what else it may be, the likeliest first.

    `percent`: how sure the reading was; `why`: of each candidate, in words, empty where the engine offered it.
    """

    at: int
    char: str
    percent: int
    offers: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


class Part(NamedTuple):
    """A stretch of a line: doubtful or not."""

    text: str
    doubtful: bool


def doubts_in(line: Line) -> tuple[Doubt, ...]:
    """The doubtful characters of a line; none where the line is no text, or only the line as a whole is doubtful."""
    if line.role not in READ:
        return ()
    return tuple(
        Doubt(at, char, round(100 * glyph.confidence), tuple(one for one in glyph.others if one != char)[:OFFERED])
        for at, (char, glyph) in enumerate(zip(line.text, line.glyphs, strict=False))
        if glyph.confidence < DOUBT
    )


def whole(line: Line) -> bool:
    """Whether a line without known characters is doubtful as a whole."""
    return line.role in READ and bool(line.text) and not line.glyphs and line.confidence < DOUBT


def parts(text: str, doubts: Sequence[Doubt], all_of_it: bool = False) -> list[Part]:
    """A line's text, cut where doubt begins and ends."""
    marked = {one.at for one in doubts}
    runs = groupby(range(len(text)), key=lambda at: all_of_it or at in marked)
    found = []
    for doubtful, run in runs:
        places = list(run)
        found.append(Part(text[places[0] : places[-1] + 1], doubtful))
    return found


def told(doubts: Sequence[Doubt], line: Line, all_of_it: bool) -> str:
    """The doubts of a line as a screen reader says them."""
    if all_of_it:
        return f"整行存疑，把握 {round(100 * line.confidence)}%"
    if not doubts:
        return ""
    each = "；".join(
        f"第 {one.at + 1} 字“{one.char}”" + (f"，或作{'、'.join(one.offers)}" if one.offers else "") for one in doubts
    )
    return f"存疑 {len(doubts)} 字：{each}"
