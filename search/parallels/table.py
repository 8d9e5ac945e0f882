"""Parallels as a file, a table for spreadsheets or JSON, read from the store a batch at a time; and for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice

from archive.library import Library
from search.files import formats
from search.parallels.items import KINDS, Item
from search.parallels.parallel import DATINGS, LIGHT, RELATIONS, Book, Parallels
from search.statistics.spreadsheets import csv_chunks, xlsx_chunks
from search.statistics.tables import Cell
from search.text.alphabet import Numbers

LONGEST = 10_000
"""Letters of either side in a cell; a cell holds no more than 32,767 characters."""
HEADINGS = (
    *("序号", "本处编号", "本处止于", "本处章节", "本处页", "本处文字"),
    *(
        "关系",
        "年代",
        "彼书",
        "彼书著者",
        "彼书朝代",
        "彼书版本",
        "彼处章节",
        "彼处页",
        "彼处前文",
        "彼处文字",
        "彼处后文",
    ),
    *("彼处编号", "彼处止于", "相同字数", "其中异体", "异文字数", "彼多字数", "彼无字数", "相似度", "信息量", "异文"),
)


def rows(library: Library, found: Parallels, which: Numbers) -> Iterator[tuple[Cell, ...]]:
    """The table, its headings first; its first line is looked up at once, before anything is written.

    Args:
        library: the library, opened in the thread that asks.
        found: the parallels.
        which: indexes of those wanted, in the order wanted.

    Raises:
        Moved: the library has changed since.
    """
    items = _begun(library, found, which)
    return chain([HEADINGS], (_row(number, book, item) for number, (book, item) in enumerate(items, 1)))


def _begun(library: Library, found: Parallels, which: Numbers) -> Iterator[tuple[Book, Item]]:
    """The parallels, the first already looked up: that the library has changed is said before anything else is."""
    items = found.with_books(library, which, longest=LONGEST)
    return chain(list(islice(items, 1)), items)


def _row(number: int, book: Book, item: Item) -> tuple[Cell, ...]:
    here, there = item.source, item.target
    return (
        *(number, here.urn, here.until, here.section_title, here.page, here.text),
        *(RELATIONS[book.relation], DATINGS[book.dating] if book.relation == "other" else ""),
        *(there.title, there.author, book.work.dynasty, there.edition_label, there.section_title, there.page),
        *(there.left, there.text, there.right, there.urn, there.until),
        *(item.equal, item.variants, item.replaced, item.added, item.omitted, item.likeness, item.weight),
        "；".join(map(_difference, item.differences)),
    )


def _difference(one: tuple[str, str, str]) -> str:
    kind, here, there = one
    return f"{KINDS[kind]} {'→'.join(filter(None, (here, there)))}"  # type: ignore[index]


def _csv(library: Library, found: Parallels, which: Numbers) -> Iterator[bytes]:
    return csv_chunks(rows(library, found, which))


def _xlsx(library: Library, found: Parallels, which: Numbers) -> Iterator[bytes]:
    about: list[tuple[Cell, ...]] = [("比对的文字", str(found.urn)), ("文库变更号", found.change), ("处数", len(which))]
    about += [("说明", notice) for notice in found.notices]
    return xlsx_chunks((("互见", rows(library, found, which)), ("说明", about)))


def _json(library: Library, found: Parallels, which: Numbers) -> Iterator[bytes]:
    """The object that `Parallels.as_json` gives, an item a line."""
    items = _begun(library, found, which)
    yield f'{json.dumps(found.about(which), ensure_ascii=False)[:-1]}, "items": ['.encode("utf-8", "replace")
    for number, (book, item) in enumerate(items):
        text = json.dumps({"relation": book.relation, "dating": book.dating, **item.as_json()}, ensure_ascii=False)
        yield f"{',' if number else ''}\n{text}".encode("utf-8", "replace")
    yield b"\n]}\n"


# What stands around a piece of text where there are no colours and no lines.
_SIGNS = {
    "equal": "{}",
    "variant": "{}",
    "replaced": "［{}］",
    "added": "｛{}｝",
    "omitted": "｛{}｝",
    "note": "（{}）",
    "rest": "{}",
}


def lines(library: Library, found: Parallels, which: Numbers, size: int) -> Iterator[str]:
    """What a person at a terminal reads: which books share how much, and the first `size` of those wanted.

    Raises:
        Moved: the library has changed since.
    """
    light = int((found.columns.weight < LIGHT).sum() - (found.columns.weight[which] < LIGHT).sum())
    yield f"{found.urn}：互见 {len(which):,} 处（{found.took_ms:,.0f} 毫秒）"
    yield from found.notices
    for share in found.shares(which):
        told = filter(None, (RELATIONS[share.book.relation], share.book.dating and DATINGS[share.book.dating]))
        yield f"    《{share.book.work.title}》{share.places:,} 处，同 {share.letters:,} 字（{'，'.join(told)}）"
    yield f"{f'另有套语 {light:,} 处未列。' if light else ''}［］异文，｛｝此有彼无、彼有此无，（）夹注，／分段。"
    for item in found.items(library, which[:size]):
        for side in (item.source, item.target):
            text = "".join(_SIGNS[piece.kind].format(piece.text) for piece in side.pieces)
            place = "　".join(filter(None, (f"《{side.title}》{side.section_title}", side.page, side.urn)))
            yield f"{'' if side is item.target else chr(10)}{side.left[-12:]}【{text}】{side.right[:12]}".replace(
                "\n", " "
            )
            yield f"    {place}"


FORMATS = formats(csv=_csv, xlsx=_xlsx, json=_json)
