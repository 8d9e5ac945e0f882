"""The markup of a single mandoku line: page marks, double-line notes, characters without code point."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.gaiji import GaijiTable, from_brackets
from ingest.stream import Event, Heading, Line, Page, Range, Span, Warn

SPACE = " \t\r\u3000"
END = "¶" + SPACE
TOKEN = re.compile(r"(&[A-Za-z][A-Za-z0-9_-]*;|\[[^\[\]¶<>&]{1,60}\]|<[A-Za-z]+:[^<>]*>|[()/¶])")
ASIDE = re.compile(r"#(?:[+ ]|-\*-|$)")
"""Opens a line of org settings or a comment."""

_LEAD = re.compile(r"(?:[ \t\u3000¶]|<[A-Za-z]+:[^<>]*>)*")
_TAG = re.compile(r"<[A-Za-z]+:[^<>]*>")
_LEAF = re.compile(r"(.+?)(?:-|p(?=\d))([^-]+)")
_SINGLE_COLUMN = 12  # a longer note without `/` was printed in two columns all the same


def balance(lines: list[str], where: str) -> Iterator[Warn]:
    """Mend parentheses that do not pair, in place.

    A note left open ends with its line; a parenthesis that is stray or within another pair is dropped.
    """
    opened = -1
    for index, line in enumerate(lines):
        if ("(" not in line and ")" not in line) or ASIDE.match(line):
            continue
        drop, inner = [], 0
        for token in TOKEN.finditer(line):
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


def cells(space: str) -> int:
    """Width of white space in full-width cells; two half-width spaces make one."""
    full = space.count("\u3000")
    return full if full == len(space) else full + (space.count(" ") + 4 * space.count("\t")) // 2


def _page(tag: str) -> Page | None:
    """The page a `<pb:…>` begins; None for any other tag (`<md:…>` marks the pages of another edition)."""
    if not tag.startswith("<pb:"):
        return None
    label = tag[4:-1].strip().rpartition("_")[2]
    juan, leaf = found.groups() if (found := _LEAF.fullmatch(label)) else ("", label)
    return Page(label, juan, leaf, tag)


class Scanner:
    """Takes the markup off single lines; what a line needs to know of its neighbours is kept here."""

    def __init__(self, gaiji: GaijiTable, lines: list[str]) -> None:
        self._gaiji = gaiji
        self._lines = lines
        self.in_note = False

    def heading(self, star: re.Match[str], index: int) -> Iterator[Event]:
        """An org heading that has markup in it."""
        for event in self.line(star[2], index, False):
            yield Heading(event.text, len(star[1]), event.notes, event.spans) if isinstance(event, Line) else event

    def line(self, body: str, index: int, hard: bool) -> Iterator[Event]:
        """One line with markup: the pages that begin before it, the line, the pages that begin after it."""
        lead = _LEAD.match(body).end()  # type: ignore[union-attr]  # the pattern matches anything
        for tag in _TAG.findall(body, 0, lead):
            if page := _page(tag):
                yield page
        if lead == len(body):
            return
        indent = cells(_TAG.sub("", body[:lead]))
        text, notes, spans, pages, narrower = self._scan(body, lead)
        if text:
            at_end = bool(notes) and notes[-1][1] == len(text)
            open_note = at_end and (self.in_note or self._resumes(index + 1))
            yield Line(text, indent, len(text) - narrower, tuple(notes), tuple(spans), open_note, hard)
        yield from pages

    def _scan(self, body: str, lead: int) -> tuple[str, list[Range], list[Span], list[Page], int]:
        """Text, notes, spans, pages after the text, and by how many cells its double-line notes shorten the line."""
        out: list[str] = []
        notes: list[Range] = []
        spans: list[Span] = []
        length = narrower = half = widest = 0
        start = 0 if self.in_note else -1
        *pieces, rest = TOKEN.split(body[lead:])
        for piece, token in zip(pieces[::2], pieces[1::2], strict=True):
            out.append(piece)
            length += len(piece)
            if token == "(":
                start = half = length
                widest = 0
            elif token == ")":
                if 0 <= start < length:
                    notes.append((start, length))
                    narrower += _narrower(length - start, widest, length - half)
                start = -1
            elif token == "/":
                if start < 0:
                    out.append(token)
                    length += 1
                else:
                    widest = max(widest, length - half)
                    half = length
            elif token[0] == "<":
                if page := _page(token):
                    spans.append(Span("page", length, length, {"page": page}))
            elif token != "¶":
                char, span = self._character(token, length)
                out.append(char)
                spans.append(span)
                length += len(char)
        out.append(rest)
        length += len(rest)
        self.in_note = start >= 0
        if self.in_note and length > start:
            notes.append((start, length))
            narrower += _narrower(length - start, widest, length - half)
        text = "".join(out).rstrip(SPACE)
        return *_trimmed(text, length, notes, spans), narrower

    def _character(self, token: str, at: int) -> tuple[str, Span]:
        """The text of an entity or of what stands in brackets, and the fact about it."""
        inner = token[1:-1]
        gaiji = self._gaiji[inner] if token[0] == "&" else from_brackets(inner)
        if gaiji is None:
            return inner, Span("supplied", at, at + len(inner))
        return gaiji.char, Span("gaiji", at, at + 1, gaiji.value)

    def _resumes(self, index: int) -> bool:
        """Whether the next line of text, over page breaks, begins with a note."""
        for line in self._lines[index : index + 8]:
            if line[:1] == "#" and ASIDE.match(line) and not line.startswith("#+"):
                continue
            tagged = "<" in line
            if text := (_TAG.sub("", line) if tagged else line).lstrip(END):
                return text[0] == "("
            if not tagged:
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
    if end < length:
        notes = [(start, min(stop, end)) for start, stop in notes if start < end]
        spans = [span._replace(end=min(span.end, end)) if span.kind == "supplied" else span for span in spans]
    after = [span.value["page"] for span in spans if span.kind == "page" and span.start >= end]
    if after:
        spans = [span for span in spans if span.start < end]
    return text, notes, spans, after
