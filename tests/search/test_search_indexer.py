from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelves import Block, shelve
from whoosh.util.filelock import FileLock

from archive.errors import Busy, UsageError, WenkuError
from archive.library import Library
from archive.writer import withdraw_edition
from search import indexer
from search.engines import ENGINES
from search.finder import Finder
from search.indexer import INDEX, LOCK, STAMP
from search.text import folding


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["天下惟器", "道者器之道"])
        shelve(library, "two", ["四海之内"])
        yield library


@pytest.fixture(params=sorted(ENGINES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def hits(library: Library, text: str) -> list[tuple[str, str]]:
    answer = Finder(library).find(text)
    assert answer.hits == len(answer.items)
    return [(item.work.removeprefix("hengyang."), item.ref) for item in answer.items]


def indexes(library: Library) -> list[Path]:
    return [path for path in (library.folder / INDEX).iterdir() if path.is_dir()]


def test_the_first_time_all_is_indexed_and_then_nothing(library: Library, name: str) -> None:
    seen: list[tuple[int, int]] = []
    report = indexer.catch_up(library, name, lambda done, of: seen.append((done, of)))
    assert (report.engine, report.passages, report.indexed_editions, report.rebuilt) == (name, 3, 2, True)
    assert seen[-1] == (3, 3)
    assert indexer.count(library) == 3
    assert Finder(library).find("天下").engine == name
    again = indexer.catch_up(library, name)
    assert (again.passages, again.indexed_passages, again.rebuilt) == (3, 0, False)
    assert json.loads(json.dumps(again.as_json()))["change"] == library.change_number()


def test_only_what_changed_is_indexed_again(library: Library, name: str) -> None:
    indexer.catch_up(library, name)
    shelve(library, "one", ["天下惟器", "道者器之道", "新增一段"])
    shelve(library, "three", ["新書"])
    report = indexer.catch_up(library, name)
    assert (report.indexed_editions, report.indexed_passages, report.passages, report.rebuilt) == (2, 4, 5, False)
    assert hits(library, "新") == [("one", "3"), ("three", "1")]
    assert hits(library, "四海") == [("two", "1")]


def test_a_withdrawn_edition_leaves_the_index(library: Library, name: str) -> None:
    indexer.catch_up(library, name)
    withdraw_edition(library, library.editions()[0].id)
    assert hits(library, "器") == []
    report = indexer.catch_up(library, name)
    assert (report.indexed_editions, report.passages, report.rebuilt) == (0, 1, False)
    assert hits(library, "器") == [] and hits(library, "四海") == [("two", "1")]


def test_what_is_stored_is_found_before_it_is_indexed(library: Library, name: str) -> None:
    indexer.catch_up(library, name)
    finder = Finder(library)
    assert finder.find("道器合一").hits == 0
    shelve(library, "one", ["天下惟器", "道器合一"])
    answer = finder.find("道器")
    assert (answer.hits, answer.engine, answer.change) == (1, name, library.change_number())
    assert finder.find("者器").hits == 0


def test_a_reader_sees_a_rebuilt_index(library: Library) -> None:
    indexer.catch_up(library, "tantivy")
    finder = Finder(library)
    assert finder.find("天下").engine == "tantivy"
    report = indexer.rebuild(library, "whoosh")
    assert report.rebuilt and [path.name for path in indexes(library)] == ["whoosh-1"]
    assert finder.find("天下").engine == "whoosh"
    assert finder.find("天下").hits == 1


def test_without_index_everything_is_found_and_the_answer_says_so(library: Library) -> None:
    answer = Finder(library).find("天下")
    assert (answer.engine, answer.hits) == ("memory", 1)
    assert "wenku index" in answer.notices[0]
    assert indexer.count(library) == 0
    indexer.catch_up(library)
    assert Finder(library).find("天下").notices == ()


def test_asking_for_another_engine_than_the_index_has(library: Library) -> None:
    indexer.catch_up(library, "whoosh")
    answer = Finder(library, "tantivy").find("天下")
    assert (answer.engine, answer.hits, len(answer.notices)) == ("memory", 1, 1)
    assert indexer.catch_up(library, "tantivy").rebuilt
    assert Finder(library, "tantivy").find("天下").engine == "tantivy"
    with pytest.raises(UsageError):
        Finder(library, "lucene")
    with pytest.raises(UsageError):
        indexer.catch_up(library, "lucene")


@pytest.mark.parametrize(
    "change",
    [
        {"folding": "0-other"},
        {"format": 0},
        {"change": 99},
        {"engine": "lucene"},
        {"folder": "gone"},
        {"editions": {}},
        {"odd": 1},
        {"editions": 7},
        {"change": "1"},
        None,
    ],
    ids=str,
)
def test_a_stamp_that_does_not_fit_means_a_new_index(library: Library, change: dict[str, object] | None) -> None:
    indexer.catch_up(library)
    stamp = library.folder / INDEX / STAMP
    content = json.dumps({**json.loads(stamp.read_text()), **change}) if change else "{ not json"
    stamp.write_text(content)
    assert hits(library, "天下") == [("one", "1")]
    assert indexer.catch_up(library).rebuilt
    assert indexer.count(library) == 3 and len(indexes(library)) == 1
    assert hits(library, "天下") == [("one", "1")]


def test_an_index_of_another_library_is_not_believed(library: Library, tmp_path: Path) -> None:
    indexer.catch_up(library)
    with Library.create(tmp_path / "other") as other:
        shelve(other, "three", ["別有天地", "非人間", "桃花流水", "窅然去"])
        shelve(other, "four", ["又一書"])
        shutil.copytree(library.folder / INDEX, other.folder / INDEX)
        assert other.change_number() == library.change_number()
        assert hits(other, "天地") == [("three", "1")] and indexer.count(other) == 0
        assert indexer.catch_up(other).rebuilt
        assert hits(other, "天地") == [("three", "1")]


@pytest.mark.parametrize("damage", [b"", b"\x00 garbage \xff" * 9], ids=["empty", "garbled"])
def test_a_damaged_index_is_made_anew(library: Library, name: str, damage: bytes) -> None:
    indexer.catch_up(library, name)
    for path in indexes(library)[0].rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            path.write_bytes(damage)
    os.utime(library.folder / INDEX / STAMP, ns=(1, 1))
    assert hits(library, "天下") == [("one", "1")]
    assert Finder(library).find("天下").engine == "memory"
    assert indexer.count(library) == 0
    shelve(library, "three", ["天下"])
    assert indexer.catch_up(library, name).rebuilt
    assert hits(library, "天下") == [("one", "1"), ("three", "1")]
    assert Finder(library).find("天下").engine == name


def test_one_writer_at_a_time(library: Library) -> None:
    indexer.catch_up(library)
    shelve(library, "three", ["天下"])
    lock = FileLock(str(library.folder / INDEX / LOCK))
    assert lock.acquire()
    try:
        with pytest.raises(Busy):
            indexer.catch_up(library)
        with pytest.raises(Busy):
            indexer.rebuild(library)
        assert hits(library, "天下") == [("one", "1"), ("three", "1")]
    finally:
        lock.release()
    assert not indexer.catch_up(library).rebuilt


def test_an_index_in_step_needs_no_writing(library: Library) -> None:
    indexer.catch_up(library)
    lock = FileLock(str(library.folder / INDEX / LOCK))
    assert lock.acquire()
    try:
        assert indexer.catch_up(library).indexed_passages == 0
    finally:
        lock.release()


def test_where_the_index_cannot_be_written_is_said(library: Library) -> None:
    (library.folder / INDEX).write_text("a file where the folder should be")
    with pytest.raises(WenkuError) as raised:
        indexer.catch_up(library)
    assert INDEX in raised.value.where and raised.value.remedy
    assert hits(library, "天下") == [("one", "1")]


def _die_while_indexing(folder: Path, name: str, act: str) -> None:
    library = Library.open(folder)
    indexer._write_stamp = lambda *_: os._exit(9)  # type: ignore[assignment]
    getattr(indexer, act)(library, name)


@pytest.mark.parametrize("act", ["rebuild", "catch_up"])
def test_a_killed_process_leaves_a_sound_index(library: Library, name: str, act: str) -> None:
    indexer.catch_up(library, name)
    shelve(library, "one", ["天下為公", "天下惟器"])
    process = multiprocessing.get_context("spawn").Process(target=_die_while_indexing, args=(library.folder, name, act))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert hits(library, "天下") == [("one", "1"), ("one", "2")] or len(hits(library, "天下")) == 2
    report = indexer.catch_up(library, name)
    assert report.passages == 3 == indexer.count(library)
    assert len(indexes(library)) == 1
    assert Finder(library).find("天下").engine == name
    assert len(hits(library, "天下")) == 2


def test_the_index_is_stamped_with_the_folding(library: Library) -> None:
    indexer.catch_up(library)
    stamp = indexer.read_stamp(library.folder / INDEX)
    assert stamp is not None
    assert (stamp.folding, stamp.change, stamp.passages) == (folding.version(), library.change_number(), 3)


def test_an_empty_library_can_be_indexed(tmp_path: Path, name: str) -> None:
    with Library.create(tmp_path / "empty") as library:
        assert indexer.catch_up(library, name).passages == 0
        assert Finder(library).find("天下").hits == 0
        shelve(library, "one", [Block("", kind="paragraph"), Block("，。"), Block("天下")])
        assert indexer.catch_up(library, name).passages == 3
        assert hits(library, "天下") == [("one", "3")]
