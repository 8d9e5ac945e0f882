"""What there is to proofread: the books with scans, the pages of one; how far each is, by colour, height and word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from flask import render_template, request

from archive import jobs
from archive.accounts import Accounts
from archive.errors import UsageError
from archive.jobs import OPEN, Job
from archive.model import Edition
from archive.transcription import store, worklists
from archive.transcription.model import STATES
from archive.transcription.store import Summary
from web.desk import desk
from web.proofreading import door
from web.proofreading.door import blueprint
from web.searching.finding import number

LISTED = 100
"""Pages of a book on one page of its list."""
SHELVED = 15
"""Books on a page."""
BARS, FEW_BARS = 240, 60
"""Bars of a strip at most, alone and among others; a longer book shows in each bar the page that is least far."""
_HEIGHTS = {"failed": 2, "waiting": 2, "empty": 3, "unread": 4, "problem": 6, "proofread": 8, "validated": 10}
"""Height of a bar, of 10: how far its page is."""
STANDINGS = {name: look.label for name, look in STATES.items()} | {"waiting": "未识别", "failed": "读不出"}
"""States, and what a page that nobody has read is called."""
ORDERS = {"doubt": "存疑多的在前", "page": "按页序"}


class Bar(NamedTuple):
    """Pages next to one another that are equally far: `x` and `width` in pages."""

    x: int
    width: int
    standing: str
    height: int
    told: str


class Shelved(NamedTuple):
    """A book in the list."""

    book: worklists.Book
    bars: list[Bar]
    job: Job | None
    told: str


@blueprint.get("/")
@door.reads
def index() -> str:
    """The books with scans, those with most left to do first."""
    library = desk().library
    books = [one for one in worklists.books(library) if _shown(one.edition)]
    page = number("page", "页码", 1, 1, 9_999)
    under_way = {one.edition_id: one for one in jobs.jobs(library, states=tuple(OPEN))}
    some = books[(page - 1) * SHELVED : page * SHELVED]
    return render_template(
        "proofreading/index.html",
        books=[_shelved(one, under_way.get(one.edition.id)) for one in some],
        total=len(books),
        page=page,
        more=page * SHELVED < len(books),
        states=STATES,
        standings=STANDINGS,
    )


@blueprint.get("/book/<name>/")
@door.reads
def pages(name: str) -> str:
    """The pages of a book: those that failed and the doubtful first, or in order; of one state if asked."""
    edition = door.book(name)
    library = desk().library
    asked, order = request.args.get("state", ""), request.args.get("order", "doubt")
    if (asked and asked not in STANDINGS) or order not in ORDERS:
        raise UsageError("没有这种排列。", remedy="请从书的页目重新选择。")
    everything = store.pages(library, edition.id)
    found = [
        one
        for one in worklists.pages(library, edition.id, by_doubt=order == "doubt")
        if not asked or standing(one) == asked
    ]
    page = number("page", "页码", 1, 1, 99_999)
    counts = {name: sum(standing(one) == name for one in everything) for name in STANDINGS}
    return render_template(
        "proofreading/pages.html",
        edition=edition,
        work=library.work(edition.work_id),
        pages=found[(page - 1) * LISTED : page * LISTED],
        total=len(everything),
        counts={name: many for name, many in counts.items() if many},
        bars=bars(everything),
        jobs=jobs.jobs(library, edition_id=edition.id, limit=3),
        asked=asked,
        order=order,
        orders=ORDERS,
        page=page,
        more=page * LISTED < len(found),
        states=STATES,
        standings=STANDINGS,
        standing=standing,
        names=Accounts(library).names(),
    )


def standing(page: Summary) -> str:
    """A page's state, or that nobody has read it, or could."""
    return ("failed" if page.error else "waiting") if not page.revision else page.state


def bars(pages: Sequence[Summary], most: int = BARS) -> list[Bar]:
    """The strip of a book."""
    per = -(-len(pages) // most) or 1
    shown = [
        min(map(standing, pages[at : at + per]), key=lambda one: _HEIGHTS[one]) for at in range(0, len(pages), per)
    ]
    found, at = [], 0
    for name, run in groupby(shown):
        width = min(len(list(run)) * per, len(pages) - at)
        span = f"第 {at + 1}–{at + width} 面" if width > 1 else f"第 {at + 1} 面"
        found.append(Bar(at, width, name, _HEIGHTS[name], f"{span}：{STANDINGS[name]}"))
        at += width
    return found


def _shelved(book: worklists.Book, job: Job | None) -> Shelved:
    counts = [*book.states.items(), ("waiting", book.waiting), ("failed", book.failed)]
    told = f"共 {book.pages} 页：" + "，".join(f"{STANDINGS[name]} {many}" for name, many in counts if many)
    return Shelved(book, bars(store.pages(desk().library, book.edition.id), FEW_BARS), job, told)


def _shown(edition: Edition) -> bool:
    return desk().shows(edition, "text") and desk().shows(edition, "scans")
