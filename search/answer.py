"""What a search answers, as plain data: for the command line, the site and programs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from search.fallback.near import NearQuotations

Form = Literal["exact", "variant"]


class Item(NamedTuple):
    """One verified hit. `start` and `end` count characters of the passage's stored text.

    `left`, `match`, `right` are stored text as far as the reader may see it: a note he may not see is 〔…〕, and where
    an edition's punctuation is not public there is none.
    """

    urn: str
    work: str
    title: str
    author: str
    edition: str
    edition_label: str
    section: str
    section_title: str
    ref: str
    page: str
    left: str
    match: str
    right: str
    start: int
    end: int
    form: Form
    in_note: bool


class Facet(NamedTuple):
    """One value of a facet with what the search finds there. `value` goes into `Scope`, `label` is shown."""

    value: str
    label: str
    passages: int
    hits: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: only in these, by the values that facets give; an empty tuple sets no limit."""

    collections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    """Edition URNs."""
    categories: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    """Keys of `search.statistics.facets.LAYERS`: where hits begin."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an exact answer.

    `took_ms` is the time of the search itself, without bringing a library that has changed into memory. `passages` and
    `hits` count everything the reader may find, not only this page. `change` is the archive's change number that the
    answer reflects. `notices` are remarks for the reader (Chinese).
    """

    query: str
    engine: str
    took_ms: float
    passages: int
    hits: int
    facets: Mapping[str, tuple[Facet, ...]]
    items: tuple[Item, ...]
    page: int
    size: int
    change: int
    notices: tuple[str, ...] = ()
    near: NearQuotations | None = None
    """For a near quotation, the items once more with what differs."""

    @property
    def pages_total(self) -> int:
        """How many pages of this size there are; 0 if there is no hit."""
        return -(-self.hits // self.size)

    def as_json(self) -> dict[str, Any]:
        """The answer as one JSON object."""
        return {
            "query": self.query,
            "engine": self.engine,
            "took_ms": self.took_ms,
            "passages": self.passages,
            "hits": self.hits,
            "facets": {name: [facet._asdict() for facet in facets] for name, facets in self.facets.items()},
            "items": [item._asdict() for item in self.items],
            "page": self.page,
            "size": self.size,
            "pages_total": self.pages_total,
            "change": self.change,
            "notices": list(self.notices),
            **({"near": self.near.as_json()} if self.near else {}),
        }
