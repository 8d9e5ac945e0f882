"""A small book of our own words for the archive's tests."""

from __future__ import annotations

from collections.abc import Callable

from archive.intake import Draft, Page, Run, SectionDraft, Span
from archive.model import Edition, Work
from archive.writer import Stored

WORK = Work("shili.shanchuan", "衡州山川小記", author="示例作者")
EDITION = Edition(0, "urn:cts:hengyang:shili.shanchuan.ben", WORK.id, "示例本")
RUN = Run("館員甲", "采集", "shanchuan.txt", "wenku", "1")

Item = SectionDraft | Draft
Store = Callable[..., Stored]


def book() -> list[Item]:
    """Two juan; a note, a page break within a passage, an Extension B character, a character without code point."""
    return [
        SectionDraft(1, "卷一"),
        Draft("heading", "衡州山川小記卷一", pages=((0, 0),)),
        Draft("paragraph", "回雁峯在城南峯勢如雁回故名", notes=((9, 11),), lines=(6,), pages=((0, 0), (6, 1))),
        SectionDraft(2, "石鼓"),
        Draft("heading", "石鼓", pages=((0, 1),)),
        Draft("entry", "石鼓山　在城北𩔖鼓", marks=(Span("headword", 0, 3),), pages=((0, 1),)),
        Draft("paragraph", "蒸湘二水會于〓下", marks=(Span("gaiji", 6, 7, {"id": "KR0714"}),), pages=((0, 1),)),
        SectionDraft(1, "卷二"),
        Draft("heading", "卷二", pages=((0, 2),)),
        Draft("verse", "東洲桃浪\n西湖荷花", pages=((0, 2),)),
    ]


PAGES = tuple(Page(f"001-{leaf}", "001", leaf) for leaf in ("1a", "1b", "2a"))
