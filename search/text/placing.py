"""From places in the bank to offsets in stored text, each verified against the store."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from archive.model import Passage
from search.text import streams
from search.text.alphabet import Numbers
from search.text.bank import Bank, Spans


class Placing:
    """Finds places of the bank again in passages as the store has them now."""

    def __init__(self, bank: Bank, passages: Iterable[Passage]) -> None:
        self._bank = bank
        self._passages = {passage.id: passage for passage in passages}
        self._number = {passage_id: number for number, passage_id in enumerate(self._passages)}
        self._glyphs, self._offsets, self._bounds = streams.places([*self._passages.values()], bank.alphabet)

    def passage(self, row: int) -> Passage | None:
        """The passage of a row; None if it was not given."""
        return self._passages.get(self._bank.ids.item(row))

    def ends(self, spans: Spans) -> tuple[list[int], list[int]] | None:
        """Offsets of the first character of each occurrence and after its last; None if any has others there now."""
        ids = self._bank.ids[spans.row].tolist()
        if any(passage_id not in self._number for passage_id in ids):
            return None
        number, bounds = np.array([self._number[one] for one in ids], dtype=np.int64), np.array(self._bounds)
        begin = bounds[number] + spans.first - self._bank.starts[spans.row]
        sizes = spans.last - spans.first + 1
        if (begin + sizes > bounds[number + 1]).any():
            return None
        steps = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        here, there = np.repeat(begin, sizes) + steps, np.repeat(spans.first, sizes) + steps
        if not (self._glyphs[here] == self._bank.glyphs[there]).all():
            return None
        return self._offsets[begin].tolist(), (self._offsets[begin + sizes - 1] + 1).tolist()

    def offsets(self, row: int, first: int, last: int) -> Numbers | None:
        """Offsets of the characters at places `first` to `last`; None if the stored text has others there."""
        number = self._number.get(self._bank.ids.item(row))
        if number is None:
            return None
        begin = self._bounds[number] + first - self._bank.starts.item(row)
        end = begin + last + 1 - first
        same = self._glyphs[begin:end] == self._bank.glyphs[first : last + 1]
        return self._offsets[begin:end] if end <= self._bounds[number + 1] and same.all() else None
