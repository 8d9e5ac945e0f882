"""Hiding and erasing a record at the person's request; what erasing leaves, `archive.directories.erasing` says."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import erasing, store
from archive.directories.erasing import GROUNDS
from archive.errors import UsageError, WenkuError
from web import access, links
from web.access import permission_required
from web.desk import desk
from web.keeping import door
from web.keeping.door import blueprint

Page = str | Response | tuple[str, int]


@blueprint.get("/<name>/entry/<slug>/privacy")
@permission_required("erase")
def privacy(name: str, slug: str) -> Page:
    """What may be done, and what it means."""
    return _page(name, slug)


@blueprint.post("/<name>/entry/<slug>/hide")
@permission_required("erase")
def hide(name: str, slug: str) -> Page:
    """Keep a record from the public, or end that."""
    directory, record = door.record_named(name, slug)
    hidden = request.form.get("act") == "hide"
    store.hide(desk().library, record.key, access.user().login, hidden=hidden)
    return redirect(links.keeping(directory.id, "entry", slug, done="hidden" if hidden else "unhidden"), 303)


@blueprint.post("/<name>/entry/<slug>/erase")
@permission_required("erase")
def erase(name: str, slug: str) -> Page:
    """Erase a record; its number has to be typed once more."""
    directory, record = door.record_named(name, slug)
    form = request.form
    try:
        if form.get("number", "").strip() != slug:
            raise UsageError(f"要抹除的是 {slug}，您写的不是它。", remedy="请把条目编号原样写一遍。")
        erased = erasing.erase(desk().library, record.key, access.user(), form.get("ground", ""))
    except WenkuError as error:
        return _page(name, slug, error)
    return render_template("keeping/erased.html", directory=directory, key=record.key, erased=erased)


@blueprint.post("/-/compact")
@permission_required("erase")
def compact() -> Page:
    """Write over the room that erased records took, which was not possible at once."""
    return render_template("keeping/compacted.html", done=erasing.compact(desk().library))


def _page(name: str, slug: str, error: WenkuError | None = None) -> Page:
    directory, record = door.record_named(name, slug)
    page = render_template(
        "keeping/privacy.html",
        directory=directory,
        record=record,
        grounds=GROUNDS,
        chosen=request.form.get("ground", ""),
        error=error,
    )
    return page, error.http_status if error else 200
