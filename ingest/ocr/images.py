"""From a source file to sheets: how many pictures a file holds, and each of them upright, ready to be read.

A sheet is an image file, a page of a TIFF, or a page of a PDF drawn by PDFium. Files are known by their content, so
that an original under its SHA-256 is as good as the file it came from. Whatever they claim to measure, memory is
bounded: nothing above `MAX_PIXELS` is decoded, and what is read has at most `READ_PIXELS`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import BadSource
from ingest.readers import source

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.ocr.engines.contract import Picture

DPI = 300
"""PDF pages are drawn at this resolution: below it small type is lost, above it nothing is won."""
MAX_PIXELS = 100_000_000
"""Pixels decoded at most: an A3 sheet at 600 dpi has 70 million."""
MAX_SIDE = 20_000
MIN_SIDE = 16
READ_PIXELS = 25_000_000
"""Pixels handed to an engine at most; larger pictures are reduced."""
SHOWN_SIDE = 2_000
"""Pixels of the longer side of the picture that is shown beside the text."""
MAX_SHEETS = 5_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF", "JPEG2000")

_SHOWN_AS_IT_IS = 1024 * 1024  # bytes up to which a JPEG or PNG is its own picture to show
_REDUCED = 254, 1  # TIFF 6.0 NewSubfileType: a smaller copy of another picture in the file
_COLOURED = 24  # how far channels lie apart where a picture has colour
_FLAT = 6  # shades within which a picture is all one
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""EXIF orientations and Pillow's transpositions that undo them."""
_AGAIN = "请重新扫描或重新取得这个文件。"


