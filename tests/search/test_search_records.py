"""Finding records: what a plain look through every record says is found, counted and ordered, also after edits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from directory_samples import CANARY, PEOPLE, books, change, declare, people, person, put

from archive.directories import changes, erasing, finding, public, records, store
from archive.directories.declaration import read
from archive.directories.public import PublicRecord
from archive.errors import UsageError
from archive.library import Library
from search.records import cabinet as cabinets
from search.records.finding import RecordAnswer, find
from search.records.readings import sort_key, spellings
from search.records.sounds import typed
from search.text.folding import fold

CHARACTERS = "船山衡陽阳學学石鼓雁"
UNITS = ("示例大学", "示例學院", "衡陽师范", "")
FIELDS = ("哲学", "历史", "文学")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        declare(made)
        yield made


def fill(library: Library, many: int = 40, seed: int = 3) -> random.Random:
    chance = random.Random(seed)
    for _ in range(many):
        _one(library, chance)
    return chance


def _one(library: Library, chance: random.Random) -> None:
    given = {
        "name": "".join(chance.choices(CHARACTERS, k=chance.choice((2, 3)))),
        "unit": chance.choice(UNITS),
        "field": chance.sample(FIELDS, chance.randrange(3)),
        "birth": str(chance.randrange(1900, 1904)),
        "bio": "，".join("".join(chance.choices(CHARACTERS, k=4)) for _ in range(3)),
    }
    put(library, people(), **{key: value for key, value in given.items() if value})


# -- beside a plain look -------------------------------------------------------------------------------------------


class Looked:
    """A record as a plain look sees it: every word folded, every way its names may sound."""

    def __init__(self, one: PublicRecord) -> None:
        self.key = one.key
        words = list(finding.searchable(people(), one.values))
        self.cells = [(field, fold(text)) for field, text, _ in words]
        self.facets = list(finding.faceted(people(), one.values))
        self.sounds: set[str] = set()
        for name in [one.title, *(text for _, text, is_name in words if is_name)]:
            for spelt in spellings(name):
                for start in range(len(spelt)):
                    self.sounds |= {"".join(spelt[start:]), "".join(sound[0] for sound in spelt[start:])}

    def holds(self, word: str, field: str = "") -> bool:
        if any(fold(word) in cell for key, cell in self.cells if field in ("", key)):
            return True
        letters = typed(word).decode()
        return bool(letters and not field) and any(sound.startswith(letters) for sound in self.sounds)

    def matches(self, query: str) -> bool:
        for word in query.split():
            field, _, text = word.lstrip("-").rpartition("：")
            if self.holds(text, {"单位": "unit", "": ""}[field]) is word.startswith("-"):
                return False
        return True

    def chosen(self, choice: dict[str, list[str]]) -> bool:
        return all(any((key, value) in self.facets for value in values) for key, values in choice.items())


QUERIES = (
    "",
    "船",
    "船山",
    "衡阳",
    "學",
    "船山 雁",
    "山 -石鼓",
    "单位：示例",
    "单位：学院 船",
    "cs",
    "hengyang",
    "xue",
    "不在",
)
CHOICES: tuple[dict[str, list[str]], ...] = (
    {},
    {"field": ["哲学"]},
    {"field": ["哲学", "历史"], "birth": ["1901"]},
    {"unit": ["示例大学"]},
    {"unit": ["没有的"]},
)


def same(library: Library) -> None:
    everyone = [Looked(one) for one in public.everything(library, people())]
    for query in QUERIES:
        matching = [one for one in everyone if one.matches(query)]
        for choice in CHOICES:
            answer = find(library, people(), query, choice, size=500)
            wanted = {one.key for one in matching if one.chosen(choice)}
            assert answer.total == len(wanted) == len(answer.items), (query, choice)
            assert {one.record.key for one in answer.items} == wanted, (query, choice)
            for facet in answer.facets:
                others = {key: values for key, values in choice.items() if key != facet.key}
                held = [
                    value for one in matching if one.chosen(others) for key, value in one.facets if key == facet.key
                ]
                told = {count.value: count.records for count in facet.values if count.records}
                assert told == dict(Counter(held)), (query, choice, facet.key)


def test_answers_are_those_of_a_plain_look(library: Library) -> None:
    fill(library)
    same(library)


def test_answers_stay_right_through_edits_withdrawals_and_erasures(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = fill(library)
    built = 0
    honest = cabinets.Drawer.__init__

    def counted(self: cabinets.Drawer, *given: object) -> None:
        nonlocal built
        built += 1
        honest(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(cabinets.Drawer, "__init__", counted)
    same(library)
    for step in range(4):
        held = list(public.everything(library, people()))
        one = chance.choice(held).key
        if step % 4 == 0:
            _one(library, chance)
        elif step % 4 == 1:
            change(library, people(), one, bio="船山石鼓", unit="示例學院")
        elif step % 4 == 2:
            store.withdraw(library, one)
        else:
            store.hide(library, one, "guanli", hidden=True)
        same(library)
    erasing.erase(library, public.records(library, people(), [held[0].id])[0].key, person("g", "admin"), "withdrawn")
    same(library)
    assert built <= 1 + 4 + 1


def test_pages_are_cuts_of_one_order_also_while_records_change(library: Library) -> None:
    fill(library)
    find(library, people())
    for _ in range(3):
        change(
            library, people(), next(public.everything(library, people())).key, name="石鼓" + str(random.random())[2:6]
        )
        for query in ("", "山"):
            whole = [one.record.key for one in find(library, people(), query, size=500).items]
            pages = [find(library, people(), query, page=page, size=7) for page in range(1, 12)]
            assert [one.record.key for page in pages for one in page.items] == whole


def test_lists_are_in_the_order_of_sounds_and_years(library: Library) -> None:
    for name in ("朱熹", "曾国藩", "A甲", "王夫之", "陈嘉言", "彭玉麟", "单雄信"):
        put(library, people(), name=name)
    assert [one.record.title for one in find(library, people()).items] == [
        "A甲", "陈嘉言", "彭玉麟", "单雄信", "王夫之", "曾国藩", "朱熹",
    ]  # fmt: skip
    for title, year in (("甲", 1999), ("乙", 2001), ("丙", None), ("丁", 2001)):
        put(library, books(), title=title, **({"year": year} if year else {}))
    assert [one.record.values["title"] for one in find(library, books()).items] == ["丁", "乙", "甲", "丙"]


def test_the_very_title_comes_first_then_titles_then_the_rest(library: Library) -> None:
    for name, bio in (("甲人", "船山学社"), ("船山先生", ""), ("船山", ""), ("乙人", "舩山")):
        put(library, people(), name=name, **({"bio": bio} if bio else {}))
    assert [one.record.title for one in find(library, people(), "船山").items] == ["船山", "船山先生", "甲人", "乙人"]


# -- what may be asked ----------------------------------------------------------------------------------------------


def titles(answer: RecordAnswer) -> list[str]:
    return [one.record.title for one in answer.items]


@pytest.fixture
def few(library: Library) -> Library:
    put(
        library,
        people(),
        name="王夫之",
        other_names="王船山；薑齋",
        unit="示例大学",
        bio="著《讀通鑑論》，凡三十卷。",
        works="宋论",
    )
    put(library, people(), name="曾国藩", unit="示例", bio="刻書。1865年")
    put(library, people(), name="洛夫（莫洛夫）", bio="诗人，AI 与我；吕氏")
    return library


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("读通鉴论", ["王夫之"]),
        ("王 船山", ["王夫之"]),
        ("姜斋", ["王夫之"]),
        ("三十 卷", ["王夫之"]),
        ("wangfuzhi", ["王夫之"]),
        ("WFZ", ["王夫之"]),
        ("wangf", ["王夫之"]),
        ("fuzhi", ["王夫之"]),
        ("zengguofan", ["曾国藩"]),
        ("cgf", ["曾国藩"]),
        ("molf", []),
        ("moluofu", ["洛夫（莫洛夫）"]),
        ("luofu", ["洛夫（莫洛夫）"]),
        ("sldx", ["王夫之"]),
        ("ai", ["洛夫（莫洛夫）"]),
        ("１８６５", ["曾国藩"]),
        ("宋论", ["王夫之"]),
        ('"三十卷"', ["王夫之"]),
        ("宋论|刻书", ["曾国藩", "王夫之"]),
        ("示例 -大学", ["曾国藩"]),
        ("单位:示例", ["曾国藩", "王夫之"]),
        ("單位：大學", ["王夫之"]),
        ("unit:大学", ["王夫之"]),
        ("姓名：示例", []),
        ("氏：诗", []),
        ("通鑑論凡", ["王夫之"]),
        ("斋示例", []),
        ("。，", ["洛夫（莫洛夫）", "曾国藩", "王夫之"]),
    ],
)
def test_words_sounds_and_fields_find(few: Library, query: str, found: list[str]) -> None:
    assert sorted(titles(find(few, people(), query))) == sorted(found)


def test_where_it_stands_is_told_in_the_words_as_stored(few: Library) -> None:
    (one,) = find(few, people(), "读通鉴论").items
    assert [tuple(spot) for spot in one.spots] == [("简介", "著《", "讀通鑑論", "》，凡三十卷。")]
    assert find(few, people(), "王夫之").items[0].spots == ()
    assert find(few, people(), "读通鉴论").as_json()["items"][0]["spots"][0]["match"] == "讀通鑑論"


@pytest.mark.parametrize(("query", "word"), [("-船山", "要排除"), ("甲 | -乙", "要排除"), ("长" * 201, "太长")])
def test_a_query_that_cannot_be_answered_is_told(few: Library, query: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        find(few, people(), query)


def test_an_unknown_facet_lists_those_there_are(few: Library) -> None:
    with pytest.raises(UsageError, match="单位、学科、生年"):
        find(few, people(), "", {"nosuch": ["甲"]})


def test_facets_are_told_in_a_sensible_order_and_cut_short_honestly(library: Library) -> None:
    for number in range(5):
        put(
            library,
            people(),
            name=f"示例{number}",
            unit=f"单位{number % 3}",
            birth=str(1900 + number),
            field="文学；哲学",
        )
    facets = {one.key: one for one in find(library, people(), "", {"unit": ["单位2"]}, listed=2).facets}
    assert [count.value for count in facets["field"].values] == ["哲学", "文学"]
    assert [count.value for count in facets["birth"].values] == ["1902"]
    assert [(count.value, count.records, count.chosen) for count in facets["unit"].values] == [
        ("单位0", 2, False),
        ("单位1", 2, False),
        ("单位2", 1, True),
    ]
    assert facets["unit"].more == 1


def test_nothing_internal_and_no_draft_is_ever_in_memory(library: Library) -> None:
    put(library, people(), name="示例甲", remark=CANARY, phone="0734-8619997")
    put(library, people(), name="示例乙", bio=CANARY, publish=False)
    for query in (CANARY, "8619997", "金丝雀", "jsq", "示例乙"):
        assert find(library, people(), query).total == 0
    drawer = cabinets.cabinet(library, people()).drawers[0]
    assert drawer.alphabet.find("丝") is None and len(drawer.ids) == 1


def test_a_changed_declaration_is_followed(library: Library) -> None:
    put(library, people(), name="示例甲", bio="船山")
    assert find(library, people(), "船山").total == 1
    less = read(PEOPLE.replace("type: longtext, searchable: true", "type: longtext"), "x")
    changes.apply(library, less, "guanli")
    assert find(library, less, "船山").total == 0


def test_an_empty_directory_answers(library: Library) -> None:
    answer = find(library, people(), "船山 wfz", {"field": ["哲学"]})
    assert (answer.total, answer.items) == (0, ()) and records.count(library, people()) == 0


# -- sounds ---------------------------------------------------------------------------------------------------------


def test_names_are_read_in_every_way_they_may_be() -> None:
    assert ("zeng", "xi") in spellings("曾熙") and ("ceng", "xi") in spellings("曾熙")
    assert spellings("吕") == (("lv",), ("lu",)) and spellings("，") == ()
    assert spellings("重庆工商大学") == (("chong", "qing", "gong", "shang", "da", "xue"),)
    assert typed("Lü") == b"lv" and typed("xi'an") == b"xian" and typed("王") == b"" and typed("a1") == b""
    assert sorted(["曾熙", "陈嘉言", "赵恒惕"], key=sort_key) == ["陈嘉言", "曾熙", "赵恒惕"]
