"""The proofreading desk: who comes in, and which book and page they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from flask import Blueprint
from flask_wtf.csrf import CSRFError

from archive.errors import Forbidden, NotFound
from archive.model import Edition
from archive.transcription import store
from archive.transcription.model import Layout, Transcript
from archive.transcription.store import Kept, Sheet, Summary
from archive.urn import parse
from web import access
from web.desk import desk
from web.keeping import returning

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("proofreading", __name__, url_prefix="/proofreading")
blueprint.register_error_handler(CSRFError, returning.without_token)

FACTS = {"label": "页码", "juan": "卷", "leaf": "叶", "title": "版心书名", "head": "书眉"}
"""What a page says of itself, by field of `Facts`."""
_PLACE = re.compile(r"([1-9]\d{0,5})(b?)")


def reads(view: View) -> View:
    """Let in whoever may proofread."""

    @access.permission_required("proofread")
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        return view(*args, **values)

    return cast(View, guarded)


def book(name: str) -> Edition:
    """The edition a desk address names.

    Raises:
        NotFound: this reader knows no such edition.
        Forbidden: its text or its pictures are not for this reader.
    """
    urn = parse(f"urn:cts:hengyang:{name}")
    if not urn.edition:
        raise NotFound("校对台上的书按版本分列。", where=name, remedy="请从校对台的书目进入。")
    edition = desk().edition(urn)
    if not (desk().shows(edition, "text") and desk().shows(edition, "scans")):
        raise Forbidden("这部书的文字或书影不对您开放。", where=edition.urn, remedy="需要时请找管理员。")
    return edition


def place(told: str) -> tuple[int, int]:
    """Sheet and side of an address: `12`, `12b`.

    Raises:
        NotFound: it names no page.
    """
    part = _PLACE.fullmatch(told)
    if part is None:
        raise NotFound("没有这一面。", where=told[:20], remedy="请从校对台的书目进入。")
    return int(part[1]) - 1, int(bool(part[2]))


def sheet_of(edition: Edition, number: int) -> Sheet:
    """A source picture of an edition.

    Raises:
        NotFound: there is none of that number.
    """
    for sheet in store.sheets(desk().library, edition.id):
        if sheet.number == number:
            return sheet
    raise NotFound(f"这个版本没有第 {number + 1} 面书影。", where=edition.urn, remedy="请从校对台的书目进入。")


def kept(edition: Edition, number: int, side: int, revision: int | None = None) -> Kept:
    """A page as it stands, or in a revision; one that nobody has read begins empty, as revision 0.

    Raises:
        NotFound: there is no such page or revision.
    """
    try:
        return store.page(desk().library, edition.id, number, side, revision)
    except NotFound:
        sheet = sheet_of(edition, number)
        if revision or side:
            raise
    return Kept(edition.id, number, 0, 0, "unread", blank(edition, number), sheet.image, 0, "", "", "", "", "")


def blank(edition: Edition, number: int) -> Transcript:
    """A page without words, as large as its picture; of some size where that is unknown."""
    sheet = sheet_of(edition, number)
    layout: Layout = "vertical" if edition.vertical else "horizontal"
    return Transcript(sheet.width or 1000, sheet.height or 1400, layout=layout)


class Around(NamedTuple):
    """A page among its neighbours; `waiting` is the next to be proofread, after this one or else from the first."""

    page: Summary
    before: Summary | None
    after: Summary | None
    waiting: Summary | None


def around(edition: Edition, number: int, side: int) -> Around:
    """A page's summary and those of the pages around it.

    Raises:
        NotFound: there is no such page.
    """
    pages = store.pages(desk().library, edition.id)
    at = next((n for n, one in enumerate(pages) if (one.sheet, one.side) == (number, side)), None)
    if at is None:
        raise NotFound(f"这个版本没有第 {number + 1} 面书影。", where=edition.urn, remedy="请从校对台的书目进入。")
    others = (*pages[at + 1 :], *pages[:at])
    waiting = next((one for one in others if one.state in ("unread", "problem")), None)
    return Around(pages[at], pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None, waiting)
