"""One page on the desk: its picture beside its text, line by line, and everything a person does to it.

What was typed always comes back: after a button of a line, after a mistake, after somebody else's save.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from archive import pages
from archive.accounts import Accounts
from archive.errors import NotFound, UsageError, WenkuError
from archive.model import Edition
from archive.transcription import states, store
from archive.transcription.meeting import Met, merged
from archive.transcription.model import LAYOUTS, ROLES, STATES, Facts, Layout, Line, State, Transcript
from archive.transcription.store import Kept, Stale
from search.reading_aids.characters import Characters
from search.reading_aids.quotations import Reading, readings
from web import access, links
from web.access import takes
from web.desk import desk
from web.keeping import returning
from web.proofreading import door, doubts, shots
from web.proofreading.door import FACTS, blueprint
from web.proofreading.doubts import Doubt, Part
from web.proofreading.rows import CUT, STEP, Earlier, Row, Rows, row_of
from web.proofreading.shots import Shot
from web.reading import lang

LARGEST = 1 << 21
"""Bytes of a form."""
LONGEST_FACT = 100
LONGEST_WHY = 200
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


@dataclass(frozen=True, slots=True)
class Bench:
    """What is on the desk: the page as kept, the form over it, what the page says of itself."""

    edition: Edition
    kept: Kept
    rows: Rows
    facts: Facts
    layout: str
    why: str = ""


@blueprint.get("/book/<name>/<told>")
@door.reads
def show(name: str, told: str) -> Page:
    """The page as it stands."""
    edition = door.book(name)
    return _page(_bench(edition, door.kept(edition, *door.place(told))))


@blueprint.post("/book/<name>/<told>")
@takes(LARGEST)
@returning.keeps_what_was_typed
@door.reads
def act(name: str, told: str) -> Page:
    """Do what a button says: change a line of the form, or save the page."""
    edition = door.book(name)
    number, side = door.place(told)
    bench = _sent(edition, number, side)
    do = request.form.get("do", "save")
    try:
        if bench.rows.act(do) or do == "quotations":
            return _page(bench)
        return _save(bench, do)
    except Stale as stale:
        return _met(bench, stale)
    except WenkuError as error:
        return _page(bench, error)


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


def _save(bench: Bench, do: str) -> Page:
    name, _, told = do.partition(":")
    state = next((known for known in STATES if known == told), None)
    if name != "save" or (told and state is None):
        raise UsageError("没有这种操作。", remedy="请回到校对页重新操作。")
    held = bench.kept
    transcript = replace(bench.rows.transcript(), facts=bench.facts, layout=_layout(bench.layout))
    if not held.revision:
        transcript = replace(transcript, engine=access.user().login)
    saved = store.save(
        desk().library,
        bench.edition.id,
        held.sheet,
        held.side,
        transcript,
        based_on=held.revision,
        who=access.user(),
        why=bench.why,
        state=state,
    )
    return redirected(bench.edition, held, "same" if saved.revision == held.revision else "saved")


def redirected(edition: Edition, held: Kept, done: str) -> Response:
    """To the page on the desk, which says what was done: `saved`, or the `same` as before."""
    return redirect(links.proof(edition, held.sheet, held.side, done=done), 303)


def with_lines(edition: Edition, held: Kept, lines: Sequence[Line], why: str) -> Page:
    """The desk with lines that came from elsewhere in its form, not saved yet."""
    return _page(_bench_of(edition, held, lines, why))


def met_elsewhere(edition: Edition, held: Kept, lines: Sequence[Line], why: str, stale: Stale) -> Page:
    """The desk after a save from elsewhere met somebody else's."""
    return _met(_bench_of(edition, held, lines, why), stale)


def _bench_of(edition: Edition, held: Kept, lines: Sequence[Line], why: str) -> Bench:
    """Lines made of those of a revision, as its form; each knows the line it was by its box."""
    origins = {line.box: str(number) for number, line in reversed([*enumerate(held.transcript.lines)])}
    rows = Rows(held.transcript, _earlier(edition, held))
    before: Line | None = None
    for line in lines:
        rows.rows.append(row_of(line, origins.get(line.box, ""), before))
        before = line
    return Bench(edition, held, rows, held.transcript.facts, held.transcript.layout, why)


def _met(bench: Bench, stale: Stale) -> Page:
    """The form after somebody else's save: what only they changed is taken over, what both changed is for people."""
    base, theirs = bench.kept, stale.theirs
    mine = stale.mine.lines
    origins = [row.origin for row in bench.rows.rows if row.text]
    lines, met = merged(base.transcript.lines, mine, theirs.transcript.lines)
    rows = Rows(theirs.transcript, _earlier(bench.edition, theirs))
    before: Line | None = None
    for put in lines:
        origin = _of_revision(origins[put.at], base.revision) if put.mine else str(put.at)
        rows.rows.append(replace(row_of(put.line, origin, before), text=put.text))
        before = put.line
    facts = _met_facts(base.transcript.facts, bench.facts, theirs.transcript.facts)
    return _page(Bench(bench.edition, theirs, rows, facts, bench.layout, bench.why), stale, met)


