"""Mandoku, the format of the Kanseki Repository: one printed line a line, pages and parts marked between them.

Format: https://www.mandoku.org (`<pb:ID_EDITION_JUAN-LEAF>`, `¶` line end, `(right/left)` double-line note, `&KR0001;`
character without code point), and org-mode for the rest (`#+PROPERTY`, `* heading`, `#+BEGIN_VERSE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from archive.errors import BadSource
from ingest import titles
from ingest.gaiji import GaijiTable
from ingest.readers import source
from ingest.readers.mandoku_line import ASIDE, END, SPACE, TOKEN, Scanner, balance, cells
from ingest.stream import Blank, Event, Heading, Line, Part, Warn

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"[()&\[<¶]")
_NOTE = re.compile(r"\([^()]*\)")
_SETTING = re.compile(r"#\+(\w+):\s*(.*)")
_HEADING = re.compile(r"(\*+)\s+(\S.*)")
_FOLD = re.compile(r"(<md:[^<>]*>¶)(?=\u3000\u3000)")
_DRAWER = re.compile(r":[\w-]+:")
_FILE_NUMBER = re.compile(r"_(\d{3})$")

_BLANK = Blank()


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
    text = _load(path)
    lines = text.split("\n")
    unpaired = _NOTE.sub("", text)
    if "(" in unpaired or ")" in unpaired:
        yield from balance(lines, path.name)
    if "<md:" in text:
        lines = _unfold(lines)
    yield from _events(lines, path, Scanner(gaiji, lines))


def _load(path: Path) -> str:
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
    if junk := _CONTROL.search(text):
        line = text.count("\n", 0, junk.start()) + 1
        raise BadSource(f"第 {line} 行有二进制数据，不是文本文件。", where=path.name, remedy="请检查文件是否损坏。")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("¶") > 4 * text.count("\n") + 4:
        text = re.sub(r"¶(?!\n)", "¶\n", text)
    return text


def _unfold(lines: list[str]) -> list[str]:
    """Give a title its own line where a witness has it after the page mark of another edition."""
    unfolded: list[str] = []
    for line in lines:
        unfolded += _FOLD.sub(r"\1\n", line).split("\n")
    return unfolded


def _events(lines: list[str], path: Path, scanner: Scanner) -> Iterator[Event]:
    markup = _MARKUP.search
    settings: dict[str, str] = {}
    begins = True
    began = hard = drawer = False
    last = len(lines) - 1
    for index, raw in enumerate(lines):
        body = raw.rstrip(END)
        text = body.lstrip(SPACE)
        bare = text.isalpha()  # characters and nothing else, as nine lines in ten
        if not bare:
            if not body:
                if index < last and not begins:
                    yield _BLANK
                continue
            if body[0] == "#" and ASIDE.match(body):
                name = _note_setting(body, settings)
                begins = begins or name in ("JUAN", "FILE")
                hard = name == "BEGIN_VERSE" or (hard and name != "END_VERSE")
                continue
            if drawer or body[0] in ": ":
                word = body.strip()
                drawer = word == ":PROPERTIES:" or (drawer and _DRAWER.match(word) is not None and word != ":END:")
                if drawer or word == ":END:":
                    continue
        drawer = False
        if begins:
            begins, began = False, True
            yield _part(settings, lines, index, path)
            settings = {}
        star = _HEADING.match(body) if body[0] == "*" else None
        if scanner.in_note or not (bare or markup(body) is None):
            yield from scanner.heading(star, index) if star else scanner.line(body, index, hard)
        elif star:
            yield Heading(star[2], len(star[1]))
        else:
            length = len(text)
            yield Line(text, cells(body[: len(body) - length]), length, (), (), False, hard)
    if not began:
        yield Warn("文件里没有正文。", path.name)


def _note_setting(line: str, settings: dict[str, str]) -> str:
    """Enter a `#+KEY: value` or `#+PROPERTY: NAME value` line; its key, or the bare word of `#+BEGIN_VERSE`."""
    found = _SETTING.match(line)
    if found is None:
        return line.strip("#+ ").upper()
    name, value = found[1].upper(), found[2].strip(END)
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
        opening = takewhile(lambda line: not line.startswith("#+"), lines[index : index + 12])
        named = titles.part_title([TOKEN.sub("", _without_notes(line)).strip(END) for line in opening], counted)
    return Part(re.sub(r"\[(.+?)\]", r"（\1）", named), juan)


def _without_notes(line: str) -> str:
    return _NOTE.sub("", line)
