"""How names sound: pinyin without tones, every reading a character has in names and words.

Readings are pypinyin's. ü is `v`, as it is typed; `lv` and `nv` are also read `lu` and `nu`, as many type them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from pypinyin.constants import PINYIN_DICT, Style
from pypinyin.style import convert

from search.folding import fold_char

MOST_READINGS = 3
"""Readings of one character that count, the most usual first: those further down are found in dictionaries only."""
MOST_SPELLINGS = 16
"""Ways to read one name that count."""


@lru_cache(maxsize=50_000)
def readings(char: str) -> tuple[str, ...]:
    """The readings of a character; a letter or digit reads as itself, a sign not at all."""
    folded = fold_char(char)
    written = PINYIN_DICT.get(ord(char)) or (PINYIN_DICT.get(ord(folded)) if folded else None)
    if written is None:
        return (folded.lower(),) if folded and folded.isascii() else ()
    found = [convert(one, Style.NORMAL, False, None).replace("ü", "v") for one in written.split(",")]
    found = list(dict.fromkeys(found))[:MOST_READINGS]
    return tuple(dict.fromkeys([*found, *(one.replace("v", "u") for one in found if one in ("lv", "nv"))]))


@lru_cache(maxsize=4096)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a name, syllable by syllable; characters nobody can read are left out."""
    heard = [one for one in map(readings, name) if one]
    return tuple(islice(product(*heard), MOST_SPELLINGS)) if heard else ()
