"""TEI P5: the tree walked once, its divisions, paragraphs, verse, notes, pages and apparatus turned into the stream.

Element meanings follow the TEI P5 Guidelines, with or without the TEI namespace. What an element does is one entry in
one of the tables below; an element in none of them is transparent: its text is kept. Entity declarations are refused
(`xml_guard`), and nothing outside the file is ever read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from archive.errors import BadSource
from ingest.readers import source
from ingest.readers.composer import Composer
from ingest.readers.tei_chars import GETA, Glyph, glyphs, usable
from ingest.readers.xml_guard import refuse_entities
from ingest.stream import Event, Page, Part, Warn

Element = etree._Element

_SLICE = 1 << 16
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_ROOTS = ("TEI", "teiCorpus", "text")
_DIVISIONS = frozenset(["div", *(f"div{n}" for n in range(8)), "text", "group", "front", "body", "back"])
_HOLDERS = _DIVISIONS | {
    "floatingText", "list", "listBibl", "sp", "cit", "epigraph", "argument", "opener", "closer", "postscript",
    "titlePage", "docTitle", "figure", "castList", "castGroup", "entry",
}  # fmt: skip
# Elements that are always a passage by themselves, and what kind of passage.
_BLOCKS = {
    "p": "paragraph", "ab": "paragraph", "item": "list", "castItem": "list", "head": "title", "byline": "byline",
    "trailer": "title", "titlePart": "title", "docImprint": "byline", "docEdition": "byline", "imprimatur": "byline",
    "salute": "paragraph", "signed": "byline", "dateline": "byline", "speaker": "title", "lg": "verse", "l": "verse",
    "table": "table",
}  # fmt: skip
# Elements that are a passage where nothing else runs around them, and part of the running text elsewhere.
_SOFT = {
    "quote": "paragraph", "said": "paragraph", "q": "paragraph", "stage": "paragraph", "bibl": "list", "label": "list",
    "date": "byline", "docAuthor": "byline", "docDate": "byline",
}  # fmt: skip
_DROPPED = {
    "fw": "页眉页脚",
    "figDesc": "编者的图片说明",
    "mulu": "目录标记",
    "index": "索引标记",
    "interp": "解释标记",
}
_FOOT = frozenset({"foot", "bottom", "end", "endnote", "footnote"})
_LONGEST_GAP = 100


def looks_like(head: bytes) -> bool:
    """Whether the beginning of a file names TEI's root element or namespace."""
    flat = head.replace(b"\0", b"")
    return b"<TEI" in flat or b"<teiCorpus" in flat or b"www.tei-c.org/ns/1.0" in flat


def read(path: Path) -> Iterator[Event]:
    """Yield the parts, pages, headings and passages of a TEI document.

    Raises:
        BadSource: not well-formed, no TEI, without a text, or with entities.
    """
    root = _parse(source.load(path), path.name)
    if _name(root) == "text":
        texts = [root]
    else:
        texts = [text for text in root.iter("{*}text") if _name(text.getparent()) == "TEI"]
    if not texts:
        raise BadSource("文件里没有 <text>，没有可收的正文。", where=path.name, remedy="请检查是否导出了正文。")
    table = glyphs(root)
    for text in texts:
        if len(texts) > 1:
            yield Part(_title(text.getparent()))
        walker = _Walker(table, path.name)
        yield from walker.walk(text)
        yield from walker.report()


