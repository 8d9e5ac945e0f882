from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Mark
from search.language.juan import number, of_title, wanted
from search.text import build_variants, folding
from search.text.alphabet import Alphabet, codes
from search.text.folding import fold, fold_char, fold_with_offsets, units

TOGETHER = (
    "葢蓋盖 于於 巻卷 説說说 隂陰阴 黄黃 𫉬獲获 𩔖類类 㑹會会 歴歷厯曆历 眞真 爲為为 靑青 旣既 卽即 吿告 髙高 寛寬宽 "
    "㫖旨 彊強强 羣群 峯峰 嵗歳歲岁 竝並并 宻密 戸戶户 囘回 徳德 産產产 㝱夢梦 "
    "后後 里裏裡 干乾幹榦 余餘馀 云雲 发發髮 丑醜 谷穀 几幾 斗鬥鬭 台臺颱檯 复復複 只隻衹 系係繫 面麵 冲沖衝 征徵 舍捨 "
    "志誌 钟鐘鍾 尽盡儘 汇匯彙 松鬆 须須鬚 宁寧寕甯 着著 游遊 回迴 修脩 岳嶽 采採 术術 叶葉 借藉 么麼麽 线線綫 苏蘇蘓 "
    "当當噹 团團糰 价價 仆僕 卜蔔 党黨 郁鬱 弦絃 致緻 筑築 姜薑 曲麯 折摺 御禦 愿願 朱硃 周週 占佔 布佈 向嚮 注註 才纔 "
    "出齣 个個箇 与與 极極 据據 签簽籤 涂塗 秋鞦 千韆 制製 准準 表錶 范範 丰豐 家傢 划劃 胡鬍 了瞭 伙夥 辟闢 闲閑 间間 "
    "陜陝陕 邛卭 床牀 船舩 初𥘉 傳𫝊传 隸𨽻隷隶 書书 經经 "
    "ＡａA ０0 ﹁﹂ ⼀一 羅羅罗 éE Ω Ω ○〇"
)
APART = (
    "已巳己 曰日 王玉 未末 人入八 土士 大太 母毋 戊戌戍 刺剌 味昧 唯惟維 天夭 关寡 燒簫 子只 厲歷 復覆 沈潘 辨辯 一壹 "
    "豫預 余予 他她它 萬卍 匈胸 魏巍 狹陜 ぱは 干于 后候 里理 云去 发友 丑五 谷俗 几九 斗十 0〇"
)


@pytest.mark.parametrize("group", TOGETHER.split())
def test_forms_of_one_word_fold_together(group: str) -> None:
    assert len({fold(char) for char in group}) == 1


@pytest.mark.parametrize("group", APART.split())
def test_different_words_stay_apart(group: str) -> None:
    for one, other in combinations(group, 2):
        assert fold(one) != fold(other), one + other


def test_punctuation_space_and_controls_fold_to_nothing() -> None:
    assert fold("，。、；：？！“”‘’「」『』（）《》〈〉【】…—～·・(),.;:!?\"'[]{}|~─") == ""
    assert fold("　 \n\t\r\x00\u200b\u3000ﾞ゙\ufe00\U000e0100") == ""


def test_symbols_and_unknown_characters_are_characters() -> None:
    assert fold("〓□😀☰𠀀\U0003fffd\ue000") == "〓□😀☰𠀀\U0003fffd\ue000"


def test_no_family_is_large_and_the_largest_are_known() -> None:
    sizes = {}
    for char, first in folding.families().items():
        sizes.setdefault(first, []).append(char)
    largest = sorted(("".join(sorted(family)) for family in sizes.values()), key=len, reverse=True)
    assert len(largest[0]) <= build_variants.LARGEST
    # Anything that grows past eight characters wants a look before this list is changed.
    assert {family for family in largest if len(family) > 8} == {
        "".join(sorted("总惣捴揔搃摠総緫縂總㧾𢰾𰬥𰬰")),
        "".join(sorted("猋颮飆飇飈飑飙飚𱃠")),
    }


