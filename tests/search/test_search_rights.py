"""What is not public never comes out of a search: not as text, not as a count, not as a difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.across import across
from search.answer import Answer, Scope
from search.engines import ENGINES
from search.fallback.near import Quoted
from search.finder import Finder
from search.kwic import FEW, HIDDEN, OMITTED, SNIPPET


@pytest.fixture(params=sorted(ENGINES), scope="module")
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("rights") / "library") as library:
        text = Block("月令仲春之月與此星鳥，不合。", [(2, 6)])
        more = Block("又曰（祕密在此）星鳥", [(2, 8)])
        foot = Block("仲春祕密腳注", kind="footnote")
        shelve(library, "open", [text, more, foot], title="公開")
        shelve(library, "notes", [text, more, foot], title="注不公開", rights=Rights(notes="staff"))
        shelve(
            library,
            "bare",
            ["子曰：「學而時習之，不亦說乎？」有朋自遠方來"],
            title="點校",
            rights=Rights(punctuation="staff"),
        )
        shelve(library, "snippet", ["前" * 50 + "可檢" + "後" * 50], title="片段", rights=Rights(text="snippet"))
        shelve(library, "secret", [text, "祕密之書"], title="內部", author="內部作者", rights=Rights(text="staff"))
        indexer.catch_up(library, request.param)
        yield library


def public(library: Library, text: str, **options: object) -> Answer:
    return Finder(library).find(text, size=100, **options)  # type: ignore[arg-type]


def staff(library: Library, text: str) -> Answer:
    return Finder(library, staff=True).find(text, size=100)


def quoted(answer: Answer) -> tuple[Quoted, ...]:
    assert answer.near
    return answer.near.items


def works(answer: Answer) -> list[str]:
    return [item.work.removeprefix("hengyang.") for item in answer.items]


def test_an_edition_of_the_house_does_not_exist_outside(library: Library) -> None:
    assert works(public(library, "星鳥")) == ["notes", "notes", "open", "open"]
    assert works(staff(library, "星鳥")) == ["notes", "notes", "open", "open", "secret"]
    assert not any(public(library, "祕密之書").as_json()["facets"].values())
    for text in ("星鳥", "月", "祕密", "書:內部 星鳥", "作者:內部作者 星鳥", "之"):
        document = json.dumps(public(library, text).as_json()["items"], ensure_ascii=False)
        assert "secret" not in document and "內部" not in document
    assert public(library, "星鳥", scope=Scope(works=("hengyang.secret",))).hits == 0


def test_counts_and_facets_are_of_what_may_be_seen(library: Library) -> None:
    for text in ("星鳥", "月", "仲春", "祕密", "祕密|星鳥", "月令 星鳥"):
        answer = public(library, text)
        assert answer.hits == len(answer.items)
        for name, facets in answer.facets.items():
            assert sum(facet.hits for facet in facets) == answer.hits
            if name != "layer":  # a passage with hits in the text and in a note is counted for both
                assert sum(facet.passages for facet in facets) == answer.passages
        assert {facet.value for facet in answer.facets["work"]} == {item.work for item in answer.items}


def test_hidden_notes_match_nothing(library: Library) -> None:
    assert works(public(library, "仲春")) == ["open", "open"]
    assert works(staff(library, "仲春")) == ["notes", "notes", "open", "open", "secret"]
    assert works(public(library, "令仲")) == ["open"]
    assert works(public(library, "月與")) == ["open"]
    assert works(public(library, "腳注")) == ["open"]


def test_a_hidden_note_cannot_be_told_by_excluding_it(library: Library) -> None:
    assert works(public(library, "星鳥 -仲春")) == ["notes", "notes", "open"]
    assert works(public(library, "星鳥 -祕密")) == ["notes", "notes", "open"]


def test_the_main_text_is_found_past_hidden_notes_and_shows_that_something_is_there(library: Library) -> None:
    items = {item.work: item for item in public(library, "月令與此").items}
    assert items["hengyang.open"].match == "月令仲春之月與此"
    assert items["hengyang.notes"].match == f"月令{HIDDEN}與此"
    assert (items["hengyang.notes"].start, items["hengyang.notes"].end) == (0, 8)
    shown = next(item for item in public(library, "又曰").items if item.work == "hengyang.notes")
    assert shown.right == f"{HIDDEN}星鳥"
    shown = [item for item in public(library, "星鳥").items if item.work == "hengyang.notes"][1]
    assert shown.left == f"又曰{HIDDEN}"


def test_nothing_of_a_hidden_note_leaves_by_any_query(library: Library) -> None:
    for text in ("月", "令", "與", "星", "又", "曰", "此", "鳥", "月令與此星鳥不合", "又曰星鳥"):
        for item in public(library, text).items:
            if item.work == "hengyang.notes":
                assert not {"仲", "春", "祕", "密"} & set(item.left + item.match + item.right)


def test_punctuation_that_is_not_public_is_not_shown(library: Library) -> None:
    (item,) = public(library, "而時習之不亦").items
    assert (item.left, item.match, item.right) == ("子曰學", "而時習之不亦", "說乎有朋自遠方來")
    assert (item.start, item.end) == (5, 12)
    (item,) = staff(library, "而時習之不亦").items
    assert (item.left, item.match) == ("子曰：「學", "而時習之，不亦")


def test_a_snippet_is_short(library: Library) -> None:
    (item,) = public(library, "可檢", width=200).items
    assert (item.left, item.right) == ("前" * SNIPPET, "後" * SNIPPET)
    assert len(staff(library, "可檢").items[0].left) == 24


@pytest.mark.parametrize("query", ["前*可檢*後 | 前?????????????可檢", "可檢 BEFORE/100 後", "/前.{20}可檢.{40}/"])
def test_a_long_match_in_an_edition_that_is_only_to_be_found_is_cut(library: Library, query: str) -> None:
    for item in public(library, query).items:
        assert item.match.count("前") + item.match.count("後") + item.match.count("檢") <= FEW
        if item.end - item.start > FEW:
            assert item.match == f"{item.match[:SNIPPET]}{OMITTED}{item.match[-SNIPPET:]}"
    assert any(len(item.match) > 2 * FEW for item in staff(library, "/前.{20}可檢.{40}/").items)


def test_a_long_near_quotation_of_an_edition_that_is_only_to_be_found_is_cut(tmp_path: Path) -> None:
    """What is shown of its pieces is what is shown of the match, and no more words than of any other hit."""
    sentence = "月落烏啼霜滿天江楓漁火對愁眠姑蘇城外寒山寺夜半鐘聲到客船朝辭白帝彩雲間"
    with Library.create(tmp_path / "library") as library:
        shelve(library, "found", [sentence], rights=Rights(text="snippet"))
        for changed in (3, 17, 30):
            asked = f"~{sentence[:changed]}口{sentence[changed + 1 :]}"
            (one,) = quoted(public(library, asked))
            assert "".join(piece.text for piece in one.pieces) == one.item.match
            assert one.item.match == f"{sentence[:SNIPPET]}{OMITTED}{sentence[-SNIPPET:]}"
            assert [(piece.text, piece.asked) for piece in one.pieces if piece.differs] == (
                [] if changed == 17 else [(sentence[changed], "口")]
            )
            (whole,) = quoted(staff(library, asked))
            assert "".join(piece.text for piece in whole.pieces) == whole.item.match == sentence


def test_a_long_note_that_is_withheld_makes_no_match_long(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        block = Block(f"天下{'祕' * 2 * FEW}惟器而已", [(2, 2 + 2 * FEW)])
        shelve(library, "found", [block], rights=Rights(text="snippet", notes="staff"))
        (one,) = quoted(public(library, "~天下惟道而已"))
        assert one.item.match == f"天下{HIDDEN}惟器而已" == "".join(piece.text for piece in one.pieces)
        assert public(library, "天下惟器").items[0].match == f"天下{HIDDEN}惟器"


def test_punctuation_that_is_only_to_be_found_is_shown_with_a_few_words_and_not_with_many(tmp_path: Path) -> None:
    sentence = "學而，時習之；不亦說乎？有朋，自遠方來。不亦樂乎！人不知，而不慍。"
    bare = "".join(char for char in sentence if char.isalpha())
    with Library.create(tmp_path / "library") as library:
        shelve(library, "pointed", [sentence], rights=Rights(punctuation="snippet"))
        assert public(library, bare[:10]).items[0].match == "學而，時習之；不亦說乎？有"
        assert public(library, bare).items[0].match == bare
        assert staff(library, bare).items[0].match == sentence.rstrip("。")
        near = public(library, f"~{bare[:-1]}者").near
        assert near and "".join(piece.text for piece in near.items[0].pieces) == bare
        (where,) = across_of(library, bare)
        assert where == bare


def across_of(library: Library, text: str) -> list[str]:
    """What runs over the end of a passage, in an edition of two halves."""
    shelve(
        library,
        "halves",
        ["學而，時習之；不亦說乎？有朋，自遠方來。不亦樂乎！人不知，", "而不慍。"],
        rights=Rights(punctuation="snippet"),
    )
    return [item.match.replace("／", "") for item in across(library, text).items]


def test_restricting_an_edition_takes_effect_at_once(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", ["星鳥"])
        indexer.catch_up(library)
        finder = Finder(library)
        assert finder.find("星鳥").hits == 1
        shelve(library, "one", ["星鳥"], rights=Rights(text="staff"))
        assert finder.find("星鳥").hits == 0
