"""From pieces to lines: pieces that stand one after another become one line, with its characters and their boxes."""

from __future__ import annotations

from collections.abc import Sequence

from archive.transcription.model import Box, Glyph, Line, Role
from ingest.ocr.pieces import Piece, bounds, gathered, glyphs_of, middling

SPACE = "\u3000"
GAP = 1.5
"""Cells left empty from which on they are meant: less may be a mark of punctuation that was not seen."""


def pitch_of(pieces: Sequence[Piece], tall: bool) -> float:
    """Pixels from one character to the next, in the middle of all."""
    steps: list[float] = []
    for piece in pieces:
        length = piece.height if tall else piece.width
        inner = [
            sign.end - sign.start
            for char, sign in zip(piece.text[1:-1], piece.strip.signs[1:-1], strict=False)
            if ord(char) > 0x3400
        ]
        count = sum(1.0 if ord(char) > 0x2E7F else 0.5 for char in piece.text)
        if len(inner) >= 3:
            steps += [middling(inner) * length] * len(inner)
        elif count >= 2:
            steps += [length / (count + 0.3)] * len(piece.text)  # the box has some air around it
    sizes = [piece.width if tall else piece.height for piece in pieces]
    return middling(steps, middling(sizes, 1.0) * 0.85)


def set_line(pieces: Sequence[Piece], tall: bool, pitch: float, role: Role = "text", column: int = 0) -> Line:
    """One line of pieces in their order; cells left empty between them stand as U+3000."""
    text: list[str] = []
    glyphs: list[Glyph] = []
    known = all(len(piece.strip.signs) == len(piece.text) for piece in pieces)
    for number, piece in enumerate(pieces):
        empty = _cells_between(pieces[number - 1], piece, tall, pitch) if number else 0
        text.append(SPACE * empty + piece.text)
        if known:
            if empty:
                glyphs += [Glyph(_between(pieces[number - 1], piece))] * empty
            glyphs += glyphs_of(piece.strip)
    count = sum(len(piece.text) for piece in pieces)
    confidence = sum(piece.confidence * len(piece.text) for piece in pieces) / max(1, count)
    return Line("".join(text), gathered(pieces), role, column, 0, round(confidence, 4), tuple(glyphs))


def _cells_between(before: Piece, after: Piece, tall: bool, pitch: float) -> int:
    gap = (after.top - before.bottom) if tall else (after.left - before.right)
    return round(gap / pitch) if gap >= GAP * pitch else 0


def _between(before: Piece, after: Piece) -> Box:
    a, b = gathered([before]), gathered([after])
    across, down = sorted([a[0], a[2], b[0], b[2]]), sorted([a[1], a[3], b[1], b[3]])
    return bounds([(across[1], down[1]), (across[2], down[2])])
