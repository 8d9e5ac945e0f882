"""Citations: CSL-JSON items as references, footnotes, and files for reference managers.

`STYLES` is the table of styles; `load_csl` reads items, `passage_item` makes the item of a passage of the library,
`format_item` and `format_items` print them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.citations import bibtex, footnote, gbt7714, ris
from archive.citations.csl import dump_csl, load_csl
from archive.citations.passage import passage_item
from archive.citations.record import Record
from archive.errors import UsageError

__all__ = ["DEFAULT_STYLE", "STYLES", "Style", "format_item", "format_items", "load_csl", "passage_item", "style_named"]


@dataclass(frozen=True, slots=True)
class Style:
    """A way to print citations: its Chinese name, the media type and file suffix of the result, and who prints it."""

    label: str
    media_type: str
    suffix: str
    render: Callable[[Sequence[Record]], str]


def _csl_json(records: Sequence[Record]) -> str:
    return dump_csl(record.source for record in records)


DEFAULT_STYLE = "gbt7714-2025"
STYLES: dict[str, Style] = {
    "gbt7714-2025": Style("GB/T 7714—2025", "text/plain", ".txt", gbt7714.render_2025),
    "gbt7714-2015": Style("GB/T 7714—2015", "text/plain", ".txt", gbt7714.render_2015),
    "footnote": Style("页下注", "text/plain", ".txt", footnote.render),
    "bibtex": Style("BibTeX", "application/x-bibtex", ".bib", bibtex.render),
    "ris": Style("RIS", "application/x-research-info-systems", ".ris", ris.render),
    "csl-json": Style("CSL-JSON", "application/vnd.citationstyles.csl+json", ".json", _csl_json),
}


def style_named(name: str) -> Style:
    """The style called `name`.

    Raises:
        UsageError: there is none; lists the ones there are.
    """
    if name not in STYLES:
        raise UsageError(f"没有“{name[:40]}”这种引文格式。", remedy=f"可用：{'、'.join(STYLES)}。")
    return STYLES[name]


def format_item(item: Mapping[str, Any], style: str = DEFAULT_STYLE) -> str:
    """One CSL item printed in `style`; one line in the styles of references and footnotes.

    Raises:
        UsageError: unknown style, or an item that cannot be cited; names the field.
    """
    return format_items([item], style)


def format_items(items: Iterable[Mapping[str, Any]], style: str = DEFAULT_STYLE) -> str:
    """CSL items printed in `style`, in their order, without a final line end.

    References and footnotes come one a line; BibTeX, RIS and CSL-JSON as one well-formed document.

    Raises:
        UsageError: unknown style, or an item that cannot be cited; names its number, id and field.
    """
    render = style_named(style).render
    return render([Record.of(item, number) for number, item in enumerate(items, 1)])
