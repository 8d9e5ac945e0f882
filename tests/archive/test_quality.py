"""How well a book was read: estimated, measured, confused; nothing where nothing is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scanned_books import page, row, scanned

from archive.accounts import Accounts, User
from archive.library import Library
from archive.transcription import store
from archive.transcription.model import Line, Transcript
from archive.transcription.quality import Confusion, Count, bare, compared, confusions, expected, quality

READ = page(row("天下惟器而巳矣，道者", 100, 100), row("器之道器者不可", 100, 160, column=1), label="1")
RIGHT = page(row("天下惟器而已矣。道者", 100, 100), row("器之道，器者不可謂", 100, 160, column=1), label="1")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        yield made


@pytest.fixture
def people(library: Library) -> tuple[User, User]:
    accounts = Accounts(library)
    for login in ("jia", "yi"):
        accounts.add(login, login, ["editor"], "雁塔边上的新密码一串", by="test")
    return accounts.get("jia"), accounts.get("yi")


def test_nothing_is_said_of_what_nobody_knows(library: Library) -> None:
    unsure = replace(READ, lines=tuple(replace(line, confidence=1.0, glyphs=()) for line in READ.lines))
    edition = scanned(library, [None, unsure])
    found = quality(library, edition.id)
    assert (found.estimated, found.measured, found.strict, found.expected) == (None, None, None, None)
    assert (found.estimated_pages, found.measured_pages, found.confusions) == (0, 0, ())
    assert [page.engine for page in found.pages] == ["", "rapidocr 3.10.0"]


def test_confidence_lets_errors_be_expected(library: Library) -> None:
    sure = page(row("天下惟器", 100, 100, sure=0.99), row("書眉", 100, 20, role="head", sure=0.1))
    unsure = page(row("道者器之道器者不", 100, 100, sure=0.9))
    found = quality(library, scanned(library, [sure, unsure]).id)
    assert [page.estimated for page in found.pages] == [pytest.approx(0.01), pytest.approx(0.1)]
    assert found.estimated == pytest.approx((4 * 0.01 + 8 * 0.1) / 12)
    assert found.measured is None
    lines = page(Line("整行而已", (0, 0, 9, 9), confidence=0.8))
    assert expected(lines) == pytest.approx(0.2)
    assert expected(Transcript(9, 9)) is None


def test_errors_are_measured_on_pages_that_a_person_has_seen_through(
    library: Library, people: tuple[User, User]
) -> None:
    edition = scanned(library, [READ, READ])
    first, second = people
    store.save(library, edition.id, 0, 0, RIGHT, based_on=1, who=first, state="proofread")
    found = quality(library, edition.id)
    one, other = found.pages
    assert one.measured == Count(17, 2)
    assert one.strict == Count(19, 4)
    assert (one.read, one.right, other.measured) == (1, 2, None)
    assert found.measured == Count(17, 2)
    assert found.measured_pages == 1
    assert found.expected == pytest.approx(0.05)
    assert found.confusions == (Confusion("", "謂", 1), Confusion("巳", "已", 1))
    store.set_state(library, edition.id, 0, 0, "validated", based_on=2, user=second)
    assert quality(library, edition.id).measured == Count(17, 2)


def test_a_page_in_work_is_not_measured(library: Library, people: tuple[User, User]) -> None:
    edition = scanned(library, [READ])
    store.save(library, edition.id, 0, 0, RIGHT, based_on=1, who=people[0])
    assert quality(library, edition.id).measured is None
    store.set_state(library, edition.id, 0, 0, "problem", based_on=2, user=people[0])
    assert quality(library, edition.id).measured is None


def test_a_page_that_was_right_counts_as_right(library: Library, people: tuple[User, User]) -> None:
    edition = scanned(library, [READ])
    store.set_state(library, edition.id, 0, 0, "proofread", based_on=1, user=people[0])
    found = quality(library, edition.id)
    assert found.measured == Count(16, 0)
    assert found.measured is not None
    assert found.measured.rate == 0
    assert found.confusions == ()


def test_what_is_no_text_is_not_measured(library: Library, people: tuple[User, User]) -> None:
    read = page(*READ.lines, row("誤讀之版心", 10, 10, column=2, role="centre"))
    edition = scanned(library, [read])
    store.save(library, edition.id, 0, 0, READ, based_on=1, who=people[0], state="proofread")
    assert quality(library, edition.id).measured == Count(16, 0)


def test_counting() -> None:
    assert bare(page(row("天，下 𩔖", 0, 0), row("（惟）", 0, 60, column=1))) == "天下𩔖惟"
    assert compared("", "天下") == Count(2, 2)
    assert compared("", "").rate is None
    assert list(confusions("天下惟器道", "天丁器道也")) == [("下", "丁"), ("惟", ""), ("", "也")]


def test_the_command_tells_it_to_people_and_programs(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with Library.create(tmp_path / "library") as library:
        Accounts(library).add("jia", "甲", ["editor"], "雁塔边上的新密码一串", by="test")
        edition = scanned(library, [READ, None])
        unread = run("ocr", "report", edition.urn)
        assert "实测错字率：无" in unread.out
        assert "每百字 5.00" in unread.out
        store.save(library, edition.id, 0, 0, RIGHT, based_on=1, who="jia", state="proofread")
    told = run("ocr", "report", edition.urn)
    assert "实测错字率：每百字 11.76，连标点 21.05（1 页已校对，17 字中 2 处不同）" in told.out
    assert "巳→已 1" in told.out
    document = json.loads(run("ocr", "report", edition.urn, "--json").out)
    assert document["measured"] == {"characters": 17, "errors": 2, "rate": pytest.approx(2 / 17)}
    assert document["by_page"][1]["measured"] is None
    assert {"read": "巳", "right": "已", "times": 1} in document["confusions"]
