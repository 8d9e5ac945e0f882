"""Which names in the texts mean a record: somebody of the house has said so, for a work or for single passages.

Search proposes (`search/records`); nothing is shown before a person has confirmed it. That a name means somebody else
is kept too, so that it is not proposed again. What is decided goes with the record when it is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archive import audit, clock, urn
from archive.directories import records
from archive.directories.model import Directory, Key, Value
from archive.directories.values import show
from archive.errors import UsageError
from archive.library import Library
from archive.writer import writing

OTHER_NAMES = "other_names"
"""The field that holds a person's or a place's other names: 字, 号, 别名."""
SHORTEST = 2
"""Characters of a name that can be told from ordinary words."""


class Mention(NamedTuple):
    """What was decided: that `name` in `target`, the URN of a work or a passage, means the record, or does not."""

    name: str
    target: str
    meant: bool
    at: str
    who: str


class Named(NamedTuple):
    """A published record that a name means in `target`, the URN of a work or a passage."""

    key: Key
    title: str
    name: str
    target: str


def names(directory: Directory, values: Mapping[str, Value]) -> list[str]:
    """The names by which texts may mention a record: its title, if that is a name, and its other names."""
    keys = [*directory.title_keys, OTHER_NAMES]
    found: list[str] = []
    for field in (directory.by_key[key] for key in keys if key in directory.by_key):
        if field.kind == "name" and field.public and field.key in values:
            given = values[field.key]
            found += [
                show(field, [one] if field.repeatable else one) for one in (given if field.repeatable else [given])
            ]
    return [name for name in dict.fromkeys(found) if len(name) >= SHORTEST]


def decide(library: Library, key: Key, name: str, targets: Iterable[str], who: str, *, meant: bool) -> None:
    """Write down that a name in these works or passages means the record, or does not; a later word takes precedence.

    Raises:
        UsageError: the name is none a text can mention, or a target is neither a work nor a passage.
        NotFound, Gone: there is no such record.
    """
    found = [_target(one) for one in targets]
    if not SHORTEST <= len(name.strip()) <= 100:
        raise UsageError("称呼应为两个字以上。", where=str(key))
    with writing(library):
        id_ = records.record(library, key).id
        rows = [(id_, name.strip(), target, meant, clock.now(), who) for target in found]
        library.db.conn.executemany("INSERT OR REPLACE INTO mention VALUES (?, ?, ?, ?, ?, ?)", rows)
        for target in found:
            audit.record(library, who, f"mention.{'confirm' if meant else 'refuse'}", f"record/{key}", target=target)


def take_back(library: Library, key: Key, name: str, target: str, who: str) -> None:
    """Forget what was decided of a name in a work or passage.

    Raises:
        NotFound, Gone: there is no such record.
    """
    with writing(library):
        id_ = records.record(library, key).id
        library.db.execute("DELETE FROM mention WHERE record_id = ? AND name = ? AND target = ?", [id_, name, target])
        audit.record(library, who, "mention.forget", f"record/{key}", target=target)


def decided(library: Library, key: Key, *, meant: bool | None = None) -> list[Mention]:
    """What was decided of a record and of those merged into it: all, or only where it is meant, or where it is not."""
    sql = (
        "SELECT DISTINCT name, target, meant, at, who FROM mention WHERE record_id IN "
        "(SELECT id FROM record WHERE directory = ? AND slug = ? UNION SELECT id FROM record WHERE merged_into = ?) "
        f"{'' if meant is None else 'AND meant = ? '}ORDER BY target, name"
    )
    asked = [*key, str(key), *([] if meant is None else [meant])]
    rows = library.db.execute(sql, asked).fetchall()
    return [Mention(name, target, bool(yes), at, who) for name, target, yes, at, who in rows]


def named_in(library: Library, edition: str) -> list[Named]:
    """Published records that names mean in an edition: in the whole work, or in passages of that edition.

    Args:
        library: the library.
        edition: the edition's URN.
    """
    name = urn.parse(edition)
    work, inside = str(urn.Urn(name.work)), f"{name.edition_urn}:"
    sql = (
        "SELECT directory, slug, title, name, target FROM mention JOIN record ON record.id = mention.record_id "
        "JOIN record_version AS this ON this.record_id = record.id AND this.number = record.published "
        "WHERE meant AND hidden_at IS NULL AND (target = ? OR (target > ? AND target < ?)) "
        "ORDER BY directory, title, slug, name"
    )
    rows = library.db.execute(sql, [work, inside, f"{inside}\U0010ffff"]).fetchall()
    return [Named(Key(directory, slug), title, name, target) for directory, slug, title, name, target in rows]


def _target(text: str) -> str:
    name = urn.parse(text)
    if name.edition and not name.ref:
        raise UsageError("称呼的所指按著作或按段确认，不按版本。", where=text)
    return str(urn.Urn(name.work, name.edition, name.ref))
