"""BibTeX, with the entry types and fields that BibLaTeX knows too; UTF-8, every entry with a key of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from archive.citations.names import Name
from archive.citations.pages import page_numbers
from archive.citations.record import Record

# Entry type by CSL type; whatever is not here is @misc.
_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "classic": "book",
    "collection": "book",
    "dataset": "dataset",
    "entry": "incollection",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "map": "misc",
    "manuscript": "unpublished",
    "pamphlet": "booklet",
    "paper-conference": "inproceedings",
    "patent": "patent",
    "periodical": "periodical",
    "post": "online",
    "post-weblog": "online",
    "report": "techreport",
    "review": "article",
    "review-book": "article",
    "software": "software",
    "thesis": "phdthesis",
    "webpage": "online",
}
_PUBLISHER_FIELD = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution"}
_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "%&#_$"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_PAIRED = {"{": r"\{", "}": r"\}"}
_LONE = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
# Addresses are verbatim fields: escaped as addresses are, never as text.
_VERBATIM = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def render(records: Sequence[Record]) -> str:
    """Entries, a blank line between them; a key that would occur twice is numbered."""
    taken: dict[str, int] = {}
    entries = []
    for record in records:
        key = _key(record)
        number = taken.get(key.lower(), 0) + 1
        while number > 1 and f"{key}-{number}".lower() in taken:
            number += 1
        taken[key.lower()] = number
        unique = key if number == 1 else f"{key}-{number}"
        taken.setdefault(unique.lower(), 1)
        entries.append(_entry(record, unique))
    return "\n\n".join(entries)


def _entry(record: Record, key: str) -> str:
    kind = _TYPES.get(record.kind, "misc")
    if kind == "phdthesis" and any(word in record.text("genre").lower() for word in ("硕士", "碩士", "master")):
        kind = "mastersthesis"
    if kind in ("incollection", "inproceedings") and not record.text("container-title"):
        kind = {"incollection": "book", "inproceedings": "misc"}[kind]
    issued, accessed = record.date("issued"), record.date("accessed")
    month = str(issued.start[1]) if len(issued.start) > 1 and 1 <= issued.start[1] <= 12 else ""
    title = record.text("title")
    host = "journal" if kind == "article" else "booktitle"
    fields = {
        "author": _names(record, "author"),
        "editor": _names(record, "container-author", "editor") if host == "booktitle" else _names(record, "editor"),
        "translator": _names(record, "translator"),
        "title": _text(title),
        host: _text(record.text("container-title")),
        "series": _text(record.text("collection-title")),
        "volume": _text(record.text("volume")),
        # A book's number is the catalogue's, not its own.
        "number": _text(record.text("issue") or ("" if kind == "book" else record.text("number"))),
        "edition": _text(record.text("edition")),
        "address": _text(record.text("publisher-place", "archive-place")),
        _PUBLISHER_FIELD.get(kind, "publisher"): _text(record.text("publisher", "archive")),
        "year": _text(issued.year()),
        "month": month,
        "pages": _text(page_numbers(record.text("locator", "page")).replace("-", "--")),
        "isbn": _text(record.text("ISBN")),
        "issn": _text(record.text("ISSN")),
        "doi": record.doi.translate(_VERBATIM),
        "url": record.url.translate(_VERBATIM),
        "urldate": accessed.full() if accessed.start else "",
        "language": _text(record.text("language")),
        "keywords": _text(record.text("keyword")),
        "note": _text("；".join(filter(None, (issued.reign, record.text("genre"))))),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@" + kind + "{" + ",\n".join([key, *lines]) + "\n}"


def _key(record: Record) -> str:
    """The item's own id, or citation key, in characters every BibTeX takes; else a digest of the item."""
    name = record.text("id", "citation-key")
    key = re.sub(r"[^A-Za-z0-9:./+-]+", "-", name).strip("-")
    if key and name.isascii():
        return key
    told = json.dumps(dict(record.source), ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{key}-{digest}" if key else f"wenku-{digest}"


def _names(record: Record, *roles: str) -> str:
    names, others = record.names(*roles)
    return " and ".join([*(_name(name) for name in names), *(["others"] if others else [])])


def _name(name: Name) -> str:
    """A body, or a name BibTeX would take apart wrongly, is wrapped in braces."""
    told = _text(name.inverted())
    whole = name.whole or name.cjk
    return f"{{{told}}}" if whole or re.search(r"\band\b", told, re.IGNORECASE) else told


def _text(text: str) -> str:
    """Escaped for LaTeX. BibTeX counts braces whatever stands before them, so a lone one is spelled out."""
    opened: list[int] = []
    paired: set[int] = set()
    for place, char in enumerate(text):
        if char == "{":
            opened.append(place)
        elif char == "}" and opened:
            paired |= {opened.pop(), place}
    return "".join(
        (_PAIRED if place in paired else _LONE).get(char) or char.translate(_ESCAPES) for place, char in enumerate(text)
    )
