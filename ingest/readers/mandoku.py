"""Mandoku, the format of the Kanseki Repository: one printed line a line, pages and parts marked between them.

Format: https://www.mandoku.org (`<pb:ID_EDITION_JUAN-LEAF>`, `¶` line end, `(right/left)` double-line note, `&KR0001;`
character without code point), and org-mode for the rest (`#+PROPERTY`, `* heading`, `#+BEGIN_VERSE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import BadSource
from ingest import headings
from ingest.gaiji import GaijiTable, from_brackets
from ingest.readers import source
from ingest.stream import Blank, Event, Heading, Line, Page, Part, Range, Span, Warn

_SPACE = " \t\r\u3000"
_END = "¶" + _SPACE
_TOKEN = re.compile(r"&(?P<id>[A-Za-z][\w-]*);|\[(?P<brackets>[^\[\]¶<>&]{1,60})\]|<\w+:[^<>]*>|[()/¶]")
_MARKUP = re.compile(r"[()&\[<¶]")
_LEAD = re.compile(r"(?:[ \t\u3000¶]|<\w+:[^<>]*>)*")
_TAG = re.compile(r"<\w+:[^<>]*>")
_SETTING = re.compile(r"#\+(\w+):\s*(.*)")
_HEADING = re.compile(r"(\*+)\s+(\S.*)")
_FOLD = re.compile(r"(<md:[^<>]*>¶)(?=\u3000\u3000)")
_DRAWER = re.compile(r"\s*:[\w-]+:")
_FILE_NUMBER = re.compile(r"_(\d{3})$")
_PAGE = re.compile(r"(?:.*_)?(?P<label>[^_]*)")
_LEAF = re.compile(r"(?P<juan>.+?)(?:-|p(?=\d))(?P<leaf>[^-]+)")

_BLANK = Blank()
_SINGLE_COLUMN = 12  # a longer note without `/` was printed in two columns all the same


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a file says of it.

    `edition` is the witness the file holds, or the base edition where it names none; `properties` has every
    `#+KEY` and `#+PROPERTY` by its upper-case name.
    """

    id: str = ""
    title: str = ""
    edition: str = ""
    juan: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` is mandoku."""
    return any(sign in head for sign in (b"mandoku-view", b"#+PROPERTY:", b"<pb:"))


def header(path: Path) -> Header:
    """The head of a file, without reading the rest.

    Raises:
        BadSource: the file is missing, empty or cannot be read.
    """
    properties: dict[str, str] = {}
    for line in source.head(path).decode("utf-8", errors="replace").lstrip("\ufeff").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        _note_setting(line, properties)
    witness = properties.get("WITNESS", "")
    edition = properties.get("BASEEDITION", "") if witness in ("", "master") else witness
    title = re.sub(r"(?<=[^\x00-\x7f])\s+[\x00-\x7f]+$", "", properties.get("TITLE", ""))
    return Header(properties.get("ID", ""), title, edition, properties.get("JUAN", ""), properties)


def read(path: Path, *, gaiji: GaijiTable) -> Iterator[Event]:
    """Yield one file's parts, pages, lines, blanks and org headings.

    Args:
        path: a `.txt` file of the repository, or one written in its manner.
        gaiji: what `&KR0714;` and the like stand for.

    Raises:
        BadSource: the file is empty, too large, not UTF-8 or not text.
    """
    lines = _load(path)
    yield from _balance(lines, path.name)
    lines = _unfold(lines)
    yield from _events(lines, path, _Scanner(gaiji, lines))


def _load(path: Path) -> list[str]:
    data = source.load(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSource(
            f"第 {line} 行（第 {error.start} 字节）不是 UTF-8 编码。",
            where=path.name,
            remedy="请用文本编辑器另存为 UTF-8 后再试。",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadSource(f"第 {line} 行有二进制数据，不是文本文件。", where=path.name, remedy="请检查文件是否损坏。")
    if text.count("¶") > 4 * text.count("\n") + 4:
        text = re.sub(r"¶(?!\r?\n)", "¶\n", text)
    return text.split("\n")


def _balance(lines: list[str], where: str) -> Iterator[Warn]:
    """Mend parentheses that do not pair, in place: a note left open ends with its line, a stray or inner one is dropped."""
    if not "".join(re.findall("[()]", "\n".join(lines))).replace("()", ""):
        return
    opened = -1
    for index, line in enumerate(lines):
        if "(" not in line and ")" not in line:
            continue
        drop, inner = [], 0
        for token in _TOKEN.finditer(line):
            if token[0] == "(":
                if opened == index:
                    drop.append(token.start())
                    inner += 1
                    yield Warn("夹注的括号套着括号，内层括号略去。", f"{where}:{index + 1}")
                elif opened >= 0:
                    lines[opened] += ")"
                    yield Warn("左括号没有配对，夹注到行末为止。", f"{where}:{opened + 1}")
                opened = index
            elif token[0] == ")":
                if inner:
                    drop.append(token.start())
                    inner -= 1
                elif opened >= 0:
                    opened = -1
                else:
                    drop.append(token.start())
                    yield Warn("右括号没有配对，括号略去，文字保留。", f"{where}:{index + 1}")
        for at in reversed(drop):
            line = line[:at] + line[at + 1 :]
        lines[index] = line
    if opened >= 0:
        lines[opened] += ")"
        yield Warn("左括号没有配对，夹注到行末为止。", f"{where}:{opened + 1}")


def _unfold(lines: list[str]) -> list[str]:
    """Give a title its own line where a witness has it after the page mark of another edition."""
    unfolded: list[str] = []
    for line in lines:
        unfolded += _FOLD.sub(r"\1\n", line).split("\n") if "<md:" in line else (line,)
    return unfolded


def _events(lines: list[str], path: Path, scanner: _Scanner) -> Iterator[Event]:
    markup = _MARKUP.search
    settings: dict[str, str] = {}
    begins = True
    hard = drawer = False
    last = len(lines) - 1
    for index, raw in enumerate(lines):
        body = raw.rstrip(_END)
        if not body:
            if index < last and not begins:
                yield _BLANK
            continue
        if body[0] in "#*:":
            if body[0] == "#" and (body[1:2] in "+- " or not body[1:]):
                name = _note_setting(body, settings)
                begins = begins or name in ("JUAN", "FILE")
                hard = name == "BEGIN_VERSE" or (hard and name != "END_VERSE")
                continue
            drawer = body == ":PROPERTIES:" or (drawer and _DRAWER.match(body) is not None and body != ":END:")
            if drawer or body == ":END:":
                continue
        if begins:
            begins = False
            yield _part(settings, lines, index, path)
            settings = {}
        if scanner.in_note or markup(body):
            if body[0] == "*" and (star := _HEADING.match(body)):
                yield from scanner.heading(star)
            else:
                yield from scanner.line(body, index, hard)
        elif body[0] == "*" and (star := _HEADING.match(body)):
            yield Heading(star[2], len(star[1]))
        else:
            text = body.lstrip(_SPACE)
            length = len(text)
            indent = len(body) - length
            if indent and not body.startswith("\u3000" * indent):
                indent = _cells(body[:indent])
            yield Line(text, indent, length, (), (), False, hard)
    if begins:
        yield Warn("文件里没有正文。", path.name)


def _note_setting(line: str, settings: dict[str, str]) -> str:
    """Enter a `#+KEY: value` or `#+PROPERTY: NAME value` line; its key, or the bare word of `#+BEGIN_VERSE`."""
    found = _SETTING.match(line)
    if found is None:
        return line.strip("#+ ").upper()
    name, value = found[1].upper(), found[2].strip(_END)
    if name == "PROPERTY":
        name, _, value = value.partition(" ")
        name, value = name.upper(), value.strip()
    settings[name] = value
    return name


