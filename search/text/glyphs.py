"""Glyphs of the bank as the store has them, written so that a query in quotation marks finds just these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from archive.library import Library
from archive.model import Passage
from search.text import folding, streams
from search.text.alphabet import Numbers
from search.text.bank import Bank


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
    texts = [""] * len(places)
    # One passage after the other, as one alone may be long.
    for row, group in groupby(sorted(range(len(rows)), key=rows.__getitem__), key=rows.__getitem__):
        stored = _Stored(bank, row, passages.get(int(bank.ids[row])))
        for number in group:
            texts[number] = "".join(map(stored.at, places[number].tolist()))
    return texts


class _Stored:
    """The characters of one passage, by place."""

    def __init__(self, bank: Bank, row: int, passage: Passage | None) -> None:
        self._bank, self._passage = bank, passage
        self._base, end = int(bank.starts[row]), int(bank.starts[row + 1])
        self._spelt: dict[int, str] = {}
        if passage is None:
            return
        glyphs, self._offsets = streams.places(passage, bank.alphabet)
        if not np.array_equal(glyphs, bank.glyphs[self._base : end]):
            self._passage = None
        for mark in passage.marks:
            if mark.kind == "gaiji" and folding.is_placeholder(passage.text[mark.start : mark.end]):
                self._spelt[mark.start] = _spelt(mark.value)

    def at(self, place: int) -> str:
        """The character at a place; its folded letter where the store has changed."""
        if self._passage is None:
            return self._bank.alphabet.token(int(self._bank.letters[place]))
        offset = int(self._offsets[place - self._base])
        return self._spelt.get(offset) or self._passage.text[offset]


def _spelt(value: Mapping[str, Any]) -> str:
    """How a query writes a character without code point; its placeholder if that cannot be written."""
    key = folding.gaiji_key(value)
    spellings = (key, f"&{key};", f"[{key}]")
    return next((one for one in spellings if folding.units(one) == (key,)), folding.GETA)
