"""Folding: what search takes for the same character, one character to one character (DESIGN §7).

A character is folded by its Unicode compatibility form (full width, radicals, compatibility ideographs), its case, its
accents, and its family of variant and simplified forms (`data/variants.tsv`). Punctuation, white space, control
characters and combining marks fold to nothing, so that a phrase runs over them. Stored text is never folded: folding
happens on the way to the index, and an offset map leads back.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any
from zlib import crc32

from archive.model import Mark

GETA = "〓"
NAMELESS = "\U00100000"
"""From here on stand the tokens of characters without code point."""
_RULES = 1
"""Counts changes of the rules below, so that an index folded by older ones is built anew."""

# Symbols that only draw lines or stand in for punctuation; every other symbol is a character like any other.
_LINES = frozenset("|~¦") | frozenset(map(chr, range(0x2500, 0x2580)))
_DROPPED = frozenset(["Cc", "Cf", "Cs", "Mn", "Me", "Sk", "Zs", "Zl", "Zp"])
_ZERO = {"○": "〇", "◯": "〇"}

# `&KR0714;`, `[:#AS-8864:⿺克寸]`, `[門@龠]`: how Chinese text archives write a character without a code point.
_ENTITY = re.compile(
    r"&(?P<entity>[A-Za-z][\w.-]*);|\[:#(?P<id>[^\[\]:\s]+)(?::[^\[\]\s]*)?\]|\[(?P<parts>[^\[\]\s]+)\]"
)
_OPERATORS = frozenset("@*/+-")
_ARITY = {**dict.fromkeys("⿰⿱⿴⿵⿶⿷⿸⿹⿺⿻⿼⿽", 2), "⿲": 3, "⿳": 3, "⿾": 1, "⿿": 1, "〾": 1}


@cache
def families() -> Mapping[str, str]:
    """Every character of a family, and the one it folds to."""
    lines = [line for line in _table().split("\n") if line and line[0] != "#"]
    return dict(zip("".join(lines), "".join([line[0] * len(line) for line in lines]), strict=True))


def version() -> str:
    """Names the rules, the table and Python's Unicode data: an index made with others is not to be trusted."""
    return f"{_RULES}-{unicodedata.unidata_version}-{hashlib.sha256(_table().encode()).hexdigest()[:12]}"


@cache
def _table() -> str:
    return (resources.files("search") / "data" / "variants.tsv").read_text(encoding="utf-8")


@cache
def fold_char(char: str) -> str:
    """The folded form of one character: one character, or nothing."""
    if "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0002f7ff":
        return families().get(char, char)  # a unified ideograph: no case, no compatibility form
    plain = unicodedata.normalize("NFKC", char)
    plain = plain if len(plain) == 1 else char
    if any(_is_dropped(form) for form in (char, plain)):
        return ""
    if plain < "\u2000":
        # Accents of Latin, Greek and Cyrillic letters; the voicing marks of kana make other letters and stay.
        plain = unicodedata.normalize("NFD", plain)[0]
    lower = plain.lower()
    plain = lower if len(lower) == 1 else plain
    return families().get(plain, _ZERO.get(plain, plain))


def _is_dropped(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "P" or category in _DROPPED or char in _LINES


class _Folding(dict[int, str]):
    """A table for str.translate that fills itself."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_char(chr(code))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The folded form of plain text (no marks)."""
    return text.translate(_FOLDING)


def fold_with_offsets(text: str, marks: Iterable[Mark] = ()) -> tuple[str, Sequence[int]]:
    """Fold a passage's stored text and tell where each folded character stands in it.

    Returns:
        The folded text, and for each of its characters the offset (0-based) of the stored character it came from.
        A character without a code point folds to its normalised form if it has one, else to its private token.
    """
    tokens = gaiji_tokens(text, marks)
    folded, offsets = [], []
    for offset, char in enumerate(text):
        token = tokens.get(offset) if offset in tokens else fold_char(char)
        if token:
            folded.append(token)
            offsets.append(offset)
    return "".join(folded), offsets


def gaiji_tokens(text: str, marks: Iterable[Mark]) -> dict[int, str]:
    """Offsets whose folded form a gaiji mark decides: its first character stands for all, the others for nothing."""
    tokens: dict[int, str] = {}
    for mark in marks:
        if mark.kind == "gaiji" and is_placeholder(text[mark.start : mark.end]):
            tokens.update(dict.fromkeys(range(mark.start, mark.end), ""))
            tokens[mark.start] = gaiji_fold(mark.value)
    return tokens


def is_placeholder(text: str) -> bool:
    """Whether marked text only holds the place of a character; a real character is folded as itself."""
    return fold(text) in (GETA, "") and text != ""


def gaiji_key(value: Mapping[str, Any]) -> str:
    """What tells one character without code point from another: its composition, else its id."""
    return str(value.get("ids") or value.get("id") or GETA)


def gaiji_fold(value: Mapping[str, Any]) -> str:
    """The folded form of a character without code point."""
    folded = fold(str(value.get("normalised") or ""))
    return folded if len(folded) == 1 else token(gaiji_key(value))


def token(unit: str) -> str:
    """One character for one unit: a character folds, a gaiji key becomes a private-use character of plane 16.

    Two keys may share a token: the engines only look for candidates, and `search.text.alphabet` tells the two apart.
    """
    if len(unit) == 1:
        return fold_char(unit)
    return chr(ord(NAMELESS) + crc32(unit.encode()) % 0xFFFE)


def units(text: str) -> tuple[str, ...]:
    """What a query asks for, one after the other: single characters as typed, or keys of characters without code point.

    Characters that fold to nothing are left out. `&KR0714;` gives `KR0714`, `[門@龠]` gives `門@龠`, an ideographic
    description sequence gives itself.
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        if entity := _ENTITY.match(text, at):
            parts = entity["parts"]
            if parts is None or (len(parts) > 1 and _OPERATORS & set(parts)):
                found.append(entity["entity"] or entity["id"] or parts)
                at = entity.end()
                continue
        end = _description_end(text, at)
        if end > at + 1:
            found.append(text[at:end])
            at = end
            continue
        if fold_char(text[at]):
            found.append(text[at])
        at += 1
    return tuple(found)


def _description_end(text: str, at: int) -> int:
    """Where a whole ideographic description sequence that begins at `at` ends; `at` if none does."""
    missing, end = 1, at
    while missing and end < len(text):
        missing += _ARITY.get(text[end], 0) - 1
        end += 1
    return at if missing else end
