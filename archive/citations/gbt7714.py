"""GB/T 7714 references, numeric system: the 2025 standard and the 2015 one that many presses still ask for.

A reference is a list of areas, each closed by a full stop. Which areas an item has depends on its kind (section 8 of
the 2025 standard); how they are punctuated, on the standard: 2025 writes `. [ ] / -` half-width and every other mark
full-width, in western references too (section 6); 2015 is set here with half-width marks and a space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.citations.areas import MAKERS, Areas, Rules, joined, journal, strip_stop
from archive.citations.record import Record

RULES_2025 = Rules(
    comma="，",
    colon="：",
    opening="（",
    closing="）",
    span="—",
    suffix=" ",
    role_after_others="，",
    capitals=False,
    hyphens=True,
    pinyin=True,
    accessed_always=False,
    number_first=True,
    preprints=True,
)
RULES_2015 = Rules(
    comma=", ",
    colon=": ",
    opening="(",
    closing=")",
    span="-",
    suffix=", ",
    role_after_others="",
    capitals=True,
    hyphens=False,
    pinyin=False,
    accessed_always=True,
    number_first=False,
    preprints=False,
)


def render_2025(records: Sequence[Record]) -> str:
    """References under GB/T 7714—2025, one a line."""
    return "\n".join(reference(record, RULES_2025) for record in records)


def render_2015(records: Sequence[Record]) -> str:
    """References under GB/T 7714—2015, one a line."""
    return "\n".join(reference(record, RULES_2015) for record in records)


def reference(record: Record, rules: Rules) -> str:
    """One reference on one line, closed by a full stop."""
    areas = Areas(record, rules)
    kind = _kind(areas)
    makers = () if _by_number(areas, kind) else MAKERS[:1] if kind.part else MAKERS
    accessed = record.date("accessed").full()
    if not (kind.dated or (rules.accessed_always and areas.online)):
        accessed = ""
    return joined(
        [
            areas.names(*makers),
            _title(areas, kind),
            *areas.contributors(kind.part),
            *kind.body(areas, f"[{accessed}]" if accessed else ""),
            *areas.access(),
        ]
    )


def _kind(areas: Areas) -> Kind:
    """How the item is set: by its CSL type, refined by what it holds."""
    kind = KINDS.get(areas.record.kind, _OTHER)
    for general, holds, special in _REFINED:
        if kind is general and holds(areas):
            kind = special
    return kind


def _title(areas: Areas, kind: Kind) -> str:
    title, scale = strip_stop(areas.record.text("title")), areas.record.text("scale")
    if _by_number(areas, kind):
        told = f"{areas.record.text('number')} {title}"
    else:
        told = areas.colon(title, kind.extend(areas))
    carrier = "OL" if kind is _WEB else areas.carrier()
    return f"{told}{f'. {scale}' if scale and kind is _MAP else ''}[{kind.code}{f'/{carrier}' if carrier else ''}]"


def _by_number(areas: Areas, kind: Kind) -> bool:
    """Whether the item is a standard told by number and title alone, with no maker and no publisher (8.9)."""
    return kind is _STANDARD and areas.rules.number_first and bool(areas.record.text("number"))


def _number(areas: Areas) -> str:
    return areas.record.text("number")


def _patent_number(areas: Areas) -> str:
    fields = ("call-number", "number") if areas.rules.number_first else ("number", "call-number")
    return areas.record.text(*fields)


def _shelfmark(areas: Areas) -> str:
    return areas.record.text("archive_location")


def _nothing(areas: Areas) -> str:
    return ""


def _book(areas: Areas, accessed: str) -> list[str]:
    return [areas.edition(), areas.published(accessed, areas.year(), unknown=True)]


def _part(areas: Areas, accessed: str) -> list[str]:
    makers = areas.names("container-author", "editor")
    host = areas.colon(strip_stop(areas.record.text("container-title")), areas.volume())
    return [*([f"//{makers}", host] if makers else [f"//{host}"]), *_book(areas, accessed)]


def _paper(areas: Areas, accessed: str) -> list[str]:
    """A paper in printed proceedings, or one known by its conference and year alone (8.6.3)."""
    text = areas.record.text
    if text("container-title") and text("publisher", "publisher-place"):
        return _part(areas, accessed)
    meeting = text("container-title", "event-title", "event")
    return [f"//{areas.colon(areas.comma(meeting, areas.year()), areas.pages())}{accessed}"]


def _article(areas: Areas, accessed: str) -> list[str]:
    text, date = areas.record.text, areas.record.date("issued")
    volume = re.sub(r"^第\s*(\S+?)\s*卷$", r"\1", text("volume"))
    issue = re.sub(r"^第\s*(\S+?)\s*期$", r"\1", text("issue"))
    # Published online before it has a volume: the whole date takes the place of the numbers (8.5.1).
    when = date.year(areas.rules.span) if volume or issue else date.full(areas.rules.span)
    told = areas.comma(journal(text("container-title")), when, volume) + areas.round(issue)
    return [areas.colon(told, areas.pages("number")) + accessed]


def _news(areas: Areas, accessed: str) -> list[str]:
    date = areas.record.date("issued").full(areas.rules.span)
    page = re.sub(r"^第(?=.*版$)|版$", "", areas.pages()).strip()
    return [areas.comma(areas.record.text("container-title"), date) + areas.round(page) + accessed]


def _serial(areas: Areas, accessed: str) -> list[str]:
    """Numbering from the first issue to the last, then the imprint; a serial that goes on ends in a dash (8.4)."""
    rules, date = areas.rules, areas.record.date("issued")
    volume, issue = areas.record.text("volume"), areas.record.text("issue")
    if re.match("[0-9]{4}", volume):
        told = re.sub(r"[-–—](?=[0-9]{4}|$)", rules.span, volume)
        for mark, own in (("[,，]", rules.comma), ("[(（]", rules.opening), ("[)）]", rules.closing)):
            told = re.sub(rf"\s*{mark}\s*", own, told)
    elif volume or issue:
        start = date.year("/").partition("/")[0]
        told = areas.comma(start, volume) + areas.round(issue) + (rules.span if date.ongoing else "")
    else:
        told = ""
    return [told, areas.published(accessed, areas.year(), unknown=True)]


def _thesis(areas: Areas, accessed: str) -> list[str]:
    return [_kept(areas, areas.year(), "publisher", "archive") + accessed]


def _report(areas: Areas, accessed: str) -> list[str]:
    # 2015 treats a report that only the network has as an electronic resource.
    bare = areas.rules.accessed_always and areas.online and not areas.record.text("publisher", "publisher-place")
    return [areas.published(accessed, areas.round(areas.day()) if bare else areas.day())]


def _patent(areas: Areas, accessed: str) -> list[str]:
    return [areas.colon(areas.day(), areas.pages()) + accessed]


def _standard(areas: Areas, accessed: str) -> list[str]:
    return [] if _by_number(areas, _STANDARD) else [areas.published(accessed, areas.year())]


def _archive(areas: Areas, accessed: str) -> list[str]:
    return [_kept(areas, areas.day(), "archive", "publisher") + accessed]


def _kept(areas: Areas, date: str, *keepers: str) -> str:
    """Where the one copy is kept, and by whom."""
    place = areas.record.text(*(f"{keeper}-place" for keeper in keepers))
    return areas.colon(areas.comma(areas.colon(place, areas.record.text(*keepers)), date), areas.pages())


def _map(areas: Areas, accessed: str) -> list[str]:
    return [*_book(areas, accessed), re.sub(r"\s+(?=[cm]m\b)", "", areas.record.text("dimensions"))]


def _web(areas: Areas, accessed: str) -> list[str]:
    return [areas.round(areas.day()) + accessed]


def _platform(areas: Areas, accessed: str) -> list[str]:
    version = re.sub(r"^v?\.?\s*(?=[0-9])", "V", areas.record.text("version", "edition"), flags=re.IGNORECASE)
    return [version, areas.record.text("publisher") + areas.round(areas.day()) + accessed]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of item is set: its code, what extends the title, and the areas after the contributors."""

    code: str
    body: Callable[[Areas, str], list[str]]
    """Given the date of access in brackets, or empty."""
    extend: Callable[[Areas], str] = _nothing
    """Follows the title after a colon."""
    dated: bool = False
    """Shows when it was read under either standard."""
    part: bool = False
    """Part of a greater whole, whose editor it names."""


