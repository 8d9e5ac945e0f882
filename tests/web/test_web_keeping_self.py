"""The self-service link: one entry, one submission, nobody's internal values, no trace of its address."""

import re

import pytest
from directory_samples import CANARY, EDIT, change, people
from keepers import again, form, picture, texts
from lxml import html
from visitor import Visitor

from archive import audit, clock
from archive.directories import invitations, store
from archive.directories.records import record
from archive.review import Review, Subject


@pytest.fixture
def key(house):
    return house.draft(name="王夫之", unit="示例", bio="旧介绍", remark=CANARY, phone="0734-8123456")


@pytest.fixture
def nobody(house):
    """Somebody without an account."""
    return Visitor(house.app)


def link(house, key, days=14):
    """A link as an editor is shown it, without the site's own name."""
    page = f"/keeping/people/entry/{key.slug}"
    answer = house.person("bianji").send(f"{page}/invite", seen=page, days=days)
    found = html.fromstring(answer.text).xpath("//input[@id='link']/@value")
    assert found, answer.text
    return found[0].removeprefix("http://localhost")


def test_a_person_fills_in_one_entry_once(house, key, nobody):
    where = link(house, key)
    page = form(nobody, where)
    assert page.fields["f.bio.0"] == ["旧介绍"]
    answer = page.set(bio__0="我写的介绍", birth__0__year="1619").send("send")
    assert answer.status_code == 200 and "已提交" in answer.text
    now = record(house.library, key)
    assert (now.version, now.who, now.values["bio"], now.values["birth"]) == (2, "本人填报", "我写的介绍", "1619")
    assert (now.values["remark"], now.values["phone"]) == (CANARY, ["0734-8123456"])
    assert now.published is None and Review(house.library).state(Subject("record", str(key))).version == 0
    again_there = nobody.get(where)
    assert again_there.status_code == 410 and "只能提交一次" in again_there.text
    assert texts(again_there, "//h1") == ["链接已失效"]
    assert page.set(bio__0="第二次").send("send").status_code == 410
    assert record(house.library, key).values["bio"] == "我写的介绍"
    assert "本人填报" in house.person("bianji").get(f"/keeping/people/entry/{key.slug}").text


def test_two_tabs_submit_and_one_of_them_counts(house, key, nobody):
    where = link(house, key)
    first, second = form(nobody, where).set(bio__0="甲"), form(nobody, where).set(bio__0="乙")
    assert [first.send("send").status_code, second.send("send").status_code] == [200, 410]
    assert record(house.library, key).values["bio"] == "甲"


def test_links_forged_replaced_or_expired_lead_nowhere(house, key, nobody, monkeypatch):
    old, where = link(house, key), link(house, key, days=2)
    assert nobody.get("/fill/x").status_code == 404
    assert nobody.get(where[:-1] + ("A" if where[-1] != "A" else "B")).status_code == 404
    assert nobody.get(old).status_code == 404 and "换发" in nobody.get(old).text
    page = form(nobody, where)
    later = clock.after(clock.now(), 3 * 24 * 3600)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert nobody.get(where).status_code == 410 and "到期" in nobody.get(where).text
    assert page.send("send").status_code == 410
    assert record(house.library, key).version == 1


def test_internal_values_are_not_shown_and_only_written_anew(house, key, nobody):
    where = link(house, key)
    answer = nobody.get(where)
    assert CANARY not in answer.text and "8123456" not in answer.text
    assert "已有内容，不在这里显示" in answer.text
    form(nobody, where).set(phone__0="13800000000").send("send")
    held = record(house.library, key).values
    assert (held["phone"], held["remark"]) == (["13800000000"], CANARY)


def test_the_page_keeps_its_address_to_itself(house, key, nobody):
    where = link(house, key)
    for address, status in ((where, 200), ("/fill/x", 404)):
        answer = nobody.get(address)
        assert answer.status_code == status
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"] and "no-store" in answer.headers["Cache-Control"]
    assert nobody.cookie() is None, "who fills in needs no cookie"
    tree = html.fromstring(nobody.get(where).text)
    assert [one for one in tree.xpath("//main//@href | //main//@src") if one.startswith("http")] == []


