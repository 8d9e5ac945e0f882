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
from itertools import chain, islice
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.utils import get_column_letter

from search.statistics.tables import Cell

MARK = "'"
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_BATCH = 500
SHEET_ROWS = 1 << 20
"""Rows that a sheet of a workbook can have."""
_LONGEST = 32_767
"""Characters that a cell can have, in UTF-16."""
_LARGEST = 1 << 29
"""Characters of XML after which a new sheet is begun: ZIP's plain form, which all programs read, ends at 2 GB."""
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Stands before what a spreadsheet would read as a character's number (ECMA-376, `ST_Xstring`)."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
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
    """Sheets of rows as an XLSX workbook (ECMA-376), each piece as soon as it is there: no library writes one so.

    What goes beyond `SHEET_ROWS` rows goes on in further sheets under the same first row, its heading. A cell that is
    too long for the format is cut and ends in `…`; characters that it cannot hold become U+FFFD.
    """
    out, titles = _Outgoing(), list[str]()
    with ZipFile(out, "w", ZIP_DEFLATED) as book:
        for title, rows in chain.from_iterable(_divided(title, iter(rows)) for title, rows in sheets):
            titles.append(title)
            with book.open(f"xl/{_sheet(len(titles))}", "w") as sheet:
                sheet.write(f"{_XML}<worksheet {_MAIN}><sheetData>".encode())
                while batch := list(islice(rows, _BATCH)):
                    sheet.write("".join(batch).encode())
                    yield from out.taken()
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _parts(titles).items():
            book.writestr(name, _XML + text)
    yield from out.taken()


class _Outgoing:
    """A file that is sent away while it is written."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(self._waiting[-1])

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> Iterator[bytes]:
        """What has come since the last time."""
        waiting, self._waiting = b"".join(self._waiting), []
        if waiting:
            yield waiting


def _divided(title: str, rows: Iterator[Sequence[Cell]]) -> Iterator[tuple[str, Iterator[str]]]:
    """A table as sheets, to be read one after the other; each gives its rows as XML."""
    heading, row = next(rows, ()), next(rows, None)

    def sheet() -> Iterator[str]:
        nonlocal row
        yield _row(1, heading)
        size = 0
        for number in range(2, SHEET_ROWS + 1):
            if row is None or size > _LARGEST:
                return
            yield (line := _row(number, row))
            size += len(line)
            row = next(rows, None)

    yield title, sheet()
    number = 1
    while row is not None:
        number += 1
        yield f"{title}（{number}）", sheet()


def _row(number: int, cells: Sequence[Cell]) -> str:
    inside = "".join(_cell(f"{get_column_letter(column)}{number}", cell) for column, cell in enumerate(cells, 1))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, cell: Cell) -> str:
    """A cell; text is text whatever it holds, also after a user has edited it (`quotePrefix`)."""
    if not isinstance(cell, str):
        return f'<c r="{place}"><v>{cell}</v></c>'
    text = _NO_XML.sub("\ufffd", cell)
    if len(text) > _LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST:
        text = f"{text[: _LONGEST // 2 - 1]}…"
    style = ' s="1"' if text[:1] in _FORMULA or text[:1] == "#" else ""
    text = escape(_LOOKS_ESCAPED.sub("_x005F_", text), {"\r": "&#13;"})
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _parts(titles: Sequence[str]) -> dict[str, str]:
    """What a workbook has besides its sheets: what it is made of, and the two styles of cells."""
    sheets = [_sheet(number) for number in range(1, len(titles) + 1)]
    names = (
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, 1)
    )
    kinds = {"workbook.xml": "sheet.main", "styles.xml": "styles", **dict.fromkeys(sheets, "worksheet")}
    return {
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{"".join(names)}</sheets></workbook>',
        "xl/styles.xml": f"<styleSheet {_MAIN}>"
        '<fonts><font><sz val="11"/><name val="宋体"/></font></fonts>'
        '<fills><fill><patternFill/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border/></borders>"
        "<cellStyleXfs><xf/></cellStyleXfs>"
        '<cellXfs><xf/><xf quotePrefix="1"/></cellXfs>'
        '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(*(("worksheet", sheet) for sheet in sheets), ("styles", "styles.xml")),
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in kinds.items())
        + "</Types>",
    }


def _sheet(number: int) -> str:
    return f"worksheets/sheet{number}.xml"


def _relations(*targets: tuple[str, str]) -> str:
    every = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(every)}</Relationships>'
