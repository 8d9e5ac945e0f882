"""What stands on a page for its own sake: running head and page number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from archive.transcription.model import Facts
from ingest.ocr.ink import Area
from ingest.ocr.pieces import Piece, middling
from ingest.ocr.rows import Row

NUMBER = re.compile(
    r"[\W_]*(?:第\s*)?([0-9]{1,4}|[〇○零一二三四五六七八九十百]{1,6}|[ivxlIVXL]{1,7})(?:\s*[页頁])?[\W_]*"
)
"""A page number, with what adorns it."""
_CAPTION = re.compile(r"[表图圖]\s*[0-9一二三四五六七八九十]")


class Running(NamedTuple):
    """A horizontal page's rows of text, and what stands above and below them."""

    body: list[Row]
    heads: list[Piece]
    folios: list[Piece]

    @property
    def facts(self) -> Facts:
        """What they tell."""
        return told(self.heads, self.folios)


def number_in(text: str) -> str:
    """The page number a piece is, without what adorns it; empty if it is none."""
    found = NUMBER.fullmatch(text.strip())
    return found[1] if found else ""


def told(heads: Sequence[Piece], folios: Sequence[Piece]) -> Facts:
    """Running heads and page numbers as facts of the page."""
    label = next(filter(None, (number_in(piece.text) for piece in folios)), "")
    return Facts(label=label, head="\u3000".join(piece.text for piece in heads))


def running(rows: Sequence[Row], rules: Sequence[Area], size: float, height: float) -> Running:
    """Set apart the running head and page number of a horizontal page.

    Args:
        rows: its rows from top to bottom.
        rules: its level rules.
        size: pixels of a character of its body.
        height: of the page.
    """
    body = list(rows)
    heads: list[Piece] = []
    folios: list[Piece] = []
    gap = middling((b.top - a.bottom for a, b in pairwise(rows)), size)
    if len(body) > 2 and body[0].bottom < 0.2 * height and _is_head(body[0], body[1], rules, size, gap):
        for piece in body.pop(0).pieces:
            (folios if number_in(piece.text) else heads).append(piece)
    if len(body) > 1 and body[-1].top > 0.8 * height and number_in(body[-1].text):
        if body[-1].top - body[-2].bottom > 1.3 * gap:
            folios += body.pop().pieces
    elif len(body) > 1 and not heads and number_in(body[0].text) and body[0].bottom < 0.2 * height:
        folios += body.pop(0).pieces
    return Running(body, heads, folios)


def _is_head(first: Row, second: Row, rules: Sequence[Area], size: float, gap: float) -> bool:
    if _CAPTION.match(first.text):
        return False
    between = [
        rule
        for rule in rules
        if first.bottom - 0.3 * size <= rule.top <= second.top + 0.3 * size and rule.right - rule.left > 4 * size
    ]
    small = first.size < 0.92 * size
    apart = second.top - first.bottom > 1.5 * gap
    numbered = len(first.pieces) > 1 and any(number_in(piece.text) for piece in first.pieces)
    return (bool(between) and first.size < 1.1 * size) or (apart and (small or numbered))
