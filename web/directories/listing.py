"""What a visitor asks of a directory: words, values chosen, a page, a view; and what lists of records are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from flask import request

from archive.directories.model import Directory
from archive.directories.public import PublicRecord
from archive.errors import UsageError
from search.records.finding import Count, FacetCounts, RecordAnswer, Spot
from web import links
from web.directories import fields
from web.searching.finding import number

VIEWS = {"": "列表", "cards": "卡片", "stats": "统计", "together": "合作"}
SIZES = {"": 30, "cards": 24}
"""Records on a page."""
LAST = 99_999
_FEW = 8
"""Values of a facet shown before the rest are folded away."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a directory as the address states it."""

    directory: Directory
    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    view: str = ""

    @property
    def size(self) -> int:
        """Records on a page of this view."""
        return SIZES.get(self.view, 1)

    @property
    def narrowed(self) -> bool:
        """Whether this asks for less than all."""
        return bool(self.q or self.chosen)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All but the words and the page, as names and values of an address."""
        chosen = [(key, value) for key, values in self.chosen.items() for value in values]
        return [*chosen, *([("view", self.view)] if self.view else [])]

    def href(self, **changes: object) -> str:
        """The address of this question with `changes`; it begins again at its first page."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        pairs = [("q", changed.q)] if changed.q else []
        pairs += changed.pairs
        if changed.page > 1:
            pairs.append(("page", str(changed.page)))
        return links.directory(self.directory.id) + (f"?{urlencode(pairs)}" if pairs else "")

    def toggled(self, facet: str, value: str) -> str:
        """The address with one value chosen, or let go of if it is chosen."""
        held = self.chosen.get(facet, ())
        values = tuple(one for one in held if one != value) if value in held else (*held, value)
        return self.href(chosen={key: kept for key, kept in {**self.chosen, facet: values}.items() if kept})


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet as a link: choosing it, or letting go of it."""

    label: str
    records: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A facet beside a list: its first values, those folded away, and how many more there are."""

    label: str
    few: tuple[Choice, ...]
    folded: tuple[Choice, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in a list: what is said of it, where the words stand in it, its photo's address if it has one."""

    record: PublicRecord
    href: str
    facts: tuple[str, ...]
    spots: tuple[Spot, ...]
    photo: str


def asked(directory: Directory, views: Mapping[str, str]) -> Asked:
    """Read the request.

    Raises:
        UsageError: a view or a page that there is not.
    """
    view = request.args.get("view", "")
    if view not in views:
        known = "、".join(f"{name}（{label}）" for name, label in views.items() if name)
        raise UsageError(f"没有“{view[:20]}”这种看法。", remedy=f"可用：{known}。")
    return Asked(directory, request.args.get("q", "").strip(), chosen(directory), page(), view)


def chosen(directory: Directory) -> dict[str, tuple[str, ...]]:
    """The facet values of the request; empty ones choose nothing."""
    given = {one.key: tuple(dict.fromkeys(filter(None, request.args.getlist(one.key)))) for one in directory.facets}
    return {key: values for key, values in given.items() if values}


def page() -> int:
    """The page of the request.

    Raises:
        UsageError: there cannot be such a page.
    """
    return number("page", "页码", 1, 1, LAST)


def panels(asked: Asked, facets: Sequence[FacetCounts]) -> list[Panel]:
    """The facets with something to choose."""
    made = [(one, [choice(asked, one.key, value) for value in one.values]) for one in facets]
    return [
        Panel(one.label, tuple(choices[:_FEW]), tuple(choices[_FEW:]), one.more)
        for one, choices in made
        if len(choices) > 1 or any(held.chosen for held in choices)
    ]


def choice(asked: Asked, facet: str, value: Count) -> Choice:
    """A value of a facet as a link."""
    return Choice(value.value, value.records, asked.toggled(facet, value.value), value.chosen)


def entries(directory: Directory, answer: RecordAnswer) -> list[Entry]:
    """The records of an answer as lists show them."""
    known = fields.titles(directory, [item.record for item in answer.items])
    return [
        Entry(
            item.record,
            links.entry(item.record.key),
            tuple(fields.brief(directory, item.record, known)),
            item.spots,
            photo(directory, item.record),
        )
        for item in answer.items
    ]


def photo(directory: Directory, record: PublicRecord) -> str:
    """The address of a record's photo; empty if it has none."""
    has = any(one.kind == "photo" and one.key in record.values for one in directory.public)
    return links.entry(record.key, ".jpg") if has else ""


def last(answer: RecordAnswer) -> int:
    """The number of the last page."""
    return max(1, -(-answer.total // answer.size))
