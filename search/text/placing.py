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
        kept, bases = self._laid.kept, self._laid.bases
        for row, first, last in zip(spans.row.tolist(), spans.first.tolist(), spans.last.tolist(), strict=True):
            found = self._found(row, first, last)
            if found is None:
                return None
            number, begin, end = found
            starts.append(kept.item(begin) - bases[number])
            ends.append(kept.item(end - 1) - bases[number] + 1)
        return starts, ends

    def offsets(self, row: int, first: int, last: int) -> Numbers | None:
        """Offsets of the characters at places `first` to `last`; None if the stored text has others there."""
        found = self._found(row, first, last)
        if found is None:
            return None
        number, begin, end = found
        return self._laid.kept[begin:end] - self._laid.bases[number]

    def _found(self, row: int, first: int, last: int) -> tuple[int, int, int] | None:
        """Which passage, and from where to where (exclusive) in what is laid, has the glyphs at these places."""
        number = self._number.get(self._bank.ids.item(row))
        if number is None:
            return None
        glyphs, bounds = self._laid.glyphs, self._laid.bounds
        begin = bounds[number] + first - self._bank.starts.item(row)
        end = begin + last + 1 - first
        # As lists: the two arrays may be of different types.
        same = end <= bounds[number + 1] and glyphs[begin:end].tolist() == self._bank.glyphs[first : last + 1].tolist()
        return (number, begin, end) if same else None
