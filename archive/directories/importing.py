"""From a sheet to drafts: what each row would do, told before anything is done; then done in batches.

A row that names a record's number, or whose identity fields are those of one record, is that record. A row that only
resembles another is held until a person decides; nothing is ever merged by likeness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

from archive import audit
from archive.directories import apart, columns, records, store, values
from archive.directories.columns import IGNORED, NUMBER, Columns
from archive.directories.grid import CUT_SHORT, Row, Unreadable
from archive.directories.model import SLUG, Directory, Key, Value, Values, parse_key
from archive.directories.plans import AS_NEW, SKIP, STATUSES, Duplicates, Report, RowPlan
from archive.directories.records import Record
from archive.directories.sheets import Sheet
from archive.directories.store import Changed, Edit, New
from archive.directories.values import Remark
from archive.errors import Gone, NotFound, UsageError, WenkuError
from archive.library import Library
from archive.writer import writing

BATCH = 1_000
"""Rows written in one transaction, which are also what one review of an import covers."""


class Import:
    """One sheet on its way into a directory.

    Args:
        library: the library.
        directory: where to.
        sheet: the sheet; it is read once.
        duplicates: knows what resembles what.
        chosen: field key by heading, as a person said it (`columns.find`).
        decisions: what a person decided of a row, by its number: `AS_NEW`, `SKIP`, or a record's key.
        empty_clears: an empty cell takes the record's value away; else it leaves it.

    Raises:
        UsageError: the headings cannot be read.
        BadSource: the sheet cannot be read.
    """

    def __init__(
        self,
        library: Library,
        directory: Directory,
        sheet: Sheet,
        duplicates: Duplicates,
        *,
        chosen: Mapping[str, str] | None = None,
        decisions: Mapping[int, str] | None = None,
        empty_clears: bool = False,
    ) -> None:
        self.library = library
        self.directory = directory
        self.sheet = sheet
        self.chosen = dict(chosen or {})
        self._duplicates = duplicates
        self._decisions = dict(decisions or {})
        self._empty_clears = empty_clears
        self._seen: dict[str, int] = {}
        self._written: dict[str, Key] = {}
        self._known_cells: dict[tuple[str, str], Value | None] = {}
        rows = sheet.rows()
        top = list(islice(rows, columns.TOP_ROWS))
        known = columns.remembered(library, directory)
        self.columns: Columns = columns.find(directory, top, chosen=chosen, remembered=known, source=sheet.source)
        self._rows = chain((row for row in top if row.number > self.columns.row), rows)
        self.notes = [
            *(f"没有导入的列：{'、'.join(self.columns.ignored)}。" for _ in self.columns.ignored[:1]),
            *(f"第 {row.number} 行在表头之上，没有读。" for row in top if row.number < self.columns.row),
        ]

    def plan(self) -> Iterator[RowPlan]:
        """Row by row what would happen, changing nothing. Can be gone through once."""
        for row in self._rows:
            yield self._planned(row)

    def foretold(self) -> Report:
        """All of `plan`, counted: a dry run."""
        rows = list(self.plan())
        return Report(Counter(row.status for row in rows), told=rows)

    def run(self, edit: Edit, step: Callable[[int], None] = lambda rows: None) -> Report:
        """Do it: drafts for every row that can be taken in, a batch a transaction; `step` is told of rows done.

        Raises:
            Busy, WenkuError: a batch could not be written; those before it are there.
        """
        report = Report()
        plans = self.plan()
        while batch := list(islice(plans, BATCH)):
            self._write(batch, edit, report)
            step(len(batch))
        with writing(self.library):
            columns.remember(self.library, self.directory, self.chosen)
            counts = {name: report.counts[name] for name in STATUSES if report.counts[name]}
            audit.record(self.library, edit.who, "record.import", f"directory/{self.directory.id}", **counts)
        return report

    def _write(self, batch: Sequence[RowPlan], edit: Edit, report: Report) -> None:
        added = [row for row in batch if row.status == "added"]
        new = [New(row.values, row.key.partition("/")[2]) for row in added]
        changed = [Changed(parse_key(row.key), row.base, row.values) for row in batch if row.status == "changed"]
        if new or changed:
            with writing(self.library):
                written = store.write(self.library, self.directory, edit, new, changed)
                self._tell_apart(added, written.keys, edit.who)
            report.runs.append(written.run_id)
        report.counts.update(row.status for row in batch)
        report.told += [row for row in batch if row.status in ("held", "refused") or row.notes]

    def _tell_apart(self, added: Sequence[RowPlan], keys: Sequence[Key], who: str) -> None:
        """Keep that what a person called new is none of those it resembles."""
        for row, key in zip(added, keys, strict=True):
            self._written[_place(row.number)] = key
            for where in row.apart:
                other = self._written.get(where) or (parse_key(where) if "/" in where else None)
                if other:
                    with suppress(NotFound, Gone):  # erased while the sheet was read
                        apart.tell(self.library, key, other, who)

    def _planned(self, row: Row) -> RowPlan:
        raw, problems = self._raw(row)
        slug = self._slug(raw.pop(NUMBER, ""))
        checked = values.check(self.directory, raw, self._known_cells)
        problems += checked.problems
        notes = (*row.notes, *map(str, checked.notes))
        decision = self._decisions.get(row.number, "")
        if decision == SKIP:
            return RowPlan(row.number, "skipped", values.title(self.directory, checked.values))
        try:
            known = self._known(slug, decision, checked.values)
        except WenkuError as error:
            return RowPlan(row.number, "refused", problems=(*problems, Remark(NUMBER, "条目编号", error.what)))
        full = self._completed(known, checked.values, raw)
        problems += values.lacking(self.directory, full)
        title = values.title(self.directory, full)
        problems += self._doubled(row.number, slug, known, full)
        key = str(known.key) if known else f"{self.directory.id}/{slug}" if slug else ""
        if problems:
            return RowPlan(row.number, "refused", title, key, problems=tuple(problems), notes=notes)
        if known:
            told = tuple(values.changes(self.directory, known.values, full))
            status = "changed" if told else "unchanged"
            return RowPlan(row.number, status, title, key, known.version, full, told, notes=notes)
        suspects = () if slug else tuple(self._duplicates.like(full))
        if suspects and decision != AS_NEW:
            return RowPlan(row.number, "held", title, key, suspects=suspects, notes=notes)
        self._duplicates.add(_place(row.number), title, full)
        alike = tuple(one.where for one in suspects)
        return RowPlan(row.number, "added", title, key, 0, full, notes=notes, apart=alike)

    def _slug(self, cell: Any) -> str:
        """A record's number as a cell gives it: a spreadsheet makes 12 of 000012."""
        text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
        text = text.removeprefix(f"{self.directory.id}/")
        return text.zfill(6) if text.isdigit() else text

    def _raw(self, row: Row) -> tuple[dict[str, Any], list[Remark]]:
        raw: dict[str, Any] = {}
        problems: list[Remark] = []
        for column in self.columns.columns:
            if column.field == IGNORED or column.place >= len(row.cells):
                continue
            cell = row.cells[column.place]
            if isinstance(cell, str) and cell.endswith(CUT_SHORT):
                cell = Unreadable("导出时因太长被截断，不能再导入；请在网页上修改这一项")
            if isinstance(cell, Unreadable):
                problems.append(Remark(column.field, column.heading, cell.why))
            elif cell is not None and cell != "":
                raw[column.field] = cell
        return raw, problems

    def _known(self, slug: str, decision: str, given: Values) -> Record | None:
        """The record a row is, if it is one that is there.

        Raises:
            UsageError, NotFound, Gone: it names one that cannot be.
        """
        if decision and decision != AS_NEW:
            return self._open(records.record(self.library, parse_key(decision)))
        if slug:
            key = Key(self.directory.id, slug)
            if not SLUG.fullmatch(key.slug):
                raise UsageError(f"“{slug[:40]}”不是条目编号。")
            records.refuse_erased(self.library, key)
            sql = "SELECT 1 FROM record WHERE directory = ? AND slug = ?"
            if self.library.db.execute(sql, [*key]).fetchone():
                return self._open(records.record(self.library, key))
            if key.slug.isdigit():
                raise UsageError(f"没有编号为 {key.slug} 的条目；新条目的编号请留空，由系统给。")
            return None
        same = values.identity(self.directory, given)
        if not same or decision == AS_NEW:
            return None
        sql = "SELECT slug FROM record WHERE directory = ? AND identity = ? AND identity != '' LIMIT 2"
        found = self.library.db.execute(sql, [self.directory.id, same]).fetchall()
        if len(found) > 1:
            labels = "、".join(self.directory.by_key[key].label for key in self.directory.identity)
            raise UsageError(f"库里有几条{labels}都相同的，请写明条目编号。")
        return self._open(records.record(self.library, Key(self.directory.id, found[0][0]))) if found else None

    def _open(self, record: Record) -> Record:
        if record.hidden_at:
            raise Gone("这一条已应本人要求隐藏，不能由表格改动。")
        if record.merged_into:
            raise Gone(f"这一条已并入 {record.merged_into}。")
        if record.directory != self.directory.id:
            raise UsageError(f"{record.key} 不在这个名录里。")
        return record

    def _completed(self, known: Record | None, given: Values, raw: Mapping[str, Any]) -> Values:
        """The record with what the row says; what the row leaves empty stays, unless empty cells are to clear."""
        kept = dict(known.values) if known else {}
        if self._empty_clears:
            for column in self.columns.columns:
                if column.field not in raw:
                    kept.pop(column.field, None)
        merged = {**kept, **given}
        return {key: merged[key] for key in self.directory.by_key if key in merged}

    def _doubled(self, number: int, slug: str, known: Record | None, full: Values) -> list[Remark]:
        """Refuse a second row for the same record."""
        told_apart = slug or self._decisions.get(number) == AS_NEW
        own = "" if told_apart else values.identity(self.directory, full)
        names = [name for name in (str(known.key) if known else slug, own) if name]
        first = min((self._seen[name] for name in names if name in self._seen), default=number)
        self._seen.update((name, number) for name in names if name not in self._seen)
        if first == number:
            return []
        return [Remark(NUMBER, "重复", f"与第 {first} 行是同一条。")]


def _place(row: int) -> str:
    """A row of the sheet, where records are named by their keys."""
    return f"第 {row} 行"
