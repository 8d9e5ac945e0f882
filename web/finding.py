"""The site's questions to search: what a visitor asks for, and what of it stands on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from archive.errors import UsageError
from archive.model import Passage
from search.across import Across, across
from search.answer import Answer, Scope
from search.finder import Order
from search.highlight import Hit, highlights
from web import links
from web.desk import Desk

SIZE = 20
ORDERS: dict[Order, str] = {"place": "按书目与卷次", "relevance": "原字形与命中多者在前"}
FACETS = {"collection": "丛集", "author": "著者", "work": "著作"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as the address states it. Facet values are those an answer gives; an empty one sets no limit."""

    q: str = ""
    page: int = 1
    order: Order = "place"
    collection: str | None = None
    author: str | None = None
    work: str | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The limits that are set, by facet."""
        values = {facet: getattr(self, facet) for facet in FACETS}
        return {facet: value for facet, value in values.items() if value is not None}

    @property
    def scope(self) -> Scope:
        """The limits as search understands them."""
        return Scope(*((value,) if value else () for value in (self.collection, self.author, self.work)))

    def href(self, **changes: object) -> str:
        """The address of this search with `changes`; it begins again at its first page."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        page = changed.page if changed.page > 1 else None
        order = changed.order if changed.order != "place" else None
        return links.search(changed.q, **changed.filters, order=order, page=page)


def wanted() -> Wanted:
    """Read the request.

    Raises:
        UsageError: a page or an order that does not exist.
    """
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:9]) < 1_000_000):
        raise UsageError(f"没有第 {page[:12]} 页。", remedy="页码从 1 数起。")
    asked = request.args.get("order", "place")
    order = next((one for one in ORDERS if one == asked), None)
    if order is None:
        raise UsageError(f"没有“{asked[:20]}”这种排法。", remedy=f"可用：{'、'.join(ORDERS)}。")
    limits = {facet: request.args.get(facet) or None for facet in FACETS}
    return Wanted(request.args.get("q", "").strip(), int(page), order, **limits)


def find(desk: Desk, asked: Wanted) -> Answer:
    """Answer a search.

    Raises:
        UsageError: the query is not well written.
    """
    width = desk.config.search.context
    return desk.finder.find(asked.q, page=asked.page, size=SIZE, order=asked.order, width=width, scope=asked.scope)


def find_across(desk: Desk, asked: Wanted) -> Across:
    """Where the string runs over the end of a passage into the next.

    Raises:
        UsageError: the query is not well written.
    """
    return across(desk.library, asked.q, scope=asked.scope, size=SIZE, width=desk.config.search.context)


def finds(desk: Desk, q: str) -> bool:
    """Whether a query finds anything."""
    return desk.finder.find(q, size=1).hits > 0


def hits_on(desk: Desk, q: str, passages: Sequence[Passage]) -> dict[int, list[Hit]]:
    """The verified hits of a query in these passages, by passage id; none for a query that is not well written."""
    try:
        return highlights(desk.library, q, passages)
    except UsageError:
        return {}
