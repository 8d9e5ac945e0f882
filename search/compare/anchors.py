"""Where two long texts surely run together: strings that stand once in each, chained without crossing.

The idea is Bram Cohen's patience diff, on n-grams of letters instead of lines: what is unique on both sides is the same
place. N-grams are hashed with numpy, so a work of a million characters takes a second and a few dozen megabytes; every
anchor is verified letter by letter. Of anchors that cross, the heaviest chain without crossing is kept (heaviest
increasing subsequence, Jacobson and Vo 1992); what it leaves aside may be text that has moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Run(NamedTuple):
    """`size` letters that are the same from `i` on one side and from `j` on the other."""

    i: int
    j: int
    size: int


def codes(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def runs(a: Codes, b: Codes, n: int) -> list[Run]:
    """Stretches of n-grams that stand once on each side, by their place in `a`; they may cross and overlap."""
    if min(len(a), len(b)) < n:
        return []
    grams_a, at_a = _unique(a, n)
    grams_b, at_b = _unique(b, n)
    _, first, second = np.intersect1d(grams_a, grams_b, assume_unique=True, return_indices=True)
    i, j = at_a[first], at_b[second]
    true = np.ones(len(i), dtype=bool)
    for k in range(n):
        true &= a[i + k] == b[j + k]
    i, j = i[true], j[true]
    order = np.argsort(i)
    i, j = i[order], j[order]
    if not len(i):
        return []
    begins = np.flatnonzero(np.r_[True, (np.diff(i) != 1) | (np.diff(j) != 1)])
    lengths = np.diff(np.r_[begins, len(i)])
    return [Run(*run) for run in zip(i[begins].tolist(), j[begins].tolist(), (lengths + n - 1).tolist(), strict=True)]


def _unique(letters: Codes, n: int) -> tuple[Codes, NDArray[np.intp]]:
    """Hashes of the n-grams that occur once, ascending, and where each begins."""
    count = len(letters) - n + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for k in range(n):
        hashes = hashes * _FACTOR + letters[k : k + count]
    grams, at, times = np.unique(hashes, return_index=True, return_counts=True)
    return grams[times == 1], at[times == 1]


def chain(found: Sequence[Run]) -> list[Run]:
    """The heaviest runs that follow one another on both sides, cut where they would overlap.

    Args:
        found: runs by their place on the first side.
    """
    ends: list[int] = []  # the last places of the best chains, ascending …
    totals: list[int] = []  # … what these chains weigh, ascending too …
    heads: list[int] = []  # … and their last runs
    before = [-1] * len(found)
    for number, run in enumerate(found):
        at = bisect_left(ends, run.j)
        total = run.size + (totals[at - 1] if at else 0)
        before[number] = heads[at - 1] if at else -1
        stop = at
        while stop < len(ends) and totals[stop] <= total:
            stop += 1
        ends[at:stop], totals[at:stop], heads[at:stop] = [run.j], [total], [number]
    best = []
    number = heads[-1] if heads else -1
    while number >= 0:
        best.append(found[number])
        number = before[number]
    return _apart(best[::-1])


def _apart(ordered: list[Run]) -> list[Run]:
    """Runs without overlap: what the run before covers on either side is taken off the next one's beginning."""
    kept: list[Run] = []
    i = j = 0
    for run in ordered:
        off = max(0, i - run.i, j - run.j)
        if off < run.size:
            kept.append(Run(run.i + off, run.j + off, run.size - off))
            i, j = run.i + run.size, run.j + run.size
    return kept
