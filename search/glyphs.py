"""Glyphs of the bank as the store has them, written so that a query in quotation marks finds just these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from archive.library import Library
from archive.model import Passage
from search import folding, streams
from search.alphabet import Numbers
from search.bank import Bank


def written(library: Library, bank: Bank, places: Sequence[Numbers]) -> list[str]:
    """The stored characters at some places, string by string: `葢天下`, `字&KR0714;`.

    Args:
        library: the store.
        bank: where the places are.
        places: of each string its places, all in one passage.

    Returns:
        One text for each string; where the store has changed under our hands, its folded letters.
    """
    rows = bank.row_at(np.array([string[0] for string in places], dtype=np.int64)).tolist()
    passages = library.passages_by_id(sorted({int(bank.ids[row]) for row in rows}))
    placed: dict[int, dict[int, str]] = {}
    texts = []
    for row, string in zip(rows, places, strict=True):
        if row not in placed:
            placed[row] = _placed(bank, row, passages.get(int(bank.ids[row])))
        known = placed[row]
        texts.append("".join(known.get(at) or bank.alphabet.token(int(bank.letters[at])) for at in string.tolist()))
    return texts


def _placed(bank: Bank, row: int, passage: Passage | None) -> dict[int, str]:
    """The characters of a passage by place; none if the store has others."""
    if passage is None:
        return {}
    base, end = int(bank.starts[row]), int(bank.starts[row + 1])
    glyphs, offsets = streams.places(passage, bank.alphabet)
    if not np.array_equal(glyphs, bank.glyphs[base:end]):
        return {}
    placeholders = {
        mark.start: _spelt(mark.value)
        for mark in passage.marks
        if mark.kind == "gaiji" and folding.is_placeholder(passage.text[mark.start : mark.end])
    }
    return {
        place: placeholders.get(offset) or passage.text[offset] for place, offset in enumerate(offsets.tolist(), base)
    }


def _spelt(value: Mapping[str, Any]) -> str:
    """How a query writes a character without code point; its placeholder if that cannot be written."""
    key = folding.gaiji_key(value)
    spellings = (key, f"&{key};", f"[{key}]")
    return next((one for one in spellings if folding.units(one) == (key,)), folding.GETA)
