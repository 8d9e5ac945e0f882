"""Every hit leaves as it is shown, in every format, and no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from mixed import Reader, build
from shelves import RUN, Block, shelve

from archive import citations
from archive.errors import UsageError
from archive.excerpt import citation_item
from archive.intake import Draft, FileContent, Page, SectionDraft, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.urn import parse
from archive.writer import store_edition
from search import indexer
from search.answer import Scope
from search.files import named
from search.finder import Finder
from search.found import Moved
from search.statistics.arrange import ORDERS, Order
from search.statistics.export import FORMATS, HEADINGS, Export
from search.statistics.spreadsheets import csv_chunks, xlsx_chunks

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1"]
HARMLESS = ["天=1", " =1", "'=1", "#N/A", "#", "1", "1/2", "TRUE", "", '"引"，\n,', "𩔖😀"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("export") / "library") as library:
        build(library)
        indexer.catch_up(library)
        yield library


def exported(name: str, export: Export) -> bytes:
    return b"".join(FORMATS[name].chunks(export))


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_every_format_holds_what_the_pages_show(library: Library, order: Order, staff: bool) -> None:
    items = Reader(library, staff=staff).items("道|器|&KR0714;", order=order)
    found = Finder(library, staff=staff).found("道|器|&KR0714;")
    export = Export(found, order, width=200)
    works = {work.id: work for work in library.works()}
    shown = [
        {
            "number": number,
            "urn": item.urn,
            "title": item.title,
            "author": item.author,
            "dynasty": works[item.work].dynasty,
            "edition": item.edition_label,
            "section": item.section_title,
            "page": item.page,
            "left": item.left,
            "match": item.match,
            "right": item.right,
            "form": item.form,
            "layer": "notes" if item.in_note else "text",
            "citation": citations.format_item(_cited(library, item.urn)),
            "path": parse(item.urn).path,
        }
        for number, item in enumerate(items, 1)
    ]
    document = json.loads(exported("json", export))
    assert document["items"] == shown and len(shown) == document["hits"] == found.hits
    words = {"exact": "原字形", "variant": "异体", "text": "正文", "notes": "注"}
    told = [
        [words.get(value, value) if key in ("form", "layer") else value for key, value in one.items()] for one in shown
    ]
    rows = csv_rows(exported("csv", export))
    start = rows.index(list(HEADINGS)) + 1
    quoted = [
        [f"'{cell}" if str(cell)[:1] in {text[:1] for text in FORMULAS} else str(cell) for cell in row] for row in told
    ]
    assert rows[start:] == quoted
    sheets = xlsx_sheets(exported("xlsx", export))
    assert sheets["命中"][0] == list(HEADINGS)
    assert [[cell or "" for cell in row] for row in sheets["命中"][1:]] == told


def _cited(library: Library, urn: str) -> dict[str, Any]:
    item = citation_item(library, parse(urn), "")
    return {**item, "custom": {}}


def test_a_file_says_what_it_is(library: Library) -> None:
    at = datetime.fromisoformat("2026-05-03T08:00:00+08:00")
    export = Export(Finder(library).found("=天下", Scope(authors=("王夫之",))), "left", at=at)
    rows = dict(row for row in csv_rows(exported("csv", export))[:7])
    assert rows["检索式"] == "'=天下"
    assert (rows["范围"], rows["排序"], rows["处数"]) == ("著者：王夫之", "按前文音序", str(export.found.hits))
    assert (rows["文库变更号"], rows["导出时间"]) == (str(library.change_number()), "2026-05-03T08:00:00+08:00")
    document = json.loads(exported("json", export))
    assert document | {"query": "=天下", "order": "left", "at": "2026-05-03T08:00:00+08:00"} == document
    assert document["scope"]["authors"] == ["王夫之"]
    notes = dict(row for row in xlsx_sheets(exported("xlsx", export))["说明"])
    assert notes["检索式"] == "=天下" and "截断" in notes["说明"]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_is_a_file_too(library: Library, name: str) -> None:
    content = exported(name, Export(Finder(library).found("无此字")))
    if name == "json":
        assert json.loads(content)["items"] == []
    elif name == "csv":
        assert csv_rows(content)[-1] == list(HEADINGS)
    else:
        assert xlsx_sheets(content)["命中"] == [list(HEADINGS)]


def test_rights_hold_in_every_format(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "notes", [Block("甲道秘密乙", [(2, 4)])], rights=Rights(notes="staff"))
        shelve(library, "bare", ["子曰：「道，可道。」"], rights=Rights(punctuation="staff"))
        shelve(library, "short", [f"遠{'前' * 12}道{'後' * 12}遠"], rights=Rights(text="snippet"))
        shelve(library, "secret", ["機密之道"], rights=Rights(text="staff"))
        found = Finder(library).found("道")
        for name in FORMATS:
            content = exported(name, Export(found, width=200))
            told = str(xlsx_sheets(content)) if name == "xlsx" else content.decode()
            assert "前" * 12 in told and "〔…〕" in told and "子曰" in told
            assert not {"秘", "密", "遠", "機", "「"} & set(told)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    cells = FORMULAS + HARMLESS
    (row,) = csv_rows(b"".join(csv_chunks([cells])))
    assert row == [f"'{cell}" for cell in FORMULAS] + HARMLESS
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_chunks([("表", [cells, cells])]))))
    for number in (1, 2):
        for cell, text in zip(book["表"][number], cells, strict=True):
            assert (cell.value or "").replace("\r", "\n") == text.replace("\r", "\n")
            assert cell.data_type in ("s", "inlineStr") or not text
            assert bool(cell.quotePrefix) == (text in [*FORMULAS, "#N/A", "#"])


def test_a_workbook_takes_what_its_format_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["a\x00b\x1f\ud800", "甲" * 32_767, "甲" * 32_768, "𩔖" * 20_000]]
    (_, (odd, whole, cut, wide)) = xlsx_sheets(b"".join(xlsx_chunks([("表", [["头"] * 4, *rows])])))["表"]
    assert odd == "a\ufffdb\ufffd\ufffd" and whole == "甲" * 32_767
    assert cut.endswith("甲…") and wide.endswith("𩔖…")
    assert max(len(text.encode("utf-16-le")) // 2 for text in (cut, wide)) <= 32_767
    monkeypatch.setattr("search.statistics.spreadsheets.SHEET_ROWS", 4)
    sheets = xlsx_sheets(b"".join(xlsx_chunks([("表", [["头"], *([number] for number in range(7))])])))
    assert sheets == {
        "表": [["头"], [0], [1], [2]],
        "表（2）": [["头"], [3], [4], [5]],
        "表（3）": [["头"], [6]],
    }


def test_a_workbook_is_on_its_way_before_its_last_row_is_made() -> None:
    """A reader sees his download begin; a long one is never whole in memory."""
    made = 0

    def rows() -> Iterator[list[str | int]]:
        nonlocal made
        for number in range(20_000):
            made += 1
            yield ["天下惟器", number]

    chunks = xlsx_chunks([("表", rows())])
    begun = next(chunks)
    assert begun and made < 10_000
    (_, *told) = xlsx_sheets(begun + b"".join(chunks))["表"]
    assert made == 20_000 and told[-1] == ["天下惟器", 19_999]


def test_what_looks_like_an_escaped_character_stays_as_it_is() -> None:
    """A spreadsheet reads `_x000D_` as a character's number, unless the line before it is written as one itself."""
    content = b"".join(xlsx_chunks([("表", [["a_x000D_b", "_x12"]])]))
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "a_x005F_x000D_b" in sheet and ">_x12<" in sheet


