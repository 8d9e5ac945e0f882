"""Sheets of image files and PDFs: upright, grey or RGB on white; what cannot be read is said in Chinese."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy
import pytest
from pdf_samples import lines, locked, pdf
from PIL import Image

from archive.errors import BadSource
from ingest.ocr import images

PAGE = 1751, 2480  # a page of `pdf_samples` at 300 dpi, begun pixels counted


def page(width: int = 120, height: int = 160) -> Image.Image:
    """White paper with a black block at the top left and a grey one at the bottom right."""
    pixels = numpy.full((height, width), 255, numpy.uint8)
    pixels[8:40, 8:32] = 0
    pixels[-24:-8, -32:-8] = 128
    return Image.fromarray(pixels)


def saved(tmp_path: Path, name: str, image: Image.Image, **options: object) -> Path:
    path = tmp_path / name
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def reason(path: Path, frame: int = 0) -> str:
    with pytest.raises(BadSource) as caught:
        images.picture(path, frame)
    assert caught.value.where.startswith(path.name)
    assert caught.value.remedy
    return caught.value.what


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("grey.png", "L"),
        ("colours.jpg", "RGB"),
        ("inks.jpg", "CMYK"),
        ("inks.tif", "CMYK"),
        ("fax.tif", "1"),
        ("few.gif", "P"),
        ("old.bmp", "L"),
        ("new.webp", "RGB"),
        ("library.jp2", "L"),
        ("video.tif", "YCbCr"),
    ],
)
def test_every_kind_of_image_becomes_the_same_page(tmp_path: Path, name: str, mode: str) -> None:
    path = saved(tmp_path, name, page().convert(mode))
    assert images.sheets_of(path) == 1
    scan = images.picture(path)
    assert scan.pixels.dtype == numpy.uint8
    assert scan.pixels.shape == (160, 120)
    assert scan.pixels[20, 20] < 30
    assert scan.pixels[100, 40] > 225
    assert Image.open(io.BytesIO(scan.image)).size == (120, 160)
    assert scan.media_type in ("image/png", "image/jpeg")


@pytest.mark.parametrize(("name", "depth"), [("deep.png", 16), ("deep.tif", 16), ("twelve.tif", 12)])
def test_sixteen_bits_are_brought_down_to_eight(tmp_path: Path, name: str, depth: int) -> None:
    values = numpy.asarray(page()).astype(numpy.uint16) << (depth - 8)
    scan = images.picture(saved(tmp_path, name, Image.fromarray(values)))
    assert [int(scan.pixels[y, x]) for y, x in ((20, 20), (100, 40), (145, 100))] == [0, 255, 128]


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    ink = Image.new("RGBA", (120, 160), (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), (8, 8, 32, 40))
    palette = Image.new("P", (120, 160), 0)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.paste(1, (8, 8, 32, 40))
    for path in (
        saved(tmp_path, "alpha.png", ink),
        saved(tmp_path, "grey.png", ink.convert("LA")),
        saved(tmp_path, "palette.png", palette, transparency=0),
    ):
        pixels = images.picture(path).pixels
        assert (int(pixels[20, 20]), int(pixels[100, 40])) == (0, 255), path.name


def test_colour_stays_where_there_is_some(tmp_path: Path) -> None:
    sealed = page().convert("RGB")
    sealed.paste((200, 30, 30), (60, 60, 100, 100))
    pixels = images.picture(saved(tmp_path, "seal.png", sealed)).pixels
    assert pixels[80, 80].tolist() == [200, 30, 30]


@pytest.mark.parametrize("name", ["camera.jpg", "scanner.tif", "packed.tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_orientation_is_followed(tmp_path: Path, name: str, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transposition that brings the page into it
    turned = page() if orientation == 1 else page().transpose(Image.Transpose(undo[orientation]))
    options: dict[str, object] = {"compression": "tiff_lzw"} if name == "packed.tif" else {}
    if name.endswith("tif"):
        options["tiffinfo"] = {274: orientation}
    else:
        options["exif"] = Image.Exif()
        options["exif"][274] = orientation  # type: ignore[index]
    scan = images.picture(saved(tmp_path, name, turned, **options))
    assert scan.pixels.shape == (160, 120)
    assert scan.pixels[20, 20] < 30
    assert scan.pixels[20, 100] > 225
    shown = Image.open(io.BytesIO(scan.image))
    assert shown.size == (120, 160)
    assert shown.getexif().get(274, 1) == 1


def test_a_tiff_gives_its_pages_and_leaves_out_smaller_copies(tmp_path: Path) -> None:
    dark = Image.new("L", (120, 160), 40)
    dark.paste(255, (0, 0, 60, 60))
    path = tmp_path / "书.tif"
    page().save(path, save_all=True, append_images=[dark.convert("1"), page(200, 100)])
    assert images.sheets_of(path) == 3
    assert images.picture(path, 2).pixels.shape == (100, 200)
    assert "没有这一页" in reason(path, 3)
    small = page(60, 80)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    page().save(path, save_all=True, append_images=[small], tiffinfo={254: 0})
    with Image.open(path) as image:
        assert image.n_frames == 2
    assert images.sheets_of(path) == 1


def test_an_animation_gives_its_first_picture_and_says_so(tmp_path: Path) -> None:
    for name in ("moves.gif", "moves.webp", "moves.png"):
        path = saved(tmp_path, name, page(), save_all=True, append_images=[page().rotate(180), page().rotate(90)])
        assert images.sheets_of(path) == 1
        assert images.picture(path).pixels[20, 20] < 30
        assert "只取第一帧" in images.remark(path)
    assert images.remark(saved(tmp_path, "still.png", page())) == ""


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "cut.tif", "cut.webp", "cut.jp2", "cut.bmp"])
def test_a_file_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    noise = Image.fromarray(numpy.random.default_rng(4).integers(0, 256, (160, 120), numpy.uint8))
    path = saved(tmp_path, name, noise.convert("RGB"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert "图片" in reason(path)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.jpg", {}),
        ("a.tif", {}),
        ("fax.tif", {"compression": "group4"}),
        ("a.webp", {}),
        ("a.gif", {}),
    ],
)
def test_spoilt_bytes_are_read_or_refused_and_nothing_else(
    tmp_path: Path, name: str, options: dict[str, object]
) -> None:
    chance = numpy.random.default_rng(11)
    path = saved(tmp_path, name, page().convert("1" if "fax" in name else "L"), **options)
    good = path.read_bytes()
    for _ in range(40):
        spoilt = bytearray(good)
        for place in chance.integers(0, min(len(good), int(chance.choice([60, 400, len(good)]))), 3):
            spoilt[place] = int(chance.integers(0, 256))
        path.write_bytes(spoilt)
        try:
            assert images.sheets_of(path) >= 1
            assert images.picture(path).pixels.ndim in (2, 3)
            images.remark(path)
        except BadSource as refused:
            assert refused.what and refused.where.startswith(name)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "假.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"junk" * 40)
    assert "已损坏" in reason(path)
    path.write_bytes("王夫之".encode())
    assert "不是能读的图片" in reason(path)
    path.write_bytes(b"")
    assert "空的" in reason(path)
    with pytest.raises(BadSource, match="找不到"):
        images.sheets_of(tmp_path / "无.png")


def _huge(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(99))))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("width", "height", "told"),
    [
        (30_000, 30_000, "图片太大"),
        (30_000, 200, "30,000×200"),
        (11_000, 11_000, "图片太大"),
        (1, 1, "只有 1×1 像素"),
        (3_000, 4, "只有 3000×4 像素"),
    ],
)
def test_sizes_that_are_no_page_are_refused_before_anything_is_unpacked(
    tmp_path: Path, width: int, height: int, told: str
) -> None:
    path = tmp_path / "图.png"
    path.write_bytes(_huge(width, height))
    assert told in reason(path)


def test_a_large_page_is_reduced_for_reading_and_for_showing(tmp_path: Path) -> None:
    path = saved(tmp_path, "large.png", page().resize((6_000, 8_000)))
    scan = images.picture(path)
    assert scan.width * scan.height <= images.READ_PIXELS
    assert scan.width / scan.height == pytest.approx(0.75, abs=0.001)
    assert max(Image.open(io.BytesIO(scan.image)).size) == images.SHOWN_SIDE


def test_a_small_plain_file_is_its_own_picture_to_show(tmp_path: Path) -> None:
    path = saved(tmp_path, "page.png", page())
    scan = images.picture(path)
    assert (scan.image, scan.media_type) == (path.read_bytes(), "image/png")


@pytest.mark.parametrize(("shade", "told"), [(255, "空白"), (230, "空白"), (0, "全黑")])
def test_blank_and_black_sheets_are_told_apart(tmp_path: Path, shade: int, told: str) -> None:
    assert images.picture(saved(tmp_path, "flat.png", Image.new("L", (80, 80), shade))).empty == told
    assert images.picture(saved(tmp_path, "page.png", page())).empty == ""


def test_pages_of_a_pdf_are_drawn_at_300_dpi(tmp_path: Path) -> None:
    path = tmp_path / "书.pdf"
    path.write_bytes(
        pdf([[], lines("王夫之")], scans=(1,), catalog="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")
    )
    assert images.sheets_of(path) == 2
    assert images.picture(path, 0).empty == "空白"
    scan = images.picture(path, 1)
    assert (scan.width, scan.height) == PAGE
    assert scan.pixels.ndim == 2
    assert not scan.empty
    assert "缺失" in reason(path, 2)


def test_an_original_without_a_name_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "ab12"
    path.write_bytes(b"\n" * 10 + pdf([lines("王夫之")]))
    assert images.sheets_of(path, where="书.pdf") == 1
    with pytest.raises(BadSource, match=r"书\.pdf 第 9 页"):
        images.picture(path, 8, where="书.pdf")


def test_locked_pdfs(tmp_path: Path) -> None:
    path = tmp_path / "书.pdf"
    path.write_bytes(locked(pdf([lines("王夫之")]), user=""))
    assert images.picture(path).width == PAGE[0]
    path.write_bytes(locked(pdf([lines("王夫之")]), user="secret"))
    assert "密码" in reason(path)


def test_broken_pdfs(tmp_path: Path) -> None:
    good = pdf([lines("王夫之"), lines("船山")])
    path = tmp_path / "书.pdf"
    path.write_bytes(b"%PDF-1.7\njunk\n%%EOF\n")
    assert "已损坏" in reason(path)
    # The object of the second page is gone: the first is drawn, the second is told of.
    path.write_bytes(good.replace(b"8 0 obj\n<< /Type /Page ", b"8 0 obj\n<< /Tape /Pag "))
    assert images.picture(path, 0).width == PAGE[0]
    path.write_bytes(good.replace(b"/Kids [6 0 R 8 0 R]", b"/Kids [6 0 R 99 0 R]"[:20]))
    assert images.picture(path, 0).width == PAGE[0]
    assert "这一页" in reason(path, 1)
    # A page tree that claims more pages than it has.
    path.write_bytes(good.replace(b"/Count 2", b"/Count 9"))
    for index in range(images.sheets_of(path)):
        if index > 1:
            assert "这一页" in reason(path, index)


def test_more_than_5000_pages_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "书.pdf"
    path.write_bytes(pdf([[]] * 5_001))
    with pytest.raises(BadSource, match=r"5,001 页.*拆开"):
        images.sheets_of(path)


def test_a_page_as_large_as_a_wall_is_drawn_smaller(tmp_path: Path) -> None:
    path = tmp_path / "图.pdf"
    path.write_bytes(pdf([lines("王夫之")]).replace(b"/MediaBox [0 0 420 595]", b"/MediaBox [0 0 14400 9]"))
    assert images.picture(path).width <= images.MAX_SIDE
    path.write_bytes(pdf([lines("王夫之")]).replace(b"/MediaBox [0 0 420 595]", b"/MediaBox [0 0 9000 9000]"))
    assert images.picture(path).pixels.size <= images.READ_PIXELS
    path.write_bytes(pdf([lines("王夫之")]).replace(b"/MediaBox [0 0 420 595]", b"/MediaBox [0 0 2 2]"))
    assert "放不下文字" in reason(path)
