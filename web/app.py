"""The site put together: page families, errors, headers, and what every template may use."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from archive.config import Config
from archive.errors import WenkuError
from archive.library import Library
from web import about, access, accounts, api, errors, home, keeping, links, proofreading, review, sessions
from web.comparing import compare, parallels
from web.desk import Desk
from web.directories import lists, mentions, records, submitting
from web.keeping import selfservice
from web.reading import browse, citation, paper, scans, screen, work
from web.reading.typeset import cells
from web.searching import analysis, export, results, subcorpus
from web.sent import Request

_FAMILIES = (
    home,
    browse,
    work,
    screen,
    compare,
    parallels,
    scans,
    paper,
    results,
    analysis,
    export,
    subcorpus,
    citation,
    lists,
    records,
    submitting,
    mentions,
    about,
    api,
    accounts,
    review,
    keeping,
    proofreading,
    selfservice,
)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(config: Config, library_folder: Path) -> Flask:
    """The site over the library in `library_folder`.

    Raises:
        NotFound, Damaged: there is no library there that can be read.
    """
    Library.open(library_folder).close()
    app = Flask(__name__)
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = 1 << 16
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["desk"] = at_desk = Desk(config, library_folder, access.staff)
    app.extensions["static"] = _versions(Path(app.static_folder or ""))
    for family in _FAMILIES:
        app.register_blueprint(family.blueprint)
    errors.register(app)
    app.before_request(at_desk.begin)
    sessions.install(app, library_folder)
    app.extensions["csrf"].exempt(selfservice.blueprint)  # its address is the secret; its visitor has no session
    app.after_request(_finish)
    app.context_processor(_reader)
    app.jinja_env.globals.update(site=config.site, links=links, cells=cells, desk=at_desk)
    app.jinja_env.filters.update(count=count, wan=wan, moment=moment)
    return app


def count(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def wan(characters: int) -> str:
    """A length in characters as a reader says it: `860 字`, `3.2 万字`, `164 万字`."""
    if characters < 10_000:
        return f"{characters:,} 字"
    tens = characters / 10_000
    return f"{tens:.1f} 万字" if tens < 100 else f"{tens:,.0f} 万字"


def moment(at: str) -> str:
    """A moment the store keeps in UTC as this machine's clock shows it: `2026-07-01 16:30`."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def _reader() -> dict[str, Any]:
    """What every template may know of who is reading: `me`, and the doors they see."""
    try:
        me = access.current()
        return {"me": me, "doors": access.doors(me) if me else []}
    except (WenkuError, sqlite3.Error):  # the page that tells of it must still be shown
        return {"me": None, "doors": []}


def _versions(folder: Path) -> dict[str, str]:
    """A short hash of every static file."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:10] for file in folder.iterdir()}


def _finish(answer: Response) -> Response:
    """Headers of every answer; static files named by their content may be kept for ever, what staff see never."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.path.startswith("/static/"):
        kept = "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
        answer.headers["Cache-Control"] = kept
    elif sessions.COOKIE in request.cookies or request.blueprint == "accounts":
        answer.headers["Cache-Control"] = "private, no-store"
    else:
        answer.headers.setdefault("Cache-Control", "no-cache")
    return answer
