"""`道 NEAR/7 器 BEFORE/3 天`: occurrences of a chain, from those of its strings in one text.

Strings of a chain do not overlap. Each is joined to all before it: their hull is what lies from the first place of any
to the last place of any. An occurrence of the chain is such a hull that holds no other hull of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archive.errors import UsageError
from search.language.tree import Link
from search.matching.layers import NONE, Stretches, Text, joined

MOST = 2_000_000
"""Pairs that are looked at between the first and the last string of a chain."""


def chain(text: Text, operands: Sequence[Stretches], links: Sequence[Link]) -> Stretches:
    """The occurrences of a chain.

    Args:
        text: where its strings were found.
        operands: occurrences of each string.
        links: how each but the first stands to those before it.

    Raises:
        UsageError: there are too many ways to join the strings.
    """
    hulls = operands[0]
    for number, (link, other) in enumerate(zip(links, operands[1:], strict=True), 1):
        # What follows in order only asks where a hull ends: for each end the shortest is enough.
        join = _tightest if all(later.ordered for later in links[number:]) else _all
        pairs = [join(hulls, other, link.within)]
        if not link.ordered:
            pairs.append(join(other, hulls, link.within))
        hulls = text.whole(joined(pairs))
    return _innermost(hulls)


def _tightest(left: Stretches, right: Stretches, within: int) -> Stretches:
    """For each occurrence on the right, the hull with that on the left which begins last."""
    if not len(left.first) or not len(right.first):
        return NONE
    order = np.argsort(left.last, kind="stable")
    first, last = left.first[order], left.last[order]
    high = np.searchsorted(last, right.first, side="left")
    if (first[1:] >= first[:-1]).all():
        # The last that ends before it also begins last.
        near = (high > 0) & (last[high - 1] >= right.first - (within + 1))
        return Stretches(first[high[near] - 1], right.last[near])
    low = np.searchsorted(last, right.first - (within + 1), side="left")
    near = low < high
    # The largest between two places of an array, for many pairs of places at once.
    padded, ends = np.append(first, -1), np.stack((low[near], high[near]), axis=1).ravel()
    return Stretches(np.maximum.reduceat(padded, ends)[::2], right.last[near]) if len(ends) else NONE


def _all(left: Stretches, right: Stretches, within: int) -> Stretches:
    """Every hull of an occurrence on the left and one on the right."""
    order = np.argsort(left.last, kind="stable")
    last = left.last[order]
    low = np.searchsorted(last, right.first - (within + 1), side="left")
    high = np.searchsorted(last, right.first, side="left")
    counts = np.maximum(high - low, 0)
    total = int(counts.sum())
    if total > MOST:
        raise UsageError(
            "NEAR、BEFORE 连起来的几串字太常见，可能的组合太多。",
            remedy="请把最少见的一串写在最前面，或减少隔开的字数，或加上范围（如 书:周易）。",
        )
    which = np.arange(total) + np.repeat(low - (np.cumsum(counts) - counts), counts)
    return Stretches(left.first[order[which]], np.repeat(right.last, counts))


def _innermost(hulls: Stretches) -> Stretches:
    """Those that hold no other."""
    if not len(hulls.first):
        return hulls
    # Of those that begin together the first is the shortest; one that ends later than another that begins later holds
    # that one.
    shortest = np.ones(len(hulls.first), dtype=bool)
    shortest[1:] = hulls.first[1:] != hulls.first[:-1]
    first, last, _ = hulls.take(shortest)
    nearest = np.minimum.accumulate(last[::-1])[::-1]
    inner = np.append(last[:-1] < nearest[1:], True)
    return Stretches(first[inner], last[inner])
