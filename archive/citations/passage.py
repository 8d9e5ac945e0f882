"""The citation of a passage of the library: edition, juan, page or leaf, and the stable link, as a CSL item."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from archive.citations.csl import DATES, NAMES, checked
from archive.citations.dates import parse_date
from archive.citations.numerals import from_chinese
from archive.model import Edition, Work

_ARTICLES = frozenset(("article-journal", "article-magazine", "article-newspaper"))
_PARTS = _ARTICLES | {"chapter", "entry", "entry-dictionary", "entry-encyclopedia", "paper-conference"}
_WEB = frozenset(("webpage", "post", "post-weblog"))


def passage_item(
    work: Work,
    edition: Edition,
    *,
    section_titles: Sequence[str] = (),
    page: str = "",
    juan: str = "",
    leaf: str = "",
    urn: str = "",
    url: str = "",
    accessed: date | None = None,
) -> dict[str, Any]:
    """The CSL item that cites one passage.

    Args:
        work: the work; its title and author are cited unless the edition's citation fields name others.
        edition: the edition; `citation` holds CSL fields and decides the type (`book` if it does not say).
        section_titles: titles from the top section down to the passage's own; an article of a journal issue is
            the top one, and a text without pages is cited by the last.
        page: label of the printed page (`12`).
        juan: the page's juan as the source has it (`003`, `卷三`).
        leaf: leaf and side (`12a`); wins over `page`.
        urn: the passage's name, the item's id.
        url: its stable address; with one the item is cited as read online.
        accessed: when it was read.

    Returns:
        A valid CSL item. Its `locator` is `卷3：12a`, `12a`, `12` or a section's title; only what is known.

    Raises:
        UsageError: the edition's citation fields cannot be cited; names the field.
    """
    given = {field: _field(field, value) for field, value in edition.citation.items() if value not in (None, "")}
    kind = given.setdefault("type", "book")
    titles = [title.strip() for title in section_titles if title.strip()]
    issue = kind in _ARTICLES and "title" not in given and "container-title" not in given
    if issue and not titles:
        kind = given["type"] = "periodical"
        issue = False
    item: dict[str, Any] = {
        "id": urn or edition.urn,
        "title": titles[0] if issue else work.title,
        **({"container-title": work.title} if issue else {}),
        # The author of a journal is not the author of what is printed in it.
        **({} if issue else {"author": _people(work.author)}),
        "edition": edition.statement or (edition.label if _needs_label(kind, given) else ""),
        "collection-title": edition.series,
        "language": "-".join(filter(None, (work.language, edition.script))),
        **given,
    }
    # A label 003-12a holds the juan again.
    spot = leaf.strip() or re.sub(r"^[^-]+-(?=[0-9]+[a-z]$)", "", page.strip())
    told = juan_label(juan)
    if told and kind == "chapter":
        # The standard's own example: 周易外传：卷5[M]//王夫之. 船山全书：第1册.
        item["title"] = f"{item['title']}：{told}"
        told = ""
    last = titles[-1] if titles and not issue else ""
    item["locator"] = "：".join(filter(None, (told, leaf_label(spot)))) or last
    if url and not (kind in _WEB and item.get("URL")):
        item["URL"] = url
    if accessed is not None:
        item["accessed"] = {"date-parts": [[accessed.year, accessed.month, accessed.day]]}
    if urn:
        item["custom"] = {**_mapping(item.get("custom")), "urn": urn}
    return checked({field: value for field, value in item.items() if value not in ("", [])}, where=edition.urn)


def juan_label(juan: str) -> str:
    """The juan with an Arabic number, as GB/T 7714 has it: 003, 卷三 and 3 are 卷3; 上 is 卷上; 0 and "" are empty."""
    name = re.sub(r"^第(?=.+卷$)|(?<=.)卷$|^卷第?", "", juan.strip())
    number = from_chinese(name)
    return f"卷{number}" if number else "" if number == 0 or not name else f"卷{name}"


def leaf_label(leaf: str) -> str:
    """Leaf or page without leading zeros: `012a` is 12a; anything else is kept."""
    return re.sub(r"^0+(?=[0-9]+[a-zA-Z]?$)", "", leaf)


def _needs_label(kind: str, given: Mapping[str, Any]) -> bool:
    """Whether only the label (文淵閣四庫全書本) can say which edition it is."""
    return kind not in _PARTS | _WEB and not any(given.get(field) for field in ("publisher", "edition"))


def _field(field: str, value: object) -> Any:
    """A citation field as CSL has it, from the shorter ways a work.yaml may write it."""
    if field in NAMES:
        return _people(value)
    if field in DATES:
        if isinstance(value, date):
            return {"date-parts": [[value.year, value.month, value.day]]}
        if isinstance(value, int) and not isinstance(value, bool):
            return {"date-parts": [[value]]}
        if isinstance(value, str):
            # Other programs print the literal, and sort by the parts.
            start = parse_date(value).start
            return {**({"date-parts": [list(start)]} if start else {}), "literal": value}
    return value


def _people(value: object) -> Any:
    """Names out of 「王夫之、王闿运」, or a list of such; a list of CSL names as it is."""
    if isinstance(value, str):
        return [{"literal": name.strip()} for name in re.split("[、；;]", value) if name.strip()]
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, list | tuple):
        return [person for part in value for person in (_people(part) if isinstance(part, str) else [part])]
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
