"""Two editions' streams of letters aligned, passage by passage of the base."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from search.compare.edits import Op, clusters, diff, joined, readable
from search.compare.pairing import pair

_SLIDE = 32
"""Letters by which an edit may be moved to where a passage begins."""


@dataclass(frozen=True, slots=True)
class Group:
    """Ops in the order of the base that belong together: a passage of the base, or part of one.

    `passage` is its number; what only the witness has is a group of its own (`extra`), with the number of the base
    passage before it, -1 if there is none. `moved`: it stands elsewhere in the witness.
    """

    passage: int
    ops: tuple[Op, ...]
    extra: bool = False
    moved: bool = False


def align(a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> list[Group]:
    """Align a witness with the base.

    Args:
        a: letters of the base.
        b: letters of the witness.
        a_starts: where each passage of the base begins, ascending, its length last; no passage is empty.
        b_starts: the same of the witness.

    Returns:
        Groups in the order of the base; their ops cover every letter of both sides once, and in the order of both.
    """
    raw = _slid(
        list(joined(pair(clusters(diff(a, b, a_starts, b_starts)), a, b, a_starts, b_starts))), a, b, a_starts, b_starts
    )
    keyed = groupby(_fenced(raw, a_starts, b_starts), key=lambda item: item[0])
    return [Group(key.passage, readable((op for _, op in items), a, b), key.extra > 0) for key, items in keyed]


def _slid(ops: list[Op], a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> list[Op]:
    """Of several places where something may have been put in or left out, take the one where a passage begins or ends.

    又A又B beside 又A: 又B is left out and not A又, though either would do.
    """
    for at in range(1, len(ops) - 1):
        before, op, after = ops[at - 1 : at + 2]
        if op.tag not in ("delete", "insert") or before.tag != "equal" or after.tag != "equal":
            continue
        text, starts = (a, a_starts) if op.tag == "delete" else (b, b_starts)
        low, high = (op.i1, op.i2) if op.tag == "delete" else (op.j1, op.j2)
        for by in _shifts(text, low, high, min(before.i2 - before.i1, _SLIDE), min(after.i2 - after.i1, _SLIDE)):
            if fences_in(starts, low + by, low + by) or fences_in(starts, high + by, high + by):
                ops[at - 1] = before._replace(i2=before.i2 + by, j2=before.j2 + by)
                ops[at] = Op(op.tag, op.i1 + by, op.i2 + by, op.j1 + by, op.j2 + by)
                ops[at + 1] = after._replace(i1=after.i1 + by, j1=after.j1 + by)
                break
    return list(joined(ops))


def _shifts(text: str, low: int, high: int, left: int, right: int) -> Iterator[int]:
    """By how many letters `low`–`high` may be moved and still name the same edit, the nearest first."""
    yield 0
    back = forth = 0
    while back < left and text[low - back - 1] == text[high - back - 1]:
        back += 1
        yield -back
    while forth < right and text[low + forth] == text[high + forth]:
        forth += 1
        yield forth


def fences_in(starts: Sequence[int], low: int, high: int) -> Sequence[int]:
    """The places from `low` to `high`, both included, where a passage begins or the text ends."""
    return starts[bisect_left(starts, low) : bisect_right(starts, high)]


class _Key(NamedTuple):
    """Ops of one key that follow one another are a group; `extra` counts what only the witness has, from 1."""

    passage: int
    extra: int = 0


def _fenced(ops: Iterable[Op], a_starts: Sequence[int], b_starts: Sequence[int]) -> Iterator[tuple[_Key, Op]]:
    """Ops cut where passages of the base begin, and the group each belongs to.

    What is put in between two passages of the base goes, where passages of the witness begin or end in it, partly
    to the one before, partly to the one after; whole passages of the witness stand alone.
    """
    extras = 0
    for op in _cut(ops, a_starts):
        before, here = bisect_left(a_starts, op.i1) - 1, bisect_right(a_starts, op.i1) - 1
        fences = fences_in(b_starts, op.j1, op.j2)
        if op.i1 < op.i2 or before == here:
            yield _Key(here), op
        elif not fences:
            yield _Key(before if before >= 0 else here), op
        else:
            if op.j1 < fences[0]:
                yield _Key(before), op._replace(j2=fences[0])
            for low, high in pairwise(fences):
                extras += 1
                yield _Key(before, extras), op._replace(j1=low, j2=high)
            if fences[-1] < op.j2:
                yield _Key(here), op._replace(j1=fences[-1])


def _cut(ops: Iterable[Op], starts: Sequence[int]) -> Iterator[Op]:
    """Ops cut where passages of the base begin."""
    for op in ops:
        edges = [op.i1, *(at for at in fences_in(starts, op.i1 + 1, op.i2 - 1)), op.i2]
        for low, high in pairwise(edges):
            if op.tag == "delete":
                yield op._replace(i1=low, i2=high)
            else:
                shift = op.j1 - op.i1
                yield Op(op.tag, low, high, low + shift, op.j2 if high == op.i2 else high + shift)
