"""The parallels of a source as columns of numbers: each found once, measured, in order of the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from search.parallels import alignment
from search.parallels.seeds import Grams, Text
from search.parallels.texts import Piece, Source, pieces, tracks
from search.text.alphabet import Numbers
from search.text.bank import Bank

# What tells little wherever it stands, in bits: numbers, dates, cycles, directions, measures; nothing at all where the
# text has a blank or a character nobody could type.
_PLAIN = {
    2.5: "〇零一二三四五六七八九十百千萬卅正元初年月日時朔望閏春夏秋冬甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    "東西南北里步丈尺",
    0.0: "□〓",
}
_OFTEN = 5.0
"""Bits by which twice as many parallels of the same words make each of them weigh less."""
_SMALL = 1 << 20
_AT_ONCE = 1 << 20
_PAIRS = 50_000_000
"""Pairs of parallels that may lie in one another and are looked at: some seconds of work."""


class Columns(NamedTuple):
    """Parallels, by their first and last places in the bank on either side (inclusive).

    `main` says that the notes between are left out; `equal` and `different` count letters. `often` is how many
    parallels the same words of the source have; `weight` is what the equal letters tell, in bits.
    """

    source_first: Numbers
    source_last: Numbers
    source_main: Numbers
    target_first: Numbers
    target_last: Numbers
    target_main: Numbers
    equal: Numbers
    different: Numbers
    often: Numbers
    weight: Numbers

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.equal)

    def take(self, which: Numbers) -> Columns:
        """Those that a mask or an array of indexes names."""
        return Columns(*(column[which] for column in self))


def find(
    bank: Bank, source: Source, rows: Numbers, hidden: Numbers, step: Callable[[float], None]
) -> tuple[Columns, int]:
    """Every parallel of the source in the rows of a mask.

    Args:
        bank: the library's text.
        source: what is looked for.
        rows: where it is looked for, a mask over rows.
        hidden: rows whose notes the reader may not find, a mask.
        step: told which part of the work is done, from 0 to 1.

    Returns:
        The parallels; and how many times at most a string of the source was looked for that repeats too often, or 0.
    """
    library = tracks(bank, rows, hidden)
    parts: list[Columns] = []
    repeated = done = 0
    all_pieces = list(pieces(bank, source, hidden))
    whole = sum(len(text.letters) for text in library) * len(all_pieces)
    for piece in all_pieces:
        grams = Grams(piece.text)
        for main, text in enumerate(library):
            for at, runs in grams.runs(text):
                parts.append(_placed(piece, text, bool(main), alignment.stretches(piece.text, text, runs)))
                step((done + at) / whole)
            done += len(text.letters)
        repeated = min(filter(None, (repeated, grams.repeated)), default=0)
    found = _outermost(_joined(parts))
    found = found.take(np.lexsort((found.target_first, found.source_first)))
    return _measured(bank, found), repeated


def _placed(piece: Piece, text: Text, main: bool, found: alignment.Stretches) -> Columns:
    """Stretches at their places in the bank; of those without notes, only the ones that do leave a note out."""
    source_first, source_last = piece.text.place(found.source_first), piece.text.place(found.source_last)
    target_first, target_last = text.place(found.target_first), text.place(found.target_last)
    source_main = piece.main[piece.text.segment(found.source_first)]
    over_source = source_last - source_first > found.source_last - found.source_first
    over_target = target_last - target_first > found.target_last - found.target_first
    empty = np.zeros(len(source_first))
    columns = Columns(
        source_first,
        source_last,
        source_main,
        target_first,
        target_last,
        np.full(len(source_first), main),
        found.equal,
        found.different,
        empty,
        empty,
    )
    return columns.take((over_source == source_main) & (over_target == main))


def _joined(parts: list[Columns]) -> Columns:
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Columns(*[none] * len(Columns._fields))
    return Columns(*map(np.concatenate, zip(*parts, strict=True)))


def _outermost(found: Columns) -> Columns:
    """Without those that lie within another one on both sides and say no more.

    Where a text repeats itself without end there are too many pairs to look at: then all stay, each of them true.
    """
    order = np.argsort(found.target_first, kind="stable")
    begins = found.target_first[order]
    low = np.searchsorted(begins, found.target_first)
    count = np.searchsorted(begins, found.target_last, side="right") - low
    if count.sum() > _PAIRS:
        return found
    inner = np.zeros(found.size, dtype=bool)
    for some in _portions(count):
        holder = np.repeat(np.arange(found.size)[some], count[some])
        near = order[_ranges(low[some], count[some])]
        within = (found.target_last[near] <= found.target_last[holder]) & (near != holder)
        within &= found.source_first[near] >= found.source_first[holder]
        within &= found.source_last[near] <= found.source_last[holder]
        less = found.equal[near] < found.equal[holder]
        inner[near[within & (less | ((found.equal[near] == found.equal[holder]) & (near > holder)))]] = True
    return found.take(~inner)


def _measured(bank: Bank, found: Columns) -> Columns:
    """With `often` and `weight`."""
    if not found.size:
        return found
    base = int(found.source_first.min())
    first, last = found.source_first - base, found.source_last - base
    covered = np.zeros(int(last.max()) + 2, dtype=np.int64)
    np.add.at(covered, first, 1)
    np.add.at(covered, last + 1, -1)
    often = np.cumsum(covered)[(first + last) // 2]
    told = np.concatenate(list(_told(bank, found, base, len(covered) - 1)))
    told *= found.equal / (found.equal + found.different)
    return found._replace(often=often, weight=told - _OFTEN * np.log2(often))


def _told(bank: Bank, found: Columns, base: int, size: int) -> Iterator[Numbers]:
    """The information of the letters of the source that each parallel has, every letter counted once."""
    letters = bank.letters[base : base + size]
    order = np.argsort(letters, kind="stable")
    before = np.full(size, -1)
    again = letters[order[1:]] == letters[order[:-1]]
    before[order[1:][again]] = order[:-1][again]
    bits = _bits(bank)[letters]
    noted = bank.noted[base : base + size]
    length = found.source_last - found.source_first + 1
    for some in _portions(length):
        first = np.repeat(found.source_first[some] - base, length[some])
        at = _ranges(found.source_first[some] - base, length[some])
        new = (before[at] < first) & ~(noted[at] & np.repeat(found.source_main[some], length[some]))
        yield np.add.reduceat(np.where(new, bits[at], 0.0), np.cumsum(length[some]) - length[some])


def _portions(counts: Numbers) -> Iterator[slice]:
    """Slices of a list, each with counts that together are `_AT_ONCE` or little more."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        until = int(ends[start] - counts[start]) + _AT_ONCE
        end = max(start + 1, int(np.searchsorted(ends, until)))
        yield slice(start, end)
        start = end


def _ranges(low: Numbers, count: Numbers) -> Numbers:
    """The numbers of all ranges, one after the other: `count` from `low` of each."""
    before = np.cumsum(count) - count
    numbers: Numbers = np.arange(int(count.sum())) + np.repeat(low - before, count)
    return numbers


def _bits(bank: Bank) -> Numbers:
    """What each letter tells by being there: the rarer, the more."""
    # In a small library a letter is rare because there is little of anything.
    bits: Numbers = np.log2(max(len(bank.letters), _SMALL) / np.maximum(bank.running.frequency, 1))
    for told, characters in _PLAIN.items():
        known = [letter.letter for letter in map(bank.alphabet.find, characters) if letter]
        bits[[letter for letter in known if letter < len(bits)]] = told
    return bits
