"""What a heading looks like in Chinese books: the units of division, their numerals, and their order of rank.

All tables are literal. A line that matches none of them may still be a heading by its place on the page; that is for
`ingest.segmentation` to decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.stream import Range

NUMERAL = "0-9０-９〇零一二三四五六七八九十百千兩两廿卅卌壹貳贰弍叁參弎肆伍陸陆柒捌玖拾甲乙丙丁戊己庚辛壬癸ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
_N = f"[{NUMERAL}]+"
_PLACE = "[上中下前後后內内外首末]"
_GAP = "[ \u3000]"

# Rank of a unit of division: the smaller, the higher.
_UNITS = {
    **dict.fromkeys("部", 5),
    **dict.fromkeys("編编", 6),
    **dict.fromkeys("集輯辑冊册函", 7),
    **dict.fromkeys("卷巻", 10),
    **dict.fromkeys("篇", 30),
    **dict.fromkeys("章回出齣折", 32),
    **dict.fromkeys("門门類类", 34),
    **dict.fromkeys("節节", 40),
    **dict.fromkeys("條条款則则", 42),
}
_ALL_UNITS = "".join(_UNITS)
JUAN = re.compile(
    rf"(?P<work>.{{0,16}}?)(?P<juan>[卷巻](?:[之第]?{_N}(?:之{_N}|{_PLACE}(?:之{_N})?)?|之?{_PLACE}))(?P<end>[終终畢毕])?"
)
_NUMBERED = re.compile(
    rf"第{_GAP}*{_N}{_GAP}*(?P<unit>[{_ALL_UNITS}])(?:{_PLACE})?(?:[：:、.．]?{_GAP}*(?P<rest>.{{0,40}}))?"
)
COUNTED = re.compile(rf".{{1,10}}第{_N}")
_POINTS = (
    (re.compile(r"[一二三四五六七八九十]{1,3}、.{1,30}"), 60),
    (re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）].{1,30}"), 62),
    (re.compile(r"[0-9０-９]{1,2}(?:[.．][0-9]{1,2}){0,2}[.．、 ]? ?[^0-9.．、 ].{0,30}"), 64),
)
_POINT_OPENINGS = frozenset("一二三四五六七八九十（(0123456789０１２３４５６７８９")
_SENTENCE = re.compile("[。！？；!?;]|——|[：，、,:…]$")
_SENTENCE_END = re.compile("[。！？；：，、!?;:,…]$")

# Pieces before and after the body of a book, and the pieces of a modern article.
_PIECES = re.compile(
    r"(?:原序|自序|序言|後序|后序|小序|總序|总序|序|自敘|自叙|敘|叙|跋|後跋|後記|后记|後叙|題辭|题辞|弁言|例言"
    r"|提要|凡例|附[錄録录]|目[錄録录]|目次|前言|引言|[緒绪][論论]|導言|导言|結語|结语|結論|结论|餘論|余论"
    r"|參考文獻|参考文献|年譜|年谱|發刊詞|发刊词|編後記|编后记)"
)
_EXACT_PIECES = frozenset(("序", "跋", "敘", "叙", "引", "摘要", "注释", "註釋", "正文", "圖版"))
_CONTENTS = re.compile("(?:總|总)?目(?:[錄録录]|次)|Contents", re.IGNORECASE)

# The divisions of a gazetteer and of a collected works.
_TREATISE = re.compile("[^　]{1,5}志")
_PLACE_NAME = re.compile("[^　]{1,4}(?:府|州|縣|县|廳|厅|衛|衞|司|省|市|區|区|路|軍|監)|全省|總部|縂部")
_REIGN_LIST = re.compile("[^　]{1,6}官制|皇清[^　]{2,4}|.{2,16}[試试]榜|[^　]{1,4}(?:進士|舉人|貢生|進士榜)")
_IMPERIAL = re.compile(
    "(?:登極|祭告|諭祭|勅封|敕封|勅建|御製|特頒)[^　]{0,40}(?:詔|文|諭|碑|記|序|詩|論|聯|額)"
    "|諭(?:大學士|巡撫|總督)[^　]{2,8}"
)
_IMPERIAL_OPENINGS = frozenset(("登極", "祭告", "諭祭", "勅封", "敕封", "勅建", "御製", "特頒", "諭大", "諭巡", "諭總"))
_AGES = """
上古 唐虞 三代 虞 夏 商 周 秦 楚 漢 前漢 西漢 後漢 東漢 三國 三國蜀 三國呉 三國吳 三國魏 蜀 蜀漢 魏 吳 呉 晉 西晉 東晉
南北朝 南朝 北朝 劉宋 南宋 北宋 宋 齊 南齊 梁 陳 北魏 後魏 北齊 北周 後周 隋 唐 五代 後梁 後唐 後晉 南唐 後蜀
遼 金 元 明 清 皇清 國朝 本朝 大清 民國 近代 現代 现代 当代 當代
"""
_DYNASTIES = frozenset(_AGES.split())
_DUKES = frozenset(f"{duke}公" for duke in "隱桓莊荘閔僖文宣成襄昭定哀")
_GENRE = re.compile(
    r"(?:[四五六七雜]言)?(?:古|近體|古體|樂府|排律|律|絶|絕|古今體)*[詩賦詞曲](?:[類賦詞]|餘)?|[四五六七][言]?(?:律|絶句|絕句|古|排律|絶|絕)"
    r"|(?:論|辯|辨|議|考|説|說|解|記|序|敘|跋|䟦|引|書|啟|啓|牘|尺牘|疏|表|箋|奏[疏議章]|對|策|䇿|頌|贊|賛|銘|箴|誄|碑|碑銘|墓[誌志]銘?"
    r"|墓表|誌銘|行狀|事狀|傳|祭文|哀辭|連珠|雜[著文說記紀體]|樂府|離騷|騷|題跋|檄|詔|誥|[敕勅]|制|詩[類賦文]|[文詩賦]類|聯句|書後)+"
    rf"(?:{_N}(?:[首篇則])?)?",
)
_SUB = re.compile(rf"其{_N}|又|又{_N}首?|[一二三四五六七八九十]{{1,3}}|之{_N}|第{_N}首?")

_BYLINE = re.compile(
    r".{0,28}(?:[同敬恭謹]?(?:撰|譔|著|編|编|述|輯|辑|註|注|校|訂|纂|譯|译|評|選|集|書|識|識語|記|题|題|敘|叙)|編次|纂輯|校[訂正])|(?:作者|撰文|编者|編者|整理|编辑)[：:].{1,20}"
)
_OFFICE = re.compile("總(?:纂|校)官")
_END_MARK = re.compile(r".{0,24}(?:[卷巻].{0,5}|[^　]{2,12})[終终畢毕完]")

# A line that opens with one of these is a remark on the text, not a heading over it.
_REMARK = re.compile(
    "[謹谨]?[按案]|註|注|集[說説]|原[註注]|附[按案記]|又[按案曰云]|補[註注]|○|□|右|以上|賜[名額]|部文|[—─―－–（(]"
)
_FACT = re.compile(
    "在[州縣府城].*[東西南北内外前後里]|[一二三四五六七八九十百千][里員名户戸人度漠]$|^(?:[東西南北]至|[并並]分|重[建修])"
    "|兵燬|食之|大水|有年$"
)
_PROSE_END = re.compile("[也矣焉耳乎哉歟與邪耶云爾者而於于。！？；，、]$|(?<![次賦和記贈示哭弔送答酬寄題詠咏])之$")

# 擡頭: words that honour begins a new, raised column in mid-sentence (四庫 and official prints).
_HONOUR = re.compile(
    "皇|國[家朝]|本朝|聖|御|欽|勅|敕|詔|諭|[㫖旨]|上[諭命論聞]|天|[世太髙高仁憲聖列烈][祖宗]|祖[宗功]|宗[廟徳德社]|社稷|今上|特[命簡頒恩]"
    "|王命|朝|恩|龍馭|陛|殿下|宸|盛[典世徳德]|大行|萬年|命|神|先[帝皇]|列聖|新命|上天|昊天|皇天|部|闕|進|表"
    "|題[為請明達參叅前報補改允外伏]|兪|俞[允㫖旨]|睿|殊恩|軫念|[德徳]意|堯|簡命|經筵|廷對|景[運命]|明靈|湛恩"
)


class Found(NamedTuple):
    """A heading the tables know.

    `family` says what kind of division it is, `rank` where it stands (the smaller, the higher; see `RANKS`), `title`
    is its text fit for a table of contents, `sure` that no sentence would end in these words.
    """

    family: str
    rank: int
    title: str
    sure: bool = False


# Families whose order among themselves differs from book to book share one rank and are ranked by first appearance.
RANKS = {"piece": 12, "treatise": 20, "free": 38, "sub": 90}


@lru_cache(maxsize=1 << 12)
def recognise(text: str) -> Found | None:
    """What the tables make of a line, its notes left out; None if they do not know it."""
    text = text.strip()
    if not text or len(text) > 60:
        return None
    first, _, rest = text.partition("\u3000")
    if "第" in first:
        if text[0] == "第" and (found := _NUMBERED.fullmatch(text.replace("\u3000", " "))):
            return Found("unit", _UNITS[found["unit"]], spaced(text), not _SENTENCE_END.search(text))
        if COUNTED.fullmatch(first) and first[-1] not in "上中下":
            return Found("unit", 36, first)
    if rest.strip():
        return _spread(text)
    if (juan := JUAN.fullmatch(first) if "卷" in first or "巻" in first else None) and not juan["end"]:
        return Found("unit", 10, juan["juan"] if juan["work"] else first, True)
    if len(first) <= _LONGEST_KNOWN:
        if (known := _FAMILIES.fullmatch(first)) and (family := known.lastgroup):
            return Found(family, RANKS.get(family, RANKS["free"]), first, family == "list")
        for family, rank, words in _WORDS:
            if first in words:
                return Found(family, rank, first, family == "duke")
    if first[:2] in _IMPERIAL_OPENINGS and _IMPERIAL.fullmatch(first):
        return Found("imperial", RANKS["free"], first, True)
    return _point(text)


_LONGEST_KNOWN = 18
_FAMILIES = re.compile(
    f"(?P<sub>{_SUB.pattern})|(?P<genre>{_GENRE.pattern})|(?P<treatise>{_TREATISE.pattern})"
    f"|(?P<place>{_PLACE_NAME.pattern})|(?P<list>{_REIGN_LIST.pattern})|(?P<piece>{_PIECES.pattern})"
)
_WORDS = (
    ("dynasty", RANKS["free"], _DYNASTIES),
    ("duke", RANKS["free"], _DUKES),
    ("piece", RANKS["piece"], _EXACT_PIECES),
)


def _spread(text: str) -> Found | None:
    """序　　言 and the like: a short word set wide."""
    solid = re.sub(_GAP, "", text)
    if len(solid) <= 4 and (solid in _EXACT_PIECES or _PIECES.fullmatch(solid)):
        return Found("piece", RANKS["piece"], solid)
    return None


def _point(text: str) -> Found | None:
    """一、（一）1. of modern prose, where the line is no whole sentence."""
    if len(text) <= 36 and text[0] in _POINT_OPENINGS and not _SENTENCE.search(text):
        for pattern, rank in _POINTS:
            if pattern.fullmatch(text):
                return Found("point", rank, spaced(text))
    return None


def is_juan_title(text: str) -> bool:
    """Whether a line is a book's title with its juan, `周易稗疏卷一`, also at the end of the juan."""
    first = text.strip().partition("\u3000")[0]
    return bool(JUAN.fullmatch(first) or _END_MARK.fullmatch(first))


