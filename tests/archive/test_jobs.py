"""Jobs: one a book, steered only while open, counted page by page, theirs who holds the lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin import transcript

from archive import audit, jobs
from archive.errors import Busy, Conflict, NotFound, UsageError
from archive.intake import Run, SourceFile
from archive.library import Library
from archive.model import Edition, Work
from archive.transcription import store
from archive.transcription.store import Read, Sheet
from archive.writer import store_edition, write_run, writing


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        yield made


def edition(library: Library, slug: str = "ben", sheets: int = 3) -> int:
    name = library.originals.put(b"%PDF")
    book = Edition(0, f"urn:cts:hengyang:shili.shu.{slug}", "shili.shu", slug, status="waiting-ocr")
    files = [SourceFile("a.pdf", name, 4, "application/pdf")]
    run = Run("館員", "采集", "a.pdf", "wenku", "1")
    stored = store_edition(library, Work("shili.shu", "示例"), book, [], fingerprint="", originals=files, run=run)
    store.write_sheets(library, stored.edition_id, [Sheet(0, 0, name, frame, name="a.pdf") for frame in range(sheets)])
    return stored.edition_id


def read(library: Library, edition_id: int, sheet: int, engine: str = "standin") -> None:
    with writing(library):
        run = write_run(library, Run("館員", "识别", "", engine, "1"))
    assert store.keep_reading(library, edition_id, sheet, [Read(transcript("天地"))], run)


def test_a_second_job_on_one_book_is_refused_and_the_first_named(library: Library) -> None:
    book, other = edition(library), edition(library, "bieben")
    first = jobs.enqueue(library, book, who="甲")
    with pytest.raises(Busy, match=f"已有识别任务（{first.id} 号，等待，0／3 面）") as refused:
        jobs.enqueue(library, book, who="乙")
    assert f"wenku ocr cancel {first.id}" in str(refused.value)
    assert jobs.enqueue(library, other, who="乙").total == 3
    assert len(jobs.jobs(library)) == 2
    jobs.cancel(library, first.id, "甲")
    assert jobs.enqueue(library, book, who="乙").state == "waiting"


def test_only_what_is_unread_is_read_unless_asked(library: Library) -> None:
    book = edition(library)
    read(library, book, 0)
    read(library, book, 1, jobs.TEXT_LAYER)
    job = jobs.enqueue(library, book, who="甲")
    assert jobs.waiting_pages(library, job.id) == [2]
    jobs.cancel(library, job.id, "甲")
    for asked, pages in (("again", [0, 2]), ("layer", [1, 2]), ("again layer", [0, 1, 2])):
        job = jobs.enqueue(library, book, who="甲", settings=dict.fromkeys(asked.split(), True))
        assert jobs.waiting_pages(library, job.id) == pages
        jobs.cancel(library, job.id, "甲")
    read(library, book, 2)
    with pytest.raises(UsageError, match="--again"):
        jobs.enqueue(library, book, who="甲")
    with pytest.raises(UsageError, match="没有要识别的书影"):
        jobs.enqueue(library, edition(library, "kong", sheets=0), who="甲")


def test_progress_is_counted_page_by_page(library: Library) -> None:
    job = jobs.enqueue(library, edition(library, sheets=5), who="甲")
    with jobs.holding(library, job.id):
        assert jobs.begin(library, job.id)
        jobs.page_done(library, job.id, 0, 2.0)
        jobs.page_done(library, job.id, 3, 4.0, "图片已损坏。")
        now = jobs.job(library, job.id)
    assert (now.state, now.total, now.done, now.failed, now.left) == ("running", 5, 1, 1, 3)
    assert (now.pages_per_minute, now.remaining_seconds) == (20.0, 9)
    assert jobs.failed_pages(library, job.id) == [jobs.Failed(3, "图片已损坏。")]
    assert jobs.waiting_pages(library, job.id) == [1, 2, 4]
    assert now.as_json()["left"] == 3 and now.as_json()["label"] == "进行中"


def test_a_job_is_steered_only_while_it_is_open(library: Library) -> None:
    job = jobs.enqueue(library, edition(library), who="甲")
    assert jobs.pause(library, job.id, "乙").state == "paused"
    assert not jobs.begin(library, job.id)  # who pauses is obeyed by a runner that comes too late
    assert jobs.resume(library, job.id, "乙").state == "waiting"
    assert jobs.begin(library, job.id)
    assert jobs.cancel(library, job.id, "丙").finished_at
    jobs.finish(library, job.id, "done")  # nor does the end of a cancelled job undo that
    assert jobs.job(library, job.id).state == "cancelled"
    for act in (jobs.pause, jobs.resume, jobs.cancel):
        with pytest.raises(Conflict, match="已取消"):
            act(library, job.id, "甲")
    with pytest.raises(NotFound, match="没有 99 号任务"):
        jobs.pause(library, 99, "甲")
    trail = [(entry.who, entry.action) for entry in audit.entries(library, object=f"job/{job.id}")]
    assert trail == [("丙", "job.cancel"), ("乙", "job.resume"), ("乙", "job.pause"), ("甲", "job.enqueue")]


def test_failed_pages_are_tried_again(library: Library) -> None:
    job = jobs.enqueue(library, edition(library), who="甲")
    jobs.begin(library, job.id)
    for sheet, error in enumerate(("", "坏了。", "")):
        jobs.page_done(library, job.id, sheet, 1.0, error)
    jobs.finish(library, job.id, "done", "1 面没有读出。")
    assert jobs.retry_failed(library, job.id, "甲").state == "waiting"
    assert jobs.waiting_pages(library, job.id) == [1]
    with pytest.raises(Conflict, match="没有读不出的页"):
        jobs.retry_failed(library, job.id, "甲")


HOLD = """
import os, sys, time
from pathlib import Path
from archive import jobs
from archive.library import Library
with Library.open(Path(sys.argv[1])) as library, jobs.holding(library, int(sys.argv[2])):
    jobs.begin(library, int(sys.argv[2]))
    if not hasattr(os, "fork") or not os.fork():  # a child, as the processes that read are, must not keep the lock
        print("held", flush=True)
    time.sleep(30)
