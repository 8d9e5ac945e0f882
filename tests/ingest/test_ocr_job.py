"""The runner of jobs: page by page, whatever fails on the way; nothing read is lost, nothing proofread read over."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import standin
from standin import URN, bars_on, book, read_times, transcript, words

import ingest.ocr.reading
from archive import jobs
from archive.check import check
from archive.errors import Busy, UsageError, WenkuError
from archive.jobs import Job
from archive.library import Library
from archive.transcription import store
from archive.urn import parse
from ingest.ocr import job as runner
from ingest.ocr import pools
from ingest.ocr.job import Step
from ingest.pipeline import add
from ingest.sources import discover


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the stand-in read, in this process's children too, and note what it reads."""
    if not hasattr(os, "fork"):
        pytest.skip("替身识字引擎要靠 fork 传给子进程")
    monkeypatch.setattr(ingest.ocr.reading, "read_page", standin.read_page)
    monkeypatch.setenv(standin.LOG, str(tmp_path / "log"))
    return tmp_path / "log"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "library"
    source = book(tmp_path / "book", 6)
    report = add(folder, discover([str(source)], folder, ""), who="館員", step=lambda item: None)
    assert not report.failed
    with Library.open(folder) as opened:
        yield opened


def edition_id(library: Library) -> int:
    return library.edition(parse(URN)).id


def ask(library: Library, **settings: Any) -> Job:
    return jobs.enqueue(library, edition_id(library), who="館員", settings={"engine": "null", **settings})


def run(library: Library, job: Job, **options: Any) -> Job:
    return runner.run(library.folder, job.id, **{"workers": 2, **options})


def text(library: Library) -> str:
    return "".join(one.text for one in library.passages(edition_id(library)))


def test_a_book_is_read_and_becomes_text(library: Library, log: Path) -> None:
    steps: list[Step] = []
    settled: list[int] = []
    job = run(library, ask(library), step=steps.append, settled=lambda opened: settled.append(opened.change_number()))
    assert (job.state, job.done, job.failed, job.left) == ("done", 6, 0, 0)
    assert sorted(step.sheet for step in steps) == [0, 1, 2, 3, 4, 5] and steps[-1].job.left == 0
    assert all(step.characters == 20 for step in steps) and job.pages_per_minute > 0
    assert settled and read_times(log) == dict.fromkeys(range(1, 7), 1)
    assert all(words(number) in text(library) for number in range(1, 7))
    assert library.edition(parse(URN)).status == "complete"
    assert [page.label for page in library.pages(edition_id(library))] == ["1", "2", "3", "4", "5", "6"]
    (past,) = store.history(library, edition_id(library), 0)
    assert (past.who, past.why, past.engine, past.version) == ("館員", "识别", "standin", "1")
    assert not list(check(library))


