"""Transcripts taken to other programs and brought back, and brought in with the pictures they belong to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pdf_samples import Put, column, lines, pdf
from PIL import Image
from ran import Run

from archive.library import Library
from archive.transcription import store
from archive.transcription.model import Facts, Glyph, Line, Transcript
from ingest.ocr import formats
from ingest.ocr.exchange import sized
from ingest.ocr.formats import FORMATS

WORK = "id: wangfuzhi.songlun\ntitle: 宋論\nauthor: 王夫之\nedition: {slug: jinling, label: 金陵刻本}\n"
URN = "urn:cts:hengyang:wangfuzhi.songlun.jinling"


def transcript(text: str, label: str = "") -> Transcript:
    glyphs = tuple(Glyph((200, 40 * at, 240, 40 * at + 40), 0.9, ("己",)) for at in range(len(text)))
    line = Line(text, (200, 0, 240, 40 * len(text)), "text", 0, 0, 0.9, glyphs, paragraph=True)
    return Transcript(300, 400, (line,), "vertical", Facts(label), engine="eScriptorium 1.0")


def book(folder: Path, texts: dict[str, str], kind: str = "page") -> Path:
    """Pictures with transcripts beside those for which there is a text."""
    folder.mkdir()
    for at, (name, text) in enumerate(texts.items()):
        image = Image.new("L", (300, 400), 255)
        image.paste(10 * at, (8, 8, 32, 40))
        image.save(folder / name)
        if text:
            told = FORMATS[kind].write(transcript(text), name, 1, False)
            (folder / name).with_suffix(FORMATS[kind].suffix).write_bytes(told)
    (folder / "work.yaml").write_text(WORK, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", FORMATS)
def test_pictures_come_with_the_words_that_lie_beside_them(run: Run, tmp_path: Path, kind: str) -> None:
    folder = book(
        tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中", "2.png": "使嗣君即位入而跪讀", "10.png": "其戒有三"}, kind
    )
    told = run("add", folder, "--json")
    assert told.code == 0, told.out
    (item,) = told.json["items"]
    assert (item["status"], item["pages"], item["characters"]) == ("added", 3, 21)
    assert run("show", f"{URN}:1", "--text").out.split() == ["太祖勒石鎖置殿中", "使嗣君即位入而跪讀", "其戒有三"]
    assert run("check").code == 0
    assert run("add", folder, "--json").json["items"][0]["status"] == "unchanged"
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        kept = store.page(library, edition.id, 1)
        assert kept.transcript.lines[0].glyphs[0] == Glyph((200, 0, 240, 40), 0.9, ("己",))
        assert (kept.state, kept.transcript.engine) == ("unread", "eScriptorium 1.0")


def test_pages_without_words_beside_them_wait_and_a_broken_file_is_told_of(run: Run, tmp_path: Path) -> None:
    folder = book(tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中", "2.png": "", "3.png": "其戒有三"})
    broken = folder / "3.xml"
    broken.write_bytes(broken.read_bytes().replace(b"</PcGts>", b""))
    (item,) = run("add", folder, "--json").json["items"]
    assert (item["status"], item["characters"]) == ("waiting-ocr", 8)
    assert any("3.xml" in warning and "XML" in warning for warning in item["warnings"])


def test_a_later_version_of_the_words_takes_the_place_of_the_first(run: Run, tmp_path: Path) -> None:
    folder = book(tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中"})
    run("add", folder)
    (folder / "1.xml").write_bytes(FORMATS["page"].write(transcript("太祖勒石鎖置殿下"), "1.png", 1, False))
    assert run("add", folder, "--json").json["items"][0]["status"] == "updated"
    assert run("show", f"{URN}:1", "--text").out.strip() == "太祖勒石鎖置殿下"


@pytest.mark.parametrize("kind", FORMATS)
def test_out_and_in_again(run: Run, tmp_path: Path, kind: str) -> None:
    run("add", book(tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中", "2.png": "其戒有三"}))
    told = run("ocr", "export", URN, "--format", kind, "--to", tmp_path / "out", "--json")
    assert told.json["pages"] == 2
    suffix = FORMATS[kind].suffix
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        ["0001.png", f"0001{suffix}", "0002.png", f"0002{suffix}"]
    )
    path = tmp_path / "out" / f"0002{suffix}"
    assert formats.read(path) == (replace(transcript("其戒有三"), width=300, height=400),)
    (page,) = formats.read(path)
    path.write_bytes(FORMATS[kind].write(replace(page, lines=(replace(page.lines[0], text="其戒有四"),)), "", 2, False))
    told = run("ocr", "import", URN, tmp_path / "out", "--json")
    assert (told.code, told.json["pages"]) == (0, 2)
    assert run("show", f"{URN}:1", "--text").out.split() == ["太祖勒石鎖置殿中", "其戒有四"]


def test_what_a_person_proofread_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    run("add", book(tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中", "2.png": "其戒有三"}))
    run("ocr", "export", URN, "--to", tmp_path / "out")
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        kept = store.page(library, edition.id, 0)
        mine = replace(
            kept.transcript, lines=(replace(kept.transcript.lines[0], text="太祖勒石，鎖置殿中", glyphs=()),)
        )
        store.save(library, edition.id, 0, 0, mine, based_on=kept.revision, who="校對")
    told = run("ocr", "import", URN, tmp_path / "out", "--json")
    assert (told.code, told.json["pages"]) == (1, 1)
    assert "第 1 面有人校过" in told.json["remarks"][0]
    with Library.open(tmp_path / "library") as library:
        assert store.page(library, edition.id, 0).transcript.lines[0].text == "太祖勒石，鎖置殿中"


def test_no_engine_reads_over_what_was_brought(run: Run, tmp_path: Path) -> None:
    run("add", book(tmp_path / "宋論", {"1.png": "太祖勒石鎖置殿中", "2.png": ""}))
    told = run("ocr", "run", URN, "--engine", "null", "--again", "--workers", "1", "--json")
    assert told.code == 0, told.err
    assert run("show", f"{URN}:1", "--text").out.strip() == "太祖勒石鎖置殿中"
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        assert store.page(library, edition.id, 0).transcript.engine == "eScriptorium 1.0"
        assert store.page(library, edition.id, 1).transcript.engine == "null 1"


def test_a_tiff_and_a_file_of_as_many_pages(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "宋論"
    folder.mkdir()
    first, second = (Image.new("L", (300, 400), shade) for shade in (200, 100))
    for image in (first, second):
        image.paste(0, (8, 8, 32, 40))
    first.save(folder / "冊一.tif", save_all=True, append_images=[second])
    pages = [FORMATS["hocr"].write(transcript(text), "冊一.tif", 1, False) for text in ("太祖勒石", "其戒有三")]
    head, body, tail = pages[0].partition(b"<body>")
    both = head + body + tail.replace(b"</body></html>", b"") + pages[1].partition(b"<body>")[2]
    (folder / "冊一.hocr").write_bytes(both)
    (folder / "work.yaml").write_text(WORK, encoding="utf-8")
    (item,) = run("add", folder, "--json").json["items"]
    assert (item["status"], item["pages"], item["characters"]) == ("added", 2, 8)


def test_what_cannot_be_done_is_said(run: Run, tmp_path: Path) -> None:
    folder = book(tmp_path / "宋論", {"1.png": ""})
    run("add", folder)
    told = run("ocr", "export", URN, "--to", tmp_path / "out")
    assert told.code == 1 and "还没有识别过" in told.err
    told = run("ocr", "import", URN, tmp_path)
    assert told.code == 1 and "没有这个版本的识别结果" in told.err and "0012.xml" in told.err
    told = run("ocr", "export", URN, "--format", "docx", "--to", tmp_path / "out")
    assert told.code == 2 and "alto、hocr、page" in told.err
    (tmp_path / "file").write_text("x")
    run("ocr", "import", URN, tmp_path)
    (folder / "1.xml").write_bytes(FORMATS["alto"].write(transcript("其戒有三"), "1.png", 1, False))
    assert run("ocr", "import", URN, folder).code == 0
    told = run("ocr", "export", URN, "--to", tmp_path / "file")
    assert told.code == 1 and "写不进去" in told.err


def test_boxes_follow_the_size_of_the_picture() -> None:
    half = sized(transcript("其戒"), 150, 200)
    assert (half.width, half.height, half.lines[0].box) == (150, 200, (100, 0, 120, 40))
    assert half.lines[0].glyphs[1].box == (100, 20, 120, 40)
    assert sized(half, 150, 200) is half
    assert sized(Transcript(0, 0, (Line("其戒", (0, 0, 0, 0)),)), 30, 40).width == 30


def test_lines_of_a_text_layer_over_a_scan_stand_where_the_page_shows_them(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "宋論"
    folder.mkdir()
    across = [Put("太祖勒石鎖置殿中", 42, 500, 20), Put("其戒有三", 42, 460, 20)]
    pages = [across, column("使嗣君即位入而跪讀", 210), []]
    (folder / "書.pdf").write_bytes(pdf(pages, scans=(0, 1, 2)))
    (folder / "work.yaml").write_text(WORK, encoding="utf-8")
    run("add", folder)
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        first, second, third = store.pages(library, edition.id)
        assert (first.revision, second.revision, third.revision) == (1, 1, 0)
        kept = store.page(library, edition.id, 0).transcript
        assert (kept.layout, kept.engine) == ("horizontal", "text-layer")
        left, top, right, bottom = kept.lines[0].box
        assert left / kept.width == pytest.approx(0.1, abs=0.005)
        assert right / kept.width == pytest.approx((42 + 8 * 20) / 420, abs=0.005)
        assert (top + bottom) / 2 / kept.height == pytest.approx((595 - 500 - 0.38 * 20) / 595, abs=0.005)
        assert kept.lines[1].box[1] > bottom - 2
        down = store.page(library, edition.id, 1).transcript
        assert down.layout == "vertical"
        left, top, right, bottom = down.lines[0].box
        assert right - left < bottom - top
        assert left / down.width == pytest.approx(0.5, abs=0.005)


def test_a_turned_page_tells_no_places(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "宋論"
    folder.mkdir()
    data = pdf([lines("太祖勒石鎖置殿中"), []], scans=(0, 1)).replace(b"/Type /Page /", b"/Type /Page /Rotate 90 /", 1)
    (folder / "書.pdf").write_bytes(data)
    (folder / "work.yaml").write_text(WORK, encoding="utf-8")
    run("add", folder)
    with Library.open(tmp_path / "library") as library:
        (edition,) = library.editions()
        assert store.page(library, edition.id, 0).transcript.lines[0].box == (0, 0, 0, 0)
