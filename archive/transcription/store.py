"""Transcripts of pages as the library keeps them: every save a revision, no save over one that was not seen.

A *sheet* is one source picture of an edition, numbered from 0 over its files; a *side* is a page on it: 0, and 1 where
the sheet is a double spread. Pictures are under the right `scans` of the edition, transcripts under `text`, and staff's
desk alone shows them whole: the doors ask `archive.rights`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from archive import audit, clock, jobs
from archive.accounts import User
from archive.errors import Conflict, NotFound
from archive.intake import Run
from archive.library import Library
from archive.transcription import states
from archive.transcription.model import READ, State, Transcript
from archive.transcription.packing import packed, unpacked
from archive.transcription.sheets import Sheet, keep_picture, sheets, show_sheet, write_sheets
from archive.transcription.states import Standing
from archive.writer import write_run, writing

__all__ = ["Sheet", "keep_picture", "sheets", "show_sheet", "write_sheets"]

DOUBT = 0.9
"""A character read with less confidence than this is doubtful."""
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Kept:
    """A page's transcript in one revision. `picture`: SHA-256 of the page's picture among the originals."""

    edition_id: int
    sheet: int
    side: int
    revision: int
    state: State
    transcript: Transcript
    picture: str
    doubtful: int
    at: str
    who: str
    why: str
    proofread_by: str
    validated_by: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A page without its lines. `revision` 0: not read yet; `label` is unique in the edition; `error` as in `Sheet`."""

    sheet: int
    side: int
    label: str
    state: State
    revision: int
    characters: int
    confidence: float
    doubtful: int
    picture: str
    proofread_by: str
    validated_by: str
    error: str


@dataclass(frozen=True, slots=True)
class Past:
    """One revision of a page as its history tells it. `engine` and `version`: what made it, `wenku` for a person."""

    number: int
    state: State
    at: str
    who: str
    why: str
    engine: str
    version: str


class Read(NamedTuple):
    """A page an engine has read, and the SHA-256 of its picture; empty for the sheet's own.

    `blank`: there is nothing on it that could be read, as the picture shows; not that an engine found nothing.
    """

    transcript: Transcript
    picture: str = ""
    blank: bool = False


class Stale(Conflict):
    """The page has a newer revision than the one that was edited; nothing was written.

    `theirs` is that newer revision, `mine` the transcript that was to be stored, `base` the revision it began from.
    """

    def __init__(self, theirs: Kept, mine: Transcript, base: int) -> None:
        super().__init__(
            f"您打开之后，{theirs.who} 已改过这一页（现为第 {theirs.revision} 版，您改的是第 {base} 版）。",
            where=f"第 {theirs.sheet + 1} 面",
            remedy="没有覆盖任何内容；请对照两个版本，决定怎样合并。",
        )
        self.theirs = theirs
        self.mine = mine
        self.base = base


# Reading.


def page(library: Library, edition_id: int, sheet: int, side: int = 0, revision: int | None = None) -> Kept:
    """A page's transcript, in its last revision or the one asked for.

    Raises:
        NotFound: there is no such page or revision, or nobody has read it yet.
    """
    sql = (
        "SELECT revision, transcript_revision.number, CASE transcript_revision.number WHEN revision "
        "THEN transcript.state ELSE transcript_revision.state END, body, picture, image, doubtful, "
        "at, who, why, proofread_by, validated_by FROM transcript_revision "
        "JOIN transcript ON transcript.id = transcript_id JOIN sheet ON sheet.id = sheet_id "
        "JOIN run ON run.id = run_id WHERE edition_id = ? AND sheet.number = ? AND side = ? AND dropped_at IS NULL "
        "AND transcript_revision.number = coalesce(?, transcript.revision)"
    )
    row = library.db.execute(sql, [edition_id, sheet, side, revision]).fetchone()
    if row is None:
        which = f"第 {sheet + 1} 面" + ("（左页）" if side else "")
        what = "还没有识别出文字" if revision is None else f"没有第 {revision} 版"
        raise NotFound(f"{which}{what}。", remedy="请先 wenku ocr run，或从校对台的书目进入。")
    last, number, state, body, picture, image, doubtful, at, who, why, proofread_by, validated_by = row
    transcript = unpacked(body)
    if number != last:
        proofread_by = validated_by = ""
        doubtful = 0 if state in _SURE else doubtful_in(transcript)
    return Kept(
        edition_id,
        sheet,
        side,
        number,
        state,
        transcript,
        picture or image,
        doubtful,
        at,
        who,
        why,
        proofread_by,
        validated_by,
    )