def test_the_link_is_shown_once_and_kept_nowhere(house, key):
    where = link(house, key)
    token = where.rpartition("/")[2]
    assert token not in house.person("bianji").get(f"/keeping/people/entry/{key.slug}").text
    assert token not in str([(one.object, one.details) for one in audit.entries(house.library)])
    assert token not in "".join(house.library.db.conn.iterdump())


def test_the_link_is_in_no_log_even_if_the_site_fails(house, key, nobody, monkeypatch, caplog):
    where = link(house, key)

    def fail(*args):
        raise RuntimeError("示例")

    monkeypatch.setattr(invitations, "opened", fail)
    answer = nobody.get(where)
    assert answer.status_code == 500 and "/fill/<token>" in caplog.text
    assert where.rpartition("/")[2] not in caplog.text + answer.text


def test_what_is_wrong_or_missing_is_told_and_the_link_stays_good(house, key, nobody):
    where = link(house, key)
    answer = form(nobody, where).set(name__0="", birth__0__year="某年", bio__0="写了半天").send("send")
    assert answer.status_code == 400 and "必填" in answer.text and "不是日期" in answer.text
    page = again(nobody, answer)
    assert page.fields["f.bio.0"] == ["写了半天"]
    assert page.set(name__0="王夫之", birth__0__year="1619").send("send").status_code == 200


def test_an_entry_changed_meanwhile_gives_the_text_back(house, key, nobody):
    where = link(house, key)
    page = form(nobody, where).set(bio__0="写了半天")
    change(house.library, people(), key, publish=False, unit="馆里改的")
    answer = page.send("send")
    assert answer.status_code == 409 and again(nobody, answer).fields["f.bio.0"] == ["写了半天"]
    assert record(house.library, key).values["unit"] == "馆里改的"


def test_lines_links_and_photos_work_without_an_account(house, key, nobody):
    hidden, known = house.book(title="草稿之书", year=1690), house.book(title="公开之书", year=1687)
    store.publish(house.library, known, 1)
    where = link(house, key)
    page = form(nobody, where).set(works__0__text="之书")
    answer = page.send("find:works:0")
    offers = html.fromstring(answer.text).xpath("//ul[@class='offers']//button/@value")
    assert str(hidden) not in str(offers) and str(known) in str(offers), "drafts are not offered to the public"
    answer = again(nobody, answer).send("photo", files={"f.photo.0.file": (picture(), "我.jpg")})
    shown = html.fromstring(answer.text).xpath("//img[@class='portrait']/@src")[0]
    assert shown.startswith(where) and nobody.get(shown).mimetype == "image/jpeg"
    assert again(nobody, answer).send("send").status_code == 200
    assert len(record(house.library, key).values["photo"]) == 64
    assert nobody.get(shown).status_code == 410


def test_the_enter_key_does_not_submit(house, key, nobody):
    page = html.fromstring(nobody.get(link(house, key)).text)
    first = page.xpath("//form[@class='filling']//button[not(@type) or @type='submit']")[0]
    assert first.get("value") == "look"
    where = link(house, key)
    form(nobody, where).send("look")
    assert nobody.get(where).status_code == 200


@pytest.mark.parametrize("days", ["0", "61", "x", ""])
def test_a_link_lasts_a_limited_time(house, key, days):
    page = f"/keeping/people/entry/{key.slug}"
    assert house.person("bianji").send(f"{page}/invite", seen=page, days=days).status_code == 400


def test_only_editors_make_links_and_not_for_hidden_entries(house, key):
    page = f"/keeping/people/entry/{key.slug}"
    assert house.person("guanyuan").send(f"{page}/invite", seen="/account", days="7").status_code == 403
    where = link(house, key)
    store.hide(house.library, key, EDIT.who)
    assert house.person("bianji").send(f"{page}/invite", seen=page, days="7").status_code == 410
    assert Visitor(house.app).get(where).status_code == 410


def test_no_page_of_the_public_leads_to_a_link(house, key, nobody):
    where = link(house, key)
    for address in ("/", "/d/", "/d/people/", "/about", "/help"):
        assert not re.search(r"/fill/", nobody.get(address).text)
    assert nobody.get(where).status_code == 200