def is_series(text: str) -> bool:
    """Whether a line is the running title of the imperial collection."""
    return text.startswith("欽定四庫全書")


def is_contents(title: str) -> bool:
    """Whether a part so called is a table of contents."""
    return bool(_CONTENTS.fullmatch(title))


def is_byline(text: str) -> bool:
    """Whether a line says who wrote, edited or copied the text."""
    solid = re.sub(_GAP, "", text)
    return 3 <= len(solid) <= 30 and "\u3000\u3000\u3000" not in text.strip("\u3000") and bool(_BYLINE.fullmatch(solid))


def may_title(text: str) -> bool:
    """Whether a line that reads as a byline may as well be the title of a letter, a record or a preface."""
    return text[-1:] in "書记記題题敘叙集選"


def is_office(text: str) -> bool:
    """Whether a line names the officers of the imperial collection, 總纂官紀昀 …, at the end of its notices."""
    return bool(_OFFICE.match(re.sub(_GAP, "", text)))


def is_remark(text: str) -> bool:
    """Whether a set-in line is commentary on the text above it."""
    return bool(_REMARK.match(text))


def tells_fact(text: str) -> bool:
    """Whether a line says where or how many, `在縣東二里`, as a gazetteer's entries do and no heading does."""
    return bool(_FACT.search(text))


def ends_like_prose(text: str) -> bool:
    """Whether a line ends in a particle that no heading ends in."""
    return bool(_PROSE_END.search(text))


def may_be_sure(text: str) -> bool:
    """Whether it is worth asking `recognise` if a line is surely a heading; cheap, for every paragraph's last line."""
    return text[0] in "第卷巻" or text[-1] in "榜制公" or text[:2] in _IMPERIAL_OPENINGS


def opens_division(text: str) -> bool:
    """Whether a line that begins with an honoured word is nevertheless the name of a division, 皇清 or 登極恩詔."""
    first = text.partition("\u3000")[0]
    return first in _DYNASTIES or bool(_IMPERIAL.fullmatch(first))


def is_honoured(text: str) -> bool:
    """Whether a raised line may be one that goes on with the sentence, raised out of respect."""
    return bool(_HONOUR.match(text))


def main_text(text: str, notes: Sequence[Range]) -> str:
    """A text without its notes."""
    for start, end in reversed(notes):
        text = text[:start] + text[end:]
    return text


def spaced(text: str) -> str:
    """A text with every gap in it a single space."""
    return re.sub(rf"{_GAP}+", " ", text).strip()
