"""One citable item as the styles read it: every field one line of plain text, whatever the export held.

Zotero keeps variables it has no field for in the note, one a line (`page: 35`); they are read here too, as its
own citation processor does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.citations.csl import DATES, NUMBERS, TEXTS, TYPES, checked
from archive.citations.dates import Date, parse_date
from archive.citations.names import CJK, Name, read_names

_ATTRIBUTE = r"""\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*')"""
_TAG = re.compile(rf"</?(?:i|b|em|strong|sub|sup|sc|u|span|p|italic|bold)(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_NOTE_FIELDS = {field.lower().replace("_", "-"): field for field in TEXTS | NUMBERS | DATES | {"type", "title"}}
_NOTE_FIELDS |= {"cstr": "CSTR"}
_SCRIPTS = (("ja", "[\u3040-\u30ff]"), ("ko", "[\uac00-\ud7a3]"), ("zh", CJK.pattern), ("ru", "[\u0400-\u04ff]"))
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def plain(value: object) -> str:
    """One line of plain text: markup of rich CSL text taken off, control characters and line ends made one space."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
    return _SPACE.sub(" ", _TAG.sub("", re.sub(r"<br\s*/?>", " ", text))).strip()


@dataclass(frozen=True, slots=True)
class Record:
    """A checked item; `source` is the item as it came, `fields` the same with the note's variables added."""

    source: Mapping[str, Any]
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, item: object, number: int = 1) -> Record:
        """Check `item` and wrap it.

        Raises:
            UsageError: it cannot be cited; `number` says which it was.
        """
        source = checked(item, number=number)
        return cls(source, _with_note(source))

    @property
    def kind(self) -> str:
        """The CSL type."""
        return str(self.fields["type"])

    def text(self, *fields: str) -> str:
        """The first of `fields` that holds anything, as one line of plain text; empty if none does."""
        return next(filter(None, (plain(self.fields.get(field)) for field in fields)), "")

    def names(self, *roles: str) -> tuple[tuple[Name, ...], bool]:
        """The names of the first of `roles` that has any, and whether the list says that there are others."""
        for role in roles:
            names, others = read_names(self.fields.get(role), plain)
            if names:
                return names, others
        return (), False

    def date(self, field: str) -> Date:
        """The date in `field`; empty if there is none."""
        date = parse_date(self.fields.get(field))
        return Date(date.start, date.end, date.ongoing, date.circa, plain(date.reign), plain(date.verbatim))

    @property
    def language(self) -> str:
        """`zh`, `ja`, `ko`, `ru`, or `en` for the rest: as stated, else by the script of the title."""
        stated = self.text("language").lower().replace("_", "-").partition("-")[0]
        stated = {"chi": "zh", "zho": "zh", "lzh": "zh", "cn": "zh", "jpn": "ja", "kor": "ko", "rus": "ru"}.get(
            stated, stated
        )
        if stated in ("zh", "ja", "ko", "ru"):
            return stated
        title = self.text("title")
        by_script = next((language for language, script in _SCRIPTS if re.search(script, title)), "en")
        # A western title may quote a Chinese word; a stated western language settles it.
        return "en" if stated and re.fullmatch("[a-z]{2,3}", stated) and re.search("[A-Za-z]", title) else by_script

    @property
    def url(self) -> str:
        """The address, without any space."""
        return self.text("URL").replace(" ", "")

    @property
    def doi(self) -> str:
        """The DOI alone, without resolver or label."""
        return _DOI.sub("", self.text("DOI")).replace(" ", "")


def _with_note(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with the variables that its note holds; a note never replaces a field but the type and a date."""
    note = source.get("note")
    found: dict[str, Any] = {}
    for line in note.splitlines() if isinstance(note, str) else ():
        told = line.strip()
        told = told[2:-1] if told.startswith("{:") and told.endswith("}") else told
        name, *rest = re.split("[:：]", told, maxsplit=1)
        value = rest[0].strip() if rest else ""
        field = _NOTE_FIELDS.get(re.sub("[ _]", "-", name.strip().lower()), "note")
        if not value or field == "note" or (field == "type" and value not in TYPES):
            continue
        better = field == "type" or (field in DATES and parse_date(value).start)
        if better or not (source.get(field) if field in DATES else plain(source.get(field))):
            found.setdefault(field, value)
    return {**source, **found} if found else source
