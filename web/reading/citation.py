"""How to cite any passage or range: every style, the stable link, the words with their source, files to download."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import browse, citations
from archive.errors import UsageError
from archive.model import Edition, Passage
from archive.reading import Outline
from archive.urn import Urn, parse
from web import links
from web.desk import desk
from web.reading import citing
from web.reading.typeset import Line, Setting, typeset

blueprint = Blueprint("citation", __name__)


@blueprint.get("/cite/")
def ask() -> Response | str:
    """Where a URN is pasted."""
    if urn := request.args.get("urn", "").strip():
        return redirect(links.cite(parse(urn)))
    return render_template("citation/ask.html")


@blueprint.get("/cite/<path:tail>")
def show(tail: str) -> Response | str:
    """The citations of what a URN names; `?style=` gives one as a file."""
    urn = parse(tail.replace("/", ":", 1) if ":" not in tail else tail)
    edition = desk().edition(urn)
    if not urn.edition:
        return redirect(links.cite(replace(urn, edition=parse(edition.urn).edition), **request.args.to_dict()))
    work = desk().library.work(edition.work_id)
    outline = desk().outline(edition)
    passage, section = _place(urn, edition, outline)
    if style := request.args.get("style"):
        return _file(citations.style_named(style), citing.item(work, edition, outline, passage, urn), urn, style)
    revisions = browse.history(desk().library, edition.id, passage.ref)[1] if passage and not section else []
    lines: tuple[Line, ...] = ()
    if passage and not section and desk().shows(edition, "text"):
        window = (urn.start or 0, min(len(passage.text) if urn.end is None else urn.end, (urn.start or 0) + 2_000))
        setting = Setting(edition, window=window, page_before=passage.page_at(window[0]), staff=desk().staff)
        lines = typeset(passage, setting)
    return render_template(
        "citation/cite.html",
        work=work,
        edition=edition,
        passage=None if section else passage,
        lines=lines,
        trail=outline.lineage(urn.ref if section else passage.section if passage else ""),
        citation=citing.box(work, edition, outline, passage, urn, quote=not section),
        revisions=[(one, replace(urn, revision=one.number, start=None, end=None).path) for one in revisions],
    )


def _place(urn: Urn, edition: Edition, outline: Outline) -> tuple[Passage | None, bool]:
    """The passage cited, and whether it only stands for the section it opens; none for a whole edition."""
    if not urn.ref:
        return None, False
    if outline.section(urn.ref) is None:
        return desk().library.passage(urn), False
    if urn.start is not None or urn.revision is not None:
        raise UsageError("这是一章的编号，字符范围和修订号只用于段。", where=str(urn), remedy="请给出段的编号。")
    inside = desk().library.passages(edition.id, urn.ref)
    return next(inside, None), True


def _file(style: citations.Style, item: dict[str, object], urn: Urn, name: str) -> Response:
    text = citations.format_item(item, name)
    answer = Response(f"{text}\n", mimetype=style.media_type)
    stem = f"{urn.work}.{urn.edition}-{urn.ref or 'all'}".replace(".", "-")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}{style.suffix}"'
    return answer
