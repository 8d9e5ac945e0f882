"""PAGE XML 2019-07-15, as Transkribus and eScriptorium have it: regions and lines with polygons, words and glyphs.

Reading order is told as a group of regions, and again in `custom`, where these two programs look for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive import clock
from archive.transcription.model import Box, Glyph, Layout, Line, Role, Transcript
from ingest.ocr.formats import marks

SPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_TYPES: dict[Role, str] = {
    "text": "paragraph",
    "heading": "heading",
    "footnote": "footnote",
    "table": "other",
    "head": "header",
    "folio": "page-number",
    "centre": "other",
    "mark": "other",
}
_CUSTOM = re.compile(r"(\w+)\s*\{([^}]*)\}")


def looks_like(head: bytes) -> bool:
    """Whether a file begins like PAGE XML of any version."""
    return bool(re.search(rb"<(?:\w+:)?PcGts\b", head))


def write(transcript: Transcript, image: str, number: int = 1, corrected: bool = False) -> bytes:
    """A page as a PAGE XML file; arguments as in `alto.write`, `number` and `corrected` are not told."""
    root = marks.root(SPACE, "PcGts")
    _metadata(_sub(root, "Metadata"), transcript)
    down = transcript.layout == "vertical"
    way = {"readingDirection": "top-to-bottom", "textLineOrder": "right-to-left"} if down else {}
    size = {"imageWidth": str(transcript.width), "imageHeight": str(transcript.height)}
    page = _sub(root, "Page", imageFilename=marks.clean(image), **size, **way)
    blocks = list(marks.blocks(transcript.lines))
    if blocks:
        group = _sub(_sub(page, "ReadingOrder"), "OrderedGroup", id="order")
        for at in range(len(blocks)):
            _sub(group, "RegionRefIndexed", index=str(at), regionRef=f"r{at}")
    for at, block in enumerate(blocks):
        custom = f"readingOrder {{index:{at};}} structure {{type:{_TYPES[block.role]};}}"
        region = _sub(page, "TextRegion", id=f"r{at}", type=_TYPES[block.role], custom=custom, **way)
        _sub(region, "Coords", points=_points(block.box))
        for order, (name, line) in enumerate(block.lines):
            _line(region, line, order, name)
        _equiv(region, "\n".join(line.text for _, line in block.lines))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _sub(parent: Any, tag: str, /, text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{SPACE}}}{tag}", attributes)
    element.text = text or None
    return element


def _metadata(metadata: Any, transcript: Transcript) -> None:
    _sub(metadata, "Creator", marks.clean(transcript.engine or marks.OURS))
    moment = clock.now()
    _sub(metadata, "Created", moment)
    _sub(metadata, "LastChange", moment)
    own = _sub(metadata, "UserDefined")
    _sub(own, "UserAttribute", name=marks.OURS, type="xsd:string", value=marks.told(transcript))


def _points(box: Box) -> str:
    left, top, right, bottom = box
    return f"{left},{top} {right},{top} {right},{bottom} {left},{bottom}"


def _equiv(element: Any, text: str, confidence: float | None = None, index: int | None = None) -> None:
    attributes = {} if index is None else {"index": str(index)}
    attributes |= {} if confidence is None else {"conf": marks.number(confidence)}
    _sub(_sub(element, "TextEquiv", **attributes), "Unicode", marks.clean(text))


def _line(region: Any, line: Line, order: int, name: int) -> None:
    own = f"role:{line.role}; column:{line.column}; indent:{line.indent}; paragraph:{str(line.paragraph).lower()};"
    custom = f"readingOrder {{index:{order};}} wenku {{{own}}}"
    element = _sub(region, "TextLine", id=f"l{name}", custom=custom)
    _sub(element, "Coords", points=_points(line.box))
    if line.glyphs:
        word = _sub(element, "Word", id=f"w{name}")
        _sub(word, "Coords", points=_points(line.box))
        for at, (char, glyph) in enumerate(zip(line.text, line.glyphs, strict=False)):
            sign = _sub(word, "Glyph", id=f"g{name}_{at}")
            _sub(sign, "Coords", points=_points(glyph.box))
            _equiv(sign, char, glyph.confidence, 0)
            for rank, other in enumerate(glyph.others, 1):
                _equiv(sign, other, None, rank)
        _equiv(word, line.text, line.confidence)
    _equiv(element, line.text, line.confidence)


def read(data: bytes, where: str) -> tuple[Transcript, ...]:
    """The page of a PAGE XML file of any version.

    Raises:
        BadSource: it is not PAGE XML, or broken.
    """
    root = marks.parsed(data, where)
    page = root.find("{*}Page")
    if etree.QName(root).localname != "PcGts" or page is None:
        raise marks.broken("不是 PAGE XML", where)
    try:
        ours = root.xpath("string(.//*[local-name()='UserAttribute'][@name=$name]/@value)", name=marks.OURS)
        found = [_read_line(region, line) for region in _regions(page) for line in _lines(region)]
        down = page.get("readingDirection") == "top-to-bottom" or any(
            region.get("readingDirection") == "top-to-bottom" for region in page.iterfind("{*}TextRegion")
        )
        size = marks.whole(page.get("imageWidth")), marks.whole(page.get("imageHeight"))
        maker = (root.findtext(".//{*}Creator") or "page").strip()
        layout: Layout | None = "vertical" if down else None
        return (marks.transcript(size, marks.columns(found), str(ours), engine=maker, layout=layout),)
    except marks.FAULTS as error:
        raise marks.broken(str(error), where) from None


def _regions(page: Any) -> list[Any]:
    """Text regions, those within others too, as the file orders them."""
    regions = list(page.iter("{*}TextRegion"))
    refs = [ref.get("regionRef") for ref in page.iterfind(".//{*}ReadingOrder//{*}*") if ref.get("regionRef")]
    indexed = page.xpath(".//*[local-name()='ReadingOrder']//*[@regionRef][@index]")
    if indexed and len({ref.getparent() for ref in indexed}) == 1:
        refs = [ref.get("regionRef") for ref in sorted(indexed, key=lambda ref: int(ref.get("index")))]
    if refs:
        place = {name: at for at, name in enumerate(refs)}
        return sorted(regions, key=lambda one: place.get(one.get("id"), len(place)))
    return sorted(regions, key=lambda one: int(_custom(one, "readingOrder").get("index", len(regions))))


def _lines(region: Any) -> Iterator[Any]:
    lines = list(region.iterfind("{*}TextLine"))
    yield from sorted(lines, key=lambda one: int(_custom(one, "readingOrder").get("index", len(lines))))


def _custom(element: Any, name: str) -> dict[str, str]:
    """One group of the `custom` attribute: `readingOrder {index:0;}`."""
    for group, body in _CUSTOM.findall(element.get("custom") or ""):
        if group == name:
            pairs = (pair.partition(":") for pair in body.split(";") if ":" in pair)
            return {key.strip(): value.strip() for key, _, value in pairs}
    return {}


def _read_line(region: Any, line: Any) -> tuple[int | None, Line]:
    own = _custom(line, "wenku")
    types = [_custom(one, "structure").get("type") for one in (line, region)]
    parent = etree.QName(region.getparent()).localname
    table = "table" if parent in ("TableRegion", "TableCell") else None
    role = marks.role_of(own.get("role"), types[0], region.get("type"), types[1], table)
    words = list(line.iterfind("{*}Word"))
    equiv = _best(line)
    text = _unicode(equiv) if equiv is not None else marks.joined(_unicode(_best(word)) for word in words)
    signs = [_glyph(glyph) for word in words for glyph in word.iterfind("{*}Glyph")]
    found = Line(
        text,
        _box(line),
        role,
        0,
        int(own.get("indent", 0)),
        marks.sure(equiv.get("conf")) if equiv is not None else 1.0,
        tuple(signs) if len(signs) == len(text) else (),
        paragraph=own.get("paragraph") == "true",
    )
    return (int(own["column"]) if "column" in own else None), found


def _best(element: Any) -> Any:
    """The first reading: that of the lowest index."""
    equivs = element.findall("{*}TextEquiv")
    return min(equivs, key=lambda one: int(one.get("index", 0))) if equivs else None


def _unicode(equiv: Any) -> str:
    return (equiv.findtext("{*}Unicode") or "") if equiv is not None else ""


def _glyph(glyph: Any) -> Glyph:
    first, *others = sorted(glyph.findall("{*}TextEquiv"), key=lambda one: int(one.get("index", 0))) or [None]
    sure = marks.sure(first.get("conf")) if first is not None else 1.0
    return Glyph(_box(glyph), sure, tuple(_unicode(other) for other in others))


def _box(element: Any) -> Box:
    coords = element.find("{*}Coords")
    if coords is None:
        return 0, 0, 0, 0
    pairs = [pair.split(",") for pair in (coords.get("points") or "").split()]
    if not pairs:  # versions before 2013 have a Point for each
        pairs = [[point.get("x"), point.get("y")] for point in coords.iterfind("{*}Point")]
    return marks.around((marks.whole(x), marks.whole(y)) * 2 for x, y in pairs)
