"""From a picture to transcripts: the whole recipe of reading a page.

*picture → strips (engine) → upright, straight pieces → layout → lines in reading order, facts of the page.*
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.transcription.model import Line, Transcript
from ingest.ocr.engines.contract import Pointed
from ingest.ocr.halves import halved
from ingest.ocr.ink import Ink
from ingest.ocr.layout_vertical import set_vertical
from ingest.ocr.pieces import Piece, gathered, glyphs_of, skew_of, straightened

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Engine, Picture

SURE = 0.5
"""Pieces read with less confidence are stains, rules and ornaments."""


def read_page(picture: Picture, engine: Engine) -> tuple[Transcript, ...]:
    """Read a picture: one transcript, or two, in reading order, where it shows a double spread.

    Boxes, `width` and `height` of a transcript are those of its `part`, or of the upright picture where it has none.

    Raises:
        WenkuError: the engine failed on this picture.
    """
    height, width = picture.shape[:2]
    strips = [strip for strip in engine.read(picture) if strip.confidence >= SURE]
    skew = skew_of(strips)
    pieces = straightened(strips, skew, (width, height))
    vertical = sum(len(p.text) for p in pieces if p.tall) > sum(len(p.text) for p in pieces if not p.tall)
    if vertical and isinstance(engine, Pointed):
        pieces = halved(pieces, Ink(picture, skew), picture, engine, skew)
    pieces.sort(key=lambda piece: (piece.top, piece.left))
    return (
        Transcript(
            width,
            height,
            tuple(set_vertical(pieces) if vertical else [_line(piece, number) for number, piece in enumerate(pieces)]),
            layout=("vertical" if vertical else "horizontal") if pieces else "blank",
            skew=skew,
            engine=f"{engine.name} {engine.version}",
        ),
    )


def _line(piece: Piece, number: int) -> Line:
    return Line(
        piece.text, gathered([piece]), column=number, confidence=piece.confidence, glyphs=glyphs_of(piece.strip)
    )
