"""Long work as rows of the library: who asked for it, how far it is, what could not be done.

Kinds: `ocr` reads the sheets of an edition, one row of `job_page` a sheet; `set` makes an edition's passages anew from
its transcripts, asked for by every save and done within a second. Whoever works on a job holds its lock, so that one
whose process was killed is known at once and goes on from its last page.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from whoosh.util.filelock import FileLock

from archive import audit, clock
from archive.errors import Busy, Conflict, NotFound, UsageError, WenkuError
from archive.library import Library
from archive.writer import writing

Kind = Literal["ocr", "set"]
State = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]
STATES: dict[State, str] = {
    "waiting": "等待",
    "running": "进行中",
    "paused": "已暂停",
    "done": "已完成",
    "failed": "未成",
    "cancelled": "已取消",
}
OPEN: frozenset[State] = frozenset({"waiting", "running", "paused"})
"""States of a job that is still to be done."""
TEXT_LAYER = "text-layer"
"""The engine, in the revision record, of words that came with their file."""
LOCKS = "jobs"
"""Folder of the library's that holds the locks."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. `total`, `done`, `failed` count sheets; moments are UTC as `archive.clock` writes them.

    `who` is a login name or what stands for one; `message`: what a person should know of how it stands.
    """

    id: int
    kind: Kind
    edition_id: int
    state: State
    who: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    total: int = 0
    done: int = 0
    failed: int = 0
    created_at: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    message: str = ""
    pages_per_minute: float = 0.0
    """Sheets read a minute while it ran; 0 while nothing is known."""
    remaining_seconds: int | None = None
    """How long it will still take at that speed; None while nothing is known."""
    urn: str = ""
    """Of its edition."""
    cut_off: bool = False
    """It was being worked on when its process ended; whoever works next goes on with it."""

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return "已中断" if self.cut_off else STATES[self.state]

    @property
    def left(self) -> int:
        """Sheets still to be read."""
        return self.total - self.done - self.failed

    def as_json(self) -> dict[str, Any]:
        """The job as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__} | {"left": self.left, "label": self.label}


class Failed(NamedTuple):
    """A sheet a job could not read, and why."""

    sheet: int
    error: str


# Asking.


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


# Looking.


def jobs(
    library: Library,
    *,
    edition_id: int | None = None,
    kind: Kind | None = "ocr",
    states: Sequence[State] = (),
    limit: int = 200,
) -> list[Job]:
    """Jobs, those still to be done first, then the newest; of one edition, kind or some states if asked."""
    sql = (
        f"{_SELECT} WHERE (:edition IS NULL OR edition_id = :edition) AND (:kind IS NULL OR kind = :kind) "
        "AND (:states = '[]' OR job.state IN (SELECT value FROM json_each(:states))) "
        "ORDER BY job.state NOT IN ('waiting', 'running', 'paused'), job.id DESC LIMIT :limit"
    )
    asked = {"edition": edition_id, "kind": kind, "states": json.dumps(list(states)), "limit": limit}
    return [_job(library, row) for row in library.db.query(sql, asked)]


def job(library: Library, id: int) -> Job:
    """One job.

    Raises:
        NotFound: there is none.
    """
    for row in library.db.query(f"{_SELECT} WHERE job.id = ?", [id]):
        return _job(library, row)
    raise NotFound(f"没有 {id} 号任务。", remedy="wenku ocr jobs 列出全部任务。")


def failed_pages(library: Library, id: int) -> list[Failed]:
    """The sheets a job could not read, in order."""
    sql = (
        "SELECT number, job_page.error FROM job_page JOIN sheet ON sheet.id = sheet_id "
        "WHERE job_id = ? AND state = 'failed' AND number NOT NULL ORDER BY number"
    )
    return [Failed(*row) for row in library.db.execute(sql, [id])]


# Steering.


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


# Working.


@contextmanager
def holding(library: Library, id: int) -> Iterator[None]:
    """Work on a job, alone: its lock is held by this process and falls with it.

    Raises:
        Busy: another process is working on it.
    """
    lock = _lock(library, id)
    if not lock.acquire():
        raise Busy(f"{id} 号任务正由另一个程序进行。", remedy="wenku ocr jobs 看进度；要停下：wenku ocr pause。")
    _HELD.append(lock)
    try:
        yield
    finally:
        _HELD.remove(lock)
        lock.release()


def held(library: Library, id: int) -> bool:
    """Whether a living process is working on a job."""
    lock = _lock(library, id)
    if not lock.acquire():
        return True
    lock.release()
    return False


def next_job(library: Library) -> Job | None:
    """The job that is to be worked on next: the oldest that waits to be read, or whose process was killed."""
    sql = f"{_SELECT} WHERE kind = 'ocr' AND job.state IN ('waiting', 'running') ORDER BY job.id"
    return next((_job(library, row) for row in library.db.query(sql) if not held(library, row["id"])), None)


