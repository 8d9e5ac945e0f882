"""Choices of texts that somebody of the house keeps under a name, to search in them again."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps, loads
from typing import NamedTuple

from archive import clock
from archive.accounts.people import User
from archive.errors import UsageError
from archive.library import Library
from archive.writer import writing

LONGEST = 40
"""Characters a name may have."""
MOST = 100
"""Choices one person may keep."""
_LARGEST = 1 << 16
"""Bytes of a choice."""

Limits = Mapping[str, tuple[str, ...]]
"""Chosen values by what they are values of: works, authors, classes …"""


class Choice(NamedTuple):
    """A named choice of texts; `at` is when it was last kept, in UTC."""

    name: str
    limits: Limits
    at: str


def choices(library: Library, user: User) -> list[Choice]:
    """What a person keeps, the latest first."""
    sql = "SELECT name, limits, at FROM choice WHERE user_id = ? ORDER BY at DESC, name"
    rows = library.db.execute(sql, [user.id])
    return [Choice(name, {key: tuple(few) for key, few in loads(kept).items()}, at) for name, kept, at in rows]


def keep(library: Library, user: User, name: str, limits: Limits) -> None:
    """Keep a choice; one of the same name is replaced.

    Raises:
        UsageError: it has no name or chooses nothing, or is too large, or one too many.
    """
    name, packed = name.strip(), dumps(limits, ensure_ascii=False)
    if not name or len(name) > LONGEST or not name.isprintable():
        raise UsageError("范围要有个名字。", where=name[:LONGEST], remedy=f"请写 1—{LONGEST} 个字，例如：船山史论。")
    if not any(limits.values()) or len(packed.encode()) > _LARGEST:
        raise UsageError("没有选定书目，或选得太多，存不下。", where=name, remedy="请先勾选要查的书，再存。")
    with writing(library):
        sql = "SELECT count(*) FROM choice WHERE user_id = ? AND name != ?"
        if library.db.execute(sql, [user.id, name]).fetchone()[0] >= MOST:
            raise UsageError(f"已存了 {MOST} 个范围。", where=name, remedy="请先删去不用的。")
        library.db.execute("INSERT OR REPLACE INTO choice VALUES (?, ?, ?, ?)", [user.id, name, packed, clock.now()])


def forget(library: Library, user: User, name: str) -> None:
    """Keep a choice no longer; one that is not kept stays so."""
    with writing(library):
        library.db.execute("DELETE FROM choice WHERE user_id = ? AND name = ?", [user.id, name])
