"""Finding records of a directory: by words in any script, by sound, by field, narrowed by facets; counts are exact.

Words are folded as texts are (`search.text.folding`), so that 王船山 finds 王舩山 too; letters also find the names they
spell or abbreviate (`wangfuzhi`, `wfz`). A query is words, all of which must be there: `-` excludes one, `|` parts
alternatives, `"…"` keeps words together, `单位:师范学院` looks in one field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from archive.directories import finding, public
from archive.directories.model import Directory, Field
from archive.directories.public import PublicRecord
from archive.errors import UsageError
from archive.library import Library
from search.records.cabinet import Cabinet, cabinet
from search.records.facets import Left
from search.text.alphabet import Numbers
from search.text.folding import fold, fold_with_offsets, units

LONGEST = 200
"""Characters a query may have."""
LISTED = 50
"""Values of a facet that are told, those with most records first; those chosen are always told."""
CONTEXT = 18

_TERM = re.compile(
    r"(?P<not>[-－])?(?:(?P<field>[^\s:：|｜\"“”]+)[:：](?=\S))?(?:[\"“”](?P<quoted>[^\"“”]+)[\"“”]|(?P<word>\S+))"
)
_TIERS = 3


class Term(NamedTuple):
    """Words to find, in one field or (empty) anywhere; or to find nowhere."""

    text: str
    field: str = ""
    without: bool = False


class Count(NamedTuple):
    """A value of a facet, and how many records would be left by it."""

    value: str
    records: int
    chosen: bool


class FacetCounts(NamedTuple):
    """A facet as it stands beside a list: `more` counts the values that are not told."""

    key: str
    label: str
    values: tuple[Count, ...]
    more: int


class Spot(NamedTuple):
    """Where words stand in a record: the field's label, the words as stored, and what is on either side."""

    label: str
    left: str
    match: str
    right: str


@dataclass(frozen=True, slots=True)
class Item:
    """A record in an answer, and where what was looked for stands in it, its title left out."""

    record: PublicRecord
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """One page of what was found. `total` counts all of it, exactly."""

    query: str
    total: int
    page: int
    size: int
    items: tuple[Item, ...]
    facets: tuple[FacetCounts, ...]
    took: float
    """Seconds."""

    def as_json(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "query": self.query,
            "total": self.total,
            "page": self.page,
            "size": self.size,
            "items": [{**one.record.as_json(), "spots": [spot._asdict() for spot in one.spots]} for one in self.items],
            "facets": {one.key: {count.value: count.records for count in one.values} for one in self.facets},
            "took_ms": round(self.took * 1000, 1),
        }


def find(
    library: Library,
    directory: Directory,
    query: str = "",
    chosen: Mapping[str, Sequence[str]] | None = None,
    *,
    page: int = 1,
    size: int = 20,
    listed: int = LISTED,
) -> RecordAnswer:
    """A page of a directory's published records.

    Args:
        library: the library.
        directory: which one.
        query: what to find; nothing finds all.
        chosen: values by facet field: of one facet any will do, every facet must agree.
        page: from 1.
        size: records a page.
        listed: values told of each facet.

    Raises:
        UsageError: the query cannot be read, or a facet is chosen that there is not.
    """
    start = perf_counter()
    held = cabinet(library, directory)
    chosen = {key: list(values) for key, values in (chosen or {}).items() if values}
    for key in chosen:
        if all(field.key != key for field in directory.facets):
            known = "、".join(field.label for field in directory.facets)
            raise UsageError(f"不能按“{key[:40]}”筛选。", remedy=f"可用：{known or '无'}。")
    alternatives = parse(directory, query)
    matching, tier = _matching(held, alternatives)
    masks = {key: _chosen(held, key, values) for key, values in chosen.items()}
    left = _all([matching, *masks.values()])
    total = int(np.count_nonzero(left))
    records = public.records(library, directory, _page(held, left, tier, page, size))
    words = [term for terms in alternatives for term in terms if not term.without]
    items = tuple(Item(one, tuple(_spots(directory, one, words))) for one in records)
    facets = _facets(held, matching, left, masks, chosen, listed)
    return RecordAnswer(query, total, page, size, items, facets, perf_counter() - start)


def parse(directory: Directory, query: str) -> list[list[Term]]:
    """A query as alternatives, each of words that must all be there.

    Raises:
        UsageError: it is too long, or only says what to leave out.
    """
    if len(query) > LONGEST:
        raise UsageError(f"检索词有 {len(query)} 个字，太长了。", remedy=f"请缩短到 {LONGEST} 个字以内。")
    fields = {fold(name): one.key for one in directory.searched for name in (one.key, one.label, *one.aliases)}
    found: list[list[Term]] = []
    for part in re.split(r"[|｜]", query):
        terms = []
        for one in _TERM.finditer(part):
            text = one["quoted"] or one["word"]
            key = fields.get(fold(one["field"] or ""), "")
            if one["field"] and not key:
                text = f"{one['field']}：{text}"  # a colon in plain words
            if units(text):
                terms.append(Term(text, key, bool(one["not"])))
        if terms:
            found.append(terms)
    if any(all(term.without for term in terms) for terms in found):
        raise UsageError("只写了要排除的，没有写要找的。", remedy="例如：船山 -书院。")
    return found


