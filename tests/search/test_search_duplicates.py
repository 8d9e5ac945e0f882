"""What may be the same twice is proposed: variant characters, the same sound; nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from directory_samples import EDIT, books, declare, people, put

from archive.directories import apart, records, sheets, values
from archive.directories.importing import Import
from archive.library import Library
from search.records.duplicates import MOST, Likeness, pairs


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        declare(made)
        put(made, people(), name="曾国藩", unit="示例大学")
        put(made, people(), name="陈嘉言")
        put(made, people(), name="王夫之", unit="示例學院", publish=False)
        yield made


def alike(library: Library, **given: Any) -> list[tuple[str, str]]:
    found = Likeness.of(library, people()).like(values.check(people(), given).values)
    return [(one.title, one.why) for one in found]


@pytest.mark.parametrize(
    ("name", "unit", "found"),
    [
        ("曾国藩", "示例大学", [("曾国藩", "名称相同")]),
        ("曾國藩", "示例大學", [("曾国藩", "字形相通")]),
        ("曾国藩", "", [("曾国藩", "名称相同")]),
        ("曾国藩", "别的大学", []),
        ("增国番", "示例大学", [("曾国藩", "读音相同")]),
        ("增国番", "", []),
        ("陈嘉言", "别处", [("陈嘉言", "名称相同")]),
        ("陈家严", "别处", []),
        ("王夫之", "示例学院", [("王夫之", "名称相同")]),
        ("张三", "示例大学", []),
        ("", "示例大学", []),
    ],
)
def test_likeness(library: Library, name: str, unit: str, found: list[tuple[str, str]]) -> None:
    assert alike(library, name=name, unit=unit) == found


def test_titles_are_not_compared_by_sound(library: Library) -> None:
    put(library, books(), title="宋论", year=1691)
    likeness = Likeness.of(library, books())
    assert likeness.like({"title": "送论", "year": 1691}) == []
    assert likeness.like({"title": "宋論", "year": 1691})[0].why == "字形相通"


def test_rows_of_one_sheet_are_compared_with_each_other(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,单位\n赵恒惕,示例\n趙恆惕,示例\n赵恒替,示例\n赵恒惕,别处\n", encoding="utf-8")
    taken = Import(library, people(), sheets.open_sheet(path), Likeness.of(library, people()))
    rows = list(taken.plan())
    assert [row.status for row in rows] == ["added", "held", "held", "added"]
    assert rows[1].suspects[0].where == "第 2 行"
    assert taken.directory.id == "people" and EDIT.who


def test_a_whole_directory_is_looked_through(library: Library) -> None:
    put(library, people(), name="曾國藩", unit="示例大学")
    assert [(one.where, other.where) for one, other in pairs(library, people())] == [("people/000004", "people/000001")]


def test_a_pair_told_apart_is_not_proposed_again(library: Library) -> None:
    twins = [put(library, people(), name="曾國藩", unit="示例大学") for _ in range(2)]
    first = next(one.key for one in records.everything(library, people()) if one.title == "曾国藩")
    assert len(pairs(library, people())) == 3
    apart.tell(library, first, twins[0], "bianji")
    left = [{one.where, other.where} for one, other in pairs(library, people())]
    assert len(left) == 2 and {str(first), str(twins[0])} not in left
    apart.take_back(library, twins[0], first, "bianji")
    assert len(pairs(library, people())) == 3


def test_those_told_apart_leave_room_for_others(library: Library) -> None:
    keys = [put(library, people(), name="某人", unit="示例") for _ in range(MOST + 2)]
    for key in keys[:MOST]:
        apart.tell(library, keys[-1], key, "bianji")
    offered = {other.where for one, other in pairs(library, people()) if one.where == str(keys[-1])}
    assert offered == {str(keys[-2])}
