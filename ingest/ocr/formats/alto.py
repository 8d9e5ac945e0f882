"""ALTO 4.4: lines and characters with boxes and confidence, in reading order, columns told as `ttb`.

http://www.loc.gov/standards/alto/ns-v4#. Roles, indents and paragraphs are tags; what ALTO has no place for stands in
the settings of the step in which we wrote the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive.transcription.model import ROLES, Box, Glyph, Line, Role, Transcript
from ingest.ocr.formats import marks

SPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_OUR_ID = re.compile(r"c(\d+)_l\d+")


def looks_like(head: bytes) -> bool:
    """Whether a file begins like ALTO of any version."""
    return bool(re.search(rb"<(?:\w+:)?alto\b", head))


def write(transcript: Transcript, image: str, number: int = 1, corrected: bool = False) -> bytes:
    """A page as an ALTO file.

    Args:
        transcript: the page.
        image: the name of its picture's file.
        number: its place in the book, from 1.
        corrected: a person has proofread it.
    """
    root = marks.root(SPACE, "alto", SCHEMAVERSION="4.4")
    _description(_sub(root, "Description"), transcript, image)
    _tags(_sub(root, "Tags"), transcript)
    size = {"WIDTH": str(transcript.width), "HEIGHT": str(transcript.height)}
    label = {"PRINTED_IMG_NR": marks.clean(transcript.facts.label)} if transcript.facts.label else {}
    page = _sub(_sub(root, "Layout"), "Page", ID="page", PHYSICAL_IMG_NR=str(number), **label, **size)
    space = _sub(page, "PrintSpace", ID="space", HPOS="0", VPOS="0", **size)
    for at, block in enumerate(marks.blocks(transcript.lines)):
        direction = {"BASEDIRECTION": "ttb" if transcript.layout == "vertical" else "ltr"}
        status = {"CS": "true"} if corrected else {}
        text = _sub(space, "TextBlock", ID=f"b{at}", TAGREFS=block.role, **direction, **status, **_place(block.box))
        for order, line in block.lines:
            _line(text, line, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _sub(parent: Any, tag: str, /, text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{SPACE}}}{tag}", attributes)
    element.text = text or None
    return element


def _description(description: Any, transcript: Transcript, image: str) -> None:
    _sub(description, "MeasurementUnit", "pixel")
    _sub(_sub(description, "sourceImageInformation"), "fileName", marks.clean(image))
    if transcript.engine:
        step = _sub(description, "Processing", ID="reading")
        _sub(step, "processingCategory", "contentGeneration")
        name, _, version = marks.clean(transcript.engine).partition(" ")
        software = _sub(step, "processingSoftware")
        _sub(software, "softwareName", name)
        if version:
            _sub(software, "softwareVersion", version)
    step = _sub(description, "Processing", ID="writing")
    _sub(step, "processingCategory", "other")
    _sub(step, "processingStepSettings", marks.told(transcript))
    _sub(_sub(step, "processingSoftware"), "softwareName", marks.OURS)


def _tags(tags: Any, transcript: Transcript) -> None:
    for role, label in ROLES.items():
        _sub(tags, "LayoutTag", ID=role, TYPE="role", LABEL=role, DESCRIPTION=label)
    for indent in sorted({line.indent for line in transcript.lines if line.indent}):
        _sub(tags, "LayoutTag", ID=f"indent{indent}", TYPE="indent", LABEL=str(indent))
    _sub(tags, "StructureTag", ID="paragraph", TYPE="begins", LABEL="paragraph")


def _place(box: Box) -> dict[str, str]:
    left, top, right, bottom = box
    return {"HPOS": str(left), "VPOS": str(top), "WIDTH": str(right - left), "HEIGHT": str(bottom - top)}


def _line(block: Any, line: Line, order: int) -> None:
    refs = [line.role, *([f"indent{line.indent}"] if line.indent else []), *(["paragraph"] if line.paragraph else [])]
    place = _place(line.box)
    element = _sub(block, "TextLine", ID=f"c{line.column}_l{order}", TAGREFS=" ".join(refs), **place)
    text = marks.clean(line.text)
    string = _sub(element, "String", ID=f"s{order}", CONTENT=text, WC=marks.number(line.confidence), **place)
    for char, glyph in zip(text, line.glyphs, strict=False):
        known = _sub(string, "Glyph", CONTENT=char, GC=marks.number(glyph.confidence), **_place(glyph.box))
        for other in glyph.others:
            _sub(known, "Variant", CONTENT=marks.clean(other))


def read(data: bytes, where: str) -> tuple[Transcript, ...]:
    """The pages of an ALTO file of any version from 2 on.

    Raises:
        BadSource: it is not ALTO, or broken.
    """
    root = marks.parsed(data, where)
    if etree.QName(root).localname != "alto":
        raise marks.broken("不是 ALTO", where)
    unit = root.findtext(".//{*}MeasurementUnit")
    if (unit or "pixel").strip() != "pixel":
        raise marks.broken(f"坐标以 {unit} 为单位，只认像素", where)
    try:
        return tuple(_page(root, page) for page in root.iterfind(".//{*}Page"))
    except marks.FAULTS as error:
        raise marks.broken(str(error), where) from None


def _page(root: Any, page: Any) -> Transcript:
    ours, engine = "", "alto"
    for step in root.iterfind(".//{*}Processing"):
        if step.findtext(".//{*}softwareName") == marks.OURS:
            ours = step.findtext("{*}processingStepSettings") or ""
    for software in root.iterfind(".//{*}processingSoftware"):
        name = software.findtext("{*}softwareName")
        if name and name != marks.OURS:
            engine = f"{name} {software.findtext('{*}softwareVersion') or ''}".strip()
    labels = {tag.get("ID"): (tag.get("TYPE"), tag.get("LABEL") or "") for tag in root.iterfind(".//{*}Tags/{*}*")}
    found = [_read_line(line, labels) for line in _in_order(root, page)]
    down = any(element.get("BASEDIRECTION") == "ttb" for element in page.iter())
    size = marks.whole(page.get("WIDTH")), marks.whole(page.get("HEIGHT"))
    return marks.transcript(size, marks.columns(found), ours, engine=engine, layout="vertical" if down else None)


def _in_order(root: Any, page: Any) -> Iterator[Any]:
    """Text lines as the file orders them: by its reading order where it gives one, else as they stand."""
    lines = list(page.iterfind(".//{*}TextLine"))
    refs = " ".join(ref.get("REF") or "" for ref in root.iterfind(".//{*}ReadingOrder//{*}ElementRef")).split()
    place = {name: at for at, name in enumerate(refs)}

    def rank(line: Any) -> int:
        own = (place.get(one.get("ID")) for one in (line, *line.iterancestors()) if one.get("ID") in place)
        return next((at for at in own if at is not None), len(place))

    yield from sorted(lines, key=rank) if place else lines


def _read_line(line: Any, labels: dict[str, tuple[str | None, str]]) -> tuple[int | None, Line]:
    refs = (line.get("TAGREFS") or "").split()
    above = (line.getparent().get("TAGREFS") or "").split()
    own = [labels.get(ref, (None, "")) for ref in refs]
    role: Role = marks.role_of(*(label for _, label in own), *(labels.get(ref, (None, ""))[1] for ref in above))
    indent = next((int(label) for kind, label in own if kind == "indent"), 0)
    paragraph = any(kind == "begins" for kind, _ in own)
    strings = list(line.iterfind("{*}String"))
    words = [string.get("CONTENT", "") for string in strings]
    text = words[0] if len(words) == 1 else marks.joined(words)
    glyphs = tuple(_glyph(glyph) for string in strings for glyph in string.iterfind("{*}Glyph"))
    letters = sum(map(len, words))
    weighed = sum(marks.sure(string.get("WC")) * len(word) for string, word in zip(strings, words, strict=True))
    confidence = marks.sure(strings[0].get("WC")) if len(strings) == 1 else weighed / letters if letters else 1.0
    box = _box(line) if line.get("HPOS") is not None else marks.around(map(_box, strings))
    ours = _OUR_ID.fullmatch(line.get("ID") or "")
    found = Line(
        text, box, role, 0, indent, confidence, glyphs if len(glyphs) == len(text) else (), paragraph=paragraph
    )
    return (int(ours[1]) if ours else None), found


def _glyph(glyph: Any) -> Glyph:
    others = tuple(variant.get("CONTENT", "") for variant in glyph.iterfind("{*}Variant"))
    return Glyph(_box(glyph), marks.sure(glyph.get("GC")), others)


def _box(element: Any) -> Box:
    left, top = marks.whole(element.get("HPOS")), marks.whole(element.get("VPOS"))
    return left, top, left + marks.whole(element.get("WIDTH")), top + marks.whole(element.get("HEIGHT"))
