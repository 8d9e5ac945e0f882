"""RIS, as Zotero, EndNote and NoteExpress read it; UTF-8, lines ended by LF, every record closed by ER."""

from __future__ import annotations

from collections.abc import Sequence

from archive.citations.dates import Date, Parts
from archive.citations.pages import page_numbers
from archive.citations.record import Record

# TY by CSL type; whatever is not here is GEN.
_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "broadcast": "MPCT",
    "chapter": "CHAP",
    "classic": "ANCIENT",
    "collection": "BOOK",
    "dataset": "DATA",
    "entry": "ENCYC",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "figure": "FIGURE",
    "graphic": "ART",
    "hearing": "HEAR",
    "interview": "PCOMM",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "MANSCPT",
    "map": "MAP",
    "motion_picture": "MPCT",
    "musical_score": "MUSIC",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "periodical": "SER",
    "personal_communication": "PCOMM",
    "post": "ELEC",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "review": "JOUR",
    "review-book": "JOUR",
    "software": "COMP",
    "song": "SOUND",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}


def render(records: Sequence[Record]) -> str:
    """Records, a blank line between them."""
    return "\n\n".join(_entry(record) for record in records)


def _entry(record: Record) -> str:
    issued = record.date("issued")
    first, _, last = page_numbers(record.text("locator", "page")).partition("-")
    lines: list[tuple[str, str]] = [("TY", _TYPES.get(record.kind, "GEN")), ("ID", record.text("id"))]
    for tag, roles in (("AU", ("author",)), ("A2", ("container-author", "editor")), ("A4", ("translator",))):
        lines += [(tag, name.inverted()) for name in record.names(*roles)[0]]
    lines += [
        ("TI", record.text("title")),
        ("T2", record.text("container-title")),
        ("T3", record.text("collection-title")),
        ("VL", record.text("volume")),
        ("IS", record.text("issue")),
        # A book's number is the catalogue's, not its own.
        ("M1", "" if record.kind in ("book", "classic") else record.text("number")),
        ("ET", record.text("edition")),
        ("SP", first),
        ("EP", last),
        ("PY", str(issued.start[0]) if issued.start else issued.verbatim),
        ("DA", _date(issued)),
        ("CY", record.text("publisher-place", "archive-place")),
        ("PB", record.text("publisher", "archive")),
        ("SN", record.text("ISBN", "ISSN")),
        ("M3", record.text("genre")),
        ("AB", record.text("abstract")),
        *(("KW", word) for word in record.text("keyword").replace("；", ";").replace(",", ";").split(";")),
        ("LA", record.text("language")),
        ("DO", record.doi),
        ("UR", record.url),
        ("Y2", _date(record.date("accessed"))),
        ("N1", issued.reign),
    ]
    return "\n".join([*(f"{tag}  - {value.strip()}" for tag, value in lines if value.strip()), "ER  - "])


def _date(date: Date) -> str:
    """YYYY/MM/DD/ with empty places for what is not known."""
    if not date.start or date.start[0] < 0:
        return ""
    return "/".join(_padded(date.start)) + "/"


def _padded(parts: Parts) -> list[str]:
    year, month, day = (*parts, 0, 0)[:3]
    return [f"{year:04d}", f"{month:02d}" if 1 <= month <= 12 else "", f"{day:02d}" if day and month <= 12 else ""]
