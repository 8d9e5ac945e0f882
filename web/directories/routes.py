"""A route: its stops in order, each with what is known of the place, and a sketch if every place was surveyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.directories import public
from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, parse_key
from archive.directories.public import PublicRecord
from archive.errors import Gone, NotFound
from web import links
from web.desk import desk
from web.directories.sketch import Sketch, sketch

TOLD = ("address", "level", "visiting")
"""Fields of a place that a stop shows."""
STORY = 140
"""Characters of what a place has to tell that a stop shows, to the end of a sentence."""
_ENDS = "。！？"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: `note` is the route's own remark, `facts` and `story` are the place's."""

    number: int
    title: str
    href: str
    note: str
    facts: tuple[str, ...]
    story: str


def told(route: Directory, record: PublicRecord, found: Mapping[str, Directory]) -> dict[str, Any]:
    """The stops of a route, and the sketch of it if there can be one."""
    field = next((one for one in route.public if one.kind == "link" and one.repeatable), None)
    if field is None:
        return {"stops": [], "sketch": None, "stops_key": ""}
    given = record.values.get(field.key, [])
    places = [_place(found, link.get("to", "")) for link in given]
    stops = [
        _stop(number, link, place, found.get(field.to))
        for number, (link, place) in enumerate(zip(given, places, strict=True), 1)
    ]
    return {"stops": stops, "stops_key": field.key, "sketch": _sketch(found.get(field.to), places)}


def _place(found: Mapping[str, Directory], to: str) -> PublicRecord | None:
    """The place a stop is at, if it is in a directory and public."""
    if not to:
        return None
    key = parse_key(to)
    try:
        return public.record(desk().library, found[key.directory], key.slug) if key.directory in found else None
    except (NotFound, Gone):
        return None


def _stop(number: int, link: Mapping[str, str], place: PublicRecord | None, directory: Directory | None) -> Stop:
    if place is None or directory is None:
        return Stop(number, link["text"] or "（已撤下的地点）", "", link.get("note", ""), (), "")
    shown = [_words(directory.by_key[key], place) for key in TOLD if key in directory.by_key]
    long = next((one for one in directory.public if one.kind == "longtext" and one.key in place.values), None)
    return Stop(
        number,
        link["text"] or place.title,
        links.entry(place.key),
        link.get("note", ""),
        tuple(filter(None, shown)),
        shortened(place.values[long.key]) if long else "",
    )


def _words(field: Field, place: PublicRecord) -> str:
    value = place.values.get(field.key)
    return KINDS[field.kind].show(value) if value is not None and field.public and not field.repeatable else ""


def shortened(text: str) -> str:
    """The first sentences of a text, as many as fit into `STORY` characters; one at least, cut if it must be."""
    first = text.split("\n")[0]
    if len(first) <= STORY:
        return first
    end = max(first.rfind(sign, 0, STORY) for sign in _ENDS)
    return first[: end + 1] if end > 0 else f"{first[:STORY]}……"


def _sketch(directory: Directory | None, places: Sequence[PublicRecord | None]) -> Sketch | None:
    """The sketch, if every stop has coordinates that somebody checked, all in one system."""
    field = next((one for one in directory.public if one.kind == "coordinates"), None) if directory else None
    if field is None or len(places) < 2:
        return None
    points = list(_points(field, places))
    if len(points) < len(places) or len({system for system, _, _ in points}) > 1:
        return None
    return sketch([(lat, lon) for _, lat, lon in points])


def _points(field: Field, places: Sequence[PublicRecord | None]) -> Iterator[tuple[str, float, float]]:
    for place in places:
        if place is not None and (value := place.values.get(field.key)):
            yield value["system"], value["lat"], value["lon"]
