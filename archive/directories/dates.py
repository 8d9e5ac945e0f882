"""Dates as people write them: a year, a month or a day, never more exact than they are known.

A date is stored as `1965`, `1965-03` or `1965-03-12` (proleptic Gregorian, years 1 to 2200, four digits), so that text
sorts as time does.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple

EARLIEST, LATEST = 1, 2200
_SERIALS = range(10_000, 100_000)
"""Numbers a spreadsheet keeps for days between 1927 and 2173; no year, month or day is written with five digits."""
_DAY_ZERO = date(1899, 12, 30)  # of the 1900 date system, as of March 1900 (ECMA-376 part 1, 18.17.4.1)

_WRITTEN = re.compile(
    r"(?:公元)?(?P<year>\d{1,4})"
    r"(?:(?:年|[-./])(?P<month>\d{1,2})(?:(?:月|[-./])(?P<day>\d{1,2})日?|月)?|年)?"
    r"(?:T?00:00(?::00(?:\.0+)?)?)?生?"
)
_PACKED = re.compile(r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})?")
_RANGE = re.compile(r"\s*(?:--|[—–―~～〜至到]+|-)\s*")
_HINT = "写法如 1965、1965年3月 或 1965-03-12。"


class Unfit(Exception):
    """Why a value does not fit its field, in one Chinese sentence for whoever wrote it."""


class Told(NamedTuple):
    """A value, and what has to be said of how it was read."""

    value: Any
    note: str


def read_date(raw: Any) -> str | Told:
    """A date from what a form, a sheet or a YAML file gives.

    Raises:
        Unfit: it is no date, or one that could be two.
    """
    if isinstance(raw, datetime | date):
        return f"{raw.year:04}-{raw.month:02}-{raw.day:02}"
    if isinstance(raw, float) and not raw.is_integer():
        return _from_decimal(raw)
    text = str(int(raw)) if isinstance(raw, float) else tidy(raw)
    if not isinstance(raw, str) and text.isdigit() and int(text) in _SERIALS:
        return _from_serial(int(text))
    found = _PACKED.fullmatch(text) or _WRITTEN.fullmatch(text)
    if found is None:
        raise Unfit(f"“{text[:30]}”不是日期。{_HINT}")
    return _checked(*(int(found[name]) if found[name] else None for name in ("year", "month", "day")))


def _from_decimal(raw: float) -> str | Told:
    """`1965.03` typed as a number; `1965.1` has lost a zero or never had one, nobody can tell."""
    if isfinite(raw) and int(raw) in _SERIALS:
        return _from_serial(int(raw))
    year, _, month = repr(raw).partition(".")
    if len(month) == 1:
        raise Unfit(f"“{raw}”是数字，分不清是 {month} 月还是 {month}0 月。请改成文字，{_HINT}")
    if len(month) != 2 or len(year) > 4:
        raise Unfit(f"“{raw}”不是日期。{_HINT}")
    return _checked(int(year), int(month))


def _from_serial(days: int) -> Told:
    day = _DAY_ZERO + timedelta(days=days)
    return Told(day.isoformat(), f"单元格里是数字 {days}，按表格软件的日期读作 {show_date(day.isoformat())}")


def _checked(year: int | None, month: int | None = None, day: int | None = None) -> str:
    if year is None or not EARLIEST <= year <= LATEST:
        raise Unfit(f"年份 {year} 不在 {EARLIEST} 到 {LATEST} 之间。")
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        raise Unfit(f"没有 {year} 年 {month} 月{f' {day} 日' if day else ''}这样的日期。") from None
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def show_date(value: str) -> str:
    """`1965-03` as 1965年3月."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(value.split("-"), "年月日", strict=False))


def read_year(raw: Any) -> int:
    """A year of the common era.

    Raises:
        Unfit: it is none.
    """
    if isinstance(raw, datetime | date):
        raise Unfit(f"单元格里是日期 {raw:%Y-%m-%d}，应只写年份。")
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else tidy(raw)
    text = text.removeprefix("公元").removesuffix("年")
    if not (text.isascii() and text.isdigit() and EARLIEST <= int(text[:9]) <= LATEST):
        raise Unfit(f"“{text[:30]}”不是年份。写法如 1965。")
    return int(text)


def read_years(raw: Any) -> list[int | None]:
    """`[first, last]` from 1902—1927, 1902— or 1902; None where a side is left open.

    Raises:
        Unfit: it is no span of years, or runs backwards.
    """
    if isinstance(raw, list | tuple) and len(raw) == 2:
        parts = ["" if one is None else str(one) for one in raw]
    else:
        parts = _RANGE.split(tidy(raw if isinstance(raw, str) else str(read_year(raw))))
    if len(parts) > 2 or not any(parts):
        raise Unfit(f"“{str(raw)[:30]}”不是起止年份。写法如 1902—1927。")
    first, last = (read_year(part) if part else None for part in (parts[0], parts[-1]))
    if first is not None and last is not None and first > last:
        raise Unfit(f"起止年份 {first}—{last} 前后颠倒。")
    return [first, last]


def show_years(value: list[int | None]) -> str:
    """`[1902, 1927]` as 1902—1927."""
    first, last = ("" if year is None else str(year) for year in value)
    return first if first == last else f"{first}—{last}"


def tidy(raw: Any) -> str:
    """What was written, in half-width forms and without spaces."""
    return "".join(unicodedata.normalize("NFKC", str(raw)).split())