def pages(library: Library, edition_id: int) -> list[Summary]:
    """Every page of an edition in order, without its lines; a sheet that nobody has read is one page."""
    sql = (
        "SELECT sheet.number, coalesce(side, 0), coalesce(nullif(transcript.label, ''), sheet.label), "
        "coalesce(state, 'unread'), coalesce(revision, 0), coalesce(characters, 0), "
        "coalesce(confidence, 1), coalesce(doubtful, 0), "
        "coalesce(nullif(picture, ''), image), coalesce(proofread_by, ''), coalesce(validated_by, ''), error "
        "FROM sheet LEFT JOIN transcript ON sheet_id = sheet.id AND dropped_at IS NULL "
        "WHERE edition_id = ? AND number NOT NULL ORDER BY number, side"
    )
    found = [Summary(*row) for row in library.db.execute(sql, [edition_id])]
    named = labels((one.label, one.sheet, one.side) for one in found)
    return [replace(one, label=label) for one, label in zip(found, named, strict=True)]


def transcripts(library: Library, edition_id: int, *, glyphs: bool = True) -> list[Kept]:
    """Every page that has been read, in order, in its last revision; without the characters' places if asked."""
    sql = (
        "SELECT sheet.number, side, revision, transcript.state, body, coalesce(nullif(picture, ''), image), doubtful, "
        "at, who, why, proofread_by, validated_by FROM sheet JOIN transcript ON sheet_id = sheet.id "
        "JOIN transcript_revision ON transcript_id = transcript.id AND transcript_revision.number = revision "
        "JOIN run ON run.id = transcript_revision.run_id "
        "WHERE edition_id = ? AND sheet.number NOT NULL AND dropped_at IS NULL ORDER BY sheet.number, side"
    )
    rows = library.db.execute(sql, [edition_id])
    return [
        Kept(edition_id, sheet, side, revision, state, unpacked(body, glyphs=glyphs), *facts)
        for sheet, side, revision, state, body, *facts in rows
    ]


def labels(told: Iterable[tuple[str, int, int]]) -> list[str]:
    """What a reader cites each page by, each once: its own number (label, sheet, side), else its place."""
    seen: set[str] = set()
    found = []
    for label, sheet, side in told:
        place = f"第{sheet + 1}面" + ("左" if side else "")
        name = label or place
        if name in seen:
            name = f"{name}（{place}）"
        seen.add(name)
        found.append(name)
    return found


def history(library: Library, edition_id: int, sheet: int, side: int = 0) -> list[Past]:
    """Every revision of a page, oldest first; none if nobody has read it."""
    sql = (
        "SELECT transcript_revision.number, transcript_revision.state, at, who, why, engine, version "
        "FROM transcript_revision JOIN transcript ON transcript.id = transcript_id JOIN sheet ON sheet.id = sheet_id "
        "JOIN run ON run.id = run_id WHERE edition_id = ? AND sheet.number = ? AND side = ? "
        "ORDER BY transcript_revision.number"
    )
    return [Past(*row) for row in library.db.execute(sql, [edition_id, sheet, side])]


def doubtful_in(transcript: Transcript) -> int:
    """How many characters of a page's text were read with less confidence than `DOUBT`."""
    found = 0
    for line in transcript.lines:
        if line.role not in READ:
            continue
        if line.glyphs:
            found += sum(glyph.confidence < DOUBT for glyph in line.glyphs)
        elif line.confidence < DOUBT:
            found += len(line.text)
    return found


