"""In which order hits are shown.

Contexts are compared letter by letter away from the hit, the left one backwards, in the order of `collation`, up
to `CONTEXT` letters; an end of the passage comes before any letter. What is alike stays in the order of the books.
Notes, and whatever else this reader may not see, do not count (`neighbours`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np

from archive.errors import UsageError
from search.found import Found
from search.language.tree import quotation_of
from search.statistics import collation, periods
from search.statistics.neighbours import Neighbours
from search.text.alphabet import Numbers
from search.text.bank import Bank, Spans

Order = Literal["place", "relevance", "date", "left", "right"]
CONTEXT = 10
"""Letters of context that are compared."""


def arranged(found: Found, order: Order) -> Spans:
    """What was found, in another order than that of the books; a near quotation has the fewest changes first."""
    by = ORDERS[order].by
    if order in ("place", "relevance") and quotation_of(found.tree):
        by = _by_changes
    return found.spans.take(by(found)) if by and found.hits else found.spans


def _by_changes(found: Found) -> Numbers:
    """The fewest changes first."""
    return np.argsort(found.matcher.changes(found.tree, found.spans), kind="stable")


def _by_relevance(found: Found) -> Numbers:
    """Exact forms first, then passages with more hits, then place."""
    spans = found.spans
    often = np.bincount(spans.row)[spans.row]
    return np.lexsort((-often, ~found.exact(spans)))


def _by_date(found: Found) -> Numbers:
    """By the year in which the work was begun, works without one last."""
    shelves = found.bank.shelves
    years = np.array([periods.year(shelf.work) for shelf in shelves], dtype=np.int64)
    at = np.searchsorted([shelf.place_end for shelf in shelves], found.spans.first, side="right")
    return np.argsort(years[at], kind="stable")


def _by_left(found: Found) -> Numbers:
    """By what stands before, read backwards."""
    return _by_letters(found.bank, Neighbours(found).before(CONTEXT))


def _by_right(found: Found) -> Numbers:
    """By what stands after."""
    return _by_letters(found.bank, Neighbours(found).after(CONTEXT))


def _by_letters(bank: Bank, columns: Iterator[Numbers]) -> Numbers:
    """The indexes of hits sorted by their neighbours, the nearest first."""
    ranks = collation.ranks(bank)
    keys = [np.where(at >= 0, ranks[bank.letters[at]], ranks.dtype.type(0)) for at in columns]
    return np.lexsort(keys[::-1])


def order_named(name: str) -> Order:
    """The order called `name`.

    Raises:
        UsageError: there is none; lists the ones there are.
    """
    found = next((order for order in ORDERS if order == name), None)
    if found is None:
        known = "、".join(f"{order}（{one.label}）" for order, one in ORDERS.items())
        raise UsageError(f"没有“{name[:40]}”这种排序。", remedy=f"可用：{known}。")
    return found


class _Order(NamedTuple):
    """What an order is called, and the indexes of hits in it; none if it is the order in which they are found."""

    label: str
    by: Callable[[Found], Numbers] | None


ORDERS: dict[Order, _Order] = {
    "place": _Order("按书目与卷次", None),
    "relevance": _Order("原字形与命中多者在前", _by_relevance),
    "date": _Order("按成书年代", _by_date),
    "left": _Order("按前文音序", _by_left),
    "right": _Order("按后文音序", _by_right),
}
