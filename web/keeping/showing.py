"""A record as the house sees it: values with the terms of the institution's list marked, links, photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive import terms
from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value, parse_key
from archive.directories.records import Record
from archive.errors import WenkuError
from archive.terms import Term, Terms
from web import links
from web.desk import desk


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its text cut where a term stands, where it leads, the photo it is."""

    parts: tuple[tuple[str, Term | None], ...]
    href: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A field with its values."""

    field: Field
    values: tuple[Shown, ...]


def told(directory: Directory, fields: Sequence[Field], record: Record) -> Iterator[tuple[str, list[Told]]]:
    """What a record says in these fields, by the heading they stand under."""
    held, mine = terms.load(desk().folder), set(fields)
    for heading, group in directory.groups():
        found = [
            Told(one, tuple(_shown(one, record, value, held) for value in _each(one, record.values[one.key])))
            for one in group
            if one in mine and one.key in record.values
        ]
        if found:
            yield heading, found


def _shown(one: Field, record: Record, value: Value, held: Terms) -> Shown:
    if one.kind == "photo":
        return Shown((), photo=links.keeping(record.directory, "entry", record.slug, "photo", one.key, v=record.number))
    return Shown(tuple(held.parts(KINDS[one.kind].show(value))), _href(one, value))


def _href(one: Field, value: Value) -> str:
    """Where a value leads; nowhere if it is stored under an older declaration."""
    try:
        if one.kind == "urn":
            return links.target(value)
        if one.kind == "link" and isinstance(value, Mapping) and value.get("to"):
            key = parse_key(value["to"])
            return links.keeping(key.directory, "entry", key.slug)
    except WenkuError:
        return ""
    return ""


def _each(one: Field, value: Value) -> list[Value]:
    return value if one.repeatable else [value]
