"""`wenku ocr …` as a user meets it: scans taken in, read, looked at, stopped, tried again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import standin
from PIL import Image
from ran import Run
from standin import URN, book, picture, words

import ingest.ocr.reading
from archive import jobs
from archive.errors import WenkuError
from archive.library import Library
from archive.transcription import store


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("替身识字引擎要靠 fork 传给子进程")
    monkeypatch.setattr(ingest.ocr.reading, "read_page", standin.read_page)


NULL = ("--engine", "null", "--workers", "1")


def test_scans_are_taken_in_read_and_found(run: Run, tmp_path: Path) -> None:
    added = run("add", book(tmp_path / "book", 2))
    assert "等待 OCR 1" in added.out and f"wenku ocr run {URN}" in added.err
    read = run("ocr", "run", "all", *NULL)
    assert read.code == 0 and "已完成" in read.out and "2／2 面" in read.out
    assert words(2)[:8] in run("search", words(2)[:8]).out.replace("【", "").replace("】", "")
    assert run("check").code == 0
    assert run("ocr", "run", "all", *NULL).out.strip() == "没有待识别的书影。"
    again = run("ocr", "run", URN, *NULL)
    assert again.code == 2 and "--again" in again.err
    assert run("ocr", "run", URN, "--again", *NULL, "--json").json[0]["done"] == 2


def test_one_command_does_both_even_for_a_book_that_is_there(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("ingest.ocr.sheets.engine_for", lambda name: "null")
    monkeypatch.setattr("ingest.ocr.job.engine_for", lambda name: "null")
    source = book(tmp_path / "book", 2)
    assert run("add", source).code == 0
    told = run("add", "--ocr", source)
    assert told.code == 0 and "识别已完成" in told.out and "（2／2 面）" in told.out
    assert run("add", "--ocr", source, "--json").json["ocr"] == []


def test_what_fails_is_listed_and_tried_again(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    def fallible(pixels: Any, engine: Any) -> Any:
        if standin.bars_on(pixels) == 2:
            raise WenkuError("墨色太淡。")
        return standin.read_page(pixels, engine)

    monkeypatch.setattr(ingest.ocr.reading, "read_page", fallible)
    run("add", book(tmp_path / "book", 2))
    read = run("ocr", "run", URN, *NULL)
    assert read.code == 1 and "wenku ocr retry 1" in read.out and "第 2 面：墨色太淡" in read.err
    listed = run("ocr", "jobs", "1")
    assert "失败 1" in listed.out and "  第 2 面：墨色太淡。" in listed.out
    assert run("ocr", "jobs", "1", "--json").json["failed_pages"] == [{"sheet": 1, "error": "墨色太淡。"}]
    assert run("ocr", "retry", "1", "--workers", "1").code == 1
    monkeypatch.setattr(ingest.ocr.reading, "read_page", standin.read_page)
    assert run("ocr", "retry", "1", "--workers", "1").code == 0
    nothing = run("ocr", "retry", "1")
    assert nothing.code == 1 and "没有读不出的页" in nothing.err


def test_a_paused_job_goes_on_by_either_name(run: Run, tmp_path: Path) -> None:
    run("add", book(tmp_path / "book", 2))
    with Library.open(tmp_path / "library") as library:
        for number, again in ((1, ("resume", "1", "--workers", "1")), (2, ("run", URN, *NULL))):
            jobs.enqueue(library, 1, who="館員", settings={"engine": "null", "again": True})
            assert "已暂停" in run("ocr", "pause", number).out
            assert "已完成" in run("ocr", *again).out
    assert [one["state"] for one in run("ocr", "jobs", "--json").json] == ["done", "done"]


def test_a_cancelled_job_makes_room_for_another(run: Run, tmp_path: Path) -> None:
    run("add", book(tmp_path / "book", 1))
    with Library.open(tmp_path / "library") as library:
        jobs.enqueue(library, 1, who="館員")
    assert "已取消" in run("ocr", "cancel", "1").out
    refused = run("ocr", "resume", "1")
    assert refused.code == 1 and "已取消" in refused.err
    assert run("ocr", "run", URN, *NULL, "--json").json[0]["id"] == 2


def test_what_cannot_be_is_told_plainly(run: Run, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1)
    run("add", source)
    unknown = run("ocr", "run", URN, "--engine", "kraken")
    assert unknown.code == 2 and "auto、rapidocr、tesseract、null" in unknown.err
    assert run("ocr", "jobs").out.strip() == "还没有识别任务。"
    assert "没有 7 号任务" in run("ocr", "jobs", "7").err
    away = run("ocr", "run", "urn:cts:hengyang:shili.wu.ben", *NULL)
    assert away.code == 1 and "没有这个版本" in away.err
    (source / "a.pdf").unlink()
    (source / "a.md").write_text("天地玄黃。\n", encoding="utf-8")
    run("add", source)
    text = run("ocr", "run", URN, *NULL)
    assert text.code == 2 and "没有要识别的书影" in text.err


def test_a_blank_page_is_one_and_a_black_one_fails(run: Run, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1)
    (source / "a.pdf").unlink()
    white, black = (Image.new("L", (300, 400), shade) for shade in (255, 0))
    for number, image in enumerate((picture(3), white, black), 1):
        image.save(source / f"{number}.png")
    run("add", source)
    (told,) = run("ocr", "run", URN, *NULL, "--json").json
    assert (told["done"], told["failed"]) == (2, 1) and "全黑" in told["failed_pages"][0]["error"]
    with Library.open(tmp_path / "library") as library:
        assert [one.state for one in store.pages(library, 1)] == ["unread", "empty", "unread"]


def test_a_worker_that_cannot_lock_says_why(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "library" / "jobs").write_text("", encoding="utf-8")
    refused = run("ocr", "work")
    assert refused.code == 1 and "任务的锁建不起来" in refused.err
