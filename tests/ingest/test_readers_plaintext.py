"""Plain text: layouts, pages, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadSource
from archive.intake import count_han
from ingest.readers import plaintext, source
from ingest.segmentation import segment
from ingest.stream import Blank, Draft, Event, Line, Page, Warn

PROSE = (
    "宋兴统一天下民用宁政用乂文教用兴盖于是而益以知天命矣天曰难谌匪徒人之不可狃也"
    "天无可狃之故常也命曰不易匪徒人之不易承也"
)


def read(tmp_path: Path, text: str | bytes, encoding: str = "") -> list[Event]:
    path = tmp_path / "书.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(plaintext.read(path, encoding=encoding))


def shape(events: list[Event]) -> str:
    """L a line, V a hard line, B a blank, P a page."""
    return "".join(
        {"Line": "L", "Blank": "B", "Page": "P", "Warn": ""}[type(event).__name__]
        if not (isinstance(event, Line) and event.hard)
        else "V"
        for event in events
    )


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Line)]


def test_printed_lines_stay_lines_that_segmentation_may_join(tmp_path: Path) -> None:
    wrapped = "\n".join(PROSE[start : start + 10] for start in range(0, len(PROSE), 10))
    events = read(tmp_path, f"\u3000\u3000{wrapped}\n")
    assert shape(events) == "LLLLLL" + "B"
    assert "".join(texts(events)) == PROSE
    assert [event.indent for event in events if isinstance(event, Line)] == [2, 0, 0, 0, 0, 0]
    assert events[1] == Line(PROSE[10:20], 0, 10)


def test_one_paragraph_a_line_is_never_joined(tmp_path: Path) -> None:
    events = read(tmp_path, f"第一章　太祖\n　　{PROSE}\n　　{PROSE[:30]}\n    {PROSE}{PROSE}\n")
    assert shape(events) == "LBLBLBLBB"
    assert [event.indent for event in events if isinstance(event, Line)] == [0, 2, 2, 2]


def test_poems_keep_their_lines(tmp_path: Path) -> None:
    events = read(
        tmp_path, f"登高\n风急天高猿啸哀，\n渚清沙白鸟飞回。\n无边落木萧萧下，\n不尽长江滚滚来。\n\n{PROSE}。\n"
    )
    assert shape(events) == "LBVVVVBLBB"


@pytest.mark.parametrize("mark", ["[p.12]", "[P12]", "【第12页】", "〔頁12〕", "［第十二葉］"])
def test_page_marks_alone_on_a_line(tmp_path: Path, mark: str) -> None:
    events = read(tmp_path, f"{PROSE}\n{mark}\n{PROSE}\n")
    assert shape(events) == "LBPLBB"
    page = next(event for event in events if isinstance(event, Page))
    assert page.label in ("12", "十二")
    assert page.original == mark


def test_page_marks_in_running_text_become_points(tmp_path: Path) -> None:
    events = read(tmp_path, "天下惟器[p.1]而已矣。道者[p.2]器之道，器者不可谓[p.3]之道之器也。\n")
    line = next(event for event in events if isinstance(event, Line))
    assert line.text == "天下惟器而已矣。道者器之道，器者不可谓之道之器也。"
    assert [(span.kind, span.start, span.value["page"].label) for span in line.spans] == [
        ("page", 4, "1"),
        ("page", 10, "2"),
        ("page", 19, "3"),
    ]
    assert line.cells == len(line.text)


def test_a_citation_that_looks_like_a_page_mark_is_text(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "语见《宋论》[p.88]，又见《外传》[p.12]。\n")) == [
        "语见《宋论》[p.88]，又见《外传》[p.12]。"
    ]


def test_form_feeds_begin_pages(tmp_path: Path) -> None:
    events = read(tmp_path, f"{PROSE}\n\f{PROSE}\n\f{PROSE}")
    assert [event.label for event in events if isinstance(event, Page)] == ["1", "2", "3"]
    assert shape(events) == "PLBPLBPLB"


def test_the_guessed_encoding_is_told(tmp_path: Path) -> None:
    events = read(tmp_path, PROSE.encode("gb18030"))
    assert texts(events) == [PROSE]
    assert any(isinstance(event, Warn) and "GB18030" in event.message for event in events)
    assert not any(isinstance(event, Warn) for event in read(tmp_path, PROSE.encode("gb18030"), "gbk"))


def test_private_use_and_replacement_characters_are_told(tmp_path: Path) -> None:
    told = [event.message for event in read(tmp_path, "天下\n惟\ue000器\ufffd\ufffd\n") if isinstance(event, Warn)]
    assert "1 个私用区字符" in told[0]
    assert "第 2 行" in told[0]
    assert "2 个替换符" in told[1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b" \n\t\n", "只有空白"),
        (b"\xef\xbb\xbf", "只有空白"),
        ("天下\n惟\x07器".encode(), "第 2 行有控制字符 U\\+0007"),
        ("天下\x1b[31m".encode(), "U\\+001B"),
        (b"\x7fELF\x02\x01\x01\0\0", "NUL"),
        (bytes(range(1, 256)) * 9, "编码"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(BadSource, match=said):
        read(tmp_path, data)


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_LINE", 1000)
    with pytest.raises(BadSource, match="第 2 行长达 1,100 字"):
        read(tmp_path, "天下\n" + "道" * 1100)


def test_a_200_megabyte_line_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "巨.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(BadSource, match="200 MB，上限 64 MB"):
        list(plaintext.read(path))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "无.txt", tmp_path):
        with pytest.raises(BadSource):
            source.load(path)


@given(st.lists(st.text("天下惟器而已矣，。 \u3000abc　", max_size=40), min_size=1, max_size=30))
def test_no_character_is_lost_or_moved(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    text = "\n".join(lines)
    if not text.strip():
        return
    events = read(tmp_path_factory.mktemp("t"), text)
    assert "".join("".join(texts(events)).split()) == "".join(text.split())
    assert sum(map(count_han, texts(events))) == count_han(text)


def test_blank_lines_are_blanks(tmp_path: Path) -> None:
    assert [type(event) for event in read(tmp_path, "甲\n \n乙")].count(Blank) == 3


def test_an_old_print_with_double_line_notes_is_a_printed_file(tmp_path: Path) -> None:
    # Ten cells a line; a bracketed note stood in double lines, so that it takes half its length.
    rows = [
        "回雁峯在城南峯勢如雁",
        "回故名峯下有（泉甘且冽宜於烹茶）",
        "其上可望湘水東洲洲有",
        "桃花春水方生（見通志山川志所引）",
    ]
    printed = "\n".join([*rows * 4, "昔人讀書於此。"])
    events = read(tmp_path, printed + "\n")
    assert not any(isinstance(event, Blank) for event in events[:-1])
    passages = [item.text for item in segment(events).items if isinstance(item, Draft)]
    assert passages == [printed.replace("\n", "")]
