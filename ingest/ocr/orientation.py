"""Which way up a page lies: read a few lines upside down too, and a few characters by themselves.

An engine lays a tall piece on its side and has learned to read characters that lie so, head to the left. Hence a turned
page can read well, and only single characters tell. Where lines are tall, characters of an upright page read well as
they stand, those of a turned one do not. Where lines are wide, characters of an upright page read ill when they are
turned clockwise; those of a vertical page that lies on its side are then upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy

from ingest.ocr.engines.contract import Corners, Pointed
from ingest.ocr.pieces import glyphs_of, is_tall

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Engine, Picture, Strip

LINES, CHARACTERS = 5, 4
"""How many lines are asked, and characters in each."""
PLAIN = 0.9
"""Lines read with this confidence are not upside down."""
AGREED = 0.5
"""Characters that read well by themselves, in parts of all that are asked."""


def upright(picture: Picture, engine: Engine) -> tuple[int, Picture, tuple[Strip, ...]]:
    """Degrees the picture had to be turned clockwise, the picture upright, and what the engine finds in it."""
    strips = engine.read(picture)
    if not isinstance(engine, Pointed):
        return 0, picture, strips
    best = 0, picture, strips
    asked = _longest(strips)
    flipped = 0
    if not asked:  # upside down, an old print may read as nothing at all
        over = _turned(picture, engine, 180)
        if not _longest(over[2]):
            return best
        best, asked, flipped = over, _longest(over[2]), 180
    elif _mean(asked) < PLAIN:
        again = engine.read_at(picture, [strip.corners[2:] + strip.corners[:2] for strip in asked])
        if _mean(again) > _mean(asked):
            best, flipped = _turned(picture, engine, 180), 180
            asked = _longest(best[2])
    tall = 2 * sum(len(s.text) for s in asked if is_tall(s)) > sum(len(s.text) for s in asked)
    lines = [strip for strip in asked if is_tall(strip) == tall]
    if (_agreed(best[1], engine, lines, turned=not tall) >= AGREED) == tall:
        return best
    return _turned(picture, engine, (flipped + (270 if tall else 90)) % 360)


def _turned(picture: Picture, engine: Engine, degrees: int) -> tuple[int, Picture, tuple[Strip, ...]]:
    turned = numpy.ascontiguousarray(numpy.rot90(picture, -degrees // 90))
    return degrees, turned, engine.read(turned)


def _longest(strips: Sequence[Strip]) -> list[Strip]:
    return sorted((s for s in strips if len(s.text) > 3), key=lambda strip: -len(strip.text))[:LINES]


def _mean(strips: Sequence[Strip]) -> float:
    count = sum(len(strip.text) for strip in strips)
    return sum(strip.confidence * len(strip.text) for strip in strips) / count if count else 0.0


def _agreed(picture: Picture, engine: Pointed, strips: Sequence[Strip], *, turned: bool) -> float:
    """The share of characters of these lines that are the same when read alone, as they are or turned clockwise."""
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
            a, b, c, d = _square(left, top, right, bottom)
            places.append((d, a, b, c) if turned else (a, b, c, d))
            expected.append(char)
    if not places:
        return float(not turned)
    alone = engine.read_at(picture, places)
    return sum(char in strip.text for char, strip in zip(expected, alone, strict=True)) / len(places)


def _square(left: float, top: float, right: float, bottom: float) -> Corners:
    """A character's place, as high as wide or nearly: the engine would lay what is tall on its side."""
    low = max(0.0, (bottom - top) - 1.3 * (right - left)) / 2
    thin = max(0.0, (right - left) - 1.3 * (bottom - top)) / 2
    left, top, right, bottom = left + thin, top + low, right - thin, bottom - low
    return (left, top), (right, top), (right, bottom), (left, bottom)
