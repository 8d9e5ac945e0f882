"""A book of scans for tests of the proofreading desk: pages as an engine might have read them, doubts included."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from archive.intake import Draft, FileContent, Page, Run, SourceFile, pack
from archive.model import Edition, Rights, Work
from archive.transcription import store
from archive.transcription.model import Facts, Glyph, Line, Transcript
from archive.transcription.store import Read, Sheet
from archive.writer import store_edition, write_run, writing

NAME = "sample.jiuying.sao"
SECRET = "sample.miben.sao"
DESK = f"/proofreading/book/{NAME}"
CELL = 20
"""Pixels of a character."""
ACROSS = (
    "湘水校书记",
    "石鼓山在蒸水入湘之处三面临江",
    "书院建于山巅唐时己有讲学之人",
    "宋初赐额遂为天下书院之一",
)
DOUBTS = {(2, 8): ("已", "巳"), (3, 2): ("賜",)}
"""(line, character) that the engine was not sure of, and what else it may be."""
DOWN = (
    ("text", 0, "蒸水出邵陵東北"),
    ("note", 0, "舊說水氣"),
    ("note", 0, "蒸騰非也"),
    ("text", 1, "水上有氣如蒸故名"),
)


def across(lines=ACROSS, doubts=DOUBTS, **facts):
    """A page set in lines."""
    made = []
    for row, text in enumerate(lines):
        top = 40 + row * 30
        glyphs = tuple(
            Glyph((40 + CELL * at, top, 40 + CELL * (at + 1), top + CELL), 0.41 if (row, at) in doubts else 0.99,
                  doubts.get((row, at), ()))
            for at in range(len(text))
        )  # fmt: skip
        sure = sum(glyph.confidence for glyph in glyphs) / len(glyphs)
        box = (40, top, 40 + CELL * len(text), top + CELL)
        role = "heading" if row == 0 and len(lines) > 1 else "text"
        made.append(Line(text, box, role, column=row, confidence=sure, glyphs=glyphs))
    return Transcript(400, 300, tuple(made), facts=Facts(**facts), engine="rapidocr 3.10.0")


def down():
    """A page set in columns, with a double-line note."""
    made, top, notes = [], 20, 0
    for role, column, text in DOWN:
        right = 380 - column * 40
        if role == "note":
            box = (right - 20 - 10 * notes, top, right - 10 - 10 * notes, top + 10 * len(text))
            notes += 1
        else:
            top = 20 if column else top
            box = (right - 24, top, right, top + CELL * len(text))
            top = box[3]
        made.append(Line(text, box, role, column=column, confidence=0.97))
    return Transcript(400, 300, tuple(made), layout="vertical", facts=Facts("卷一 2a", "湘水記", "卷一", "2a"))


def picture(page=None, size=(400, 300)):
    """A page's picture: a bar where each line stands."""
    image = Image.new("L", size, 0xF4)
    draw = ImageDraw.Draw(image)
    for line in page.lines if page else ():
        draw.rectangle(line.box, outline=0x40)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def scan(library, name=NAME, read=None, sheets=4, rights=None):
    """Put a book of scans into a library and let an engine have read its first pages; the edition's id."""
    read = [across(label="1"), down(), across(("江聲遶閣晝還清",), {}, label="3")] if read is None else read
    work = Work(
        name.rpartition(".")[0], "湘水舊影" if name == NAME else "秘本", author="佚名", collection="衡阳地方文献"
    )
    pictures = [picture(read[at] if at < len(read) else None) for at in range(sheets)]
    images = [library.originals.put(data) for data in pictures]
    edition = Edition(
        0, f"urn:cts:hengyang:{name}", work.id, "影印本", script="Hans", status="waiting-ocr", rights=rights or Rights()
    )
    stored = store_edition(
        library,
        work,
        edition,
        [
            FileContent(
                tuple(Page(str(n + 1), image=data, media_type="image/png") for n, data in enumerate(pictures)), ()
            )
        ],
        fingerprint=name,
        originals=[SourceFile(f"{n}.png", sha, 1, "image/png") for n, sha in enumerate(images)],
        run=Run("馆员甲", "入库", "scans", "扫描", "1"),
    )
    edition_id = stored.edition_id
    store.write_sheets(
        library, edition_id, [Sheet(edition_id, n, sha, 0, sha, 400, 300, f"{n}.png") for n, sha in enumerate(images)]
    )
    with writing(library):
        run = write_run(library, Run("rapidocr", "识别", "scans", "rapidocr", "3.10.0"))
        for number, page in enumerate(read):
            store.keep_reading(library, edition_id, number, [Read(page)], run)
        store.keep_failure(library, edition_id, sheets - 1, "图像损坏，读不出来。")
    return edition_id


def put_text(library, text, rights=None):
    """Put a book with one paragraph into a library, for what the desk knows of other books."""
    work = Work("sample.jiuwen", "书院旧闻", author="佚名")
    edition = Edition(
        0, "urn:cts:hengyang:sample.jiuwen.li", work.id, "示例本", script="Hans", rights=rights or Rights()
    )
    store_edition(
        library,
        work,
        edition,
        [FileContent((), (pack(Draft("paragraph", text)),))],
        fingerprint=text,
        originals=[],
        run=Run("馆员甲", "入库", "text", "手工录入", "1"),
    )
