"""What readers are told of how far a text has been proofread, and the way to the desk for those who may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from flask import g

from archive.model import Edition
from archive.transcription import store
from archive.transcription.model import STATES
from web import access, links
from web.desk import desk


def offer(edition: Edition, label: str | None = None) -> str:
    """The desk's address of a page, or of the book; empty for who may not proofread, and for books without scans."""
    user = access.current()
    if user is None or not user.may("proofread"):
        return ""
    pages = _pages(edition)
    if not pages or not (desk().shows(edition, "text") and desk().shows(edition, "scans")):
        return ""
    page = next((one for one in pages if one.label == label), None)
    return links.proof(edition, page.sheet, page.side) if page else links.proof(edition)


def unchecked(edition: Edition, labels: Container[str]) -> str:
    """A sentence on which of the pages `labels` nobody has held against their pictures yet; empty if all have been."""
    pages = [one for one in _pages(edition) if one.revision and one.label in labels]
    rough = sum(one.state in ("unread", "problem") and one.characters > 0 for one in pages)
    if not rough:
        return ""
    share = "这一页" if len(pages) == 1 else f"这里的 {len(pages)} 页" if rough == len(pages) else f"这里有 {rough} 页"
    return f"{share}文字由机器识别，还没有对照书影校过，引用前请核对书影。"


def standing(edition: Edition) -> str:
    """How far a book of scans has been proofread: `已核对 3 页，未校对 20 页`; empty for one without scans."""
    counted = Counter(one.state for one in _pages(edition) if one.revision)
    return "，".join(f"{STATES[state].label} {counted[state]:,} 页" for state in reversed(STATES) if counted[state])


def _pages(edition: Edition) -> list[store.Summary]:
    """The pages of a book, read once a request."""
    read: dict[int, list[store.Summary]] = g.setdefault("pages of scans", {})
    if edition.id not in read:
        read[edition.id] = store.pages(desk().library, edition.id)
    return read[edition.id]
