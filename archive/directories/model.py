"""The words of the directories as plain frozen dataclasses: what a declaration says, before any record is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from archive.errors import NotFound, UsageError

Value = Any
"""What a field holds, as JSON can say it: text, number, list, or object; which of them, the field's kind says."""

Values = dict[str, Value]
"""A record's values by field key; a field without value is left out, a repeatable one holds a list."""

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a directory, as declared."""

    key: str
    label: str
    kind: str
    """A key of `kinds.KINDS`."""
    required: bool = False
    repeatable: bool = False
    vocabulary: tuple[str, ...] = ()
    open: bool = False
    """The vocabulary only suggests."""
    public: bool = True
    searchable: bool = False
    facet: bool = False
    help: str = ""
    aliases: tuple[str, ...] = ()
    """Other headings under which sheets have this column."""
    separators: str = ""
    """Signs that part values written in one cell, beside those of the kind: `、` between authors."""
    to: str = ""
    """The directory a link leads to."""
    inverse: str = ""
    """What the link is called seen from its other end."""
    group: str = ""
    """The heading under which forms and pages show it."""
    was: str = ""
    """The key it had before it was renamed."""
    low: int | None = None
    high: int | None = None
    """Bounds of a number or a year."""


@dataclass(frozen=True)
class Directory:
    """A declared set of fields; `source` is the YAML it was read from."""

    id: str
    label: str
    noun: str
    """What one entry is called: 专家, 成果."""
    fields: tuple[Field, ...]
    title: str
    """Template of a record's title: `{name}`."""
    identity: tuple[str, ...] = ()
    """Fields that together tell one entry from all others."""
    sort: tuple[str, ...] = ()
    """Fields by which lists are ordered; `-year` means the latest first."""
    schema: str = "Thing"
    """schema.org type."""
    about: str = ""
    rank: int = 100
    """Where it stands among the directories, the lowest first."""
    submission: tuple[str, ...] = ()
    """The fields the public is asked for when it sends entries in; none if it may not."""
    dropped: tuple[str, ...] = ()
    """Fields whose values may be thrown away."""
    source: str = field(default="", compare=False, repr=False)

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """Every field by its key, in the declared order."""
        return {one.key: one for one in self.fields}

    @cached_property
    def public(self) -> tuple[Field, ...]:
        """The fields everyone may see."""
        return tuple(one for one in self.fields if one.public)

    @cached_property
    def internal(self) -> tuple[Field, ...]:
        """The fields that never leave the house."""
        return tuple(one for one in self.fields if not one.public)

    @cached_property
    def facets(self) -> tuple[Field, ...]:
        """The fields by which lists are narrowed."""
        return tuple(one for one in self.fields if one.facet)

    @cached_property
    def searched(self) -> tuple[Field, ...]:
        """The fields whose words find a record."""
        return tuple(one for one in self.fields if one.public and one.searchable)

    @cached_property
    def title_keys(self) -> tuple[str, ...]:
        """The fields a title is made of."""
        return tuple(re.findall(r"\{(\w+)\}", self.title))

    def groups(self) -> Iterator[tuple[str, list[Field]]]:
        """Fields by the heading they stand under, in the declared order."""
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.group, []).append(one)
        yield from found.items()


class Key(NamedTuple):
    """The name of a record: `experts/000012`."""

    directory: str
    slug: str

    def __str__(self) -> str:
        return f"{self.directory}/{self.slug}"


def parse_key(text: str) -> Key:
    """Read a record's name.

    Raises:
        NotAKey: it is none.
    """
    directory, slash, slug = text.strip().partition("/")
    if not (slash and SLUG.fullmatch(directory) and SLUG.fullmatch(slug)):
        raise NotAKey(f"“{text[:80]}”不是条目编号。", remedy="写法如 experts/000012。")
    return Key(directory, slug)


class NotAKey(UsageError, NotFound):
    """What was given names no record: wrong use on the command line, no such page on the site."""

    http_status = 404
