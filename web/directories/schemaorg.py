"""Records in the words of schema.org: which field says what, one literal table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field, Value
from archive.directories.public import PublicRecord
from web import links
from web.desk import desk
from web.directories import fields, listing

# Type → property → the fields that say it, of which the first that has a value does.
PROPERTIES: dict[str, dict[str, Sequence[str]]] = {
    "Person": {
        "alternateName": ("other_names",),
        "birthDate": ("birth",),
        "deathDate": ("death",),
        "birthPlace": ("native_place", "county"),
        "affiliation": ("unit",),
        "jobTitle": ("post", "position"),
        "knowsAbout": ("discipline", "field"),
        "award": ("honours",),
        "description": ("bio", "deeds", "story"),
        "subjectOf": ("works", "passages"),
    },
    "CreativeWork": {
        "author": ("authors",),
        "datePublished": ("year",),
        "genre": ("kind",),
        "about": ("discipline",),
        "publisher": ("published_in",),
        "award": ("awards",),
        "abstract": ("abstract",),
        "keywords": ("keywords",),
        "workExample": ("fulltext",),
        "sameAs": ("url",),
    },
    "Place": {
        "alternateName": ("other_names",),
        "address": ("address",),
        "description": ("story",),
        "subjectOf": ("passages",),
        "geo": ("coordinates",),
    },
    "Event": {
        "startDate": ("start",),
        "endDate": ("end",),
        "description": ("story",),
        "attendee": ("people",),
        "subjectOf": ("passages",),
    },
    "Organization": {
        "parentOrganization": ("host",),
        "address": ("address",),
        "description": ("about",),
        "sameAs": ("url",),
    },
    "TouristTrip": {"description": ("about",), "itinerary": ("stops",)},
}
_TYPES = {"Suggestion": "CreativeWork"}
"""What schema.org has no word for is told as the nearest it has."""
_LINKED = {"author": "Person", "attendee": "Person", "itinerary": "Place"}
_NAMED = {"affiliation": "Organization", "parentOrganization": "Organization", "publisher": "Organization"}
_GLOBAL = ("WGS84", "CGCS2000")
"""Systems of coordinates that are, for a map, those of the world."""


def document(directory: Directory, record: PublicRecord, known: Mapping[str, str]) -> dict[str, Any]:
    """A record as JSON-LD; `known` are the titles of the public records that it links to."""
    address = links.absolute(links.entry(record.key))
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(directory.schema, directory.schema),
        "@id": address,
        "url": address,
        "name": record.title,
        "mainEntityOfPage": {
            "@type": "WebPage",
            "url": address,
            "dateModified": record.published_at[:10],
            "isPartOf": {
                "@type": "Dataset",
                "name": directory.label,
                "url": links.absolute(links.directory(directory.id)),
            },
            "publisher": {"@type": "Organization", "name": desk().config.site.title},
        },
    }
    if photo := listing.photo(directory, record):
        said["image"] = links.absolute(photo)
    for name, keys in PROPERTIES.get(directory.schema, {}).items():
        field = next(
            (directory.by_key[key] for key in keys if key in record.values and directory.by_key[key].public), None
        )
        if field is not None and (value := _value(name, field, record.values[field.key], known)):
            said[name] = value
    return said


def _value(name: str, field: Field, value: Value, known: Mapping[str, str]) -> Any:
    told = [_one(name, field, one, known) for one in (value if field.repeatable else [value])]
    told = [one for one in told if one]
    return told if len(told) > 1 else told[0] if told else None


def _one(name: str, field: Field, value: Value, known: Mapping[str, str]) -> Any:
    if field.kind == "link":
        key = value.get("to", "")
        address = {"@id": links.absolute(links.entry(key))} if key in known else {}
        return {"@type": _LINKED.get(name, "Thing"), "name": value["text"] or known.get(key, ""), **address}
    if field.kind == "urn":
        part = fields.named(value)
        return {"@type": "CreativeWork", "name": part.text, "url": links.absolute(part.href)} if part.href else None
    if field.kind == "coordinates":
        if value["system"] not in _GLOBAL:
            return None
        return {"@type": "GeoCoordinates", "latitude": value["lat"], "longitude": value["lon"]}
    if field.kind in ("date", "year", "number"):
        return str(value)
    text = KINDS[field.kind].show(value)
    return {"@type": _NAMED[name], "name": text} if name in _NAMED else text
