"""For programs: the catalogue and the search as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from archive import browse
from archive.directories import public, registry
from archive.errors import NotFound
from search.records import finding as records
from web import links
from web.desk import desk
from web.directories import fields, listing
from web.directories import lists as shelves
from web.searching import analysis, export, finding
from web.searching import frame as searching

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/works")
def works() -> Response:
    """Every work with its editions."""
    return jsonify(browse.as_json(desk().entries()))


@blueprint.get("/search")
def search() -> Response:
    """A search; the same parameters as the page, and `size`."""
    at_desk, asked = desk(), finding.wanted()
    size = finding.number("size", "每页条数", finding.SIZE, 1, 100)
    answer, across = finding.find(at_desk, asked, size), finding.find_across(at_desk, asked)
    found = answer.hits or across.count
    instead = None if found else finding.find_otherwise(at_desk, asked).as_json()
    return jsonify({**answer.as_json(), "across": across.as_json(), "otherwise": instead, **_standing(asked)})


@blueprint.get("/search/hits")
def hits() -> Response:
    """All hits of a search as a file; what is wrong is told as JSON."""
    return export.download()


@blueprint.get(f"/search/<any({','.join(analysis.VIEWS)}):view>")
def analysed(view: str) -> Response:
    """What all hits of a search tell together; the same parameters as the page."""
    asked = finding.wanted()
    found, told = analysis.analysed(view, asked, whole=True)
    counts = {"query": asked.q, "passages": found.passages, "hits": found.hits, "change": found.bank.number}
    return jsonify({**counts, view: told["told"].as_json(), **_standing(asked)})


def _standing(asked: finding.Wanted) -> dict[str, Any]:
    """What has changed in the library since the address was made, and what is not there that it limits to."""
    changed = searching.since(desk(), asked.at)
    absent = [{"facet": name, "value": value} for name, value in searching.absent(desk(), asked)]
    return {"since": changed and asdict(changed), "absent": absent}


@blueprint.get("/directories")
def directories() -> Response:
    """Every directory: its public fields, and how many records it has published."""
    found = registry.in_force(desk().library)
    counts = shelves.counted(found)
    return jsonify(
        [
            {
                "id": one.id,
                "label": one.label,
                "about": one.about,
                "records": counts[one.id],
                "fields": [{"key": field.key, "label": field.label, "facet": field.facet} for field in one.public],
            }
            for one in found.values()
        ]
    )


@blueprint.get("/directories/<name>")
def directory(name: str) -> Response:
    """Records of a directory; the same parameters as the page, and `size`."""
    one = registry.directory(desk().library, name)
    size = finding.number("size", "每页条数", 20, 1, 100)
    chosen = listing.chosen(one)
    answer = records.find(
        desk().library, one, request.args.get("q", "").strip(), chosen, page=listing.page(), size=size
    )
    known = fields.titles(one, [item.record for item in answer.items])
    items = [
        {**fields.as_json(one, item.record, known), "spots": [spot._asdict() for spot in item.spots]}
        for item in answer.items
    ]
    return jsonify({**answer.as_json(), "directory": one.id, "items": items})


@blueprint.get("/directories/<name>/<slug>")
def record(name: str, slug: str) -> Response:
    """One record."""
    one = registry.directory(desk().library, name)
    found = public.record(desk().library, one, slug)
    address = links.absolute(links.entry(found.key))
    return jsonify({**fields.as_json(one, found, fields.titles(one, [found])), "url": address})


@blueprint.get("/<path:rest>")
def nothing(rest: str) -> Response:
    """Anything else under /api."""
    raise NotFound(
        "没有这个接口。",
        where=f"/api/{rest[:80]}",
        remedy="现有 /api/works、/api/search?q=… 和 /api/directories，见“使用说明”。",
    )
