"""The catalogue by collection, author, class or period."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from archive import browse
from archive.errors import NotFound, UsageError
from web import links
from web.desk import desk

blueprint = Blueprint("browse", __name__)

FACETS = {"collection": "丛集", "author": "著者", "category": "类", "period": "时代"}
PER_PAGE = 120
"""Works listed on one page."""


@blueprint.get("/browse/")
@blueprint.get("/browse/<facet>/")
def show(facet: str = "collection") -> str:
    """All works under the values of a facet, or those of one value."""
    if facet not in FACETS:
        raise NotFound("没有这种分法。", where=facet[:40], remedy=f"可按{'、'.join(FACETS.values())}浏览。")
    groups = browse.groups(desk().entries(), facet)
    value = request.args.get("value")
    shown = groups if value is None else [group for group in groups if group.value == value]
    if value is not None and not shown:
        raise NotFound(f"没有著作属于“{value[:40]}”。", remedy="请从书目首页选择。")
    number = request.args.get("page", "1")
    total = sum(len(group.entries) for group in shown)
    last = max(1, -(-total // PER_PAGE))
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= last):
        raise UsageError(f"没有第 {number[:12]} 页。", remedy=f"共 {last} 页。")
    return render_template(
        "browse/browse.html",
        facet=facet,
        facets=FACETS,
        groups=groups,
        shown=_slice(shown, (int(number) - 1) * PER_PAGE),
        value=value,
        total=total,
        number=int(number),
        last=last,
        page_href=lambda n: links.browse(facet, value) + ("&" if value is not None else "?") + f"page={n}",
    )


def _slice(groups: list[browse.Group], start: int) -> list[browse.Group]:
    """The groups cut to the works `start` to `start + PER_PAGE`."""
    found = []
    at = 0
    for group in groups:
        entries = group.entries[max(0, start - at) : max(0, start + PER_PAGE - at)]
        at += len(group.entries)
        if entries:
            found.append(browse.Group(group.facet, group.value, entries))
    return found
