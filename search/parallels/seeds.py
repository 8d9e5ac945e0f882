"""Where two texts share runs of letters: every run of four and more, by a join of their grams.

Grams of four letters of the source are sorted; the library's text is scanned against them in blocks, so that memory
does not grow with the library. Equal grams on one diagonal (same distance between their places) make a run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from search.text.alphabet import Numbers

GRAM = 4
"""Letters of a gram, and of the shortest run."""
_SCAN = 1 << 18
"""Letters scanned at a time: what fits the processor's cache."""
_WORK = 1 << 38
"""Letters of the source times letters of the text that are joined at a time: some hundred thousand pairs."""
_MOST = 1 << 22
"""Pairs of equal grams joined at a time; where one segment has more, later repetitions in the source are left out."""
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: Fibonacci hashing (Knuth, TAOCP 3, 6.4)
_WORKERS = min(4, os.cpu_count() or 1)


class Text(NamedTuple):
    """Letters cut into segments that nothing runs across.

    Args:
        letters: letter numbers of the bank.
        bounds: where each segment begins, and at the end where the last one ends.
        open: by segment, whether it may be looked at.
        places: the bank's place of each letter; None if `letters` are the bank's own.
    """

    letters: Numbers
    bounds: Numbers
    open: Numbers
    places: Numbers | None = None

    def segment(self, at: Numbers) -> Numbers:
        """The segments that hold these letters."""
        found: Numbers = np.searchsorted(self.bounds, at, side="right") - 1
        return found

    def place(self, at: Numbers) -> Numbers:
        """The bank's places of these letters."""
        return at if self.places is None else self.places[at]


class Runs(NamedTuple):
    """Maximal runs of equal letters: first letter in the source, first letter in the text, how many letters."""

    source: Numbers
    target: Numbers
    length: Numbers

    def take(self, which: Numbers) -> Runs:
        """Those that a mask or an array of indexes names."""
        return Runs(self.source[which], self.target[which], self.length[which])


