"""Catalogues of many works in CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from office_samples import zipped
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from archive.errors import BadSource, UsageError
from ingest.catalogue import Catalogue, load_catalogue

HEADER = "著作编号,书名,作者,版本代号,版本名,文件"
ROWS = (
    "wangfuzhi.songlun,宋论,王夫之,jinling1865,金陵刻本,宋论/*.txt",
    "wangfuzhi.huangshu,黄书,王夫之,jinling1865,金陵刻本,黄书.txt；后序.txt",
)


def load(tmp_path: Path, text: str | bytes, name: str = "目录.csv") -> Catalogue:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_catalogue(path)


def sheet(tmp_path: Path, fill: Callable[[Worksheet], None]) -> Catalogue:
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(HEADER.split(","))
    for row in ROWS:
        page.append(row.split(","))
    fill(page)
    book.create_sheet("第二张").append(["不读"])
    book.save(tmp_path / "目录.xlsx")
    return load_catalogue(tmp_path / "目录.xlsx")


def check(found: Catalogue) -> None:
    assert not found.errors
    assert [(row.number, row.meta.title, row.meta.files) for row in found.rows] == [
        (2, "宋论", ("宋论/*.txt",)),
        (3, "黄书", ("黄书.txt", "后序.txt")),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_dialect(tmp_path: Path, codec: str, delimiter: str) -> None:
    text = "\r\n".join([HEADER, *ROWS, ""]).replace(",", delimiter)
    if codec == "big5":
        text = text.translate(str.maketrans("编号书论文黄后", "編號書論文黃後"))
        text = text.replace("著作編號", "id").replace("書名", "title").replace("版本代號", "edition.slug")
        assert [row.meta.title for row in load(tmp_path, text.encode("big5")).rows] == ["宋論", "黃書"]
    else:
        check(load(tmp_path, text.encode(codec)))


def test_english_and_chinese_columns_mix_and_empty_rows_do_not_matter(tmp_path: Path) -> None:
    header = "id,title,版本代号,edition.label,files,publisher,出版年,正文权限"
    row = "a.b,书,c,本,x.txt,岳麓书社,2011-05,片段"
    meta = load(tmp_path, f"{header}\n\n,,,,,,,\n{row}\n").rows[0].meta
    assert (meta.citation, meta.rights.text) == (
        {"publisher": "岳麓书社", "issued": {"date-parts": [[2011, 5]]}},
        "snippet",
    )


def test_xlsx(tmp_path: Path) -> None:
    check(sheet(tmp_path, lambda page: None))


def test_numbers_dates_and_flags_in_xlsx(tmp_path: Path) -> None:
    def fill(page: Worksheet) -> None:
        for column, (name, value) in enumerate(
            [("起年", 1691), ("止年", 1692.0), ("出版年", date(2011, 5, 3)), ("竖排", True), ("册", 11)], 7
        ):
            page.cell(1, column, name)
            page.cell(2, column, value)

    meta = sheet(tmp_path, fill).rows[0].meta
    assert (meta.year_from, meta.year_to, meta.vertical) == (1691, 1692, True)
    assert meta.citation == {"issued": {"date-parts": [[2011, 5, 3]]}, "volume": "11"}


def test_bad_rows_are_reported_and_the_others_go_on(tmp_path: Path) -> None:
    bad = [
        "宋论,宋论,王夫之,x,某本,a.txt",
        "a.b,,王夫之,x,,",
        "a.c,书,王夫之,x,某本,../a.txt",
        "a.d,书,王夫之,x,某本,a.txt,多出一格",
        ROWS[0],
    ]
    found = load(tmp_path, "\n".join([HEADER, ROWS[0], *bad, ROWS[1]]))
    assert [row.number for row in found.rows] == [2, 8]
    said = [str(error) for error in found.errors]
    assert [error.where for error in found.errors] == [f"目录.csv 第 {n} 行" for n in range(3, 8)]
    assert "著作编号：“宋论”不合写法" in said[0]
    assert "缺少 title（书名）、edition.label（版本名）。缺少 files（文件）。" in said[1]
    assert "同一文件夹之内" in said[2]
    assert "没有列名" in said[3]
    assert "与第 2 行是同一著作的同一版本" in said[4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("著作编号,书名,书皮颜色\n", "不认识的列：书皮颜色"),
        ("著作编号,书名,题名,版本代号,版本名,文件\n", "列重复：title（书名）"),
        ("著作编号,书名\n", "缺少 edition.slug（版本代号）、edition.label（版本名）"),
        ("著作编号,书名,版本代号,版本名\n", "缺少 files（文件）"),
        ("\n\n,,\n", "是空的"),
        (HEADER + '\n"a.b,书,王夫之\n', "不合 CSV 的写法"),
        (HEADER + "\na.b," + "书" * 200_000 + "\n", "不合 CSV 的写法"),
    ],
)
def test_tables_that_are_not_understood(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)


def test_a_csv_that_is_no_text(tmp_path: Path) -> None:
    for data in (b"", b"\0\1", b"\xfd\xfc\xff" * 3):
        with pytest.raises(BadSource):
            load(tmp_path, data)
    with pytest.raises(UsageError, match=r"\.csv"):
        load(tmp_path, "x", "目录.docx")


def test_formulas_and_errors_in_xlsx_fail_their_row(tmp_path: Path) -> None:
    def fill(page: Worksheet) -> None:
        page["B3"] = '=A2&"x"'

    found = sheet(tmp_path, fill)
    assert [row.number for row in found.rows] == [2]
    assert "B3 是公式" in str(found.errors[0])


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="合并的单元格：C2:C3"):
        sheet(tmp_path, lambda page: page.merge_cells("C2:C3"))


def test_a_sheet_that_claims_to_be_endless_is_refused(tmp_path: Path) -> None:
    def fill(page: Worksheet) -> None:
        page["XFD1048576"] = "远"

    with pytest.raises(UsageError, match="1048576 行"):
        sheet(tmp_path, fill)


def test_hostile_xlsx(tmp_path: Path) -> None:
    path = zipped(tmp_path / "目录.xlsx", {"xl/workbook.xml": b" " * 40_000_000})
    with pytest.raises(BadSource, match="解压后"):
        load_catalogue(path)
    path = zipped(path, {"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'})
    with pytest.raises(BadSource, match="实体"):
        load_catalogue(path)
    path = zipped(path, {"xl/workbook.xml": "<x/>"})
    with pytest.raises(BadSource, match="读不了这个表格"):
        load_catalogue(path)
    path.write_bytes(b"junk")
    with pytest.raises(BadSource):
        load_catalogue(path)
