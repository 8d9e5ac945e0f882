"""A copy of the directories for everyone: what the public sees, as plain files in one .zip, and nothing else.

It is made of the public side (`archive.directories.public`), not of the store, so that it holds no internal value, no
draft, no earlier version, no account and no trail. The same records make the same file, to the byte.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, NamedTuple

from archive.directories import public
from archive.directories.kinds import KINDS
from archive.directories.model import Directory
from archive.directories.public import PublicRecord
from archive.errors import NotFound
from archive.library import Library

GUIDE = "说明.txt"
TABLE = "directories.json"

_ABOUT = """名录的公开副本
只有已发布的条目和公开的栏目；没有内部栏目、草稿、历次修改、账号和操作记录。

directories.json  各名录的栏目与条数
名录代号.jsonl     一行一条，UTF-8
photos/           条目的照片，名录代号/条目编号.jpg

副本不会随文库更新。条目后来撤下、隐藏或抹除的，请删去旧副本，换用新的。
"""


class Copied(NamedTuple):
    """How many records and photos a copy holds."""

    records: int
    photos: int


def copy(library: Library, directories: Iterable[Directory], file: IO[bytes]) -> Copied:
    """Write a copy of these directories."""
    table, photos = [], 0
    with zipfile.ZipFile(file, "w") as parts:
        for directory in directories:
            with parts.open(_part(f"{directory.id}.jsonl"), "w", force_zip64=True) as out:
                held = []
                many = 0
                for record in public.everything(library, directory):
                    out.write(json.dumps(record.as_json(), ensure_ascii=False).encode() + b"\n")
                    held += list(_photos(directory, record))
                    many += 1
            for name, sha256 in held:
                with suppress(NotFound):
                    parts.writestr(_part(name), library.originals.get(sha256))
                    photos += 1
            table.append(_told(directory, many))
        parts.writestr(_part(TABLE), json.dumps(table, ensure_ascii=False, indent=1))
        parts.writestr(_part(GUIDE), _ABOUT)
    return Copied(sum(one["records"] for one in table), photos)


def _part(name: str) -> zipfile.ZipInfo:
    """A part of the file, without the time at which it was made."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    part.external_attr = 0o644 << 16
    return part


def _photos(directory: Directory, record: PublicRecord) -> Iterator[tuple[str, str]]:
    """(name in the copy, SHA-256) of a record's photos; the first has no field in its name."""
    for number, field in enumerate(one for one in directory.public if one.kind == "photo"):
        if field.key in record.values:
            yield f"photos/{record.key}{f'.{field.key}' if number else ''}.jpg", record.values[field.key]


def _told(directory: Directory, records: int) -> dict[str, Any]:
    return {
        "id": directory.id,
        "label": directory.label,
        "about": directory.about,
        "schema": directory.schema,
        "records": records,
        "fields": [
            {"key": one.key, "label": one.label, "kind": KINDS[one.kind].label, "repeatable": one.repeatable}
            for one in directory.public
        ],
    }
