"""The apparatus as a file: a table for spreadsheets, everything as JSON, or TEI P5.

TEI is parallel segmentation (Guidelines, chapter 12): where all agree the text stands plain, elsewhere every witness's
reading is in an `app`, so that each witness can be read out of it whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, groupby

from lxml import etree

from archive.model import Edition
from search.compare.apparatus import Entry, Passage, cut, entries, groups, passages, sentence, text_of, within
from search.compare.model import DEFAULT_KINDS, KINDS, Collation, Kind, Span
from search.files import formats
from search.statistics.spreadsheets import csv_chunks, xlsx_chunks
from search.statistics.tables import Cell

Maker = Callable[[Collation, Collection[Kind]], Iterator[bytes]]
HEADINGS = ("序号", "章节", "类别", "底本位置", "底本文字", "校本", "校本文字", "校本位置", "校记")
_TEI = "http://www.tei-c.org/ns/1.0"
_XML = "http://www.w3.org/XML/1998/namespace"
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def rows(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[tuple[Cell, ...]]:
    """The apparatus line by line, one reading a line, cells as `HEADINGS`."""
    witnesses = {pair.siglum: pair.witness for pair in collation.pairs}
    labels = {siglum: witness.label for siglum, witness in witnesses.items()}
    for number, entry in enumerate(entries(collation, kinds), 1):
        for reading in entry.readings:
            at = [
                place.urn(witnesses[siglum])
                for siglum, there in zip(reading.sigla, reading.at, strict=True)
                for place in there
            ]
            yield (
                number,
                collation.titles.get(entry.section, ""),
                KINDS[reading.kind].label,
                entry.place.urn(collation.base),
                entry.lemma,
                "、".join(labels[siglum] for siglum in reading.sigla),
                reading.text,
                " ".join(at),
                sentence(entry, reading, labels),
            )


def as_csv(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[bytes]:
    """The table as CSV."""
    return csv_chunks(chain([HEADINGS], rows(collation, kinds)))


def as_xlsx(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[bytes]:
    """The table as a workbook."""
    return xlsx_chunks([("校记", chain([HEADINGS], rows(collation, kinds)))])


def as_json(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[bytes]:
    """Every unit and segment, whatever its kind."""
    yield json.dumps(collation.as_json(), ensure_ascii=False).encode("utf-8", "replace")


def as_tei(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[bytes]:
    """A TEI P5 document with every difference, whatever its kind."""
    root = etree.Element(f"{{{_TEI}}}TEI", nsmap={None: _TEI})  # type: ignore[dict-item]
    _header(root, collation)
    body = _add(_add(root, "text"), "body")
    for section, members in groupby(passages(collation, whole_moves=True), key=lambda one: one.section):
        division = _add(body, "div", type="section", n=section or "0")
        for passage in members:
            _passage(division, collation, passage)
    yield etree.tostring(root, encoding="UTF-8", xml_declaration=True)


FORMATS = formats(csv=as_csv, xlsx=as_xlsx, json=as_json, xml=as_tei)


def as_lines(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[str]:
    """For a person at a terminal: the counts, then the apparatus, lemma ] reading siglum."""
    yield f"底本：{collation.base.label}　{collation.base.urn}"
    for pair in collation.pairs:
        counts = pair.counts
        told = "，".join(f"{words.label} {counts[kind]:,}" for kind, words in KINDS.items() if counts[kind])
        yield f"校本 {pair.siglum}：{pair.witness.label}　{told or '没有差异'}"
        if not pair.notes:
            yield "　　有一方的注文不公开，注文没有比较。"
        if not pair.punctuation:
            yield "　　有一方的标点不公开，标点没有比较。"
    for entry in entries(collation, kinds):
        readings = "；".join(
            f"{reading.text or '〔无〕'} {' '.join(reading.sigla)}〔{KINDS[reading.kind].label}{_many(entry)}〕"
            for reading in entry.readings
        )
        yield f"{entry.place}　{entry.lemma or f'{entry.before}〔下〕'} ] {readings}".replace("\n", " ")


def _many(entry: Entry) -> str:
    return f"，共 {entry.together} 段" if entry.together > 1 else ""


def _header(root: etree._Element, collation: Collation) -> None:
    header = _add(root, "teiHeader")
    description = _add(header, "fileDesc")
    _add(_add(description, "titleStmt"), "title").text = f"{collation.base.label}校勘记"
    statement = f"由衡阳文库据本库所藏各本自动比对而成，文库变更号 {collation.change}。"
    _add(_add(description, "publicationStmt"), "p").text = statement
    witnesses = _add(_add(description, "sourceDesc"), "listWit")
    for one, name in _named(collation):
        witness = _add(witnesses, "witness")
        witness.set(f"{{{_XML}}}id", name)
        _add(witness, "label").text = one.label
        _add(witness, "idno", type="URN").text = one.urn
    _add(_add(header, "encodingDesc"), "variantEncoding", method="parallel-segmentation", location="internal")


def _named(collation: Collation) -> Iterator[tuple[Edition, str]]:
    """The base and the witnesses by the names they are pointed to with."""
    yield collation.base, "base"
    yield from ((pair.witness, f"w-{pair.siglum}") for pair in collation.pairs)


def _passage(parent: etree._Element, collation: Collation, passage: Passage) -> None:
    block = _add(parent, "ab", n=passage.ref, corresp=f"{collation.base.urn}:{passage.ref}")
    spans = passage.spans
    at = 0
    for start, end in groups(passage):
        _write(block, cut(spans, at, start))
        _entry(block, collation, passage, start, end)
        at = end
    _write(block, cut(spans, at, max((span.end for span in spans), default=0)))


def _entry(block: etree._Element, collation: Collation, passage: Passage, start: int, end: int) -> None:
    app = _add(block, "app")
    lemma = _add(app, "lem")
    _write(lemma, cut(passage.spans, start, end))
    agreeing = ["#base"]
    for pair, items in zip(collation.pairs, passage.items, strict=True):
        inside = within(items, start, end)
        told = [item.kind for item in inside if item.kind != "same"]
        if not told:
            agreeing.append(f"#w-{pair.siglum}")
            continue
        reading = _add(app, "rdg", wit=f"#w-{pair.siglum}", type=" ".join(dict.fromkeys(told)))
        _write(reading, (span for item in inside for span in item.witness))
    lemma.set("wit", " ".join(agreeing))


def _write(parent: etree._Element, spans: Iterable[Span]) -> None:
    """Words into an element: notes as `note`, line ends as `lb`."""
    for note, members in groupby(spans, key=lambda span: span.note):
        into = _add(parent, "note", place="inline") if note else parent
        for number, line in enumerate(text_of(members).split("\n")):
            if number:
                _add(into, "lb")
            _append(into, _UNWRITABLE.sub("\ufffd", line))


def _append(parent: etree._Element, text: str) -> None:
    """Put text behind what an element holds."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_TEI}}}{name}", attributes)
