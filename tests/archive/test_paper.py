"""Books as PDF/A: what readers find in them, where, in which order; what they say of themselves; who may have them."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scanned_books import HEIGHT, SIZE, WIDTH, column, page, picture, row, scanned

from archive.errors import Forbidden, NotFound
from archive.intake import Draft, FileContent, Page, pack
from archive.library import Library
from archive.model import Edition, Rights
from archive.paper import words
from archive.paper.book import Bound, bind
from archive.paper.font import Squares
from archive.transcription import store
from archive.transcription.model import Glyph, Layout, Line, Transcript
from archive.writer import store_edition

MADE = "2026-07-01T08:30:00+00:00"
HORIZONTAL = page(
    row("書眉", 100, 20, role="head"),
    row("天下惟器而已矣，道者器之道。", 100, 100),
    row("器者不可謂之道之器也𩔖𫉬", 100, 160, column=1),
    row("十二", 400, 1050, role="folio"),
    label="12",
)
VERTICAL = page(
    column("首行在此不長不短", 700, 100),
    column("短", 640, 100, number=1),
    column("天下惟器", 580, 100, number=2),
    column("注文右半", 600, 270, size=18, number=2, role="note"),
    column("左半𩔖", 580, 270, size=18, number=2, role="note"),
    column("而已", 580, 360, number=2),
    column("甲", 600, 450, size=18, number=2, role="note"),
    column("乙", 580, 450, size=18, number=2, role="note"),
    column("末行歪斜而下不直", 500, 100, number=3, drift=1.5),
    column("版心書名", 20, 300, role="centre", number=4),
    layout="vertical",
    label="卷一 4a",
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        yield made


def bound(library: Library, edition: Edition, *, staff: bool = False) -> tuple[bytes, Bound]:
    sink = io.BytesIO()
    told = bind(library, edition, sink, staff=staff, made=MADE)
    return sink.getvalue(), told


def shown(data: bytes, number: int) -> str:
    """What PDFium finds on a page, in its order, without white space."""
    with pypdfium2.PdfDocument(data) as document:
        return "".join(document[number].get_textpage().get_text_range().split())


def boxes(data: bytes, number: int) -> list[tuple[str, tuple[float, ...]]]:
    """Each character with its box in pixels of the page, from its upper left corner."""
    with pypdfium2.PdfDocument(data) as document:
        leaf = document[number]
        text = leaf.get_textpage()
        x, y = WIDTH / leaf.get_width(), HEIGHT / leaf.get_height()
        found = []
        for at in range(text.count_chars()):
            char = text.get_text_range(at, 1)
            if char.strip():
                left, bottom, right, top = text.get_charbox(at)
                found.append((char, (left * x, HEIGHT - top * y, right * x, HEIGHT - bottom * y)))
        return found


def test_text_of_lines_is_found_in_order_and_what_is_no_text_is_not(library: Library) -> None:
    data, told = bound(library, scanned(library, [HORIZONTAL]))
    assert told == Bound(1, 1, 1, ())
    assert shown(data, 0) == "天下惟器而已矣，道者器之道。器者不可謂之道之器也𩔖𫉬"
    lines = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().splitlines()
    assert lines == ["天下惟器而已矣，道者器之道。", "器者不可謂之道之器也𩔖𫉬"]


def test_columns_are_found_from_right_to_left_and_notes_right_half_first(library: Library) -> None:
    data, _ = bound(library, scanned(library, [VERTICAL]))
    text = "首行在此不長不短短天下惟器注文右半左半𩔖而已甲乙末行歪斜而下不直"
    assert shown(data, 0) == text
    assert "".join(pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().split()) == text


@pytest.mark.parametrize("transcript", [HORIZONTAL, VERTICAL], ids=["lines", "columns"])
def test_every_character_stands_at_its_box(library: Library, transcript: Transcript) -> None:
    data, _ = bound(library, scanned(library, [transcript]))
    told = [
        (char, glyph.box)
        for line in transcript.lines
        if line.role in ("text", "note")
        for char, glyph in zip(line.text, line.glyphs, strict=True)
    ]
    found = [one for one in boxes(data, 0) if len(one[0]) == 1]
    far = [
        (char, box, there)
        for (char, box), (other, there) in zip([one for one in told if one[0] < "\U00010000"], found, strict=True)
        if char != other or max(abs(a - b) for a, b in zip(box, there, strict=True)) > SIZE / 10
    ]
    # A column of one character is moved by a part of its width, that readers keep the order.
    assert [char for char, _, _ in far] == ([] if transcript is HORIZONTAL else ["短", "甲"])
    assert all(max(abs(a - b) for a, b in zip(box, there, strict=True)) < SIZE * 0.7 for _, box, there in far)


def test_the_text_is_not_seen(library: Library) -> None:
    edition = scanned(library, [HORIZONTAL, None], pictures=[picture(), picture()])
    data, _ = bound(library, edition)
    with pypdfium2.PdfDocument(data) as document:
        first, second = (document[at].render(scale=1).to_pil().convert("L").tobytes() for at in (0, 1))
    assert first == second
    assert min(first) < 10 < 240 < max(first)


def test_the_picture_is_upright_where_it_was_turned_to_be_read(library: Library) -> None:
    dark = {}
    for turned in (0, 90, 180, 270):
        lying = turned in (90, 270)
        size = (HEIGHT, WIDTH) if lying else (WIDTH, HEIGHT)
        read = Transcript(WIDTH, HEIGHT, (row("天下", 100, 100),), turned=turned)
        edition = scanned(library, [read], pictures=[picture(size=size)], slug=f"t{turned}")
        data, _ = bound(library, edition)
        with pypdfium2.PdfDocument(data) as document:
            image = document[0].render(scale=0.5).to_pil().convert("L")
        assert image.width < image.height
        corners = [(5, 5), (image.width - 5, 5), (image.width - 5, image.height - 5), (5, image.height - 5)]
        dark[turned] = [at for at, corner in enumerate(corners) if image.getpixel(corner) < 50]  # type: ignore[operator]
    # The black box in the upper left corner goes round the page clockwise.
    assert dark == {0: [0], 90: [1], 180: [2], 270: [3]}


def test_the_files_that_were_brought_in_may_be_the_pictures(library: Library) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    lying = picture(size=(2 * HEIGHT, 2 * WIDTH), kind="JPEG", exif=exif)
    deep = io.BytesIO()
    Image.new("I;16", (9, 9)).save(deep, "PNG")
    small = [picture(240), picture(241)]
    edition = scanned(library, [HORIZONTAL, HORIZONTAL], pictures=small)
    own = [store.keep_picture(library, data, "image/x") for data in (lying, deep.getvalue())]
    there = store.sheets(library, edition.id)
    store.write_sheets(library, edition.id, [replace(one, sha256=sha) for one, sha in zip(there, own, strict=True)])
    sink = io.BytesIO()
    bind(library, edition, sink, staff=False, full=True)
    data = sink.getvalue()
    assert lying in data
    with pypdfium2.PdfDocument(data) as document:
        first, second = (document[at].render(scale=0.5).to_pil().convert("L") for at in (0, 1))
    # Its black box is in the upper left corner of the file, the upper right one of the page.
    assert first.width < first.height
    assert [first.getpixel((at, 3)) < 50 for at in (3, first.width - 3)] == [False, True]  # type: ignore[operator]
    # What PDF cannot have as it is is shown as the site shows it.
    assert second.getpixel((second.width - 3, second.height - 3)) == 241
    assert lying not in bound(library, edition)[0]


def test_a_page_of_a_double_spread_shows_its_part_of_the_picture(library: Library) -> None:
    read = Transcript(WIDTH // 2, HEIGHT, (row("天下", 10, 100),), part=(WIDTH // 2, 0, WIDTH, HEIGHT))
    other = Transcript(WIDTH // 2, HEIGHT, (row("天下", 10, 100),), part=(0, 0, WIDTH // 2, HEIGHT))
    for transcript, seen in ((read, 250), (other, 0)):
        edition = scanned(library, [transcript], pictures=[picture()], slug=f"p{seen}")
        with pypdfium2.PdfDocument(bound(library, edition)[0]) as document:
            image = document[0].render(scale=0.5).to_pil().convert("L")
        assert image.height > 2 * image.width
        assert image.getpixel((3, 3)) == seen


@pytest.mark.parametrize(
    ("kind", "mode", "options", "filter_"),
    [
        ("JPEG", "L", {}, "/DCTDecode"),
        ("JPEG", "RGB", {"progressive": True}, "/DCTDecode"),
        ("JPEG", "CMYK", {}, "/FlateDecode"),
        ("PNG", "L", {}, "/FlateDecode"),
        ("PNG", "1", {}, "/FlateDecode"),
        ("PNG", "P", {}, "/FlateDecode"),
        ("PNG", "RGBA", {}, "/FlateDecode"),
        ("TIFF", "RGB", {}, "/FlateDecode"),
    ],
)
def test_pictures_of_every_kind_look_as_they_did(
    library: Library, kind: str, mode: str, options: dict[str, object], filter_: str
) -> None:
    stored = picture(kind=kind, mode=mode, **options)
    data, _ = bound(library, scanned(library, [HORIZONTAL], pictures=[stored]))
    image = pypdf.PdfReader(io.BytesIO(data)).pages[0]["/Resources"]["/XObject"]["/P"]  # type: ignore[index]
    assert image["/Filter"] == filter_
    if filter_ == "/DCTDecode":
        assert stored in data
    with pypdfium2.PdfDocument(data) as document:
        seen = document[0].render(scale=0.5).to_pil().convert("L")
    assert seen.getpixel((5, 5)) < 10  # type: ignore[operator]
    assert seen.getpixel((seen.width - 5, seen.height - 5)) > 240  # type: ignore[operator]


def test_a_document_says_what_it_is(library: Library) -> None:
    data, _ = bound(library, scanned(library, [HORIZONTAL, VERTICAL], vertical=True))
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("衡州書葉小記", "示例作者")
    assert reader.page_labels == ["12", "卷一 4a"]
    root = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "zh-Hant"  # type: ignore[index]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title == {"x-default": "衡州書葉小記"}
    assert xmp.dc_creator == ["示例作者"]
    assert xmp.dc_identifier == "urn:cts:hengyang:shili.shuye.ye"
    told = [
        (entry.title, reader.get_destination_page_number(entry)) if not isinstance(entry, list) else
        [(one.title, reader.get_destination_page_number(one)) for one in entry]
        for entry in reader.outline
    ]  # fmt: skip
    assert told == [("卷12", 0), [("上", 0)], ("卷卷一 4a", 1), [("上", 1)]]


def test_the_same_book_at_the_same_moment_is_the_same_file(library: Library) -> None:
    edition = scanned(library, [HORIZONTAL, VERTICAL])
    assert bound(library, edition)[0] == bound(library, edition)[0]


def test_pages_without_text_without_places_or_without_picture_are_pages_all_the_same(library: Library) -> None:
    nowhere = Transcript(0, 0, (Line("有字而無框", (0, 0, 0, 0)), Line("又一行", (0, 0, 0, 0))))
    unboxed = Transcript(WIDTH, HEIGHT, (row("有框", 100, 100), Line("後加之字", (0, 0, 0, 0), column=1)))
    odd = Transcript(WIDTH, HEIGHT, (Line("行框而已", (100, 100, 300, 140)), Line("\u3000\n", (1, 1, 2, 2))))
    edition = scanned(library, [None, Transcript(WIDTH, HEIGHT), nowhere, unboxed, odd])
    data, told = bound(library, edition)
    assert [shown(data, at) for at in range(5)] == ["", "", "有字而無框又一行", "有框後加之字", "行框而已"]
    assert (told.pages, told.pictures, told.texts) == (5, 5, 3)


def test_a_picture_that_is_gone_or_spoilt_leaves_a_white_page_and_is_told(library: Library) -> None:
    edition = scanned(library, [HORIZONTAL, VERTICAL], pictures=[picture(), b"\x89PNG\r\n\x1a\nnothing"])
    lost = next(library.originals.folder.glob("??/*"))
    lost.write_bytes(lost.read_bytes() + b"x")
    data, told = bound(library, edition)
    assert (told.pages, told.pictures, told.texts) == (2, 0, 2)
    assert len(told.remarks) == 2
    assert "天下惟器而已矣" in shown(data, 0)
    with pypdfium2.PdfDocument(data) as document:
        assert document[0].render(scale=0.2).to_pil().convert("L").getextrema() == (255, 255)


def test_text_from_elsewhere_lies_under_its_pictures_too(library: Library) -> None:
    from scanned_books import ENGINE

    from archive.model import Work

    sha = store.keep_picture(library, picture(), "image/png")
    store_edition(
        library,
        Work("shili.tu", "有图之书"),
        Edition(0, "urn:cts:hengyang:shili.tu.ben", "shili.tu", "本"),
        [FileContent((Page("1", picture=sha), Page("2", picture=sha)),
                     (pack(Draft("paragraph", "前页之字後頁之字", lines=(2,), pages=((0, 0), (4, 1)))),))],
        fingerprint="1",
        originals=[],
        run=ENGINE,
    )  # fmt: skip
    data, told = bound(library, library.editions()[0])
    assert [shown(data, at) for at in (0, 1)] == ["前页之字", "後頁之字"]
    assert told.texts == 2
    assert data.count(b"/Subtype /Image") == 1


@pytest.mark.parametrize("layer", ["text", "notes", "punctuation", "scans"])
def test_a_book_leaves_only_with_every_layer_public(library: Library, layer: str) -> None:
    edition = scanned(library, [HORIZONTAL], rights=Rights(**{layer: "snippet"}))  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        bound(library, edition)
    assert bound(library, edition, staff=True)[1].pages == 1


def test_a_book_without_pictures_is_refused(library: Library) -> None:
    edition = scanned(library, [])
    with pytest.raises(NotFound, match="没有书影"):
        bound(library, edition)


def test_of_a_long_book_few_pages_are_in_memory(library: Library) -> None:
    from random import Random

    from PIL import Image

    noise = Random(7)
    pictures = []
    for _ in range(40):
        file = io.BytesIO()
        Image.frombytes("L", (500, 700), noise.randbytes(350_000)).save(file, "PNG")
        pictures.append(file.getvalue())
    edition = scanned(library, [HORIZONTAL] * len(pictures), pictures=pictures)

    class Counted:
        size = 0

        def write(self, data: bytes, /) -> None:
            self.size += len(data)

    sink = Counted()
    tracemalloc.start()
    try:
        bind(library, edition, sink, staff=False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sink.size > sum(map(len, pictures)) > 12_000_000
    assert peak < sink.size / 3


def test_the_command_writes_the_file_whole_or_not_at_all(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with Library.create(tmp_path / "library") as library:
        scanned(library, [HORIZONTAL, VERTICAL])
    told = run("ocr", "pdf", "shili.shuye.ye", "--to", tmp_path / "書.pdf", "--json")
    assert told.code == 0
    document = json.loads(told.out)
    assert (document["pages"], document["pages_with_text"], document["remarks"]) == (2, 2, [])
    assert document["bytes"] == (tmp_path / "書.pdf").stat().st_size
    missing = run("ocr", "pdf", "shili.shuye.mei", "--to", tmp_path / "無.pdf")
    assert missing.code != 0
    assert [one.name for one in tmp_path.glob("*.pdf*")] == ["書.pdf"]
    nowhere = run("ocr", "pdf", "shili.shuye.ye", "--to", tmp_path / "no" / "書.pdf")
    assert nowhere.code == 1
    assert "写不进去" in nowhere.err


@pytest.fixture(scope="session")
def vera() -> list[str]:
    """How veraPDF is run, where Java and the libraries of one version of it are there (`tests/pdfa/README.md`)."""
    repository = Path.home() / ".m2" / "repository"
    models = sorted(repository.glob("org/verapdf/validation-model/*/*.jar"))
    if shutil.which("javac") is None or not models:
        pytest.skip("没有 Java 或 veraPDF，跳过")
    jars = [jar for jar in repository.glob("org/verapdf/**/*.jar") if jar.parent.name == models[-1].parent.name]
    for others in ("org/mozilla/rhino", "javax", "com/sun", "org/glassfish", "jakarta"):
        jars += (repository / others).glob("**/*.jar")
    check = Path(__file__).resolve().parents[1] / "pdfa" / "Check.java"
    return ["java", "-cp", ":".join(map(str, jars)), str(check)]


def test_vera_finds_it_to_be_pdf_a(library: Library, vera: list[str], tmp_path: Path) -> None:
    kinds = [
        picture(),
        picture(kind="JPEG", mode="CMYK"),
        picture(kind="JPEG", mode="RGB"),
        picture(mode="P"),
        picture(mode="RGBA"),
    ]
    pages = [HORIZONTAL, VERTICAL, None, Transcript(0, 0, (Line("無框", (0, 0, 0, 0)),)), HORIZONTAL]
    data, _ = bound(library, scanned(library, pages, pictures=kinds))
    file = tmp_path / "book.pdf"
    file.write_bytes(data)
    told = subprocess.run([*vera, str(file)], capture_output=True, text=True, timeout=300, check=True).stdout
    assert told.splitlines()[0].startswith("2u true"), told


edge = st.integers(-50, 1200)
places = st.tuples(edge, edge, edge, edge)


@st.composite
def strange_lines(draw: st.DrawFn) -> Line:
    """Lines as bad engines, other programs and hurried people leave them."""
    text = draw(st.text(st.sampled_from("天下惟器，。𩔖𫉬 \u3000\n\x00\ufeffA1"), max_size=8))
    glyphs = draw(st.lists(places, min_size=len(text), max_size=len(text))) if draw(st.booleans()) else []
    role = draw(st.sampled_from(["text", "note", "heading", "footnote", "table", "head", "centre", "mark"]))
    return Line(text, draw(places), role, glyphs=tuple(Glyph(box) for box in glyphs))  # type: ignore[arg-type]


@given(st.lists(strange_lines(), max_size=6), st.sampled_from(["horizontal", "vertical"]), st.booleans())
def test_whatever_the_boxes_are_all_words_are_written_in_order(lines: list[Line], layout: Layout, sized: bool) -> None:
    strange = Transcript(WIDTH if sized else 0, HEIGHT if sized else 0, tuple(lines), layout)
    font = Squares()
    told = words.content(strange, 500.0, 700.0, font).decode("ascii")
    meant = dict(re.findall("<(.{4})> <(.+)>", font.unicode_map().decode("ascii")))
    chars = {code: bytes.fromhex(char).decode("utf-16-be") for code, char in meant.items()}
    shown = "".join(chars[code] for part in re.findall("<([0-9a-f]+)>", told) for code in re.findall("....", part))
    read = ("text", "note", "heading", "footnote", "table")
    wanted = "".join(char for one in lines if one.role in read and one.text.strip() for char in one.text)
    assert shown == "".join(char for char in wanted if char not in "\n\x00\ufeff")
    assert re.fullmatch(r"BT 3 Tr\n(/[HV] [-0-9. <>a-f\[\]TJfmz]+\n)*ET", told)
