"""PDFs: text layer, headings, running heads, page labels, pages without text, and files that are broken or locked."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_samples import Put, column, lines, locked, locked_with_aes, pdf

from archive.errors import BadSource
from ingest.readers import pdf as reader
from ingest.stream import Blank, Event, Heading, Line, Page, Warn

BODY = ("王夫之字而农号姜斋衡阳人也", "晚居湘西草堂学者称船山先生", "其学以汉儒为门户以宋五子为")


def read(tmp_path: Path, data: bytes) -> list[Event]:
    path = tmp_path / "书.pdf"
    path.write_bytes(data)
    return list(reader.read(path))


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Line | Heading)]


def pages(events: list[Event]) -> list[Page]:
    return [event for event in events if isinstance(event, Page)]


def warned(events: list[Event]) -> str:
    return "\n".join(event.message for event in events if isinstance(event, Warn))


def test_lines_indentation_and_paragraph_gaps(tmp_path: Path) -> None:
    page = lines(
        "\u3000\u3000" + BODY[0],
        BODY[1],
        BODY[2],
        "\u3000\u3000" + BODY[1],
        BODY[0],
        "\u3000\u3000\u3000\u3000床前明月光",
    )
    page += lines("隔开的一段", top=360)
    events = read(tmp_path, pdf([page]))
    found = [event for event in events if isinstance(event, Line)]
    assert [line.text for line in found[:2]] == [BODY[0], BODY[1]]
    assert [line.indent for line in found] == [2, 0, 0, 2, 0, 4, 0]
    assert found[0].cells == len(BODY[0])
    assert isinstance(events[events.index(found[-1]) - 1], Blank)
    assert not any(isinstance(event, Blank) for event in events[: events.index(found[-2])])


def test_spurious_spaces_between_chinese_characters_go_and_those_between_words_stay(tmp_path: Path) -> None:
    page = [
        Put("天 下 惟 器 ， 而 已 矣", 60, 500),
        Put("Wang", 60, 480),
        Put(" ", 90, 480),
        Put("Fuzhi  1619 年生", 94, 480),
    ]
    assert texts(read(tmp_path, pdf([page]))) == ["天下惟器，而已矣", "Wang Fuzhi 1619 年生"]


def test_characters_placed_one_by_one_make_one_line(tmp_path: Path) -> None:
    page = [Put(char, 60 + 12.5 * index, 500) for index, char in enumerate("天下惟器而已矣")]
    assert texts(read(tmp_path, pdf([page]))) == ["天下惟器而已矣"]


def test_type_printed_twice_for_boldness_is_read_once(tmp_path: Path) -> None:
    page = [Put("第一章", 60, 500, 16), Put("第一章", 60.4, 500, 16), *lines(*BODY, top=460)]
    assert texts(read(tmp_path, pdf([page])))[0] == "第一章"


def test_radicals_that_fonts_put_in_place_of_characters_are_mended(tmp_path: Path) -> None:
    events = read(tmp_path, pdf([lines("⼀⼈⽽已⻓⻔")]))
    assert texts(events) == ["一人而已长门"]
    assert "5 个字" in warned(events)


def test_running_heads_and_page_numbers_stay_out_of_the_text_but_name_the_pages(tmp_path: Path) -> None:
    book = [
        [Put("船山学刊 2011年第1期", 150, 560, 9), *lines(*BODY, f"第{n}面的正文"), Put(f"· {n} ·", 200, 30, 9)]
        for n in range(12, 17)
    ]
    events = read(tmp_path, pdf(book))
    assert [page.label for page in pages(events)] == ["12", "13", "14", "15", "16"]
    assert pages(events)[0].leaf == "12"
    assert pages(events)[0].original == "· 12 ·"
    assert texts(events)[:4] == [*BODY, "第12面的正文"]
    assert not any("船山学刊" in text or "·" in text for text in texts(events))
    assert "船山学刊" in warned(events)


def test_a_page_number_inside_the_running_head(tmp_path: Path) -> None:
    book = [[Put(f"{n}　宋论　卷一", 60, 560, 9), *lines(*BODY)] for n in (8, 9, 10, 11)]
    events = read(tmp_path, pdf(book))
    assert [page.label for page in pages(events)] == ["8", "9", "10", "11"]
    assert len(texts(events)) == 4 * len(BODY)


def test_text_that_merely_repeats_at_the_head_of_pages_is_text(tmp_path: Path) -> None:
    book = [lines(*BODY, top=560) for _ in range(6)]
    assert len(texts(read(tmp_path, pdf(book)))) == 6 * len(BODY)


def test_a_number_that_does_not_grow_with_the_pages_is_text(tmp_path: Path) -> None:
    book = [[*lines(*BODY), Put("7", 200, 30)] for _ in range(4)]
    assert texts(read(tmp_path, pdf(book))).count("7") == 4


def test_page_labels_of_the_file_win_and_are_never_doubled(tmp_path: Path) -> None:
    data = pdf([lines(f"正文{n}") for n in range(4)], labels="0 << /S /r >> 2 << /S /D /St 1 >>")
    assert [page.label for page in pages(read(tmp_path, data))] == ["i", "ii", "1", "2"]
    data = pdf([lines("正文"), lines("正文")], labels="0 << /P (x) >> 1 << /P (x) >>")
    assert len({page.label for page in pages(read(tmp_path, data))}) == 2


def test_outline_headings_stand_where_their_words_are(tmp_path: Path) -> None:
    book = [
        lines("宋论", "第一章 太祖", BODY[0], "第二节", "论取天下", BODY[1], "三、杯酒释兵权：其事在建隆二年"),
        lines(BODY[2]),
    ]
    outline = [("第一章  太祖", 0, 1), ("第二节 论取天下", 0, 2), ("三、杯酒释兵权", 0, 2), ("附录", 1, 1)]
    events = read(tmp_path, pdf(book, outline=outline))
    shown = [(e.level, e.text) if isinstance(e, Heading) else e.text for e in events if isinstance(e, Heading | Line)]
    assert shown == [
        "宋论",
        (1, "第一章 太祖"),
        BODY[0],
        (2, "第二节 论取天下"),
        BODY[1],
        (2, "三、杯酒释兵权："),
        "其事在建隆二年",
        (1, "附录"),
        BODY[2],
    ]
    assert events.index(Heading("附录", 1)) == events.index(pages(events)[1]) + 1


def test_vertical_pages_are_read_column_by_column(tmp_path: Path) -> None:
    page = [*column("周易稗疏卷一", 380), *column("乾卦者天之象也", 356, top=492), *column("君子以自强不息", 332)]
    found = [event for event in read(tmp_path, pdf([page])) if isinstance(event, Line)]
    assert [line.text for line in found] == ["周易稗疏卷一", "乾卦者天之象也", "君子以自强不息"]
    assert [line.indent for line in found] == [0, 2, 0]


def test_pages_without_text_are_stored_as_pictures_and_wait_for_ocr(tmp_path: Path) -> None:
    events = read(tmp_path, pdf([[], [], []], scans=[0, 1, 2]))
    assert [event.where for event in events if isinstance(event, Warn)] == [reader.WAITING_OCR]
    assert "等待 OCR" in warned(events)
    assert all(page.image.startswith(b"\x89PNG") and page.media_type == "image/png" for page in pages(events))
    assert not texts(events)


def test_a_mixed_pdf_gives_text_and_pictures(tmp_path: Path) -> None:
    events = read(tmp_path, pdf([lines(*BODY), [], lines(*BODY), []], scans=[1]))
    assert [bool(page.image) for page in pages(events)] == [False, True, False, False]
    assert [w.message for w in events if isinstance(w, Warn) and w.where == reader.WAITING_OCR] == [
        "第 2 页，共 1 页没有文字层，已存图像，等待 OCR。"
    ]


def test_a_scan_with_text_behind_it_keeps_its_picture(tmp_path: Path) -> None:
    events = read(tmp_path, pdf([lines(*BODY)], scans=[0]))
    assert texts(events) == list(BODY)
    assert pages(events)[0].image
    assert not any(isinstance(event, Warn) and event.where == reader.WAITING_OCR for event in events)


def test_codes_without_a_character_table_are_not_taken_for_text(tmp_path: Path) -> None:
    """A font without ToUnicode: its glyph numbers read as characters are nonsense, not Chinese."""
    nonsense = ["".join(chr(0x5E00 + (37 * i + 11 * n) % 0x1200) for i in range(20)) for n in range(4)]
    events = read(tmp_path, pdf([lines(*nonsense)], scans=[0]))
    assert not texts(events)
    assert "乱码" in warned(events)
    assert any(isinstance(event, Warn) and event.where == reader.WAITING_OCR for event in events)


def test_scripts_and_attachments_are_ignored(tmp_path: Path) -> None:
    data = pdf([lines("正文")], catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    assert texts(read(tmp_path, data)) == ["正文"]


def test_a_pdf_that_opens_without_password_is_read(tmp_path: Path) -> None:
    assert texts(read(tmp_path, locked(pdf([lines("禁止复制的书")]), user=""))) == ["禁止复制的书"]


def test_a_pdf_encrypted_with_aes_that_opens_without_password_is_read(tmp_path: Path) -> None:
    assert texts(read(tmp_path, locked_with_aes())) == ["禁止复制"]


def test_a_pdf_locked_with_aes_256_says_so(tmp_path: Path) -> None:
    entry = (
        f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{'11' * 48}> /U <{'22' * 48}> /OE <{'33' * 32}>"
        f" /UE <{'44' * 32}> /Perms <{'55' * 16}> /StmF /StdCF /StrF /StdCF"
        " /CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >> >> /ID [<00> <00>]"
    )
    with pytest.raises(BadSource, match="密码"):
        read(tmp_path, pdf([lines("秘")]).replace(b"trailer\n<< ", b"trailer\n<< " + entry.encode()))


def test_a_pdf_locked_with_a_password_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="密码"):
        read(tmp_path, locked(pdf([lines("秘")]), user="secret"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf([lines("正文")])[:-200], "不完整"),
        (pdf([lines("正文")])[: len(pdf([lines("正文")])) // 2], "不完整"),
        (b"%PDF-1.7\n" + b"junk " * 100 + b"\n%%EOF\n", "损坏|一页也没有"),
        (
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n",
            "损坏|一页也没有",
        ),
        (pdf([]), "一页也没有"),
        (b"", "空的"),
    ],
)
def test_broken_pdfs_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(BadSource, match=said):
        read(tmp_path, data)


def test_too_many_pages_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    with pytest.raises(BadSource, match="上限 2 页"):
        read(tmp_path, pdf([lines("一"), lines("二"), lines("三")]))


def test_one_broken_page_does_not_stop_the_others(tmp_path: Path) -> None:
    data = pdf([lines("第一面"), lines("第二面"), lines("第三面")])
    second = data.index(b"/Length", data.index("第一面".encode("utf-16-be").hex().encode()))
    broken = data[:second] + b"/Filter /FlateDecode " + data[second:]
    events = read(tmp_path, broken)
    assert len(pages(events)) == 3
    assert texts(events) == ["第一面", "第三面"]


def test_a_pdf_that_breaks_the_rules_is_read_and_told(tmp_path: Path) -> None:
    data = pdf([lines("第一面"), lines("第二面")])
    start = data.rindex(b"startxref\n")
    events = read(tmp_path, data[:start] + b"startxref\n99999\n%%EOF\n")
    assert texts(events) == ["第一面", "第二面"]
    assert "不合规范" in warned(events)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (b"/Kids [6 0 R 8 0 R 10 0 R]", b"/Kids [6 0 R 98 0 R 10 0 R]", "记着 3 页，读得出 2 页"),
        (b"/Count 3", b"/Count 9", "记着 9 页，读得出 3 页"),
        (b"/Kids [6 0 R 8 0 R 10 0 R]", b"/Kids [6 0 R 2 0 R 10 0 R]", "已损坏"),
    ],
)
def test_scans_whose_page_tree_is_wrong_are_refused(tmp_path: Path, right: bytes, wrong: bytes, told: str) -> None:
    data = pdf([[], [], []], scans=(0, 1, 2))
    assert right in data
    with pytest.raises(BadSource, match=told) as caught:
        read(tmp_path, data.replace(right, wrong))
    assert "另存为" in caught.value.remedy


def test_text_whose_page_tree_is_wrong_is_read(tmp_path: Path) -> None:
    data = pdf([lines(*BODY), lines(*BODY)]).replace(b"/Count 2", b"/Count 9")
    assert len(pages(read(tmp_path, data))) == 2


def test_a_page_without_its_type_and_scripts_do_no_harm(tmp_path: Path) -> None:
    script = "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
    data = pdf([[], []], scans=(0, 1), catalog=script).replace(b"8 0 obj\n<< /Type /Page ", b"8 0 obj\n<< /Tape /Pag ")
    assert [bool(page.image) for page in pages(read(tmp_path, data))] == [True, True]
