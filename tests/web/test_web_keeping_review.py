"""Records before the reviewers, on the site: three people, none of them an author, nobody over somebody else's head."""

import pytest
from directory_samples import change, people
from keepers import form, picture, texts
from lxml import html
from staff import PASSWORD
from visitor import Visitor

from archive import audit
from archive.accounts import Accounts
from archive.directories import reviewing, store
from archive.directories.records import record
from archive.directories.store import New
from archive.review import Review, Subject
from archive.writer import writing

STEPS = (("chushen", "first"), ("fushen", "second"), ("zhongshen", "final"))


@pytest.fixture
def key(house):
    """A record that waits for its first review."""
    key = house.draft(name="王夫之", unit="示例", bio="旧", remark="内部的话")
    reviewing.submit(house.library, people(), key, house.people["bianji"])
    return key


def act(house, login, key, step, act="approve", version=1, **fields):
    page = f"/review/record/{key}"
    return house.person(login).send(page, seen="/account", act=act, step=step, version=version, **fields)


def publish(house, key, version=1):
    for login, step in STEPS:
        assert act(house, login, key, step, version=version).status_code == 303


def changes(answer):
    rows = html.fromstring(answer.text).xpath("//section[@aria-labelledby='changes']//tbody/tr")
    return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in rows}


def test_three_people_publish_and_one_withdraws(house, key):
    reader, public = Visitor(house.app), f"/d/{key}"
    for login, step in STEPS:
        assert reader.get(public).status_code == 404
        assert act(house, login, key, step).status_code == 303
    assert reader.get(public).status_code == 200
    change(house.library, people(), key, publish=False, bio="新")
    assert (
        "旧" in reader.get(public).text
        and "已发布，有未送审的修改" in house.person("bianji").get("/keeping/people/").text
    )
    assert act(house, "zhongshen", key, "", "withdraw", comment="本人要求").status_code == 303
    assert reader.get(public).status_code == 410
    assert "王夫之" not in reader.get("/d/people/").text


def test_a_new_version_is_told_field_by_field(house, key):
    publish(house, key)
    change(house.library, people(), key, publish=False, bio="新", remark="别的话", birth="1619")
    reviewing.submit(house.library, people(), key, house.people["bianji"])
    page = house.person("chushen").get(f"/review/record/{key}")
    assert changes(page) == {"生年": ["（空）", "1619年"], "简介": ["旧", "新"], "备注": ["内部的话", "别的话"]}
    assert html.fromstring(page.text).xpath(f"//a[@href='/keeping/people/entry/{key.slug}']")
    assert set(changes(house.person("guanli").get(f"/review/record/{key}"))) == {"生年", "简介"}


def test_a_new_photo_is_seen_beside_the_old_one(house, key):
    publish(house, key)
    where, editor = f"/keeping/people/entry/{key.slug}/edit", house.person("bianji")
    form(editor, where).send("submit", files={"f.photo.0.file": (picture(), "a.jpg")})
    page = html.fromstring(house.person("chushen").get(f"/review/record/{key}").text)
    sources = page.xpath("//img[@class='portrait']/@src")
    assert len(sources) == 1 and house.person("chushen").get(sources[0]).mimetype == "image/jpeg"
    assert "照片" in texts(house.person("chushen").get(f"/review/record/{key}"), "//tbody/tr/th")
    publish(house, key, 2)
    form(editor, where).send("submit", files={"f.photo.0.file": (picture(300, 301), "b.jpg")})
    page = html.fromstring(house.person("chushen").get(f"/review/record/{key}").text)
    old, new = page.xpath("//img[@class='portrait']/@src")
    assert house.person("chushen").get(old).data != house.person("chushen").get(new).data


def test_nobody_reviews_what_they_had_a_hand_in(house):
    accounts = Accounts(house.library)
    accounts.set_roles("chushen", ["editor", "first"], by="guanli")
    key = house.draft("chushen", name="王夫之")
    change(house.library, people(), key, publish=False, unit="示例")
    reviewing.submit(house.library, people(), key, house.people["bianji"])
    page = house.person("chushen").get(f"/review/record/{key}")
    assert "您自己的修改" in page.text and "初审通过" not in page.text
    assert act(house, "chushen", key, "first", version=2).status_code == 403
    assert audit.entries(house.library, limit=1)[0].action == "access.refused"


