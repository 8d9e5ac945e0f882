"""The text of an edition in stretches of many passages: the fast road for search, which wants every book in memory.

SQLite joins the passages of a stretch to one string, without the interpreter: several are read beside one another.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlite_utils import Database

PASSAGE_END = "\x1e"
"""Stands between passages; one inside a passage reads as U+001F. Neither is ever printed."""

STRETCH = 2048
"""Passages read at once: what is joined stays in a processor's cache."""

_JOINED = f"""
SELECT group_concat(id), group_concat(section), group_concat({{text}}, '{PASSAGE_END}'),
       group_concat(id || ' ' || notes, '{PASSAGE_END}') FILTER (WHERE notes != ''),
       group_concat(id || ' ' || marks, '{PASSAGE_END}') FILTER (WHERE marks != ''),
       group_concat(id) FILTER (WHERE kind = 'footnote')
FROM passage INDEXED BY passage_order
WHERE edition_id = ? AND ordinal BETWEEN ? AND ? AND withdrawn_at IS NULL
"""
"""Rows come in the order of the index that is named. A sorted subquery instead would copy every row once more."""


class Stretch(NamedTuple):
    """Passages of an edition that follow one another: their first and last ordinal (inclusive)."""

    edition_id: int
    first: int
    last: int


class EditionText(NamedTuple):
    """Passages of an edition in reading order, column by column.

    Args:
        ids: row ids of the passages.
        sections: the paths of their sections.
        text: their texts, one character between each and the next.
        notes, marks: as JSON, by passage id; passages without any are left out.
        footnotes: ids of the passages that are footnotes.
    """

    ids: list[int]
    sections: list[str]
    text: str
    notes: dict[int, str]
    marks: dict[int, str]
    footnotes: list[int]

    def texts(self) -> list[str]:
        """The texts one by one."""
        return self.text.split(PASSAGE_END) if self.ids else []


def stretches(db: Database, edition_id: int) -> list[Stretch]:
    """An edition cut into stretches, in reading order; none if it never held anything."""
    # Two questions, as SQLite goes to the end of an index for one, and through all of it for both.
    bounds = ", ".join(f"(SELECT {end}(ordinal) FROM passage WHERE edition_id = :id)" for end in ("min", "max"))
    first, last = db.execute(f"SELECT {bounds}", {"id": edition_id}).fetchone()
    if first is None:
        return []
    return [Stretch(edition_id, begin, begin + STRETCH - 1) for begin in range(first, last + 1, STRETCH)]


def read(db: Database, stretch: Stretch) -> EditionText:
    """Read a stretch; one that holds nothing gives nothing."""
    row = db.execute(_JOINED.format(text="text"), stretch).fetchone()
    ids = _numbers(row[0])
    if not ids:
        return EditionText([], [], "", {}, {}, [])
    if row[2].count(PASSAGE_END) >= len(ids):
        row = db.execute(_JOINED.format(text="replace(text, char(30), char(31))"), stretch).fetchone()
    return EditionText(ids, row[1].split(","), row[2], _by_id(row[3]), _by_id(row[4]), _numbers(row[5]))


def _numbers(joined: str | None) -> list[int]:
    return list(json.loads(f"[{joined}]")) if joined else []


def _by_id(joined: str | None) -> dict[int, str]:
    pairs = (one.split(" ", 1) for one in joined.split(PASSAGE_END)) if joined else ()
    return {int(passage_id): packed for passage_id, packed in pairs}
