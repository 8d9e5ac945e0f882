"""您是不是要找: what is offered is there, for this reader, in these texts; and what is there is offered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed import CHARACTERS, Reader, build
from shelves import CORPUS, Block, kanripo, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.answer import Scope
from search.fallback.again import widened
from search.fallback.likeness import likeness
from search.fallback.slips import OFTEN, OPEN, slips
from search.fallback.suggest import Suggestion, suggestions
from search.finder import Finder
from search.language.query import parse, phrases
from search.language.tree import Phrase
from search.language.wording import written
from search.text.folding import fold

BUNDLED = Path(__file__).resolve().parents[2] / "corpus"


def suggested(
    library: Library, text: str, scope: Scope | None = None, *, staff: bool = False
) -> tuple[Suggestion, ...]:
    finder = Finder(library, staff=staff)
    missing = [one for one in phrases(parse(text)) if not finder.found(written(one), scope).hits]
    found = suggestions(finder.found(text, scope), missing)
    for one in found:
        answer = finder.find(one.query, scope=scope)
        assert (answer.hits, answer.passages) == (one.hits, one.passages) and one.hits
    json.dumps([one.as_json() for one in found])
    return found


def texts(found: tuple[Suggestion, ...]) -> list[str]:
    return [one.text for one in found]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """What is bundled with the house."""
    with Library.create(tmp_path_factory.mktemp("suggest") / "library") as library:
        for folder in ("chuanshan-yulu", "chuanshan-reader", "red-hengyang"):
            lines = [
                line.replace("## ", "# ").replace("# #", "#")
                for path in sorted((BUNDLED / folder).glob("*.md"))
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.strip("#— ")
            ]
            shelve(library, folder, lines, title=lines[0].strip("# "), author="王夫之")
        indexer.catch_up(library)
        yield library


@pytest.mark.parametrize(
    ("text", "meant", "like"),
    [
        ("王夫子", "王夫之", "near"),
        ("王福智", "王夫之", "sound"),
        ("周易外转", "周易外传", "sound"),
        ("船山易录", "船山語錄", "other"),
        ("天下唯器", "天下惟器", "sound"),
        ("天下唯噐", "天下惟器", "sound"),
        ("石鼓書阮", "石鼓书院", "shape"),
        ("衡陽保衛站", "衡阳保卫战", "sound"),
    ],
)
def test_what_was_meant_comes_first(library: Library, text: str, meant: str, like: str) -> None:
    found = suggested(library, text)
    assert fold(found[0].text) == fold(meant) and found[0].like == like
    assert found[0].query == found[0].text


def test_of_what_sounds_alike_the_usual_reading_and_the_like_shape_come_first(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["有器有器有器", "為器，為器", "惟器"])
        assert texts(suggested(library, "唯器")) == ["惟器", "為器", "有器"]


def test_what_is_unlike_and_seldom_is_chance(library: Library) -> None:
    assert suggested(library, "天夭惟器") == suggested(library, "天惟下器") == ()


def test_stems_and_branches_that_look_alike(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["是歲己巳也", "丁未歲", "戊戌變法", "曰若稽古", "乙酉"])
        for typed, meant in (("已巳", "己巳"), ("巳巳", "己巳"), ("丁末", "丁未"), ("戊戍", "戊戌"), ("日若", "曰若")):
            (found,) = suggested(library, typed)
            assert (found.text, found.like in ("shape", "sound")) == (meant, True)


def test_terms_come_before_what_merely_stands_there(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["# 周易外傳", "有周易外賺之說", "周易外賺", "讀周易外传而作"], title="周易外傳")
        found = suggested(library, "周易外转")
        assert [(one.text, one.term, one.hits) for one in found] == [("周易外傳", True, 2), ("周易外賺", False, 2)]


def test_terms_that_are_a_character_longer_or_in_another_order(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["# 讀通鑑論", "王夫之曰"], title="讀通鑑論")
        assert texts(suggested(library, "讀通鑑")) == []  # stands there
        assert texts(suggested(library, "讀通鑑論評")) == ["讀通鑑論"]
        assert texts(suggested(library, "讀鑑論")) == ["讀通鑑論"]
        (found,) = suggested(library, "讀鑑通論")
        assert (found.text, found.like, found.term) == ("讀通鑑論", "order", True)


def test_other_glyphs_than_those_quoted(library: Library) -> None:
    found = suggested(library, '"天下惟噐"')
    assert (found[0].text, found[0].like, found[0].query) == ("天下惟器", "form", "天下惟器")


def test_the_rest_of_the_query_stays(library: Library) -> None:
    (found, *_) = suggested(library, "书:語錄 唯器 天下")
    assert (found.text, found.query) == ("惟器", "书:語錄 惟器 天下")
    (found, *_) = suggested(library, "唯器 NEAR/3 天下 -九州")
    assert found.query == "惟器 NEAR/3 天下 -九州"
    (found, *_) = suggested(library, "正文:天下唯器")
    assert found.query == "正文:天下惟器"
    assert suggested(library, "天下惟器 無此一句話") == ()


def test_only_in_the_scope(library: Library) -> None:
    scope = Scope(works=("hengyang.chuanshan-yulu",))
    assert texts(suggested(library, "天下唯器", scope)) == ["天下惟器"]
    assert texts(suggested(library, "天下唯器", Scope(works=("hengyang.red-hengyang",)))) == []


def test_nothing_restricted_is_offered(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(
            library, "open", [Block("公開之書也（祕密之注）", [(5, 11)])], rights=Rights(notes="staff"), title="公開"
        )
        shelve(library, "secret", ["# 祕密之章", "内部祕密之書"], title="祕密之書", rights=Rights(text="staff"))
        shelve(library, "short", ["片段之書"], title="片段", rights=Rights(text="snippet"))
        for text in ("祕密支書", "密祕之書", "祕密支章", "祕密支注", "内部祕密之舒", "祕密", "祕蜜"):
            assert suggested(library, text) == ()
        assert texts(suggested(library, "祕密支書", staff=True)) == ["祕密之書"]
        assert texts(suggested(library, "祕密支注", staff=True)) == ["祕密之注"]
        assert texts(suggested(library, "片段之舒")) == ["片段之書"]
        for found in (suggested(library, "公開支書"), suggested(library, "公開之舒")):
            assert texts(found) == ["公開之書"]


@pytest.mark.parametrize(
    "text", ["", "〓", "A", "&KR0714;", "&KR0714;&KR0714;", "𰻝𰻝", "天" * 200, "天" * 31, "NEARLY"]
)
def test_strange_strings_are_offered_nothing(library: Library, text: str) -> None:
    found = Finder(library).found("無此一字")
    phrase = Phrase(tuple(text) if "&" not in text else ("KR0714",) * text.count("&"))
    assert suggestions(found, [phrase]) == ()


@pytest.mark.parametrize("text", ["天&KR0714;", "&KR9999;下", "[門@龠]之道", "道⿺克寸", "&KR0714;器&KR0714;"])
def test_nobody_mistakes_a_character_without_code_point(tmp_path: Path, text: str) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(
            library,
            "one",
            [Block("天下之道也〓之門", gaiji=[(5, {"id": "KR0714", "ids": "⿺克寸", "normalised": ""})])],
        )
        assert suggested(library, text) == ()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("slips") / "library") as library:
        build(library, seed=3)
        yield library


LETTERS = sorted({fold(char) for char in CHARACTERS} - {""})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("天下道器葢類長重呂女A"), min_size=2, max_size=7).map("".join), st.booleans())
def test_slips_are_all_strings_one_slip_away(mixed: Library, text: str, staff: bool) -> None:
    reader = Reader(mixed, staff=staff)
    found = widened(Finder(mixed, staff=staff).found("無"))
    told = {fold("".join(one.units)): one for one in slips(Phrase(tuple(text)), found.matcher)}
    asked = fold(text)
    for one in told.values():
        assert 0 < one.often <= len(reader.items("".join(one.units)))
    near = {}
    for at, old in enumerate(asked):
        for new in LETTERS:
            if new != old:
                near[asked[:at] + new + asked[at + 1 :]] = likeness(text[at], new) or "other"
    for at, (one, two) in enumerate(pairwise(asked)):
        near.setdefault(asked[:at] + two + one + asked[at + 2 :], "order")
    near.pop(asked, None)
    assert set(told) <= set(near)
    for string, like in near.items():
        hits = len(reader.items(string))
        if like not in ("order", "other"):
            assert (string in told) is bool(hits)
        elif string in told:
            assert hits >= OFTEN and (len(asked) >= OPEN or told[string].like == "order")
        elif len(asked) >= OPEN or like == "order":
            # What passes over notes is counted apart from what is printed in a row.
            assert hits < 2 * OFTEN


@pytest.mark.real
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real texts are not beside the checkout")
def test_on_real_texts(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        for name, title in (("KR1a0120", "周易稗疏"), ("KR1b0047", "尚書稗疏"), ("KR4f0009", "薑齋詩文集")):
            shelve(library, name.lower(), kanripo(name), title=title)
        for text, meant in (("王夫子", "王夫之"), ("周易稗书", "周易稗疏"), ("尚书裨疏", "尚書稗疏"), ("戌戌", "戊戌")):
            assert fold(meant) in map(fold, texts(suggested(library, text)))
