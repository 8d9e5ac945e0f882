"""Merging by hand, hiding and erasing at the person's request, declarations tried before they are applied."""

import pytest
from directory_samples import CANARY, PEOPLE, change, people, put
from keepers import form, picture, texts
from lxml import html
from visitor import Visitor

from archive import audit
from archive.accounts import Accounts
from archive.directories import registry
from archive.directories.records import record
from archive.errors import Gone


def test_two_records_are_compared_and_put_together_by_hand(house):
    editor = house.person("bianji")
    one = house.draft(name="刘献廷", unit="示例", other_names="繼莊", bio="甲")
    other = house.draft(name="劉獻廷", unit="示例", other_names="繼莊；廣陽子", birth="1648")
    page = editor.get("/keeping/people/duplicates")
    where = html.fromstring(page.text).xpath("//main//a[contains(@href, '/merge/')]/@href")
    assert where == [f"/keeping/people/merge/{one.slug}/{other.slug}"] and "字形相通" in page.text
    comparison = form(editor, where[0], "merging")
    assert (comparison.fields["f.birth"], comparison.fields["f.bio"]) == (["other"], ["mine"])
    answer = comparison.set(name=["other"], other_names=["both"]).send()
    assert answer.status_code == 303
    kept = record(house.library, one)
    assert kept.values == {
        "name": "劉獻廷",
        "other_names": ["繼莊", "廣陽子"],
        "unit": "示例",
        "birth": "1648",
        "bio": "甲",
    }
    assert record(house.library, other).merged_into == str(one)
    assert "没有疑似重复" in editor.get("/keeping/people/duplicates").text
    assert other.slug not in texts(editor.get("/keeping/people/"), "//tbody//td[1]")
    assert editor.get(f"/keeping/people/entry/{other.slug}/edit").status_code == 410


def test_a_pair_told_apart_is_not_offered_again_until_that_is_taken_back(house):
    editor = house.person("bianji")
    one = house.draft(name="刘献廷", unit="示例")
    other = house.draft(name="劉獻廷", unit="示例")
    page = "/keeping/people/duplicates"
    asked = {"one": one.slug, "other": other.slug}
    assert "不是同一条" in editor.get(f"/keeping/people/merge/{one.slug}/{other.slug}").text
    answer = editor.send(page, act="apart", **asked)
    assert answer.status_code == 303 and answer.location == page
    shown = editor.get(page)
    assert "没有疑似重复" in shown.text and texts(shown, "//section//h2") == ["已判定不是同一条"]
    assert Accounts(house.library).names()["bianji"] in shown.text
    assert editor.send(page, act="back", **asked).status_code == 303
    assert "没有疑似重复" not in editor.get(page).text and "已判定" not in editor.get(page).text


def test_only_editors_tell_apart_and_only_what_is_there(house):
    one, other = house.draft(name="刘献廷", unit="示例"), house.draft(name="劉獻廷", unit="示例")
    page = "/keeping/people/duplicates"
    for login in ("chushen", "guanyuan"):
        assert (
            house.person(login).send(page, seen="/account", act="apart", one=one.slug, other=other.slug).status_code
            == 403
        )
    editor = house.person("bianji")
    assert editor.send(page, act="apart", one=one.slug, other=one.slug).status_code == 400
    assert editor.send(page, act="apart", one=one.slug, other="../000001").status_code == 404
    assert editor.send(page, act="apart", one=one.slug, other="000099").status_code == 404
    assert editor.send(page, act="merge", one=one.slug, other=other.slug).status_code == 400
    assert "字形相通" in editor.get(page).text


def test_a_merger_of_what_has_changed_or_is_public_is_refused(house):
    editor = house.person("bianji")
    one, other = house.draft(name="刘献廷", unit="示例"), house.draft(name="劉獻廷", unit="示例")
    page = form(editor, f"/keeping/people/merge/{one.slug}/{other.slug}", "merging")
    change(house.library, people(), other, publish=False, bio="新")
    assert page.send().status_code == 400
    public = put(house.library, people(), name="王夫之")
    page = form(editor, f"/keeping/people/merge/{one.slug}/{public.slug}", "merging")
    answer = page.send()
    assert answer.status_code == 400 and "还在发布" in answer.text
    page.fields["f.name"] = ["nothing"]
    assert page.send().status_code == 400
    assert house.person("chushen").get(f"/keeping/people/merge/{one.slug}/{other.slug}").status_code == 403


def test_a_record_is_hidden_and_shown_again(house):
    key = put(house.library, people(), name="王夫之")
    ruler, public = house.person("guanli"), f"/d/{key}"
    page = f"/keeping/people/entry/{key.slug}"
    reader = Visitor(house.app)
    assert reader.get(public).status_code == 200
    assert ruler.send(f"{page}/hide", seen=f"{page}/privacy", act="hide").status_code == 303
    assert reader.get(public).status_code == 410 and "王夫之" not in reader.get("/d/people/").text
    assert house.person("guanyuan").get(f"{page}/form.docx").status_code == 403
    assert ruler.send(f"{page}/hide", seen=f"{page}/privacy", act="show").status_code == 303
    assert reader.get(public).status_code == 200
    assert {one.action for one in audit.entries(house.library, object=f"record/{key}")} >= {
        "record.hide",
        "record.unhide",
    }
    assert house.person("bianji").send(f"{page}/hide", seen="/account", act="hide").status_code == 403