def _part(settings: Mapping[str, str], lines: list[str], index: int, path: Path) -> Part:
    """The part that begins at line `index`, named by its file entry, its juan, or its own first lines."""
    juan = settings.get("JUAN", "")
    named = settings.get("FILE", "").rpartition("-")[2].rstrip(".")
    if named.isascii():
        named = "" if juan.isdecimal() else juan
    if not named:
        number = _FILE_NUMBER.search(path.stem)
        counted = int(juan if juan.isdecimal() else 0) or int(number[1] if number else 0)
        opening = (_TOKEN.sub("", _without_notes(line)) for line in lines[index : index + 12] if line[:1] != "#")
        named = headings.part_title([line.strip(_END) for line in opening], counted)
    return Part(re.sub(r"\[(.+?)\]", r"（\1）", named), juan)


def _without_notes(line: str) -> str:
    return re.sub(r"\([^()]*\)", "", line)


def _cells(space: str) -> int:
    """Width of white space in full-width cells; two half-width spaces make one."""
    return space.count("\u3000") + (space.count(" ") + 4 * space.count("\t")) // 2


def _page(tag: str) -> Page | None:
    """The page a `<pb:…>` begins; None for any other tag (`<md:…>` marks the pages of another edition)."""
    if not tag.startswith("<pb:"):
        return None
    label = _PAGE.fullmatch(tag[4:-1].strip())["label"]  # type: ignore[index]  # the pattern matches anything
    leaf = _LEAF.fullmatch(label)
    return Page(label, leaf["juan"], leaf["leaf"], tag) if leaf else Page(label, "", label, tag)


