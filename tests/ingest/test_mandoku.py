"""The mandoku reader: heads of files, the gaiji table, files that are not what they claim to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_dump import dump_events

from archive.errors import BadSource
from ingest.gaiji import Gaiji, GaijiTable, from_brackets
from ingest.readers import mandoku
from ingest.stream import Line, Page, Part, Warn

HEAD = """# -*- mode: mandoku-view; -*-
#+TITLE: 通書 Tongshu
#+DATE: 2015-08-29 17:58:45
#+PROPERTY: ID KR5i0080
#+PROPERTY: BASEEDITION CK-KZ
#+PROPERTY: WITNESS YP-C
#+PROPERTY: JUAN 1
"""
EMPTY = GaijiTable()


def written(folder: Path, text: str | bytes, name: str = "KR9x0001_001.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines(path: Path) -> list[Line]:
    return [event for event in mandoku.read(path, gaiji=EMPTY) if isinstance(event, Line)]


def test_header_names_the_witness(tmp_path: Path) -> None:
    head = mandoku.header(written(tmp_path, HEAD + "正文¶\n#+PROPERTY: JUAN 2\n"))
    assert (head.id, head.title, head.edition, head.juan) == ("KR5i0080", "通書", "YP-C", "1")
    assert head.properties["BASEEDITION"] == "CK-KZ"


def test_header_of_the_master_branch_is_the_base_edition(tmp_path: Path) -> None:
    text = "#+PROPERTY: BASEEDITION WYG\n#+PROPERTY: WITNESS master    \n文¶\n"
    assert mandoku.header(written(tmp_path, text)).edition == "WYG"


def test_recognised_by_its_head() -> None:
    assert mandoku.looks_like(HEAD.encode())
    assert mandoku.looks_like("<pb:KR1a0001_X_001-1a>¶".encode())
    assert not mandoku.looks_like("# 一篇 Markdown\n\n<p>文</p>".encode())


@pytest.mark.parametrize("text", [HEAD + "文\r\n字¶\r\n", "\ufeff" + HEAD + "文\n字\n", HEAD + "文\r字\r"])
def test_line_ends_of_every_system(tmp_path: Path, text: str) -> None:
    assert [line.text for line in lines(written(tmp_path, text))] == ["文", "字"]


def test_a_file_without_newlines_is_cut_at_its_marks(tmp_path: Path) -> None:
    made = lines(written(tmp_path, "<pb:KR9x0001_X_001-1a>¶" + "一行文字¶" * 20))
    assert [line.text for line in made] == ["一行文字"] * 20


def test_half_width_indentation_counts_half(tmp_path: Path) -> None:
    assert [line.indent for line in lines(written(tmp_path, "    四格\n\u3000\u3000兩格\n\t一欄\n"))] == [2, 2, 2]


def test_part_is_named_by_the_title_line(tmp_path: Path) -> None:
    text = "#+PROPERTY: JUAN 1\n<pb:X_Y_001-1a>¶\n　　欽定四庫全書¶\n\n　　石鼓答問卷上¶\n"
    (part,) = (event for event in mandoku.read(written(tmp_path, text), gaiji=EMPTY) if isinstance(event, Part))
    assert part == Part("卷上", "1")


@pytest.mark.parametrize(
    ("juan", "name", "title"),
    [
        ("12", "a_012.txt", "卷十二"),
        ("101", "a_101.txt", "卷一百一"),
        ("0", "a_003.txt", "卷三"),
        ("提要", "a_000.txt", "提要"),
    ],
)
def test_part_named_by_its_number(tmp_path: Path, juan: str, name: str, title: str) -> None:
    path = written(tmp_path, f"#+PROPERTY: JUAN {juan}\n　　誠上第一¶\n文¶\n", name)
    (part,) = (event for event in mandoku.read(path, gaiji=EMPTY) if isinstance(event, Part))
    assert part.title == title


def test_page_labels(tmp_path: Path) -> None:
    text = "<pb:KR1a0120_WYG_001-12b>¶\n<pb:CK-BS_KR5i0080_01p001a>¶\n<pb:YP-C_KR5i0080_25xingji-07-0015a>\n文¶\n"
    pages = [event for event in mandoku.read(written(tmp_path, text), gaiji=EMPTY) if isinstance(event, Page)]
    assert [(page.label, page.juan, page.leaf) for page in pages] == [
        ("001-12b", "001", "12b"),
        ("01p001a", "01", "001a"),
        ("25xingji-07-0015a", "25xingji-07", "0015a"),
    ]


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"", "KR9x0001_001.txt", "空"),
        ("一二\n三".encode() + b"\xff\xfe", "KR9x0001_001.txt", "第 2 行（第 10 字节）不是 UTF-8"),
        ("一\n二\0三".encode(), "KR9x0001_001.txt", "第 2 行有二进制数据"),
        (b"PK\x03\x04\x14\x00", "KR9x0001_001.txt", "二进制"),
    ],
)
def test_junk_is_refused_with_its_place(tmp_path: Path, data: bytes, where: str, what: str) -> None:
    with pytest.raises(BadSource) as caught:
        list(mandoku.read(written(tmp_path, data), gaiji=EMPTY))
    assert caught.value.where == where
    assert what in caught.value.what


def test_a_head_without_text_is_said_so(tmp_path: Path) -> None:
    assert list(mandoku.read(written(tmp_path, HEAD), gaiji=EMPTY)) == [Warn("文件里没有正文。", "KR9x0001_001.txt")]


def test_a_long_line_of_markup_is_read(tmp_path: Path) -> None:
    (line,) = lines(written(tmp_path, "(注/文)字" * 20_000 + "¶\n"))
    assert len(line.text) == 60_000
    assert len(line.notes) == 20_000


@pytest.mark.parametrize(
    "text", ["<pb:", "&KR", "[", "]", "((((", "))))", "(/)", "<pb:>", "¶¶¶", "/", "&;", "[[]]", "* ", "#", ":END:"]
)
def test_stray_markup_never_stops_the_reader(tmp_path: Path, text: str) -> None:
    assert "文" in dump_events(mandoku.read(written(tmp_path, f"{text}\n文{text}字\n{text}文\n"), gaiji=EMPTY))


def test_gaiji_table_is_found_above_the_text(tmp_path: Path) -> None:
    folder = tmp_path / "KR9x0001" / "WYG"
    folder.mkdir(parents=True)
    text = written(folder, "&KR0001;&KR0002;¶\n")
    rows = ["id\tfrequency\tunicode_or_ids\tnormalised", "KR0001\t9\t𩔖\t類", "KR0002\t9\t\ue123\t然:22,燃:3"]
    (tmp_path / "gaiji.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (line,) = (event for event in mandoku.read(text, gaiji=GaijiTable.load(text)) if isinstance(event, Line))
    assert line.text == "𩔖〓"
    assert [span.value["normalised"] for span in line.spans] == ["類", "然"]
    assert len(GaijiTable.load(None)) == 0


@pytest.mark.parametrize(
    ("column", "normalised", "expected"),
    [
        ("", "氣?", Gaiji("〓", "X", "", "氣")),
        ("", "胸:1,妄:1,章:1", Gaiji("〓", "X", "", "")),
        ("[沔-丏+丐]", "沔", Gaiji("〓", "X", "沔-丏+丐", "沔")),
        ("", "[門@龠]", Gaiji("〓", "X", "門@龠", "")),
        ("候", "候?", Gaiji("候", "X", "", "候")),
        ("", "⿺風軍", Gaiji("〓", "X", "⿺風軍", "")),
    ],
)
def test_rows_of_the_gaiji_table(tmp_path: Path, column: str, normalised: str, expected: Gaiji) -> None:
    table = tmp_path / "gaiji.tsv"
    table.write_text(f"id\tfrequency\tunicode_or_ids\tnormalised\nX\t1\t{column}\t{normalised}\n", encoding="utf-8")
    assert GaijiTable.load(table)["X"] == expected
    assert GaijiTable.load(table)["unknown"] == Gaiji(id="unknown")


@pytest.mark.parametrize("content", ["門@龠", "車*犬", "啟-口+山", "卄/(爻*且)", "⿰木巽", ":#AS-8864:⿺克寸"])
def test_component_expressions(content: str) -> None:
    assert from_brackets(content) is not None


@pytest.mark.parametrize("content", ["朱熹", "張敬夫", "朱熹/張栻", "闕", ""])
def test_supplied_text_is_no_component_expression(content: str) -> None:
    assert from_brackets(content) is None
