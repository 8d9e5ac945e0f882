"""The front door: what the library is, where to search, what it holds, what is new."""

from __future__ import annotations

from flask import Blueprint, render_template

from archive import browse
from archive.errors import WenkuError
from web.desk import desk
from web.searching import finding

blueprint = Blueprint("home", __name__)

SAMPLES = ("船山", "石鼓书院", "湘南学联", "天下", "衡山", "“读书”", "江声")
_NEW = 6


@blueprint.get("/")
def show() -> str:
    """The home page."""
    entries = desk().entries()
    return render_template(
        "home/home.html",
        collections=browse.groups(entries, "collection"),
        works=len(entries),
        editions=sum(len(entry.editions) for entry in entries),
        characters=sum(edition.characters for entry in entries for edition in entry.editions),
        arrivals=browse.arrivals(desk().library, entries, _NEW),
        samples=_samples(),
    )


def _samples() -> list[str]:
    """Sample searches that find something here."""
    try:
        return desk().remember("samples", lambda: [q for q in SAMPLES if finding.finds(desk(), q)])
    except WenkuError:
        return []
