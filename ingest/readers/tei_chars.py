"""Characters a TEI file describes for itself: `<charDecl>` in the header, for `<g ref="#id"/>` in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

GETA = "〓"
"""Stands in the text for a character that has no code point."""

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_CODE = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_EXACT = ("unicode", "codepoint")
_NORMAL = ("standard", "normalized", "normalised", "normal_unicode", "modern", "simplified")
_STRUCTURE = ("ids", "composition", "structure")


class Glyph(NamedTuple):
    """What the header says of one character: its code point, its description sequence, a common form for it."""

    id: str
    char: str = ""
    ids: str = ""
    normalised: str = ""

    @property
    def value(self) -> dict[str, str]:
        """The facts of a `gaiji` mark, empty ones left out."""
        facts = {"id": self.id, "ids": self.ids, "normalised": self.normalised}
        return {name: fact for name, fact in facts.items() if fact}


def glyphs(root: etree._Element) -> dict[str, Glyph]:
    """Every `<char>` and `<glyph>` of the document by its `xml:id`."""
    found = {}
    for element in root.iter("{*}char", "{*}glyph"):
        name = element.get(_ID)
        if name:
            found[name] = _glyph(name, element)
    return found


def usable(char: str) -> bool:
    """Whether the text can stand for itself: there, and outside the private use areas."""
    return bool(char) and not _PRIVATE.search(char)


def _glyph(name: str, element: etree._Element) -> Glyph:
    facts: dict[str, str] = {}
    for mapping in element.iter("{*}mapping"):
        facts.setdefault((mapping.get("type") or "standard").lower(), _char(mapping.text or ""))
    for prop in element.iter("{*}localProp", "{*}unihanProp", "{*}unicodeProp"):
        facts.setdefault((prop.get("name") or "").lower(), _char(prop.get("value") or ""))
    for prop in element.iter("{*}charProp"):
        facts.setdefault((prop.findtext("{*}localName") or "").lower(), _char(prop.findtext("{*}value") or ""))

    def first(names: tuple[str, ...]) -> str:
        return next((facts[name] for name in names if usable(facts.get(name, ""))), "")

    return Glyph(name, first(_EXACT), first(_STRUCTURE), first(_NORMAL))


def _char(text: str) -> str:
    """The character that `U+XXXX` names, or the text itself."""
    code = _CODE.fullmatch(text.strip())
    return chr(int(code[1], 16)) if code and int(code[1], 16) <= 0x10FFFF else text.strip()
