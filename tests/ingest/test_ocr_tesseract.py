"""Tesseract as an engine: its table read back, and the program itself where it is installed."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageDraw

from archive.errors import UsageError, WenkuError
from ingest.ocr.engines import engine_named
from ingest.ocr.engines.tesseract import Tesseract, words_of

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
ACROSS = HEAD + (
    "1\t1\t0\t0\t0\t0\t0\t0\t400\t200\t-1\t\n"
    "4\t1\t1\t1\t1\t0\t10\t20\t300\t40\t-1\t\n"
    "5\t1\t1\t1\t1\t1\t10\t20\t80\t40\t96.5\t天下\n"
    "5\t1\t1\t1\t1\t2\t90\t22\t40\t38\t60\t惟\n"
    '5\t1\t1\t1\t1\t3\t130\t20\t20\t40\t90\t"\n'
    "5\t1\t1\t1\t1\t4\t170\t20\t60\t40\t80\tWang\n"
    "5\t1\t1\t1\t1\t5\t250\t20\t60\t40\t80\tFuzhi\n"
    "5\t1\t1\t1\t2\t1\t10\t80\t80\t40\t-1\t器\n"
    "5\t1\t1\t1\t2\t2\t10\t80\t80\t40\t30\t \n"
)
DOWN = HEAD + "5\t1\t1\t1\t1\t1\t300\t10\t40\t120\t50\t天下惟\n"


def program(tmp_path: Path, *, langs: str = "chi_sim\nchi_tra_vert", fails: bool = False) -> str:
    """A stand-in for Tesseract that answers the same for every page."""
    (tmp_path / "across").write_text(ACROSS, encoding="utf-8")
    (tmp_path / "down").write_text(DOWN, encoding="utf-8")
    path = tmp_path / "tesseract"
    path.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "  --version) echo 'tesseract 5.3.0';;\n"
        f"  --list-langs) printf 'List of languages (2):\\n{langs}\\n';;\n"
        + ("  *) echo 'Image too small' >&2; exit 1;;\n" if fails else "")
        + f"  *'--psm 5'*) cat > /dev/null; cat '{tmp_path}/down';;\n"
        f"  *) cat > /dev/null; cat '{tmp_path}/across';;\n"
        "esac\n",
        encoding="utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


PAGE = numpy.full((200, 400), 255, numpy.uint8)


def test_words_become_lines_with_a_place_for_every_character(tmp_path: Path) -> None:
    engine = Tesseract(program(tmp_path))
    assert engine.version == "5.3.0"
    first, second = engine.read(PAGE)
    assert first.text == '天下惟" Wang Fuzhi'
    assert len(first.signs) == len(first.text)
    assert first.corners == ((10, 20), (310, 20), (310, 60), (10, 60))
    assert first.signs[0].start == 0
    assert first.signs[1].end == pytest.approx(80 / 300)
    assert [sign.confidence for sign in first.signs[:3]] == [0.965, 0.965, 0.6]
    assert all(0 <= sign.start <= sign.end <= 1 for sign in first.signs)
    assert (second.text, second.confidence) == ("器", 0)


def test_columns_are_taken_where_they_are_surer(tmp_path: Path) -> None:
    path = program(tmp_path)
    (tmp_path / "across").write_text(HEAD + "5\t1\t1\t1\t1\t1\t10\t20\t80\t40\t41\t大工推\n", encoding="utf-8")
    (strip,) = Tesseract(path).read(PAGE)
    assert strip.text == "天下惟"
    assert [round(sign.end, 3) for sign in strip.signs] == [0.333, 0.667, 1.0]


def test_an_empty_page_has_no_strips(tmp_path: Path) -> None:
    path = program(tmp_path)
    for name in ("across", "down"):
        (tmp_path / name).write_text(HEAD, encoding="utf-8")
    assert Tesseract(path).read(PAGE) == ()


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(WenkuError, match=r"没有装 Tesseract.*tesseract-ocr"):
        Tesseract("no-such-program")
    with pytest.raises(WenkuError, match="没有装中文字库"):
        Tesseract(program(tmp_path, langs="eng"))
    with pytest.raises(WenkuError, match="出错：Image too small"):
        Tesseract(program(tmp_path, fails=True)).read(PAGE)


def test_quotation_marks_do_not_swallow_the_table() -> None:
    assert [word.text for word in words_of(ACROSS)] == ["天下", "惟", '"', "Wang", "Fuzhi", "器"]


def test_the_engine_that_reads_nothing() -> None:
    assert engine_named("null").read(PAGE) == ()
    with pytest.raises(UsageError, match="rapidocr、tesseract、null"):
        engine_named("abbyy")


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="没有装 Tesseract")
def test_the_program_itself() -> None:
    image = Image.new("L", (700, 160), 255)
    ImageDraw.Draw(image).text((30, 30), "Hengyang 1619", fill=0, font_size=80)
    try:
        engine = Tesseract()
    except WenkuError as missing:
        pytest.skip(str(missing))
    strips = engine.read(numpy.asarray(image))
    assert "1619" in "".join(strip.text for strip in strips)
