"""Layout on what an engine found: order, roles and facts, whatever order the pieces come in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocr_recorded import CASES, GOLDEN, loaded, shown

from archive.transcription.model import Transcript
from ingest.ocr.engines.contract import Sign, Strip
from ingest.ocr.ink import Area, Marks
from ingest.ocr.pieces import skew_of, straightened
from ingest.ocr.reading import transcript_of
from ingest.ocr.spread import fold_of

PAGE = (1000, 1400)
NONE = Marks()


def strip(text: str, left: float, top: float, right: float, bottom: float, confidence: float = 0.99) -> Strip:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    signs = tuple(Sign(n / len(text), (n + 1) / len(text), confidence) for n in range(len(text)))
    return Strip(corners, text, confidence, signs)


def column(text: str, x: float, top: float = 200, *, size: float = 40, wide: float = 50) -> Strip:
    """A piece of a column `x` from the left, a character each `size` pixels."""
    return strip(text, x, top, x + wide, top + size * len(text))


def row(text: str, y: float, left: float = 100, size: float = 30) -> Strip:
    return strip(text, left, y, left + size * len(text), y + 1.3 * size)


def read(strips: Sequence[Strip], marks: Marks = NONE) -> Transcript:
    return transcript_of(strips, marks, PAGE)


def roles(transcript: Transcript, role: str) -> list[str]:
    return [line.text for line in transcript.lines if line.role == role]


LEAF = [column("甲乙丙丁戊己庚辛壬癸子丑寅卯辰", 800 - 70 * n) for n in range(6)]
TEXT = [row("王夫之字而农号薑斋学者称船山先生湖南", 200 + 45 * n) for n in range(8)]


@pytest.mark.parametrize("case", CASES)
def test_recorded_pages_are_laid_out_as_before(case: str) -> None:
    transcript = transcript_of(*loaded(GOLDEN / case))
    assert shown(transcript) == (GOLDEN / case / "out.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_the_order_in_which_pieces_are_found_changes_nothing(case: str) -> None:
    strips, marks, size = loaded(GOLDEN / case)
    expected = shown(transcript_of(strips, marks, size))
    for seed in range(3):
        random.Random(seed).shuffle(strips)
        assert shown(transcript_of(strips, marks, size)) == expected


@given(st.permutations(range(12)))
def test_columns_go_from_right_to_left_and_notes_right_half_first(order: list[int]) -> None:
    strips = [
        column("天下惟器而已矣道者器", 800),
        column("之道器者不可謂之道之", 730),
        column("無其器", 660),
        column("右半夾注", 686, 330, size=35, wide=28),
        column("左半夾注", 657, 330, size=35, wide=28),
        column("則無其", 660, 480),
        column("續右", 616, 205, size=35, wide=28),
        column("續左", 587, 205, size=35, wide=28),
        column("道人鮮能言之而固", 590, 290),
        column("其誠然者也洪荒無揖讓", 520),
        column("之道唐虞無弔伐之道漢", 450),
        column("唐無今日之道則今日無", 380),
    ]
    text = read([strips[at] for at in order]).text.split("\n")
    assert text[2] == "無其器(右半夾注/左半夾注)則無其"
    assert text[3] == "(續右/續左)道人鮮能言之而固"
    assert [line[0] for line in text] == list("天之無(其之唐")


@given(st.floats(-3, 3), st.permutations(range(6)))
def test_skew_is_taken_off_the_coordinates(skew: float, order: list[int]) -> None:
    import math

    def turned(one: Strip) -> Strip:
        sine, cosine = math.sin(math.radians(skew)), math.cos(math.radians(skew))
        return replace(
            one,
            corners=tuple(
                ((x - 500) * cosine - (y - 700) * sine + 500, (x - 500) * sine + (y - 700) * cosine + 700)
                for x, y in one.corners
            ),
        )

    strips = [row(str(n) * 20, 200 + 45 * n) for n in range(6)]
    off = [turned(strips[at]) for at in order]
    assert abs(skew_of(off) - skew) < 0.05
    assert [line[0] for line in read(off).text.split("\n")] == list("012345")


def test_boxes_are_those_of_the_picture_and_each_character_has_its_own() -> None:
    line = read(LEAF).lines[0]
    assert line.box == (800, 200, 850, 800)
    assert [glyph.box for glyph in line.glyphs[:2]] == [(800, 200, 850, 240), (800, 240, 850, 280)]
    assert len(line.glyphs) == len(line.text)


def test_a_black_mark_in_the_outermost_column_makes_it_the_centre_strip() -> None:
    strip_of = [column("周易稗疏", 865, wide=34), column("卷一", 865, 480, wide=34), column("十二", 865, 760, wide=34)]
    tail = Marks(solids=(Area(862, 380, 902, 430),))
    leaf = read([*LEAF, *strip_of], tail)
    assert (leaf.facts.title, leaf.facts.juan, leaf.facts.leaf, leaf.facts.label) == (
        "周易稗疏",
        "卷一",
        "十二",
        "卷一 12b",
    )
    assert roles(leaf, "centre") == ["周易稗疏", "卷一", "十二"]
    modern = read([*LEAF, *strip_of, strip("四", 860, 1200, 900, 1240)], tail)
    assert (modern.facts.leaf, roles(modern, "folio")) == ("十二", ["四"])
    assert "卷一" not in leaf.text and leaf.text.count("\n") == 5


def test_without_a_black_mark_title_gap_and_juan_tell_the_centre_strip() -> None:
    leaf = read([*LEAF, column("周易稗疏", 380), column("卷上", 380, 480)])
    assert (leaf.facts.title, leaf.facts.juan) == ("周易稗疏", "卷上")
    assert "周易" not in leaf.text


def test_a_blot_within_a_sure_character_is_no_fish_tail() -> None:
    leaf = read(LEAF, Marks(solids=(Area(805, 380, 845, 430),)))
    assert not roles(leaf, "centre") and leaf.text.count("\n") == 5


def test_a_blot_makes_no_strip_of_a_column_of_text() -> None:
    doubtful = [column("甲乙丙丁戊己", 380), column("庚辛壬癸子丑寅卯", 380, 480)]
    leaf = read([*LEAF, *doubtful], Marks(solids=(Area(380, 445, 430, 475),)))
    assert not roles(leaf, "centre") and "庚辛壬癸子丑寅卯" in leaf.text


def test_small_type_outside_the_columns_is_a_running_head_and_a_number_the_pages() -> None:
    page = read([*LEAF, column("船山語錄選", 900, size=26, wide=30), column("七", 905, 1000, size=26, wide=30)])
    assert (page.facts.head, page.facts.label) == ("船山語錄選", "七")
    assert "船山" not in page.text


def test_a_leaf_is_divided_at_its_centre_strip() -> None:
    right = [column("甲乙丙丁戊己庚辛壬癸", 900 - 70 * n) for n in range(4)]
    left = [column("子丑寅卯辰巳午未申酉", 500 - 70 * n) for n in range(4)]
    middle = [column("周易稗疏", 580, wide=40), column("卷一", 580, 480, wide=40)]
    pieces = straightened([*right, *middle, *left], 0.0, PAGE)
    fold = fold_of(pieces, Marks(solids=(Area(578, 380, 622, 430),)), PAGE, True)
    assert fold is not None and 550 <= fold <= 580


def test_an_opened_book_is_divided_in_the_middle_and_a_single_page_is_not() -> None:
    wide = (2000, 1400)
    pages = [
        row("一二三四五六七八九十一二三四五六七八九十", 200 + 50 * n, left) for n in range(9) for left in (150, 1200)
    ]
    assert fold_of(straightened(pages, 0.0, wide), Marks(), wide, False) == pytest.approx(975, abs=5)
    assert fold_of(straightened(TEXT, 0.0, PAGE), Marks(), PAGE, False) is None


def test_two_columns_are_read_one_after_the_other_and_what_crosses_them_before() -> None:
    left = [row(f"左栏文字共有十二个字第{n}行", 300 + 45 * n, 100) for n in range(8)]
    right = [row(f"右栏文字共有十二个字第{n}行", 300 + 45 * n, 560) for n in range(8)]
    page = read([row("跨栏的标题", 200, 380, 44), *left, *right])
    lines = page.text.split("\n")
    assert page.layout == "columns" and lines[0] == "跨栏的标题"
    assert [line[0] for line in lines[1:]] == ["左"] * 8 + ["右"] * 8


def test_head_with_a_rule_below_and_number_at_the_foot_stay_out_of_the_text() -> None:
    rule = Marks(rules=(Area(100, 160, 900, 163),))
    page = read([row("船山读本", 110, size=24), *TEXT, row("· 12 ·", 1330, 480)], rule)
    assert (page.facts.head, page.facts.label) == ("船山读本", "12")
    assert page.text.count("\n") == 7 and "读本" not in page.text


def test_the_caption_of_a_table_at_the_top_is_no_head() -> None:
    page = read([row("表1　主要刻本", 110), *TEXT], Marks(rules=(Area(100, 165, 900, 168),)))
    assert page.text.startswith("表1")


def test_cells_of_a_ruled_table_are_told_row_by_row() -> None:
    rules = tuple(Area(100, 600 + 60 * n, 900, 603 + 60 * n) for n in range(5))
    cells = [
        row(f"{name}{n}", 612 + 60 * n, left)
        for n in range(4)
        for left, name in ((120, "版本"), (420, "年代"), (700, "种数"))
    ]
    page = read([*TEXT, *cells], Marks(rules=rules))
    assert page.text.split("\n")[-4:] == [f"版本{n}\u3000年代{n}\u3000种数{n}" for n in range(4)]
    assert len(roles(page, "table")) == 12


def test_a_caption_below_the_rule_of_the_head_is_no_cell() -> None:
    rules = tuple(Area(100, y, 900, y + 3) for y in (160, 260, 320, 380, 440))
    heads = ((120, "版本"), (420, "年代"), (700, "种数"))
    cells = [row(f"{name}{n}", 272 + 60 * n, left) for n in range(3) for left, name in heads]
    page = read(
        [row("表1 历代刻本与其年代种数", 200, 330), *cells, *[row("其后文字" * 4, 500 + 45 * n) for n in range(5)]],
        Marks(rules),
    )
    assert page.text.split("\n")[:2] == ["表1 历代刻本与其年代种数", "版本0\u3000年代0\u3000种数0"]


def test_rows_of_three_short_cells_are_a_table_without_rules() -> None:
    cells = [row(name, 612 + 60 * n, left) for n in range(3) for left, name in ((120, "甲"), (420, "乙"), (700, "丙"))]
    assert len(roles(read([*TEXT, *cells]), "table")) == 9


def test_small_type_below_a_short_rule_is_a_footnote() -> None:
    notes = [row("①见《船山全书》第十册", 1000, size=22), row("②同上", 1040, size=22)]
    page = read([*TEXT, *notes], Marks(rules=(Area(100, 980, 320, 983),)))
    assert roles(page, "footnote") == ["①见《船山全书》第十册", "②同上"]


def test_small_type_at_the_foot_with_notes_marks_needs_no_rule() -> None:
    page = read([*TEXT, row("〔1〕见前书", 1000, size=22), row("续前注文字", 1040, size=22)])
    assert roles(page, "footnote") == ["〔1〕见前书", "续前注文字"]


def test_large_or_centred_rows_are_headings_but_no_sentence_is() -> None:
    big, middle, said = row("第二章湘西草堂", 60, size=40), row("小结", 700, 340), row("他说：", 780, 340)
    page = read([big, *TEXT, middle, *[row("王夫之字而农号薑斋学者称船山先生湖南", 830)], said])
    assert roles(page, "heading") == ["第二章湘西草堂", "小结"]


def test_indentation_is_told_in_cells() -> None:
    page = read([row("最早的是西庄源通行的年表说", 155, 160), *TEXT])
    assert [line.indent for line in page.lines[:2]] == [2, 0]


def test_a_seal_is_no_text() -> None:
    seal = strip("船山私印", 820, 900, 900, 1060, 0.8)
    page = read([*TEXT, seal], Marks(seals=(Area(815, 895, 905, 1065),)))
    assert "私印" not in page.text


def test_a_page_with_nothing_on_it_is_blank() -> None:
    page = read([])
    assert page.layout == "blank" and not page.lines and (page.width, page.height) == PAGE


def test_the_recorded_cases_are_there() -> None:
    assert {path.name for path in Path(GOLDEN).iterdir()} == set(CASES)
