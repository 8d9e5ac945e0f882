"""Writing records: every change a version, all of a change or nothing, no change over one that was not seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from archive import audit, clock
from archive.directories import apart, links, records, registry
from archive.directories.model import SLUG, Directory, Key, Value, Values
from archive.directories.records import Record
from archive.directories.values import identity, parted, title
from archive.errors import Conflict, NotFound, UsageError
from archive.library import Library
from archive.writer import writing

VERSION = "1"


class Edit(NamedTuple):
    """Who changes something, why, and from which file."""

    who: str
    why: str = ""
    source: str = ""


class New(NamedTuple):
    """A record to be: its values, and its number if it is not to be given one."""

    values: Values
    slug: str = ""


class Changed(NamedTuple):
    """New values of a record that was seen in version `base`."""

    key: Key
    base: int
    values: Values


class Written(NamedTuple):
    """The keys of new records, in their order, and the run under which everything was written."""

    keys: list[Key]
    run_id: int


class StaleEdit(Conflict):
    """The record has a newer version than the one that was edited; nothing was written.

    `current` is that newer version, `mine` the values that were to be stored, `base` the version they began from.
    """

    def __init__(self, current: Record, base: int, mine: Mapping[str, Value]) -> None:
        super().__init__(
            f"您打开之后，{current.who} 已改过这一条（现为第 {current.version} 版，您改的是第 {base} 版）。",
            where=str(current.key),
            remedy="没有覆盖任何内容；请对照两个版本，决定怎样合并。",
        )
        self.current = current
        self.base = base
        self.mine = dict(mine)


def create(library: Library, directory: Directory, values: Values, edit: Edit, *, slug: str = "") -> Key:
    """Store a new record as a draft; `values` are those `values.check` gave.

    Raises:
        UsageError: `slug` cannot be a number of ours.
        Conflict: `slug` is taken.
        Gone: `slug` was that of an erased record.
    """
    with writing(library):
        key = write(library, directory, edit, [New(values, slug)], []).keys[0]
        _audit(library, edit, "record.create", key, values)
    return key


def save(library: Library, directory: Directory, changed: Changed, edit: Edit) -> int:
    """Store a new version of a record as a draft and return its number; the old one if nothing changes.

    Raises:
        StaleEdit: it has been changed since version `changed.base`.
        NotFound, Gone: there is no such record.
    """
    with writing(library):
        now = records.record(library, changed.key)
        if now.version != changed.base:
            raise StaleEdit(now, changed.base, changed.values)
        if now.values == changed.values:
            return now.version
        write(library, directory, edit, [], [changed])
        keys = {key for key in {*now.values, *changed.values} if now.values.get(key) != changed.values.get(key)}
        _audit(library, edit, "record.save", changed.key, keys)
    return changed.base + 1


def write(
    library: Library, directory: Directory, edit: Edit, new: Sequence[New], changed: Sequence[Changed]
) -> Written:
    """Store many records at once, in an open transaction.

    Raises:
        StaleEdit, UsageError, Conflict, Gone: as `create` and `save`; then nothing of it may be kept.
    """
    registry.settle(library, directory, edit.who)
    run_id, number = _run(library, edit), next_change(library)
    last = library.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
    ids = count(last[0] + 1 if last else 1)
    rows: list[tuple[int, str, str, int, str, int]] = []
    keys: list[Key] = []
    for (fields, slug), id_ in zip(new, ids, strict=False):
        key = Key(directory.id, slug or f"{id_:06}")
        if slug:
            _refuse(library, key, keys)
        keys.append(key)
        rows.append((id_, *key, 1, identity(directory, fields), number))
    library.db.conn.executemany(
        "INSERT INTO record (id, directory, slug, version, identity, changed) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    versions = [(row[0], 1, fields) for row, (fields, _) in zip(rows, new, strict=True)]
    versions += [(_advance(library, directory, one, number), one.base + 1, one.values) for one in changed]
    _write_versions(library, directory, versions, run_id)
    return Written(keys, run_id)


def publish(library: Library, key: Key, number: int) -> None:
    """Make a version what the public sees; called when it has passed the last review.

    Raises:
        NotFound, Gone: there is no such version.
    """
    with writing(library):
        id_ = records.record(library, key, number).id
        publish_many(library, [(id_, number)])


def publish_many(library: Library, versions: Iterable[tuple[int, int]]) -> None:
    """`publish` for many (record id, version), in an open transaction."""
    at, change = clock.now(), next_change(library)
    rows = [(number, at, change, id_) for id_, number in versions]
    library.db.conn.executemany(
        "UPDATE record SET published = ?, published_at = ?, withdrawn_at = NULL, changed = ? WHERE id = ?", rows
    )
    links.prune(library, [row[3] for row in rows])


def withdraw(library: Library, key: Key) -> None:
    """Take a record from the public; its page answers that it was withdrawn.

    Raises:
        NotFound, Gone: there is no such record.
    """
    _mark(library, key, "published = NULL, withdrawn_at = :at")


def hide(library: Library, key: Key, who: str, *, hidden: bool = True) -> None:
    """Keep a record from the public at the person's request, whatever is published, or end that.

    Raises:
        NotFound, Gone: there is no such record.
    """
    with writing(library):
        _mark(library, key, "hidden_at = :at" if hidden else "hidden_at = NULL")
        audit.record(library, who, "record.hide" if hidden else "record.unhide", f"record/{key}")


def merge(library: Library, directory: Directory, kept: Changed, other: Changed, edit: Edit) -> int:
    """Put two records of the same thing together, as someone decided: `kept` gets the values, `other` points to it.

    The values of `other` are not read: what is worth keeping of it stands in `kept.values`.

    Raises:
        UsageError: they are the same record, or `other` is published, or merged already.
        StaleEdit: one of them has been changed since it was seen.
        NotFound, Gone: one of them is not there.
    """
    with writing(library):
        gone = records.record(library, other.key)
        if gone.version != other.base:
            raise StaleEdit(gone, other.base, other.values)
        if kept.key == other.key or gone.merged_into:
            raise UsageError("这两条不能合并：是同一条，或其中一条已并入别处。", where=str(other.key))
        if gone.published is not None:
            raise UsageError("要并入别处的那一条还在发布。", where=str(other.key), remedy="请先撤下它，再合并。")
        number = save(library, directory, kept, edit)
        _mark(library, other.key, "identity = '', merged_into = :into", kept.key)
        apart.pass_on(library, records.record(library, kept.key).id, gone.id)
        library.db.execute("UPDATE record SET merged_into = ? WHERE merged_into = ?", [str(kept.key), str(other.key)])
        audit.record(library, edit.who, "record.merge", f"record/{other.key}", into=str(kept.key))
    return number


def next_change(library: Library) -> int:
    """The number of the change about to be written; see `public.change_number`."""
    sql = (
        "SELECT max((SELECT coalesce(max(changed), 0) FROM record), (SELECT coalesce(max(changed), 0) FROM tombstone))"
    )
    return int(library.db.execute(sql).fetchone()[0]) + 1


def _refuse(library: Library, key: Key, given: Sequence[Key]) -> None:
    """Refuse a number that was given by hand and cannot be, or was given already."""
    if not SLUG.fullmatch(key.slug) or key.slug.isdigit():
        what = f"“{key.slug[:64]}”不能作条目编号。"
        raise UsageError(what, remedy="应为小写字母、数字、- 和 _，至少一个字母；纯数字的编号由系统给。")
    records.refuse_erased(library, key)
    sql = "SELECT 1 FROM record WHERE directory = ? AND slug = ?"
    if key in given or library.db.execute(sql, [*key]).fetchone():
        raise Conflict("这个编号已有条目。", where=str(key), remedy="请换一个编号。")


def _advance(library: Library, directory: Directory, one: Changed, number: int) -> int:
    """Count a record's version on, if it is still the one that was seen; its row id."""
    sql = (
        "UPDATE record SET version = version + 1, identity = ?, changed = ? "
        "WHERE directory = ? AND slug = ? AND version = ? RETURNING id"
    )
    row = library.db.execute(sql, [identity(directory, one.values), number, *one.key, one.base]).fetchone()
    if row is None:
        raise StaleEdit(records.record(library, one.key), one.base, one.values)
    return int(row[0])


