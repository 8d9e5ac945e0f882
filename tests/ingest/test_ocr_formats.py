"""ALTO, hOCR and PAGE XML: what we write is read back exactly; what others write is understood; bombs are refused."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.errors import BadSource, UsageError
from archive.transcription.model import LAYOUTS, ROLES, Facts, Glyph, Line, Transcript
from ingest.ocr import formats
from ingest.ocr.formats import FORMATS, alto, hocr, pagexml

CHARS = "王夫之字而農號薑齋衡陽人也𩔖𫉬⿰〓，。「」《》\u3000 <>&\"'{};:\t\n" + string.ascii_letters + string.digits
texts = st.text(st.sampled_from(CHARS), max_size=8)
sides = st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 500), st.integers(0, 500))
boxes = sides.map(lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3]))
sures = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
readings = st.lists(st.text(st.sampled_from(CHARS), min_size=1, max_size=3), max_size=3).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    text = draw(texts)
    glyphs: tuple[Glyph, ...] = ()
    if text and draw(st.booleans()):
        glyphs = tuple(Glyph(draw(boxes), draw(sures), draw(readings)) for _ in text)
    return Line(
        text,
        draw(boxes),
        draw(st.sampled_from(list(ROLES))),
        draw(st.integers(0, 40)),
        draw(st.integers(0, 12)),
        draw(sures),
        glyphs,
        paragraph=draw(st.booleans()),
    )


transcripts = st.builds(
    Transcript,
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.lists(lines(), max_size=5).map(tuple),
    st.sampled_from(list(LAYOUTS)),
    st.builds(Facts, texts, texts, texts, texts, texts),
    st.sampled_from((0, 90, 180, 270)),
    st.floats(-5, 5),
    st.none() | boxes,
    texts,
)


@pytest.mark.parametrize("name", FORMATS)
@given(page=transcripts)
def test_a_page_comes_back_as_it_went(name: str, page: Transcript) -> None:
    written = FORMATS[name].write(page, "頁<1>&.png", 3, True)
    assert FORMATS[name].read(written, "a.xml") == (page,)
    assert [one.name for one in FORMATS.values() if one.looks_like(written[:8192])] == [name]


GLYPHS = tuple(Glyph((600, y, 640, y + 40), 0.9, ("氣",)) for y in (40, 80, 120, 160))
SAMPLE = Transcript(
    800,
    1000,
    (
        Line("周易稗疏卷一", (700, 40, 740, 400), "heading", 0, 1, 0.99),
        Line("天下惟器", (600, 40, 640, 200), "text", 1, 0, 0.9, GLYPHS),
        Line("而已", (620, 200, 640, 240), "note", 1),
        Line("矣", (600, 200, 620, 220), "note", 1),
        Line("道者器之道", (540, 40, 580, 240), "text", 2, paragraph=True),
        Line("卷一", (20, 400, 60, 500), "centre", 3),
    ),
    "vertical",
    Facts("001-1a", "周易稗疏", "一", "1a"),
    engine="rapidocr 3.10.0",
)  # fmt: skip

# What ALTO 4.4 requires of the elements we write: attributes that must be there, and children in their order.
REQUIRED = {
    "Page": ("ID", "PHYSICAL_IMG_NR"),
    "TextBlock": ("ID",),
    "String": ("CONTENT",),
    "Glyph": ("CONTENT",),
    "LayoutTag": ("ID", "LABEL"),
    "StructureTag": ("ID", "LABEL"),
    "Processing": ("ID",),
}
ORDER = {
    "alto": ("Description", "Styles", "Tags", "ReadingOrder", "Layout"),
    "Description": ("MeasurementUnit", "sourceImageInformation", "OCRProcessing", "Processing"),
    "Processing": ("processingCategory", "processingDateTime", "processingAgency", "processingStepDescription",
                   "processingStepSettings", "processingSoftware"),
    "processingSoftware": ("softwareCreator", "softwareName", "softwareVersion", "applicationDescription"),
    "Page": ("TopMargin", "LeftMargin", "RightMargin", "BottomMargin", "PrintSpace"),
    "PrintSpace": ("Shape", "TextBlock"),
    "TextBlock": ("Shape", "TextLine"),
    "TextLine": ("Shape", "String", "SP", "HYP"),
    "String": ("Shape", "ALTERNATIVE", "Glyph"),
    "Glyph": ("Shape", "Variant"),
}  # fmt: skip


@given(page=transcripts)
def test_alto_keeps_to_the_standard(page: Transcript) -> None:
    root = etree.fromstring(alto.write(page, "a.png", 1, True))
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        name = etree.QName(element).localname
        assert etree.QName(element).namespace == "http://www.loc.gov/standards/alto/ns-v4#"
        assert all(key in element.attrib for key in REQUIRED.get(name, ())), name
        children = [etree.QName(child).localname for child in element]
        if name in ORDER:
            assert children == sorted(children, key=ORDER[name].index)
        for key in ("WC", "GC"):
            assert 0 <= float(element.get(key, 0)) <= 1
        assert set((element.get("TAGREFS") or "").split()) <= set(ids)
        assert element.get("BASEDIRECTION") in (None, "ltr", "ttb")
        if name == "Glyph":
            assert len(element.get("CONTENT")) == 1
        if name == "TextLine":
            assert "String" in children


def test_columns_corrections_and_reading_order_are_told_as_the_standards_have_it() -> None:
    root = etree.fromstring(alto.write(SAMPLE, "1.png", 7, True))
    blocks = root.findall(".//{*}TextBlock")
    assert {block.get("BASEDIRECTION") for block in blocks} == {"ttb"}
    assert {block.get("CS") for block in blocks} == {"true"}
    assert [line.find("{*}String").get("CONTENT") for line in root.iterfind(".//{*}TextLine")][:3] == [
        "周易稗疏卷一",
        "天下惟器",
        "而已",
    ]
    assert root.find(".//{*}Page").get("PHYSICAL_IMG_NR") == "7"
    assert root.findtext(".//{*}fileName") == "1.png"
    assert "CS" not in etree.fromstring(alto.write(SAMPLE, "1.png")).find(".//{*}TextBlock").attrib
    page = etree.fromstring(pagexml.write(SAMPLE, "1.png"))
    order = [ref.get("regionRef") for ref in page.iterfind(".//{*}RegionRefIndexed")]
    assert order == [region.get("id") for region in page.iterfind(".//{*}TextRegion")]
    assert page.find(".//{*}TextRegion").get("readingDirection") == "top-to-bottom"
    assert page.find(".//{*}TextRegion").get("type") == "heading"
    assert page.find(".//{*}Coords").get("points") == "700,40 740,40 740,400 700,400"


ALTO_2 = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description>
<MeasurementUnit>pixel</MeasurementUnit></Description>
<Tags><OtherTag ID="LT7" LABEL="RunningTitleZone"/><OtherTag ID="BT1" LABEL="MainZone"/></Tags>
<Layout><Page ID="p" PHYSICAL_IMG_NR="1" WIDTH="800.0" HEIGHT="1000"><PrintSpace>
<TextBlock ID="b0" TAGREFS="LT7"><TextLine HPOS="10.6" VPOS="5" WIDTH="80" HEIGHT="20"><String CONTENT="宋論"
WC="0.5"/></TextLine></TextBlock>
<TextBlock ID="b1" TAGREFS="BT1">
<TextLine HPOS="10" VPOS="50" WIDTH="300" HEIGHT="30"><String CONTENT="Wang" WC="1"/><SP/>
<String CONTENT="Fuzhi" WC="0.5"/></TextLine>
<TextLine><String CONTENT="論" HPOS="10" VPOS="90" WIDTH="30" HEIGHT="30"/><String CONTENT="宋" HPOS="40"
VPOS="90" WIDTH="30" HEIGHT="30"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""

TRANSKRIBUS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"><Metadata>
<Creator>prov=READ-COOP</Creator></Metadata>
<Page imageFilename="1.jpg" imageWidth="900" imageHeight="1200">
<ReadingOrder><OrderedGroup id="ro"><RegionRefIndexed index="1" regionRef="tr2"/>
<RegionRefIndexed index="0" regionRef="tr1"/></OrderedGroup></ReadingOrder>
<TextRegion id="tr2" custom="readingOrder {index:1;}" type="page-number"><Coords points="10,10 20,10"/>
 <TextLine id="l9" custom="readingOrder {index:0;}"><Coords points="10,10 40,10 40,30 10,30"/><TextEquiv>
<Unicode>十二</Unicode></TextEquiv></TextLine></TextRegion>
<TextRegion id="tr1" custom="readingOrder {index:0;} structure {type:heading;}"><Coords points="0,0 1,1"/>
 <TextLine id="l2" custom="readingOrder {index:1;}"><Coords points="500,100 540,100 540,900 500,900"/>
<Baseline points="500,100 500,900"/><TextEquiv><Unicode>下列</Unicode></TextEquiv></TextLine>
 <TextLine id="l1" custom="readingOrder {index:0;}"><Coords points="600,100 640,100 640,900 600,905"/>
<Word id="w"><Coords points="1,1 2,2"/><TextEquiv><Unicode>上列</Unicode></TextEquiv></Word></TextLine></TextRegion>
</Page></PcGts>"""

