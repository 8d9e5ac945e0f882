"""The pages the OCR bench draws say what their transcriptions say, are the same every time, and get worse by seed."""

from __future__ import annotations

import re

import numpy
import pytest
from PIL import Image, ImageChops

from bench import confidence, woodblock
from bench.bookwork import book_page, markdown
from bench.ocr_pages import CORPUS, KINDS, SAMPLES, Sample
from bench.typeset import Missing, Run, Type, broken, columns, face
from bench.wear import worn

HAN = re.compile("[\u3400-\u9fff]")


def sample(name: str) -> Sample:
    return next(one for one in SAMPLES if one.name == name)


@pytest.fixture
def faces() -> None:
    try:
        for name in ("serif", "serif-tc", "kai"):
            face(name, 20)
    except Missing as missing:
        pytest.skip(f"没有字体 {missing}")


def test_names_are_unique_and_every_kind_is_drawn() -> None:
    assert len({one.name for one in SAMPLES}) == len(SAMPLES)
    assert {one.kind for one in SAMPLES} == set(KINDS)
    assert {one.turned for one in SAMPLES} == {0, 90, 180, 270}


def test_columns_hold_so_many_cells_and_notes_half_as_many() -> None:
    assert list(columns([("天下惟器而已", False)], 4)) == [(Run("天下惟器"),), (Run("而已"),)]
    found = list(columns([("天下", False), ("道者器之道器者不可", True), ("謂", False)], 4))
    assert found == [
        (Run("天下"), Run("道者器之", "道器者不")),
        (Run("可", ""), Run("謂")),
    ]
    assert "".join(run.told for run in found[1]) == "(可/)謂"


def test_mandoku_notes_over_a_line_end_are_one() -> None:
    text = "衡州小記¶\n　　小引¶\n衡州之為郡(湖廣通志卷/十一引元和)¶\n(郡國/志)山川¶\n"
    assert woodblock.words_of(text) == [
        ("heading", (("衡州小記", False),)),
        ("heading", (("小引", False),)),
        ("text", (("衡州之為郡", False), ("湖廣通志卷十一引元和郡國志", True), ("山川", False))),
    ]


def test_no_line_begins_with_a_full_stop_or_parts_a_number(faces: None) -> None:
    how = Type("serif", 20, 30)
    assert list(broken("天下惟器而已矣。道", how, 7 * 20)) == ["天下惟器而已", "矣。道"]
    assert list(broken("天下惟器“而已", how, 5 * 20)) == ["天下惟器", "“而已"]
    assert all("1619" in line or "161" not in line for line in broken("生于一六一九年即1619年也", how, 9 * 20))


@pytest.mark.parametrize("name", ["horizontal-table", "woodblock-notes-kai"])
def test_a_page_is_the_same_every_time_and_written_in_words_of_the_corpus(faces: None, name: str) -> None:
    image, text = sample(name).clean()
    again, told = sample(name).clean()
    assert text == told
    assert ImageChops.difference(image, again).getbbox() is None
    corpus = "".join(path.read_text(encoding="utf-8") for path in CORPUS.rglob("*.[mt][dx]*") if path.is_file())
    assert len(HAN.findall(text)) > 100
    assert set(HAN.findall(text)) <= set(HAN.findall(corpus)) | set("册缘故")
    assert numpy.asarray(image).min() == 0


def test_footnotes_stand_last_and_the_running_head_nowhere(faces: None) -> None:
    _, text = sample("horizontal-table").clean()
    lines = text.splitlines()
    assert lines[0].startswith("表1")
    assert any(line.startswith("①") for line in lines[-4:])
    assert "船山读本" not in text
    pieces, notes = markdown("# 甲\n\n乙[^1]\n\n[^1]: 丙")
    page, taken = book_page(pieces, notes, ("眉", "题"), 1, "serif")
    assert (page.lines, taken) == (["甲", "乙①", "①丙"], 2)


def test_wear_goes_by_its_seed(faces: None) -> None:
    page = Image.new("L", (400, 300), 255)
    page.paste(0, (100, 100, 200, 150))
    one, same, other = worn(page, 1), worn(page, 1), worn(page, 2)
    assert ImageChops.difference(one, same).getbbox() is None
    assert ImageChops.difference(one, other).getbbox() is not None
    light, heavy = (numpy.asarray(worn(page, 1, much=much)).astype(int) for much in (0.2, 1.0))
    assert abs(heavy - numpy.asarray(page)).mean() > abs(light - numpy.asarray(page)).mean() > 0


def test_confidence_is_told_by_threshold_and_drawn() -> None:
    signs = [(0.99, True)] * 90 + [(0.7, True)] * 5 + [(0.6, False)] * 4 + [(0.95, False)]
    rows = {row.split("|")[1].strip(): row for row in confidence.table(signs, 0.9)}
    assert "| 9.0% | 4/5 | 1.10% |" in rows["0.9 （现用）"]
    assert "| 0.0% | 0/5 |" in rows["0.5"]
    assert [one.many for one in confidence.bins(signs)] == [4, 5, 1, 90]
    drawn = confidence.plot(signs, signs, 0.9)
    assert drawn.startswith("<svg") and drawn.count("<circle") == 8 and "存疑线 0.9" in drawn
