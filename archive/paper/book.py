"""A book as PDF/A: its pictures, its words unseen over them, its page numbers, its contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from unicodedata import category

from archive import clock
from archive.errors import Forbidden, NotFound, WenkuError
from archive.library import Library
from archive.model import Edition, Page
from archive.paper import words
from archive.paper.document import About, Entry, Leaf, Sink, write
from archive.paper.font import Squares
from archive.paper.pictures import Measure, Picture, measure
from archive.rights import visible
from archive.transcription import store
from archive.transcription.model import Line, Transcript

_POINTS = 72
_DPI = 300
_LONG = 720
"""Points of a page's longer side where nobody knows its size: ten inches; a scan at `_DPI` may be larger."""
_LARGEST = 14_400
"""Points of a page's side that PDF allows (ISO 32000-1:2008, annex C)."""
_NOWHERE = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bound:
    """What was written: how many pages, how many of them have a picture, how many have text; what went wrong."""

    pages: int
    pictures: int
    texts: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page to be: its picture as stored, whether that is the whole sheet as it came, and how to get its words."""

    label: str
    image: str
    whole: bool
    words: Callable[[], Transcript | None]
    size: tuple[int, int]


def may_leave(edition: Edition, *, staff: bool) -> bool:
    """Whether a reader may take the book along: every layer of it must be open to them, text and pictures."""
    return all(visible(edition, layer, staff=staff) for layer in ("text", "punctuation", "notes", "scans"))


def bind(library: Library, edition: Edition, sink: Sink, *, staff: bool, full: bool = False, made: str = "") -> Bound:
    """Write a book as PDF/A-2u, page by page.

    Args:
        library: the library.
        edition: the book.
        sink: where to.
        staff: whether the reader belongs to the house.
        full: whether pictures are to be the files that were brought in, where PDF can have these, and not the smaller
            ones that are shown.
        made: the moment the file tells; this one if empty.

    Raises:
        Forbidden: some layer of it is not for this reader.
        NotFound: it has no pictures.
        WenkuError: the store cannot be read. A picture that cannot is told in `remarks`, and its page left white.
    """
    if not may_leave(edition, staff=staff):
        raise Forbidden("这个版本不能下载：正文或书影不公开。", where=edition.urn, remedy="可到馆查阅。")
    sheets = list(_transcribed(library, edition, full)) or list(_paged(library, edition))
    if not any(sheet.image for sheet in sheets):
        raise NotFound("这个版本没有书影，做不成 PDF。", where=edition.urn, remedy="请收录扫描件后再试。")
    font = Squares()
    failed: list[WenkuError] = []
    counts = _Counts()
    pictures: dict[str, Picture] = {}
    leaves = [_leaf(library, sheet, pictures, failed, font, counts) for sheet in sheets]
    write(sink, _about(library, edition, made), leaves, _contents(library, edition, sheets), font)
    remarks = tuple(str(error) for error in failed)
    shown = sum(leaf.picture is not None for leaf in leaves)
    return Bound(len(leaves), shown - len(failed), counts.texts, remarks)


class _Counts:
    """What is known only when the pages are written."""

    def __init__(self) -> None:
        self.texts = 0


def _transcribed(library: Library, edition: Edition, full: bool) -> Iterator[_Sheet]:
    """The pages of an edition that is made of pictures."""
    sheets = {sheet.number: sheet for sheet in store.sheets(library, edition.id)}
    for page in store.pages(library, edition.id):
        sheet = sheets[page.sheet]
        words_ = partial(_read, library, edition.id, page.sheet, page.side) if page.revision else _nothing
        whole, image = page.picture == sheet.image, page.picture
        if full and (own := measure(library.originals.path(sheet.sha256))) and own.plain:
            whole, image = True, sheet.sha256
        yield _Sheet(page.label, image, whole, words_, (sheet.width, sheet.height) if whole else (0, 0))


def _paged(library: Library, edition: Edition) -> Iterator[_Sheet]:
    """The pages of an edition whose text came from elsewhere and only has pictures beside it."""
    for page in library.pages(edition.id):
        yield _Sheet(page.label, page.image, False, partial(_beside, library, page), (page.width, page.height))


def _read(library: Library, edition_id: int, sheet: int, side: int) -> Transcript:
    return store.page(library, edition_id, sheet, side).transcript


def _nothing() -> None:
    return None


def _beside(library: Library, page: Page) -> Transcript:
    """The words of a page of which no places are known, a printed line each."""
    lines = []
    for passage in library.passages_on_page(page):
        anchors = [*passage.pages, (len(passage.text), "")]
        for (start, label), (end, _) in pairwise(anchors):
            if label == page.label:
                cuts = [start, *(at for at in passage.lines if start < at < end), end]
                lines += [Line(passage.text[low:high], _NOWHERE) for low, high in pairwise(cuts) if low < high]
    return Transcript(0, 0, tuple(lines))


def _leaf(
    library: Library,
    sheet: _Sheet,
    pictures: dict[str, Picture],
    failed: list[WenkuError],
    font: Squares,
    counts: _Counts,
) -> Leaf:
    measured = measure(library.originals.path(sheet.image)) if sheet.image else None
    page = sheet.words() or Transcript(0, 0)
    shown = measured or Measure(*sheet.size, 0.0)
    turned = (shown.turned + page.turned) % 360 if sheet.whole else 0
    if turned in (90, 270):
        shown = shown._replace(width=shown.height, height=shown.width)
    pixels = (page.width, page.height) if page.width and page.height else shown[:2] if shown.width else (1000, 1400)
    width, height = _paper(pixels, shown)
    if sheet.image and sheet.image not in pictures:
        pictures[sheet.image] = Picture(library.originals, sheet.image, failed)
    part = page.part if sheet.whole else None
    drawn = _drawn(width, height, shown, turned, part) if sheet.image else b""

    def content() -> bytes:
        now = sheet.words()
        text = words.content(replace(now, width=pixels[0], height=pixels[1]), width, height, font) if now else b""
        counts.texts += bool(now and now.text.strip())
        return drawn + b"\n" + text

    return Leaf(width, height, sheet.label, pictures.get(sheet.image), content)


def _paper(pixels: tuple[int, int], shown: Measure) -> tuple[float, float]:
    """The page's size in points: by the resolution its picture tells, if that is the picture that was read."""
    longer = max(pixels)
    if shown.dpi and abs(shown.width - pixels[0]) <= pixels[0] // 100:
        scale = _POINTS / shown.dpi
    else:
        scale = max(_POINTS / _DPI, _LONG / longer)
    scale = min(scale, _LARGEST / longer)
    return round(pixels[0] * scale, 2), round(pixels[1] * scale, 2)


