"""A record's values as pages show them: words, and links to other records, to texts of the library, to other sites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.directories import links as ties
from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value
from archive.directories.public import PublicRecord
from archive.errors import WenkuError
from archive.urn import parse
from web import links
from web.desk import desk

_LONG = ("longtext", "photo", "urn", "url", "coordinates")
"""Kinds that lists leave out."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value. `note` is a remark on it; `outside` leads off the site."""

    text: str
    href: str = ""
    note: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A field with its values."""

    field: Field
    parts: tuple[Part, ...]


def titles(directory: Directory, records: Iterable[PublicRecord]) -> dict[str, str]:
    """Titles of the public records that these link to, by key."""
    fields = [field for field in directory.public if field.kind == "link"]
    links_of = (link for one in records for field in fields for link in _each(field, one.values.get(field.key)))
    return ties.titles(desk().library, [link["to"] for link in links_of if link.get("to")])


def told(directory: Directory, record: PublicRecord, known: Mapping[str, str]) -> Iterator[tuple[str, list[Told]]]:
    """The values by the heading they stand under, in the declared order; `known` are the titles of records linked to.

    The photo is no value to be read, and what is the title already is not told again.
    """
    titled = directory.title_keys if len(directory.title_keys) == 1 else ()
    for group, fields in directory.groups():
        shown = [
            Told(field, parts)
            for field in fields
            if field.public
            and field.kind != "photo"
            and field.key not in titled
            and (parts := tuple(_parts(field, record, known)))
        ]
        if shown:
            yield group, shown


def brief(directory: Directory, record: PublicRecord, known: Mapping[str, str]) -> list[str]:
    """What lists say of a record beside its title: what is required, tells it apart, narrows or orders lists."""
    sorts = [key.removeprefix("-") for key in directory.sort]
    return [
        "、".join(part.text for part in _parts(field, record, known))
        for field in directory.public
        if (field.required or field.facet or field.key in (*directory.identity, *sorts))
        and field.key not in directory.title_keys
        and field.kind not in _LONG
        and field.key in record.values
    ]


def as_json(directory: Directory, record: PublicRecord, known: Mapping[str, str]) -> dict[str, Any]:
    """The record for programs; a link to what is not public is its words alone."""
    document = record.as_json()
    for field in directory.public:
        if field.kind == "link" and field.key in record.values:
            kept = [_open(link, known) for link in _each(field, record.values[field.key])]
            document["fields"][field.key] = kept if field.repeatable else kept[0]
    return document


def _open(link: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in link.items() if name != "to" or text in known}


def _parts(field: Field, record: PublicRecord, known: Mapping[str, str]) -> Iterator[Part]:
    for value in _each(field, record.values.get(field.key)):
        if field.kind == "link":
            key = value.get("to", "")
            text = value["text"] or known.get(key, "")
            if text:
                yield Part(text, links.entry(key) if key in known else "", value.get("note", ""))
        elif field.kind == "urn":
            yield named(value)
        elif field.kind == "url":
            yield Part(value, value, outside=True)
        else:
            yield Part(KINDS[field.kind].show(value))


def named(urn: str) -> Part:
    """A work, section or passage by its title, if this reader may know of it; else its URN alone."""
    try:
        name = parse(urn)
        work = desk().entry(name.work).work
        if not name.edition:
            return Part(f"《{work.title}》", links.work(work.id))
        outline = desk().outline(desk().edition(name))
    except WenkuError:
        return Part(urn)
    title = outline.title(name.ref) or outline.title(name.ref.rpartition(".")[0])
    place = f"　{title}" if title else f"　{name.ref}" if name.ref else ""
    return Part(f"《{work.title}》{place}", links.target(urn))


def _each(field: Field, value: Value | None) -> list[Value]:
    if value is None:
        return []
    return value if field.repeatable else [value]
