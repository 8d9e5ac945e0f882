"""The worker beside the site: one process that does what waits in the library's table of jobs, as long as it may.

An edition whose transcripts were saved is set anew within a second, also while a book is being read. Whatever is
killed goes on from its last page: the table tells what is left, and locks tell who is still alive.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from archive import jobs
from archive.arrivals import Arrivals
from archive.errors import Busy, WenkuError
from commands.context import HOUSE, Context, brought_up, library_of
from console import say

if TYPE_CHECKING:
    from archive.jobs import Job
    from archive.library import Library

_LOOK = 0.3  # seconds between looks into the table
_LOCKED = 2.0  # seconds between looks at a lock another worker holds
_LONGEST_REST = 60.0  # seconds before a worker that keeps dying is started again


def work(context: Context, *, beside: bool = False) -> None:
    """Do what waits, for ever; `beside`: until standard input ends, which it does with the site, however that ends.

    Another worker of the same library is waited for, to take its place should it go.
    """
    if beside:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the site
        threading.Thread(target=_until_alone, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # readers come first
    with library_of(context) as library, ExitStack() as stack:
        try:
            stack.enter_context(jobs.only_worker(library, _LOCKED))
        except WenkuError as error:  # a library on read-only media has nothing to be done
            if not beside:
                raise
            say(f"站点的后台程序没有启动：{error}")
            return
        while True:
            _meanwhile(context, library)
            if (job := jobs.next_job(library)) is None:
                time.sleep(_LOOK)
            else:
                _read(context, library, job)


def _meanwhile(context: Context, library: Library) -> None:
    """What must not wait until a book is read: proofread text, and scans that were sent in."""
    set_waiting(context, library)
    _take_in(context, library)


def set_waiting(context: Context, library: Library) -> None:
    """Set every edition whose transcripts were saved since, and bring the index up to date."""
    from ingest.transcribed import set_edition

    some = False
    for job in jobs.take_sets(library):
        try:
            set_edition(library, job.edition_id, who=job.who, why="校对")
            jobs.finish(library, job.id, "done")
            some = True
        except Busy:
            jobs.put_back(library, job)
            break
        except Exception as error:  # one edition that cannot be set must not keep the others waiting
            jobs.finish(library, job.id, "failed", str(error) or type(error).__name__)
            say(f"{job.urn} 的正文没有更新：{error}")
    if some:
        catch_up(context, library)


def _take_in(context: Context, library: Library) -> None:
    """Take in the scans that were sent in on the site."""
    if not any(one.stage in ("waiting", "working") for one in Arrivals(context.folder).all()):
        return
    from ingest.arrived import take_in

    try:
        for arrival in take_in(library, context.config):
            say(f"上传的《{arrival.about['title']}》{'没有收入：' + arrival.error if arrival.error else '已收入。'}")
    except WenkuError as error:  # it waits; what is being read goes on
        say(str(error))


def catch_up(context: Context, library: Library) -> None:
    """Bring the index up to date; if that cannot be now, the text is found all the same, only slower."""
    try:
        brought_up(context, library)
    except Busy:  # someone else is at it
        return
    except WenkuError as error:
        say(str(error))


def _read(context: Context, library: Library, job: Job) -> None:
    from ingest.ocr.job import run

    say(f"开始识别 {job.urn}（{job.left} 面）")
    try:
        ended = run(
            context.folder,
            job.id,
            workers=context.config.ocr.workers,
            settled=lambda opened: catch_up(context, opened),
            between=lambda: _meanwhile(context, library),
        )
    except Busy:  # someone else was faster
        return
    except WenkuError as error:
        say(f"{job.urn} 的识别停下了：{error}")
    except Exception as error:
        jobs.finish(library, job.id, "failed", f"程序出了没有料到的错（{type(error).__name__}：{error}）。")
        say(f"{job.urn} 的识别停下了：{type(error).__name__}：{error}")
    else:
        say(f"识别{ended.label} {job.urn}（{ended.done}／{ended.total} 面）{ended.message}")


def _until_alone() -> None:
    """End with the process at the other end of standard input.

    Read below Python's own reader: its lock, held while it waits, would never be released in a forked process.
    """
    try:
        while os.read(0, 1):
            pass
    finally:
        os._exit(0)


@contextmanager
def beside(context: Context) -> Iterator[None]:
    """A worker beside what is done meanwhile: started again when it dies, ended at the end."""
    over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        rest = 1.0
        while not over.is_set():
            begun = time.monotonic()
            process = subprocess.Popen(_command(context), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            running[:] = [process]
            if process.wait() == 0 and not over.is_set():
                return  # it said why
            rest = 1.0 if time.monotonic() - begun > _LONGEST_REST else min(2 * rest, _LONGEST_REST)
            over.wait(rest)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        for process in running:
            if process.stdin:
                process.stdin.close()
        keeper.join(5)
        for process in running:
            if process.poll() is None:
                process.kill()


def _command(context: Context) -> list[str]:
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); import wenku; wenku.main()"
    words = ("ocr", "work", "--beside", "--library", str(context.folder.resolve()))
    return [sys.executable, "-c", run, str(HOUSE), *words]
