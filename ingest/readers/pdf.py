"""PDF: the text layer as printed lines, with page labels, headings from the outline, pictures where there is no text.

pypdf reads structure and text (`pdf_page`), running heads are told apart over the whole book (`pdf_heads`), PDFium
draws pages (`pdf_image`). Scripts, attachments and forms are never looked at.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.errors import BadSource
from archive.intake import HAN
from ingest.readers import pdf_heads, pdf_page, source
from ingest.readers.encoding import commonness
from ingest.readers.pdf_heads import Heads, Sheet
from ingest.readers.pdf_image import MEDIA_TYPE, Pictures, unlocked
from ingest.readers.pdf_page import Row, mended
from ingest.readers.pdf_setting import Setter, Title
from ingest.stream import Event, Page, Warn

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

WAITING_OCR = "waiting-ocr"
"""`Warn.where` of the warning that some pages have no text and wait for OCR."""
MAX_PAGES = 5_000
_TAIL = 4096
_GARBLED = 0.03
"""Text with a smaller share of common characters than this is no Chinese but a font without a character table."""
_HAN = re.compile(f"[{HAN}]")
_NO_CHARACTER = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
_REMEDY = "请重新取得完整的文件，或用阅读器打开后“另存为/打印为 PDF”。"

_PYPDF = logging.getLogger("pypdf")
_PYPDF.addHandler(logging.NullHandler())


def looks_like(head: bytes) -> bool:
    """Whether a file begins like a PDF; a little junk before the mark is allowed, as readers do."""
    return b"%PDF-" in head[:1024]


def read(path: Path) -> Iterator[Event]:
    """Yield the pages, headings and lines of a PDF, and the pictures of pages that have no text.

    Raises:
        BadSource: truncated, broken, locked with a password, or too large.
    """
    size = source.check(path, source.MAX_BINARY_BYTES)
    grumbles = _Grumbles()
    with path.open("rb") as file, grumbles:
        file.seek(max(size - _TAIL, 0))
        if b"%%EOF" not in file.read():
            raise BadSource("PDF 不完整，末尾缺失。", where=path.name, remedy=_REMEDY)
        file.seek(0)
        pdf, reader, count = _opened(path, file)
        with Pictures(pdf) as pictures:
            yield from _Book(reader, count, pictures, path.name).events()
    if grumbles.count:
        yield Warn(f"PDF 有 {grumbles.count} 处不合规范，已尽量读出，可能有缺漏，请核对。", path.name)


def _opened(path: Path, file: BinaryIO) -> tuple[Path | bytes, PdfReader, int]:
    """The PDF without encryption, a reader of it, and how many pages it has."""
    from pypdf import PdfReader

    pdf: Path | bytes = path
    try:
        reader = _reader(file)
        if reader is None:
            pdf = _unlocked(path)
            reader = PdfReader(io.BytesIO(pdf))
        count = len(reader.pages)
    except BadSource:
        raise
    except Exception as error:  # pypdf: "broken PDF files might cause other Exceptions"
        raise BadSource(f"PDF 已损坏（{type(error).__name__}）。", where=path.name, remedy=_REMEDY) from None
    if not count:
        raise BadSource("PDF 里一页也没有。", where=path.name, remedy=_REMEDY)
    if count > MAX_PAGES:
        remedy = "请按册拆开。"
        raise BadSource(f"PDF 有 {count:,} 页（上限 {MAX_PAGES:,} 页）。", where=path.name, remedy=remedy)
    return pdf, reader, count


def _reader(file: BinaryIO) -> PdfReader | None:
    """The file opened by pypdf; None if it is encrypted, perhaps in a way for which pypdf lacks a library."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(file)
    except DependencyError:
        return None
    return None if reader.is_encrypted else reader


def _unlocked(path: Path) -> bytes:
    data = unlocked(path)
    if data is None:
        remedy = "请用知道密码的软件打开它，去掉密码后另存。"
        raise BadSource("PDF 加了密码，打不开。", where=path.name, remedy=remedy)
    return data


