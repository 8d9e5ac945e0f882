"""What hits have in common: how many fall to each collection, author, work, class, period, genre, and to notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from archive.model import Work
from search.answer import Facet
from search.found import Found
from search.statistics.periods import period
from search.text.bank import Bank
from search.text.columns import once_a_bank


class _By(NamedTuple):
    """A facet: its Chinese name, the value of a work, and the label shown for a work of that value."""

    name: str
    value: Callable[[Work], str]
    label: Callable[[Work], str]


def author_label(work: Work) -> str:
    """〔清〕王夫之; 未注明 if nobody says who."""
    dynasty = f"〔{work.dynasty}〕" if work.dynasty else ""
    return f"{dynasty}{work.author}" if work.author else "未注明"


FACETS: dict[str, _By] = {
    "collection": _By("丛集", lambda work: work.collection, lambda work: work.collection or "未归丛书"),
    "author": _By("著者", lambda work: work.author, author_label),
    "work": _By("著作", lambda work: work.id, lambda work: work.title),
    "category": _By("分类", lambda work: work.category, lambda work: work.category or "未分类"),
    "period": _By("时代", period, lambda work: period(work) or "未注明"),
    "genre": _By("体裁", lambda work: work.genre, lambda work: work.genre or "未注明"),
}
LAYER = "layer"
"""The facet of main text and notes."""
LAYERS = {"text": "正文", "notes": "注"}
NAMES = {**{name: by.name for name, by in FACETS.items()}, LAYER: "正文或注"}
"""What facets are called."""


def facets(found: Found) -> dict[str, tuple[Facet, ...]]:
    """All facets of what was found, the most frequent values first."""
    values_of = _values(found.bank)
    made: dict[str, dict[str, list[Any]]] = {name: {} for name in FACETS}
    for shelf, passages, hits in found.by_shelf:
        for totals, (value, label) in zip(made.values(), values_of[shelf.serial], strict=True):
            if total := totals.get(value):
                total[1] += passages
                total[2] += hits
            else:
                totals[value] = [label, passages, hits]
    counted = {name: _sorted(Facet(value, *total) for value, total in totals.items()) for name, totals in made.items()}
    return {**counted, LAYER: _layers(found)}


@once_a_bank
def _values(bank: Bank) -> dict[int, tuple[tuple[str, str], ...]]:
    """Of each shelf, by its serial, the value and the label of every facet."""
    return {
        shelf.serial: tuple((by.value(shelf.work), by.label(shelf.work)) for by in FACETS.values())
        for shelf in bank.shelves
    }


def _layers(found: Found) -> tuple[Facet, ...]:
    """How many hits begin in the main text and how many in a note; a passage with both is counted for both."""
    noted = found.bank.noted[found.spans.first] if found.bank.has_notes else np.zeros(0, dtype=bool)
    if not noted.any():
        return (Facet("text", LAYERS["text"], found.passages, found.hits),) if found.hits else ()
    rows = found.spans.row
    return _sorted(
        Facet(value, LAYERS[value], len(np.unique(rows[mask])), int(np.count_nonzero(mask)))
        for value, mask in (("text", ~noted), ("notes", noted))
        if mask.any()
    )


def _sorted(found: Iterable[Facet]) -> tuple[Facet, ...]:
    return tuple(sorted(found, key=attrgetter("hits"), reverse=True))
