"""What of a record may be searched, narrowed by and put in order: public fields only, as words `search` folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value
from archive.directories.values import show

LONGEST_NAME = 20
"""Characters up to which a link's words are taken for a name, which can be found by its sound."""


def searchable(directory: Directory, values: Mapping[str, Value]) -> Iterator[tuple[str, str, bool]]:
    """(field, words, whether they are a name), value by value; a match never runs from one into the next."""
    for field in directory.searched:
        found_by = KINDS[field.kind].found_by
        if found_by is None or field.key not in values:
            continue
        for value in _each(field, values[field.key]):
            text = found_by(value)
            if text:
                yield field.key, text, field.kind == "name" or (field.kind == "link" and len(text) <= LONGEST_NAME)


def faceted(directory: Directory, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """(field, value) of everything lists may be narrowed by, none twice."""
    for field in directory.facets:
        facet = KINDS[field.kind].facet
        if facet is not None and field.key in values:
            yield from ((field.key, text) for text in dict.fromkeys(map(facet, _each(field, values[field.key]))))


def order(directory: Directory, values: Mapping[str, Value]) -> Iterator[tuple[str, float | None, bool]]:
    """What puts a record in its place, key by key: text, or a number, and whether the greatest comes first."""
    for key in directory.sort:
        field = directory.by_key[key.removeprefix("-")]
        value = values.get(field.key)
        number = _number(field, value)
        yield "" if number is not None else show(field, value), number, key.startswith("-")


def _number(field: Field, value: Value | None) -> float | None:
    if value is None or field.repeatable:
        return None
    if field.kind == "date":
        return float(value.replace("-", "").ljust(8, "0"))
    if field.kind == "years":
        return float(value[0] or value[1])
    return float(value) if field.kind in ("year", "number") else None


def _each(field: Field, value: Value) -> list[Value]:
    return value if field.repeatable else [value]