"""


def test_a_job_is_free_as_soon_as_its_process_is_killed(library: Library) -> None:
    job = jobs.enqueue(library, edition(library), who="甲")
    command = [sys.executable, "-c", HOLD, str(library.folder), str(job.id)]
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    other = subprocess.Popen(command, stdout=subprocess.PIPE, env=around, start_new_session=True)
    try:
        assert other.stdout and other.stdout.readline() == b"held\n"
        assert jobs.held(library, job.id) and jobs.next_job(library) is None
        assert jobs.job(library, job.id).label == "进行中"
        with pytest.raises(Busy, match="另一个程序"), jobs.holding(library, job.id):
            pass
        with pytest.raises(Conflict, match="正在进行"):
            jobs.resume(library, job.id, "乙")
    finally:
        other.kill()
        other.wait()
    following = jobs.next_job(library)
    assert following is not None and (following.id, following.state) == (job.id, "running")
    assert following.cut_off and following.label == "已中断"
    assert jobs.resume(library, job.id, "乙").state == "waiting"
    if hasattr(os, "killpg"):
        os.killpg(other.pid, signal.SIGKILL)
    assert other.stdout
    other.stdout.close()


def test_what_is_saved_while_an_edition_is_set_is_set_again(library: Library) -> None:
    book = edition(library)
    store.save(library, book, 0, 0, transcript("天"), based_on=0, who="甲")
    (taken,) = jobs.take_sets(library)
    store.save(library, book, 0, 0, transcript("地"), based_on=1, who="乙")
    jobs.finish(library, taken.id, "done")
    (left,) = jobs.jobs(library, kind="set")
    assert (left.state, left.who) == ("waiting", "乙")
    # One that was cut off is taken again, one that had to be put off waits on.
    (again,) = jobs.take_sets(library)
    assert [one.id for one in jobs.take_sets(library)] == [again.id]
    jobs.put_back(library, again)
    assert [one.state for one in jobs.jobs(library, kind="set")] == ["waiting"]
