"""A catalogue of many works: one row a work, in CSV or XLSX, columns named as in work.yaml, in Chinese or English.

A bad row is reported with its number and the others go on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from archive.errors import BadSource, UsageError
from ingest.metadata_fields import BY_KEY, BY_NAME, Field, Unfit, WorkMeta, build, missing, parse
from ingest.readers import archive_guard, encoding, source

CATALOGUES = ("catalogue.csv", "catalogue.xlsx", "目录.csv", "目录.xlsx", "书目.csv", "书目.xlsx")
MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 20_000, 200
_REMEDY = "列名见 docs/work-yaml.md“目录表”一节。"


class CatalogueRow(NamedTuple):
    """One work. `number` is its row as a spreadsheet counts, from 1; its files are in `meta.files`."""

    number: int
    meta: WorkMeta


class Catalogue(NamedTuple):
    """The rows that can be used, and one error for each that cannot."""

    rows: tuple[CatalogueRow, ...]
    errors: tuple[UsageError, ...]


class _Row(NamedTuple):
    """Cells of one row as text, and what is wrong with it before it is even read."""

    number: int
    cells: list[str]
    complaint: str = ""


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue.

    Args:
        path: `.csv` (comma, semicolon or tab; UTF-8, UTF-16, GB18030 or Big5) or `.xlsx` (first sheet).

    Raises:
        BadSource: the file cannot be read at all.
        UsageError: the header is not understood, or the sheet is not a plain table.
    """
    reader = {".csv": _csv, ".tsv": _csv, ".xlsx": _xlsx}.get(path.suffix.lower())
    if reader is None:
        raise UsageError("目录表应为 .csv 或 .xlsx。", where=path.name, remedy=_REMEDY)
    rows = iter(reader(path))
    header = next((row for row in rows if any(row.cells)), None)
    if header is None:
        raise UsageError("目录表是空的。", where=path.name, remedy=_REMEDY)
    fields = _header(header.cells, path.name)
    found: list[CatalogueRow] = []
    errors: list[UsageError] = []
    seen: dict[str, int] = {}
    for row in rows:
        if not any(row.cells) and not row.complaint:
            continue
        try:
            meta = _meta(row, fields)
            first = seen.setdefault(meta.edition.urn, row.number)
            if first != row.number:
                raise Unfit(f"与第 {first} 行是同一著作的同一版本（{meta.id}.{meta.slug}）。")
            found.append(CatalogueRow(row.number, meta))
        except Unfit as unfit:
            errors.append(UsageError(str(unfit), where=f"{path.name} 第 {row.number} 行", remedy=_REMEDY))
    return Catalogue(tuple(found), tuple(errors))


def _header(cells: Sequence[str], where: str) -> list[Field | None]:
    """The field of every column; None for a column without a name."""
    fields = [_field(cell) for cell in cells]
    unknown = [cell for cell, field in zip(cells, fields, strict=True) if cell and field is None]
    if unknown:
        what = f"不认识的列：{'、'.join(unknown[:10])}。"
        raise UsageError(what, where=where, remedy=f"可用：{'、'.join(one.names[0] for one in BY_KEY.values())}。")
    keys = [field.key for field in fields if field]
    if doubled := [BY_KEY[key].shown for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        raise UsageError(f"列重复：{'、'.join(doubled)}。", where=where, remedy=_REMEDY)
    lack = missing(dict.fromkeys(keys)) or ("" if "files" in keys else f"缺少 {BY_KEY['files'].shown}。")
    if lack:
        raise UsageError(f"目录表的列{lack}", where=where, remedy=_REMEDY)
    return fields


def _field(name: str) -> Field | None:
    return BY_KEY.get(name) or BY_NAME.get(name) or BY_KEY.get(f"citation.{name}")


def _meta(row: _Row, fields: Sequence[Field | None]) -> WorkMeta:
    if row.complaint:
        raise Unfit(row.complaint)
    if any(row.cells[len(fields) :]) or any(
        cell and field is None for cell, field in zip(row.cells, fields, strict=False)
    ):
        raise Unfit("有的格子上面没有列名，多半是文字里的逗号把一格分成了两格；这样的文字请加英文双引号。")
    values: dict[str, Any] = {}
    problems: list[str] = []
    for cell, field in zip(row.cells, fields, strict=False):
        if cell and field is not None:
            try:
                values[field.key] = parse(field, [cell])
            except Unfit as unfit:
                values[field.key] = None
                problems.append(f"{field.names[0]}：{unfit}")
    lack = missing(values) + ("" if "files" in values else f"缺少 {BY_KEY['files'].shown}。")
    if problems or lack:
        raise Unfit("".join([*problems, lack]))
    return build(values)


def _csv(path: Path) -> Iterator[_Row]:
    data = source.load(path, MAX_BYTES)
    text = _text(data, path.name)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in rows:
            yield _Row(rows.line_num, [cell.strip() for cell in row])
    except csv.Error as error:
        place = f"{path.name} 第 {rows.line_num} 行"
        raise UsageError(f"不合 CSV 的写法（{error}）。", where=place, remedy="请检查双引号是否成对。") from None


def _text(data: bytes, where: str) -> str:
    """The text of a CSV; where its encoding has to be guessed, the guess under which the header makes sense."""
    try:
        return encoding.decode(data, where=where).text
    except BadSource:
        for guess in encoding.candidates(data):
            first = guess.text.partition("\n")[0]
            if all(_field(name.strip(' "')) for name in first.split(_delimiter(first))):
                return guess.text
        raise


def _delimiter(text: str) -> str:
    header = text.lstrip("\ufeff").partition("\n")[0]
    return max(",\t;", key=header.count)


def _xlsx(path: Path) -> Iterator[_Row]:
    archive_guard.check(path, unpacked=MAX_BYTES)
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(path, data_only=False, keep_links=False).worksheets[0]
    except Exception as error:  # openpyxl lets out whatever its parsers raise
        remedy = "请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV。"
        raise BadSource(f"读不了这个表格（{type(error).__name__}）。", where=path.name, remedy=remedy) from None
    if sheet.merged_cells.ranges:
        merged = "、".join(str(one) for one in list(sheet.merged_cells.ranges)[:5])
        raise UsageError(f"有合并的单元格：{merged}。", where=path.name, remedy="请取消合并，每行写全。")
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        what = f"表格有 {sheet.max_row} 行、{sheet.max_column} 列（上限 {MAX_ROWS} 行、{MAX_COLUMNS} 列）。"
        raise UsageError(what, where=path.name, remedy="请删去表格之外的空格子，或分成几个表。")
    for number, row in enumerate(sheet.iter_rows(), 1):
        odd = [str(cell.coordinate) for cell in row if cell.data_type in ("f", "e")]
        complaint = f"{'、'.join(odd)} 是公式或出错的格子，请改成文字。" if odd else ""
        yield _Row(number, [_shown(cell.value) for cell in row], complaint)


def _shown(value: object) -> str:
    """A cell as the user sees it: whole numbers without a point, dates as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()
