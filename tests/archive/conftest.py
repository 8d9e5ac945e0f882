"""A library in which the sample book can be stored again and again, changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_samples import EDITION, PAGES, RUN, WORK, Item, Store

from archive.intake import FileContent, Page, SectionDraft, SourceFile, pack
from archive.library import Library
from archive.model import Edition, Work
from archive.writer import Stored, store_edition


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        yield made


@pytest.fixture
def store(library: Library) -> Store:
    def write(
        items: list[Item], *, edition: Edition = EDITION, work: Work = WORK, pages: tuple[Page, ...] = PAGES
    ) -> Stored:
        sha256 = library.originals.put(repr(items).encode())
        packed = tuple(item if isinstance(item, SectionDraft) else pack(item) for item in items)
        return store_edition(
            library,
            work,
            edition,
            [FileContent(pages, packed)],
            fingerprint=repr(items),
            originals=[SourceFile("shanchuan.txt", sha256, len(repr(items).encode()), "text/plain")],
            run=RUN,
        )

    return write