_BOOK = Kind("M", _book, Areas.volume)
_PAMPHLET = Kind("M", _book, Areas.volume)
_PART = Kind("M", _part, part=True)
_ENTRY = Kind("M", _part, part=True)
_PROCEEDINGS = Kind("C", _book, Areas.volume)
_PAPER = Kind("C", _paper, part=True)
_ARTICLE = Kind("J", _article, part=True)
_ARCHIVE = Kind("A", _archive, _shelfmark)
_MAP = Kind("CM", _map, Areas.volume)
_MAP_PART = Kind("CM", _part, part=True)
_STANDARD = Kind("S", _standard, _number)
_WEB = Kind("EB", _web, dated=True)
_PREPRINT = Kind("PP", _platform, dated=True)
_OTHER = Kind("Z", _book, Areas.volume)

KINDS: dict[str, Kind] = {
    "book": _BOOK,
    "classic": _BOOK,
    "pamphlet": _PAMPHLET,
    "chapter": _PART,
    "entry": _ENTRY,
    "entry-dictionary": _ENTRY,
    "entry-encyclopedia": _ENTRY,
    "collection": Kind("G", _book, Areas.volume),
    "paper-conference": _PAPER,
    "article-journal": _ARTICLE,
    "article-magazine": _ARTICLE,
    "review": _ARTICLE,
    "review-book": _ARTICLE,
    "article-newspaper": Kind("N", _news, part=True),
    "periodical": Kind("J", _serial),
    "thesis": Kind("D", _thesis),
    "report": Kind("R", _report, _number),
    "standard": _STANDARD,
    "patent": Kind("P", _patent, _patent_number),
    "manuscript": _ARCHIVE,
    "personal_communication": _ARCHIVE,
    "map": _MAP,
    "webpage": _WEB,
    "post": _WEB,
    "post-weblog": _WEB,
    "dataset": Kind("DS", _platform, dated=True),
    "software": Kind("CP", _platform, dated=True),
    "article": _PREPRINT,
}


def _holds(*fields: str) -> Callable[[Areas], bool]:
    return lambda areas: bool(areas.record.text(*fields))


def _lacks(*fields: str) -> Callable[[Areas], bool]:
    return lambda areas: not areas.record.text(*fields)


# A kind, what an item must hold, and the kind it then is; read downwards, so that one may follow from another.
_REFINED: tuple[tuple[Kind, Callable[[Areas], bool], Kind], ...] = (
    (_PREPRINT, lambda areas: not areas.rules.preprints, _OTHER),
    (_ENTRY, lambda areas: areas.online and _lacks("publisher", "container-title")(areas), _WEB),
    (_ENTRY, _lacks("container-title"), _BOOK),
    (_PART, _lacks("container-title"), _BOOK),
    (_PAPER, _lacks("container-title", "event-title", "event"), _PROCEEDINGS),
    (_BOOK, _holds("event-title", "event"), _PROCEEDINGS),
    (_PAMPHLET, _holds("archive"), _ARCHIVE),
    (_MAP, _holds("container-title"), _MAP_PART),
    (_OTHER, lambda areas: areas.record.kind == "document" and _holds("archive")(areas), _ARCHIVE),
    (_OTHER, lambda areas: areas.online, _WEB),
)