# Writing.


def save(
    library: Library,
    edition_id: int,
    sheet: int,
    side: int,
    transcript: Transcript,
    *,
    based_on: int,
    who: User | str,
    why: str = "",
    state: State | None = None,
) -> Kept:
    """Store a new revision of a page; the edition's passages follow by a job `set`.

    Args:
        library: the library.
        edition_id: the edition.
        sheet: its source picture.
        side: the page on it.
        transcript: what the page says.
        based_on: the revision it began from; 0 for a page that nobody has read.
        who: a person, by account or login name; another name stands for a program.
        why: for the history.
        state: how far the page has come with this; None leaves it, as far as a changed text lets it be.

    Raises:
        Stale: the page has a newer revision.
        NotFound: there is no such sheet.
        Forbidden, Conflict, UsageError: as `states.after`.
    """
    user = states.person(library, who)
    login = who.login if isinstance(who, User) else who
    with writing(library):
        sheet_id = _sheet_id(library, edition_id, sheet)
        row = _row(library, sheet_id, side)
        if row is None and based_on:
            raise NotFound(f"第 {sheet + 1} 面没有这一页了。", remedy="请回到书目，重新打开。")
        now = page(library, edition_id, sheet, side) if row else None
        if now is not None and now.revision != based_on:
            raise Stale(now, transcript, based_on)
        standing = Standing(now.state, now.proofread_by, now.validated_by) if now else Standing()
        changed = now is None or now.transcript.text != transcript.text
        then = states.after(standing, state, user, changed=changed)
        if now is not None and then == standing and now.transcript == transcript:
            return now
        run_id = write_run(library, Run(login, why or "校对", f"sheet {sheet + 1}", "wenku", VERSION))
        id_ = _write(library, sheet_id, side, transcript, then, run_id, by_hand=True)
        if then.state != standing.state:
            _audit(library, login, id_, (edition_id, sheet, side), standing.state, then.state)
        jobs.enqueue_set(library, edition_id, login)
    return page(library, edition_id, sheet, side)


def set_state(
    library: Library, edition_id: int, sheet: int, side: int, state: State, *, based_on: int, user: User, why: str = ""
) -> Kept:
    """Say how far a page has come, its text as it is.

    Raises:
        Stale, NotFound, Forbidden, Conflict, UsageError: as `save`.
    """
    now = page(library, edition_id, sheet, side)
    why = why or "定状态"
    return save(library, edition_id, sheet, side, now.transcript, based_on=based_on, who=user, why=why, state=state)


def keep_reading(
    library: Library, edition_id: int, sheet: int, read: Sequence[Read], run_id: int, *, brought: bool = False
) -> bool:
    """Store what an engine has read of a sheet, a page a side; false, and nothing, if a person has worked on it.

    `brought`: a person has brought it from another program; only what is brought again takes its place.

    Raises:
        NotFound: there is no such sheet any more.
        Busy, WenkuError: it could not be written; everything is as it was.
    """
    with writing(library):
        sheet_id = _sheet_id(library, edition_id, sheet)
        sql = f"SELECT 1 FROM transcript WHERE sheet_id = ? AND dropped_at IS NULL AND {TOUCHED}"
        sql += f" AND NOT (state = 'unread' AND {_BROUGHT})" if brought else ""
        if library.db.execute(sql, [sheet_id]).fetchone():
            return False
        library.db.execute("UPDATE sheet SET error = '' WHERE id = ?", [sheet_id])
        _drop(library, sheet_id, from_side=len(read))
        for side, one in enumerate(read):
            then = Standing("empty" if one.blank else "unread")
            _write(library, sheet_id, side, one.transcript, then, run_id, by_hand=brought, picture=one.picture)
    return True


def keep_failure(library: Library, edition_id: int, sheet: int, error: str) -> None:
    """Note why a sheet could not be read; what was read of it before stays."""
    with writing(library):
        library.db.execute(
            "UPDATE sheet SET error = ? WHERE edition_id = ? AND number = ?", [error[:1000], edition_id, sheet]
        )