def test_erasing_takes_a_number_and_a_ground_and_leaves_nothing(house):
    editor, ruler = house.person("bianji"), house.person("guanli")
    page = form(editor, "/keeping/people/new").set(name__0="待删某", remark__0=CANARY)
    address = page.send(files={"f.photo.0.file": (picture(), "某.jpg")}).location.partition("?")[0]
    slug = address.rpartition("/")[2]
    book = house.book(title="某书", authors=[{"text": "待删某", "to": f"people/{slug}"}])
    forms = f"{address}/privacy"
    assert ruler.send(f"{address}/erase", seen=forms, number="1", ground="withdrawn").status_code == 400
    assert ruler.send(f"{address}/erase", seen=forms, number=slug, ground="whim").status_code == 400
    assert editor.send(f"{address}/erase", seen="/account", number=slug, ground="withdrawn").status_code == 403
    answer = ruler.send(f"{address}/erase", seen=forms, number=slug, ground="withdrawn")
    assert answer.status_code == 200 and "连同 1 张照片" in answer.text and str(book) in answer.text
    with pytest.raises(Gone):
        record(house.library, type(book)("people", slug))
    assert editor.get(address).status_code == 410 and "依法删除" in editor.get(address).text
    assert CANARY not in "".join(house.library.db.conn.iterdump())
    assert "待删某" not in str(audit.entries(house.library))
    assert list(house.library.originals.names()) == []
    done = ruler.send("/keeping/-/compact", seen=f"/keeping/books/entry/{book.slug}/privacy")
    assert done.status_code == 200 and "覆写" in done.text


def test_a_pasted_declaration_is_tried_and_changes_nothing(house):
    editor = house.person("bianji")
    put(house.library, people(), name="王夫之", unit="示例", field="哲学", remark=CANARY)
    fresh = PEOPLE.replace("[哲学, 历史, 文学]", "[历史, 文学]").replace("label: 单位", "label: 所在单位")
    answer = editor.send("/keeping/people/fields/try", seen="/keeping/people/fields", yaml=fresh)
    assert "名称改变" in answer.text and "“哲学”不在可选项内" in answer.text
    assert "应用声明文件" not in answer.text
    wrong = editor.send("/keeping/people/fields/try", seen="/keeping/people/fields", yaml="id: people\nfeilds: {}")
    assert wrong.status_code == 400 and "第 2 行" in wrong.text and "feilds" in wrong.text
    other = editor.send(
        "/keeping/people/fields/try", seen="/keeping/people/fields", yaml=PEOPLE.replace("people", "pp")
    )
    assert other.status_code == 400
    assert registry.directory(house.library, "people").by_key["unit"].label == "单位"


def test_the_file_is_applied_by_who_rules_after_its_consequences_were_shown(house):
    put(house.library, people(), name="王夫之", unit="示例", remark=CANARY)
    file = house.library.folder / "directories" / "people.yaml"
    exposing = PEOPLE.replace("{label: 备注, type: text, visibility: internal}", "{label: 备注, type: text}")
    file.write_text(exposing, "utf-8")
    ruler, where = house.person("guanli"), "/keeping/people/fields"
    page = ruler.get(where).text
    assert "会把内部字段公开：备注（1 条）" in page and CANARY not in page
    mark = html.fromstring(page).xpath("//input[@name='mark']/@value")[0]
    assert house.person("bianji").send(f"{where}/apply", seen=where, mark=mark).status_code == 403
    refused = ruler.send(f"{where}/apply", seen=where, mark=mark)
    assert refused.status_code == 409 and not registry.directory(house.library, "people").by_key["remark"].public
    file.write_text(PEOPLE.replace("label: 单位", "label: 所在单位"), "utf-8")
    stale = ruler.send(f"{where}/apply", seen=where, mark=mark, expose="on")
    assert stale.status_code == 400 and "又改过了" in stale.text
    mark = html.fromstring(ruler.get(where).text).xpath("//input[@name='mark']/@value")[0]
    assert ruler.send(f"{where}/apply", seen=where, mark=mark).status_code == 303
    assert registry.directory(house.library, "people").by_key["unit"].label == "所在单位"
    assert [one.who for one in audit.entries(house.library, action="directory.apply")] == ["guanli"]


def test_conflicts_in_internal_fields_are_told_without_their_content(house):
    put(house.library, people(), name="王夫之", remark=CANARY)
    file = house.library.folder / "directories" / "people.yaml"
    file.write_text(PEOPLE.replace("remark: {label: 备注, type: text,", "remark: {label: 备注, type: number,"), "utf-8")
    page = house.person("guanli").get("/keeping/people/fields").text
    assert "（内部内容）" in page and CANARY not in page and "应用声明文件" not in page
    assert CANARY in house.person("bianji").get("/keeping/people/fields").text


def test_a_broken_file_is_told_and_the_rest_goes_on(house):
    put(house.library, people(), name="王夫之")
    (house.library.folder / "directories" / "people.yaml").write_text("id: people\nfields: [", "utf-8")
    page = house.person("bianji").get("/keeping/people/fields")
    assert page.status_code == 400 and "不合 YAML" in page.text and "姓名" in page.text
    assert house.person("bianji").get("/keeping/people/").status_code == 200
