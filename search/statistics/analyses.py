"""The analyses of what was found, by name: what the command line and the site offer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from archive.errors import UsageError
from search.answer import Facet
from search.files import formats
from search.found import Found
from search.statistics import collocates, distribution, facets, forms
from search.statistics.spreadsheets import csv_chunks, xlsx_chunks
from search.statistics.tables import Table


class Result(Protocol):
    """What an analysis gives: for programs, and as a table."""

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""

    def as_table(self) -> Table:
        """As a table."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an analysis may be told; each looks at what concerns it.

    Args:
        work: id of the work, or URN of the edition, whose sections are counted; empty if all hits are in one work.
        depth: level of these sections.
        window, length, minimum: as in `collocates.collocates`.
        sort: order of collocates.
        limit: how many collocates or forms to list.
    """

    work: str = ""
    depth: int | None = None
    window: int = 5
    length: int = 1
    minimum: int = 2
    sort: collocates.Order = "likelihood"
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Facets:
    """All facets as one result."""

    values: Mapping[str, tuple[Facet, ...]]

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {name: [one._asdict() for one in values] for name, values in self.values.items()}

    def as_table(self) -> Table:
        """As a table."""
        rows = [
            (facets.NAMES[name], one.label, one.passages, one.hits)
            for name, values in self.values.items()
            for one in values
        ]
        return Table(("分面", "值", "段数", "处数"), tuple(rows))


class Statistic(NamedTuple):
    """An analysis: its Chinese name, and how it is made."""

    label: str
    make: Callable[[Found, Options], Result]


def _sections(found: Found, options: Options) -> Result:
    """The sections of the one work that was asked for, or else of the only one with hits."""
    works = {share.shelf.work.id for share in found.by_shelf}
    if not options.work and len(works) != 1:
        raise UsageError(f"命中分布在 {len(works)} 部著作里，不知道要看哪一部的章节。", remedy="请指明一部著作的编号。")
    return distribution.over_sections(found, options.work or works.pop(), options.depth)


def _collocates(found: Found, options: Options) -> Result:
    return collocates.collocates(
        found,
        window=options.window,
        length=options.length,
        minimum=options.minimum,
        order=options.sort,
        limit=options.limit,
    )


STATISTICS: dict[str, Statistic] = {
    "works": Statistic("著作分布", lambda found, _: distribution.over_works(found)),
    "sections": Statistic("章节分布", _sections),
    "periods": Statistic("时代分布", lambda found, _: distribution.over_works(found, "period")),
    "centuries": Statistic("世纪分布", lambda found, _: distribution.over_works(found, "century")),
    "collocates": Statistic("搭配", _collocates),
    "forms": Statistic("字形", lambda found, options: forms.forms(found, options.limit)),
    "facets": Statistic("分面", lambda found, _: Facets(facets.facets(found))),
}


def statistic(found: Found, by: str, options: Options | None = None) -> Result:
    """Make an analysis.

    Raises:
        UsageError: unknown analysis, lists those there are; or its options are wrong.
        NotFound: no such work.
    """
    if by not in STATISTICS:
        raise UsageError(f"没有“{by[:40]}”这种统计。", remedy=f"可用：{'、'.join(STATISTICS)}。")
    return STATISTICS[by].make(found, options or Options())


def _json(result: Result) -> Iterator[bytes]:
    yield json.dumps(result.as_json(), ensure_ascii=False).encode()


def _csv(result: Result) -> Iterator[bytes]:
    table = result.as_table()
    return csv_chunks((table.headings, *table.rows))


def _xlsx(result: Result) -> Iterator[bytes]:
    table = result.as_table()
    return xlsx_chunks((("统计", (table.headings, *table.rows)),))


FORMATS = formats(csv=_csv, xlsx=_xlsx, json=_json)
"""A result as a file."""
