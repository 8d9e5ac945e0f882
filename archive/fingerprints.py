"""What the library already holds, asked before it is opened: so little that it needs none of the house."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

STORE = "library.sqlite"


class Known(NamedTuple):
    """An edition in the library: the fingerprint of what it was made from, and its counts."""

    fingerprint: str
    characters: int
    passages: int
    pages: int


def known(folder: Path) -> dict[str, Known]:
    """Editions in the library by URN; none if there is no library, or none that can be read."""
    store = folder / STORE
    if not store.is_file():
        return {}
    sql = "SELECT urn, fingerprint, characters, passages, pages FROM edition WHERE withdrawn_at IS NULL"
    try:
        with closing(sqlite3.connect(store, timeout=10)) as connection:
            return {urn: Known(*facts) for urn, *facts in connection.execute(sql)}
    except sqlite3.Error:
        return {}
