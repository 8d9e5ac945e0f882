"""One apparatus of all witnesses, in the manner of a critical edition: lemma ] reading siglum.

Differences of several witnesses at one place of the base become one entry; where they overlap, the entry takes in all
of them, and each witness is told with its whole reading. What a witness lacks over a long stretch, and what has moved,
is an entry by itself, so that it does not swallow the small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from search.compare.model import DEFAULT_KINDS, KINDS, Collation, Kind, Pair, Place, Segment, Span, Unit, places

LONG = 24
"""Characters from which something left out is an entry by itself."""
_CONTEXT = 4
_RANK = {kind: number for number, kind in enumerate(KINDS)}


class Reading(NamedTuple):
    """What witnesses read in place of the lemma, and where each has it."""

    kind: Kind
    text: str
    sigla: tuple[str, ...]
    at: tuple[tuple[Place, ...], ...]
    in_note: bool = False


class Entry(NamedTuple):
    """One place of the base, its words (`lemma`), and what witnesses read otherwise.

    Where nothing stands in the base, `start` equals `end`, and `before` holds the last characters before it. `moved`:
    the words stand elsewhere in the witness.
    """

    section: str
    place: Place
    lemma: str
    before: str
    readings: tuple[Reading, ...]
    moved: bool = False


class Item(NamedTuple):
    """A segment at its place in a passage of the base: characters `start` to `end`."""

    kind: Kind
    start: int
    end: int
    base: tuple[Span, ...]
    witness: tuple[Span, ...]
    moved: bool = False


@dataclass(slots=True)
class Passage:
    """A passage of the base with every witness's segments, by the number of the witness."""

    ref: str
    section: str
    items: list[list[Item]]

    @property
    def spans(self) -> list[Span]:
        """The base's words, as any witness tells them."""
        return [span for item in self.items[0] for span in item.base]


def entries(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[Entry]:
    """The apparatus in the order of the base, differences of these kinds only."""
    for passage in passages(collation):
        found = [entry for group in _grouped(passage, kinds) if (entry := _entry(collation, passage, group))]
        yield from sorted(found, key=lambda entry: (entry.place.start, entry.place.end))


def passages(collation: Collation, *, whole_moves: bool = False) -> Iterator[Passage]:
    """The passages of the base in order, each with what every witness has there.

    Args:
        collation: the comparison.
        whole_moves: tell a moved unit as one item, instead of a sign before the differences in it.
    """
    found: dict[str, Passage] = {}
    for number, pair in enumerate(collation.pairs):
        ends: dict[str, int] = {}
        for unit in pair.units:
            ref = _ref(unit, pair)
            passage = found.setdefault(ref, Passage(ref, unit.section, [[] for _ in collation.pairs]))
            passage.items[number] += _items(unit, ends.get(ref, 0), whole_moves)
            ends[ref] = max((item.end for item in passage.items[number]), default=0)
    yield from found.values()


def _ref(unit: Unit, pair: Pair) -> str:
    """The passage of the base that a unit belongs to; what comes before all belongs to the first."""
    base = unit.base
    if base:
        return base[0].ref
    return unit.after or next((one.base[0].ref for one in pair.units if one.base), "")


def _items(unit: Unit, at: int, whole_moves: bool) -> Iterator[Item]:
    """Segments with their places; `at` is how far the passage has been told."""
    if unit.moved:
        base = tuple(span for segment in unit.segments for span in segment.base)
        witness = tuple(span for segment in unit.segments for span in segment.witness)
        start, end = (base[0].start, base[-1].end) if base else (at, at)
        yield Item("transposition", start, end, base, witness, moved=True)
        if whole_moves:
            return
    for segment in unit.segments:
        start, end = (segment.base[0].start, segment.base[-1].end) if segment.base else (at, at)
        yield Item(segment.kind, start, end, segment.base, segment.witness)
        at = end


def _grouped(passage: Passage, kinds: Collection[Kind]) -> Iterator[tuple[int, int, bool]]:
    """The places of entries: (start, end, whether it stands by itself), without overlap among those that do not."""
    alone, others = set(), []
    for items in passage.items:
        for item in items:
            if item.kind == "same" or item.kind not in kinds:
                continue
            if item.moved or (item.kind == "omission" and item.end - item.start >= LONG):
                alone.add((item.start, item.end, item.moved))
            else:
                others.append((item.start, item.end))
    yield from ((start, end, True) for start, end, _ in sorted(alone))
