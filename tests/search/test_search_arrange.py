"""The orders of hits, against slow sorting in plain Python of what a reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from mixed import YEARS, Reader, build
from pypinyin import Style, pinyin
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.answer import Item
from search.finder import Finder
from search.statistics import collation
from search.statistics.arrange import CONTEXT, ORDERS, Order, arranged

QUERIES = ("天下", "盖", "道|器", "&KR0714;", "下道", '"蓋"')


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("arrange") / "library") as library:
        build(library)
        indexer.catch_up(library)
        yield library


def urns(library: Library, text: str, order: Order, *, staff: bool) -> list[str]:
    found = Finder(library, staff=staff).found(text)
    return [item.urn for item in found.items(arranged(found, order), 10)]


def sound(folded: str) -> tuple[object, ...]:
    """What a letter is sorted by."""
    if folded < "\u2e80":
        return 0, folded
    ((reading,),) = pinyin(folded, style=Style.TONE3, v_to_u=True, errors=lambda _: [["?"]])
    if not reading[-1:].isdigit():
        return (2, folded)
    return 1, reading[:-1].replace("ü", "u"), "ü" in reading, reading[-1], folded


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("text", QUERIES)
def test_contexts_are_sorted_by_the_sound_of_what_the_reader_sees(library: Library, text: str, staff: bool) -> None:
    reader = Reader(library, staff=staff)
    items = reader.items(text)
    assert len(items) > 10
    for order, side in (("left", 0), ("right", 1)):
        # A character without code point comes last, whatever stands for it.
        keys = {
            item.urn: [(3,) if one.glyph[0] == "&" else sound(one.folded) for one in reader.around(item)[side]]
            for item in items
        }
        expected = sorted((item.urn for item in items), key=lambda urn: keys[urn][:CONTEXT])
        assert urns(library, text, order, staff=staff) == expected


@pytest.mark.parametrize("text", QUERIES)
def test_the_other_orders(library: Library, text: str) -> None:
    items = Reader(library, staff=True).items(text)
    often = Counter(item.urn.partition("@")[0] for item in items)

    def relevance(item: Item) -> tuple[object, ...]:
        return item.form != "exact", -often[item.urn.partition("@")[0]]

    def date(item: Item) -> float:
        year = YEARS[item.work.removeprefix("hengyang.")]
        return float("inf") if year is None else year

    for order, key in (("place", lambda _: 0), ("relevance", relevance), ("date", date)):
        expected = [item.urn for item in sorted(items, key=key)]
        assert urns(library, text, order, staff=True) == expected


def test_what_is_not_there_is_in_any_order(library: Library) -> None:
    for order in ORDERS:
        assert urns(library, "無此字", order, staff=False) == []


def test_a_dictionary_puts_it_so() -> None:
    with_readings = ["9", "A", "☰", "道", "類", "旅", "呂", "女", "器", "天", "下", "𠮷", "\U00100001"]
    keys = dict(zip(with_readings, collation._keys(with_readings), strict=True))
    assert sorted(with_readings, key=keys.__getitem__) == list("9A☰道類呂旅女器天下𠮷\U00100001")


def test_order_tells_nothing_of_hidden_notes_and_far_text(tmp_path: Path) -> None:
    """Two libraries that look alike to a reader are in the same order for him, whatever is hidden in them."""
    seen, staff = [], []
    for number, (one, two) in enumerate((("甲", "子"), ("子", "甲"))):
        with Library.create(tmp_path / f"library{number}") as library:
            blocks = [Block(f"{note}道理", [(0, 1)]) for note in (one, two, one)]
            far = [f"道{'，' * 12}{after}" for after in (one, two)] + [f"道{'中' * 12}{after}" for after in (two, one)]
            shelve(library, "notes", blocks, rights=Rights(notes="staff"))
            shelve(library, "short", far, rights=Rights(text="snippet"))
            indexer.catch_up(library)
            seen.append([urns(library, "道", order, staff=False) for order in ORDERS])
            staff.append([urns(library, "道", order, staff=True) for order in ("left", "right")])
    assert seen[0] == seen[1]
    assert all(one != other for one, other in zip(*staff, strict=True))
