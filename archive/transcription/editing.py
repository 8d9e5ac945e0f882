"""A person's changes to a line: other characters, cut in two, put together; boxes follow as well as can be.

A character that stays keeps its box and its confidence; one that a person put in has confidence 1 and the place of
those it stands for, or the seam between its neighbours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import reduce

from archive.transcription.model import Box, Glyph, Line


def retyped(line: Line, text: str, *, vertical: bool = False) -> Line:
    """The line with the text a person gave it."""
    if text == line.text:
        return line
    if not text or (line.text and not line.glyphs):
        return replace(line, text=text, glyphs=(), confidence=1.0)
    if not line.text:
        return replace(line, text=text, confidence=1.0)
    return _weighed(replace(line, text=text, glyphs=tuple(_followed(line, text, vertical))))


def vouched(line: Line, places: Collection[int]) -> Line:
    """The line with the characters at `places`, from 0, read for sure."""
    if not line.glyphs or not places:
        return line
    told = (glyph._replace(confidence=1.0) if at in places else glyph for at, glyph in enumerate(line.glyphs))
    return _weighed(replace(line, glyphs=tuple(told)))


def piece(line: Line, start: int, end: int, *, vertical: bool = False) -> Line:
    """The characters `start` to `end` of a line, as a line of their own."""
    length = len(line.text)
    start, end = max(0, start), min(end, length)
    if start <= 0 and end >= length:
        return line
    glyphs = line.glyphs[start:end]
    box = _hull(glyph.box for glyph in glyphs) if glyphs else _share(line.box, start, end, length, vertical)
    part = replace(line, text=line.text[start:end], glyphs=glyphs, box=box)
    return replace(_weighed(part), paragraph=line.paragraph and start == 0, indent=line.indent if start == 0 else 0)


def joined(lines: Sequence[Line]) -> Line:
    """Lines put together in their order, as the first of them is set."""
    return reduce(_with, lines)


def place(old: str, new: str, at: int) -> int:
    """Where in `old` the seam before the character `at` of `new` lies."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if j1 <= at < j2 or (at == j2 == len(new)):
            if tag == "equal":
                return i1 + at - j1
            return i1 + round((i2 - i1) * (at - j1) / max(1, j2 - j1))
    return len(old)


def _followed(line: Line, text: str, vertical: bool) -> Iterator[Glyph]:
    """A glyph for each character of `text`."""
    old = line.glyphs
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, line.text, text, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from old[i1:i2]
        elif i2 - i1 == j2 - j1:
            yield from (Glyph(old[at].box) for at in range(i1, i2))
        elif j1 < j2:
            room = _hull(glyph.box for glyph in old[i1:i2]) if i1 < i2 else _seam(old, i1, vertical)
            yield from (Glyph(_share(room, at, at + 1, j2 - j1, vertical)) for at in range(j2 - j1))


def _seam(glyphs: Sequence[Glyph], at: int, vertical: bool) -> Box:
    """The room before the glyph `at`, which may be none."""
    left, top, right, bottom = glyphs[min(at, len(glyphs) - 1)].box
    if at == len(glyphs):
        return (left, bottom, right, bottom) if vertical else (right, top, right, bottom)
    if at == 0:
        return (left, top, right, top) if vertical else (left, top, left, bottom)
    before = glyphs[at - 1].box
    if vertical:
        return left, min(before[3], top), right, max(before[3], top)
    return min(before[2], left), top, max(before[2], left), bottom


def _share(box: Box, start: int, end: int, of: int, vertical: bool) -> Box:
    """The part of a box that `start` to `end` of `of` equal characters take."""
    left, top, right, bottom = box
    if vertical:
        return left, top + (bottom - top) * start // of, right, top + (bottom - top) * end // of
    return left + (right - left) * start // of, top, left + (right - left) * end // of, bottom


def _hull(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _with(line: Line, other: Line) -> Line:
    whole = bool((line.glyphs or not line.text) and (other.glyphs or not other.text))
    length = len(line.text) + len(other.text)
    weight = line.confidence * len(line.text) + other.confidence * len(other.text)
    return replace(
        line,
        text=line.text + other.text,
        glyphs=line.glyphs + other.glyphs if whole else (),
        box=_hull([line.box, other.box]),
        confidence=weight / length if length else 1.0,
    )


def _weighed(line: Line) -> Line:
    """The line with the mean confidence of its characters."""
    if not line.glyphs:
        return line
    return replace(line, confidence=sum(glyph.confidence for glyph in line.glyphs) / len(line.glyphs))
