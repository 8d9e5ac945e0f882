"""CSL-JSON as it comes: read back unchanged, and every fault named with item, id and field."""

import json

import pytest

from archive.citations import format_item, format_items, load_csl
from archive.errors import UsageError

GOOD = {"id": "a1", "type": "book", "title": "宋论"}


@pytest.mark.parametrize("data", [[GOOD], GOOD, {"items": [GOOD]}])
def test_a_list_an_item_or_an_object_with_items(data):
    assert load_csl(json.dumps(data), "items.json") == [GOOD]


def test_a_byte_order_mark_is_forgiven():
    assert load_csl("\ufeff[]", "items.json") == []


def test_round_trip_keeps_everything_even_what_no_style_reads():
    items = [
        {
            **GOOD,
            "issued": "1865（清同治四年）",
            "x-own": {"a": [1, 2.5, None, True]},
            "note": "甲\n乙",
            "volume": None,
        },
        {**GOOD, "title": "<i>𩔖</i>篇", "author": [{"family": "司马", "given": "光"}], "custom": {"urn": "u"}},
    ]
    assert load_csl(format_items(items, "csl-json"), "x") == items


def faults(text):
    with pytest.raises(UsageError) as caught:
        load_csl(text, "items.json")
    assert "items.json" in caught.value.where
    return f"{caught.value.where}|{caught.value.what}"


@pytest.mark.parametrize(
    "text", ["", "[", "nonsense", "[" * 100_000, '[{"volume": NaN}]', '[{"volume": -Infinity}]', f"[{'9' * 5000}]"]
)
def test_what_is_not_json(text):
    assert "不是有效的 JSON" in faults(text)


def test_the_place_of_a_json_fault():
    assert "第 2 行第 3 字" in faults("[\n1 2]")


@pytest.mark.parametrize("text", ['"x"', "3", "null", '{"items": 3}'])
def test_what_is_not_a_list_of_items(text):
    assert "应为文献条目的列表" in faults(text)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (7, "文献条目应为对象，现为数字"),
        ({"type": "book"}, "缺少 title"),
        ({**GOOD, "title": " \n"}, "缺少 title"),
        ({**GOOD, "title": 5}, "title 应为文字，现为数字"),
        ({"title": "x"}, "缺少 type"),
        ({**GOOD, "type": "bok"}, "type“bok”不是"),
        ({**GOOD, "type": ["book"]}, "不是 CSL 的文献类型"),
        ({**GOOD, "author": "王夫之"}, "author 应为责任者的列表，现为文字"),
        ({**GOOD, "editor": ["王夫之"]}, "editor 中的责任者应为对象，现为文字"),
        ({**GOOD, "author": [{"family": 3}]}, "author 的 family 应为文字，现为数字"),
        ({**GOOD, "publisher": ["中华书局"]}, "publisher 应为文字，现为列表"),
        ({**GOOD, "container-title": {}}, "container-title 应为文字，现为对象"),
        ({**GOOD, "volume": True}, "volume 应为文字或数字，现为真假值"),
        ({**GOOD, "volume": 10**400}, "volume 的数字过大"),
        ({**GOOD, "issued": 2011}, "issued 应为日期对象或文字，现为数字"),
        ({**GOOD, "issued": {"date-parts": 2011}}, "issued 的 date-parts"),
        ({**GOOD, "issued": {"date-parts": [2011]}}, "issued 的 date-parts"),
        ({**GOOD, "issued": {"date-parts": [["甲"]]}}, "issued 的 date-parts"),
        ({**GOOD, "issued": {"date-parts": [[2011, 5, 3, 1]]}}, "issued 的 date-parts"),
        ({**GOOD, "issued": {"date-parts": [[20110]]}}, "issued 的 date-parts"),
        ({**GOOD, "accessed": {"date-parts": [[2011, 25]]}}, "accessed 的月"),
        ({**GOOD, "accessed": {"date-parts": [[2011, 5, 32]]}}, "accessed 的月"),
        ({**GOOD, "issued": {"literal": 3}}, "issued 的 literal 应为文字"),
        ({**GOOD, "x-own": "\ud800"}, "x-own 含有不成对的代理字符"),
        ({**GOOD, "custom": {"\udfff": 1}}, "custom 含有不成对的代理字符"),
    ],
)
def test_faults_name_item_and_field(item, told):
    text = json.dumps([GOOD, item]) if not (isinstance(item, dict) and item.get("volume") == 10**400) else None
    if text is not None:
        seen = faults(text)
        assert "第 2 条" in seen
        assert told in seen
        assert not isinstance(item, dict) or "id" not in item or "id：a1" in seen
    with pytest.raises(UsageError, match=told):
        format_item(item)


def test_bottomless_nesting_is_refused():
    nested = 1
    for _ in range(200):
        nested = [nested]
    with pytest.raises(UsageError, match="嵌套过深"):
        format_item({**GOOD, "custom": nested})


def test_a_later_item_is_numbered_when_formatting_too():
    with pytest.raises(UsageError) as caught:
        format_items([GOOD, GOOD, {"type": "book", "id": "c3"}])
    assert caught.value.where == "第 3 条（id：c3）"


def test_nothing_of_an_items_id_breaks_the_message():
    with pytest.raises(UsageError) as caught:
        format_item({"id": "a\nb\x1b[31m" * 50, "type": "book"})
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("note", "reference"),
    [
        ("page: 35", "宋论[M]. 北京：中华书局，1964：35."),
        ("{:page: 35}", "宋论[M]. 北京：中华书局，1964：35."),
        ("publisher: 别家\nissued: 1865（清同治四年）", "宋论[M]. 北京：中华书局，1865（清同治四年）."),
        ("type: classic\n随记：甲", "宋论[M]. 北京：中华书局，1964."),
        ("type: nonsense\nissued: 不详", "宋论[M]. 北京：中华书局，1964."),
    ],
)
def test_variables_kept_in_the_note(note, reference):
    item = {
        **GOOD,
        "publisher": "中华书局",
        "publisher-place": "北京",
        "issued": {"date-parts": [["1964"]]},
        "note": note,
    }
    assert format_item(item) == reference
