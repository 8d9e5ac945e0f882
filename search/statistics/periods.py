"""When a work was made, as far as its catalogue entry says: its period and its century, and which came before which."""

from __future__ import annotations

from archive.model import Work

UNKNOWN = 1 << 31
"""Sorts after every year."""

# The year in which each began, only to put them in order. A label counts as the one it names first: 明末清初 as 明.
_DYNASTIES = {
    "夏": -2070,
    "商": -1600,
    "周": -1046,
    "春秋": -770,
    "战国": -475,
    "戰國": -475,
    "先秦": -476,
    "秦": -221,
    "汉": -202,
    "漢": -202,
    "三国": 220,
    "三國": 220,
    "魏": 220,
    "蜀": 221,
    "吴": 222,
    "吳": 222,
    "晋": 266,
    "晉": 266,
    "南北朝": 420,
    "南朝": 420,
    "北朝": 439,
    "隋": 581,
    "唐": 618,
    "五代": 907,
    "辽": 916,
    "遼": 916,
    "宋": 960,
    "西夏": 1038,
    "金": 1115,
    "元": 1271,
    "明": 1368,
    "清": 1644,
    "近代": 1840,
    "民国": 1912,
    "民國": 1912,
    "现代": 1949,
    "現代": 1949,
    "当代": 1978,
    "當代": 1978,
}


def period(work: Work) -> str:
    """The period of a work, or else its dynasty; empty if nobody says."""
    return work.period or work.dynasty


def begun(work: Work) -> int:
    """A year to sort the period of a work by: when its dynasty began, else when the work itself did, else `UNKNOWN`."""
    named = period(work)
    found = [(named.find(name), -len(name), year) for name, year in _DYNASTIES.items() if name in named]
    return min(found)[2] if found else year(work)


def year(work: Work) -> int:
    """The year in which the work was begun, `UNKNOWN` if nobody says."""
    return UNKNOWN if work.year_from is None else work.year_from


def century(work: Work) -> str:
    """`17世纪`, `前3世纪`; empty if nobody says when the work was begun."""
    if work.year_from is None:
        return ""
    if work.year_from <= 0:
        return f"前{(max(-work.year_from, 1) - 1) // 100 + 1}世纪"
    return f"{(work.year_from - 1) // 100 + 1}世纪"


def years(work: Work) -> str:
    """`1655—1692 年`, `前50 年`; empty if nobody says when the work was begun."""
    said = dict.fromkeys(one for one in (work.year_from, work.year_to) if one is not None)
    if work.year_from is None:
        return ""
    return f"{'—'.join(f'前{-one}' if one < 0 else str(one) for one in said)} 年"
