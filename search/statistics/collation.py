"""In which order letters stand when contexts are sorted: as in a dictionary by sound (音序).

Signs, digits and western letters come first, by code point; then characters by the letters of their reading, ü after u,
then by tone, then by code point, which for most of them is radical and strokes; then characters whose reading nobody
records, by code point, those without a code point last. A character of several readings stands at its first one, and a
family of variants at the reading of the character it folds to. Readings are pypinyin's.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

import numpy as np

from search.text.alphabet import Alphabet, Numbers, packed
from search.text.bank import Bank

_READING = re.compile("([a-zê]+)([1-5])")
_FIRST_HAN = "\u2e80"
_tables: WeakKeyDictionary[Alphabet, Numbers] = WeakKeyDictionary()


def ranks(bank: Bank) -> Numbers:
    """The rank of every letter of the bank, by letter number; 0 is nothing at all and comes before all."""
    size = int(bank.letters.max(initial=0)) + 1
    table = _tables.get(bank.alphabet)
    if table is None or len(table) < size:
        table = _tables[bank.alphabet] = _ranks(bank.alphabet, size)
    return table


def _ranks(alphabet: Alphabet, size: int) -> Numbers:
    tokens = [alphabet.token(letter) for letter in range(1, size)]
    keys = dict(zip(tokens, _keys(tokens), strict=True))
    rank = {token: number for number, token in enumerate(sorted(keys, key=keys.__getitem__), 1)}
    return packed(np.array([0, *map(rank.__getitem__, tokens)], dtype=np.uint32))


def _keys(characters: list[str]) -> list[tuple[int, str, bool, str, str]]:
    """What characters are sorted by: kind, reading, whether it has ü, tone, the character itself."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a quarter of a second

    readings = lazy_pinyin(characters, style=Style.TONE3, neutral_tone_with_five=True)
    return [_key(*pair) for pair in zip(characters, readings, strict=True)]


def _key(character: str, reading: str) -> tuple[int, str, bool, str, str]:
    if character < _FIRST_HAN:
        return 0, "", False, "", character
    found = _READING.fullmatch(reading)
    if found is None:
        return 2, "", False, "", character
    return 1, found[1].replace("v", "u"), "v" in found[1], found[2], character