def _drawn(width: float, height: float, shown: Measure, turned: int, part: tuple[int, int, int, int] | None) -> bytes:
    """The operators that draw the picture upright, the part of it that is the page on the paper, the rest outside."""
    left = bottom = 0.0
    if part and shown.width and shown.height:
        # The picture shown may be smaller than the one that was read; the second page of a spread reaches its edge.
        scale = max(part[2] / shown.width, part[3] / shown.height, 1.0)
        x, y = width / (part[2] - part[0]), height / (part[3] - part[1])
        left, bottom = -part[0] * x, -(shown.height * scale - part[3]) * y
        width, height = shown.width * scale * x, shown.height * scale * y
    matrix = {
        0: (width, 0, 0, height, left, bottom),
        90: (0, -height, width, 0, left, bottom + height),
        180: (-width, 0, 0, -height, left + width, bottom + height),
        270: (0, height, -width, 0, left + width, bottom),
    }[turned]
    return f"q {' '.join(f'{number:.3f}' for number in matrix)} cm /P Do Q".encode("ascii")


def _about(library: Library, edition: Edition, made: str) -> About:
    work = library.work(edition.work_id)
    return About(
        title=_line(work.title),
        author=_line(work.author),
        subject=_line(edition.label),
        language="-".join(filter(None, (work.language, edition.script))),
        identifier=edition.urn,
        made=made or clock.now(),
    )


def _contents(library: Library, edition: Edition, sheets: list[_Sheet]) -> list[Entry]:
    """The sections and the pages they begin on; one whose page is not known is left out."""
    sql = (
        "SELECT section, min(first_page) FROM passage WHERE edition_id = ? AND withdrawn_at IS NULL "
        "AND first_page >= 0 GROUP BY section"
    )
    labels = library.page_labels(edition.id)
    leaf = {sheet.label: number for number, sheet in enumerate(sheets)}
    begins: dict[str, int] = {}
    for path, ordinal in library.db.execute(sql, [edition.id]):
        page = leaf.get(labels[ordinal]) if ordinal < len(labels) else None
        while path and page is not None:
            begins[path] = min(begins.get(path, page), page)
            path = path.rpartition(".")[0]
    return [
        Entry(section.level, _line(section.title) or "（无题）", begins[section.path])
        for section in library.sections(edition.id)
        if section.path in begins
    ]


def _line(text: str) -> str:
    """A text on one line, without what XML has no place for."""
    return " ".join("".join(" " if category(char) in ("Cc", "Cs") else char for char in text).split())
