"""Edition and volume statements: 2版, 5th ed., 刻本; 第4卷, v. 1."""

from __future__ import annotations

import re

from archive.citations.numerals import from_chinese

_ORDINALS = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1
    )
}
_CHINESE = re.compile(r"(?:第\s*)?([0-9〇零一二两三四五六七八九十百]+)\s*版")
_WESTERN = re.compile(r"(?:([0-9]{1,3})(?:st|nd|rd|th)?|([a-z]+))\.?(?:\s+ed(?:ition|n)?)?\.?", re.IGNORECASE)
_INNER_SPACE = re.compile(r"(?<=[^\x00-\x7f]) (?=[0-9])|(?<=[0-9]) (?=[^\x00-\x7f])")


def edition_number(statement: str) -> int | None:
    """Which edition a statement counts: 第三版 3, `5th ed.` 5, `2` 2; None if it names one instead (修订版, 刻本)."""
    if found := _CHINESE.fullmatch(statement):
        number = from_chinese(found[1])
        # 2020版 is the edition of a year, not the 2020th.
        return number if number is not None and number < 1000 else None
    if found := _WESTERN.fullmatch(statement):
        return int(found[1]) if found[1] else _ORDINALS.get(found[2].lower())
    return None


def edition(statement: str, language: str) -> str:
    """The edition as a reference has it; empty for a first edition, which is not stated (GB/T 7714—2025, 7.4)."""
    number = edition_number(statement)
    if number is None:
        return _INNER_SPACE.sub("", statement)
    if number <= 1:
        return ""
    return f"{number}{_ordinal(number)} ed." if language in ("en", "ru") else f"{number}版"


def volume(statement: str, language: str) -> str:
    """The volume as part of the title: a bare number becomes 第4卷 or `v. 1`, anything else is kept."""
    if statement.isascii() and statement.isdigit() and len(statement) < 7:
        return f"v. {statement}" if language in ("en", "ru") else f"第{int(statement)}卷"
    return _INNER_SPACE.sub("", statement)


def _ordinal(number: int) -> str:
    return "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
