"""Small PDFs made by hand for the tests: a CJK font by name only, text placed piece by piece."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter

WIDTH, HEIGHT = 420, 595


@dataclass(frozen=True)
class Put:
    """A piece of text on a page, in points from the lower left corner."""

    text: str
    x: float
    y: float
    size: float = 12


def lines(*texts: str, x: float = 60, top: float = 500, step: float = 20, size: float = 12) -> list[Put]:
    """Texts one below the other; one that begins with full-width spaces is set in by so many cells."""
    put = []
    for index, text in enumerate(texts):
        bare = text.lstrip("\u3000")
        put.append(Put(bare, x + size * (len(text) - len(bare)), top - index * step, size))
    return put


def column(text: str, x: float, top: float = 520, size: float = 14) -> list[Put]:
    """A vertical column, every character placed by itself."""
    return [Put(char, x, top - index * size, size) for index, char in enumerate(text)]


def pdf(
    pages: Sequence[Sequence[Put]],
    *,
    outline: Sequence[tuple[str, int, int]] = (),
    labels: str = "",
    scans: Sequence[int] = (),
    encoding: str = "UniGB-UTF16-H",
    catalog: str = "",
) -> bytes:
    """A PDF.

    Args:
        pages: what stands on each.
        outline: titles with page index and level (1 or 2).
        labels: the `/Nums` array of `/PageLabels`.
        scans: indexes of pages filled by a picture.
        encoding: the CMap of the font.
        catalog: more entries for the document catalogue.
    """
    objects: list[bytes] = [b""] * 5
    objects[2] = (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding}"
        f" /DescendantFonts [4 0 R] >>".encode()
    )
    objects[3] = (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880"
        b" /Descent -120 /CapHeight 880 /StemV 93 /FontBBox [-25 -254 1000 880] >> >>"
    )
    picture = bytes(range(0, 256, 4)) * 64
    objects[4] = (
        f"<< /Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 8 /ColorSpace /DeviceGray"
        f" /Length {len(picture)} >>\nstream\n".encode()
        + picture
        + b"\nendstream"
    )
    kids = []
    for index, puts in enumerate(pages):
        content = "".join(
            f"BT /F1 {put.size} Tf 1 0 0 1 {put.x} {put.y} Tm <{put.text.encode('utf-16-be').hex()}> Tj ET\n"
            for put in puts
        )
        resources = "/Font << /F1 3 0 R >>"
        if index in scans:
            content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im1 Do Q\n{content}"
            resources += " /XObject << /Im1 5 0 R >>"
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << {resources} >>"
            f" /Contents {len(objects) + 2} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream".encode())
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    label = f"/PageLabels << /Nums [{labels}] >>" if labels else ""
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {label} {catalog} >>".encode()
    data = _file(objects)
    return _with_outline(data, outline) if outline else data


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _with_outline(data: bytes, outline: Sequence[tuple[str, int, int]]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    parent = None
    for title, page, level in outline:
        item = writer.add_outline_item(title=title, page_number=page, parent=parent if level > 1 else None)
        parent = item if level == 1 else parent
    return _written(writer)


def locked(data: bytes, *, user: str, owner: str = "owner") -> bytes:
    """The PDF encrypted with RC4; an empty `user` password lets anyone open it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user, owner, algorithm="RC4-128")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_with_aes() -> bytes:
    """A page that says 禁止复制, encrypted with AES-128 and no user password, as many publishers do."""
    return zlib.decompress(base64.b85decode(_AES))


_AES = (
    "c-n<jO>g5w7-q}I?uM2<Ano}*P!34J^F6i{1#Oyyt=OfjrY(o65@XNUHJjLxJwYuOxN_rwkl+B){sjI4zhU9Ti9f)F3tX6SoNd@3"
    "#gaefc|V?c-}mwCKN*g@_<h;IfS`;&>-2gMoLtWh1P98hX_-OrL}jK1;v9|vpx^J9LVH)T5wi3Q4$4Jg0YmUnu4_0KKJsEMkZuHy"
    "OBWDK7O`!X9z+lfRBc+z$)qf@?xQ@rbgNO3lsYfm)=rE3!$J4-WQ;}kAp}EHCyqlE)`vN2_A)iwMtyKN^vISS3_k&k5Ng~f*R?gX"
    "!y+xgXFWDqUfb##dd>kOf+%8$BY`9eQG^tVQGzrwC`}_Sh2$hfA~ZVERGEYmnoyidM3w48a8zki`AWAYW5z_9u#k%g(+DA><B&;d"
    "v{okMT=ad7^ZC@wj4Ow^mMly6EvxdmEi3qMPu2|0`eQXSFSlVlRap%Jf<q^jJb6%LQ{x&OJn&<%5Qb<q6AN8Te81HEp=p8}<HU9D"
    "3?jOu7!1lQIPVe;?q<slJ2yYSwGr}mgvDYyU18#XrRblP=U!?zcx-g88V=+D=JvxQe&I(}my0TK()IDpyqgaUv<YnJy{rpsysTu4"
    "uGr-o`y*3i_7Yri&hB(z)U5N$t({k2d;N{uckXuH+}(TY-ssNneAj+^N`Kr<-+uR<zfNc>zkK@3-aosaKL6(K-{-%opMT2u=(c?C"
    "dmQY1_uB_ogFn9N{&4Hr*MHuBw)1??^R}tm9b8o=?YL%j(2ENM=afSVH&_HqOL2n<w1HtPH!#9B{hZJ?Fo`#@kgnykmCC24YFc$T"
    "g!3Ln6jMSeWt3AvB@JmLupoj8Cb)3A-R^SH90}F+yq#M<wWjjoQtm9MGz4c(@WHWvwBx}fbmD+6bI=j=T#{6Uk{Uy4A|sh-8b^qw"
    "TIn>zOr?r4okog=sW6)1I0~5|iO`BDB~tFhaSA<>#DvH+QJg0NF&-r{j14zLC9(TyIofi0iH(~ICRVp!2jj=?cN$I3h<h#U<>+&-"
    "=U`YSM{`r$)FW0Ro!HrUmB78K7mI#BnB-p=aD^Y2r9Ylq5!Y5#wh>SyWM_YWbTsb#3v8aL4F"
)
