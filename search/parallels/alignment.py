"""From runs of equal letters to the stretches two texts share, and what differs in them.

A stretch is a chain of runs in order on both sides, joined over small differences: the best local alignment in which
an equal letter counts 1 and a difference (another letter, one too many, one too few) costs `COST` (Smith and Waterman
1981, on seeds as in Pearson and Lipman's FASTA 1988). Equal letters are therefore always more than `COST` times the
differences, and a run that is long enough alone is never lost to a bad neighbour. A run that is not is stretched over
one difference to the few equal letters behind it, too few to be a run themselves, if that makes it long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from search.parallels.seeds import Runs, Text
from search.text.alphabet import Numbers

LEAST = 8
"""Equal letters that a stretch must have."""
COST = 3
"""Equal letters that a difference is worth."""
GAP = 12
"""Letters that may stand between two runs, on either side."""
LONGEST = 4_000
"""Letters of a stretch that has differences; a longer one falls into several. A run without any may be longer."""
_OVERLAP = 8
_BAND = 3
"""Two to this power is the largest difference of two gaps' lengths."""
_LINKS = 32
"""Neighbours of one run that are tried."""
_TAIL = 3
"""Equal letters looked at behind a difference: four and more are a run, and linked."""
_ROUNDS = 3
"""How often links are sifted: what one sifting drops may leave other runs with nothing that leads to them."""


class Stretches(NamedTuple):
    """What two texts share: first and last letter on either side (inclusive), letters equal, letters that differ."""

    source_first: Numbers
    source_last: Numbers
    target_first: Numbers
    target_last: Numbers
    equal: Numbers
    different: Numbers

    def take(self, which: Numbers) -> Stretches:
        """Those that a mask or an array of indexes names."""
        return Stretches(*(column[which] for column in self))


class Step(NamedTuple):
    """One step of an alignment: `equal`, `replaced`, `added` or `omitted`, letters from–to on either side."""

    kind: str
    source_from: int
    source_to: int
    target_from: int
    target_to: int


class _Links(NamedTuple):
    """Pairs of runs that may follow one another, and the gap between them on either side.

    `trim` letters of the later run overlap with the earlier one. `cost` is what it costs at least to go over the gap.
    """

    before: Numbers
    after: Numbers
    source_gap: Numbers
    target_gap: Numbers
    trim: Numbers
    cost: Numbers

    def take(self, which: Numbers) -> _Links:
        return _Links(*(column[which] for column in self))


def stretches(source: Text, target: Text, runs: Runs) -> Stretches:
    """The stretches that runs of `source` in `target` make, all that have at least `LEAST` equal letters."""
    links = _worth(source, target, runs, _links(source, target, runs))
    linked = np.zeros(len(runs.length), dtype=bool)
    linked[links.before] = linked[links.after] = True
    alone = runs.take(~linked & (runs.length >= LEAST - _TAIL))
    chains = np.array([*_chained(source, target, runs, links)], dtype=np.int64).reshape(-1, 6).T
    last = alone.length - 1
    single = (alone.source, alone.source + last, alone.target, alone.target + last, alone.length, np.zeros_like(last))
    every = Stretches(*(np.concatenate(pair) for pair in zip(single, chains, strict=True)))
    short = (every.equal < LEAST) & (every.equal >= LEAST - _TAIL) & (every.different == 0)
    stretched = _stretched(source, target, every.take(short))
    long = every.take(every.equal >= LEAST)
    return Stretches(*(np.concatenate(pair) for pair in zip(long, stretched, strict=True)))


def steps(source: Numbers, target: Numbers) -> Iterator[Step]:
    """The alignment of two runs of letters with the fewest differences; letters count from 0 on either side."""
    for one in Levenshtein.opcodes(_string(source), _string(target)):
        yield Step(_KINDS[one.tag], one.src_start, one.src_end, one.dest_start, one.dest_end)


_KINDS = {"equal": "equal", "replace": "replaced", "insert": "added", "delete": "omitted"}


