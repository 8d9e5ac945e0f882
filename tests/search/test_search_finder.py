from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelves import Block, shelve

from archive.errors import UsageError
from archive.library import Library
from archive.urn import parse
from search import indexer
from search.answer import Answer, Scope
from search.engines import ENGINES
from search.finder import Finder
from search.highlight import highlights


@pytest.fixture(params=[*sorted(ENGINES), "memory"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """Whatever the engine, and without any, the answers are the same."""
    with Library.create(tmp_path / "library") as library:
        shelve(
            library,
            "waizhuan",
            [
                "# 卷一",
                "天下惟器而已矣。道者器之道，器者不可謂之道之器也。",
                "葢天下之大，蓋天下之廣，盖天下",
                "# 卷二",
                Block("月令與此星鳥", [(2, 2)]),
                Block("月令仲春之月與此星鳥", [(2, 6)]),
                Block("月令，（；）與此", [(2, 6)]),
            ],
            title="周易外傳",
            collection="船山遺書",
            category="經部",
            dynasty="清",
        )
        shelve(
            library,
            "zhi",
            [
                Block(
                    "外字〓〓〓在此",
                    gaiji=[(2, {"id": "KR0714"}), (3, {"ids": "⿺克寸"}), (4, {"id": "KR9", "normalised": "說"})],
                ),
                "𩔖聚𫉬麟，，𩔖 聚",
                "ＡＢＣ天\n下、天\u3000下",
                "天天天天",
                "人民万岁😀",
            ],
            title="衡州府志",
            author="張奇勛",
            collection="方志",
            category="史部",
        )
        if request.param != "memory":
            indexer.catch_up(library, request.param)
        yield library


def find(library: Library, text: str, **options: object) -> Answer:
    return Finder(library, staff=True).find(text, **options)  # type: ignore[arg-type]


def places(library: Library, text: str, **options: object) -> list[tuple[str, int, int]]:
    return [(item.ref, item.start, item.end) for item in find(library, text, size=100, **options).items]


def matches(library: Library, text: str) -> list[str]:
    return [item.match for item in find(library, text, size=100).items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("天下惟器", ["天下惟器"]),
        ("矣道者", ["矣。道者"]),
        ("矣；道者", ["矣。道者"]),
        ("葢天下", ["葢天下", "蓋天下", "盖天下"]),
        ("盖天下", ["葢天下", "蓋天下", "盖天下"]),
        ('"葢天下"', ["葢天下"]),
        ("“蓋天下”", ["蓋天下"]),
        ('"盍天下"', []),
        ("类聚获麟", ["𩔖聚𫉬麟"]),
        ("類 聚", ["𩔖", "聚", "𩔖", "聚"]),
        ("类聚", ["𩔖聚", "𩔖 聚"]),
        ("abc天", ["ＡＢＣ天"]),
        ("萬歲", ["万岁"]),
        ("😀", ["😀"]),
        ("🙈", []),
        ("天天", ["天天", "天天", "天天"]),
        ("天天天天天", []),
        ("器 葢", []),
        ("星鳥", ["星鳥", "星鳥"]),
        ("此月令", []),
        ("&KR0714;", ["〓"]),
        ("字&KR0714;⿺克寸", ["字〓〓"]),
        ("⿺克寸说在", ["〓〓在"]),
        ("&KR9;在", ["〓在"]),
        ("说在", ["〓在"]),
        ("〓", []),
        ("&KR4444;", []),
    ],
)
def test_what_is_found(library: Library, text: str, found: list[str]) -> None:
    answer = find(library, text, size=100)
    assert [item.match for item in answer.items] == found
    assert answer.hits == len(found)
    assert answer.passages == len({item.urn.partition("@")[0] for item in answer.items})


def test_every_hit_is_the_stored_text_between_its_offsets(library: Library) -> None:
    for text in ("天下", "器", "月令與", "与此", "𩔖聚", "天天", "&KR0714;"):
        for item in find(library, text, size=100, width=3).items:
            passage = library.passage(parse(item.urn))
            assert passage.text[item.start : item.end] == item.match
            assert passage.text[max(0, item.start - 3) : item.start] == item.left
            assert passage.text[item.end : item.end + 3] == item.right
            assert item.page == passage.page_at(item.start)


def test_a_phrase_runs_over_a_note_and_through_it(library: Library) -> None:
    assert places(library, "月令與此") == [("2.1", 0, 4), ("2.2", 0, 8), ("2.3", 0, 8)]
    assert matches(library, "令仲春之月與") == ["令仲春之月與"]
    assert [item.in_note for item in find(library, "仲春").items] == [True]
    assert matches(library, "令仲") == ["令仲"] and matches(library, "月令與") == [
        "月令與",
        "月令仲春之月與",
        "月令，（；）與",
    ]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("天下惟 道之", ["1.1", "1.1"]),
        ("天下|星鳥", ["1.1", "1.2", "1.2", "1.2", "2.1", "2.2", "3", "3"]),
        ("天下 -器", ["1.2", "1.2", "1.2", "3", "3"]),
        ("天下 -“葢天下”", ["1.1", "3", "3"]),
        ("(天下|星鳥) -(器|abc)", ["1.2", "1.2", "1.2", "2.1", "2.2"]),
        ("书:周易 天下", ["1.1", "1.2", "1.2", "1.2"]),
        ("书：周易外传 天下", ["1.1", "1.2", "1.2", "1.2"]),
        ("书:“周易” 天下", []),
        ("书:“周易外傳” 天下 -器", ["1.2", "1.2", "1.2"]),
        ("天下 -书:周易", ["3", "3"]),
        ("作者:张奇勋 天下", ["3", "3"]),
        ("类:经部 天下 -器", ["1.2", "1.2", "1.2"]),
        ("类:船山遗书 天下 -器", ["1.2", "1.2", "1.2"]),
        ("卷:二 此", ["2.1", "2.2", "2.3"]),
        ("卷:1-2 卷:一 天下惟", ["1.1"]),
        ("卷:3-9 天下", []),
        ("(书:周易|作者:张奇勋) 天下 -器", ["1.2", "1.2", "1.2", "3", "3"]),
        ("天下 無此字", []),
    ],
)
def test_conditions_and_operators(library: Library, text: str, refs: list[str]) -> None:
    assert [ref for ref, _, _ in places(library, text)] == refs


