"""One page on the desk: its picture beside its text, line by line, and everything a person does to it.

What was typed always comes back: after a button of a line, after a mistake, after somebody else's save.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive import pages
from archive.accounts import Accounts
from archive.errors import NotFound, UsageError, WenkuError
from archive.model import Edition
from archive.transcription import states, store
from archive.transcription.meeting import Met
from archive.transcription.model import LAYOUTS, ROLES, STATES, Line, State
from archive.transcription.store import Kept, Stale
from search.reading_aids.characters import Characters
from search.reading_aids.quotations import Reading, readings
from web import access, links
from web.access import takes
from web.desk import desk
from web.keeping import returning
from web.proofreading import bench, door, doubts, shots
from web.proofreading.bench import LONGEST_FACT, LONGEST_WHY, Bench
from web.proofreading.door import FACTS, blueprint
from web.proofreading.doubts import Doubt, Part
from web.proofreading.rows import CUT, STEP, Row
from web.proofreading.shots import Shot
from web.reading.screen import lang

LARGEST = 1 << 21
"""Bytes of a form."""
Page = str | Response | tuple[str, int]
# Lengths of the longest line up to which each size of type is used.
_SIZES = ((26, "large"), (34, "medium"), (46, "small"))


class Shown(NamedTuple):
    """A line as the desk shows it. `told`: its doubts in words."""

    row: Row
    line: Line
    shot: Shot
    parts: list[Part]
    doubts: tuple[Doubt, ...]
    told: str


@blueprint.get("/book/<name>/<told>")
@door.reads
def show(name: str, told: str) -> Page:
    """The page as it stands."""
    edition = door.book(name)
    return _page(bench.of(edition, door.kept(edition, *door.place(told))))


@blueprint.post("/book/<name>/<told>")
@takes(LARGEST)
@returning.keeps_what_was_typed
@door.reads
def act(name: str, told: str) -> Page:
    """Do what a button says: change a line of the form, or save the page."""
    edition = door.book(name)
    number, side = door.place(told)
    one = bench.sent(edition, number, side)
    do = request.form.get("do", "save")
    try:
        if one.rows.act(do) or do == "quotations":
            return _page(one)
        return _save(one, do)
    except Stale as stale:
        return _met(one, stale)
    except WenkuError as error:
        return _page(one, error)


@blueprint.get("/book/<name>/<told>/picture")
@door.reads
def picture(name: str, told: str) -> Response:
    """The page's picture."""
    edition = door.book(name)
    held = door.kept(edition, *door.place(told))
    if not held.picture:
        raise NotFound("这一面没有书影。", where=edition.urn)
    library = desk().library
    media_type = pages.media_type(library, held.picture) or "image/png"
    answer = Response(library.originals.get(held.picture), mimetype=media_type)
    answer.set_etag(held.picture)
    return answer


def _save(one: Bench, do: str) -> Page:
    name, _, told = do.partition(":")
    state = next((known for known in STATES if known == told), None)
    if name != "save" or (told and state is None):
        raise UsageError("没有这种操作。", remedy="请回到校对页重新操作。")
    held = one.kept
    transcript = one.transcript()
    if not held.revision:
        transcript = replace(transcript, engine=access.user().login)
    saved = store.save(
        desk().library,
        one.edition.id,
        held.sheet,
        held.side,
        transcript,
        based_on=held.revision,
        who=access.user(),
        why=one.why,
        state=state,
    )
    return redirected(one.edition, held, "same" if saved.revision == held.revision else "saved")


def redirected(edition: Edition, held: Kept, done: str) -> Response:
    """To the page on the desk, which says what was done: `saved`, or the `same` as before."""
    return redirect(links.proof(edition, held.sheet, held.side, done=done), 303)


def with_lines(edition: Edition, held: Kept, lines: Sequence[Line], why: str) -> Page:
    """The desk with lines that came from elsewhere in its form, not saved yet."""
    return _page(bench.of_lines(edition, held, lines, why))


def met_elsewhere(edition: Edition, held: Kept, lines: Sequence[Line], why: str, stale: Stale) -> Page:
    """The desk after a save from elsewhere met somebody else's."""
    return _met(bench.of_lines(edition, held, lines, why), stale)


def _met(mine: Bench, stale: Stale) -> Page:
    """The form after somebody else's save, with both sides' changes."""
    both, met = bench.met(mine, stale)
    return _page(both, stale, met)


