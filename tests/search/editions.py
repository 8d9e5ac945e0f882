"""Editions of one work for the tests of comparing, written here."""

from __future__ import annotations

from itertools import count

from archive.intake import Draft, FileContent, Run, SectionDraft, Span, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.urn import Urn, parse
from archive.writer import store_edition

WORK = "test.work"
POEMS = [
    "江南有丹橘經冬猶綠林豈伊地氣暖自有歲寒心",
    "蘭葉春葳蕤桂華秋皎潔欣欣此生意自爾為佳節",
    "孤鴻海上來池潢不敢顧側見雙翠鳥巢在三珠樹",
    "幽人歸獨臥滯慮洗孤清持此謝高鳥因之傳遠情",
]
_slugs = (f"e{number}" for number in count())


def issue(
    library: Library,
    *drafts: Draft | str,
    rights: Rights | None = None,
    slug: str = "",
    label: str = "",
    work: str = WORK,
    title: str = "某书",
) -> Urn:
    """Store an edition of the one work; a string is a paragraph, `# …` opens a section and is its heading."""
    slug = slug or next(_slugs)
    items = []
    for draft in drafts:
        if isinstance(draft, str) and draft.startswith("# "):
            items.append(SectionDraft(1, draft[2:]))
            draft = Draft("heading", draft[2:])
        items.append(pack(Draft("paragraph", draft) if isinstance(draft, str) else draft))
    urn = f"urn:cts:hengyang:{work}.{slug}"
    made = Edition(0, urn, work, label or slug, rights=rights or Rights())
    run = Run("测试", "测试", "test", "test", "0")
    content = [FileContent((), tuple(items))]
    store_edition(library, Work(work, title), made, content, fingerprint=urn, originals=[], run=run)
    return parse(urn)


def noted(text: str, start: int, end: int) -> Draft:
    """A paragraph with one note."""
    return Draft("paragraph", text, notes=((start, end),))


def gaiji(text: str, at: int, **value: str) -> Draft:
    """A paragraph with one character without code point."""
    mark = Span("gaiji", at, at + 1, {"id": "", "ids": "", "normalised": "", **value})
    return Draft("paragraph", text, marks=(mark,))
