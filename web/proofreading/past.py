"""A page's history: who changed what when, any revision whole, and two revisions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from flask import render_template, request

from archive.accounts import Accounts
from archive.errors import NotFound
from archive.transcription import store
from archive.transcription.meeting import chunks
from archive.transcription.model import ROLES, STATES, Line
from archive.transcription.store import Kept
from web.desk import desk
from web.proofreading import door
from web.proofreading.door import FACTS, blueprint
from web.reading.screen import lang
from web.searching.finding import number


class Piece(NamedTuple):
    """A stretch of a line and whether the other side has it."""

    text: str
    changed: bool


class Pair(NamedTuple):
    """A line before and after: empty where it is on one side only. `before`, `after`: roles, where these differ."""

    old: list[Piece]
    new: list[Piece]
    before: str = ""
    after: str = ""


@blueprint.get("/book/<name>/<told>/history")
@door.reads
def history(name: str, told: str) -> str:
    """Every revision, newest first."""
    edition = door.book(name)
    held = door.kept(edition, *door.place(told))
    summary = door.around(edition, held.sheet, held.side).page
    return render_template(
        "proofreading/history.html",
        work=desk().library.work(edition.work_id),
        edition=edition,
        page=summary,
        held=held,
        revisions=list(reversed(store.history(desk().library, edition.id, held.sheet, held.side))),
        states=STATES,
        names=Accounts(desk().library).names(),
    )


@blueprint.get("/book/<name>/<told>/history/<int:revision>")
@door.reads
def past(name: str, told: str, revision: int) -> str:
    """One revision, and what it changed of the one before it, or of another that is asked for."""
    edition = door.book(name)
    sheet, side = door.place(told)
    if not revision:
        raise NotFound("没有第 0 版。", where=edition.urn)
    held = door.kept(edition, sheet, side, revision)
    beside = number("with", "版次", revision - 1, 0, 999_999)
    other = door.kept(edition, sheet, side, beside) if beside else None
    summary = door.around(edition, sheet, side).page
    revisions = store.history(desk().library, edition.id, sheet, side)
    return render_template(
        "proofreading/revision.html",
        work=desk().library.work(edition.work_id),
        edition=edition,
        lang=lang(edition),
        page=summary,
        held=held,
        other=other,
        pairs=pairs(other.transcript.lines if other else (), held.transcript.lines) if other else [],
        facts=_facts(other, held) if other else [],
        lines=held.transcript.lines,
        revisions=revisions,
        roles=ROLES,
        states=STATES,
        names=Accounts(desk().library).names(),
        everything="all" in request.args,
    )


def pairs(old: Sequence[Line], new: Sequence[Line]) -> list[Pair]:
    """Two versions line by line."""
    found: list[Pair] = []
    keys = [[(line.text, line.role) for line in side] for side in (old, new)]
    for chunk in chunks(keys[0], keys[1], keys[1]):
        before, after = [old[at] for at in chunk.base], [new[at] for at in chunk.mine]
        for at in range(max(len(before), len(after))):
            one = before[at] if at < len(before) else None
            other = after[at] if at < len(after) else None
            sides = pieces(one.text if one else "", other.text if other else "")
            roles = (ROLES[one.role] if one else "", ROLES[other.role] if other else "")
            found.append(Pair(*sides, *(roles if roles[0] != roles[1] else ("", ""))))
    return found


def pieces(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts cut where they differ."""
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, text in zip(sides, (old[i1:i2], new[j1:j2]), strict=True):
            if text:
                side.append(Piece(text, tag != "equal"))
    return sides


def _facts(old: Kept, new: Kept) -> list[tuple[str, str, str]]:
    """Facts of the page that differ: what, before, after."""
    told = (
        (label, getattr(old.transcript.facts, key), getattr(new.transcript.facts, key)) for key, label in FACTS.items()
    )
    return [one for one in told if one[1] != one[2]]
