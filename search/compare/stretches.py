"""Runs of characters of passages laid out, and how two of them are told alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from search.compare.layout import Leaf, Leaves, Shelf
from search.compare.model import Span


class Stretch(NamedTuple):
    """Characters of a passage laid out."""

    leaf: Leaf
    start: int
    end: int

    @property
    def seen(self) -> str:
        """What is visible of it."""
        if self.leaf.plain:
            return self.leaf.text[self.start : self.end]
        return "".join(self.leaf.text[part.start : part.end] for part in self.leaf.between(self.start, self.end))

    @property
    def aside(self) -> bool:
        """Whether some of it takes no part."""
        return any(part.aside for part in self.leaf.between(self.start, self.end))


class Side(NamedTuple):
    """One edition: where its letters stand, and its passages."""

    shelf: Shelf
    leaves: Leaves

    def place(self, letter: int) -> tuple[Leaf, int, int]:
        """The passage of a letter, its number there, and how many letters are left from it on."""
        passage = self.shelf.passage_at(letter)
        return self.leaves[passage], letter - self.shelf.starts[passage], self.shelf.starts[passage + 1] - letter

    def pieces(self, first: int, last: int) -> Iterator[tuple[Leaf, int, int]]:
        """Letters `first` to `last` by passage: (passage, first letter there, last one, not included)."""
        while first < last:
            leaf, k, left = self.place(first)
            size = min(left, last - first)
            yield leaf, k, k + size
            first += size

    def whole(self, first: int, last: int) -> Iterator[Stretch]:
        """Letters with their signs."""
        for leaf, k, end in self.pieces(first, last):
            yield Stretch(leaf, leaf.cuts[k], leaf.cuts[end])


def is_exact(one: Stretch, two: Stretch) -> bool:
    """Whether two stretches are the same to the last sign, wholly visible, compared, and of one layer."""
    if one.leaf.text[one.start : one.end] != two.leaf.text[two.start : two.end]:
        return False
    if one.leaf.plain and two.leaf.plain:
        return True
    ours, theirs = list(one.leaf.between(one.start, one.end)), list(two.leaf.between(two.start, two.end))
    if len(ours) != 1 or len(theirs) != 1 or ours[0].aside or theirs[0].aside or ours[0].note != theirs[0].note:
        return False
    return (ours[0].start, ours[0].end, theirs[0].start, theirs[0].end) == (one.start, one.end, two.start, two.end)


def has_gaiji(leaf: Leaf, first: int, size: int) -> bool:
    """Whether one of `size` letters from `first` on has no code point."""
    return any(first <= letter < first + size for letter in leaf.gaiji)


def by_part(stretch: Stretch) -> list[Stretch]:
    """A stretch cut where text aside begins and ends; the first piece takes part, be it empty."""
    found = [stretch._replace(end=stretch.start)]
    was = False
    for part in stretch.leaf.between(stretch.start, stretch.end):
        if part.aside != was:
            found.append(stretch._replace(start=part.start, end=part.end))
        else:
            found[-1] = found[-1]._replace(end=part.end)
        was = part.aside
    return found


def spans(stretches: Iterable[Stretch]) -> Iterator[Span]:
    """The words of stretches, those that touch in one layer together."""
    held: Span | None = None
    for stretch in stretches:
        for span in stretch.leaf.spans(stretch.start, stretch.end):
            if held and (held.ref, held.end, held.note) == (span.ref, span.start, span.note):
                held = held._replace(end=span.end, text=held.text + span.text)
                continue
            if held:
                yield held
            held = span
    if held:
        yield held


def squeezed(text: str) -> str:
    """Without space, line ends and control characters."""
    return "".join(char for char in text if unicodedata.category(char)[0] not in "ZC")


def layers(side: Side, first: int, last: int) -> list[tuple[bool, int]]:
    """(in a note, how many letters) of each run of letters in one layer."""
    flags = [leaf.in_note(k) for leaf, start, end in side.pieces(first, last) for k in range(start, end)]
    return [(note, len(list(members))) for note, members in groupby(flags)]
