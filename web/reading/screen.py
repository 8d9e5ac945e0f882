"""The reading page: one screen of an edition, found by section, passage or range, the searched words shown in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import browse, pages, reading
from archive.errors import Gone, UsageError
from archive.intake import Range
from archive.model import Edition, Passage, Revision, Section, Work
from archive.reading import Outline, Screen
from archive.urn import Urn, parse
from web import links
from web.comparing import question
from web.desk import desk
from web.directories import named
from web.reading import citing, proofs
from web.reading.footnotes import Footnotes
from web.reading.typeset import Gaiji, Line, Reading, Setting, gaiji_of, readings_of, typeset
from web.reading.vertical import Column, columns
from web.searching import finding

blueprint = Blueprint("reading", __name__)

LONGEST = 8_000
"""Characters of one passage shown at a time."""
_SIBLINGS = 20
LAYOUTS = {"": "横排", "vertical": "竖排"}


@dataclass(frozen=True, slots=True)
class Block:
    """A passage, set. `level` is that of an HTML heading; `number` what stands in the margin, linked to `href`."""

    ref: str
    kind: str
    level: int
    number: str
    href: str
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    is_target: bool
    focus: bool
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the address asks for, found."""

    urn: Urn
    work: Work
    edition: Edition
    outline: Outline
    screen: Screen

    @property
    def section(self) -> Section | None:
        """The section that is read; none if the screen is the whole edition."""
        return self.outline.section(self.screen.section)


@blueprint.get("/w/<name>/<tail>")
def show(name: str, tail: str) -> Response | str | tuple[str, int]:
    """A section, a passage, a range in it, or an old revision."""
    urn = parse(f"urn:cts:hengyang:{name}:{tail}")
    at_desk = desk()
    edition = at_desk.edition(urn)
    if not urn.edition:
        whole = replace(urn, edition=parse(edition.urn).edition)
        return redirect(f"{whole.path}{links.query(**request.args.to_dict())}")
    if not urn.ref:
        return redirect(links.edition(edition))
    work = at_desk.library.work(edition.work_id)
    if not at_desk.shows(edition, "text"):
        return render_template("reading/withheld.html", work=work, edition=edition, urn=urn), 403
    outline = at_desk.outline(edition)
    if urn.revision is not None:
        return _revision(urn, work, edition, outline)
    screen = outline.screen_of(urn.ref)
    if screen is None:
        return _missing(urn, work, edition)
    if urn.start is not None:
        if not outline.holds(urn.ref):
            raise UsageError("这是一章的编号，字符范围只用于段。", where=str(urn), remedy="请给出段的编号。")
        at_desk.library.passage(urn)
    return _screen(Place(urn, work, edition, outline, screen))


def _missing(urn: Urn, work: Work, edition: Edition) -> tuple[str, int]:
    """A passage that is not in the current text: withdrawn, with its history, or never there."""
    try:
        desk().library.passage(urn)
    except Gone as gone:
        _, states = browse.history(desk().library, edition.id, urn.ref)
        page = render_template(
            "reading/gone.html", error=gone, work=work, edition=edition, urn=urn, revisions=_linked(urn, states)
        )
        return page, gone.http_status
    raise AssertionError("a passage in force is on a screen")


def _linked(urn: Urn, states: list[Revision]) -> list[tuple[Revision, str]]:
    return [(state, replace(urn, revision=state.number, start=None, end=None).path) for state in states]


def _revision(urn: Urn, work: Work, edition: Edition, outline: Outline) -> str:
    """One passage as it stood at a revision, with a notice."""
    passage = desk().library.passage(urn)
    withdrawn, states = browse.history(desk().library, edition.id, urn.ref)
    state = next(one for one in states if one.number == passage.revision)
    cited = _range(urn)
    setting = Setting(
        edition,
        cited=cited,
        anchor_at=cited[0] if cited else None,
        page_before=_label_before(passage),
        staff=desk().staff,
    )
    return render_template(
        "reading/revision.html",
        work=work,
        edition=edition,
        urn=urn,
        lang=lang(edition),
        passage=passage,
        lines=typeset(passage, setting),
        state=state,
        is_current=state.number == states[-1].number and not withdrawn,
        current=replace(urn, revision=None, start=None, end=None).path,
        trail=outline.lineage(passage.section),
        revisions=_linked(urn, states),
        citation=citing.offer(work, edition, outline, passage, urn),
    )


