"""Tesseract, where it is installed: the program `tesseract` on the path, with its Chinese languages.

It is asked anew for columns and for each script, because it cannot tell which a Chinese page has, and mixes the scripts
if given both at once; the reading it is surest of counts.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from archive.errors import WenkuError
from ingest.ocr.engines.contract import Sign, Strip

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Picture

PROGRAM = "tesseract"
WAYS = ((("chi_sim", "3"), ("chi_tra", "3")), (("chi_tra_vert", "5"), ("chi_sim_vert", "5")))
"""Across and down: languages with their page segmentation mode; 3 finds blocks of lines, 5 takes the page for one of
columns. The first of each is asked first, the other where that direction is the right one."""
_SECONDS = 300  # for one reading of a page
_INSTALL = (
    "请安装 Tesseract 和它的中文字库（Debian、Ubuntu：tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-chi-tra "
    "及 -vert 两种），或改用 rapidocr。"
)


class _Word(NamedTuple):
    """A word of Tesseract's TSV: its line, its box (left, top, width, height), confidence 0–100, text."""

    line: tuple[str, ...]
    box: tuple[int, int, int, int]
    confidence: float
    text: str


class Tesseract:
    """The program as an engine.

    Raises:
        WenkuError: it is not installed, or has no Chinese.
    """

    name = "tesseract"

    def __init__(self, program: str = PROGRAM) -> None:
        found = shutil.which(program)
        if found is None:
            raise WenkuError("这台电脑上没有装 Tesseract。", remedy=_INSTALL)
        self._program = found
        told = _run([found, "--version"]).decode(errors="replace")
        self.version = next(iter(re.findall(r"\d+(?:\.\d+)+", told)), "")
        languages = set(_run([found, "--list-langs"]).decode(errors="replace").split())
        ways = [[way for way in direction if way[0] in languages] for direction in WAYS]
        self._ways = [direction for direction in ways if direction]
        if not self._ways:
            raise WenkuError("Tesseract 没有装中文字库。", remedy=_INSTALL)

    def read(self, picture: Picture) -> tuple[Strip, ...]:
        """The lines or columns of a picture.

        Raises:
            WenkuError: the program failed or took too long.
        """
        from PIL import Image

        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PPM")
        first = [(tuple(self._strips(file.getvalue(), *ways[0])), ways[1:]) for ways in self._ways]
        best, others = max(first, key=lambda one: _sure(one[0]))
        return max([best, *(tuple(self._strips(file.getvalue(), *way)) for way in others)], key=_sure)

    def _strips(self, picture: bytes, language: str, mode: str) -> Iterator[Strip]:
        settings = ["-l", language, "--psm", mode, "--dpi", "300", "tsv"]
        told = _run([self._program, "stdin", "stdout", *settings], picture)
        for _, words in groupby(words_of(told.decode(errors="replace")), lambda word: word.line):
            yield _strip(list(words), down=mode == "5")


def _sure(strips: Sequence[Strip]) -> float:
    """How much was read, and how surely; what was read badly counts against it."""
    return sum(len(strip.text) * (strip.confidence - 0.4) for strip in strips)


def words_of(tsv: str) -> Iterator[_Word]:
    """The words of Tesseract's TSV output, those without letters left out."""
    for row in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row["level"] != "5" or not text:
            continue
        line = tuple(row[key] for key in ("page_num", "block_num", "par_num", "line_num"))
        left, top, width, height = (int(row[key]) for key in ("left", "top", "width", "height"))
        yield _Word(line, (left, top, width, height), float(row["conf"]), text)


def _strip(words: Sequence[_Word], *, down: bool) -> Strip:
    left, top = min(word.box[0] for word in words), min(word.box[1] for word in words)
    right = max(word.box[0] + word.box[2] for word in words)
    bottom = max(word.box[1] + word.box[3] for word in words)
    text = ""
    signs: list[Sign] = []
    for word in words:
        gap = " " if text and text[-1].isascii() and word.text[0].isascii() else ""
        start, length = (word.box[1] - top, word.box[3]) if down else (word.box[0] - left, word.box[2])
        whole = max(bottom - top if down else right - left, 1)
        sure = max(word.confidence, 0.0) / 100
        if gap:
            signs.append(Sign(signs[-1].end, max(start / whole, signs[-1].end), sure))
        signs += _signs(len(word.text), start / whole, (start + length) / whole, sure)
        text += gap + word.text
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Strip(corners, text, sum(sign.confidence for sign in signs) / len(signs), tuple(signs))


def _signs(count: int, start: float, end: float, confidence: float) -> Iterable[Sign]:
    """A word's characters, evenly along it."""
    step = (end - start) / count
    return (Sign(start + number * step, start + (number + 1) * step, confidence) for number in range(count))


def _run(command: Sequence[str], given: bytes = b"") -> bytes:
    """What the program prints, on one processor: the pages beside it have the others."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_SECONDS, env={**os.environ, "OMP_THREAD_LIMIT": "1"}
        )
    except subprocess.TimeoutExpired:
        raise WenkuError(
            f"Tesseract 读这一页超过 {_SECONDS} 秒，已停下。", remedy="请裁小图片，或改用 rapidocr。"
        ) from None
    except OSError as error:
        raise WenkuError(f"Tesseract 启动不了（{error.strerror}）。", remedy=_INSTALL) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise WenkuError(f"Tesseract 出错：{said[-1] if said else done.returncode}。", remedy=_INSTALL)
    return done.stdout
