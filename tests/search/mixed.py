"""A library of random texts under every kind of rights, and what a reader sees of it, told slowly in plain Python."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shelves import RUN, Block, shelve

from archive.intake import Draft, FileContent, PackedPassage, Page, SectionDraft, pack
from archive.library import Library
from archive.model import Edition, Passage, Rights, Work
from archive.rights import findable
from archive.urn import parse
from archive.writer import store_edition
from search.answer import Item
from search.finder import Finder
from search.kwic import SNIPPET
from search.text.folding import fold_char

CHARACTERS = "天下下道道器葢蓋盖類类𩔖長重行呂女A9☰〓，。；　\n"
RIGHTS = {
    "open": Rights(),
    "notes": Rights(notes="staff"),
    "bare": Rights(punctuation="staff", notes="snippet"),
    "snippet": Rights(text="snippet"),
    "both": Rights(text="snippet", notes="staff"),
    "secret": Rights(text="staff"),
}
YEARS = {"open": 1655, "notes": None, "bare": -200, "snippet": 1655, "both": 1901, "secret": 1}
DYNASTIES = {"open": "明末清初", "notes": "宋", "bare": "西汉", "snippet": "清", "both": "", "secret": "清"}


def build(library: Library, seed: int = 7, passages: int = 25) -> None:
    """Six editions, one under each kind of rights; in three of them there are sections in sections."""
    chance = random.Random(seed)
    for slug, rights in RIGHTS.items():
        blocks: list[Block | str] = []
        for number in range(passages):
            if slug != "bare" and number % 6 == 2:
                blocks.append(f"# 卷{number}天下")
            blocks.append(_block(chance))
        shelve(
            library,
            slug,
            blocks,
            title=f"{slug}書",
            author=("王夫之", "")[slug == "both"],
            rights=rights,
            year_from=YEARS[slug],
            dynasty=DYNASTIES[slug],
            collection=("甲", "乙")[len(slug) > 5],
            category="史部",
        )


def tree(library: Library, slug: str, parts: Iterable[str | tuple[int, str]]) -> None:
    """An edition with sections in sections: (level, title) opens one, a string is a paragraph of it."""
    items: list[SectionDraft | PackedPassage] = [
        pack(Draft("paragraph", part, (), (), (), ((0, 0),))) if isinstance(part, str) else SectionDraft(*part)
        for part in parts
    ]
    store_edition(
        library,
        Work(f"hengyang.{slug}", slug),
        Edition(0, f"urn:cts:hengyang:hengyang.{slug}.test", f"hengyang.{slug}", "測試本"),
        [FileContent((Page("001-1a"),), tuple(items))],
        fingerprint="",
        originals=[],
        run=RUN,
    )


def _block(chance: random.Random) -> Block:
    text = "".join(chance.choices(CHARACTERS, k=chance.randrange(1, 60)))
    cuts = sorted(chance.sample(range(len(text) + 1), k=min(len(text) + 1, chance.choice([0, 0, 2, 4])) & ~1))
    notes = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if start < end]
    gaiji = [(at, {"id": "KR0714"}) for at, char in enumerate(text) if char == "〓"]
    return Block(text, notes, gaiji, kind=chance.choice(["paragraph"] * 5 + ["footnote"]))


class Letter(NamedTuple):
    """A letter of a passage that a reader may see: where it stands, what it folds to, what is printed."""

    offset: int
    folded: str
    glyph: str
    index: int
    """Among all letters of the passage, hidden ones too."""


class Reader:
    """What one reader sees."""

    def __init__(self, library: Library, *, staff: bool) -> None:
        self.library, self.staff = library, staff
        self.editions = {one.urn: one for one in library.editions() if findable(one, "text", staff=staff)}

    def items(self, text: str, **options: object) -> list[Item]:
        """Every hit, page by page."""
        finder, found, page = Finder(self.library, staff=self.staff), [], 1
        while items := finder.find(text, page=page, size=1000, width=200, **options).items:  # type: ignore[arg-type]
            found += items
            page += 1
        return found

    def passages(self) -> Iterator[tuple[Edition, Passage]]:
        """Every passage of which something may be found, in the order of the books."""
        for edition in sorted(self.editions.values(), key=lambda one: one.work_id):
            for passage in self.library.passages(edition.id):
                yield edition, passage

    def letters(self, edition: Edition, passage: Passage) -> list[Letter]:
        """The letters of a passage, without those of notes that may not be seen."""
        hidden = not findable(edition, "notes", staff=self.staff)
        printed = [(at, char) for at, char in enumerate(passage.text) if fold_char(char)]
        return [
            Letter(at, fold_char(char), "&KR0714;" if char == "〓" else char, index)
            for index, (at, char) in enumerate(printed)
            if not (hidden and (passage.in_note(at) or passage.kind == "footnote"))
        ]

    def around(self, item: Item) -> tuple[list[Letter], list[Letter]]:
        """The letters before a hit, the nearest first, and those after it."""
        edition = self.editions[item.edition]
        letters = self.letters(edition, self.library.passage(parse(item.urn)))
        short = edition.rights.text == "snippet" and not self.staff
        low, high = (item.start - SNIPPET, item.end + SNIPPET) if short else (0, 1 << 30)
        before = [one for one in letters if low <= one.offset < item.start]
        return before[::-1], [one for one in letters if item.end <= one.offset < high]
