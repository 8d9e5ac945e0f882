"""Records in the review workflow (`archive.review`): one by one, or a whole imported sheet at once.

Both kinds publish in the transaction of the last approval. A sheet's records then stand in review as published, as if
each had been approved by the same three people.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.accounts.people import User
from archive.directories import records, registry, store, values
from archive.directories.model import Directory, Key, parse_key
from archive.errors import Conflict, NotFound, UsageError
from archive.library import Library
from archive.review.standing import Change, State, Subject
from archive.review.workflow import Review

RECORD, BATCH = "record", "batch"
_SUBJECT = "record.directory || '/' || record.slug"
_OF_RUN = (
    "record_version JOIN record ON record.id = record_id AND record.version = record_version.number "
    "AND merged_into IS NULL"
)


class RecordKind:
    """One record; its id is its key, its versions are the record's."""

    label = "名录条目"

    def title(self, library: Library, id: str) -> str:
        """`衡阳优秀社科专家库：王夫之`."""
        key = parse_key(id)
        name = registry.directory(library, key.directory).label
        return f"{name}：{records.record(library, key).title}"

    def changes(self, library: Library, id: str, version: int, published: int | None) -> Sequence[Change]:
        """Field by field, internal fields included."""
        key = parse_key(id)
        directory = registry.directory(library, key.directory)
        before = records.record(library, key, published).values if published else {}
        after = records.record(library, key, version).values
        return [Change(one.label, one.before, one.after) for one in values.changes(directory, before, after)]

    def published(self, library: Library, id: str, version: int) -> None:
        """Make that version what the public sees."""
        key = parse_key(id)
        if records.record(library, key).merged_into:
            raise Conflict("这一条已并入另一条，不能发布。", where=id, remedy="请退回。")
        store.publish(library, key, version)

    def withdrawn(self, library: Library, id: str) -> None:
        """Take it from the public."""
        store.withdraw(library, parse_key(id))


class BatchKind:
    """What one import wrote in one go, at most `importing.BATCH` records; its id is the run's, its version always 1.

    A record edited after the import has left the batch: its newer version is reviewed on its own.
    """

    label = "整批导入"

    def title(self, library: Library, id: str) -> str:
        """`导入“专家.xlsx”（1,000 条）`."""
        source, many = _run(library, id)
        return f"导入“{source}”（{many:,} 条）"

    def changes(self, library: Library, id: str, version: int, published: int | None) -> Sequence[Change]:
        """Record by record: all its fields before and after."""
        found = []
        for key, number, last in _members(library, id):
            directory = registry.directory(library, key.directory)
            now = records.record(library, key, number)
            before = records.record(library, key, last).values if last else {}
            said = values.changes(directory, before, now.values)
            old, new = ("\n".join(f"{one.label}：{text}" for one, text in said_of if text) for said_of in _sides(said))
            found.append(Change(now.title, old, new))
        return found

    def published(self, library: Library, id: str, version: int) -> None:
        """Make every record of the batch public, in the version the batch gave it."""
        sql = f"SELECT record_id, number FROM {_OF_RUN} WHERE run_id = ?"
        store.publish_many(library, library.db.execute(sql, [int(id)]).fetchall())
        library.db.execute(
            "INSERT OR REPLACE INTO review (kind, subject, version, stage, published, submitter, authors, approvals, "
            f"since) SELECT '{RECORD}', {_SUBJECT}, number, 'published', number, submitter, authors, approvals, since "
            f"FROM {_OF_RUN} JOIN review ON kind = ? AND subject = ? WHERE run_id = ?",
            [BATCH, id, int(id)],
        )

    def withdrawn(self, library: Library, id: str) -> None:
        """Take from the public those of its records that are still public as the batch made them."""
        sql = f"SELECT directory, slug FROM {_OF_RUN} WHERE run_id = ? AND record.published = number"
        for row in library.db.execute(sql, [int(id)]).fetchall():
            key = Key(*row)
            store.withdraw(library, key)
            library.db.execute(
                "UPDATE review SET stage = 'withdrawn', published = NULL WHERE kind = ? AND subject = ?",
                [RECORD, str(key)],
            )


def submit(library: Library, directory: Directory, key: Key, by: User) -> State:
    """Put a record's latest version before the first reviewer, with everyone who had a hand in it as its authors.

    Raises:
        UsageError: something required is missing.
        Forbidden, Overtaken: as `Review.submit`.
        NotFound, Gone: there is no such record.
    """
    now = records.record(library, key)
    if lacks := values.lacking(directory, now.values):
        fields = "、".join(one.label for one in lacks)
        raise UsageError(f"还不能送审，缺少：{fields}。", where=str(key), remedy="请补全后再送审。")
    sql = "SELECT DISTINCT who FROM record_version JOIN run ON run.id = run_id WHERE record_id = ? AND number > ?"
    authors = [row[0] for row in library.db.execute(sql, [now.id, now.published or 0]).fetchall()]
    return Review(library).submit(Subject(RECORD, str(key)), by, now.version, authors=authors)


def submit_batch(library: Library, run_id: int, by: User) -> State:
    """Put what an import wrote in one go before the first reviewer; whoever imported it is an author.

    Raises:
        NotFound: nothing was written by that run.
        Forbidden, Overtaken: as `Review.submit`.
    """
    _run(library, str(run_id))
    who = library.db.execute("SELECT who FROM run WHERE id = ?", [run_id]).fetchone()[0]
    return Review(library).submit(Subject(BATCH, str(run_id)), by, 1, authors=[who])


def _run(library: Library, id: str) -> tuple[str, int]:
    """A run's file and how many records still are as it wrote them."""
    sql = f"SELECT source, (SELECT count(*) FROM {_OF_RUN} WHERE run_id = run.id) FROM run WHERE id = ?"
    row = library.db.execute(sql, [int(id) if id.isdigit() else -1]).fetchone()
    if row is None or not row[1]:
        raise NotFound("没有这一批导入，或其中各条都已另作修改。", where=id)
    return row[0], row[1]


def _members(library: Library, id: str) -> list[tuple[Key, int, int | None]]:
    """(key, version the run wrote, version published) of its records."""
    sql = f"SELECT directory, slug, number, published FROM {_OF_RUN} WHERE run_id = ? ORDER BY record.id"
    rows = library.db.execute(sql, [int(id)]).fetchall()
    return [(Key(*row[:2]), row[2], row[3] if row[3] != row[2] else None) for row in rows]


def _sides(said: Sequence[values.Change]) -> tuple[list[tuple[values.Change, str]], list[tuple[values.Change, str]]]:
    return [(one, one.before) for one in said], [(one, one.after) for one in said]
