"""Every kind of query on every engine: the same answer, which is that of trying everything."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from brute import Brute
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.engines.contract import Sought
from search.finder import Finder
from search.found import Found
from search.language import query
from search.snapshot import View, shared
from search.text.alphabet import Numbers

LETTERS = "天下葢蓋盖惟器道理气动静𩔖，。"
QUERIES = [
    *("天下", "器", "葢天", '"葢天"', '"盖天"', "𩔖", "天下惟器", "无此字"),
    *("天下 器", "道理 | 静动", "天下 -器", "(天下 | 下天) -(惟器 | 器惟)", "天 下 器 道"),
    *("道 NEAR/7 器", "道 BEFORE/3 器", "天 NEAR/2 下 NEAR/2 器"),
    *("天?器", "天*器", "[理气]道[动静]", "道[葢盖]?"),
    *("书:书一 天", "作者:王夫之 天下", "年:1655-1692 器", "体裁:诗 葢", "卷:2 天", "-书:书一 天下"),
    *("注:天下", "正文:天下", "正文:葢天", "注:器"),
    *("/[天下]{2}器/", "/道.{1,2}器/"),
    *("~天下葢惟器道", "~道器天下理气动静"),
]
ABOUT = [
    {"title": "书一", "author": "王夫之", "genre": "诗", "year_from": 1655},
    {"title": "书二", "author": "张奇勋", "year_from": 1580, "year_to": 1660},
    {"title": "书三", "author": "王夫之"},
]


def blocks(chance: random.Random, count: int) -> Iterator[Block]:
    for number in range(count):
        if number % 20 == 0:
            yield Block(f"卷{number // 20 + 1}", heading=True)
        text = "".join(chance.choices(LETTERS, k=chance.randrange(4, 40)))
        cuts = sorted(chance.sample(range(len(text)), chance.choice([0, 0, 2])))
        kind = "footnote" if number % 17 == 3 else "paragraph"
        yield Block(text, [(cuts[0], cuts[1])] if cuts else [], kind=kind)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Brute]]:
    """Three books, of which one hides its notes; most of the queries are in few of the passages."""
    chance = random.Random(1619)
    with Library.create(tmp_path_factory.mktemp("conformance") / "library") as library:
        for number, about in enumerate(ABOUT):
            rights = Rights(notes="staff") if number == 1 else Rights()
            shelve(library, f"book{number}", blocks(chance, 60), rights=rights, **about)
        yield library, Brute(library, frozenset(["hengyang.book1"]))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Numbers | None]:
    """What the engine said, each time: it is asked even where the text in memory would be quicker to look through."""
    said: list[Numbers | None] = []
    real = View.candidates

    def candidates(view: View, sought: Sought) -> Numbers | None:
        said.append(real(view, sought))
        return said[-1]

    monkeypatch.setattr("search.snapshot.LISTED", -1)
    monkeypatch.setattr(View, "candidates", candidates)
    return said


def places(found: Found) -> set[tuple[int, int, int]]:
    bank, spans = found.bank, found.spans
    starts = bank.starts[spans.row]
    first, last = spans.first - starts, spans.last - starts
    return set(zip(bank.ids[spans.row].tolist(), first.tolist(), last.tolist(), strict=True))


def test_every_kind_of_query(texts: tuple[Library, Brute], engine_name: str, asked: list[Numbers | None]) -> None:
    library, brute = texts
    indexer.catch_up(library, engine_name)
    finder = Finder(library, engine_name)
    view = shared(library.folder).view(library)
    assert view.engine == engine_name
    for text in QUERIES:
        found = finder.found(text)
        assert found.view.engine == engine_name
        assert places(found) == brute.answer(query.parse(text)), text
    # Else only the text in memory would have been tried.
    told = [mask for mask in asked if mask is not None]
    assert len(told) > len(QUERIES) // 2
    # Whoosh names passages near one another, and in so small a library all are.
    assert engine_name == "whoosh" or sum(not mask.all() for mask in told) > len(QUERIES) // 4
