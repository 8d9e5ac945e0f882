"""What the tables of headings know, and how sections nest."""

from __future__ import annotations

import pytest

from ingest import headings, titles
from ingest.headings import RANKS, Found
from ingest.outline import Outline


@pytest.mark.parametrize(
    "text",
    [
        *(
            "卷一",
            "卷十二",
            "巻之三",
            "卷第四",
            "卷廿一",
            "卷卅",
            "卷一〇五",
            "卷百十",
            "卷上",
            "卷之下",
            "卷三十二之一",
        ),
        *(
            "第一章",
            "第十二章　變法",
            "第1章 緒論",
            "第１２章",
            "第Ⅲ部",
            "第 3 節",
            "第卅回",
            "第壹編",
            "第貳輯",
            "第廿一條",
        ),
        *("第一章：總論", "第三卷", "第二篇 理學", "第十則"),
    ],
)
def test_units_with_numerals_of_every_kind(text: str) -> None:
    found = headings.recognise(text)
    assert found is not None
    assert found.family == "unit"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        *((word, "piece") for word in ("自序", "提要", "凡例", "附錄", "目錄", "結語", "参考文献", "序　　言")),
        *((word, "treatise") for word in ("山川志", "學校志", "藝文志")),
        *((word, "place") for word in ("衡州府", "邵陽縣", "直𨽻郴州", "永綏廳")),
        *((word, "dynasty") for word in ("漢", "南北朝", "國朝")),
        *((word, "genre") for word in ("五言古詩", "七律", "記", "序", "跋", "墓誌銘", "奏議")),
        *((word, "sub") for word in ("其二", "又", "二")),
        *((word, "point") for word in ("一、引言", "（二）方法", "1.2 材料", "3. 結果")),
    ],
)
def test_families(text: str, family: str) -> None:
    found = headings.recognise(text)
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "道可道非常道",
            "卷舒自如",
            "一日克己復禮",
            "第以病辭",
            "志於道據於德依於仁",
            "一、此說不確。",
            "1996年湖南",
        ),
        *("他在第一章裡說：", "序列", "回也不愚", "則不然", "天下之人"),
    ],
)
def test_text_is_no_heading(text: str) -> None:
    assert headings.recognise(text) is None


def test_order_of_rank() -> None:
    texts = ("第一部", "第一編", "第一輯", "卷一", "第一篇", "第一章", "第一節", "第一條")
    ranks = [found.rank for text in texts if (found := headings.recognise(text))]
    assert ranks == sorted(set(ranks))
    assert len(ranks) == len(texts)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("濂溪先生祠堂記　　　　　　胡　銓", "濂溪先生祠堂記"),
        ("序　　言", "序"),
        ("第一章　緒論", "第一章 緒論"),
        ("思問錄內篇", "思問錄內篇"),
        ("　遊嶽\n其一", "遊嶽 其一"),
    ],
)
def test_titles_for_a_table_of_contents(heading: str, title: str) -> None:
    assert titles.contents_title(heading) == title


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百一"), (110, "一百十"), (119, "一百十九")],
)
def test_numbers_of_juan(number: int, written: str) -> None:
    assert titles.in_chinese(number) == written


def test_a_part_is_named_by_its_juan_line_its_number_or_its_piece() -> None:
    assert titles.part_title(["欽定四庫全書", "周易稗疏卷一", "漢陽王夫之撰"], 0) == "卷一"
    assert titles.part_title(["正文開始於此"], 3) == "卷三"
    assert titles.part_title(["原序", "此書之作"], 0) == "原序"


def levels(*found: tuple[str, str, int, int]) -> list[int]:
    made = Outline()
    numbers = []
    for family, title, rank, indent in found:
        numbers.append(made.enter(Found(family, rank, title), indent))
        made.content()
    return numbers


def test_a_unit_closes_those_of_its_rank_and_lower() -> None:
    units = (("unit", "卷一", 10, 0), ("unit", "一章", 32, 0), ("unit", "一節", 40, 0), ("unit", "二章", 32, 0))
    assert levels(*units, ("unit", "卷二", 10, 0)) == [1, 2, 3, 2, 1]


def test_counties_stand_under_their_prefecture() -> None:
    free = RANKS["free"]
    made = Outline(1)
    assert made.enter(Found("treatise", RANKS["treatise"], "山川志"), 2) == 2
    assert made.enter(Found("place", free, "衡州府"), 0) == 3
    assert made.enter(Found("place", free, "衡陽縣"), 2) == 3 + 1
    made.content()
    assert made.enter(Found("place", free, "衡山縣"), 2) == 4
    made.content()
    assert made.enter(Found("place", free, "永州府"), 0) == 3
