from __future__ import annotations

import asked
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from search.language.query import LONGEST, And, Field, Link, Near, Not, Or, Pattern, Phrase, Quotation, Regex, parse
from search.language.tree import Layer, Node


def phrase(text: str, exact: bool = False, layer: Layer = "both") -> Phrase:
    return Phrase(tuple(text), exact, layer)


def pattern(*pieces: str, gaps: tuple[tuple[int, int], ...] = (), exact: bool = False) -> Pattern:
    """`_` is any character; `理/气` one of these; characters are separated by spaces."""
    read = (tuple(() if one == "_" else tuple(one.split("/")) for one in piece.split()) for piece in pieces)
    return Pattern(tuple(read), gaps, exact)


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
        ("道 NEAR/7 器", Near((phrase("道"), phrase("器")), (Link(7),))),
        ("道 ＢＥＦＯＲＥ／７ 器", Near((phrase("道"), phrase("器")), (Link(7, True),))),
        (
            "天 道 NEAR/7 “器” BEFORE/0 (陰陽|動靜) 地",
            And(
                (
                    phrase("天"),
                    Near(
                        (phrase("道"), phrase("器", True), Or((phrase("陰陽"), phrase("動靜")))),
                        (Link(7), Link(0, True)),
                    ),
                    phrase("地"),
                )
            ),
        ),
        ("天|道 NEAR/7 器", Or((phrase("天"), Near((phrase("道"), phrase("器")), (Link(7),))))),
        ("天 -道 NEAR/7 器", And((phrase("天"), Not(Near((phrase("道"), phrase("器")), (Link(7),)))))),
        (
            "(道 NEAR/7 器)BEFORE/3 天",
            Near((Near((phrase("道"), phrase("器")), (Link(7),)), phrase("天")), (Link(3, True),)),
        ),
        ("near the door", And((phrase("near"), phrase("the"), phrase("door")))),
        ("天?器", pattern("天 _ 器")),
        ("天？？，器", phrase("天器")),
        ("天??器", pattern("天 _ _ 器")),
        ("天*器", pattern("天", "器", gaps=((0, 20),))),
        ("天**器＊地", pattern("天", "器", "地", gaps=((0, 20), (0, 20)))),
        ("天?*器", pattern("天", "器", gaps=((1, 21),))),
        ("天*?*器", pattern("天", "器", gaps=((1, 41),))),
        ("[理气]之［动静］", pattern("理/气 之 动/静")),
        ("“[葢盖]天?下”", pattern("葢/盖 天 _ 下", exact=True)),
        ("天[下]器[]", phrase("天下器")),
        ("[門@龠]?天", pattern("門@龠 _ 天")),
        ("&KR0714;*天", Pattern(((("KR0714",),), (("天",),)), ((0, 20),))),
        ("何也？", phrase("何也")),
        ("？何也", phrase("何也")),
        ("子曰：學而時習之，不亦說乎？有朋", phrase("子曰學而時習之不亦說乎有朋")),
        ("天 ？ 器", And((phrase("天"), phrase("器")))),
        ("注:陰陽", phrase("陰陽", layer="notes")),
        ("正文：（陰陽|“天地”）", Or((phrase("陰陽", layer="text"), phrase("天地", True, "text")))),
        ("夾注:/天./", Regex("天.", "notes")),
        ("注:(道 NEAR/7 器)", Near((phrase("道", layer="notes"), phrase("器", layer="notes")), (Link(7),))),
        ("天 年:1655-1692", And((phrase("天"), Field("year", "1655-1692")))),
        ("年:-1692 年：1655－ 天", And((Field("year", "-1692"), Field("year", "1655-"), phrase("天")))),
        ("-体裁:诗 丛集:丛 天", And((Not(Field("genre", "诗")), Field("collection", "丛"), phrase("天")))),
        ("/[一二三]分[天地]/", Regex("[一二三]分[天地]")),
        ("天 ／(天|地) 之？／", And((phrase("天"), Regex("(天|地) 之?")))),
        ("急雪 / 眼看", And((phrase("急雪"), phrase("眼看")))),
        ("急雪／眼看", phrase("急雪眼看")),
        ("~天下唯器而已矣", Quotation(tuple("天下唯器而已矣"))),
        ("书:周易 ～“天下，唯器 而已”", And((Field("work", "周易"), Quotation(tuple("天下唯器而已"))))),
        ("正文:~天下唯器？", Quotation(tuple("天下唯器"), "text")),
        ("天~下", phrase("天下")),
        ("𩔖\U00103fff\u0378", phrase("𩔖\U00103fff\u0378")),
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
        ("'; DROP TABLE passage; --", "“-”"),
        ("?", "通配符"),
        ("？？", "通配符"),
        ("*", "什么都找"),
        ("天 **?", "第 3 个字符"),
        ("天*", "头上或末尾"),
        ("*天", "头上或末尾"),
        ("天*?", "头上或末尾"),
        ("“*天”", "第 2 个字符"),
        ("天[理 气]", "空格"),
        ("天]下", "第 1 个字符"),
        ("[^天]下", "正则"),
        (f"[{''.join(map(chr, range(0x4E00, 0x4E80)))}]", "128"),
        ("*".join("天地玄黃宇宙洪荒日月"), "最多 8 个"),
        ("天 NEAR/7", "两边"),
        ("NEAR/7 天", "两边"),
        ("天 NEAR/7 NEAR/7 地", "两边"),
        ("天 NEAR/7 | 地", "两边"),
        ("天 NEAR/7 -地", "两边"),
        ("天 NEAR/7 书:周易", "范围"),
        ("天 NEAR/7 (地 人)", "一串字"),
        ("天 NEAR/7 ，", "一串字"),
        ("天 NEAR/100000 地", "最多 100"),
        ("天 NEAR/" + "9" * 900 + " 地", "最多 100"),
        ("天 NEAR 地", "字数"),
        ("天 NEAR/ 地", "字数"),
        ("天 BEFORE/x 地", "字数"),
        ("天 near/7 地", "大写"),
        ("天 AND 地", "空格"),
        ("(天 ＯＲ 地) 人", "“|”"),
        ("天 NOT 地", "“-”"),
        ("天NEAR/7地", "第 2 个字符"),
        ("注:天 NEAR/7 地", "括号"),
        (" NEAR/1 ".join("天地玄黃宇宙洪荒日月盈"), "最多 10"),
        ("|".join(f"/{char}./" for char in "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋"), "最多 20 处"),
        ("注:", "第 1 个字符"),
        ("注:，", "第 3 个字符"),
        ("天 年:1692-1655", "1655-1692"),
        ("天 年:-", "第 5 个字符"),
        ("天 年:十七世纪", "年份"),
        ("天 年:99999", "年份"),
        ("title:天", "书:"),
        ("天 朝代:清", "体裁:"),
        ("书:/周易/ 天", "第 3 个字符"),
        ("/天", "没有结束"),
        ("//", "没有结束"),
        ("/天/地/", "没有结束"),
        ("/天*/", "什么都找"),
        ("/.+/", "什么都找"),
        ("/[^天]/", "什么都找"),
        ("/天{65}/", "最多 64"),
        ("/((天{9}){9}){9}/", "最多 64"),
        ("/(天|)/", "没有写字"),
        ("/()/", "没有写字"),
        ("/(天/", "左括号"),
        ("/天)/", "第 3 个字符"),
        ("/[天/", "方括号"),
        ("/[一-九]天/", "逐个写出"),
        ("/[9-0]天/", "0-9"),
        ("/天{3,2}/", "次数"),
        ("/天{a}/", "次数"),
        ("/天+?/", "次数"),
        ("/，+天/", "标点"),
        ("/*天/", "前面没有字"),
        ("/(?i)天/", "(?"),
        (r"/\d天/", "不支持"),
        ("/^天$/", "不支持"),
        ("/" + "(" * 30 + "天" + ")" * 30 + "/", "最多可套"),
        ("~天下唯", "4"),
        ("~" + "天" * 201, "200"),
        ("~", "标点"),
        ("~(天下)", "第 1 个字符"),
        ("~天下唯器 而已", "单独"),
        ("天|~天下唯器", "单独"),
        ("天 -~天下唯器", "单独"),
        ("~天下唯器 ~天下唯器", "单独"),
        ("(~天下唯器 书:周易)|天", "单独"),
        ("~天下“唯器", "第 4 个字符"),
        ("天 NEAR/7 ~天下唯器", "一串字"),
    ],
)
def test_what_cannot_be_written_is_said_plainly(text: str, place: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    assert place in str(raised.value)
    assert raised.value.remedy


def test_words_that_join_elsewhere_can_be_looked_for() -> None:
    assert parse("AND") == Phrase(("A", "N", "D"))
    assert parse('天 "OR"') == And((Phrase(("天",)), Phrase(("O", "R"), exact=True)))
    assert parse("天 and 地") == And((Phrase(("天",)), Phrase(("a", "n", "d")), Phrase(("地",))))
    assert parse("ANDREW 天")


SIGNS = '天下器道 　|｜-－()（）"“”＂&;[]［］@⿺克寸书卷注年:：，。？?*＊/／~～^+.{2}NEAR\x00😀𩔖3A'
QUERIES = st.text(st.sampled_from(SIGNS), max_size=40) | st.text(max_size=40)


@given(QUERIES)
@settings(max_examples=1000)
def test_the_parser_raises_nothing_but_its_own_error(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert str(error)


@given(asked.trees())
@settings(max_examples=200, deadline=None)
def test_what_is_written_down_is_read_back(tree: Node) -> None:
    tree = asked.as_parsed(tree)
    assert parse(asked.written(tree)) == tree


def test_full_width_and_half_width_signs_are_equal() -> None:
    half = '(天|地) -"器" [理气]*之?也 /天+./ 年:1655- 注:(道 NEAR/7 器)'
    full = "（天｜地） －“器” ［理气］＊之？也 ／天＋．／ 年：1655－ 注：（道 ＮＥＡＲ／７ 器）"
    assert isinstance(parse(half), And)
    assert repr(parse(full)).replace("＋．", "+.") == repr(parse(half))
    assert parse("天＆ＫＲ０７１４；？地") == parse("天&KR0714;?地") != parse("天KR0714?地")
    assert parse("天＆地；") == parse("天地")
