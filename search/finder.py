"""Searching a library: from what a reader types to an exact, verified, citable answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from archive.errors import Damaged, UsageError
from archive.library import Library
from archive.model import Passage
from search import query
from search.alphabet import Numbers
from search.answer import Answer, Facet, Item, Scope
from search.bank import NOWHERE, Bank, Shelf, Spans
from search.conditions import hidden_notes_mask, scope_mask
from search.engines import engine as engine_of
from search.kwic import cut
from search.matching import NOTHING, Matcher, sought
from search.placing import Placing
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
        tree = query.parse(text)
        for _ in range(_ATTEMPTS):
            matcher, found = self._found(view, tree, scope or Scope())
            items = self._items(view.bank, matcher, tree, found, page, size, order, width)
            if items is not None:
                break
            view = self._view()
        else:
            raise Damaged("检索所见与库中文字不符。", where=str(self._library.folder), remedy="请运行 wenku check。")
        passages, facets = _counted(view.bank, found)
        return Answer(
            text,
            view.engine,
            round((time.perf_counter() - begun) * 1000, 2),
            passages,
            len(found),
            facets,
            items,
            page,
            size,
            view.bank.number,
            self._notices(view),
        )

    def _view(self) -> View:
        view = self._snapshot.view(self._library)
        if view.bank.number != self._seen:
            self._library.forget_labels()
            self._seen = view.bank.number
        if self._engine not in ("auto", view.engine):
            return view._replace(reader=None)
        return view

    def _found(self, view: View, tree: query.Node, scope: Scope) -> tuple[Matcher, Spans]:
        """Every occurrence that the reader may see."""
        bank = view.bank
        matcher = Matcher(bank, scope_mask(bank, scope, staff=self._staff), hidden_notes_mask(bank, staff=self._staff))
        wanted = sought(tree, bank.alphabet)
        if wanted == NOTHING:
            return matcher, NOWHERE
        candidates = view.candidates(wanted) if wanted else None
        if candidates is not None:
            matcher.rows &= candidates
        return matcher, matcher.spans(tree)

    def _items(
        self,
        bank: Bank,
        matcher: Matcher,
        tree: query.Node,
        found: Spans,
        page: int,
        size: int,
        order: Order,
        width: int,
    ) -> tuple[Item, ...] | None:
        """One page of hits, each verified against the store; None if the store has changed under our hands."""
        if order == "relevance":
            found = _by_relevance(found, matcher.exact(tree, found))
        shown = found.take(slice((page - 1) * size, page * size))
        exact = matcher.exact(tree, shown)
        rows = shown.row.tolist()
        stored = self._library.passages_by_id(sorted({int(bank.ids[row]) for row in rows}))
        placing = Placing(bank, stored.values())
        items = []
        for row, first, last, is_exact in zip(
            rows, shown.first.tolist(), shown.last.tolist(), exact.tolist(), strict=True
        ):
            passage, offsets = placing.passage(row), placing.offsets(row, first, last)
            if passage is None or offsets is None:
                return None
            start, end = int(offsets[0]), int(offsets[-1]) + 1
            items.append(self._item(bank.shelf_of(row), passage, start, end, is_exact, width))
        return tuple(items)

    def _item(self, shelf: Shelf, passage: Passage, start: int, end: int, exact: bool, width: int) -> Item:
        context = cut(passage, start, end, width, shelf.edition.rights, staff=self._staff)
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

    def _notices(self, view: View) -> tuple[str, ...]:
        if view.reader is None:
            return ("索引尚未建立或已不可用，本次直接检索全文，结果完整但较慢；请运行 wenku index。",)
        return ()


def _by_relevance(found: Spans, exact: Numbers) -> Spans:
    """Exact forms first, then passages with more hits, then place."""
    often = np.bincount(found.row)[found.row] if len(found) else found.row
    return found.take(np.lexsort((found.last, found.first, -often, ~exact)))


def _counted(bank: Bank, found: Spans) -> tuple[int, dict[str, tuple[Facet, ...]]]:
    """How many passages have hits, and how passages and hits spread over collections, authors and works."""
    rows = found.row
    starts_passage = np.ones(len(rows), dtype=bool)
    starts_passage[1:] = rows[1:] != rows[:-1]
    passage_rows = rows[starts_passage]
    bounds = [shelf.row for shelf in bank.shelves] + [bank.size]
    hits = np.diff(np.searchsorted(rows, bounds)).tolist()
    passages = np.diff(np.searchsorted(passage_rows, bounds)).tolist()
    facets = {}
    for name, key in _FACETS.items():
        totals: dict[str, tuple[str, int, int]] = {}
        for shelf, shelf_passages, shelf_hits in zip(bank.shelves, passages, hits, strict=True):
            if shelf_hits:
                value, label = key(shelf)
                _, old_passages, old_hits = totals.get(value, (label, 0, 0))
                totals[value] = (label, old_passages + shelf_passages, old_hits + shelf_hits)
        found_values = (Facet(value, *counts) for value, counts in totals.items())
        facets[name] = tuple(sorted(found_values, key=lambda facet: -facet.hits))
    return len(passage_rows), facets


def _author_label(shelf: Shelf) -> str:
    dynasty = f"〔{shelf.work.dynasty}〕" if shelf.work.dynasty else ""
    return f"{dynasty}{shelf.work.author}" if shelf.work.author else "未注明"
