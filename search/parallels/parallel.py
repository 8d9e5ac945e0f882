"""Parallel passages (引文、互见): where else the library has the words of a passage, a section or a whole work.

Two places are parallel if they share a run of four letters and, with it, at least eight equal letters among few that
differ (`alignment` says how few). Every run of eight and more equal letters is among them. They are found on
demand: the source's grams are looked for in the whole library's text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from archive.errors import UsageError
from archive.library import Library
from archive.model import Edition, Passage, Work
from archive.urn import Urn, parse
from search.answer import Scope
from search.matching.conditions import hidden_notes_mask, scope_mask
from search.parallels.items import Item, Shower, covered, moved
from search.parallels.measured import Columns, find
from search.parallels.texts import source
from search.snapshot import shared
from search.statistics import periods
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf

Relation = Literal["other", "edition", "same"]
RELATIONS: dict[Relation, str] = {"other": "他书", "edition": "同书他本", "same": "本书别处"}
"""How the two places stand to each other: in two works, in two editions of one, in one edition."""
Dating = Literal["", "earlier", "same", "later"]
DATINGS: dict[Dating, str] = {"": "先后未详", "earlier": "早于本书", "same": "年代相近", "later": "晚于本书"}
"""When the other work was made, seen from this one."""
Order = Literal["place", "weight", "date"]
ORDERS: dict[Order, str] = {"weight": "相同多而少见者在前", "place": "按原文次序", "date": "按彼书年代"}
LIGHT = 24.0
"""Bits below which a parallel is a set phrase (套语): dates, numbers, titles, what everybody says."""
LONGEST = 400
"""Letters of either side shown of a longer parallel, unless more are asked for."""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Book:
    """An edition that has parallels, and how it stands to the source."""

    work: Work
    edition: Edition
    relation: Relation
    dating: Dating


@dataclass(frozen=True, slots=True)
class Share:
    """What one edition shares with the source: how many places, and how many equal letters they have together."""

    book: Book
    places: int
    letters: int

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "work": self.book.work.id,
            "title": self.book.work.title,
            "author": self.book.work.author,
            "edition": self.book.edition.urn,
            "edition_label": self.book.edition.label,
            "relation": self.book.relation,
            "dating": self.book.dating,
            "places": self.places,
            "letters": self.letters,
        }


@dataclass(frozen=True)
class Parallels:
    """All parallels of a source that one reader may find, as numbers: threads may share it.

    Args:
        urn: the source, its edition named.
        staff: whether the reader belongs to the house.
        change: the archive's change number that the answer reflects.
        columns: the parallels, in order of the source.
        book: by parallel, the index in `books` of the edition that holds the other place.
        books: the editions that have parallels, in catalogue order.
        section: by parallel, the index in `sections` of the section of the source in which it begins.
        sections: path and title of the sections of the edition that holds the source, in reading order.
        took_ms: how long it took, without bringing a library that has changed into memory.
        notices: remarks for the reader (Chinese).
    """

    urn: Urn
    staff: bool
    change: int
    columns: Columns
    book: Numbers
    books: tuple[Book, ...]
    section: Numbers
    sections: tuple[tuple[str, str], ...]
    took_ms: float
    notices: tuple[str, ...]

    def which(
        self,
        *,
        relation: Relation | None = None,
        edition: str | None = None,
        light: bool = False,
        order: Order = "place",
    ) -> Numbers:
        """Indexes of some of the parallels.

        Args:
            relation: only those of this relation.
            edition: only those in the edition of this URN.
            light: set phrases too.
            order: how they are sorted.
        """
        wanted = [relation in (None, book.relation) and edition in (None, book.edition.urn) for book in self.books]
        good = np.array(wanted, dtype=bool)[self.book] if wanted else np.zeros(0, dtype=bool)
        if not light:
            good &= self.columns.weight >= LIGHT
        found = np.flatnonzero(good)
        if order == "weight":
            # What a thousand books end with, as the sign-off of a series, is not what is looked for first.
            rare = self.columns.weight[found] / np.sqrt(self.columns.often[found])
            found = found[np.argsort(-rare, kind="stable")]
        if order == "date":
            years = np.array([periods.begun(book.work) for book in self.books])
            found = found[np.argsort(years[self.book[found]], kind="stable")]
        return found

    def shares(self, which: Numbers) -> list[Share]:
        """What each edition shares with the source, those that share most first."""
        places = np.bincount(self.book[which], minlength=len(self.books)).tolist()
        letters = np.bincount(self.book[which], weights=self.columns.equal[which], minlength=len(self.books)).tolist()
        found = [Share(*one) for one in zip(self.books, places, map(int, letters), strict=True) if one[1]]
        return sorted(found, key=lambda share: -share.letters)

    def by_section(self, which: Numbers) -> list[tuple[str, str, int]]:
        """How many of these begin in each section of the source: (path, title, count) of those in which some do."""
        counts = np.bincount(self.section[which], minlength=len(self.sections)).tolist()
        return [(*told, count) for told, count in zip(self.sections, counts, strict=True) if count]

    def items(self, library: Library, which: Numbers, *, width: int = 24, longest: int = LONGEST) -> Iterator[Item]:
        """Some parallels as the reader sees them.

        Args:
            library: the library, opened in the thread that asks.
            which: indexes, in the order wanted.
            width: characters of context on either side.
            longest: letters of either side that are shown of a longer one.

        Raises:
            Moved: the library has changed since; the parallels are to be found anew.
        """
        shower = Shower(library, self._bank(library), staff=self.staff, width=width, longest=longest)
        for start in range(0, len(which), _BATCH):
            yield from shower.items(self.columns.take(which[start : start + _BATCH]))

    def covered(self, library: Library, passage: Passage, which: Numbers) -> list[tuple[int, int]]:
        """The ranges of a passage of the source, in its stored text, that some parallels cover; in order, disjoint.

        Raises:
            Moved: as `items`.
        """
        return covered(self._bank(library), passage, self.columns.take(which))

    def _bank(self, library: Library) -> Bank:
        bank = shared(library.folder).view(library).bank
        if bank.number != self.change:
            raise moved()
        return bank

    def about(self, which: Numbers) -> dict[str, Any]:
        """What was compared, and what those that are wanted have in common, as one JSON object."""
        return {
            "urn": str(self.urn),
            "change": self.change,
            "took_ms": self.took_ms,
            "parallels": len(which),
            "set_phrases": int((self.columns.weight < LIGHT).sum()),
            "notices": list(self.notices),
            "shares": [share.as_json() for share in self.shares(which)],
        }

    def as_json(self, library: Library, which: Numbers, **options: int) -> dict[str, Any]:
        """As `about`, with the parallels themselves; `options` are those of `items`."""
        return {
            **self.about(which),
            "items": [
                {"relation": book.relation, "dating": book.dating, **item.as_json()}
                for book, item in self.with_books(library, which, **options)
            ],
        }

    def with_books(self, library: Library, which: Numbers, **options: int) -> Iterator[tuple[Book, Item]]:
        """As `items`, each with the edition that holds the other place."""
        books = (self.books[at] for at in self.book[which].tolist())
        return zip(books, self.items(library, which, **options), strict=True)


def parallels(
    library: Library,
    target: str | Urn,
    scope: Scope | None = None,
    *,
    staff: bool = False,
    step: Callable[[float], None] = lambda part: None,
) -> Parallels:
    """Find the parallels of a passage, a range in one, a section, an edition, or a work (its first edition).

    Args:
        library: the library, opened in the thread that asks.
        target: the URN of the source.
        scope: where to look for the other places; everywhere if None.
        staff: whether the reader belongs to the house.
        step: told now and then which part of the work is done, from 0 to 1.

    Raises:
        NotFound, Gone, UsageError: the source is not there, or badly named.
        Forbidden: the source may be searched but not read.
        Moved: the library changed meanwhile.
    """
    bank = shared(library.folder).view(library).bank
    begun = time.perf_counter()
    wanted = source(library, bank, parse(target) if isinstance(target, str) else target, staff=staff)
    rows = scope_mask(bank, scope or Scope(), staff=staff)
    columns, repeated = find(bank, wanted, rows, hidden_notes_mask(bank, staff=staff), step)
    shelf = np.searchsorted([one.place for one in bank.shelves], columns.target_first, side="right") - 1
    known, book = np.unique(shelf, return_inverse=True)
    stream = wanted.shelf.stream
    return Parallels(
        urn=wanted.urn,
        staff=staff,
        change=bank.number,
        columns=columns,
        book=book,
        books=tuple(_book(wanted.shelf, bank.shelves[at]) for at in known.tolist()),
        section=stream.section[bank.row_at(columns.source_first) - wanted.shelf.row],
        sections=tuple((path, wanted.shelf.titles.get(path, "")) for path in stream.sections),
        took_ms=round((time.perf_counter() - begun) * 1000, 2),
        notices=_notices(repeated),
    )


def letters_of(library: Library, target: Urn, *, staff: bool = False) -> int:
    """How many letters the passages have that a URN names: what it takes to find parallels grows with them.

    Raises:
        NotFound, Gone, UsageError, Forbidden, Moved: as `parallels`.
    """
    bank = shared(library.folder).view(library).bank
    rows = source(library, bank, target, staff=staff).rows
    return int(np.diff(bank.starts)[rows].sum())


def order_named(name: str) -> Order:
    """The order called `name`.

    Raises:
        UsageError: there is none; lists the ones there are.
    """
    for order in ORDERS:
        if order == name:
            return order
    raise UsageError(f"没有“{name[:20]}”这种次序。", remedy=f"可用：{'、'.join(ORDERS)}。")


def _book(here: Shelf, there: Shelf) -> Book:
    relation: Relation = "same" if here.edition.id == there.edition.id else "edition"
    if here.work.id != there.work.id:
        relation = "other"
    return Book(there.work, there.edition, relation, _dating(here.work, there.work) if relation == "other" else "")


def _dating(here: Work, there: Work) -> Dating:
    """By years where both are known, else by periods where both are."""
    if periods.UNKNOWN not in (mine := periods.year(here), theirs := periods.year(there)):
        if (there.year_to or theirs) < mine:
            return "earlier"
        return "later" if theirs > (here.year_to or mine) else "same"
    mine, theirs = periods.begun(here), periods.begun(there)
    if not (periods.period(here) and periods.period(there)) or periods.UNKNOWN in (mine, theirs):
        return ""
    return "same" if mine == theirs else "earlier" if theirs < mine else "later"


def _notices(repeated: int) -> tuple[str, ...]:
    if not repeated:
        return ()
    return (f"这些文字里有的字串重复太多，每一种只比对了前 {repeated:,} 次出现；要比对其余各次，请按章或按段查看。",)
