"""All hits of a search as a file: one line a hit, with its words, its name, its citation and where it is read.

Files are streamed: hits are read from the store a batch at a time, each verified against the stored text and cut as the
reader may see it (`Found.items`), and the store is held as it is until the last one has been read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, Literal, NamedTuple

from archive import citations
from archive.errors import UsageError
from archive.library import Library
from archive.model import Page
from archive.urn import parse
from search.answer import Form, Item
from search.files import formats
from search.found import Found, Moved
from search.statistics.arrange import ORDERS, Order, arranged
from search.statistics.facets import LAYERS
from search.statistics.spreadsheets import MARK, csv_chunks, xlsx_chunks
from search.statistics.tables import Cell
from search.text.bank import Shelf

Layer = Literal["text", "notes"]
_BATCH = 1000
_JSON = json.JSONEncoder(ensure_ascii=False).encode
_FORMS: dict[str, str] = {"exact": "原字形", "variant": "异体"}
STYLES = ("gbt7714-2025", "gbt7714-2015", "footnote")
"""Citation styles that take one line an item."""


class Line(NamedTuple):
    """One hit. Texts are as the reader may see them, `path` is the address on the site."""

    number: int
    urn: str
    title: str
    author: str
    dynasty: str
    edition: str
    section: str
    page: str
    left: str
    match: str
    right: str
    form: Form
    layer: Layer
    citation: str
    path: str


_ABOUT = {
    "query": "检索式",
    "scope": "范围",
    "order": "排序",
    "passages": "段数",
    "hits": "处数",
    "change": "文库变更号",
    "at": "导出时间",
}
_CSV_NOTE = f"以 = + - @ 等符号开头的格子，前面加了一个 {MARK}，以免被表格软件当作公式；它不是原文。"
_XLSX_NOTE = "每格都是文字，不会当作公式计算；超过 32,767 字的格子截断，以…结尾。"
HEADINGS = (
    *("序号", "URN", "著作", "著者", "朝代", "版本", "章节", "页"),
    *("前文", "命中", "后文", "字形", "正文或注", "引文", "链接"),
)
_FORM = Line._fields.index("form")


@dataclass(frozen=True, slots=True)
class Export:
    """What to export, and how.

    Args:
        found: the hits.
        order: the order of lines.
        width: characters of context on either side.
        style: the citation style, one of references or footnotes.
        base_url: the site's address, put before links; may be empty.
        at: the time that the file states.
    """

    found: Found
    order: Order = "place"
    width: int = 24
    style: str = citations.DEFAULT_STYLE
    base_url: str = ""
    at: datetime = field(default_factory=lambda: datetime.now().astimezone())

    def about(self) -> dict[str, Any]:
        """What the file is; `change` is the change number of the library it was made from."""
        return {
            "query": self.found.text,
            "scope": asdict(self.found.scope),
            "order": self.order,
            "passages": self.found.passages,
            "hits": self.found.hits,
            "change": self.found.bank.number,
            "at": self.at.isoformat(timespec="seconds"),
        }

    def lines(self) -> Iterator[Line]:
        """Every hit.

        Raises:
            Moved: the store has changed since the search.
            UsageError: the style does not print one line an item.
        """
        cite = _Citing(self.found.library, self.style)
        spans, bank = arranged(self.found, self.order), self.found.bank
        paths = {
            shelf.edition.id: f"{self.base_url.rstrip('/')}{parse(shelf.edition.urn).path}" for shelf in bank.shelves
        }
        with _held(self.found.library) as change:
            if change != bank.number:
                raise Moved("检索之后文库有了改动。", remedy="请重新导出。")
            for start in range(0, len(spans), _BATCH):
                batch = spans.take(slice(start, start + _BATCH))
                items = zip(batch.row.tolist(), self.found.items(batch, self.width), strict=True)
                for number, (row, item) in enumerate(items, start + 1):
                    shelf = bank.shelf_of(row)
                    yield Line(
                        number,
                        item.urn,
                        item.title,
                        item.author,
                        shelf.work.dynasty,
                        item.edition_label,
                        item.section_title,
                        item.page,
                        item.left,
                        item.match,
                        item.right,
                        item.form,
                        "notes" if item.in_note else "text",
                        cite.text(shelf, item),
                        f"{paths[shelf.edition.id]}/{item.ref}@{item.start}-{item.end}",
                    )


class _Citing:
    """Citations of hits, each made once a juan: from page to page of it only the page number differs."""

    _NUMBER = "7070707"

    def __init__(self, library: Library, style: str) -> None:
        self._library, self._style = library, style_named(style)
        self._pages: dict[int, dict[str, Page]] = {}
        self._trails: dict[tuple[int, str], tuple[str, ...]] = {}
        self._made: dict[tuple[object, ...], str] = {}

    def text(self, shelf: Shelf, item: Item) -> str:
        """The citation of a hit; empty where the edition's citation fields cannot be cited."""
        page = self._page(shelf, item.page)
        titles = self._titles(shelf, item.section)
        if page is None:
            return self._formatted(shelf, titles)
        leaf = re.fullmatch("0*([1-9][0-9]{0,5})([a-z]?)", page.leaf.strip() or page.label)
        if leaf is None:
            return self._formatted(shelf, titles[:1], page.label, page.juan, page.leaf)
        text = self._formatted(shelf, titles[:1], juan=page.juan, leaf=f"{self._NUMBER}{leaf[2]}")
        if text.count(self._NUMBER) != 1:
            return self._formatted(shelf, titles[:1], page.label, page.juan, page.leaf)
        return text.replace(self._NUMBER, leaf[1])

    def _formatted(self, shelf: Shelf, titles: tuple[str, ...], page: str = "", juan: str = "", leaf: str = "") -> str:
        key = (shelf.edition.id, titles, page, juan, leaf)
        if key not in self._made:
            try:
                item = citations.passage_item(
                    shelf.work, shelf.edition, section_titles=titles, page=page, juan=juan, leaf=leaf
                )
                self._made[key] = citations.format_item(item, self._style)
            except UsageError:
                self._made[key] = ""
        return self._made[key]

    def _titles(self, shelf: Shelf, section: str) -> tuple[str, ...]:
        """The titles from the top section down to this one."""
        key = (shelf.edition.id, section)
        if key not in self._trails:
            parts = section.split(".")
            paths = (".".join(parts[: end + 1]) for end in range(len(parts)))
            self._trails[key] = tuple(shelf.titles.get(path, "") for path in paths)
        return self._trails[key]

    def _page(self, shelf: Shelf, label: str) -> Page | None:
        edition = shelf.edition.id
        if label and edition not in self._pages:
            pages = self._library.pages(edition)
            self._pages[edition] = {page.label: page for page in reversed(pages)}
        return self._pages[edition].get(label) if label else None


