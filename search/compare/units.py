"""What differs between aligned passages, and of what kind: from letters back to the stored text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from search.compare.align import Group
from search.compare.edits import Op
from search.compare.layout import BLANK, Leaf, Leaves, Shelf
from search.compare.model import Kind, Segment, Unit
from search.compare.stretches import Side, Stretch, by_part, has_gaiji, is_exact, layers, spans, squeezed
from search.text.folding import GETA, fold

_ALONE: frozenset[Kind] = frozenset(["wording", "transposition", "gaiji", "variant"])
"""Kinds of which each stands for itself; of the others, neighbours are one difference."""
_PRIVATE = "\U00100000"
"""Letters from here on stand for characters without code point of which no other form is known."""


class _Found(NamedTuple):
    """A segment before its words are taken out of the text."""

    kind: Kind
    base: tuple[Stretch, ...]
    witness: tuple[Stretch, ...]


def units(
    groups: Sequence[Group], base: tuple[Shelf, Leaves], witness: tuple[Shelf, Leaves], *, punctuation: bool
) -> Iterator[Unit]:
    """Groups as units.

    Args:
        groups: of one alignment, any run of them.
        base: what was aligned, and its passages.
        witness: the same of the witness.
        punctuation: whether punctuation is compared.

    Raises:
        Busy: the library has changed since it was aligned.
    """
    ours, theirs = Side(*base), Side(*witness)
    together = _together(groups, base[0].sections)
    for number, group in enumerate(groups):
        writer = _Writer(ours, theirs, "punctuation" if punctuation else "unseen")
        for op in group.ops:
            writer.write(op)
        yield Unit(
            section=ours.shelf.sections[max(group.passage, 0)] if ours.shelf.sections else "",
            after=ours.shelf.refs[group.passage] if group.extra and group.passage >= 0 else "",
            segments=tuple(writer.segments()),
            moved=group.moved,
            together=together.get(number, 0),
        )


def _together(groups: Sequence[Group], sections: Sequence[str]) -> dict[int, int]:
    """How many groups have moved as one, by the number of the first: of one section, neighbours on both sides."""
    found: dict[int, int] = {}
    first = 0
    for number, group in enumerate(groups):
        if not group.moved:
            continue
        before = groups[number - 1] if number else group
        beside = before.ops[-1].i2 == group.ops[0].i1 and before.ops[-1].j2 == group.ops[0].j1
        if not (beside and before.moved and sections[max(before.passage, 0)] == sections[max(group.passage, 0)]):
            first = number
        found[first] = number - first + 1
    return found


class _Writer:
    """Turns the ops of one group into segments, in order and without gaps."""

    def __init__(self, ours: Side, theirs: Side, signs: Kind) -> None:
        self._ours, self._theirs = ours, theirs
        self._signs = signs
        self._found: list[_Found] = []

    def segments(self) -> Iterator[Segment]:
        """What has been written, neighbours of one kind joined."""
        for _, members in groupby(enumerate(self._found), key=_joint):
            found = [one for _, one in members]
            base = tuple(spans(stretch for one in found for stretch in one.base))
            witness = tuple(spans(stretch for one in found for stretch in one.witness))
            yield Segment(found[0].kind, base, witness)

    def write(self, op: Op) -> None:
        """Add an op."""
        if op.tag == "equal":
            self._agreement(op)
        elif op.tag == "replace":
            self._replaced(op)
        elif op.tag == "swap":
            self._reading("transposition", op)
        else:
            self._apart(op)

    def _add(self, kind: Kind, one: Stretch | None, two: Stretch | None) -> None:
        if (one and one.seen) or (two and two.seen):
            self._found.append(_Found(kind, (one,) if one else (), (two,) if two else ()))

    def _agreement(self, op: Op) -> None:
        i, j = op.i1, op.j1
        while i < op.i2:
            (leaf, k, left), (other, m, room) = self._ours.place(i), self._theirs.place(j)
            size = min(op.i2 - i, left, room)
            self._alike(leaf, k, other, m, size)
            i, j = i + size, j + size

    def _alike(self, leaf: Leaf, k: int, other: Leaf, m: int, size: int) -> None:
        """Letters that are the same: as a whole if they are so to the last sign, else by halves."""
        one = Stretch(leaf, leaf.cuts[k], leaf.cuts[k + size])
        two = Stretch(other, other.cuts[m], other.cuts[m + size])
        if is_exact(one, two) and not has_gaiji(leaf, k, size) and not has_gaiji(other, m, size):
            self._add("same", one, two)
        elif size > 1:
            half = size // 2
            self._alike(leaf, k, other, m, half)
            self._alike(leaf, k + half, other, m + half, size - half)
        else:
            self._letter(leaf, k, other, m, "variant")

    def _letter(self, leaf: Leaf, k: int, other: Leaf, m: int, kind: Kind) -> None:
        """One letter with its signs; `kind` if it is not written alike."""
        one, two = Stretch(leaf, leaf.at[k], leaf.to[k]), Stretch(other, other.at[m], other.to[m])
        self._gap(one._replace(start=leaf.cuts[k], end=one.start), two._replace(start=other.cuts[m], end=two.start))
        if leaf.letters == BLANK:
            self._gap(one, two)
        elif leaf.glyph(k) != other.glyph(m) or one.seen != two.seen:
            self._add(kind, one, two)
        else:
            self._add("layer" if leaf.in_note(k) != other.in_note(m) else "same", one, two)
        self._gap(one._replace(start=one.end, end=leaf.cuts[k + 1]), two._replace(start=two.end, end=other.cuts[m + 1]))

    def _gap(self, one: Stretch, two: Stretch) -> None:
        """Signs and space that answer to one another; what is aside among them stands by itself."""
        if one.start == one.end and two.start == two.end:
            return
        ours, theirs = by_part(one), by_part(two)
        self._signs_between(ours[0], theirs[0])
        for stretch in ours[1:]:
            self._add(self._kind(stretch, "omission"), stretch, None)
        for stretch in theirs[1:]:
            self._add(self._kind(stretch, "addition"), None, stretch)

    def _signs_between(self, one: Stretch, two: Stretch) -> None:
        """Signs that answer to one another: what they share at the beginning and the end, and what differs between."""
        if len(one.seen) == one.end - one.start and len(two.seen) == two.end - two.start:
            first = Prefix.similarity(one.seen, two.seen)
            self._add("same", one._replace(end=one.start + first), two._replace(end=two.start + first))
            one, two = one._replace(start=one.start + first), two._replace(start=two.start + first)
            last = Postfix.similarity(one.seen, two.seen)
            self._sign(one._replace(end=one.end - last), two._replace(end=two.end - last))
            self._add("same", one._replace(start=one.end - last), two._replace(start=two.end - last))
        else:
            self._sign(one, two)

    def _sign(self, one: Stretch, two: Stretch) -> None:
        if one.seen == two.seen:
            self._add("same", one, two)
        else:
            self._add("spacing" if squeezed(one.seen) == squeezed(two.seen) else self._signs, one, two)

    def _apart(self, op: Op) -> None:
        """What the witness lacks, then what the base lacks."""
        for stretch in self._ours.whole(op.i1, op.i2):
            for part in by_part(stretch):
                self._add(self._kind(part, "omission"), part, None)
        for stretch in self._theirs.whole(op.j1, op.j2):
            for part in by_part(stretch):
                self._add(self._kind(part, "addition"), None, part)

    def _kind(self, stretch: Stretch, kind: Kind) -> Kind:
        """The kind of what stands on one side only: `kind` if there is a letter in it."""
        if stretch.aside:
            return "unseen"
        seen = stretch.seen
        return kind if fold(seen) else self._signs if squeezed(seen) else "spacing"

    def _replaced(self, op: Op) -> None:
        """Letters in place of others: a reading, but for characters nobody can tell and notes that one side lacks."""
        if BLANK in self._ours.shelf.letters[op.i1 : op.i2] or BLANK in self._theirs.shelf.letters[op.j1 : op.j2]:
            self._apart(op)
        elif op.i2 - op.i1 == op.j2 - op.j1:
            self._one_by_one(op)
        elif parted := _parted(op, layers(self._ours, op.i1, op.i2), layers(self._theirs, op.j1, op.j2)):
            for part in parted:
                self.write(part)
        else:
            self._reading("wording", op)

    def _one_by_one(self, op: Op) -> None:
        at = 0
        for is_unknown, members in groupby(range(op.i2 - op.i1), key=lambda n: self._is_unknown(op.i1 + n, op.j1 + n)):
            size = len(list(members))
            part = Op("replace", op.i1 + at, op.i1 + at + size, op.j1 + at, op.j1 + at + size)
            at += size
            if not is_unknown:
                self._reading("wording", part)
                continue
            for n in range(size):
                (leaf, k, _), (other, m, _) = self._ours.place(part.i1 + n), self._theirs.place(part.j1 + n)
                self._letter(leaf, k, other, m, "gaiji")

    def _is_unknown(self, i: int, j: int) -> bool:
        """Whether one of two letters stands for a character that nobody can tell."""
        return any(
            letter == GETA or letter >= _PRIVATE
            for letter in (self._ours.shelf.letters[i], self._theirs.shelf.letters[j])
        )

    def _reading(self, kind: Kind, op: Op) -> None:
        """Words for words. The signs before and behind them are compared by themselves, those within belong to them."""
        ours, theirs = list(self._ours.whole(op.i1, op.i2)), list(self._theirs.whole(op.j1, op.j2))
        if any(stretch.aside for stretch in (*ours, *theirs)):
            self._apart(op)
            return
        (leaf, k, _), (other, m, _) = self._ours.place(op.i1), self._theirs.place(op.j1)
        self._gap(Stretch(leaf, leaf.cuts[k], leaf.at[k]), Stretch(other, other.cuts[m], other.at[m]))
        ours[0], theirs[0] = ours[0]._replace(start=leaf.at[k]), theirs[0]._replace(start=other.at[m])
        (leaf, k, _), (other, m, _) = self._ours.place(op.i2 - 1), self._theirs.place(op.j2 - 1)
        ours[-1], theirs[-1] = ours[-1]._replace(end=leaf.to[k]), theirs[-1]._replace(end=other.to[m])
        self._found.append(_Found(kind, tuple(ours), tuple(theirs)))
        self._gap(Stretch(leaf, leaf.to[k], leaf.cuts[k + 1]), Stretch(other, other.to[m], other.cuts[m + 1]))


def _joint(numbered: tuple[int, _Found]) -> tuple[Kind, int]:
    """What neighbours share that are one difference."""
    number, found = numbered
    return found.kind, number if found.kind in _ALONE else -1


def _parted(op: Op, ours: list[tuple[bool, int]], theirs: list[tuple[bool, int]]) -> list[Op]:
    """A reading and a note, where one side has main text alone and the other main text with a note at one end of it."""
    if len(ours) + len(theirs) != 3:
        return []
    ((alone, _),) = ours if len(ours) == 1 else theirs
    (first, size), (_, _) = theirs if len(theirs) == 2 else ours
    reading_first = first == alone
    i, j = (op.i1, op.j1 + size) if len(theirs) == 2 else (op.i1 + size, op.j1)
    if len(theirs) == 2:
        i = op.i2 if reading_first else op.i1
    else:
        j = op.j2 if reading_first else op.j1
    halves = [Op("replace", op.i1, i, op.j1, j), Op("replace", i, op.i2, j, op.j2)]
    return [_named(half) for half in halves]


def _named(op: Op) -> Op:
    if op.i1 == op.i2:
        return op._replace(tag="insert")
    return op._replace(tag="delete") if op.j1 == op.j2 else op
