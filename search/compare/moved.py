"""Text that both editions have, but not in the same order: found among what one alignment leaves out and puts in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from archive.intake import Range
from search.compare.align import Group, align
from search.compare.anchors import Codes, Run, codes, runs
from search.compare.edits import Op

_GRAM = 8
_LEAST = 12
"""Letters that must agree before text counts as moved."""
_GAP = 64
"""Letters that may differ between two agreements of one block."""
_ALIKE = 0.5
_FENCE = 1 << 40
"""Codes from here on stand between regions and are no letters."""


class Block(NamedTuple):
    """Base letters `i1`–`i2` stand in the witness as `j1`–`j2`, out of order."""

    i1: int
    i2: int
    j1: int
    j2: int


def relocate(groups: Sequence[Group], a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> list[Group]:
    """Groups in which what was left out here and put in there is one moved group, where the base has it.

    Args:
        groups: what `align` gave.
        a, b, a_starts, b_starts: what `align` was given.
    """
    blocks = _blocks(groups, a, b, a_starts, b_starts)
    if not blocks:
        return list(groups)
    taken = sorted((block.j1, block.j2) for block in blocks)
    inside = {block.i1: _aligned(block, a, b, a_starts, b_starts) for block in blocks}
    return list(_spliced(groups, blocks, taken, inside))


def _spliced(
    groups: Iterable[Group], blocks: Sequence[Block], taken: Sequence[Range], inside: dict[int, list[Group]]
) -> Iterator[Group]:
    for group in groups:
        held: list[Op] = []
        for op in group.ops:
            for piece in _put(op, taken) if op.tag == "insert" else _left_out(op, blocks, inside):
                if isinstance(piece, Op):
                    held.append(piece)
                    continue
                if held:
                    yield replace(group, ops=tuple(held))
                held = []
                yield from piece
        if held:
            yield replace(group, ops=tuple(held))


def _put(op: Op, taken: Sequence[Range]) -> Iterator[Op | Sequence[Group]]:
    """What is left of something put in; where text has gone to its place in the base, the group ends."""
    at = op.j1
    for low, high in taken[bisect_right(taken, op.j1, key=lambda one: one[1]) :]:
        if low >= op.j2:
            break
        if at < low:
            yield op._replace(j1=at, j2=low)
        yield ()
        at = high
    if at < op.j2:
        yield op._replace(j1=at)


def _left_out(op: Op, blocks: Sequence[Block], inside: dict[int, list[Group]]) -> Iterator[Op | Sequence[Group]]:
    """What is left of something left out, and between it the groups of what stands elsewhere, each once."""
    if op.tag != "delete":
        yield op
        return
    at = op.i1
    first = bisect_right(blocks, op.i1, key=lambda one: one.i2)
    for block in blocks[first : bisect_left(blocks, op.i2, key=lambda one: one.i1)]:
        if at < block.i1:
            yield op._replace(i1=at, i2=block.i1)
        yield inside.pop(block.i1, ())
        at = block.i2
    if at < op.i2:
        yield op._replace(i1=at)


def _aligned(block: Block, a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> list[Group]:
    """The groups of a moved block."""
    first = bisect_right(a_starts, block.i1) - 1
    here, there = _within(a_starts, block.i1, block.i2), _within(b_starts, block.j1, block.j2)
    found = align(a[block.i1 : block.i2], b[block.j1 : block.j2], here, there)
    return [
        Group(
            one.passage + first,
            tuple(Op(t, i1 + block.i1, i2 + block.i1, j1 + block.j1, j2 + block.j1) for t, i1, i2, j1, j2 in one.ops),
            one.extra,
            moved=True,
        )
        for one in found
    ]


def _within(starts: Sequence[int], low: int, high: int) -> list[int]:
    return [0, *(at - low for at in starts[bisect_right(starts, low) : bisect_left(starts, high)]), high - low]


def _blocks(groups: Sequence[Group], a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> list[Block]:
    """What has moved, by its place in the base, without overlap on either side."""
    ops = [op for group in groups for op in group.ops]
    gone = _regions((op.i1, op.i2) for op in ops if op.tag == "delete")
    come = _regions((op.j1, op.j2) for op in ops if op.tag == "insert")
    found: list[Block] = []
    for core in sorted(_cores(a, b, gone, come), key=lambda one: one.i1 - one.i2):
        here = _room(core.i1, core.i2, gone, [(one.i1, one.i2) for one in found])
        there = _room(core.j1, core.j2, come, [(one.j1, one.j2) for one in found])
        if here and there:
            found.append(_grown(core, here, there, a, b, a_starts, b_starts))
    return sorted(found)


def _regions(ranges: Iterable[Range]) -> list[Range]:
    """Ranges that touch made one."""
    found: list[Range] = []
    for low, high in ranges:
        if found and found[-1][1] == low:
            low = found.pop()[0]
        found.append((low, high))
    return [one for one in found if one[1] - one[0] >= _LEAST]


def _cores(a: str, b: str, gone: Sequence[Range], come: Sequence[Range]) -> Iterator[Block]:
    """Agreements that follow one another closely, long enough together."""
    if not gone or not come:
        return
    held: list[Run] = []
    for run in [*runs(_only(a, gone, _FENCE), _only(b, come, 2 * _FENCE), _GRAM), None]:
        if (
            held
            and run
            and _follows(held[-1], run)
            and _same(gone, held[-1].i, run.i)
            and _same(come, held[-1].j, run.j)
        ):
            held.append(run)
            continue
        if sum(one.size for one in held) >= _LEAST:
            yield Block(held[0].i, held[-1].i + held[-1].size, held[0].j, held[-1].j + held[-1].size)
        held = [run] if run else []


def _only(text: str, regions: Sequence[Range], fence: int) -> Codes:
    """The letters inside the regions; what is outside is like nothing else."""
    outside = np.ones(len(text), dtype=bool)
    for low, high in regions:
        outside[low:high] = False
    return np.where(outside, np.arange(fence, fence + len(text), dtype=np.uint64), codes(text))


def _follows(one: Run, other: Run) -> bool:
    ahead = other.j - one.j - one.size
    return other.j > one.j and max(ahead, other.i - one.i - one.size) <= _GAP


def _same(regions: Sequence[Range], one: int, other: int) -> bool:
    """Whether two places are in one region."""
    return bisect_right(regions, one, key=_start) == bisect_right(regions, other, key=_start)


def _start(region: Range) -> int:
    return region[0]


def _room(low: int, high: int, regions: Sequence[Range], used: Iterable[Range]) -> Range | None:
    """How far a core may grow: to the ends of its region, or to what is already used; None if it is used itself."""
    start, end = regions[bisect_right(regions, low, key=_start) - 1]
    for first, last in used:
        if first < high and low < last:
            return None
        start, end = (max(start, last), end) if last <= low else (start, min(end, first))
    return start, end


def _grown(
    core: Block, here: Range, there: Range, a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]
) -> Block:
    """A block and what belongs to it before and behind: the rest of its passages, its heading, as far as they agree."""
    i1, i2, j1, j2 = core
    while i1 > here[0] and j1 > there[0]:
        i, j = max(here[0], _before(a_starts, i1)), max(there[0], _before(b_starts, j1))
        if Levenshtein.normalized_similarity(a[i:i1], b[j:j1]) < _ALIKE:
            break
        i1, j1 = i, j
    while i2 < here[1] and j2 < there[1]:
        i, j = min(here[1], _behind(a_starts, i2)), min(there[1], _behind(b_starts, j2))
        if Levenshtein.normalized_similarity(a[i2:i], b[j2:j]) < _ALIKE:
            break
        i2, j2 = i, j
    return Block(i1, i2, j1, j2)


def _before(starts: Sequence[int], at: int) -> int:
    return starts[bisect_left(starts, at) - 1]


def _behind(starts: Sequence[int], at: int) -> int:
    return starts[bisect_right(starts, at)]
