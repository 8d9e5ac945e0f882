"""A record's values as a whole: read by their fields, judged, titled, compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from archive.directories.kinds import KINDS, Told, Unfit
from archive.directories.model import Directory, Field, Value, Values

MOST = 500
"""Values a repeatable field may have."""
KNOWN, KNOWN_LENGTH = 50_000, 100
"""Cells whose values are remembered, and characters such a cell may have."""

_EMPTY = re.compile(r"[（(]\s*[)）]|《\s*》")
_UNTELLING = re.compile(r"[\W_]+")


class Remark(NamedTuple):
    """Something to say of a field: what is wrong with it, or how it was read."""

    field: str
    label: str
    what: str

    def __str__(self) -> str:
        return f"{self.label}：{self.what}"


class Checked(NamedTuple):
    """Values as they will be stored, what does not fit, and what has to be told."""

    values: Values
    problems: list[Remark]
    notes: list[Remark]


class Change(NamedTuple):
    """What became of one field, in words for people; empty where there was or is nothing."""

    field: str
    label: str
    before: str
    after: str


def check(
    directory: Directory, raw: Mapping[str, Any], known: dict[tuple[str, str], Value | None] | None = None
) -> Checked:
    """Read values as a form, a sheet or a YAML file gives them. What is required but missing is `lacking`'s to say.

    Args:
        directory: whose fields they are.
        raw: what is given, by field.
        known: for many rows of one sheet, whose cells say the same again and again: what they were read as before.
    """
    values: Values = {}
    problems: list[Remark] = []
    notes: list[Remark] = []
    for key, given in raw.items():
        field = directory.by_key.get(key)
        if field is None:
            problems.append(Remark(key, key, "没有这个字段。"))
            continue
        try:
            value = _read(field, given, notes) if known is None else _known(field, given, notes, known)
        except Unfit as unfit:
            problems.append(Remark(key, field.label, str(unfit)))
            continue
        if value is not None:
            values[key] = value
    return Checked({key: values[key] for key in directory.by_key if key in values}, problems, notes)


def _known(field: Field, given: Any, notes: list[Remark], known: dict[tuple[str, str], Value | None]) -> Value | None:
    """`_read`, remembered for short text of which nothing has to be told."""
    if given.__class__ is not str or len(given) > KNOWN_LENGTH:
        return _read(field, given, notes)
    name = (field.key, given)
    if name in known:
        return known[name]
    told = len(notes)
    value = _read(field, given, notes)
    if len(notes) == told and len(known) < KNOWN:
        known[name] = value
    return value


def _read(field: Field, given: Any, notes: list[Remark]) -> Value | None:
    if not field.repeatable:
        return None if _nothing(given) else _one(field, given, notes)
    found = []
    for part in _parts(field, given):
        value = _one(field, part, notes)
        if value not in found:
            found.append(value)
    if len(found) > MOST:
        raise Unfit(f"有 {len(found)} 项，最多 {MOST} 项。")
    return found or None


def _one(field: Field, given: Any, notes: list[Remark]) -> Value:
    kind = KINDS[field.kind]
    value = kind.read(given, field)
    if type(value) is Told:
        notes.append(Remark(field.key, field.label, value.note))
        value = value.value
    if field.repeatable and kind.separators and _splitter(kind.separators).search(shown := kind.show(value)):
        raise Unfit(f"“{shown[:40]}”里有分号或换行，它们用来隔开各项，请改用逗号。")
    return value


def _parts(field: Field, given: Any) -> Iterator[Any]:
    """The values written in one cell, or given as a list, one by one."""
    separators = KINDS[field.kind].separators + field.separators
    for item in given if isinstance(given, list | tuple) else [given]:
        parts = _splitter(separators).split(item) if isinstance(item, str) and separators else [item]
        yield from (part for part in parts if not _nothing(part))


@lru_cache
def _splitter(separators: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(separators)}]")


def _nothing(given: Any) -> bool:
    if isinstance(given, str):
        return not given or given.isspace()
    return given is None or given == [] or given == {}


def lacking(directory: Directory, values: Mapping[str, Value]) -> list[Remark]:
    """What has to be filled in before the record can go to review."""
    return [
        Remark(field.key, field.label, "必填。")
        for field in directory.fields
        if field.required and field.key not in values
    ]


def show(field: Field, value: Value | None) -> str:
    """A field's value in words, the values of a repeatable one parted by `；`: what a cell of a sheet says."""
    if value is None:
        return ""
    kind = KINDS[field.kind]
    return "；".join(map(kind.show, value)) if isinstance(value, list) and field.repeatable else kind.show(value)


def title(directory: Directory, values: Mapping[str, Value]) -> str:
    """The record's title; what it is called while it has none."""
    found = directory.title
    for key in directory.title_keys:
        found = found.replace(f"{{{key}}}", show(directory.by_key[key], values.get(key)))
    return _EMPTY.sub("", found).strip(" ·，、") or f"（未命名的{directory.noun}）"


def identity(directory: Directory, values: Mapping[str, Value]) -> str:
    """What tells the record from all others, spelt alike however it was typed; empty if a part of it is missing."""
    parts = [telling(show(directory.by_key[key], values.get(key))) for key in directory.identity]
    return "\x1f".join(parts) if parts and all(parts) else ""


def telling(text: str) -> str:
    """Text without what tells nothing: width, case, spaces, punctuation."""
    return _UNTELLING.sub("", unicodedata.normalize("NFKC", text)).casefold()


def changes(directory: Directory, before: Mapping[str, Value], after: Mapping[str, Value]) -> list[Change]:
    """Field by field what differs, in the declared order; fields no longer declared come last, by their key."""
    known = [*directory.by_key, *sorted({*before, *after} - directory.by_key.keys())]
    return [
        Change(key, field.label if field else key, _shown(field, before.get(key)), _shown(field, after.get(key)))
        for key in known
        if before.get(key) != after.get(key)
        for field in [directory.by_key.get(key)]
    ]


def _shown(field: Field | None, value: Value | None) -> str:
    try:
        return show(field, value) if field else "" if value is None else str(value)
    except (TypeError, KeyError, ValueError, AttributeError):  # stored under an older declaration
        return str(value)


def parted(directory: Directory, values: Mapping[str, Value]) -> tuple[Values, Values]:
    """Values everyone may see, and those that never leave the house; what is not declared stays inside."""
    public = {field.key for field in directory.public}
    return (
        {key: value for key, value in values.items() if key in public},
        {key: value for key, value in values.items() if key not in public},
    )
