"""A visitor sees how far the reading of a book's scans is."""

from __future__ import annotations

from pathlib import Path

from standin import URN, book

from archive import jobs
from archive.config import Config
from archive.library import Library
from ingest.pipeline import add
from ingest.sources import discover
from web import create_app


def test_a_book_that_is_being_read_says_how_far(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    add(folder, discover([str(book(tmp_path / "book", 3))], folder, ""), who="館員", step=lambda item: None)
    page = create_app(Config(), folder).test_client()
    address = f"/w/{URN.rpartition(':')[2]}"
    assert "3 页书影，文字待识别" in page.get(address).text
    with Library.open(folder) as library:
        job = jobs.enqueue(library, 1, who="館員")
        assert "文字识别等待：已读 0／3 面" in page.get(address).text
        with jobs.holding(library, job.id):
            jobs.begin(library, job.id)
            jobs.page_done(library, job.id, 0, 1.0)
            assert "文字识别进行中：已读 1／3 面" in page.get(address).text
        assert "文字识别已中断：已读 1／3 面" in page.get(address).text
        jobs.cancel(library, job.id, "館員")
        assert "3 页书影，文字待识别" in page.get(address).text
