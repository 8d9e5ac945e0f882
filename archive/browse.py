"""The catalogue as one reader may see it: works with their listed editions, grouped, counted, found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from archive import rights, rows
from archive.errors import Gone, NotFound
from archive.library import Library
from archive.model import LAYERS, Edition, Revision, Work
from archive.urn import Urn

# Facet → how works say their share in it. A work without one stands under "".
FACETS: dict[str, Callable[[Work], str]] = {
    "collection": lambda work: work.collection,
    "author": lambda work: work.author,
    "category": lambda work: work.category,
    "period": lambda work: work.period or work.dynasty,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A work and the editions of it this reader may know of, in the order they were added."""

    work: Work
    editions: tuple[Edition, ...]

    @property
    def characters(self) -> int:
        """Chinese characters of its longest edition: the size of the work, not of our holdings."""
        return max(edition.characters for edition in self.editions)


@dataclass(frozen=True, slots=True)
class Group:
    """The entries that share one value of a facet."""

    facet: str
    value: str
    entries: tuple[Entry, ...]

    @property
    def characters(self) -> int:
        """Chinese characters of its works."""
        return sum(entry.characters for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An edition newly in the library, and the day it came (ISO date)."""

    work: Work
    edition: Edition
    day: str


def catalogue(library: Library, *, staff: bool = False) -> list[Entry]:
    """Works that have an edition this reader may know of, in catalogue order."""
    held: dict[str, list[Edition]] = {}
    for edition in library.editions():
        if rights.listed(edition, staff=staff):
            held.setdefault(edition.work_id, []).append(edition)
    return [Entry(work, tuple(held[work.id])) for work in library.works() if work.id in held]


def groups(entries: Iterable[Entry], facet: str) -> list[Group]:
    """Entries by their value of `facet` (a key of `FACETS`), in order of first appearance, those without one last."""
    value_of = FACETS[facet]
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(value_of(entry.work), []).append(entry)
    return [Group(facet, value, tuple(found[value])) for value in sorted(found, key=lambda value: not value)]


def arrivals(library: Library, entries: Sequence[Entry], count: int) -> list[Arrival]:
    """The `count` editions that came last, newest first."""
    days: dict[int, str] = dict(
        library.db.execute("SELECT edition_id, substr(min(at), 1, 10) FROM change WHERE what = 'store' GROUP BY 1")
    )
    held = [(entry.work, edition) for entry in entries for edition in entry.editions]
    newest = sorted(held, key=lambda pair: pair[1].id, reverse=True)[:count]
    return [Arrival(work, edition, days.get(edition.id, "")) for work, edition in newest]


def as_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The catalogue for programs: `id`, `title`, `author`, `editions` with URN, label, counts and rights by layer."""
    return [
        {
            "id": entry.work.id,
            "title": entry.work.title,
            "author": entry.work.author,
            "editions": [
                {
                    "urn": edition.urn,
                    "label": edition.label,
                    "characters": edition.characters,
                    "passages": edition.passages,
                    "pages": edition.pages,
                    "rights": {layer: getattr(edition.rights, layer) for layer in LAYERS},
                }
                for edition in entry.editions
            ],
        }
        for entry in entries
    ]


def edition(library: Library, name: Urn, *, staff: bool = False) -> Edition:
    """The edition a URN names, as this reader may know it; a URN without one means the first edition listed.

    An edition kept for staff is answered exactly like one that never was, withdrawn or not.

    Raises:
        NotFound: there is none for this reader.
        Gone: it was public and has been withdrawn.
    """
    if not name.edition:
        for one in library.editions(name.work):
            if rights.listed(one, staff=staff):
                return one
        raise absent(library, name.work, staff=staff)
    for row in library.db.query("SELECT * FROM edition WHERE urn = ?", [name.edition_urn]):
        found = rows.edition(row)
        if not rights.listed(found, staff=staff):
            break
        if row["withdrawn_at"]:
            raise Gone(f"《{found.label}》已于 {row['withdrawn_at'][:10]} 撤下。", where=name.edition_urn)
        return found
    raise NotFound("文库里没有这个版本。", where=name.edition_urn, remedy="请从书目进入，或检索书名。")


def absent(library: Library, work_id: str, *, staff: bool = False) -> NotFound | Gone:
    """What to say of a work without a listed edition: that it has been withdrawn, if this reader could know of it."""
    sql = "SELECT * FROM edition WHERE work_id = ? AND withdrawn_at IS NOT NULL ORDER BY withdrawn_at DESC"
    for row in library.db.query(sql, [work_id]):
        if rights.listed(rows.edition(row), staff=staff):
            title = library.work(work_id).title
            return Gone(f"《{title}》已于 {row['withdrawn_at'][:10]} 撤下。", where=work_id)
    return NotFound("文库里没有这部著作。", where=work_id, remedy="请从书目进入，或检索书名。")


def history(library: Library, edition_id: int, ref: str) -> tuple[str, list[Revision]]:
    """When a passage was withdrawn (ISO time, empty if it is not) and every state its text has had, oldest first.

    Raises:
        NotFound: the edition never had that passage.
    """
    sql = "SELECT id, withdrawn_at FROM passage WHERE edition_id = ? AND ref = ?"
    row = library.db.execute(sql, [edition_id, ref]).fetchone()
    if row is None:
        raise NotFound("该版本没有这一段。", where=ref, remedy="请核对段落编号，或从目录进入。")
    return row[1] or "", library.revisions(row[0])
