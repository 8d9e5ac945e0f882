"""A record's page: its fields, links both ways, where texts mention it, how to cite it; its photo and its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import Blueprint, Response, jsonify, redirect, render_template
from werkzeug.wrappers import Response as Answer

from archive import citations
from archive.directories import links as ties
from archive.directories import mentions, public, registry
from archive.directories.model import Directory, Key
from archive.directories.public import PublicRecord
from archive.errors import Gone, NotFound
from archive.urn import parse
from search.records import mentions as places
from web import links
from web.desk import desk
from web.directories import fields, listing, lists, portraits, routes, schemaorg
from web.directories.fields import Part

blueprint = Blueprint("records", __name__)

POINTING = 100
"""Records that point here by one field and are listed."""
COMPANIONS = 40
_READ = 500
_TEMPLATES = {"TouristTrip": "directories/route.html"}


@dataclass(frozen=True, slots=True)
class Pointing:
    """Records that point here by one field, under what that field is called seen from here."""

    label: str
    records: tuple[tuple[str, str], ...]
    """Title and address."""
    more: bool


class Company(NamedTuple):
    """Who is named together with this person, how often, and in what."""

    label: str
    noun: str
    people: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A work in which texts mention the record: by which names how often, and single passages."""

    work: Part
    names: tuple[tuple[str, int, str], ...]
    """Name, occurrences, and the search that finds them."""
    passages: tuple[Part, ...]


@blueprint.get("/d/<name>/<slug>")
def show(name: str, slug: str) -> Answer | str:
    """One record."""
    found = registry.in_force(desk().library)
    directory = registry.named(found, name)
    try:
        record = public.record(desk().library, directory, slug)
    except Gone:
        if aim := public.moved(desk().library, Key(directory.id, slug)):
            return redirect(links.entry(aim), 301)
        raise
    known = fields.titles(directory, [record])
    context: dict[str, Any] = {"stops": [], "sketch": None}
    if directory.schema == "TouristTrip":
        context = routes.told(directory, record, found)
    return render_template(
        _TEMPLATES.get(directory.schema, "directories/record.html"),
        directory=directory,
        record=record,
        groups=list(fields.told(directory, record, known)),
        photo=listing.photo(directory, record),
        pointing=list(_pointing(found, record.key)),
        company=list(_company(found, directory, record.key)),
        mentioned=mentioned(record.key),
        citation=_citation(directory, record),
        **context,
    )


@blueprint.get("/d/<name>/<slug>.jsonld")
def data(name: str, slug: str) -> Response:
    """One record in the words of schema.org."""
    directory = registry.directory(desk().library, name)
    record = public.record(desk().library, directory, slug)
    answer = jsonify(schemaorg.document(directory, record, fields.titles(directory, [record])))
    answer.mimetype = "application/ld+json"
    return answer


@blueprint.get("/d/<name>/<slug>.jpg")
def photo(name: str, slug: str) -> Answer:
    """The photo of one record: as long as the record is public."""
    directory = registry.directory(desk().library, name)
    record = public.record(desk().library, directory, slug)
    sha256 = next(
        (record.values[one.key] for one in directory.public if one.kind == "photo" and one.key in record.values), ""
    )
    if not sha256:
        raise NotFound("这一条没有照片。", where=str(record.key))
    return portraits.answer(desk().library, sha256)


def mentioned(key: Key) -> list[Mentioned]:
    """Where texts mention a record, as people have confirmed, with what this reader may find; most often first."""
    confirmed = mentions.decided(desk().library, key, meant=True)
    names: dict[str, list[tuple[str, int, str]]] = {}
    passages: dict[str, list[Part]] = {}
    by_name = sorted(confirmed, key=lambda one: one.name)
    for name, held in groupby(by_name, key=lambda one: one.name):
        targets = [parse(one.target) for one in held]
        works = [one.work for one in targets if not one.edition]
        for work, (_, hits) in places.counts(desk().finder, name, works).items() if works else ():
            names.setdefault(work, []).append((name, hits, links.search(places.query(name), work=work)))
        for one in targets:
            if one.edition and (part := fields.named(str(one))).href:
                passages.setdefault(one.work, []).append(
                    replace(part, href=links.target(str(one), q=places.query(name)))
                )
    found = [
        Mentioned(fields.named(str(parse(work))), tuple(names.get(work, ())), tuple(passages.get(work, ())))
        for work in dict.fromkeys([*names, *passages])
    ]
    return sorted(found, key=lambda one: -sum(hits for _, hits, _ in one.names) - len(one.passages))


def _pointing(found: Mapping[str, Directory], key: Key) -> Iterator[Pointing]:
    """Records that point here, by directory and field."""
    incoming = ties.incoming(desk().library, key, limit=_READ)
    for (name, field), members in groupby(incoming, key=lambda one: (one.key.directory, one.field)):
        held = list(members)
        declared = found[name].by_key.get(field) if name in found else None
        if declared is None or not declared.public:
            continue
        listed = tuple((one.title, links.entry(one.key)) for one in held[:POINTING])
        yield Pointing(declared.inverse or found[name].label, listed, len(held) > POINTING)


def _company(found: Mapping[str, Directory], directory: Directory, key: Key) -> Iterator[Company]:
    """Who is named together with a person in works."""
    for other in found.values():
        field = lists.cooperation(other, found)
        if field is None or field.to != directory.id:
            continue
        pairs = ties.together(desk().library, other.id, field.key, of=key, limit=COMPANIONS)
        known = ties.titles(desk().library, [str(pair.other) for pair in pairs])
        people = [(known[str(one.other)], links.entry(one.other), one.many) for one in pairs if str(one.other) in known]
        if people:
            yield Company("合作者", other.noun, people)


def _citation(directory: Directory, record: PublicRecord) -> Sequence[tuple[str, str]]:
    """How to cite the page: a reference and its lasting address."""
    site = desk().config.site
    address = links.absolute(links.entry(record.key))
    item = {
        "id": str(record.key),
        "type": "webpage",
        "title": f"{directory.label}：{record.title}",
        "author": [{"literal": site.title}],
        "issued": {"date-parts": [[int(part) for part in record.published_at[:10].split("-")]]},
        "accessed": {"date-parts": [[*date.today().timetuple()[:3]]]},
        "URL": address,
    }
    return [("引用", citations.format_item(item, desk().config.citation.style)), ("链接", address)]
