"""A vertical page: columns from right to left, double-line notes in their places, what is no text apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.transcription.model import Facts, Line, Role
from ingest.ocr.centre import centre_of, facts_of
from ingest.ocr.columns import Column, body_width, columns_of, distance_of
from ingest.ocr.ink import Marks
from ingest.ocr.laid import Laid
from ingest.ocr.pieces import Piece, middling
from ingest.ocr.running import number_in, told
from ingest.ocr.setting import pitch_of, set_line

HEADING = 1.18
"""Characters larger than the body's by this are a heading's."""
SMALL = 0.8
"""Characters smaller than the body's by this, in a column outside all others, are a running head's."""
_STOPS = re.compile("[。，；：、！？]")


def set_vertical(pieces: Sequence[Piece], marks: Marks) -> Laid:
    """The lines of a vertical page in reading order."""
    body = body_width(pieces)
    held, heads, folios = _apart(pieces, body)
    columns = columns_of(held)
    pitch = pitch_of([piece for column in columns for piece in column.whole if piece.width < 1.2 * body] or held, True)
    distance = distance_of(columns, body)
    centre = centre_of(columns, marks, body, distance, pitch)
    facts = Facts()
    if centre is not None:
        foot = max(column.bottom for column in columns)
        leaf = [p for p in folios if abs(p.across - centre.middle) < 0.6 * distance and p.down < foot]
        folios = [piece for piece in folios if piece not in leaf]
        centre.whole += leaf
        facts = facts_of(centre.pieces, "b" if columns.index(centre) == 0 else "a")
        columns.remove(centre)
    else:
        for column in _margins(columns, pitch, distance):
            columns.remove(column)
            for piece in column.pieces:
                (folios if number_in(piece.text) else heads).append(piece)
    running = told(heads, folios)
    facts = replace(facts, label=facts.label or running.label, head=running.head)
    lines = _set(columns, pitch)
    apart: tuple[tuple[Role, Sequence[Piece]], ...] = (
        ("centre", sorted(centre.pieces, key=lambda piece: piece.top) if centre else ()),
        ("head", heads),
        ("folio", folios),
    )
    number = len(columns)
    for role, others in apart:
        for piece in others:
            lines.append(set_line([piece], True, pitch, role, number))
            number += 1
    return Laid(lines, facts, "vertical")


def _apart(pieces: Sequence[Piece], body: float) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """The text, and outside its block what stands level above it and page numbers."""
    tallest = max((piece.height for piece in pieces), default=0.0)
    block = [piece for piece in pieces if piece.height > 0.4 * tallest]
    top, bottom = min((p.top for p in block), default=0.0), max((p.bottom for p in block), default=0.0)
    left, right = min((p.left for p in block), default=0.0), max((p.right for p in block), default=0.0)
    held: list[Piece] = []
    heads: list[Piece] = []
    folios: list[Piece] = []
    for piece in pieces:
        beyond = not top < piece.down < bottom
        beside = not left - 0.5 * body < piece.across < right + 0.5 * body
        if (beyond or beside) and not piece.tall and number_in(piece.text):
            folios.append(piece)
        elif beyond and not piece.tall and len(piece.text) > 1:
            heads.append(piece)
        else:
            held.append(piece)
    return held, heads, folios


def _margins(columns: Sequence[Column], pitch: float, distance: float) -> list[Column]:
    """Columns in small type outside all others: a running head, perhaps with the page's number."""
    if len(columns) < 4:
        return []
    found = []
    for column, next_to in ((columns[0], columns[1]), (columns[-1], columns[-2])):
        small = pitch_of(column.pieces, True) < SMALL * pitch and not (column.left and column.right)
        filled = sum(piece.height for piece in column.pieces)
        if small and abs(column.middle - next_to.middle) > 0.8 * distance and filled < 0.6 * _height(columns):
            found.append(column)
    return found


def _height(columns: Sequence[Column]) -> float:
    return max(column.bottom for column in columns) - min(column.top for column in columns)


def _set(columns: Sequence[Column], pitch: float) -> list[Line]:
    """The lines of columns in order, with their indentation, headings marked."""
    if not columns:
        return []
    top = min(column.top for column in columns)
    indents = [max(0, round((column.top - top) / pitch)) for column in columns]
    usual = int(middling(indents))
    pointed = sum(bool(_STOPS.search(piece.text)) for column in columns for piece in column.whole)
    lines: list[Line] = []
    for number, (column, indent) in enumerate(zip(columns, indents, strict=True)):
        stretches = _set_column(column, number, pitch)
        heading = _is_large(column, pitch)
        if not heading and pointed < 0.3 * len(columns):
            short = column.bottom - column.top < 0.6 * _height(columns)
            alone = number == 0 or indents[number - 1] != indent
            alone &= number + 1 == len(columns) or indents[number + 1] != indent
            heading = short and alone and (indent >= usual + 2 or indent < usual) and not column.right
        if heading:
            stretches = [replace(line, role="heading") if line.role == "text" else line for line in stretches]
        lines += [replace(stretches[0], indent=indent), *stretches[1:]]
    return lines


def _is_large(column: Column, pitch: float) -> bool:
    text = sum(len(piece.text) for piece in column.whole)
    return text > 1 and pitch_of(column.whole, True) > HEADING * pitch and not _STOPS.search(column.whole[-1].text[-1:])


def _set_column(column: Column, number: int, pitch: float) -> list[Line]:
    """Text and notes from top to bottom; of a note the right half, then the left."""
    halves = {id(piece) for piece in (*column.right, *column.left)}
    rights = {id(piece) for piece in column.right}
    lines: list[Line] = []
    run: list[Piece] = []
    for piece in [*sorted(column.pieces, key=lambda piece: (piece.down, -piece.across)), None]:
        if run and (piece is None or (id(piece) in halves) != (id(run[0]) in halves)):
            run.sort(key=lambda piece: piece.top)
            if id(run[0]) in halves:
                for side in ([p for p in run if id(p) in rights], [p for p in run if id(p) not in rights]):
                    if side:
                        lines.append(set_line(side, True, pitch_of(side, True), "note", number))
            else:
                lines.append(set_line(run, True, pitch, "text", number))
            run = []
        if piece is not None:
            run.append(piece)
    return lines
