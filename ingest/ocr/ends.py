"""Thin characters at the ends of a column, 一 above all, which a detector leaves out: their ink is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.ocr.blots import blots_of
from ingest.ocr.pieces import Piece, corners_in, straightened
from ingest.ocr.setting import pitch_of

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Picture, Pointed
    from ingest.ocr.ink import Ink

SURE = 0.6
"""A character that was left out is taken in if it is read with this confidence."""
_REACH = 1.1  # characters' room beyond the piece that is looked at
_WIDE, _FLAT = 0.35, 0.35  # how wide, in pieces' widths, and how flat, in characters, such a character is


def lengthened(pieces: Sequence[Piece], ink: Ink, picture: Picture, engine: Pointed, skew: float) -> list[Piece]:
    """The pieces of a vertical page; those with a thin character before or after them read again with it."""
    size = int(picture.shape[1]), int(picture.shape[0])
    longer: dict[int, tuple[float, float]] = {}
    for number, piece in enumerate(pieces):
        if piece.tall and len(piece.text) > 2:
            pitch = pitch_of([piece], True)
            top = _flat(piece, piece.top - _REACH * pitch, piece.top, pitch, pieces, ink)
            bottom = _flat(piece, piece.bottom, piece.bottom + _REACH * pitch, pitch, pieces, ink)
            if top or bottom:
                ends = (top[0] if top else piece.top, bottom[1] if bottom else piece.bottom)
                longer[number] = ends[0] - 0.12 * pitch * bool(top), ends[1] + 0.12 * pitch * bool(bottom)
    boxes = [(pieces[n].left, top, pieces[n].right, bottom) for n, (top, bottom) in longer.items()]
    again = engine.read_at(picture, [corners_in(box, skew, size) for box in boxes]) if boxes else ()
    found = list(pieces)
    for (number, _), strip in zip(longer.items(), again, strict=True):
        old = pieces[number].text
        more = strip.text.replace(old, "", 1)
        if (
            old in strip.text
            and 0 < len(more) <= 2
            and all(
                sign.confidence >= SURE
                for at, sign in enumerate(strip.signs)
                if not strip.text.index(old) <= at < strip.text.index(old) + len(old)
            )
        ):
            found[number] = straightened([strip], skew, size)[0]
    return found


def _flat(
    piece: Piece, top: float, bottom: float, pitch: float, pieces: Sequence[Piece], ink: Ink
) -> tuple[float, float] | None:
    """Where, between two heights, a flat stroke stands in the piece's column that no other piece holds."""
    top = max(0.0, top)
    mask = ink.within(piece.left, top, piece.right, bottom)
    for blot in blots_of(mask):
        free = blot.left > 0 and blot.right < mask.shape[1] and blot.top > 0 and blot.bottom < len(mask)
        wide, high = blot.width / ink.scale, blot.height / ink.scale
        if not free or wide < _WIDE * piece.width or high > _FLAT * pitch:
            continue
        above, below = top + blot.top / ink.scale, top + blot.bottom / ink.scale
        middle = piece.left + (blot.left + blot.right) / 2 / ink.scale
        if abs(middle - piece.across) > 0.15 * piece.width:
            continue
        held = any(
            other is not piece and other.left < middle < other.right and other.top < (above + below) / 2 < other.bottom
            for other in pieces
        )
        if not held:
            return above, below
    return None
