"""What a reader takes away: references in every style, the stable link, and the words with their source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import current_app

from archive import citations, rights
from archive.errors import UsageError
from archive.model import Edition, Passage, Work
from archive.reading import Outline
from archive.urn import Urn, parse
from web import links
from web.desk import desk
from web.reading import zotero
from web.reading.zotero import Tags

LONGEST = 2_000
"""Characters of a quotation; a longer passage is quoted to here and the cut is marked."""
# Styles shown as text; the others are offered as files.
_SHOWN = ("gbt7714-2025", "gbt7714-2015", "footnote")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in one style, and where it can be had as a file."""

    style: str
    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Box:
    """The citation box of one passage or range. `quotation` is empty where nothing may be quoted."""

    urn: Urn
    name: str
    link: str
    href: str
    read: str
    quotation: str
    references: tuple[Reference, ...]
    files: tuple[Reference, ...]


def item(work: Work, edition: Edition, outline: Outline, passage: Passage | None, urn: Urn) -> dict[str, Any]:
    """The CSL item of a passage, or of an edition as a whole."""
    label = passage.page_at(urn.start or 0) if passage else ""
    page = desk().library.page_by_label(edition.id, label) if label else None
    return citations.passage_item(
        work,
        edition,
        section_titles=[section.title for section in outline.lineage(passage.section)] if passage else [],
        page=label,
        juan=page.juan if page else "",
        leaf=page.leaf if page else "",
        urn=str(urn),
        url=links.stable(urn),
        accessed=date.today(),
    )


def box(
    work: Work, edition: Edition, outline: Outline, passage: Passage | None, urn: Urn, *, quote: bool = True
) -> Box:
    """Everything there is to cite a place by; the configured style first. `quote`: with the words themselves."""
    if not urn.edition:
        urn = replace(urn, edition=parse(edition.urn).edition)
    found = item(work, edition, outline, passage, urn)
    first = desk().config.citation.style
    made = [
        Reference(name, style.label, citations.format_item(found, name), links.cite(urn, style=name))
        for name, style in citations.STYLES.items()
    ]
    shown = sorted((one for one in made if one.style in _SHOWN), key=lambda one: one.style != first)
    text = _quoted(passage, edition, urn) if passage and quote else ""
    source = next(one.text for one in made if one.style == "footnote")
    return Box(
        urn,
        str(urn),
        links.stable(urn),
        links.cite(urn),
        links.target(str(urn)),
        f"“{text}”（{source.rstrip('。')}）\n{links.stable(urn)}" if text else "",
        tuple(shown),
        tuple(one for one in made if one.style not in _SHOWN),
    )


def offer(work: Work, edition: Edition, outline: Outline, passage: Passage | None, urn: Urn) -> Box | None:
    """The box, or none where the edition's citation fields cannot be cited: that must not keep anyone from reading."""
    try:
        return box(work, edition, outline, passage, urn)
    except UsageError as error:
        current_app.logger.warning("%s: %s", urn, error)
        return None


def tags(work: Work, edition: Edition, outline: Outline, passage: Passage, urn: Urn) -> Tags:
    """What reference managers read on a page; nothing where there is no `offer`."""
    try:
        return zotero.tags(item(work, edition, outline, passage, urn))
    except UsageError:
        return Tags((), "")


def _quoted(passage: Passage, edition: Edition, urn: Urn) -> str:
    """The words of the place as the reader may have them, on one line."""
    staff = desk().staff
    if not rights.visible(edition, "text", staff=staff):
        return ""
    start, end = urn.start or 0, len(passage.text) if urn.end is None else urn.end
    parts = rights.segments(passage, edition.rights, start=start, end=min(end, start + LONGEST), staff=staff)
    text = rights.shown(parts).replace("\n", "")
    return f"{text}……" if end - start > LONGEST and text else text
