"""The letters around hits, as far as one reader may see them: what contexts are sorted by and collocates counted from.

The bounds are those of `search.kwic`: nothing outside the passage; nothing of notes that the reader may not see (behind
such a note stands the next neighbour); where an edition is only to be found, not read, nothing further than `SNIPPET`
characters of stored text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from archive.library import Library
from search.found import Found
from search.kwic import SNIPPET
from search.text import streams
from search.text.alphabet import Numbers
from search.text.bank import Bank, Spans

NOWHERE = -1
"""The place of a neighbour that is not there, or not for this reader."""
_BATCH = 500


class _Veiled(NamedTuple):
    """Hits in rows with hidden notes: their numbers, the places outside notes, and where among these they stand."""

    hits: Numbers
    places: Numbers
    first: Numbers
    last: Numbers
    low: Numbers
    high: Numbers


class _Short(NamedTuple):
    """Hits shown in snippets: their numbers, and how many letters before and after them may be seen."""

    hits: Numbers
    before: Numbers
    after: Numbers


class Neighbours:
    """The places before and after each hit. The store is asked only for passages that are shown in snippets."""

    def __init__(self, found: Found) -> None:
        bank, hidden = found.bank, found.matcher.hidden
        self._spans = found.spans
        rows = self._spans.row
        self._low, self._high = bank.starts[rows], bank.starts[rows + 1]
        self._veiled: _Veiled | None = None
        self._short: _Short | None = None
        if found.staff or not len(rows):
            return
        if len(hits := np.flatnonzero(hidden[rows])):
            self._veiled = self._behind_notes(bank, hits)
        snippets = bank.mask(shelf for shelf in bank.shelves if shelf.edition.rights.text == "snippet")
        if len(hits := np.flatnonzero(snippets[rows])):
            self._short = _Short(hits, *_seen(found.library, bank, self._spans.take(hits), hidden))

    def before(self, steps: int) -> Iterator[Numbers]:
        """By step, the place of the letter before each hit, then of the one before that, and so on."""
        for step in range(1, steps + 1):
            at = self._spans.first - step
            at[at < self._low] = NOWHERE
            if veiled := self._veiled:
                index = veiled.first - step
                at[veiled.hits] = np.where(index >= veiled.low, veiled.places[np.maximum(index, 0)], NOWHERE)
            if short := self._short:
                at[short.hits[short.before < step]] = NOWHERE
            yield at

    def after(self, steps: int) -> Iterator[Numbers]:
        """The same, after each hit."""
        for step in range(1, steps + 1):
            at = self._spans.last + step
            at[at >= self._high] = NOWHERE
            if veiled := self._veiled:
                index = veiled.last + step
                last = len(veiled.places) - 1
                at[veiled.hits] = np.where(index < veiled.high, veiled.places[np.minimum(index, last)], NOWHERE)
            if short := self._short:
                at[short.hits[short.after < step]] = NOWHERE
            yield at

    def _behind_notes(self, bank: Bank, hits: Numbers) -> _Veiled:
        found = self._spans.take(hits)
        places = places_of(bank, np.unique(found.row))
        places = places[~bank.noted[places]]
        edges = (found.first, found.last, self._low[hits], self._high[hits])
        return _Veiled(hits, places, *(np.searchsorted(places, edge) for edge in edges))


def places_of(bank: Bank, rows: Numbers) -> Numbers:
    """All places of these rows, row by row."""
    return stretches(bank.starts[rows], bank.starts[rows + 1])


def stretches(begins: Numbers, ends: Numbers) -> Numbers:
    """All places from each beginning to before the end that belongs to it, one stretch after another."""
    sizes = ends - begins
    places: Numbers = np.arange(int(sizes.sum())) + np.repeat(begins - (np.cumsum(sizes) - sizes), sizes)
    return places


def _seen(library: Library, bank: Bank, spans: Spans, hidden: Numbers) -> tuple[Numbers, Numbers]:
    """How many letters before and after each occurrence stand within `SNIPPET` characters of stored text."""
    before, after = np.zeros((2, len(spans)), dtype=np.int64)
    order = np.argsort(spans.row, kind="stable")
    rows, begins = np.unique(spans.row[order], return_index=True)
    hits_of = dict(zip(rows.tolist(), np.split(order, begins[1:]), strict=True))
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        stored = library.passages_by_id(bank.ids[batch].tolist())
        for row in batch.tolist():
            passage = stored.get(int(bank.ids[row]))
            if passage is None:
                continue  # the store has changed under our hands: nothing is seen
            low, high = int(bank.starts[row]), int(bank.starts[row + 1])
            glyphs, offsets = streams.places(passage, bank.alphabet)
            if not np.array_equal(glyphs, bank.glyphs[low:high]):
                continue
            seen = np.ones(high - low + 1, dtype=np.int64)
            seen[:-1] = ~(bank.noted[low:high] & hidden[row])
            count = np.cumsum(seen) - seen
            hits = hits_of[row]
            first, last = spans.first[hits] - low, spans.last[hits] - low
            before[hits] = count[first] - count[np.searchsorted(offsets, offsets[first] - SNIPPET)]
            after[hits] = count[np.searchsorted(offsets, offsets[last] + 1 + SNIPPET)] - count[last + 1]
    return before, after
