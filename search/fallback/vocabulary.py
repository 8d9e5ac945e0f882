"""The library's own terms: titles of its books, their authors, the titles of sections and the names in these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from archive.rights import findable
from search.fallback.words import LONGEST
from search.text.bank import Bank
from search.text.folding import fold

_BETWEEN = re.compile(r"[\W_]+")
# 周易稗疏卷一, 吉禮七十六: the number at the end is no part of the name; 第五章, 其三: nothing but a number.
_DIGIT = "〇零一二三四五六七八九十百千廿卅\\d"
_NUMBERED = re.compile(rf"(?:[卷巻][之第]?|[第其])?[{_DIGIT}]+[卷巻章篇節节回首]?$")

_vocabularies: WeakKeyDictionary[Bank, dict[bool, Mapping[str, str]]] = WeakKeyDictionary()
_sections: dict[int, Mapping[str, str]] = {}
"""The terms in section titles of the editions that were asked for last, by the serial number of their shelf."""


def vocabulary(bank: Bank, *, staff: bool) -> Mapping[str, str]:
    """The terms of all editions that a reader may find: folded form to the form in which it is written first."""
    global _sections
    known = _vocabularies.setdefault(bank, {})
    if staff not in known:
        shelves = [shelf for shelf in bank.shelves if findable(shelf.edition, "text", staff=staff)]
        sections = {one.serial: _sections.get(one.serial) or _terms(one.titles.values()) for one in shelves}
        books = _terms(name for shelf in shelves for name in (shelf.work.title, shelf.work.author))
        found: dict[str, str] = {}
        for terms in reversed([books, *sections.values()]):
            found.update(terms)
        _sections, known[staff] = sections, found
    return known[staff]


def _terms(titles: Iterable[str]) -> Mapping[str, str]:
    pieces = dict.fromkeys(piece for title in dict.fromkeys(titles) for piece in _BETWEEN.split(title))
    names = dict.fromkeys(name for piece in pieces if (bare := _NUMBERED.sub("", piece)) for name in (piece, bare))
    folded = ((fold(name), name) for name in names)
    return {key: name for key, name in folded if 2 <= len(key) <= LONGEST and not key.isascii()}
