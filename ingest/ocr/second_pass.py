"""A second look at a page that was read with doubt: the same with what shines through from the back taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.ocr.paper import suppressed
from ingest.ocr.pieces import gathered_strip

if TYPE_CHECKING:
    from archive.transcription.model import Box
    from ingest.ocr.engines.contract import Engine, Picture, Strip

PLAIN = 0.98
"""Pages read with this mean confidence need no second look: whitening the paper always would harm them."""
_SAME = 0.5


def surest(picture: Picture, engine: Engine, strips: Sequence[Strip]) -> tuple[Strip, ...]:
    """The strips, or where a second look was surer, what it saw."""
    if not strips or confidence(strips) >= PLAIN:
        return tuple(strips)
    again = engine.read(suppressed(picture))
    first, second = confidence(strips), confidence(again)
    better, other = (again, strips) if second > first else (strips, again)
    return tuple(_surer(strip, other) for strip in better)


def confidence(strips: Sequence[Strip]) -> float:
    """Mean confidence of the characters."""
    count = sum(len(strip.text) for strip in strips)
    return sum(strip.confidence * len(strip.text) for strip in strips) / count if count else 0.0


def _surer(strip: Strip, others: Sequence[Strip]) -> Strip:
    """The strip, or another of the same place that is surer and no shorter."""
    box = gathered_strip(strip)
    for other in others:
        surer = other.confidence > strip.confidence and len(other.text) >= len(strip.text)
        if surer and _shared(box, gathered_strip(other)) > _SAME:
            return other
    return strip


def _shared(one: Box, other: Box) -> float:
    """Two boxes' common area in parts of what they cover together."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - across * down
    return across * down / both
