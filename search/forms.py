"""The forms in which a query was found: every string of stored glyphs that matched, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from search import query
from search.alphabet import Numbers
from search.bank import Bank
from search.found import Found
from search.glyphs import written
from search.matching import resolved
from search.tables import Table

MOST = 1000
"""Forms that are spelt out, at most."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its characters without punctuation, the query that finds this form alone, and its hits."""

    text: str
    query: str
    passages: int
    hits: int


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms, the most frequent first. `distinct` counts all, also those that are not in `items`."""

    distinct: int
    items: tuple[Form, ...]

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)

    def as_table(self) -> Table:
        """As a table."""
        rows = tuple((one.text, one.passages, one.hits, one.query) for one in self.items)
        return Table(("字形", "段数", "处数", "检索式"), rows)


def forms(found: Found, limit: int = 200) -> Forms:
    """The forms of what was found, the first `limit` (up to `MOST`) spelt out.

    A hit that passes over a note has the form of the main text before and after it; one that runs through a note, that
    of the text as printed.
    """
    bank = found.bank
    counted: list[tuple[int, int, Numbers]] = []
    for places, rows in _by_length(found):
        counted += _counted(bank, places, rows)
    counted.sort(key=lambda one: (-one[0], int(one[2][0])))
    shown = counted[: min(limit, MOST)]
    texts = written(found.library, bank, [places for _, _, places in shown])
    items = (Form(text, f'"{text}"', passages, hits) for text, (hits, passages, _) in zip(texts, shown, strict=True))
    return Forms(len(counted), tuple(items))


def _by_length(found: Found) -> Iterator[tuple[Numbers, Numbers]]:
    """Hits of the same number of letters: the places of these, an array of shape (hits, letters), and their rows."""
    bank, spans = found.bank, found.spans
    low, high = np.searchsorted(bank.main, spans.first), np.searchsorted(bank.main, spans.last, side="right")
    printed, outside = spans.last - spans.first + 1, high - low
    phrases = [len(resolved(phrase, bank.alphabet)) for phrase in query.phrases(found.tree)]
    over = (outside > 0) & (outside < printed) & ~bank.noted[spans.first] & ~bank.noted[spans.last]
    over &= found.matcher.hidden[spans.row] | ~np.isin(printed, phrases)
    length = np.where(over, outside, printed)
    begins = np.where(over, low, spans.first)
    for letters in np.unique(length).tolist():
        which = np.flatnonzero(length == letters)
        places = begins[which, None] + np.arange(letters)
        passing = over[which]
        places[passing] = bank.main[places[passing]]
        yield places, spans.row[which]


def _counted(bank: Bank, places: Numbers, rows: Numbers) -> Iterator[tuple[int, int, Numbers]]:
    """(hits, passages, places of the first hit) of each different string of glyphs."""
    kind = np.zeros(len(places), dtype=np.int64)
    for column in bank.glyphs[places].T:
        _, kind = np.unique(kind << 32 | column, return_inverse=True)
    order = np.lexsort((rows, kind))
    kind, rows = kind[order], rows[order]
    _, begins, hits = np.unique(kind, return_index=True, return_counts=True)
    new = np.ones(len(kind), dtype=np.int64)
    new[1:] = (kind[1:] != kind[:-1]) | (rows[1:] != rows[:-1])
    passages = np.add.reduceat(new, begins)
    return zip(hits.tolist(), passages.tolist(), places[order[begins]], strict=True)
