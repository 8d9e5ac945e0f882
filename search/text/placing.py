"""From places in the bank to offsets in stored text, each verified against the store."""

from __future__ import annotations

from collections.abc import Iterable

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
        self._laid = streams.laid([*self._passages.values()], bank.alphabet)

    def passage(self, row: int) -> Passage | None:
        """The passage of a row; None if it was not given."""
        return self._passages.get(self._bank.ids.item(row))

    def ends(self, spans: Spans) -> tuple[list[int], list[int]] | None:
        """Offsets of the first character of each occurrence and after its last; None if any has others there now."""
        starts, ends = [], []
        for row, first, last in zip(spans.row.tolist(), spans.first.tolist(), spans.last.tolist(), strict=True):
            offsets = self.offsets(row, first, last)
            if offsets is None:
                return None
            starts.append(offsets.item(0))
            ends.append(offsets.item(-1) + 1)
        return starts, ends

    def offsets(self, row: int, first: int, last: int) -> Numbers | None:
        """Offsets of the characters at places `first` to `last`; None if the stored text has others there."""
        number = self._number.get(self._bank.ids.item(row))
        if number is None:
            return None
        glyphs, kept, bases, bounds = self._laid
        begin = bounds[number] + first - self._bank.starts.item(row)
        end = begin + last + 1 - first
        here, there = kept[begin:end], self._bank.glyphs[first : last + 1].astype(glyphs.dtype, copy=False)
        same = end <= bounds[number + 1] and glyphs[here].tobytes() == there.tobytes()
        return here - bases[number] if same else None
