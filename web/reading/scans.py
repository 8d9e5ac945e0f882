"""A physical page: its picture beside its text, each under its own right."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from archive import pages
from archive.errors import Forbidden, NotFound
from archive.model import Edition, Page
from archive.urn import parse
from web import links
from web.desk import desk
from web.reading import proofs
from web.reading.screen import lang
from web.reading.typeset import Line, Setting, typeset

blueprint = Blueprint("scans", __name__)

# Pictures a browser can show; anything else is offered as it is, to be saved.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@blueprint.get("/page/<name>/<path:label>")
def show(name: str, label: str) -> str:
    """The picture of a page and the text that stands on it."""
    edition, page = _page(name, label)
    library = desk().library
    work = library.work(edition.work_id)
    texts: list[tuple[str, str, tuple[Line, ...]]] = []
    if desk().shows(edition, "text"):
        for passage in library.passages_on_page(page):
            starts = [*passage.pages, (len(passage.text), "")]
            for (start, on), (end, _) in pairwise(starts):
                if on == page.label and start < end:
                    lines = typeset(
                        replace(passage, pages=()), Setting(edition, window=(start, end), staff=desk().staff)
                    )
                    texts.append((passage.ref, links.place(edition, passage.ref), lines))
    return render_template(
        "scans/page.html",
        work=work,
        edition=edition,
        lang=lang(edition),
        page=page,
        picture=links.picture(edition, page.label),
        texts=texts,
        proof=proofs.offer(edition, page.label),
        unchecked=proofs.unchecked(edition, (page.label,)),
        before=_near(edition, page, -1),
        after=_near(edition, page, 1),
    )


@blueprint.get("/scan/<name>/<path:label>")
def picture(name: str, label: str) -> Response:
    """The bytes of a page's picture."""
    _, page = _page(name, label)
    media_type = pages.media_type(desk().library, page.image)
    answer = Response(desk().library.originals.get(page.image), mimetype=media_type or "application/octet-stream")
    if media_type not in _SHOWN:
        answer.headers["Content-Disposition"] = "attachment"
    answer.set_etag(page.image)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _page(name: str, label: str) -> tuple[Edition, Page]:
    """The page with a picture that this reader may see.

    Raises:
        Forbidden: the edition's pictures are not for this reader.
        NotFound: there is no such page, or it has no picture.
    """
    edition = desk().edition(parse(f"urn:cts:hengyang:{name}"))
    if not desk().shows(edition, "scans"):
        raise Forbidden("这个版本的书影不公开。", where=edition.urn, remedy="可到馆查阅。")
    page = desk().library.page_by_label(edition.id, label)
    if not page.image:
        raise NotFound(f"第 {page.label} 页没有书影。", where=edition.urn)
    return edition, page


def _near(edition: Edition, page: Page, step: int) -> tuple[str, str] | None:
    """Label and address of the page before or after, if it has a picture."""
    near = pages.page_near(desk().library, page, step)
    return (near.label, links.page(edition, near.label)) if near and near.image else None
