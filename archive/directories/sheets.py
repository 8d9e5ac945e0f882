"""A keeper's sheet as rows of cells: .xlsx, .xlsm and CSV, bounded, with everything odd in it told.

Sheets are read here and not in `ingest`, which makes editions of source texts: a sheet becomes records, whose fields
and rules live in this package, and the site's own upload form needs it without a worker process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.directories.csvfile import Csv
from archive.directories.grid import MAX_BLANK, MAX_BYTES, MAX_ROWS, Book, Row
from archive.directories.workbook import Workbook
from archive.errors import BadSource, UsageError

_PAGE = (b"<html", b"<!doc", b"<table", b"<?xml", b"<meta")


@dataclass
class Sheet:
    """One sheet, ready to be read once. `notes` may grow while its rows are read."""

    source: str
    sha256: str
    name: str
    book: Book
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Every row that holds something.

        Raises:
            BadSource: the file is damaged, or has more rows than can be taken in at once.
        """
        last = taken = 0
        for row in self.book.rows(self.name):
            if row.number - last > MAX_BLANK:
                self.notes.append(f"第 {last + 1} 行起连续 {MAX_BLANK:,} 行空白，其后没有再读。")
                return
            if not any(cell is not None and cell != "" for cell in row.cells):
                continue
            last, taken = row.number, taken + 1
            if taken > MAX_ROWS:
                raise BadSource(f"超过 {MAX_ROWS:,} 行。", where=self.source, remedy="请分成几个文件导入。")
            yield row


def open_sheet(path: Path, name: str = "", *, source: str = "") -> Sheet:
    """The sheet `name` of a file; the only one that holds something if no name is given.

    Args:
        path: the file.
        name: of the sheet; a CSV has none.
        source: what the user calls the file, if not by `path`.

    Raises:
        BadSource: the file cannot be read, or is no sheet.
        UsageError: it has several sheets, or none of that name; lists them.
    """
    source = source or path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadSource(f"文件有 {size / 1e6:.0f} MB，太大。", where=source, remedy="请分成几个文件导入。")
        data = path.read_bytes()
    except OSError as error:
        raise BadSource(f"文件读不出来：{error.strerror}。", where=source, remedy="请检查路径和权限。") from error
    book = _book(data, source)
    names = book.names()
    if not names:
        raise BadSource("表里没有内容。", where=source)
    if (name and name not in names) or (not name and len(names) > 1):
        what = f"没有工作表“{name[:60]}”。" if name else f"文件里有 {len(names)} 个工作表。"
        raise UsageError(what, where=source, remedy=f"请指明导入哪一个：{'、'.join(names)}。")
    chosen = name or names[0]
    return Sheet(source, hashlib.sha256(data).hexdigest(), chosen, book, book.notes(chosen))


def _book(data: bytes, source: str) -> Book:
    """A file by what it is, whatever it is called."""
    if data.startswith(b"PK\x03\x04"):
        return Workbook(data, source)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        what = "是旧版 Excel（.xls）文件，或设了密码，读不了。"
        raise BadSource(what, where=source, remedy="请在表格软件里取消密码，另存为 .xlsx。")
    if data.lstrip()[:6].lower().startswith(_PAGE):
        raise BadSource("其实是网页，不是表格。", where=source, remedy="请在表格软件里打开，另存为 .xlsx。")
    return Csv(data, source)
