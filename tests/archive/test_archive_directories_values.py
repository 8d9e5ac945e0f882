"""What fields hold: read from forms and sheets, refused with a reason, shown so that it can be read again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from directory_samples import PEOPLE, people
from hypothesis import given
from hypothesis import strategies as st

from archive.directories import values
from archive.directories.dates import Told, Unfit, read_date, show_date
from archive.directories.declaration import read
from archive.directories.kinds import KINDS
from archive.directories.model import Field

FIELDS = {
    kind: Field("one", "一", kind, vocabulary=("甲", "乙", "湖南省"), to="people", low=None, high=None)
    for kind in KINDS
}


def parse(kind: str, raw: Any) -> Any:
    found = KINDS[kind].read(raw, FIELDS[kind])
    return found.value if isinstance(found, Told) else found


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("1965", "1965"),
        ("1965年", "1965"),
        ("1965年3月", "1965-03"),
        ("1965.3", "1965-03"),
        ("1965.03", "1965-03"),
        ("1965/3/12", "1965-03-12"),
        ("１９６５－０３－１２", "1965-03-12"),
        ("196503", "1965-03"),
        ("19650312", "1965-03-12"),
        ("1965-03-12 00:00:00", "1965-03-12"),
        ("1965年3月生", "1965-03"),
        ("121年", "0121"),
        (1965, "1965"),
        (1965.0, "1965"),
        (196503, "1965-03"),
        (1965.03, "1965-03"),
        (1965.12, "1965-12"),
        (datetime(1965, 3, 12), "1965-03-12"),
        (date(1965, 3, 12), "1965-03-12"),
        (23802, "1965-03-01"),
        (23802.5, "1965-03-01"),
    ],
)
def test_dates_are_read_however_they_are_written(raw: Any, stored: str) -> None:
    assert parse("date", raw) == stored


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("1965-02-30", "没有"),
        ("1965-13", "没有"),
        ("大约1965", "不是日期"),
        ("1965.1.2.3", "不是日期"),
        ("0", "之间"),
        ("9999", "之间"),
        (1965.1, "分不清"),
        (1965.123, "不是日期"),
        (float("inf"), "不是日期"),
        (float("nan"), "不是日期"),
        (1e300, "不是日期"),
        (True, "不是日期"),
        ("23802", "不是日期"),
    ],
)
def test_a_date_that_could_be_two_or_none_is_refused(raw: Any, word: str) -> None:
    with pytest.raises(Unfit, match=word):
        read_date(raw)


def test_a_date_kept_as_a_number_is_told() -> None:
    told = read_date(23802)
    assert isinstance(told, Told) and told.value == "1965-03-01" and "23802" in told.note


@given(st.dates(date(1, 1, 1), date(2200, 12, 31)), st.sampled_from([4, 7, 10]))
def test_every_date_can_be_read_as_it_is_shown(day: date, length: int) -> None:
    stored = f"{day:%Y-%m-%d}".rjust(10, "0")[:length]
    assert parse("date", show_date(stored)) == stored == parse("date", stored)


@given(st.integers(1, 2200), st.integers(0, 300))
def test_every_span_of_years_can_be_read_as_it_is_shown(first: int, more: int) -> None:
    last = min(first + more, 2200)
    for span in ([first, last], [first, None], [None, last]):
        assert parse("years", KINDS["years"].show(span)) == span


WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="〔〕"),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()))


@given(WORDS)
def test_text_names_and_links_can_be_read_as_they_are_shown(text: str) -> None:
    for kind in ("text", "longtext", "name"):
        once = parse(kind, text)
        assert parse(kind, KINDS[kind].show(once)) == once
    for value in ({"text": text.strip()}, {"text": text.strip(), "to": "people/000012", "note": "看点"}):
        assert parse("link", KINDS["link"].show(value)) == {**value, "text": value["text"]}


@given(st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12, allow_nan=False)))
def test_numbers_can_be_read_as_they_are_shown(number: float) -> None:
    assert parse("number", KINDS["number"].show(number)) == number


@given(
    st.dictionaries(st.sampled_from(list(people().by_key)), st.one_of(st.text(), st.integers(), st.floats(), st.none()))
)
def test_whatever_is_given_is_stored_or_refused_and_never_raises(raw: dict[str, Any]) -> None:
    found = values.check(people(), raw)
    again = values.check(people(), found.values)
    assert again.values == found.values and again.problems == []


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("name", "王　夫 之", "王夫之"),
        ("name", "John  Smith", "John Smith"),
        ("name", "\u200b王夫之\ufeff", "王夫之"),
        ("text", "教授\n博导", "教授 博导"),
        ("longtext", "一\r\n二", "一\n二"),
        ("text", 2019.0, "2019"),
        ("choice", " 甲 ", "甲"),
        ("year", "2019年", 2019),
        ("years", "1902-1927", [1902, 1927]),
        ("years", "1902—", [1902, None]),
        ("years", 1902, [1902, 1902]),
        ("number", "3,042", 3042),
        ("url", "https://example.org/甲?乙=1", "https://example.org/甲?乙=1"),
        ("phone", 13800000000.0, "13800000000"),
        ("phone", "（0734）8123456", "0734-8123456"),
        ("phone", "0734-8123456转801", "0734-8123456转801"),
        ("idnumber", "11010519491231002x", "11010519491231002X"),
        ("urn", "wangfuzhi.songlun", "urn:cts:hengyang:wangfuzhi.songlun"),
        ("link", "王夫之〔people/wang〕：看点", {"text": "王夫之", "to": "people/wang", "note": "看点"}),
        ("link", "政治：一种看法", {"text": "政治：一种看法"}),
        (
            "coordinates",
            "27.26, 112.71；wgs84；示例单位；实测",
            {"lat": 27.26, "lon": 112.71, "system": "WGS84", "checked_by": "示例单位", "source": "实测"},
        ),
    ],
)
def test_what_people_write_is_understood(kind: str, raw: Any, stored: Any) -> None:
    assert parse(kind, raw) == stored
    assert parse(kind, KINDS[kind].show(stored)) == stored


@pytest.mark.parametrize(
    ("kind", "raw", "word"),
    [
        ("text", "甲\x00乙", "控制字符"),
        ("text", "甲\ud800", "控制字符"),
        ("text", "长" * 501, "最多 500"),
        ("choice", "湖南", "是不是“湖南省”"),
        ("year", "二〇一九", "不是年份"),
        ("year", datetime(2019, 1, 1), "只写年份"),
        ("years", "1927-1902", "颠倒"),
        ("number", "1_000", "不是数字"),
        ("number", "inf", "不是数字"),
        ("url", "javascript:alert(1)", "不是网址"),
        ("url", "https://", "不是网址"),
        ("url", "http://[", "不是网址"),
        ("phone", "1.38E+10", "科学记数法"),
        ("phone", "王夫之", "不像电话"),
        ("idnumber", "110105194912310021", "校验位"),
        ("idnumber", 430421000000000000, "末几位已变成 0"),
        ("idnumber", "12345", "18 位"),
        ("idnumber", float("inf"), "末几位"),
        ("idnumber", float("nan"), "18 位"),
        ("urn", "不是编号", "URN"),
        ("photo", "照片.jpg", "网页"),
        ("link", "〔books/1〕", "people/000012"),
        ("link", "〔people/1", "括号"),
        ("link", {"text": "", "to": ""}, "没有写"),
        ("link", {"text": "甲", "note": "乙"}, "没有写条目编号"),
        ("coordinates", "27.26, 112.71", "没有写全"),
        ("coordinates", "112.71, 27.26；WGS84；甲；乙", "写反了"),
        ("coordinates", "48.85, 2.35；WGS84；甲；乙", "不在中国"),
        ("coordinates", "27.26, 112.71；BD09；甲；乙", "WGS84、CGCS2000、GCJ02"),
        ("coordinates", "27°15′, 112°42′；WGS84；甲；乙", "十进制"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(kind: str, raw: Any, word: str) -> None:
    with pytest.raises(Unfit, match=word):
        parse(kind, raw)


def test_repeatable_fields_part_a_cell_and_forget_repetitions() -> None:
    found = values.check(
        people(), {"field": "哲学；历史、哲学", "works": "甲、乙；丙", "phone": "0734-8123456\n13800000000"}
    )
    assert found.values["field"] == ["哲学", "历史"]
    assert [one["text"] for one in found.values["works"]] == ["甲、乙", "丙"]
    assert found.values["phone"] == ["0734-8123456", "13800000000"]
    told = values.check(people(), {"works": [{"text": "甲；乙"}]})
    assert "分号" in told.problems[0].what


def test_an_unknown_field_is_told_and_what_is_required_is_asked_for() -> None:
    found = values.check(people(), {"nmae": "王夫之", "unit": "示例"})
    assert [str(one) for one in found.problems] == ["nmae：没有这个字段。"]
    assert [one.label for one in values.lacking(people(), found.values)] == ["姓名"]


def test_an_open_vocabulary_only_suggests() -> None:
    one = read(PEOPLE + "  k: {label: 类, type: choice, vocabulary: [甲], open: true}\n", "x")
    assert values.check(one, {"k": "乙"}).values == {"k": "乙"}


def test_titles_identities_and_changes() -> None:
    directory = people()
    one = values.check(directory, {"name": "王夫之", "unit": "示例（大学）"}).values
    two = values.check(directory, {"name": "王夫之", "unit": "示例 (大学)", "phone": "0734-8123456"}).values
    assert values.title(directory, one) == "王夫之" and values.title(directory, {}) == "（未命名的人物）"
    assert values.identity(directory, one) == values.identity(directory, two) != ""
    assert values.identity(directory, {"name": "王夫之"}) == ""
    told = values.changes(directory, one, two)
    assert [(change.label, change.before, change.after) for change in told] == [
        ("单位", "示例（大学）", "示例 (大学)"),
        ("电话", "", "0734-8123456"),
    ]
    assert values.parted(directory, two) == ({"name": "王夫之", "unit": "示例 (大学)"}, {"phone": ["0734-8123456"]})
    assert values.parted(directory, {"gone": 1}) == ({}, {"gone": 1})
