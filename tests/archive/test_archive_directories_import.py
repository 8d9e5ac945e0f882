"""Sheets: what each row would do is told first; bad rows are refused with a reason, odd ones told."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from directory_samples import EDIT, books, change, declare, people, put
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from archive.directories import erasing, exporting, files, public, records, registry, sheets, store, values
from archive.directories.grid import MAX_BLANK, MAX_COLUMNS
from archive.directories.importing import Import
from archive.directories.model import Directory, Values
from archive.directories.plans import Report, RowPlan, Suspect, decisions
from archive.errors import BadSource, UsageError
from archive.library import Library


class Nothing:
    """Finds nothing alike."""

    def like(self, values: Values) -> Sequence[Suspect]:
        return ()

    def add(self, where: str, title: str, values: Values) -> None:
        pass


@pytest.fixture(autouse=True)
def declared(library: Library) -> None:
    declare(library)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def book(path: Path, *rows: Sequence[Any], **more: Sequence[Sequence[Any]]) -> Path:
    """A workbook; further sheets by name."""
    made = Workbook()
    made.active.title = "人物"
    for row in rows:
        made.active.append(list(row))
    for name, held in more.items():
        sheet = made.create_sheet(name)
        for row in held:
            sheet.append(list(row))
    made.save(path)
    return path


def plan(library: Library, path: Path, directory: Directory | None = None, **how: Any) -> list[RowPlan]:
    sheet = sheets.open_sheet(path, how.pop("sheet", ""))
    return list(Import(library, directory or people(), sheet, how.pop("like", Nothing()), **how).plan())


def run(library: Library, path: Path, directory: Directory | None = None, **how: Any) -> Report:
    sheet = sheets.open_sheet(path, how.pop("sheet", ""))
    return Import(library, directory or people(), sheet, how.pop("like", Nothing()), **how).run(EDIT)


def notes(library: Library, path: Path, **how: Any) -> str:
    sheet = sheets.open_sheet(path)
    taken = Import(library, people(), sheet, Nothing(), **how)
    list(taken.plan())
    return "".join([*sheet.notes, *taken.notes])


# -- what rows do ---------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_row_by_row_and_changes_nothing(library: Library, tmp_path: Path) -> None:
    put(library, people(), name="示例甲", unit="示例单位", phone="0734-8123456")
    put(library, people(), name="示例丙", unit="示例单位")
    path = written(
        tmp_path / "a.csv",
        "姓名,工作单位,学科,电话\n示例甲,示例单位,哲学,\n示例乙,示例单位,历史,\n示例丙,示例单位,,\n,示例单位,,\n示例丁,,玄学,\n",
    )
    sheet = sheets.open_sheet(path)
    taken = Import(library, people(), sheet, Nothing(), chosen={"工作单位": "unit"})
    rows = list(taken.plan())
    assert [row.status for row in rows] == ["changed", "added", "unchanged", "refused", "refused"]
    assert [(one.label, one.before, one.after) for one in rows[0].changes] == [("学科", "", "哲学")]
    assert rows[0].values["phone"] == ["0734-8123456"]
    assert "必填" in rows[3].why and "玄学" in rows[4].why
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert records.count(library, people()) == 2


def test_what_is_foretold_is_what_happens(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "姓名,单位\n示例甲,示例\n示例乙,示例\n,示例\n")
    foretold = [row.status for row in plan(library, path)]
    report = run(library, path)
    assert report.counts == {"added": foretold.count("added"), "refused": foretold.count("refused")}
    assert records.count(library, people(), state="draft") == 2
    assert len(report.runs) == 1 and report.summary == "新增 2，退回 1"
    assert [row.status for row in plan(library, path)] == ["unchanged", "unchanged", "refused"]


def test_an_empty_cell_keeps_what_is_there_unless_it_is_to_clear(library: Library, tmp_path: Path) -> None:
    put(library, people(), name="示例甲", unit="示例", bio="旧", remark="内部")
    path = written(tmp_path / "a.csv", "姓名,单位,简介\n示例甲,示例,\n")
    assert plan(library, path)[0].status == "unchanged"
    (row,) = plan(library, path, empty_clears=True)
    assert row.status == "changed" and "bio" not in row.values and row.values["remark"] == "内部"


def test_a_number_names_the_record_whatever_else_changes(library: Library, tmp_path: Path) -> None:
    key = put(library, people(), name="示例甲", unit="旧")
    path = book(
        tmp_path / "a.xlsx",
        ["编号", "姓名", "单位"],
        [1, "示例乙", "新"],
        ["people/xin", "示例丙", "新"],
        [77, "示例丁", "新"],
    )
    rows = plan(library, path)
    assert [row.status for row in rows] == ["changed", "added", "refused"]
    assert rows[0].key == str(key) and rows[1].key == "people/xin" and "由系统给" in rows[2].why
    run(library, path)
    assert records.record(library, key).values == {"name": "示例乙", "unit": "新"}


def test_numbers_that_collide_are_refused(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "编号,姓名\njia,示例甲\njia,示例乙\n错 号,示例丙\n")
    rows = plan(library, path)
    assert [row.status for row in rows] == ["added", "refused", "refused"]
    assert "与第 2 行是同一条" in rows[1].why and "不是条目编号" in rows[2].why


def test_the_same_person_twice_in_a_sheet_is_refused(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "姓名,单位\n示例甲,示例\n示例 甲,示 例\n")
    assert "与第 2 行是同一条" in plan(library, path)[1].why


def test_records_that_cannot_be_told_apart_are_not_guessed_at(library: Library, tmp_path: Path) -> None:
    for _ in range(2):
        put(library, people(), name="示例甲", unit="示例")
    (row,) = plan(library, written(tmp_path / "a.csv", "姓名,单位\n示例甲,示例\n"))
    assert row.status == "refused" and "写明条目编号" in row.why


class Alike(Nothing):
    def like(self, values: Values) -> Sequence[Suspect]:
        return [Suspect("people/000001", "示例甲", "读音相同")]


def test_a_row_like_another_is_held_until_a_person_decides(library: Library, tmp_path: Path) -> None:
    key = put(library, people(), name="示例甲", unit="示例")
    path = written(tmp_path / "a.csv", "姓名,单位,简介\n示例佳,示例,新\n")
    (row,) = plan(library, path, like=Alike())
    assert row.status == "held" and "读音相同" in row.why
    assert run(library, path, like=Alike()).counts == {"held": 1} and records.count(library, people()) == 1
    assert plan(library, path, like=Alike(), decisions={2: "skip"})[0].status == "skipped"
    assert plan(library, path, like=Alike(), decisions={2: "new"})[0].status == "added"
    (row,) = plan(library, path, like=Alike(), decisions={2: str(key)})
    assert (row.status, row.key) == ("changed", str(key))
    assert decisions(["2=new", "3 = people/000001"]) == {2: "new", 3: "people/000001"}
    for wrong in ("x=new", "2=", "2=甲"):
        with pytest.raises(UsageError):
            decisions([wrong])


def test_hidden_merged_and_erased_records_are_not_touched(library: Library, tmp_path: Path) -> None:
    from directory_samples import person

    hidden, gone = put(library, people(), name="示例甲"), put(library, people(), name="示例乙", slug="yi")
    store.hide(library, hidden, "guanli")
    erasing.erase(library, gone, person("guanli", "admin"), "withdrawn")
    path = written(tmp_path / "a.csv", "编号,姓名\n000001,示例甲\nyi,示例乙\n")
    rows = plan(library, path)
    assert [row.status for row in rows] == ["refused", "refused"]
    assert "隐藏" in rows[0].why and "依法删除" in rows[1].why


def test_what_changed_after_the_sheet_was_read_is_not_overwritten(library: Library, tmp_path: Path) -> None:
    key = put(library, people(), name="示例甲", unit="示例")
    taken = Import(
        library, people(), sheets.open_sheet(written(tmp_path / "a.csv", "姓名,单位,简介\n示例甲,示例,表\n")), Nothing()
    )
    foretold = list(taken.plan())
    change(library, people(), key, bio="别人")
    taken.plan = lambda: iter(foretold)  # type: ignore[method-assign]
    with pytest.raises(store.StaleEdit):
        taken.run(EDIT)
    assert records.record(library, key).values["bio"] == "别人"


# -- headings -------------------------------------------------------------------------------------------------------


def test_headings_are_found_under_titles_and_guessed_from_labels_and_aliases(library: Library, tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["示例人物一览表"],
        ["填表人", "某"],
        ["人名*", "单位（全称）：", "学 科", "序"],
        ["示例甲", "示例", "哲学", 1],
    )
    (row,) = plan(library, path)
    assert row.values == {"name": "示例甲", "unit": "示例", "field": ["哲学"]}
    told = notes(library, path)
    assert "没有导入的列：序" in told and "第 1 行在表头之上" in told


def test_a_choice_of_columns_is_remembered(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "谁,何处,单位\n示例甲,示例,别处\n")
    with pytest.raises(UsageError, match="认不出哪一行是表头"):
        plan(library, written(tmp_path / "b.csv", "谁,何处\n示例甲,示例\n"))
    with pytest.raises(UsageError, match=r"“何处”和“单位”两列都像是“单位”"):
        plan(library, path, chosen={"谁": "name", "何处": "unit"})
    run(library, path, chosen={"谁": "name", "何处": "unit", "单位": ""})
    assert plan(library, written(tmp_path / "c.csv", "谁,何处\n示例乙,他处\n"))[0].values == {
        "name": "示例乙",
        "unit": "他处",
    }


@pytest.mark.parametrize(("chosen", "word"), [({"谁": "nosuch"}, "没有字段“nosuch”"), ({"哪": "name"}, "表里没有“哪”")])
def test_a_wrong_choice_of_columns_lists_what_there_is(
    library: Library, tmp_path: Path, chosen: dict[str, str], word: str
) -> None:
    with pytest.raises(UsageError, match=word):
        plan(library, written(tmp_path / "a.csv", "谁,姓名\n示例甲,示例乙\n"), chosen=chosen)


# -- files ----------------------------------------------------------------------------------------------------------

TEXT = "姓名,单位\n示例𩔖,衡陽\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.xlsx"])
def test_a_csv_is_read_in_any_encoding_and_under_any_name(
    library: Library, tmp_path: Path, encoding: str, name: str
) -> None:
    path = written(tmp_path / name, TEXT, encoding)
    assert plan(library, path)[0].values == {"name": "示例𩔖", "unit": "衡陽"}
    told = notes(library, path)
    assert ("其实是 CSV" in told) is (name != "a.csv")


@pytest.mark.parametrize(
    "text", [TEXT.replace(",", "\t"), TEXT.replace(",", ";"), TEXT.replace("\n", "\r\n"), f"\n\n{TEXT}"]
)
def test_a_csv_may_be_parted_by_tabs_or_semicolons(library: Library, tmp_path: Path, text: str) -> None:
    assert plan(library, written(tmp_path / "a.csv", text))[0].title == "示例𩔖"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Excel"),
        (b"<html><table>", "网页"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"\x00\x01\x02", "不是表格文件"),
        (b"\xff\xff\xff", "编码不明"),
        (b"", "没有内容"),
        (b'"a\n' + b"x" * 200_000, "出错"),
    ],
)
def test_what_is_no_sheet_is_told(library: Library, tmp_path: Path, data: bytes, word: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(BadSource, match=word):
        plan(library, path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="读不出来"):
        sheets.open_sheet(tmp_path / "nosuch.xlsx")


def test_a_word_file_is_no_sheet(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(files.blank(people(), ".docx"))
    with pytest.raises(BadSource, match="Word"):
        plan(library, path)


def test_a_workbook_that_would_not_fit_or_names_entities_is_refused(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "a.xlsx", ["姓名"], ["示例甲"])
    monkeypatch.setattr("archive.directories.workbook.MAX_UNPACKED", 1000)
    with pytest.raises(BadSource, match="太大"):
        plan(library, path)
    monkeypatch.undo()
    evil = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(evil, "w") as out:
        for name in parts.namelist():
            data = parts.read(name)
            bad = data.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet') if "sheet1" in name else data
            out.writestr(name, bad)
    with pytest.raises(BadSource, match="DOCTYPE"):
        plan(library, evil)


def test_a_damaged_part_is_told_not_raised(library: Library, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["姓名", "单位"], *[["示例甲", f"示例{number}"] for number in range(50)])
    for number, part in enumerate(
        ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")
    ):
        broken = tmp_path / f"{number}.xlsx"
        with zipfile.ZipFile(path) as parts, zipfile.ZipFile(broken, "w") as out:
            for name in parts.namelist():
                data = parts.read(name)
                out.writestr(name, data[: len(data) // 2] if name == part else data)
        with pytest.raises((BadSource, UsageError)):
            plan(library, broken)


def test_too_many_rows_or_bytes_are_refused(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.csv", "姓名\n" + "示例甲\n" * 30)
    monkeypatch.setattr(sheets, "MAX_ROWS", 10)
    with pytest.raises(BadSource, match="超过 10 行"):
        list(sheets.open_sheet(path).rows())
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    with pytest.raises(BadSource, match="太大"):
        sheets.open_sheet(path)


def test_several_sheets_are_asked_about_and_hidden_ones_passed_over(library: Library, tmp_path: Path) -> None:
    rows = [["姓名"], ["示例甲"]]
    path = book(tmp_path / "a.xlsx", *rows, 二零二五=[["姓名"], ["示例乙"]], 填写说明=[["说明"]])
    with pytest.raises(UsageError, match="人物、二零二五"):
        plan(library, path)
    assert plan(library, path, sheet="二零二五")[0].title == "示例乙"
    with pytest.raises(UsageError, match="没有工作表“甲”"):
        plan(library, path, sheet="甲")
    made = Workbook()
    made.active.append(["姓名"])
    made.active.append(["示例甲"])
    made.create_sheet("旧").append(["姓名"])
    made["旧"].sheet_state = "hidden"
    made.save(path)
    assert plan(library, path)[0].title == "示例甲"


def test_formulas_give_their_last_value_and_are_told(library: Library, tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", ["姓名", "单位"], ["示例甲", '="示例"&"单位"'], ["示例乙", "=1/0"], ["示例丙", "示例"]
    )
    computed = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(computed, "w") as out:
        for name in parts.namelist():
            data = parts.read(name).decode("utf-8") if name.endswith("sheet1.xml") else parts.read(name)
            if isinstance(data, str):
                data = data.replace("</f><v></v>", "</f><v>示例单位</v>", 1).replace(
                    "</f><v/>", "</f><v>示例单位</v>", 1
                )
                data = data.replace('<c r="B2">', '<c r="B2" t="str">')
            out.writestr(name, data)
    rows = plan(library, computed)
    assert rows[0].values["unit"] == "示例单位" and "B 列是公式" in rows[0].notes[0]
    assert rows[1].status == "refused" and "没有算出的值" in rows[1].why
    assert rows[2].status == "added" and not rows[2].notes
    assert "表里有公式" in notes(library, computed)


SHARED = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4" uniqueCount="4">
<si><t>姓名</t></si><si><t xml:space="preserve">生_x000D_
年</t></si>
<si><r><t>示例</t></r><r><rPr><b/></rPr><t>甲</t></r><rPh sb="0" eb="1"><t>シ</t></rPh></si>
<si><t>单位</t></si></sst>"""
CELLS = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>3</v></c></row>
<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" s="1"><v>23802</v></c><c r="D3" t="b"><v>1</v></c></row>
<row><c t="inlineStr"><is><r><t>示例</t></r><r><t>乙</t></r></is></c><c t="d"><v>1965-03-12T00:00:00</v></c></row>
</sheetData></worksheet>"""


def test_cells_are_read_as_excel_itself_writes_them(library: Library, tmp_path: Path) -> None:
    made = Workbook()
    made.active.append(["姓名", datetime(1965, 3, 12)])
    made.save(tmp_path / "a.xlsx")
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    own = {"xl/worksheets/sheet1.xml": CELLS.encode(), "xl/sharedStrings.xml": SHARED.encode()}
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as out:
        for name in (*parts.namelist(), "xl/sharedStrings.xml"):
            data = own[name] if name in own else parts.read(name)
            out.writestr(name, data.replace(b"</Types>", types))
    rows = plan(library, tmp_path / "b.xlsx")
    assert [row.number for row in rows] == [3, 4]
    assert rows[0].values == {"name": "示例甲", "unit": "True", "birth": "1965-03-01"}
    assert rows[1].values == {"name": "示例乙", "birth": "1965-03-12"}


def test_error_cells_are_refused(library: Library, tmp_path: Path) -> None:
    (row,) = plan(library, book(tmp_path / "a.xlsx", ["姓名", "单位"], ["示例甲", "#REF!"]))
    assert row.status == "refused" and "#REF!" in row.why


def test_merged_cells_are_filled_downwards_and_told(library: Library, tmp_path: Path) -> None:
    made = Workbook()
    for row in (
        ["示例名单", None],
        ["单位", "姓名"],
        ["示例单位", "示例甲"],
        [None, "示例乙"],
        [None, "示例丙"],
        ["注：横着合并", None],
    ):
        made.active.append(row)
    made.active.merge_cells("A1:B1")
    made.active.merge_cells("A3:A4")
    made.active.merge_cells("A6:B6")
    made.save(tmp_path / "a.xlsx")
    rows = plan(library, tmp_path / "a.xlsx")
    assert [row.values.get("unit") for row in rows] == ["示例单位", "示例单位", None, None]
    assert rows[3].status == "refused"
    assert "合并" in notes(library, tmp_path / "a.xlsx")


def test_dates_kept_as_numbers_are_read_and_told(library: Library, tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["姓名", "生年"],
        ["甲甲", 23802],
        ["乙乙", datetime(1965, 3, 12)],
        ["丙丙", 1965.03],
        ["丁丁", 1965.1],
    )
    rows = plan(library, path)
    assert [row.values.get("birth") for row in rows] == ["1965-03-01", "1965-03-12", "1965-03", None]
    assert "23802" in rows[0].notes[0] and "分不清" in rows[3].why


def test_a_million_blank_rows_end_the_sheet_and_it_is_told(library: Library, tmp_path: Path) -> None:
    made = Workbook()
    made.active.append(["姓名"])
    made.active.append(["示例甲"])
    made.active.cell(1_000_000, 1, "示例乙")
    made.save(tmp_path / "a.xlsx")
    assert [row.title for row in plan(library, tmp_path / "a.xlsx")] == ["示例甲"]
    assert f"连续 {MAX_BLANK:,} 行空白" in notes(library, tmp_path / "a.xlsx")


def test_a_million_rows_formatted_but_blank_end_the_sheet_too(library: Library, tmp_path: Path) -> None:
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 1_000_001))
    book(tmp_path / "a.xlsx", ["姓名"], ["示例甲"])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as out:
        for name in parts.namelist():
            data = parts.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", f"{blank}</sheetData>".encode())
            out.writestr(name, data)
    assert [row.title for row in plan(library, tmp_path / "b.xlsx")] == ["示例甲"]
    assert f"第 3 行起连续 {MAX_BLANK:,} 行空白" in notes(library, tmp_path / "b.xlsx")


def test_what_stands_beyond_the_last_column_is_told(library: Library, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["姓名", *[None] * (MAX_COLUMNS - 1), "单位"], ["示例甲"])
    assert plan(library, path)[0].values == {"name": "示例甲"}
    assert f"只读了前 {MAX_COLUMNS} 列" in notes(library, path)
    path = book(tmp_path / "a.xlsx", ["姓名", *[None] * (MAX_COLUMNS - 2), "单位"], ["示例甲"])
    assert "只读了" not in notes(library, path)


def test_macros_are_neither_run_nor_read(library: Library, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsm", ["姓名"], ["示例甲"])
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert plan(library, path)[0].status == "added"
    assert "宏" in notes(library, path)


# -- out and in again -----------------------------------------------------------------------------------------------


def test_the_template_is_understood_and_holds_no_row(library: Library, tmp_path: Path) -> None:
    for directory in (people(), books()):
        path = tmp_path / f"{directory.id}.xlsx"
        path.write_bytes(files.blank(directory, ".xlsx"))
        sheet = sheets.open_sheet(path)
        taken = Import(library, directory, sheet, Nothing())
        assert list(taken.plan()) == [] and taken.notes == []
        assert {column.field for column in taken.columns.columns} >= {
            one.key for one in directory.fields if one.kind != "photo"
        }


SAFE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


@settings(max_examples=12, phases=[Phase.explicit, Phase.generate], deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": SAFE},
            optional={"unit": SAFE, "bio": SAFE, "remark": SAFE, "field": st.sampled_from(["哲学", "历史；文学"])},
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_exported_comes_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, given: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("out")
    with Library.create(folder / "library") as library:
        declare(library)
        for one in given:
            found = values.check(people(), one)
            if not found.problems and not values.lacking(people(), found.values):
                store.create(library, people(), found.values, EDIT)
        path = folder / "out.xlsx"
        with path.open("wb") as file:
            told = exporting.export(library, people(), file, staff="bianji")
        if told.records:
            assert {row.status for row in plan(library, path)} == {"unchanged"}


def offered(book: Workbook, sheet: str) -> dict[str, tuple[list[str], bool]]:
    """By heading, the choices of each drop-down list in its first row, and whether others are refused."""
    found = {}
    for one in book[sheet].data_validations.dataValidation:
        assert one.type == "list"
        (first,) = one.sqref.ranges
        heading = book[sheet].cell(1, first.min_col).value
        if one.formula1.startswith('"'):
            choices = one.formula1.strip('"').split(",")
        else:
            name, _, area = one.formula1.lstrip("=").replace("'", "").replace("$", "").partition("!")
            choices = [cell.value for (cell,) in book[name][area]]
        assert first.min_row == 2 and first.max_row > 1_000
        found[heading.rstrip("*")] = choices, bool(one.showErrorMessage)
    return found


def test_the_template_offers_the_vocabularies_as_drop_down_lists(library: Library) -> None:
    for directory in registry.in_force(library).values():
        made = load_workbook(io.BytesIO(files.blank(directory, ".xlsx")))
        lists = offered(made, directory.label[:31])
        assert lists == {
            one.label: (list(one.vocabulary), not (one.repeatable or one.open))
            for one in directory.fields
            if one.vocabulary
        }


@pytest.mark.parametrize("text", ["_x0041_", "_x0041_x0042_", "_x005F_x0041_", "a_x000D_b"])
def test_what_looks_like_an_escape_is_written_as_one(library: Library, tmp_path: Path, text: str) -> None:
    key = put(library, people(), name="示例甲", bio=text)
    path = tmp_path / "a.xlsx"
    path.write_bytes(files.exported(library, people(), ".xlsx")[0])
    assert [row.status for row in plan(library, path)] == ["unchanged"]
    assert records.record(library, key).values["bio"] == text


def test_nothing_exported_is_a_formula(library: Library, tmp_path: Path) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)"):
        put(library, people(), name="示例甲", bio=text)
    data, _ = files.exported(library, people(), ".xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in sheet.replace(b"<format", b"") and b"=1+1" in sheet
    (tmp_path / "a.xlsx").write_bytes(data)
    assert {row.status for row in plan(library, tmp_path / "a.xlsx")} == {"unchanged"}


def test_what_was_cut_short_is_never_taken_in_again(library: Library, tmp_path: Path) -> None:
    put(library, people(), name="示例甲", other_names="；".join(f"{number:04}" + "别" * 90 for number in range(400)))
    data, told = files.exported(library, people(), ".xlsx")
    assert told.cut == 1
    (tmp_path / "a.xlsx").write_bytes(data)
    (row,) = plan(library, tmp_path / "a.xlsx")
    assert row.status == "refused" and "截断" in row.why


def test_a_csv_cell_of_any_text_is_stored_as_it_is_or_refused(library: Library, tmp_path: Path) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["姓名", "简介"], ["示例甲", '引号"，逗号,换行\n第二行'], ["示例乙", "a\x07b"]])
    rows = plan(library, written(tmp_path / "a.csv", out.getvalue()))
    assert rows[0].values["bio"] == '引号"，逗号,换行\n第二行' and "控制字符" in rows[1].why


def test_an_import_never_publishes(library: Library, tmp_path: Path) -> None:
    run(library, written(tmp_path / "a.csv", TEXT))
    assert list(public.everything(library, people())) == []
