"""Every source format the library can read: one literal table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.errors import BadSource, UsageError
from ingest.gaiji import GaijiTable
from ingest.readers import mandoku, markdown, office, pdf, picture, plaintext, tei
from ingest.readers.source import head
from ingest.stream import Event

__all__ = ["READERS", "WAITING_OCR", "Reader", "Settings", "by_name", "head", "media_type", "reader_for"]

WAITING_OCR = pdf.WAITING_OCR


class Settings(Protocol):
    """What the metadata of an edition may say about reading its files."""

    @property
    def encoding(self) -> str:
        """A key of `encoding.ENCODINGS`, empty to find out."""


@dataclass(frozen=True, slots=True)
class _Defaults:
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """One format. `label` is what users call it, `looks_like` judges by the first bytes of a file."""

    name: str
    label: str
    suffixes: tuple[str, ...]
    media_type: str
    looks_like: Callable[[bytes], bool]
    read: Callable[[Path, Settings], Iterator[Event]]

    def events(self, path: Path, settings: Settings | None = None) -> Iterator[Event]:
        """The file's stream; raises what the reader raises (`BadSource` above all)."""
        return self.read(path, settings or _Defaults())


READERS: tuple[Reader, ...] = (
    Reader(
        "mandoku",
        "Kanripo（mandoku）文本",
        (".mandoku", ".org"),
        "text/plain",
        mandoku.looks_like,
        lambda path, settings: mandoku.read(path, gaiji=GaijiTable.load(path)),
    ),
    Reader("pdf", "PDF", (".pdf",), "application/pdf", pdf.looks_like, lambda path, settings: pdf.read(path)),
    Reader(
        "image",
        "书影图片",
        tuple(picture.MEDIA_TYPES),
        "image/*",
        picture.looks_like,
        lambda path, settings: picture.read(path),
    ),
    Reader(
        "tei",
        "TEI P5（XML）",
        (".xml", ".tei"),
        "application/tei+xml",
        tei.looks_like,
        lambda path, settings: tei.read(path),
    ),
    Reader(
        "epub",
        "EPUB 电子书",
        (".epub",),
        "application/epub+zip",
        office.is_epub,
        lambda path, settings: office.read_epub(path),
    ),
    Reader(
        "odt",
        "ODT 文档",
        (".odt",),
        "application/vnd.oasis.opendocument.text",
        office.is_odt,
        lambda path, settings: office.read_odt(path),
    ),
    Reader(
        "docx",
        "Word 文档（DOCX）",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        office.is_docx,
        lambda path, settings: office.read_docx(path),
    ),
    Reader(
        "markdown",
        "Markdown",
        (".md", ".markdown"),
        "text/markdown",
        markdown.looks_like,
        lambda path, settings: markdown.read(path, encoding=settings.encoding),
    ),
    Reader(
        "text",
        "纯文本",
        (".txt", ".text"),
        "text/plain",
        plaintext.looks_like,
        lambda path, settings: plaintext.read(path, encoding=settings.encoding),
    ),
)

# What people bring that we cannot read, known by its first bytes, and what they can do about it.
_ADVICE = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "这是旧版 Word（.doc）或加了密码的 Office 文件，请另存为没有密码的 .docx。"),
    (b"{\\rtf", "这是 RTF，请另存为 .docx。"),
    (b"HN", "这是 CAJ，请用 CAJViewer 打印成 PDF。"),
    (b"CAJ", "这是 CAJ，请用 CAJViewer 打印成 PDF。"),
    (b"AT&TFORM", "这是 DjVu，请转换为 PDF。"),
    (b"Rar!", "这是压缩包，请先解压。"),
    (b"7z\xbc\xaf", "这是压缩包，请先解压。"),
    (b"\x1f\x8b", "这是压缩包，请先解压。"),
    (b"PK\x03\x04", "这是压缩包，请先解压。"),
)


def reader_for(path: Path) -> Reader:
    """The reader for a file: by what it begins with, else by its suffix.

    Raises:
        BadSource: missing, empty, or of a kind no reader knows; the message lists the kinds there are.
    """
    beginning = head(path)
    for reader in READERS:
        if reader.looks_like(beginning):
            return reader
    suffix = path.suffix.lower()
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    advice = next((advice for magic, advice in _ADVICE if beginning.startswith(magic)), "")
    raise BadSource(
        f"不认识这种文件（{suffix or '没有扩展名'}）。", where=path.name, remedy=f"{advice}可收：{_kinds()}。"
    )


def by_name(name: str) -> Reader:
    """The reader of that name.

    Raises:
        UsageError: there is none; the message lists the names there are.
    """
    for reader in READERS:
        if reader.name == name:
            return reader
    names = "、".join(reader.name for reader in READERS)
    raise UsageError(f"没有名为“{name}”的格式。", remedy=f"可用：{names}。")


def media_type(path: Path) -> str:
    """Media type of a file by its suffix; `application/octet-stream` for one we do not know."""
    suffix = path.suffix.lower()
    known = (reader.media_type for reader in reversed(READERS) if suffix in reader.suffixes)
    return _TYPES.get(suffix) or next(known, "application/octet-stream")


_TYPES = {
    **picture.MEDIA_TYPES,
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _kinds() -> str:
    return "、".join(f"{reader.label}（{' '.join(reader.suffixes)}）" for reader in READERS)
