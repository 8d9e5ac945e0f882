"""Working on jobs: what is begun, what is done, how it ended."""

from __future__ import annotations

from archive import clock
from archive.jobs.asking import enqueue_set
from archive.jobs.rows import OPEN, Job, State, job
from archive.library import Library
from archive.writer import writing


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


def begin(library: Library, id: int) -> bool:
    """Say that a job is being worked on; false if it is no longer to be done."""
    with writing(library):
        sql = (
            "UPDATE job SET state = 'running', started_at = coalesce(started_at, ?), message = '' "
            "WHERE id = ? AND state IN ('waiting', 'running')"
        )
        return bool(library.db.execute(sql, [clock.now(), id]).rowcount)


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
