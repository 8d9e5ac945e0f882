"""`~天下唯器而已矣`: passages that contain a string with few changes.

A change is a character more, less or other than in the string, on folded characters (V. I. Levenshtein, 1966). Whoever
changes `k` characters leaves one of `k + 1` pieces of the string whole: these are looked for, and where one stands the
surroundings are compared, all of them side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from search.language.tree import Layer
from search.matching.layers import Stretches, Text, texts
from search.text.alphabet import Alphabet, Numbers
from search.text.bank import Bank, Spans

MOST_CHANGES = 8
_LONGEST_PIECE = 6
_CELLS = 1 << 20
"""Letters of surroundings that are compared at once."""
_NO_LETTER = -1


class Nearby(NamedTuple):
    """The best place of each passage, sorted by place, and how many changes it has."""

    spans: Spans
    changes: Numbers


class _Places(NamedTuple):
    """Places in one text: their rows, how many changes they have, where they begin and end (inclusive)."""

    row: Numbers
    changes: Numbers
    first: Numbers
    last: Numbers

    def take(self, which: Numbers | slice) -> _Places:
        return _Places(*(one[which] for one in self))


_NOWHERE = _Places(*[np.empty(0, dtype=np.int64)] * 4)


def changes_allowed(length: int) -> int:
    """How many changes a string of so many characters may have: a quarter, one at least, eight at most."""
    return min(max(1, length // 4), MOST_CHANGES)


def near(
    bank: Bank,
    units: Sequence[str],
    rows: Numbers,
    hidden: Numbers,
    layer: Layer = "both",
    *,
    running_only: bool = False,
) -> Nearby:
    """The passages that contain a string with few changes, those that contain it unchanged too.

    Of a passage the place with the fewest changes counts; of several, the one that begins first; of those that begin
    together, the longest.

    Args:
        bank: where to look.
        units: the string, as `folding.units` gives it.
        rows: a mask of the rows that may match.
        hidden: a mask of the rows whose notes the reader may not find.
        layer: which part of the text.
        running_only: whether to leave out what is found only where notes are left out.
    """
    wanted = letters(units, bank.alphabet)
    running, *others = texts(bank, layer, rows, hidden)
    parts = [_in_text(text, wanted) for text in ([running] if running_only else [running, *others])]
    found = _best(_joined(parts))
    found = found.take(np.lexsort((found.last, found.first)))
    return Nearby(Spans(found.first, found.last, found.row), found.changes)


def letters(units: Sequence[str], alphabet: Alphabet) -> Numbers:
    """A string in letter numbers; -1 for what is nowhere in the library."""
    known = map(alphabet.find, units)
    return np.array([letter.letter if letter else _NO_LETTER for letter in known], dtype=np.int64)


def _in_text(text: Text, wanted: Numbers) -> _Places:
    """The best place of each row in one text, by places of the bank."""
    allowed = changes_allowed(len(wanted))
    at, low, high = _aligned(text, wanted, allowed)
    parts = [_compared(text, wanted, allowed, at[some], low[some], high[some]) for some in _batches(at, wanted)]
    if not parts:
        return _NOWHERE
    found = _best(_joined(parts))
    lasts = [_longest(text, wanted, found.take(some)) for some in _batches(found.row, wanted)]
    spans = text.spans(Stretches(found.first, np.concatenate([_NOWHERE.last, *lasts])))
    return found._replace(first=spans.first, last=spans.last)


def _batches(places: Numbers, wanted: Numbers) -> Iterator[slice]:
    step = max(_CELLS // len(wanted), 1)
    return (slice(first, first + step) for first in range(0, len(places), step))


def _aligned(text: Text, wanted: Numbers, allowed: int) -> tuple[Numbers, Numbers, Numbers]:
    """Where the string would begin if nothing were changed before a piece of it that stands in the text.

    Returns:
        These places, sorted, and where the texts begin and end (exclusive) in which the pieces stand.
    """
    aligned, anchors = [_NOWHERE.first], [_NOWHERE.first]
    for start, end in _pieces(text, wanted, allowed + 1):
        if (wanted[start:end] != _NO_LETTER).all():
            anchors.append(text.find(wanted[start:end].tolist()).first)
            aligned.append(anchors[-1] - start)
    at = np.concatenate(aligned)
    low, high = text.around(np.concatenate(anchors))
    order = np.lexsort((low, at))
    at, low, high = at[order], low[order], high[order]
    new = np.ones(len(at), dtype=bool)
    new[1:] = (at[1:] != at[:-1]) | (low[1:] != low[:-1])
    return at[new], low[new], high[new]


def _compared(text: Text, wanted: Numbers, allowed: int, aligned: Numbers, low: Numbers, high: Numbers) -> _Places:
    """The best beginning near each of these places, if it needs no more changes than allowed."""
    begin, width = aligned - allowed, len(wanted) + 2 * allowed
    window = _window(text, begin, width, low, high)
    changes = np.full(len(begin), allowed + 1, dtype=np.uint8)
    start = np.zeros(len(begin), dtype=np.int64)
    # Read backwards, every place is one at which a match of the whole string may end: there it begins.
    for length, distance in _distances(wanted[::-1], window[::-1], anywhere=True):
        at = begin + (width - length)
        better = (distance <= changes) & (at >= low) & (at < high)
        np.copyto(changes, distance, where=better)
        np.copyto(start, at, where=better)
    good = changes <= allowed
    first = start[good]
    return _Places(text.track.row_at(first), changes[good].astype(np.int64), first, first)


def _longest(text: Text, wanted: Numbers, found: _Places) -> Numbers:
    """The last place of the longest match that begins at each of these places and has as few changes."""
    last = found.first.copy()
    low, high = text.around(found.first)
    window = _window(text, found.first, len(wanted) + int(found.changes.max(initial=0)), low, high)
    for length, distance in _distances(wanted, window, anywhere=False):
        end = found.first + length
        np.copyto(last, end - 1, where=(distance == found.changes) & (end <= high) & (length > 0))
    return last


def _window(text: Text, begin: Numbers, width: int, low: Numbers, high: Numbers) -> Numbers:
    """The letters from each of these places on, one column each; 0 for those outside the text from `low` to `high`."""
    window = text.track.letters.take(begin + np.arange(width)[:, None], mode="clip")
    over = np.flatnonzero((begin < low) | (begin + width > high))
    at = begin[over] + np.arange(width)[:, None]
    window[:, over] *= (at >= low[over]) & (at < high[over])
    return window


def _distances(wanted: Numbers, window: Numbers, *, anywhere: bool) -> Iterator[tuple[int, Numbers]]:
    """How many changes turn a string into the first 0, 1, 2 … letters of each column, or, if it may begin anywhere,
    into the best stretch that ends there.

    Computed along the diagonals of Wagner and Fischer's table (1974), on which no cell waits for another.
    """
    size, (width, count) = len(wanted), window.shape
    column, unknown = wanted.astype(window.dtype)[:, None], (wanted == _NO_LETTER)[:, None]
    before, last, cells = (np.zeros((size + 1, count), dtype=np.uint8) for _ in range(3))
    for diagonal in range(size + width + 1):
        # Row `r` of the table is what the first `r` letters of the string need; it stands in column `diagonal - r`.
        top, bottom = max(diagonal - width, 0), min(size, diagonal)
        low, high = max(top, 1), min(bottom, diagonal - 1) + 1
        if low < high:
            inside, above = slice(low, high), slice(low - 1, high - 1)
            letters = window[diagonal - high : diagonal - low][::-1]
            np.minimum(last[inside], last[above], out=cells[inside])
            cells[inside] += 1
            differ = (letters != column[above]) | unknown[above]
            np.minimum(cells[inside], before[above] + differ, out=cells[inside])
        if top == 0:
            cells[0] = 0 if anywhere else min(diagonal, 255)
        if bottom == diagonal:
            cells[diagonal] = diagonal
        if diagonal >= size:
            yield diagonal - size, cells[size]
        before, last, cells = last, cells, before


def _pieces(text: Text, wanted: Numbers, count: int) -> list[tuple[int, int]]:
    """So many pieces of a string, none over another, that stand as rarely as possible as far as their letters tell."""
    total = max(len(text.track), 1)
    shares = [text.track.count(letter) / total if letter >= 0 else 0.0 for letter in wanted.tolist()]
    # cheapest[n]: what the best n pieces of the characters so far cost, and where they stand.
    best: list[list[tuple[float, list[tuple[int, int]]]]] = [[(0.0, [])]]
    for end in range(1, len(wanted) + 1):
        cheapest = list(best[-1])
        cost = float(total)
        for start in range(end - 1, max(end - _LONGEST_PIECE, 0) - 1, -1):
            cost *= shares[start]
            for number, (before, pieces) in enumerate(best[start][:count]):
                if number + 1 == len(cheapest):
                    cheapest.append((before + cost, [*pieces, (start, end)]))
                elif before + cost < cheapest[number + 1][0]:
                    cheapest[number + 1] = (before + cost, [*pieces, (start, end)])
        best.append(cheapest)
    return best[-1][count][1]


def _joined(parts: Sequence[_Places]) -> _Places:
    return _Places(*(np.concatenate(side) for side in zip(*parts, strict=True)))


def _best(found: _Places) -> _Places:
    """Of each row the place with the fewest changes; of several the one that begins first, then the longest."""
    order = np.lexsort((-found.last, found.first, found.changes, found.row))
    found = found.take(order)
    new = np.ones(len(order), dtype=bool)
    new[1:] = found.row[1:] != found.row[:-1]
    return found.take(new)
