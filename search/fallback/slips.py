"""What a library has of strings that differ from a given one by one slip: another character, or two in the wrong order.

Each place of the string is left open in turn and the rest looked for; what stands in the open place is what somebody
may have meant. Of two or three characters so little is left that only characters which are mistaken for the one typed
(`search.fallback.likeness`) are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from search.fallback.likeness import Likeness, blurred, heard, likeness, looks
from search.language.tree import Phrase
from search.matching.layers import Text, texts
from search.matching.matcher import Matcher
from search.text.alphabet import Alphabet, Numbers
from search.text.folding import NAMELESS
from search.text.tracks import Wanted

LONGEST = 30
"""Characters of a string for which slips are looked for."""
OPEN = 4
"""Characters from which anything may stand in the open place."""
OFTEN = 3
"""How often a string must occur that is not like the one typed in sound or shape."""

_HALVED = 6
"""Characters from which it pays to see first whether a half of the string stands anywhere."""
_blurred: WeakKeyDictionary[Alphabet, tuple[int, Mapping[str, set[int]]]] = WeakKeyDictionary()

_String = tuple[int, ...]


class Slip(NamedTuple):
    """A string that occurs: as units of a query, how it is like the one typed, about how often it occurs."""

    units: tuple[str, ...]
    like: Likeness
    often: int


def slips(phrase: Phrase, matcher: Matcher) -> Iterator[Slip]:
    """The strings one slip away that occur in the rows of a matcher, each once, in no order."""
    bank, units = matcher.bank, phrase.units
    found = [bank.alphabet.find(unit) for unit in units]
    letters = tuple(letter.letter if letter else 0 for letter in found)
    if not 2 <= len(letters) <= LONGEST or letters.count(0) > 1:
        return
    often: dict[_String, int] = {}
    for text in texts(bank, phrase.layer, matcher.rows, matcher.hidden):
        for string, count in _in_text(text, letters, units):
            # The text without notes repeats the running text, but for what passes over a note.
            often[string] = max(often.get(string, 0), count)
    for string, count in often.items():
        spelt = tuple(
            unit if new == old else bank.alphabet.token(new)
            for unit, old, new in zip(units, letters, string, strict=True)
        )
        changed = [at for at, (old, new) in enumerate(zip(letters, string, strict=True)) if old != new]
        if any(spelt[at] >= NAMELESS for at in changed):
            continue  # nobody mistypes a character that has no code point
        like = (likeness(units[changed[0]], spelt[changed[0]]) or "other") if len(changed) == 1 else "order"
        if like not in ("order", "other") or count >= OFTEN:
            yield Slip(spelt, like, count)


def _in_text(text: Text, letters: _String, units: Sequence[str]) -> Iterator[tuple[_String, int]]:
    size, half = len(letters), len(letters) // 2
    # With one slip in one half of the string, the other stands as typed.
    left = size < _HALVED or len(_places(text, letters[:half])) > 0
    right = size < _HALVED or len(_places(text, letters[half:])) > 0
    for at in range(size):
        if not (right if at < half else left):
            continue
        instead = None if size >= OPEN else _alike(text, units[at])
        there = text.track.letters[_places(text, letters, at, instead) + at]
        counts = np.bincount(there)
        for letter in np.flatnonzero(counts).tolist():
            if letter != letters[at]:
                yield (*letters[:at], letter, *letters[at + 1 :]), int(counts[letter])
    for at in range(size - 1):
        swapped = (*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :])
        if swapped != letters and (at + 1 == half or (right if at < half else left)):
            yield swapped, len(_places(text, swapped))


def _places(text: Text, letters: _String, at: int = -1, instead: Numbers | None = None) -> Numbers:
    """Where a string begins, with something else at one place of it if asked."""
    wanted: list[Wanted] = [*letters]
    if at >= 0:
        wanted[at] = instead
    known = all(letter for step, letter in enumerate(letters) if step != at)
    return text.find(wanted).first if known else np.empty(0, dtype=np.int64)


def _alike(text: Text, unit: str) -> Numbers:
    """The letters of characters that are mistaken for one."""
    alphabet, size = text.bank.alphabet, len(text.bank.running.frequency)
    known, by_sound = _blurred.get(alphabet, (0, {}))
    if known < size:
        by_sound = defaultdict(set)
        for letter in range(1, size):
            for sound in blurred(alphabet.token(letter)):
                by_sound[sound].add(letter)
        _blurred[alphabet] = size, by_sound
    shapes = filter(None, map(alphabet.find, looks(unit)))
    found = {shape.letter for shape in shapes}.union(*(by_sound.get(sound, ()) for sound in heard(unit)))
    return np.array(sorted(found), dtype=np.int64)
