"""Choosing texts to work in: a reader picks works or kinds of works once and names the choice, which is in the address.

Who has an account may keep it there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import browse
from archive.accounts import choices
from archive.errors import UsageError
from search.statistics import facets
from search.text.folding import fold
from web import access
from web.access import login_required
from web.desk import desk
from web.searching.finding import FACETS, NONE, Wanted, limits, wanted
from web.searching.frame import VIEWS, frame, labelled

blueprint = Blueprint("subcorpus", __name__)

LISTED = 100
"""Values of a facet that are listed at once, besides those chosen; words narrow the list."""


@dataclass(frozen=True, slots=True)
class Box:
    """A value that can be ticked."""

    value: str
    label: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The values of a facet that are listed, and how many more there are."""

    facet: str
    label: str
    boxes: list[Box]
    more: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A choice in the reader's account: the address of the search in it, and what it holds, facet by facet."""

    name: str
    href: str
    held: list[tuple[str, list[str]]]


@blueprint.get("/search/within")
def show() -> str | Response | tuple[str, int]:
    """The texts to tick; once `done`, back to the search in them. Other words to list by are not done yet."""
    try:
        asked = wanted()
    except UsageError as error:
        return render_template("search/within.html", **_page(Wanted(), error)), error.http_status
    if request.args.get("done") and "list" not in request.args and _find() == _find("listed"):
        return redirect(asked.href(_view() if asked.q else ""))
    return render_template("search/within.html", **_page(asked))


@blueprint.post("/search/within")
@login_required
def keep() -> Response:
    """Keep a choice in the reader's account, or keep it no longer."""
    form, user, library = request.form, access.user(), desk().library
    name = form.get("name", "").strip()
    asked = Wanted(form.get("q", "").strip())
    if form.get("act") == "forget":
        choices.forget(library, user, name)
        return redirect(asked.href("within"), 303)
    chosen = limits(form)
    choices.keep(library, user, name, chosen)
    return redirect(asked._replace(limits=chosen, name=name).href(_view() if asked.q else ""), 303)


def _find(name: str = "find") -> str:
    """The words by which values are listed."""
    return request.args.get(name, "").strip()[:40]


def _view() -> str:
    """The view of a search that the texts are chosen for; the results themselves, if it is none."""
    view = request.values.get("view", "")
    return view if view in VIEWS else ""


def _page(asked: Wanted, error: UsageError | None = None) -> dict[str, Any]:
    groups = _groups(asked, desk().entries(), _find())
    shown = {"groups": groups, "find": _find(), "kept": _kept(asked), "before": _view()}
    return {**frame(desk(), asked, "within", error), **shown}


def _kept(asked: Wanted) -> list[Kept]:
    user = access.current()
    return [
        Kept(one.name, asked.href(limits=one.limits, name=one.name), labelled(desk(), one.limits))
        for one in (choices.choices(desk().library, user) if user else ())
    ]


def _groups(asked: Wanted, entries: list[browse.Entry], find: str) -> list[Group]:
    """The values of every facet that have the words `find`, and those chosen; works last as there are most of them."""
    authors = {entry.work.id: entry.work.author for entry in entries}
    words = fold(find)
    made = []
    for name, by in facets.FACETS.items():
        chosen = asked.limits.get(name, ())
        counted: dict[str, tuple[str, int]] = {}
        for entry in entries:
            value = by.value(entry.work)
            counted[value] = by.label(entry.work), counted.get(value, ("", 0))[1] + 1
        boxes = [
            Box(value or NONE, label, authors[value] if name == "work" else f"{works} 种", value in chosen)
            for value, (label, works) in counted.items()
        ]
        if len(boxes) < 2:
            continue
        fitting = [box for box in boxes if not box.chosen and words in fold(f"{box.label}{box.detail}")]
        listed = {box.value for box in boxes if box.chosen} | {box.value for box in fitting[:LISTED]}
        shown = [box for box in boxes if box.value in listed]
        made.append(Group(name, FACETS[name], shown, max(len(fitting) - LISTED, 0)))
    return sorted(made, key=lambda group: group.facet == "work")
