"""What `docs/search.md` promises, said by examples a reader can check by eye."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asked
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import Block, shelve

from archive.errors import UsageError
from archive.library import Library
from archive.model import Rights
from search import indexer
from search.answer import Answer
from search.engines import ENGINES
from search.finder import Finder
from search.language.tree import Node
from search.matching import automaton, nearness, patterns
from search.matching import matcher as matching
from search.matching.matcher import NOTHING, Matcher, sought
from search.text.bank import Bank


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("examples") / "library") as library:
        shelve(
            library,
            "waizhuan",
            [
                "# 卷三",
                "天下惟器而已矣。道者器之道，器者不可謂之道之器也。",
                "理之動，氣之靜；理之靜，氣也之動。",
                Block("月令仲春之月與此星鳥陰陽", [(2, 6)]),
                Block("陰陽之義，陰陽不測", [(0, 4)]),
                "# 卷四",
                "一分天，二分地，三分人，二分天地。",
                "天天地器。天地人器",
            ],
            title="周易外傳",
            collection="船山遺書",
            category="經部",
            genre="傳",
            year_from=1655,
            year_to=1655,
        )
        shelve(
            library,
            "xshi",
            [
                "天下之器",
                "天下維器而已",
                "夫天下惟道而已矣哉",
                Block("天下惟器", kind="footnote"),
                "何也？曰：天下唯器也",
            ],
            title="薑齋詩",
            genre="詩",
            year_from=1671,
            year_to=1692,
        )
        yield library


def find(library: Library, text: str) -> Answer:
    return Finder(library).find(text, size=100)


def matches(library: Library, text: str) -> list[str]:
    return [item.match for item in find(library, text).items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("理?靜", ["理之靜"]),
        ("氣?之", ["氣也之"]),
        ("天?器", ["天地器"]),
        ("天*器", ["天下惟器", "天天地器", "天地器", "天地人器", "天下之器", "天下維器", "天下惟器", "天下唯器"]),
        ("天?*器", ["天下惟器", "天天地器", "天地器", "天地人器", "天下之器", "天下維器", "天下惟器", "天下唯器"]),
        ("道*器*道", ["道者器之道", "道，器者不可謂之道"]),
        ("[理气]之[动静]", ["理之動", "氣之靜", "理之靜"]),
        ("“[理气]之[动動]”", ["理之動"]),
        ("“[理氣]之?理”", ["氣之靜；理"]),
        ("月令?此", ["月令仲春之月與此"]),
        ("道 NEAR/2 惟", ["惟道"]),
        ("惟 NEAR/4 道", ["惟器而已矣。道", "惟道"]),
        ("惟 NEAR/3 道", ["惟道"]),
        ("道 BEFORE/0 器", ["道，器"]),
        ("器 BEFORE/1 道", ["器之道"]),
        ("器 NEAR/1 道", ["道者器", "器之道", "道，器", "道之器"]),
        ("道 NEAR/1 器 BEFORE/3 天", []),
        ("一 BEFORE/9 三 BEFORE/9 地", ["一分天，二分地，三分人，二分天地"]),
        ("二 NEAR/1 (天|地)", ["天，二", "二分地", "二分天"]),
        ("(一分|三分) NEAR/0 天", ["一分天"]),
        ("注:陰陽", ["陰陽"]),
        ("注:仲春", ["仲春"]),
        ("注:令仲", []),
        ("注:惟器", ["惟器"]),
        ("正文:陰陽", ["陰陽", "陰陽"]),
        ("正文:令與", ["令仲春之月與"]),
        ("正文:仲春", []),
        ("正文:惟器", ["惟器"]),
        ("令與", ["令仲春之月與"]),
        ("注:(陰 NEAR/0 陽)", ["陰陽"]),
        ("/[一二三]分[天地]/", ["一分天", "二分地", "二分天"]),
        ("/[一二三]分[天地]+/", ["一分天", "二分地", "二分天地"]),
        ("/天(下|地)[^之惟]?器/", ["天地器", "天地人器", "天下維器", "天下唯器"]),
        ("/.分[人地]/", ["二分地", "三分人"]),
        ("正文:/令.此/", ["令仲春之月與此"]),
        ("年:1655 天下", ["天下"]),
        ("年:1656-1680 天下惟", ["天下惟", "天下惟"]),
        ("年:1693- 天下", []),
        ("年:-1655 惟器", ["惟器"]),
        ("体裁:诗 惟器", ["惟器"]),
        ("丛集:船山遗书 惟器", ["惟器"]),
        ("-体裁:诗 惟器", ["惟器"]),
        ("何也？曰：天下", ["何也？曰：天下"]),
        ("何也?曰", []),
    ],
)
def test_what_is_found(library: Library, text: str, found: list[str]) -> None:
    answer = find(library, text)
    assert [item.match for item in answer.items] == found
    assert answer.hits == len(found)


def test_the_very_glyphs_are_told_from_other_forms(library: Library) -> None:
    assert [item.form for item in find(library, "[理气]之[动静]").items] == ["variant"] * 3
    assert [item.form for item in find(library, "[理氣]之[動静]").items] == ["exact", "variant", "variant"]
    assert [item.form for item in find(library, "/[理氣]之[動静]/").items] == ["exact", "variant", "variant"]
    assert [item.form for item in find(library, "(理|气) BEFORE/1 (動|靜)").items] == ["exact", "variant", "exact"]


def test_near_quotations_best_first_with_their_changes_marked(library: Library) -> None:
    near = find(library, "~天下维器而已矣").near
    assert near is not None and [one.changes for one in near.items] == [1, 1]
    pieces = [[(piece.kind, piece.asked, piece.text) for piece in one.pieces] for one in near.items]
    assert pieces[0] == [("equal", "", "天下"), ("replaced", "维", "惟"), ("equal", "", "器而已矣")]
    assert pieces[1] == [("equal", "", "天下維器而已"), ("omitted", "矣", "")]


def test_a_near_quotation_passes_over_notes(library: Library) -> None:
    near = find(library, "~月令与此星马阴阳").near
    assert near is not None
    (one,) = near.items
    assert (one.changes, one.item.match) == (1, "月令仲春之月與此星鳥陰陽")
    assert [(piece.kind, piece.text) for piece in one.pieces] == [
        ("equal", "月令"),
        ("note", "仲春之月"),
        ("equal", "與此星"),
        ("replaced", "鳥"),
        ("equal", "陰陽"),
    ]


def test_hidden_notes_match_nothing_however_they_are_asked_for(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(
            library,
            "one",
            [Block("甲祕密乙祕", [(1, 3)]), Block("甲祕", kind="footnote")],
            rights=Rights(notes="staff"),
        )
        for text in ("甲?密", "祕*乙", "甲 NEAR/2 密", "注:祕", "注:/祕./", "/甲.密/", "[甲]祕", "~甲祕密乙密"):
            assert (text, find(library, text).hits) == (text, 0)
            assert Finder(library, staff=True).find(text).hits
        assert (
            matches(library, "甲 NEAR/0 乙") == matches(library, "甲*乙") == matches(library, "/甲乙/") == ["甲〔…〕乙"]
        )
        assert find(library, "乙 -注:祕").hits == 1


def test_the_longest_end_is_another_where_a_note_is_left_out(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", [Block("甲乙乙丙", [(2, 3)])])
        assert matches(library, "/甲乙+/") == ["甲乙", "甲乙乙"]


@pytest.mark.parametrize(
    ("module", "limit", "text"),
    [
        (automaton, "BUDGET", "/天.*器/"),
        (automaton, "MOST", "/.*器/"),
        (automaton, "MOST", "/[天器]./"),
        (patterns, "MOST", "天*器"),
        (nearness, "MOST", "天 NEAR/9 器 NEAR/9 地"),
        (matching, "MOST", "天|器"),
    ],
)
def test_what_would_take_too_long_is_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch, module: object, limit: str, text: str
) -> None:
    find(library, text)
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(UsageError) as raised:
        find(library, text)
    assert raised.value.remedy


@pytest.mark.parametrize("text", ["/.天|地/", "/[^天]|地/"])
def test_an_expression_that_could_begin_anywhere_is_refused(library: Library, text: str) -> None:
    with pytest.raises(UsageError, match="必有的字"):
        find(library, text)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Bank]]:
    with Library.create(tmp_path_factory.mktemp("engines") / "library") as library:
        for number in range(4):
            book = [f"{a}{b}{c}，{b}{a}" for a in "天下葢" for b in "蓋器天" for c in "盖器下"]
            shelve(library, f"book{number}", [*book[number::2], Block("天下葢蓋器天下", [(1, 3), (4, 5)])])
        indexer.catch_up(library, request.param)
        yield library, Bank.load(library)


@settings(max_examples=100, deadline=None)
@given(tree=st.one_of(asked.trees(), asked.quotations))
def test_an_engine_is_never_asked_for_too_much(indexed: tuple[Library, Bank], tree: Node) -> None:
    library, bank = indexed
    try:
        spans = Matcher(bank, bank.mask(bank.shelves), ~bank.mask(bank.shelves)).spans(tree)
    except UsageError:
        return
    wanted = sought(tree, bank.alphabet)
    if wanted == NOTHING:
        assert not len(spans)
    elif wanted:
        stamp = indexer.read_stamp(library.folder / indexer.INDEX)
        reader = stamp and indexer.open_reader(library, stamp)
        assert reader
        candidates = reader.candidates(wanted, 10**6)
        reader.close()
        assert candidates is not None
        assert bank.rows_of(candidates)[spans.row].all()


@pytest.mark.parametrize(
    "text", ["天", "天?器", "天*器", "注:天", "正文:[天地]", "天 NEAR/3 地", "/天.+/", "~天下惟器", "卷:1 年:-1 天"]
)
def test_an_empty_library_answers(tmp_path: Path, text: str) -> None:
    with Library.create(tmp_path / "library") as library:
        assert find(library, text).hits == 0
