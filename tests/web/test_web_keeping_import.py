"""A sheet on its way in: columns, a trial row by row, decisions, and the very same file taken in."""

import csv
import io
import json
import re
import threading

import pytest
from directory_samples import change, people
from keepers import texts
from lxml import html
from openpyxl import Workbook

from archive.directories import import_jobs, records, registry
from archive.directories.import_jobs import Jobs
from archive.directories.records import record
from archive.review import Review
from web.keeping import importing

START = "/keeping/people/import/"


@pytest.fixture
def editor(house):
    return house.person("bianji")


def sheet(*rows, title="人物"):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def data(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(editor, content, name="人物.xlsx", address=START):
    token = editor.token(address)
    fields = {"csrf_token": token, "sheet": (io.BytesIO(content), name)}
    return editor.client.post(address, data=fields, content_type="multipart/form-data")


def columns(editor, answer, **chosen):
    """Confirm the columns guessed, but for those `chosen` by heading."""
    page = html.fromstring(editor.get(answer.location).text)
    headings = page.xpath("//input[@name='heading']/@value")
    fields = [
        chosen.get(one, box.value) for one, box in zip(headings, page.xpath("//select[@name='field']"), strict=True)
    ]
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    where = f"{answer.location.partition('?')[0]}/columns"
    return editor.client.post(where, data={"csrf_token": token, "heading": headings, "field": fields})


def tried(editor, *rows, **chosen):
    """The result of a trial, as a page."""
    answer = columns(editor, upload(editor, data(sheet(*rows))), **chosen)
    return answer.location, editor.get(answer.location)


def take_in(editor, where):
    page = html.fromstring(editor.get(where).text)
    fields = {one.name: one.value for one in page.xpath("//form[contains(@action, '/run')]//input")}
    return editor.client.post(f"{where}/run", data=fields)


def told(page):
    """Rows of the ledger on a page, as texts."""
    return [[cell.text_content() for cell in row] for row in html.fromstring(page.text).xpath("//tbody/tr")]


def names(house):
    return sorted(one.title for one in records.everything(house.library, people()))


def test_from_a_sheet_to_drafts_to_review(house, editor):
    known = house.draft(name="王夫之", bio="旧")
    same = house.draft(name="王敔", unit="示例")
    rows = [
        ["人名", "单位", "学科", "生年", "不相干"],
        ["王夫之", "新处", "哲学", "1619", "x"],
        ["王敔", "示例", "", "", "x"],
        ["唐端笏", "示例", "历史；文学", "1640年", "x"],
        ["", "无名", "", "", ""],
        ["章有謨", "示例", "炼丹", "", ""],
    ]
    where, page = tried(editor, *rows, 条目编号="")
    assert "试导入，还没有写入" in page.text and "没有导入的列：不相干" in page.text
    assert {"待定 1", "退回 2", "新增 1", "无变化 1"} <= set(texts(page, "//nav[@aria-label='结果']/a"))
    refused = told(editor.get(f"{where}?status=refused"))
    assert "姓名：必填" in refused[0][2] and "“炼丹”不在可选项内" in refused[1][2]
    assert names(house) == ["王夫之", "王敔"], "nothing is written by a trial"
    held = html.fromstring(editor.get(f"{where}?status=held").text)
    assert held.xpath(f"//input[@name='row.2'][@value='{known}']"), "the same name without a unit is for a person"
    decided = {"csrf_token": editor.token(where), "row.2": str(known)}
    assert editor.client.post(f"{where}/decide", data=decided).status_code == 303
    changed = told(editor.get(f"{where}?status=changed"))
    assert "单位：（空） → 新处" in changed[0][2] and "生年：（空） → 1619年" in changed[0][2]
    assert take_in(editor, where).status_code == 303
    page = editor.get(where)
    assert "已导入" in page.text and names(house) == ["唐端笏", "王夫之", "王敔"]
    assert record(house.library, known).values["unit"] == "新处"
    assert record(house.library, same).version == 1
    assert list((house.library.folder / import_jobs.FOLDER).glob("*/sheet")) == [], "the file goes when it is taken in"
    assert editor.send(f"{where}/submit", seen=where).location == "/review/"
    assert Review(house.library).waiting(house.people["chushen"]) == 1


def test_headings_nobody_knows_are_named_once_and_remembered(house, editor):
    rows = [["甲栏", "乙栏"], ["王夫之", "示例"]]
    answer = upload(editor, data(sheet(*rows)))
    page = html.fromstring(editor.get(answer.location).text)
    assert [one.value for one in page.xpath("//select[@name='field']")] == ["", ""]
    assert "王夫之" in page.text_content(), "cells are shown beside their heading"
    assert "认不出哪一行是表头" in editor.get(columns(editor, answer).location).text
    where = columns(editor, answer, 甲栏="name", 乙栏="unit").location
    take_in(editor, where)
    assert names(house) == ["王夫之"]
    page = html.fromstring(editor.get(upload(editor, data(sheet(*rows))).location).text)
    assert [one.value for one in page.xpath("//select[@name='field']")] == ["name", "unit"]
    assert page.text_content().count("上次这样选") == 2


def test_two_columns_for_one_field_are_told_and_mended(house, editor):
    answer = upload(editor, data(sheet(["姓名", "人名"], ["王夫之", "王船山"])))
    page = editor.get(columns(editor, answer).location)
    assert "两列都像是“姓名”" in page.text
    where = columns(editor, answer, 人名="").location
    take_in(editor, where)
    assert names(house) == ["王夫之"]


def test_a_sheet_of_several_is_chosen(house, editor):
    book = sheet(["姓名"], ["甲"], title="一月")
    book.create_sheet("二月").append(["姓名"])
    book["二月"].append(["乙"])
    answer = upload(editor, data(book))
    options = html.fromstring(editor.get(answer.location).text).xpath("//select[@id='sheet']/option/text()")
    assert options == ["一月", "二月"]
    where = answer.location
    fields = {"csrf_token": editor.token(where), "do": "sheet", "sheet": "二月"}
    editor.client.post(f"{where}/columns", data=fields)
    take_in(editor, columns(editor, answer).location)
    assert names(house) == ["乙"]
    assert editor.client.post(f"{where}/columns", data={**fields, "sheet": "三月"}).status_code in (400, 404, 409)


def test_rows_alike_are_shown_side_by_side_and_added_if_a_person_says_so(house, editor):
    known = house.draft(name="刘献廷", unit="示例", bio="旧介绍")
    where, page = tried(editor, ["姓名", "单位", "简介"], ["劉獻廷", "示例", "新介绍"])
    section = html.fromstring(page.text).xpath("//section[@class='pair']")[0].text_content()
    assert "新介绍" in section and f"{known}，字形相通" in section
    editor.client.post(f"{where}/decide", data={"csrf_token": editor.token(where), "row.2": "new"})
    take_in(editor, where)
    assert names(house) == ["刘献廷", "劉獻廷"]
    again = editor.get("/keeping/people/duplicates").text
    assert "没有疑似重复" in again and "已判定不是同一条" in again, "what a person called new is not asked about again"


def test_a_row_can_be_left_out(house, editor):
    house.draft(name="刘献廷", unit="示例")
    where, _ = tried(editor, ["姓名", "单位"], ["劉獻廷", "示例"])
    editor.client.post(f"{where}/decide", data={"csrf_token": editor.token(where), "row.2": "skip"})
    assert "不导入 1" in editor.get(where).text and "正式导入" not in editor.get(where).text


def test_what_was_told_is_what_is_done_or_nothing(house, editor):
    known = house.draft(name="王夫之", unit="示例", bio="旧")
    where, _ = tried(editor, ["姓名", "单位", "简介"], ["王夫之", "示例", "表里的"])
    change(house.library, people(), known, publish=False, bio="网上改的")
    take_in(editor, where)
    assert "试导入之后，名录有过改动" in editor.get(where).text
    assert record(house.library, known).values["bio"] == "网上改的"
    again = columns(editor, type("Answer", (), {"location": where})).location
    assert "网上改的 → 表里的" in told(editor.get(f"{again}?status=changed"))[0][2]
    take_in(editor, again)
    assert record(house.library, known).values["bio"] == "表里的"


def test_only_the_file_that_was_tried_is_taken_in(house, editor):
    where, _ = tried(editor, ["姓名"], ["王夫之"])
    page = html.fromstring(editor.get(where).text)
    fields = {one.name: one.value for one in page.xpath("//form[contains(@action, '/run')]//input")}
    answer = editor.client.post(f"{where}/run", data={**fields, "sha256": "0" * 64})
    assert answer.status_code == 409 and names(house) == []
    kept = next((house.library.folder / import_jobs.FOLDER).glob("*/sheet"))
    kept.write_bytes(data(sheet(["姓名"], ["掉包"])))
    editor.client.post(f"{where}/run", data=fields)
    assert "已不在，或已改变" in editor.get(where).text and names(house) == []


def gb18030():
    return "姓名,单位\n王夫之,示例\n".encode("gb18030")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"PK\x03\x04broken", "坏.xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "旧.xls", "旧版 Excel"),
        (b"<html><table></table>", "网页.xls", "其实是网页"),
        (b"\x00\x01\x02", "乱.bin", "不是表格文件"),
        (data(sheet()), "空表.xlsx", "没有内容"),
    ],
)
def test_what_is_no_sheet_is_told_and_not_kept(house, editor, content, name, says):
    answer = upload(editor, content, name)
    assert answer.status_code == 422 and says in answer.text
    assert list((house.library.folder / import_jobs.FOLDER).glob("*")) == []


