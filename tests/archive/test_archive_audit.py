"""The audit trail is appended to and never changed; whoever changes it all the same is found out."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from ran import Run

from archive import audit
from archive.library import Library
from archive.writer import writing


@pytest.fixture
def trail(library: Library) -> Library:
    for number in range(1, 6):
        audit.record(library, "bianji", "record.change", f"record/{number}", fields=["职称"], version=number)
    return library


def test_entries_are_numbered_and_newest_first(trail: Library) -> None:
    found = audit.entries(trail)
    assert [entry.number for entry in found] == [5, 4, 3, 2, 1]
    assert (found[0].who, found[0].object, found[0].details["fields"]) == ("bianji", "record/5", ["职称"])
    assert list(audit.verify(trail)) == []


def test_entries_are_asked_for_by_person_action_and_thing(trail: Library) -> None:
    audit.record(trail, "guanli", "user.add", "user/xin")
    assert [entry.label for entry in audit.entries(trail, who="guanli")] == ["新建账号"]
    assert [entry.number for entry in audit.entries(trail, object="record/2")] == [2]
    assert [entry.number for entry in audit.entries(trail, action="record.change", before=4, limit=2)] == [3, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'x' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit VALUES (2, '', 'x', '', '', '{}', '')",
        "INSERT INTO audit VALUES (9, '', 'x', '', '', '{}', '')",
    ],
)
def test_the_store_refuses_to_change_it(trail: Library, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        trail.db.execute(statement)
    assert list(audit.verify(trail)) == []


@pytest.mark.parametrize(
    ("tamper", "number"),
    [
        ("UPDATE audit SET who = 'x' WHERE number = 3", 3),
        ("UPDATE audit SET details = '{}' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2020-01-01' WHERE number = 5", 5),
        ("DELETE FROM audit WHERE number = 3", 4),
        ("DELETE FROM audit WHERE number = 1", 2),
    ],
)
def test_tampering_past_the_triggers_shows(trail: Library, run: Run, tamper: str, number: int) -> None:
    for (name,) in trail.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        trail.db.execute(f"DROP TRIGGER {name}")
    trail.db.execute(tamper)
    assert number in [one for one, _ in audit.verify(trail)]
    checked = run("check", "--json", library=trail.folder)
    assert checked.code == 1
    assert ("audit", f"操作记录第 {number} 条") in [(one["code"], one["where"]) for one in checked.json["findings"]]


def test_an_entry_stands_or_falls_with_what_it_tells_of(trail: Library) -> None:
    with pytest.raises(ZeroDivisionError), writing(trail):
        audit.record(trail, "bianji", "record.change", "record/6")
        raise ZeroDivisionError
    assert audit.entries(trail)[0].number == 5


def test_a_part_that_fails_takes_only_itself_back(trail: Library) -> None:
    with writing(trail):
        audit.record(trail, "bianji", "record.change", "record/6")
        with pytest.raises(ZeroDivisionError), writing(trail):
            audit.record(trail, "bianji", "record.change", "record/7")
            raise ZeroDivisionError
        audit.record(trail, "bianji", "record.change", "record/8")
    assert [entry.object for entry in audit.entries(trail, limit=2)] == ["record/8", "record/6"]
    assert list(audit.verify(trail)) == []


def test_many_writers_make_one_chain(trail: Library) -> None:
    def write(number: int) -> None:
        with Library.open(trail.folder) as mine:
            for _ in range(10):
                audit.record(mine, f"ren{number}", "login", f"user/ren{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert audit.entries(trail)[0].number == 45
    assert list(audit.verify(trail)) == []
