"""The copy for everyone: what the public sees, whole, the same to the byte while nothing changes."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from directory_samples import CANARY, books, change, declare, people, person, put
from PIL import Image

from archive.directories import copying, erasing, photos, records, registry, store
from archive.library import Library
from archive.writer import writing


@pytest.fixture(autouse=True)
def declared(library: Library) -> None:
    declare(library)


def made(library: Library) -> tuple[copying.Copied, bytes]:
    out = io.BytesIO()
    found = registry.in_force(library)
    told = copying.copy(library, [found["people"], found["books"]], out)
    return told, out.getvalue()


def photo(library: Library, colour: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (200, 240), colour).save(out, "JPEG")
    with writing(library):
        return photos.keep(library, photos.redraw(out.getvalue()))


def test_it_holds_what_is_public_and_nothing_else(library: Library) -> None:
    shown, kept = photo(library, "red"), photo(library, "blue")
    first = put(library, people(), name="王夫之", bio="旧的简介", photo=shown, scan=kept, remark=CANARY)
    change(library, people(), first, bio="公布的简介")
    change(library, people(), first, bio="没有公布的改动", publish=False)
    put(library, people(), name="草稿某", publish=False)
    put(library, books(), title="宋论", year=1691, authors=f"王夫之〔{first}〕")
    told, data = made(library)
    assert told == (2, 1)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert parts.testzip() is None
        names = {"people.jsonl", "books.jsonl", f"photos/{first}.jpg", copying.TABLE, copying.GUIDE}
        assert set(parts.namelist()) == names
        (one,) = map(json.loads, parts.read("people.jsonl").decode().splitlines())
        assert one["key"] == str(first) and one["fields"] == {"name": "王夫之", "bio": "公布的简介", "photo": shown}
        assert parts.read(f"photos/{first}.jpg") == library.originals.get(shown)
        table = json.loads(parts.read(copying.TABLE))
        everything = "".join(parts.read(name).decode("utf-8", "replace") for name in names)
    assert [(one["id"], one["records"]) for one in table] == [("people", 1), ("books", 1)]
    assert "phone" not in [field["key"] for field in table[0]["fields"]]
    for word in (CANARY, kept, "没有公布的改动", "草稿某", "shili.bianji", "旧的简介"):
        assert word not in everything


def test_the_same_records_make_the_same_file(library: Library) -> None:
    key = put(library, people(), name="王夫之")
    before = made(library)[1]
    assert made(library)[1] == before
    change(library, people(), key, bio="新", publish=False)
    assert made(library)[1] == before, "a draft is no part of it"
    store.publish(library, key, 2)
    assert made(library)[1] != before


def test_who_is_hidden_or_erased_is_in_no_new_copy(library: Library) -> None:
    keys = [put(library, people(), name=name, photo=photo(library, "red")) for name in ("甲某", "乙某", "丙某")]
    store.hide(library, keys[0], "guanli")
    erasing.erase(library, keys[1], person("guanli", "admin"), "withdrawn")
    told, data = made(library)
    assert told == (1, 1)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert "甲某" not in parts.read("people.jsonl").decode() and "乙某" not in parts.read("people.jsonl").decode()
    assert records.record(library, keys[0]).hidden_at
