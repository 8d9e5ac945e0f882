"""Chinese numerals of titles and editions: 卷十二, 第二版."""

from __future__ import annotations

_DIGITS = {"〇": 0, "零": 0, "元": 1, "兩": 2, "两": 2} | {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_UNITS = {"千": 1000, "百": 100, "十": 10}
_TENS = {"廿": 20, "卅": 30}


def to_chinese(number: int) -> str:
    """`number` (1 to 9999) as it is read: 12 十二, 120 一百二十, 105 一百零五."""
    text, zero = "", False
    for unit, value in (*_UNITS.items(), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            # A lone ten is 十, not 一十.
            name = "" if unit == "十" and digit == 1 and not text else "一二三四五六七八九"[digit - 1]
            text += ("零" if zero else "") + name + unit
            zero = False
        else:
            zero = bool(text)
    return text


def from_chinese(text: str) -> int | None:
    """The number that `text` is: Arabic digits, 二, 十二, 廿三, 一百二十, 二〇二〇; None if it is none."""
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return int(text)
    if not text or len(text) > 8:
        return None
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) <= 4 else None
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total += _TENS[char]
        elif char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            return None
    return total + digit
