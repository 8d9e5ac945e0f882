"""Self-service: a link by which one person, without an account, fills in one's own entry, once.

The page holds its address back from whatever it leads to, no robot keeps it, and it shows no internal value that is
already there. What comes is a draft like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, make_response, render_template, request
from flask import Response as Answer
from werkzeug.wrappers import Response

from archive.directories import invitations, photos, registry, staging, values
from archive.directories.invitations import Invitation
from archive.directories.model import Directory, Field, Values
from archive.errors import Conflict, UsageError, WenkuError
from archive.writer import writing
from web import access, links
from web.access import permission_required, takes
from web.desk import desk
from web.directories import portraits
from web.keeping import door, editing, offers
from web.keeping.filling import Filling
from web.keeping.shelves import entry_page

blueprint = Blueprint("selfservice", __name__)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
}
DAYS = 14
_SEND = "send"
Page = str | Response | tuple[str, int]


@door.blueprint.post("/<name>/entry/<slug>/invite")
@permission_required("edit")
def invite(name: str, slug: str) -> Page:
    """Make a link; it is shown on this answer and never again."""
    directory, record = door.record_named(name, slug)
    asked = request.form.get("days", "").strip()
    try:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4):
            raise UsageError("有效期应写天数。", remedy=f"如 {DAYS}。")
        token = invitations.invite(desk().library, record.key, access.user().login, days=int(asked))
    except WenkuError as error:
        return entry_page(directory, record, error)
    return entry_page(directory, record, link=links.absolute(links.fill(token)))


@blueprint.get("/fill/<token>")
def show(token: str) -> Response:
    """The form of one's own entry."""
    invitation, directory, fields = _opened(token)
    return _page(token, invitation, Filling.of(directory, fields, invitation.values, invitation.filled))


@blueprint.post("/fill/<token>")
@takes(editing.LARGEST)
def send(token: str) -> Response:
    """Take the entry, or give the form back."""
    invitation, directory, fields = _opened(token)
    filling = Filling.sent(directory, fields, request.form, invitation.filled)
    editing.take_photos(filling, invitation.values)
    do = request.form.get("do", "")
    if filling.act(do, partial(offers.look, staff=False)) or do == "photo":
        return _page(token, invitation, filling)
    given = _given(filling, invitation)
    if filling.wrong or do != _SEND:
        return _page(token, invitation, filling)
    library = desk().library
    try:
        with writing(library):
            invitations.answer(library, registry.in_force(library), token, given)
            editing.adopt_photos(fields, given, invitation.values)
    except Conflict:
        what = "本馆在您填写期间改过这一条，没有提交。"
        error = Conflict(what, remedy="您填的内容都还在下面，请先保存好，并与发链接的人联系，换一个新链接。")
        return _page(token, invitation, filling, error)
    except UsageError as error:
        return _page(token, invitation, filling, error)
    return make_response(render_template("keeping/filled.html", directory=directory, title=invitation.title))


@blueprint.get("/fill/<token>/<sha256>.jpg")
def photo(token: str, sha256: str) -> Response:
    """The photo in the form: the entry's own, or one just sent."""
    invitation, _, _ = _opened(token)
    library = desk().library
    if sha256 in invitation.values.values():
        return portraits.answer(library, sha256)
    return Response(portraits.small(staging.staged(library, sha256)), mimetype=photos.MEDIA_TYPE)


def _opened(token: str) -> tuple[Invitation, Directory, Sequence[Field]]:
    """What a link leads to: all fields, for what is internal stays so.

    Raises:
        NotFound, Gone: nowhere, or no longer.
    """
    library = desk().library
    found = registry.in_force(library)
    invitation = invitations.opened(library, found, token)
    directory = found[invitation.key.directory]
    return invitation, directory, directory.fields


def _given(filling: Filling, invitation: Invitation) -> Values:
    """The values, judged, with what is required and missing noted."""
    checked = filling.check()
    there = {**dict.fromkeys(invitation.filled), **checked.values}
    filling.note(values.lacking(filling.directory, there))
    return checked.values


def _page(token: str, invitation: Invitation, filling: Filling, error: WenkuError | None = None) -> Response:
    page = render_template(
        "keeping/fill.html",
        token=token,
        invitation=invitation,
        directory=filling.directory,
        filling=filling,
        groups=list(filling.groups()),
        photo_of=lambda one, sha256: f"{links.fill(token)}/{sha256}.jpg",
        error=error,
    )
    return make_response(page, error.http_status if error else 400 if filling.wrong else 200)


@blueprint.after_request
def hold_back(answer: Answer) -> Answer:
    """Hold the address back, whatever the answer: to a link that has been used, too."""
    answer.headers.update(HEADERS)
    return answer