def _matching(held: Cabinet, alternatives: Sequence[Sequence[Term]]) -> tuple[Numbers, Numbers | None]:
    """Rows that match, and how near to the top each belongs: 0 the very title, 1 in the title, 2 elsewhere."""
    if not alternatives:
        return held.alive, None
    matching = np.zeros(len(held.ids), dtype=bool)
    tier = np.full(len(held.ids), _TIERS - 1, dtype=np.uint8)
    for terms in alternatives:
        found = [(term, held.find(term.text, term.field)) for term in terms]
        mine = _all([held.alive, *(~one.anywhere if term.without else one.anywhere for term, one in found)])
        titles = [one for term, one in found if not term.without]
        tier[_all([mine, *(one.title for one in titles)])] = 1
        if len(titles) == 1:
            tier[mine & titles[0].whole] = 0
        matching |= mine
    return matching, tier


def _chosen(held: Cabinet, key: str, values: Sequence[str]) -> Numbers:
    """Rows that have one of these values."""
    mask = np.zeros(len(held.ids), dtype=bool)
    for drawer, span in zip(held.drawers, held.spans(), strict=True):
        mask[span][drawer.facets[key].having(values)] = True
    return mask


def _page(held: Cabinet, left: Numbers, tier: Numbers | None, page: int, size: int) -> list[int]:
    """The records of a page: tier by tier, each in the order of the directory, as far as they are asked for."""
    found: list[int] = []
    before = (page - 1) * size
    for rows in _by_tier(left, tier):
        if before < len(rows):
            if len(held.drawers) > 1:
                rows = rows[np.argsort(held.place[rows], kind="stable")]
            found += held.ids[rows[before : before + size - len(found)]].tolist()
        before = max(before - len(rows), 0)
        if len(found) == size:
            break
    return found


def _by_tier(left: Numbers, tier: Numbers | None) -> Iterator[Numbers]:
    if tier is None:
        yield np.flatnonzero(left)
    else:
        yield from (np.flatnonzero(left & (tier == one)) for one in range(_TIERS))


def _facets(
    held: Cabinet,
    matching: Numbers,
    left: Numbers,
    masks: Mapping[str, Numbers],
    chosen: Mapping[str, Sequence[str]],
    listed: int,
) -> tuple[FacetCounts, ...]:
    """Every facet's counts. Its own choices are left aside: they say what choosing another value would give."""
    spans = held.spans()
    whole = [Left.of(left[span]) for span in spans]
    found = []
    for field in held.directory.facets:
        parts = whole
        if field.key in masks:
            rest = _all([matching, *(mask for key, mask in masks.items() if key != field.key)])
            parts = [Left.of(rest[span]) for span in spans]
        found.append(_counted(held, field, parts, chosen.get(field.key, ()), listed))
    return tuple(found)


def _counted(held: Cabinet, field: Field, parts: Sequence[Left], mine: Sequence[str], listed: int) -> FacetCounts:
    """A facet's values with the records each would leave, of the rows that are left in each drawer."""
    totals: dict[str, int] = {}
    for drawer, part in zip(held.drawers, parts, strict=True):
        facet = drawer.facets[field.key]
        counts = facet.counts(part)
        for number in np.flatnonzero(counts).tolist():
            totals[facet.values[number]] = totals.get(facet.values[number], 0) + int(counts[number])
    ranked = sorted(totals, key=_rank(field, totals))
    told = [*ranked[:listed], *(value for value in mine if value not in ranked[:listed])]
    values = tuple(Count(value, totals.get(value, 0), value in mine) for value in told)
    return FacetCounts(field.key, field.label, values, max(len(ranked) - listed, 0))


def _rank(field: Field, totals: Mapping[str, int]) -> Any:
    """Declared values in the declared order, years from the latest, others by how many records they have."""
    if field.vocabulary and not field.open:
        order = {value: number for number, value in enumerate(field.vocabulary)}
        return lambda value: (order.get(value, len(order)), value)
    if field.kind in ("year", "years", "date"):
        return lambda value: -int(value)
    return lambda value: (-totals[value], value)


def _spots(directory: Directory, record: PublicRecord, terms: Sequence[Term]) -> list[Spot]:
    """Where each of the words first stands outside the title."""
    found: list[Spot] = []
    cells = [cell for cell in finding.searchable(directory, record.values) if cell[1] != record.title]
    for term in terms:
        wanted = fold(term.text)
        for field, text, _ in cells:
            if (term.field and field != term.field) or (at := fold(text).find(wanted)) < 0:
                continue
            _, offsets = fold_with_offsets(text)
            low, high = offsets[at], offsets[at + len(wanted) - 1] + 1
            left, right = text[max(low - CONTEXT, 0) : low], text[high : high + CONTEXT]
            found.append(Spot(directory.by_key[field].label, left, text[low:high], right))
            break
    return found


def _all(masks: Sequence[Numbers]) -> Numbers:
    return reduce(np.logical_and, masks)