TOUCHED = "(by_hand OR transcript.state IN ('problem', 'proofread', 'validated'))"
"""SQL: a person has worked on the page; no engine may read over it."""

BROUGHT = "录入识别结果"
"""`Run.why` of what was brought from another program."""
_BROUGHT = (
    "EXISTS (SELECT 1 FROM transcript_revision AS last JOIN run ON run.id = last.run_id "
    f"WHERE last.transcript_id = transcript.id AND last.number = transcript.revision AND why = '{BROUGHT}')"
)
"""SQL: the page stands as it was brought."""

_SURE: frozenset[State] = states.SEEN | {"empty"}


def _sheet_id(library: Library, edition_id: int, sheet: int) -> int:
    sql = "SELECT id FROM sheet WHERE edition_id = ? AND number = ?"
    row = library.db.execute(sql, [edition_id, sheet]).fetchone()
    if row is None:
        raise NotFound(f"这个版本没有第 {sheet + 1} 面书影。")
    return int(row[0])


def _row(library: Library, sheet_id: int, side: int) -> Any:
    sql = "SELECT id, revision FROM transcript WHERE sheet_id = ? AND side = ? AND dropped_at IS NULL"
    return library.db.execute(sql, [sheet_id, side]).fetchone()


def _drop(library: Library, sheet_id: int, from_side: int = 0) -> None:
    """Take pages of a sheet out of the edition; their revisions stay."""
    sql = "UPDATE transcript SET dropped_at = ? WHERE sheet_id = ? AND side >= ? AND dropped_at IS NULL"
    library.db.execute(sql, [clock.now(), sheet_id, from_side])


def _write(
    library: Library,
    sheet_id: int,
    side: int,
    transcript: Transcript,
    then: Standing,
    run_id: int,
    *,
    by_hand: bool = False,
    picture: str | None = None,
) -> int:
    """Write a page's next revision and what its row tells of it; the row's id."""
    characters = sum(len(line.text) for line in transcript.lines if line.role in READ)
    doubtful = 0 if then.state in _SURE else doubtful_in(transcript)
    facts = {
        "sheet_id": sheet_id,
        "side": side,
        **then._asdict(),
        "label": transcript.facts.label,
        "characters": characters,
        "confidence": transcript.confidence,
        "doubtful": doubtful,
        "picture": picture,
        "by_hand": int(by_hand),
    }
    sql = (
        "INSERT INTO transcript (sheet_id, side, revision, state, label, characters, confidence, doubtful, picture, "
        "by_hand, proofread_by, validated_by) VALUES (:sheet_id, :side, 1, :state, :label, :characters, :confidence, "
        ":doubtful, coalesce(:picture, ''), :by_hand, :proofread_by, :validated_by) "
        "ON CONFLICT (sheet_id, side) DO UPDATE SET revision = revision + 1, state = excluded.state, "
        "label = excluded.label, characters = excluded.characters, confidence = excluded.confidence, "
        "doubtful = excluded.doubtful, picture = coalesce(:picture, picture), "
        "by_hand = max(by_hand, excluded.by_hand), proofread_by = excluded.proofread_by, "
        "validated_by = excluded.validated_by, dropped_at = NULL RETURNING id, revision"
    )
    id_, revision = library.db.execute(sql, facts).fetchone()
    sql = "INSERT INTO transcript_revision (transcript_id, number, state, body, run_id) VALUES (?, ?, ?, ?, ?)"
    library.db.execute(sql, [id_, revision, then.state, packed(transcript), run_id])
    return int(id_)


def _audit(library: Library, who: str, id_: int, place: tuple[int, int, int], before: State, after: State) -> None:
    edition_id, sheet, side = place
    audit.record(
        library, who, "page.state", f"page/{id_}", edition=edition_id, sheet=sheet + 1, side=side, before=before,
        after=after,
    )  # fmt: skip
