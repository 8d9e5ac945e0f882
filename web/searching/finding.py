"""The site's questions to search: what a visitor asks for, and what of it stands on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from flask import request
from werkzeug.datastructures import MultiDict

from archive.accounts import choices
from archive.errors import UsageError
from archive.model import Passage
from search.across import Across, across
from search.answer import Answer, Scope
from search.fallback.otherwise import Otherwise, otherwise
from search.found import Found
from search.highlight import Hit, highlights
from search.statistics import facets
from search.statistics.arrange import ORDERS, Order
from web import links
from web.desk import Desk

SIZE = 20
WIDTHS = (12, 24, 40, 80)
"""Characters of context that a reader may choose."""
FACETS = {name: one.name for name, one in facets.FACETS.items()} | {facets.LAYER: "正文与注"}
NONE = "（无）"
"""Stands in an address for the facet value of works that have none."""
MOST_LIMITS = 300
"""Facet values that an address may hold: every link of a page repeats them, and few servers take a longer one."""
_COMMA = ","
"""Between works of an address, whose ids have none: names of parameters would take more room than the ids."""
ROOM = 55_000
"""Bytes that lines of a table or values of facets may take of a page, however long the query that each repeats."""
_Line = TypeVar("_Line")


class Wanted(NamedTuple):
    """A search as the address states it.

    Args:
        limits: the values chosen of each facet (those an answer gives); a facet without any sets no limit.
        name: what the reader calls this choice of texts.
        width: characters of context; 0 is the house's own.
        flat: one list instead of one for every work; None leaves it to the order.
        at: the change number that the address was made at; 0 is any.
    """

    q: str = ""
    page: int = 1
    order: Order = "place"
    width: int = 0
    flat: bool | None = None
    limits: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    name: str = ""
    at: int = 0

    @property
    def scope(self) -> Scope:
        """The limits as search understands them."""
        chosen = {name: self.limits.get(name, ()) for name in FACETS}
        return Scope(
            collections=chosen["collection"],
            authors=chosen["author"],
            works=chosen["work"],
            categories=chosen["category"],
            periods=chosen["period"],
            genres=chosen["genre"],
            layers=chosen[facets.LAYER],
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All but the query and the page, as names and values of an address."""
        plain = {
            "order": self.order if self.order != "place" else "",
            "width": str(self.width or ""),
            "flat": "" if self.flat is None else str(int(self.flat)),
            "name": self.name,
            "at": str(self.at or ""),
        }
        limits = [(name, value or NONE) for name in FACETS if name != "work" for value in self.limits.get(name, ())]
        if works := self.limits.get("work"):
            limits.append(("work", _COMMA.join(works)))
        return limits + [(name, value) for name, value in plain.items() if value]

    def href(self, view: str = "", /, **changes: object) -> str:
        """The address of this search, or of a view of it, with `changes`; it begins again at its first page.

        A change that is no part of a search is a parameter of the view.
        """
        own = {name: value for name, value in changes.items() if name in self._fields}
        changed = self._replace(**{"page": 1, **own})  # type: ignore[arg-type]
        pairs = [("q", changed.q), *changed.pairs]
        pairs += [(name, str(value)) for name, value in changes.items() if name not in own and value not in ("", None)]
        if changed.page > 1:
            pairs.append(("page", str(changed.page)))
        return f"/search{f'/{view}' if view else ''}?{links.named(pair for pair in pairs if pair[1])}"

    def toggled(self, facet: str, value: str, view: str = "", /, **changes: object) -> str:
        """The address with one facet value chosen, or let go of if it is chosen; of a view if asked."""
        chosen = self.limits.get(facet, ())
        values = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        return self.href(view, limits={**self.limits, facet: values}, **changes)


