"""A transcript as JSON and back, exactly, in twenty to thirty bytes a character.

What every line has alike is left out; the characters of a line are told in columns: a side of their boxes as steps from
one to the next, or for the end of a box as its distance from the next one's start, whichever is shorter; left out where
it is the line's own. Confidences are told in thousandths where they are whole numbers of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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
    sides = dict(zip(_SIDES, zip(*(one.box for one in line.glyphs), strict=True), strict=True))
    for name, whole in zip(_SIDES, line.box, strict=True):
        place = sides[name]
        if all(at == whole for at in place):
            continue
        told[name] = [place[0] - whole, *(after - before for before, after in pairwise(place))]
        if name in _STARTS:
            seams = _seams(sides[_STARTS[name]], whole)
            from_seams = [at - seam for at, seam in zip(place, seams, strict=True)]
            if len(str(from_seams)) < len(str(told[name])):
                del told[name]
                told[name + _SEAM] = from_seams if any(from_seams) else 0
    doubt = [_doubt(one.confidence) for one in line.glyphs]
    if any(doubt):
        told["doubt"] = doubt
    if others := {str(at): one.others for at, one in enumerate(line.glyphs) if one.others}:
        told["others"] = others
    return told


def _unpacked_glyphs(told: dict[str, Any], box: Box) -> tuple[Glyph, ...]:
    count = told["count"]
    sides: dict[str, Sequence[int]] = {}
    for name, whole in zip(_SIDES, box, strict=True):
        if name + _SEAM in told:
            from_seams = told[name + _SEAM] or [0] * count
            seams = _seams(sides[_STARTS[name]], whole)
            sides[name] = [seam + at for seam, at in zip(seams, from_seams, strict=True)]
        elif name in told:
            sides[name] = [whole + at for at in accumulate(told[name])]
        else:
            sides[name] = [whole] * count
    doubt, others = told.get("doubt", [0] * count), told.get("others", {})
    return tuple(
        Glyph(_box(place), _sure(one), tuple(others.get(str(at), ())))
        for at, (place, one) in enumerate(zip(zip(*sides.values(), strict=True), doubt, strict=True))
    )


_SIDES = "ltrb"
_STARTS = {"r": "l", "b": "t"}
"""The side a box begins at, for each side it ends at."""
_SEAM = "s"


def _seams(starts: Sequence[int], end: int) -> tuple[int, ...]:
    """Where boxes end that touch each other, the last at `end`."""
    return (*starts[1:], end)


def _doubt(confidence: float) -> int | str:
    """What is lacking to certainty in whole thousandths; the digits of a confidence that is none of them."""
    told = _thousandths(confidence)
    return told if isinstance(told, str) else 1000 - told


def _sure(told: int | str) -> float:
    return float(told) if isinstance(told, str) else (1000 - told) / 1000


def _thousandths(confidence: float) -> int | str:
    """Whole thousandths as a number, any other fraction as its digits."""
    near = round(confidence * 1000)
    return near if near / 1000 == confidence else repr(float(confidence))


def _fraction(told: int | str) -> float:
    return float(told) if isinstance(told, str) else told / 1000


def _box(sides: Iterable[int]) -> Box:
    left, top, right, bottom = sides
    return left, top, right, bottom