def test_every_cell_says_where_it_is() -> None:
    """Not all programs count rows and columns themselves."""
    content = b"".join(xlsx_chunks([("表", [["头"] * 28, ["", *range(27)]])]))
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert '<row r="2"><c r="A2"' in sheet and '<c r="AB2"><v>26</v>' in sheet


PAGES = (
    Page("001-1a", "001", "1a"),
    Page("001-12b", "001", "12b"),
    Page("扉頁"),
    Page("上-3a", "卷上", "003a"),
    Page("15"),
)


@pytest.mark.parametrize("style", ["gbt7714-2025", "gbt7714-2015", "footnote"])
def test_citations_are_those_of_each_place(tmp_path: Path, style: str) -> None:
    with Library.create(tmp_path / "library") as library:
        for slug, citation in (
            ("old", {"type": "classic", "publisher": "湘乡曾国荃", "issued": "1865（清同治四年）"}),
            ("new", {"type": "book", "publisher": "岳麓書社", "publisher-place": "长沙", "issued": 2011}),
            ("journal", {"type": "article-journal", "issued": 2024, "issue": "3"}),
            ("part", {"type": "chapter", "container-title": "船山全书", "issued": 2011, "page": "7-9"}),
            ("odd", {"type": "book", "publisher": "第7070707印刷厂", "issued": 1980}),
        ):
            drafts = [pack(Draft("paragraph", "道可道", (), (), (), ((0, number),))) for number in range(len(PAGES))]
            items = [SectionDraft(1, "論道"), *drafts[:2], SectionDraft(2, "卷二　第12頁"), *drafts[2:]]
            store_edition(
                library,
                Work(f"hengyang.{slug}", f"{slug}書", "王夫之"),
                Edition(0, f"urn:cts:hengyang:hengyang.{slug}.test", f"hengyang.{slug}", "測試本", citation=citation),
                [FileContent(PAGES, tuple(items))],
                fingerprint="",
                originals=[],
                run=RUN,
            )
        shelve(library, "unpaged", ["# 卷一", "道可道"])
        lines = list(Export(Finder(library).found("道"), style=style).lines())
        assert len(lines) == 2 * len(PAGES) * 5 + 2
        for line in lines:
            assert line.citation == citations.format_item(_cited(library, line.urn), style)
        assert len({line.citation for line in lines}) > 15


def test_an_edition_that_cannot_be_cited_is_exported_all_the_same(library: Library, tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["道"])
        library.db.execute('UPDATE edition SET citation = \'{"type": "無"}\'')
        (line,) = Export(Finder(library).found("道")).lines()
        assert (line.match, line.citation) == ("道", "")


def test_a_file_is_of_one_state_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.statistics.export._BATCH", 2)
    with Library.create(tmp_path / "library") as library, Library.open(tmp_path / "library") as writer:
        shelve(library, "one", [f"第{number}道" for number in range(9)])
        export = Export(Finder(library).found("道"))
        lines = export.lines()
        first = next(lines)
        shelve(writer, "one", ["無"])
        assert [first.left, *(line.left for line in lines)] == [f"第{number}" for number in range(9)]
        with pytest.raises(Moved):
            next(export.lines())
        lines = Export(Finder(library).found("無")).lines()
        next(lines)
        lines.close()
        assert not library.db.conn.in_transaction


def test_unknown_formats_and_styles_name_those_there_are(library: Library) -> None:
    with pytest.raises(UsageError, match="csv"):
        named(FORMATS, "doc")
    with pytest.raises(UsageError, match="footnote"):
        list(Export(Finder(library).found("道"), style="bibtex").lines())
