"""The command line on all hits: orders, export, statistics, frequencies."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ran import Run

from search.found import Moved

BOOKS = {
    "shanchuan": ("衡州山川小記", "明", "# 卷一\n\n回雁峯在城南。\n\n石鼓山在城北，峯高。\n\n# 卷二\n\n峰在湘水東。\n"),
    "fengsu": ("衡州風俗小記", "清", "# 卷一\n\n歲時登峯，人皆登峯。\n\n- 一曰=峯\n"),
}


@pytest.fixture
def books(run: Run, tmp_path: Path) -> None:
    for slug, (title, dynasty, text) in BOOKS.items():
        folder = tmp_path / "books" / slug
        folder.mkdir(parents=True)
        (folder / "work.yaml").write_text(
            f"id: shili.{slug}\ntitle: {title}\nauthor: 示例作者\ndynasty: {dynasty}\n"
            "edition: {slug: ben, label: 示例本}\n",
            encoding="utf-8",
        )
        (folder / "text.md").write_text(text, encoding="utf-8")
    assert run("add", tmp_path / "books").code == 0


def test_a_search_in_another_order_and_width(run: Run, books: None) -> None:
    words = ("search", "峰", "--json", "--width", 1)
    place = [(one["left"], one["right"]) for one in run(*words).json["items"]]
    assert place == [("登", "，"), ("登", "。"), ("=", ""), ("雁", "在"), ("，", "高"), ("", "在")]
    left = [one["urn"] for one in run(*words, "--order", "left").json["items"]]
    right = [one["urn"] for one in run(*words, "--order", "right").json["items"]]
    assert left != right and sorted(left) == sorted(right) and len(left) == 6
    assert len(run(*words, "--work", "shili.fengsu").json["items"]) == 3
    beyond = run("search", "峰", "--page", 9, "--size", 4).out
    assert "没有第 9 页，一共 2 页" in beyond
    wrong = run("search", "峰", "--order", "moon")
    assert wrong.code == 2 and "relevance" in wrong.err and "Traceback" not in wrong.err


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_all_hits_go_into_a_file(run: Run, books: None, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"hits.{ending}"
    told = run("export", "峰", "--to", file, "--order", "date", "--style", "footnote", "--json").json
    assert (told["file"], told["hits"], told["order"]) == (str(file), 6, "date")
    content = file.read_bytes()
    if ending == "json":
        assert "示例作者：《衡州" in json.loads(content)["items"][0]["citation"]
    elif ending == "csv":
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
        assert len(rows) == 10 + 6 and len(rows[9]) == len(rows[15])
    else:
        assert content.startswith(b"PK")
    assert "6 处" in run("export", "峰", "--to", file).out


def test_every_tool_works_inside_the_texts_chosen(run: Run, books: None, tmp_path: Path) -> None:
    scope = ("--period", "清", "--layer", "text", "--json")
    assert run("search", "峰", *scope).json["hits"] == 3
    assert run("search", "峰", "--period", "明", "--period", "清", "--json").json["hits"] == 6
    assert run("search", "峰", "--edition", "urn:cts:hengyang:shili.fengsu.ben", "--json").json["hits"] == 3
    assert run("stats", "峰", *scope).json["hits"] == 3
    assert {one["label"] for one in run("frequencies", "峰", *scope).json["result"]["rows"]} == {"衡州風俗小記"}
    file = tmp_path / "hits.csv"
    run("export", "峰", "--to", file, *scope)
    assert "范围,时代：清；正文或注：正文" in file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "scope", [("--work", "nothing"), ("--period", "宋"), ("--layer", "x"), ("--edition", "urn:cts:hengyang:a.b.c")]
)
def test_texts_that_are_not_there_are_told(run: Run, books: None, scope: tuple[str, str]) -> None:
    told = run("search", "峰", *scope)
    assert told.code and "没有" in told.err and "Traceback" not in told.err


def test_what_cannot_be_written_is_said(run: Run, books: None, tmp_path: Path) -> None:
    for words in (
        ("export", "峰", "--to", tmp_path / "hits.doc"),
        ("export", "峰", "--to", tmp_path / "hits.csv", "--style", "bibtex"),
        ("export", "峰", "--to", tmp_path / "nowhere" / "hits.csv"),
        ("export", "(峰", "--to", tmp_path / "hits.csv"),
        ("stats", "峰", "--by", "moon"),
        ("stats", "峰", "--by", "collocates", "--window", "0"),
        ("stats", "峰", "--to", tmp_path / "hits.doc"),
        ("stats", "峰", "--by", "sections"),
        ("frequencies", "峰", "--by", "moon"),
    ):
        wrong = run(*words)
        assert wrong.code in (1, 2) and wrong.err.startswith("错误：") and not wrong.out
        assert json.loads(run(*words, "--json").out)["error"]
    assert not (tmp_path / "hits.csv").exists()


@pytest.mark.parametrize("by", ["works", "sections", "periods", "centuries", "collocates", "forms", "facets"])
def test_statistics_are_told_and_kept(run: Run, books: None, tmp_path: Path, by: str) -> None:
    words = ("stats", "峰", "--by", by, "--work", "shili.shanchuan")
    document = run(*words, "--json").json
    assert (document["hits"], document["passages"], document["by"]) == (3, 3, by) and document["result"]
    lines = run(*words).out.splitlines()
    assert lines[0] == "峰：3 段，3 处" and len(lines) > 2
    assert run(*words, "--to", tmp_path / "table.csv").code == 0
    rows = list(csv.reader((tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == len(lines) - 1


def test_forms_and_sections_by_name(run: Run, books: None) -> None:
    forms = run("stats", "峰", "--by", "forms", "--json").json["result"]
    assert [(one["text"], one["hits"]) for one in forms["items"]] == [("峯", 5), ("峰", 1)]
    sections = run("stats", "峰", "--by", "sections", "--work", "shili.shanchuan", "--json").json["result"]
    assert [(one["label"], one["hits"]) for one in sections["shares"]] == [("卷一", 2), ("卷二", 1)]


def test_several_queries_side_by_side(run: Run, books: None, tmp_path: Path) -> None:
    result = run("frequencies", "峰", "山", "--by", "period", "--json").json["result"]
    assert [row["label"] for row in result["rows"]] == ["明", "清"]
    assert [[count["hits"] for count in row["counts"]] for row in result["rows"]] == [[3, 1], [3, 0]]
    lines = run("frequencies", "峰", "山").out.splitlines()
    assert "合计" in lines[-1] and len(lines) == 4
    assert run("frequencies", "峰", "山", "--to", tmp_path / "table.xlsx").code == 0


def test_a_file_that_could_not_be_finished_is_not_left_half_written(
    run: Run, books: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table.csv"
    assert run("export", "峰", "--to", table).code == 0
    whole = table.read_bytes()

    def broken(rows: object) -> Iterator[bytes]:
        yield b"half"
        raise Moved("文库有了改动。")

    monkeypatch.setattr("search.statistics.export.csv_chunks", broken)
    for name in ("table.csv", "other.csv"):
        assert run("export", "峰", "--to", tmp_path / name).code == 1
    assert table.read_bytes() == whole
    assert not [path for path in tmp_path.iterdir() if path.name not in ("table.csv", "books", "library")]
