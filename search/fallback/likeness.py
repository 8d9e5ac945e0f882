"""Which characters are mistaken for one another: because they sound alike, or because they look alike.

Readings are those of `search.records.readings`; which characters look alike says `data/confusables.tsv`, a table of our
own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from search.text.folding import families, fold_char, token

Likeness = Literal["form", "sound", "shape", "near", "order", "other"]
LIKENESSES: dict[Likeness, str] = {
    "form": "字形不同",
    "sound": "同音",
    "shape": "形近",
    "near": "音近",
    "order": "字序不同",
    "other": "一字不同",
}
"""How one string is like another, the most alike first; the first and the last two are of whole strings only."""

# What many speakers do not tell apart: zh/z, ch/c, sh/s, n/l, and a final -ng/-n.
_BLURRED = ((re.compile("^([zcs])h"), r"\1"), (re.compile("^l"), "n"), (re.compile("ng$"), "n"))


@lru_cache(maxsize=100_000)
def likeness(typed: str, meant: str) -> Likeness | None:
    """How a character that may be meant is like one that was typed, whatever their form; None if it is not.

    It is taken to be typed by its usual reading, for a character with any reading.
    """
    usual = _usual(typed)
    if not usual.isdisjoint(_sounds(meant)):
        return "sound"
    if fold_char(meant) in looks(typed):
        return "shape"
    return None if _blur(usual).isdisjoint(blurred(meant)) else "near"


def usually(typed: str, meant: str) -> bool:
    """Whether two characters sound alike as both are usually read: 唯 and 惟 do, 唯 and 有, once read wěi, do not."""
    return not _usual(typed).isdisjoint(_usual(meant))


def looks(char: str) -> frozenset[str]:
    """The folded characters that look like one, itself among them if there are any."""
    return _shapes().get(token(char), frozenset())


def heard(char: str) -> frozenset[str]:
    """The usual readings of a character's forms, those that many do not tell apart in one."""
    return _blur(_usual(char))


@lru_cache(maxsize=50_000)
def blurred(char: str) -> frozenset[str]:
    """All readings of a character's forms, those that many do not tell apart in one."""
    return _blur(_sounds(char))


def _blur(sounds: frozenset[str]) -> frozenset[str]:
    for sound, plain in _BLURRED:
        sounds = frozenset(sound.sub(plain, reading) for reading in sounds)
    return sounds


@lru_cache(maxsize=50_000)
def _usual(char: str) -> frozenset[str]:
    return frozenset(reading for form in _forms_of(char) for reading in _readings(form)[:1])


@lru_cache(maxsize=50_000)
def _sounds(char: str) -> frozenset[str]:
    return frozenset(reading for form in _forms_of(char) for reading in _readings(form))


def _readings(char: str) -> tuple[str, ...]:
    from search.records.readings import readings

    return readings(char)


def _forms_of(char: str) -> Iterator[str]:
    """A character and all that fold like it: the one they fold to may be read otherwise, being another word too.

    Nobody can say how one without code point is read.
    """
    if len(char) > 1:
        return
    folded = fold_char(char)
    yield char
    yield from _forms().get(folded, folded)


@cache
def _forms() -> Mapping[str, str]:
    """All characters of a family, by the one they fold to."""
    found: dict[str, str] = {}
    for char, folded in families().items():
        found[folded] = found.get(folded, "") + char
    return found


@cache
def _shapes() -> Mapping[str, frozenset[str]]:
    """The folded characters that look like each folded character."""
    text = (resources.files("search") / "data" / "confusables.tsv").read_text(encoding="utf-8")
    found: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        group = frozenset() if line.startswith("#") else frozenset(map(fold_char, line))
        for char in group:
            found[char] = found.get(char, frozenset()) | group
    return found