def test_facets_add_up(library: Library) -> None:
    answer = find(library, "天下")
    assert (answer.passages, answer.hits) == (3, 6)
    assert [(facet.value, facet.label, facet.passages, facet.hits) for facet in answer.facets["work"]] == [
        ("hengyang.waizhuan", "周易外傳", 2, 4),
        ("hengyang.zhi", "衡州府志", 1, 2),
    ]
    assert [facet.label for facet in answer.facets["author"]] == ["〔清〕王夫之", "張奇勛"]
    assert [(facet.value, facet.hits) for facet in answer.facets["collection"]] == [("船山遺書", 4), ("方志", 2)]


def test_a_scope_narrows_as_its_facet_promised(library: Library) -> None:
    for name, field in (("work", "works"), ("author", "authors"), ("collection", "collections")):
        for facet in find(library, "天下").facets[name]:
            answer = find(library, "天下", scope=Scope(**{field: (facet.value,)}))
            assert (answer.passages, answer.hits) == (facet.passages, facet.hits)
    urn = library.editions()[1].urn
    assert find(library, "天下", scope=Scope(editions=(urn,))).hits == 2
    assert find(library, "天下", scope=Scope(works=("nobody.nothing",))).hits == 0


def test_pages_of_hits_are_cut_and_joined_without_loss(library: Library) -> None:
    whole = places(library, "天")
    assert len(whole) == find(library, "天").hits == 10
    parts = [places_of for page in (1, 2, 3, 4) for places_of in find(library, "天", page=page, size=3).items]
    assert [(item.ref, item.start, item.end) for item in parts] == whole
    past = find(library, "天", page=99, size=3)
    assert (past.items, past.hits, past.pages_total) == ((), 10, 4)


def test_exact_forms_come_first_by_relevance(library: Library) -> None:
    items = find(library, "盖天下", order="relevance").items
    assert [(item.match, item.form) for item in items] == [
        ("盖天下", "exact"),
        ("葢天下", "variant"),
        ("蓋天下", "variant"),
    ]
    assert [item.form for item in find(library, "盖天下").items] == ["variant", "variant", "exact"]
    assert {item.form for item in find(library, "器，道").items} <= {"exact"}
    assert [item.form for item in find(library, "月令與").items] == ["exact"] * 3


def test_the_answer_as_json_is_what_was_promised(library: Library) -> None:
    document = json.loads(json.dumps(find(library, "惟器", size=5).as_json(), ensure_ascii=False))
    assert {"query", "engine", "took_ms", "passages", "hits", "facets", "items"} <= set(document)
    assert list(document["facets"]) == ["collection", "author", "work", "category", "period", "genre", "layer"]
    assert set(document["facets"]["work"][0]) == {"value", "label", "passages", "hits"}
    item = document["items"][0]
    assert item | {"left": "天下", "match": "惟器", "form": "exact", "section": "1", "page": "001-1a"} == item
    assert item["urn"] == "urn:cts:hengyang:hengyang.waizhuan.test:1.1@2-4"
    assert (item["work"], item["edition"]) == ("hengyang.waizhuan", "urn:cts:hengyang:hengyang.waizhuan.test")
    assert (item["start"], item["end"]) == (2, 4)


@pytest.mark.parametrize("options", [{"page": 0}, {"size": 0}, {"size": 10**6}, {"width": -1}, {"order": "newest"}])
def test_wrong_arguments_are_usage_errors(library: Library, options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        find(library, "天下", **options)


def test_the_words_searched_for_are_highlighted_where_they_stand(library: Library) -> None:
    edition = library.editions()[0]
    passages = list(library.passages(edition.id))
    found = highlights(library, "月令與 此", passages)
    texts = {passage.id: passage for passage in passages}
    shown = {
        texts[id_].ref: [["".join(texts[id_].text[a:b]) for a, b in hit] for hit in hits] for id_, hits in found.items()
    }
    assert shown["2.1"] == [["月令與"], ["此"]]
    assert shown["2.2"] == [["月令", "與"], ["此"]]
    assert set(shown) == {"2.1", "2.2", "2.3"}


def test_many_threads_search_while_the_library_grows(library: Library) -> None:
    wrong: list[object] = []

    def search() -> None:
        with Library.open(library.folder) as own:
            finder = Finder(own)
            for _ in range(30):
                answer = finder.find("增補")
                # An edition is seen whole or not at all.
                if answer.hits % 40:
                    wrong.append(answer.hits)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        shelve(library, f"new{number}", ["增補一條"] * 40)
        indexer.catch_up(library)
    for thread in threads:
        thread.join()
    assert not wrong
    assert find(library, "增補").hits == 240