def _write_versions(
    library: Library, directory: Directory, versions: Sequence[tuple[int, int, Values]], run_id: int
) -> None:
    public, internal, pointing = [], [], []
    for id_, number, fields in versions:
        outer, inner = parted(directory, fields)
        public.append((id_, number, title(directory, fields), packed(outer), run_id))
        if inner:
            internal.append((id_, number, packed(inner)))
        pointing += [(id_, number, *link) for link in links.targets(directory, fields)]
    many = library.db.conn.executemany
    many("INSERT INTO record_version (record_id, number, title, fields, run_id) VALUES (?, ?, ?, ?, ?)", public)
    many("INSERT INTO record_internal (record_id, number, fields) VALUES (?, ?, ?)", internal)
    links.write(library, pointing)
    links.prune(library, [id_ for id_, number, _ in versions if number > 1])


def _mark(library: Library, key: Key, changes: str, into: Key | None = None) -> None:
    with writing(library):
        sql = f"UPDATE record SET {changes}, changed = :change WHERE directory = :directory AND slug = :slug"
        values = {**key._asdict(), "at": clock.now(), "into": str(into or ""), "change": next_change(library)}
        if library.db.execute(sql, values).rowcount == 0:
            records.refuse_erased(library, key)
            raise NotFound("名录里没有这一条。", where=str(key))


def _run(library: Library, edit: Edit) -> int:
    sql = "INSERT INTO run (at, who, why, source, engine, version) VALUES (?, ?, ?, ?, 'wenku', ?) RETURNING id"
    row = library.db.execute(sql, [clock.now(), edit.who, edit.why, edit.source, VERSION]).fetchone()
    return int(row[0])


def _audit(library: Library, edit: Edit, action: str, key: Key, fields: Iterable[str]) -> None:
    audit.record(library, edit.who, action, f"record/{key}", fields=sorted(fields))


def packed(values: Mapping[str, Any]) -> str:
    """Values as a column holds them."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
