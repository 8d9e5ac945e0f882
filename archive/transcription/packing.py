"""A transcript as JSON and back, exactly, in twenty to thirty bytes a character.

What every line has alike is left out; the characters of a line are told in columns: each side of their boxes as steps
from one to the next, or left out where it is the line's own; a confidence in thousandths where it is a whole number of
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from itertools import accumulate, pairwise
from typing import Any

from archive.transcription.model import Box, Facts, Glyph, Line, Transcript

_FACTS = {one.name: one.default for one in fields(Facts)}
_LINE = {one.name: one.default for one in fields(Line) if one.name not in ("text", "box", "glyphs", "confidence")}
_PAGE = {
    one.name: one.default for one in fields(Transcript) if one.name not in ("width", "height", "lines", "facts", "part")
}


def packed(transcript: Transcript) -> str:
    """A transcript as a column or a browser holds it."""
    page: dict[str, Any] = {"size": [transcript.width, transcript.height], **_told(transcript, _PAGE)}
    if facts := _told(transcript.facts, _FACTS):
        page["facts"] = facts
    if transcript.part is not None:
        page["part"] = transcript.part
    page["lines"] = [_line(line) for line in transcript.lines]
    return json.dumps(page, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str, *, glyphs: bool = True) -> Transcript:
    """The transcript that `packed` told; without its characters' places, which take most of the time, if asked.

    Raises:
        ValueError, TypeError, KeyError: it is not one.
    """
    page = json.loads(text)
    width, height = page.pop("size")
    part = page.pop("part", None)
    return Transcript(
        width,
        height,
        tuple([_unpacked_line(line, glyphs=glyphs) for line in page.pop("lines")]),
        facts=Facts(**page.pop("facts", {})),
        part=_box(part) if part is not None else None,
        **page,
    )


def _told(thing: object, defaults: dict[str, Any]) -> dict[str, Any]:
    """What is not as it is by default."""
    values = ((name, getattr(thing, name), default) for name, default in defaults.items())
    return {name: value for name, value, default in values if value != default}


def _line(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"text": line.text, "box": line.box, **_told(line, _LINE)}
    if line.confidence != 1:
        told["confidence"] = _thousandths(line.confidence)
    if line.glyphs:
        told["glyphs"] = _glyphs(line)
    return told


def _unpacked_line(told: dict[str, Any], *, glyphs: bool) -> Line:
    box = _box(told.pop("box"))
    confidence = _fraction(told.pop("confidence", 1000))
    signs = told.pop("glyphs", None)
    return Line(box=box, confidence=confidence, glyphs=_unpacked_glyphs(signs, box) if signs and glyphs else (), **told)


def _glyphs(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"count": len(line.glyphs)}
    for name, place, whole in zip("ltrb", zip(*(one.box for one in line.glyphs), strict=True), line.box, strict=True):
        if any(at != whole for at in place):
            told[name] = [place[0] - whole, *(after - before for before, after in pairwise(place))]
    confidences = [_thousandths(one.confidence) for one in line.glyphs]
    if any(one != 1000 for one in confidences):
        told["sure"] = confidences
    if others := {str(at): one.others for at, one in enumerate(line.glyphs) if one.others}:
        told["others"] = others
    return told


def _unpacked_glyphs(told: dict[str, Any], box: Box) -> tuple[Glyph, ...]:
    count = told["count"]
    sides = [list(accumulate(told[name], initial=whole))[1:] if name in told else [whole] * count
             for name, whole in zip("ltrb", box, strict=True)]  # fmt: skip
    sure = told.get("sure", [1000] * count)
    others = told.get("others", {})
    return tuple(
        Glyph(_box(sides_), _fraction(one), tuple(others.get(str(at), ())))
        for at, (sides_, one) in enumerate(zip(zip(*sides, strict=True), sure, strict=True))
    )


def _thousandths(confidence: float) -> int | str:
    """Whole thousandths as a number, any other fraction as its digits."""
    near = round(confidence * 1000)
    return near if near / 1000 == confidence else repr(float(confidence))


def _fraction(told: int | str) -> float:
    return float(told) if isinstance(told, str) else told / 1000


def _box(sides: Iterable[int]) -> Box:
    left, top, right, bottom = sides
    return left, top, right, bottom
