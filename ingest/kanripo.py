"""What the Kanseki Repository's ids, branches and title pages say about a text.

Ids as in its catalogue: `KR1a0120` is part 1 (經部), class a, number 0120; a branch of its repository is a witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PREFIX = "kanripo:"
ID = re.compile(r"KR[1-6][a-z]\d{4}")
TEXT_FILE = re.compile(r"[A-Za-z0-9]+_\d{3}\.txt")

CATEGORIES = {"KR1": "經部", "KR2": "史部", "KR3": "子部", "KR4": "集部", "KR5": "道部", "KR6": "佛部"}
COLLECTION = "漢籍"

# The repository's sigla, where the text's own Readme.org does not spell them out.
WITNESSES = {
    "WYG": "文淵閣四庫全書本",
    "SBCK": "四部叢刊本",
    "HFL": "正統道藏・涵芬樓版",
    "ZTDZ": "正統道藏・三家本",
    "CK-KZ": "重刊道藏輯要本",
    "YP-C": "原版道藏輯要本",
    "T": "大正新脩大藏經本",
}

_README_WITNESS = re.compile(r"^\s*\|\s*(?P<siglum>[\w-]+)\s*\|\s*【(?P<label>[^】]+)】", re.MULTILINE)

# The commonest surnames, enough to tell 漢陽｜王夫之 and 道士｜李沖昭 apart.
_SURNAMES = frozenset(
    "王李張劉陳楊趙黃周吳徐孫胡朱高林何郭馬羅梁宋鄭謝韓唐馮于董蕭程曹袁鄧許傅沈曾彭呂蘇盧蔣蔡賈丁魏薛葉閻余潘杜戴夏鍾"
    "汪田任姜范方石姚譚廖鄒熊金陸郝孔白崔康毛邱秦江史顧侯邵孟龍萬段雷錢湯尹黎易常武喬賀賴龔文歐陽紀孫袁邁周惇冲吕髙黄"
)
_DYNASTIES = (
    "周|秦|漢|後漢|三國|蜀|魏|吳|晉|宋|南齊|齊|梁|陳|北魏|北齊|北周|隋|唐|五代|後晉|後蜀|南唐|遼|金|元|明|清|國朝"
)
_VERB = "撰|譔|著|述|編|輯|註|注"
_SPACED = re.compile(rf"(?:^|\s)(?P<dynasty>{_DYNASTIES})\s+(?P<name>\S(?:\s*\S){{1,2}})\s+(?:{_VERB})$")
_JOINT = re.compile(rf"[同等][奉敕勅]*(?:{_VERB})$")
_SOLID = re.compile(rf"(?P<before>\S*?)(?P<name>\S{{2,3}})\s*(?:{_VERB})$")


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who a title page says wrote the book; both empty when it does not say so plainly."""

    author: str = ""
    dynasty: str = ""


def is_text_folder(folder: Path) -> bool:
    """Whether a folder holds one text as the repository publishes it."""
    return any(TEXT_FILE.fullmatch(path.name) for path in folder.glob("*_[0-9][0-9][0-9].txt"))


def category(text_id: str) -> str:
    """The text's class among the four parts and two canons; empty for an id of another house."""
    return CATEGORIES.get(text_id[:3], "")


def witness_labels(folder: Path) -> dict[str, str]:
    """Sigla and names of the witnesses the text's Readme.org lists."""
    readme = folder / "Readme.org"
    if not readme.is_file():
        return {}
    found = _README_WITNESS.finditer(readme.read_text(encoding="utf-8", errors="replace"))
    return {match["siglum"]: match["label"] for match in found}


def slug(name: str) -> str:
    """A siglum or id as part of a URN."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_") or "x"


def responsibility(lines: Iterable[str]) -> Responsibility:
    """The author named on a title page.

    Only what is certain: `明　曹端　撰` by its spaces, `漢陽王夫之撰` by a surname after a place. Joint works
    (`宋朱子張栻林用中同撰`, which ends the search) and prefaces stay without an author, to be told in work.yaml.
    """
    for line in lines:
        tidy = line.strip()
        if _JOINT.search(tidy):
            break
        found = _SPACED.search(tidy)
        if found:
            return Responsibility(re.sub(r"\s", "", found["name"]), _dynasty(found["dynasty"]))
        solid = _SOLID.fullmatch(tidy)
        if solid and len(tidy) <= 12:
            name = solid["name"]
            if name[0] in _SURNAMES:
                return Responsibility(name, "")
    return Responsibility()


def _dynasty(name: str) -> str:
    return "清" if name == "國朝" else name
