"""From the units of a query to the letters of a bank: what may stand at each place, and how often it does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from search.language.tree import Choice, Phrase
from search.matching.layers import Stretches, Text
from search.text.alphabet import Alphabet, Letter, Numbers
from search.text.folding import units
from search.text.tracks import Track, Wanted, one_of


class Spot(NamedTuple):
    """What may stand at one place: letter numbers, and the numbers of the very glyphs typed; None for anything."""

    letters: Wanted
    glyphs: Wanted


class Members(NamedTuple):
    """What a set of units stands for: letter numbers and glyph numbers, sorted."""

    letters: Numbers
    glyphs: Numbers


ANY = Spot(None, None)
_NOTHING = Spot(0, 0)


def resolved(phrase: Phrase, alphabet: Alphabet) -> Sequence[Letter]:
    """A phrase in numbers, empty if some character of it is nowhere in the library."""
    letters = [letter for unit in phrase.units for letter in spelt(unit, alphabet)]
    return [letter for letter in letters if letter] if all(letters) else []


def spelt(unit: str, alphabet: Alphabet) -> Sequence[Letter | None]:
    """A unit in numbers; None where something is nowhere in the library.

    A character without code point that the library does not know is taken literally, as some texts print it.
    """
    known = alphabet.find(unit)
    if known or len(unit) == 1:
        return [known]
    return [alphabet.find(char) for char in unit if units(char)]


def spots(choices: Iterable[Choice], alphabet: Alphabet) -> list[Spot]:
    """What may stand at each place of a piece; a place at which nothing can stand has a spot without letters."""
    found: list[Spot] = []
    for choice in choices:
        if len(choice) == 1:
            found += [Spot(one.letter, one.glyph) if one else _NOTHING for one in spelt(choice[0], alphabet)]
        elif choice:
            letters, glyphs = members(choice, alphabet)
            found.append(Spot(one_of(letters), glyphs))
        else:
            found.append(ANY)
    return found


def members(units: Iterable[str], alphabet: Alphabet) -> Members:
    """One of these units."""
    known = [letter for letter in map(alphabet.find, units) if letter]
    glyphs = {letter.glyph for letter in known if letter.glyph}
    return Members(
        np.array(sorted({letter.letter for letter in known}), dtype=np.int64), np.array(sorted(glyphs), dtype=np.int64)
    )


def stand(text: Text, sequence: Sequence[Spot], *, exact: bool) -> Stretches:
    """Where a sequence of spots stands; with the very glyphs, if asked."""
    found = text.find([one.letters for one in sequence])
    for step, one in enumerate(sequence):
        if exact and one.glyphs is not None:
            found = found.take(np.isin(text.glyphs(found.first + step), one.glyphs))
    return found


def rarest(track: Track, sequence: Sequence[Spot]) -> int:
    """How often the rarest spot of a sequence has its letters: there cannot be more occurrences."""
    return min((track.count(one.letters) for one in sequence if one.letters is not None), default=len(track))
