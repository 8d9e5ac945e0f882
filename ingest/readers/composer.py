"""Putting a passage together from running text: white space, note ranges, marks and page breaks.

Readers of marked-up sources (TEI, Markdown, word processors) walk their tree and tell a `Composer` what they meet; it
keeps the offsets. White space that only lays out the source file is no text: between Chinese characters it vanishes,
between Latin words it is one space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unicodedata import category, east_asian_width

from ingest.stream import Block, Event, Heading, Page, Range, Span

_LAYOUT = re.compile("[ \t\r\n\f]+")
_EDGES = " \t\r\n\f\u00a0\u3000\ufeff"
_Make = Callable[[str, tuple[Range, ...], tuple[Span, ...]], Event]


def is_wide(char: str) -> bool:
    """Whether the character stands in a full-width cell in Chinese text, so that no space belongs beside it."""
    return east_asian_width(char) in "WF" or char in "“”‘’—…·" or category(char) == "Co"


class Composer:
    """The text of one passage under construction. Offsets count characters of the text so far."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last = ""
        self._gap = ""
        self._spaces: set[int] = set()
        self._notes: list[Range] = []
        self._spans: list[Span] = []

    @property
    def offset(self) -> int:
        """Where the text ends; what begins here may be told to `note` and `mark` as its start."""
        return self._length

    @property
    def lines(self) -> list[str]:
        """The text so far, line by line."""
        return "".join(self._parts).strip(_EDGES).split("\n")

    def add(self, text: str) -> None:
        """Append text; its white space is layout."""
        position = 0
        for space in _LAYOUT.finditer(text):
            self.literal(text[position : space.start()])
            self._gap += space[0]
            position = space.end()
        self.literal(text[position:])

    def literal(self, text: str) -> None:
        """Append text exactly as it is."""
        if not text:
            return
        if self._gap and self._length and not self._vanishes(text[0]):
            self._spaces.add(self._length)
            self._append(" ")
        self._gap = ""
        self._append(text)

    def newline(self) -> None:
        """A line end that is meant; at the edges of the text and repeated it is nothing."""
        self._gap = ""
        if self._length and self._last != "\n":
            self._append("\n")

    def note(self, start: int) -> None:
        """Everything from `start` to here is an interlinear note; a note within a note is part of it."""
        start = self._begin(start)
        while self._notes and self._notes[-1][0] >= start:
            self._notes.pop()
        if self._length > start:
            self._notes.append((start, self._length))

    def mark(self, kind: str, start: int, value: Mapping[str, Any] | None = None) -> None:
        """A fact about everything from `start` to here; about the point here if that is nothing."""
        self._spans.append(Span(kind, self._begin(start), self._length, value or {}))

    def page(self, page: Page) -> None:
        """A page begins here."""
        self.mark("page", self._length, {"page": page})

    def heading(self, level: int) -> Iterator[Event]:
        """What was composed, as a heading, among the pages that begin before or after it; then begin anew."""
        return self._out(lambda text, notes, spans: Heading(text.replace("\n", "\u3000"), level, notes, spans))

    def block(self, kind: str) -> Iterator[Event]:
        """What was composed, as a passage, among the pages that begin before or after it; then begin anew."""
        # The first cell of a table may be empty: the tab after it is text.
        edges = _EDGES.replace("\t", "") if kind == "table" else _EDGES
        return self._out(lambda text, notes, spans: Block(text, kind, notes, spans), edges)

    def plain(self) -> str:
        """What was composed, its text alone; then begin anew."""
        text = "".join(self._parts).strip(_EDGES)
        self._reset()
        return text

    def since(self, start: int) -> str:
        """The text from `start` to here."""
        return "".join(self._parts)[self._begin(start) :]

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        self._last = text[-1]

    def _begin(self, start: int) -> int:
        """The start, moved past a space that was put there after the caller looked."""
        return min(start + (start in self._spaces), self._length)

    def _vanishes(self, following: str) -> bool:
        wide = is_wide(self._last) + is_wide(following)
        return wide == 2 or (wide == 1 and "\n" in self._gap) or self._last in "\t\n" or following in "\t\n"

    def _out(self, make: _Make, edges: str = _EDGES) -> Iterator[Event]:
        whole, notes, spans = "".join(self._parts), self._notes, self._spans
        self._reset()
        lead, text = len(whole) - len(whole.lstrip(edges)), whole.strip(edges)

        def shift(offset: int) -> int:
            return min(max(offset - lead, 0), len(text))

        shifted = [Span(kind, shift(start), shift(end), value) for kind, start, end, value in spans]
        yield from (span.value["page"] for span in shifted if span.kind == "page" and span.start == 0)
        if text:
            clipped = ((shift(start), shift(end)) for start, end in notes)
            inside = (s for s in shifted if s.kind not in ("page", "line") or 0 < s.start < len(text))
            yield make(text, tuple((start, end) for start, end in clipped if start < end), tuple(inside))
            yield from (span.value["page"] for span in shifted if span.kind == "page" and span.start == len(text))
