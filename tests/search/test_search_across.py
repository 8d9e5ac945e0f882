"""Strings that run over the end of a passage: found, shown with both places, and never counted as hits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from archive.urn import parse
from search.across import Across, across
from search.answer import Scope
from search.finder import Finder
from search.kwic import OMITTED, SNIPPET
from search.text.folding import fold


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as library:
        yield library


def matches(found: Across) -> list[str]:
    return [item.match for item in found.items]


def test_a_string_over_the_end_of_a_passage_is_found_and_is_no_hit(library: Library) -> None:
    shelve(library, "shi", ["# 其一", "急雪紛紛更滿襟。", "眼看飛雪灑千林", "# 其二", "昨日來時"], title="詩")
    found = across(library, "满襟眼看")
    assert (found.count, matches(found)) == (1, ["滿襟／眼看"])
    (item,) = found.items
    assert (item.urn.split(".test")[1], item.until.split(".test")[1]) == (":1.1@5-7", ":1.2@0-2")
    assert (item.left, item.right, item.section_title) == ("急雪紛紛更", "飛雪灑千林", "其一")
    first, last = library.passage(parse(item.urn)), library.passage(parse(item.until))
    assert first.text[5:7] + last.text[0:2] == "滿襟眼看"
    assert Finder(library).find("滿襟眼看").hits == 0


def test_sections_are_never_crossed(library: Library) -> None:
    shelve(library, "shi", ["# 其一", "急雪紛紛", "# 其二", "昨日來時"])
    assert across(library, "紛紛其二").count == 0 and across(library, "其二昨日").count == 1


def test_a_very_short_passage_is_run_through(library: Library) -> None:
    shelve(library, "shi", ["誠之源", "也", "乃實理"])
    assert matches(across(library, "源也乃")) == ["源／也／乃"]


def test_only_one_string_and_its_exact_glyphs_if_asked(library: Library) -> None:
    shelve(library, "shi", ["風雪滿", "襟懷在"])
    assert across(library, "满襟").count == 1 and across(library, "“满襟”").count == 0
    assert across(library, "满襟 在").count == 0 and across(library, "滿").count == 0


def test_rights_and_scope_hold(library: Library) -> None:
    shelve(library, "open", ["風雪滿", "襟懷在"])
    shelve(library, "secret", ["風雪滿", "襟懷在"], rights=Rights(text="staff"))
    shelve(library, "notes", [Block("風雪滿", [(2, 3)]), "襟懷在"], rights=Rights(notes="staff"))
    assert [item.work for item in across(library, "滿襟").items] == ["hengyang.open"]
    assert across(library, "滿襟", staff=True).count == 3
    assert across(library, "滿襟", scope=Scope(works=("hengyang.nosuch",))).count == 0


passages = st.lists(st.text("天地玄。", min_size=1, max_size=4), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(passages, min_size=1, max_size=3), st.text("天地玄", min_size=2, max_size=4))
def test_counts_equal_a_brute_force_scan(
    tmp_path_factory: pytest.TempPathFactory, sections: list[list[str]], wanted: str
) -> None:
    expected = 0
    blocks: list[str] = []
    for number, texts in enumerate(sections):
        rows = [f"卷{number}", *texts]
        blocks += [f"# {rows[0]}", *texts]
        owners = [row for row, text in enumerate(rows) for _ in fold(text)]
        whole = "".join(map(fold, rows))
        starts = [at for at in range(len(whole)) if whole.startswith(fold(wanted), at)]
        expected += sum(owners[at] != owners[at + len(wanted) - 1] for at in starts)
    with Library.create(tmp_path_factory.mktemp("across") / "library") as library:
        shelve(library, "shi", blocks)
        assert across(library, wanted).count == expected


@pytest.mark.parametrize("at", [1, 5, 12, 13, 19, 20, 31])
def test_a_long_string_of_an_edition_that_is_only_to_be_found_is_cut(tmp_path: Path, at: int) -> None:
    """As a hit in one passage is, wherever the passage ends."""
    sentence = "月落烏啼霜滿天江楓漁火對愁眠姑蘇城外寒山寺夜半鐘聲到客船朝辭白帝"
    with Library.create(tmp_path / "library") as library:
        shelve(library, "found", [sentence[:at], sentence[at:]], rights=Rights(text="snippet"))
        (seen,) = across(library, sentence).items
        assert seen.match.replace("／", "") == f"{sentence[:SNIPPET]}{OMITTED}{sentence[-SNIPPET:]}"
        assert seen.match.count("／") == 1
        (seen,) = across(library, sentence, staff=True).items
        assert seen.match == f"{sentence[:at]}／{sentence[at:]}"
