"""A font for text that is not seen: one glyph for every character, a square of one em.

Text laid under a picture needs places and characters, no shapes; but readers leave out characters of no extent, and
mark those that have one by it. Codes are given to characters as they come; what each
means is told by the font's ToUnicode map, beyond the basic plane too (ISO 32000-1:2008, 9.10.3).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pydyf import PDF, Array, Dictionary, Object, Stream

NAME = "WenkuSquare"
EM = 1000
ASCENT = 880
"""Of an em, above the line; in vertical text, where a glyph's column begins (ISO 32000-1:2008, 9.7.4.3)."""
MOST = 0xFFFE
"""Different characters of a book: what two bytes can count, 0 left out."""


class Squares:
    """The font of one document, for lines and for columns.

    Write text with `code`, and the objects it adds to a document after all text has been written.
    """

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, char: str) -> int:
        """The code of a character; 0, which stands for nothing, where a book has more than can be counted."""
        if len(self._codes) < MOST:
            return self._codes.setdefault(char, len(self._codes) + 1)
        return self._codes.get(char, 0)

    def add(self, pdf: PDF) -> tuple[Object, Object]:
        """Put the font into a document: as it is used in lines, and in columns."""
        program = program_()
        file = Stream([program], {"Length1": len(program)}, compress=True)
        # Every code is drawn by glyph 1; glyph 0 is the one PDF/A forbids.
        glyphs = Stream([b"\0\1" * (MOST + 2)], compress=True)
        unicode_map = _Later(self)
        for one in (file, glyphs, unicode_map):
            pdf.add_object(one)
        descriptor = Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{NAME}",
                "Flags": 4,
                "FontBBox": Array([0, ASCENT - EM, EM, ASCENT]),
                "ItalicAngle": 0,
                "Ascent": ASCENT,
                "Descent": ASCENT - EM,
                "CapHeight": ASCENT,
                "StemV": 80,
                "FontFile2": file.reference,
            }
        )
        pdf.add_object(descriptor)
        described = Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": f"/{NAME}",
                "CIDSystemInfo": Dictionary({"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}),
                "FontDescriptor": descriptor.reference,
                "DW": EM,
                "DW2": Array([ASCENT, -EM]),
                "CIDToGIDMap": glyphs.reference,
            }
        )
        pdf.add_object(described)
        fonts = [self._font(way, described, unicode_map) for way in "HV"]
        for font in fonts:
            pdf.add_object(font)
        return fonts[0], fonts[1]

    @staticmethod
    def _font(way: str, described: Object, unicode_map: Object) -> Object:
        return Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": f"/{NAME}",
                "Encoding": f"/Identity-{way}",
                "DescendantFonts": Array([described.reference]),
                "ToUnicode": unicode_map.reference,
            }
        )

    def unicode_map(self) -> bytes:
        """The ToUnicode map of the characters so far (Adobe Technical Note 5411)."""
        return "\n".join(self._map()).encode("ascii")

    def _map(self) -> Iterator[str]:
        yield "/CIDInit /ProcSet findresource begin 12 dict begin begincmap"
        yield "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def"
        yield "/CMapName /Adobe-Identity-UCS def /CMapType 2 def"
        yield "1 begincodespacerange <0000> <FFFF> endcodespacerange"
        pairs = [(code, char.encode("utf-16-be").hex()) for char, code in self._codes.items()]
        for start in range(0, len(pairs), 100):
            some = pairs[start : start + 100]
            yield f"{len(some)} beginbfchar"
            yield from (f"<{code:04x}> <{char}>" for code, char in some)
            yield "endbfchar"
        yield "endcmap CMapName currentdict /CMap defineresource pop end end"


class _Later(Object):  # type: ignore[misc]
    """The map as it is when it is written."""

    def __init__(self, font: Squares) -> None:
        super().__init__()
        self._font = font

    @property
    def data(self) -> bytes:
        """The stream."""
        return bytes(Stream([self._font.unicode_map()], compress=True).data)


def program_() -> bytes:
    """The TrueType program: an empty glyph and a square, and the tables PDF asks of one (ISO 32000-1:2008, 9.9)."""
    low, high = ASCENT - EM, ASCENT
    square = struct.pack(">hhhhhHH4B8h", 1, 0, low, EM, high, 3, 0, *[1] * 4, 0, 0, EM, 0, low, EM, 0, -EM)
    square += bytes(-len(square) % 4)
    tables = {
        b"glyf": square,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0b1011, EM, 0, 0, 0, low, EM, high, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, high, low, 0, EM, 0, 0, EM, 1, *[0] * 7, 2),
        b"hmtx": struct.pack(">HhHh", EM, 0, EM, 0),
        b"loca": struct.pack(">3H", 0, 0, len(square) // 2),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, *[0] * 8),
    }
    head = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    directory, body = b"", b""
    at = len(head) + 16 * len(tables)
    for tag, table in tables.items():
        padded = table + b"\0" * (-len(table) % 4)
        directory += struct.pack(">4sIII", tag, _sum(padded), at + len(body), len(table))
        body += padded
    whole = bytearray(head + directory + body)
    adjustment = (0xB1B0AFBA - _sum(bytes(whole))) & 0xFFFFFFFF
    where = at + sum(len(table) + -len(table) % 4 for tag, table in tables.items() if tag < b"head")
    struct.pack_into(">I", whole, where + 8, adjustment)
    return bytes(whole)


def _sum(padded: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
