"""All directories, the records of one as its keepers see them, and the page of one record with its history."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from archive.accounts import Accounts
from archive.directories import invitations, listing, records, registry, staging, values
from archive.directories import links as ties
from archive.directories.import_jobs import Jobs
from archive.directories.listing import STANDINGS
from archive.directories.model import Directory, Key
from archive.directories.records import Record, Version
from archive.directories.values import Change
from archive.errors import NotFound, WenkuError
from archive.review import STEPS, Review
from web import links
from web.desk import desk
from web.directories import portraits
from web.keeping import door, showing
from web.keeping.door import blueprint, housed
from web.searching.finding import number

LISTED = 50
"""Records on a page."""
LAST = 99_999
POINTING = 50
"""Records that point to one and are listed on its page."""
OPEN = ("draft", "returned", "changed", "withdrawn")
"""Standings from which a record can be sent to review."""
_PHOTO = "（照片）"
Page = str | Response | tuple[str, int]


@blueprint.get("/")
@housed
def index() -> Page:
    """Every directory, with how many of its records stand where; what was kept aside too long goes."""
    library = desk().library
    staging.sweep(library)
    Jobs(library.folder).sweep()
    shelves = [(one, listing.counts(library, one)) for one in registry.in_force(library).values()]
    return render_template("keeping/index.html", shelves=shelves, standings=STANDINGS, may_edit=door.may("edit"))


@blueprint.get("/<name>/")
@housed
def shelf(name: str) -> Page:
    """The records of a directory."""
    directory = door.directory_named(name)
    words, standing = request.args.get("q", "").strip()[:100], request.args.get("standing", "")
    page = number("page", "页码", 1, 1, LAST)
    library = desk().library
    found = listing.listed(
        library, directory, standing=standing, words=words, limit=LISTED + 1, offset=(page - 1) * LISTED
    )
    counts = listing.counts(library, directory, words=words)
    asked = {"q": words, "standing": standing}
    return render_template(
        "keeping/shelf.html",
        directory=directory,
        records=found[:LISTED],
        counts=counts,
        total=sum(counts.values()),
        standings=STANDINGS,
        asked=asked,
        names=people(),
        earlier=links.keeping(name, **asked, page=page - 1) if page > 1 else "",
        later=links.keeping(name, **asked, page=page + 1) if len(found) > LISTED else "",
        may_edit=door.may("edit"),
        may_rule=door.may(door.RULING),
    )


@blueprint.get("/<name>/entry/<slug>")
@housed
def entry(name: str, slug: str) -> Page:
    """One record."""
    return entry_page(*door.record_named(name, slug))


def entry_page(directory: Directory, record: Record, error: WenkuError | None = None, link: str = "") -> Page:
    """The page of a record; `link` is a self-service link just made, which is never shown again."""
    library, fields = desk().library, door.seen(directory)
    stands = listing.standing(library, record.key)
    review = Review(library).state(stands.subject) if stands else None
    known = {one.key for one in fields}
    page = render_template(
        "keeping/entry.html",
        directory=directory,
        record=record,
        stands=stands,
        groups=list(showing.told(directory, fields, record)),
        lacking=values.lacking(directory, record.values),
        review=review if review and review.version else None,
        steps=STEPS,
        names=people(),
        history=[_seen(directory, one, known) for one in reversed(records.history(library, directory, record.key))],
        pointing=ties.incoming(library, record.key, staff=True, limit=POINTING),
        may_edit=door.may("edit") and not record.merged_into,
        may_submit=door.may("edit") and stands is not None and stands.standing in OPEN,
        may_erase=door.may("erase"),
        longest_days=invitations.LONGEST_DAYS,
        link=link,
        error=error,
        done=request.args.get("done", "") if request.method == "GET" else "",
    )
    return page, error.http_status if error else 200


@blueprint.get("/<name>/entry/<slug>/photo/<field>")
@housed
def photo(name: str, slug: str, field: str) -> Response:
    """A photo of a record, in the version `v`; the latest without."""
    directory = door.directory_named(name)
    version = number("v", "版次", 0, 0, LAST)
    record = records.record(desk().library, Key(directory.id, slug), version or None)
    declared = next((one for one in door.seen(directory) if one.key == field and one.kind == "photo"), None)
    if declared is None or field not in record.values:
        raise NotFound("这一条没有照片。", where=str(record.key))
    return portraits.answer(desk().library, record.values[field])


def people() -> dict[str, str]:
    """Names by login, and what stands for those who have none."""
    return Accounts(desk().library).names()


def _seen(directory: Directory, version: Version, known: set[str]) -> Version:
    """A version with the changes of the fields one may see; of a photo, that there is one."""
    photos = {one.key for one in directory.fields if one.kind == "photo"}
    changes = tuple(
        Change(one.field, one.label, one.before and _PHOTO, one.after and _PHOTO) if one.field in photos else one
        for one in version.changes
        if one.field in known
    )
    return Version(version.number, version.at, version.who, version.why, version.source, changes)
