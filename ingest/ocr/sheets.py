"""One sheet, in a worker process: the picture opened, read, and told with the pictures of its pages."""

from __future__ import annotations

import importlib.util
import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archive.errors import UsageError, WenkuError
from archive.transcription.model import Transcript
from ingest.ocr.engines import ENGINES

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Picture

AUTO = "auto"
_JPEG = "image/jpeg"


class Task(NamedTuple):
    """A sheet to be read: where its file is, which picture of it, what to call it, by which engine.

    `shown`: whether the library has no picture of it yet.
    """

    path: str
    frame: int
    where: str
    engine: str
    shown: bool


class PageRead(NamedTuple):
    """A page and, where it is not the whole sheet as it lies, its picture."""

    transcript: Transcript
    image: bytes = b""
    media_type: str = _JPEG
    blank: bool = False


class Outcome(NamedTuple):
    """What became of a sheet: its pages, or why it could not be read; `shown`: its picture, if it was asked for."""

    pages: tuple[PageRead, ...] = ()
    engine: str = ""
    """With version."""
    shown: bytes = b""
    media_type: str = ""
    size: tuple[int, int] = (0, 0)
    error: str = ""


def engine_for(name: str) -> str:
    """The engine to read with: `auto` is the best that is installed.

    Raises:
        UsageError: there is none of that name; the names are listed.
        WenkuError: none is installed.
    """
    if name == AUTO:
        if importlib.util.find_spec("rapidocr"):
            return "rapidocr"
        if shutil.which("tesseract"):
            return "tesseract"
        remedy = "请安装 rapidocr（pip install rapidocr onnxruntime）或 Tesseract；或用 --engine null 全部由人录入。"
        raise WenkuError("这台电脑上没有装识字引擎。", remedy=remedy)
    if name not in ENGINES:
        raise UsageError(f"没有叫“{name}”的识字引擎。", remedy=f"可用：{'、'.join((AUTO, *ENGINES))}。")
    return name


def read_sheet(task: Task) -> Outcome:
    """Read a sheet. Whatever goes wrong is told in the outcome: one bad page never stops the rest."""
    try:
        return _read(task)
    except WenkuError as error:
        return Outcome(error=str(error))
    except MemoryError:
        return Outcome(error=f"{task.where}：内存不足，这一页读不下来。请关掉别的程序，或减少 --workers。")
    except Exception as error:  # foreign pictures find the fault in any engine
        what = f"读这一页时程序出了没有料到的错（{type(error).__name__}：{error}）。"
        return Outcome(error=f"{task.where}：{what}")


def _read(task: Task) -> Outcome:
    from ingest.ocr import images
    from ingest.ocr.engines import engine_named
    from ingest.ocr.reading import read_page

    scan = images.picture(Path(task.path), task.frame, where=task.where)
    if scan.empty == "全黑":
        return Outcome(error=f"{task.where}：整面全黑，什么也读不出。请重新扫描这一面。")
    engine = engine_named(task.engine)
    if scan.empty:
        nothing = Transcript(scan.width, scan.height, layout="blank", engine=f"{engine.name} {engine.version}")
        transcripts: tuple[Transcript, ...] = (nothing,)
    else:
        transcripts = tuple(map(_rounded, read_page(scan.pixels, engine)))
    side, blank = images.SHOWN_SIDE, bool(scan.empty)
    pages = tuple(PageRead(one, _picture(scan.pixels, one, side), blank=blank) for one in transcripts)
    outcome = Outcome(pages, transcripts[0].engine or f"{engine.name} {engine.version}")
    if task.shown:
        outcome = outcome._replace(shown=scan.image, media_type=scan.media_type, size=(scan.width, scan.height))
    return outcome


def _picture(pixels: Picture, transcript: Transcript, side: int) -> bytes:
    """The page's own picture as JPEG, where it is part of the sheet or the sheet lies turned; else nothing."""
    if transcript.part is None and not transcript.turned:
        return b""
    import numpy
    from PIL import Image

    upright = numpy.rot90(pixels, -(transcript.turned // 90))
    if transcript.part is not None:
        left, top, right, bottom = transcript.part
        upright = upright[top:bottom, left:right]
    image = Image.fromarray(numpy.ascontiguousarray(upright))
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, optimize=True)
    return file.getvalue()


def _rounded(transcript: Transcript) -> Transcript:
    """Confidences to a thousandth: more is not known, and would take most of the room."""
    lines = (
        replace(
            line,
            confidence=round(line.confidence, 3),
            glyphs=tuple(one._replace(confidence=round(one.confidence, 3)) for one in line.glyphs),
        )
        for line in transcript.lines
    )
    return replace(transcript, lines=tuple(lines))
