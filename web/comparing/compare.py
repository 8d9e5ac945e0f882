"""Editions compared: choosing base and witnesses, the whole work in numbers, and every section side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive.errors import NotFound, UsageError
from archive.model import Edition
from archive.reading import Outline
from archive.urn import Urn, parse
from search import files
from search.compare import export
from search.compare.apparatus import Entry, Reading, entries
from search.compare.collate import assemble, comparable, sigla
from search.compare.model import KINDS, Collation, Kind, Pair
from web import links
from web.comparing import question, sides
from web.comparing.question import APPARATUS, Asked, Counts
from web.desk import desk
from web.reading.screen import lang

blueprint = Blueprint("compare", __name__)

COUNTED = 1_500_000
"""Characters of all editions compared up to which differences of the whole work are counted on its page."""
_ENTRIES = 120
"""Entries of the apparatus on a page."""
_SECTIONS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A section of the base with the differences in it."""

    title: str
    href: str
    counts: Counter[Kind]
    more: str


class Told(NamedTuple):
    """An entry of the apparatus with its address; its readings, each with witnesses, references and addresses."""

    entry: Entry
    href: str
    readings: list[tuple[Reading, list[tuple[Edition, str, str]]]]


class Shown(NamedTuple):
    """What is on the page: rows side by side or entries of the apparatus; `part` of `parts`."""

    rows: list[sides.Row]
    told: list[Told]
    part: int
    parts: int


@blueprint.get("/compare/<name>")
def show(name: str) -> Response | str:
    """A work: choosing what to compare. An edition: its differences from others in numbers, section by section."""
    urn = parse(f"urn:cts:hengyang:{name}")
    if not urn.edition:
        return _choose(urn)
    asked = question.asked(urn)
    outline = desk().outline(asked.base)
    counted = sum(one.characters for one in (asked.base, *asked.witnesses)) <= COUNTED
    if form := request.args.get("format"):
        if not counted:
            raise UsageError("这部书太大，不能在网页上整部导出。", remedy="请逐章导出，或用命令行 wenku compare。")
        return _file(asked, assemble(desk().library, question.alignments(asked)), form)
    counts = [question.counts(one) for one in question.alignments(asked)] if counted else []
    under = request.args.get("under", "")
    if under and outline.section(under) is None:
        raise NotFound("底本没有这一章。", where=under, remedy="请从目录进入。")
    return render_template(
        "compare/work.html",
        asked=asked,
        kinds=KINDS,
        outline=outline,
        trail=outline.lineage(under),
        silent=question.silent(asked),
        totals=[(one, sum(of.values(), Counter())) for one, of in zip(asked.witnesses, counts, strict=False)],
        counted=counted,
        lines=_lines(asked, outline, under, counts),
        first=asked.href(outline.screens[0].ref) if outline.screens else "",
        formats=_formats(asked.href) if counted else [],
        change=desk().library.change_number(),
    )


@blueprint.get("/compare/<name>/<ref>")
def section(name: str, ref: str) -> Response | str:
    """A screen of the base, side by side with one witness, or with the apparatus of all."""
    urn = parse(f"urn:cts:hengyang:{name}:{ref}")
    asked = question.asked(urn)
    outline = desk().outline(asked.base)
    screen = outline.screen_of(urn.ref)
    if screen is None:
        raise NotFound("底本没有这一章。", where=ref, remedy="请从目录进入。")
    found = assemble(desk().library, question.alignments(asked), screen.first, screen.last, section=screen.ref)
    if form := request.args.get("format"):
        return _file(asked, found, form)
    pair = next((one for one in found.pairs if one.siglum == asked.view), None)
    shown = _beside(asked, pair, urn.ref) if pair else _apparatus(asked, found)
    previous, following = outline.neighbours(screen)
    view = "" if asked.view == question.default_view(asked.witnesses) else asked.view
    return render_template(
        "compare/section.html",
        asked=asked,
        outline=outline,
        screen=screen,
        section=outline.section(screen.section),
        trail=[one for one in outline.lineage(screen.section) if one.title != asked.work.title],
        silent=[told for told, one in zip(question.silent(asked), found.pairs, strict=True) if pair in (None, one)],
        pair=pair,
        shown=shown,
        counts=sum((one.counts for one in found.pairs if pair in (None, one)), Counter()),
        kinds=KINDS,
        langs=(lang(asked.base), lang(pair.witness) if pair else ""),
        parts=[asked.href(screen.ref, view=view, part=number) for number in range(1, shown.parts + 1)],
        views=_views(asked, found, screen.ref),
        view=view,
        action=links.compare(asked.base, screen.ref),
        hidden=[*(("with", siglum) for siglum in sigla(asked.witnesses)), *([("view", view)] if view else [])],
        turned=_turned(asked, found),
        previous=previous,
        following=following,
        formats=_formats(asked.href, screen.ref),
        change=found.change,
    )


