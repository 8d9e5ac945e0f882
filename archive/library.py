"""One library = one folder: opening it, and every way of reading it.

Nothing here writes; `archive.writer` does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlite_utils import Database

from archive import edition_text, rows, urn
from archive.edition_text import EditionText, Stretch
from archive.errors import Busy, Damaged, Gone, NotFound, UsageError, WenkuError
from archive.fingerprints import STORE
from archive.model import Edition, Page, Passage, Revision, Section, Work
from archive.originals import Originals
from archive.schema import migrations

READING_CACHE = "PRAGMA cache_size=-8192"
"""What a connection keeps in memory while it reads: a site has one for every thread."""


class Library:
    """A library, opened. Readers may share a folder with one writer; a connection belongs to one thread."""

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self.db = db
        self.originals = Originals(folder / "originals")
        self._labels: dict[int, tuple[str, ...]] = {}

    @classmethod
    def create(cls, folder: Path) -> Library:
        """Make an empty library in `folder`, or open the one that is there.

        Raises:
            UsageError: the folder holds something else.
            WenkuError: the folder cannot be written.
        """
        store = folder / STORE
        if not store.exists() and folder.is_dir() and any(folder.iterdir()):
            raise UsageError("文件夹里已有别的东西，不能在此新建文库。", where=str(folder), remedy="请换一个空文件夹。")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WenkuError(f"文件夹建不起来：{error.strerror}。", where=str(folder)) from error
        return cls._connect(folder)

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Open the library in `folder`, bringing an older one up to date.

        Raises:
            NotFound: there is none.
            Damaged: the store is not a database, or was written by a newer version.
        """
        if not (folder / STORE).is_file():
            raise NotFound("这里还没有文库。", where=str(folder), remedy="请先 wenku init，或用 --library 指明位置。")
        return cls._connect(folder)

    @classmethod
    def _connect(cls, folder: Path) -> Library:
        try:
            connection = sqlite3.connect(folder / STORE, timeout=10, isolation_level=None)
            connection.execute("PRAGMA page_size=16384")  # passages are long rows; a new store writes them faster so
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(READING_CACHE)
            db = Database(connection)
            if migrations.pending(db):
                migrations.apply(db)
            known = {migration.name for migration in migrations.applied(db)}
        except sqlite3.OperationalError as error:
            raise Busy(f"文库暂时打不开：{error}。", where=str(folder), remedy="请稍后再试。") from error
        except sqlite3.DatabaseError as error:
            raise Damaged("文库的数据库文件已损坏。", where=str(folder / STORE), remedy="请从备份恢复。") from error
        newer = known - {migration.name for migration in migrations._migrations}
        if newer:
            raise Damaged("文库由更新的版本写成，本版本读不了。", where=str(folder), remedy="请升级程序。")
        return cls(folder, db)

    def close(self) -> None:
        """Let go of the store."""
        self.db.conn.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    # What has changed.

    def change_number(self) -> int:
        """The number of the last change; the index names the one it reflects."""
        return int(self._one("SELECT coalesce(max(number), 0) FROM change"))

    def changed_since(self, number: int) -> set[int]:
        """Ids of editions added, changed or withdrawn after change `number`."""
        rows_ = self._all("SELECT DISTINCT edition_id FROM change WHERE number > ? AND edition_id NOT NULL", number)
        return {row[0] for row in rows_}

    def last_changes(self) -> dict[int, tuple[int, str]]:
        """By edition, the number and the time of its last change: what is derived from it is of that state."""
        sql = "SELECT edition_id, max(number), at FROM change WHERE edition_id NOT NULL GROUP BY edition_id"
        return {edition_id: (number, at) for edition_id, number, at in self._all(sql)}

    # The catalogue.

    def works(self) -> list[Work]:
        """Every work that has an edition, in catalogue order: by id, whenever it was added."""
        sql = "SELECT * FROM work WHERE id IN (SELECT work_id FROM edition WHERE withdrawn_at IS NULL) ORDER BY id"
        return [rows.work(row) for row in self.db.query(sql)]

    def work(self, work_id: str) -> Work:
        """One work.

        Raises:
            NotFound: there is none of that id.
        """
        for row in self.db.query("SELECT * FROM work WHERE id = ?", [work_id]):
            return rows.work(row)
        raise NotFound(f"文库里没有著作 {work_id}。", remedy="wenku works 列出全部著作。")

    def editions(self, work_id: str | None = None) -> list[Edition]:
        """Every edition, or those of one work, in the order they were added."""
        sql = "SELECT * FROM edition WHERE withdrawn_at IS NULL AND (? IS NULL OR work_id = ?) ORDER BY id"
        return [rows.edition(row) for row in self.db.query(sql, [work_id, work_id])]

    def edition_ids(self) -> list[int]:
        """Ids of the editions in the library, in the order they were added."""
        return [row[0] for row in self._all("SELECT id FROM edition WHERE withdrawn_at IS NULL ORDER BY id")]

    def edition(self, name: urn.Urn) -> Edition:
        """The edition a URN names; a URN without one means the work's first edition.

        Raises:
            NotFound: there is none.
            Gone: it has been withdrawn.
        """
        if not name.edition:
            for edition in self.editions(name.work):
                return edition
            raise NotFound(f"文库里没有著作 {name.work}。", remedy="wenku works 列出全部著作。")
        for row in self.db.query("SELECT * FROM edition WHERE urn = ?", [name.edition_urn]):
            if row["withdrawn_at"]:
                raise Gone(f"《{row['label']}》已于 {row['withdrawn_at'][:10]} 撤下。", where=name.edition_urn)
            return rows.edition(row)
        raise NotFound("文库里没有这个版本。", where=name.edition_urn, remedy="wenku works 列出全部版本。")

    # The text.

    def sections(self, edition_id: int) -> list[Section]:
        """The edition's section tree in reading order."""
        sql = "SELECT * FROM section WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal"
        return [rows.section(row) for row in self.db.query(sql, [edition_id])]

    def section_titles(self, edition_id: int) -> dict[str, str]:
        """The titles of the edition's sections by path, in reading order."""
        # As one row: threads that read beside one another would wait for each other at every row.
        sql = (
            "SELECT json_group_object(path, title) FROM "
            "(SELECT path, title FROM section WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal)"
        )
        ((titles,),) = self._all(sql, edition_id)
        return dict(json.loads(titles))

    def passages(self, edition_id: int, section: str | None = None) -> Iterator[Passage]:
        """Passages of an edition, or those directly in one section, in reading order."""
        sql = (
            f"SELECT {rows.PASSAGE} FROM passage "
            "WHERE edition_id = ? AND withdrawn_at IS NULL AND (? IS NULL OR section = ?) ORDER BY ordinal"
        )
        labels = self.page_labels(edition_id)
        for row in self._all(sql, edition_id, section, section):
            yield rows.passage(row, labels)

    def passages_by_id(self, ids: Iterable[int], *, lines: bool = True) -> dict[int, Passage]:
        """Passages by row id; ids that are not there are left out. Without their printed lines they are sooner read."""
        wanted = list(ids)
        found: dict[int, Passage] = {}
        for start in range(0, len(wanted), 500):
            batch = wanted[start : start + 500]
            # Few different numbers of marks, as SQLite keeps statements it has seen.
            batch += batch[-1:] * ((1 << (len(batch) - 1).bit_length()) - len(batch))
            for row in self._all(_by_ids(len(batch), lines), *batch):
                found[row[0]] = rows.passage(row, self.page_labels(row[1]))
        return found

    def passage_count(self) -> int:
        """How many passages the library holds, for comparing with the index."""
        sql = (
            "SELECT count(*) FROM passage JOIN edition ON edition.id = edition_id "
            "WHERE passage.withdrawn_at IS NULL AND edition.withdrawn_at IS NULL"
        )
        return int(self._one(sql))

    def stretches(self, edition_id: int) -> list[Stretch]:
        """An edition cut into stretches, to be read one by one."""
        return edition_text.stretches(self.db, edition_id)

    def stretch(self, stretch: Stretch) -> EditionText:
        """The text of a stretch at once: the fast road for search."""
        return edition_text.read(self.db, stretch)

    def texts(self, edition_id: int) -> Iterator[str]:
        """The texts of an edition's passages, in reading order."""
        for stretch in self.stretches(edition_id):
            yield from self.stretch(stretch).texts()

    def passage(self, name: urn.Urn) -> Passage:
        """The passage a URN names, in its current revision or the one it pins.

        Raises:
            NotFound: no such passage or revision.
            Gone: the passage has been withdrawn.
            UsageError: the range lies outside the text.
        """
        edition = self.edition(name)
        sql = f"SELECT {rows.PASSAGE}, withdrawn_at FROM passage WHERE edition_id = ? AND ref = ?"
        row = self.db.execute(sql, [edition.id, name.ref]).fetchone()
        if row is None:
            raise NotFound("该版本没有这一段。", where=str(name), remedy="请核对段落编号，或从目录进入。")
        passage = rows.passage(row[:-1], self.page_labels(edition.id))
        if name.revision not in (None, passage.revision):
            passage = self._pinned(passage, name)
        elif row[-1] and name.revision is None:
            raise Gone(f"这一段已于 {row[-1][:10]} 撤下，旧文仍可按修订号查阅。", where=str(name))
        if name.end is not None and name.end > len(passage.text):
            raise UsageError(f"引用范围超出本段（共 {len(passage.text)} 字符）。", where=str(name))
        return passage

    def _pinned(self, passage: Passage, name: urn.Urn) -> Passage:
        sql = "SELECT text, notes FROM revision WHERE passage_id = ? AND number = ?"
        old = self.db.execute(sql, [passage.id, name.revision]).fetchone()
        if old is None:
            raise NotFound(f"这一段没有第 {name.revision} 次修订。", where=str(name))
        return Passage(
            passage.id,
            passage.edition_id,
            passage.section,
            passage.ref,
            passage.ordinal,
            passage.kind,
            old[0],
            rows.ranges(old[1]),
            pages=passage.pages[:1],
            revision=name.revision or 0,
        )

    def revisions(self, passage_id: int) -> list[Revision]:
        """Every state of a passage's text, oldest first, the current one last."""
        sql = (
            "SELECT number, text, notes, at, who, why, source FROM ("
            " SELECT number, text, notes, run_id FROM revision WHERE passage_id = :id"
            " UNION ALL SELECT revision, text, notes, run_id FROM passage WHERE id = :id"
            ") JOIN run ON run.id = run_id ORDER BY number"
        )
        found = self.db.execute(sql, {"id": passage_id})
        return [Revision(row[0], row[1], rows.ranges(row[2]), *row[3:]) for row in found]

    # Pages.

    def pages(self, edition_id: int) -> list[Page]:
        """The edition's pages in reading order."""
        sql = "SELECT * FROM page WHERE edition_id = ? ORDER BY ordinal"
        return [rows.page(row) for row in self.db.query(sql, [edition_id])]

    def page_labels(self, edition_id: int) -> tuple[str, ...]:
        """Page labels by ordinal, remembered for the life of this object until the edition changes."""
        labels = self._labels.get(edition_id)
        if labels is None:
            sql = "SELECT label FROM page WHERE edition_id = ? ORDER BY ordinal"
            labels = tuple(row[0] for row in self._all(sql, edition_id))
            self._labels[edition_id] = labels
        return labels

    def page_by_label(self, edition_id: int, label: str) -> Page:
        """The page a reader cites by `label`.

        Raises:
            NotFound: the edition has no such page.
        """
        sql = "SELECT * FROM page WHERE edition_id = ? AND label = ? ORDER BY ordinal LIMIT 1"
        for row in self.db.query(sql, [edition_id, label]):
            return rows.page(row)
        raise NotFound(f"该版本没有第 {label} 页。")

    def passages_on_page(self, page: Page) -> list[Passage]:
        """Passages of which some text stands on `page`, in reading order."""
        sql = (
            f"SELECT {rows.PASSAGE} FROM passage WHERE edition_id = ? AND withdrawn_at IS NULL "
            "AND first_page <= ? AND last_page >= ? ORDER BY ordinal"
        )
        labels = self.page_labels(page.edition_id)
        found = self._all(sql, page.edition_id, page.ordinal, page.ordinal)
        return [rows.passage(row, labels) for row in found]

    def page_lines(self, page: Page) -> list[str]:
        """The printed lines of a page, notes in reading order, as the passages on it give them."""
        lines: list[str] = []
        for passage in self.passages_on_page(page):
            starts = [offset for offset, _ in passage.pages]
            labels = [label for _, label in passage.pages]
            cuts = sorted({0, *passage.lines, *starts})
            for start, end in zip(cuts, [*cuts[1:], len(passage.text)], strict=True):
                if labels and passage.page_at(start) == page.label and start < end:
                    lines.append(passage.text[start:end].strip("\n"))
        return lines

    def forget_labels(self) -> None:
        """Drop remembered page labels, after a write."""
        self._labels.clear()

    def _all(self, sql: str, *values: Any) -> list[Any]:
        return self.db.conn.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: Any) -> Any:
        return self.db.conn.execute(sql, values).fetchone()[0]


@lru_cache(maxsize=32)
def _by_ids(count: int, lines: bool) -> str:
    """The statement that reads so many passages by their ids, with their printed lines or without."""
    columns = rows.PASSAGE if lines else rows.PASSAGE.replace("lines", "''")
    marks = ",".join("?" * count)
    return f"SELECT {columns} FROM passage WHERE withdrawn_at IS NULL AND id IN ({marks})"
