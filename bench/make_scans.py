"""The two bundled scans: PDFs of nothing but pictures, set from the texts beside them, slightly skewed and noisy.

`python -m bench.make_scans` makes them anew (needs Debian's Noto and Arphic type faces) and writes beside each what
stands on its pages, a blank line between two. The same faces give the same bytes.
"""

from __future__ import annotations

import io
import time

from PIL import Image

from bench import woodblock
from bench.bookwork import book_page, markdown
from bench.ocr_pages import CORPUS
from bench.typeset import Page
from bench.wear import worn

SCANS = CORPUS / "scans"
DPI = 200
_WRITTEN = time.struct_time((2026, 11, 30, 0, 0, 0, 0, 334, 0))
_TABLE = (
    ("书的种类", "每英寸点数", "颜色", "缘故"),
    ("现代平装书", "300", "灰度", "一般够用"),
    ("报纸、期刊", "400", "灰度", "字小，宜稍高"),
    ("线装刻本", "400", "彩色", "印章有颜色"),
    ("稿本、抄本", "600", "彩色", "涂改看得清"),
    ("黑白复印件", "600", "黑白", "笔画不断"),
)


def modern() -> list[Page]:
    """《书影识读手记》: horizontal, with footnotes, the table on its second page."""
    pieces, notes = markdown((SCANS / "shouji" / "shouji.md").read_text(encoding="utf-8"))
    pages: list[Page] = []
    while pieces:
        table = {"table": _TABLE, "caption": "表1　扫描的点数与颜色"} if len(pages) == 1 else {}
        heads = ("衡阳文库札记", "书影识读手记")
        page, taken = book_page(pieces, notes, heads, len(pages) + 1, "serif", whole=True, **table)  # type: ignore[arg-type]
        pages.append(page)
        pieces = pieces[taken:]
    return pages


def vertical() -> list[Page]:
    """《校書小言》: a woodblock print with double-line notes, a picture for each half-leaf."""
    text = (SCANS / "jiaoshu" / "jiaoshu.txt").read_text(encoding="utf-8")
    lines = woodblock.set_columns(woodblock.words_of(text), notes=True)
    halves = [lines[at : at + woodblock.ROWS] for at in range(0, len(lines), woodblock.ROWS)]
    return [woodblock.half_leaf(half, "校書小言", 1 + at // 2, "ab"[at % 2]) for at, half in enumerate(halves)]


def scanned(pages: list[Page], seed: int) -> bytes:
    """The pages as a scanner gives them, in one PDF without a word of text."""
    sheets = []
    for at, page in enumerate(pages):
        image = worn(page.sheet.image, seed + at, much=0.3)
        small = image.resize((image.width * DPI // 300, image.height * DPI // 300), Image.Resampling.LANCZOS)
        sheets.append(small)
    file = io.BytesIO()
    sheets[0].save(
        file,
        "PDF",
        save_all=True,
        append_images=sheets[1:],
        resolution=DPI,
        quality=55,
        creationDate=_WRITTEN,
        modDate=_WRITTEN,
    )
    return file.getvalue()


def main() -> None:
    """Write both, and what stands on their pages."""
    for name, pages, seed in (("shouji", modern(), 40), ("jiaoshu", vertical(), 70)):
        folder = SCANS / name
        data = scanned(pages, seed)
        (folder / f"{name}.pdf").write_bytes(data)
        text = "\n".join("\n".join(page.lines) + "\n" for page in pages)
        (folder / "pages.txt").write_text(text, encoding="utf-8")
        print(f"{name}.pdf：{len(pages)} 页，{len(data) // 1024} KB")


if __name__ == "__main__":
    main()