def test_a_csv_in_gb18030_called_xlsx_is_read_and_said(house, editor):
    answer = columns(editor, upload(editor, gb18030(), "人物.xlsx"))
    page = editor.get(answer.location)
    assert "GB18030" in page.text and "文件名像 Excel，其实是 CSV" in page.text
    take_in(editor, answer.location)
    assert names(house) == ["王夫之"]


def test_no_file_is_told(editor):
    assert "没有选文件" in upload(editor, b"", "").text


def test_merged_cells_formulas_dates_and_macros_are_told(house, editor):
    book = sheet(["姓名", "生年", "简介"], ["王夫之", 23000, "=1+1"], ["王敔", None, "文"])
    book.active.merge_cells("A2:A3")
    answer = columns(editor, upload(editor, data(book), "人物.xlsm"))
    page = editor.get(answer.location).text + editor.get(f"{answer.location}?status=refused").text
    assert "合并的单元格" in page and "公式" in page and "没有算出的值" in page


def test_long_trials_say_how_far_they_are_and_go_on_without_the_page(house, editor, monkeypatch):
    gate = threading.Event()
    inner = importing.Likeness.of
    monkeypatch.setattr(importing, "PATIENCE", 0.05)
    monkeypatch.setattr(importing.Likeness, "of", lambda *given: (gate.wait(20), inner(*given))[1])
    answer = columns(editor, upload(editor, data(sheet(["姓名"], ["王夫之"]))))
    page = editor.get(answer.location)
    assert "正在准备" in page.text and 'http-equiv="refresh"' in page.text
    assert take_in_early(editor, answer.location).status_code == 409
    gate.set()
    for thread in threading.enumerate():
        if thread.daemon and thread._target is importing._work:
            thread.join(20)
    assert "新增 1" in editor.get(answer.location).text


