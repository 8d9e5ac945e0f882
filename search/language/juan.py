"""Juan numbers: what `卷:3-5` asks for and what a section's title says."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.errors import UsageError

_DIGITS = {
    char: value
    for value, chars in enumerate(
        ("〇零○", "一壹弌", "二貳贰两", "三叁參", "四肆", "五伍", "六陸陆", "七柒", "八捌", "九玖")
    )
    for char in chars
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "廿": 20, "卄": 20, "卅": 30, "丗": 30, "卌": 40}
_SPECIAL = "首上中下末"
_NUMERAL = "".join([*_DIGITS, *_TENS])
_TITLE = re.compile(rf"[卷巻][之第]?(?:([0-9０-９]+|[{_NUMERAL}]+)|([{_SPECIAL}]))|第([0-9０-９]+|[{_NUMERAL}]+)[卷巻]")

Juan = int | str
"""A number, or one of 首 上 中 下 末."""
NONE = -100
"""The code of a section that names no juan."""


def code(juan: Juan | None) -> int:
    """A juan as a number, for arrays: those of 首 上 中 下 末 are negative, `NONE` if there is none."""
    if juan is None:
        return NONE
    return juan if isinstance(juan, int) else -1 - _SPECIAL.index(juan)


@lru_cache(maxsize=65536)
def of_title(title: str) -> Juan | None:
    """The juan a section's title names (周易稗疏卷一, 卷之三, 第十二卷, 卷上); None if it names none."""
    found = _TITLE.search(title)
    if found is None:
        return None
    return found[2] or number(found[1] or found[3])


def number(text: str) -> int | None:
    """A Chinese or Arabic numeral; None if it is none. `一二` is 12, `十二` too, `廿三` is 23."""
    if len(text) > 9:
        return None
    if text.isdecimal():
        return int(text)
    if not text or any(char not in _DIGITS and char not in _TENS for char in text):
        return None
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        unit = _TENS[char]
        total += unit if unit in (20, 30, 40) else max(digit, 1) * unit
        digit = 0
    return total + digit


def wanted(text: str) -> frozenset[Juan]:
    """The juans a query names: `3`, `三`, `3-5`, `三至五`, `上`.

    Raises:
        UsageError: it names none, or the range runs backwards.
    """
    tidy = re.sub(r"[\s第卷巻]", "", text)
    if tidy in tuple(_SPECIAL):
        return frozenset([tidy])
    first, *more = re.split(r"[-－—–~～至到]", tidy, maxsplit=1)
    low = number(first)
    high = number(more[0]) if more else low
    if low is None or high is None or high > 9999 or low > 9999:
        raise UsageError(
            f"看不懂卷号“{text[:20]}”。", where="检索式中的“卷:”", remedy="写法如：卷:3、卷:三、卷:3-5、卷:上。"
        )
    if low > high:
        raise UsageError(
            f"卷号范围“{text[:20]}”前后颠倒。", where="检索式中的“卷:”", remedy=f"请写作 卷:{high}-{low}。"
        )
    return frozenset(range(low, high + 1))