def _page(one: Bench, error: WenkuError | None = None, met: Sequence[Met] = ()) -> Page:
    held, rows, edition = one.kept, one.rows, one.edition
    near = door.around(edition, held.sheet, held.side)
    me = access.user()
    shown = _shown(one)
    work = desk().library.work(edition.work_id)
    page = render_template(
        "proofreading/sheet.html",
        work=work,
        edition=edition,
        lang=lang(edition),
        page=near.page,
        held=held,
        shown=shown,
        stacks=_stacks(shown) if rows.vertical else [],
        picture=picture_of(edition, held),
        vertical=rows.vertical,
        layout=one.layout,
        size=_size(shown),
        facts=one.facts,
        why=one.why,
        focus=rows.focus,
        before=near.before,
        after=near.after,
        waiting=near.waiting,
        doubtful=sum(len(line.doubts) or bool(line.told) for line in shown),
        barred=_barred(held, me.login),
        names=Accounts(desk().library).names(),
        reading=_reading(edition, near.page.label),
        roles=ROLES,
        states=STATES,
        layouts=LAYOUTS,
        fact_names=FACTS,
        longest_fact=LONGEST_FACT,
        longest_why=LONGEST_WHY,
        cut=CUT,
        step=STEP,
        quotations=_quotations(one)
        if {"quoting", "quotations"} & {*request.form, request.form.get("do", "")}
        else None,
        met=met,
        error=error,
    )
    return page, error.http_status if error else 200


def _shown(one: Bench) -> list[Shown]:
    lines = one.rows.lines()
    page = one.kept.transcript
    answered = one.kept.state in states.SEEN
    found = {} if answered else doubts.doubts_of(replace(page, lines=lines), _characters(one.edition))
    shown = []
    for number, (row, line, shot) in enumerate(zip(one.rows.rows, lines, shots.shots(lines, page), strict=True)):
        of_line = found.get(number, ())
        all_of_it = not answered and doubts.whole(line)
        told = doubts.told(of_line, line, all_of_it)
        shown.append(Shown(row, line, shot, doubts.parts(line.text, of_line, all_of_it), of_line, told))
    return shown


def _stacks(shown: Sequence[Shown]) -> list[list[int]]:
    """Numbers of the lines that stand on each column of the page."""
    found: list[list[int]] = []
    for number, one in enumerate(shown):
        if found and one.row.same:
            found[-1].append(number)
        else:
            found.append([number])
    return found


def _quotations(one: Bench) -> tuple[Reading, ...]:
    """Where the library has the page's words already; nothing if its text cannot be had now."""
    page = replace(one.kept.transcript, lines=one.rows.lines())
    try:
        return readings(desk().library, page, one.edition, staff=desk().staff)
    except WenkuError:
        return ()


def _characters(edition: Edition) -> Characters | None:
    """What the library knows of characters and their neighbours; nothing if its text cannot be had now."""
    try:
        return Characters(desk().library, edition, staff=desk().staff)
    except WenkuError:
        return None


def picture_of(edition: Edition, held: Kept) -> shots.Picture | None:
    """The page's picture as it is laid under the page; None if there is none."""
    if not held.picture:
        return None
    sheet = door.sheet_of(edition, held.sheet)
    href = links.proof(edition, held.sheet, held.side, "picture")
    return shots.laid(href, (sheet.width, sheet.height), held.transcript, whole=held.picture == sheet.image)


def _barred(held: Kept, login: str) -> Mapping[State, str]:
    """States this person cannot give the page now, and why."""
    if held.state == "validated":
        return {}
    if held.state != "proofread":
        return {"validated": "先要有人校对"}
    return {"validated": "须由校对者以外的人核对"} if held.proofread_by == login else {}


def _reading(edition: Edition, label: str) -> dict[str, str]:
    """Where the page is read by everybody: its picture's page, and its first passage; what there is of them."""
    try:
        page = desk().library.page_by_label(edition.id, label)
    except NotFound:
        return {}
    found = {"书影页": links.page(edition, page.label)} if page.image else {}
    passages = desk().library.passages_on_page(page)
    return found | ({"阅读页": links.place(edition, passages[0].ref)} if passages else {})


def _size(shown: Sequence[Shown]) -> str:
    longest = max((len(one.row.text) for one in shown), default=0)
    return next((name for most, name in _SIZES if longest <= most), "tiny")
