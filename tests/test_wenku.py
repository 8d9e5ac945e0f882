"""The command line: what programs and people rely on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from ran import Ran, Run
from whoosh.util.filelock import FileLock

from archive import audit
from archive.library import Library

COMMANDS = ("init", "add", "withdraw", "restore", "works", "show", "search", "cite", "index", "check", "serve", "demo")
BASE = "urn:cts:hengyang:shili.shanchuan.ben"

WORK = """
id: shili.shanchuan
title: 衡州山川小記
author: 示例作者
collection: 示例
edition: {slug: ben, label: 示例本}
citation: {type: book, publisher: 示例出版社, publisher-place: 衡阳, issued: 2026}
"""
TEXT = "# 卷一\n\n回雁峯在城南，峯勢如雁回，故名。<note>葢舊說也</note>\n\n石鼓山在城北。\n\n# 卷二\n\n東洲在湘水中。\n"


def book(folder: Path, text: str = TEXT, work: str = WORK) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "work.yaml").write_text(work, encoding="utf-8")
    (folder / "text.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def added(run: Run, tmp_path: Path) -> Ran:
    return run("add", book(tmp_path / "book"), "--json")


def test_help_is_chinese_and_names_every_command(run: Run) -> None:
    told = run("--help").out
    assert "用法" in told and "Usage" not in told and "Options" not in told
    assert all(f"  {name}" in told for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_chinese(run: Run, name: str) -> None:
    told = run(name, "--help")
    assert told.code == 0 and "文库所在的文件夹" in told.out and "Show this" not in told.out


def test_a_book_is_added_listed_shown_found_and_cited(run: Run, added: Ran) -> None:
    assert (added.code, added.json["added"], added.json["failed"]) == (0, 1, 0)
    (work,) = run("works", "--json").json
    assert {name: work[name] for name in ("id", "title", "author")} == {
        "id": "shili.shanchuan",
        "title": "衡州山川小記",
        "author": "示例作者",
    }
    (edition,) = work["editions"]
    assert set(edition) == {"urn", "label", "characters", "passages", "pages", "rights"}
    assert (edition["urn"], edition["label"], edition["characters"]) == (BASE, "示例本", 2 + 17 + 6 + 2 + 6)
    assert run("show", f"{BASE}:1.1", "--text").out == "回雁峯在城南，峯勢如雁回，故名。葢舊說也\n"
    assert run("show", f"{BASE}:1.1@0-3", "--text").out == "回雁峯\n"
    shown = run("show", f"{BASE}:1", "--json").json
    assert [one["ref"] for one in shown["passages"]] == ["1.0", "1.1", "1.2"]
    assert shown["passages"][1]["notes"] == [[16, 20]] and shown["passages"][1]["revision"] == 1
    found = run("search", "回雁峰在城南峰势", "--json").json
    assert (found["passages"], found["hits"]) == (1, 1)
    (item,) = found["items"]
    assert item["match"] == "回雁峯在城南，峯勢" and item["form"] == "variant"
    assert item["urn"] == f"{BASE}:1.1@{item['start']}-{item['end']}"
    assert "　异体" in run("search", "回雁峰在城南").out and "　异体" not in run("search", "回雁峯在城南").out
    assert "　注" in run("search", "葢舊說").out and "　注" not in run("search", "城南").out
    assert "衡州山川小記" in run("cite", item["urn"]).out
    assert run("check", "--json").json == {"ok": True, "findings": []}


def test_adding_again_does_nothing_and_a_change_makes_a_revision(run: Run, added: Ran, tmp_path: Path) -> None:
    again = run("add", tmp_path / "book", "--json").json
    assert (again["unchanged"], again["added"]) == (1, 0)
    book(tmp_path / "book", TEXT.replace("石鼓山在城北", "石鼓山在城之北"))
    changed = run("add", tmp_path / "book", "--json").json["items"][0]
    assert changed["passages"] == {"added": 0, "changed": 1, "kept": 4, "withdrawn": 0}
    assert run("show", f"{BASE}:1.2", "--text").out == "石鼓山在城之北。\n"
    assert run("show", f"{BASE}:1.2!r1", "--text").out == "石鼓山在城北。\n"
    assert run("search", "石鼓山在城北", "--json").json["hits"] == 0
    assert run("search", "石鼓山在城之北", "--json").json["hits"] == 1


def test_an_edition_is_withdrawn_for_a_reason_and_comes_back_as_it_was(run: Run, added: Ran, tmp_path: Path) -> None:
    assert run("withdraw", BASE).code == 2
    assert run("withdraw", f"{BASE}:1.1", "--reason", "误收").code == 2
    told = run("withdraw", "shili.shanchuan", "--reason", "权利人要求", "--json").json
    assert told == {"withdrawn": [BASE]}
    assert run("works", "--json").json == [] and run("search", "回雁峰", "--json").json["hits"] == 0
    gone = run("show", f"{BASE}:1.1", "--json")
    assert (gone.code, gone.json["kind"]) == (1, "Gone")
    assert run("check", "--json").json["ok"]
    assert "撤下" in run("add", tmp_path / "book", "--json").json["items"][0]["error"]["error"]
    assert run("withdraw", BASE, "--reason", "误收").code == 1
    assert run("restore", BASE, "--json").json == {"restored": [BASE]}
    assert run("restore", BASE).code == 1
    assert run("search", "回雁峰", "--json").json["hits"] == 1
    assert run("add", tmp_path / "book", "--json").json["unchanged"] == 1
    with Library.open(tmp_path / "library") as library:
        trail = [(one.action, one.object, dict(one.details)) for one in audit.entries(library)]
    assert trail == [("edition.restore", BASE, {}), ("edition.withdraw", BASE, {"reason": "权利人要求"})]


def test_a_library_whose_index_cannot_be_written_is_searched_all_the_same(run: Run, added: Ran, tmp_path: Path) -> None:
    """As from a medium that is only read, with the index of an older version."""
    shutil.rmtree(tmp_path / "library" / "index")
    (tmp_path / "library" / "index").write_text("a file where the folder should be")
    told = run("search", "石鼓山", "--json")
    assert told.code == 0 and told.json["hits"] > 0
    assert "索引写不进去" in told.err and "照样检索得到" in told.err
    assert run("index").code == 1


def test_a_book_is_taken_in_while_someone_else_is_indexing(run: Run, added: Ran, tmp_path: Path) -> None:
    lock = FileLock(str(tmp_path / "library" / "index" / "lock"))
    assert lock.acquire()
    try:
        book(tmp_path / "book", TEXT.replace("石鼓山在城北", "石鼓山在城之北"))
        taken = run("add", tmp_path / "book", "--json")
        assert (taken.code, taken.json["failed"]) == (0, 0)
        assert "另一个程序正在更新索引" in taken.err and "wenku index" in taken.err
        assert run("search", "石鼓山在城之北", "--json").json["hits"] == 1
    finally:
        lock.release()


def test_one_bad_book_is_reported_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    book(tmp_path / "books" / "a")
    bad = book(tmp_path / "books" / "b", work=WORK.replace("shanchuan", "erhao"))
    (bad / "text.md").write_bytes(b"\x00\x01\x02")
    book(tmp_path / "books" / "c", work="id: shili.sanhao\ntitel: 誤\n")
    book(tmp_path / "books" / "d", work=WORK.replace("shanchuan", "sihao"))
    told = run("add", tmp_path / "books", "--json")
    assert told.code == 1
    assert [item["status"] for item in told.json["items"]] == ["added", "failed", "failed", "added"]
    assert "titel" in told.json["items"][2]["error"]["error"]
    assert [work["id"] for work in run("works", "--json").json] == ["shili.shanchuan", "shili.sihao"]
    assert run("check").code == 0


def test_many_books_at_once_are_all_there_in_their_order(run: Run, tmp_path: Path) -> None:
    for number in range(40):
        text = TEXT + f"第{number}部。\n" * (number * 7 % 40)
        book(tmp_path / "books" / f"{number:02}", text, WORK.replace("shanchuan", f"shu{number:02}"))
    told = run("add", tmp_path / "books", "--json").json
    assert [item["urn"][-9:-4] for item in told["items"]] == [f"shu{number:02}" for number in range(40)]
    assert len(run("works", "--json").json) == 40 == told["added"]


def test_texts_nobody_described_are_told_of_not_passed_over(run: Run, tmp_path: Path) -> None:
    book(tmp_path / "books" / "a")
    loose = tmp_path / "books" / "b"
    loose.mkdir()
    (loose / "散篇.txt").write_text("回雁峯在城南。\n", encoding="utf-8")
    own = WORK.strip().replace("shanchuan", "ziming")
    (loose / "自名.md").write_text(f"---\n{own}\n---\n\n# 卷一\n\n東洲在湘水中。\n", encoding="utf-8")
    told = run("add", tmp_path / "books", "--json")
    assert [item["status"] for item in told.json["items"]] == ["added", "added", "failed"]
    error = told.json["items"][2]["error"]
    assert "work.yaml" in error["error"] and error["where"] == "散篇.txt" and "slug" in error["remedy"]


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("works",), 1, "NotFound"),
        (("show", BASE), 1, "NotFound"),
        (("nosuch",), 2, "UsageError"),
        (("show",), 2, "UsageError"),
        (("works", "--nosuch"), 2, "UsageError"),
        (("show", "not a urn"), 2, "NotAUrn"),
        (("cite",), 2, "UsageError"),
        (("cite", "--csl", "nowhere.json"), 2, "UsageError"),
        (("add", "nowhere"), 1, None),
    ],
)
def test_wrong_use_is_one_json_document_and_the_right_code(
    run: Run, words: tuple[str, ...], code: int, kind: str | None
) -> None:
    told = run(*words, "--json")
    assert told.code == code
    assert isinstance(told.json, dict) and (kind is None or told.json["kind"] == kind)
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (f"{BASE}:9.9", 1),
        (f"{BASE}:1.1@0-999", 2),
        (f"{BASE}:1@0-3", 1),
        ("urn:cts:hengyang:shili.shanchuan.nosuch", 1),
        ("不是编号", 2),
    ],
)
def test_urns_that_name_nothing_are_explained(run: Run, added: Ran, name: str, code: int) -> None:
    told = run("show", name, "--json")
    assert told.code == code and told.json["error"]


def test_check_finds_an_index_that_lags(run: Run, added: Ran, tmp_path: Path) -> None:
    from archive.library import Library

    with Library.open(tmp_path / "library") as library:
        library.db.execute("DELETE FROM passage WHERE ref = '2.1'")
    told = run("check", "--json")
    assert told.code == 1
    assert {finding["code"] for finding in told.json["findings"]} >= {"index", "passages"}


def test_check_finds_text_beside_the_index_that_is_not_that_of_the_store(
    run: Run, added: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store put back under an index, or changed by other programs; then a file that a disk has spoilt."""
    from archive.library import Library
    from search.text import stream_files

    monkeypatch.setattr(stream_files, "LEAST", 0)
    run("index", "--rebuild")

    def told() -> list[str]:
        return [one["where"] for one in run("check", "--json").json["findings"] if one["code"] == "index"]

    assert told() == []
    with Library.open(tmp_path / "library") as library:
        urns = [edition.urn for edition in library.editions()]
        library.db.execute("UPDATE passage SET text = text || '字'")
        library.db.conn.commit()
    assert set(told()) <= set(urns) and told()
    run("index", "--rebuild")
    assert told() == []
    for path in (tmp_path / "library" / "index").glob("*/text/*"):
        path.write_bytes(path.read_bytes()[:-9])
    assert told() == urns
    run("index", "--rebuild")
    assert told() == []


