"""Search results: keyword in context, grouped by work or in one list, with facets and exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template, request

from archive.errors import UsageError
from search.across import Across, Crossing
from search.answer import Answer, Facet, Item
from search.fallback.likeness import LIKENESSES
from search.fallback.near import Piece
from search.fallback.otherwise import Otherwise
from search.language.query import QUOTED, Phrase, Quotation, parse
from search.language.wording import written
from search.statistics.arrange import ORDERS, Order
from search.statistics.periods import years
from web import links
from web.desk import desk
from web.paging import pages
from web.searching.finding import FACETS, ROOM, SIZE, WIDTHS, Wanted, find, find_across, find_otherwise, fitting, wanted
from web.searching.frame import frame

blueprint = Blueprint("results", __name__)

_ALIGNED = 24
"""Characters of context, at most, that stand in a line with the hit; more are set as a paragraph."""
_LONG = 12
"""Characters of a hit that is set as a paragraph with its context."""
_FACET_VALUES = 12
"""Values of a facet shown before the rest are folded away."""
_MOST_VALUES = 200
"""Values of a facet listed, folded away ones too, at most."""
_FACET_ROOM = ROOM // 2 // len(FACETS)
"""Bytes that the values of one facet may take of a page."""
_FACET_VALUE = 110
"""About so many bytes a value takes, besides its label and its address."""
_HIGHLIGHTED = 200
"""Characters of a query that is still told to the page where a hit is read, to mark its other places."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit and where it is read; one of a near quotation in the pieces that tell what differs.

    `date` is the work's, if hits are in the order of dates.
    """

    item: Item
    number: int
    href: str
    place: str
    date: str
    pieces: tuple[Piece, ...] = ()
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one edition that follow one another; the heading is empty in a flat list."""

    title: str
    author: str
    edition: str
    href: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value as a link: choosing it, or letting go of it."""

    label: str
    hits: int
    href: str
    chosen: bool


@blueprint.get("/search")
def show() -> tuple[str, int] | str:
    """The results, or the form alone, or what is wrong with the query."""
    try:
        asked = wanted()
    except UsageError as error:
        return _page(Wanted(request.args.get("q", "")), error=error), error.http_status
    if not asked.q:
        return _page(asked)
    try:
        answer = find(desk(), asked)
        across = find_across(desk(), asked) if asked.page == 1 else None
        instead = find_otherwise(desk(), asked) if not (answer.hits or (across and across.count)) else None
    except UsageError as error:
        return _page(asked, error=error), error.http_status
    return _page(asked, answer, across, instead)


def _page(
    asked: Wanted,
    answer: Answer | None = None,
    across: Across | None = None,
    instead: Otherwise | None = None,
    error: UsageError | None = None,
) -> str:
    return render_template(
        "search/results.html",
        **frame(desk(), asked, error=error),
        answer=answer,
        across=across,
        instead=instead,
        likenesses=LIKENESSES,
        place=_place,
        orders={label.label: (name, asked.href(order=name)) for name, label in ORDERS.items()},
        width=(width := asked.width or desk().config.search.context),
        widths=[(one, asked.href(width=one)) for one in sorted({*WIDTHS, width})],
        long=_LONG,
        nearly=_nearly(asked) if answer and answer.hits else "",
        kwic="kwic" if width <= _ALIGNED else "kwic long",
        listed=(listed := _listed(asked, answer)),
        groups=_groups(answer, asked.order, listed) if answer else [],
        crossings=[(one, links.target(one.urn), _place(one)) for one in across.items] if across else [],
        facets=[(label, *_choices(asked, name, answer)) for name, label in FACETS.items()] if answer else [],
        pages=pages(asked.page, _last(answer), lambda page: asked.href(page=page)) if answer else [],
        last=_last(answer) if answer else 0,
    )


def _nearly(asked: Wanted) -> str:
    """The address of the near quotations of what was asked for, if it is one string that can be quoted."""
    tree, (least, most) = parse(asked.q), QUOTED
    if not (isinstance(tree, Phrase) and least <= len(tree.units) <= most):
        return ""
    return asked.href(q=written(Quotation(tree.units, tree.layer)), order="place")


def _listed(asked: Wanted, answer: Answer | None) -> bool:
    """Whether hits stand in one list: if asked for, or else where their order would break works into many pieces."""
    if asked.flat is not None:
        return asked.flat
    return asked.order not in ("place", "date") or bool(answer and answer.near)


def _groups(answer: Answer, order: Order, listed: bool) -> list[Group]:
    """The items of the page by edition, or all together, numbered through the whole answer."""
    first = (answer.page - 1) * answer.size + 1
    quoted = [(one.pieces, one.changes) for one in answer.near.items] if answer.near else [((), 0)] * len(answer.items)
    entries = desk().entries() if order == "date" else ()
    dates = {entry.work.id: years(entry.work) or "年代未注明" for entry in entries}
    q = answer.query if len(answer.query) <= _HIGHLIGHTED else ""
    hits = [
        Hit(item, number, links.target(item.urn, q=q), _place(item), dates.get(item.work, ""), *near)
        for number, (item, near) in enumerate(zip(answer.items, quoted, strict=True), first)
    ]
    if listed:
        return [Group("", "", "", "", tuple(hits))] if hits else []
    found = []
    for edition, members in groupby(hits, key=lambda hit: hit.item.edition):
        inside = tuple(members)
        item = inside[0].item
        found.append(Group(item.title, item.author, item.edition_label, links.target(edition), inside))
    return found


def _place(item: Item | Crossing) -> str:
    page = f"第 {item.page} 页" if item.page.isdigit() else item.page
    return "　".join(part for part in (item.section_title, page) if part)


def _choices(asked: Wanted, facet: str, answer: Answer) -> tuple[Sequence[Choice], Sequence[Choice], int]:
    """The values of a facet: the first few, others, and how many there is no room for."""
    chosen, values = asked.limits.get(facet, ()), answer.facets.get(facet, ())
    made = [_choice(asked, facet, one, one.value in chosen) for one in values[:_MOST_VALUES]]
    shown = fitting(made, lambda one: _FACET_VALUE + len(f"{one.label}{one.href}".encode()), _FACET_ROOM)
    return shown[:_FACET_VALUES], shown[_FACET_VALUES:], len(values) - len(shown)


def _choice(asked: Wanted, facet: str, one: Facet, chosen: bool) -> Choice:
    return Choice(one.label or "未注明", one.hits, asked.toggled(facet, one.value), chosen)


def _last(answer: Answer) -> int:
    return max(1, -(-answer.hits // SIZE))
