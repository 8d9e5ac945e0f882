"""Writing an edition: all of it or nothing, in one transaction.

A new edition gets its numbers; a changed one keeps the numbers of what did not change, makes new revisions of what
did and withdraws what is gone. Old revisions stay.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from json import dumps
from typing import NamedTuple

from archive import numbering
from archive.errors import Busy, Gone, UsageError, WenkuError
from archive.intake import FileContent, Run, SourceFile
from archive.library import READING_CACHE, Library
from archive.model import Edition, Work
from archive.numbering import Leaf, Node, Old


class Stored(NamedTuple):
    """What writing an edition did; passages by what became of them."""

    edition_id: int
    characters: int
    pages: int
    added: int = 0
    changed: int = 0
    kept: int = 0
    withdrawn: int = 0
    new: bool = False
    """The edition was not there before."""

    @property
    def fates(self) -> dict[str, int]:
        """How many passages were added, changed, kept and withdrawn."""
        return {"added": self.added, "changed": self.changed, "kept": self.kept, "withdrawn": self.withdrawn}


@contextmanager
def writing(library: Library) -> Iterator[None]:
    """One transaction: everything inside it happens or nothing. Inside another, a part of it that can fail alone.

    Raises:
        Busy: another process is writing.
        WenkuError: the disk is full or read-only.
    """
    connection = library.db.conn
    if connection.in_transaction:
        with _part(connection):
            yield
        return
    try:
        connection.execute("PRAGMA cache_size=-65536")  # a whole book is one transaction
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if connection.in_transaction:
                connection.rollback()
            raise
        connection.commit()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Busy("另一个程序正在写入文库。", where=str(library.folder), remedy="请等它结束后重试。") from error
        raise WenkuError(
            f"写入文库失败：{error}。", where=str(library.folder), remedy="请检查磁盘空间和写权限；文库保持原样。"
        ) from error
    finally:
        with suppress(sqlite3.Error):  # the block may have closed the store
            connection.execute(READING_CACHE)
        library.forget_labels()


@contextmanager
def _part(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of the open transaction: undone if it fails, kept if the whole is kept."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has undone the whole already
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def store_edition(
    library: Library,
    work: Work,
    edition: Edition,
    files: Sequence[FileContent],
    *,
    fingerprint: str,
    originals: Sequence[SourceFile],
    run: Run,
) -> Stored:
    """Write one edition, new or changed, with its work.

    `edition.id` and its counts are not read: the store gives them. Page indexes in `files` count within each file.

    Raises:
        Gone: the URN was withdrawn; its meaning never changes.
        UsageError: the edition's URN belongs to another work.
        Busy, WenkuError: it could not be written; the library is as it was.
    """
    with writing(library):
        run_id = write_run(library, run)
        _write_work(library, work)
        edition_id, new = _write_edition(library, edition, fingerprint)
        _write_originals(library, edition_id, originals, run_id)
        pages = _write_pages(library, edition_id, files)
        root = _numbered(library, edition_id, files)
        _write_sections(library, edition_id, root)
        stored = _write_passages(library, edition_id, root, run_id)._replace(pages=pages, new=new)
        library.db.execute(
            "UPDATE edition SET characters = ?, passages = ?, pages = ? WHERE id = ?",
            [stored.characters, stored.added + stored.changed + stored.kept, pages, edition_id],
        )
        _write_change(library, edition_id, "store")
    return stored


def withdraw_edition(library: Library, edition_id: int) -> None:
    """Take an edition out of the catalogue and the index; its URN answers 410 and its history stays."""
    with writing(library):
        library.db.execute("UPDATE edition SET withdrawn_at = ? WHERE id = ?", [_now(), edition_id])
        _write_change(library, edition_id, "withdraw")


def restore_edition(library: Library, edition_id: int) -> None:
    """Put an edition that was withdrawn back as it was."""
    with writing(library):
        library.db.execute("UPDATE edition SET withdrawn_at = NULL WHERE id = ?", [edition_id])
        _write_change(library, edition_id, "restore")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write_change(library: Library, edition_id: int, what: str) -> None:
    library.db.execute("INSERT INTO change (at, edition_id, what) VALUES (?, ?, ?)", [_now(), edition_id, what])


def write_run(library: Library, run: Run) -> int:
    """Write down the provenance of what is about to be written, in an open transaction; its id."""
    row = {**run._asdict(), "at": _now(), "settings": dumps(dict(run.settings), ensure_ascii=False)}
    cursor = library.db.execute(
        "INSERT INTO run (at, who, why, source, engine, version, settings) "
        "VALUES (:at, :who, :why, :source, :engine, :version, :settings) RETURNING id",
        row,
    )
    return int(cursor.fetchone()[0])


def _write_work(library: Library, work: Work) -> None:
    row = {**asdict(work), "subjects": dumps(work.subjects, ensure_ascii=False)}
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    changes = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
    library.db.execute(f"INSERT INTO work ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {changes}", row)


def _write_edition(library: Library, edition: Edition, fingerprint: str) -> tuple[int, bool]:
    found = library.db.execute("SELECT work_id, withdrawn_at FROM edition WHERE urn = ?", [edition.urn]).fetchone()
    if found and found[1]:
        raise Gone(
            "这个版本号已撤下，不能另作他用。",
            where=edition.urn,
            remedy="请换一个版本代号；同一版本要重新公开，请先运行 wenku restore。",
        )
    if found and found[0] != edition.work_id:
        raise UsageError(f"这个版本号已属于著作 {found[0]}。", where=edition.urn)
    rights = {f"rights_{layer}": right for layer, right in edition.rights._asdict().items()}
    row = {
        "urn": edition.urn,
        "work_id": edition.work_id,
        "label": edition.label,
        "statement": edition.statement,
        "series": edition.series,
        "script": edition.script,
        "vertical": int(edition.vertical),
        **rights,
        "citation": dumps(dict(edition.citation), ensure_ascii=False),
        "status": edition.status,
        "fingerprint": fingerprint,
    }
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    changes = ", ".join(f"{name} = excluded.{name}" for name in row)
    cursor = library.db.execute(
        f"INSERT INTO edition ({columns}) VALUES ({values}) ON CONFLICT (urn) DO UPDATE SET {changes} RETURNING id", row
    )
    return int(cursor.fetchone()[0]), found is None


def _write_originals(library: Library, edition_id: int, files: Sequence[SourceFile], run_id: int) -> None:
    library.db.conn.executemany(
        "INSERT OR IGNORE INTO original (sha256, bytes, media_type) VALUES (?, ?, ?)",
        [(file.sha256, file.bytes, file.media_type) for file in files],
    )
    library.db.conn.executemany(
        "INSERT OR IGNORE INTO edition_original (edition_id, sha256, name, role, run_id) VALUES (?, ?, ?, ?, ?)",
        [(edition_id, file.sha256, file.name, file.role, run_id) for file in files],
    )


def _write_pages(library: Library, edition_id: int, files: Sequence[FileContent]) -> int:
    library.db.execute("DELETE FROM page WHERE edition_id = ?", [edition_id])
    pages = [page for file in files for page in file.pages]
    images = [library.originals.put(page.image) if page.image else page.picture for page in pages]
    library.db.conn.executemany(
        "INSERT OR IGNORE INTO original (sha256, bytes, media_type) VALUES (?, ?, ?)",
        [(sha, len(page.image), page.media_type) for sha, page in zip(images, pages, strict=True) if page.image],
    )
    library.db.conn.executemany(
        "INSERT INTO page (edition_id, ordinal, label, juan, leaf, mark, image) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (edition_id, ordinal, page.label, page.juan, page.leaf, page.original, sha)
            for ordinal, (page, sha) in enumerate(zip(pages, images, strict=True))
        ],
    )
    return len(pages)


def _numbered(library: Library, edition_id: int, files: Sequence[FileContent]) -> Node:
    offset, items = 0, []
    for file in files:
        items += [(offset, item) for item in file.items]
        offset += len(file.pages)
    root = numbering.tree(items)
    sql = "SELECT path, parent, title FROM section WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal"
    sections = library.db.execute(sql, [edition_id]).fetchall()
    sql = (
        "SELECT id, ref, section, text, notes, marks, revision FROM passage "
        "WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal"
    )
    passages = [Old(*row) for row in library.db.execute(sql, [edition_id])]
    sql = "SELECT path FROM section WHERE edition_id = :id UNION ALL SELECT ref FROM passage WHERE edition_id = :id"
    used = [row[0] for row in library.db.execute(sql, {"id": edition_id})]
    if used:
        numbering.renumber(root, sections, passages, used)
    else:
        numbering.number(root)
    return root


def _write_sections(library: Library, edition_id: int, root: Node) -> None:
    connection = library.db.conn
    connection.execute(
        "UPDATE section SET withdrawn_at = ? WHERE edition_id = ? AND withdrawn_at IS NULL", [_now(), edition_id]
    )
    connection.executemany(
        "INSERT INTO section (edition_id, path, parent, ordinal, level, title) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (edition_id, path) DO UPDATE SET parent = excluded.parent, ordinal = excluded.ordinal, "
        "level = excluded.level, title = excluded.title, withdrawn_at = NULL",
        [
            (edition_id, node.path, node.path.rpartition(".")[0], ordinal, node.path.count(".") + 1, node.title)
            for ordinal, node in enumerate(numbering.walk(root))
        ],
    )


def _write_passages(library: Library, edition_id: int, root: Node, run_id: int) -> Stored:
    new, moved, revised, seen = [], [], [], set()
    characters = 0
    for ordinal, (section, leaf) in enumerate(_leaves(root)):
        packed, old = leaf.packed, leaf.old
        characters += packed.characters
        anchors, first, last = _anchors(packed.pages, leaf.offset)
        place = (section, ordinal, packed.kind, packed.lines, anchors, first, last)
        if old is None:
            new.append((edition_id, leaf.ref, packed.text, packed.notes, packed.marks, run_id, *place))
            continue
        seen.add(old.id)
        moved.append((*place, old.id))
        if (packed.text, packed.notes, packed.marks) != (old.text, old.notes, old.marks):
            revised.append((packed, old))
    connection = library.db.conn
    connection.executemany(
        "INSERT INTO revision (passage_id, number, text, notes, marks, run_id) "
        "SELECT id, revision, text, notes, marks, run_id FROM passage WHERE id = ?",
        [(old.id,) for _, old in revised],
    )
    connection.executemany(
        "UPDATE passage SET text = ?, notes = ?, marks = ?, revision = revision + 1, run_id = ? WHERE id = ?",
        [(packed.text, packed.notes, packed.marks, run_id, old.id) for packed, old in revised],
    )
    connection.executemany(
        "UPDATE passage SET section = ?, ordinal = ?, kind = ?, lines = ?, pages = ?, first_page = ?, last_page = ? "
        "WHERE id = ?",
        moved,
    )
    sql = "SELECT id FROM passage WHERE edition_id = ? AND withdrawn_at IS NULL"
    gone = [row[0] for row in connection.execute(sql, [edition_id]) if row[0] not in seen]
    connection.executemany("UPDATE passage SET withdrawn_at = ? WHERE id = ?", [(_now(), id_) for id_ in gone])
    connection.executemany(
        "INSERT INTO passage (edition_id, ref, text, notes, marks, run_id, section, ordinal, kind, lines, pages, "
        "first_page, last_page) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new,
    )
    return Stored(edition_id, characters, 0, len(new), len(revised), len(moved) - len(revised), len(gone))


def _anchors(pages: Sequence[tuple[int, int]], offset: int) -> tuple[str, int, int]:
    """The page anchors as JSON, and the first and last page's ordinal; -1 where the source has no pages."""
    if not pages:
        return "", -1, -1
    anchors = ",".join([f"[{at},{index + offset}]" for at, index in pages])
    return f"[{anchors}]", pages[0][1] + offset, pages[-1][1] + offset


def _leaves(node: Node) -> Iterator[tuple[str, Leaf]]:
    for child in node.children:
        if isinstance(child, Leaf):
            yield node.path, child
        else:
            yield from _leaves(child)
