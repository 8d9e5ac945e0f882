"""A PDF/A-2u that is written object by object, so that of a long book one page at a time is in memory.

ISO 19005-2:2011; level u: every character has its Unicode meaning. Pages, their pictures and their text are made when
they are written; what can be said only then, the font's characters, comes last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.sax.saxutils import escape

from pydyf import PDF, Array, Dictionary, Object, Stream, String

from archive.paper.font import Squares


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take them."""


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself. `made`: when, `2026-07-01T08:30:00+00:00`."""

    title: str
    author: str
    subject: str
    language: str
    identifier: str
    made: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page: its size in points, its number for a reader, what is drawn on it. `picture` is an image object."""

    width: float
    height: float
    label: str
    picture: Object | None
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: level from 1, title, index of the page it leads to."""

    level: int
    title: str
    page: int


class Later(Object):  # type: ignore[misc]
    """A content stream made when it is written."""

    def __init__(self, made: Callable[[], bytes]) -> None:
        super().__init__()
        self._made = made

    @property
    def data(self) -> bytes:
        """The stream."""
        return bytes(Stream([self._made()], compress=True).data)


def write(sink: Sink, about: About, leaves: Sequence[Leaf], outline: Sequence[Entry], font: Squares) -> None:
    """Write a document.

    Args:
        sink: where to; it is never read and need not be seekable.
        about: what it says of itself.
        leaves: its pages in order, one at least.
        outline: its contents, in order.
        font: the font in which the contents of the pages write.
    """
    pdf = PDF()
    fonts = Dictionary()
    resources = [Dictionary({"Font": fonts}) for _ in leaves]
    pages = []
    known: set[int] = set()
    for leaf, resource in zip(leaves, resources, strict=True):
        content = Later(leaf.content)
        pdf.add_object(content)
        if leaf.picture is not None:
            if id(leaf.picture) not in known:
                pdf.add_object(leaf.picture)
                known.add(id(leaf.picture))
            resource["XObject"] = Dictionary({"P": leaf.picture.reference})
        page = Dictionary(
            {
                "Type": "/Page",
                "Parent": pdf.pages.reference,
                "MediaBox": Array([0, 0, leaf.width, leaf.height]),
                "Contents": content.reference,
                "Resources": resource,
            }
        )
        pdf.add_page(page)
        pages.append(page)
    # Objects are written in the order they were added: the font after all text.
    lines, columns = font.add(pdf)
    fonts.update({"H": lines.reference, "V": columns.reference})
    _describe(pdf, about, leaves)
    if outline:
        pdf.catalog["Outlines"] = _outline(pdf, outline, pages).reference
        pdf.catalog["PageMode"] = "/UseOutlines"
    _write(pdf, sink, about)


def _describe(pdf: PDF, about: About, leaves: Sequence[Leaf]) -> None:
    profile = Stream([_srgb()], {"N": 3, "Alternate": "/DeviceRGB"}, compress=True)
    metadata = Stream([_xmp(about)], {"Type": "/Metadata", "Subtype": "/XML"})
    intent = Dictionary({"Type": "/OutputIntent", "S": "/GTS_PDFA1", "OutputConditionIdentifier": "(sRGB)"})
    labels = Dictionary({"Nums": Array()})
    for one in (profile, metadata, labels):
        pdf.add_object(one)
    intent["DestOutputProfile"] = profile.reference
    for number, leaf in enumerate(leaves):
        labels["Nums"] += [number, Dictionary({"P": String(leaf.label)})]
    # No /Direction /R2L for books whose pages turn to the left: PDFium takes it for Arabic script and mixes words.
    pdf.catalog.update(
        {
            "Lang": String(about.language),
            "Metadata": metadata.reference,
            "OutputIntents": Array([intent]),
            "PageLabels": labels.reference,
            "ViewerPreferences": Dictionary({"DisplayDocTitle": "true"}),
        }
    )
    pdf.info.update({"Title": String(about.title), "Producer": String(_PRODUCER), "CreationDate": _date(about.made)})
    if about.author:
        pdf.info["Author"] = String(about.author)
    if about.subject:
        pdf.info["Subject"] = String(about.subject)


def _outline(pdf: PDF, entries: Sequence[Entry], pages: Sequence[Object]) -> Object:
    """The outline's root; an entry stands under the nearest one before it of a lower level."""
    root = Dictionary({"Type": "/Outlines"})
    pdf.add_object(root)
    above: list[tuple[int, Dictionary]] = [(0, root)]
    for entry in entries:
        while above[-1][0] >= entry.level:
            above.pop()
        parent = above[-1][1]
        target = Array([pages[entry.page].reference, "/Fit"])
        item = Dictionary({"Title": String(entry.title), "Parent": parent.reference, "Dest": target})
        pdf.add_object(item)
        if "Last" in parent:
            last = pdf.objects[int(parent["Last"].split()[0])]
            last["Next"] = item.reference
            item["Prev"] = last.reference
        else:
            parent["First"] = item.reference
        parent["Last"] = item.reference
        # Closed, but for the first level: a negative count says how many would open.
        parent["Count"] = parent.get("Count", 0) + (1 if parent is root else -1)
        above.append((entry.level, item))
    return root


def _write(pdf: PDF, sink: Sink, about: About) -> None:
    """As `pydyf.PDF.write`, which would make every object twice to name the file."""
    pdf.add_object(pdf.info)
    pdf.write_line(b"%PDF-1.7\n%\xe8\xa1\xa1\xe9\x98\xb3", sink)
    for one in pdf.objects[1:]:
        one.offset = pdf.current_position
        pdf.write_line(one.indirect, sink)
    start = pdf.current_position
    pdf.write_line(f"xref\n0 {len(pdf.objects)}".encode(), sink)
    for one in pdf.objects:
        pdf.write_line(f"{one.offset:010} {one.generation:05} {one.free} ".encode(), sink)
    name = hashlib.md5(f"{about.identifier} {about.made}".encode(), usedforsecurity=False).hexdigest()
    trailer = {
        "Size": len(pdf.objects),
        "Root": pdf.catalog.reference,
        "Info": pdf.info.reference,
        "ID": Array([f"<{name}>", f"<{name}>"]),
    }
    pdf.write_line(b"trailer\n" + Dictionary(trailer).data, sink)
    pdf.write_line(f"startxref\n{start}\n%%EOF".encode(), sink)


_PRODUCER = "Hengyang Wenku"


def _date(made: str) -> String:
    digits = "".join(char for char in made[:19] if char.isdigit())
    return String(f"D:{digits}+00'00'")


def _xmp(about: About) -> bytes:
    """The metadata packet; what is in the information dictionary says the same (ISO 19005-2, 6.6.3)."""

    def localized(name: str, text: str) -> str:
        return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></{name}>'

    parts = [localized("dc:title", about.title)]
    if about.author:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{escape(about.author)}</rdf:li></rdf:Seq></dc:creator>")
    if about.subject:
        parts.append(localized("dc:description", about.subject))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
        f"{''.join(parts)}"
        f"<dc:identifier>{escape(about.identifier)}</dc:identifier>"
        f"<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Producer>{_PRODUCER}</pdf:Producer><xmp:CreateDate>{escape(about.made)}</xmp:CreateDate>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _srgb() -> bytes:
    """The sRGB profile; the moment it was made in is left out, so that the same book is the same file."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xea" + b"\0\1\0\1" + bytes(6)
    return bytes(profile)
