"""Reading the sheets of an edition: the work of an `ocr` job, in processes here or on a cluster.

A page is saved as soon as it is read, so that whatever is killed costs at most the pages in hand. What cannot be read
is noted and the rest goes on; a person's work is never read over.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from pathlib import Path
from typing import NamedTuple, TypeVar

from archive import jobs
from archive.errors import Busy, NotFound, WenkuError
from archive.intake import Run
from archive.jobs import Job
from archive.library import Library
from archive.transcription import store
from archive.transcription.store import Read, Sheet
from archive.writer import write_run, writing
from ingest import transcribed
from ingest.ocr.pools import Pool
from ingest.ocr.sheets import Outcome, PageRead, Task, engine_for, read_sheet

_Result = TypeVar("_Result")

_OFTEN, _SHARE = 20, 10
"""The edition is set on the way after so many sheets, at least, and after a tenth of them."""
_LOOK = 0.5  # seconds between looks at whether someone wants the job to stop
_TRIES, _PATIENCE = 5, 2.0  # how often, and after how many seconds, a page is saved again while someone else writes


class Step(NamedTuple):
    """A sheet is done: its number from 0, what became of it, and how the job stands now."""

    sheet: int
    error: str
    skipped: bool
    characters: int
    job: Job


class Watcher(NamedTuple):
    """Who is told how a job goes on; see `run`."""

    step: Callable[[Step], None]
    settled: Callable[[Library], None]
    between: Callable[[], None]


def run(
    folder: Path,
    id: int,
    *,
    workers: int = 0,
    cluster: str = "",
    step: Callable[[Step], None] = lambda step: None,
    settled: Callable[[Library], None] = lambda library: None,
    between: Callable[[], None] = lambda: None,
) -> Job:
    """Work on a job until it is done, or someone pauses or cancels it.

    Args:
        folder: the library's folder.
        id: the job.
        workers: processes that read at once; 0 for as many as there are processors and memory for.
        cluster: address of a dask scheduler, `tcp://…`, whose workers see the library's folder under the same path.
        step: told of every sheet as it is done.
        settled: told when the edition has been set, now and then and at the end.
        between: called twice a second, at least, while others read.

    Returns:
        The job as it stands now.

    Raises:
        Busy: another process is working on it.
        NotFound: there is no such job.
        WenkuError: the engine is not installed, the cluster does not answer; the disk is full: then the job pauses.
    """
    with Library.open(folder) as library, jobs.holding(library, id):
        try:
            engine = engine_for(str(jobs.job(library, id).settings.get("engine", "auto")))
            with Pool(workers, cluster) as pool:
                _Runner(library, id, engine, pool, Watcher(step, settled, between)).work()
        except KeyboardInterrupt:
            _pause(library, id, f"在终端停下；接着做：wenku ocr resume {id}")
            raise
        except WenkuError as error:
            _pause(library, id, f"{error} 排除后接着做：wenku ocr resume {id}")
            raise
        return jobs.job(library, id)


class _Runner:
    def __init__(
        self,
        library: Library,
        id: int,
        engine: str,
        pool: Pool,
        watcher: Watcher,
    ) -> None:
        self._library = library
        self._id = id
        self._engine = engine
        self._pool = pool
        self._watcher = watcher
        job = jobs.job(library, id)
        self._edition_id = job.edition_id
        self._who = job.who
        self._sheets = {sheet.number: sheet for sheet in store.sheets(library, job.edition_id)}
        self._waiting = deque(jobs.waiting_pages(library, id))
        self._suspects: deque[int] = deque()
        self._flying: dict[Future[Outcome], int] = {}
        self._run_id: dict[str, int] = {}
        self._since_set = 0
        self._often = max(_OFTEN, job.total // _SHARE)
        self._last = time.monotonic()

    def work(self) -> None:
        """Read until nothing is left, or someone wants it to stop."""
        if not jobs.begin(self._library, self._id):
            return
        going = True
        while True:
            going = going and jobs.job(self._library, self._id).state == "running"
            if going:
                self._send()
            if not self._flying:
                if not going or not (self._waiting or self._suspects):
                    break
                continue
            done, _ = wait(self._flying, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
            self._watcher.between()
            if self._since_set >= self._often and self._is_waiting():
                self._set(self._first_left())
        if self._since_set:
            self._set()
        if going:
            job = jobs.job(self._library, self._id)
            nothing = job.failed and not job.done
            message = f"{job.failed} 面没有读出；wenku ocr retry {job.id} 再试。" if job.failed else ""
            jobs.finish(self._library, self._id, "failed" if nothing else "done", message)

    def _send(self) -> None:
        """Keep the pool busy; what may have killed a process is read with nothing beside it."""
        if self._suspects:
            if not self._flying:
                self._submit(self._suspects[0])
            return
        size = self._pool.size
        while self._waiting and len(self._flying) <= size:
            if not self._submit(self._waiting.popleft()):
                return

    def _submit(self, number: int) -> bool:
        sheet = self._sheets[number]
        path = self._library.originals.path(sheet.sha256)
        where = f"{sheet.name or '书影'}（第 {number + 1} 面）"
        task = Task(str(path.resolve()), sheet.frame, where, self._engine, not sheet.image)
        try:
            self._flying[self._pool.submit(read_sheet, task)] = number
        except BrokenExecutor:
            self._broken([number, *self._flying.values()])
            return False
        return True

    def _take(self, future: Future[Outcome]) -> None:
        """Save what a process has read, or note why it could not."""
        number = self._flying.pop(future, None)
        if number is None:  # its pool has broken, and it is on its way again
            return
        try:
            outcome = future.result()
        except BrokenExecutor:
            self._broken([number, *self._flying.values()])
            return
        except CancelledError:
            raise WenkuError("集群断开了，正在读的页没有读完。", remedy="请检查集群。") from None
        except Exception as error:  # a cluster gives a page up after it has killed several workers
            outcome = Outcome(error=f"读这一页的进程多次意外中断（{type(error).__name__}），可能是内存不足。")
        self._settle(number, outcome)

    def _broken(self, numbers: list[int]) -> None:
        """A process died and took the pool with it: its pages are read again one by one; who dies alone is guilty."""
        self._pool.renew()
        self._flying.clear()
        if self._suspects and numbers == [self._suspects[0]]:
            error = "读这一页时进程意外中断，可能是内存不足，或图片有问题。"
            self._settle(numbers[0], Outcome(error=error))
            return
        self._suspects = deque(sorted({*numbers, *self._suspects}))

    def _settle(self, number: int, outcome: Outcome) -> None:
        if self._suspects and self._suspects[0] == number:
            self._suspects.popleft()
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        kept = _patiently(lambda: self._save(self._sheets[number], outcome, seconds))
        self._since_set += kept and not outcome.error
        characters = sum(len(page.transcript.text) for page in outcome.pages)
        self._watcher.step(Step(number, outcome.error, not kept, characters, jobs.job(self._library, self._id)))

    def _save(self, sheet: Sheet, outcome: Outcome, seconds: float) -> bool:
        """Write a page and tick it off, all of it or nothing; false if a person's work stands there."""
        library = self._library
        with writing(library):
            kept = True
            if outcome.error:
                store.keep_failure(library, sheet.edition_id, sheet.number, outcome.error)
            else:
                if outcome.shown:
                    store.show_sheet(library, sheet, outcome.shown, outcome.media_type, outcome.size)
                read = [Read(page.transcript, self._picture(page), page.blank) for page in outcome.pages]
                kept = store.keep_reading(library, sheet.edition_id, sheet.number, read, self._run_of(outcome))
            jobs.page_done(library, self._id, sheet.number, seconds, outcome.error)
        return kept

    def _picture(self, page: PageRead) -> str:
        return store.keep_picture(self._library, page.image, page.media_type) if page.image else ""

    def _run_of(self, outcome: Outcome) -> int:
        """The provenance of what one engine reads in this run of the job, written down with its first page."""
        engine, _, version = outcome.engine.partition(" ")
        sql = "SELECT id FROM run WHERE id = ?"
        known = self._run_id.get(outcome.engine)
        if known is None or self._library.db.execute(sql, [known]).fetchone() is None:
            known = write_run(self._library, Run(self._who, "识别", f"job {self._id}", engine, version))
            self._run_id[outcome.engine] = known
        return known

    def _is_waiting(self) -> bool:
        """Whether the edition has nothing better than what has been read so far."""
        sql = "SELECT status FROM edition WHERE id = ?"
        return bool(self._library.db.execute(sql, [self._edition_id]).fetchone()[0] == "waiting-ocr")

    def _first_left(self) -> int:
        """The first sheet that is still to be read: up to it numbers are given in the order of the book."""
        return min([*self._flying.values(), *self._suspects, *self._waiting], default=len(self._sheets))

    def _set(self, before: int | None = None) -> None:
        self._since_set = 0
        _patiently(
            lambda: transcribed.set_edition(self._library, self._edition_id, who=self._who, why="识别", before=before)
        )
        self._watcher.settled(self._library)


def _patiently(write: Callable[[], _Result]) -> _Result:
    """Write, again after a while if someone else is writing."""
    for _ in range(_TRIES):
        try:
            return write()
        except Busy:
            time.sleep(_PATIENCE)
    return write()


def _pause(library: Library, id: int, message: str) -> None:
    """Say why a job stands still, if the disk still takes that."""
    try:
        jobs.finish(library, id, "paused", message)
    except (WenkuError, NotFound):
        return
