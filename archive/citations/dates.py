"""Dates of CSL items: date-parts, EDTF, and what people write instead, with reign years kept.

A reign year stands beside the common year, as GB/T 7714 wants it: 1865（清同治四年）.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archive.citations.csl import date_numbers

Parts = tuple[int, ...]

_ISO = re.compile(r"(-?[0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?([~?%])?")
_WRITTEN = re.compile(r"([0-9]{4})\s*[年./]\s*(?:([0-9]{1,2})\s*[月./]?\s*(?:([0-9]{1,2})\s*日?)?)?")
_WITH_REIGN = re.compile(r"([0-9]{3,4})\s*年?\s*[（(]\s*(.*?\S)\s*[）)]")
# Copyright year, printing year, estimated year: GB/T 7714 prints these as they are.
_MARKED = re.compile(r"c\s*[0-9]{4}|[0-9]{4}\s*印刷|\[[0-9]{4}\??\]")
_SEASONS = {13: 1, 14: 2, 15: 3, 16: 4} | {n: n - 20 for n in range(21, 25)}


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a span of dates.

    `start` and `end` are year, month, day as far as known; `ongoing`: the span has no end yet; `circa`: estimated;
    `reign`: the year in the source's own calendar; `verbatim`: words to print instead of numbers.
    """

    start: Parts = ()
    end: Parts = ()
    ongoing: bool = False
    circa: bool = False
    reign: str = ""
    verbatim: str = ""

    def __bool__(self) -> bool:
        return bool(self.start or self.verbatim or self.reign)

    def year(self, dash: str = "-") -> str:
        """The year, or the span of years joined by `dash`: `2011`, `1957-1990`, `1984-`, `[1936]`."""
        return self._show(lambda parts: _year(parts[0]), dash)

    def full(self, dash: str = "-") -> str:
        """The date as far as known in the form of GB/T 7408: `2012-05-03`, `2012-05`, `2012`."""
        return self._show(iso, dash)

    def _show(self, show: Callable[[Parts], str], dash: str) -> str:
        if self.verbatim or not self.start:
            return self.verbatim or self.reign
        text, end = show(self.start), show(self.end) if self.end else ""
        if self.ongoing or (end and end != text):
            text += dash + end
        return f"[{text}]" if self.circa else text


def parse_date(value: object) -> Date:
    """Read a CSL date variable (already checked): a mapping, or EDTF or any other words; empty if there is none."""
    if isinstance(value, str):
        return _parse_words(value)
    if not isinstance(value, Mapping):
        return Date()
    date = Date()
    spans = [numbers for part in value.get("date-parts") or () if (numbers := date_numbers(part)) and numbers[0]]
    if spans:
        date = Date(spans[0], spans[1] if len(spans) > 1 else ())
    for field in ("edtf", "literal", "raw", "season"):
        words = value.get(field)
        if isinstance(words, str) and words.strip() and (field != "season" or "年" in words):
            date = _add_words(date, words)
    return replace(date, circa=date.circa or value.get("circa") not in (None, False, 0, "", "0", "false"))


def iso(parts: Parts) -> str:
    """Year, month and day joined by hyphens, padded; a season or month 0 is left out."""
    year, *rest = parts
    if year < 0 or not rest or not 1 <= rest[0] <= 12:
        return _year(year)
    return "-".join([f"{year:04d}", *(f"{number:02d}" for number in rest if number)])


def season(date: Date) -> int:
    """1 spring to 4 winter; 0 if the date names no season."""
    return _SEASONS.get(date.start[1], 0) if len(date.start) > 1 else 0


def _add_words(date: Date, words: str) -> Date:
    """`date` with what the words add to its numbers: all of it, the reign year, or a copyright or printing mark."""
    said = _parse_words(words)
    if not date.start:
        return said if said.start or not date else date
    if said.start:
        return replace(date, reign=said.reign or date.reign)
    if _MARKED.fullmatch(said.verbatim):
        return replace(date, verbatim=said.verbatim)
    return replace(date, reign=said.verbatim) if "年" in said.verbatim else date


def _parse_words(words: str) -> Date:
    text = " ".join(words.split())
    if found := _WITH_REIGN.fullmatch(text):
        return Date((int(found[1]),), reign=found[2])
    first, slash, last = text.partition("/")
    start, end = _calendar(first), _calendar(last) if slash else None
    if start and slash and last in ("", ".."):
        return replace(start, ongoing=True)
    if start and end:
        return replace(start, end=end.start)
    return _calendar(text) or Date(verbatim=text)


def _calendar(text: str) -> Date | None:
    found = _ISO.fullmatch(text) or _WRITTEN.fullmatch(text)
    if found is None:
        return None
    year, month, day, *mark = found.groups()
    parts = tuple(int(number) for number in (year, month, day) if number)
    possible = parts[0] and all(low <= n <= high for n, (low, high) in zip(parts[1:], ((1, 24), (1, 31)), strict=False))
    return Date(parts, circa=any(mark)) if possible else None


def _year(year: int) -> str:
    return str(year) if year > 0 else f"公元前{-year}"
