"""Reading with the live engine, and with engines made of recorded answers: small pages of our own words."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import pytest
from PIL import Image

from archive.errors import UsageError, WenkuError
from ingest.ocr import engines
from ingest.ocr.blots import blots_of
from ingest.ocr.ends import lengthened
from ingest.ocr.engines import ENGINES, engine_named
from ingest.ocr.engines.contract import Corners, Engine, Sign, Strip
from ingest.ocr.ink import Ink
from ingest.ocr.paper import suppressed
from ingest.ocr.pieces import straightened
from ingest.ocr.reading import read_page
from ingest.ocr.second_pass import surest

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Picture

SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "scans"
WHITE = numpy.full((600, 400), 255, dtype=numpy.uint8)


def strip(text: str, left: float, top: float, right: float, bottom: float, confidence: float = 0.99) -> Strip:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    signs = tuple(Sign(n / len(text), (n + 1) / len(text), confidence) for n in range(len(text)))
    return Strip(corners, text, confidence, signs)


class Told:
    """An engine that answers as told: the first picture, then the second."""

    name, version = "told", "1"

    def __init__(self, *answers: Sequence[Strip]) -> None:
        self.answers = list(answers)
        self.seen: list[Picture] = []

    def read(self, picture: Picture) -> tuple[Strip, ...]:
        self.seen.append(picture)
        return tuple(self.answers[min(len(self.seen), len(self.answers)) - 1])


class Lying(Told):
    """An engine for a page that lies on its side: a character by itself is read only if it is turned clockwise."""

    def read_at(self, picture: Picture, places: Sequence[Corners]) -> tuple[Strip, ...]:
        def one(place: Corners) -> Strip:
            turned = place[0][0] == place[1][0]  # its top runs up the picture
            known = turned if len(self.seen) == 1 else not turned
            return Strip(place, "王夫之字而农号薑斋" if known else "凸", 0.9)

        return tuple(map(one, places))


@pytest.fixture(scope="module")
def rapid() -> Engine:
    pytest.importorskip("rapidocr")
    return engine_named("rapidocr")


def drawn(name: str, state: str = "clean") -> tuple[Picture, str]:
    from bench.ocr_pages import SAMPLES
    from bench.typeset import Missing

    sample = next(one for one in SAMPLES if one.name == name)
    try:
        image, text = sample.clean() if state == "clean" else sample.degraded()
    except Missing:
        pytest.skip("没有安装这种字体")
    return numpy.asarray(image.convert("L")), text


def same(read: str, written: str) -> float:
    from rapidfuzz.distance import Levenshtein

    bare = ["".join(char for char in text if char.isalnum()) for text in (read, written)]
    return Levenshtein.normalized_similarity(*bare)


def test_an_unknown_engine_lists_the_known() -> None:
    with pytest.raises(UsageError, match="rapidocr、tesseract、null"):
        engine_named("abc")
    assert list(ENGINES) == ["rapidocr", "tesseract", "null"]


def test_without_rapidocr_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rapidocr.ch_ppocr_det", None)
    with pytest.raises(WenkuError, match="没有装 RapidOCR") as told:
        engines.ENGINES["rapidocr"]()
    assert "tesseract" in told.value.remedy


def test_a_missing_model_is_an_error_and_nothing_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main = pytest.importorskip("rapidocr.main")
    monkeypatch.setattr(main, "DEFAULT_CFG_PATH", tmp_path / "config.yaml")
    monkeypatch.setattr(socket, "socket", _no_network)
    with pytest.raises(WenkuError, match=r"缺少识字模型 PP-OCRv6_det_small\.onnx"):
        engines.ENGINES["rapidocr"]()
    assert not list(tmp_path.iterdir())


def test_the_models_of_the_wheel_are_used_without_asking_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rapidocr")
    from rapidocr.utils.download_file import DownloadFile

    monkeypatch.setattr(socket, "socket", _no_network)
    monkeypatch.setattr(DownloadFile, "run", _no_network)
    assert engines.ENGINES["rapidocr"]().read(WHITE) == ()


def _no_network(*_: object, **__: object) -> None:
    raise AssertionError("asked the network")


@pytest.mark.parametrize("shape", [(16, 16), (40, 12_000), (12_000, 40), (300, 300, 3)])
def test_pictures_of_any_shape_are_read_within_bounds(
    rapid: Engine, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    from ingest.ocr.engines.rapidocr import SIDE

    seen: list[tuple[int, ...]] = []
    detect = rapid._detector  # type: ignore[attr-defined]

    def watched(picture: Picture) -> object:
        seen.append(detect.get_preprocess()(picture).shape if min(picture.shape[:2]) >= 16 else picture.shape)
        return detect(picture)

    monkeypatch.setattr(rapid, "_detector", watched)
    noise = numpy.random.default_rng(7).integers(0, 255, shape, dtype=numpy.uint8)
    (page,) = read_page(noise, rapid)
    assert page.text == "" and page.layout == "blank"
    assert seen and max(seen[0]) <= SIDE + 32


def test_every_character_has_place_confidence_and_other_readings(rapid: Engine) -> None:
    picture, _ = drawn("vertical-serif")
    strips = rapid.read(picture[300:1300, 1100:1450])
    assert strips
    for one in strips:
        assert len(one.signs) == len(one.text)
        assert all(0 <= sign.start < sign.end <= 1 and 0 < sign.confidence <= 1 for sign in one.signs)
        assert all(before.end <= after.start + 1e-6 for before, after in zip(one.signs, one.signs[1:], strict=False))
        assert not any(char in sign.others for char, sign in zip(one.text, one.signs, strict=True))


def test_a_woodblock_leaf_is_read_with_its_notes_and_without_its_centre_strip(rapid: Engine) -> None:
    picture, text = drawn("woodblock-notes-kai")
    (page,) = read_page(picture[300:2500, 740:], rapid)
    assert same(page.text, "".join(text.split("\n")[:4])) > 0.97
    assert page.layout == "vertical" and page.engine.startswith("rapidocr 3")
    assert page.facts.juan == "卷一" and "卷一" not in page.text and "(湖廣通志卷" in page.text


def test_punctuation_of_a_vertical_page_is_kept_and_a_page_on_its_side_is_turned(rapid: Engine) -> None:
    picture, text = drawn("vertical-ming")
    upright = picture[300:2480, 950:1560]
    (page,) = read_page(numpy.ascontiguousarray(numpy.rot90(upright)), rapid)
    assert page.turned == 90 and (page.height, page.width) == upright.shape
    assert same(page.text, "".join(text.split("\n")[:6])) > 0.97
    assert page.text.count("。") > 3 and page.text.count("，") > 6


def test_a_page_that_lies_on_its_side_is_known_by_its_characters() -> None:
    line = strip("王夫之字而农号薑斋", 40, 100, 340, 130)
    standing = strip("王夫之字而农号薑斋", 100, 40, 130, 340)
    engine = Lying([line], [standing])
    (page,) = read_page(WHITE, engine)
    assert page.turned == 90 and (page.width, page.height) == (600, 400)


def test_a_page_on_which_nothing_reads_is_tried_upside_down() -> None:
    (page,) = read_page(WHITE, Lying([], [strip("王夫之字而农号薑斋", 100, 40, 130, 340)]))
    assert page.turned == 180 and page.text == "王夫之字而农号薑斋"


def test_an_engine_that_cannot_be_shown_places_reads_all_the_same() -> None:
    (page,) = read_page(WHITE, Told([strip("王夫之字而农", 40, 100, 240, 130)]))
    assert page.text == "王夫之字而农" and page.turned == 0 and page.engine == "told 1"


def test_what_is_read_with_much_doubt_is_a_stain() -> None:
    (page,) = read_page(WHITE, Told([strip("王夫之字而农", 40, 100, 240, 130), strip("玍畄", 40, 300, 90, 330, 0.4)]))
    assert page.text == "王夫之字而农"


def test_a_sure_page_gets_no_second_look_and_a_doubtful_one_keeps_what_was_surer() -> None:
    sure, doubtful = strip("王夫之", 40, 100, 140, 130, 0.99), strip("玉夫之", 40, 100, 140, 130, 0.7)
    once = Told([sure])
    assert surest(WHITE, once, (sure,)) == (sure,) and not once.seen
    assert surest(WHITE, Told([sure]), (doubtful,)) == (sure,)
    worse = strip("玉天之", 40, 100, 140, 130, 0.6)
    assert surest(WHITE, Told([worse]), (doubtful,)) == (doubtful,)


def test_what_shines_through_is_taken_away_and_ink_stays() -> None:
    page = numpy.full((200, 200), 200, dtype=numpy.uint8)
    page[50:60, 50:90] = 30
    page[120:130, 50:90] = 160
    cleared = suppressed(page)
    assert cleared[55, 70] == 0 and cleared[125, 70] == 255 and cleared[10, 10] == 255


def test_rules_black_marks_and_seals_are_seen() -> None:
    page = numpy.full((1000, 800, 3), 255, dtype=numpy.uint8)
    page[100:103, 100:700] = 0
    page[300:360, 400:440] = 0
    page[700:780, 100:180] = (200, 30, 30)
    marks = Ink(page, 0.0).marks()
    (rule,) = marks.rules
    assert abs(rule.left - 100) < 3 and abs(rule.right - 700) < 3 and abs(rule.top - 100) < 3
    assert any(abs(solid.left - 400) < 9 and abs(solid.bottom - 360) < 9 for solid in marks.solids)
    assert len(marks.seals) == 1 and abs(marks.seals[0].top - 700) < 9


class Thin(Told):
    """An engine that leaves out a thin character at the head of a column until it is shown where it stands."""

    def read_at(self, picture: Picture, places: Sequence[Corners]) -> tuple[Strip, ...]:
        return tuple(
            strip(
                "一說太平興國" if place[0][1] < 195 else "說太平興國",
                place[0][0],
                place[0][1],
                place[2][0],
                place[2][1],
            )
            for place in places
        )


@pytest.mark.parametrize(("left", "expected"), [(105, "一說太平興國"), (90, "說太平興國")])
def test_a_thin_character_at_the_head_of_a_column_is_found_and_a_rule_is_none(left: int, expected: str) -> None:
    page = WHITE.copy()
    page[176:180, left : 250 - left] = 0  # a stroke within the column, or a rule across it
    (piece,) = lengthened(
        straightened([strip("說太平興國", 100, 200, 150, 400)], 0.0, (400, 600)), Ink(page, 0.0), page, Thin([]), 0.0
    )
    assert piece.text == expected


def test_blots_hang_together_corner_to_corner() -> None:
    rows = ["##...#", "..#..#", "##.#..", "......", "#.#...", "###..."]
    mask = numpy.array([[char == "#" for char in row] for row in rows])
    boxes = {tuple(blot) for blot in blots_of(mask)}
    assert boxes == {(0, 0, 4, 3), (5, 0, 6, 2), (0, 4, 3, 6)}


@pytest.mark.real
@pytest.mark.parametrize("name", ["zongmu-001", "zongmu-002", "jianming-002"])
def test_real_pages_are_read(rapid: Engine, name: str) -> None:
    from ingest.ocr.evaluate import measured
    from search.text.folding import fold

    if not SHARED.is_dir():
        pytest.skip("没有 ../shared/corpus，跳过用真实书影的测试")
    picture = numpy.asarray(Image.open(SHARED / f"{name}.png").convert("L"))
    (page,) = read_page(picture, rapid)
    result = measured(page.text, (SHARED / f"{name}.txt").read_text(encoding="utf-8"), fold)
    assert result.cer <= 0.02 and result.order_ok and page.turned == 0
    assert [line for line in page.lines if line.role == "centre"]
