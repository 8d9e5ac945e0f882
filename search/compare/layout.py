"""Editions laid out for comparison: each passage as letters, each letter with the signs that belong to it.

A letter is a folded character (`folding`). To it belong the opening signs before it and the closing signs and
space behind it, as punctuation belongs to its clause; so the letters of a passage share out its text among them
without remainder. A passage that folds to nothing is one letter of its own, `BLANK`.

What a reader may not see is not there (`archive.rights`). What is withheld of the *other* edition is there but takes
no part: it is `aside`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from archive import reading, rights
from archive.errors import Busy
from archive.library import Library
from archive.model import Edition, Passage
from search.compare.model import Span
from search.text.folding import fold, fold_with_offsets, gaiji_key, is_placeholder

BLANK = "\U0010ffff"
"""The letter of a passage without letters; no character folds to it."""
_BLOCK = 64
"""Passages fetched at a time."""
_OPENING = ("Ps", "Pi")
_START, _END = itemgetter(0), itemgetter(1)


class Part(NamedTuple):
    """A run of visible characters, all in a note or none, all compared or all aside."""

    start: int
    end: int
    note: bool
    aside: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A passage laid out. Letter `k` stands at `at[k]`–`to[k]`; with its signs it takes `cuts[k]`–`cuts[k + 1]`."""

    ref: str
    text: str
    letters: str
    at: Sequence[int]
    to: Sequence[int]
    cuts: Sequence[int]
    parts: tuple[Part, ...]
    gaiji: dict[int, str]
    """What names the characters without code point, by letter; empty where nothing does."""

    @property
    def plain(self) -> bool:
        """Whether all of it is visible, compared, and main text."""
        return self.parts == (Part(0, len(self.text), False, False),)

    def glyph(self, letter: int) -> str:
        """What tells two writings of a letter apart."""
        return self.gaiji.get(letter) or self.text[self.at[letter] : self.to[letter]]

    def in_note(self, letter: int) -> bool:
        """Whether a letter stands in a note."""
        return self.parts[bisect_right(self.parts, self.at[letter], key=_START) - 1].note

    def between(self, start: int, end: int) -> Iterator[Part]:
        """The visible parts of a range."""
        first = bisect_right(self.parts, start, key=_END) if len(self.parts) > 1 else 0
        for low, high, note, aside in self.parts[first:]:
            if low >= end:
                break
            low, high = max(low, start), min(high, end)
            if low < high:
                yield Part(low, high, note, aside)

    def spans(self, start: int, end: int) -> Iterator[Span]:
        """The visible characters of a range, cut where notes begin and end."""
        for part in self.between(start, end):
            yield Span(self.ref, part.start, part.end, self.text[part.start : part.end], part.note)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where each passage of an edition stands in the stream of its letters: passage `n` from `starts[n]` on."""

    edition: Edition
    letters: str
    starts: Sequence[int]
    refs: Sequence[str]
    sections: Sequence[str]
    ordinals: Sequence[int]

    def passage_at(self, letter: int) -> int:
        """The passage that holds a letter."""
        return bisect_right(self.starts, letter) - 1


@dataclass(frozen=True, slots=True)
class Eye:
    """How passages of one edition are seen: by whom, and whether notes are compared."""

    edition: Edition
    staff: bool
    notes: bool

    def parts(self, passage: Passage) -> tuple[Part, ...]:
        """The visible parts of a passage, those of one kind that touch together."""
        found: list[Part] = []
        for one in rights.segments(passage, self.edition.rights, staff=self.staff):
            if not one.text:
                continue
            note = one.kind == "note"
            if found and found[-1].end == one.start and found[-1].note == note:
                found[-1] = found[-1]._replace(end=one.end)
            else:
                found.append(Part(one.start, one.end, note, note and not self.notes))
        return tuple(found)

    def letters(self, passage: Passage) -> str:
        """The letters of a passage; none if nothing of it is visible."""
        parts = self.parts(passage)
        return _letters(passage, parts)[0] or (BLANK if parts else "")

    def leaf(self, passage: Passage) -> Leaf:
        """A passage laid out."""
        parts, text = self.parts(passage), passage.text
        letters, at = _letters(passage, parts)
        if not letters:
            return Leaf(passage.ref, text, BLANK if parts else "", [0], [len(text)], [0, len(text)], parts, {})
        if isinstance(at, range):
            return Leaf(passage.ref, text, letters, at, range(1, len(text) + 1), range(len(text) + 1), parts, {})
        marks = {mark.start: mark for mark in passage.marks if mark.kind == "gaiji"}
        to, cuts, gaiji = [], [0], {}
        for number, (start, following) in enumerate(zip(at, [*at[1:], len(text)], strict=True)):
            end = start + 1
            if (mark := marks.get(start)) and is_placeholder(text[start : mark.end]):
                end, gaiji[number] = mark.end, gaiji_key(mark.value)
            to.append(_end(text, end, following))
            cuts.append(_cut(text, to[-1], following, parts) if following < len(text) else len(text))
        return Leaf(passage.ref, text, letters, at, to, cuts, parts, gaiji)

    def shelf(self, library: Library) -> Shelf:
        """The whole edition."""
        letters, starts, kept = [], [0], []
        for passage in library.passages(self.edition.id):
            if found := self.letters(passage):
                letters.append(found)
                starts.append(starts[-1] + len(found))
                kept.append((passage.ref, passage.section, passage.ordinal))
        refs, sections, ordinals = zip(*kept, strict=True) if kept else ((), (), ())
        return Shelf(self.edition, "".join(letters), starts, refs, sections, ordinals)


class Leaves:
    """The passages of a shelf laid out, fetched from the library when asked for, some kept."""

    def __init__(self, library: Library, shelf: Shelf, eye: Eye) -> None:
        self._library = library
        self._shelf = shelf
        self._eye = eye
        self._block = lru_cache(maxsize=8)(self._fetch)

    def __getitem__(self, passage: int) -> Leaf:
        return self._block(passage // _BLOCK)[passage % _BLOCK]

    def _fetch(self, block: int) -> list[Leaf]:
        shelf = self._shelf
        first, last = block * _BLOCK, min((block + 1) * _BLOCK, len(shelf.refs))
        ordinals = shelf.ordinals[first], shelf.ordinals[last - 1]
        passages = reading.passages_between(self._library, shelf.edition.id, *ordinals)
        leaves = [leaf for leaf in map(self._eye.leaf, passages) if leaf.letters]
        if "".join(leaf.letters for leaf in leaves) != shelf.letters[shelf.starts[first] : shelf.starts[last]]:
            raise Busy("文库刚有改动，比较的结果已不合用。", where=shelf.edition.urn, remedy="请再试一次。")
        return leaves


def _letters(passage: Passage, parts: Sequence[Part]) -> tuple[str, Sequence[int]]:
    """The folded letters of the parts that are compared, and where each stands."""
    text = passage.text
    whole = len(parts) == 1 and not parts[0].aside and parts[0].end - parts[0].start == len(text)
    if whole and not passage.marks:
        folded = fold(text)
        if len(folded) == len(text):
            return folded, range(len(text))
    folded, offsets = fold_with_offsets(text, passage.marks)
    if all(not part.aside for part in parts) and sum(part.end - part.start for part in parts) == len(text):
        return folded, offsets
    seen = bytearray(len(text))
    for part in parts:
        if not part.aside:
            seen[part.start : part.end] = b"\1" * (part.end - part.start)
    kept = [(letter, offset) for letter, offset in zip(folded, offsets, strict=True) if seen[offset]]
    return "".join(letter for letter, _ in kept), [offset for _, offset in kept]


def _end(text: str, end: int, following: int) -> int:
    """Behind a character and the marks that combine with it: variation selectors, accents."""
    while end < following and unicodedata.category(text[end]) in ("Mn", "Me"):
        end += 1
    return end


def _cut(text: str, start: int, end: int, parts: Sequence[Part]) -> int:
    """Where between two letters the signs of the second begin: at the first opening sign, behind any text aside."""
    if start == end:
        return end
    for part in parts[bisect_right(parts, start, key=_END) :]:
        if part.start >= end:
            break
        if part.aside:
            start = min(part.end, end)
    return next((at for at in range(start, end) if unicodedata.category(text[at]) in _OPENING), end)