def take_in_early(editor, where):
    return editor.client.post(f"{where}/run", data={"csrf_token": editor.token("/account"), "sha256": "x"})


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_import_that_was_cut_off_goes_on_where_it_was(house, editor, monkeypatch):
    from archive.directories import importing as rows_in

    monkeypatch.setattr(rows_in, "BATCH", 2)
    rows = [[f"示例{number}"] for number in range(5)]
    where, _ = tried(editor, ["姓名"], *rows)
    written = rows_in.Import._write
    calls = []

    def dies(self, batch, edit, report):
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        written(self, batch, edit, report)

    monkeypatch.setattr(rows_in.Import, "_write", dies)
    take_in(editor, where)
    monkeypatch.setattr(rows_in.Import, "_write", written)
    assert len(names(house)) == 2
    held = Jobs(house.library.folder)
    job = held.get("people", where.rpartition("/")[2])
    assert (job.stage, job.rows, len(job.runs)) == ("running", 2, 1)
    state = house.library.folder / import_jobs.FOLDER / job.id / "job.json"
    state.write_text(state.read_text("utf-8").replace(job.moved, "2020-01-01T00:00:00+00:00"), "utf-8")
    assert "导入中断了：已写入前 2 行" in editor.get(where).text
    take_in(editor, where)
    assert len(names(house)) == 5 and len(set(names(house))) == 5
    assert len(held.get("people", job.id).runs) == 3


