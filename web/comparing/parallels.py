"""Parallel passages: where else the library has the words of a passage, a section or a work, what differs marked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from archive.errors import Busy, UsageError
from archive.model import Edition
from archive.reading import Outline
from archive.urn import Urn, parse
from search import files
from search.parallels import table as tables
from search.parallels.items import KINDS, Item, Side
from search.parallels.parallel import (
    DATINGS,
    LIGHT,
    ORDERS,
    RELATIONS,
    Book,
    Order,
    Parallels,
    Relation,
    Share,
    letters_of,
    order_named,
    parallels,
)
from web import links
from web.desk import desk
from web.paging import pages
from web.reading.screen import lang
from web.reading.typeset import Line, Setting, typeset
from web.searching import finding

blueprint = Blueprint("parallels", __name__)

SIZE = 20
LARGEST = 200_000
"""Letters of a text that are compared on the site; a larger one is compared section by section."""
SHOWN = 120
"""Letters of either side shown of a longer parallel."""
_READ = 2_000
"""Characters of the passage itself that are shown."""
_PARTS = 300
_SHARES = 15
_KEPT = 16
"""Answers kept for the next page of them."""
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 20
"""Seconds that a visitor waits for others' comparing to end."""

_kept: OrderedDict[tuple[object, ...], Parallels] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    `edition` is the URN of the only edition wanted, if one is. `within` are the texts that the reader has chosen to
    work in, as of a search.
    """

    urn: Urn
    within: finding.Wanted
    relation: Relation
    edition: str
    light: bool
    order: Order
    page: int

    def href(self, **changes: object) -> str:
        """The address with `changes`; it begins again at the first page."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        own = {
            "relation": changed.relation if changed.relation != "other" else "",
            "edition": changed.edition,
            "light": "1" if changed.light else "",
            "order": changed.order if changed.order != "weight" else "",
            "page": str(changed.page) if changed.page > 1 else "",
        }
        pairs = [*changed.within.pairs, *((name, value) for name, value in own.items() if value)]
        return f"{links.parallels(changed.urn)}{f'?{urlencode(pairs)}' if pairs else ''}"

    def file(self, form: str) -> str:
        """The address of all of them as a file."""
        address = self.href()
        return f"{address}{'&' if '?' in address else '?'}format={form}"


class Part(NamedTuple):
    """A subsection of what is compared, where its own parallels are, and how many begin in it; 0 if nobody counted."""

    title: str
    href: str
    places: int


class Shown(NamedTuple):
    """A parallel on the page: where each side is read, and what stands beside its name."""

    item: Item
    here: str
    there: str
    dating: str


@blueprint.get("/parallels/<path:tail>")
def show(tail: str) -> Answer | str:
    """The parallels of what a URN names; `?format=` gives them all as a file."""
    urn = parse(tail.replace("/", ":", 1) if ":" not in tail else tail)
    edition = desk().edition(urn)
    if not urn.edition:
        return redirect(links.parallels(replace(urn, edition=parse(edition.urn).edition), **request.args.to_dict()))
    asked = _asked(urn)
    if letters_of(desk().library, urn, staff=desk().staff) > LARGEST:
        return _page(asked, edition, None)
    found = _found(asked)
    if form := request.args.get("format"):
        return _file(asked, found, files.named(tables.FORMATS, form))
    return _page(asked, edition, found)


def _asked(urn: Urn) -> Asked:
    relation = request.args.get("relation") or "other"
    chosen = next((one for one in RELATIONS if one == relation), None)
    if chosen is None:
        raise UsageError(f"没有“{relation[:20]}”这一类。", remedy=f"可用：{'、'.join(RELATIONS)}。")
    return Asked(
        urn,
        finding.Wanted(limits=finding.limits(), name=finding.name()),
        chosen,
        request.args.get("edition", ""),
        request.args.get("light") == "1",
        order_named(request.args.get("order") or "weight"),
        finding.number("page", "页码", 1, 1, 999_999),
    )


def _found(asked: Asked) -> Parallels:
    """The parallels, or what was found before if the library has not changed since.

    Raises:
        Busy: too many others are comparing.
    """
    at_desk = desk()
    key = (at_desk.folder, at_desk.library.change_number(), at_desk.staff, asked.urn, asked.within.scope)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Busy("正在比对的人太多。", remedy="请过一会儿再试。")
    try:
        found = parallels(at_desk.library, asked.urn, asked.within.scope, staff=at_desk.staff)
    finally:
        _AT_ONCE.release()
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def _page(asked: Asked, edition: Edition, found: Parallels | None) -> str:
    """The page; without parallels, only the subsections to choose from."""
    outline = desk().outline(edition)
    is_passage = outline.holds(asked.urn.ref)
    section = asked.urn.ref
    if is_passage:
        section = desk().library.passage(replace(asked.urn, revision=None)).section
    return render_template(
        "parallels/parallels.html",
        asked=asked,
        work=desk().library.work(edition.work_id),
        edition=edition,
        lang=lang(edition),
        is_passage=is_passage,
        trail=outline.lineage(section),
        read=links.target(str(asked.urn)),
        found=found,
        largest=LARGEST,
        everywhere=finding.Wanted(),
        parts=[] if is_passage else _parts(asked, outline, found),
        kinds=KINDS,
        formats=[(kind.label, asked.file(name)) for name, kind in tables.FORMATS.items()],
        **(_told(asked, edition, found, is_passage) if found else {}),
    )


