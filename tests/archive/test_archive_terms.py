"""The term list marks places and never changes a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.terms import TERMS, Term, Terms, load

SHIP = Term("王船山", ("船山先生", "船山"), "称谓", "首次出现宜写作“王夫之（船山）”。")


def test_marks_are_ranges_of_stored_characters():
    text = "𩔖王船山居石船山下，人稱船山先生。"
    found = [(text[start:end], term.note) for start, end, term in Terms([SHIP]).marks(text)]
    assert found == [("王船山", "称谓"), ("船山", "称谓"), ("船山先生", "称谓")]
    assert next(Terms([SHIP]).marks(text)).start == 1


def test_a_spelling_means_the_first_term_that_claims_it():
    (mark,) = Terms([Term("石鼓", advice="甲"), Term("石鼓", advice="乙")]).marks("石鼓山")
    assert mark.term.advice == "甲"


@given(
    st.text("船山王先生石鼓.*[", max_size=40), st.lists(st.text("船山王先生.*[", min_size=1, max_size=3), max_size=5)
)
def test_parts_put_together_are_the_text(text, expressions):
    terms = Terms([Term(one) for one in expressions])
    assert "".join(part for part, _ in terms.parts(text)) == text
    assert all(part in expressions for part, term in terms.parts(text) if term)


def test_the_list_is_read_from_the_library(tmp_path):
    assert list(load(tmp_path).marks("船山")) == []
    (tmp_path / TERMS).write_text("- expression: 王船山\n  spellings: [船山]\n  advice: 宜写全名\n", encoding="utf-8")
    assert [mark.term.advice for mark in load(tmp_path).marks("船山與王船山")] == ["宜写全名"] * 2
    (tmp_path / TERMS).write_text("# 尚空\n", encoding="utf-8")
    assert list(load(tmp_path).marks("船山")) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("expression: 王船山", "逐条"),
        ("- 王船山", "expression"),
        ("- expression: 王船山\n- expression: 石鼓\n  remark: 无", "remark"),
        ("- note: 称谓", "expression 要写"),
        ("- expression: 1619", "文字"),
        ("- expression: 王船山\n  spellings: 船山", "spellings"),
        ("- expression: [", "YAML"),
    ],
)
def test_a_list_that_is_none_is_told(tmp_path, content, said):
    (tmp_path / TERMS).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as error:
        load(tmp_path)
    assert TERMS in error.value.where


def test_the_entry_that_is_wrong_is_named(tmp_path):
    (tmp_path / TERMS).write_text("- expression: 王船山\n- expression: 石鼓\n  remark: 无", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        load(tmp_path)
    assert "第 2 条" in error.value.where and "advice" in error.value.remedy


def test_a_list_in_another_encoding_is_told(tmp_path):
    (tmp_path / TERMS).write_bytes("- expression: 王船山".encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        load(tmp_path)
