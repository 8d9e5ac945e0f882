"""TEI: structure, notes, breaks, characters, apparatus; and hostile XML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadSource
from ingest.readers import tei
from ingest.stream import Block, Event, Heading, Page, Part, Span, Warn

CHARACTERS = """<encodingDesc><charDecl>
<char xml:id="exact"><mapping type="unicode">U+28A71</mapping></char>
<char xml:id="near"><localProp name="IDS" value="⿰克寸"/><mapping type="standard">剋</mapping></char>
<char xml:id="none"><charProp><localName>composition</localName><value>[門@龠]</value></charProp></char>
<char xml:id="private"><mapping type="unicode">U+E123</mapping></char>
</charDecl></encodingDesc>"""


def document(text: str, *, namespace: bool = True, header: str = "", prolog: str = '<?xml version="1.0"?>') -> str:
    ns = ' xmlns="http://www.tei-c.org/ns/1.0"' if namespace else ""
    return f"{prolog}<TEI{ns}><teiHeader><fileDesc/>{header}</teiHeader><text><body>{text}</body></text></TEI>"


def read(tmp_path: Path, xml: str | bytes) -> list[Event]:
    path = tmp_path / "书.xml"
    path.write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    return list(tei.read(path))


def body(events: list[Event]) -> list[tuple[str, str]]:
    return [
        (event.kind if isinstance(event, Block) else f"h{event.level}", event.text)
        for event in events
        if isinstance(event, Block | Heading)
    ]


def block(tmp_path: Path, inner: str, header: str = "") -> Block:
    """The one passage that `<p>inner</p>` becomes."""
    blocks = [event for event in read(tmp_path, document(f"<p>{inner}</p>", header=header)) if isinstance(event, Block)]
    assert len(blocks) == 1
    return blocks[0]


@pytest.mark.parametrize("namespace", [True, False])
def test_divisions_become_headings_by_depth(tmp_path: Path, namespace: bool) -> None:
    text = (
        "<head>宋論</head><div><head>卷一</head><head>船山撰</head><p>甲</p><div1><head>太祖</head><p>乙</p></div1>"
        "<trailer>卷一終</trailer></div><div><p>丙</p></div>"
    )
    assert body(read(tmp_path, document(text, namespace=namespace))) == [
        ("h1", "宋論"),
        ("h2", "卷一"),
        ("title", "船山撰"),
        ("paragraph", "甲"),
        ("h3", "太祖"),
        ("paragraph", "乙"),
        ("title", "卷一終"),
        ("paragraph", "丙"),
    ]


def test_white_space_of_the_file_is_not_text(tmp_path: Path) -> None:
    inner = "\n   天下\n   之<!-- 注释 -->大<?pi x?>，\n   Wang\n   Fuzhi\n 著　書\n"
    assert block(tmp_path, inner).text == "天下之大，Wang Fuzhi著　書"


def test_title_page_and_paragraphs_inside_quotes(tmp_path: Path) -> None:
    text = (
        "<titlePage><docTitle><titlePart>宋論</titlePart></docTitle><byline>王夫之<lb/>撰</byline></titlePage>"
        "<div><p>孔子曰：<quote>學而</quote>又曰：<quote><p>時習</p></quote>不亦說乎</p><said>獨立成段</said></div>"
    )
    assert body(read(tmp_path, document(text))) == [
        ("title", "宋論"),
        ("byline", "王夫之撰"),
        ("paragraph", "孔子曰：學而又曰："),
        ("paragraph", "時習"),
        ("paragraph", "不亦說乎"),
        ("paragraph", "獨立成段"),
    ]


def test_verse(tmp_path: Path) -> None:
    text = (
        "<lg><head>登高</head><lg><l>風急<caesura/>天高</l>\n<l>渚清</l></lg><lg><l>無邊</l></lg></lg>"
        "<l>獨行</l><l>又行</l><p>曰<l>起</l><l>承</l>止</p>"
    )
    assert body(read(tmp_path, document(text))) == [
        ("title", "登高"),
        ("verse", "風急　天高\n渚清\n無邊"),
        ("verse", "獨行\n又行"),
        ("paragraph", "曰"),
        ("verse", "起\n承"),
        ("paragraph", "止"),
    ]


def test_lists_and_tables(tmp_path: Path) -> None:
    text = (
        "<list><head>目</head><item>一<list><item>一之一</item></list></item><item>二</item></list>"
        "<table><row><cell/><cell>年</cell></row><row><cell>生</cell><cell>1619</cell></row></table>"
    )
    assert body(read(tmp_path, document(text))) == [
        ("title", "目"),
        ("list", "一"),
        ("list", "一之一"),
        ("list", "二"),
        ("table", "\t年\n生\t1619"),
    ]


def test_interlinear_notes_are_ranges_and_footnotes_follow(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        document(
            '<p>乾<note place="inline">天\n  也</note>坤<note>地<note>土</note></note>。<note place="foot" n="①">校記'
            "<p>又記</p></note>終</p><note>全注</note><p>末</p>"
        ),
    )
    first, foot, whole, last = [event for event in events if isinstance(event, Block)]
    assert (first.text, first.notes) == ("乾天也坤地土。終", ((1, 3), (4, 6)))
    assert first.spans == (Span("footnote", 7, 7, {"n": "①"}),)
    assert (foot.kind, foot.text, foot.spans) == ("footnote", "校記\n又記", (Span("footnote", 0, 0, {"of": "①"}),))
    assert (whole.text, whole.notes) == ("全注", ((0, 2),))
    assert last.text == "末"


def test_pages_between_and_inside_passages(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        document('<pb n="1a" facs="x.jpg"/><div><head>卷<pb n="1b"/>一</head><p>甲<pb xml:id="p2"/>乙</p><pb/></div>'),
    )
    assert events[0] == Page("1a", original="1a")
    heading, paragraph = events[1], events[2]
    assert isinstance(heading, Heading)
    assert isinstance(paragraph, Block)
    assert heading.spans == (Span("page", 1, 1, {"page": Page("1b", original="1b")}),)
    assert paragraph.spans == (Span("page", 1, 1, {"page": Page("p2")}),)
    assert events[3] == Page("4")


def test_breaks_of_another_edition_are_left_aside(tmp_path: Path) -> None:
    inner = '甲<pb ed="A" n="1"/>乙<pb ed="B" n="9"/>丙<lb ed="A"/>丁<lb ed="B"/>戊'
    assert [(span.kind, span.start) for span in block(tmp_path, inner).spans] == [("page", 1), ("line", 3)]


def test_characters_without_code_point(tmp_path: Path) -> None:
    inner = '<g ref="#exact"/><g ref="#near"/><g ref="#none"/><g ref="#other"/><g ref="#private">某</g><g>𩔖</g>'
    found = block(tmp_path, inner, CHARACTERS)
    assert found.text == "𨩱剋〓〓某𩔖"
    assert found.spans == (
        Span("gaiji", 1, 2, {"id": "near", "ids": "⿰克寸", "normalised": "剋"}),
        Span("gaiji", 2, 3, {"id": "none", "ids": "[門@龠]"}),
        Span("gaiji", 3, 4, {"id": "other"}),
        Span("gaiji", 4, 5, {"id": "private"}),
    )


def test_apparatus_keeps_what_stands_on_the_page(tmp_path: Path) -> None:
    inner = (
        '<app><lem wit="#A">甲</lem><rdg wit="#B">乙</rdg></app><choice><sic>巳</sic><corr>已</corr></choice>'
        '<choice><reg>爲</reg><orig>為</orig></choice><supplied reason="lost">補</supplied>'
        '<gap reason="damage" quantity="3" unit="chars"/><gap/>'
    )
    found = block(tmp_path, inner)
    assert found.text == "甲巳為補□□□□"
    assert found.spans == (
        Span("app", 0, 1, {"lem": "甲", "rdgs": [{"wit": "#B", "text": "乙"}]}),
        Span("app", 1, 2, {"lem": "巳", "rdgs": [{"type": "corr", "text": "已"}]}),
        Span("app", 2, 3, {"lem": "為", "rdgs": [{"type": "reg", "text": "爲"}]}),
        Span("supplied", 3, 4, {"reason": "lost"}),
        Span("gap", 4, 7, {"reason": "damage", "quantity": "3", "unit": "chars"}),
        Span("gap", 7, 8, {}),
    )


def test_running_heads_are_left_out_and_told(tmp_path: Path) -> None:
    events = read(tmp_path, document("<fw>宋論卷一</fw><p>甲<fw>三</fw>乙</p>"))
    assert body(events) == [("paragraph", "甲乙")]
    assert [event.message for event in events if isinstance(event, Warn)] == ["页眉页脚 <fw> 有 2 处，不入正文。"]


def test_a_corpus_has_one_part_a_text(tmp_path: Path) -> None:
    one = (
        "<TEI><teiHeader><fileDesc><titleStmt><title>{0}</title></titleStmt></fileDesc></teiHeader>"
        "<text><p>{0}文</p></text></TEI>"
    )
    events = read(tmp_path, f"<teiCorpus>{one.format('甲')}{one.format('乙')}</teiCorpus>")
    assert [event.title for event in events if isinstance(event, Part)] == ["甲", "乙"]
    assert body(events) == [("paragraph", "甲文"), ("paragraph", "乙文")]


def test_other_encodings_are_xml_s_own_business(tmp_path: Path) -> None:
    xml = document("<p>天下惟器</p>", prolog='<?xml version="1.0" encoding="GB18030"?>')
    assert body(read(tmp_path, xml.encode("gb18030"))) == [("paragraph", "天下惟器")]


def test_deep_nesting_is_no_accident(tmp_path: Path) -> None:
    depth = 200
    events = read(tmp_path, document(f"{'<div>' * depth}<p>{'<hi>' * 20}深{'</hi>' * 20}</p>{'</div>' * depth}"))
    assert body(events) == [("paragraph", "深")]
    with pytest.raises(BadSource):
        read(tmp_path, document(f"{'<div>' * 5000}<p>深</p>{'</div>' * 5000}"))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (document("<p>&l9;</p>", prolog=f'<!DOCTYPE TEI [<!ENTITY l0 "哈">{LAUGHS}]>'), "实体"),
        (document("<p>&x;</p>", prolog='<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "实体"),
        (document("<p>甲</p>", prolog='<!DOCTYPE TEI [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'), "实体"),
        (document("<p>&nbsp;</p>", prolog='<!DOCTYPE TEI SYSTEM "tei.dtd">'), "nbsp"),
        (document("<p>甲</p>", prolog=f"<!--{'x' * 2_000_000}--><!DOCTYPE TEI [<!ENTITY x 'y'>]>"), "实体"),
        (document("<p>甲</div>"), "第 1 行.*不合语法"),
        ("<TEI><text><body><p>甲", "不合语法"),
        ("<html><body>甲</body></html>", "不是 TEI"),
        ("<TEI><teiHeader/></TEI>", "没有 <text>"),
        ("天下", "不合语法"),
        ("", "空的"),
        (document("<p>\x01</p>"), "不合语法"),
    ],
)
def test_what_is_refused(tmp_path: Path, xml: str, said: str) -> None:
    with pytest.raises(BadSource, match=said):
        read(tmp_path, xml)


def test_a_doctype_without_entities_is_harmless(tmp_path: Path) -> None:
    xml = document("<p>甲</p>", prolog='<!DOCTYPE TEI SYSTEM "http://127.0.0.1:9/tei.dtd" [<!ELEMENT p ANY>]>')
    assert body(read(tmp_path, xml)) == [("paragraph", "甲")]


NODES = st.recursive(
    st.sampled_from(["天下", "惟\n 器", "，", " ", "<lb/>", '<pb n="1"/>', "<gap/>"]),
    lambda inner: st.builds(
        "<{0}>{1}</{0}>".format,
        st.sampled_from(
            [
                "p",
                "div",
                "head",
                "lg",
                "l",
                "note",
                "hi",
                "quote",
                "list",
                "item",
                "supplied",
                "said",
                "table",
                "row",
                "foo",
            ]
        ),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=25,
)


@given(st.lists(NODES, max_size=8))
def test_no_character_is_lost_or_moved(tmp_path_factory: pytest.TempPathFactory, nodes: list[str]) -> None:
    events = read(tmp_path_factory.mktemp("x"), document("".join(nodes)))
    kept = "".join(text for _, text in body(events))
    assert [char for char in kept if char in "天下惟器，"] == [char for char in "".join(nodes) if char in "天下惟器，"]
    for event in events:
        if isinstance(event, Block | Heading):
            assert all(0 <= start < end <= len(event.text) for start, end in event.notes)
            assert list(event.notes) == sorted(event.notes)
            assert all(0 <= span.start <= span.end <= len(event.text) for span in event.spans)