def test_numbers_follow_the_book_while_it_is_read(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second page takes long: what is set meanwhile ends before it, so that no number stands before a lower one."""

    def slow(pixels: Any, engine: Any) -> Any:
        time.sleep(0.8 if bars_on(pixels) == 2 else 0)
        (read,) = standin.read_page(pixels, engine)
        return (replace(read, lines=tuple(replace(line, paragraph=True) for line in read.lines)),)

    monkeypatch.setattr(ingest.ocr.reading, "read_page", slow)
    monkeypatch.setattr(runner, "_OFTEN", 2)
    shown: list[list[str]] = []
    run(library, ask(library), settled=lambda opened: shown.append([one.ref for one in opened.passages(1)]))
    assert len(shown) > 1 and shown[-1] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]


def test_a_page_that_fails_is_told_and_the_rest_goes_on(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fallible(pixels: Any, engine: Any) -> Any:
        if bars_on(pixels) == 2:
            raise WenkuError("这一页的引擎出错。")
        if bars_on(pixels) == 5:
            raise ZeroDivisionError("foreign")
        return standin.read_page(pixels, engine)

    monkeypatch.setattr(ingest.ocr.reading, "read_page", fallible)
    job = run(library, ask(library))
    assert (job.state, job.done, job.failed) == ("done", 4, 2) and f"wenku ocr retry {job.id}" in job.message
    failed = jobs.failed_pages(library, job.id)
    assert [page.sheet for page in failed] == [1, 4]
    assert failed[0].error == "这一页的引擎出错。"
    assert "第 5 面" in failed[1].error and "ZeroDivisionError" in failed[1].error
    assert [page.sheet for page in store.pages(library, edition_id(library)) if page.error] == [1, 4]
    assert library.edition(parse(URN)).status == "complete"  # all have been tried
    monkeypatch.setattr(ingest.ocr.reading, "read_page", standin.read_page)
    jobs.retry_failed(library, job.id, "館員")
    again = run(library, job)
    assert (again.state, again.done, again.failed, again.message) == ("done", 6, 0, "")
    assert words(5) in text(library)
    assert not any(page.error for page in store.pages(library, edition_id(library)))


def test_a_page_that_kills_its_process_fails_alone(
    library: Library, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(standin.DEADLY, "3")
    job = run(library, ask(library))
    assert (job.state, job.done, job.failed) == ("done", 5, 1)
    ((sheet, error),) = jobs.failed_pages(library, job.id)
    assert sheet == 2 and "意外中断" in error
    assert all(count <= 3 for count in read_times(log).values())
    assert words(4) in text(library) and words(3) not in text(library)


def test_a_killed_process_costs_no_page(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is killed from outside, once: its page is read again by another."""
    monkeypatch.setenv(standin.SLOW, "0.2")
    killed: list[int] = []

    def kill(step: Step) -> None:
        if not killed:
            (child, *_) = [int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
            killed.append(child)
            os.kill(child, signal.SIGKILL)

    if not Path("/proc/self/task").exists():
        pytest.skip("没有 /proc")
    job = run(library, ask(library), step=kill)
    assert killed and (job.state, job.done, job.failed) == ("done", 6, 0)


def test_a_pool_that_broke_unseen_is_renewed_and_no_page_is_lost(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died while nobody looked: the next page cannot even be handed over."""
    real, calls = pools.Pool.submit, iter(range(100))

    def submit(self: pools.Pool, call: Any, argument: Any) -> Any:
        if next(calls) == 4:
            raise BrokenProcessPool
        return real(self, call, argument)

    monkeypatch.setattr(pools.Pool, "submit", submit)
    job = run(library, ask(library))
    assert (job.state, job.done, job.failed) == ("done", 6, 0)


def test_a_job_is_paused_and_goes_on_where_it_was(library: Library, log: Path) -> None:
    asked = ask(library)

    def pause(step: Step) -> None:
        if step.job.done == 2:
            jobs.pause(library, asked.id, "館員")

    job = run(library, asked, step=pause)
    assert job.state == "paused" and 2 <= job.done < 6
    assert library.edition(parse(URN)).status == "waiting-ocr" and text(library)  # what there is can be read
    jobs.resume(library, job.id, "館員")
    job = run(library, job)
    assert (job.state, job.done) == ("done", 6)
    assert read_times(log) == dict.fromkeys(range(1, 7), 1)


def test_a_cancelled_job_stops_and_what_it_read_stays(library: Library) -> None:
    asked = ask(library)

    def cancel(step: Step) -> None:
        if step.job.done == 1:
            jobs.cancel(library, asked.id, "館員")

    job = run(library, asked, workers=1, step=cancel)
    assert job.state == "cancelled" and 1 <= job.done < 6
    assert jobs.enqueue(library, edition_id(library), who="館員").total == 6 - job.done


def test_nothing_that_was_worked_on_is_read_over(library: Library) -> None:
    run(library, ask(library))
    id_ = edition_id(library)
    store.save(library, id_, 1, 0, transcript("人手所校之文"), based_on=1, who="校者")
    told: list[Step] = []
    job = run(library, ask(library, again=True), step=told.append)
    assert (job.state, job.done) == ("done", 6)
    assert [step.sheet for step in told if step.skipped] == [1]
    assert store.page(library, id_, 1).transcript.text == "人手所校之文"
    assert [one.revision for one in store.pages(library, id_)] == [2, 2, 2, 2, 2, 2]
    assert "人手所校之文" in text(library) and words(2) not in text(library)


def test_two_runners_of_one_job_are_one_too_many(library: Library) -> None:
    job = ask(library)
    with jobs.holding(library, job.id), pytest.raises(Busy, match="另一个程序"):
        run(library, job)
    assert jobs.job(library, job.id).state == "waiting"


def test_a_full_disk_pauses_the_job(library: Library, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.keep_reading
    full = [True]

    def keep(library: Library, edition_id: int, sheet: int, *rest: Any) -> bool:
        if sheet == 3 and full:
            raise sqlite3.OperationalError("database or disk is full")
        return real(library, edition_id, sheet, *rest)

    monkeypatch.setattr(store, "keep_reading", keep)
    asked = ask(library)
    with pytest.raises(WenkuError, match="磁盘空间"):
        run(library, asked)
    job = jobs.job(library, asked.id)
    assert job.state == "paused" and "磁盘空间" in job.message and f"wenku ocr resume {job.id}" in job.message
    full.clear()
    jobs.resume(library, job.id, "館員")
    job = run(library, job)
    assert (job.state, job.done, job.failed, job.message) == ("done", 6, 0, "")
    # Only the pages in hand when the disk was full were read twice.
    assert sum(read_times(log).values()) <= 6 + 3


def test_between_pages_there_is_time_for_others(library: Library) -> None:
    calls: list[str] = []
    run(library, ask(library), between=lambda: calls.append(threading.current_thread().name))
    assert calls and set(calls) == {"MainThread"}


def test_an_unknown_engine_lists_those_there_are(library: Library) -> None:
    job = ask(library, engine="kraken")
    with pytest.raises(UsageError, match="auto、rapidocr、tesseract、null"):
        run(library, job)
    assert jobs.job(library, job.id).state == "paused"


def test_a_cluster_that_does_not_answer_is_named(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(pools, "_WAIT", "0.5s")
    job = ask(library)
    with pytest.raises(WenkuError, match="连不上集群"):
        run(library, job, cluster="tcp://127.0.0.1:9")
    assert jobs.job(library, job.id).state == "paused"


def test_a_cluster_reads_and_loses_a_worker(library: Library, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler of this machine with two workers in processes of their own; one is killed in mid-run."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv(standin.SLOW, "0.3")
    settings = {"distributed.worker.multiprocessing-method": "fork", "distributed.scheduler.worker-ttl": None}
    import dask

    killed: list[int] = []
    with (
        dask.config.set(settings),
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
    ):
        pids = [worker.process.process.pid for worker in cluster.workers.values()]

        def kill(step: Step) -> None:
            if not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        job = run(library, ask(library), cluster=cluster.scheduler_address, step=kill)
    assert killed and (job.state, job.done, job.failed) == ("done", 6, 0)
    assert all(words(number) in text(library) for number in range(1, 7))
    assert set(read_times(log)) == set(range(1, 7)) and not list(check(library))
