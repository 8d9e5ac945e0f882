"""Analyses by name, as tables, as files, in the manual."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from mixed import build
from shelves import shelve

from archive.errors import NotFound, UsageError
from archive.library import Library
from search.files import of_file
from search.finder import Finder
from search.found import Found
from search.statistics import collocates
from search.statistics.analyses import FORMATS, STATISTICS, Options, statistic
from search.statistics.arrange import ORDERS, order_named
from search.statistics.distribution import GROUPINGS, grouping_named
from search.statistics.export import HEADINGS, STYLES, Line
from search.statistics.frequencies import frequencies
from search.statistics.tables import WIDEST, Table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    with Library.create(tmp_path_factory.mktemp("tables") / "library") as library:
        build(library)
        yield Finder(library, staff=True).found("天下|葢")


@pytest.mark.parametrize("by", STATISTICS)
def test_every_analysis_is_a_document_and_a_table(found: Found, by: str) -> None:
    result = statistic(found, by, Options(work="hengyang.open"))
    document, table = json.loads(json.dumps(result.as_json())), result.as_table()
    assert document and table.rows
    assert all(len(row) == len(table.headings) for row in table.rows)
    assert all(table.headings) and len(set(table.headings)) == len(table.headings)
    assert len(list(table.lines())) == len(table.rows) + 1
    made = {f".{name}": b"".join(of_file(FORMATS, f"統計.{name.upper()}").chunks(result)) for name in FORMATS}
    assert json.loads(made[".json"]) == document
    rows = list(csv.reader(io.StringIO(made[".csv"].decode("utf-8-sig"), newline="")))
    assert rows == [list(table.headings), *([str(cell) for cell in row] for row in table.rows)]
    sheet = openpyxl.load_workbook(io.BytesIO(made[".xlsx"])).worksheets[0]
    assert [[cell.value or 0 for cell in row] for row in sheet.iter_rows()] == [
        [cell or 0 for cell in row] for row in (table.headings, *table.rows)
    ]


def test_several_queries_are_a_table_too(found: Found) -> None:
    table = frequencies([found, found], "period").as_table()
    assert table.rows[-1][0] == "合计" and table.rows[-1][3] == found.hits


def test_what_there_is_is_named(found: Found, tmp_path: Path) -> None:
    for wrong, known in (
        (lambda: statistic(found, "x"), "collocates"),
        (lambda: order_named("x"), "left"),
        (lambda: grouping_named("x"), "period"),
        (lambda: of_file(FORMATS, "x.doc"), ".xlsx"),
        (lambda: statistic(found, "sections"), "著作"),
    ):
        with pytest.raises(UsageError, match=known):
            wrong()
    with pytest.raises(NotFound):
        statistic(found, "sections", Options(work="nobody.nothing"))
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["道"])
        (share,) = statistic(Finder(library).found("道"), "sections").as_table().rows
        assert share[0] == "未分章"


def test_columns_of_a_terminal_are_aligned() -> None:
    table = Table(("著作", "處", "率"), (("讀通鑑論", 1234, 0.5), ("a\nb", 7, 12.25), ("長" * 40, 0, 0.0)))
    lines = list(table.lines())
    widths = {sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line) for line in lines}
    assert len(widths) == 1
    assert lines[1].endswith("1,234   0.50") and lines[2].startswith("a b ")
    assert "…" in lines[3] and lines[3].count("長") == WIDEST // 2 - 1
    assert list(Table(("甲", "乙"), ()).lines()) == ["甲  乙"]


def test_a_cell_stays_in_its_column_whatever_its_characters() -> None:
    with_marks = Table(("名",), (("e\u0301" * 3,), ("𩔖" * 30,)))
    assert all(len(line) for line in with_marks.lines())


def test_the_manual_names_everything() -> None:
    manual = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    for name in (*STATISTICS, *ORDERS, *GROUPINGS, *Line._fields, *STYLES, *FORMATS, *HEADINGS):
        assert name in manual
    assert f"1—{collocates.WIDEST}" in manual