def take_sets(library: Library) -> list[Job]:
    """Every `set` that waits, or was cut off; from now on a save asks for another."""
    sql = "SELECT id FROM job WHERE kind = 'set' AND state IN ('waiting', 'running') ORDER BY id"
    ids = [row[0] for row in library.db.execute(sql)]
    if not ids:
        return []
    with writing(library):
        library.db.execute("UPDATE job SET state = 'running' WHERE kind = 'set' AND state = 'waiting'")
        return [job(library, id) for id in ids]


def put_back(library: Library, taken: Job) -> None:
    """Let a `set` that was taken wait again, unless another waits already."""
    with writing(library):
        library.db.execute("DELETE FROM job WHERE id = ?", [taken.id])
        enqueue_set(library, taken.edition_id, taken.who)


@contextmanager
def only_worker(library: Library, wait: float) -> Iterator[None]:
    """Be the one worker of the library, once any other has gone; looked for every `wait` seconds.

    Raises:
        WenkuError: the library's folder cannot be written.
    """
    lock = _lock(library, "worker")
    while not lock.acquire():
        time.sleep(wait)
    _HELD.append(lock)
    try:
        yield
    finally:
        _HELD.remove(lock)
        lock.release()


def begin(library: Library, id: int) -> bool:
    """Say that a job is being worked on; false if it is no longer to be done."""
    with writing(library):
        sql = (
            "UPDATE job SET state = 'running', started_at = coalesce(started_at, ?), message = '' "
            "WHERE id = ? AND state IN ('waiting', 'running')"
        )
        return bool(library.db.execute(sql, [clock.now(), id]).rowcount)


def waiting_pages(library: Library, id: int) -> list[int]:
    """Numbers of the sheets a job has still to read, in order."""
    sql = (
        "SELECT number FROM job_page JOIN sheet ON sheet.id = sheet_id "
        "WHERE job_id = ? AND state = 'waiting' AND number NOT NULL ORDER BY number"
    )
    return [row[0] for row in library.db.execute(sql, [id])]


def page_done(library: Library, id: int, sheet: int, seconds: float, error: str = "") -> None:
    """Tick a sheet off, read or failed; `seconds`: how long the job worked since the last one."""
    with writing(library):
        sql = (
            "UPDATE job_page SET state = ?, error = ? WHERE job_id = ? AND sheet_id = "
            "(SELECT sheet.id FROM sheet JOIN job ON job.edition_id = sheet.edition_id WHERE job.id = ? AND number = ?)"
        )
        library.db.execute(sql, ["failed" if error else "done", error[:1000], id, id, sheet])
        library.db.execute("UPDATE job SET read = read + 1, seconds = seconds + ? WHERE id = ?", [seconds, id])


def finish(library: Library, id: int, state: State, message: str = "") -> None:
    """Say how a job ended, or why it pauses; a `set` that is done leaves no row."""
    with writing(library):
        if state == "done":
            library.db.execute("DELETE FROM job WHERE id = ? AND kind = 'set'", [id])
        ended = None if state in OPEN else clock.now()
        sql = "UPDATE job SET state = ?, finished_at = ?, message = ? WHERE id = ? AND state NOT IN ('cancelled')"
        library.db.execute(sql, [state, ended, message[:1000], id])


_HELD: list[FileLock] = []


def _let_go() -> None:
    """Let a child process keep no lock of its parent's: a lock falls with the process that took it."""
    while _HELD:
        lock = _HELD.pop()
        if lock.fd is not None:
            os.close(lock.fd)
            lock.fd = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _lock(library: Library, name: int | str) -> FileLock:
    folder = library.folder / LOCKS
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        what = f"任务的锁建不起来：{error.strerror}。"
        raise WenkuError(what, where=str(folder), remedy="请检查磁盘空间和写权限。") from error
    return FileLock(str(folder / f"{name}.lock"))


_SELECT = (
    "SELECT job.*, urn, "
    "(SELECT count(*) FROM job_page WHERE job_id = job.id) AS total, "
    "(SELECT count(*) FROM job_page WHERE job_id = job.id AND state = 'done') AS done, "
    "(SELECT count(*) FROM job_page WHERE job_id = job.id AND state = 'failed') AS failed "
    "FROM job JOIN edition ON edition.id = edition_id"
)


def _job(library: Library, row: Mapping[str, Any]) -> Job:
    speed = 60 * row["read"] / row["seconds"] if row["read"] and row["seconds"] else 0.0
    left = row["total"] - row["done"] - row["failed"]
    return Job(
        id=row["id"],
        kind=row["kind"],
        edition_id=row["edition_id"],
        state=row["state"],
        who=row["who"],
        settings=json.loads(row["settings"]),
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        message=row["message"],
        pages_per_minute=round(speed, 1),
        remaining_seconds=round(60 * left / speed) if speed and row["state"] in OPEN else None,
        urn=row["urn"],
        cut_off=row["kind"] == "ocr" and row["state"] == "running" and not held(library, row["id"]),
    )
