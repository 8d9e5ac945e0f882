"""Two transcriptions of one page: typed twice, or read and known from a book; every difference is somebody's choice."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from flask import render_template, request
from werkzeug.wrappers import Response

from archive.accounts import Accounts
from archive.errors import UsageError, WenkuError
from archive.model import Edition
from archive.rights import is_punctuation
from archive.transcription import editing, store
from archive.transcription.model import Line
from archive.transcription.store import Kept, Stale
from search.compare.transcripts import KINDS, Difference, compare, merged
from search.text.folding import fold_char
from web import access, links
from web.access import takes
from web.desk import desk
from web.keeping import returning
from web.proofreading import door, sheet, shots
from web.proofreading.door import blueprint
from web.proofreading.shots import Shot
from web.reading.screen import lang

LARGEST = 1 << 20
"""Bytes of a form."""
LONGEST = 50_000
"""Characters of the second transcription."""
AROUND = 10
"""Characters of the first shown before and after a difference."""
WHY = "与另一稿对校"
Page = str | Response | tuple[str, int]


class Choice(NamedTuple):
    """A difference to decide: its words among those around, its line's picture, which side is taken now."""

    difference: Difference
    before: str
    after: str
    where: str
    shot: Shot | None
    second: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """The page and the text it is compared with."""

    edition: Edition
    held: Kept
    text: str
    """The second transcription; empty before it is given."""
    plain: bool = True
    """Differences of punctuation and of forms of one character are left as the first has them."""


@blueprint.get("/book/<name>/<told>/compare")
@door.reads
def ask_second(name: str, told: str) -> Page:
    """Where the second transcription is given."""
    edition = door.book(name)
    return _page(Sides(edition, door.kept(edition, *door.place(told)), ""))


@blueprint.post("/book/<name>/<told>/compare")
@takes(LARGEST)
@returning.keeps_what_was_typed
@door.reads
def decide(name: str, told: str) -> Page:
    """Show the differences, or do what was chosen."""
    edition = door.book(name)
    held = door.kept(edition, *door.place(told))
    do = request.form.get("do", "look")
    try:
        if do == "look":
            return _page(Sides(edition, held, _given(edition, held), "plain" in request.form))
        if do not in ("save", "desk"):
            raise UsageError("没有这种操作。", remedy="请从对校页重新操作。")
        return _made(edition, held, do)
    except WenkuError as error:
        return _page(Sides(edition, held, request.form.get("second", "")[:LONGEST]), error)


def _made(edition: Edition, held: Kept, do: str) -> Page:
    """Put the two together as was chosen, and save it or go on with it at the desk."""
    form = request.form
    number = form.get("based_on", "")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 9):
        raise UsageError("表单不完整。", remedy="请从对校页重新打开。")
    base = door.kept(edition, held.sheet, held.side, int(number))
    second = form.get("second", "")[:LONGEST]
    taken = {one.number for one in compare(base.transcript, second) if form.get(f"d.{one.number}") == "2"}
    made = merged(base.transcript, second, taken)
    if do == "desk":
        return sheet.with_lines(edition, base, made.lines, WHY)
    try:
        saved = store.save(
            desk().library, edition.id, base.sheet, base.side, made, based_on=base.revision, who=access.user(), why=WHY
        )
    except Stale as stale:
        return sheet.met_elsewhere(edition, base, made.lines, WHY, stale)
    done = "same" if saved.revision == base.revision else "saved"
    return sheet.redirected(edition, base, done)


def _given(edition: Edition, held: Kept) -> str:
    """The second transcription: typed, from a file, or an earlier revision of the page.

    Raises:
        UsageError: there is none, or it is no text.
    """
    file, other = request.files.get("file"), request.form.get("revision", "")
    text = request.form.get("second", "")
    if file is not None and file.filename:
        text = _decoded(file.stream.read(LARGEST))
    elif not text.strip() and other.isascii() and other.isdigit() and other:
        text = door.kept(edition, held.sheet, held.side, int(other[:9])).transcript.text
    if not text.strip():
        raise UsageError("没有另一稿。", remedy="请粘贴文字、选文本文件，或选本页的另一版。")
    if len(text) > LONGEST:
        raise UsageError(f"另一稿太长，超过 {LONGEST} 字。", remedy="请只取这一页的文字。")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("这不是文本文件。", remedy="请存为 UTF-8 的 .txt 文件。")


def _page(sides: Sides, error: WenkuError | None = None) -> Page:
    edition, held = sides.edition, sides.held
    summary = door.around(edition, held.sheet, held.side).page
    differences = compare(held.transcript, sides.text) if sides.text.strip() else ()
    choices = _choices(sides, differences)
    page = render_template(
        "proofreading/compare.html",
        work=desk().library.work(edition.work_id),
        edition=edition,
        lang=lang(edition),
        page=summary,
        held=held,
        here=links.proof(edition, held.sheet, held.side),
        second=sides.text,
        plain=sides.plain,
        vertical=held.transcript.layout == "vertical",
        choices=[one for one in choices if not (sides.plain and slight(one.difference))],
        slight=sum(slight(one) for one in differences) if sides.plain else 0,
        picture=sheet.picture_of(edition, held),
        revisions=[
            one
            for one in reversed(store.history(desk().library, edition.id, held.sheet, held.side))
            if one.number != held.revision
        ],
        kinds=KINDS,
        longest=LONGEST,
        names=Accounts(desk().library).names(),
        error=error,
    )
    return page, error.http_status if error else 200


def _choices(sides: Sides, differences: tuple[Difference, ...]) -> list[Choice]:
    page = sides.held.transcript
    vertical = page.layout == "vertical"
    unit, shown = ("列", AROUND // 3) if vertical else ("行", AROUND)
    found: list[tuple[Difference, str, str, str]] = []
    pieces: list[Line] = []
    for one in differences:
        if not one.first_at:
            found.append((one, "", "", "全页"))
            pieces.append(Line("", (0, 0, 0, 0)))
            continue
        place = one.first_at[0]
        line = page.lines[place.line]
        before = line.text[max(0, place.start - AROUND) : place.start]
        found.append((one, before, line.text[place.end : place.end + AROUND], f"第 {place.line + 1} {unit}"))
        pieces.append(editing.piece(line, place.start - shown, place.end + shown, vertical=vertical))
    parts = shots.shots(pieces, page)
    return [
        Choice(*told, shot if any(piece.box) else None, request.form.get(f"d.{told[0].number}") == "2")
        for told, shot, piece in zip(found, parts, pieces, strict=True)
    ]


def slight(one: Difference) -> bool:
    """Whether two readings differ in punctuation and in forms of the same characters alone."""
    first, second = (
        "".join(fold_char(char) for char in side if not is_punctuation(char)) for side in (one.first, one.second)
    )
    return first == second
