"""The directories for everyone: all of them, each as a list, as cards, in figures, and who worked with whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request

from archive.directories import links as ties
from archive.directories import public, registry
from archive.directories.model import Directory, Field
from archive.errors import UsageError
from search.records.finding import FacetCounts, find
from web import links
from web.desk import desk
from web.directories import family, feeds, listing
from web.directories.listing import Asked, Entry
from web.paging import pages

blueprint = Blueprint("directories", __name__)

FOUND = 5
"""Records of each directory that a search of all of them shows."""
BARS = 500
"""Values of a facet that are counted in figures; the page shows `ROWS` of them."""
ROWS = 40
PAIRS = 200
"""Pairs of people who worked together that are listed."""
_YEARS = ("year", "years", "date")
Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A directory on the page of all: its published records, and what a search found in it."""

    directory: Directory
    records: int
    found: int = 0
    entries: tuple[Entry, ...] = ()


class Bar(NamedTuple):
    """A line of a chart: a value, its records, and the list of them."""

    label: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A facet in figures; `more` counts values that are not shown."""

    label: str
    bars: tuple[Bar, ...]
    more: int

    @property
    def highest(self) -> int:
        """The longest bar."""
        return max(bar.records for bar in self.bars)


class Together(NamedTuple):
    """Two people who are named together in `many` records, with their pages."""

    one: str
    one_href: str
    other: str
    other_href: str
    many: int


@blueprint.get("/d/")
def index() -> Page:
    """All directories; a search through all of them; or one family by county or period."""
    found = registry.in_force(desk().library)
    if group := request.args.get("group", ""):
        return family.show(group, found)
    q = request.args.get("q", "").strip()
    error: UsageError | None = None
    counts = counted(found)
    shelves = [Shelf(one, counts[one.id]) for one in found.values()]
    if q:
        try:
            shelves = [_searched(shelf, q) for shelf in shelves if shelf.records]
        except UsageError as wrong:
            error = wrong
    page = render_template(
        "directories/index.html",
        q=q,
        groups=family.grouped(shelves, lambda shelf: shelf.directory),
        total=sum(shelf.found for shelf in shelves),
        error=error,
    )
    return page, error.http_status if error else 200


@blueprint.get("/d/<name>/")
def show(name: str) -> Page:
    """One directory."""
    found = registry.in_force(desk().library)
    directory = registry.named(found, name)
    field = cooperation(directory, found)
    views = {view: label for view, label in listing.VIEWS.items() if view != "together" or field}
    try:
        asked = listing.asked(directory, views)
        context = _VIEWS.get(asked.view, _list)(asked, field)
        error = None
    except UsageError as wrong:
        asked, context, error = Asked(directory, request.args.get("q", "").strip()), {}, wrong
    tabs = [(label, asked.href(view=view), view == asked.view) for view, label in views.items()]
    page = render_template(
        f"directories/{asked.view or 'list'}.html",
        directory=directory,
        asked=asked,
        tabs=tabs,
        error=error,
        family=family.of(directory),
        limits=_limits(asked),
        **context,
    )
    return page, error.http_status if error else 200


@blueprint.get("/d/feed.atom")
def everything_new() -> Response:
    """What is new in all directories, for programs that watch it."""
    return feeds.feed("名录", links.directories(), links.feed(), registry.in_force(desk().library).values())


@blueprint.get("/d/<name>/feed.atom")
def new(name: str) -> Response:
    """What is new in one directory."""
    directory = registry.directory(desk().library, name)
    return feeds.feed(directory.label, links.directory(name), links.feed(name), [directory])


def counted(found: Mapping[str, Directory]) -> dict[str, int]:
    """How many published records each directory has; counted anew when a record has changed."""
    change = public.change_number(desk().library)
    counts = desk().remember("records", lambda: public.counts(desk().library, found.values()), change)
    return {name: counts.get(name, 0) for name in found}


def cooperation(directory: Directory, found: Mapping[str, Directory]) -> Field | None:
    """The field in which a work names several people together, if the directory has one."""
    if directory.schema != "CreativeWork":
        return None
    return next(
        (one for one in directory.public if one.repeatable and one.to in found and found[one.to].schema == "Person"),
        None,
    )


def _searched(shelf: Shelf, q: str) -> Shelf:
    """A directory with what is found in it."""
    answer = find(desk().library, shelf.directory, q, size=FOUND, listed=0)
    return Shelf(shelf.directory, shelf.records, answer.total, tuple(listing.entries(shelf.directory, answer)))


def _list(asked: Asked, field: Field | None) -> dict[str, object]:
    """Records, as a list or as cards."""
    answer = find(desk().library, asked.directory, asked.q, asked.chosen, page=asked.page, size=asked.size)
    return {
        "answer": answer,
        "entries": listing.entries(asked.directory, answer),
        "panels": listing.panels(asked, answer.facets),
        "pages": pages(asked.page, listing.last(answer), lambda page: asked.href(page=page)),
        "last": listing.last(answer),
    }


def _stats(asked: Asked, field: Field | None) -> dict[str, object]:
    """Every facet in figures."""
    answer = find(desk().library, asked.directory, asked.q, asked.chosen, size=1, listed=BARS)
    charts = (_chart(asked, asked.directory.by_key[one.key], one) for one in answer.facets)
    return {"answer": answer, "charts": [chart for chart in charts if chart.bars]}


def _together(asked: Asked, field: Field | None) -> dict[str, object]:
    """Who is named together with whom."""
    assert field is not None  # the view is not offered without it
    return {"pairs": pairs(asked.directory, field), "most": PAIRS, "noun": asked.directory.noun}


# What a view shows besides what every view has.
_VIEWS: dict[str, Callable[[Asked, Field | None], dict[str, object]]] = {"stats": _stats, "together": _together}


def pairs(directory: Directory, field: Field) -> list[Together]:
    """The pairs that are named together most often and are both public."""
    library = desk().library
    found = desk().remember(
        f"together {directory.id}",
        lambda: ties.together(library, directory.id, field.key, limit=PAIRS),
        public.change_number(library),
    )
    known = ties.titles(library, [str(key) for pair in found for key in (pair.one, pair.other)])
    return [
        Together(known[str(one)], links.entry(one), known[str(other)], links.entry(other), many)
        for one, other, many in found
        if str(one) in known and str(other) in known
    ]


def _chart(asked: Asked, field: Field, counts: FacetCounts) -> Chart:
    """A facet's values by how many records they have; years in their order, by decades if there are many."""
    held = [(one.value, one.records, [one.value]) for one in counts.values if one.records]
    if field.kind in _YEARS:
        if len(held) > ROWS:
            held = _decades(held)
        held.sort(key=lambda one: int(one[2][0]))
    bars = [Bar(label, many, _only(asked, field, values)) for label, many, values in held]
    return Chart(counts.label, tuple(bars[:ROWS]), len(bars[ROWS:]) + counts.more)


def _decades(held: list[tuple[str, int, list[str]]]) -> list[tuple[str, int, list[str]]]:
    found: dict[int, list[tuple[str, int]]] = {}
    for label, many, _ in held:
        found.setdefault(int(label) // 10 * 10, []).append((label, many))
    return [
        (f"{decade}—{decade + 9}", sum(many for _, many in years), sorted(label for label, _ in years))
        for decade, years in found.items()
    ]


def _only(asked: Asked, field: Field, values: list[str]) -> str:
    return asked.href(chosen={**asked.chosen, field.key: tuple(values)}, view="")


def _limits(asked: Asked) -> list[tuple[str, str, str]]:
    """What is chosen: the facet, the value, and the address without it."""
    labels = asked.directory.by_key
    return [
        (labels[key].label, value, asked.toggled(key, value)) for key, held in asked.chosen.items() for value in held
    ]
