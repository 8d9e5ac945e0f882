"""Markdown: CommonMark and its tables through markdown-it, as texts are kept in it.

What a browser would only use is left out with a word about it (comments, link addresses); every other character is kept
as it is typed: no smart quotes, no link definitions swallowing a line. Line ends are kept in block quotes and where
they are hard. Three marks of our own, for our own texts: `<note>…</note>` a double-line note, `<pb n="12"/>` a page,
and footnotes `[^1]` with `[^1]: …` below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archive.errors import BadSource
from archive.intake import count_han
from ingest.readers import encoding as encodings
from ingest.readers import source
from ingest.readers.composer import Composer
from ingest.stream import Blank, Block, Event, Heading, Page, Warn

if TYPE_CHECKING:
    from markdown_it.token import Token

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
"""A YAML block at the very top; `ingest.metadata` reads it."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][\w:-]*)(?P<rest>[^>]*)>", re.DOTALL)
_PAGE_NUMBER = re.compile(r"""\bn\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'/>]+))""")
_UNDEFINED = re.compile(r"\[\^[^\]\s]+\]")


def looks_like(head: bytes) -> bool:
    """Never certain: chosen by suffix."""
    return False


def read(path: Path, *, encoding: str = "") -> Iterator[Event]:
    """Yield the pages, headings and passages of a Markdown file.

    Args:
        path: the file.
        encoding: a key of `encoding.ENCODINGS`, empty to find out.

    Raises:
        BadSource: empty, too large, no text in a recognisable encoding.
        UsageError: `encoding` is unknown.
    """
    decoded = encodings.decode(source.load(path), encoding=encoding, where=path.name)
    if decoded.guessed:
        yield Warn(f"没有编码标记，按 {decoded.encoding.upper()} 读取；若有乱码，请另存为 UTF-8。", path.name)
    text = FRONT_MATTER.sub("", decoded.text, count=1)
    if bad := _CONTROL.search(decoded.text):
        line = decoded.text.count("\n", 0, bad.start()) + 1
        raise BadSource(f"第 {line} 行有控制字符 U+{ord(bad[0]):04X}。", where=path.name, remedy="请删去后重试。")
    if not text.strip():
        raise BadSource("文件里没有正文。", where=path.name, remedy="请检查文件是否保存完整。")
    from ingest.readers.markdown_syntax import MAX_NESTING, tokens

    try:
        parsed = tokens(text)
    except RecursionError:
        raise _too_deep(path.name) from None
    if any(token.level >= MAX_NESTING - 1 for token in parsed):
        raise _too_deep(path.name)
    walker = _Walker(path.name)
    kept = 0
    for event in walker.walk(parsed):
        if isinstance(event, Heading | Block):
            kept += count_han(event.text)
        yield event
    if (lost := count_han(text) - kept - walker.left_out) > 0:
        yield Warn(f"有 {lost} 个汉字没有读出来（多半是表格里多出的格子），请核对。", path.name)


def _too_deep(where: str) -> BadSource:
    return BadSource("引用或列表嵌套太深，读不下去。", where=where, remedy="请减少行首的 > 或缩进层数。")


