"""A work with its editions, and an edition with its statement, rights, contents and pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import jobs, pages, rights
from archive.errors import NotFound, UsageError
from archive.model import Edition, Section
from archive.paper.book import may_leave
from archive.reading import Outline
from archive.urn import parse
from web import links
from web.comparing import question
from web.desk import desk
from web.directories import named
from web.reading import citing, proofs

blueprint = Blueprint("work", __name__)

ENTRIES = 300
"""Entries of a table of contents shown at once."""

_LAYERS: tuple[rights.Layer, ...] = ("text", "punctuation", "notes", "scans")
# What a right means, in words, by layer.
RIGHTS = {
    "text": {
        "public": "正文公开，可通读、检索、引用",
        "snippet": "正文受著作权保护，可检索，只显示命中处的片断",
        "staff": "全书不公开，只供馆内人员阅读",
    },
    "punctuation": {"snippet": "标点只随检索片断显示", "staff": "标点不公开，页面所示为白文"},
    "notes": {"snippet": "注文只随检索片断显示", "staff": "注文不公开，页面以标记注明所略之处"},
    "scans": {"public": "书影公开", "snippet": "书影不公开", "staff": "书影不公开"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents. `more` is the address of what lies below it but is not shown here."""

    title: str
    path: str
    href: str
    children: tuple[Entry, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Part of an edition's table of contents: what lies under a section, `start` entries left out."""

    entries: tuple[Entry, ...]
    under: Section | None
    trail: tuple[Section, ...]
    earlier: str
    later: str


@blueprint.get("/w/<name>")
def show(name: str) -> Response | str:
    """A work or an edition."""
    urn = parse(f"urn:cts:hengyang:{name}")
    if not urn.edition:
        entry = desk().entry(urn.work)
        compare = question.offer(urn.work)
        records = named.of_work(urn.work)
        return render_template("work/work.html", entry=entry, work=entry.work, compare=compare, named=records)
    edition = desk().edition(urn)
    if label := request.args.get("page", "").strip():
        return redirect(_page_address(edition, label))
    work = desk().library.work(edition.work_id)
    outline = desk().outline(edition)
    return render_template(
        "work/edition.html",
        work=work,
        edition=edition,
        rights=words_for(edition),
        readable=desk().shows(edition, "text") and bool(outline.screens),
        first=links.place(edition, outline.screens[0].ref) if outline.screens else "",
        contents=_contents(edition, outline),
        section_count=len(outline.sections),
        pages=_first_pages(edition),
        takeable=may_leave(edition, staff=desk().staff),
        first_label=next(iter(desk().library.page_labels(edition.id)), ""),
        citation=citing.offer(work, edition, outline, None, urn),
        compare=question.offer(work.id, edition),
        proof=proofs.offer(edition),
        standing=proofs.standing(edition),
        waiting=_waiting(edition),
        others=[one for one in desk().entry(work.id).editions if one.id != edition.id],
    )


def _waiting(edition: Edition) -> str:
    """How far the reading of its scans is, for an edition that waits for it."""
    if edition.status != "waiting-ocr":
        return ""
    for job in jobs.jobs(desk().library, edition_id=edition.id, states=("waiting", "running", "paused"), limit=1):
        return f"文字识别{job.label}：已读 {job.done}／{job.total} 面"
    return "文字待识别"


def words_for(edition: Edition) -> list[str]:
    """The rights of an edition in words, layer by layer; what goes without saying is left unsaid."""
    has_scans = edition.status == "waiting-ocr" or pages.has_pictures(desk().library, edition.id)
    return [
        RIGHTS[layer][right]
        for layer in _LAYERS
        if (right := rights.right(edition, layer)) in RIGHTS[layer]
        and (layer != "scans" or has_scans)
        and (layer in ("text", "scans") or desk().shows(edition, "text"))
    ]


def _page_address(edition: Edition, label: str) -> str:
    """Where a page of the book is read: its own page where it can be shown, else the passage that stands on it."""
    page = pages.find_page(desk().library, edition.id, label)
    if page.image and desk().shows(edition, "scans"):
        return links.page(edition, page.label)
    passages = desk().library.passages_on_page(page)
    if not passages:
        raise NotFound(f"第 {page.label} 页没有文字。", where=edition.urn)
    passage = passages[0]
    for offset, on in passage.pages:
        if on == page.label and offset:
            return links.place(edition, f"{passage.ref}@{offset}-{offset}", "hit")
    return links.place(edition, passage.ref)


def _first_pages(edition: Edition) -> list[tuple[str, str]]:
    """Pages with a picture that may be shown, the first few: (label, address)."""
    if not desk().shows(edition, "scans"):
        return []
    return [(page.label, links.page(edition, page.label)) for page in pages.pictured(desk().library, edition.id, 12)]


def _contents(edition: Edition, outline: Outline) -> Contents:
    under = request.args.get("under", "")
    if under and outline.section(under) is None:
        raise NotFound("该版本没有这一章。", where=under, remedy="请从目录进入。")
    asked = request.args.get("from", "0")
    highest = outline.children(under)
    if not (asked.isascii() and asked.isdigit() and (int(asked) < len(highest) or asked == "0")):
        raise UsageError(f"目录没有第 {asked[:12]} 条。", remedy="请从目录首页翻起。")
    start = int(asked)
    shown = highest[start : start + ENTRIES]
    depth = _depth(outline, shown)
    address = links.edition(edition)
    earlier = links.query(under=under, **{"from": max(0, start - ENTRIES)}) if start else ""
    later = links.query(under=under, **{"from": start + ENTRIES}) if start + ENTRIES < len(highest) else ""
    return Contents(
        tuple(_entry(edition, outline, section, depth) for section in shown),
        outline.section(under),
        tuple(outline.lineage(under)),
        earlier and f"{address}{earlier}",
        later and f"{address}{later}",
    )


def _depth(outline: Outline, sections: list[Section]) -> int:
    """How many levels below `sections` may be shown with them before there are too many entries."""
    total, level, depth = len(sections), sections, 0
    while level:
        level = [child for section in level for child in outline.children(section.path)]
        total += len(level)
        if total > ENTRIES or not level:
            break
        depth += 1
    return depth


def _entry(edition: Edition, outline: Outline, section: Section, depth: int) -> Entry:
    below = outline.children(section.path)
    readable = desk().shows(edition, "text")
    return Entry(
        section.title or "（无题）",
        section.path,
        links.place(edition, section.path) if readable else "",
        tuple(_entry(edition, outline, child, depth - 1) for child in below) if depth else (),
        f"{links.edition(edition)}{links.query(under=section.path)}" if below and not depth else "",
    )
