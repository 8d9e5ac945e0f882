"""Every kind of query, on small libraries where everything happens, against trying everything."""

from __future__ import annotations

from collections.abc import Iterator

import asked
import numpy as np
import pytest
from brute import Brute
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import Block, shelve

from archive.errors import UsageError
from archive.library import Library
from archive.model import Rights
from search.language import query
from search.language.tree import Node, Quotation
from search.matching.conditions import hidden_notes_mask
from search.matching.matcher import Matcher
from search.text.bank import Bank, Spans


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    text = draw(st.text(f"{asked.CHARS}{asked.CHARS}，〓", min_size=5, max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    notes = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < end]
    gaiji = [
        (at, draw(st.sampled_from([{"id": "KR1"}, {"ids": "⿺克寸"}, {"id": "KR2", "normalised": "蓋"}])))
        for at, char in enumerate(text)
        if char == "〓" and draw(st.booleans())
    ]
    kind = draw(st.sampled_from(["paragraph", "paragraph", "footnote"]))
    return Block(text, notes, gaiji, kind)


BOOKS = [
    {"title": "书一", "author": "王夫之", "genre": "诗", "category": "史部", "collection": "丛书", "year_from": 1655},
    {"title": "书二", "author": "张奇勋", "year_from": 1580, "year_to": 1660, "subjects": ("史",)},
]


def filled(library: Library, books: list[list[Block]], *, hidden: bool) -> Brute:
    for number, (book, about) in enumerate(zip(books, BOOKS, strict=False)):
        rights = Rights(notes="staff") if hidden and number == 0 else None
        sections = [Block("卷二", heading=True), *book, Block("卷上", heading=True), *book[:1]]
        shelve(library, f"book{number}", sections, rights=rights, **about)  # type: ignore[arg-type]
    return Brute(library, frozenset(["hengyang.book0"] if hidden else []))


def matcher(bank: Bank, warm: bool = False) -> Matcher:
    if warm:
        bank.warm()
    return Matcher(bank, bank.mask(bank.shelves), hidden_notes_mask(bank, staff=False))


def places(bank: Bank, spans: Spans) -> list[tuple[int, int, int]]:
    starts = bank.starts[spans.row]
    return list(
        zip(bank.ids[spans.row].tolist(), (spans.first - starts).tolist(), (spans.last - starts).tolist(), strict=True)
    )


def check(bank: Bank, brute: Brute, tree: Node) -> None:
    search = matcher(bank)
    try:
        spans = search.spans(tree)
    except UsageError:
        return  # a regular expression that could begin anywhere
    found = places(bank, spans)
    assert len(set(found)) == len(found)
    assert np.all(np.diff(spans.first) >= 0)
    assert set(found) == brute.answer(tree), tree
    exact = brute.exact(tree)
    assert search.exact(tree, spans).tolist() == [place in exact for place in found], tree
    over = zip(found, search.over_notes(tree, spans).tolist(), spans.first.tolist(), spans.last.tolist(), strict=True)
    passing = {place for place, is_over, first, last in over if is_over and bank.noted[first : last + 1].any()}
    assert passing == brute.over_notes(tree), tree


@settings(max_examples=12, deadline=None)
@given(
    books=st.lists(st.lists(blocks(), min_size=2, max_size=3), min_size=2, max_size=2),
    trees=st.lists(asked.trees(), min_size=20, max_size=20),
    hidden=st.booleans(),
    warm=st.booleans(),
)
def test_every_kind_of_query_on_any_small_library(
    tmp_path_factory: pytest.TempPathFactory, books: list[list[Block]], trees: list[Node], hidden: bool, warm: bool
) -> None:
    with Library.create(tmp_path_factory.mktemp("small") / "library") as library:
        brute, bank = filled(library, books, hidden=hidden), Bank.load(library)
        if warm:
            bank.warm()
        for tree in trees:
            check(bank, brute, tree)


@settings(max_examples=20, deadline=None)
@given(
    books=st.lists(st.lists(blocks(), min_size=2, max_size=3), min_size=2, max_size=2),
    quotations=st.lists(asked.quotations, min_size=20, max_size=20),
    hidden=st.booleans(),
)
def test_near_quotations_on_any_small_library(
    tmp_path_factory: pytest.TempPathFactory, books: list[list[Block]], quotations: list[Quotation], hidden: bool
) -> None:
    with Library.create(tmp_path_factory.mktemp("small") / "library") as library:
        brute, bank = filled(library, books, hidden=hidden), Bank.load(library)
        for quotation in quotations:
            search = matcher(bank)
            spans = search.spans(quotation)
            best = {page.id: found for page in brute.pages if (found := brute.quoted(quotation, page))}
            assert places(bank, spans) == [(page_id, first, -last) for page_id, (_, first, last) in best.items()]
            assert search.changes(quotation, spans).tolist() == [changes for changes, _, _ in best.values()], quotation
            exact = brute.exact(quotation)
            assert search.exact(quotation, spans).tolist() == [place in exact for place in places(bank, spans)]


TOKENS = [
    *"天下葢盖器地天下葢盖器一二",
    *'，。「」？?*＊[]()（）|/／~～-－"“”+.^,；:&@㐀\x00😀𩔖𫉬',
    *(
        "{2}",
        "{1,2}",
        "[天下]",
        "[^天]",
        " ",
        " ",
        "　",
        " -",
        "天?器",
        "天*器",
        "/天.",
        "下/",
        "&KR1;",
        "⿺克寸",
        "~天下葢器",
    ),
    *(" NEAR/3 ", " BEFORE/0 ", " ＮＥＡＲ／１ ", " NEAR ", "near/3", "NEAR/100000", "注:", "正文:", "注：(", "title:"),
    *(
        "书:",
        "作者:王",
        "卷:2",
        "卷:9-3",
        "年:1655-",
        "年:-1600",
        "体裁:诗",
        "丛集:丛",
        "类:史",
        "朝代:清",
        "'; DROP TABLE--",
    ),
    *("<script>alert(1)</script>", "\U00103fff", "\u0378"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=9).map("".join))
def test_whatever_the_parser_accepts_has_the_right_answer(frozen: tuple[Bank, Brute], text: str) -> None:
    try:
        tree = query.parse(text)
    except UsageError:
        return
    check(*frozen, tree)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bank, Brute]]:
    with Library.create(tmp_path_factory.mktemp("frozen") / "library") as library:
        book = [
            Block("天下惟器，葢天下之器。盖天下器地天", [(7, 12)]),
            Block("天天下天〓葢蓋盖器〓一二地器", [(2, 4), (8, 9)], [(4, {"id": "KR1"}), (9, {"ids": "⿺克寸"})]),
            Block("天下葢器地器地天下，天下葢天下器", kind="footnote"),
            Block("𩔖聚𫉬麟😀天下二器一地器葢天下"),
        ]
        brute = filled(library, [book, book[1:]], hidden=True)
        yield Bank.load(library), brute
