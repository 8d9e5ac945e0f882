"""Records that somebody has judged not to be the same thing, however alike they look: they are not proposed again.

A judgement is of two records, not of their words: it stands when either is edited, goes when either is erased, and
passes to the record that one of them is merged into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from archive import audit, clock
from archive.directories import records
from archive.directories.model import Directory, Key
from archive.errors import UsageError
from archive.library import Library
from archive.writer import writing


class Judged(NamedTuple):
    """Two records that are not the same, as somebody said."""

    one: Key
    title: str
    other: Key
    other_title: str
    at: str
    who: str


def tell(library: Library, one: Key, other: Key, who: str) -> None:
    """Write down that two records are not the same thing.

    Raises:
        UsageError: they are one record, or of different directories.
        NotFound, Gone: one of them is not there.
    """
    if one == other or one.directory != other.directory:
        raise UsageError("要判定的应是同一名录的两条。", where=f"{one}、{other}")
    with writing(library):
        ids = sorted(records.record(library, key).id for key in (one, other))
        library.db.execute("INSERT OR IGNORE INTO record_apart VALUES (?, ?, ?, ?)", [*ids, clock.now(), who])
        audit.record(library, who, "record.apart", f"record/{one}", other=str(other))


def take_back(library: Library, one: Key, other: Key, who: str) -> None:
    """Forget that two records are not the same thing.

    Raises:
        NotFound, Gone: one of them is not there.
    """
    with writing(library):
        ids = sorted(records.record(library, key).id for key in (one, other))
        library.db.execute("DELETE FROM record_apart WHERE record_id = ? AND other_id = ?", ids)
        audit.record(library, who, "record.alike", f"record/{one}", other=str(other))


def of(library: Library, directory: Directory) -> Mapping[str, set[str]]:
    """The keys from which each record of a directory is told apart, by its key; nothing for those never judged."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in listed(library, directory):
        found[str(one.one)].add(str(one.other))
        found[str(one.other)].add(str(one.one))
    return found


def listed(library: Library, directory: Directory) -> list[Judged]:
    """Every judgement in a directory, the last first; those of merged records are left out."""
    sql = (
        "SELECT one.slug, this.title, other.slug, that.title, pair.at, who FROM record_apart AS pair "
        "JOIN record AS one ON one.id = pair.record_id JOIN record AS other ON other.id = pair.other_id "
        "JOIN record_version AS this ON this.record_id = one.id AND this.number = one.version "
        "JOIN record_version AS that ON that.record_id = other.id AND that.number = other.version "
        "WHERE one.directory = ? AND one.merged_into IS NULL AND other.merged_into IS NULL "
        "ORDER BY pair.at DESC, pair.record_id DESC, pair.other_id DESC"
    )
    rows = library.db.execute(sql, [directory.id]).fetchall()
    return [Judged(Key(directory.id, row[0]), row[1], Key(directory.id, row[2]), *row[3:]) for row in rows]


def pass_on(library: Library, kept: int, gone: int) -> None:
    """Give the judgements of a record that is merged into another to that one; part of an open transaction.

    Args:
        library: the library.
        kept: the row id of the record that stays.
        gone: the row id of the one that is merged into it.
    """
    library.db.execute(
        "INSERT OR IGNORE INTO record_apart SELECT min(:kept, other), max(:kept, other), at, who FROM "
        "(SELECT iif(record_id = :gone, other_id, record_id) AS other, at, who FROM record_apart "
        "WHERE :gone IN (record_id, other_id)) WHERE other != :kept",
        {"kept": kept, "gone": gone},
    )
    library.db.execute("DELETE FROM record_apart WHERE ? IN (record_id, other_id)", [gone])
