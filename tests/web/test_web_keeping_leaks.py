"""Internal fields and drafts reach no page, programme, file, search or log that is for everyone."""

import logging
from html import unescape

import pytest
from crawling import crawl, words
from directory_samples import CANARY, people
from keepers import form, picture
from visitor import Visitor

from archive import audit
from archive.directories import reviewing
from archive.directories.model import Key
from archive.review import Review, Subject

DRAFT = "未审金丝雀71"
"""Stands in fields that nobody has reviewed."""
SECRET = (CANARY, DRAFT, "8123456")


@pytest.fixture
def key(house):
    """A published record with internal fields, and a newer version nobody has reviewed."""
    editor = house.person("bianji")
    page = form(editor, "/keeping/people/new").set(name__0="王夫之", unit__0="示例")
    page.set(remark__0=CANARY, phone__0="0734-8123456").send(files={"f.scan.0.file": (picture(301, 401), "证件.jpg")})
    key = Key("people", "000001")
    reviewing.submit(house.library, people(), key, house.people["bianji"])
    for login, step in (("chushen", "first"), ("fushen", "second"), ("zhongshen", "final")):
        Review(house.library).approve(Subject("record", str(key)), house.people[login], step, 1)
    form(editor, f"/keeping/people/entry/{key.slug}/edit").set(bio__0=DRAFT, remark__0=f"{CANARY}改").send()
    return key


def test_nothing_internal_or_unreviewed_is_anywhere_for_everyone(house, key, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    reader = Visitor(house.app)
    starts = [
        "/",
        f"/d/{key}",
        f"/d/{key}.jsonld",
        "/d/people/",
        "/d/?q=王夫之",
        "/d/people/?q=示例",
        "/search?q=王夫之",
    ]
    starts += ["/api/directories", "/api/directories/people", f"/api/directories/{key}", "/api/works"]
    found = dict(crawl(reader.client, *starts, limit=150))
    found["public"] = house.person("guanyuan").get("/keeping/people/public.xlsx")
    assert "王夫之" in found[f"/d/{key}"].text and "王夫之" in unescape(words(found["public"]))
    for address, answer in found.items():
        told = unescape(words(answer)) if answer.mimetype.startswith(("text", "application")) else ""
        assert [word for word in SECRET if word in told] == [], address
    logged = caplog.text + "".join(capfd.readouterr()) + str(audit.entries(house.library))
    assert [word for word in SECRET if word in logged] == []


@pytest.mark.parametrize("word", [CANARY, DRAFT, "8123456", "0734-8123456"])
def test_nothing_internal_or_unreviewed_is_found(house, key, word):
    reader = Visitor(house.app)
    assert reader.get(f"/api/directories/people?q={word}").json["total"] == 0
    assert f"/d/{key}" not in reader.get(f"/d/?q={word}").text
    assert f"/d/{key}" not in reader.get(f"/d/people/?q={word}").text


def test_internal_photos_are_for_those_who_may(house, key):
    where = f"/keeping/people/entry/{key.slug}/photo/scan"
    assert house.person("chushen").get(where).mimetype == "image/jpeg"
    assert house.person("guanyuan").get(where).status_code == 404
    assert Visitor(house.app).get(where).status_code == 302
    assert Visitor(house.app).get(f"/d/{key}.jpg").status_code == 404