class _Scanner:
    """Takes the markup off single lines; what a line needs to know of its neighbours is kept here."""

    def __init__(self, gaiji: GaijiTable, lines: list[str]) -> None:
        self._gaiji = gaiji
        self._lines = lines
        self.in_note = False

    def heading(self, star: re.Match[str]) -> Iterator[Event]:
        """An org heading that has markup in it."""
        for event in self.line(star[2], -1, False):
            yield Heading(event.text, len(star[1]), event.notes, event.spans) if isinstance(event, Line) else event

    def line(self, body: str, index: int, hard: bool) -> Iterator[Event]:
        """One line with markup: the pages that begin before it, the line, the pages that begin after it."""
        lead = _LEAD.match(body).end()  # type: ignore[union-attr]  # the pattern matches anything
        indent = _cells(_TAG.sub("", body[:lead]))
        for tag in _TAG.findall(body, 0, lead):
            if page := _page(tag):
                yield page
        text, notes, spans, pages, narrower = self._scan(body, lead)
        if text:
            open_note = self.in_note or bool(notes and notes[-1][1] == len(text) and self._resumes(index + 1))
            yield Line(text, indent, len(text) - narrower, tuple(notes), tuple(spans), open_note, hard)
        yield from pages

    def _scan(self, body: str, lead: int) -> tuple[str, list[Range], list[Span], list[Page], int]:
        """Text, notes, spans, pages after the text, and by how many cells its double-line notes shorten the line."""
        out: list[str] = []
        notes: list[Range] = []
        spans: list[Span] = []
        length = narrower = half = widest = 0
        start = 0 if self.in_note else -1
        position = lead
        for token in _TOKEN.finditer(body, lead):
            begin = token.start()
            if begin > position:
                out.append(body[position:begin])
                length += begin - position
            position = token.end()
            sign = body[begin]
            if sign == "(":
                start = half = length
                widest = 0
            elif sign == ")":
                if length > start:
                    notes.append((start, length))
                    narrower += _narrower(length - start, widest, length - half)
                start = -1
            elif sign == "/":
                if start < 0:
                    out.append(sign)
                    length += 1
                else:
                    widest = max(widest, length - half)
                    half = length
            elif sign == "<":
                if page := _page(token[0]):
                    spans.append(Span("page", length, length, {"page": page}))
            elif sign != "¶":
                char, span = self._character(token, length)
                out.append(char)
                spans.append(span)
                length += len(char)
        out.append(body[position:])
        length += len(body) - position
        self.in_note = start >= 0
        if self.in_note and length > start:
            notes.append((start, length))
            narrower += _narrower(length - start, widest, length - half)
        text = "".join(out).rstrip(_SPACE)
        return *_trimmed(text, length, notes, spans), narrower

    def _character(self, token: re.Match[str], at: int) -> tuple[str, Span]:
        """The text of an entity or of what stands in brackets, and the fact about it."""
        if token["id"]:
            gaiji = self._gaiji[token["id"]]
        elif (described := from_brackets(token["brackets"])) is not None:
            gaiji = described
        else:
            return token["brackets"], Span("supplied", at, at + len(token["brackets"]))
        return gaiji.char, Span("gaiji", at, at + 1, gaiji.value)

    def _resumes(self, index: int) -> bool:
        """Whether the next line of text, over page breaks, begins with a note."""
        for line in self._lines[index : index + 8]:
            if line[:1] == "#" and line[1:2] != "+":
                continue
            lead = _LEAD.match(line).end()  # type: ignore[union-attr]  # the pattern matches anything
            if line[lead:].strip(_SPACE):
                return line[lead] == "("
            if "<" not in line:
                return False
        return False


def _narrower(length: int, widest: int, last: int) -> int:
    """Cells a note of `length` characters saves by being set in two columns, the longer of which counts."""
    if last < length:
        return length - max(widest, last)
    return length // 2 if length > _SINGLE_COLUMN else 0


def _trimmed(
    text: str, length: int, notes: list[Range], spans: list[Span]
) -> tuple[str, list[Range], list[Span], list[Page]]:
    """Facts cut to a text that may have lost white space at its end; pages that begin there come after the line."""
    end = len(text)
    if end < length and notes:
        notes = [(start, min(stop, end)) for start, stop in notes if start < end]
    if not any(span.kind == "page" and span.start >= end for span in spans):
        return text, notes, spans, []
    after = [span.value["page"] for span in spans if span.kind == "page" and span.start >= end]
    return text, notes, [span for span in spans if span.start < end], after
