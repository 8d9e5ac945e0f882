"""A stretch of a passage with several places marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from search.found import Moved
from search.kwic import FEW, part
from search.text.bank import Bank
from search.text.placing import Placing

LONGEST = 40
"""Letters of a stretch with several places, at most."""


class Mark(NamedTuple):
    """First and last letter of a place, by places of the bank, and the index of what it is a place of."""

    first: int
    last: int
    of: int


class Segment(NamedTuple):
    """Stored text as far as the reader may see it; `word` is what is marked there, empty if nothing is."""

    text: str
    word: str


def window(marks: Iterable[Mark], weights: Sequence[float], *, alone: bool = False) -> list[Mark]:
    """The places in one stretch that weigh the most, each thing once; of such stretches the shortest, then the first.

    Args:
        marks: places in one passage, one at least.
        weights: what each thing weighs.
        alone: whether one place is all that may be shown; one alone may be longer than `LONGEST`.
    """
    ordered = sorted(marks, key=lambda mark: (mark.first, -mark.last))
    best: tuple[float, int] = (-1.0, 0)
    chosen: list[Mark] = []
    for at, begin in enumerate(ordered):
        things: set[int] = set()
        end = begin.last
        for to in range(at, at + 1 if alone else len(ordered)):
            end = max(end, ordered[to].last)
            if to > at and end - begin.first >= LONGEST:
                break
            if ordered[to].of not in things:
                things.add(ordered[to].of)
                value = (sum(weights[thing] for thing in sorted(things)), begin.first - end)
                if value > best:
                    best, chosen = value, ordered[at : to + 1]
    return chosen


def segments(
    bank: Bank, placing: Placing, row: int, marks: Sequence[Mark], names: Sequence[str], *, staff: bool
) -> Iterator[Segment]:
    """The stretch from the first of some places to the last, cut at them; of two that overlap the first comes whole.

    Raises:
        Moved: the stored text is no longer what was searched.
    """
    first, last = marks[0].first, max(mark.last for mark in marks)
    passage, offsets = placing.passage(row), placing.offsets(row, first, last)
    if passage is None or offsets is None:
        raise Moved("检索时文库有了改动。", remedy="请再检索一次。")
    rights, at = bank.shelf_of(row).edition.rights, int(offsets[0])
    brief = int(offsets[-1]) - at < FEW
    for mark in marks:
        start, end = int(offsets[mark.first - first]), int(offsets[mark.last - first]) + 1
        for low, high, name in ((at, start, ""), (max(at, start), end, names[mark.of])):
            if low < high:
                yield Segment(part(passage, low, high, rights, staff=staff, brief=brief), name)
        at = max(at, end)
