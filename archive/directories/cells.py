"""The rows of one sheet of an .xlsx, straight from its XML (ECMA-376 part 1, 18.3), one row in memory at a time.

openpyxl reads the parts around it (styles, date system); strings and cells are read here, three times as fast, with
what it does not tell: which of them are formulas.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from string import digits
from typing import IO, Any, NamedTuple

from lxml import etree
from openpyxl.utils.datetime import from_excel, from_ISO8601

ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"))

_MAIN = "{*}"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # ECMA-376 part 1, 22.9.2.19
_TAKEN_FOR_ONE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class SheetRow(NamedTuple):
    """A row that is in the file: its number from 1, its values by column, the columns whose values are computed."""

    number: int
    values: list[Any]
    formulas: list[int]


class Around(NamedTuple):
    """What a sheet's cells refer to: shared strings, styles that make dates of numbers, the day numbers count from."""

    strings: Sequence[str]
    dates: Collection[int]
    epoch: datetime


def strings(part: IO[bytes]) -> list[str]:
    """The strings that cells share, by the number under which cells name them.

    Raises:
        SyntaxError: the XML is damaged.
    """
    found: list[str] = []
    for _, element in etree.iterparse(part, tag=f"{_MAIN}si", resolve_entities=False, no_network=True):
        found.append(_inline(element, element.tag[: -len("si")]))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return found


def rows(part: IO[bytes], around: Around, most_columns: int) -> Iterator[SheetRow]:
    """Every row the file has, in its order; rows and cells that hold nothing may be missing from it.

    Raises:
        SyntaxError, ValueError, IndexError: the XML is damaged, or refers to what is not there.
    """
    number, named = 0, ""
    for _, element in etree.iterparse(part, tag=f"{_MAIN}row", resolve_entities=False, no_network=True):
        number = int(element.get("r") or number + 1)
        named = named or element.tag[: -len("row")]
        values: list[Any] = []
        formulas: list[int] = []
        for cell in element:
            place = cell.get("r")
            column = _column(place.rstrip(digits)) if place else len(values)
            if column >= most_columns:
                break
            value, computed = _value(cell, named, around)
            if value is None and not computed:
                continue
            if column > len(values):
                values += [None] * (column - len(values))
            values[column:] = [value]
            if computed:
                formulas.append(column)
        yield SheetRow(number, values, formulas)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _value(cell: Any, named: str, around: Around) -> tuple[Any, bool]:
    """A cell's value, and whether a formula computed it; `named` is the namespace as tags begin with it."""
    text, computed = None, False
    for child in cell:
        name = child.tag
        if name == f"{named}v":
            text = child.text
        elif name == f"{named}is":
            return _inline(child, named), computed
        elif name == f"{named}f":
            computed = True
    if not text:
        return None, computed
    kind = cell.get("t", "n")
    if kind == "s":
        return around.strings[int(text)], computed
    if kind == "n":
        return _number(text, int(cell.get("s", 0)), around), computed
    if kind == "b":
        return text.strip() == "1", computed
    if kind == "d":
        return from_ISO8601(text), computed  # type: ignore[no-untyped-call]
    return text, computed


def _number(text: str, style: int, around: Around) -> Any:
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    if style not in around.dates:
        return number
    try:
        return from_excel(number, around.epoch)
    except (OverflowError, ValueError):
        return "#VALUE!"


def _inline(element: Any, named: str) -> str:
    """The text of a string, its phonetic guide left out; `_x000D_` stands for a character XML cannot hold."""
    if len(element) == 1 and element[0].tag == f"{named}t":
        text = element[0].text or ""
    else:
        texts = element.iter(f"{_MAIN}t")
        text = "".join(one.text or "" for one in texts if not one.getparent().tag.endswith("rPh"))
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    """Text as a string of a sheet has to hold it, so that nothing in it is taken for such an escape."""
    return _TAKEN_FOR_ONE.sub("_x005F_", text) if "_x" in text else text


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """0 for `A`, 26 for `AA`."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    return number - 1
