"""The names sections bear in a table of contents, taken from headings and from the first lines of parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.headings import COUNTED, JUAN, is_series, recognise, spaced

_DIGITS = "〇一二三四五六七八九"

# A title with its author at the foot of the column.
_SIGNED_TITLE = re.compile(
    "(?P<title>[^　]{2,}(?:　[^　]{2,})?)(?:　{2,}(?:[^　]{2,4}|[^　]{1,2}　[^　]{1,2})|　[^　]　[^　])"
)


def is_signed_title(text: str) -> bool:
    """Whether a line is a title with its author at the foot of the column."""
    return bool(_SIGNED_TITLE.fullmatch(text))


def contents_title(text: str) -> str:
    """A heading's text, notes left out, made fit for a table of contents.

    The author named at the foot of the column and the argument printed under a chapter's name are left out.
    """
    text = text.replace("\n", " ").strip(" \u3000")
    if signed := _SIGNED_TITLE.fullmatch(text):
        return spaced(signed["title"])
    first, gap, rest = _parted(text)
    if gap >= 2 or COUNTED.fullmatch(first):
        return spaced(first)
    return spaced(text) if rest else text


def part_title(lines: Iterable[str], number: int) -> str:
    """A name, from its first lines, for a part whose source gives only its number; `卷三` if they have none."""
    opening = [line for line in lines if line and len(line) <= 24 and not is_series(line)][:3]
    for line in opening:
        if juan := JUAN.fullmatch(line.partition("\u3000")[0]):
            return juan["juan"]
    if number:
        return f"卷{in_chinese(number)}"
    known = [recognise(line) for line in opening]
    for found in known:
        if found and found.family == "piece":
            return found.title
    return contents_title(opening[0]) if opening and known[0] is None else ""


def in_chinese(number: int) -> str:
    """A number below 1000 as juan are numbered: 12 → 十二, 101 → 一百一, 119 → 一百十九."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{_DIGITS[tens] if tens > 1 else ''}十"
    return text + (_DIGITS[ones] if ones or not number else "")


def _parted(text: str) -> tuple[str, int, str]:
    """What stands before the first gap of full-width spaces, the gap's width, and the rest."""
    first, _, rest = text.partition("\u3000")
    tail = rest.lstrip("\u3000")
    return first, 1 + len(rest) - len(tail) if rest else 0, tail
