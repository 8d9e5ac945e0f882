"""How often the library has each of some characters between the same neighbours.

Estimates are those of a hierarchy of contexts, each leaning on the shorter one with the weight of a few occurrences
(Dirichlet smoothing; D. MacKay and L. Peto, A hierarchical Dirichlet language model, 1995): the character alone, after
one and two letters, before one and two, between one on either side, between two on one and one on the other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from search.text.alphabet import Numbers
from search.text.bank import Bank

_REST = 2.0
"""Occurrences that a shorter context weighs beside those counted in a longer one."""
_KEPT = 1 << 23
"""Occurrences whose surroundings are kept for a library: some 80 MB."""
_PLACES = 1 << 16
"""Occurrences of a set of characters of which the surroundings are looked at; of more, every second, third … one."""

Around = tuple[int, int, int, int]
"""Letters around a place: two before it, two after it, in the order of the text; 0 where there is none."""
Weights = NDArray[np.float64]


_CONTEXTS = ((0, 1), (1, 0), (0, 2), (2, 0), (1, 1), (1, 2), (2, 1), (2, 2))
"""Surroundings that are counted: how many letters before and after; the shorter first."""
# Which of these an occurrence has, by the neighbours that are the same: bit 0 the second before, 1 the first before, 2
# the first after, 3 the second after.
_NEED = [(0, 2, 3)[before] | (0, 4, 12)[after] for before, after in _CONTEXTS]
_BITS = np.array([[code & need == need for need in _NEED] for code in range(16)], dtype=np.float64)


class Seen(NamedTuple):
    """The longest surroundings in which the library has a character: letters before and after it, and how often."""

    before: int
    after: int
    times: int


class Judged(NamedTuple):
    """How likely each character is at a place, together 1, and what the library has that says so."""

    weights: Weights
    seen: tuple[Seen, ...]


class _Places(NamedTuple):
    """Every occurrence of some letters: where, which of them, the letters beside it; and how often each stands."""

    at: Numbers
    which: Numbers
    often: Numbers
    before: Numbers
    after: Numbers


_Key = tuple[frozenset[int], frozenset[int], tuple[int, ...]]


class _Kept:
    """Surroundings that were read, those asked for last; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[_Key, _Places] = OrderedDict()
        self._size = 0

    def get(self, key: _Key, read: Callable[[], _Places]) -> _Places:
        """What is kept under a key, or is read now."""
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found
        found = read()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._size += len(found.at)
            while self._size > _KEPT and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1].at)
        return found


_shared: WeakKeyDictionary[Bank, _Kept] = WeakKeyDictionary()


