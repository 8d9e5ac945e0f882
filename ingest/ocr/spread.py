"""Two pages in one picture: an opened book, or a woodblock leaf with its centre strip between the halves."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.ocr.centre import centre_of
from ingest.ocr.columns import body_width, columns_of, distance_of
from ingest.ocr.ink import Marks
from ingest.ocr.pieces import Piece
from ingest.ocr.rows import body_size
from ingest.ocr.setting import pitch_of

LANDSCAPE = 1.1
"""An opened book is at least this much wider than high."""
FOLD = 1.6
"""Columns are this many distances apart where the fold lies between them."""
MARGINS = 3.0
"""Characters' width between two pages of horizontal lines, at least."""


def fold_of(pieces: Sequence[Piece], marks: Marks, size: tuple[int, int], vertical: bool) -> float | None:
    """Where, from the left in straightened pixels, a picture of that size divides into two pages; None for one page."""
    if len(pieces) < 4:
        return None
    landscape = size[0] >= LANDSCAPE * size[1]
    if not vertical:
        return _gap(pieces, size[0], MARGINS * body_size(pieces)) if landscape else None
    columns = columns_of(pieces)
    body = body_width(pieces)
    distance = distance_of(columns, body)
    pitch = pitch_of([piece for column in columns for piece in column.whole] or pieces, True)
    centre = centre_of(columns, marks, body, distance, pitch)
    if centre is not None and columns[0] is not centre is not columns[-1]:
        after = columns[columns.index(centre) + 1]
        right_edge = max(piece.right for piece in after.pieces)
        return (right_edge + min(piece.left for piece in centre.pieces)) / 2
    return _gap(pieces, size[0], FOLD * distance - body) if landscape else None


def _gap(pieces: Sequence[Piece], width: int, least: float) -> float | None:
    """The middle of the widest white, at least that wide, that runs down the middle of the picture."""
    reached = float("-inf")
    gaps = []
    for piece in sorted(pieces, key=lambda piece: piece.left):
        middle = (reached + piece.left) / 2
        if piece.left - reached >= least and 0.35 * width < middle < 0.65 * width:
            gaps.append((piece.left - reached, middle))
        reached = max(reached, piece.right)
    return max(gaps)[1] if gaps else None