def test_words_kept_apart_are_not_joined_through_a_third() -> None:
    assert build_variants.families(iter([("煙", "烟"), ("烟", "甲"), ("甲", "完")])) == ["烟煙甲"]


def test_a_family_that_runs_away_is_refused() -> None:
    with pytest.raises(UsageError):
        build_variants.families((chr(0x4E00), chr(0x4E01 + step)) for step in range(build_variants.LARGEST))


@pytest.mark.real
def test_the_table_is_the_one_the_script_makes() -> None:
    source = Path(__file__).resolve().parents[3] / "shared" / "unicode" / "Unihan_Variants.txt"
    if not source.exists():
        pytest.skip("没有 ../shared/unicode")
    assert build_variants.table(source.read_text(encoding="utf-8")) == build_variants.OUTPUT.read_text(encoding="utf-8")


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_one_character_folds_to_one_or_none(text: str) -> None:
    assert all(len(fold_char(char)) <= 1 for char in text)
    assert fold(text) == "".join(fold_char(char) for char in text)


@given(st.text())
def test_offsets_lead_back_to_where_each_character_came_from(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert [fold(text[offset]) for offset in offsets] == list(folded)
    assert list(offsets) == sorted(set(offsets))


@given(st.text())
def test_the_alphabet_agrees_with_the_folding(text: str) -> None:
    alphabet = Alphabet()
    glyphs = alphabet.glyphs(codes(text))
    letters = alphabet.letters(glyphs)
    assert "".join(alphabet.token(letter) for letter in letters.tolist() if letter) == fold(text)
    for one, other in combinations(range(min(len(text), 8)), 2):
        assert (letters[one] == letters[other]) == (fold(text[one]) == fold(text[other]))


def test_a_character_without_code_point_folds_to_its_normalised_form_or_its_own_token() -> None:
    marks = [Mark("gaiji", 1, 2, {"id": "KR0001", "normalised": "説"}), Mark("gaiji", 2, 3, {"id": "KR0714"})]
    folded, offsets = fold_with_offsets("甲〓〓乙", marks)
    assert folded[:2] == "甲" + fold("说")
    assert folded[2] not in ("〓", "") and len(folded) == 4
    assert list(offsets) == [0, 1, 2, 3]
    other, _ = fold_with_offsets("〓", [Mark("gaiji", 0, 1, {"ids": "⿺克寸"})])
    assert other != folded[2]


def test_a_gaiji_mark_on_a_real_character_does_not_change_it() -> None:
    assert fold_with_offsets("𩔖", [Mark("gaiji", 0, 1, {"id": "KR0011"})])[0] == fold("類")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天，下", ("天", "下")),
        ("甲&KR0714;乙", ("甲", "KR0714", "乙")),
        ("[門@龠]", ("門@龠",)),
        ("[:#AS-8864:⿺克寸]", ("AS-8864",)),
        ("⿺克寸器", ("⿺克寸", "器")),
        ("⿰⿱一二三四", ("⿰⿱一二三", "四")),
        ("⿺克", ("⿺", "克")),
        ("[理气]", ("理", "气")),
        ("\ud800", ()),
    ],
)
def test_units_of_a_query(text: str, expected: tuple[str, ...]) -> None:
    assert units(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿三", 23),
        ("一百零五", 105),
        ("一二〇", 120),
        ("甲", None),
    ],
)
def test_numerals(text: str, value: int | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("title", "juan"),
    [
        ("周易稗疏卷一", 1),
        ("卷之三", 3),
        ("第十二卷", 12),
        ("卷上", "上"),
        ("湖廣通志巻一百十九", 119),
        ("上經", None),
        ("卷耳", None),
    ],
)
def test_juan_of_a_title(title: str, juan: int | str | None) -> None:
    assert of_title(title) == juan


def test_wanted_juans() -> None:
    assert wanted("三-五") == {3, 4, 5} == wanted("3～5") == wanted("第3卷至五")
    assert wanted("上") == {"上"}