def _screen(place: Place) -> Response:
    library, staff = desk().library, desk().staff
    edition, screen = place.edition, place.screen
    passages = reading.passages_between(library, edition.id, screen.first, screen.last)
    q = request.args.get("q", "").strip()
    found = finding.hits_on(desk(), q, passages) if q else {}
    hits = {number: [part for hit in of_passage for part in hit] for number, of_passage in found.items()}
    layout = _layout(edition)
    target = next((one for one in passages if one.ref == place.urn.ref), None)
    anchor = _anchor(place, target, passages, hits)
    notes = Footnotes(library, edition, passages, staff=staff)
    leaves = pages.pages_of(library, edition.id, screen.first, screen.last)
    scans = {}
    if desk().shows(edition, "scans"):
        scans = {label: links.page(edition, label) for label, page in leaves.items() if page.image}
    before = None
    blocks = []
    body = [passage for passage in passages if passage.kind != "footnote"]
    windows = {one.ref: _window(one, anchor) for one in passages if len(one.text) > LONGEST}
    for passage in body:
        setting = Setting(
            edition,
            hits=hits.get(passage.id, ()),
            cited=_range(place.urn) if passage is target else None,
            anchor_at=anchor[1] if anchor and anchor[0] == passage.ref else None,
            page_before=before,
            pages=leaves,
            scan_href=scans,
            pointers=notes.pointers.get(passage.ref),
            window=windows.get(passage.ref),
            staff=staff,
        )
        blocks.append(_block(place, passage, typeset(passage, setting), layout, anchor, setting.window))
        before = passage.pages[-1][1] if passage.pages else before
    whole = [(one, Setting(edition, window=windows.get(one.ref), staff=staff)) for one in passages]
    previous, following = place.outline.neighbours(screen)
    page = render_template(
        "reading/screen.html",
        place=place,
        work=place.work,
        edition=edition,
        lang=lang(edition),
        layout=layout,
        layouts=LAYOUTS if edition.vertical else {},
        compare=question.offer(place.work.id, edition, screen.ref),
        proof=proofs.offer(edition, _label_before(target or body[0]) if body else None),
        unchecked=proofs.unchecked(edition, leaves),
        q=q,
        hit_count=sum(map(len, found.values())),
        blocks=blocks,
        notes=notes.foot(hits, place.urn.ref),
        gaiji=_distinct(g for one, setting in whole for g in gaiji_of(one, setting)),
        apparatus=[r for one, setting in whole for r in readings_of(one, setting)],
        trail=[one for one in place.outline.lineage(screen.section) if one.title != place.work.title],
        siblings=_siblings(place),
        previous=previous,
        following=following,
        first_page=_label_before(body[0], 0) if body else "",
        citation=citing.offer(place.work, edition, place.outline, target, place.urn) if target else None,
        meta=citing.tags(place.work, edition, place.outline, passages[0], _screen_urn(place)),
        named=named.on_screen(edition, screen.section or screen.ref, passages),
    )
    return make_response(page)


def lang(edition: Edition) -> str:
    """The language tag of its text."""
    return {"Hant": "zh-Hant", "Hans": "zh-Hans"}.get(edition.script, "zh")


def _layout(edition: Edition) -> str:
    layout = request.args.get("layout", "")
    if layout not in LAYOUTS:
        raise UsageError(f"没有“{layout[:20]}”这种版式。", remedy="可用：layout=vertical（竖排），或不写（横排）。")
    return layout if edition.vertical else ""


def _range(urn: Urn) -> Range | None:
    return (urn.start, urn.end) if urn.start is not None and urn.end is not None else None


def _screen_urn(place: Place) -> Urn:
    return replace(place.urn, ref=place.screen.ref, start=None, end=None)


def _label_before(passage: Passage, offset: int = 0) -> str | None:
    return passage.page_at(offset) or None


def _anchor(
    place: Place, target: Passage | None, passages: list[Passage], hits: Mapping[int, list[Range]]
) -> tuple[str, int | None] | None:
    """Where links lead: the passage and the character; no character means its beginning. None: the top of the page."""
    cited = _range(place.urn)
    if target and cited:
        return target.ref, cited[0]
    if target:
        asked = [target]
    elif place.urn.ref == place.screen.ref:
        asked = passages
    else:
        asked = [one for one in passages if f"{one.section}.".startswith(f"{place.urn.ref}.")]
    for passage in asked:
        if hits.get(passage.id):
            return passage.ref, hits[passage.id][0][0]
    if asked and asked[0].ordinal != place.screen.first:
        return asked[0].ref, None
    return None


def _window(passage: Passage, anchor: tuple[str, int | None] | None) -> Range:
    """The characters of an over-long passage to show: those asked for, or those the link leads to."""
    asked = request.args.get("begin", "")
    if asked and not (asked.isascii() and asked.isdigit() and int(asked) < len(passage.text)):
        raise UsageError(f"本段没有第 {asked[:12]} 字。", remedy=f"begin 可取 0 到 {len(passage.text) - 1}。")
    lead = anchor[1] or 0 if anchor and anchor[0] == passage.ref else 0
    start = int(asked) if asked else lead // LONGEST * LONGEST
    return start, min(start + LONGEST, len(passage.text))


def _block(
    place: Place,
    passage: Passage,
    lines: tuple[Line, ...],
    layout: str,
    anchor: tuple[str, int | None] | None,
    window: Range | None,
) -> Block:
    is_heading = passage.kind == "heading" and passage.ref == f"{passage.section}.0"
    section = place.outline.section(passage.section)
    level = min(6, section.level + 1) if section else 2
    earlier = later = ""
    if window and window[0] > 0:
        earlier = links.place(place.edition, passage.ref, begin=max(0, window[0] - LONGEST))
    if window and window[1] < len(passage.text):
        later = links.place(place.edition, passage.ref, begin=window[1])
    return Block(
        passage.ref,
        passage.kind,
        level,
        passage.section if is_heading else passage.ref.rpartition(".")[2],
        links.place(place.edition, passage.section if is_heading else passage.ref),
        () if layout else lines,
        columns(lines, passage.lines) if layout else (),
        passage.ref == place.urn.ref,
        bool(anchor and anchor == (passage.ref, None)),
        earlier,
        later,
    )


def _siblings(place: Place) -> list[tuple[Section, bool]]:
    """Sections beside the one that is read, some before and some after, and whether each is the one."""
    here = place.section
    beside = place.outline.children(here.parent if here else "")
    at = next((number for number, section in enumerate(beside) if here and section.path == here.path), 0)
    start = max(0, at - _SIBLINGS)
    return [(section, section == here) for section in beside[start : at + _SIBLINGS + 1]]


def _distinct(found: Iterable[Gaiji]) -> list[Gaiji]:
    """Each character once, at its first place."""
    seen: dict[tuple[str, str], Gaiji] = {}
    for one in found:
        seen.setdefault((one.id, one.description), one)
    return list(seen.values())


__all__ = ["Block", "Place", "Reading", "blueprint", "lang"]