def _beside(asked: Asked, pair: Pair, ref: str) -> Shown:
    pages = sides.pages(pair.units)
    part = _part(len(pages), sides.page_of(pages, ref))
    rows = list(sides.rows(pages[part - 1], asked.base, pair.witness, asked.kinds))
    return Shown(rows, [], part, len(pages))


def _apparatus(asked: Asked, found: Collation) -> Shown:
    every = list(entries(found, asked.kinds))
    count = max(1, -(-len(every) // _ENTRIES))
    part = _part(count)
    return Shown([], [_told(asked, one) for one in every[(part - 1) * _ENTRIES : part * _ENTRIES]], part, count)


def _choose(urn: Urn) -> Response | str:
    """The form on which base and witnesses are chosen; once they are, their comparison."""
    entry = desk().entry(urn.work)
    editions = comparable(entry.editions, staff=desk().staff)
    if len(editions) < 2:
        raise NotFound("这部著作没有两个可以通读的版本，无从对勘。", where=urn.work, remedy="请在书目里另选一部。")
    slugs = {parse(one.urn).edition: one for one in editions}
    base = slugs.get(request.args.get("base", ""))
    witnesses = [slugs[slug] for slug in request.args.getlist("with") if slug in slugs and slugs[slug] != base]
    if base and witnesses:
        return redirect(links.compare(base, witnesses=witnesses))
    return render_template(
        "compare/choose.html",
        work=entry.work,
        editions=slugs,
        base=base or editions[0],
        witnesses=witnesses or [one for one in editions if one != (base or editions[0])][: question.FIRST],
        wrong=base is not None,
        kinds=KINDS,
    )


def _lines(asked: Asked, outline: Outline, under: str, counts: list[Counts]) -> list[Line]:
    """The sections below one, each with the differences in all of it."""
    return [
        Line(
            one.title or "（无题）",
            asked.href(one.path),
            sum((found for of in counts for path, found in of.items() if _inside(path, one.path)), Counter()),
            asked.href(under=one.path) if outline.children(one.path) else "",
        )
        for one in outline.children(under)[:_SECTIONS]
    ]


def _inside(path: str, section: str) -> bool:
    return f"{path}.".startswith(f"{section}.")


def _part(count: int, first: int = 1) -> int:
    asked = request.args.get("part") or str(first)
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= count):
        raise UsageError(f"没有第 {asked[:12]} 屏。", remedy=f"本章共 {count} 屏。")
    return int(asked)


def _told(asked: Asked, entry: Entry) -> Told:
    witnesses = dict(zip(sigla(asked.witnesses), asked.witnesses, strict=True))
    readings = []
    for reading in entry.readings:
        stands = zip((witnesses[siglum] for siglum in reading.sigla), reading.at, strict=True)
        told = [(one, at[0].ref, links.target(at[0].urn(one))) if at else (one, "", "") for one, at in stands]
        readings.append((reading, told))
    return Told(entry, links.target(entry.place.urn(asked.base)), readings)


def _views(asked: Asked, found: Collation, ref: str) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is the one shown) of the views of a section."""
    beside = [(f"对照{'' if len(found.pairs) == 1 else pair.witness.label}", pair.siglum) for pair in found.pairs]
    default = question.default_view(asked.witnesses)
    return [
        (label, asked.href(ref, view="" if view == default else view), view == asked.view)
        for label, view in (*beside, ("校记", APPARATUS))
    ]


def _turned(asked: Asked, found: Collation) -> list[tuple[Edition, str]]:
    """The same place with each witness for a base."""
    turned = []
    for pair in found.pairs:
        at = next((unit.witness[0].ref for unit in pair.units if unit.witness), "")
        turned.append((pair.witness, asked.href(at, base=pair.witness)))
    return turned


def _formats(href: Callable[..., str], ref: str = "") -> list[tuple[str, str]]:
    return [(kind.label, href(ref, format=name)) for name, kind in export.FORMATS.items()]


def _file(asked: Asked, found: Collation, name: str) -> Response:
    kind = files.named(export.FORMATS, name)
    answer = Response(kind.chunks(found, asked.kinds), content_type=kind.media_type)
    stem = f"{asked.base.urn.removeprefix('urn:cts:hengyang:')}-{found.section or 'all'}-duikan".replace(".", "-")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}{kind.suffix}"'
    return answer
