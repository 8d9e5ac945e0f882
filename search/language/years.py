"""Years: what `年:1655-1692` asks for."""

from __future__ import annotations

import re

from archive.errors import UsageError
from search.language.juan import number

FIRST, LAST = 1, 9999


def wanted(text: str) -> tuple[int, int]:
    """The first and the last year a query names: `1655`, `1655-1692`, `1655-`, `-1692`, `一六五五至一六九二`.

    Raises:
        UsageError: it names none, or the range runs backwards.
    """
    tidy = re.sub(r"[\s年公元]", "", text)
    first, *more = re.split(r"[-－—–~～至到]", tidy, maxsplit=1)
    low = number(first) if first else FIRST if more and more[0] else None
    high = low if not more else number(more[0]) if more[0] else LAST
    if low is None or high is None or not (FIRST <= low <= LAST and FIRST <= high <= LAST):
        raise UsageError(
            f"看不懂年份“{text[:20]}”。",
            where="检索式中的“年:”",
            remedy="请写公元年，如：年:1655、年:1655-1692、年:1655-、年:-1692。",
        )
    if low > high:
        raise UsageError(
            f"年份范围“{text[:20]}”前后颠倒。", where="检索式中的“年:”", remedy=f"请写作 年:{high}-{low}。"
        )
    return low, high
