"""An import gone through twice: first to tell what each row would do, then, on the same file, to do it.

Between the two the directories must not have changed: what was told would no longer be what is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from archive.directories import columns, public, sheets
from archive.directories.columns import IGNORED, TOP_ROWS
from archive.directories.grid import Row, Unreadable
from archive.directories.import_jobs import Job, Jobs
from archive.directories.importing import Import
from archive.directories.model import Directory, Values
from archive.directories.plans import STATUSES, Duplicates, Report, RowPlan, Suspect
from archive.directories.store import Edit
from archive.directories.values import show
from archive.directories.workbook import Workbook
from archive.errors import Conflict, UsageError
from archive.library import Library

BEAT = 1.0
"""Seconds between signs of life."""
LONGEST_HEADING = 100
"""Characters of a heading (as in `columns`)."""
SAMPLES = 3
"""Cells of a column that are shown beside its heading."""
LONGEST_SHOWN = 120
"""Characters of a value that a told row keeps."""
KEPT_AFTERWARDS = ("held", "refused")
"""Statuses whose rows somebody still has to look at when the import is done."""


class Heading(NamedTuple):
    """A column as its keeper chooses a field for it: its heading, the field guessed, some of its cells as text."""

    heading: str
    field: str
    remembered: bool
    samples: tuple[str, ...]


def names(path: Path, source: str) -> list[str]:
    """The sheets of a file that hold something; a CSV has one without name.

    Raises:
        BadSource: the file cannot be read, or is no sheet.
    """
    try:
        return [sheets.open_sheet(path, source=source).name]
    except UsageError:  # several sheets
        return Workbook(path.read_bytes(), source).names()


def headings(library: Library, directory: Directory, job: Job, jobs: Jobs) -> list[Heading]:
    """The columns of a job's sheet with the fields they seem to be, or were said to be.

    Raises:
        BadSource: the sheet cannot be read.
        Conflict: the file is no longer there.
    """
    sheet = sheets.open_sheet(jobs.sheet(job), job.sheet, source=job.source)
    top = list(islice(sheet.rows(), TOP_ROWS))
    known = columns.remembered(library, directory)
    place, guesses = _guessed(directory, top, known)
    found = []
    for column, (cell, guess) in enumerate(zip(top[place].cells, guesses, strict=False)):
        heading = _text(cell)
        below = (_text(row.cells[column]) for row in top[place + 1 :] if column < len(row.cells))
        if heading:
            samples = tuple(islice(filter(None, below), SAMPLES))
            said = columns.plain(heading) in known
            found.append(Heading(heading, job.chosen.get(heading, guess), said, samples))
    return found


def rehearse(library: Library, directory: Directory, job: Job, jobs: Jobs, duplicates: Duplicates) -> None:
    """Go through the rows and take down what each would do; ends `ready`.

    Raises:
        WenkuError: the sheet cannot be read, or its columns cannot be understood.
    """
    job.change = public.change_number(library)
    witness = _Witness(duplicates)
    taken = _import(library, directory, job, jobs, witness)
    job.rows, job.counts, beat = 0, {}, _Beat(job, jobs)
    with jobs.writer(job) as writer:
        for row in taken.plan():
            writer.take(row.status, _told(directory, row, witness.last))
            job.counts[row.status] = job.counts.get(row.status, 0) + 1
            beat(1)
    job.notes = [*taken.sheet.notes, *taken.notes]
    job.stage = "ready"
    jobs.save(job)


def perform(library: Library, directory: Directory, job: Job, jobs: Jobs, duplicates: Duplicates, edit: Edit) -> None:
    """Do what was told, going on behind the rows that are done already; ends `done`.

    Raises:
        Conflict: the file, or any directory, is no longer as it was when the rows were told.
        WenkuError: a batch could not be written; those before it are there.
    """
    if not job.rows and public.change_number(library) != job.change:
        raise Conflict("试导入之后，名录有过改动。", where=job.source, remedy="请重新试导入，看过结果再导入。")
    taken = _import(library, directory, job, jobs, duplicates)
    taken.behind, before, beat = job.rows, list(job.runs), _Beat(job, jobs, often=True)

    def step(rows: int) -> None:
        job.runs = [*before, *taken.written]
        beat(rows)

    taken.run(edit, step)
    job.stage = "done"
    jobs.drop(job, [status for status in STATUSES if status not in KEPT_AFTERWARDS])
    jobs.save(job)


class _Resumed(Import):
    """An import that leaves out the rows gone through before, and says which batches it has written so far."""

    behind = 0
    written: Sequence[int] = ()

    def plan(self) -> Iterator[RowPlan]:
        """Row by row what would happen, behind those gone through."""
        return islice(super().plan(), self.behind, None)

    def _write(self, batch: Sequence[RowPlan], edit: Edit, report: Report) -> None:
        super()._write(batch, edit, report)
        self.written = report.runs


class _Witness:
    """Duplicates, and the values that were last asked about: those of a row that is held."""

    def __init__(self, asked: Duplicates) -> None:
        self._asked = asked
        self.last: Values = {}

    def like(self, values: Values) -> Sequence[Suspect]:
        self.last = values
        return self._asked.like(values)

    def add(self, where: str, title: str, values: Values) -> None:
        self._asked.add(where, title, values)


class _Beat:
    """Counts rows, and says now and then that the work goes on."""

    def __init__(self, job: Job, jobs: Jobs, *, often: bool = False) -> None:
        self._job, self._jobs, self._often = job, jobs, often
        self._last = time.monotonic()

    def __call__(self, rows: int) -> None:
        self._job.rows += rows
        if self._often or time.monotonic() - self._last > BEAT:
            self._jobs.save(self._job)
            self._last = time.monotonic()


def _import(library: Library, directory: Directory, job: Job, jobs: Jobs, duplicates: Duplicates) -> _Resumed:
    sheet = sheets.open_sheet(jobs.sheet(job), job.sheet, source=job.source)
    decisions = {int(row): what for row, what in job.decisions.items()}
    return _Resumed(
        library,
        directory,
        sheet,
        duplicates,
        chosen=job.chosen,
        decisions=decisions,
        empty_clears=job.empty_clears,
    )


def _guessed(directory: Directory, top: Sequence[Row], known: Mapping[str, str]) -> tuple[int, list[str]]:
    """Which of the first rows has the headings, and the field of each; a sheet nobody understands is guessed at."""
    with suppress(UsageError):
        found = columns.find(directory, top, remembered=known)
        place = next(number for number, row in enumerate(top) if row.number == found.row)
        return place, [column.field for column in found.columns]
    fields = [[_field(directory, cell, known) for cell in row.cells] for row in top]
    place = max(range(len(top)), key=lambda one: (sum(map(bool, fields[one])), len(_words(top[one])), -one))
    return place, fields[place]


def _field(directory: Directory, cell: Any, known: Mapping[str, str]) -> str:
    """What a heading alone is taken for. It stands beside one that is sure, which may not be the very same."""
    for sure in directory.fields[:2]:
        with suppress(UsageError):
            return columns.find(directory, [Row(1, [_text(cell), sure.key])], remembered=known).columns[0].field
    return IGNORED


def _words(row: Row) -> list[Any]:
    return [cell for cell in row.cells if isinstance(cell, str) and cell]


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, Unreadable) else " ".join(str(cell).split())[:LONGEST_HEADING]


def _told(directory: Directory, row: RowPlan, asked: Values) -> dict[str, Any]:
    """A row as it is taken down: with its values in words, where they are new or have to be compared."""
    given = row.values if row.status == "added" else asked if row.status == "held" else {}
    shown = [(one.label, show(one, given[one.key])) for one in directory.fields if one.key in given]
    return {**row.as_json(), "values": [(label, shortened(text)) for label, text in shown]}


def shortened(text: str) -> str:
    """A text as a told row keeps it."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
