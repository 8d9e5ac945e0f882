"""Searching a library: from what a reader types to an exact, verified, citable answer."""

from __future__ import annotations

import time

from archive.errors import Damaged, UsageError
from archive.library import Library
from search.answer import Answer, Scope
from search.engines import CLUSTERS
from search.engines import engine as engine_of
from search.fallback.near import shown
from search.found import Found, Moved
from search.health import silent
from search.language import query
from search.language.tree import quotation_of
from search.matching.conditions import hidden_notes_mask, scope_mask
from search.matching.matcher import NOTHING, Matcher, sought
from search.snapshot import View, shared
from search.statistics.arrange import ORDERS, Order, arranged
from search.statistics.facets import facets
from search.text.bank import NOWHERE

LARGEST_PAGE = 1000
WIDEST = 200
_ATTEMPTS = 3


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
            order: a key of `arrange.ORDERS`; `place` is catalogue order, then reading order; `relevance` puts
                exact forms before variant forms, then passages with more hits before those with fewer, then place.
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
            spans = arranged(found, order)
            try:
                on_page = spans.take(slice((page - 1) * size, page * size))
                near = shown(found, on_page, width) if quotation_of(found.tree) else None
                items = tuple(one.item for one in near.items) if near else tuple(found.items(on_page, width))
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
            facets(found),
            items,
            page,
            size,
            view.bank.number,
            self._notices(view),
            near,
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
        wanted = sought(tree, bank.alphabet) if view.asks else None
        spans = NOWHERE
        if wanted != NOTHING:
            candidates = view.candidates(wanted) if wanted else None
            if candidates is not None:
                matcher.rows = matcher.rows & candidates
            spans = matcher.spans(tree)
        if len(scope.layers) == 1:
            noted = bank.noted[spans.first]
            spans = spans.take(noted if scope.layers == ("notes",) else ~noted)
        return Found(text, scope, tree, spans, matcher, view, self._library, self._staff)

    def _notices(self, view: View) -> tuple[str, ...]:
        if view.reader is None:
            return ("索引尚未建立或已不可用，本次直接检索全文，结果完整但较慢；请运行 wenku index。",)
        if view.stamp and view.stamp.engine in CLUSTERS and silent(self._library):
            return ("检索集群暂时没有应答，本次在本机直接检索全文，结果完整但较慢。",)
        return ()