def _parse(data: bytes, where: str) -> Element:
    refuse_entities((data[at : at + _SLICE] for at in range(0, len(data), _SLICE)), where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        place = f"{where} 第 {error.lineno} 行" if error.lineno else where
        raise BadSource(f"XML 不合语法：{error.msg}。", where=place, remedy="请在 XML 编辑器里改正后重试。") from None
    if (entity := next(root.iter(etree.Entity), None)) is not None:
        place = f"{where} 第 {entity.sourceline} 行"
        raise BadSource(f"实体 {entity.text} 没有定义。", where=place, remedy="请换成它代表的文字。")
    if _name(root) not in _ROOTS:
        raise BadSource(f"根元素是 <{_name(root)}>，不是 TEI。", where=where, remedy="请转换为 TEI P5 后重试。")
    return root


def _name(element: Element | None) -> str:
    """Local name; empty for none."""
    return etree.QName(element).localname if element is not None else ""


def _title(tei: Element | None) -> str:
    title = tei.find("{*}teiHeader/{*}fileDesc/{*}titleStmt/{*}title") if tei is not None else None
    return "".join("".join(map(str, title.itertext())).split()) if title is not None else ""


class _Walker:
    """Walks one `<text>`: `walk` and its kin yield passages, `_run` and its kin fill the one being composed."""

    def __init__(self, table: dict[str, Glyph], where: str) -> None:
        self._glyphs = table
        self._where = where
        self._composer = Composer()
        self._footnotes: list[tuple[str, Element]] = []
        self._footnote_count = 0
        self._page_count = 0
        self._dropped: dict[str, int] = {}
        self._witness: dict[str, str | None] = {}
        self._special: dict[str, Callable[[Element], None]] = {
            "note": self._note,
            "rt": self._inline_note,
            "pb": self._page,
            "lb": self._line,
            "g": self._glyph,
            "app": self._app,
            "choice": self._choice,
            "supplied": self._supplied,
            "gap": self._gap,
            "space": lambda element: self._composer.literal("\u3000" * min(_quantity(element) or 1, _LONGEST_GAP)),
            "caesura": lambda element: self._composer.literal("\u3000"),
            "milestone": lambda element: self._page(element) if element.get("unit") == "page" else None,
        }

    def walk(self, element: Element, kind: str = "paragraph", level: int = 0) -> Iterator[Event]:
        """The passages of an element that may hold both running text, which is of `kind`, and passages."""
        running, headed, now = _name(element) in _BLOCKS, False, kind
        if _name(element) in _DIVISIONS and any(_name(child) == "head" for child in element):
            level += 1
        self._composer.add(element.text or "")
        for child in element:
            name = _name(child)
            if name == "l":
                yield from self._flush(now) if now != "verse" else ()
                now = "verse"
                self._composer.newline()
                self._run(child)
                self._composer.newline()
            elif name == "head" and _name(element) in _DIVISIONS and not headed:
                yield from self._flush(now)
                headed = True
                self._run(child)
                yield from self._composer.heading(level)
                yield from self._notes_below()
            elif self._is_block(child, running):
                yield from self._flush(now)
                now = kind
                yield from self._block(child, level)
            else:
                self._inline(child)
            if now == "verse" and kind != "verse" and (child.tail or "").strip():
                yield from self._flush(now)
                now = kind
            self._composer.add(child.tail or "")
        yield from self._flush(now)

    def report(self) -> Iterator[Warn]:
        """What was left out of the text, summed up."""
        for name, count in self._dropped.items():
            yield Warn(f"{_DROPPED[name]} <{name}> 有 {count} 处，不入正文。", self._where)

    def _is_block(self, element: Element, running: bool) -> bool:
        name = _name(element)
        if name in self._special or name in _DROPPED:
            return False
        if name in _BLOCKS or name in _HOLDERS or (name in _SOFT and not running):
            return True
        return any(_name(child) in _BLOCKS or _name(child) in _HOLDERS for child in element)

    def _block(self, element: Element, level: int) -> Iterator[Event]:
        name = _name(element)
        if name == "lg":
            yield from self._stanza(element, level)
            yield from self._flush("verse")
        elif name == "table":
            yield from self._table(element)
        else:
            yield from self.walk(element, _BLOCKS.get(name) or _SOFT.get(name, "paragraph"), level)

    def _stanza(self, group: Element, level: int) -> Iterator[Event]:
        self._composer.add(group.text or "")
        for child in group:
            name = _name(child)
            if name in ("l", "lg"):
                self._composer.newline()
                if name == "l":
                    self._run(child)
                else:
                    yield from self._stanza(child, level)
                self._composer.newline()
            elif self._is_block(child, running=False):
                yield from self._flush("verse")
                yield from self._block(child, level)
            else:
                self._inline(child)
            self._composer.add(child.tail or "")

    def _table(self, table: Element) -> Iterator[Event]:
        self._composer.add(table.text or "")
        for child in table:
            if _name(child) == "row":
                self._composer.newline()
                self._row(child)
                self._composer.newline()
            elif self._is_block(child, running=False):
                yield from self._flush("table")
                yield from self._block(child, 0)
            else:
                self._inline(child)
            self._composer.add(child.tail or "")
        yield from self._flush("table")

    def _row(self, row: Element) -> None:
        self._composer.add(row.text or "")
        for index, cell in enumerate(row):
            self._composer.literal("\t" if index else "")
            self._run(cell)
            self._composer.add(cell.tail or "")

    def _flush(self, kind: str) -> Iterator[Event]:
        yield from self._composer.block(kind)
        yield from self._notes_below()

    def _notes_below(self) -> Iterator[Event]:
        while self._footnotes:
            label, note = self._footnotes.pop(0)
            self._composer.mark("footnote", 0, {"of": label})
            self._composer.add(note.text or "")
            for child in note:
                if self._is_block(child, running=True):
                    self._composer.newline()
                self._inline(child)
                self._composer.add(child.tail or "")
            yield from self._composer.block("footnote")

    def _run(self, element: Element) -> None:
        """Compose the running text of an element."""
        self._composer.add(element.text or "")
        for child in element:
            self._inline(child)
            self._composer.add(child.tail or "")

    def _inline(self, element: Element) -> None:
        name = _name(element)
        if name in _DROPPED:
            self._dropped[name] = self._dropped.get(name, 0) + 1
        else:
            self._special.get(name, self._run)(element)

    def _text_of(self, element: Element) -> str:
        """Running text of an element that is not to stand in the passage."""
        outer, self._composer = self._composer, Composer()
        self._run(element)
        text, self._composer = self._composer.plain(), outer
        return text

    def _note(self, note: Element) -> None:
        if _FOOT.isdisjoint((note.get("place") or "").split()):
            self._inline_note(note)
            return
        self._footnote_count += 1
        label = note.get("n") or str(self._footnote_count)
        self._composer.mark("footnote", self._composer.offset, {"n": label})
        self._footnotes.append((label, note))

    def _inline_note(self, note: Element) -> None:
        start = self._composer.offset
        self._run(note)
        self._composer.note(start)

    def _ours(self, breaker: Element) -> bool:
        """Whether the page or line end belongs to the edition whose breaks come first; others' are left aside."""
        edition = breaker.get("ed")
        return self._witness.setdefault(_name(breaker), edition) == edition

    def _page(self, page: Element) -> None:
        if self._ours(page):
            self._page_count += 1
            label = page.get("n") or page.get(_ID) or str(self._page_count)
            self._composer.page(Page(label, original=page.get("n") or ""))

    def _line(self, line: Element) -> None:
        if self._ours(line):
            self._composer.add("" if line.get("break") == "no" else "\n")
            self._composer.mark("line", self._composer.offset)

    def _glyph(self, g: Element) -> None:
        name = (g.get("ref") or "").rpartition("#")[2]
        glyph = self._glyphs.get(name, Glyph(name))
        start = self._composer.offset
        own = self._text_of(g)
        if usable(glyph.char):
            self._composer.literal(glyph.char)
            return
        self._composer.literal(own if usable(own) else glyph.normalised or GETA)
        if name or not own:
            self._composer.mark("gaiji", start, glyph.value)

    def _app(self, app: Element) -> None:
        readings = [child for child in app.iter("{*}lem", "{*}rdg") if child is not app]
        chosen = next((one for one in readings if _name(one) == "lem"), readings[0] if readings else None)
        if chosen is not None:
            self._alternatives(chosen, [one for one in readings if one is not chosen], "wit")

    def _choice(self, choice: Element) -> None:
        """What stands on the page goes into the text, what the editor made of it into the mark."""
        options = list(choice)
        chosen = next(
            (one for one in options if _name(one) in ("orig", "sic", "abbr")), options[0] if options else None
        )
        if chosen is not None:
            self._alternatives(chosen, [one for one in options if one is not chosen], "type")

    def _alternatives(self, chosen: Element, others: list[Element], fact: str) -> None:
        start = self._composer.offset
        self._run(chosen)
        readings = [{fact: one.get(fact) or _name(one), "text": self._text_of(one)} for one in others]
        if readings:
            self._composer.mark("app", start, {"lem": self._composer.since(start), "rdgs": readings})

    def _supplied(self, supplied: Element) -> None:
        start = self._composer.offset
        self._run(supplied)
        self._composer.mark("supplied", start, _facts(supplied, "reason", "resp", "source"))

    def _gap(self, gap: Element) -> None:
        """A white square for every missing character, one where their number is not known."""
        start = self._composer.offset
        self._composer.literal("□" * min(_quantity(gap) or 1, _LONGEST_GAP))
        self._composer.mark("gap", start, _facts(gap, "reason", "extent", "quantity", "unit"))


def _facts(element: Element, *names: str) -> dict[str, str]:
    return {name: value for name in names if (value := element.get(name))}


def _quantity(element: Element) -> int:
    """How many characters the element says it stands for; 0 if it does not say."""
    digits = re.match(r"\s*([0-9]{1,4})", element.get("quantity") or element.get("extent") or "")
    unit = element.get("unit") or "chars"
    return int(digits[1]) if digits and unit.startswith(("char", "字")) else 0
