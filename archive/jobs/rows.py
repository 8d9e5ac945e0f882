"""Jobs as the library keeps them, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from archive.errors import NotFound
from archive.jobs.locks import held
from archive.library import Library

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


def next_job(library: Library) -> Job | None:
    """The job that is to be worked on next: the oldest that waits to be read, or whose process was killed."""
    sql = f"{_SELECT} WHERE kind = 'ocr' AND job.state IN ('waiting', 'running') ORDER BY job.id"
    return next((_job(library, row) for row in library.db.query(sql) if not held(library, row["id"])), None)


def waiting_pages(library: Library, id: int) -> list[int]:
    """Numbers of the sheets a job has still to read, in order."""
    sql = (
        "SELECT number FROM job_page JOIN sheet ON sheet.id = sheet_id "
        "WHERE job_id = ? AND state = 'waiting' AND number NOT NULL ORDER BY number"
    )
    return [row[0] for row in library.db.execute(sql, [id])]


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
