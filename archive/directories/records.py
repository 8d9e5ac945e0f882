"""Records as the house sees them: every value, every version, drafts included. Nothing here is for the public."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.directories import values
from archive.directories.model import Directory, Key, Value, Values
from archive.errors import Gone, NotFound, UsageError
from archive.library import Library

STATES: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "published IS NULL AND withdrawn_at IS NULL"),
    "published": ("已发布", "published IS NOT NULL AND hidden_at IS NULL"),
    "changed": ("已发布，有未发布的修改", "record.published < record.version"),
    "withdrawn": ("已撤下", "withdrawn_at IS NOT NULL"),
    "hidden": ("已隐藏", "hidden_at IS NOT NULL"),
}
"""Name of a state → what it is called, and its condition in SQL."""

_COLUMNS = (
    "record.id, record.directory, record.slug, record.version, record.published, record.withdrawn_at, "
    "record.hidden_at, record.merged_into, this.number, this.title, this.fields, internal.fields, run.at, run.who"
)
_JOINED = (
    "record JOIN record_version AS this ON this.record_id = record.id {version} "
    "LEFT JOIN record_internal AS internal ON internal.record_id = record.id AND internal.number = this.number "
    "JOIN run ON run.id = this.run_id"
)
_LATEST = _JOINED.format(version="AND this.number = record.version")


@dataclass(frozen=True, slots=True)
class Record:
    """A record in one version (`number`); `version` is its latest, `published` the one the public sees."""

    id: int
    directory: str
    slug: str
    version: int
    published: int | None
    withdrawn_at: str | None
    hidden_at: str | None
    merged_into: str | None
    number: int
    title: str
    values: Mapping[str, Value]
    """All values, internal ones included."""
    at: str
    who: str

    @property
    def key(self) -> Key:
        """Its name."""
        return Key(self.directory, self.slug)

    @property
    def state(self) -> str:
        """What it is to the house, in Chinese."""
        if self.hidden_at:
            return STATES["hidden"][0]
        if self.published is not None:
            return STATES["changed" if self.published < self.version else "published"][0]
        return STATES["withdrawn" if self.withdrawn_at else "draft"][0]


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a record's history: who, when, why, from what, and what changed from the version before."""

    number: int
    at: str
    who: str
    why: str
    source: str
    changes: tuple[values.Change, ...]


def record(library: Library, key: Key, number: int | None = None) -> Record:
    """A record in its latest version, or in version `number`.

    Raises:
        NotFound: there is none of that name or number.
        Gone: it has been erased.
    """
    joined = _LATEST if number is None else _JOINED.format(version="AND this.number = :number")
    sql = f"SELECT {_COLUMNS} FROM {joined} WHERE directory = :directory AND slug = :slug"
    row = library.db.execute(sql, {**key._asdict(), "number": number}).fetchone()
    if row is not None:
        return from_row(row)
    refuse_erased(library, key)
    raise NotFound(f"名录里没有这一条{f'（第 {number} 版）' if number else ''}。", where=str(key))


def refuse_erased(library: Library, key: Key) -> None:
    """Say so if the record has been erased.

    Raises:
        Gone: it has.
    """
    stone = library.db.execute("SELECT at FROM tombstone WHERE directory = ? AND slug = ?", [*key]).fetchone()
    if stone:
        raise Gone(f"这一条已于 {stone[0][:10]} 依法删除。", where=str(key))


def from_row(row: Sequence[Any]) -> Record:
    """A record from a row of `_COLUMNS`."""
    told = (*row[:10], all_values(row[10], row[11]), *row[12:])
    return Record(*told)


def all_values(fields: str, internal: str | None) -> Values:
    """Values from their two JSON columns."""
    found: Values = json.loads(fields)
    if internal:
        found.update(json.loads(internal))
    return found


def records(
    library: Library, directory: Directory, *, state: str = "", words: str = "", limit: int = 50, offset: int = 0
) -> list[Record]:
    """Records in their latest version, the last changed first, in one state (a key of `STATES`) if asked.

    `words` must stand in the title or be the number of the record.

    Raises:
        UsageError: there is no such state.
    """
    where, asked = _where(directory, state, words)
    sql = (
        f"SELECT {_COLUMNS} FROM {_LATEST} WHERE {where} ORDER BY record.changed DESC, record.id DESC LIMIT ? OFFSET ?"
    )
    return [from_row(row) for row in library.db.execute(sql, [*asked, limit, offset]).fetchall()]


def count(library: Library, directory: Directory, *, state: str = "", words: str = "") -> int:
    """How many `records` there are.

    Raises:
        UsageError: there is no such state.
    """
    where, asked = _where(directory, state, words)
    return int(library.db.execute(f"SELECT count(*) FROM {_LATEST} WHERE {where}", asked).fetchone()[0])


def everything(library: Library, directory: Directory) -> Iterator[Record]:
    """Every record of a directory in its latest version, in the order they came."""
    sql = f"SELECT {_COLUMNS} FROM {_LATEST} WHERE directory = ? ORDER BY record.id"
    for row in library.db.execute(sql, [directory.id]):
        yield from_row(row)


def history(library: Library, directory: Directory, key: Key) -> list[Version]:
    """Every version of a record, the first one first.

    Raises:
        NotFound: there is no such record.
        Gone: it has been erased.
    """
    known = record(library, key)
    sql = (
        "SELECT this.number, at, who, why, source, this.fields, internal.fields FROM record_version AS this "
        "LEFT JOIN record_internal AS internal USING (record_id, number) JOIN run ON run.id = run_id "
        "WHERE record_id = ? ORDER BY this.number"
    )
    found: list[Version] = []
    before: Values = {}
    for row in library.db.execute(sql, [known.id]).fetchall():
        after = all_values(*row[5:])
        told = (*row[:5], tuple(values.changes(directory, before, after)))
        found.append(Version(*told))
        before = after
    return found


def _where(directory: Directory, state: str, words: str) -> tuple[str, list[Any]]:
    if state and state not in STATES:
        raise UsageError(f"没有“{state[:20]}”这种状态。", remedy=f"可用：{'、'.join(STATES)}。")
    where = f"directory = ? AND merged_into IS NULL{f' AND {STATES[state][1]}' if state else ''}"
    if not words.strip():
        return where, [directory.id]
    return f"{where} AND (instr(this.title, ?) OR slug = ?)", [directory.id, words.strip(), words.strip()]


def as_json(one: Record, past: Sequence[Version]) -> dict[str, Any]:
    """A record and its history for programs."""
    return {
        "key": str(one.key),
        "title": one.title,
        "state": one.state,
        "version": one.version,
        "published": one.published,
        "fields": dict(one.values),
        "history": [
            {
                "version": version.number,
                "at": version.at,
                "who": version.who,
                "why": version.why,
                "source": version.source,
                "changes": [change._asdict() for change in version.changes],
            }
            for version in past
        ],
    }


def lines(directory: Directory, one: Record, past: Sequence[Version]) -> Iterator[str]:
    """A record and its history for people."""
    yield f"{one.title}  {one.key}  {one.state}（第 {one.version} 版）"
    for field in directory.fields:
        if field.key in one.values:
            yield f"  {field.label}{'' if field.public else '（内部）'}：{values.show(field, one.values[field.key])}"
    for version in past:
        yield f"第 {version.number} 版  {version.at}  {version.who}  {version.why}  {version.source}".rstrip()
        for change in version.changes:
            yield f"    {change.label}：{change.before or '（空）'} → {change.after or '（空）'}"
