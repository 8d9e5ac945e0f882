"""For programs: the catalogue and the search as JSON."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from archive import browse
from archive.errors import NotFound
from web import analysis, finding
from web.desk import desk

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/works")
def works() -> Response:
    """Every work with its editions."""
    return jsonify(browse.as_json(desk().entries()))


@blueprint.get("/search")
def search() -> Response:
    """A search; the same parameters as the page."""
    at_desk, asked = desk(), finding.wanted()
    answer, across = finding.find(at_desk, asked), finding.find_across(at_desk, asked)
    found = answer.hits or across.count
    instead = None if found else finding.find_otherwise(at_desk, asked).as_json()
    return jsonify({**answer.as_json(), "across": across.as_json(), "otherwise": instead})


@blueprint.get(f"/search/<any({','.join(analysis.VIEWS)}):view>")
def analysed(view: str) -> Response:
    """What all hits of a search tell together; the same parameters as the page."""
    asked = finding.wanted()
    found, told = analysis.analysed(view, asked)
    counts = {"query": asked.q, "passages": found.passages, "hits": found.hits, "change": found.bank.number}
    return jsonify({**counts, view: told["told"].as_json()})


@blueprint.get("/<path:rest>")
def nothing(rest: str) -> Response:
    """Anything else under /api."""
    raise NotFound("没有这个接口。", where=f"/api/{rest[:80]}", remedy="现有 /api/works 和 /api/search?q=…。")
