"""A CSV as rows of cells, in whatever encoding a spreadsheet wrote it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import count

from archive.directories.grid import MAX_COLUMNS, Row
from archive.errors import BadSource

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class Csv:
    """A CSV, parted by commas, tabs or semicolons, in UTF-8, UTF-16 or GB18030."""

    def __init__(self, data: bytes, source: str) -> None:
        self._source = source
        self._text, self._encoding = self._decode(data)
        first = self._text.lstrip("\n").partition("\n")[0]
        self._delimiter = max(",\t;", key=first.count)

    def _decode(self, data: bytes) -> tuple[str, str]:
        marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
        for encoding in (marked,) if marked else ("utf-8", "gb18030"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" in text:
                break
            return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
        raise BadSource(
            "不是表格文件，或编码不明。", where=self._source, remedy="请另存为 .xlsx，或 UTF-8 编码的 CSV。"
        )

    def names(self) -> list[str]:
        """One nameless sheet, if it holds something."""
        return [""] if self._text.strip() else []

    def notes(self, name: str) -> list[str]:
        """How it was read."""
        tail = "" if self._source.lower().endswith((".csv", ".txt", ".tsv")) else "；文件名像 Excel，其实是 CSV"
        return [f"按 CSV 读取，编码 {self._encoding.removesuffix('-sig').upper()}{tail}。"]

    def rows(self, name: str) -> Iterator[Row]:
        """Every row, blank ones included.

        Raises:
            BadSource: a quotation mark has no partner, or a cell is too long.
        """
        reader = csv.reader(io.StringIO(self._text), delimiter=self._delimiter)
        for number in count(1):
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                place = f"{self._source} 第 {number} 行"
                raise BadSource(f"CSV 读到这里出错：{error}。", where=place, remedy="多半是引号没有成对。") from error
            yield Row(number, [cell.strip() for cell in cells[:MAX_COLUMNS]])
