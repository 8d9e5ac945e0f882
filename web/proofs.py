"""From what is read to where it is proofread, for people of the house who may."""

from __future__ import annotations

from archive.model import Edition
from archive.transcription import store
from web import access, links
from web.desk import desk


def offer(edition: Edition, label: str | None = None) -> str:
    """The desk's address of a page, or of the book; empty for who may not proofread, and for books without scans."""
    user = access.current()
    if user is None or not user.may("proofread"):
        return ""
    pages = store.pages(desk().library, edition.id)
    if not pages or not (desk().shows(edition, "text") and desk().shows(edition, "scans")):
        return ""
    page = next((one for one in pages if one.label == label), None)
    return links.proof(edition, page.sheet, page.side) if page else f"{links.proof(edition)}/"