def _links(source: Text, target: Text, runs: Runs) -> _Links:
    """Every pair of neighbouring runs, near enough to each other on both sides, in one segment of both texts."""
    found = [_in_bands(runs, 0), _in_bands(runs, 1 << _BAND)]
    before, after = (np.concatenate(column) for column in zip(*found, strict=True))
    source_gap = runs.source[after] - runs.source[before] - runs.length[before]
    target_gap = runs.target[after] - runs.target[before] - runs.length[before]
    trim = np.maximum(0, -np.minimum(source_gap, target_gap))
    cost = COST * abs(source_gap - target_gap) + trim
    links = _Links(before, after, source_gap + trim, target_gap + trim, trim, cost)
    good = (runs.source[after] > runs.source[before]) & (runs.target[after] > runs.target[before])
    good &= (trim <= _OVERLAP) & (trim < runs.length[after])
    good &= (links.source_gap <= GAP) & (links.target_gap <= GAP)
    links = links.take(good)
    return links.take(
        (source.segment(runs.source[links.before]) == source.segment(runs.source[links.after]))
        & (target.segment(runs.target[links.before]) == target.segment(runs.target[links.after]))
    )


def _in_bands(runs: Runs, shift: int) -> tuple[Numbers, Numbers]:
    """Pairs of runs near each other in the target whose diagonals lie in one band.

    Bands are twice the largest shift wide; called with both halves of a band as `shift`, no pair is missed or doubled.
    """
    diagonal = runs.target - runs.source
    diagonal -= diagonal.min(initial=0)
    band = (diagonal + shift) >> (_BAND + 1)
    bits = int(runs.target.max(initial=0) + runs.length.max(initial=0) + GAP).bit_length()
    keys = (band << bits) | runs.target
    order = np.argsort(keys)
    keys = keys[order]
    reach = keys + runs.length[order]
    # Most runs have no neighbour: the next one tells.
    some = np.flatnonzero(keys[1:] <= reach[:-1] + GAP)
    low = np.maximum(np.searchsorted(keys, reach[some] - _OVERLAP), some + 1)
    count = np.clip(np.searchsorted(keys, reach[some] + GAP, side="right") - low, 0, _LINKS)
    before = np.repeat(order[some], count)
    after = order[np.arange(len(before)) + np.repeat(low - (np.cumsum(count) - count), count)]
    if shift:
        apart = diagonal[before] >> (_BAND + 1) != diagonal[after] >> (_BAND + 1)
        return before[apart], after[apart]
    return before, after


def _worth(source: Text, target: Text, runs: Runs, links: _Links) -> _Links:
    """Links with what they cost at least, without those that a run which nothing leads to cannot pay for."""
    gap = links.take(np.argsort(runs.target[links.after], kind="stable"))
    # Of the letters in a gap, only those can be equal that stand in it on both sides.
    common = np.zeros(len(gap.before), dtype=np.int64)
    from_source, from_target = _gaps(runs, gap)
    for i in range(GAP):
        found = np.zeros(len(common), dtype=bool)
        for j in range(GAP):
            both = (gap.source_gap > i) & (gap.target_gap > j)
            letter = source.letters[np.where(both, from_source + i, 0)]
            found |= both & (letter == target.letters[np.where(both, from_target + j, 0)])
        common += found
    longer = np.maximum(gap.source_gap, gap.target_gap)
    common = np.minimum(common, np.minimum(gap.source_gap, gap.target_gap))
    least = np.maximum(COST * (longer - common) - common + gap.trim, gap.cost - common)
    gap = gap._replace(cost=least)
    for _ in range(_ROUNDS):
        led_to = np.zeros(len(runs.length), dtype=bool)
        led_to[gap.after] = True
        gap = gap.take(led_to[gap.before] | (runs.length[gap.before] > gap.cost))
    return gap


