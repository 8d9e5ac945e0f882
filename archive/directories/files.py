"""A directory as a file someone asked for: which formats there are, and what each can hold."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from archive import audit
from archive.directories import exporting, forms, public, records
from archive.directories.exporting import Exported
from archive.directories.forms import MOST
from archive.directories.model import Directory, Value, Values
from archive.errors import NotFound, UsageError
from archive.library import Library


class Format(NamedTuple):
    """A kind of file: what it is called, and its media type."""

    label: str
    media_type: str


FORMATS: dict[str, Format] = {
    ".xlsx": Format("Excel 表格", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": Format("Word 登记表", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
"""Every format by the ending of its files."""


def blank(directory: Directory, suffix: str) -> bytes:
    """The file to fill in: a sheet with drop-down lists, or a form to print.

    Raises:
        UsageError: there is no such format.
    """
    _refuse_unknown(suffix)
    out = io.BytesIO()
    if suffix == ".xlsx":
        exporting.template(directory, out)
    else:
        forms.form(directory, [{}], out, staff=True)
    return out.getvalue()


def exported(library: Library, directory: Directory, suffix: str, *, staff: str = "") -> tuple[bytes, Exported]:
    """A directory as a file: what the public may see, or everything for `staff`, whose login is audited.

    Raises:
        UsageError: there is no such format, or it cannot hold so many records.
    """
    _refuse_unknown(suffix)
    out = io.BytesIO()
    if suffix == ".xlsx":
        told = exporting.export(library, directory, out, staff=staff)
        return out.getvalue(), told
    every = records.everything(library, directory) if staff else public.everything(library, directory)
    held: list[Values] = []
    for one in every:
        held.append(dict(one.values))
        if len(held) > MOST:
            raise UsageError(f"超过 {MOST} 条，不能都排成登记表。", remedy="请导出 .xlsx，或逐条生成登记表。")
    forms.form(directory, held, out, staff=bool(staff), photos=_photos(library, directory, held))
    if staff:
        audit.record(library, staff, "directory.export", f"directory/{directory.id}", records=len(held))
    return out.getvalue(), Exported(len(held), 0)


def one_form(library: Library, directory: Directory, values: Values, *, staff: bool = False) -> bytes:
    """One record as a Word form; `values` are those its reader may see."""
    out = io.BytesIO()
    forms.form(directory, [values], out, staff=staff, photos=_photos(library, directory, [values]))
    return out.getvalue()


def _photos(library: Library, directory: Directory, held: Iterable[dict[str, Value]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for field in directory.fields:
        if field.kind != "photo":
            continue
        for sha256 in (values[field.key] for values in held if field.key in values):
            with suppress(NotFound):
                found[sha256] = library.originals.get(sha256)
    return found


def _refuse_unknown(suffix: str) -> None:
    if suffix not in FORMATS:
        known = "、".join(f"{ending}（{one.label}）" for ending, one in FORMATS.items())
        raise UsageError(f"不会写“{suffix}”这种文件。", remedy=f"可用：{known}。")
