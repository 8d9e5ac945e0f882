"""From a picture to transcripts: the whole recipe of reading a page.

*picture → strips, upright (engine, orientation) → surest of two looks → straight pieces → notes hidden in columns →
one page or two → lines in reading order and facts of the page (layout).*
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from archive.transcription.model import Facts, Transcript
from ingest.ocr.ends import lengthened
from ingest.ocr.engines.contract import Pointed, Strip
from ingest.ocr.halves import halved
from ingest.ocr.ink import Ink, Marks
from ingest.ocr.laid import Laid
from ingest.ocr.layout_horizontal import set_horizontal
from ingest.ocr.layout_vertical import set_vertical
from ingest.ocr.orientation import upright
from ingest.ocr.pieces import Piece, skew_of, straightened
from ingest.ocr.points import pointed
from ingest.ocr.second_pass import surest
from ingest.ocr.spread import fold_of

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Engine, Picture

SURE = 0.5
"""Pieces read with less confidence are stains, rules and ornaments."""


class Look(NamedTuple):
    """What is seen on a picture before its lines are put in order: pieces, and what is no writing."""

    picture: Picture
    turned: int
    pieces: list[Piece]
    marks: Marks

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return int(self.picture.shape[1]), int(self.picture.shape[0])


def read_page(picture: Picture, engine: Engine) -> tuple[Transcript, ...]:
    """Read a picture: one transcript, or two, in reading order, where it shows a double spread.

    Boxes, `width` and `height` of a transcript are those of its `part`, or of the upright picture where it has none.

    Raises:
        WenkuError: the engine failed on this picture.
    """
    look = look_at(picture, engine)
    width, height = look.size
    vertical = stands(look.pieces)
    fold = fold_of(look.pieces, look.marks, look.size, vertical)
    by = f"{engine.name} {engine.version}"
    if fold is None:
        whole = transcript_of([piece.strip for piece in look.pieces], look.marks, look.size)
        return (replace(whole, turned=look.turned, engine=by),)
    at = round(min(max(fold, 1), width - 1))
    parts = [(at, width), (0, at)] if vertical else [(0, at), (at, width)]
    read = []
    for left, right in parts:
        mine = [_moved(piece.strip, -left) for piece in look.pieces if (piece.across >= fold) == (left == at)]
        marks = Ink(look.picture[:, left:right], skew_of(mine)).marks()
        one = transcript_of(mine, marks, (right - left, height))
        read.append(replace(one, turned=look.turned, engine=by, part=(left, 0, right, height)))
    return tuple(_of_one_leaf(*read)) if vertical else tuple(read)


def look_at(picture: Picture, engine: Engine) -> Look:
    """Find what stands on a picture, upright and straightened.

    Raises:
        WenkuError: the engine failed on this picture.
    """
    turned, picture, found = upright(picture, engine)
    strips = [strip for strip in surest(picture, engine, found) if strip.confidence >= SURE]
    skew = skew_of(strips)
    ink = Ink(picture, skew)
    pieces = straightened(strips, skew, (picture.shape[1], picture.shape[0]))
    if stands(pieces):
        if isinstance(engine, Pointed):
            pieces = lengthened(halved(pieces, ink, picture, engine, skew), ink, picture, engine, skew)
        pieces = pointed(pieces, ink)
    return Look(picture, turned, pieces, ink.marks())


def stands(pieces: Sequence[Piece]) -> bool:
    """Whether most of a page was read from top to bottom."""
    tall = sum(len(piece.text) for piece in pieces if piece.tall)
    return tall * 2 > sum(len(piece.text) for piece in pieces if len(piece.text) > 1)


def transcript_of(strips: Sequence[Strip], marks: Marks, size: tuple[int, int]) -> Transcript:
    """One page, `size` (width, height) in pixels, from what was found on it."""
    skew = skew_of(strips)
    pieces = [piece for piece in straightened(strips, skew, size) if not _sealed(piece, marks)]
    if not pieces:
        laid = Laid([], Facts(), "blank")
    elif stands(pieces):
        laid = set_vertical(pieces, marks)
    else:
        laid = set_horizontal(pieces, marks, size[1])
    return Transcript(*size, tuple(laid.lines), laid.layout, laid.facts, skew=round(skew, 3))


def _sealed(piece: Piece, marks: Marks) -> bool:
    """Whether most of a piece is a seal's red."""
    covered = sum(
        max(0.0, min(piece.right, seal.right) - max(piece.left, seal.left))
        * max(0.0, min(piece.bottom, seal.bottom) - max(piece.top, seal.top))
        for seal in marks.seals
    )
    return covered > 0.6 * piece.width * piece.height


def _moved(strip: Strip, across: float) -> Strip:
    return replace(strip, corners=tuple((x + across, y) for x, y in strip.corners))


def _of_one_leaf(right: Transcript, left: Transcript) -> tuple[Transcript, Transcript]:
    """The halves of a leaf: what the centre strip tells holds for both, `a` for the right, `b` for the left."""
    told = right.facts
    if not told.title and not told.juan:
        return right, left
    label = left.facts.label or (f"{told.label[:-1]}b" if told.label.endswith("a") else "")
    return right, replace(
        left, facts=replace(left.facts, title=told.title, juan=told.juan, leaf=told.leaf, label=label)
    )
