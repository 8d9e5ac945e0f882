"""Killing, starving and racing the reading of scans: what is saved stays, at most the pages in hand are read twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import standin
from standin import URN, book, read_times, transcript, words

from archive import jobs
from archive.library import Library
from archive.transcription import store

resource = pytest.importorskip("resource", reason="进程限额只在类 Unix 系统上有")

WENKU = [sys.executable, standin.__file__]
PAGES, WORKERS = 12, 2
IN_HAND = WORKERS + 1
PATIENCE = 60.0  # seconds a test waits for what must come


def wenku(library: Path, *words_: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [*WENKU, *map(str, words_), "--library", str(library)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def begin(library: Path, *words_: object, around: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    command = [*WENKU, *map(str, words_), "--library", str(library)]
    environment = {**os.environ, **(around or {})}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background may not have it
    )


def until(reached: Callable[[], Any]) -> Any:
    """What `reached` gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := reached():
            return found
        time.sleep(0.05)
    raise AssertionError("等不到")


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a book of scans that nobody has read."""
    place = tmp_path_factory.mktemp("scans")
    added = wenku(place / "library", "add", book(place / "book", PAGES))
    assert added.returncode == 0, added.stderr
    return place / "library"


@pytest.fixture
def folder(unread: Path, tmp_path: Path) -> Path:
    """Such a library of this test's own."""
    return Path(shutil.copytree(unread, tmp_path / "library"))


def healthy(folder: Path) -> bool:
    told = wenku(folder, "check", "--json").stdout
    return bool(json.loads(told)["ok"])


def read(library: Library) -> int:
    return sum(one.revision > 0 for one in store.pages(library, 1))


RUN = ("ocr", "run", URN, "--engine", "null", "--workers", WORKERS)


def test_a_killed_run_loses_nothing_and_repeats_only_what_was_in_hand(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    around = {standin.LOG: str(log), standin.SLOW: "0.15"}
    with Library.open(folder) as library:
        for goal in (3, 6):
            process = begin(folder, *RUN, around=around)
            until(lambda goal=goal: read(library) >= goal)
            process.kill()
            process.communicate()
            kept = {one.sheet: one.revision for one in store.pages(library, 1) if one.revision}
            (job,) = jobs.jobs(library)
            assert job.done == len(kept) >= goal and job.state == "running"
        end = wenku(folder, *RUN, "--json", env={**os.environ, **around})
        assert end.returncode == 0, end.stderr
        (told,) = json.loads(end.stdout)
        assert (told["id"], told["state"], told["done"], told["failed"]) == (job.id, "done", PAGES, 0)
        assert all(one.revision == 1 for one in store.pages(library, 1))
        text = "".join(one.text for one in library.passages(1))
        assert all(words(number) in text for number in range(1, PAGES + 1))
    times = read_times(log)
    assert set(times) == set(range(1, PAGES + 1)) and sum(times.values()) <= PAGES + 2 * IN_HAND
    assert healthy(folder)


def test_ctrl_c_pauses_the_job_without_waiting_for_the_pages_in_hand(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = begin(folder, *RUN, around={standin.LOG: str(log), standin.SLOW: "600"})
    until(lambda: read_times(log))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    with Library.open(folder) as library:
        (job,) = jobs.jobs(library)
    assert job.state == "paused" and f"wenku ocr resume {job.id}" in job.message
    assert wenku(folder, *RUN).returncode == 0


def test_the_processes_of_a_killed_run_die_with_it(folder: Path, tmp_path: Path) -> None:
    process = begin(folder, *RUN, around={standin.SLOW: "0.3"})
    with Library.open(folder) as library:
        until(lambda: read(library) > 0)
    children = [int(one) for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(children) == WORKERS
    process.kill()
    process.communicate()
    until(lambda: not any(alive(child) for child in children))


def alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_full_disk_pauses_the_job_and_it_goes_on(folder: Path) -> None:
    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = (folder / "library.sqlite").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 3, size // 3))

    starved = wenku(folder, *RUN, "--json", preexec_fn=small_disk)
    assert starved.returncode == 1 and "Traceback" not in starved.stderr
    assert "磁盘空间" in json.loads(starved.stdout)["remedy"]
    end = wenku(folder, *RUN, "--json")
    assert end.returncode == 0, end.stderr
    assert [(one["state"], one["done"]) for one in json.loads(end.stdout)] == [("done", PAGES)]
    assert healthy(folder)


def test_a_truncated_original_fails_its_pages_and_no_other_book(folder: Path, tmp_path: Path) -> None:
    other = book(tmp_path / "other", 2, first=20)
    (other / "work.yaml").write_text(
        "id: shili.bieben\ntitle: 另一種\nedition: {slug: ying, label: 影印本}\n", encoding="utf-8"
    )
    assert wenku(folder, "add", other).returncode == 0
    with Library.open(folder) as library:
        original = library.originals.path(store.sheets(library, 1)[0].sha256)
        original.write_bytes(original.read_bytes()[:900])
    told = wenku(folder, "ocr", "run", "all", "--engine", "null", "--json")
    assert told.returncode == 1 and "Traceback" not in told.stderr
    broken, whole = json.loads(told.stdout)
    assert (broken["state"], broken["failed"], whole["state"], whole["done"]) == ("failed", PAGES, "done", 2)
    assert all("损坏" in page["error"] or "不完整" in page["error"] for page in broken["failed_pages"])


def test_two_runs_on_one_book_at_once_are_refused_clearly(folder: Path) -> None:
    first = begin(folder, *RUN, around={standin.SLOW: "1"})
    with Library.open(folder) as library:
        until(lambda: read(library) > 0)
    second = wenku(folder, *RUN, "--json")
    assert second.returncode == 1
    refusal = json.loads(second.stdout)
    assert refusal["kind"] == "Busy" and "已有识别任务" in refusal["error"] and "wenku ocr cancel" in refusal["remedy"]
    with Library.open(folder) as library:
        (job,) = jobs.jobs(library)
        jobs.pause(library, job.id, "館員")
        assert first.wait(PATIENCE) == 0
        assert all(one.revision <= 1 for one in store.pages(library, 1))
        assert jobs.job(library, job.id).state == "paused"
    assert first.stdout
    first.stdout.close()


@pytest.fixture
def site(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = begin(folder, "serve", "--port", 0, "--json")
    try:
        assert process.stdout and b"url" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_worker_beside_the_site_comes_again_and_goes_with_it(folder: Path, site: subprocess.Popen[bytes]) -> None:
    def worker() -> int:
        """The process id of the worker that works, 0 if none does."""
        listed = " ".join(one.read_text() for one in Path(f"/proc/{site.pid}/task").glob("*/children"))
        return next((pid for pid in map(int, listed.split()) if alive(pid)), 0)

    if not Path("/proc/self/task").exists():
        pytest.skip("没有 /proc")
    first = until(worker)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: (pid := worker()) != first and pid)
    with Library.open(folder) as library:
        job = jobs.enqueue(library, 1, who="館員", settings={"engine": "null"})
        until(lambda: jobs.job(library, job.id).state == "done")
        store.save(library, 1, 0, 0, transcript("校過之文"), based_on=1, who="校者")
        until(lambda: any("校過之文" in one.text for one in library.passages(1)))
        until(lambda: not jobs.jobs(library, kind="set"))
    found = json.loads(wenku(folder, "search", "校过之文", "--json").stdout)
    assert found["hits"]
    os.kill(site.pid, signal.SIGKILL)
    until(lambda: not alive(second))
    assert healthy(folder)