@contextmanager
def _held(library: Library) -> Iterator[int]:
    """The store as it is now, whatever is written meanwhile; gives its change number."""
    library.db.execute("BEGIN")
    try:
        yield library.change_number()
    finally:
        library.db.execute("ROLLBACK")


def _spreadsheet(export: Export) -> Iterator[tuple[Cell, ...]]:
    """The table of hits, its headings first."""
    yield HEADINGS
    for line in export.lines():
        yield (*line[:_FORM], _FORMS[line.form], LAYERS[line.layer], *line[_FORM + 2 :])


def _notes(export: Export) -> Iterator[tuple[Cell, ...]]:
    """What the file is, line by line."""
    about, scope = export.about(), export.found.scope
    limits = (
        ("丛集", scope.collections),
        ("著者", scope.authors),
        ("著作", scope.works),
        ("版本", scope.editions),
        ("分类", scope.categories),
        ("时代", scope.periods),
        ("体裁", scope.genres),
        ("正文或注", tuple(LAYERS.get(layer, layer) for layer in scope.layers)),
    )
    named = (f"{name}：{'、'.join(value or '未注明' for value in values)}" for name, values in limits if values)
    told = {"scope": "；".join(named) or "全库"}
    told["order"] = ORDERS[export.order].label
    for name, heading in _ABOUT.items():
        yield heading, told.get(name, about[name])


def _csv(export: Export) -> Iterator[bytes]:
    return csv_chunks(chain(_notes(export), [("说明", _CSV_NOTE), ()], _spreadsheet(export)))


def _xlsx(export: Export) -> Iterator[bytes]:
    notes = chain(_notes(export), [("说明", _XLSX_NOTE)])
    return xlsx_chunks((("命中", _spreadsheet(export)), ("说明", notes)))


def _json(export: Export) -> Iterator[bytes]:
    """One object; its `items` come one a line."""
    yield f'{_JSON(export.about())[:-1]}, "items": ['.encode()
    lines = export.lines()
    first = True
    while batch := [_JSON(dict(zip(Line._fields, line, strict=True))) for line in islice(lines, _BATCH)]:
        yield ("\n" if first else ",\n").encode() + ",\n".join(batch).encode("utf-8", "replace")
        first = False
    yield b"\n]}\n"


def style_named(name: str | None, usual: str = citations.DEFAULT_STYLE) -> str:
    """The citation style asked for, or else the usual one, or else the default: one that takes one line an item.

    Raises:
        UsageError: the one asked for does not.
    """
    if name is None:
        return usual if usual in STYLES else citations.DEFAULT_STYLE
    if name not in STYLES:
        raise UsageError(f"导出不能用“{name[:40]}”这种引文格式。", remedy=f"可用：{'、'.join(STYLES)}。")
    return name


FORMATS = formats(csv=_csv, xlsx=_xlsx, json=_json)
