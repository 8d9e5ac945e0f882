"""Which characters of a page are doubtful, what they may be, and how that is told to eye and ear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from archive.transcription.model import READ, Line, Transcript
from archive.transcription.store import DOUBT
from search.reading_aids.characters import WHYS, Candidate, Characters

OFFERED = 6
"""Candidates of one place."""


class Offer(NamedTuple):
    """A character that may stand there, and why it is offered."""

    char: str
    why: str = ""


class Doubt(NamedTuple):
    """A character worth a look, its place in the line from 0, and what else it may be, the likeliest first.

    `percent`: how sure the reading was. `rival`: the reading was not in doubt, but the library has other characters
    between these neighbours.
    """

    at: int
    char: str
    percent: int
    offers: tuple[Offer, ...] = ()
    rival: bool = False


class Part(NamedTuple):
    """A stretch of a line: `doubtful`, a `rival` (see `Doubt`), or neither."""

    text: str
    kind: str = ""


def doubts_of(page: Transcript, characters: Characters | None) -> dict[int, tuple[Doubt, ...]]:
    """The characters of a page worth a look, by line; `characters` offers what the library knows, if there is any."""
    found: dict[int, dict[int, Doubt]] = {number: dict(_read(line)) for number, line in enumerate(page.lines)}
    for check in characters.checks(page) if characters else ():
        of_line, line = found[check.line], page.lines[check.line]
        if not line.glyphs:
            continue
        offers = tuple(Offer(one.char, _why(one)) for one in check.candidates)
        known = of_line.get(check.at)
        percent = round(100 * line.glyphs[check.at].confidence)
        of_line[check.at] = Doubt(check.at, check.char, percent, offers[:OFFERED], known is None)
    return {number: tuple(of_line[at] for at in sorted(of_line)) for number, of_line in found.items()}


def _read(line: Line) -> Iterator[tuple[int, Doubt]]:
    """What the engine itself was not sure of."""
    if line.role not in READ:
        return
    for at, (char, glyph) in enumerate(zip(line.text, line.glyphs, strict=False)):
        if glyph.confidence < DOUBT:
            others = tuple(Offer(one) for one in glyph.others if one != char)
            yield at, Doubt(at, char, round(100 * glyph.confidence), others[:OFFERED])


def _why(one: Candidate) -> str:
    """Why a character is offered, in words: `形近；馆藏“唐时已有”3 处`."""
    words = [WHYS[why] for why in one.why if why != "context"]
    if one.times and one.seen:
        words.append(f"馆藏“{one.seen}”{one.times} 处")
    return "；".join(words)


def whole(line: Line) -> bool:
    """Whether a line without known characters is doubtful as a whole."""
    return line.role in READ and bool(line.text) and not line.glyphs and line.confidence < DOUBT


def parts(text: str, doubts: Sequence[Doubt], all_of_it: bool = False) -> list[Part]:
    """A line's text, cut where doubt begins and ends."""
    marked = {one.at: "rival" if one.rival else "doubtful" for one in doubts}
    runs = groupby(enumerate(text), key=lambda one: "doubtful" if all_of_it else marked.get(one[0], ""))
    return [Part("".join(char for _, char in run), kind) for kind, run in runs]


def told(doubts: Sequence[Doubt], line: Line, all_of_it: bool) -> str:
    """The doubts of a line as a screen reader says them."""
    if all_of_it:
        return f"整行存疑，把握 {round(100 * line.confidence)}%"
    if not doubts:
        return ""
    each = "；".join(
        f"第 {one.at + 1} 字“{one.char}”"
        + (f"，或作{'、'.join(offer.char for offer in one.offers)}" if one.offers else "")
        for one in doubts
    )
    return f"存疑 {len(doubts)} 字：{each}"
