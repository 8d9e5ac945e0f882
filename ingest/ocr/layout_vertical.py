"""A vertical page: columns from right to left, double-line notes in their places, indentation in cells."""

from __future__ import annotations

from collections.abc import Sequence

from archive.transcription.model import Line
from ingest.ocr.columns import Column, columns_of
from ingest.ocr.pieces import Piece
from ingest.ocr.setting import pitch_of, set_line


def set_vertical(pieces: Sequence[Piece]) -> list[Line]:
    """The lines of a vertical page in reading order."""
    columns = columns_of(pieces)
    whole = [piece for column in columns for piece in column.whole]
    pitch = pitch_of(whole or pieces, tall=True)
    lines: list[Line] = []
    for number, column in enumerate(columns):
        lines += _set_column(column, number, pitch)
    return lines


def _set_column(column: Column, number: int, pitch: float) -> list[Line]:
    """Text and notes from top to bottom; of a note the right half, then the left."""
    halves = {id(piece) for piece in (*column.right, *column.left)}
    rights = {id(piece) for piece in column.right}
    lines: list[Line] = []
    run: list[Piece] = []
    for piece in [*sorted(column.pieces, key=lambda piece: piece.down), None]:
        if run and (piece is None or (id(piece) in halves) != (id(run[0]) in halves)):
            run.sort(key=lambda piece: piece.top)
            if id(run[0]) in halves:
                for side in ([p for p in run if id(p) in rights], [p for p in run if id(p) not in rights]):
                    if side:
                        lines.append(set_line(side, True, pitch_of(side, tall=True), "note", number))
            else:
                lines.append(set_line(run, True, pitch, "text", number))
            run = []
        if piece is not None:
            run.append(piece)
    return lines
