"""Everything one query finds for one reader: to be counted, ordered, shown, analysed or exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from archive.errors import Busy
from archive.library import Library
from archive.model import Passage
from search.answer import Item, Scope
from search.kwic import cut
from search.language.query import Node, Phrase
from search.matching.matcher import Matcher
from search.snapshot import View
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf, Spans
from search.text.placing import Placing

_FEW = 64
"""Occurrences that are sooner counted one by one."""


class Moved(Busy):
    """The store has changed since its text was read: what was found is to be looked for again."""


class Share(NamedTuple):
    """What of the occurrences an edition has: in how many passages, and how many."""

    shelf: Shelf
    passages: int
    hits: int


@dataclass(frozen=True)
class Found:
    """All occurrences of a query that a reader may find, in place order.

    Args:
        text: the query as written.
        scope: where it was looked for.
        staff: whether the reader belongs to the house.
        library: for reading stored text, in the thread that searches.
    """

    text: str
    scope: Scope
    tree: Node
    spans: Spans
    matcher: Matcher
    view: View
    library: Library
    staff: bool

    @property
    def bank(self) -> Bank:
        """The text that was searched."""
        return self.view.bank

    @property
    def hits(self) -> int:
        """How many occurrences there are."""
        return len(self.spans)

    @property
    def passages(self) -> int:
        """How many passages have one at least."""
        return sum(one.passages for one in self.by_shelf)

    @cached_property
    def by_shelf(self) -> list[Share]:
        """The editions that have any, in catalogue order."""
        bank = self.bank
        if len(self.spans) <= _FEW:
            rows = self.spans.row.tolist()
            often, filled = (Counter(map(bank.shelf_number, some)) for some in (rows, set(rows)))
            return [Share(bank.shelves[number], filled[number], often[number]) for number in sorted(often)]
        bounds = self.spans.first.searchsorted(bank.place_bounds)
        hits, passages = bounds[1:] - bounds[:-1], self._passages_by_shelf()
        (here,) = hits.nonzero()
        counts = zip(here.tolist(), passages[here].tolist(), hits[here].tolist(), strict=True)
        return [Share(bank.shelves[number], *both) for number, *both in counts]

    def _passages_by_shelf(self) -> Numbers:
        bank, spans = self.bank, self.spans
        lists = bank.running.postings
        if lists and len(spans) and isinstance(self.tree, Phrase) and len(self.tree.units) == 1:
            letter = int(bank.letters[spans.first[0]])
            if len(spans) == bank.running.frequency[letter]:
                # Every place of a letter: the position lists know its passages.
                return lists.rows_with(letter, bank.place_bounds[1:])
        rows = spans.row
        first_in_row = np.ones(len(rows), dtype=bool)
        np.not_equal(rows[1:], rows[:-1], out=first_in_row[1:])
        bounds: Numbers = rows[first_in_row].searchsorted(bank.row_bounds)
        return bounds[1:] - bounds[:-1]

    def exact(self, spans: Spans) -> Numbers:
        """Which of these occurrences have the very glyphs looked for."""
        return self.matcher.exact(self.tree, spans)

    def items(self, spans: Spans, width: int) -> Iterator[Item]:
        """Occurrences as a reader sees them, each verified against the store.

        Args:
            spans: some of those found, in any order.
            width: characters of context on either side.

        Raises:
            Moved: the stored text is no longer what was searched.
        """
        ids = self.bank.ids[spans.row].tolist()
        stored = self.library.passages_by_id(sorted(set(ids)), lines=False)
        ends = Placing(self.bank, stored.values()).ends(spans)
        if ends is None:
            raise Moved("检索时文库有了改动。", remedy="请再检索一次。")
        for row, passage_id, start, end, exact in zip(
            spans.row.tolist(), ids, *ends, self.exact(spans).tolist(), strict=True
        ):
            yield self._item(self.bank.shelf_of(row), stored[passage_id], start, end, exact, width)

    def _item(self, shelf: Shelf, passage: Passage, start: int, end: int, exact: bool, width: int) -> Item:
        context = cut(passage, start, end, width, shelf.edition.rights, staff=self.staff)
        return Item(
            urn=f"{shelf.edition.urn}:{passage.ref}@{start}-{end}",
            work=shelf.work.id,
            title=shelf.work.title,
            author=shelf.work.author,
            edition=shelf.edition.urn,
            edition_label=shelf.edition.label,
            section=passage.section,
            section_title=shelf.titles.get(passage.section, ""),
            ref=passage.ref,
            page=passage.page_at(start),
            left=context.left,
            match=context.match,
            right=context.right,
            start=start,
            end=end,
            form="exact" if exact else "variant",
            in_note=passage.kind == "footnote" or passage.in_note(start),
        )
