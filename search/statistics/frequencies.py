"""Several queries side by side: how often each is found, by work, period or century."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError
from search.found import Found
from search.statistics.distribution import By, Distribution, Share, over_works
from search.statistics.tables import Cell, Table, per_10k

MOST = 12
"""Queries that can be set side by side."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """One distribution a query, all over the same works in the same order."""

    queries: tuple[str, ...]
    distributions: tuple[Distribution, ...]

    @property
    def lines(self) -> tuple[tuple[Share, ...], ...]:
        """The shares line by line, one a query; lines on which no query has a hit are left out."""
        lines = zip(*(one.shares for one in self.distributions), strict=True)
        return tuple(line for line in lines if any(share.hits for share in line))

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "queries": list(self.queries),
            "heading": self.distributions[0].heading,
            "totals": [_counts(one) for one in self.distributions],
            "rows": [
                {
                    "key": line[0].key,
                    "label": line[0].label,
                    "characters": line[0].characters,
                    "counts": [_counts(share) for share in line],
                }
                for line in self.lines
            ],
        }

    def as_table(self) -> Table:
        """As a table; for each query passages, hits, and hits for every 10,000 characters."""
        heads = [f"{query} {what}" for query in self.queries for what in ("段数", "处数", "每万字")]
        rows: list[tuple[Cell, ...]] = [
            (line[0].label, line[0].characters, *(cell for share in line for cell in _counts(share).values()))
            for line in self.lines
        ]
        first = self.distributions[0]
        totals = (cell for one in self.distributions for cell in _counts(one).values())
        return Table((first.heading, "字数", *heads), (*rows, ("合计", first.characters, *totals)))


def frequencies(found: Sequence[Found], by: By = "work") -> Frequencies:
    """Set queries side by side, by work or what works are taken together by.

    Raises:
        UsageError: no query, or more than `MOST`; or they were not looked for in the same text.
    """
    if not 1 <= len(found) <= MOST:
        raise UsageError(f"要比较的检索式有 {len(found)} 个。", remedy=f"请写一至 {MOST} 个。")
    distributions = tuple(over_works(one, by) for one in found)
    if len({tuple((share.key, share.characters) for share in one.shares) for one in distributions}) > 1:
        raise UsageError(
            "这几个检索式查的不是同样的范围，不能并排比较。", remedy="请把“书:”“卷:”等条件写得一样，或改用限定范围。"
        )
    return Frequencies(tuple(one.text for one in found), distributions)


def _counts(one: Share | Distribution) -> dict[str, Any]:
    return {"passages": one.passages, "hits": one.hits, "per_10k": per_10k(one.hits, one.characters)}
