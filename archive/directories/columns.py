"""Which column of a sheet is which field: guessed from headings, said by a person, remembered for the next sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from archive.directories.grid import Row, Unreadable
from archive.directories.model import Directory
from archive.errors import UsageError
from archive.library import Library

NUMBER = "id"
"""Stands for the column of record numbers; no field may have this key."""
IGNORED = ""
"""Stands for a column that is left out."""
TOP_ROWS = 30
"""Rows among which the headings are looked for: titles and remarks may stand above them."""

_NUMBER_NAMES = ("条目编号", "编号", NUMBER)
_DECORATION = re.compile(r"[\s*＊:：]|[(（](?:必填|选填)[)）]")
_REMARK = re.compile(r"[(（【\[].*?[)）】\]]")


class Column(NamedTuple):
    """A column: its place from 0, its heading, the field it is (`NUMBER`, `IGNORED`)."""

    place: int
    heading: str
    field: str


class Columns(NamedTuple):
    """The columns of a sheet, and the number of the row their headings stand in."""

    row: int
    columns: tuple[Column, ...]

    @property
    def ignored(self) -> list[str]:
        """Headings nobody knows."""
        return [column.heading for column in self.columns if column.field == IGNORED and column.heading]


def find(
    directory: Directory,
    top: Sequence[Row],
    *,
    chosen: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    source: str = "",
) -> Columns:
    """The columns of a sheet from its first rows.

    Args:
        directory: whose fields they are.
        top: the first rows that hold something, at most `TOP_ROWS`.
        chosen: field key (or `NUMBER`, `IGNORED`) by heading, as a person said it now.
        remembered: the same, as a person said it before.
        source: the file, for complaints.

    Raises:
        UsageError: no row of headings, two columns for one field, or a heading or field chosen that is not there.
    """
    said = {plain(heading): field for heading, field in (chosen or {}).items()}
    for field in said.values():
        if field not in (NUMBER, IGNORED) and field not in directory.by_key:
            keys = "、".join(f"{one.key}（{one.label}）" for one in directory.fields)
            raise UsageError(f"没有字段“{field[:40]}”。", where=source, remedy=f"可用：{keys}。")
    known = {**_guesses(directory), **(remembered or {}), **said}
    row = max(top, key=lambda row: sum(_field(cell, known) != IGNORED for cell in row.cells), default=None)
    found = [Column(place, _heading(cell), _field(cell, known)) for place, cell in enumerate(row.cells)] if row else []
    if row is None or not any(column.field in directory.by_key for column in found):
        labels = "、".join(field.label for field in directory.fields)
        raise UsageError("认不出哪一行是表头。", where=source, remedy=f"表头应有：{labels}；可先下载模板。")
    for heading in said.keys() - {plain(column.heading) for column in found}:
        raise UsageError(f"表里没有“{heading}”这一列。", where=source, remedy=f"表头：{_listed(found)}。")
    _refuse_doubles(directory, found, source)
    return Columns(row.number, tuple(found))


def remembered(library: Library, directory: Directory) -> dict[str, str]:
    """What people have said of headings before."""
    sql = "SELECT heading, field FROM column_mapping WHERE directory = ?"
    found = dict(library.db.execute(sql, [directory.id]).fetchall())
    return {heading: field for heading, field in found.items() if field in (*directory.by_key, NUMBER, IGNORED)}


def remember(library: Library, directory: Directory, chosen: Mapping[str, str]) -> None:
    """Keep what a person said of headings; part of an open transaction."""
    rows = [(directory.id, plain(heading), field) for heading, field in chosen.items()]
    library.db.conn.executemany("INSERT OR REPLACE INTO column_mapping VALUES (?, ?, ?)", rows)


def plain(heading: str) -> str:
    """A heading without what varies from sheet to sheet: width, spaces, asterisks, colons."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def _guesses(directory: Directory) -> dict[str, str]:
    found = dict.fromkeys(_NUMBER_NAMES, NUMBER)
    for field in directory.fields:
        found.update((plain(name), field.key) for name in (field.key, *field.aliases, field.label))
    return found


def _field(cell: object, known: Mapping[str, str]) -> str:
    heading = _heading(cell)
    return next((known[name] for name in (plain(heading), plain(_REMARK.sub("", heading))) if name in known), IGNORED)


def _heading(cell: object) -> str:
    return "" if cell is None or isinstance(cell, Unreadable) else " ".join(str(cell).split())[:100]


def _refuse_doubles(directory: Directory, found: Iterable[Column], source: str) -> None:
    seen: dict[str, Column] = {}
    for column in found:
        first = seen.setdefault(column.field, column)
        if column.field != IGNORED and first is not column:
            label = directory.by_key[column.field].label if column.field in directory.by_key else "条目编号"
            what = f"“{first.heading}”和“{column.heading}”两列都像是“{label}”。"
            raise UsageError(what, where=source, remedy="请指明用哪一列，另一列指为不导入。")


def _listed(found: Iterable[Column]) -> str:
    return "、".join(column.heading for column in found if column.heading)
