"""White space, notes and marks of a passage under construction."""

from __future__ import annotations

import pytest

from ingest.readers.composer import Composer
from ingest.stream import Block, Heading, Page, Span


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("天下\n  惟器", "天下惟器"),
        ("天下 惟器", "天下惟器"),
        ("天下，\n“惟器”", "天下，“惟器”"),
        ("Wang\n  Fuzhi", "Wang Fuzhi"),
        ("天下\nWang", "天下Wang"),
        ("天下 Wang", "天下 Wang"),
        ("  天下\u3000惟器　", "天下\u3000惟器"),
        ("𩔖\n𫉬", "𩔖𫉬"),
    ],
)
def test_layout_space_vanishes_between_chinese_characters(written: str, kept: str) -> None:
    composer = Composer()
    composer.add(written)
    assert list(composer.block("paragraph")) == [Block(kept)]


def test_ranges_do_not_take_in_the_space_before_them() -> None:
    composer = Composer()
    composer.add("Fuzhi ")
    start = composer.offset
    composer.add("(note) ")
    composer.note(start)
    composer.mark("supplied", start)
    composer.add("end")
    (block,) = composer.block("paragraph")
    assert block == Block("Fuzhi (note) end", "paragraph", ((6, 12),), (Span("supplied", 6, 12),))


def test_a_note_within_a_note_is_part_of_it() -> None:
    composer = Composer()
    composer.add("甲")
    outer = composer.offset
    composer.add("乙")
    inner = composer.offset
    composer.add("丙")
    composer.note(inner)
    composer.add("丁")
    composer.note(outer)
    assert list(composer.block("paragraph")) == [Block("甲乙丙丁", "paragraph", ((1, 4),))]


def test_pages_at_the_edges_stand_outside_the_passage() -> None:
    composer = Composer()
    composer.literal("\u3000\u3000")
    composer.page(Page("1"))
    composer.add("天")
    composer.page(Page("2"))
    composer.add("下")
    composer.page(Page("3"))
    page = Span("page", 1, 1, {"page": Page("2")})
    assert list(composer.block("paragraph")) == [Page("1"), Block("天下", spans=(page,)), Page("3")]


def test_an_empty_passage_is_none_but_its_pages_count() -> None:
    composer = Composer()
    composer.page(Page("1"))
    composer.add(" \n")
    assert list(composer.heading(1)) == [Page("1")]
    composer.add("題")
    assert list(composer.heading(2)) == [Heading("題", 2)]