class _Walker:
    """Walks the flat list of block tokens, composing one passage at a time."""

    def __init__(self, where: str) -> None:
        self.left_out = 0
        """Chinese characters knowingly kept out of the text: comments, addresses, attributes."""
        self._where = where
        self._composer = Composer()
        self._warned: Counter[str] = Counter()
        self._quote = 0
        self._note_start: int | None = None
        self._calls: list[str] = []
        self._footnotes: dict[str, list[Token]] = {}
        self._lists: list[str] = []
        self._marker = ""
        self._cell = ""

    def walk(self, tokens: Sequence[Token]) -> Iterator[Event]:
        """Every event of the document, footnotes after the passage that calls them."""
        for token in self._set_footnotes_aside(tokens):
            match token.type:
                case "inline":
                    self._composer.literal(self._marker or self._cell)
                    self._marker, self._cell = "", ""
                    self._inline(token.children or ())
                case "heading_close":
                    yield from self._finish(self._composer.heading(int(token.tag[1])))
                case "paragraph_close":
                    kind = "list" if self._lists else "verse" if len(self._composer.lines) > 1 else "paragraph"
                    yield from self._finish(self._composer.block(kind))
                case "fence" | "code_block":
                    yield from self._code(token)
                case "blockquote_open" | "blockquote_close":
                    self._quote += token.nesting
                case "bullet_list_open" | "ordered_list_open":
                    self._lists.append(token.type)
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open" if self._lists[-1] == "ordered_list_open":
                    # The number is part of what one reads and cites; a bullet is not.
                    self._marker = f"{token.info}{token.markup} "
                case "list_item_close":
                    self._marker = ""
                case "tr_open":
                    self._composer.newline()
                case "th_close" | "td_close":
                    self._cell = self._cell + "\t"
                case "tr_close":
                    self._cell = ""
                case "table_close":
                    yield from self._finish(self._composer.block("table"))
                case "hr":
                    yield Blank()
                case "comment":
                    self._leave_out("注释 <!-- -->", token.content)
                case _:
                    pass
        for label in list(self._footnotes):
            yield Warn(f"正文里没有地方注明脚注 [^{label}]，已附在文末。", self._where)
            yield from self._footnote(label)
        for what, count in self._warned.items():
            yield Warn(f"{what}：{count} 处。", self._where)

    def _finish(self, events: Iterator[Event]) -> Iterator[Event]:
        """The passage just composed, then the footnotes it calls."""
        if self._note_start is not None:
            self._composer.note(self._note_start)
            self._note_start = None
            self._warned["<note> 没有 </note>，夹注到段末为止"] += 1
        yield from events
        while self._calls:
            yield from self._footnote(self._calls.pop(0))

    def _footnote(self, label: str) -> Iterator[Event]:
        """The text of a footnote, the first time it is asked for."""
        paragraphs = self._footnotes.pop(label, ())
        if paragraphs:
            self._composer.mark("footnote", 0, {"of": label})
        for paragraph in paragraphs:
            self._composer.newline()
            self._inline(paragraph.children or ())
        yield from self._finish(self._composer.block("footnote"))

    def _set_footnotes_aside(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The document without its footnotes, which are complete before the first token is yielded."""
        body: list[Token] = []
        into = body
        for token in tokens:
            if token.type == "footnote_open":
                into = self._footnotes.setdefault(str(token.meta["label"]), [])
            elif token.type == "footnote_close":
                into = body
            else:
                into.append(token)
        return iter(body)

    def _code(self, token: Token) -> Iterator[Event]:
        for line in (token.info if count_han(token.info) else "", *token.content.split("\n")):
            self._composer.literal(line)
            self._composer.newline()
        yield from self._composer.block("verse" if len(self._composer.lines) > 1 else "paragraph")

    def _inline(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "softbreak" if not self._quote:
                    self._composer.add("\n")
                case "softbreak" | "hardbreak":
                    self._composer.newline()
                case "footnote_ref":
                    label = str(token.meta["label"])
                    self._composer.mark("footnote", self._composer.offset, {"n": label})
                    self._calls.append(label)
                case "html_inline":
                    self._html(token.content)
                case "link_open":
                    if count_han(address := unquote(f"{token.attrs.get('href', '')}{token.attrs.get('title', '')}")):
                        self._leave_out("含汉字的链接地址，不入正文", address)
                case "image":
                    address = unquote(f"{token.attrs.get('src', '')}{token.attrs.get('title', '')}")
                    self._leave_out("图片，只收说明文字", address)
                    self._composer.literal(token.content)
                case _:
                    self._composer.literal(token.content)
                    if token.type == "text" and _UNDEFINED.search(token.content):
                        self._warned["脚注号没有对应的脚注，照录为正文"] += 1

    def _html(self, html: str) -> None:
        tag = _TAG.fullmatch(html)
        name = tag["name"].lower() if tag else ""
        if tag and name == "note":
            self._note(closing=bool(tag["close"]))
        elif tag and name == "pb":
            number = _PAGE_NUMBER.search(tag["rest"])
            label = next(filter(None, number.groups()), "") if number else ""
            if label:
                self._composer.page(Page(label, original=html))
            else:
                self._warned["<pb> 没有写页码 n，已略去"] += 1
        elif name == "br":
            self._composer.newline()
        else:
            self._leave_out("注释 <!-- -->" if html.startswith("<!--") else "HTML 标记，只收其中文字", html)

    def _note(self, *, closing: bool) -> None:
        if not closing:
            self._note_start = self._composer.offset if self._note_start is None else self._note_start
        elif self._note_start is not None:
            self._composer.note(self._note_start)
            self._note_start = None

    def _leave_out(self, what: str, text: str) -> None:
        self._warned[what] += 1
        self.left_out += count_han(text)
