"""Names of people and bodies, as GB/T 7714 and footnotes write them.

Chinese, Japanese and Korean names are written without a space; western given names become initials; names in pinyin
keep the given name whole (GB/T 28039, GB/T 7714—2025 7.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
# (明)李时珍, [美]乔纳斯: GB/T 7714 leaves dynasty and nation out.
_ORIGIN = re.compile(r"[（(〔\[【［][^）)〕\]】］]{1,5}[）)〕\]】］]\s*(?=\S)")
# 舒士彦 点校: what the person did, set off by a space, as editions of old books are catalogued.
_ROLE = re.compile(
    r"(.{1,40}?)[\s，,、]+(主编|编著|编纂|编修|编译|编|編|辑校|辑佚|辑|輯|纂修|纂|修|撰|著|点校|點校|校点|校點|校注|校註|校|"
    r"标点|標點|注释|註釋|注|註|笺注|箋注|疏证|疏證|疏|整理|译注|譯注|译|譯|绘|繪)"
)
_OTHERS = frozenset(("others", "et al", "et al.", "等"))


@dataclass(frozen=True, slots=True)
class Name:
    """One responsible person or body; a body, or a name not taken apart, is `family` alone and `whole`."""

    family: str
    given: str = ""
    suffix: str = ""
    dropping: str = ""
    """Particle that follows the given name when the family name comes first: Veen P H v d."""
    particle: str = ""
    """Particle that belongs to the family name: van der Merwe K."""
    whole: bool = False
    role: str = ""
    """What the person did, where the name says so: 点校."""

    @property
    def cjk(self) -> bool:
        """Whether the name is in Chinese, Japanese or Korean script."""
        return bool(CJK.search(self.family))

    @property
    def surname(self) -> str:
        """Family name with the particle that belongs to it."""
        return " ".join(filter(None, (self.particle, self.family)))

    def natural(self) -> str:
        """The name in its own order: 王夫之, Tony Boobier."""
        if self.cjk:
            return _cjk(self)
        suffix = f" {self.suffix}" if self.suffix else ""
        return " ".join(filter(None, (self.given, self.dropping, self.surname))) + suffix

    def inverted(self) -> str:
        """`family, given` for reference managers; a whole name as it is."""
        if self.whole or self.cjk:
            return _cjk(self) if self.cjk else self.family
        given = " ".join(filter(None, (self.given, self.dropping)))
        return ", ".join(filter(None, (self.surname, self.suffix, given)))


def read_names(value: object, clean: Callable[[object], str]) -> tuple[tuple[Name, ...], bool]:
    """The names of a checked CSL name variable, and whether the list ends in `others`.

    Args:
        value: a list of CSL names; anything else has no names.
        clean: makes one line of plain text out of a field.
    """
    names: list[Name] = []
    for entry in value if isinstance(value, list | tuple) else ():
        name = _read(entry, clean) if isinstance(entry, Mapping) else None
        if name is not None:
            names.append(name)
    if len(names) > 1 and names[-1].whole and names[-1].family.lower() in _OTHERS:
        return tuple(names[:-1]), True
    return tuple(names), False


def reference_name(name: Name, *, capitals: bool, hyphens: bool, pinyin: bool, suffix: str) -> str:
    """The name family first, as a reference list has it.

    Args:
        name: whose.
        capitals: western family names in capitals (2015).
        hyphens: keep the hyphen between initials: J-L (2025), J L (2015).
        pinyin: leave the given name of a Chinese name in pinyin whole.
        suffix: what stands before Jr.
    """
    if name.cjk:
        return _ORIGIN.sub("", _cjk(name), count=1) if _ORIGIN.match(name.family) else _cjk(name)
    if name.whole:
        return name.family
    family = name.surname.upper() if capitals else name.surname
    given = name.given if pinyin and is_pinyin(name) else initials(name.given, hyphens)
    parts = " ".join(filter(None, (family, given, initials(name.dropping, hyphens))))
    return parts + (suffix + name.suffix.rstrip(".") if name.suffix else "")


def initials(given: str, hyphens: bool) -> str:
    """`Peyton Z.` P Z; `Jean-Luc` J-L, without `hyphens` J L; `MN` M N."""
    words = []
    for word in re.split(r"[\s.．·]+", given):
        if 2 <= len(word) <= 3 and word.isupper():
            words.append(" ".join(word))
        elif word:
            letters = [part[0] for part in re.split(r"[-‐‑]", word) if part]
            words.append(("-" if hyphens else " ").join(letters))
    return " ".join(filter(None, words))


def is_pinyin(name: Name) -> bool:
    """Whether family and given name both read as a Chinese name in pinyin (`Li Jiangning`, not `Lee Ann`)."""
    family, given = name.surname.lower(), re.sub(r"[\s'’-]", "", name.given.lower())
    return bool(
        (_SYLLABLE.fullmatch(family) or _COMPOUND.fullmatch(family))
        and _GIVEN.fullmatch(given)
        and "." not in name.given
    )


def _read(entry: Mapping[str, Any], clean: Callable[[object], str]) -> Name | None:
    part = {key: clean(value) for key, value in entry.items() if isinstance(value, str)}
    whole = part.get("literal", "")
    family = part.get("family", "")
    if not family:
        whole = whole or part.get("given", "")
        if found := _ROLE.fullmatch(whole):
            return Name(found[1], whole=True, role=found[2])
        return Name(whole, whole=True) if whole else None
    return Name(
        family,
        part.get("given", ""),
        part.get("suffix", ""),
        part.get("dropping-particle", ""),
        part.get("non-dropping-particle", ""),
    )


def _cjk(name: Name) -> str:
    gap = "" if not name.given or CJK.search(name.given) else " "
    given = name.given if CJK.search(name.given) else initials(name.given, True)
    return name.surname + gap + given


def _syllables(table: str) -> str:
    finals = (entry.partition(":") for entry in table.split(";"))
    spelled = {initial.strip() + final for initial, _, ends in finals for final in ends.split()}
    return "|".join(sorted(spelled, key=len, reverse=True))


# Syllables of Hanyu Pinyin: initial, then the finals it takes.
_TABLE = _syllables(
    "b:a ai an ang ao ei en eng i ian iao ie in ing o u; p:a ai an ang ao ei en eng i ian iao ie in ing o ou u;"
    "m:a ai an ang ao ei en eng i ian iao ie in ing iu o ou u; f:a an ang ei en eng o ou u;"
    "d:a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo;"
    "t:a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo;"
    "n:a ai an ang ao ei en eng i ian iang iao ie in ing iu ong ou u uan uo ü v yu;"
    "l:a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo ü v yu;"
    "g:a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo;"
    "k:a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo;"
    "h:a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo;"
    "j:i ia ian iang iao ie in ing iong iu u uan ue un; q:i ia ian iang iao ie in ing iong iu u uan ue un;"
    "x:i ia ian iang iao ie in ing iong iu u uan ue un;"
    "zh:a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo;"
    "ch:a ai an ang ao e en eng i ong ou u uai uan uang ui un uo;"
    "sh:a ai an ang ao e en eng i ou u ua uai uan uang ui un uo;"
    "r:an ang ao e en eng i ong ou u uan ui un uo; z:a ai an ang ao e eng i ong ou u uan ui un uo;"
    "c:a ai an ang ao e en eng i ong ou u uan ui un uo; s:a ai an ang ao e en eng i ong ou u uan ui un uo;"
    "y:a an ang ao e i in ing ong ou u uan ue un; w:a ai an ang ei en eng o u; :a ai an ang ao e en er ou"
)
_SYLLABLE = re.compile(_TABLE)
_GIVEN = re.compile(f"(?:{_TABLE}){{1,2}}")
_COMPOUND = re.compile(
    "ouyang|sima|zhuge|shangguan|xiahou|dongfang|huangfu|situ|gongsun|linghu|murong|yuwen|zhangsun|duanmu"
)