def test_nobody_reviews_the_sheet_they_took_in(house):
    Accounts(house.library).set_roles("bianji", ["editor", "first"], by="guanli")
    with writing(house.library):
        edit = store.Edit("bianji", "导入表格", "人物.xlsx")
        run = store.write(house.library, people(), edit, [New({"name": "甲"})], [])
    reviewing.submit_batch(house.library, run.run_id, Accounts(house.library).get("bianji"))
    page = f"/review/batch/{run.run_id}"
    answer = house.person("bianji").send(page, seen="/account", act="approve", step="first", version=1)
    assert answer.status_code == 403
    assert (
        house.person("chushen").send(page, seen="/account", act="approve", step="first", version=1).status_code == 303
    )


def test_of_two_reviewers_at_once_one_is_told_how_it_stands(house, key):
    Accounts(house.library).add("chushen2", "唐端典", ["first"], PASSWORD, by="測試")
    second = Visitor(house.app)
    second.login("chushen2")
    seen = second.token(f"/review/record/{key}")
    assert act(house, "chushen", key, "first", comment="先到").status_code == 303
    data = {"csrf_token": seen, "act": "return", "step": "first", "version": 1, "comment": "写了半天的理由"}
    answer = second.client.post(f"/review/record/{key}", data=data)
    assert answer.status_code == 409 and "没有执行" in answer.text and "待复审" in answer.text
    assert Review(house.library).state(Subject("record", str(key))).stage == "second"


@pytest.mark.parametrize(
    ("login", "fields", "status"),
    [
        ("chushen", {"step": "final"}, 409),
        ("chushen", {"step": "published"}, 400),
        ("bianji", {"step": "first", "role": "first"}, 403),
        ("guanyuan", {"step": "first", "role": "admin", "permission": "review.first"}, 403),
        ("chushen", {"step": "first", "version": "99"}, 409),
        ("chushen", {"step": "", "act": "withdraw", "comment": "x"}, 403),
    ],
)
def test_a_forged_role_or_step_does_nothing(house, key, login, fields, status):
    answer = house.person(login).send(
        f"/review/record/{key}", seen="/account", **{"act": "approve", "version": "1", **fields}
    )
    assert answer.status_code == status
    assert Review(house.library).state(Subject("record", str(key))).stage == "first"
    assert record(house.library, key).published is None


def test_what_is_sent_back_is_changed_and_comes_again(house, key):
    act(house, "chushen", key, "first", "return", comment="生年存疑")
    editor = house.person("bianji")
    assert "退回修改" in editor.get("/keeping/people/").text
    assert "生年存疑" in editor.get(f"/review/record/{key}").text
    answer = form(editor, f"/keeping/people/entry/{key.slug}/edit").set(birth__0__year="1619").send("submit")
    assert "已送审" in editor.get(answer.location).text
    assert Review(house.library).state(Subject("record", str(key))).version == 2


def test_a_form_of_another_view_keeps_its_own_limit(house, key):
    page = f"/keeping/people/entry/{key.slug}"
    visitor = house.person("bianji")
    answer = visitor.client.post(f"{page}/submit", data={"csrf_token": visitor.token(page), "x": "x" * 100_000})
    assert answer.status_code == 413


def test_an_edit_during_review_is_told_and_goes_its_own_way(house, key):
    change(house.library, people(), key, publish=False, bio="又改")
    page = house.person("bianji").get(f"/keeping/people/entry/{key.slug}")
    assert "草稿（第 2 版）" in page.text and "第 1 版待初审" in page.text
    publish(house, key)
    assert record(house.library, key).published == 1
    assert "旧" in Visitor(house.app).get(f"/d/{key}").text


def test_a_batch_that_was_sent_back_is_submitted_again(house):
    with writing(house.library):
        run = store.write(house.library, people(), store.Edit("bianji", "导入表格"), [New({"name": "甲"})], [])
    reviewing.submit_batch(house.library, run.run_id, house.people["bianji"])
    page, subject = f"/review/batch/{run.run_id}", Subject("batch", str(run.run_id))
    house.person("chushen").send(page, seen="/account", act="return", step="first", version=1, comment="再核")
    assert "重新送审" not in house.person("chushen").get(page).text
    assert house.person("chushen").send(page, seen="/account", act="submit", version=1).status_code == 403
    assert "重新送审" in house.person("bianji").get(page).text
    assert house.person("bianji").send(page, seen=page, act="submit", version=1).status_code == 303
    assert Review(house.library).state(subject).stage == "first"
    assert "bianji" in Review(house.library).state(subject).authors


def test_a_record_is_sent_to_review_from_its_own_page_only(house, key):
    act(house, "chushen", key, "first", "return", comment="再核")
    assert act(house, "bianji", key, "", "submit").status_code == 400
    assert Review(house.library).state(Subject("record", str(key))).stage == "draft"
