"""Two records somebody has judged different: kept, taken back, passed on by merging, gone with either of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from directory_samples import EDIT, books, declare, people, person, put

from archive import audit
from archive.directories import apart, erasing, sheets, store
from archive.directories.importing import Import
from archive.directories.model import Key, Values
from archive.directories.plans import Report, Suspect
from archive.directories.records import record
from archive.directories.store import Changed
from archive.errors import NotFound, UsageError
from archive.library import Library


@pytest.fixture
def three(library: Library) -> list[Key]:
    """Three people of one name, the first and third published."""
    declare(library)
    return [put(library, people(), name="王夫之", bio=text, publish=text != "乙") for text in "甲乙丙"]


def told(library: Library) -> list[frozenset[str]]:
    return [frozenset((str(one.one), str(one.other))) for one in apart.listed(library, people())]


def test_a_judgement_is_kept_once_whoever_is_named_first(library: Library, three: list[Key]) -> None:
    first, second = three[:2]
    apart.tell(library, second, first, "bianji")
    apart.tell(library, first, second, "bianji")
    assert told(library) == [frozenset(("people/000001", "people/000002"))]
    assert apart.of(library, people()) == {"people/000001": {"people/000002"}, "people/000002": {"people/000001"}}
    assert (apart.listed(library, people())[0].title, apart.listed(library, people())[0].who) == ("王夫之", "bianji")
    apart.take_back(library, first, second, "bianji")
    assert told(library) == []
    acts = [(one.action, one.object) for one in audit.entries(library) if one.action in audit.ACTIONS]
    assert ("record.alike", f"record/{first}") in acts and ("record.apart", f"record/{second}") in acts


def test_only_two_records_of_one_directory_are_told_apart(library: Library, three: list[Key]) -> None:
    book = put(library, books(), title="宋论", year=1691)
    for other in (three[0], book):
        with pytest.raises(UsageError):
            apart.tell(library, three[0], other, "bianji")
    with pytest.raises(NotFound):
        apart.tell(library, three[0], Key("people", "000099"), "bianji")
    assert told(library) == []


def test_merging_passes_judgements_on(library: Library, three: list[Key]) -> None:
    first, second, third = three
    apart.tell(library, second, third, "bianji")
    apart.tell(library, first, second, "bianji")
    kept, gone = record(library, first), record(library, second)
    store.merge(library, people(), Changed(first, 1, dict(kept.values)), Changed(second, 1, dict(gone.values)), EDIT)
    assert told(library) == [frozenset((str(first), str(third)))]


def test_erasing_takes_judgements_along(library: Library, three: list[Key]) -> None:
    apart.tell(library, three[0], three[1], "bianji")
    erasing.erase(library, three[1], person("guanli", "admin"), "withdrawn")
    assert told(library) == []
    assert library.db.execute("SELECT count(*) FROM record_apart").fetchone() == (0,)


class SameName:
    """Finds everything of the same name alike."""

    def __init__(self) -> None:
        self.known: dict[str, list[Suspect]] = {"王夫之": [Suspect("people/000001", "王夫之", "名称相同")]}

    def like(self, values: Values) -> Sequence[Suspect]:
        return self.known.get(values["name"], [])

    def add(self, where: str, title: str, values: Values) -> None:
        self.known.setdefault(values["name"], []).append(Suspect(where, title, "名称相同"))


def taken(library: Library, tmp_path: Path, decisions: dict[int, str]) -> Report:
    path = tmp_path / "a.csv"
    path.write_text("姓名,生年\n王夫之,1619\n王夫之,1700\n刘献廷,1648\n刘献廷,1700\n", encoding="utf-8")
    return Import(library, people(), sheets.open_sheet(path), SameName(), decisions=decisions).run(EDIT)


def test_a_row_called_new_is_told_apart_from_what_it_resembles(
    library: Library, three: list[Key], tmp_path: Path
) -> None:
    report = taken(library, tmp_path, {2: "new", 5: "new"})
    assert (report.counts["added"], report.counts["held"]) == (3, 1)
    assert set(told(library)) == {
        frozenset(("people/000001", "people/000004")),
        frozenset(("people/000005", "people/000006")),
    }


def test_what_was_erased_while_the_sheet_was_read_stops_no_import(
    library: Library, three: list[Key], tmp_path: Path
) -> None:
    erasing.erase(library, three[0], person("guanli", "admin"), "withdrawn")
    assert taken(library, tmp_path, {2: "new"}).counts["added"] == 2
    assert told(library) == []


def test_a_dry_run_judges_nothing(library: Library, three: list[Key], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名\n王夫之\n", encoding="utf-8")
    plans = Import(library, people(), sheets.open_sheet(path), SameName(), decisions={2: "new"}).foretold().told
    assert plans[0].status == "added" and plans[0].apart == ("people/000001",)
    assert told(library) == []
