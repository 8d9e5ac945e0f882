"""The bundled scans are pictures and nothing else, small, and what stands on them is what their text says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.ocr import images
from ingest.readers import pdf
from ingest.stream import Line, Page

SCANS = Path(__file__).resolve().parents[2] / "corpus" / "scans"
FILES = sorted(SCANS.glob("*/*.pdf"))
HAN = re.compile("[\u3400-\u9fff]")


def test_there_are_two() -> None:
    assert [path.name for path in FILES] == ["jiaoshu.pdf", "shouji.pdf"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_they_are_small_and_have_no_text_layer(path: Path) -> None:
    assert path.stat().st_size < 600 * 1024
    events = list(pdf.read(path))
    pages = [event for event in events if isinstance(event, Page)]
    assert len(pages) == images.sheets_of(path) == 3
    assert all(page.image for page in pages)
    assert not any(isinstance(event, Line) for event in events)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_page_has_its_transcription_and_together_they_are_the_text(path: Path) -> None:
    written = (path.parent / "pages.txt").read_text(encoding="utf-8")
    assert len(written.split("\n\n")) == images.sheets_of(path)
    (source,) = [one for one in path.parent.iterdir() if one.suffix in (".md", ".txt") and one.name != "pages.txt"]
    text = source.read_text(encoding="utf-8")
    assert set(HAN.findall(text)) <= set(HAN.findall(written))
    if path.stem == "jiaoshu":
        assert sorted(HAN.findall(text)) == sorted(HAN.findall(written))
        assert written.count("(") > 10


@pytest.mark.parametrize(("name", "page", "vertical"), [("jiaoshu", 1, True), ("shouji", 2, False)])
def test_the_engine_reads_them(name: str, page: int, vertical: bool) -> None:
    pytest.importorskip("rapidocr", reason="没有装 rapidocr")
    from ingest.ocr.engines import engine_named
    from ingest.ocr.evaluate import measured
    from ingest.ocr.reading import read_page
    from search.text.folding import fold

    (transcript,) = read_page(images.picture(SCANS / name / f"{name}.pdf", page).pixels, engine_named("rapidocr"))
    written = (SCANS / name / "pages.txt").read_text(encoding="utf-8").split("\n\n")[page]
    found = measured(transcript.text, written, fold)
    assert found.order_ok
    assert found.cer <= 0.02
    assert (transcript.layout == "vertical") == vertical
    assert ("(本卷/即用)" in transcript.text) == vertical
