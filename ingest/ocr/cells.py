"""Tables: where they stand on a horizontal page, and their cells row by row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.ocr.ink import Area
from ingest.ocr.pieces import Piece, middling
from ingest.ocr.rows import Row, rows_of

APART = 0.6
"""Cells side by side have at least so many characters' room between them."""
FEWEST = 3
"""Fewer rows make no table."""


class Table(NamedTuple):
    """A table between two heights; its cells by row, each cell's pieces from top to bottom."""

    top: float
    bottom: float
    rows: list[list[list[Piece]]]


def tables_of(rows: Sequence[Row], rules: Sequence[Area], size: float) -> list[Table]:
    """The tables of a page: those with rules, and rows of short cells that stand under one another."""
    found = [table for edges in _ruled(rules, size) if (table := _between_rules(rows, edges, size))]
    free = [row for row in rows if not any(table.top <= row.top and row.bottom <= table.bottom for table in found)]
    return sorted([*found, *_aligned(free, size)], key=lambda table: table.top)


def _ruled(rules: Sequence[Area], size: float) -> list[list[Area]]:
    """Level rules of like length one under another, a row of characters or more apart."""
    stacks: list[list[Area]] = []
    for rule in rules:
        if rule.right - rule.left < 8 * size:
            continue
        for stack in stacks:
            last = stack[-1]
            shared = min(last.right, rule.right) - max(last.left, rule.left)
            alike = shared > 0.6 * max(last.right - last.left, rule.right - rule.left)
            if alike and 0.9 * size < rule.top - last.top < 8 * size:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    return [stack for stack in stacks if len(stack) > FEWEST]


def _between_rules(rows: Sequence[Row], edges: Sequence[Area], size: float) -> Table | None:
    while len(edges) > 2 and sum(edges[0].top < p.down < edges[1].top for row in rows for p in row.pieces) < 2:
        edges = edges[1:]  # a caption between the rule of the running head and the table's own
    top, bottom = edges[0].top, edges[-1].bottom
    inside = [piece for row in rows for piece in row.pieces if top < piece.down < bottom]
    starts = _starts(inside, size)
    if len(starts) < 2:
        return None
    told: list[list[list[Piece]]] = []
    usual = middling(lower.top - upper.top for upper, lower in pairwise(edges))
    for upper, lower in pairwise(edges):
        held = [piece for piece in inside if upper.top < piece.down < lower.top]
        missed = lower.top - upper.top > 1.7 * usual  # a rule between two rows was not seen
        for one in [row.pieces for row in rows_of(held)] if missed else [held]:
            cells = [_stacked([piece for piece in one if _column(piece, starts) == at]) for at in range(len(starts))]
            told.append([cell for cell in cells if cell])
    return Table(top - 0.5 * size, bottom + 0.5 * size, [row for row in told if row])


def _starts(pieces: Sequence[Piece], size: float) -> list[float]:
    """Where columns of cells begin: the left edges that no piece runs across."""
    starts: list[float] = []
    reached = float("-inf")
    for piece in sorted(pieces, key=lambda piece: piece.left):
        if piece.left > reached + 0.2 * size:
            starts.append(piece.left)
        reached = max(reached, piece.right)
    return starts


def _column(piece: Piece, starts: Sequence[float]) -> int:
    return max((at for at, start in enumerate(starts) if piece.across >= start), default=0)


def _stacked(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for row in rows_of(pieces) for piece in row.pieces]


def _aligned(rows: Sequence[Row], size: float) -> list[Table]:
    """Rows of three or more short cells, one under another."""
    found: list[Table] = []
    run: list[Row] = []
    for row in [*rows, None]:
        if row is not None and _is_row(row, size) and (not run or _under(run[-1], row, size)):
            run.append(row)
            continue
        if len(run) >= FEWEST:
            cells = [[[piece] for piece in one.pieces] for one in run]
            found.append(Table(run[0].top, run[-1].bottom, cells))
        run = [row] if row is not None and _is_row(row, size) else []
    return found


def _under(above: Row, row: Row, size: float) -> bool:
    """Whether cells stand under cells: not far below, and at least two beside the first begin where others do."""
    starts = [piece.left for piece in above.pieces[1:]]
    met = sum(any(abs(piece.left - start) < size for start in starts) for piece in row.pieces[1:])
    return row.top - above.bottom < 3 * size and met >= 2


def _is_row(row: Row, size: float) -> bool:
    gaps = [b.left - a.right for a, b in pairwise(row.pieces)]
    return len(row.pieces) > 2 and min(gaps) > APART * size and max(p.width for p in row.pieces) < 12 * size
