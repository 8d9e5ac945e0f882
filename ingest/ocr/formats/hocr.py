"""hOCR 1.2: pages, paragraphs, lines, words and characters as classes of an XHTML page, places in `title`.

What hOCR has no property for stands in `data-` attributes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lxml import etree, html

from archive.errors import BadSource
from archive.transcription.model import Box, Glyph, Line, Transcript
from ingest.ocr.formats import marks

SPACE = "http://www.w3.org/1999/xhtml"
_CLASSES = {"head": "ocr_header", "folio": "ocr_pageno"}
_LINES = ("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_textfloat", "ocr_caption", "ocr_pageno")
_PROPERTY = re.compile(r"""\s*(\w+)\s*((?:"[^"]*"|'[^']*'|[^;])*)(?:;|$)""")


def looks_like(head: bytes) -> bool:
    """Whether a file begins like hOCR."""
    return b"ocr_page" in head or b"ocr-system" in head


def write(transcript: Transcript, image: str, number: int = 1, corrected: bool = False) -> bytes:
    """A page as an hOCR file; arguments as in `alto.write`, `corrected` is not told."""
    root = marks.root(SPACE, "html", lang="zh")
    head = _sub(root, "head")
    _sub(head, "title", text=marks.clean(image))
    _sub(head, "meta", name="ocr-system", content=marks.clean(transcript.engine or marks.OURS))
    _sub(head, "meta", name="ocr-capabilities", content="ocr_page ocr_par ocr_line ocrx_word ocrx_cinfo")
    _sub(head, "meta", name=marks.OURS, content=marks.told(transcript))
    quoted = marks.clean(image).replace('"', "'")
    place = f'image "{quoted}"; bbox 0 0 {transcript.width} {transcript.height}; ppageno {number - 1}'
    page = _sub(_sub(root, "body"), "div", ("class", "ocr_page"), id="page", title=place)
    for at, block in enumerate(marks.blocks(transcript.lines)):
        paragraph = _sub(page, "p", ("class", "ocr_par"), id=f"p{at}", title=_place(block.box))
        for order, line in block.lines:
            _line(paragraph, line, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _sub(parent: Any, tag: str, /, *more: tuple[str, str], text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{SPACE}}}{tag}", {**dict(more), **attributes})
    element.text = text or None
    return element


def _place(box: Box) -> str:
    return "bbox " + " ".join(map(str, box))


def _hundredths(confidence: float) -> str:
    return marks.number(round(100 * confidence, 9))


def _line(paragraph: Any, line: Line, order: int) -> None:
    own = [("class", _CLASSES.get(line.role, "ocr_line")), ("data-role", line.role), ("data-column", str(line.column))]
    own += [("data-indent", str(line.indent))] if line.indent else []
    own += [("data-paragraph", "true")] if line.paragraph else []
    place = f"{_place(line.box)}; x_wconf {_hundredths(line.confidence)}"
    element = _sub(paragraph, "span", *own, id=f"l{order}", title=place)
    text = marks.clean(line.text)
    word = _sub(element, "span", ("class", "ocrx_word"), id=f"w{order}", title=place)
    if not line.glyphs:
        word.text = text
    for char, glyph in zip(text, line.glyphs, strict=False):
        others = [("data-others", marks.clean(json.dumps(glyph.others, ensure_ascii=False)))] if glyph.others else []
        where = f"x_bboxes {' '.join(map(str, glyph.box))}; x_conf {_hundredths(glyph.confidence)}"
        _sub(word, "span", ("class", "ocrx_cinfo"), *others, text=char, title=where)


def read(data: bytes, where: str) -> tuple[Transcript, ...]:
    """The pages of an hOCR file.

    Raises:
        BadSource: it is not hOCR, or broken.
    """
    root = _root(data, where)
    metas = {meta.get("name"): meta.get("content", "") for meta in root.iter("{*}meta")}
    engine = metas.get("ocr-system") or "hocr"
    pages = [element for element in root.iter() if _class(element, "ocr_page")]
    if not pages:
        raise marks.broken("没有 ocr_page", where)
    try:
        return tuple(_page(page, metas.get(marks.OURS, ""), engine) for page in pages)
    except marks.FAULTS as error:
        raise marks.broken(str(error), where) from None


def _root(data: bytes, where: str) -> Any:
    """XHTML as such, else the HTML that browsers forgive."""
    try:
        return marks.parsed(data, where)
    except BadSource:
        if b"<!ENTITY" in data[: 1 << 16]:
            raise
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        try:
            return html.document_fromstring(data, parser)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            raise marks.broken(str(error), where) from None


def _class(element: Any, *names: str) -> bool:
    return isinstance(element.tag, str) and not set(names).isdisjoint((element.get("class") or "").split())


def _page(page: Any, ours: str, engine: str) -> Transcript:
    found = [_read_line(element) for element in page.iter() if _class(element, *_LINES)]
    box = _box(_title(page).get("bbox"))
    return marks.transcript(box[2:], marks.columns(found), ours, engine=engine)


def _title(element: Any) -> dict[str, str]:
    return {name: value.strip() for name, value in _PROPERTY.findall(element.get("title") or "")}


def _box(value: str | None) -> Box:
    left, top, right, bottom = (marks.whole(side) for side in (value or "0 0 0 0").split()[:4])
    return left, top, right, bottom


def _read_line(line: Any) -> tuple[int | None, Line]:
    place = _title(line)
    words = [element for element in line.iter() if _class(element, "ocrx_word")]
    told = ["".join(word.itertext()) for word in words]
    ours = line.get("data-column")
    text = "".join(told) if ours else marks.joined(word.strip() for word in told)
    text = text if words else "".join(line.itertext()).strip()
    signs = [element for element in line.iter() if _class(element, "ocrx_cinfo")]
    glyphs = tuple(map(_glyph, signs)) if len(signs) == len(text) else ()
    sures = [marks.sure(_title(word).get("x_wconf"), 100) for word in words]
    weighed = sum(one * len(word) for one, word in zip(sures, told, strict=True)) / (sum(map(len, told)) or 1)
    confidence = sures[0] if len(sures) == 1 else weighed if sures else marks.sure(place.get("x_wconf"), 100)
    role = marks.role_of(line.get("data-role"), *(line.get("class") or "").split())
    found = Line(
        text,
        _box(place.get("bbox")),
        role,
        0,
        int(line.get("data-indent") or 0),
        confidence,
        glyphs,
        paragraph=line.get("data-paragraph") == "true",
    )
    return (int(ours) if ours else None), found


def _glyph(element: Any) -> Glyph:
    place = _title(element)
    others = json.loads(element.get("data-others") or "[]")
    return Glyph(_box(place.get("x_bboxes")), marks.sure(place.get("x_conf"), 100), tuple(map(str, others)))