def test_csl_items_become_one_reference_a_line(run: Run, tmp_path: Path) -> None:
    items = tmp_path / "items.json"
    items.write_text(
        '[{"id":"a","type":"book","title":"全唐五代诗格汇考","author":[{"family":"张","given":"伯伟"}],'
        '"publisher-place":"南京","publisher":"江苏古籍出版社","issued":{"date-parts":[[2002]]},"locator":"288"},'
        '{"id":"b","type":"book","title":"宋论"}]',
        encoding="utf-8",
    )
    told = run("cite", "--csl", items, "--style", "gbt7714-2025")
    assert told.out.splitlines()[0] == "张伯伟. 全唐五代诗格汇考[M]. 南京：江苏古籍出版社，2002：288."
    assert len(told.out.splitlines()) == 2
    assert run("cite", "--csl", items, "--style", "mla").code == 2


def test_what_goes_into_a_pipe_is_utf8_whatever_the_system_speaks(run: Run, tmp_path: Path) -> None:
    run("add", book(tmp_path / "book", "# 卷一\n\n𩔖聚羣書。\n"))
    wenku = Path(sys.executable).with_name("wenku")
    command = [wenku, "show", f"{BASE}:1.1", "--text", "--library", tmp_path / "library"]
    told = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "gbk"})
    assert told.stdout.decode("utf-8").split() == ["𩔖聚羣書。"]


@pytest.mark.parametrize("name", ["serve", "demo"])
def test_serving_says_where_in_one_document(run: Run, added: Ran, tmp_path: Path, name: str) -> None:
    wenku = Path(sys.executable).with_name("wenku")
    command = [wenku, name, "--port", "0", "--json", "--library", tmp_path / "library"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            document = json.loads(process.stdout.readline())
            with urllib.request.urlopen(document["url"], timeout=30) as page:
                assert page.status == 200 and "衡阳文库" in page.read().decode("utf-8")
        finally:
            process.terminate()
        assert process.stdout.read() == b""


def test_an_unforeseen_error_shows_no_trace(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.library.Library.create", lambda folder: 1 / 0)
    told = run("init", "--json")
    assert told.code == 1 and "Traceback" not in told.err + told.out
    assert "ZeroDivisionError" in told.json["error"]
