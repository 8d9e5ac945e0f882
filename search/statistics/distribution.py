"""How hits spread over works, periods and centuries, and over the sections of one work, beside the size of each.

Size is the number of letters that this reader may search (`search.statistics.searched`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from archive.errors import NotFound, UsageError
from archive.model import Work
from search.found import Found
from search.statistics import periods
from search.statistics.facets import author_label
from search.statistics.searched import searched, sizes
from search.statistics.tables import Table, per_10k
from search.text.alphabet import Numbers
from search.text.bank import Shelf

By = Literal["work", "period", "century"]


class _Grouping(NamedTuple):
    """What works are counted together by: Chinese headings, the value, what is shown for it, what it is sorted by."""

    heading: str
    aside: str
    value: Callable[[Work], str]
    label: Callable[[Work], str]
    detail: Callable[[Work], str]
    order: Callable[[Work], int]


GROUPINGS: dict[By, _Grouping] = {
    "work": _Grouping("著作", "著者", lambda work: work.id, lambda work: work.title, author_label, lambda _: 0),
    "period": _Grouping("时代", "", periods.period, periods.period, lambda _: "", periods.begun),
    "century": _Grouping("世纪", "", periods.century, periods.century, lambda _: "", periods.year),
}


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to one work, period or section. `key` is the work's id, the period, or the URN of the section."""

    key: str
    label: str
    detail: str
    passages: int
    hits: int
    characters: int

    @property
    def per_10k(self) -> float:
        """Hits for every 10,000 characters."""
        return per_10k(self.hits, self.characters)

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {**asdict(self), "per_10k": self.per_10k}


@dataclass(frozen=True, slots=True)
class Distribution:
    """Shares, works in catalogue order, periods in time, sections in reading order; those without a hit stay in.

    `heading` and `aside` are what their labels and details are called (Chinese). The totals are those of the shares.
    """

    heading: str
    aside: str
    shares: tuple[Share, ...]

    @property
    def passages(self) -> int:
        """Passages with hits."""
        return sum(share.passages for share in self.shares)

    @property
    def hits(self) -> int:
        """Hits."""
        return sum(share.hits for share in self.shares)

    @property
    def characters(self) -> int:
        """Characters that were searched."""
        return sum(share.characters for share in self.shares)

    @property
    def per_10k(self) -> float:
        """Hits for every 10,000 characters searched."""
        return per_10k(self.hits, self.characters)

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        totals = {name: getattr(self, name) for name in ("passages", "hits", "characters", "per_10k")}
        return {"heading": self.heading, **totals, "shares": [share.as_json() for share in self.shares]}

    def as_table(self) -> Table:
        """As a table; periods have no column of details."""
        table = Table(
            (self.heading, self.aside, "段数", "处数", "字数", "每万字"),
            tuple(
                (share.label, share.detail, share.passages, share.hits, share.characters, share.per_10k)
                for share in self.shares
            ),
        )
        return table if self.aside else table.without(1)


def grouping_named(name: str) -> By:
    """The grouping called `name`.

    Raises:
        UsageError: there is none; lists the ones there are.
    """
    found = next((by for by in GROUPINGS if by == name), None)
    if found is None:
        known = "、".join(f"{by}（{one.heading}）" for by, one in GROUPINGS.items())
        raise UsageError(f"不能按“{name[:40]}”归并。", remedy=f"可用：{known}。")
    return found


def over_works(found: Found, by: By = "work") -> Distribution:
    """How hits spread over the works searched, or over works taken together by period or century.

    The editions of one work are always counted together. Works in which nothing was searched are left out.
    """
    bank, grouping = found.bank, GROUPINGS[by]
    rows = searched(found)
    shelves = [shelf for shelf in bank.shelves if rows[shelf.row : shelf.row_end].any()]
    first = {grouping.value(shelf.work): shelf.work for shelf in reversed(shelves)}
    order: dict[str, int] = {}
    for shelf in shelves:
        value, year = grouping.value(shelf.work), grouping.order(shelf.work)
        order[value] = min(year, order.get(value, year))
    values = sorted(order, key=order.__getitem__)
    number = {value: index for index, value in enumerate(values)}
    group = np.full(bank.size, len(values), dtype=np.int64)
    for shelf in shelves:
        group[shelf.row : shelf.row_end] = number[grouping.value(shelf.work)]
    group[~rows] = len(values)
    names = [(value, grouping.label(first[value]) or "未注明", grouping.detail(first[value])) for value in values]
    return Distribution(grouping.heading, grouping.aside, _shares(found.spans.row, group, sizes(found), names))


