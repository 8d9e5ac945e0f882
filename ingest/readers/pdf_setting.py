"""From a PDF page's rows to the stream: indentation, paragraph gaps, and headings where the outline puts them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.pdf_page import Row, extent, measure, step
from ingest.readers.plaintext import cells
from ingest.stream import Blank, Heading, Line, Place

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""

_SILENT = re.compile(r"[\W_]+")
_COLUMN = 8
"""Cells between the left edges of two columns, at least."""
_LONGEST_TITLE = 4
"""Rows a title may take."""


class Title(NamedTuple):
    """An entry of the outline: its page counts from 0, its level from 1."""

    text: str
    level: int
    page: int


class _Place(NamedTuple):
    """Where a title stands: rows `start` to `end`, and what follows it on the last of them."""

    start: int
    end: int
    rest: str


class Setter:
    """Sets the pages of one book, after measuring them all."""

    def __init__(self, pages: Sequence[Sequence[Row]]) -> None:
        self._size, self._step = measure(pages)
        # Left-hand and right-hand pages have margins of their own.
        self._edges = [_edges([row for page in pages[side::2] for row in page], self._size) for side in (0, 1)]
        self._before: Row | None = None

    def page(
        self, index: int, rows: Sequence[Row], titles: Sequence[Title], box: Box | None = None
    ) -> Iterator[Heading | Line | Blank]:
        """The lines of page `index` (from 0); titles not found on it come first, the others in their place.

        `box` is the page's own, in points, if its lines are to be told where they stand.
        """
        places: dict[int, tuple[Title, _Place]] = {}
        start = 0
        for title in titles:
            place = _find(title.text, rows, start)
            if place is None:
                yield Heading(title.text, title.level)
            else:
                places[place.start] = title, place
                start = place.end
        at = 0
        while at < len(rows):
            if at in places:
                title, place = places[at]
                text = "\u3000".join(row.text for row in rows[at : place.end])
                words = _spaced(text.removesuffix(place.rest).strip(" \u3000"), title.text)
                yield Heading(words, title.level, place=_placed(rows[at : place.end], box))
                if place.rest:
                    yield Line(place.rest, 0, cells(place.rest), place=_placed(rows[place.end - 1 : place.end], box))
                at, self._before = place.end, None
                continue
            row = rows[at]
            if self._before is not None and self._apart(self._before, row, same_page=at > 0):
                yield Blank()
            yield Line(row.text, self._indent(row, index), cells(row.text), place=_placed([row], box))
            self._before = row
            at += 1

    def _apart(self, before: Row, row: Row, *, same_page: bool) -> bool:
        """Whether something else begins: the type changes, or there is more space than between lines."""
        return not 0.88 < row.size / before.size < 1.14 or (same_page and step(before, row) > 1.5 * self._step)

    def _indent(self, row: Row, index: int) -> int:
        """Cells from the edge of the row's column."""
        start = -row.y if row.vertical else row.x
        edges = [edge for edge in self._edges[index % 2] if edge < start + 0.5 * self._size]
        return max(round((start - max(edges)) / self._size), 0) if edges else 0


def _placed(rows: Sequence[Row], box: Box | None) -> Place | None:
    """Where rows stand on their page, as shares of it."""
    if box is None:
        return None
    left, bottom, right, top = box
    lefts, bottoms, rights, tops = zip(*map(extent, rows), strict=True)
    across, down = right - left, top - bottom
    place = (
        (min(lefts) - left) / across,
        (top - max(tops)) / down,
        (max(rights) - left) / across,
        (top - min(bottoms)) / down,
    )
    return place if all(-0.01 <= side <= 1.01 for side in place) else None


def _edges(rows: Sequence[Row], size: float) -> list[float]:
    """Where the rows of each column begin: at the left edge, or at the top (negative) on vertical pages."""
    starts = Counter(round((-row.y if row.vertical else row.x) / size * 2) for row in rows)
    often = sorted(start for start, count in starts.items() if count >= 0.1 * len(rows))
    edges: list[float] = []
    for start in often:
        if not edges or start / 2 * size - edges[-1] >= _COLUMN * size:
            edges.append(start / 2 * size)
    return edges


def _find(title: str, rows: Sequence[Row], start: int) -> _Place | None:
    """The first place from row `start` on where the title stands by itself or opens a row."""
    wanted = _bare(title)
    if not wanted:
        return None
    for first in range(start, len(rows)):
        text = ""
        for last in range(first, min(first + _LONGEST_TITLE, len(rows))):
            text += _bare(rows[last].text)
            if text == wanted:
                return _Place(first, last + 1, "")
            if last == first and text.startswith(wanted):
                return _Place(first, last + 1, _after(rows[last].text, wanted))
            if not wanted.startswith(text):
                break
    return None


def _after(text: str, wanted: str) -> str:
    """What follows `wanted` in `text`, punctuation between them left to the title."""
    for end in range(1, len(text)):
        if _bare(text[:end]) == wanted and _bare(text[end]):
            return text[end:].strip(" \u3000")
    return ""


def _spaced(text: str, title: str) -> str:
    """The heading as printed, its spaces, which a PDF does not tell, taken from the outline where the words agree."""
    return title if "".join(text.split()) == "".join(title.split()) else text


def _bare(text: str) -> str:
    """Letters and digits only, compatibility forms unified, for comparing what two hands have typed."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text))
