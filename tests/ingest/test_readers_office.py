"""DOCX, EPUB and ODT through pandoc."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office_samples import by_pandoc, docx, epub, paragraph

from archive.errors import BadSource, WenkuError
from ingest.readers import office, pandoc
from ingest.stream import Block, Event, Heading, Page, Span, Warn

MARKDOWN = """# 第一章 总论

王夫之　字而农，Wang Fuzhi。天下[^1]之大。

[^1]: 见《宋论》*卷一*。

    又一段。

## 第一节

| 床前明月光
| 疑是地上霜

| 生 | 卒 |
|----|----|
| 1619 | 1692 |

1. 甲
2. 乙

- 丙
"""

READ: dict[str, Callable[[Path], Iterator[Event]]] = {
    "docx": office.read_docx,
    "epub": office.read_epub,
    "odt": office.read_odt,
}


def body(events: list[Event]) -> list[tuple[str, str]]:
    return [
        (event.kind if isinstance(event, Block) else f"h{event.level}", event.text)
        for event in events
        if isinstance(event, Block | Heading)
    ]


def warned(events: list[Event]) -> str:
    return "\n".join(event.message for event in events if isinstance(event, Warn))


@pytest.mark.parametrize("kind", READ)
def test_structure_and_footnotes(tmp_path: Path, kind: str) -> None:
    events = list(READ[kind](by_pandoc(tmp_path / f"书.{kind}", MARKDOWN)))
    assert body(events) == [
        ("h1", "第一章 总论"),
        ("paragraph", "王夫之　字而农，Wang Fuzhi。天下之大。"),
        ("footnote", "见《宋论》卷一。\n又一段。"),
        ("h2", "第一节"),
        ("verse", "床前明月光\n疑是地上霜"),
        ("table", "生\t卒\n1619\t1692"),
        ("list", "1. 甲"),
        ("list", "2. 乙"),
        ("list", "丙"),
    ]
    call = next(event for event in events if isinstance(event, Block))
    assert call.spans == (Span("footnote", call.text.index("之大"), call.text.index("之大"), {"n": "1"}),)
    note = next(event for event in events if isinstance(event, Block) and event.kind == "footnote")
    assert note.spans == (Span("footnote", 0, 0, {"of": "1"}),)


def test_the_title_page_of_a_word_document_is_text(tmp_path: Path) -> None:
    path = by_pandoc(tmp_path / "书.docx", "---\ntitle: 船山文集\nauthor: [王夫之, 王敔]\n---\n正文\n")
    assert body(list(office.read_docx(path))) == [
        ("title", "船山文集"),
        ("byline", "王夫之"),
        ("byline", "王敔"),
        ("paragraph", "正文"),
    ]


def test_word_indentation_line_breaks_and_empty_paragraphs(tmp_path: Path) -> None:
    lines = "<w:p><w:r><w:t>风急天高</w:t><w:br/><w:t>渚清沙白</w:t></w:r></w:p>"
    path = docx(tmp_path / "书.docx", paragraph("　　缩进两格") + "<w:p/>" + lines)
    assert body(list(office.read_docx(path))) == [("paragraph", "缩进两格"), ("verse", "风急天高\n渚清沙白")]


def test_what_pandoc_skips_in_word_is_told(tmp_path: Path) -> None:
    box = (
        "<w:p><w:r><w:drawing><wps:txbx><w:txbxContent>"
        + paragraph("文本框里")
        + "</w:txbxContent></wps:txbx></w:drawing></w:r></w:p>"
    )
    events = list(office.read_docx(docx(tmp_path / "书.docx", paragraph("正文") + box)))
    assert body(events) == [("paragraph", "正文")]
    assert "有 4 个汉字没有读出来" in warned(events)
    assert "文本框里" in warned(events)


def test_tracked_deletions_are_gone_and_not_missed(tmp_path: Path) -> None:
    change = 'w:id="1" w:author="a" w:date="2026-01-01T00:00:00Z"'
    path = docx(
        tmp_path / "书.docx",
        f"<w:p><w:ins {change}><w:r><w:t>新</w:t></w:r></w:ins>"
        f"<w:del {change}><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>",
    )
    events = list(office.read_docx(path))
    assert body(events) == [("paragraph", "新")]
    assert not warned(events)


def test_epub_pages_ruby_footnotes_and_spans(tmp_path: Path) -> None:
    path = epub(
        tmp_path / "书.epub",
        '<h1>卷一</h1><p>　　天下<span epub:type="pagebreak" id="p12" title="12"/>之大\n也'
        '<a epub:type="noteref" href="#n1">1</a>。<ruby>行<rt>háng</rt></ruby></p>'
        '<span epub:type="pagebreak" id="p13" title="13"></span>'
        '<aside epub:type="footnote" id="n1"><p>脚注</p></aside>'
        '<table><tr><td rowspan="2">甲</td><td colspan="2">乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>'
        "<ol><li>一</li></ol><p><img src='x.png' alt='图'/></p>",
    )
    events = list(office.read_epub(path))
    assert body(events) == [
        ("h1", "卷一"),
        ("paragraph", "天下之大也。行háng"),
        ("footnote", "脚注"),
        ("table", "甲\t乙\n\t丙\t丁"),
        ("list", "1. 一"),
    ]
    passage = next(event for event in events if isinstance(event, Block))
    assert passage.notes == ((7, 11),)
    assert passage.spans[0] == Span("page", 2, 2, {"page": Page("12", original="12")})
    assert Page("13", original="13") in events
    assert "图片" in warned(events)


def test_what_pandoc_skips_in_an_epub_is_told(tmp_path: Path) -> None:
    events = list(
        office.read_epub(epub(tmp_path / "书.epub", '<section epub:type="titlepage"><p>扉页</p></section><p>正文</p>'))
    )
    assert body(events) == [("paragraph", "正文")]
    assert "扉页" in warned(events)


def test_numbers_only_word_knows_are_told(tmp_path: Path) -> None:
    path = by_pandoc(tmp_path / "书.docx", "i. 甲\nii. 乙\n\na) 丙\n")
    events = list(office.read_docx(path))
    assert body(events) == [("list", "甲"), ("list", "乙"), ("list", "a) 丙")]
    assert "自动编号没有收入正文：2 处" in warned(events)


def test_a_document_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="没有文字"):
        list(office.read_docx(docx(tmp_path / "书.docx", "<w:p/>")))


def test_broken_xml_inside_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="pandoc"):
        list(office.read_docx(docx(tmp_path / "书.docx", "<w:p><w:r>")))


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE w [<!ENTITY x "内部">]>',
        '<!DOCTYPE w [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    ],
)
def test_entities_inside_are_refused(tmp_path: Path, prolog: str) -> None:
    with pytest.raises(BadSource, match=r"word/document\.xml.*实体"):
        list(office.read_docx(docx(tmp_path / "书.docx", paragraph("&x;"), prolog=prolog)))


def test_a_locked_epub_says_so_and_masked_fonts_do_not_matter(tmp_path: Path) -> None:
    def encryption(algorithm: str) -> dict[str, str]:
        return {"META-INF/encryption.xml": f'<encryption><EncryptionMethod Algorithm="{algorithm}"/></encryption>'}

    masked = epub(tmp_path / "a.epub", "<p>正文</p>", more=encryption("http://www.idpf.org/2008/embedding"))
    assert body(list(office.read_epub(masked))) == [("paragraph", "正文")]
    bought = epub(tmp_path / "b.epub", "<p>正文</p>", more=encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    with pytest.raises(BadSource, match="DRM"):
        list(office.read_epub(bought))


def test_a_missing_pandoc_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = docx(tmp_path / "书.docx", paragraph("正文"))
    monkeypatch.setattr(pandoc, "_program", lambda: str(tmp_path / "no-such-pandoc"))
    with pytest.raises(WenkuError, match="pandoc") as caught:
        list(office.read_docx(path))
    assert "pypandoc_binary" in caught.value.remedy


def test_a_pandoc_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = docx(tmp_path / "书.docx", paragraph("正文"))
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(pandoc, "_program", lambda: str(slow))
    monkeypatch.setattr(pandoc, "TIMEOUT", 0.2)
    with pytest.raises(BadSource, match="没有读完"):
        list(office.read_docx(path))


def test_pandoc_reads_nothing_but_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda command, **options: (seen.append(command), run(command, **options))[1]
    )
    list(office.read_docx(docx(tmp_path / "书.docx", paragraph("正文"))))
    assert "--sandbox" in seen[0]