TESSERACT = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title><meta name='ocr-system'
content='tesseract 5.3.0' /></head><body>
<div class='ocr_page' id='page_1' title='image "a;b.png"; bbox 0 0 640 480; ppageno 0; scan_res 300 300'>
 <p class='ocr_par' lang='chi_sim' title="bbox 10 10 300 60"><span class='ocr_line'
title="bbox 10 10 300 60; baseline 0 -5; x_size 30">
  <span class='ocrx_word' title='bbox 10 10 60 60; x_wconf 90'>天下</span>
  <span class='ocrx_word' title='bbox 60 10 90 60; x_wconf 60'>惟</span>&nbsp;
 </span><span class='ocr_header' title="bbox 10 80 300 90">A header</span></p></div></body></html>"""


def test_alto_of_others() -> None:
    (page,) = alto.read(ALTO_2.encode(), "a.xml")
    assert (page.width, page.height, page.engine, page.layout) == (800, 1000, "alto", "horizontal")
    head, latin, han = page.lines
    assert (head.role, head.text, head.box, head.confidence) == ("head", "宋論", (11, 5, 91, 25), 0.5)
    assert (latin.text, latin.role, latin.column) == ("Wang Fuzhi", "text", 1)
    assert latin.confidence == pytest.approx((4 + 2.5) / 9)
    assert (han.text, han.box, han.confidence) == ("論宋", (10, 90, 70, 120), 1.0)


def test_the_reading_order_of_an_alto_file_is_followed() -> None:
    ordered = ALTO_2.replace(
        "<Layout>",
        '<ReadingOrder><OrderedGroup ID="o"><ElementRef ID="e1" REF="b1"/><ElementRef ID="e2" REF="b0"/></OrderedGroup>'
        "</ReadingOrder><Layout>",
    )
    (page,) = alto.read(ordered.encode(), "a.xml")
    assert [line.text for line in page.lines] == ["Wang Fuzhi", "論宋", "宋論"]


def test_page_xml_of_transkribus() -> None:
    (page,) = pagexml.read(TRANSKRIBUS.encode(), "1.xml")
    assert [(line.text, line.role, line.column) for line in page.lines] == [
        ("上列", "heading", 0),
        ("下列", "heading", 1),
        ("十二", "folio", 2),
    ]
    assert page.lines[0].box == (600, 100, 640, 905)
    assert (page.layout, page.engine) == ("vertical", "prov=READ-COOP")


def test_hocr_of_tesseract() -> None:
    (page,) = hocr.read(TESSERACT.encode(), "a.hocr")
    line, head = page.lines
    assert (line.text, line.box, line.role) == ("天下惟", (10, 10, 300, 60), "text")
    assert line.confidence == pytest.approx(0.8)
    assert (head.text, head.role) == ("A header", "head")
    assert (page.width, page.height, page.engine) == (640, 480, "tesseract 5.3.0")


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("alto", BOMB + "<alto>&b;</alto>", "实体"),
        ("page", BOMB + "<PcGts>&a;</PcGts>", "实体"),
        ("hocr", BOMB + '<html class="ocr_page">&b;</html>', "实体"),
        ("alto", "<alto><Layout>", "XML"),
        ("alto", "<PcGts/>", "不是 ALTO"),
        ("page", "<PcGts/>", "不是 PAGE"),
        ("hocr", "<html><body>什么也没有</body></html>", "没有 ocr_page"),
        ("alto", ALTO_2.replace(">pixel<", ">mm10<"), "mm10"),
        ("alto", ALTO_2.replace('HPOS="10.6"', 'HPOS="左"'), "读不出来"),
        ("page", TRANSKRIBUS.replace("600,100 640,100", "600 640,100"), "读不出来"),
        ("hocr", TESSERACT.replace("bbox 0 0 640 480", "bbox 0 0 640"), "读不出来"),
        ("alto", ALTO_2.replace('HPOS="10.6"', 'HPOS="inf"'), "读不出来"),
        ("alto", alto.write(SAMPLE, "a").decode().replace('"layout": "vertical"', '"layout": "round"'), "读不出来"),
    ],
)
def test_what_is_broken_or_hostile_is_refused(name: str, data: str, told: str) -> None:
    with pytest.raises(BadSource, match=told) as caught:
        FORMATS[name].read(data.encode(), "壞.xml")
    assert (caught.value.where, bool(caught.value.remedy)) == ("壞.xml", True)


@pytest.mark.parametrize("name", FORMATS)
@given(seed=st.integers(0, 2**32))
def test_spoilt_bytes_are_read_or_refused_and_nothing_else(name: str, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(FORMATS[name].write(SAMPLE, "1.png", 1, False))
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] = chance.choice(b"<>\"'&;{}:09. ax\x00\xff")
    try:
        assert all(isinstance(page, Transcript) for page in FORMATS[name].read(bytes(data), "壞.xml"))
    except BadSource as refused:
        assert refused.where == "壞.xml"


def test_the_file_beside_a_picture_is_found_and_known_by_its_content(tmp_path: Path) -> None:
    picture = tmp_path / "0001.jpg"
    assert formats.beside(picture) is None
    (tmp_path / "0001.xml").write_text("<TEI/>", encoding="utf-8")
    assert formats.beside(picture) is None
    (tmp_path / "page").mkdir()
    path = tmp_path / "page" / "0001.xml"
    path.write_bytes(pagexml.write(SAMPLE, "0001.jpg"))
    assert formats.beside(picture) == path
    assert formats.read(path) == (SAMPLE,)
    nearer = tmp_path / "0001.jpg.hocr"
    nearer.write_bytes(hocr.write(SAMPLE, "0001.jpg"))
    assert formats.beside(picture) == nearer


def test_formats_by_name(tmp_path: Path) -> None:
    assert formats.format_named("alto").label == "ALTO 4.4"
    with pytest.raises(UsageError, match="alto、hocr、page"):
        formats.format_named("docx")
    (tmp_path / "a.xml").write_text("<TEI/>", encoding="utf-8")
    with pytest.raises(BadSource, match="不是能读的识别结果"):
        formats.read(tmp_path / "a.xml")


@given(text=st.text(max_size=30))
def test_characters_xml_cannot_hold_do_not_break_a_file(text: str) -> None:
    page = Transcript(10, 10, (Line(text.encode("utf-8", "replace").decode(), (0, 0, 9, 9)),))
    for one in FORMATS.values():
        (back,) = one.read(one.write(page, "a", 1, False), "a")
        assert len(back.lines[0].text) == len(page.lines[0].text)
