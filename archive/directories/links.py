"""Links between records, and from records to works and passages: told from both ends.

A link belongs to a version; those of the published and of the latest version are kept in `record_link`. What it points
to is a record's key, or a URN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from archive import urn
from archive.directories.model import Directory, Key, Value, parse_key
from archive.library import Library

_PUBLIC = "record.published = record_link.number AND record.hidden_at IS NULL"
_STAFF = "record.version = record_link.number"


class Incoming(NamedTuple):
    """A record that points here: which field of it, and its title."""

    key: Key
    field: str
    title: str


class Pair(NamedTuple):
    """Two records named together by a field of `many` records."""

    one: Key
    other: Key
    many: int


def targets(directory: Directory, values: Mapping[str, Value]) -> Iterator[tuple[str, int, str]]:
    """(field, ordinal, target) of every link a record has; several passages of one target count each."""
    for field in directory.fields:
        if field.kind not in ("link", "urn") or field.key not in values:
            continue
        given = values[field.key]
        for ordinal, value in enumerate(given if isinstance(given, list) else [given]):
            target = value.get("to", "") if field.kind == "link" else value
            if target:
                yield field.key, ordinal, target


def write(library: Library, rows: Iterable[Sequence[Any]]) -> None:
    """Store links: (record id, version, field, ordinal, target); part of an open transaction."""
    library.db.conn.executemany("INSERT INTO record_link VALUES (?, ?, ?, ?, ?)", rows)


def prune(library: Library, record_ids: Iterable[int]) -> None:
    """Forget the links of versions that are neither published nor the latest; part of an open transaction."""
    sql = (
        "DELETE FROM record_link WHERE record_id = ? AND number NOT IN "
        "(SELECT version FROM record WHERE id = record_id UNION SELECT published FROM record "
        "WHERE id = record_id AND published IS NOT NULL)"
    )
    library.db.conn.executemany(sql, [(id_,) for id_ in record_ids])


def incoming(library: Library, key: Key, *, staff: bool = False, limit: int = 500) -> list[Incoming]:
    """Records that point to a record, or to one merged into it, by their titles."""
    where = "target IN (SELECT ? UNION SELECT directory || '/' || slug FROM record WHERE merged_into = ?)"
    return _incoming(library, where, [str(key), str(key)], staff=staff, limit=limit)


def naming(library: Library, name: urn.Urn, *, staff: bool = False, limit: int = 500) -> list[Incoming]:
    """Records that point to a work, edition or passage, or to anything in it."""
    whole = str(name)
    inside = [f"{whole}{sign}" for sign in ".:@!"]
    sql = " OR ".join(["target = ?", *("(target > ? AND target < ?)" for _ in inside)])
    values = [whole, *(bound for prefix in inside for bound in (prefix, prefix + "\U0010ffff"))]
    return _incoming(library, f"({sql})", values, staff=staff, limit=limit)


def _incoming(library: Library, where: str, values: list[Any], *, staff: bool, limit: int) -> list[Incoming]:
    sql = (
        "SELECT DISTINCT directory, slug, field, title FROM record_link "
        "JOIN record ON record.id = record_link.record_id JOIN record_version USING (record_id, number) "
        f"WHERE {where} AND {_STAFF if staff else _PUBLIC} ORDER BY directory, field, title, slug LIMIT ?"
    )
    return [Incoming(Key(*row[:2]), *row[2:]) for row in library.db.execute(sql, [*values, limit]).fetchall()]


def titles(library: Library, keys: Iterable[str]) -> dict[str, str]:
    """Titles of the published records among `keys`, by key; others are not told of."""
    found: dict[str, str] = {}
    sql = (
        "SELECT title FROM record JOIN record_version ON record_id = record.id AND number = published "
        "WHERE directory = ? AND slug = ? AND hidden_at IS NULL"
    )
    for text in dict.fromkeys(keys):
        row = library.db.execute(sql, [*parse_key(text)]).fetchone()
        if row:
            found[text] = row[0]
    return found


def together(library: Library, directory: str, field: str, *, of: Key | None = None, limit: int = 200) -> list[Pair]:
    """Records that a field of published records names together (co-authors), the most frequent first.

    Args:
        library: the library.
        directory: whose records name them.
        field: the link field that does.
        of: only pairs with this record, which stands first in them.
        limit: how many pairs.
    """
    order = "one.target = :of AND one.target != other.target" if of else "one.target < other.target"
    sql = (
        "SELECT one.target, other.target, count(DISTINCT one.record_id) AS many FROM record_link AS one "
        "JOIN record_link AS other USING (record_id, number, field) JOIN record ON record.id = one.record_id "
        f"WHERE directory = :directory AND field = :field AND {order} "
        "AND record.published = one.number AND record.hidden_at IS NULL "
        "GROUP BY 1, 2 ORDER BY many DESC, 1, 2 LIMIT :limit"
    )
    asked = {"of": str(of), "directory": directory, "field": field, "limit": limit}
    return [Pair(parse_key(one), parse_key(other), many) for one, other, many in library.db.execute(sql, asked)]


def dangling(library: Library) -> Iterator[tuple[Key, str, str]]:
    """(record, field, target) of links to records that are not there."""
    sql = (
        "SELECT record.directory, record.slug, field, target FROM record_link "
        "JOIN record ON record.id = record_link.record_id AND record.version = number "
        "WHERE target NOT LIKE 'urn:%' AND NOT EXISTS (SELECT 1 FROM record AS aim "
        "WHERE aim.directory = substr(target, 1, instr(target, '/') - 1) "
        "AND aim.slug = substr(target, instr(target, '/') + 1)) ORDER BY 1, 2, 3"
    )
    for directory, slug, field, target in library.db.execute(sql).fetchall():
        yield Key(directory, slug), field, target
