"""What stands near hits more often than chance would have it.

A collocate is a letter, or two letters in a row, within so many letters before or after a hit, in the same passage and
as far as the reader may see (`neighbours`). Every place of the text counts once, however many hits are near it;
the letters of hits themselves count nowhere. So places near hits and the other places searched make a proper two-by-two
table, which `likelihood` judges; windows as in S. Evert, Corpora and Collocations (2008), "surface
co-occurrence".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from archive.errors import UsageError
from search.found import Found
from search.language.tree import And, Link, Near, Node, Not, Or, Phrase, is_string, leaves, strings
from search.language.wording import written as worded
from search.statistics import collation, units
from search.statistics.likelihood import expected, likelihood
from search.statistics.neighbours import Neighbours, places_of, stretches
from search.statistics.searched import conditions, left_out, searched
from search.statistics.tables import Table
from search.statistics.units import Tally
from search.text.alphabet import Numbers
from search.text.bank import Bank
from search.text.folding import units as units_of
from search.text.glyphs import written

Order = Literal["likelihood", "count"]
ORDERS: dict[Order, str] = {"likelihood": "按对数似然比", "count": "按次数"}
WIDEST = 20
"""Letters to look at on either side, at most."""
MOST = 1000
"""Collocates listed, at most."""
_BEFORE, _AFTER, _OUT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Collocate:
    """One collocate: `count` places near hits, of which `left` before one and `right` after one (some are both).

    Of its `total` places in all that was searched `expected` would be near hits by chance. `likelihood` is G², negative
    where there are fewer than expected. `text` is its most frequent form near hits.
    """

    text: str
    count: int
    left: int
    right: int
    total: int
    expected: float
    likelihood: float


@dataclass(frozen=True, slots=True)
class Collocates:
    """The first of the `distinct` collocates that have at least `minimum` places near hits.

    `near` and `searched` count places: near hits, and altogether.
    """

    window: int
    length: int
    minimum: int
    order: Order
    near: int
    searched: int
    distinct: int
    items: tuple[Collocate, ...]

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)

    def as_table(self) -> Table:
        """As a table."""
        headings = ("搭配", "次数", "在前", "在后", "总次数", "期望次数", "对数似然比")
        return Table(headings, tuple(tuple(asdict(one).values()) for one in self.items))


def collocates(
    found: Found,
    *,
    window: int = 5,
    length: int = 1,
    minimum: int = 2,
    order: Order = "likelihood",
    limit: int = 100,
) -> Collocates:
    """What stands near hits.

    Args:
        found: the hits, however many.
        window: letters on either side, 1–`WIDEST`.
        length: letters of a collocate, 1 or 2.
        minimum: places near hits that a collocate must have.
        order: what to list first; what is alike comes by sound.
        limit: how many to list, 1–`MOST`.

    Raises:
        UsageError: a number out of its bounds, or an unknown order.
    """
    if not (1 <= window <= WIDEST and length in (1, 2) and minimum >= 1 and 1 <= limit <= MOST and order in ORDERS):
        raise UsageError(
            "搭配统计的参数不对。",
            remedy=f"左右各看 1—{WIDEST} 字，搭配长 1 或 2 字，至少 1 次，列 1—{MOST} 条，排序为 {'、'.join(ORDERS)}。",
        )
    bank = found.bank
    flags = _flags(found, window, length)
    places, whole = np.flatnonzero(flags - 1 < _OUT - 1), flags < _OUT  # 0 − 1 is 255: not near a hit
    near, everywhere = len(places), int(np.count_nonzero(whole))
    tally = units.tally(bank.letters, places, length)

    def judge(counts: Numbers, totals: Numbers) -> Numbers:
        return likelihood(counts, totals, near, everywhere)

    enough, all_of = np.flatnonzero(tally.counts >= minimum), units.Totals(bank, whole, length)
    if order == "count":
        chosen = enough[_descending(bank, tally, enough, tally.counts[enough], limit)]
        totals = all_of.of(tally.codes[chosen])
    else:
        chosen, totals = _likeliest(bank, tally, enough, all_of, judge, limit)
    counts, sides = tally.counts[chosen], flags[places]
    columns = (
        counts,
        *(np.bincount(tally.kind[sides & side > 0], minlength=len(tally.codes))[chosen] for side in (_BEFORE, _AFTER)),
        totals,
        np.round(expected(totals, near, everywhere), 2),
        np.round(likelihood(counts, totals, near, everywhere), 2),
    )
    texts = written(found.library, bank, _samples(bank, tally, places, chosen, length))
    items = tuple(map(Collocate, texts, *(column.tolist() for column in columns)))
    return Collocates(window, length, minimum, order, near, everywhere, len(enough), items)


def together(tree: Node, text: str, window: int) -> str:
    """The query for the places where a collocate stands near what a query looks for; empty if none says so.

    Of several strings any one will do; the conditions on the book and what is excluded stay.
    """
    looked_for = tuple(dict.fromkeys(strings(tree)))
    layers = {leaf.layer for string in looked_for for leaf in leaves(string)}
    parts = tree.nodes if isinstance(tree, And) else (tree,)
    on_book, excluded = conditions(tree), [part for part in parts if isinstance(part, Not)]
    if len(layers) > 1 or not all(is_string(part) for part in parts if part not in (*on_book, *excluded)):
        return ""
    either = looked_for[0] if len(looked_for) == 1 else Or(looked_for)
    near = Near((either, Phrase(units_of(text), layer=layers.pop())), (Link(window),))
    return worded(And((*on_book, near, *(part for part in excluded if part not in on_book))))


def _flags(found: Found, window: int, length: int) -> Numbers:
    """For every place whether a unit that begins there is near a hit, before or after it, or does not count at all."""
    bank, spans, rows = found.bank, found.spans, searched(found)
    flags = np.zeros(len(bank.letters), dtype=np.uint8)
    for shelf in bank.shelves:
        own, sought = flags[shelf.place : shelf.place_end], rows[shelf.row : shelf.row_end]
        if not sought.any():
            own[:] = _OUT
        elif not sought.all():
            flags[places_of(bank, shelf.row + np.flatnonzero(~sought))] = _OUT
        if (out := left_out(found, shelf)) is not None:
            own[out] = _OUT
    flags[stretches(spans.first, spans.last + 1)] = _OUT
    if length == 2 and len(flags):
        flags[:-1] |= flags[1:]
        flags[bank.starts[1:] - 1] = _OUT
    neighbours = Neighbours(found)
    for flag, columns in ((_BEFORE, neighbours.before(window)), (_AFTER, neighbours.after(window))):
        for begins in _begins(columns, length):
            flags[begins] |= flag
    return flags


def _begins(columns: Iterator[Numbers], length: int) -> Iterator[Numbers]:
    """Where units begin that lie among neighbours of a hit, which come nearest first."""
    nearer: Numbers | None = None
    for at in columns:
        if length == 1:
            yield at[at >= 0]
        elif nearer is not None:
            pair = (at >= 0) & (np.abs(at - nearer) == 1)
            yield np.minimum(at, nearer)[pair]
        nearer = at


def _likeliest(
    bank: Bank, tally: Tally, enough: Numbers, all_of: units.Totals, judge: Callable[..., Numbers], limit: int
) -> tuple[Numbers, Numbers]:
    """The indexes of the `limit` units with the greatest likelihood, and their totals.

    No unit is likelier than if all its places were near hits. So units are looked at from the greatest such bound down,
    and those whose bound is below what has been found are never looked for in the whole text.
    """
    bounds = judge(tally.counts[enough], tally.counts[enough])
    order = np.argsort(-bounds, kind="stable")
    tried = enough[order[: units.BATCH]]
    totals = all_of.of(tally.codes[tried])
    values = judge(tally.counts[tried], totals)
    if len(tried) < len(enough):
        least = np.partition(values, -limit)[-limit]
        rest = order[units.BATCH :]
        more = enough[rest[bounds[rest] >= least]]
        tried, totals = np.append(tried, more), np.append(totals, all_of.of(tally.codes[more]))
        values = judge(tally.counts[tried], totals)
    best = _descending(bank, tally, tried, values, limit)
    return tried[best], totals[best]


def _descending(bank: Bank, tally: Tally, which: Numbers, values: Numbers, limit: int) -> Numbers:
    """The indexes of the first `limit` units in `which` by descending value, then by sound."""
    sounds = collation.ranks(bank)[units.decoded(tally.codes[which], tally.length)]
    return np.lexsort((*sounds[::-1], -values))[:limit]


def _samples(bank: Bank, tally: Tally, places: Numbers, chosen: Numbers, length: int) -> list[Numbers]:
    """For each chosen unit the places of its most frequent form, where that stands first."""
    number = np.full(len(tally.codes), -1)
    number[chosen] = np.arange(len(chosen))
    which = number[tally.kind]
    places, which = places[which >= 0], which[which >= 0]
    forms = units.tally(bank.glyphs, places, length)
    unit = which[forms.first]
    order = np.lexsort((forms.first, -forms.counts, unit))
    _, best = np.unique(unit[order], return_index=True)
    return [place + np.arange(length) for place in places[forms.first[order[best]]].tolist()]