def _met_facts(base: Facts, mine: Facts, theirs: Facts) -> Facts:
    """Facts of two people: mine where I changed them."""
    told = ((key, getattr(base, key), getattr(mine, key), getattr(theirs, key)) for key in FACTS)
    return Facts(**{key: others if ours == before else ours for key, before, ours, others in told})


def _of_revision(origin: str, revision: int) -> str:
    """An origin that names its revision."""
    return "+".join(one if "!" in one else f"{one}!{revision}" for one in origin.split("+") if one)


def _page(bench: Bench, error: WenkuError | None = None, met: Sequence[Met] = ()) -> Page:
    held, rows, edition = bench.kept, bench.rows, bench.edition
    near = door.around(edition, held.sheet, held.side)
    me = access.user()
    shown = _shown(bench)
    work = desk().library.work(edition.work_id)
    page = render_template(
        "proofreading/sheet.html",
        work=work,
        edition=edition,
        lang=lang(edition),
        page=near.page,
        held=held,
        shown=shown,
        picture=picture_of(edition, held),
        vertical=rows.vertical,
        layout=bench.layout,
        size=_size(shown),
        facts=bench.facts,
        why=bench.why,
        focus=rows.focus,
        before=near.before,
        after=near.after,
        waiting=near.waiting,
        doubtful=sum(len(one.doubts) or bool(one.told) for one in shown),
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
        quotations=_quotations(bench)
        if {"quoting", "quotations"} & {*request.form, request.form.get("do", "")}
        else None,
        met=met,
        error=error,
    )
    return page, error.http_status if error else 200


def _shown(bench: Bench) -> list[Shown]:
    lines = bench.rows.lines()
    page = bench.kept.transcript
    answered = bench.kept.state in states.SEEN
    found = {} if answered else doubts.doubts_of(replace(page, lines=lines), _characters(bench.edition))
    shown = []
    for number, (row, line, shot) in enumerate(zip(bench.rows.rows, lines, shots.shots(lines, page), strict=True)):
        of_line = found.get(number, ())
        all_of_it = not answered and doubts.whole(line)
        told = doubts.told(of_line, line, all_of_it)
        shown.append(Shown(row, line, shot, doubts.parts(line.text, of_line, all_of_it), of_line, told))
    return shown


def _quotations(bench: Bench) -> tuple[Reading, ...]:
    """Where the library has the page's words already; nothing if its text cannot be had now."""
    page = replace(bench.kept.transcript, lines=bench.rows.lines())
    try:
        return readings(desk().library, page, bench.edition, staff=desk().staff)
    except WenkuError:
        return ()


def _characters(edition: Edition) -> Characters | None:
    """What the library knows of characters and their neighbours; nothing if its text cannot be had now."""
    try:
        return Characters(desk().library, edition, staff=desk().staff)
    except WenkuError:
        return None


def _bench(edition: Edition, held: Kept) -> Bench:
    page = held.transcript
    return Bench(edition, held, Rows.of(page, _earlier(edition, held)), page.facts, page.layout)


def _sent(edition: Edition, number: int, side: int) -> Bench:
    """The desk as a form that came back describes it.

    Raises:
        UsageError: it is no form of ours.
        NotFound: the revision it began from is not there.
    """
    form = request.form
    told = form.get("based_on", "")
    if not (told.isascii() and told.isdigit() and len(told) < 9):
        raise UsageError("表单不完整。", remedy="请从校对页重新打开。")
    revision = int(told)
    if revision:
        held = door.kept(edition, number, side, revision)
    else:
        held = replace(door.kept(edition, number, side), revision=0, transcript=_blank(edition, number), state="unread")
    facts = Facts(**{key: form.get(f"fact.{key}", "").strip()[:LONGEST_FACT] for key in FACTS})
    rows = Rows.sent(held.transcript, _earlier(edition, held), form.to_dict())
    layout = form.get("layout", held.transcript.layout)
    return Bench(edition, held, rows, facts, layout, form.get("why", "").strip()[:LONGEST_WHY])


def _blank(edition: Edition, number: int) -> Transcript:
    sheet = door.sheet_of(edition, number)
    return Transcript(sheet.width or 1000, sheet.height or 1400)


def _earlier(edition: Edition, held: Kept) -> Earlier:
    """Finds other revisions of a page, each once."""

    @cache
    def earlier(revision: int) -> Transcript:
        return store.page(desk().library, edition.id, held.sheet, held.side, revision).transcript

    return earlier


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


def _layout(told: str) -> Layout:
    return next((known for known in LAYOUTS if known == told), "horizontal")
