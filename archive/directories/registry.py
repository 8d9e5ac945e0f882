"""Which directories does a library have? Those shipped, and its own in `directories/*.yaml`, which come first.

A declaration is in force as it was when it was last applied; a file that has changed since is a proposal
(`changes.plan` says what it would do).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from archive import clock
from archive.directories.declaration import known
from archive.directories.model import Directory
from archive.errors import NotFound, UsageError
from archive.library import Library

FOLDER = "directories"


def in_force(library: Library) -> dict[str, Directory]:
    """The directories as records are kept now, by id; a new file that is not well written is left out."""
    found = {one.id: one for one in (known(text, where) for where, text in _applied(library))}
    for where, text in _files(library.folder):
        try:
            one = known(text, where)
        except UsageError:
            continue
        found.setdefault(one.id, one)
    return _ranked(found)


def directory(library: Library, id: str) -> Directory:
    """One directory, as in force.

    Raises:
        NotFound: there is none of that name.
    """
    return named(in_force(library), id)


def named(found: Mapping[str, Directory], id: str) -> Directory:
    """One of these directories.

    Raises:
        NotFound: there is none of that name.
    """
    if id not in found:
        names = "、".join(f"{one.id}（{one.label}）" for one in found.values())
        raise NotFound(f"没有“{id[:40]}”这个名录。", remedy=f"现有：{names}。")
    return found[id]


def proposed(library: Library) -> dict[str, Directory]:
    """The directories as the files declare them, by id.

    Raises:
        UsageError: a file is not well written, two declare the same directory, or a link leads nowhere.
    """
    found: dict[str, Directory] = {}
    places: dict[str, str] = {}
    for where, text in _files(library.folder):
        one = known(text, where)
        if one.id in found and where.startswith(FOLDER) and places[one.id].startswith(FOLDER):
            raise UsageError(f"名录 {one.id} 在 {places[one.id]} 里已经声明过。", where=where)
        if one.id not in found:
            found[one.id], places[one.id] = one, where
    everything = found.keys() | in_force(library).keys()
    for one in found.values():
        for field in one.fields:
            if field.to and field.to not in everything:
                what = f"fields.{field.key}：没有名录“{field.to}”可以相连。"
                raise UsageError(what, where=places[one.id], remedy=f"可用：{'、'.join(sorted(everything))}。")
    return _ranked(found)


def _ranked(found: Mapping[str, Directory]) -> dict[str, Directory]:
    return {one.id: one for one in sorted(found.values(), key=lambda one: (one.rank, one.id))}


def settle(library: Library, one: Directory, who: str) -> None:
    """Put a declaration in force if none is; part of an open transaction."""
    library.db.execute("INSERT OR IGNORE INTO directory VALUES (?, ?, ?, ?)", [one.id, one.source, clock.now(), who])


def _applied(library: Library) -> list[tuple[str, str]]:
    rows = library.db.execute("SELECT id, declaration FROM directory ORDER BY id")
    return [(f"{id_}.yaml", text) for id_, text in rows.fetchall()]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of every declaration, the library's own before those shipped."""
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        where = f"{FOLDER}/{path.name}"
        try:
            yield where, path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError("名录声明不是 UTF-8 编码。", where=where, remedy="请另存为 UTF-8。") from error
        except OSError as error:
            raise UsageError(f"名录声明读不出来：{error.strerror}。", where=where) from error
    for file in sorted((resources.files(__package__) / "shipped").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")
