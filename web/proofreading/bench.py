"""What lies on the desk: a page as it is kept, the form over it; from the store, from a browser, or from two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from flask import request

from archive.errors import UsageError
from archive.model import Edition
from archive.transcription import store
from archive.transcription.meeting import Met, merged
from archive.transcription.model import LAYOUTS, Facts, Line, Transcript
from archive.transcription.store import Kept, Stale
from web.desk import desk
from web.proofreading import door
from web.proofreading.door import FACTS
from web.proofreading.rows import Earlier, Rows, row_of

LONGEST_FACT = 100
LONGEST_WHY = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is on the desk: the page as kept, the form over it, what the page says of itself."""

    edition: Edition
    kept: Kept
    rows: Rows
    facts: Facts
    layout: str
    why: str = ""

    def transcript(self) -> Transcript:
        """The page as the form says it. What has words is not blank, whatever the machine saw."""
        page = replace(self.rows.transcript(), facts=self.facts)
        layout = next((known for known in LAYOUTS if known == self.layout), page.layout)
        if layout == "blank" and page.lines:
            layout = "vertical" if self.edition.vertical else "horizontal"
        return replace(page, layout=layout)


def of(edition: Edition, held: Kept) -> Bench:
    """A page as it stands."""
    page = held.transcript
    return Bench(edition, held, Rows.of(page, _earlier(edition, held)), page.facts, page.layout)


def sent(edition: Edition, number: int, side: int) -> Bench:
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
        held = replace(
            door.kept(edition, number, side), revision=0, transcript=door.blank(edition, number), state="unread"
        )
    facts = Facts(**{key: form.get(f"fact.{key}", "").strip()[:LONGEST_FACT] for key in FACTS})
    rows = Rows.sent(held.transcript, _earlier(edition, held), form.to_dict())
    layout = form.get("layout", held.transcript.layout)
    return Bench(edition, held, rows, facts, layout, form.get("why", "").strip()[:LONGEST_WHY])


def of_lines(edition: Edition, held: Kept, lines: Sequence[Line], why: str) -> Bench:
    """Lines made of those of a revision, as its form; each knows the line it was by its box."""
    origins = {line.box: str(number) for number, line in reversed([*enumerate(held.transcript.lines)])}
    rows = Rows(held.transcript, _earlier(edition, held))
    before: Line | None = None
    for line in lines:
        rows.rows.append(row_of(line, origins.get(line.box, ""), before))
        before = line
    return Bench(edition, held, rows, held.transcript.facts, held.transcript.layout, why)


def met(mine: Bench, stale: Stale) -> tuple[Bench, list[Met]]:
    """The desk after somebody else's save: what only they changed is taken over, what both changed is for people."""
    base, theirs = mine.kept, stale.theirs
    origins = [row.origin for row in mine.rows.kept]
    lines, told = merged(base.transcript.lines, stale.mine.lines, theirs.transcript.lines)
    rows = Rows(theirs.transcript, _earlier(mine.edition, theirs))
    before: Line | None = None
    for put in lines:
        origin = _of_revision(origins[put.at], base.revision) if put.mine else str(put.at)
        rows.rows.append(replace(row_of(put.line, origin, before), text=put.text))
        before = put.line
    facts = _met_facts(base.transcript.facts, mine.facts, theirs.transcript.facts)
    return Bench(mine.edition, theirs, rows, facts, mine.layout, mine.why), told


def _earlier(edition: Edition, held: Kept) -> Earlier:
    """Finds other revisions of a page, each once."""

    @cache
    def earlier(revision: int) -> Transcript:
        return store.page(desk().library, edition.id, held.sheet, held.side, revision).transcript

    return earlier


def _met_facts(base: Facts, mine: Facts, theirs: Facts) -> Facts:
    """Facts of two people: mine where I changed them."""
    told = ((key, getattr(base, key), getattr(mine, key), getattr(theirs, key)) for key in FACTS)
    return Facts(**{key: others if ours == before else ours for key, before, ours, others in told})


def _of_revision(origin: str, revision: int) -> str:
    """An origin that names its revision."""
    return "+".join(one if "!" in one else f"{one}!{revision}" for one in origin.split("+") if one)
