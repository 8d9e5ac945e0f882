"""What reference managers read on a page: Highwire and Dublin Core tags, and COinS (STANDARDS, "Zotero").

`citation_title` alone would be taken for a journal article, so a book says so in `DC.type` and a part of a book names
the book in `citation_book_title`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_ARTICLES = ("article-journal", "article-magazine", "article-newspaper")
_PEOPLE = {"author": "citation_author", "editor": "citation_editor"}
_FIELDS = {
    "publisher": "citation_publisher",
    "ISBN": "citation_isbn",
    "ISSN": "citation_issn",
    "DOI": "citation_doi",
    "collection-title": "citation_series_title",
    "volume": "citation_volume",
    "issue": "citation_issue",
    "language": "citation_language",
    "URL": "citation_public_url",
}


@dataclass(frozen=True, slots=True)
class Tags:
    """`meta` names and contents in order, and the title attribute of the COinS span."""

    meta: tuple[tuple[str, str], ...]
    coins: str


def tags(item: Mapping[str, Any]) -> Tags:
    """The tags of a CSL item."""
    return Tags(tuple(_meta(item)), urlencode(list(_coins(item))))


def _meta(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind, title = item["type"], str(item["title"])
    yield "citation_title", title
    for field, name in _PEOPLE.items():
        for person in _names(item, field):
            yield name, person
    if date := _date(item):
        yield "citation_publication_date", date
    if container := item.get("container-title"):
        yield ("citation_journal_title" if kind in _ARTICLES else "citation_book_title"), str(container)
    for field, name in _FIELDS.items():
        if item.get(field):
            yield name, str(item[field])
    first, _, last = str(item.get("page", "")).partition("-")
    if first:
        yield "citation_firstpage", first
    if last:
        yield "citation_lastpage", last
    if kind not in _ARTICLES and not item.get("container-title"):
        yield "DC.type", "book"
    yield "DC.title", title
    for person in _names(item, "author"):
        yield "DC.creator", person
    yield "DC.identifier", str(item["id"])


def _coins(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = item["type"]
    journal = kind in _ARTICLES
    container = str(item.get("container-title", ""))
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if journal else 'book'}"
    yield "rft.genre", "article" if journal else "bookitem" if container else "book"
    if journal:
        yield "rft.atitle", str(item["title"])
        yield "rft.jtitle", container
    elif container:
        yield "rft.atitle", str(item["title"])
        yield "rft.btitle", container
    else:
        yield "rft.btitle", str(item["title"])
    for person in _names(item, "author"):
        yield "rft.au", person
    fields = {"publisher": "rft.pub", "publisher-place": "rft.place", "ISBN": "rft.isbn", "volume": "rft.volume"}
    for field, name in {**fields, "issue": "rft.issue", "page": "rft.pages", "URL": "rft_id"}.items():
        if item.get(field):
            yield name, str(item[field])
    if date := _date(item):
        yield "rft.date", date


def _names(item: Mapping[str, Any], role: str) -> Iterator[str]:
    for name in item.get(role) or ():
        literal = str(name.get("literal", ""))
        yield literal or ", ".join(str(name[part]) for part in ("family", "given") if name.get(part))


def _date(item: Mapping[str, Any]) -> str:
    """The date of publication, as `YYYY/MM/DD`, as far as it is known."""
    issued = item.get("issued")
    if isinstance(issued, Mapping):
        parts = issued.get("date-parts") or [[]]
        return "/".join(str(part).zfill(2) for part in parts[0]) or str(
            issued.get("literal") or issued.get("raw") or ""
        )
    return str(issued or "")
