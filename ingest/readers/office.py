"""DOCX, EPUB and ODT through pandoc: its JSON tree walked once.

The tree's node types are those of pandoc-types (Text.Pandoc.Definition). Headings, footnotes, tables, verse and the
page breaks of EPUB are kept; pictures, fonts and colours are not text. What pandoc skips is counted and reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from archive.errors import BadSource
from ingest.readers import archive_guard, office_check, pandoc
from ingest.readers.composer import Composer
from ingest.stream import Blank, Block, Event, Heading, Page, Warn

Node = dict[str, Any]

_MAGIC = {
    "epub": b"mimetypeapplication/epub+zip",
    "odt": b"mimetypeapplication/vnd.oasis.opendocument.text",
}
# What Word's styles of these names become, in the order pandoc takes them off the top of the document.
_TITLE_PAGE = {"title": "title", "subtitle": "title", "author": "byline", "date": "byline", "abstract": "paragraph"}
_LONGEST_VERSE = 40
"""Characters; a paragraph with line breaks whose lines are longer is prose."""
_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}
_DELIMITERS = {"OneParen": ("", ") "), "TwoParens": ("(", ") "), "Period": ("", ". ")}
_PARAGRAPHS = ("Para", "Plain", "Header")


def is_docx(head: bytes) -> bool:
    """Whether a zip begins like a Word document."""
    return head.startswith(b"PK\x03\x04") and (b"word/" in head or b"[Content_Types].xml" in head)


def is_epub(head: bytes) -> bool:
    """Whether a zip begins like an EPUB (its first member is `mimetype`)."""
    return head.startswith(b"PK\x03\x04") and _MAGIC["epub"] in head[:200]


def is_odt(head: bytes) -> bool:
    """Whether a zip begins like an OpenDocument text."""
    return head.startswith(b"PK\x03\x04") and _MAGIC["odt"] in head[:200]


def read_docx(path: Path) -> Iterator[Event]:
    """Yield the headings and passages of a Word document; errors as `_read`."""
    return _read(path, "docx")


def read_epub(path: Path) -> Iterator[Event]:
    """Yield the pages, headings and passages of an EPUB; errors as `_read`."""
    return _read(path, "epub")


def read_odt(path: Path) -> Iterator[Event]:
    """Yield the headings and passages of an OpenDocument text; errors as `_read`."""
    return _read(path, "odt")


def _read(path: Path, format_: str) -> Iterator[Event]:
    """Guard, convert, walk, and compare.

    Raises:
        BadSource: the container or what is in it cannot be read whole, or holds no text.
        pandoc.MissingPandoc: there is no pandoc.
    """
    archive_guard.check(path)
    tree = pandoc.to_json(path, format_)
    walker = _Walker(path.name, plain_numbers=format_ == "epub")
    # In an EPUB these are facts about the book, not text of it.
    title_page = () if format_ == "epub" else walker.title_page(tree["meta"])
    kept: Counter[str] = Counter()
    for event in chain(title_page, walker.walk(tree["blocks"])):
        if isinstance(event, Heading | Block):
            kept.update(event.text)
        yield event
    if not kept:
        remedy = "若全书是图片，请转为 PDF，等待 OCR。"
        raise BadSource("文件里没有文字。", where=path.name, remedy=remedy)
    yield from walker.report()
    if lost := office_check.han(path, format_) - kept:
        sample = "".join(list(lost)[:20])
        message = f"有 {lost.total()} 个汉字没有读出来（多在文本框、注音、域或书名页里），如“{sample}”，请核对。"
        yield Warn(message, path.name)


class _Walker:
    """Walks pandoc's blocks, composing one passage at a time."""

    def __init__(self, where: str, *, plain_numbers: bool) -> None:
        self._where = where
        self._plain_numbers = plain_numbers
        self._composer = Composer()
        self._footnotes: list[tuple[str, list[Node]]] = []
        self._footnote_count = 0
        self._note_start = 0
        self._in_cell = False
        self._left_out: Counter[str] = Counter()
        self._blocks: dict[str, Callable[[Any], Iterator[Event]]] = {
            "Header": self._header,
            "LineBlock": self._line_block,
            "CodeBlock": self._code,
            "BlockQuote": self.walk,
            "BulletList": lambda items: self._items(("", item) for item in items),
            "OrderedList": self._ordered,
            "DefinitionList": self._definitions,
            "Div": lambda content: self.walk(content[1]),
            "Figure": lambda content: self.walk([*content[2], *content[1][1]]),
            "Table": self._table,
            "HorizontalRule": lambda _: iter((Blank(),)),
        }
        self._inlines: dict[str, Callable[[Any], None]] = {
            "Str": self._composer.literal,
            "Space": lambda _: self._composer.literal(" "),
            "SoftBreak": lambda _: self._composer.add("\n"),
            "LineBreak": lambda _: self._composer.literal(" ") if self._in_cell else self._composer.newline(),
            "Note": self._call,
            "Span": self._span,
            "Quoted": self._quoted,
            "Code": lambda content: self._composer.literal(content[1]),
            "Math": lambda content: self._composer.literal(content[1]),
            "RawInline": self._raw,
            "Image": lambda _: self._left_out.update(["图片没有收入"]),
            "Link": lambda content: self._run(content[1]),
            "Cite": lambda content: self._run(content[1]),
        }

    def title_page(self, meta: Node) -> Iterator[Event]:
        """Title, author and the like, which pandoc takes off the top of a Word document."""
        for name, kind in _TITLE_PAGE.items():
            for inlines in _values(meta.get(name)):
                self._run(inlines)
                yield from self._finish(self._composer.block(kind))

    def walk(self, blocks: list[Node], kind: str = "paragraph") -> Iterator[Event]:
        """Every event of some blocks; `kind` is what their plain paragraphs are."""
        for block in blocks:
            if block["t"] in ("Para", "Plain"):
                self._run(block["c"])
                lines = self._composer.lines
                verse = kind == "paragraph" and len(lines) > 1 and max(map(len, lines)) <= _LONGEST_VERSE
                yield from self._finish(self._composer.block("verse" if verse else kind))
            elif make := self._blocks.get(block["t"]):
                yield from make(block.get("c"))

    def report(self) -> Iterator[Warn]:
        """What was left out, summed up."""
        for what, count in self._left_out.items():
            yield Warn(f"{what}：{count} 处。", self._where)

    def _finish(self, events: Iterator[Event]) -> Iterator[Event]:
        """The passage just composed, then the footnotes it calls."""
        yield from events
        while self._footnotes:
            label, blocks = self._footnotes.pop(0)
            self._composer.mark("footnote", 0, {"of": label})
            for block in blocks:
                if block["t"] in ("Para", "Plain"):
                    self._composer.newline()
                    self._run(block["c"])
                else:
                    yield from self._composer.block("footnote")
                    yield from self.walk([block], "footnote")
            yield from self._composer.block("footnote")

    def _header(self, content: Any) -> Iterator[Event]:
        level, _, inlines = content
        self._run(inlines)
        yield from self._finish(self._composer.heading(level))

    def _line_block(self, lines: list[list[Node]]) -> Iterator[Event]:
        for line in lines:
            self._run(line)
            self._composer.newline()
        yield from self._finish(self._composer.block("verse"))

    def _code(self, content: Any) -> Iterator[Event]:
        for line in content[1].split("\n"):
            self._composer.literal(line)
            self._composer.newline()
        yield from self._composer.block("verse" if len(self._composer.lines) > 1 else "paragraph")

    def _items(self, items: Iterable[tuple[str, list[Node]]]) -> Iterator[Event]:
        for marker, blocks in items:
            self._composer.literal(marker)
            yield from self.walk(blocks, "list")

    def _ordered(self, content: Any) -> Iterator[Event]:
        (start, style, delimiter), items = content
        yield from self._items(
            (self._number(start + i, style["t"], delimiter["t"]), item) for i, item in enumerate(items)
        )

    def _number(self, number: int, style: str, delimiter: str) -> str:
        """The number as the reader sees it; nothing where only the word processor knows how it looks."""
        before, after = _DELIMITERS.get(delimiter, ("", ". " if self._plain_numbers else " "))
        if style == "Decimal" or (style == "DefaultStyle" and self._plain_numbers):
            return f"{before}{number}{after}"
        if style in ("LowerAlpha", "UpperAlpha") and number <= 26:
            return f"{before}{chr(ord('a' if style == 'LowerAlpha' else 'A') + number - 1)}{after}"
        self._left_out["自动编号没有收入正文"] += 1
        return ""

    def _definitions(self, content: Any) -> Iterator[Event]:
        for term, definitions in content:
            self._run(term)
            yield from self._finish(self._composer.block("list"))
            for blocks in definitions:
                yield from self.walk(blocks, "list")

    def _table(self, content: Any) -> Iterator[Event]:
        _, caption, _, head, bodies, foot = content
        yield from self.walk(caption[1])
        carried: Counter[int] = Counter()
        for row in chain(head[1], *((*body[2], *body[3]) for body in bodies), foot[1]):
            self._composer.newline()
            self._row(row[1], carried)
        yield from self._finish(self._composer.block("table"))

    def _row(self, cells: list[Any], carried: Counter[int]) -> None:
        """One row, a tab before every column but the first; those a cell above still covers (`carried`) stay empty."""
        column = tabs = 0
        self._in_cell = True
        for _, _, rows, columns, blocks in cells:
            while carried[column]:
                carried[column] -= 1
                column += 1
            self._composer.literal("\t" * (column - tabs))
            tabs = column
            for index, inlines in enumerate(_paragraphs(blocks)):
                self._composer.literal(" " if index else "")
                self._run(inlines)
            for covered in range(column, column + columns):
                carried[covered] = rows - 1
            column += columns
        self._in_cell = False

    def _run(self, inlines: list[Node]) -> None:
        for inline in inlines:
            content = inline.get("c")
            if act := self._inlines.get(inline["t"]):
                act(content)
            elif isinstance(content, list):  # emphasis and its kin: their text is all that matters
                self._run(content)

    def _call(self, blocks: list[Node]) -> None:
        self._footnote_count += 1
        label = str(self._footnote_count)
        self._composer.mark("footnote", self._composer.offset, {"n": label})
        self._footnotes.append((label, blocks))

    def _span(self, content: Any) -> None:
        (identifier, classes, facts), inlines = content
        if "pagebreak" in classes:
            label = dict(facts).get("title") or identifier.rpartition("_")[2]
            if label:
                self._composer.page(Page(label, original=label))
        self._run(inlines)

    def _quoted(self, content: Any) -> None:
        kind, inlines = content
        opening, closing = _QUOTES[kind["t"]]
        self._composer.literal(opening)
        self._run(inlines)
        self._composer.literal(closing)

    def _raw(self, content: Any) -> None:
        """Ruby is all that is left of raw markup: a reading beside a character is a note on it."""
        if content[1].startswith("<rt"):
            self._note_start = self._composer.offset
        elif content[1] == "</rt>":
            self._composer.note(self._note_start)


def _values(meta: Node | None) -> Iterator[list[Node]]:
    """The runs of text of one metadata field, however pandoc wraps them."""
    if meta is None:
        return
    if meta["t"] == "MetaInlines":
        yield meta["c"]
    elif meta["t"] == "MetaBlocks":
        yield from _paragraphs(meta["c"])
    elif meta["t"] == "MetaList":
        for one in meta["c"]:
            yield from _values(one)


def _paragraphs(content: Any) -> Iterator[list[Node]]:
    """The running text of every paragraph in some blocks, however deep."""
    if isinstance(content, dict):
        if content.get("t") in _PARAGRAPHS:
            yield content["c"][2] if content["t"] == "Header" else content["c"]
        else:
            yield from _paragraphs(content.get("c"))
    elif isinstance(content, list):
        for one in content:
            yield from _paragraphs(one)