def wanted() -> Wanted:
    """Read the request.

    Raises:
        UsageError: a page, an order, a width or a layer that does not exist.
    """
    asked = request.args.get("order") or "place"
    order = next((one for one in ORDERS if one == asked), None)
    if order is None:
        raise UsageError(f"没有“{asked[:20]}”这种排法。", remedy=f"可用：{'、'.join(ORDERS)}。")
    width = number("width", "上下文字数", 0, 0, 200)
    return Wanted(
        request.args.get("q", "").strip(),
        number("page", "页码", 1, 1, 999_999),
        order,
        width,
        {"1": True, "0": False}.get(request.args.get("flat", "")),
        limits(),
        name(),
        number("at", "变更号", 0, 0, 1 << 60),
    )


def name() -> str:
    """What the reader calls the choice of texts."""
    return request.args.get("name", "").strip()[: choices.LONGEST]


def limits(given: MultiDict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The facet values of the address, or of a form; empty ones set no limit.

    Raises:
        UsageError: a layer that does not exist, or too many values.
    """
    fields = request.args if given is None else given
    values = {name: fields.getlist(name) for name in FACETS}
    values["work"] = _COMMA.join(values["work"]).split(_COMMA)
    chosen = {name: tuple(dict.fromkeys(filter(None, some))) for name, some in values.items()}
    if (count := sum(map(len, chosen.values()))) > MOST_LIMITS:
        raise UsageError(
            f"范围里有 {count:,} 项，太多了。", remedy=f"最多 {MOST_LIMITS} 项；请改选丛集、著者、分类，或分几次检索。"
        )
    wrong = next((one for one in chosen[facets.LAYER] if one not in facets.LAYERS), None)
    if wrong is not None:
        known = "、".join(f"{layer}（{label}）" for layer, label in facets.LAYERS.items())
        raise UsageError(f"没有“{wrong[:20]}”这一层文字。", remedy=f"可用：{known}。")
    return {name: tuple("" if value == NONE else value for value in some) for name, some in chosen.items() if some}


def number(name: str, label: str, default: int, low: int, high: int) -> int:
    """A whole number of the request.

    Raises:
        UsageError: it is none, or out of bounds.
    """
    text = request.args.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise UsageError(f"{label}不能是“{text[:12]}”。", remedy=f"请写 {low} 到 {high} 之间的整数。")
    return int(text)


def fitting(lines: Sequence[_Line], size: Callable[[_Line], int], room: int = ROOM) -> Sequence[_Line]:
    """The first lines that fit into so many bytes, each of the size told of it."""
    return lines[: sum(total <= room for total in accumulate(map(size, lines)))]


def find(desk: Desk, asked: Wanted, size: int = SIZE) -> Answer:
    """Answer a search, so many hits on a page.

    Raises:
        UsageError: the query is not well written.
    """
    width = asked.width or desk.config.search.context
    return desk.finder.find(asked.q, page=asked.page, size=size, order=asked.order, width=width, scope=asked.scope)


def found(desk: Desk, asked: Wanted) -> Found:
    """All hits of a search, for what looks at more than a page of them.

    Raises:
        UsageError: the query is not well written.
    """
    return desk.finder.found(asked.q, asked.scope)


def find_across(desk: Desk, asked: Wanted) -> Across:
    """Where the string runs over the end of a passage into the next.

    Raises:
        UsageError: the query is not well written.
    """
    width = asked.width or desk.config.search.context
    return across(desk.library, asked.q, scope=asked.scope, staff=desk.staff, size=SIZE, width=width)


def find_otherwise(desk: Desk, asked: Wanted) -> Otherwise:
    """What to offer where nothing is exactly as asked for.

    Raises:
        UsageError: the query is not well written.
    """
    width = asked.width or desk.config.search.context
    return otherwise(desk.finder, asked.q, scope=asked.scope, size=SIZE // 2, width=width)


def finds(desk: Desk, q: str) -> bool:
    """Whether a query finds anything."""
    return desk.finder.find(q, size=1).hits > 0


def hits_on(desk: Desk, q: str, passages: Sequence[Passage]) -> dict[int, list[Hit]]:
    """The verified hits of a query in these passages, by passage id; none for a query that is not well written."""
    try:
        return highlights(desk.library, q, passages, staff=desk.staff)
    except UsageError:
        return {}
