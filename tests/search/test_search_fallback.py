"""What is offered where nothing is exactly as asked for, from end to end."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import asked
import pytest
from hypothesis import given, settings
from mixed import build
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.answer import Scope
from search.fallback import otherwise as fallback
from search.fallback.otherwise import Otherwise, otherwise
from search.finder import Finder
from search.found import Found, Moved
from search.language.query import parse
from search.language.tree import Node
from search.language.wording import written


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("fallback") / "library") as library:
        shelve(
            library,
            "wai",
            ["# 周易外傳卷五", "天下惟器而已矣。道者器之道，器者不可謂之道之器也。", "據器而道存"],
            title="周易外傳",
        )
        shelve(library, "du", ["# 讀通鑑論", "天下之勢，一離一合。", "道在天下"], title="讀通鑑論")
        shelve(library, "gong", ["人能弘道", "天下之器也"], title="功", author="")
        indexer.catch_up(library)
        yield library


def offered(library: Library, text: str, scope: Scope | None = None, *, staff: bool = False) -> Otherwise:
    return otherwise(Finder(library, staff=staff), text, scope=scope)


def test_a_string_that_nobody_wrote_so(library: Library) -> None:
    found = offered(library, "天下唯器而已矣")
    assert found.parts == () == found.remarks
    assert [one.query for one in found.suggestions] == ["天下惟器而已矣"]
    assert [(one.changes, one.item.match) for one in found.near.items] == [(1, "天下惟器而已矣")]
    assert [word.text for word in found.words.words if word.counted] == ["天下", "器", "而已", "矣"]
    assert found.words.passages == 5 and "天下惟器而已矣" in found.words.items[0].item.match
    document = json.loads(json.dumps(found.as_json()))
    assert list(document) == ["remarks", "parts", "suggestions", "near", "words"]
    assert document["near"]["items"][0]["pieces"][1] == {"kind": "replaced", "text": "惟", "asked": "唯"}
    assert document["words"]["items"][0]["urn"].startswith("urn:cts:hengyang:hengyang.wai.test:1.1@")


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("天下 唯器", ("“唯器”没有命中。",)),
        ("唯器|四海", ("“唯器”没有命中。", "“四海”没有命中。")),
        ("唯器 NEAR/3 天下", ("“唯器”没有命中。",)),
        ("弘道 據器", ("各有命中（“弘道”1 处，“據器”1 处），但没有一段合乎全部要求。",)),
        ("弘道 NEAR/1 天下", ("各有命中（“弘道”1 处，“天下”4 处），但没有一段合乎全部要求。",)),
        ("书:周易 弘道", ()),
        ("书:周易 弘道 天下", ("“弘道”没有命中。",)),
        ("天?唯 /[一二]器/", ("“天?唯”没有命中。", "“/[一二]器/”没有命中。")),
        ("~天下之惟器矣也乎", ()),
        ("天下惟器 -道", ()),
    ],
)
def test_which_strings_stand_nowhere(library: Library, text: str, remarks: tuple[str, ...]) -> None:
    assert not Finder(library).found(text).hits
    found = offered(library, text)
    assert found.remarks == remarks
    assert list(found.lines())[: len(remarks) + 1] == ["没有完全相同的文字。", *remarks]


def test_a_latin_word_that_nobody_wrote_is_not_looked_for_by_its_letters(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["見 Kanseki Repository 所載之道", "KR1a0120 為周易"])
        found = offered(library, "道器 Kanji")
        assert [(word.text, word.counted) for word in found.words.words] == [
            ("道", True),
            ("器", False),
            ("Kanji", False),
        ]
        assert [word.text for word in offered(library, "KANSEKI 器").words.words if word.counted] == ["KANSEKI"]


@pytest.mark.parametrize(
    ("text", "scope", "remarks"),
    [
        ("书:宋論 天下", Scope(), ("库中没有合于“书:宋論”的文字。",)),
        ("作者:黃宗羲 年:1655 天下", Scope(), ("库中没有合于“作者:黃宗羲”的文字。", "库中没有合于“年:1655”的文字。")),
        ("书:周易 书:通鑑 天下", Scope(), ("库中没有同时合于“书:周易”、“书:通鑑”的文字。",)),
        ("书:周易 天下", Scope(works=("hengyang.du",)), ("范围里没有合于“书:周易”的文字。",)),
        ("书:周易 天下", Scope(works=("hengyang.gone",)), ("范围里没有可以检索的文字。",)),
        ("天下", Scope(works=("hengyang.gone",)), ("范围里没有可以检索的文字。",)),
        ("书:周易 四海", Scope(), ()),
    ],
)
def test_conditions_that_no_book_meets_are_told(
    library: Library, text: str, scope: Scope, remarks: tuple[str, ...]
) -> None:
    found = offered(library, text, scope)
    assert found.remarks == remarks
    if remarks:
        assert (found.suggestions, found.near.items, found.words.items) == ((), (), ())


def test_near_quotations_are_of_a_single_string(library: Library) -> None:
    assert len(offered(library, "书:外傳 天下唯器而已矣 -四海").near.items) == 1
    assert len(offered(library, '"天下唯器而已矣"').near.items) == 1
    for text in ("天下唯器而已矣 四海", "天下唯", "天下唯器 NEAR/3 道", "书:讀通 天下唯器而已矣", "天?唯器而已矣"):
        assert offered(library, text).near.items == ()


def test_conditions_hold_for_all_that_is_offered(library: Library) -> None:
    limited = offered(library, "天下唯器而已矣", Scope(works=("hengyang.du",)))
    assert limited.suggestions == () and limited.near.passages == 0
    assert {one.item.work for one in limited.words.items} == {"hengyang.du"}
    for text in ("书:讀通 天下唯器而已矣", "-书:外傳 -书:功 天下唯器而已矣"):
        assert {one.item.work for one in offered(library, text).words.items} == {"hengyang.du"}
    assert {one.item.match for one in offered(library, "天下唯器 -合 -在 -之").words.items} == {"器"}
    kept = offered(library, "天下唯器 -一離一合 -據器").words
    assert kept.passages == 3 and all("離" not in str(one.item) for one in kept.items)


def test_a_layer_that_was_chosen_holds(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", [Block("正文天下惟器而已（注云天下爲器而已）", [(8, 18)])])
        for scope, text in ((Scope(layers=("text",)), "天下唯器而已"), (Scope(), "正文:天下唯器而已")):
            found = offered(library, text, scope)
            assert [one.item.match for one in found.near.items] == ["天下惟器而已"]
            assert [one.text for one in found.suggestions] == ["天下惟器而已"]
            assert {one.item.in_note for one in found.words.items} == {False}
        found = offered(library, "天下唯器而已", Scope(layers=("notes",)))
        assert [one.item.match for one in found.near.items] == ["天下爲器而已"]


def test_every_engine_offers_the_same(engine_name: str, tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        build(library, passages=12)
        shelve(library, "wai", ["天下惟器而已矣"])
        texts = ("天下唯器而已矣", "天下道器天", "葢天下長", "天下 器長重", "书:open 天下道長", '"盖天道"')
        before = [offered(library, text) for text in texts]
        indexer.catch_up(library, engine_name)
        assert [offered(library, text) for text in texts] == before
        assert any(one.suggestions for one in before) and any(one.near.items for one in before)


def test_nothing_restricted_is_offered(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        notes = Block("公開之書也，祕密之注在焉", [(6, 12)])
        shelve(library, "open", [notes], rights=Rights(notes="staff"))
        shelve(library, "secret", ["內部祕密之書也"], title="祕密之書", author="無名氏", rights=Rights(text="staff"))
        for text in (
            "祕密支書也",
            "祕密之注在",
            "內部祕密支書",
            "無名市",
            "公開支書也祕密",
            "祕密 公開之書",
            "~公開之書祕密",
        ):
            told = json.dumps(offered(library, text).as_json()["suggestions"], ensure_ascii=False)
            shown = offered(library, text)
            told += "".join(str(one.item) + str(one) for one in (*shown.near.items, *shown.words.items))
            assert "secret" not in told and "內" not in told and "在焉" not in told and "無名" not in told
            assert all(not word.passages for word in shown.words.words if set(word.text) & set("祕密注內部"))
        assert offered(library, "祕密支書也", staff=True).suggestions


def test_a_restricted_book_leaves_no_trace(tmp_path: Path) -> None:
    answers = []
    for name in ("without", "with"):
        with Library.create(tmp_path / name) as library:
            shelve(
                library,
                "open",
                [Block("公開之書也，祕密之注在焉", [(6, 12)]), "之書祕而不宣"],
                rights=Rights(notes="staff"),
            )
            if name == "with":
                blocks = ["# 祕密之書", "內部祕密之書也，公開支書亦祕而不喧", "公開之輸也" * 9]
                shelve(library, "secret", blocks, title="之書祕", author="祕而不", rights=Rights(text="staff"))
            texts = (
                "之書必",
                "祕密之書",
                "公開支書",
                "之書祕而喧",
                "內部之書也祕",
                "祕密 公開之輸",
                "祕而不宣之書也",
                "無名|祕密之住",
            )
            answers.append([offered(library, text).as_json() for text in texts])
    assert answers[0] == answers[1]
    assert any(one["suggestions"] for one in answers[0]) and any(one["near"]["items"] for one in answers[0])


def test_the_library_may_change_meanwhile(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, calls = fallback.by_words, []

    def moved_once(found: Found, *args: object, **options: object) -> object:
        calls.append(found)
        if len(calls) == 1:
            raise Moved("改动")
        return whole(found, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(fallback, "by_words", moved_once)
    assert offered(library, "天下唯器").words.items and len(calls) == 2
    monkeypatch.setattr(fallback, "near_quotations", lambda *args, **options: moved_always())
    with pytest.raises(Moved):
        offered(library, "天下唯器")


def moved_always() -> None:
    raise Moved("改动")


def test_no_network(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert offered(library, "天下唯器而已矣").suggestions


@pytest.mark.parametrize(
    "text", ["〓", "☰☱", "無" * 900, "𰻝𰻝𰻝𰻝", "&KR9999;", "A B C", "1=1;DROP TABLE", "<b>天</b>乎"]
)
def test_odd_queries(library: Library, text: str) -> None:
    found = offered(library, text)
    assert json.dumps(found.as_json()) and next(found.lines()) == "没有完全相同的文字。"


def test_for_a_terminal(library: Library) -> None:
    told = "\n".join(offered(library, "天下唯器而已矣").lines())
    for line in (
        "您是不是要找：\n    天下惟器而已矣　1 处（同音）",
        "相近的文字，1 段（至多改动 1 字，改动处在〔〕内）：",
        "【天下〔惟〕器而已矣】。",
        "改动 1 字",
        "按词语检索（天下、器、而已、矣），5 段，最相关的在前：",
    ):
        assert line in told


@settings(max_examples=300, deadline=None)
@given(asked.trees())
def test_a_tree_is_written_as_a_query_that_means_it(tree: Node) -> None:
    parsed = asked.as_parsed(tree)
    assert parse(written(parsed)) == parsed


@given(asked.quotations)
def test_near_quotations_are_written_so_too(tree: Node) -> None:
    assert parse(written(tree)) == tree
