"""Rows as files that spreadsheets open, streamed, and so that no cell is ever run as a formula.

A spreadsheet takes a cell that begins with `= + - @`, a tabulator or a line end for a formula (OWASP, "CSV Injection").
A CSV file cannot say that a cell is text, so there an apostrophe goes before it, as a user would type it; an XLSX file
can, so there the text stays as it is. Full-width forms of these signs are treated like them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from tempfile import TemporaryFile

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from search.statistics.tables import Cell

MARK = "'"
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_BATCH = 500
_BLOCK = 1 << 16
SHEET_ROWS = 1 << 20
"""Rows that a sheet of a workbook can have."""
_LONGEST = 32_767
"""Characters that a cell can have, in UTF-16."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def csv_chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Rows as CSV (RFC 4180) in UTF-8, with a byte order mark, without which Excel would read another encoding."""
    yield b"\xef\xbb\xbf"
    every = iter(rows)
    while batch := list(islice(every, _BATCH)):
        text = StringIO()
        csv.writer(text).writerows(
            [f"{MARK}{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell for cell in row]
            for row in batch
        )
        yield text.getvalue().encode("utf-8", "replace")


def xlsx_chunks(sheets: Iterable[tuple[str, Iterable[Sequence[Cell]]]]) -> Iterator[bytes]:
    """Sheets of rows as an XLSX workbook.

    What goes beyond `SHEET_ROWS` rows goes on in further sheets under the same first row, its heading. A cell that is
    too long for the format is cut and ends in `…`; characters that it cannot hold become U+FFFD.
    """
    book = Workbook(write_only=True)
    for title, rows in sheets:
        _fill(book, title, iter(rows))
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _fill(book: Workbook, title: str, rows: Iterator[Sequence[Cell]]) -> None:
    heading = next(rows, ())
    number = 0
    more: Sequence[Cell] | None = next(rows, None)
    while number == 0 or more is not None:
        number += 1
        sheet = book.create_sheet(title if number == 1 else f"{title}（{number}）")
        sheet.append(_text_cells(sheet, heading))
        for _ in range(SHEET_ROWS - 1):
            if more is None:
                break
            sheet.append(_text_cells(sheet, more))
            more = next(rows, None)


def _text_cells(sheet: WriteOnlyWorksheet, row: Sequence[Cell]) -> list[Cell | SheetCell]:
    return [_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row]


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> str | SheetCell:
    """A cell that is text whatever it holds."""
    text = _NO_XML.sub("\ufffd", text)
    if len(text) > _LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST:
        text = f"{text[: _LONGEST // 2 - 1]}…"
    if text[:1] not in _FORMULA and text[:1] != "#":
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
