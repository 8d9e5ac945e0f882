"""For people of the house: which names in the texts mean a record. Search proposes, a person decides."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive.directories import mentions, public, registry
from archive.directories.model import Directory, Key
from archive.directories.public import PublicRecord
from archive.errors import UsageError
from archive.urn import Urn, parse
from search.records import mentions as places
from web import access, links
from web.access import permission_required
from web.desk import desk
from web.directories import fields
from web.searching.finding import number

blueprint = Blueprint("mentions", __name__)

PLACES = 50
"""Places of one name in one work on a page."""
PROPOSED = 40
"""Proposals on a page; deciding them makes room for more."""
_MEANT = {"yes": True, "no": False}


@blueprint.get("/mentions/<name>/<slug>")
@permission_required("edit")
def show(name: str, slug: str) -> str:
    """What is proposed and what was decided; or every place of one name in one work."""
    directory, record = _record(name, slug)
    called, work = request.args.get("name", ""), request.args.get("work", "")
    if called and work:
        return _places(directory, record, called, work)
    decided = mentions.decided(desk().library, record.key)
    known = [(one.name, parse(one.target).work) for one in decided if not parse(one.target).edition]
    names = mentions.names(directory, record.values)
    proposals = list(places.proposals(desk().finder, names, known))
    return render_template(
        "directories/mentions.html",
        directory=directory,
        record=record,
        names=names,
        proposals=[(one, str(Urn(one.work)), _at(record.key, one.name, one.work)) for one in proposals[:PROPOSED]],
        more=max(0, len(proposals) - PROPOSED),
        decided=[(one, fields.named(one.target)) for one in decided],
    )


@blueprint.post("/mentions/<name>/<slug>")
@permission_required("edit")
def decide(name: str, slug: str) -> Response:
    """Write down what was decided."""
    _, record = _record(name, slug)
    form, who = request.form, access.user().login
    called, targets = form.get("name", ""), form.getlist("target")
    if form.get("act") == "forget":
        for target in targets:
            mentions.take_back(desk().library, record.key, called, target, who)
    elif form.get("act") not in _MEANT:
        raise UsageError("没有这种操作。", where=str(record.key), remedy="请回到上一页重新提交。")
    else:
        mentions.decide(desk().library, record.key, called, targets, who, meant=_MEANT[form["act"]])
    return redirect(links.mentions(record.key), 303)


def _places(directory: Directory, record: PublicRecord, called: str, work: str) -> str:
    """Every place of a name in a work, passage by passage, to be decided one by one."""
    page = number("page", "页码", 1, 1, 9_999)
    items = places.places(desk().finder, called, work, PLACES, page=page)
    entry = desk().entry(work)
    by_passage = [
        (f"{edition}:{ref}", list(held)) for (edition, ref), held in groupby(items, key=lambda i: (i.edition, i.ref))
    ]
    return render_template(
        "directories/places.html",
        directory=directory,
        record=record,
        called=called,
        work=entry.work,
        passages=by_passage,
        decided={one.target for one in mentions.decided(desk().library, record.key, meant=True) if one.name == called},
        earlier=_at(record.key, called, work, page - 1) if page > 1 else "",
        later=_at(record.key, called, work, page + 1) if len(items) == PLACES else "",
    )


def _at(key: Key, called: str, work: str, page: int = 1) -> str:
    return links.mentions(key, name=called, work=work, page=page if page > 1 else None)


def _record(name: str, slug: str) -> tuple[Directory, PublicRecord]:
    directory = registry.directory(desk().library, name)
    return directory, public.record(desk().library, directory, slug)
