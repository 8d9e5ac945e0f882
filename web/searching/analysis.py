"""What all hits of a search tell together: their distribution, collocates, forms, and frequencies side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from archive.errors import NotFound, UsageError
from search.found import Found
from search.language.query import LONGEST
from search.language.tree import And
from search.statistics.collocates import MOST, WIDEST, collocates, together
from search.statistics.collocates import ORDERS as COLLOCATE_ORDERS
from search.statistics.distribution import GROUPINGS, levels, over_sections, over_works
from search.statistics.forms import MOST as MOST_FORMS
from search.statistics.forms import forms
from search.statistics.frequencies import frequencies
from search.statistics.searched import conditions
from search.statistics.spreadsheets import csv_chunks
from web import links
from web.desk import desk
from web.searching import finding, frame
from web.searching.finding import Wanted, fitting, number, wanted

blueprint = Blueprint("analysis", __name__)

_Told = TypeVar("_Told")

_OWN = ("by", "of", "depth", "window", "length", "minimum", "with")
_SHOWN = 200
"""Lines of a table on a page, at most; the file has all of them, of collocates and forms the first thousand."""
_LEVELS = 6
"""Levels of sections to choose from."""
_LINE = 330
"""About so many bytes a line of a table takes on a page, besides its address."""


def _distribution(found: Found, asked: Wanted, _: bool) -> dict[str, Any]:
    """Over works, periods or centuries, or over the sections of the work `of`."""
    by = _one_of("by", "分布方式", GROUPINGS, "work")
    of = request.args.get("of", "")
    depth = number("depth", "章节的层次", 0, 1, 9)
    told = over_sections(found, of, depth or None) if of else over_works(found, by)
    down = levels(found, of)[:_LEVELS] if of else range(0)
    here = depth or down.start
    shares = [share for share in told.shares if share.hits]
    lines = _shown([(share, _into(asked, share.key, by, of)) for share in shares[:_SHOWN]])
    return {
        "told": told,
        "by": by,
        "of": of,
        "ways": [(one.heading, asked.href("distribution", by=name), name == by) for name, one in GROUPINGS.items()],
        "levels": [(level, asked.href("distribution", of=of, depth=level), level == here) for level in down],
        "shares": lines,
        "left_out": len(shares) - len(lines),
        "highest": max((share.per_10k for share in shares), default=0),
    }


def _into(asked: Wanted, key: str, by: str, of: str) -> str:
    """Where a share of a distribution leads: a work to its sections, a section to its text."""
    if of:
        return links.target(key, q=asked.q)
    return asked.href("distribution", of=key) if by == "work" else ""


def _shown(lines: list[tuple[_Told, str]]) -> Sequence[tuple[_Told, str]]:
    """The lines, each with its address, that a page has room for."""
    return fitting(lines, lambda line: _LINE + len(line[1].encode()))


def _collocates(found: Found, asked: Wanted, whole: bool) -> dict[str, Any]:
    """Letters or pairs of letters near the hits."""
    order = _one_of("by", "排法", COLLOCATE_ORDERS, "likelihood")
    window = number("window", "左右字数", 5, 1, WIDEST)
    length = number("length", "搭配字数", 1, 1, 2)
    minimum = number("minimum", "至少次数", 2, 1, 1_000_000)
    limit = MOST if whole else _SHOWN
    told = collocates(found, window=window, length=length, minimum=minimum, order=order, limit=limit)
    near = [together(found.tree, one.text, window) for one in told.items[:_SHOWN]]
    return {
        "told": told,
        "orders": COLLOCATE_ORDERS,
        "widest": WIDEST,
        "most": MOST,
        "lines": _shown([(one, q and asked.href(q=q)) for one, q in zip(told.items, near, strict=False)]),
    }


def _forms(found: Found, asked: Wanted, whole: bool) -> dict[str, Any]:
    """Every form that matched, and the search for it alone."""
    told = forms(found, MOST_FORMS if whole else _SHOWN)
    return {
        "told": told,
        "most": MOST_FORMS,
        "several": isinstance(found.tree, And) and len(found.tree.nodes) > len(conditions(found.tree)) + 1,
        "lines": _shown([(one, asked.href(q=one.query)) for one in told.items[:_SHOWN]]),
    }


def _frequencies(found: Found, asked: Wanted, _: bool) -> dict[str, Any]:
    """Several queries side by side."""
    by = _one_of("by", "比较方式", GROUPINGS, "work")
    given = _given()
    if len(given) > LONGEST:
        raise UsageError(f"要比较的字句有 {len(given):,} 个字符，太长了。", remedy=f"请缩短到 {LONGEST:,} 个字符以内。")
    others = [q for q in map(str.strip, given.replace("；", ";").split(";")) if q and q != asked.q]
    told = frequencies([found, *(_compared(q, asked) for q in dict.fromkeys(others))], by)
    ways = [
        (one.heading, asked.href("frequencies", by=name, **{"with": given}), name == by)
        for name, one in GROUPINGS.items()
    ]
    lines = told.lines
    shown = fitting(lines[:_SHOWN], lambda line: _LINE // 3 + _LINE // 5 * len(line))
    return {
        "told": told,
        "by": by,
        "ways": ways,
        "lines": shown,
        "left_out": len(lines) - len(shown),
        "addresses": [asked.href(q=q) for q in told.queries],
    }


def _compared(q: str, asked: Wanted) -> Found:
    """What a further query finds; what is wrong with it says which it is."""
    try:
        return desk().finder.found(q, asked.scope)
    except UsageError as error:
        shown = f"要比较的“{q if len(q) <= 40 else f'{q[:40]}…'}”"
        raise UsageError(
            error.what, where="，".join(filter(None, (shown, error.where))), remedy=error.remedy
        ) from error


VIEWS: dict[str, Callable[[Found, Wanted, bool], dict[str, Any]]] = {
    "distribution": _distribution,
    "collocates": _collocates,
    "forms": _forms,
    "frequencies": _frequencies,
}


def analysed(view: str, asked: Wanted, whole: bool = False) -> tuple[Found, dict[str, Any]]:
    """All hits of a search, and what the template of a view shows; under `told` the result itself.

    Args:
        view: a key of `VIEWS`.
        asked: the search.
        whole: for a file or a program: more than a page shows.

    Raises:
        UsageError: the query or a parameter of the view is not well written.
        NotFound: a work that was not searched.
    """
    found = finding.found(desk(), asked)
    return found, VIEWS[view](found, asked, whole)


@blueprint.get(f"/search/<any({','.join(VIEWS)}):view>")
def show(view: str) -> tuple[str, int] | str:
    """One of the views, or the form alone, or what is wrong with the query."""
    asked, told = Wanted(request.args.get("q", "")), None
    error: UsageError | NotFound | None = None
    try:
        asked = wanted()
        if asked.q:
            found, shown = analysed(view, asked)
            told = {"found": found, **shown}
    except (UsageError, NotFound) as wrong:
        error = wrong
    page = render_template(
        f"search/{view}.html",
        **frame.frame(desk(), asked, view, error, _own()),
        **(told or {"found": None}),
        given=_given()[:LONGEST],
        table=asked.href(f"table/{view}", **_own()),
        title=frame.VIEWS[view],
    )
    return (page, error.http_status) if error else page


def _given() -> str:
    """The queries to be compared with the one searched, as they were typed."""
    return request.args.get("with", "")


def _own() -> dict[str, str]:
    """What the address of the view says besides the search."""
    return {name: value[:LONGEST] for name, value in request.args.items() if name in _OWN}


@blueprint.get(f"/search/table/<any({','.join(VIEWS)}):view>")
def download(view: str) -> Response:
    """The whole table of a view, as CSV; the same parameters as the page.

    Raises:
        UsageError, NotFound: as `analysed`.
    """
    asked = wanted()
    found, told = analysed(view, asked, whole=True)
    table = told["told"].as_table()
    name = quote(f"{asked.q[:40]}-{frame.VIEWS[view]}-第{found.bank.number}次变更.csv")
    headers = {"Content-Disposition": f"attachment; filename={view}.csv; filename*=UTF-8''{name}"}
    return Response(csv_chunks([table.headings, *table.rows]), mimetype="text/csv", headers=headers)


def _one_of(name: str, label: str, table: dict[Any, Any], default: str) -> Any:
    value = request.args.get(name) or default
    if value not in table:
        raise UsageError(f"没有“{value[:20]}”这种{label}。", remedy=f"可用：{'、'.join(table)}。")
    return value