class _Grumbles(logging.Handler):
    """Counts what pypdf complains of while reading on; a context manager."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1

    def __enter__(self) -> _Grumbles:
        _PYPDF.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        _PYPDF.removeHandler(self)


class _Book:
    """A PDF that opens. Its text is read first, whole, because running heads show only over many pages."""

    def __init__(self, reader: PdfReader, count: int, pictures: Pictures, where: str) -> None:
        self._reader = reader
        self._count = count
        self._pictures = pictures
        self._where = where
        self._mended = 0
        self._troubles: dict[str, list[int]] = {}

    def events(self) -> Iterator[Event]:
        """Everything, page by page; what the user should know comes last."""
        sheets = [self._sheet(index) for index in range(self._count)]
        heads = pdf_heads.find(sheets)
        bodies = [
            [row for at, row in enumerate(sheet.rows) if at not in heads.rows[index]]
            for index, sheet in enumerate(sheets)
        ]
        titles = self._outline()
        setter = Setter(bodies)
        for index, label in enumerate(self._labels(heads)):
            number, mark = heads.numbers.get(index, (0, ""))
            image = self._image(index, bodies[index])
            media_type = MEDIA_TYPE if image else ""
            yield Page(label, leaf=str(number or ""), original=mark, image=image, media_type=media_type)
            own = [title for title in titles if title.page == index]
            yield from setter.page(index, bodies[index], own, sheets[index].box)
        yield from self._report(heads)

    def _sheet(self, index: int) -> Sheet:
        """The page's rows; none if they cannot be read or are not what is printed there."""
        try:
            page = self._reader.pages[index]
            height = float(page.mediabox.top)
            text = pdf_page.text_of(page)
        except Exception:  # pypdf: "broken PDF files might cause other Exceptions"
            self._trouble("文字层读不出来", index)
            return Sheet((), 0)
        if _is_garbled("".join(row.text for row in text.rows)):
            self._trouble("文字层是乱码（字体没有字符对照表），没有采用", index)
            return Sheet((), height)
        self._mended += text.mended
        return Sheet(text.rows, height, _box(page))

    def _image(self, index: int, rows: Sequence[Row]) -> bytes:
        """A picture of a page that is one: without text, or with its text laid over a scan."""
        if any(row.text for row in rows):
            return self._drawn(index) if self._has_pictures(index) and self._pictures.is_scan(index) else b""
        image = self._drawn(index)
        if image:
            self._trouble(WAITING_OCR, index)
        return image

    def _drawn(self, index: int) -> bytes:
        """The page drawn.

        Raises:
            BadSource: the page tree is wrong, so that nobody knows which picture belongs to which page.
        """
        image = self._pictures.png(index)
        if self._pictures.count not in (0, self._count):
            what = f"PDF 的页目录有错：记着 {self._pictures.count:,} 页，读得出 {self._count:,} 页，书影和页对不上。"
            raise BadSource(what, where=self._where, remedy=_REMEDY)
        return image

    def _has_pictures(self, index: int) -> bool:
        try:
            resources = self._reader.pages[index]["/Resources"].get_object()
            return "/XObject" in resources  # type: ignore[operator]
        except Exception:  # as above
            return False

    def _outline(self) -> list[Title]:
        try:
            return [title for title in self._titles(self._reader.outline, 1) if title.text]
        except Exception as error:  # as above
            self._trouble(f"目录（书签）读不出来（{type(error).__name__}），没有采用", 0)
            return []

    def _titles(self, items: list[Any], level: int) -> Iterator[Title]:
        for item in items:
            if isinstance(item, list):
                yield from self._titles(item, level + 1)
            elif (page := self._reader.get_destination_page_number(item)) is not None and page >= 0:
                yield Title(" ".join(mended(str(item.title)).split()), level, page)

    def _labels(self, heads: Heads) -> list[str]:
        """Page labels the file defines, else those printed on the pages; each once."""
        labels = pdf_heads.labels(heads.numbers, self._count)
        try:
            if "/PageLabels" in self._reader.root_object:
                labels = self._reader.page_labels
        except Exception:  # as above
            self._trouble("页码标签读不出来，改用顺序页码", 0)
        seen: Counter[str] = Counter()
        for index, label in enumerate(labels):
            seen[label] += 1
            labels[index] = label if label and seen[label] == 1 else f"{label}（第{index + 1}面）"
        return labels

    def _trouble(self, what: str, index: int) -> None:
        self._troubles.setdefault(what, []).append(index)

    def _report(self, heads: Heads) -> Iterator[Warn]:
        if heads.words:
            words = "、".join(f"“{word[:20]}”" for word in heads.words[:3])
            count = sum(map(len, heads.rows))
            yield Warn(f"页眉、页脚和页码 {count} 处不入正文，如 {words}。", self._where)
        if self._mended:
            yield Warn(f"有 {self._mended} 个字在 PDF 里被记成部首或竖排符号，已还原。", self._where)
        for what, pages in self._troubles.items():
            if what == WAITING_OCR:
                share = "全书" if len(pages) == self._count else f"{_ranges(pages)}，共"
                yield Warn(f"{share} {len(pages)} 页没有文字层，已存图像，等待 OCR。", WAITING_OCR)
            else:
                yield Warn(f"{_ranges(pages)}：{what}。", self._where)


def _box(page: PageObject) -> tuple[float, float, float, float] | None:
    """What is seen of a page, in points; None if it is turned, for then its text lies otherwise than it is shown."""
    try:
        left, bottom, right, top = (float(side) for side in page.cropbox)
        turned = page.rotation % 360
    except Exception:  # pypdf, as above
        return None
    return (left, bottom, right, top) if not turned and right > left and top > bottom else None


def _is_garbled(text: str) -> bool:
    """Whether this is the output of a font whose codes mean nothing, and not what the page shows."""
    lost = len(_NO_CHARACTER.findall(text))
    han = "".join(_HAN.findall(text))
    return 5 * lost > len(text) > 0 or (len(han) > 30 and commonness(han) < _GARBLED)


def _ranges(pages: Sequence[int]) -> str:
    """`第 3、7–9 页`, counted as the PDF counts them, from 1."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    shown = [f"{run[0] + 1}–{run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    return f"第 {'、'.join(shown[:12])}{'……' if len(shown) > 12 else ''} 页"
