"""What there is to proofread: by book, by state, by doubt; what could not be read, and what is doubtful, first."""

from __future__ import annotations

from typing import NamedTuple

from archive import rows
from archive.library import Library
from archive.model import Edition
from archive.transcription import store
from archive.transcription.model import STATES, State
from archive.transcription.store import Summary


class Book(NamedTuple):
    """An edition with scans, and how many of its pages stand where. `failed`: sheets that could not be read."""

    edition: Edition
    title: str
    states: dict[State, int]
    waiting: int
    failed: int
    doubtful: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return sum(self.states.values()) + self.waiting + self.failed


def books(library: Library) -> list[Book]:
    """Every edition with scans: those with most left to proofread first."""
    sql = (
        "SELECT sheet.edition_id, transcript.state, count(*), coalesce(sum(doubtful), 0), sum(error != '') FROM sheet "
        "LEFT JOIN transcript ON sheet_id = sheet.id AND dropped_at IS NULL WHERE number NOT NULL GROUP BY 1, 2"
    )
    counted: dict[int, Book] = {}
    sql_edition = (
        "SELECT edition.*, work.title FROM edition JOIN work ON work.id = work_id "
        "WHERE edition.withdrawn_at IS NULL AND edition.id IN (SELECT edition_id FROM sheet WHERE number NOT NULL)"
    )
    for row in library.db.query(sql_edition):
        counted[row["id"]] = Book(rows.edition(row), row["title"], dict.fromkeys(STATES, 0), 0, 0, 0)
    for edition_id, state, count, doubtful, failed in library.db.execute(sql):
        if (book := counted.get(edition_id)) is None:
            continue
        if state is None:
            counted[edition_id] = book._replace(waiting=count - failed, failed=failed)
        else:
            book.states[state] = count
            counted[edition_id] = book._replace(doubtful=book.doubtful + doubtful)
    return sorted(counted.values(), key=lambda book: (-_open(book), book.edition.id))


def pages(library: Library, edition_id: int, *, state: State | None = None, by_doubt: bool = False) -> list[Summary]:
    """The pages of a book, of one state if asked; in order, or what failed first and then the most doubtful."""
    found = [one for one in store.pages(library, edition_id) if state is None or (one.revision and one.state == state)]
    if not by_doubt:
        return found
    return sorted(found, key=lambda one: (not one.error, -one.doubtful, one.sheet, one.side))


def next_page(
    library: Library, edition_id: int, sheet: int, side: int = 0, *, state: State = "unread", step: int = 1
) -> Summary | None:
    """The next page of a state after a page (before it if `step` is negative); None if there is none."""
    found = pages(library, edition_id, state=state)
    if step < 0:
        return next((one for one in reversed(found) if (one.sheet, one.side) < (sheet, side)), None)
    return next((one for one in found if (one.sheet, one.side) > (sheet, side)), None)


def _open(book: Book) -> int:
    return book.states["unread"] + book.states["problem"] + book.states["proofread"]
