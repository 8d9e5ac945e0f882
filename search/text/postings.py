"""Where each letter stands: position lists in memory, so that a string is found without a look at the whole text.

The places of a letter are also sorted by the letter that follows: those of two letters in a row are found by halving,
where to look each place up in the text would wait for memory every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from search.text.alphabet import Numbers

_NONE = np.empty(0, dtype=np.int64)
_PILE = 1 << 16
"""Places of a letter that two bytes can count."""
_STRETCHES = 100
"""Stretches from which on they are summed at once, not one by one."""


class Block(NamedTuple):
    """A stretch of text, its places sorted by letter.

    Args:
        order: places within the stretch, letter by letter, each letter's in order.
        bounds: where each letter's places begin in `order`, and at the end where the last one's end.
        following: the letter after each place, whichever row that is in, 0 at the end of the stretch; sorted, for each
            letter and each `_PILE` of its places by themselves.
        turns: whose letter after it that is: the entry of `order`, counted from where the pile begins.
        firsts: for each entry of `order` one bit, whether it is the letter's first place in its row.
        rows: how many rows hold each letter.
        ends: the letters at the beginning and at the end of the stretch; 0 if it is empty.
    """

    order: Numbers
    bounds: Numbers
    following: Numbers
    turns: Numbers
    firsts: Numbers
    rows: Numbers
    ends: tuple[int, int]


def listed(letters: Numbers) -> Block:
    """Sort a stretch of text, without a word on its rows."""
    order = np.argsort(letters, kind="stable").astype(np.uint32)
    bounds = np.concatenate(([0], np.cumsum(np.bincount(letters))))
    following, turns = _piled(np.append(letters[1:], letters.dtype.type(0))[order] if len(letters) else letters, bounds)
    ends = (letters.item(0), letters.item(-1)) if len(letters) else (0, 0)
    return Block(order, bounds, following, turns, np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.int32), ends)


def _piled(following: Numbers, bounds: Numbers) -> tuple[Numbers, Numbers]:
    """`following` and `turns` of a block, from the letter after each entry of its `order`."""
    # Both in one number, so that a sort moves them together; a pile at a time, which stays in a processor's cache.
    both: Numbers = following.astype(np.uint32 if following.itemsize == 2 else np.uint64)
    both <<= 16
    turns = np.arange(_PILE, dtype=both.dtype)
    for low, high in pairwise(bounds.tolist()):
        for begin in range(low, high, _PILE):
            pile = both[begin : min(begin + _PILE, high)]
            pile |= turns[: len(pile)]
            pile.sort()
    return (both >> 16).astype(following.dtype), both.astype(np.uint16)


def block(letters: Numbers, starts: Numbers) -> Block:
    """Sort a stretch of text. `starts` are the bounds of its rows, from 0 to its length."""
    plain = listed(letters)
    order, bounds = plain.order, plain.bounds
    rows = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))[order]
    firsts = np.ones(len(order), dtype=bool)
    np.not_equal(rows[1:], rows[:-1], out=firsts[1:])
    firsts[bounds[:-1][bounds[:-1] < len(order)]] = True
    before = np.concatenate(([0], np.cumsum(firsts, dtype=np.int32)))
    return plain._replace(firsts=np.packbits(firsts), rows=np.diff(before[bounds]))


_EMPTY = block(np.empty(0, dtype=np.uint16), np.zeros(1, dtype=np.int64))


class Postings:
    """Blocks side by side, each with the place at which it begins."""

    def __init__(self, blocks: Sequence[tuple[int, Block]]) -> None:
        self._blocks = tuple(blocks) or ((0, _EMPTY),)
        letters = max(len(one.bounds) for _, one in self._blocks)
        # One row a letter, so that all blocks are asked at once.
        self._bounds = np.zeros((letters, len(self._blocks)), dtype=np.int64)
        for bounds, (_, one) in zip(self._bounds.T, self._blocks, strict=True):
            bounds[: len(one.bounds)] = one.bounds
            bounds[len(one.bounds) :] = one.bounds[-1]
        full = [(base, one) for base, one in self._blocks if len(one.order)]
        self._seams: dict[tuple[int, int], list[int]] = {}
        """Where two letters stand at the end of one block and the beginning of the next."""
        for (base, one), (_, after) in pairwise(full):
            self._seams.setdefault((one.ends[1], after.ends[0]), []).append(base + len(one.order) - 1)

    def of(self, letter: int) -> Numbers:
        """The places of a letter, sorted."""
        lows, highs = self._cuts(letter)
        places = np.empty(sum(highs) - sum(lows), dtype=np.int64)
        end = 0
        for (base, one), low, high in zip(self._blocks, lows, highs, strict=True):
            begin, end = end, end + high - low
            places[begin:end] = one.order[low:high]
            places[begin:end] += base
        return places

    def before(self, letter: int, following: int) -> Numbers:
        """The places of a letter before another one, sorted."""
        # Of the lists' own two bytes if possible: for wider numbers numpy would make wider copies of the lists.
        wanted = np.array((following, following + 1), dtype=np.uint16 if following + 1 < _PILE else np.uint32)
        parts, bases, sizes = [], [], []
        for (base, one), low, high in zip(self._blocks, *self._cuts(letter), strict=True):
            for pile in range(low, high, _PILE):
                begin, end = one.following[pile : min(pile + _PILE, high)].searchsorted(wanted).tolist()
                if begin < end:
                    parts.append(one.order[pile:high][one.turns[pile + begin : pile + end]])
                    bases.append(base)
                    sizes.append(end - begin)
        places = np.concatenate(parts) + np.repeat(bases, sizes) if parts else _NONE
        seams = self._seams.get((letter, following))
        return np.sort(np.concatenate((places, seams))) if seams else places

    def rows_with(self, letter: int, ends: Numbers) -> Numbers:
        """How many rows hold a letter, by stretch: each ends at one of `ends` (sorted, between rows)."""
        totals = np.zeros(len(ends), dtype=np.int64)
        for (base, one), low, high in zip(self._blocks, *self._cuts(letter), strict=True):
            if low == high:
                continue
            begin, end = np.searchsorted(ends, (base, base + len(one.order) - 1), side="right").tolist()
            if begin == end:
                totals[begin] += one.rows.item(letter)
                continue
            # Of the same type: else numpy would make a wider copy of the list.
            cuts = one.order[low:high].searchsorted((ends[begin:end] - base).astype(one.order.dtype))
            firsts = np.unpackbits(one.firsts[low >> 3 : (high + 7) >> 3])[low & 7 :][: high - low]
            totals[begin : end + 1] += _summed(firsts, [0, *cuts.tolist(), high - low])
        return totals

    def _cuts(self, letter: int) -> tuple[list[int], list[int]]:
        """Where the places of a letter begin and end in every block."""
        if letter + 1 >= len(self._bounds):
            return [0] * len(self._blocks), [0] * len(self._blocks)
        lows, highs = self._bounds[letter : letter + 2].tolist()
        return lows, highs


def _summed(bits: Numbers, cuts: list[int]) -> Numbers:
    """How many of these bits are set between each cut and the next."""
    if len(cuts) < _STRETCHES:
        return np.array([np.count_nonzero(bits[low:high]) for low, high in pairwise(cuts)])
    sums = np.zeros(len(cuts) - 1, dtype=np.int64)
    filled = np.flatnonzero(np.diff(cuts))
    # Between filled stretches there is nothing, so that each ends where the next one begins.
    sums[filled] = np.add.reduceat(bits, np.array(cuts)[filled], dtype=np.int64)
    return sums