class Contexts:
    """The surroundings of letters in one bank.

    Args:
        bank: the library's text.
        closed: ids of the editions that do not count.
        hidden: ids of the editions whose notes do not.
        script: the script in which characters are to be written, if it is known (`Hant`, `Hans`).
    """

    def __init__(self, bank: Bank, closed: frozenset[int], hidden: frozenset[int], script: str = "") -> None:
        self._bank = bank
        self._key = closed, hidden
        # Where text that does not count begins and ends, shelf by shelf.
        self._closed = [(one.place, one.place_end) for one in bank.shelves if one.edition.id in closed]
        self._hidden = [(one.place, one.place_end) for one in bank.shelves if one.edition.id in hidden]
        self._script = script
        self._glyphs: dict[int, int] = {}

    def judged(self, letters: Sequence[int], around: Around, *, rivals_only: bool = False) -> Judged | None:
        """How likely each of these letters is between these neighbours.

        Args:
            letters: all different; 0 for a character that the library has nowhere.
            around: the letters before and after.
            rivals_only: whether to answer None where the library has none but the first beside either neighbour.
        """
        known = tuple(sorted({letter for letter in letters if letter}))
        places = self._of(known)
        order = [known.index(letter) if letter else len(known) for letter in letters]
        some = np.flatnonzero((places.before == around[1]) | (places.after == around[2]))
        if rivals_only and (places.which[some] == order[0]).all():
            return None
        codes = places.which[some].astype(np.int64) * 16
        at = places.at[some].astype(np.int64)
        for bit, (step, letter) in enumerate(zip((-2, -1, 1, 2), around, strict=True)):
            codes += (self._bank.letters.take(at + step, mode="clip") == letter) << bit
        table = np.bincount(codes, minlength=16 * len(known)).reshape(-1, 16) @ _BITS
        table = np.concatenate([table, np.zeros((1, len(_CONTEXTS)))])[order]
        counts = dict(zip(_CONTEXTS, table.T, strict=True))
        alone = _leaning(np.append(places.often, 0)[order], np.full(len(letters), 1 / len(letters)))
        before = _leaning(counts[2, 0], _leaning(counts[1, 0], alone))
        after = _leaning(counts[0, 2], _leaning(counts[0, 1], alone))
        weights = before * after / alone
        weights = _leaning(counts[1, 1], weights / weights.sum())
        longer = _leaning(counts[2, 1], weights) * _leaning(counts[1, 2], weights) / weights
        weights = _leaning(counts[2, 2], longer / longer.sum())
        return Judged(weights, tuple(_seen(counts, at) for at in range(len(letters))))

    def fitting(self, around: Around, most: int) -> list[int]:
        """Letters that the library has oftenest in this place, twice at least, the oftenest first."""
        before2, before1, after1, after2 = (letter or None for letter in around)
        track = self._bank.running
        strings = ([before2, before1, None], [before1, None, after1], [None, after1, after2])
        found: dict[int, int] = {}
        for slot, string in zip((2, 1, 0), strings, strict=True):
            if sum(one is not None for one in string) < 2:
                continue
            at = self._visible(track.find(string) + slot)
            counts = np.bincount(track.letters[at])
            for letter in np.argsort(counts)[: -most - 1 : -1].tolist():
                if counts[letter] > 1:
                    found[letter] = found.get(letter, 0) + int(counts[letter])
        return sorted(found, key=lambda letter: (-found[letter], letter))[:most]

    def written(self, letter: int) -> str:
        """A letter as the library writes it most often, in the script wanted if it is there."""
        if letter not in self._glyphs:
            bank = self._bank
            at = self._visible(bank.running.find([letter]))
            shelves = [one for one in bank.shelves if one.edition.script == self._script]
            parts = [at[slice(*np.searchsorted(at, (one.place, one.place_end)))] for one in shelves]
            same = np.concatenate(parts) if parts else at
            counts = np.bincount(bank.glyphs[same if len(same) else at])
            self._glyphs[letter] = int(np.argmax(counts)) if len(counts) else 0
        return self._bank.alphabet.spelt(self._glyphs[letter])

    def _of(self, letters: tuple[int, ...]) -> _Places:
        return _shared.setdefault(self._bank, _Kept()).get((*self._key, letters), lambda: self._read(letters))

    def _read(self, letters: Sequence[int]) -> _Places:
        bank = self._bank
        parts = [self._visible(bank.running.find([letter])) for letter in letters]
        step = 1 + sum(map(len, parts)) // _PLACES
        parts = [part[::step] for part in parts]
        at = np.concatenate([np.empty(0, dtype=np.int64), *parts])
        before, after = (bank.letters.take(at + beside, mode="clip") for beside in (-1, 1))
        often = np.array([len(part) for part in parts], dtype=np.int64)
        which = np.repeat(np.arange(len(parts), dtype=np.uint16), often)
        return _Places(at.astype(np.uint32 if len(bank.letters) < 1 << 32 else np.int64), which, often, before, after)

    def _visible(self, at: Numbers) -> Numbers:
        """Of these places, sorted, those that count."""
        if self._closed:
            cuts = [0, *(int(cut) for bounds in self._closed for cut in np.searchsorted(at, bounds)), len(at)]
            at = np.concatenate([at[low:high] for low, high in zip(cuts[::2], cuts[1::2], strict=True)])
        if self._hidden:
            keep = np.ones(len(at), dtype=bool)
            for bounds in self._hidden:
                low, high = np.searchsorted(at, bounds)
                keep[low:high] = ~self._bank.noted[at[low:high]]
            at = at[keep]
        return at


def _leaning(counts: Weights, shorter: Weights) -> Weights:
    return np.asarray((counts + _REST * shorter) / (counts.sum() + _REST))


def _seen(counts: dict[tuple[int, int], Weights], at: int) -> Seen:
    longest = max(
        ((before + after, times[at], before, after) for (before, after), times in counts.items() if times[at]),
        default=(0, 0.0, 0, 0),
    )
    return Seen(longest[2], longest[3], int(longest[1]))
