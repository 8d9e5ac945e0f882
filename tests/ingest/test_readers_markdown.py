"""Markdown: structure, notes, footnotes, pages; and that no character goes missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadSource
from archive.intake import count_han
from ingest.readers import markdown
from ingest.stream import Blank, Block, Event, Heading, Page, Span, Warn


def read(tmp_path: Path, text: str) -> list[Event]:
    path = tmp_path / "书.md"
    path.write_text(text, encoding="utf-8")
    return list(markdown.read(path))


def body(events: list[Event]) -> list[tuple[str, str]]:
    return [
        (event.kind if isinstance(event, Block) else f"h{event.level}", event.text)
        for event in events
        if isinstance(event, Block | Heading)
    ]


def warned(events: list[Event]) -> str:
    return "\n".join(event.message for event in events if isinstance(event, Warn))


def test_headings_paragraphs_and_line_joining(tmp_path: Path) -> None:
    events = read(tmp_path, "# 宋论\n\n王夫之字而农\n号姜斋。Wang\nFuzhi 著\n\n卷一\n====\n")
    assert body(events) == [("h1", "宋论"), ("paragraph", "王夫之字而农号姜斋。Wang Fuzhi 著"), ("h1", "卷一")]


def test_typed_characters_are_never_beautified(tmp_path: Path) -> None:
    text = "\"直引号\" 'x' -- ... (c) 王夫之 著　卷一 *着重* `码` \\*星\\*"
    assert body(read(tmp_path, text)) == [("paragraph", "\"直引号\" 'x' -- ... (c) 王夫之 著　卷一 着重 码 *星*")]


def test_verse_by_hard_breaks_and_in_quotes(tmp_path: Path) -> None:
    events = read(tmp_path, "床前明月光，  \n疑是地上霜。\n\n> 举头望明月，\n> 低头思故乡。\n>\n> ——李白\n")
    assert body(events) == [
        ("verse", "床前明月光，\n疑是地上霜。"),
        ("verse", "举头望明月，\n低头思故乡。"),
        ("paragraph", "——李白"),
    ]


def test_lists_keep_their_numbers(tmp_path: Path) -> None:
    events = read(tmp_path, "3. 三\n4) 四\n\n- 甲\n  - 乙\n\n  丙\n")
    assert body(events) == [("list", "3. 三"), ("list", "4) 四"), ("list", "甲"), ("list", "乙"), ("list", "丙")]


def test_tables(tmp_path: Path) -> None:
    events = read(tmp_path, "| | 年 |\n|---|---|\n| 生 | 1619 |\n")
    assert body(events) == [("table", "\t年\n生\t1619")]


def test_code_is_text(tmp_path: Path) -> None:
    assert body(read(tmp_path, "```\n关关雎鸠\n在河之洲\n```\n\n    缩进四格\n")) == [
        ("verse", "关关雎鸠\n在河之洲"),
        ("paragraph", "缩进四格"),
    ]


def test_footnotes_follow_the_passage_that_calls_them(tmp_path: Path) -> None:
    events = read(tmp_path, "天下[^1]之大[^甲]。\n\n又[^1]。\n\n[^1]: 见《宋论》\n卷一\n\n    再注\n[^甲]: 乙\n")
    assert body(events) == [
        ("paragraph", "天下之大。"),
        ("footnote", "见《宋论》卷一\n再注"),
        ("footnote", "乙"),
        ("paragraph", "又。"),
    ]
    first, note, *_ = [event for event in events if isinstance(event, Block)]
    assert first.spans == (Span("footnote", 2, 2, {"n": "1"}), Span("footnote", 4, 4, {"n": "甲"}))
    assert note.spans == (Span("footnote", 0, 0, {"of": "1"}),)


def test_footnotes_without_a_partner_are_kept_and_told(tmp_path: Path) -> None:
    events = read(tmp_path, "天下[^9]。\n\n[^8]: 孤注\n")
    assert body(events) == [("paragraph", "天下[^9]。"), ("footnote", "孤注")]
    assert "脚注" in warned(events)


def test_notes_and_pages_of_our_own(tmp_path: Path) -> None:
    events = read(tmp_path, "<pb n=\"1a\"/>\n\n天下<note>夹注\n二行</note>之<pb n='1b'/>大〔按〕\n\n末<note>未完\n")
    assert events[0] == Page("1a", original='<pb n="1a"/>')
    first, last = [event for event in events if isinstance(event, Block)]
    assert (first.text, first.notes) == ("天下夹注二行之大〔按〕", ((2, 6),))
    assert first.spans == (Span("page", 7, 7, {"page": Page("1b", original="<pb n='1b'/>")}),)
    assert (last.text, last.notes) == ("末未完", ((1, 3),))
    assert "</note>" in warned(events)


def test_comments_are_left_out_and_told(tmp_path: Path) -> None:
    events = read(tmp_path, "<!-- 编者按\n\n多段 -->\n天下<!-- 行内 -->之大\n\n<!-- 头 --> 尾\n")
    assert body(events) == [("paragraph", "天下之大"), ("paragraph", " 尾".strip())]
    assert "注释 <!-- -->：3 处" in warned(events)


def test_what_commonmark_would_swallow_is_kept(tmp_path: Path) -> None:
    events = read(tmp_path, "[注]: 天下为公\n\n<div>\n内文\n</div>\n\n<天下>也\n")
    assert body(events) == [("paragraph", "[注]: 天下为公"), ("paragraph", "内文"), ("paragraph", "<天下>也")]


def test_what_cannot_be_kept_is_counted(tmp_path: Path) -> None:
    assert "有 2 个汉字没有读出来" in warned(read(tmp_path, "|甲|\n|---|\n|乙|丙丁|\n"))
    assert "链接" in warned(read(tmp_path, "[甲](http://example.org/乙)\n"))


def test_front_matter_is_not_text(tmp_path: Path) -> None:
    assert body(read(tmp_path, "---\ntitle: 宋论\n---\n天下\n\n---\n")) == [("paragraph", "天下")]
    assert isinstance(read(tmp_path, "甲\n\n---\n\n乙\n")[1], Blank)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "空的"),
        ("---\ntitle: 宋论\n---\n", "没有正文"),
        ("天下\n\x01", "第 2 行有控制字符"),
        (">" * 300 + " 天下", "嵌套太深"),
        ("- " * 300 + "天下", "嵌套太深"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSource, match=said):
        read(tmp_path, text)


PIECES = [
    "天下", "惟器", "道者", "，", "。", "　", " ", "\t", "\n", "\n\n", "# ", "> ", "- ", "1. ", "*", "**", "_", "`",
    "~~~", "\n```\n", "[", "]", "(", ")", "![", "[^1]", "[^1]: ", "<note>", "</note>", '<pb n="3"/>', "<b>",
    "<!-- x -->", "|", "---", "===", "    ", "\\", "&",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_every_chinese_character_comes_out_or_is_counted(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = "首" + "".join(pieces)
    events = read(tmp_path_factory.mktemp("m"), text)
    kept = sum(count_han(text) for _, text in body(events))
    assert kept == count_han(text) or any(told in warned(events) for told in ("没有读出来", "链接", "图片"))
    for event in events:
        if isinstance(event, Block | Heading):
            assert all(0 <= start < end <= len(event.text) for start, end in event.notes)
            assert all(0 <= span.start <= span.end <= len(event.text) for span in event.spans)


@given(st.text("天下惟器而已矣道者之，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·〓□𩔖　", min_size=1, max_size=80))
def test_plain_chinese_passes_unchanged(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    bare = text.strip("\u3000")
    if bare:
        assert body(read(tmp_path_factory.mktemp("m"), text)) == [("paragraph", bare)]
