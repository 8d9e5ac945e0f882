"""Which way up a page lies: read a few lines upside down too, and a few characters by themselves.

An engine reads a line from left to right and lays a tall piece on its side, so that a turned page can read well. Only
single characters tell: on an upright page each, cut out and read as it stands, is again the character of its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy

from ingest.ocr.engines.contract import Corners, Pointed
from ingest.ocr.pieces import glyphs_of, is_tall

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Engine, Picture, Strip

LINES, CHARACTERS = 6, 5
"""How many lines are asked, and characters in each."""
PLAIN = 0.9
"""Lines read with this confidence are not upside down."""
AGREED = 0.5
"""Share of the characters that must be the same by themselves on a page that is upright."""


def upright(picture: Picture, engine: Engine) -> tuple[int, Picture, tuple[Strip, ...]]:
    """Degrees the picture had to be turned clockwise, the picture upright, and what the engine finds in it."""
    strips = engine.read(picture)
    if not isinstance(engine, Pointed):
        return 0, picture, strips
    best = 0, picture, strips
    asked = _longest(strips)
    if not asked:
        return best
    flipped = 0
    if _mean(asked) < PLAIN:
        over = engine.read_at(picture, [strip.corners[2:] + strip.corners[:2] for strip in asked])
        flipped = 180 if _mean(over) > _mean(asked) else 0
    if flipped:
        best = _turned(picture, engine, flipped)
        asked = _longest(best[2])
    agreed = _agreed(best[1], engine, asked)
    if agreed >= AGREED:
        return best
    tall = sum(len(strip.text) for strip in asked if is_tall(strip)) * 2 > sum(len(strip.text) for strip in asked)
    other = _turned(picture, engine, (flipped + (270 if tall else 90)) % 360)
    return other if _agreed(other[1], engine, _longest(other[2])) > agreed else best


def _turned(picture: Picture, engine: Engine, degrees: int) -> tuple[int, Picture, tuple[Strip, ...]]:
    turned = numpy.ascontiguousarray(numpy.rot90(picture, -degrees // 90))
    return degrees, turned, engine.read(turned)


def _longest(strips: Sequence[Strip]) -> list[Strip]:
    return sorted((s for s in strips if len(s.text) > 3), key=lambda strip: -len(strip.text))[:LINES]


def _mean(strips: Sequence[Strip]) -> float:
    count = sum(len(strip.text) for strip in strips)
    return sum(strip.confidence * len(strip.text) for strip in strips) / count if count else 0.0


def _agreed(picture: Picture, engine: Pointed, strips: Sequence[Strip]) -> float:
    """The share of characters of these lines that are read as the same when they stand alone."""
    places: list[Corners] = []
    expected: list[str] = []
    for strip in strips:
        surest = sorted(
            (
                (glyph.confidence, glyph.box, char)
                for glyph, char in zip(glyphs_of(strip), strip.text, strict=False)
                if "\u3400" <= char <= "\u9fff"
            ),
            key=lambda one: -one[0],
        )
        for _, (left, top, right, bottom), char in surest[:CHARACTERS]:
            places.append(_square(left, top, right, bottom))
            expected.append(char)
    if not places:
        return 1.0
    alone = engine.read_at(picture, places)
    return sum(char in strip.text for char, strip in zip(expected, alone, strict=True)) / len(places)


def _square(left: float, top: float, right: float, bottom: float) -> Corners:
    """A character's place no more than a little taller than wide, else the engine would lay it on its side."""
    short = max(0.0, (bottom - top) - 1.4 * (right - left)) / 2
    return (left, top + short), (right, top + short), (right, bottom - short), (left, bottom - short)
