"""The forms in which a query was found: every string of stored glyphs that matched, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from search.found import Found
from search.language.signs import FIELDS, LAYERS
from search.language.tree import And, Field, Node, Not, Or
from search.statistics.searched import conditions, layer
from search.statistics.tables import Table
from search.text.alphabet import Numbers
from search.text.bank import Bank
from search.text.glyphs import written

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
    of the text as printed. The query of a form keeps the conditions on the book; of several strings it asks for one.
    """
    bank = found.bank
    counted: list[tuple[int, int, Numbers]] = []
    for places, rows in _by_length(found):
        counted += _counted(bank, places, rows)
    counted.sort(key=lambda one: (-one[0], int(one[2][0])))
    shown = counted[: min(limit, MOST)]
    texts = written(found.library, bank, [places for _, _, places in shown])
    around = [_typed(node) for node in conditions(found.tree)]
    within = LAYERS[layer(found)][0] + ":" if layer(found) in LAYERS else ""
    queries = [" ".join([*around, f'{within}"{text}"']) for text in texts]
    items = zip(texts, queries, shown, strict=True)
    return Forms(len(counted), tuple(Form(text, query, passages, hits) for text, query, (hits, passages, _) in items))


def _typed(node: Node) -> str:
    """A condition on the book as a reader types it."""
    match node:
        case Field(name, value, exact):
            return f'{FIELDS[name][0]}:"{value}"' if exact else f"{FIELDS[name][0]}:{value}"
        case Not(inner):
            return f"-{_typed(inner)}"
        case And(nodes):
            return f"({' '.join(map(_typed, nodes))})"
        case Or(nodes):
            return f"({'|'.join(map(_typed, nodes))})"
    return ""


def _by_length(found: Found) -> Iterator[tuple[Numbers, Numbers]]:
    """Hits of the same number of letters: the places of these, an array of shape (hits, letters), and their rows."""
    bank, spans = found.bank, found.spans
    low, high = np.searchsorted(bank.main, spans.first), np.searchsorted(bank.main, spans.last, side="right")
    printed, outside = spans.last - spans.first + 1, high - low
    over = (outside > 0) & (outside < printed)
    over[over] = found.matcher.over_notes(found.tree, spans.take(over))
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
