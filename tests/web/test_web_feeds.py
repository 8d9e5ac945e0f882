"""Feeds of newly published records: sound Atom, the last first, public values only, nothing that was taken back."""

from __future__ import annotations

import pytest
from directory_samples import CANARY, books, change, people, person, put
from lxml import etree

from archive import clock
from archive.directories import store
from archive.directories.erasing import erase

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def moments(monkeypatch):
    """Every moment the store records is a minute after the one before."""
    told = iter(f"2026-07-01T{number // 60:02}:{number % 60:02}:00+00:00" for number in range(1440))
    monkeypatch.setattr(clock, "now", lambda: next(told))


def feed(house, address="/d/people/feed.atom"):
    answer = house.app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    assert CANARY not in answer.text
    return etree.fromstring(answer.data)


def titles(root):
    return root.xpath("a:entry/a:title/text()", namespaces=ATOM)


def test_the_last_published_come_first_with_what_atom_asks_for(house, moments):
    first = put(house.library, people(), name="王夫之", unit="示例单位", remark=CANARY)
    put(house.library, people(), name="彭玉麟", phone="0734-8123456")
    put(house.library, people(), name="草稿某", publish=False)
    root = feed(house)
    assert titles(root) == ["彭玉麟", "王夫之"]
    change(house.library, people(), first, bio="新的简介")
    root = feed(house)
    assert titles(root) == ["王夫之", "彭玉麟"]
    entry = root.find("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == f"http://localhost/d/{first}"
    assert entry.find("a:link", ATOM).get("href") == f"http://localhost/d/{first}"
    assert entry.findtext("a:updated", namespaces=ATOM) == root.findtext("a:updated", namespaces=ATOM)
    assert "示例单位" in entry.findtext("a:summary", namespaces=ATOM)
    assert root.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == ["http://localhost/d/people/feed.atom"]
    assert root.findtext("a:author/a:name", namespaces=ATOM)
    assert "0734" not in etree.tostring(root, encoding="unicode")


def test_what_is_no_longer_public_is_no_longer_in_it(house, moments):
    keys = [put(house.library, people(), name=name) for name in ("甲某", "乙某", "丙某", "丁某")]
    store.withdraw(house.library, keys[0])
    store.hide(house.library, keys[1], "guanli")
    erase(house.library, keys[2], person("guanli", "admin"), "withdrawn")
    assert titles(feed(house)) == ["丁某"]


def test_one_feed_holds_all_directories(house, moments):
    put(house.library, people(), name="王夫之")
    put(house.library, books(), title="宋论", year=1691)
    root = feed(house, "/d/feed.atom")
    assert titles(root) == ["宋论（1691）", "王夫之"]
    assert root.xpath("a:entry/a:category/@label", namespaces=ATOM) == ["示例书目", "示例人物"]


def test_an_empty_feed_is_one_and_a_directory_that_is_not_there_is_none(house):
    root = feed(house)
    assert titles(root) == [] and root.findtext("a:updated", namespaces=ATOM)
    assert house.app.test_client().get("/d/nobody/feed.atom").status_code == 404


def test_nothing_is_sent_again_while_nothing_has_changed(house):
    put(house.library, people(), name="王夫之")
    client = house.app.test_client()
    seen = client.get("/d/people/feed.atom").headers["ETag"]
    assert client.get("/d/people/feed.atom", headers={"If-None-Match": seen}).status_code == 304
    put(house.library, people(), name="彭玉麟")
    assert client.get("/d/people/feed.atom", headers={"If-None-Match": seen}).status_code == 200


def test_pages_say_where_the_feed_is(house):
    for page, address in (("/d/", "/d/feed.atom"), ("/d/people/", "/d/people/feed.atom")):
        text = house.app.test_client().get(page).text
        assert 'type="application/atom+xml" title="' in text and f'href="{address}"' in text