def _chained(source: Text, target: Text, runs: Runs, links: _Links) -> Iterator[tuple[int, ...]]:
    """The best chains of linked runs, each run in one of them, as rows of `Stretches`. Links: by the later run."""
    members = np.unique(np.concatenate([links.before, links.after])).tolist()
    length = dict(zip(members, runs.length[members].tolist(), strict=True))
    score, came = dict(length), dict.fromkeys(members, -1)
    columns = zip(*(column.tolist() for column in (*links, *_gaps(runs, links))), strict=True)
    # Sorted by the later run, so that a run's own score is final before it is built upon.
    for before, after, source_gap, target_gap, trim, least, from_source, from_target in columns:
        if score[before] - least + length[after] <= score[after]:
            continue
        cost = COST * max(source_gap, target_gap) + trim
        if min(source_gap, target_gap):
            a = source.letters[from_source : from_source + source_gap]
            equal, different = _counted(a, target.letters[from_target : from_target + target_gap])
            cost = COST * different - equal + trim
        gained = score[before] - cost + length[after]
        if gained > score[after]:
            score[after], came[after] = gained, before
    used: set[int] = set()
    for end in sorted(members, key=score.__getitem__, reverse=True):
        last, first, total = end, -1, 0
        at = end
        while at >= 0 and at not in used:
            used.add(at)
            if total and total + length[at] > LONGEST:
                yield _stretch(source, target, runs, first, last)
                last, total = at, 0
            first, at, total = at, came[at], total + length[at]
        if first >= 0:
            yield _stretch(source, target, runs, first, last)


def _stretched(source: Text, target: Text, short: Stretches) -> Stretches:
    """Runs too short alone that are long enough together with what follows, or goes before, one difference."""
    tail = np.zeros(len(short.equal), dtype=np.int64)
    ahead, skipped = np.ones_like(tail), np.zeros((2, len(tail)), dtype=np.int64)
    for way, mine, theirs in ((1, short.source_last, short.target_last), (-1, short.source_first, short.target_first)):
        for over in ((1, 1), (1, 0), (0, 1)):
            found = _behind(source, target, mine, theirs, way, over)
            longer = found > tail
            tail[longer], ahead[longer], skipped[:, longer] = found[longer], way, np.array(over)[:, None]
    good = short.equal + tail >= LEAST
    kept, tail, ahead, skipped = short.take(good), tail[good], ahead[good], skipped[:, good]
    after, before = (np.where(ahead == way, skipped + tail, 0) for way in (1, -1))
    return Stretches(
        kept.source_first - before[0],
        kept.source_last + after[0],
        kept.target_first - before[1],
        kept.target_last + after[1],
        kept.equal + tail,
        np.ones_like(tail),
    )


def _behind(source: Text, target: Text, mine: Numbers, theirs: Numbers, way: int, over: tuple[int, int]) -> Numbers:
    """How many letters, up to `_TAIL`, are equal beyond these places of either side, `over` letters being passed over.

    Args:
        way: 1 to go on from the places, -1 to go back.
    """
    count = np.zeros(len(mine), dtype=np.int64)
    left = np.arange(len(mine))
    for step in range(1, _TAIL + 1):
        at, there = (place[left] + way * (step + more) for place, more in ((mine, over[0]), (theirs, over[1])))
        inside = (at >= 0) & (at < len(source.letters)) & (there >= 0) & (there < len(target.letters))
        left, at, there = left[inside], at[inside], there[inside]
        same = source.letters[at] == target.letters[there]
        left, at, there = left[same], at[same], there[same]
        same = source.segment(at) == source.segment(mine[left])
        same &= target.segment(there) == target.segment(theirs[left])
        left = left[same]
        count[left] = step
    return count


def _gaps(runs: Runs, links: _Links) -> tuple[Numbers, Numbers]:
    """Where the gap of each link begins, on either side."""
    return (
        runs.source[links.after] + links.trim - links.source_gap,
        runs.target[links.after] + links.trim - links.target_gap,
    )


def _stretch(source: Text, target: Text, runs: Runs, first: int, last: int) -> tuple[int, ...]:
    begin = int(runs.source[first]), int(runs.target[first])
    length = int(runs.length[last])
    end = int(runs.source[last]) + length, int(runs.target[last]) + length
    counts = (length, 0)
    if first != last:
        counts = _counted(source.letters[begin[0] : end[0]], target.letters[begin[1] : end[1]])
    return begin[0], end[0] - 1, begin[1], end[1] - 1, *counts


def _counted(source: Numbers, target: Numbers) -> tuple[int, int]:
    """Letters equal and letters that differ in an alignment with the fewest differences."""
    found = Levenshtein.editops(_string(source), _string(target))
    return len(source) - sum(step.tag != "insert" for step in found), len(found)


def _string(letters: Numbers) -> str:
    """Letters as a string of as many characters: what the library that aligns takes fastest."""
    return letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
