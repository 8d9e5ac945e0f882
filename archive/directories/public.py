"""Records as the public sees them: the published version, its public fields, nothing else.

No function here reads the table of internal values, and what a declaration does not call public is left out even if it
stands among the public ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.directories.model import Directory, Field, Key, Value, parse_key
from archive.directories.records import refuse_erased
from archive.directories.values import show
from archive.errors import Gone, NotFound
from archive.library import Library

_COLUMNS = "record.id, record.directory, record.slug, this.number, this.title, this.fields, record.published_at"
_SEEN = "record JOIN record_version AS this ON this.record_id = record.id AND this.number = record.published"
_OPEN = "record.hidden_at IS NULL"


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What everyone may see of a record. `id` is its row, for programs; `published_at` UTC."""

    id: int
    key: Key
    number: int
    title: str
    values: Mapping[str, Value]
    published_at: str

    def shown(self, directory: Directory) -> Iterator[tuple[Field, str]]:
        """Its fields with their values in words, in the declared order."""
        for field in directory.public:
            if field.key in self.values:
                yield field, show(field, self.values[field.key])

    def as_json(self) -> dict[str, Any]:
        """The record for programs."""
        return {
            "key": str(self.key),
            "title": self.title,
            "version": self.number,
            "published_at": self.published_at,
            "fields": dict(self.values),
        }


def record(library: Library, directory: Directory, slug: str) -> PublicRecord:
    """A published record.

    Raises:
        NotFound: there is none; a draft is answered like one that never was.
        Gone: it was public and is no longer; `moved` may know where it went.
    """
    sql = f"SELECT {_COLUMNS} FROM {_SEEN} WHERE directory = ? AND slug = ? AND {_OPEN}"
    row = library.db.execute(sql, [directory.id, slug]).fetchone()
    if row is not None:
        return _record(directory, row)
    key = Key(directory.id, slug)
    refuse_erased(library, key)
    sql = "SELECT withdrawn_at, published_at IS NOT NULL FROM record WHERE directory = ? AND slug = ?"
    row = library.db.execute(sql, [*key]).fetchone()
    if row is not None and row[1]:
        raise Gone(f"这一条{f'已于 {row[0][:10]} 撤下' if row[0] else '不再公开'}。", where=str(key))
    raise NotFound(f"{directory.label}里没有这一条。", where=str(key), remedy="请从名录进入，或检索姓名、题名。")


def moved(library: Library, key: Key) -> Key | None:
    """The record into which one was merged, if it was and that one is public."""
    row = library.db.execute("SELECT merged_into FROM record WHERE directory = ? AND slug = ?", [*key]).fetchone()
    if row is None or not row[0]:
        return None
    into = parse_key(row[0])
    sql = f"SELECT 1 FROM record WHERE directory = ? AND slug = ? AND published IS NOT NULL AND {_OPEN}"
    return into if library.db.execute(sql, [*into]).fetchone() else None


def records(library: Library, directory: Directory, ids: Sequence[int]) -> list[PublicRecord]:
    """The published records of these rows, in the order asked; what is not public is left out."""
    marks = ",".join("?" * len(ids))
    # The plus keeps SQLite from going through the whole directory.
    sql = f"SELECT {_COLUMNS} FROM {_SEEN} WHERE record.id IN ({marks}) AND +directory = ? AND {_OPEN}"
    found = {row[0]: _record(directory, row) for row in library.db.execute(sql, [*ids, directory.id])}
    return [found[id_] for id_ in ids if id_ in found]


def everything(library: Library, directory: Directory) -> Iterator[PublicRecord]:
    """Every published record of a directory, in the order they came."""
    sql = f"SELECT {_COLUMNS} FROM {_SEEN} WHERE directory = ? AND {_OPEN} ORDER BY record.id"
    for row in library.db.execute(sql, [directory.id]):
        yield _record(directory, row)


def latest(library: Library, directory: Directory, most: int) -> list[PublicRecord]:
    """The records last published, or published anew, the last first."""
    sql = (
        f"SELECT {_COLUMNS} FROM {_SEEN} WHERE directory = ? AND published IS NOT NULL AND {_OPEN} "
        "ORDER BY published_at DESC, record.id DESC LIMIT ?"
    )
    return [_record(directory, row) for row in library.db.execute(sql, [directory.id, most]).fetchall()]


def counts(library: Library, directories: Iterable[Directory]) -> dict[str, int]:
    """How many published records each directory has."""
    sql = f"SELECT directory, count(*) FROM record WHERE published IS NOT NULL AND {_OPEN} GROUP BY directory"
    found = dict(library.db.execute(sql).fetchall())
    return {one.id: found.get(one.id, 0) for one in directories}


def change_number(library: Library) -> int:
    """The number of the last change to any record; what is derived from records names the one it reflects."""
    sql = (
        "SELECT max((SELECT coalesce(max(changed), 0) FROM record), (SELECT coalesce(max(changed), 0) FROM tombstone))"
    )
    return int(library.db.execute(sql).fetchone()[0])


def changed_since(library: Library, directory: Directory, number: int) -> tuple[set[int], bool]:
    """Rows of a directory changed after change `number`, and whether a record was erased since."""
    rows = library.db.execute("SELECT id FROM record WHERE changed > ? AND directory = ?", [number, directory.id])
    sql = "SELECT 1 FROM tombstone WHERE changed > ? AND directory = ?"
    return {row[0] for row in rows}, library.db.execute(sql, [number, directory.id]).fetchone() is not None


def _record(directory: Directory, row: Sequence[Any]) -> PublicRecord:
    id_, directory_id, slug, number, title, fields, at = row
    stored = json.loads(fields)
    values = {field.key: stored[field.key] for field in directory.public if field.key in stored}
    return PublicRecord(id_, Key(directory_id, slug), number, title, values, at)
