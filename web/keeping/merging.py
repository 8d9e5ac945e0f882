"""Records that may be the same: proposed by their names, compared side by side, put together or told apart by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import apart, store, values
from archive.directories.model import Directory, Field, Value, Values, parse_key
from archive.directories.records import Record
from archive.directories.store import Changed, Edit
from archive.errors import UsageError, WenkuError
from search.records import duplicates
from web import access, links
from web.desk import desk
from web.keeping import door
from web.keeping.door import blueprint, inside
from web.keeping.shelves import people

LISTED = 200
"""Pairs on the page."""
WAYS = {"mine": "保留左边", "other": "采用右边", "both": "两边都要"}
"""What may become of a field in which the two differ; `both` only where a field takes several values."""
Page = str | Response | tuple[str, int]
_ACTS = {"apart": apart.tell, "back": apart.take_back}


class Side(NamedTuple):
    """A field of two records side by side: what each says, the ways there are, and which is chosen."""

    field: Field
    mine: str
    other: str
    ways: dict[str, str]
    chosen: str


@blueprint.get("/<name>/duplicates")
@inside
def alike(name: str) -> Page:
    """Records that resemble each other, and those somebody has told apart."""
    directory = door.directory_named(name)
    pairs = duplicates.pairs(desk().library, directory)
    judged = apart.listed(desk().library, directory)
    return render_template(
        "keeping/duplicates.html",
        directory=directory,
        pairs=pairs[:LISTED],
        total=len(pairs),
        judged=judged[:LISTED],
        judged_total=len(judged),
        listed=LISTED,
        names=people(),
    )


@blueprint.post("/<name>/duplicates")
@inside
def judge(name: str) -> Page:
    """Tell two records apart, or take that back."""
    directory = door.directory_named(name)
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        raise UsageError("没有这种操作。", where=directory.id, remedy="请回到上一页重新提交。")
    one, other = (parse_key(f"{directory.id}/{request.form.get(side, '')}") for side in ("one", "other"))
    act(desk().library, one, other, access.user().login)
    return redirect(links.keeping(name, "duplicates"), 303)


@blueprint.get("/<name>/merge/<slug>/<other>")
@inside
def compare(name: str, slug: str, other: str) -> Page:
    """Two records side by side."""
    return _page(name, slug, other)


@blueprint.post("/<name>/merge/<slug>/<other>")
@inside
def merge(name: str, slug: str, other: str) -> Page:
    """Put them together: the first gets the values chosen, the second points to it from now on."""
    directory, kept = door.record_named(name, slug)
    _, gone = door.record_named(name, other)
    form = request.form
    try:
        if (form.get("base"), form.get("base_other")) != (str(kept.version), str(gone.version)):
            raise UsageError("其中一条已有新的改动。", remedy="没有合并；请对照现在的内容再定。")
        full = _joined(directory, kept.values, gone.values)
        store.merge(
            desk().library,
            directory,
            Changed(kept.key, kept.version, full),
            Changed(gone.key, gone.version, dict(gone.values)),
            Edit(access.user().login, f"并入 {gone.key}"),
        )
    except WenkuError as error:
        return _page(name, slug, other, error)
    return redirect(links.keeping(name, "entry", slug, done="merged"), 303)


def _page(name: str, slug: str, other: str, error: WenkuError | None = None) -> Page:
    directory, mine = door.record_named(name, slug)
    _, theirs = door.record_named(name, other)
    page = render_template(
        "keeping/merge.html",
        directory=directory,
        mine=mine,
        other=theirs,
        sides=[_side(one, mine, theirs) for one in directory.fields if one.key in {*mine.values, *theirs.values}],
        error=error,
    )
    return page, error.http_status if error else 200


def _side(one: Field, mine: Record, other: Record) -> Side:
    here, there = (record.values.get(one.key) for record in (mine, other))
    ways = {} if here == there else {way: label for way, label in WAYS.items() if way != "both" or one.repeatable}
    if not here or not there:
        ways.pop("both", None)
    chosen = request.form.get(f"f.{one.key}") or ("mine" if here is not None else "other")
    return Side(one, _words(one, here), _words(one, there), ways, chosen)


def _joined(directory: Directory, mine: Mapping[str, Value], other: Mapping[str, Value]) -> Values:
    """The values chosen, field by field.

    Raises:
        UsageError: no choice, or none there is, for a field in which the two differ.
    """
    found: Values = {}
    for one in directory.fields:
        here, there = mine.get(one.key), other.get(one.key)
        way = "mine" if here == there else request.form.get(f"f.{one.key}", "")
        if way not in WAYS or (way == "both" and not one.repeatable):
            raise UsageError(f"“{one.label}”没有选定。", remedy="请逐项选定。")
        value = {"mine": here, "other": there}.get(way)
        if way == "both":
            value = [*(here or ()), *(item for item in there or () if item not in (here or ()))]
        if value is not None:
            found[one.key] = value
    return found


def _words(one: Field, value: Value | None) -> str:
    return ("（照片）" if value else "") if one.kind == "photo" else values.show(one, value)
