"""An .xlsx or .xlsm read row by row, in bounded memory: values only, formulas by the values last computed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.xml.constants import SHARED_STRINGS

from archive.directories import cells
from archive.directories.cells import Around, SheetRow
from archive.directories.grid import MAX_COLUMNS, Row, Unreadable
from archive.errors import BadSource

HELPERS = ("填写说明", "选项")
"""Sheets of our own templates that hold no records."""
MAX_UNPACKED = 1_000_000_000
"""Bytes of all parts, unpacked."""

_MAX_MERGES = 50_000
_PEEK = 200
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
_CHUNK = 1 << 20
_OVERLAP = 200

# What damaged files have been seen to raise, in the packing, the XML, or openpyxl's reading of it.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    OSError,
    EOFError,
)

# openpyxl warns of every extension it does not keep; nothing here is written back.
warnings.filterwarnings("ignore", module="openpyxl")


class Workbook:
    """A workbook in memory."""

    def __init__(self, data: bytes, source: str) -> None:
        self._data = data
        self._source = source
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                self._guard(parts)
            self._parts, self._around = _opened(data)
        except _DAMAGE as error:
            raise self._damaged() from error
        self._merges: dict[str, list[tuple[int, int, int, int]]] = {}
        self._formulas: dict[str, bool] = {}

    def _guard(self, parts: zipfile.ZipFile) -> None:
        """Refuse what is no workbook, or would not fit into memory."""
        names = parts.namelist()
        if "xl/workbook.xml" not in names:
            kind = next((kind for kind in ("word", "ppt") if any(name.startswith(f"{kind}/") for name in names)), "")
            what = {"word": "是 Word 文件，不是表格。", "ppt": "是幻灯片，不是表格。"}.get(kind, "不是 Excel 表格。")
            raise BadSource(what, where=self._source, remedy="请另存为 .xlsx 或 CSV。")
        if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
            raise BadSource(
                "文件展开后太大，疑似损坏。", where=self._source, remedy="请只保留要导入的工作表，另存为新文件。"
            )
        for name in names:
            if name.endswith(".xml"):
                with parts.open(name) as part:
                    if b"<!DOCTYPE" in part.read(2048):
                        raise BadSource("文件里有不该有的内容（DOCTYPE）。", where=self._source)
        self._macros = any(name.endswith("vbaProject.bin") for name in names)

    def names(self) -> list[str]:
        """The visible sheets that hold something, but for the helpers of our templates."""
        return [name for name in self._parts if name not in HELPERS and self._holds_something(name)]

    def notes(self, name: str) -> list[str]:
        """Macros, formulas, merged cells, too many columns."""
        self._scan(name)
        top = islice(self._cells(name, MAX_COLUMNS + 1), _PEEK)
        told = (
            (self._macros, "文件带有宏，没有运行，也没有读取。"),
            (self._formulas[name], "表里有公式，取的是表格软件上次算出的值。"),
            (
                bool(self._merges[name]),
                "表里有合并的单元格：竖着合并的，各行都按首格的值填入；横着合并的，只有首格有值。",
            ),
            (any(len(row.values) > MAX_COLUMNS for row in top), f"只读了前 {MAX_COLUMNS} 列。"),
        )
        return [what for so, what in told if so]

    def rows(self, name: str) -> Iterator[Row]:
        """Every row the file has; blank ones may be left out."""
        self._scan(name)
        down: dict[int, list[tuple[int, int]]] = {}
        for left, top, right, bottom in self._merges[name]:
            if left == right:
                down.setdefault(left - 1, []).append((top, bottom))
        filled: dict[int, tuple[int, Any]] = {}
        for number, row, formulas in self._cells(name):
            notes = list(_odd(row, formulas))
            for column, spans in down.items():
                for top, bottom in spans:
                    if number == top and column < len(row):
                        filled[column] = (bottom, row[column])
                end, value = filled.get(column, (0, None))
                if number <= end:
                    row += [None] * (column + 1 - len(row))
                    row[column] = value
            yield Row(number, row, tuple(notes))

    def _cells(self, name: str, most_columns: int = MAX_COLUMNS) -> Iterator[SheetRow]:
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as parts, parts.open(self._parts[name]) as part:
                yield from cells.rows(part, self._around, most_columns)
        except _DAMAGE as error:
            raise self._damaged() from error

    def _holds_something(self, name: str) -> bool:
        return any(cell is not None for row in islice(self._cells(name), _PEEK) for cell in row.values)

    def _scan(self, name: str) -> None:
        """Look for formulas and merged cells: a sheet tells of merged cells at its end, when its rows are gone."""
        if name in self._merges:
            return
        merges: list[tuple[int, int, int, int]] = []
        formulas, tail = False, b""
        with zipfile.ZipFile(io.BytesIO(self._data)) as parts, parts.open(self._parts[name]) as part:
            while chunk := part.read(_CHUNK):
                window = tail + chunk
                formulas = formulas or _FORMULA.search(window) is not None
                found = list(_MERGE.finditer(window))
                merges += [range_boundaries(one[1].decode()) for one in found]  # type: ignore[misc]
                tail = window[max(len(window) - _OVERLAP, found[-1].end() if found else 0) :]
                if len(merges) > _MAX_MERGES:
                    raise BadSource("合并的单元格太多。", where=self._source, remedy="请取消合并，逐格填写后再导入。")
        self._merges[name], self._formulas[name] = merges, formulas

    def _damaged(self) -> BadSource:
        return BadSource(
            "表格文件已损坏，读不完整。", where=self._source, remedy="请在表格软件里打开，另存为新的 .xlsx。"
        )


def _opened(data: bytes) -> tuple[dict[str, str], Around]:
    """The parts of the visible sheets by name, and what their cells refer to.

    openpyxl's reader is taken step by step, as its last step goes through every sheet that does not tell its size.
    """
    reader: Any = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    shared = reader.package.find(SHARED_STRINGS)
    with reader.archive.open(shared.PartName[1:]) if shared else io.BytesIO(b"<sst/>") as part:
        strings = cells.strings(part)
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    parts: dict[str, str] = {}
    for sheet, part in reader.parser.find_sheets():
        if sheet.state == "visible" and "chartsheet" not in part.Type and part.target in reader.valid_files:
            parts.setdefault(sheet.name, part.target)
    return parts, Around(strings, reader.wb._date_formats, reader.wb.epoch)


def _odd(row: list[Any], formulas: list[int]) -> Iterator[str]:
    """Put something that says why in the place of cells without value, and tell of formulas."""
    for column in formulas:
        if row[column] is None:
            row[column] = Unreadable("是公式，但文件里没有算出的值；请在表格软件里打开、保存一次")
    for column, value in enumerate(row):
        if value.__class__ is str and value[:1] == "#" and value in cells.ERRORS:
            row[column] = Unreadable(f"单元格出错（{value}）")
    if formulas:
        yield f"{'、'.join(get_column_letter(column + 1) for column in formulas)} 列是公式，取其算出的值"
