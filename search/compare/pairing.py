"""Where two editions differ so much that letters tell nothing, whole passages are paired by how alike they are.

A title line of one edition answers to that of the other though hardly a letter agrees, a lost leaf to nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from archive.intake import Range
from search.compare.edits import Op, diff, is_unlike, span

_ALIKE = 0.34
"""What chance does not reach: two strings of Chinese prose taken at random agree in a quarter of their letters."""
_MOST = 4_000
"""Passages times passages that are compared."""
_LARGEST = 50_000_000
"""Letters times letters that are compared."""
_EDGE = 6
"""Letters that may agree by chance between the beginning of a passage and an edit."""


def pair(
    clusters: Sequence[Sequence[Op]], a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]
) -> Iterator[Op]:
    """The ops of the clusters, those too unlike taken passage by passage.

    Args:
        clusters: agreements and edits by turns.
        a, b: letters of base and witness.
        a_starts, b_starts: where passages begin, the length last.
    """
    ops: list[Op] = []
    skip = 0
    for number, cluster in enumerate(clusters):
        edit = span(cluster)
        if edit.tag == "equal":
            ops.append(edit._replace(i1=edit.i1 + skip, j1=edit.j1 + skip))
        elif is_unlike(edit) or _is_mixed(edit, a_starts, b_starts):
            back = _back(edit, ops[-1] if ops else edit, a_starts, b_starts)
            skip = _forth(edit, clusters[number + 1][0] if number + 1 < len(clusters) else edit, a_starts, b_starts)
            if back:
                ops[-1] = ops[-1]._replace(i2=edit.i1 - back, j2=edit.j1 - back)
            whole = Op("replace", edit.i1 - back, edit.i2 + skip, edit.j1 - back, edit.j2 + skip)
            ops += _by_passage(whole, a, b, a_starts, b_starts)
            continue
        else:
            ops += cluster
        skip = 0
    return iter(ops)


def _is_mixed(edit: Op, a_starts: Sequence[int], b_starts: Sequence[int]) -> bool:
    """Whether whole passages stand on both sides and it is open which answers to which: there are more than two, or
    two of very different length.
    """
    ours, theirs = _pieces(edit.i1, edit.i2, a_starts), _pieces(edit.j1, edit.j2, b_starts)
    whole = all(
        any(_is_start(low, starts) and _is_start(high, starts) for low, high in pieces)
        for pieces, starts in ((ours, a_starts), (theirs, b_starts))
    )
    less, more = sorted((edit.i2 - edit.i1, edit.j2 - edit.j1))
    return whole and (len(ours) + len(theirs) > 2 or more > 4 * less)


def _back(edit: Op, before: Op, a_starts: Sequence[int], b_starts: Sequence[int]) -> int:
    """Letters of the agreement before an edit that only open passages of both editions."""
    i = edit.i1 - a_starts[bisect_right(a_starts, edit.i1) - 1]
    j = edit.j1 - b_starts[bisect_right(b_starts, edit.j1) - 1]
    return i if before.tag == "equal" and i == j <= min(_EDGE, before.i2 - before.i1) else 0


def _forth(edit: Op, after: Op, a_starts: Sequence[int], b_starts: Sequence[int]) -> int:
    """Letters of the agreement behind an edit that only close passages of both editions."""
    i = a_starts[bisect_left(a_starts, edit.i2)] - edit.i2
    j = b_starts[bisect_left(b_starts, edit.j2)] - edit.j2
    return i if after.tag == "equal" and i == j <= min(_EDGE, after.i2 - after.i1) else 0


def _by_passage(edit: Op, a: str, b: str, a_starts: Sequence[int], b_starts: Sequence[int]) -> Iterator[Op]:
    """The ops of an edit: of each pair of passages that are alike its own, around them what is left out or put in."""
    ours, theirs = _pieces(edit.i1, edit.i2, a_starts), _pieces(edit.j1, edit.j2, b_starts)
    i, j = edit.i1, edit.j1
    for (i1, i2), (j1, j2) in _best(ours, theirs, a, b):
        yield from _unlike(i, i1, j, j1, a_starts)
        for op in diff(a[i1:i2], b[j1:j2]):
            yield Op(op.tag, op.i1 + i1, op.i2 + i1, op.j1 + j1, op.j2 + j1)
        i, j = i2, j2
    yield from _unlike(i, edit.i2, j, edit.j2, a_starts)


def _pieces(low: int, high: int, starts: Sequence[int]) -> list[Range]:
    return (
        list(pairwise([low, *starts[bisect_right(starts, low) : bisect_left(starts, high)], high]))
        if low < high
        else []
    )


def _best(ours: Sequence[Range], theirs: Sequence[Range], a: str, b: str) -> Iterable[tuple[Range, Range]]:
    """The pairs, in order on both sides, that agree in most letters altogether (Needleman and Wunsch 1970)."""
    if not ours or not theirs or len(ours) * len(theirs) > _MOST:
        return []
    if (ours[-1][1] - ours[0][0]) * (theirs[-1][1] - theirs[0][0]) > _LARGEST:
        return []
    # agreed[x][y]: letters that the first x and the first y passages agree in at most
    agreed = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    gain = [[_agreement(a[i1:i2], b[j1:j2]) for j1, j2 in theirs] for i1, i2 in ours]
    for x, row in enumerate(gain, 1):
        for y, letters in enumerate(row, 1):
            agreed[x][y] = max(agreed[x - 1][y], agreed[x][y - 1], agreed[x - 1][y - 1] + letters)
    pairs = []
    x, y = len(ours), len(theirs)
    while x and y:
        if agreed[x][y] == agreed[x - 1][y]:
            x -= 1
        elif agreed[x][y] == agreed[x][y - 1]:
            y -= 1
        else:
            x, y = x - 1, y - 1
            pairs.append((ours[x], theirs[y]))
    return reversed(pairs)


def _agreement(one: str, other: str) -> float:
    return max(len(one), len(other)) * Levenshtein.normalized_similarity(one, other, score_cutoff=_ALIKE)


def _unlike(i1: int, i2: int, j1: int, j2: int, a_starts: Sequence[int]) -> Iterator[Op]:
    """What is left out, and what is put in behind it, or before it if only there a passage of the base begins."""
    first = _is_start(i1, a_starts) and not _is_start(i2, a_starts)
    if j1 < j2 and first:
        yield Op("insert", i1, i1, j1, j2)
    if i1 < i2:
        yield Op("delete", i1, i2, j2 if first else j1, j2 if first else j1)
    if j1 < j2 and not first:
        yield Op("insert", i2, i2, j1, j2)


def _is_start(at: int, starts: Sequence[int]) -> bool:
    return starts[bisect_left(starts, at)] == at
