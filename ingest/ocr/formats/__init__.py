"""Transcripts as files other programs read and write: one literal table of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from archive.errors import BadSource, UsageError
from archive.transcription.model import Transcript
from ingest.ocr.formats import alto, hocr, pagexml
from ingest.readers import source


class Format(NamedTuple):
    """One format. `write` takes a transcript, the name of its picture, its number, and whether a person corrected it.

    `read` takes a file's bytes and what to call it; `looks_like` judges by its first bytes.
    """

    name: str
    label: str
    suffix: str
    looks_like: Callable[[bytes], bool]
    write: Callable[[Transcript, str, int, bool], bytes]
    read: Callable[[bytes, str], tuple[Transcript, ...]]


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("alto", "ALTO 4.4", ".xml", alto.looks_like, alto.write, alto.read),
        Format("hocr", "hOCR", ".hocr", hocr.looks_like, hocr.write, hocr.read),
        Format("page", "PAGE XML 2019-07-15", ".xml", pagexml.looks_like, pagexml.write, pagexml.read),
    )
}
"""Every format by the name the command line knows it by."""

SUFFIXES = (".xml", ".hocr", ".html", ".htm")
"""What files of these formats are called."""
_FOLDERS = ("", "page", "alto", "hocr")  # beside the picture, or where Transkribus and its like put them


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none; the names are listed.
    """
    if name not in FORMATS:
        raise UsageError(f"没有叫“{name}”的交换格式。", remedy=f"可用：{'、'.join(FORMATS)}。")
    return FORMATS[name]


def beside(picture: Path) -> Path | None:
    """The file with a picture's transcript: it has the picture's name, before or after its suffix, and its own."""
    for folder in _FOLDERS:
        for name in (picture.stem, picture.name):
            for suffix in SUFFIXES:
                path = picture.parent / folder / f"{name}{suffix}"
                if path.is_file() and _known(source.head(path)) is not None:
                    return path
    return None


def read(path: Path) -> tuple[Transcript, ...]:
    """The transcripts in a file of any of these formats, a page each.

    Raises:
        BadSource: it is of none of them, or broken.
    """
    data = source.load(path)
    known = _known(data[:8192])
    if known is None:
        labels = "、".join(one.label for one in FORMATS.values())
        raise BadSource("这不是能读的识别结果。", where=path.name, remedy=f"可用：{labels}。")
    return known.read(data, path.name)


def _known(head: bytes) -> Format | None:
    return next((one for one in FORMATS.values() if one.looks_like(head)), None)
