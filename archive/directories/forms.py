"""Records as Word forms, one a page, as offices file them; without values, the blank form to fill in by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value
from archive.directories.values import show

FONT = "宋体"
MOST = 500
"""Records of one file."""

_FEW = 8
"""Choices that are printed with boxes to tick."""
_WIDTHS = (2.6, 4.6, 2.6, 4.6, 3.2)
"""Columns in centimetres: label, value, label, value, photo."""
_PHOTO_ROWS = 4
_BLANK_LINES = 6


def form(
    directory: Directory,
    values: Iterable[Mapping[str, Value]],
    file: IO[bytes],
    *,
    staff: bool = False,
    photos: Mapping[str, bytes] | None = None,
) -> None:
    """Write records as a .docx, at most `MOST`; an empty mapping makes a blank form.

    Args:
        directory: whose records they are.
        values: of each record; the public ones, or all.
        file: where to.
        staff: with internal fields.
        photos: JPEG bytes by SHA-256.
    """
    document: Any = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.7)
    for number, one in zip(range(MOST), values, strict=False):
        if number:
            document.add_page_break()
        _one(document, directory, one, directory.fields if staff else directory.public, photos or {})
    document.save(file)


def _one(
    document: Any,
    directory: Directory,
    values: Mapping[str, Value],
    fields: Sequence[Field],
    photos: Mapping[str, bytes],
) -> None:
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(f"{directory.label}登记表")
    run.bold, run.font.size = True, Pt(16)
    picture = next((field for field in fields if field.kind == "photo"), None)
    short = [field for field in fields if _is_short(field)]
    long = [field for field in fields if not _is_short(field) and field is not picture]
    rows = (len(short) + 1) // 2
    table = document.add_table(rows + len(long), len(_WIDTHS))
    table.style = "Table Grid"
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Cm(width)
    beside = min(rows, _PHOTO_ROWS) if picture else 0
    for place, field in enumerate(short):
        row, side = divmod(place, 2)
        _write(table, row, side * 2, side * 2 + 1, field, values)
    for row in range(beside, rows):
        table.cell(row, 3).merge(table.cell(row, 4))
    if picture and beside:
        frame = table.cell(0, 4).merge(table.cell(beside - 1, 4))
        _draw(frame, photos.get(values.get(picture.key, ""), b""))
    for row, field in enumerate(long, rows):
        table.cell(row, 1).merge(table.cell(row, 4))
        _write(table, row, 0, 1, field, values)


def _is_short(field: Field) -> bool:
    return not field.repeatable and field.kind not in ("longtext", "photo", "url", "urn", "coordinates")


def _write(table: Any, row: int, label: int, value: int, field: Field, values: Mapping[str, Value]) -> None:
    table.cell(row, label).text = field.label
    text = _ticked(field, values) if 0 < len(field.vocabulary) <= _FEW else show(field, values.get(field.key))
    if not values and KINDS[field.kind].label == "长文字":
        text = "\n" * _BLANK_LINES
    table.cell(row, value).text = text


def _ticked(field: Field, values: Mapping[str, Value]) -> str:
    """Choices with boxes; what is chosen beside them stands behind."""
    given = values.get(field.key, [])
    chosen = given if isinstance(given, list) else [given]
    boxes = [f"{'☑' if choice in chosen else '□'}{choice}" for choice in field.vocabulary]
    return "　".join([*boxes, *(str(one) for one in chosen if one not in field.vocabulary)])


def _draw(frame: Any, photo: bytes) -> None:
    paragraph = frame.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if photo:
        paragraph.add_run().add_picture(io.BytesIO(photo), width=Cm(2.8))
    else:
        paragraph.add_run("照片")
