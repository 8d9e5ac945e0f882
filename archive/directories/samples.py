"""The bundled sample records: taken in like any sheet and taken through the three reviews, by people who are nobody.

Their names say that they are examples; they have no accounts and no passwords, so nobody can log in as them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.accounts.people import User
from archive.directories import registry, sheets
from archive.directories.importing import Import
from archive.directories.model import Directory
from archive.directories.plans import Duplicates, Report
from archive.directories.reviewing import BATCH, submit_batch
from archive.directories.store import Edit
from archive.library import Library
from archive.review.standing import STEPS, Subject
from archive.review.workflow import Review
from archive.writer import writing

EDITOR = "示例编辑"


def load(library: Library, folder: Path, duplicates: Callable[[Library, Directory], Duplicates]) -> dict[str, Report]:
    """Take in `folder`'s sheets, each named after its directory, and publish what is new; reports by directory.

    Args:
        library: the library.
        folder: with files such as `experts.csv`.
        duplicates: makes what knows what resembles what (`search.records.duplicates.Likeness.of`).

    Raises:
        BadSource, UsageError: a sheet cannot be read.
    """
    told: dict[str, Report] = {}
    for directory in registry.in_force(library).values():
        path = folder / f"{directory.id}.csv"
        if path.is_file():
            taken = Import(library, directory, sheets.open_sheet(path), duplicates(library, directory))
            told[directory.id] = taken.run(Edit(EDITOR, "收入示例", path.name))
    for report in told.values():
        for run_id in report.runs:
            _review(library, run_id)
    return told


def _review(library: Library, run_id: int) -> None:
    review, subject = Review(library), Subject(BATCH, str(run_id))
    with writing(library):
        submit_batch(library, run_id, _nobody(EDITOR, "editor"))
        for step, label in STEPS.items():
            review.approve(subject, _nobody(f"示例{label}", step), step, 1, "随附的示例")


def _nobody(name: str, role: str) -> User:
    return User(0, name, name, (role,), True, False, "", None, 0, None, 0)