class Grams:
    """The grams of a source, ready to be joined with any text of the same bank."""

    def __init__(self, source: Text) -> None:
        self.source = source
        letters = np.unique(source.letters)
        # A table for every number a letter can have spares a check of each letter.
        self._codes = np.zeros(1 << 16 if letters.itemsize == 2 else 1 << 21, dtype=np.uint16)
        # A source of over 65,535 different letters gives two of them one code; such a false pair ends in the alignment.
        self._codes[letters] = np.arange(1, len(letters) + 1).astype(np.uint16)
        at = np.flatnonzero(_whole(source, np.arange(max(len(source.letters) - GRAM + 1, 0))))
        keys = _keys(self._codes[source.letters], at)
        order = np.argsort(keys, kind="stable")
        self._at, keys = at[order], keys[order]
        new = np.ones(len(keys), dtype=bool)
        new[1:] = keys[1:] != keys[:-1]
        self._keys = keys[new]
        self._begin = np.append(np.flatnonzero(new), len(keys))
        # Sixteen slots a gram: one place in sixteen goes on by chance.
        self._bits = min(24, max(16, len(self._keys).bit_length() + 4))
        self._seen = np.zeros(1 << self._bits, dtype=bool)
        self._seen[self._slots(self._keys)] = True
        self.repeated = 0
        """How many times at most a gram of the source was looked for, where it repeats too often; 0 if none does."""

    def runs(self, text: Text) -> Iterator[tuple[int, Runs]]:
        """Every maximal run of `GRAM` letters and more that source and text share, block by block of whole segments.

        Yields how many letters of the text have been looked at, and the runs of the block. A place of the bank is not
        compared with itself.
        """
        if not len(self._keys):
            return
        with ThreadPoolExecutor(_WORKERS) as pool:
            for low, high in _blocks(text, max(_SCAN, _WORK // len(self.source.letters))):
                parts = list(pool.map(lambda begin: self._shared(text, *begin), _spread(low, high)))
                at = np.concatenate([part[0] for part in parts])
                which = np.concatenate([part[1] for part in parts])
                for some in self._portions(text, at, which):
                    yield high, self._joined(text, at[some], which[some])

    def _shared(self, text: Text, low: int, high: int) -> tuple[Numbers, Numbers]:
        """Letters from `low` to `high` at which a gram of the source begins, and the number of that gram."""
        letters = text.letters[low : high + GRAM - 1]
        codes = self._codes.take(letters, mode="clip")
        known = codes != 0
        room = max(len(known) - GRAM + 1, 0)
        run = known[:room].copy()
        for step in range(1, GRAM):
            run &= known[step : step + room]
        at = np.flatnonzero(run)
        keys = _keys(codes, at)
        some = np.flatnonzero(self._seen[self._slots(keys)])
        at, keys = at[some], keys[some]
        which = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        same = self._keys[which] == keys
        at, which = at[same] + low, which[same]
        good = _whole(text, at)
        return at[good], which[good]

    def _portions(self, text: Text, at: Numbers, which: Numbers) -> Iterator[slice]:
        """Slices of a block, whole segments each, that have no more than `_MOST` pairs if one segment has not."""
        pairs = np.cumsum(self._begin[which + 1] - self._begin[which])
        start = 0
        while start < len(at):
            before = int(pairs[start - 1]) if start else 0
            end = int(np.searchsorted(pairs, before + _MOST, side="right"))
            if end < len(at):
                segment = int(text.segment(at[end]))
                first, after = np.searchsorted(at, text.bounds[segment : segment + 2]).tolist()
                end = first if first > start else after
            yield slice(start, end)
            start = end

    def _joined(self, text: Text, at: Numbers, which: Numbers) -> Runs:
        count = self._begin[which + 1] - self._begin[which]
        if int(count.sum()) > _MOST:
            count = self._bounded(count)
        total = int(count.sum())
        ends = np.cumsum(count)
        source = self._at[np.arange(total) + np.repeat(self._begin[which] - (ends - count), count)]
        target = np.repeat(at, count)
        other = self.source.place(source) != text.place(target)
        return _runs(source[other], target[other], len(self.source.letters))

    def _bounded(self, count: Numbers) -> Numbers:
        """How many times each gram is looked for, so that together it is not too often: the first few times."""
        most = int(count.max())
        while most > 1 and int(np.minimum(count, most).sum()) > _MOST:
            most //= 2
        self.repeated = min(self.repeated or most, most)
        return np.minimum(count, most)

    def _slots(self, keys: Numbers) -> Numbers:
        return (keys * _MIX) >> np.uint64(64 - self._bits)


def _keys(codes: Numbers, at: Numbers) -> Numbers:
    """The grams that begin at these places, as one number each."""
    keys = codes[at].astype(np.uint64)
    for step in range(1, GRAM):
        keys = (keys << np.uint64(16)) | codes[at + step]
    return keys


def _whole(text: Text, at: Numbers) -> Numbers:
    """Which grams that begin at these letters lie in one open segment."""
    segment = text.segment(at)
    good: Numbers = text.open[segment] & (text.bounds[segment + 1] >= at + GRAM)
    return good


def _runs(source: Numbers, target: Numbers, size: int) -> Runs:
    """Pairs of equal grams put together to maximal runs; `size` letters has the source."""
    bits = size.bit_length()
    # One number says diagonal and place; on a diagonal the next gram has the next number.
    keys = np.sort(((target - source + size) << bits) | source)
    new = np.ones(len(keys), dtype=bool)
    new[1:] = np.diff(keys) != 1
    first = np.flatnonzero(new)
    length = np.diff(np.append(first, len(keys))) + (GRAM - 1)
    begin = keys[first] & ((1 << bits) - 1)
    return Runs(begin, (keys[first] >> bits) - size + begin, length)


def _blocks(text: Text, size: int) -> Iterator[tuple[int, int]]:
    """Whole segments that together have `size` letters or little more; long ones that are not open are left out."""
    wanted = text.open | (np.diff(text.bounds) <= _SCAN)
    turns = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])))).tolist()
    for first, last in zip(turns[::2], turns[1::2], strict=True):
        low = int(text.bounds[first])
        while low < text.bounds[last]:
            at = int(np.searchsorted(text.bounds, low + size))
            high = int(text.bounds[min(at, last)])
            yield low, high
            low = high


def _spread(low: int, high: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + _SCAN, high)) for begin in range(low, high, _SCAN)]