def _told(asked: Asked, edition: Edition, found: Parallels, is_passage: bool) -> dict[str, object]:
    """What the page says of the parallels."""
    which = found.which(relation=asked.relation, edition=asked.edition or None, light=asked.light, order=asked.order)
    whole = found.which(relation=asked.relation, light=asked.light)
    shown = which[(asked.page - 1) * SIZE : asked.page * SIZE]
    width = desk().config.search.context
    items = [_shown(book, item) for book, item in found.with_books(desk().library, shown, width=width, longest=SHOWN)]
    shares = found.shares(whole)
    counts = {name: len(found.which(relation=name, light=asked.light)) for name in RELATIONS}
    everything = found.which(relation=asked.relation, edition=asked.edition or None, light=True)
    last = max(1, -(-len(which) // SIZE))
    return {
        "lines": _lines(asked, edition, found) if is_passage else (),
        "total": len(which),
        "items": items,
        "first": (asked.page - 1) * SIZE + 1,
        "few": shares[:_SHARES],
        "more": shares[_SHARES:],
        "chosen": next((share for share in shares if share.book.edition.urn == asked.edition), None),
        "told_of": _told_of,
        "tabs": [
            (RELATIONS[name], count, asked.href(relation=name, edition=""), name) for name, count in counts.items()
        ],
        "orders": [(label, asked.href(order=name), name == asked.order) for name, label in ORDERS.items()],
        "light": int((found.columns.weight[everything] < LIGHT).sum()),
        "last": last,
        "pages": pages(asked.page, last, lambda page: asked.href(page=page)),
    }


def _shown(book: Book, item: Item) -> Shown:
    return Shown(item, _address(item.source), _address(item.target), DATINGS[book.dating] if book.dating else "")


def _address(side: Side) -> str:
    return links.target(side.urn)


def _told_of(share: Share) -> str:
    """What is known of a book besides its title."""
    author = (
        f"〔{share.book.work.dynasty}〕{share.book.work.author}" if share.book.work.dynasty else share.book.work.author
    )
    parts = (author, DATINGS[share.book.dating] if share.book.dating else "")
    return "，".join(filter(None, parts))


def _lines(asked: Asked, edition: Edition, found: Parallels) -> tuple[Line, ...]:
    """The passage itself, what has parallels in it marked."""
    passage = desk().library.passage(asked.urn)
    start = asked.urn.start or 0
    end = len(passage.text) if asked.urn.end is None else asked.urn.end
    which = found.which(relation=asked.relation, edition=asked.edition or None, light=asked.light)
    setting = Setting(
        edition,
        hits=found.covered(desk().library, passage, which),
        window=(start, min(end, start + _READ)),
        page_before=passage.page_at(start),
        staff=desk().staff,
    )
    return typeset(passage, setting)


def _parts(asked: Asked, outline: Outline, found: Parallels | None) -> list[Part]:
    """The subsections of what is compared, those that share nothing left out where that is known."""
    counted = found.by_section(found.which(relation=asked.relation, light=asked.light)) if found else []
    parts = []
    for child in outline.children(asked.urn.ref)[:_PARTS]:
        inside = (n for path, _, n in counted if f"{path}.".startswith(f"{child.path}."))
        places = sum(inside)
        if places or not found:
            href = asked.href(urn=replace(asked.urn, ref=child.path), edition="")
            parts.append(Part(child.title or "（无题）", href, places))
    return parts


def _file(asked: Asked, found: Parallels, kind: files.Format[Any]) -> Response:
    which = found.which(relation=asked.relation, edition=asked.edition or None, light=asked.light, order=asked.order)
    chunks: Iterator[bytes] = kind.chunks(desk().library, found, which)
    # The first piece is made before the answer begins, so that what goes wrong at once is told as an error.
    answer = Response(chain([next(chunks, b"")], chunks), mimetype=kind.media_type)
    stem = f"parallels-{asked.urn.work}.{asked.urn.edition}-{asked.urn.ref or 'all'}".replace(".", "-")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}{kind.suffix}"'
    return answer
