"""The keeper's list: every record with where it stands, on its own or with the import it came by; found and counted.

Nothing here is for the public. Titles are made of public fields only (`declaration`), so that whoever is of the house
may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.directories.model import Directory, Key
from archive.directories.reviewing import BATCH, RECORD
from archive.errors import UsageError
from archive.library import Library
from archive.review.standing import STEPS, Subject

STANDINGS: dict[str, str] = {
    "draft": "草稿",
    "returned": "退回修改",
    "first": "待初审",
    "second": "待复审",
    "final": "待终审",
    "published": "已发布",
    "changed": "已发布，有未送审的修改",
    "withdrawn": "已撤下",
    "hidden": "已隐藏",
}
"""Where the latest version of a record stands, by name."""

_STEPS = ", ".join(f"'{step}'" for step in STEPS)
_STANDING = (
    "CASE WHEN record.hidden_at IS NOT NULL THEN 'hidden' "
    f"WHEN own.stage IN ({_STEPS}) THEN own.stage "
    f"WHEN batch.stage IN ({_STEPS}) THEN batch.stage "
    "WHEN 'draft' IN (own.stage, batch.stage) THEN 'returned' "
    "WHEN record.published = record.version THEN 'published' "
    "WHEN record.published IS NOT NULL THEN 'changed' "
    "WHEN record.withdrawn_at IS NOT NULL THEN 'withdrawn' ELSE 'draft' END"
)
# A review belongs to one version: that of an earlier one says nothing of the latest.
_FROM = (
    "record JOIN record_version AS this ON this.record_id = record.id AND this.number = record.version "
    "JOIN run ON run.id = this.run_id "
    f"LEFT JOIN review AS own ON own.kind = '{RECORD}' AND own.subject = record.directory || '/' || record.slug "
    "AND own.version = record.version "
    f"LEFT JOIN review AS batch ON batch.kind = '{BATCH}' AND batch.subject = CAST(this.run_id AS TEXT)"
)

_COLUMNS = (
    f"directory, slug, title, record.version, record.published, {_STANDING}, "
    "own.stage IS NULL AND batch.stage IS NOT NULL, this.run_id, run.at, run.who"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in the keeper's list. `subject` is what to review: the record, or the import it came by."""

    key: Key
    title: str
    version: int
    published: int | None
    standing: str
    subject: Subject
    at: str
    who: str

    @property
    def label(self) -> str:
        """Where it stands, in Chinese."""
        return STANDINGS[self.standing]


def listed(
    library: Library, directory: Directory, *, standing: str = "", words: str = "", limit: int = 50, offset: int = 0
) -> list[Listed]:
    """Records, the last changed first, of one standing (a key of `STANDINGS`) if asked; merged ones are left out.

    `words` must stand in the title or be the number of the record.

    Raises:
        UsageError: there is no such standing.
    """
    where, asked = _where(directory, standing, words)
    # The plus makes SQLite go through the index on changes, and stop when the page is full.
    sql = (
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE +{where} "
        "ORDER BY record.changed DESC, record.directory DESC, record.id DESC LIMIT ? OFFSET ?"
    )
    return [_listed(row) for row in library.db.execute(sql, [*asked, limit, offset]).fetchall()]


def standing(library: Library, key: Key) -> Listed | None:
    """How one record stands; None if there is none, or it has been merged into another."""
    sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE directory = ? AND slug = ? AND merged_into IS NULL"
    row = library.db.execute(sql, [*key]).fetchone()
    return _listed(row) if row else None


def counts(library: Library, directory: Directory, *, words: str = "") -> dict[str, int]:
    """How many records have each standing; those none has are left out."""
    where, asked = _where(directory, "", words)
    sql = f"SELECT {_STANDING} AS standing, count(*) FROM {_FROM} WHERE {where} GROUP BY standing"
    found = dict(library.db.execute(sql, asked).fetchall())
    return {name: found[name] for name in STANDINGS if name in found}


def _listed(row: Any) -> Listed:
    directory, slug, title, version, published, standing, by_batch, run_id, at, who = row
    key = Key(directory, slug)
    subject = Subject(BATCH, str(run_id)) if by_batch else Subject(RECORD, str(key))
    return Listed(key, title, version, published, standing, subject, at, who)


def _where(directory: Directory, standing: str, words: str) -> tuple[str, list[Any]]:
    if standing and standing not in STANDINGS:
        raise UsageError(f"没有“{standing[:20]}”这种情形。", remedy=f"可用：{'、'.join(STANDINGS)}。")
    where, asked = "directory = ? AND merged_into IS NULL", [directory.id]
    if words.strip():
        where += " AND (instr(this.title, ?) OR slug = ?)"
        asked += [words.strip()] * 2
    if standing:
        where += f" AND {_STANDING} = ?"
        asked.append(standing)
    return where, asked