@dataclass(frozen=True, slots=True)
class Scan:
    """One sheet: `pixels` upright, grey or RGB; `image` the picture to show, JPEG or PNG, perhaps smaller."""

    pixels: Picture
    image: bytes
    media_type: str

    @property
    def width(self) -> int:
        """Pixels across, as read."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down, as read."""
        return int(self.pixels.shape[0])

    @property
    def empty(self) -> str:
        """`空白` or `全黑` if the sheet is all one shade and nothing can be read on it; else empty."""
        lowest, highest = int(self.pixels.min()), int(self.pixels.max())
        if highest - lowest > _FLAT:
            return ""
        return "全黑" if highest < 64 else "空白"


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is an image file."""
    if head.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"\0\0\0\x0cjP  ")):
        return True
    return (head[:2] == b"BM" and head[6:10] == bytes(4)) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def sheets_of(path: Path, *, where: str = "") -> int:
    """How many sheets a file holds: one for an image file, its pages for a TIFF or PDF.

    Args:
        path: the file.
        where: what to call it in messages; its name if empty.

    Raises:
        BadSource: it is no picture and no PDF, or cannot be opened, or holds too many.
    """
    where = where or path.name
    if _is_pdf(path):
        with _pdf(path, where) as document:
            count = len(document)
    else:
        with _opened(path, where) as image:
            count = len(_frames(image, where))
    if not count:
        raise BadSource("文件里一页也没有。", where=where, remedy=_AGAIN)
    if count > MAX_SHEETS:
        raise BadSource(f"文件有 {count:,} 页（上限 {MAX_SHEETS:,} 页）。", where=where, remedy="请按册拆开。")
    return count


def remark(path: Path) -> str:
    """What the user should know of an image file that opens: an animation has only its first picture read."""
    with _opened(path, path.name) as image, _decoding(path.name):
        moving = getattr(image, "n_frames", 1) if image.format not in ("TIFF", "MPO") else 1
    return f"这是有 {moving} 帧的动画，只取第一帧。" if moving > 1 else ""


def picture(path: Path, frame: int = 0, *, where: str = "") -> Scan:
    """Sheet `frame` of a file, from 0.

    Raises:
        BadSource: it cannot be read whole, or is too small or too large to be a page.
    """
    where = where or path.name
    if _is_pdf(path):
        place = f"{where} 第 {frame + 1} 页"
        with _pdf(path, where) as document:
            return _shown(_drawn(document, frame, place))
    with _opened(path, where) as image:
        frames = _frames(image, where)
        place = f"{where} 第 {frame + 1} 页" if len(frames) > 1 else where
        if not 0 <= frame < len(frames):
            raise BadSource("文件里没有这一页。", where=place, remedy=_AGAIN)
        with _decoding(place):
            image.seek(frames[frame])
            _measured(image, place)
            own = _showable(image, path)
            scan = _shown(_upright(image))
    return Scan(scan.pixels, path.read_bytes(), own) if own else scan


def _is_pdf(path: Path) -> bool:
    return b"%PDF-" in source.head(path, 1024)


@contextmanager
def _opened(path: Path, where: str) -> Iterator[Image]:
    from PIL import Image, UnidentifiedImageError

    source.check(path, source.MAX_BINARY_BYTES)
    Image.init()  # else the rarer formats are not known yet
    # Given a name, Pillow maps the file into memory, and then turned TIFFs come out slanted (Pillow 13.0).
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd tags and sizes; the sizes are ours to judge
        try:
            image = Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError:
            raise _too_large("像素数目极大", where) from None
        except UnidentifiedImageError:
            remedy = "可用的图片：PNG、JPEG、TIFF、BMP、WebP、GIF、JPEG 2000；或 PDF。" + _AGAIN
            raise BadSource("这不是能读的图片，或者文件已损坏。", where=where, remedy=remedy) from None
        except Exception as error:  # foreign bytes find the fault in any decoder
            raise _damaged(error, where) from None
        with image:
            yield image


@contextmanager
def _decoding(where: str) -> Iterator[None]:
    """Tell what went wrong while pixels were unpacked."""
    try:
        yield
    except BadSource:
        raise
    except MemoryError:
        raise _too_large("内存装不下", where) from None
    except Exception as error:  # as above
        raise _damaged(error, where) from None


def _damaged(error: Exception, where: str) -> BadSource:
    cut = isinstance(error, EOFError) or "truncated" in str(error)
    what = "图片不完整，末尾缺失。" if cut else f"图片已损坏，解不开（{type(error).__name__}）。"
    return BadSource(what, where=where, remedy="文件多半没有下载或复制完整。" + _AGAIN)


def _too_large(what: str, where: str) -> BadSource:
    return BadSource(
        f"图片太大（{what}）。", where=where, remedy="请按页裁开，或以 300–600 dpi 重新扫描；来路不明的文件请勿使用。"
    )


def _measured(image: Image, where: str) -> None:
    """Refuse what is too large or too small for a page, before its pixels are unpacked."""
    if image.width * image.height > MAX_PIXELS:  # a JPEG can be unpacked at half its size
        image.draft(None, _within(image.size, READ_PIXELS))
    width, height = image.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        limits = f"边长上限 {MAX_SIDE:,}，总数上限 {MAX_PIXELS // 10_000:,} 万"
        raise _too_large(f"{width:,}×{height:,} 像素；{limits}", where)
    if min(width, height) < MIN_SIDE:
        raise BadSource(f"图片只有 {width}×{height} 像素，放不下文字。", where=where, remedy=_AGAIN)


def _frames(image: Image, where: str) -> list[int]:
    """Numbers of the pictures in the file that are sheets."""
    if image.format != "TIFF":
        return [0]
    found = []
    tag, reduced = _REDUCED
    with _decoding(where):
        for number in range(min(getattr(image, "n_frames", 1), MAX_SHEETS + 1)):
            image.seek(number)
            if not int(getattr(image, "tag_v2", {}).get(tag, 0)) & reduced:
                found.append(number)
    return found or [0]


def _upright(image: Image) -> Picture:
    """The pixels as grey or RGB on white, turned as the camera noted, no more of them than an engine needs."""
    from PIL.Image import Transpose

    image.load()
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    image = _eight_bit(image)
    wanted = _within(image.size, READ_PIXELS)
    if wanted != image.size:
        image = image.resize(wanted, reducing_gap=2.0)
    image = _on_paper(image)
    return _pixels(image if turn is None else image.transpose(Transpose(turn)))


def _eight_bit(image: Image) -> Image:
    """Grey or colours of eight bits; sixteen bits are brought down by the bits in use."""
    import numpy
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        values = numpy.asarray(image)
        if values.dtype.kind == "f":
            values = numpy.nan_to_num(values)
            values *= 255 if values.max(initial=0) <= 1 else 1
        else:
            values = values >> max(int(values.max(initial=0)).bit_length() - 8, 0)
        return Image.fromarray(values.clip(0, 255).astype(numpy.uint8))
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA", "LA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _on_paper(image: Image) -> Image:
    """Without transparency, which is white, and without the inks of a printing press."""
    from PIL import Image

    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _within(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """A size of the same shape with at most so many pixels."""
    scale = min(1.0, (pixels / (size[0] * size[1])) ** 0.5) if size[0] * size[1] else 1.0
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _pixels(image: Image) -> Picture:
    """The array, grey if no pixel of a sample has colour."""
    import numpy

    pixels: Picture = numpy.array(image, dtype=numpy.uint8)
    if pixels.ndim == 3:
        few = pixels[::4, ::4].astype(numpy.int16)
        if int((few.max(axis=2) - few.min(axis=2)).max(initial=0)) <= _COLOURED:
            return numpy.array(image.convert("L"), dtype=numpy.uint8)
    return pixels


def _showable(image: Image, path: Path) -> str:
    """The media type of an image file that can be shown as it is; else empty."""
    types = {"JPEG": "image/jpeg", "PNG": "image/png"}
    plain = (
        image.mode in ("1", "L", "RGB")
        and not image.has_transparency_data
        and image.getexif().get(_ORIENTATION, 1) == 1
    )
    still = getattr(image, "n_frames", 1) == 1
    small = max(image.size) <= 1.5 * SHOWN_SIDE and path.stat().st_size <= _SHOWN_AS_IT_IS
    return types.get(image.format or "", "") if plain and still and small else ""


def _shown(pixels: Picture) -> Scan:
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, optimize=True)
    return Scan(pixels, file.getvalue(), "image/jpeg")


@contextmanager
def _pdf(path: Path, where: str) -> Iterator[Any]:
    """The PDF, opened by PDFium, which runs no scripts and opens what needs no password to be read."""
    import pypdfium2

    source.check(path, source.MAX_BINARY_BYTES)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            remedy = "请用知道密码的软件打开它，去掉密码后另存。"
            raise BadSource("PDF 加了密码，打不开。", where=where, remedy=remedy) from None
        remedy = "请重新取得完整的文件，或用阅读器打开后“另存为/打印为 PDF”。"
        raise BadSource("PDF 已损坏，打不开。", where=where, remedy=remedy) from None
    try:
        yield document
    finally:
        document.close()


def _drawn(document: Any, index: int, where: str) -> Picture:
    """A page drawn in colour at `DPI`, smaller if it claims to be a poster."""
    import pypdfium2

    try:
        page = document[index]
    except (pypdfium2.PdfiumError, IndexError):
        remedy = "请用阅读器打开后“另存为/打印为 PDF”，再试。"
        raise BadSource("PDF 的这一页缺失或已损坏，画不出来。", where=where, remedy=remedy) from None
    try:
        width, height = (max(float(side), 0.0) for side in page.get_size())
        if min(width, height) * DPI / 72 < MIN_SIDE:
            raise BadSource(f"PDF 的这一页只有 {width:g}×{height:g} 点，放不下文字。", where=where, remedy=_AGAIN)
        scale = min(DPI / 72, (READ_PIXELS / (width * height)) ** 0.5, MAX_SIDE / max(width, height))
        with _decoding(where):
            return _pixels(page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB"))
    finally:
        page.close()
