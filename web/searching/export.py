"""All hits of a search as a file to take along."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from archive.errors import UsageError
from search import files
from search.statistics.arrange import ORDERS
from search.statistics.export import FORMATS, STYLES, Export, style_named
from web.desk import desk
from web.searching import finding
from web.searching.finding import WIDTHS, Wanted, wanted
from web.searching.frame import VIEWS, frame

blueprint = Blueprint("export", __name__)

_STYLE_NAMES = {"gbt7714-2025": "GB/T 7714—2025", "gbt7714-2015": "GB/T 7714—2015", "footnote": "脚注"}


@blueprint.get("/search/export")
def show() -> tuple[str, int] | str:
    """The form: which file, in which order, how much context, which citations."""
    try:
        asked = wanted()
        found = finding.found(desk(), asked) if asked.q else None
    except UsageError as error:
        asked = Wanted(request.args.get("q", ""))
        return render_template("search/export.html", **frame(desk(), asked, "export", error)), error.http_status
    return render_template(
        "search/export.html",
        **frame(desk(), asked, "export"),
        found=found,
        formats=FORMATS,
        orders=ORDERS,
        widths=sorted({*WIDTHS, width := asked.width or desk().config.search.context}),
        width=width,
        styles={style: _STYLE_NAMES[style] for style in STYLES},
        title=VIEWS["export"],
    )


@blueprint.get("/search/hits")
def download() -> Response:
    """The file, streamed.

    Raises:
        UsageError: the query, the format or another choice is not well written.
    """
    asked, kind = wanted(), files.named(FORMATS, request.args.get("format") or "csv")
    if not asked.q:
        raise UsageError("没有写要找的字。", remedy="请先检索，再导出。")
    config = desk().config
    export = Export(
        finding.found(desk(), asked),
        asked.order,
        asked.width or config.search.context,
        style_named(request.args.get("style") or None),
        config.site.base_url or request.url_root,
    )
    name = quote(f"{asked.q[:40]}{kind.suffix}")
    headers = {"Content-Disposition": f"attachment; filename=hits{kind.suffix}; filename*=UTF-8''{name}"}
    return Response(_begun(kind.chunks(export)), mimetype=kind.media_type, headers=headers)


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first already made: what is wrong at the start is still told as an error."""
    return chain([next(chunks, b"")], chunks)
