"""Feeds of records newly published or published anew (Atom, RFC 4287): of one directory, or of all of them.

What a feed holds is what the pages show: published records and their public fields. A record that is withdrawn, hidden
or erased is no longer in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request
from lxml import etree

from archive.directories import public
from archive.directories.model import Directory
from archive.directories.public import PublicRecord
from web import links
from web.desk import desk
from web.directories import fields

LISTED = 50
"""Records in a feed, the last published first."""
MEDIA_TYPE = "application/atom+xml"

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries was last changed."""


def feed(title: str, page: str, address: str, directories: Iterable[Directory]) -> Response:
    """What is new in some directories.

    Args:
        title: what it is called.
        page: the address of the page it stands for.
        address: its own.
        directories: whose records.
    """
    library, house = desk().library, desk().config.site.title
    by_id = {one.id: one for one in directories}
    latest = [one for directory in directories for one in public.latest(library, directory, LISTED)]
    latest = sorted(latest, key=lambda one: (one.published_at, one.id), reverse=True)[:LISTED]
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-Hans")
    _put(root, "id", links.absolute(address))
    _put(root, "title", f"{title} · {house}")
    _put(root, "updated", latest[0].published_at if latest else _NEVER)
    _put(root, "link", rel="self", type=MEDIA_TYPE, href=links.absolute(address))
    _put(root, "link", rel="alternate", type="text/html", href=links.absolute(page))
    _put(_put(root, "author"), "name", house)
    for record in latest:
        _entry(root, by_id[record.key.directory], record)
    answer = Response(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), mimetype=MEDIA_TYPE)
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _entry(root: Any, directory: Directory, record: PublicRecord) -> None:
    made = _put(root, "entry")
    _put(made, "id", links.absolute(links.entry(record.key)))
    _put(made, "title", record.title)
    _put(made, "updated", record.published_at)
    _put(made, "link", rel="alternate", type="text/html", href=links.absolute(links.entry(record.key)))
    _put(made, "category", term=directory.id, label=directory.label)
    facts = fields.brief(directory, record, fields.titles(directory, [record]))
    _put(made, "summary", "　".join([directory.label, *facts]))


def _put(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{tag}", attributes)
    made.text = text
    return made
