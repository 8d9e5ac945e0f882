"""Searching a library: from what a reader types to an exact, verified, citable answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from archive.errors import Damaged, UsageError
from archive.library import Library
from search import query
from search.answer import Answer, Facet, Scope
from search.bank import NOWHERE, Shelf, Spans
from search.conditions import hidden_notes_mask, scope_mask
from search.engines import engine as engine_of
from search.found import Found, Moved
from search.matching import NOTHING, Matcher, sought
from search.snapshot import View, shared

Order = Literal["place", "relevance"]
ORDERS: tuple[Order, ...] = ("place", "relevance")
LARGEST_PAGE = 1000
WIDEST = 200
_ATTEMPTS = 3

# What a facet counts by: its value and the label shown.
_FACETS: dict[str, Callable[[Shelf], tuple[str, str]]] = {
    "collection": lambda shelf: (shelf.work.collection, shelf.work.collection or "未归丛书"),
    "author": lambda shelf: (shelf.work.author, _author_label(shelf)),
    "work": lambda shelf: (shelf.work.id, shelf.work.title),
}


class Finder:
    """Finds in one library. Making one is cheap: all finders of a library share its text in memory.

    Args:
        library: the library, opened in the thread that searches.
        engine: `auto` takes the index that is there; another name asks for an index made by that engine.
        staff: whether the reader belongs to the house and may see every layer.

    Raises:
        UsageError: unknown engine.
    """

    def __init__(self, library: Library, engine: str = "auto", staff: bool = False) -> None:
        self._library = library
        self._engine = engine if engine == "auto" else engine_of(engine).name
        self._staff = staff
        self._snapshot = shared(library.folder)
        self._seen = -1

    def find(
        self,
        text: str,
        *,
        page: int = 1,
        size: int = 20,
        scope: Scope | None = None,
        order: Order = "place",
        width: int = 24,
    ) -> Answer:
        """Answer a query.

        Args:
            text: the query, as in `docs/search.md`.
            page: which page of hits, from 1; one past the end is empty.
            size: hits on a page.
            scope: where to search.
            order: `place` is catalogue order, then reading order; `relevance` puts exact forms before variant forms,
                then passages with more hits before those with fewer, then place.
            width: characters of context on either side of a hit.

        Raises:
            UsageError: the query or another argument cannot be understood.
        """
        if page < 1 or not 1 <= size <= LARGEST_PAGE or not 0 <= width <= WIDEST or order not in ORDERS:
            raise UsageError(
                "页码、每页条数、上下文宽度或排序方式不对。",
                remedy=f"页码从 1 起，每页 1—{LARGEST_PAGE} 条，上下文 0—{WIDEST} 字，排序为 {'、'.join(ORDERS)}。",
            )
        view = self._view()
        begun = time.perf_counter()
        for _ in range(_ATTEMPTS):
            found = self._found(view, text, scope or Scope())
            spans = _by_relevance(found) if order == "relevance" else found.spans
            try:
                items = tuple(found.items(spans.take(slice((page - 1) * size, page * size)), width))
                break
            except Moved:
                view = self._view()
        else:
            raise Damaged("检索所见与库中文字不符。", where=str(self._library.folder), remedy="请运行 wenku check。")
        return Answer(
            text,
            view.engine,
            round((time.perf_counter() - begun) * 1000, 2),
            found.passages,
            found.hits,
            _facets(found),
            items,
            page,
            size,
            view.bank.number,
            self._notices(view),
        )

    def found(self, text: str, scope: Scope | None = None) -> Found:
        """All occurrences of a query, for what needs more than a page of them.

        Raises:
            UsageError: the query cannot be understood.
        """
        return self._found(self._view(), text, scope or Scope())

    def _view(self) -> View:
        view = self._snapshot.view(self._library)
        if view.bank.number != self._seen:
            self._library.forget_labels()
            self._seen = view.bank.number
        if self._engine not in ("auto", view.engine):
            return view._replace(reader=None)
        return view

    def _found(self, view: View, text: str, scope: Scope) -> Found:
        tree = query.parse(text)
        bank = view.bank
        matcher = Matcher(bank, scope_mask(bank, scope, staff=self._staff), hidden_notes_mask(bank, staff=self._staff))
        wanted = sought(tree, bank.alphabet)
        spans = NOWHERE
        if wanted != NOTHING:
            candidates = view.candidates(wanted) if wanted else None
            if candidates is not None:
                matcher.rows &= candidates
            spans = matcher.spans(tree)
        return Found(text, scope, tree, spans, matcher, view, self._library, self._staff)

    def _notices(self, view: View) -> tuple[str, ...]:
        if view.reader is None:
            return ("索引尚未建立或已不可用，本次直接检索全文，结果完整但较慢；请运行 wenku index。",)
        return ()


def _by_relevance(found: Found) -> Spans:
    """Exact forms first, then passages with more hits, then place."""
    spans, exact = found.spans, found.exact(found.spans)
    often = np.bincount(spans.row)[spans.row] if len(spans) else spans.row
    return spans.take(np.lexsort((spans.last, spans.first, -often, ~exact)))


def _facets(found: Found) -> dict[str, tuple[Facet, ...]]:
    """How passages and hits spread over collections, authors and works."""
    facets = {}
    for name, key in _FACETS.items():
        totals: dict[str, tuple[str, int, int]] = {}
        for shelf, (passages, hits) in zip(found.bank.shelves, found.by_shelf, strict=True):
            if hits:
                value, label = key(shelf)
                _, old_passages, old_hits = totals.get(value, (label, 0, 0))
                totals[value] = (label, old_passages + passages, old_hits + hits)
        found_values = (Facet(value, *counts) for value, counts in totals.items())
        facets[name] = tuple(sorted(found_values, key=lambda facet: -facet.hits))
    return facets


def _author_label(shelf: Shelf) -> str:
    dynasty = f"〔{shelf.work.dynasty}〕" if shelf.work.dynasty else ""
    return f"{dynasty}{shelf.work.author}" if shelf.work.author else "未注明"
