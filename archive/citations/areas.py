"""The areas of a GB/T 7714 reference that every kind of item shares: names, edition, imprint, pages, access."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from archive.citations.editions import edition, volume
from archive.citations.names import reference_name
from archive.citations.pages import page_numbers
from archive.citations.record import Record


@dataclass(frozen=True, slots=True)
class Rules:
    """What one edition of the standard prescribes."""

    comma: str
    colon: str
    opening: str
    closing: str
    span: str
    """Joins the first and last year of a serial."""
    suffix: str
    """Stands before Jr."""
    role_after_others: str
    """Stands between 等 and 译."""
    capitals: bool
    """Western family names in capitals."""
    hyphens: bool
    """J-L, not J L."""
    pinyin: bool
    """Given names in pinyin are left whole."""
    accessed_always: bool
    """Every item online shows when it was read; otherwise only web pages, data sets, preprints and programs do."""
    number_first: bool
    """A standard is its number and title; a patent is known by its application number."""
    preprints: bool
    """Has a code for preprints."""


MAKERS = ("author", "editor", "compiler", "editorial-director", "director", "composer", "performer", "organizer")
_OTHERS = {"zh": "等", "ja": "他", "ko": "등", "ru": "и др."}
_ROLES = (
    ("editor", {"zh": "编", "ja": "編", "en": "ed."}),
    ("compiler", {"zh": "辑", "ja": "編", "en": "comp."}),
    ("translator", {"zh": "译", "ja": "訳", "en": "trans."}),
    ("illustrator", {"zh": "绘", "ja": "絵", "en": "illus."}),
)
_UNKNOWN = {"zh": ("出版地不详", "出版者不详"), "ja": ("出版地不明", "出版者不明"), "en": ("S.l.", "s.n.")}
_CARRIERS = (
    ("CD", r"cd|光盘|光碟|dvd"),
    ("MT", r"磁带|magnetic tape"),
    ("DK", r"磁盘|软盘|disk"),
    ("MM", r"缩微|microf"),
)


@dataclass(frozen=True, slots=True)
class Areas:
    """One item seen through one standard; every method returns a piece of the reference, empty if it is not told."""

    record: Record
    rules: Rules

    def names(self, *roles: str) -> str:
        """Those of the first role that has any: up to three, then 等."""
        return self._listed(*roles)[0]

    def contributors(self, part: bool) -> list[str]:
        """Editors and translators after the title, an area a role; whoever opens the reference is left out.

        Args:
            part: the item is part of a whole, and the editor is the whole's.
        """
        opened = next((role for role in MAKERS if self.record.names(role)[0]), "")
        areas = []
        for role, words in _ROLES:
            if role == opened or (part and role in MAKERS):
                continue
            names, short = self._listed(role)
            if names:
                told = self.record.names(role)[0][-1].role
                word = told or words.get(self.record.language, words["en"])
                several = word == "ed." and len(self.record.names(role)[0]) > 1
                joint = self.rules.role_after_others if short and self.record.language == "zh" else self.rules.comma
                areas.append(names + joint + ("eds." if several else word))
        return areas

    def _listed(self, *roles: str) -> tuple[str, bool]:
        names, others = self.record.names(*roles)
        rules = self.rules
        shown = [
            reference_name(
                name, capitals=rules.capitals, hyphens=rules.hyphens, pinyin=rules.pinyin, suffix=rules.suffix
            )
            for name in names[:3]
        ]
        short = bool(names) and (others or len(names) > 3)
        return self.comma(*shown, _OTHERS.get(self.record.language, "et al.") if short else ""), short

    def comma(self, *parts: str) -> str:
        """The parts that are told, with commas."""
        return self.rules.comma.join(filter(None, parts))

    def colon(self, *parts: str) -> str:
        """The parts that are told, with colons."""
        return self.rules.colon.join(filter(None, parts))

    def round(self, text: str) -> str:
        """The text in round brackets."""
        return f"{self.rules.opening}{text}{self.rules.closing}" if text else ""

    def edition(self) -> str:
        """The edition statement."""
        return edition(self.record.text("edition"), self.record.language)

    def volume(self) -> str:
        """Volume and title of the volume: 第二卷 科学思想史."""
        told = volume(self.record.text("volume"), self.record.language), self.record.text("volume-title", "part-title")
        return " ".join(filter(None, told))

    def year(self) -> str:
        """The year of issue, with the reign year in brackets: 1865（清同治四年）."""
        return self._reign(self.record.date("issued").year(self.rules.span))

    def day(self) -> str:
        """The date of issue as far as known, with the reign year in brackets."""
        return self._reign(self.record.date("issued").full(self.rules.span))

    def _reign(self, date: str) -> str:
        reign = self.record.date("issued").reign
        return date + self.round(reign if reign != date else "")

    def pages(self, *more: str) -> str:
        """The place cited, else the pages of the whole: hyphens, no p. and no 页; a juan keeps its colon."""
        pages = page_numbers(self.record.text("locator", "page", *more))
        return re.sub(r"\s*[:：]\s*", self.rules.colon, pages)

    def published(self, accessed: str, date: str, *, unknown: bool = False) -> str:
        """`place：publisher，date：pages` and the date of access.

        Args:
            accessed: the date of access in brackets, or empty.
            date: the date of issue as this kind of item shows it.
            unknown: a printed item of which only place or publisher is known says so of the other (7.5.2, 7.5.3).
        """
        place, publisher = self.record.text("publisher-place"), self.record.text("publisher")
        if unknown and not self.online and bool(place) != bool(publisher):
            no_place, no_publisher = _UNKNOWN.get(self.record.language, _UNKNOWN["en"])
            place, publisher = place or f"[{no_place}]", publisher or f"[{no_publisher}]"
        return self.colon(self.comma(self.colon(place, publisher), date), self.pages()) + accessed

    @property
    def online(self) -> bool:
        """Whether the item has an address or an identifier on the network."""
        return bool(self.record.url or self.record.doi or self.record.text("CSTR"))

    def carrier(self) -> str:
        """The carrier code after the slash, for anything but paper."""
        medium = self.record.text("medium").lower()
        return "OL" if self.online else next((code for code, words in _CARRIERS if re.search(words, medium)), "")

    def access(self) -> list[str]:
        """The address, then the identifiers that the address does not already hold (7.9)."""
        url = self.record.url
        held = unquote(url).casefold()
        pids = (("DOI", self.record.doi), ("CSTR", self.record.text("CSTR").replace(" ", "")))
        return [url, *(f"{label}:{pid}" for label, pid in pids if pid and pid.casefold() not in held)]


def joined(areas: Iterable[str]) -> str:
    """Areas closed by full stops, none doubled; an area that opens with `//` follows without one."""
    text = ""
    for area in filter(None, areas):
        stop = "" if not text or area.startswith("//") else " " if text.endswith(".") else ". "
        text += stop + area
    return text if text.endswith(".") else text + "."


def strip_stop(title: str) -> str:
    """A title without the full stop that some catalogues end it with; an abbreviation keeps its own (Inc.)."""
    return re.sub(r"(?<=[^\W\d_]{4})\.$|(?<=[^\x00-\x7f])\.$|(?<!。)。$", "", title)


def journal(title: str) -> str:
    """A journal's name; abbreviated by ISO 4 it loses its stops: `Br. Med. J.` Br Med J (7.1.3)."""
    return re.sub(r"(?<=\w)\.(?=\s|$)", "", title) if len(re.findall(r"\w\.(?:\s|$)", title)) > 1 else title
