"""Which pages of a long list are offered to go to."""

from __future__ import annotations

from collections.abc import Callable

_AROUND = 2
"""Pages on either side of the one shown."""


def pages(here: int, last: int, href: Callable[[int], str]) -> list[tuple[int, str]]:
    """Number and address of the first page, those around this one, the last; 0 stands for a gap. None if one is all."""
    found: list[tuple[int, str]] = []
    for number in sorted({1, last, *range(max(1, here - _AROUND), min(last, here + _AROUND) + 1)}):
        if found and number > found[-1][0] + 1:
            found.append((0, ""))
        found.append((number, href(number)))
    return found if last > 1 else []
