"""What a field can hold: one literal table, each kind with how it is read, shown and found.

`read(show(value)) == value` for every value of every kind, so that an exported sheet can be imported again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from archive.directories import dates, references
from archive.directories.dates import Told, Unfit
from archive.directories.model import Field, Value
from archive.intake import HAN

__all__ = ["KINDS", "Kind", "Told", "Unfit", "clean"]

# Controls, lone surrogates and non-characters: no XML, and so no Word or Excel file, can hold them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
_PHONE = re.compile(r"\+?\d{1,4}(?:[- ]?\d{2,8}){1,4}(?:(?:转|-|x)\d{1,6})?")
_DIGITS_KEPT = 15
"""Digits a spreadsheet keeps of a number (IEEE 754); the rest of an id number is lost."""
_SHOWN_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value."""

    label: str
    read: Callable[[Any, Field], Value | Told]
    """From what a form, a sheet or a YAML file gives; raises `Unfit`. Never called with nothing."""
    show: Callable[[Any], str] = str
    facet: Callable[[Any], str] | None = str
    """The value's place in a facet; None if the kind makes no facet."""
    found_by: Callable[[Any], str] | None = str
    """The text by which the value is searched; None if it is not."""
    separators: str = "；;\n"
    """What parts the values of a repeatable field written in one cell."""
    private: bool = False
    """Internal unless the declaration says otherwise."""


def clean(raw: Any) -> str:
    """Text without what nobody sees: invisible formatting, spaces at either end, `\\r`.

    Raises:
        Unfit: it holds control characters.
    """
    if isinstance(raw, str) and raw.isprintable():
        return raw.strip()
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, datetime) and raw.time() == time():
        raw = raw.date()
    text = _INVISIBLE.sub("", str(raw).replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _UNWRITABLE.search(text):
        raise Unfit("含有不可见的控制字符，请重新输入这一项。")
    return text


def _text(raw: Any, field: Field, limit: int = 500) -> str:
    text = " ".join(clean(raw).split("\n")) if "\n" in str(raw) else clean(raw)
    return _bounded(text, limit)


def _longtext(raw: Any, field: Field) -> str:
    return _bounded(clean(raw), 20_000)


def _name(raw: Any, field: Field) -> str:
    """Names are often spaced out in sheets: 王　刚 is 王刚."""
    return _bounded(_BETWEEN_HAN.sub("", " ".join(clean(raw).split())), 100)


def _bounded(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Unfit(f"有 {len(text)} 个字，最多 {limit} 个。")
    return text


def _choice(raw: Any, field: Field) -> str:
    text = _name(raw, field)
    for choice in (text, unicodedata.normalize("NFKC", text)):
        if choice in field.vocabulary:
            return choice
    if field.open:
        return text
    near = get_close_matches(text, field.vocabulary, 1)
    guess = f"是不是“{near[0]}”？" if near else ""
    more = " 等" if len(field.vocabulary) > _SHOWN_CHOICES else ""
    raise Unfit(f"“{text[:30]}”不在可选项内。{guess}可选：{'、'.join(field.vocabulary[:_SHOWN_CHOICES])}{more}。")


def _number(raw: Any, field: Field) -> int | float:
    text = dates.tidy(raw).replace(",", "")
    try:
        number = float(text)
    except ValueError:
        raise Unfit(f"“{text[:30]}”不是数字。") from None
    if isinstance(raw, bool) or not isfinite(number) or "_" in text:
        raise Unfit(f"“{text[:30]}”不是数字。")
    return _within(int(text) if text.lstrip("+-").isdigit() else int(number) if number.is_integer() else number, field)


def _year(raw: Any, field: Field) -> int:
    return int(_within(dates.read_year(raw), field))


def _within(number: int | float, field: Field) -> int | float:
    if (field.low is not None and number < field.low) or (field.high is not None and number > field.high):
        raise Unfit(f"{number} 不在 {field.low} 到 {field.high} 之间。")
    return number


def _url(raw: Any, field: Field) -> str:
    text = _bounded(clean(raw), 2000)
    try:
        parts = urlsplit(text)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        good = False
    if not good:
        raise Unfit(f"“{text[:60]}”不是网址。应以 http:// 或 https:// 开头。")
    return text


def _phone(raw: Any, field: Field) -> str:
    text = unicodedata.normalize("NFKC", _text(raw, field)).replace("(", "").replace(")", "-").strip("-")
    if re.search(r"\d\.?\d*e\+\d", text, re.I):
        raise Unfit(f"“{text}”是数字的科学记数法，号码已不全。请把该列设为文本后重新填写。")
    if not _PHONE.fullmatch(text) or not 5 <= sum(map(str.isdigit, text)) <= 20:
        raise Unfit("不像电话号码。写法如 0734-8123456 或 13800000000；几个号码用分号隔开。")
    return text


def _idnumber(raw: Any, field: Field) -> str:
    """A citizen's number of 18 characters, its last proved by ISO 7064 MOD 11-2 (GB 11643—1999), or the old 15."""
    if isinstance(raw, int | float) and abs(raw) >= 10**_DIGITS_KEPT:
        raise Unfit("单元格是数字格式，末几位已变成 0。请把该列设为文本后重新填写。")
    text = dates.tidy(clean(raw)).upper()
    if re.fullmatch(r"\d{15}", text):
        return text
    if not re.fullmatch(r"\d{17}[\dX]", text):
        raise Unfit("身份证号应为 18 位。")
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(text[:17]))
    if "10X98765432"[total % 11] != text[17]:
        raise Unfit("身份证号的校验位不对，请核对。")
    return text


def _plain(read: Callable[[Any], Value | Told]) -> Callable[[Any, Field], Value | Told]:
    return lambda raw, field: read(raw)


KINDS: dict[str, Kind] = {
    "text": Kind("文字", _text),
    "longtext": Kind("长文字", _longtext, facet=None, separators=""),
    "name": Kind("名称", _name, separators="；;\n、，,"),
    "date": Kind("日期", _plain(dates.read_date), dates.show_date, facet=lambda value: str(int(value[:4]))),
    "year": Kind("年份", _year, separators="；;\n、，,"),
    "years": Kind("起止年份", _plain(dates.read_years), dates.show_years, lambda value: str(value[0] or value[1])),
    "choice": Kind("选项", _choice, separators="；;\n、，,"),
    "number": Kind("数字", _number, found_by=None),
    "url": Kind("网址", _url, facet=None, found_by=None, separators="；;\n "),
    "phone": Kind("电话", _phone, facet=None, found_by=None, separators="；;\n、，,", private=True),
    "idnumber": Kind("证件号", _idnumber, facet=None, found_by=None, private=True),
    "photo": Kind("照片", _plain(references.read_photo), facet=None, found_by=None, separators=""),
    "link": Kind(
        "相关条目",
        references.read_link,
        references.show_link,
        facet=lambda value: str(value["text"]),
        found_by=references.link_words,
    ),
    "urn": Kind("文库引用编号", _plain(references.read_urn), facet=None, found_by=None, separators="；;\n "),
    "coordinates": Kind(
        "坐标",
        _plain(references.read_coordinates),
        references.show_coordinates,
        facet=None,
        found_by=None,
        separators="",
    ),
}
"""Every kind by the name declarations use."""
