"""Tables printed in columns, as gazetteers have of the changes of place-names (沿革表): each row keeps its line."""

from __future__ import annotations

from ingest.setting import Rows
from ingest.stream import Line

_GAP = "\u3000"
_WIDE = 3  # cells between columns
_FAR = 4  # cells; a row that begins so far in has its first column empty
_LONGEST_TITLE = 16
_LONGEST_NAME = 3
_FEWEST = 3  # rows


def opens(row: Line) -> bool:
    """Whether a line is the title of a table."""
    return row.text[-1:] == "表" and row.indent < _FAR and 2 < len(row.text) <= _LONGEST_TITLE and _GAP not in row.text


def keep_rows(rows: list[Line | None]) -> None:
    """Mark the lines of tables, title and all, as lines whose ends are meant, in place."""
    for index, row in enumerate(rows):
        if row is None or row.text[-1] != "表" or not opens(row):
            continue
        last = _last(rows, index + 1)
        if last - index > _FEWEST and _is_columns(rows[index + 1]):
            for at in range(index, last):
                if (line := rows[at]) is not None:
                    rows[at] = line._replace(hard=True)


def _last(rows: Rows, index: int) -> int:
    """Number of the row after the table whose first row is `index`: one that is neither set far in nor in columns.

    A row may have nothing but a dynasty's name.
    """
    last = index
    while index < len(rows) and (row := rows[index]) is not None:
        index += 1
        if row.indent >= _FAR or _GAP in row.text:
            last = index
        elif len(row.text) > _LONGEST_NAME or index - last > 1:
            break
    return last


def _is_columns(row: Line | None) -> bool:
    return row is not None and _GAP * 2 in row.text and (row.indent >= _FAR or _GAP * _WIDE in row.text)
