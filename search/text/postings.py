"""Where each letter stands: position lists in memory, so that a string is found without a look at the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search.text.alphabet import Numbers

_NONE = np.empty(0, dtype=np.int64)


class Block(NamedTuple):
    """A stretch of text, its places sorted by letter.

    Args:
        order: places within the stretch, letter by letter, each letter's in order.
        bounds: where each letter's places begin in `order`, and at the end where the last one's end.
        firsts: for each entry of `order`, whether it is the letter's first place in its row.
    """

    order: Numbers
    bounds: Numbers
    firsts: Numbers


def block(letters: Numbers, starts: Numbers) -> Block:
    """Sort a stretch of text. `starts` are the bounds of its rows, from 0 to its length."""
    order = np.argsort(letters, kind="stable").astype(np.uint32)
    bounds = np.concatenate(([0], np.cumsum(np.bincount(letters))))
    rows = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))[order]
    firsts = np.ones(len(order), dtype=bool)
    np.not_equal(rows[1:], rows[:-1], out=firsts[1:])
    firsts[bounds[:-1][bounds[:-1] < len(order)]] = True
    return Block(order, bounds, firsts)


class Postings:
    """Blocks side by side, each with the place at which it begins."""

    def __init__(self, blocks: Sequence[tuple[int, Block]]) -> None:
        self._blocks = tuple(blocks)

    def of(self, letter: int) -> Numbers:
        """The places of a letter, sorted."""
        parts = [
            one.order[one.bounds[letter] : one.bounds[letter + 1]] + np.int64(base)
            for base, one in self._blocks
            if letter + 1 < len(one.bounds)
        ]
        return np.concatenate(parts) if parts else _NONE

    def rows_with(self, letter: int, ends: Sequence[int]) -> list[int]:
        """How many rows hold a letter, by stretch: each ends at one of `ends` (sorted, between rows)."""
        totals = np.zeros(len(ends), dtype=np.int64)
        for base, one in self._blocks:
            if letter + 1 >= len(one.bounds):
                continue
            low, high = one.bounds[letter : letter + 2].tolist()
            cuts = np.searchsorted(one.order[low:high], np.maximum(np.asarray(ends, dtype=np.int64) - base, 0))
            firsts, previous = one.firsts[low:high], 0
            for number, cut in enumerate(cuts.tolist()):
                if cut > previous:
                    totals[number] += np.count_nonzero(firsts[previous:cut])
                    previous = cut
        return totals.tolist()
