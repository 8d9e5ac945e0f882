"""Running heads and page numbers: what is printed at the edge of many pages and belongs to none of them.

A line counts as such if it is outermost on its page, within the margin, set off from the text by space or size, and if
the same words, numbers aside, stand at the same height on three pages or more; a lone number, if it grows with the
pages. To leave a running head in the text is a blemish, to leave text out a loss: in doubt it stays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingest.readers.pdf_page import Measure, Row, measure

_MARGIN = 0.15
"""Share of the page's height, at head and foot."""
_OFTEN = 3
_DEEPEST = 2
"""Rows at an edge that may be running head and page number."""
_DIGITS = "〇一二三四五六七八九"
_NUMBER = re.compile("[0-9０-９]+|[〇零一二三四五六七八九十百]+|(?<![A-Za-z])[ivxlc]+(?![A-Za-z])")
_LONE = re.compile(
    r"[\W_]*(?:第\s*)?(?P<number>[0-9０-９]{1,4}|[〇零一二三四五六七八九十百]{1,6}|[ivxlc]{1,8})(?:\s*[页頁])?"
    r"(?:\s*[/／，,]?\s*共?\s*[0-9]{1,4}\s*[页頁]?)?[\W_]*"
)


class Sheet(NamedTuple):
    """One page's rows, its height in points, and its box (left, bottom, right, top) if it lies as it was set."""

    rows: Sequence[Row]
    height: float
    box: tuple[float, float, float, float] | None = None


class Heads(NamedTuple):
    """What was found.

    `rows`: for each page the rows to leave out, by index; `numbers`: by page the number printed on it and the row it
    was read from; `words`: the running heads, the commonest first.
    """

    rows: list[frozenset[int]]
    numbers: dict[int, tuple[int, str]]
    words: tuple[str, ...]


Place = tuple[int, int]
"""Index of the page and of the row on it."""


def find(sheets: Sequence[Sheet]) -> Heads:
    """Tell running heads and page numbers from text."""
    usual = measure([sheet.rows for sheet in sheets])
    repeated: dict[tuple[str, str], list[Place]] = defaultdict(list)
    lone: dict[int, list[tuple[Place, int]]] = defaultdict(list)
    for index, sheet in enumerate(sheets):
        for edge, row in _edges(sheet, usual):
            text = "".join(sheet.rows[row].text.split())
            number = _LONE.fullmatch(text)
            if number and (value := _value(number["number"])):
                lone[value - index].append(((index, row), value))
            else:
                repeated[edge, _NUMBER.sub("#", text)].append((index, row))
    level = {key: _level(places, sheets, usual.size) for key, places in repeated.items()}
    often = {key: places for key, places in level.items() if len({page for page, _ in places}) >= _OFTEN}
    out: list[set[int]] = [set() for _ in sheets]
    for page, row in (place for places in often.values() for place in places):
        out[page].add(row)
    numbers: dict[int, tuple[int, str]] = {}
    for found in lone.values():
        if len(found) > 1 or len(sheets) < _OFTEN:
            for (page, row), value in found:
                out[page].add(row)
                numbers[page] = (value, sheets[page].rows[row].text)
    for places in often.values():
        for page, value in _numbers_within(sheets, places).items():
            page_mark = next(sheets[page].rows[row].text for at, row in places if at == page)
            numbers.setdefault(page, (value, page_mark))
    words = Counter(sheets[page].rows[row].text for places in often.values() for page, row in places)
    return Heads([frozenset(rows) for rows in out], numbers, tuple(word for word, _ in words.most_common()))


def labels(numbers: Mapping[int, tuple[int, str]], count: int) -> list[str]:
    """Every page's label from the numbers printed on some; counted from 1 where none are.

    Pages before number 1 are `前1`, `前2` … in order.
    """
    offsets = Counter(value - page for page, (value, _) in numbers.items())
    if not offsets:
        return [str(page + 1) for page in range(count)]
    offset = offsets.most_common(1)[0][0]
    return [str(page + offset) if page + offset > 0 else f"前{page + 1}" for page in range(count)]


def _edges(sheet: Sheet, usual: Measure) -> Iterator[tuple[str, int]]:
    """The rows at head and foot that lie in the margin and are set off from what comes next to them."""
    rows = sheet.rows
    downward = sorted(range(len(rows)), key=lambda row: -rows[row].y)
    for edge, order in (("head", downward), ("foot", downward[::-1])):
        for row, inner in pairwise([*order[: _DEEPEST + 1], None] if len(order) <= _DEEPEST else order[: _DEEPEST + 1]):
            if row is None or not _in_margin(edge, rows[row].y, sheet.height):
                break
            beside = rows[inner] if inner is not None else None
            odd_size = not 0.93 < rows[row].size / usual.size < 1.07
            if beside is None or odd_size or abs(rows[row].y - beside.y) > 1.3 * usual.step:
                yield edge, row


def _in_margin(edge: str, y: float, height: float) -> bool:
    return y > (1 - _MARGIN) * height if edge == "head" else y < _MARGIN * height


def _level(places: Sequence[Place], sheets: Sequence[Sheet], size: float) -> list[Place]:
    """Those of the places that lie at the usual height."""
    heights = [sheets[page].rows[row].y for page, row in places]
    middle = median(heights)
    return [place for place, y in zip(places, heights, strict=True) if abs(y - middle) <= size]


def _numbers_within(sheets: Sequence[Sheet], places: Sequence[Place]) -> dict[int, int]:
    """Page numbers in running heads: those that grow with the pages."""
    grown: dict[int, dict[int, int]] = defaultdict(dict)
    for page, row in places:
        for number in _NUMBER.findall(sheets[page].rows[row].text):
            if value := _value(number):
                grown[value - page][page] = value
    best = max(grown.values(), key=len, default={})
    return best if len(best) >= _OFTEN else {}


def _value(number: str) -> int:
    """What the number is; 0 if it is none."""
    if number.isdecimal():
        return int(number)
    return _roman(number) if number.isascii() else _chinese(number)


def _roman(number: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[letter] for letter in number]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _chinese(number: str) -> int:
    """`二十三` and `二三` alike."""
    number = number.replace("零", "〇")
    if not re.search("[十百]", number):
        return int("".join(str(_DIGITS.index(digit)) for digit in number))
    total = digit = 0
    for sign in number:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        else:
            total += (digit or 1) * (100 if sign == "百" else 10)
            digit = 0
    return total + digit
