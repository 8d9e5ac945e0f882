"""Passages of the library cited: the edition told as it is, the place by juan and page or leaf."""

from datetime import date

import pytest

from archive.citations import format_item, load_csl, passage_item
from archive.citations.csl import dump_csl
from archive.errors import UsageError
from archive.model import Edition, Work

SONGLUN = Work("wangfuzhi.songlun", "宋论", "王夫之", "清")
URN = "urn:cts:hengyang:wangfuzhi.songlun.jl"


def edition(statement="", label="金陵本", **citation):
    fields = {name.replace("_", "-"): value for name, value in citation.items()}
    return Edition(1, URN, SONGLUN.id, label, statement=statement, citation=fields)


JINLING = edition("刻本", publisher="湘乡曾国荃", publisher_place="金陵", issued="1865（清同治四年）")
YUELU = edition(
    type="chapter",
    container_title="船山全书",
    container_author="王夫之",
    volume="第11册",
    publisher="岳麓书社",
    publisher_place="长沙",
    issued=2011,
)


@pytest.mark.parametrize(
    ("held", "place", "reference", "note"),
    [
        (
            JINLING,
            {"juan": "卷一", "leaf": "003a"},
            "王夫之. 宋论[M]. 刻本. 金陵：湘乡曾国荃，1865（清同治四年）：卷1：3a.",
            "王夫之：《宋论》卷一，同治四年湘乡曾国荃金陵刻本，第3页a。",
        ),
        (
            JINLING,
            {},
            "王夫之. 宋论[M]. 刻本. 金陵：湘乡曾国荃，1865（清同治四年）.",
            "王夫之：《宋论》，同治四年湘乡曾国荃金陵刻本。",
        ),
        (
            edition(label="文淵閣四庫全書本"),
            {"juan": "003", "page": "003-12a"},
            "王夫之. 宋论[M]. 文淵閣四庫全書本. 卷3：12a.",
            "王夫之：《宋论》卷三，文淵閣四庫全書本，第12页a。",
        ),
        (
            edition(publisher="中华书局", publisher_place="北京", issued=date(1964, 4, 1)),
            {"page": "27", "section_titles": ["卷一", "太祖"]},
            "王夫之. 宋论[M]. 北京：中华书局，1964：27.",
            "王夫之：《宋论》，北京：中华书局，1964年，第27页。",
        ),
        (
            edition(publisher="中华书局", publisher_place="北京", issued="1964"),
            {"section_titles": ["卷一", "太祖"]},
            "王夫之. 宋论[M]. 北京：中华书局，1964：太祖.",
            "王夫之：《宋论》，北京：中华书局，1964年，太祖。",
        ),
        (
            YUELU,
            {"juan": "5", "page": "120"},
            "王夫之. 宋论：卷5[M]//王夫之. 船山全书：第11册. 长沙：岳麓书社，2011：120.",
            "王夫之：《宋论》卷五，《船山全书》第11册，长沙：岳麓书社，2011年，第120页。",
        ),
        (
            edition(type="article-journal", container_title="船山学刊", author=["甲", "乙"], issued=2020, issue=3),
            {"page": "15", "section_titles": ["一、引言"]},
            "甲，乙. 宋论[J]. 船山学刊，2020（3）：15.",
            "甲、乙：《宋论》，《船山学刊》2020年第3期，第15页。",
        ),
        (
            edition(type="article-journal", issued=2026, issue=1),
            {"page": "15", "section_titles": ["船山之学", "一、引言"]},
            "船山之学[J]. 宋论，2026（1）：15.",
            "《船山之学》，《宋论》2026年第1期，第15页。",
        ),
        (
            edition(type="webpage", issued="2020-01-02", URL="http://a.gov.cn/1"),
            {"url": "http://local/w/x", "accessed": date(2026, 7, 3)},
            "王夫之. 宋论[EB/OL]. （2020-01-02）[2026-07-03]. http://a.gov.cn/1.",
            "王夫之：《宋论》，2020年1月2日，http://a.gov.cn/1，访问日期：2026年7月3日。",
        ),
    ],
)
def test_the_place_of_a_passage(held, place, reference, note):
    item = passage_item(SONGLUN, held, urn=f"{URN}:1.3", **place)
    assert format_item(item) == reference
    assert format_item(item, "footnote") == note
    assert load_csl(dump_csl([item]), "x") == [item]


def test_an_issue_as_a_whole_is_a_serial():
    item = passage_item(Work("wenku.kan", "船山学刊"), edition(type="article-journal", issued=2026, issue=1))
    assert format_item(item) == "船山学刊[J]. 2026（1）. 2026."


def test_a_stable_address_makes_it_an_online_item():
    item = passage_item(SONGLUN, JINLING, url="http://h.cn/w/x/1.3", accessed=date(2026, 7, 3), urn=f"{URN}:1.3")
    assert format_item(item).startswith("王夫之. 宋论[M/OL]. ")
    assert format_item(item).endswith(". http://h.cn/w/x/1.3.")
    assert "[2026-07-03]. http" in format_item(item, "gbt7714-2015")
    assert item["id"] == item["custom"]["urn"] == f"{URN}:1.3"


@pytest.mark.parametrize(
    ("juan", "shown"),
    [
        ("001", "卷1"),
        ("三", "卷3"),
        ("卷十二", "卷12"),
        ("第二卷", "卷2"),
        ("上", "卷上"),
        ("卷首", "卷首"),
        ("000", None),
        ("", None),
    ],
)
def test_how_a_juan_is_told(juan, shown):
    assert passage_item(SONGLUN, JINLING, juan=juan).get("locator") == shown


def test_citation_fields_that_cannot_be_cited_are_named_with_the_edition():
    with pytest.raises(UsageError) as caught:
        passage_item(SONGLUN, edition(publisher=["中华书局"]))
    assert URN in caught.value.where
    assert "publisher" in caught.value.what


def test_names_and_dates_as_a_work_file_writes_them():
    item = passage_item(
        Work("a.b", "衡阳抗战史", "张三、李四"),
        edition(editor={"family": "王", "given": "五"}, issued="1947（民国三十六年）"),
    )
    assert item["author"] == [{"literal": "张三"}, {"literal": "李四"}]
    assert item["editor"] == [{"family": "王", "given": "五"}]
    assert item["issued"] == {"date-parts": [[1947]], "literal": "1947（民国三十六年）"}