def test_jobs_of_others_and_of_nobody(house, editor):
    where, _ = tried(editor, ["姓名"], ["王夫之"])
    assert house.person("guanyuan").get(where).status_code == 403
    assert editor.get(where.replace("people", "books")).status_code == 404
    for name in ("0" * 32, "..", "x", "%2e%2e%2f%2e%2e"):
        assert editor.get(f"{START}{name}").status_code == 404
    editor.client.post(f"{where}/drop", data={"csrf_token": editor.token(where)})
    assert editor.get(where).status_code == 404
    assert list((house.library.folder / import_jobs.FOLDER).glob("*")) == []


def test_old_jobs_go(house, editor, monkeypatch):
    where, _ = tried(editor, ["姓名"], ["王夫之"])
    monkeypatch.setattr(import_jobs, "KEPT", -1)
    upload(editor, data(sheet(["姓名"], ["王敔"])))
    assert editor.get(where).status_code == 404


def test_many_rows_are_paged_by_what_becomes_of_them(house, editor):
    where, page = tried(editor, ["姓名", "单位"], *[[f"示例{number}", "某"] for number in range(60)])
    assert len(told(page)) == importing.LISTED
    later = html.fromstring(page.text).xpath("//a[@rel='next']/@href")[0]
    assert [row[0] for row in told(editor.get(later))][:2] == ["27", "28"]
    assert editor.get(f"{where}?status=held").status_code == 400


def test_empty_cells_clear_only_when_told_to(house, editor):
    known = house.draft(name="王夫之", unit="示例", bio="旧")
    answer = upload(editor, data(sheet(["条目编号", "姓名", "简介"], [known.slug, "王夫之", None])))
    assert "无变化 1" in editor.get(columns(editor, answer).location).text
    page = html.fromstring(editor.get(f"{answer.location}?step=columns").text)
    fields = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0], "empty_clears": "on"}
    fields |= {"heading": ["条目编号", "姓名", "简介"], "field": ["id", "name", "bio"]}
    editor.client.post(f"{answer.location}/columns", data=fields)
    assert "简介：旧 → （空）" in told(editor.get(f"{answer.location}?status=changed"))[0][2]


def test_the_export_of_the_house_comes_back_unchanged(house, editor):
    house.draft(name="王夫之", unit="示例", field=["哲学"], birth="1619-10", phone=["0734-8123456"], bio="一\n二")
    content = editor.get("/keeping/people/all.xlsx").data
    assert "无变化 1" in editor.get(columns(editor, upload(editor, content)).location).text


def test_internal_values_of_a_trial_are_for_those_who_may_and_go_with_it(house, editor):
    where, page = tried(editor, ["姓名", "备注"], ["王夫之", "金丝雀08619997"])
    assert "金丝雀" in page.text
    assert house.person("guanli").get(where).status_code == 403
    take_in(editor, where)
    folder = house.library.folder / import_jobs.FOLDER
    left = "".join(path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
    assert "金丝雀" not in left and json.loads(next(folder.glob("*/job.json")).read_text("utf-8"))["stage"] == "done"


def test_every_shipped_directory_takes_its_own_template_back(house, editor):
    for one in registry.in_force(house.library).values():
        blank = editor.get(f"/keeping/{one.id}/blank.xlsx").data
        answer = upload(editor, blank, "模板.xlsx", f"/keeping/{one.id}/import/")
        page = html.fromstring(editor.get(answer.location).text)
        unknown = [row.get("value") for row in page.xpath("//input[@name='heading']")]
        chosen = [box.value for box in page.xpath("//select[@name='field']")]
        assert "" not in chosen and len(chosen) == len(unknown), one.id


def test_a_csv_of_thousands_is_tried_and_taken_in(house, editor):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["姓名", "单位"])
    writer.writerows([f"示例某{number}", f"单位{number % 40}"] for number in range(3_000))
    answer = columns(editor, upload(editor, out.getvalue().encode(), "多.csv"))
    page = editor.get(answer.location)
    assert re.search(r"新增 3,000", page.text) and len(page.data) < 100_000
    take_in(editor, answer.location)
    assert records.count(house.library, people()) == 3_000
    assert "整批送审（3 批）" in editor.get(answer.location).text
