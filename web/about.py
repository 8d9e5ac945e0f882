"""What the library is and how it is used; what robots and browsers ask for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from archive import citations
from search.compare.model import KINDS
from search.health import health
from web.desk import desk

blueprint = Blueprint("about", __name__)

_LEFT_ALONE = ("/search", "/api/", "/cite/", "/scan/", "/pdf/", "/compare/")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in _LEFT_ALONE)


@blueprint.get("/help")
def usage() -> str:
    """How to search, read and cite."""
    return render_template("about/help.html", styles=citations.STYLES, kinds=KINDS)


@blueprint.get("/about")
def about() -> str:
    """What the library is."""
    entries = desk().entries()
    return render_template("about/about.html", entries=entries, cluster=health(desk().library))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Search engines may have the books, not the searches."""
    return Response(ROBOTS, mimetype="text/plain")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The seal, for browsers that look for it here."""
    return current_app.send_static_file("favicon.svg")
