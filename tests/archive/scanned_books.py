"""A book of drawn pages for tests: what stands on them, and where, is known."""

from __future__ import annotations

import io
from collections.abc import Sequence

from archive.intake import Draft, FileContent, Page, Run, SectionDraft, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.transcription import store
from archive.transcription.model import Facts, Glyph, Layout, Line, Role, Transcript
from archive.transcription.store import Read, Sheet
from archive.writer import store_edition, write_run

WIDTH, HEIGHT = 800, 1100
SIZE = 40
ENGINE = Run("识别", "识别", "job 1", "rapidocr", "3.10.0")


def row(text: str, left: int, top: int, *, column: int = 0, role: Role = "text", sure: float = 0.95) -> Line:
    """A line of characters beside one another, two pixels apart."""
    boxes = [(left + at * (SIZE + 2), top, left + at * (SIZE + 2) + SIZE, top + SIZE) for at in range(len(text))]
    box = (left, top, boxes[-1][2], top + SIZE) if boxes else (left, top, left + SIZE, top + SIZE)
    return Line(text, box, role, column, confidence=sure, glyphs=tuple(Glyph(one, sure) for one in boxes))


def column(
    text: str, left: int, top: int, *, size: int = SIZE, number: int = 0, role: Role = "text", drift: float = 0.0
) -> Line:
    """Characters under one another, two pixels apart; each `drift` further to the right."""
    boxes = []
    for at in range(len(text)):
        x, y = left + round(at * drift), top + at * (size + 2)
        boxes.append((x, y, x + size, y + size))
    box = (min(one[0] for one in boxes), top, max(one[2] for one in boxes), boxes[-1][3])
    return Line(text, box, role, number, confidence=0.95, glyphs=tuple(Glyph(one, 0.95) for one in boxes))


def page(*lines: Line, layout: Layout = "horizontal", label: str = "") -> Transcript:
    """A page of these lines."""
    return Transcript(WIDTH, HEIGHT, lines, layout, Facts(label), engine="rapidocr 3.10.0")


def picture(
    shade: int = 250, size: tuple[int, int] = (WIDTH, HEIGHT), kind: str = "PNG", mode: str = "L", **options: object
) -> bytes:
    """A picture that is white but for a black box in its upper left corner."""
    from PIL import Image

    image = Image.new("L", size, shade)
    image.paste(0, (0, 0, size[0] // 4, size[1] // 10))
    file = io.BytesIO()
    image.convert(mode).save(file, kind, **options)
    return file.getvalue()


def scanned(
    library: Library,
    pages: Sequence[Transcript | None],
    *,
    pictures: Sequence[bytes] = (),
    rights: Rights | None = None,
    slug: str = "ye",
    vertical: bool = False,
) -> Edition:
    """An edition made of pictures, read by an engine; None is a page that nobody has read."""
    labels = [one.facts.label if one and one.facts.label else f"第{at + 1}面" for at, one in enumerate(pages)]
    items: list[SectionDraft | Draft] = []
    for at, label in enumerate(labels):
        items += [SectionDraft(1, f"卷{label}"), Draft("heading", f"卷{label}", pages=((0, at),))]
        items += [SectionDraft(2, "上"), Draft("heading", "上", pages=((0, at),))]
    stored = store_edition(
        library,
        Work("shili.shuye", "衡州書葉小記", author="示例作者"),
        Edition(0, f"urn:cts:hengyang:shili.shuye.{slug}", "shili.shuye", "示例刻本", script="Hant",
                vertical=vertical, rights=rights or Rights()),
        [FileContent(tuple(Page(label) for label in labels),
                     tuple(one if isinstance(one, SectionDraft) else pack(one) for one in items))],
        fingerprint="1",
        originals=[],
        run=ENGINE,
    )  # fmt: skip
    library.forget_labels()
    kept = [
        store.keep_picture(library, data, "image/png")
        for data in (pictures or [picture(250 - at) for at, _ in enumerate(pages)])
    ]
    sheets = [Sheet(0, 0, sha, 0, sha, WIDTH, HEIGHT, f"{at}.png") for at, sha in enumerate(kept)]
    store.write_sheets(library, stored.edition_id, sheets)
    run_id = write_run(library, ENGINE)
    for number, one in enumerate(pages):
        if one is not None:
            store.keep_reading(library, stored.edition_id, number, [Read(one)], run_id)
    return next(one for one in library.editions() if one.id == stored.edition_id)
