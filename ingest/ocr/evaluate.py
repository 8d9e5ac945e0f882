"""How well a page was read, measured against its transcription: characters wrong, reading order.

A transcription has a printed line or column a line, notes as `(right half/left half)`; white space says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

LOOK_ALIKE = str.maketrans({"巳": "已", "己": "已", "曰": "日"})
"""Shapes that old prints do not tell apart."""
_NOTE = str.maketrans("", "", "()/")
_QUOTES = str.maketrans({**dict.fromkeys("「『﹁﹃“‘", "「"), **dict.fromkeys("」』﹂﹄”’", "」"), "―": "—", "·": "・"})
_FOUND = 60.0
"""Lines less like any part of the text, in percent, were not read; they say nothing of order."""
_LEAST = 4


class Measured(NamedTuple):
    """Edit distance in parts of the transcription's length, without and with punctuation; whether order is right."""

    cer: float
    cer_with_punctuation: float
    order_ok: bool


def measured(read: str, written: str, fold: Callable[[str], str]) -> Measured:
    """Measure a text that was read against what is written on the page.

    Args:
        read: as `Transcript.text` tells it.
        written: the transcription.
        fold: makes equal what is to count as equal; punctuation folds to nothing.
    """

    def bare(text: str) -> str:
        return fold(text.translate(LOOK_ALIKE)).translate(LOOK_ALIKE)

    lines = [bare(_unnoted(line)) for line in written.splitlines()]
    text = bare(_unnoted(read))
    return Measured(
        _rate(text, "".join(lines)), _rate(_pointed(read, fold), _pointed(written, fold)), _in_order(text, lines)
    )


def _unnoted(text: str) -> str:
    """Without white space and the marks of notes."""
    return "".join(text.translate(_NOTE).split())


def _pointed(text: str, fold: Callable[[str], str]) -> str:
    """With punctuation, full and half width and all quotation marks alike, dashes and dots one each."""
    plain = unicodedata.normalize("NFKC", _unnoted(text.translate(_QUOTES))).translate(_NOTE).translate(LOOK_ALIKE)
    return re.sub(r"([—.…])\1+", r"\1", "".join(fold(char) or char for char in plain))


def _rate(read: str, written: str) -> float:
    return Levenshtein.distance(read, written) / len(written) if written else float(bool(read))


def _in_order(text: str, lines: list[str]) -> bool:
    """Whether the lines that were read stand in the text one after another."""
    at = 0
    for line in lines:
        if len(line) < _LEAST:
            continue
        found = fuzz.partial_ratio_alignment(line, text)
        if found is None or found.score < _FOUND:
            continue
        rest = fuzz.partial_ratio_alignment(line, text[at:])
        if rest is None or rest.score < found.score - 10:
            return False
        at += (rest.dest_start + rest.dest_end) // 2
    return True
