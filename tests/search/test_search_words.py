"""Queries cut into words: two engines, one cut; the library's own terms first; nothing left behind."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import shelve

from archive.library import Library
from archive.model import Rights
from search.fallback import words
from search.fallback.vocabulary import vocabulary
from search.text.bank import Bank
from search.text.folding import fold, units

TEXTS = Path(__file__).resolve().parents[2] / "corpus"
SENTENCES = (
    "天下惟器而已矣道者器之道器者不可謂之道之器也",
    "王夫之论道器关系与知行相资以为用",
    "衡阳保卫战中方先觉坚守孤城四十七天",
    "後漢書皇后紀與乾坤易簡之道",
    "第12卷ABC道器",
)


@pytest.fixture(scope="module")
def cuts() -> dict[str, words.Cut]:
    pytest.importorskip("rjieba")
    return {name: make() for name, make in words.ENGINES.items()}


def cut(text: str, terms: set[str] | None = None, engine: words.Cut | None = None) -> list[str]:
    found = units(text)
    return ["".join(found[start:end]) for start, end in words.words(found, set(map(fold, terms or ())), engine)]


def test_both_engines_cut_alike(cuts: dict[str, words.Cut]) -> None:
    texts = [*SENTENCES, *(path.read_text(encoding="utf-8") for path in sorted(TEXTS.rglob("*.md")))]
    for text in texts:
        fast, slow = (words.words(units(text), frozenset(), engine) for engine in cuts.values())
        assert fast == slow
        whole: Sequence[tuple[int, int]] = fast
        assert [end for _, end in whole[:-1]] == [start for start, _ in whole[1:]]
        assert (whole[0][0], whole[-1][1]) == (0, len(units(text)))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="天下惟器而已矣王夫之方先觉道理的人民国家〇龍𩔖A1", max_size=30))
def test_any_string_is_cut_alike_and_whole(cuts: dict[str, words.Cut], text: str) -> None:
    fast, slow = (cut(text, {"王夫之", "天下惟器"}, engine) for engine in cuts.values())
    assert fast == slow
    assert "".join(fast) == "".join(units(text)) and all(fast)


def test_words_of_a_sentence() -> None:
    assert cut("天下惟器而已矣") == ["天下", "惟", "器", "而已", "矣"]
    assert cut("ABC第12卷，道器") == ["ABC", "第", "12", "卷", "道", "器"]
    assert cut("&KR0714;之道") == ["KR0714", "之", "道"]
    assert cut("") == [] == cut("，。")


def test_either_script_is_cut_alike() -> None:
    for simplified, traditional in (("后汉书皇后纪", "後漢書皇后紀"), ("社会主义革命", "社會主義革命")):
        assert list(map(len, cut(simplified))) == list(map(len, cut(traditional)))
    assert cut("衡陽縣志人物傳", {"衡阳县志"}) == ["衡陽縣志", "人物", "傳"]


def test_own_terms_come_first_and_cover_as_much_as_they_can() -> None:
    assert cut("論周易外傳道器", {"周易外傳"}) == ["論", "周易外傳", "道", "器"]
    assert cut("周易外傳序", {"周易", "周易外傳", "傳序"}) == ["周易外傳", "序"]
    assert cut("甲乙丙丁", {"甲乙", "乙丙丁"}) == ["甲", "乙丙丁"]
    assert cut("甲乙丙丁", {"甲乙", "丙丁", "甲乙丙丁"}) == ["甲乙丙丁"]
    assert cut("甲乙甲乙", {"甲乙"}) == ["甲乙", "甲乙"]


def test_nothing_is_printed_and_no_cache_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for make in words.ENGINES.values():
        try:
            assert make()("天下惟器") == ["天下", "惟", "器"]
        except ImportError:
            continue
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_nobody_who_does_not_ask_waits_for_dictionaries() -> None:
    program = "import sys, search.fallback; sys.exit(not {'rjieba', 'jieba', 'pypinyin'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_slower_engine_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> words.Cut:
        raise ImportError

    made = words.ENGINES["jieba"]()
    monkeypatch.setattr(words, "ENGINES", {"rjieba": missing, "jieba": lambda: made})
    words.best.cache_clear()
    try:
        assert cut("天下惟器而已矣") == ["天下", "惟", "器", "而已", "矣"]
    finally:
        words.best.cache_clear()


def test_terms_are_titles_authors_and_names_in_titles(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "open", ["序", "# 周易稗疏卷一", "道", "# 衡州府·人物", "器", "# 其三", "理"], title="周易稗疏")
        shelve(library, "secret", ["# 祕密之章", "道"], title="內部之書", author="無名氏", rights=Rights(text="staff"))
        bank = Bank.load(library)
        public, staff = (set(vocabulary(bank, staff=one).values()) for one in (False, True))
        assert public == {"周易稗疏", "王夫之", "周易稗疏卷一", "衡州府", "人物"}
        assert staff == {*public, "祕密之章", "內部之書", "無名氏"}
        shelve(library, "open", ["# 尚書引義", "道"], title="新題")
        assert set(vocabulary(bank.refreshed(library), staff=False).values()) == {"新題", "王夫之", "尚書引義"}
    assert all(key == fold(key) for key in vocabulary(bank, staff=True))
