"""Asking for long work, and steering it: pause, go on, give up, try again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archive import audit, clock
from archive.errors import Busy, Conflict, UsageError
from archive.jobs.locks import held
from archive.jobs.rows import OPEN, TEXT_LAYER, Job, Kind, State, job, jobs
from archive.library import Library
from archive.writer import writing


def enqueue(
    library: Library, edition_id: int, kind: Kind = "ocr", *, who: str, settings: Mapping[str, Any] | None = None
) -> Job:
    """Ask for long work on an edition.

    Args:
        library: the library.
        edition_id: the edition.
        kind: `ocr` or `set`.
        who: who asks.
        settings: `engine`: a name of the table of engines, or `auto`; `again`: read also what an engine has read,
            `layer`: also pages whose words came with their file; what a person has worked on is never read over.

    Raises:
        Busy: the edition has such a job under way.
        UsageError: there is nothing to read.
    """
    if kind == "set":
        with writing(library):
            return job(library, enqueue_set(library, edition_id, who))
    settings = dict(settings or {})
    with writing(library):
        refuse_second(library, edition_id)
        sheets = _to_read(library, edition_id, again=bool(settings.get("again")), layer=bool(settings.get("layer")))
        sql = (
            "INSERT INTO job (kind, edition_id, state, who, settings, created_at) "
            "VALUES ('ocr', ?, 'waiting', ?, ?, ?) RETURNING id"
        )
        number = library.db.execute(sql, [edition_id, who, json.dumps(settings), clock.now()]).fetchone()[0]
        library.db.conn.executemany(
            "INSERT INTO job_page (job_id, sheet_id) VALUES (?, ?)", [(number, sheet_id) for sheet_id in sheets]
        )
        audit.record(library, who, "job.enqueue", f"job/{number}", edition=edition_id, pages=len(sheets))
    return job(library, int(number))


def enqueue_set(library: Library, edition_id: int, who: str) -> int:
    """Ask that an edition's passages be made anew; one that already waits to be is enough. In an open transaction."""
    sql = (
        "INSERT INTO job (kind, edition_id, state, who, created_at) VALUES ('set', ?, 'waiting', ?, ?) "
        "ON CONFLICT (edition_id, kind) WHERE state = 'waiting' DO UPDATE SET who = CASE "
        "WHEN instr(who, excluded.who) THEN who ELSE who || '、' || excluded.who END RETURNING id"
    )
    return int(library.db.execute(sql, [edition_id, who, clock.now()]).fetchone()[0])


def refuse_second(library: Library, edition_id: int) -> None:
    """Let pass an edition that no job is reading.

    Raises:
        Busy: one is; the message names it.
    """
    for other in jobs(library, edition_id=edition_id, kind="ocr", states=tuple(OPEN)):
        raise Busy(
            f"这部书已有识别任务（{other.id} 号，{other.label}，{other.done}／{other.total} 面）。",
            where=other.urn,
            remedy=f"请等它做完；或继续：wenku ocr resume {other.id}，取消：wenku ocr cancel {other.id}。",
        )


def _to_read(library: Library, edition_id: int, *, again: bool, layer: bool) -> list[int]:
    """Ids of the sheets a new job reads.

    Raises:
        UsageError: there are none.
    """
    sql = (
        "SELECT sheet.id, max(engine) FROM sheet LEFT JOIN transcript ON sheet_id = sheet.id AND dropped_at IS NULL "
        "LEFT JOIN transcript_revision ON transcript_id = transcript.id AND transcript_revision.number = revision "
        "LEFT JOIN run ON run.id = run_id WHERE edition_id = ? AND sheet.number NOT NULL "
        "GROUP BY sheet.id ORDER BY sheet.number"
    )
    found = library.db.execute(sql, [edition_id]).fetchall()
    row = library.db.execute("SELECT urn FROM edition WHERE id = ?", [edition_id]).fetchone()
    urn = row[0] if row else ""
    if not found:
        raise UsageError("这个版本没有要识别的书影。", where=urn, remedy="扫描件请先用 wenku add 收入。")
    wanted = [id_ for id_, engine in found if engine is None or (layer if engine == TEXT_LAYER else again)]
    if not wanted:
        remedy = "要重新识别未经人校对的页，请加 --again；连 PDF 自带文字层的页也重新识别，请加 --layer。"
        raise UsageError("这个版本的书影都已有文字。", where=urn, remedy=remedy)
    return wanted


def pause(library: Library, id: int, who: str) -> Job:
    """Stop after the pages in hand.

    Raises:
        NotFound: there is no such job.
        Conflict: it is done with.
    """
    return _steer(library, id, who, "pause", ("waiting", "running"), "paused")


def resume(library: Library, id: int, who: str) -> Job:
    """Go on with a job that was paused, or whose process was killed.

    Raises:
        NotFound: there is no such job.
        Conflict: it is done with, or someone is working on it.
    """
    if job(library, id).state == "running" and held(library, id):
        raise Conflict(f"{id} 号任务正在进行。", remedy="不必继续；wenku ocr jobs 看进度。")
    return _steer(library, id, who, "resume", ("paused", "running", "waiting"), "waiting")


def cancel(library: Library, id: int, who: str) -> Job:
    """Give a job up; what it has read stays.

    Raises:
        NotFound: there is no such job.
        Conflict: it is done with.
    """
    return _steer(library, id, who, "cancel", ("waiting", "running", "paused"), "cancelled")


def retry_failed(library: Library, id: int, who: str) -> Job:
    """Read once more what could not be read.

    Raises:
        NotFound: there is no such job.
        Conflict: nothing has failed.
        Busy: another job is reading the edition.
    """
    with writing(library):
        now = job(library, id)
        if now.state not in OPEN:
            refuse_second(library, now.edition_id)
        sql = "UPDATE job_page SET state = 'waiting', error = '' WHERE job_id = ? AND state = 'failed'"
        if not library.db.execute(sql, [id]).rowcount:
            raise Conflict(f"{id} 号任务没有读不出的页。", remedy="不必重试。")
        if now.state != "running":
            library.db.execute("UPDATE job SET state = 'waiting', finished_at = NULL, message = '' WHERE id = ?", [id])
        audit.record(library, who, "job.retry", f"job/{id}", edition=now.edition_id)
    return job(library, id)


def _steer(library: Library, id: int, who: str, act: str, from_: tuple[State, ...], to: State) -> Job:
    with writing(library):
        now = job(library, id)
        if now.state not in from_:
            raise Conflict(
                f"{id} 号任务{now.label}，不能再改。", where=now.urn, remedy="wenku ocr jobs 看各任务的状态。"
            )
        ended = clock.now() if to == "cancelled" else None
        sql = "UPDATE job SET state = ?, finished_at = ?, message = '' WHERE id = ?"
        library.db.execute(sql, [to, ended, id])
        audit.record(library, who, f"job.{act}", f"job/{id}", edition=now.edition_id)
    return job(library, id)
