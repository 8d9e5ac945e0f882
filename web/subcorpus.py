"""Choosing texts to work in: a reader picks works or kinds of works once, names the choice, keeps it in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import browse
from archive.errors import UsageError
from search.statistics import facets
from web.desk import desk
from web.finding import FACETS, NONE, Wanted, wanted
from web.searching import frame

blueprint = Blueprint("subcorpus", __name__)


@dataclass(frozen=True, slots=True)
class Box:
    """A value that can be ticked."""

    value: str
    label: str
    detail: str
    chosen: bool


@blueprint.get("/search/within")
def show() -> str | Response | tuple[str, int]:
    """The texts to tick; once `done`, back to the search in them."""
    try:
        asked = wanted()
    except UsageError as error:
        return render_template("search/within.html", **_page(Wanted(), error)), error.http_status
    if request.args.get("done"):
        return redirect(asked.href(request.args.get("view", "") if asked.q else ""))
    return render_template("search/within.html", **_page(asked))


def _page(asked: Wanted, error: UsageError | None = None) -> dict[str, Any]:
    return {**frame(desk(), asked, "within", error), "groups": _groups(asked, desk().entries())}


def _groups(asked: Wanted, entries: list[browse.Entry]) -> list[tuple[str, str, list[Box]]]:
    """(facet, its name, its values), works last as there are most of them."""
    made = []
    for name, by in facets.FACETS.items():
        chosen = asked.limits.get(name, ())
        counted: dict[str, tuple[str, int]] = {}
        for entry in entries:
            value = by.value(entry.work)
            counted[value] = by.label(entry.work), counted.get(value, ("", 0))[1] + 1
        boxes = [
            Box(value or NONE, label, "" if name == "work" else f"{works} 种", value in chosen)
            for value, (label, works) in counted.items()
        ]
        if len(boxes) > 1:
            made.append((name, FACETS[name], boxes))
    return sorted(made, key=lambda group: group[0] == "work")
