"""What the public sends in: a form made of the declaration; what comes is a draft, which nobody sees before review.

The declaration says whether a directory takes entries, and which fields it asks for (`submission`); what else it has is
the house's to write.
"""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from werkzeug.wrappers import Response

from archive.directories import invitations, registry, values
from archive.directories.model import Directory, Field
from archive.errors import NotFound, UsageError, WenkuError
from web import links
from web.access import takes
from web.desk import desk
from web.keeping.filling import Filling

blueprint = Blueprint("submitting", __name__)

SENT = "5 per hour; 20 per day"
"""Entries from one address."""
TRAP = "homepage"
"""A box that people do not see and programs fill in."""
LARGEST = 1 << 18
"""Bytes of a form."""


@blueprint.get("/submit/<name>")
def show(name: str) -> Response:
    """The form, or word that it was sent."""
    directory = _directory(name)
    return _page(Filling.of(directory, fields(directory), {}))


@blueprint.post("/submit/<name>")
@takes(LARGEST)
def send(name: str) -> Response:
    """Take an entry, or give the form back with everything typed."""
    directory = _directory(name)
    filling = Filling.sent(directory, fields(directory), request.form)
    if filling.act(request.form.get("do", ""), lambda one, words: ()):
        return _page(filling)
    checked = filling.check()
    filling.note(values.lacking(directory, checked.values))
    if filling.wrong:
        return _page(filling)
    if request.form.get(TRAP):
        return redirect(links.submission(directory.id, done=1), 303)
    limiter = cast(Limiter, current_app.extensions["limiter of logins"])
    try:
        with limiter.limit(SENT):
            invitations.submit(desk().library, directory, checked.values)
    except RateLimitExceeded:
        busy = UsageError("您这里近来投稿太多，这一份没有提交。", remedy="请先保存好文字，过一会儿再来。")
        return _page(filling, busy, 429)
    except WenkuError as error:
        return _page(filling, error, error.http_status)
    return redirect(links.submission(directory.id, done=1), 303)


def fields(directory: Directory) -> list[Field]:
    """What is asked of the public."""
    return [directory.by_key[key] for key in directory.submission]


def _directory(name: str) -> Directory:
    directory = registry.directory(desk().library, name)
    if not directory.submission:
        raise NotFound(f"{directory.label}不接受公众投稿。", remedy="可与本馆联系。")
    return directory


def _page(filling: Filling, error: WenkuError | None = None, status: int = 200) -> Response:
    entries = [entry for _, group in filling.groups() for entry in group]
    page = render_template(
        "directories/submit.html",
        directory=filling.directory,
        filling=filling,
        shown=[entry for entry in entries if entry.field.public],
        kept=[entry for entry in entries if not entry.field.public],
        error=error,
        done=request.method == "GET" and request.args.get("done") == "1",
        trap=TRAP,
    )
    answer = make_response(page, 400 if filling.wrong else status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
