"""The edits that make one stream of letters of another, first as a machine finds them, then as an editor tells them.

Between two anchors the text is searched again for anchors that are unique there, by ever shorter n-grams, and what is
left is a matter for rapidfuzz's Levenshtein. A stretch too large even for that and without any anchor is not the same
text. To be read, edits that only a letter or two keep apart become one, what stands in the wrong order becomes a swap,
and what has nothing in common is left out here and put in there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, cast

from rapidfuzz.distance import Levenshtein, Postfix, Prefix

from search.compare.anchors import chain, codes, runs

Tag = Literal["equal", "replace", "delete", "insert", "swap"]

_GRAMS = (8, 5, 3)
_SMALL = 40_000
"""Letters times letters that go to rapidfuzz without looking for anchors."""
_LARGEST = 2_000_000_000
"""Letters times letters beyond which a stretch without anchors is taken for another text (half a second)."""
_ISLAND = 6
"""An agreement of up to this many letters between longer edits is chance."""
_UNLIKE = 16
"""Edits longer than this on both sides are no reading of one another."""
_SWAP = 8
_MARK = "\n"
"""Stands where a passage begins; no character folds to it."""


class Op(NamedTuple):
    """Letters `i1` to `i2` of the base answer to letters `j1` to `j2` of the witness; `equal` ones are of one size."""

    tag: Tag
    i1: int
    i2: int
    j1: int
    j2: int


def diff(a: str, b: str, a_starts: Sequence[int] = (), b_starts: Sequence[int] = ()) -> Iterator[Op]:
    """Edits that make `b` of `a`; `equal` and `replace` answer letter by letter.

    Where passages begin (`a_starts`, `b_starts`) counts like one letter that should agree.
    """
    return joined(_between(Text(a, a_starts), Text(b, b_starts), 0, len(a), 0, len(b), 0))


def joined(ops: Iterable[Op]) -> Iterator[Op]:
    """Neighbours of one tag made one, empty ones left out."""
    held: Op | None = None
    for op in ops:
        if op.i1 == op.i2 and op.j1 == op.j2:
            continue
        if held and held.tag == op.tag:
            held = held._replace(i2=op.i2, j2=op.j2)
            continue
        if held:
            yield held
        held = op
    if held:
        yield held


def _between(a: Text, b: Text, i1: int, i2: int, j1: int, j2: int, level: int) -> Iterator[Op]:
    """Edits of one stretch; `level` counts the n-grams already tried."""
    if i1 == i2 or j1 == j2:
        yield Op("delete" if i1 < i2 else "insert", i1, i2, j1, j2)
        return
    area = (i2 - i1) * (j2 - j1)
    if area <= _SMALL:
        yield from _by_letter(*a.marked(i1, i2), *b.marked(j1, j2))
    elif ends := _ends(a.letters[i1:i2], b.letters[j1:j2]):
        first, last = ends
        yield Op("equal", i1, i1 + first, j1, j1 + first)
        yield from _between(a, b, i1 + first, i2 - last, j1 + first, j2 - last, level)
        yield Op("equal", i2 - last, i2, j2 - last, j2)
    elif level < len(_GRAMS):
        i, j = i1, j1
        for run in chain(runs(codes(a.letters[i1:i2]), codes(b.letters[j1:j2]), _GRAMS[level])):
            yield from _between(a, b, i, i1 + run.i, j, j1 + run.j, level + 1)
            i, j = i1 + run.i + run.size, j1 + run.j + run.size
            yield Op("equal", i - run.size, i, j - run.size, j)
        yield from _between(a, b, i, i2, j, j2, level + 1)
    elif area > _LARGEST:
        yield Op("delete", i1, i2, j1, j1)
        yield Op("insert", i2, i2, j1, j2)
    else:
        yield from _by_letter(*a.marked(i1, i2), *b.marked(j1, j2))


def _ends(one: str, other: str) -> tuple[int, int] | None:
    """How many letters agree at the beginning and at the end, without overlap; none if it is not even one."""
    first = Prefix.similarity(one, other)
    last = Postfix.similarity(one[first:], other[first:])
    return (first, last) if first or last else None


class Text(NamedTuple):
    """Letters, and where their passages begin."""

    letters: str
    starts: Sequence[int]

    def marked(self, low: int, high: int) -> tuple[str, list[int]]:
        """A stretch with a mark wherever a passage begins, and the letter at or behind each of its characters."""
        marks = self.starts[bisect_left(self.starts, low) : bisect_right(self.starts, high)]
        edges = [low, *marks, high]
        text = _MARK.join(self.letters[start:end] for start, end in pairwise(edges))
        places = [at for start, end in pairwise(edges) for at in (*range(start, end), end)]
        return text, places


def _by_letter(ours: str, mine: list[int], theirs: str, yours: list[int]) -> Iterator[Op]:
    """Edits of two stretches with marks, the marks taken out again."""
    for op in Levenshtein.opcodes(ours, theirs):
        x1, x2, y1, y2 = op.src_start, op.src_end, op.dest_start, op.dest_end
        if op.tag != "replace" or _MARK not in ours[x1:x2] + theirs[y1:y2]:
            yield Op(cast(Tag, op.tag), mine[x1], mine[x2], yours[y1], yours[y2])
            continue
        for x, y in zip(range(x1, x2), range(y1, y2), strict=True):
            tag: Tag = "insert" if ours[x] == _MARK else "delete" if theirs[y] == _MARK else "replace"
            yield Op(tag, mine[x], mine[x + 1], yours[y], yours[y + 1])


def readable(ops: Iterable[Op], a: str, b: str) -> tuple[Op, ...]:
    """Edits of one group as an editor would tell them."""
    told = (piece for cluster in clusters(ops) for part in _told(cluster) for piece in _trimmed(part, a, b))
    return tuple(_swapped(list(joined(told)), a, b))


def _trimmed(op: Op, a: str, b: str) -> Iterator[Op]:
    """An edit without what agrees at its ends: of edits equally few the machine may have found an odd one."""
    if op.tag != "replace" or not (ends := _ends(a[op.i1 : op.i2], b[op.j1 : op.j2])):
        yield op
        return
    first, last = ends
    i1, i2, j1, j2 = op.i1 + first, op.i2 - last, op.j1 + first, op.j2 - last
    tag: Tag = "replace" if i1 < i2 and j1 < j2 else "delete" if i1 < i2 else "insert"
    yield from (Op("equal", op.i1, i1, op.j1, j1), Op(tag, i1, i2, j1, j2), Op("equal", i2, op.i2, j2, op.j2))


def clusters(ops: Iterable[Op]) -> list[list[Op]]:
    """Agreements one by one, and edits with all that only chance agreements keep apart."""
    held: list[list[Op]] = []
    for op in ops:
        held.append([op])
        while len(held) > 1 and held[-1][0].tag != "equal" and held[-2][0].tag != "equal":
            held[-2:] = [held[-2] + held[-1]]
        while len(held) > 2 and held[-1][0].tag != "equal" and _is_island(*map(span, held[-3:])):
            held[-3:] = [held[-3] + held[-2] + held[-1]]
    return held


def span(cluster: Sequence[Op]) -> Op:
    """From the first op to the last, under the tag of the first."""
    return Op(cluster[0].tag, cluster[0].i1, cluster[-1].i2, cluster[0].j1, cluster[-1].j2)


def _is_island(before: Op, op: Op, after: Op) -> bool:
    """Whether an agreement is short beside the edits on both sides (Fraser's semantic cleanup, 2006)."""
    return op.i2 - op.i1 < min(_ISLAND + 1, _size(before), _size(after))


def _size(op: Op) -> int:
    return max(op.i2 - op.i1, op.j2 - op.j1)


def is_unlike(edit: Op) -> bool:
    """Whether what stands on one side is no reading of what stands on the other: too long, or too unequal."""
    less, more = sorted((edit.i2 - edit.i1, edit.j2 - edit.j1))
    return less > _UNLIKE or (less > 0 and more > max(_UNLIKE, 4 * less))


def _told(cluster: Sequence[Op]) -> Iterator[Op]:
    """An agreement, or an edit by its right name."""
    edit = span(cluster)
    if edit.tag == "equal":
        yield edit
    elif edit.i1 < edit.i2 and edit.j1 < edit.j2 and not is_unlike(edit):
        yield edit._replace(tag="replace")
    else:
        if edit.i1 < edit.i2:
            yield Op("delete", edit.i1, edit.i2, edit.j1, edit.j1)
        if edit.j1 < edit.j2:
            yield Op("insert", edit.i2, edit.i2, edit.j1, edit.j2)


def _swapped(ops: list[Op], a: str, b: str) -> Iterator[Op]:
    """Ops with AB beside BA told as a swap, whether A was left out before B and put in after it, or one was written
    over the other."""
    at = 0
    while at < len(ops):
        three = ops[at : at + 3]
        if len(three) == 3 and _is_swap(three, a, b):
            yield Op("swap", three[0].i1, three[2].i2, three[0].j1, three[2].j2)
            at += 3
            continue
        op = ops[at]
        yield op._replace(tag="swap") if _is_turned(a[op.i1 : op.i2], b[op.j1 : op.j2], op.tag) else op
        at += 1


def _is_swap(three: Sequence[Op], a: str, b: str) -> bool:
    first, kept, last = three
    if kept.tag != "equal" or {first.tag, last.tag} != {"delete", "insert"} or kept.i2 - kept.i1 > _SWAP:
        return False
    out, put = (first, last) if first.tag == "delete" else (last, first)
    return out.i2 - out.i1 <= _SWAP and a[out.i1 : out.i2] == b[put.j1 : put.j2]


def _is_turned(one: str, other: str, tag: Tag) -> bool:
    return tag == "replace" and len(one) == len(other) <= 2 * _SWAP and other != one and other in one + one
