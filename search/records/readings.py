"""How names sound: pinyin without tones, every reading a character has in names and words.

Readings are pypinyin's. ü is `v`, as it is typed; `lv` and `nv` are also read `lu` and `nu`, as many type them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT, Style
from pypinyin.style import convert

from search.text.folding import fold_char

MOST_READINGS = 3
"""Readings of one character that count, the most usual first: those further down are found in dictionaries only."""
MOST_SPELLINGS = 16
"""Ways to read one name that count."""
SHORT = 4
"""Characters of a person's name; longer ones are read as the words they are made of (重庆 is chongqing)."""


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
    if len(name) > SHORT:
        return (tuple(sound for word in lazy_pinyin(name, errors="default") for sound in _letters(word)),)
    heard = [one for one in map(readings, name) if one]
    return tuple(islice(product(*heard), MOST_SPELLINGS)) if heard else ()


# How a character is read that begins a name of two to four, where that is not its usual reading.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "任": "ren", "朴": "piao",
    "翟": "zhai", "乐": "yue", "缪": "miao", "冼": "xian", "宁": "ning", "燕": "yan", "覃": "qin", "隗": "wei",
    "盖": "ge", "繁": "po", "那": "na", "员": "yun", "洗": "xian", "折": "she", "种": "chong", "秘": "bi",
}  # fmt: skip
_NAME_LENGTHS = range(2, 5)
_COMPARED = 8
"""Characters compared by sound; what follows them, as it is written."""


def sort_key(text: str) -> str:
    """Puts names and titles in the order of their sounds, as dictionaries do; what has no sound comes first."""
    heard = [_HEARD[char] for char in text[:_COMPARED]]
    if len(text) in _NAME_LENGTHS and text[0] in _SURNAMES:
        heard[0] = f"{_SURNAMES[text[0]]}\x01{text[0]}"
    return "".join([*heard, text[_COMPARED:]])


class _Heard(dict[str, str]):
    """Characters with their usual reading before them."""

    def __missing__(self, char: str) -> str:
        found = readings(char)
        self[char] = f"{found[0] if found else ''}\x01{char}"
        return self[char]


_HEARD = _Heard()


def _letters(word: str) -> tuple[str, ...]:
    """A syllable, or the letters of what has none."""
    if word.isascii() and word.isalpha():
        return (word,)
    return tuple(sound for sign in word for sound in readings(sign))
