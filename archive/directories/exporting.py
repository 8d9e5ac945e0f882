"""A directory as an Excel file: what the public may see, or, for the house, everything; and the blank sheet to fill in.

Nothing a cell holds is ever run as a formula, and an exported sheet can be imported again without changing a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from archive import audit
from archive.directories import public, records
from archive.directories.cells import escaped
from archive.directories.grid import CUT_SHORT, LONGEST_CELL
from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value
from archive.directories.values import show
from archive.directories.workbook import HELPERS
from archive.library import Library

NUMBER_HEADING = "条目编号"
STATE_HEADING = "状态"

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet may take for a formula."""
_TEMPLATE_ROWS = 2_000
_LONGEST_LIST = 255  # of a list of choices inside a validation, in characters (Excel)
_WIDE, _NARROW = 40, 16


class Exported(NamedTuple):
    """How many records were written, and how many cells were too long for a spreadsheet and were cut."""

    records: int
    cut: int


def export(library: Library, directory: Directory, file: IO[bytes], *, staff: str = "") -> Exported:
    """Write a directory as .xlsx: the published records with their public fields.

    Args:
        library: the library.
        directory: what to write.
        file: where to.
        staff: the login of whoever of the house asks for everything, drafts and internal fields; it is audited.
    """
    fields = [one for one in (directory.fields if staff else directory.public) if one.kind != "photo"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(directory.label[:31])
    sheet.freeze_panes = "B2"
    for column, field in enumerate(fields, 2):
        sheet.column_dimensions[get_column_letter(column)].width = _width(field)
    headings = [NUMBER_HEADING, *(field.label for field in fields), *([STATE_HEADING] if staff else [])]
    sheet.append([_cell(sheet, text, bold=True) for text in headings])
    number = cut = 0
    for slug, values, state in _staff_rows(library, directory) if staff else _public_rows(library, directory):
        texts = [slug, *(show(field, values.get(field.key)) for field in fields), *state]
        cut += sum(len(text) > LONGEST_CELL for text in texts)
        sheet.append([_cell(sheet, text) for text in texts])
        number += 1
    book.save(file)
    if staff:
        audit.record(library, staff, "directory.export", f"directory/{directory.id}", records=number)
    return Exported(number, cut)


def template(directory: Directory, file: IO[bytes]) -> None:
    """Write the blank sheet of a directory: headings with help, lists to choose from, everything kept as text."""
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = directory.label[:31]
    sheet.freeze_panes = "B2"
    fields = [field for field in directory.fields if field.kind != "photo"]
    choices = book.create_sheet(HELPERS[1])
    choices.sheet_state = "hidden"
    _heading(sheet, 1, NUMBER_HEADING, "新条目请留空；修改已有的条目，写它的编号。", _NARROW)
    for column, field in enumerate(fields, 2):
        _heading(sheet, column, f"{field.label}*" if field.required else field.label, _help(field), _width(field))
        if field.vocabulary:
            _offer(sheet, choices, column, field)
    guide = book.create_sheet(HELPERS[0])
    for row in _guide(directory, fields):
        guide.append(row)
    for letter, width in zip("ABCD", (20, 8, 12, 90), strict=True):
        guide.column_dimensions[letter].width = width
    book.save(file)


def _public_rows(library: Library, directory: Directory) -> Iterator[tuple[str, Mapping[str, Value], Sequence[str]]]:
    for one in public.everything(library, directory):
        yield one.key.slug, one.values, ()


def _staff_rows(library: Library, directory: Directory) -> Iterator[tuple[str, Mapping[str, Value], Sequence[str]]]:
    for one in records.everything(library, directory):
        if not one.merged_into:
            yield one.slug, one.values, (one.state,)


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - len(CUT_SHORT)] + CUT_SHORT
    cell = WriteOnlyCell(sheet, escaped(text))
    if text.startswith(_RISKY):
        cell.data_type = "s"
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _heading(sheet: Worksheet, column: int, text: str, remark: str, width: int) -> None:
    cell = sheet.cell(1, column, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.comment = Comment(remark, "衡阳文库", width=320, height=160)
    letter = get_column_letter(column)
    sheet.column_dimensions[letter].width = width
    # As text, or a spreadsheet makes serial numbers of dates and cuts id numbers to 15 digits.
    sheet.column_dimensions[letter].number_format = "@"
    for row in range(2, 202):
        sheet.cell(row, column).number_format = "@"


def _offer(sheet: Worksheet, choices: Worksheet, column: int, field: Field) -> None:
    """A drop-down list; where several values or others are welcome it only offers."""
    listed = f'"{",".join(field.vocabulary)}"'
    if len(listed) > _LONGEST_LIST or any("," in one or '"' in one for one in field.vocabulary):
        aside = get_column_letter(choices.max_column + (1 if choices["A1"].value else 0))
        for row, choice in enumerate(field.vocabulary, 1):
            choices[f"{aside}{row}"] = choice
        listed = f"='{choices.title}'!${aside}$1:${aside}${len(field.vocabulary)}"
    offer = DataValidation(type="list", formula1=listed, allow_blank=True)
    offer.showErrorMessage = not (field.repeatable or field.open)
    offer.error, offer.errorTitle = f"请从列表中选择{field.label}。", field.label
    letter = get_column_letter(column)
    offer.add(f"{letter}2:{letter}{_TEMPLATE_ROWS + 1}")
    sheet.add_data_validation(offer)


def _help(field: Field) -> str:
    parts = [field.help or KINDS[field.kind].label]
    if field.required:
        parts.insert(0, "必填。")
    if field.repeatable:
        parts.append("可填几项，用分号隔开。")
    if not field.public:
        parts.append("内部字段，不公开。")
    return "\n".join(parts)


def _guide(directory: Directory, fields: Iterable[Field]) -> Iterator[list[str]]:
    yield [f"{directory.label}：填写说明"]
    yield ["带 * 的必填。表头不要改动；各列已设为文本格式，日期写作 1965、1965年3月 或 1965-03-12。"]
    yield []
    yield ["栏目", "必填", "公开", "说明"]
    for field in fields:
        choices = f"可选：{'、'.join(field.vocabulary)}。" if field.vocabulary else ""
        remark = f"{_help(field)} {choices}".replace("\n", " ").strip()
        yield [field.label, "必填" if field.required else "", "公开" if field.public else "内部", remark]


def _width(field: Field) -> int:
    return _WIDE if field.kind == "longtext" or field.repeatable else max(_NARROW, 2 * len(field.label) + 4)
