"""Erasing a record at the person's request: gone from store, versions, history, links, photos and the room they took.

What remains is a tombstone: the number, the day, the legal ground. docs/directories.md tells what this means under the
Personal Information Protection Law, and what it cannot reach (backups, files already exported).
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import NamedTuple

from archive import audit, clock
from archive.accounts.people import User
from archive.directories import records, store
from archive.directories.model import Key
from archive.directories.reviewing import RECORD
from archive.errors import Forbidden, UsageError
from archive.library import Library
from archive.review.standing import Subject
from archive.review.workflow import Review
from archive.writer import writing

GROUNDS: dict[str, str] = {
    "withdrawn": "个人撤回同意（个人信息保护法第十五条、第四十七条第一款第三项）",
    "purpose": "处理目的已实现或不再必要（第四十七条第一款第一项）",
    "ended": "停止提供服务或保存期限已届满（第四十七条第一款第二项）",
    "unlawful": "违反法律、行政法规或约定处理（第四十七条第一款第四项）",
}
"""Legal grounds on which a record may be erased, by name."""

# Where else the content of an original may be asked for; a file that stands in none of them is nobody's.
_HOLDERS = (
    "SELECT 1 FROM edition_original WHERE sha256 = :sha",
    "SELECT 1 FROM page WHERE image = :sha",
    "SELECT 1 FROM record_version WHERE instr(fields, :sha)",
    "SELECT 1 FROM record_internal WHERE instr(fields, :sha)",
)
_PATIENCE = 1_000  # milliseconds
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Erased(NamedTuple):
    """What erasing did.

    Args:
        photos: how many photos were deleted.
        unlinked: records that pointed to it and do so no longer; their words still stand.
        compacted: whether the room it took in the store was written over at once; if not, `compact` has to.
    """

    photos: int
    unlinked: list[Key]
    compacted: bool


def erase(library: Library, key: Key, by: User, ground: str) -> Erased:
    """Erase a record, whatever its state.

    Raises:
        Forbidden: `by` may not.
        UsageError: no such ground.
        NotFound, Gone: there is no such record.
    """
    if not by.may("erase"):
        raise Forbidden("您没有抹除的权限。", where=str(key))
    if ground not in GROUNDS:
        told = "；".join(f"{name}（{label}）" for name, label in GROUNDS.items())
        raise UsageError("要写明依据。", where=str(key), remedy=f"可用：{told}。")
    library.db.execute("PRAGMA secure_delete = ON")
    with writing(library):
        gone = records.record(library, key)
        photos = _photos(library, gone.id)
        unlinked = _unlink(library, key)
        _delete(library, gone.id, key)
        row = [*key, clock.now(), GROUNDS[ground], store.next_change(library)]
        library.db.execute("INSERT INTO tombstone (directory, slug, at, ground, changed) VALUES (?, ?, ?, ?, ?)", row)
        Review(library).forget(Subject(RECORD, str(key)), by)
        audit.record(library, by.login, "record.erase", f"record/{key}", ground=ground)
        # Files go before the commit: a crash then leaves a record without its photo, not a photo without its record.
        deleted = [sha for sha in photos if not _held(library, sha)]
        for sha in deleted:
            library.originals.path(sha).unlink(missing_ok=True)
            library.db.execute("DELETE FROM original WHERE sha256 = ?", [sha])
    return Erased(len(deleted), unlinked, compact(library))


def compact(library: Library) -> bool:
    """Write the store anew without the room that deleted rows left; False if someone else is using it now."""
    (patience,) = library.db.execute("PRAGMA busy_timeout").fetchone()
    library.db.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    try:
        library.db.execute("VACUUM")
        busy, *_ = library.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        library.db.execute(f"PRAGMA busy_timeout = {patience}")
    return not busy


def _delete(library: Library, record_id: int, key: Key) -> None:
    sql = "SELECT DISTINCT run_id FROM record_version WHERE record_id = ?"
    runs = library.db.execute(sql, [record_id]).fetchall()
    # Rows that point to it go with it (ON DELETE CASCADE): versions, internal values, links, invitations.
    library.db.execute("DELETE FROM record WHERE id = ?", [record_id])
    # A run that wrote nothing else may name the person, in its file or its reason.
    library.db.conn.executemany(
        "UPDATE run SET why = '', source = '' WHERE id = ? "
        "AND NOT EXISTS (SELECT 1 FROM record_version WHERE run_id = run.id)",
        runs,
    )
    library.db.execute("UPDATE record SET merged_into = NULL WHERE merged_into = ?", [str(key)])


def _unlink(library: Library, key: Key) -> list[Key]:
    """Take the record's number out of every version of every record that names it."""
    target = json.dumps(str(key))
    found: dict[Key, None] = {}
    sql = (
        "SELECT record_id, number, directory, slug, {table}.fields FROM {table} JOIN record ON record.id = record_id "
        "WHERE instr({table}.fields, ?) AND NOT (directory = ? AND slug = ?)"
    )
    for table in ("record_version", "record_internal"):
        for id_, number, directory, slug, fields in library.db.execute(
            sql.format(table=table), [target, *key]
        ).fetchall():
            kept = {name: _without(value, str(key)) for name, value in json.loads(fields).items()}
            values = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            library.db.execute(
                f"UPDATE {table} SET fields = ? WHERE record_id = ? AND number = ?", [values, id_, number]
            )
            found[Key(directory, slug)] = None
    library.db.execute("DELETE FROM record_link WHERE target = ?", [str(key)])
    change = store.next_change(library)
    rows = [(change, *one) for one in found]
    library.db.conn.executemany("UPDATE record SET changed = ? WHERE directory = ? AND slug = ?", rows)
    return list(found)


def _without(value: object, key: str) -> object:
    """A value in which no link leads to `key`; a link that said nothing else says so."""
    if isinstance(value, list):
        return [_without(one, key) for one in value]
    if isinstance(value, dict) and value.get("to") == key:
        return {"text": value.get("text") or "（已删除的条目）"}
    return value


def _photos(library: Library, record_id: int) -> set[str]:
    """Every file any version of the record names."""
    found: set[str] = set()
    for table in ("record_version", "record_internal"):
        rows = library.db.execute(f"SELECT fields FROM {table} WHERE record_id = ?", [record_id])
        found.update(sha for (fields,) in rows for sha in _SHA256.findall(fields))
    return {sha for sha in found if library.originals.path(sha).exists()}


def _held(library: Library, sha256: str) -> bool:
    return any(library.db.execute(sql, {"sha": sha256}).fetchone() for sql in _HOLDERS)
