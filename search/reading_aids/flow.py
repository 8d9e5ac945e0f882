"""A page's characters as they are read one after the other, with the way back to the lines they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from archive.transcription.model import READ, Glyph, Line, Transcript
from search.text.folding import fold_char

_SURE = Glyph((0, 0, 0, 0))


class Sign(NamedTuple):
    """A character that search knows of (no punctuation): line and character on the page, and how it was read."""

    line: int
    at: int
    char: str
    glyph: Glyph


def flows(page: Transcript) -> list[tuple[Sign, ...]]:
    """Texts that are read through: the main text with its notes left out, each note, each footnote."""
    read = [(number, line) for number, line in enumerate(page.lines) if line.role in READ and line.text]
    main = [(number, line) for number, line in read if line.role not in ("note", "footnote")]
    apart = (list(some) for role, some in groupby(read, key=lambda one: one[1].role) if role in ("note", "footnote"))
    return [flow for lines in (main, *apart) if (flow := tuple(_signs(lines)))]


def of_text(text: str) -> tuple[Sign, ...]:
    """A single line's characters, none of them doubted."""
    return tuple(_signs([(0, Line(text, (0, 0, 0, 0)))]))


def _signs(lines: Sequence[tuple[int, Line]]) -> Iterator[Sign]:
    for number, line in lines:
        glyphs = line.glyphs if len(line.glyphs) == len(line.text) else (_SURE,) * len(line.text)
        for at, (char, glyph) in enumerate(zip(line.text, glyphs, strict=True)):
            if fold_char(char):
                yield Sign(number, at, char, glyph)
