"""Near quotations as a reader sees them: the fewest changes first, what differs marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from search.answer import Item
from search.found import Found, Moved
from search.kwic import FEW, OMITTED, middle, part
from search.language.tree import Quotation, quotation_of
from search.matching import quotation
from search.statistics.arrange import arranged
from search.text.bank import Spans
from search.text.placing import Placing

Kind = Literal["equal", "replaced", "added", "omitted", "note"]
KINDS: dict[Kind, str] = {
    "equal": "相同",
    "replaced": "异文",
    "added": "多出",
    "omitted": "缺少",
    "note": "夹注",
}
"""What a piece of the place is, the query beside it; a `note` stands between its words and was passed over."""


class Piece(NamedTuple):
    """`text` is stored text as far as the reader may see it, `asked` what the query has instead."""

    kind: Kind
    text: str
    asked: str

    @property
    def differs(self) -> bool:
        """Whether the place has something else than the query here."""
        return self.kind in ("replaced", "added", "omitted")


class _Step(NamedTuple):
    """Characters `start` to `end` of a passage, or none, and what the query has there."""

    kind: Kind
    start: int
    end: int
    asked: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """One passage that nearly has the string: its best place, in `pieces`, whose texts together are `item.match`.

    `changes` counts characters that are other, more or less.
    """

    item: Item
    changes: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class NearQuotations:
    """The best of the `passages` that nearly have the string, where up to `allowed` characters may be changed."""

    passages: int = 0
    allowed: int = 0
    items: tuple[Quoted, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As one JSON object; each item with the keys of a hit, and its changes and pieces besides."""
        items = [
            {**one.item._asdict(), "changes": one.changes, "pieces": [piece._asdict() for piece in one.pieces]}
            for one in self.items
        ]
        return {"passages": self.passages, "allowed": self.allowed, "items": items}


def near_quotations(found: Found, *, size: int = 10, width: int = 24) -> NearQuotations:
    """What a near quotation has found, the fewest changes first, then in place order.

    Args:
        found: the places of a query that has a `Quotation`.
        size: how many are shown.
        width: characters of context on either side.

    Raises:
        Moved: the stored text is no longer what was searched.
    """
    return shown(found, arranged(found, "relevance").take(slice(size)), width)


def shown(found: Found, spans: Spans, width: int) -> NearQuotations:
    """Some of the places of a near quotation, in the order given; arguments and errors as above."""
    wanted = quotation_of(found.tree)
    assert wanted
    changes = found.matcher.changes(found.tree, spans)
    pieces = _Pieces(found, wanted, spans)
    items = zip(found.items(spans, width), changes.tolist(), strict=True)
    quoted = (Quoted(item, count, tuple(pieces.of(at))) for at, (item, count) in enumerate(items))
    return NearQuotations(len(found.spans), quotation.changes_allowed(len(wanted.units)), tuple(quoted))


class _Pieces:
    """Cuts places of a near quotation where they begin and cease to differ from it."""

    def __init__(self, found: Found, wanted: Quotation, spans: Spans) -> None:
        self._found = found
        self._wanted = wanted.units
        self._letters = quotation.letters(wanted.units, found.bank.alphabet).tolist()
        self._spans = spans
        self._over = found.matcher.over_notes(found.tree, spans)
        stored = found.library.passages_by_id(found.bank.ids[spans.row].tolist())
        self._placing = Placing(found.bank, stored.values())

    def of(self, at: int) -> Iterator[Piece]:
        """The pieces of one place.

        Raises:
            Moved: the stored text is no longer what was searched.
        """
        bank, row = self._found.bank, int(self._spans.row[at])
        first, last = int(self._spans.first[at]), int(self._spans.last[at])
        passage, offsets = self._placing.passage(row), self._placing.offsets(row, first, last)
        if passage is None or offsets is None:
            raise Moved("检索时文库有了改动。", remedy="请再检索一次。")
        places = np.arange(first, last + 1)
        if self._over[at]:
            places = places[~bank.noted[places]]
        rights, staff = bank.shelf_of(row).edition.rights, self._found.staff
        begin, end = offsets.item(0), offsets.item(-1) + 1
        gap = middle(passage, begin, end, rights, staff=staff)
        brief = gap is not None or end - begin <= FEW
        steps = self._steps(bank.letters[places].tolist(), (places - first).tolist(), offsets.tolist())
        if gap:
            steps = _without(steps, *gap)
        for (kind, left_out), some in groupby(steps, key=lambda step: (step.kind, (step.start, step.end) == gap)):
            same = list(some)
            start, end = same[0].start, same[-1].end
            text = part(passage, start, end, rights, staff=staff, brief=brief) if start < end else ""
            yield Piece(kind, OMITTED if left_out else text, "".join(step.asked for step in same))

    def _steps(self, letters: list[int], places: list[int], offsets: list[int]) -> Iterator[_Step]:
        """Every letter of a place and what stands between letters, in order and without gaps."""
        end = offsets[0]
        for one in Levenshtein.opcodes(self._letters, letters):
            kind, asked = _KINDS[one.tag], self._wanted[one.src_start : one.src_end]
            for step, at in enumerate(range(one.dest_start, one.dest_end)):
                start = offsets[places[at]]
                if start > end:
                    passed = at > 0 and places[at] - places[at - 1] > 1
                    yield _Step("note" if passed else "equal", end, start, "")
                end = start + 1
                yield _Step(kind, start, end, asked[step] if kind == "replaced" else "")
            if kind == "omitted":
                yield _Step(kind, end, end, "".join(asked))


def _without(steps: Iterable[_Step], low: int, high: int) -> Iterator[_Step]:
    """Steps with one in place of all that stands from `low` to `high`."""
    left_out = False
    for step in steps:
        if step.start < low:
            yield step._replace(end=min(step.end, low))
        if step.end > low and not left_out:
            left_out = True
            yield _Step("note", low, high, "")
        if step.end > high or step.start >= high:
            yield step._replace(start=max(step.start, high))


_KINDS: dict[str, Kind] = {"equal": "equal", "replace": "replaced", "insert": "added", "delete": "omitted"}
