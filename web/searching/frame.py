"""What every page of a search has around it: the form, its views, the texts chosen, its lasting address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from archive.accounts import choices
from archive.errors import WenkuError
from archive.model import Work
from search.language.query import LONGEST
from search.statistics import facets
from web import access
from web.desk import Desk
from web.searching.finding import FACETS, Wanted, fitting

VIEWS = {
    "": "上下文",
    "distribution": "分布",
    "collocates": "搭配",
    "forms": "字形",
    "frequencies": "频次比较",
    "export": "导出",
}

_LIMITS = 8
"""Facet values, at most, that are named above a search, each with a link that lets go of it."""
_LIMITS_ROOM = 10_000
"""Bytes that these links may take."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A facet value that is chosen, and the address without it."""

    facet: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed in the library since an address was made.

    `works` are the titles of works this reader knows of; `other` tells that texts have changed which are not among
    these, or are no more.
    """

    at: int
    now: int
    works: tuple[str, ...]
    other: bool


def frame(
    desk: Desk,
    asked: Wanted,
    view: str = "",
    error: WenkuError | None = None,
    own: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What the templates of searches need besides what they show; `own` is what the address says of the view alone."""
    if len(asked.q) > LONGEST:  # refused, and not to be repeated in every address of the page
        asked = asked._replace(q=asked.q[:LONGEST])
    tabs = [(label, asked.href(name, at=0), name == view) for name, label in VIEWS.items()] if asked.q else []
    return {
        "asked": asked,
        "view": view,
        "tabs": tabs,
        "own": own,
        "limits": (chips := _limits(desk, asked, view if view in VIEWS else "", own)),
        "more_limits": sum(map(len, asked.limits.values())) - len(chips),
        "choose": asked.href("within", view=view if view in VIEWS else ""),
        "everywhere": asked.href(view, limits={}, name="", **own),
        "lasting": asked.href(view, page=asked.page, at=desk.library.change_number(), **own),
        "change": desk.library.change_number(),
        "since": since(desk, asked.at),
        "absent": [f"{FACETS[name]}“{value or '未注明'}”" for name, value in absent(desk, asked)],
        "error": error,
        "keepable": _keepable(desk, asked),
    }


def _keepable(desk: Desk, asked: Wanted) -> bool:
    """Whether this reader may keep the choice of texts in an account, and has not done so."""
    user = access.current()
    if user is None or not any(asked.limits.values()):
        return False
    return not any(one.name == asked.name and one.limits == asked.limits for one in choices.choices(desk.library, user))


def labelled(desk: Desk, limits: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    """Chosen facet values as readers know them: (name of the facet, labels)."""
    works = {entry.work.id: entry.work for entry in desk.entries()}
    return [(FACETS[name], [_label(name, one, works) for one in limits[name]]) for name in FACETS if limits.get(name)]


def _limits(desk: Desk, asked: Wanted, view: str, own: Mapping[str, str]) -> Sequence[Limit]:
    """The first of the facet values chosen, each under its Chinese name; without it, the view stays."""
    works = {entry.work.id: entry.work for entry in desk.entries()}
    chosen = [(name, value) for name in FACETS for value in asked.limits.get(name, ())]
    made = [
        Limit(FACETS[name], _label(name, value, works), asked.toggled(name, value, view, **own))
        for name, value in chosen[:_LIMITS]
    ]
    return fitting(made, lambda one: len(one.href.encode()), _LIMITS_ROOM)


def _label(name: str, value: str, works: dict[str, Work]) -> str:
    if name == "work":
        return works[value].title if value in works else value
    if name == facets.LAYER:
        return facets.LAYERS.get(value, value)
    return value or "未注明"


def since(desk: Desk, at: int) -> Since | None:
    """What changed after `at` in what this reader knows of; None if nothing has, or nobody asks."""
    now = desk.library.change_number()
    if not at or at == now:
        return None
    changed, entries = desk.library.changed_since(at), desk.entries()
    works = tuple(e.work.title for e in entries if any(edition.id in changed for edition in e.editions))
    known = {edition.id for entry in entries for edition in entry.editions}
    return Since(at, now, works, not changed <= known)


def absent(desk: Desk, asked: Wanted) -> list[tuple[str, str]]:
    """Facet values of the address that no work has which this reader knows of: (facet, value)."""
    works = [entry.work for entry in desk.entries()] if asked.limits else []
    there = {name: set(map(by.value, works)) for name, by in facets.FACETS.items()}
    return [
        (name, value) for name, values in there.items() for value in asked.limits.get(name, ()) if value not in values
    ]
