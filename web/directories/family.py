"""Directories that belong together, as their labels say (红色衡阳 · 地点, 红色衡阳 · 事件): by county, by period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from flask import render_template, request

from archive.directories import finding
from archive.directories.model import Directory, Field
from archive.directories.public import PublicRecord
from archive.errors import NotFound
from search.records.finding import RecordAnswer, find
from web import links
from web.desk import desk

SEPARATOR = " · "
LISTED = 12
"""Records of one directory under one value; the others are a link away."""
_MOST = 500
_UNSAID = "未注明"
Thing = TypeVar("Thing")


class Item(NamedTuple):
    """A record under a value: its title, its page, and what else it is known by."""

    title: str
    href: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one directory under a value; `records` counts them all, `href` lists them."""

    label: str
    records: int
    href: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A value and what stands under it, directory by directory."""

    value: str
    parts: tuple[Part, ...]


def of(directory: Directory) -> str:
    """The family a directory belongs to; empty if none."""
    return directory.label.partition(SEPARATOR)[0] if SEPARATOR in directory.label else ""


def name(directory: Directory) -> str:
    """What a directory is called within its family."""
    return directory.label.partition(SEPARATOR)[2] or directory.label


def grouped(things: Iterable[Thing], directory_of: Callable[[Thing], Directory]) -> list[tuple[str, list[Thing]]]:
    """Things of directories by family, those of none first."""
    found: dict[str, list[Thing]] = {"": []}
    for one in things:
        found.setdefault(of(directory_of(one)), []).append(one)
    return [(family, members) for family, members in found.items() if members]


def show(family: str, found: Mapping[str, Directory]) -> str:
    """A family by one of the fields that its members share.

    Raises:
        NotFound: there is no such family, or none of its members can be divided so.
    """
    members = [one for one in found.values() if of(one) == family]
    shared = _shared(members)
    if not shared:
        raise NotFound(f"没有“{family[:20]}”这一组名录。", remedy="请从名录首页进入。")
    by = request.args.get("by") or next(iter(shared))
    if by not in shared:
        known = "、".join(field.label for field in shared.values())
        raise NotFound(f"不能按“{by[:20]}”分列。", remedy=f"可按{known}。")
    answers = {one.id: find(desk().library, one, size=_MOST, listed=_MOST) for one in members}
    return render_template(
        "directories/family.html",
        family=family,
        members=[(name(one), links.directory(one.id), answers[one.id].total) for one in members],
        ways=[(field.label, links.directories(group=family, by=key), key == by) for key, field in shared.items()],
        label=shared[by].label,
        groups=_groups([one for one in members if _facet(one, by)], by, answers),
        apart=[name(one) for one in members if not _facet(one, by)],
    )


def _shared(members: Sequence[Directory]) -> dict[str, Field]:
    """The facets that more than one member has."""
    fields = [field for one in members for field in one.facets]
    keys = [field.key for field in fields]
    return {field.key: field for field in reversed(fields) if keys.count(field.key) > 1}


def _facet(directory: Directory, key: str) -> Field | None:
    return next((field for field in directory.facets if field.key == key), None)


def _groups(members: Sequence[Directory], by: str, answers: Mapping[str, RecordAnswer]) -> list[Group]:
    """Every value with its records; declared values in the declared order, records that have none last."""
    held = {one.id: _by_value(one, by, answers[one.id]) for one in members}
    declared = [value for one in members for value in one.by_key[by].vocabulary]
    told = [value for records in held.values() for value in records]
    values = [value for value in dict.fromkeys([*declared, *told]) if value in told and value]
    return [
        Group(
            value or _UNSAID,
            tuple(
                _part(one, by, value, records, answers[one.id])
                for one in members
                if (records := held[one.id].get(value))
            ),
        )
        for value in [*values, *([""] if "" in told else [])]
    ]


def _by_value(directory: Directory, by: str, answer: RecordAnswer) -> dict[str, list[PublicRecord]]:
    found: dict[str, list[PublicRecord]] = {}
    for item in answer.items:
        values = [value for key, value in finding.faceted(directory, item.record.values) if key == by]
        for value in values or [""]:
            found.setdefault(value, []).append(item.record)
    return found


def _part(directory: Directory, by: str, value: str, records: Sequence[PublicRecord], answer: RecordAnswer) -> Part:
    counts = {one.value: one.records for facet in answer.facets if facet.key == by for one in facet.values}
    return Part(
        name(directory),
        counts.get(value, len(records)),
        links.directory(directory.id, **{by: value}),
        tuple(_item(directory, by, one) for one in records[:LISTED]),
    )


def _item(directory: Directory, by: str, record: PublicRecord) -> Item:
    tags = [value for key, value in finding.faceted(directory, record.values) if key != by]
    return Item(record.title, links.entry(record.key), tuple(tags))