def over_sections(found: Found, work: str, depth: int | None = None) -> Distribution:
    """How hits spread over the sections of one work, edition by edition.

    Args:
        found: the hits; those in other works are left out.
        work: the work's id, or the URN of one of its editions.
        depth: level of the sections, from 1; what stands deeper belongs to the section above it. None is the highest
            level that has more than one. A section of a level below that is named with those it stands in.

    Raises:
        NotFound: nothing of such a work was searched.
    """
    bank, rows = found.bank, searched(found)
    letters = np.where(rows, sizes(found), 0)
    shares: list[Share] = []
    for shelf in bank.shelves:
        if work not in (shelf.work.id, shelf.edition.urn) or not rows[shelf.row : shelf.row_end].any():
            continue
        highest = _level(shelf.titles)
        level = depth or highest
        inside = [_above(path, level) for path in shelf.stream.sections]
        paths = list(dict.fromkeys(inside))
        number = {path: index for index, path in enumerate(paths)}
        group = np.array([number[path] for path in inside], dtype=np.int64)[shelf.stream.section]
        low, high = np.searchsorted(found.spans.row, (shelf.row, shelf.row_end))
        own = found.spans.row[low:high] - shelf.row
        names = [_section(shelf, path, highest) for path in paths]
        shares += _shares(own, group, letters[shelf.row : shelf.row_end], names)
    if not shares:
        raise NotFound(f"检索的范围里没有著作 {work[:80]}。", remedy="请放宽范围，或另选一部著作。")
    return Distribution("章节", "版本", tuple(shares))


def levels(found: Found, work: str) -> range:
    """The levels of the sections of a work that was searched: from the one counted if none is asked for, down."""
    titles = [shelf.titles for shelf in found.bank.shelves if work in (shelf.work.id, shelf.edition.urn)]
    deepest = max((path.count(".") + 1 for paths in titles for path in paths), default=1)
    return range(min(map(_level, titles), default=1), deepest + 1)


def _shares(rows: Numbers, group: Numbers, sizes: Numbers, names: Sequence[tuple[str, str, str]]) -> tuple[Share, ...]:
    """One share a name.

    Args:
        rows: the row of each hit.
        group: the number of the name by row, `len(names)` for none.
        sizes: letters by row.
        names: key, label and detail of each.
    """
    hit = np.zeros(len(group), dtype=bool)
    hit[rows] = True
    counted = (
        np.bincount(group[hit], minlength=len(names)),
        np.bincount(group[rows], minlength=len(names)),
        np.bincount(group, weights=sizes, minlength=len(names)).astype(np.int64),
    )
    columns = (column[: len(names)].tolist() for column in counted)
    return tuple(Share(*name, *counts) for name, *counts in zip(names, *columns, strict=True))


def _level(paths: Iterable[str]) -> int:
    """The highest level that has more than one section; 1 if none has."""
    paths = list(paths)
    for level in range(1, 1 + max((path.count(".") + 1 for path in paths), default=1)):
        if len({_above(path, level) for path in paths}) > 1:
            return level
    return 1


def _above(path: str, level: int) -> str:
    return ".".join(path.split(".")[:level])


def _section(shelf: Shelf, path: str, highest: int) -> tuple[str, str, str]:
    urn = f"{shelf.edition.urn}:{path}" if path else shelf.edition.urn
    above = (shelf.titles.get(_above(path, level), "") for level in range(highest, path.count(".") + 1))
    own = shelf.titles.get(path, "") or path or "未分章"
    return urn, "　".join(filter(None, (*above, own))), shelf.edition.label
