from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from search.query import LONGEST, And, Field, Not, Or, Phrase, parse


def phrase(text: str, exact: bool = False) -> Phrase:
    return Phrase(tuple(text), exact)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("天下惟器", phrase("天下惟器")),
        ("天下，惟器。", phrase("天下惟器")),
        ('"葢天下"', phrase("葢天下", True)),
        ("“葢天下”", phrase("葢天下", True)),
        ("＂葢天下”", phrase("葢天下", True)),
        ("天下 器", And((phrase("天下"), phrase("器")))),
        ("天下　器", And((phrase("天下"), phrase("器")))),
        ("天下|四海", Or((phrase("天下"), phrase("四海")))),
        ("天下 ｜ 四海", Or((phrase("天下"), phrase("四海")))),
        ("道 天下|四海 器", And((phrase("道"), Or((phrase("天下"), phrase("四海"))), phrase("器")))),
        ("天下 -器", And((phrase("天下"), Not(phrase("器"))))),
        ("天下 －器", And((phrase("天下"), Not(phrase("器"))))),
        ("-器 天下", And((Not(phrase("器")), phrase("天下")))),
        ("天下-器", phrase("天下器")),
        ("天下 - 器", And((phrase("天下"), phrase("器")))),
        ("（天下|四海）-(器 道)", And((Or((phrase("天下"), phrase("四海"))), Not(And((phrase("器"), phrase("道"))))))),
        ("书:周易 天", And((Field("work", "周易"), phrase("天")))),
        ("書：“周易” 天", And((Field("work", "周易", True), phrase("天")))),
        ("作者：王夫之　类：经部　卷：3-5　天", None),
        ("天 -书:周易", And((phrase("天"), Not(Field("work", "周易"))))),
        ("书:(周易|尚书) 天", And((Or((Field("work", "周易"), Field("work", "尚书"))), phrase("天")))),
        ("子曰：學而時習之", phrase("子曰學而時習之")),
        ("所谓“道”者", phrase("所谓道者")),
        ("「天」", phrase("天")),
        ("天 、 下", And((phrase("天"), phrase("下")))),
        ("&KR0714;下", Phrase(("KR0714", "下"))),
        ("下[門-龠]", Phrase(("下", "門-龠"))),
        ("😀", phrase("😀")),
        ("天|(下 -地)", Or((phrase("天"), And((phrase("下"), Not(phrase("地"))))))),
    ],
)
def test_what_can_be_written(text: str, tree: object) -> None:
    found = parse(text)
    assert found == tree if tree else isinstance(found, And)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("　 \n", ""),
        ("，。！", "标点"),
        ("\x00\x07", "标点"),
        ("天\ud800下", "编码"),
        ('天 "葢天下', "第 3 个字符"),
        ("天下”", "第 3 个字符"),
        ("(天下", "第 1 个字符"),
        ("天下)", "第 3 个字符"),
        ("天下 )器(", "第 4 个字符"),
        ("()", "标点"),
        ("|", "第 1 个字符"),
        ("天下 |", "第 4 个字符"),
        ("| 天下", "第 1 个字符"),
        ("天 || 下", "第 3 个字符"),
        ("-", "标点"),
        ("天 --下", "第 3 个字符"),
        ("-天下", "排除"),
        ("-天 -下", "排除"),
        ("-(天 下)", "排除"),
        ("天|-下", "排除"),
        ("天 -，", "“-”"),
        ("书:", "第 1 个字符"),
        ("天 书: 周易", "第 3 个字符"),
        ("书:周易", "范围"),
        ("书:周易 作者:王夫之", "范围"),
        ("天|书:周易", "二选一"),
        ("天 卷:甲", "卷号"),
        ("天 卷:9-3", "颠倒"),
        ("(" * 40 + "天" + ")" * 40, "第 21 个字符"),
        ("天" * (LONGEST + 1), str(LONGEST)),
        ("天" * 10_000, str(LONGEST)),
    ],
)
def test_what_cannot_be_written_is_said_plainly(text: str, place: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    assert place in str(raised.value)
    assert raised.value.remedy


QUERIES = st.text(
    st.sampled_from('天下器道 　|｜-－()（）"“”＂&;[]@⿺克寸书卷:：，。\x00😀𩔖3A'), max_size=40
) | st.text(max_size=40)


@given(QUERIES)
@settings(max_examples=500)
def test_the_parser_raises_nothing_but_its_own_error(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert str(error)
