"""From places in the bank to offsets in stored text, each verified against the store."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from archive.model import Passage
from search.text import streams
from search.text.alphabet import Numbers
from search.text.bank import Bank


class Placing:
    """Finds places of the bank again in passages as the store has them now."""

    def __init__(self, bank: Bank, passages: Iterable[Passage]) -> None:
        self._bank = bank
        self._passages = {passage.id: passage for passage in passages}
        self._placed: dict[int, tuple[Numbers, Numbers]] = {}

    def passage(self, row: int) -> Passage | None:
        """The passage of a row; None if it was not given."""
        return self._passages.get(int(self._bank.ids[row]))

    def offsets(self, row: int, first: int, last: int) -> Numbers | None:
        """Offsets of the characters at places `first` to `last`; None if the stored text has others there."""
        passage = self.passage(row)
        if passage is None:
            return None
        if row not in self._placed:
            self._placed[row] = streams.places(passage, self._bank.alphabet)
        glyphs, offsets = self._placed[row]
        base = int(self._bank.starts[row])
        if not np.array_equal(glyphs[first - base : last + 1 - base], self._bank.glyphs[first : last + 1]):
            return None
        return offsets[first - base : last + 1 - base]
