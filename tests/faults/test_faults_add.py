"""Killing, starving and racing `wenku add`: nothing reported is lost, nothing is half there."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

resource = pytest.importorskip("resource", reason="进程限额只在类 Unix 系统上有")

WENKU = Path(sys.executable).with_name("wenku")
BOOKS = 4


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Four books of our own making, large enough that killing falls into the middle of them."""
    folder = tmp_path / "books"
    words = random.Random(7)
    for number in range(BOOKS):
        book = folder / f"book{number}"
        book.mkdir(parents=True)
        (book / "work.yaml").write_text(
            f"id: shili.shu{number}\ntitle: 示例書{number}\nedition: {{slug: ben, label: 示例本}}\n", encoding="utf-8"
        )
        paragraphs = ["".join(words.choices("天地玄黃宇宙洪荒衡湘蒸耒石鼓回雁", k=80)) for _ in range(400)]
        (book / "text.md").write_text("# 卷一\n\n" + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    return folder


def wenku(library: Path, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [str(WENKU), *map(str, words), "--library", str(library)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def contents(library: Path) -> dict[str, str]:
    works = json.loads(wenku(library, "works", "--json").stdout)
    urns = [edition["urn"] for work in works for edition in work["editions"]]
    return {urn: wenku(library, "show", urn, "--json").stdout for urn in urns}


def test_a_killed_run_is_whole_and_goes_on(books: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    assert wenku(whole, "add", books).returncode == 0
    library = tmp_path / "library"
    moments = random.Random(11)
    for _ in range(4):
        command = [str(WENKU), "add", str(books), "--library", str(library)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        try:
            process.wait(moments.uniform(0.3, 1.6))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        told = process.communicate()[1].decode().count("已入库")
        if (library / "library.sqlite").exists():
            works = json.loads(wenku(library, "works", "--json").stdout)
            assert len(works) >= told
            found = [one for one in _check(library) if one["code"] != "index"]
            assert not found
    final = wenku(library, "add", books, "--json")
    assert final.returncode == 0 and json.loads(final.stdout)["failed"] == 0
    assert contents(library) == contents(whole)
    assert not _check(library)


def _check(library: Path) -> list[dict[str, str]]:
    findings: list[dict[str, str]] = json.loads(wenku(library, "check", "--json").stdout)["findings"]
    return findings


def test_a_full_disk_is_an_error_not_a_wreck(books: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert wenku(library, "add", books / "book0").returncode == 0

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    starved = wenku(library, "add", books, "--json", preexec_fn=small_disk)
    assert starved.returncode == 1 and "Traceback" not in starved.stderr
    assert json.loads(starved.stdout)
    assert wenku(library, "add", books).returncode == 0
    assert not _check(library)
    assert len(json.loads(wenku(library, "works", "--json").stdout)) == BOOKS


def test_two_runs_at_once_do_not_spoil_each_other(books: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert wenku(library, "init").returncode == 0
    command = [str(WENKU), "add", str(books), "--library", str(library)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    for process in both:
        process.wait(timeout=120)
    assert wenku(library, "add", books).returncode == 0
    assert not _check(library)
    assert len(json.loads(wenku(library, "works", "--json").stdout)) == BOOKS


def test_a_truncated_database_is_named_damaged(books: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert wenku(library, "add", books / "book0").returncode == 0
    store = library / "library.sqlite"
    store.write_bytes(store.read_bytes()[:5000])
    (library / "library.sqlite-wal").unlink(missing_ok=True)
    told = wenku(library, "check", "--json")
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert json.loads(told.stdout)


def test_a_book_that_changes_under_us_is_refused(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.library import Library
    from ingest import pipeline
    from ingest.sources import discover

    honest = pipeline._original

    def sly(path: Path, source: Any) -> Any:
        told = honest(path, source)
        path.write_text(path.read_text(encoding="utf-8") + "\n新增\n", encoding="utf-8")
        return told

    monkeypatch.setattr(pipeline, "_original", sly)
    folder = tmp_path / "library"
    report = pipeline.add(folder, discover([str(books / "book0")], folder, ""), who="館員", step=lambda item: None)
    assert report.failed and "改动" in str(report.items[0].error)
    with Library.open(folder) as library:
        assert library.works() == []
