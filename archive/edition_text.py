"""The whole text of an edition at once: the fast road for search, which wants every book in memory.

SQLite joins the passages to one string, without the interpreter: several editions are read beside one another.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

PASSAGE_END = "\x1e"
"""Stands between passages; one inside a passage reads as U+001F. Neither is ever printed."""

_JOINED = f"""
SELECT group_concat(id), group_concat(section), group_concat({{text}}, '{PASSAGE_END}'),
       group_concat(id || ' ' || notes, '{PASSAGE_END}') FILTER (WHERE notes != ''),
       group_concat(id || ' ' || marks, '{PASSAGE_END}') FILTER (WHERE marks != ''),
       group_concat(id) FILTER (WHERE kind = 'footnote')
FROM (SELECT * FROM passage WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal)
"""


class EditionText(NamedTuple):
    """An edition's passages in reading order, column by column.

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


def read(db: Database, edition_id: int) -> EditionText:
    """Read an edition; one that holds nothing gives nothing."""
    row = db.execute(_JOINED.format(text="text"), [edition_id]).fetchone()
    ids = _numbers(row[0])
    if not ids:
        return EditionText([], [], "", {}, {}, [])
    if row[2].count(PASSAGE_END) >= len(ids):
        row = db.execute(_JOINED.format(text="replace(text, char(30), char(31))"), [edition_id]).fetchone()
    return EditionText(ids, row[1].split(","), row[2], _by_id(row[3]), _by_id(row[4]), _numbers(row[5]))


def _numbers(joined: str | None) -> list[int]:
    return [int(one) for one in joined.split(",")] if joined else []


def _by_id(joined: str | None) -> dict[int, str]:
    pairs = (one.split(" ", 1) for one in joined.split(PASSAGE_END)) if joined else ()
    return {int(passage_id): packed for passage_id, packed in pairs}
