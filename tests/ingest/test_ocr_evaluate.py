"""Measuring a reading against a transcription; the command that does so."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from PIL import Image
from ran import Run

from ingest.ocr.evaluate import measured

WRITTEN = "天下惟器而已矣\n道者器之道(見周易外/傳卷五)也\n無其器則無其道\n人鮮能言之而固其誠然者也\n"


def plain(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def test_a_perfect_reading_has_no_errors_whatever_its_spaces() -> None:
    assert measured("天下惟器 而已矣\n\n" + WRITTEN[8:], WRITTEN, plain) == (0.0, 0.0, True)


def test_one_wrong_character_in_thirty_seven() -> None:
    length = len(plain(WRITTEN))
    result = measured(WRITTEN.replace("惟", "唯"), WRITTEN, plain)
    assert result.cer == pytest.approx(1 / length) and result.cer_with_punctuation == pytest.approx(1 / length)


@pytest.mark.parametrize(("read", "written"), [("巳", "已"), ("己", "巳"), ("日", "曰")])
def test_look_alikes_are_no_errors(read: str, written: str) -> None:
    assert measured(f"天下{read}矣", f"天下{written}矣", plain).cer == 0


def test_what_the_caller_folds_is_no_error() -> None:
    assert measured("説", "說", lambda text: plain(text).replace("説", "說")) == (0.0, 0.0, True)


def test_punctuation_counts_only_where_it_is_asked_for() -> None:
    result = measured("王夫之字而农", "王夫之，字而农。", plain)
    assert result.cer == 0 and result.cer_with_punctuation == pytest.approx(2 / 8)


def test_forms_of_one_mark_are_one() -> None:
    assert measured("他说:「是」,对!——", "他说：“是”，对！—", plain).cer_with_punctuation == 0


def test_a_note_is_read_right_half_first() -> None:
    assert measured("道(右半/左半)也", "道(右半/左半)也", plain).cer == 0
    assert measured("道(左半/右半)也", "道(右半/左半)也", plain).cer > 0


def test_columns_in_the_wrong_order_are_told() -> None:
    lines = WRITTEN.split("\n")
    assert not measured("\n".join([lines[1], lines[0], *lines[2:]]), WRITTEN, plain).order_ok
    assert not measured("\n".join(reversed(lines)), WRITTEN, plain).order_ok


def test_lines_that_were_not_read_say_nothing_of_order() -> None:
    assert measured(WRITTEN.replace("道者器之道(見周易外/傳卷五)也\n", ""), WRITTEN, plain).order_ok


def test_lines_that_recur_are_in_order() -> None:
    twice = "甲乙丙丁戊\n子丑寅卯辰\n甲乙丙丁戊\n午未申酉戌\n"
    assert measured(twice, twice, plain).order_ok


def test_nothing_written_and_something_read_is_all_wrong() -> None:
    assert measured("字", "", plain).cer == 1 and measured("", "", plain).cer == 0


@pytest.fixture
def page(tmp_path: Path) -> tuple[Path, Path]:
    pixels = numpy.full((300, 200), 255, dtype=numpy.uint8)
    pixels[100:110, 50:150] = 0
    Image.fromarray(pixels).save(tmp_path / "页.png")
    (tmp_path / "页.txt").write_text("天下惟器", encoding="utf-8")
    return tmp_path / "页.png", tmp_path / "页.txt"


def test_the_command_answers_in_json_with_the_keys_that_were_promised(run: Run, page: tuple[Path, Path]) -> None:
    answer = run("ocr", "evaluate", *page, "--engine", "null", "--json")
    document = answer.json
    assert list(document) == ["cer", "cer_with_punctuation", "order_ok", "orientation", "seconds", "text"]
    assert (document["cer"], document["text"], document["orientation"]) == (1.0, "", 0)


def test_the_command_tells_people_in_chinese(run: Run, page: tuple[Path, Path]) -> None:
    answer = run("ocr", "evaluate", *page, "--engine", "null")
    assert answer.code == 0 and answer.out.startswith("每百字错 100.00 字")


def test_an_unknown_engine_or_a_file_that_is_no_picture_is_told(run: Run, page: tuple[Path, Path]) -> None:
    assert "可用" in run("ocr", "evaluate", *page, "--engine", "abc").err
    assert "图片" in run("ocr", "evaluate", page[1], page[1], "--engine", "null").err
