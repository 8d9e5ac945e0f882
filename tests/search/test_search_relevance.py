"""Passages by words and near quotations, against slow counting in plain Python."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mixed import Reader, build
from shelves import Block, shelve

from archive.library import Library
from archive.model import Rights
from search import indexer
from search.answer import Scope
from search.fallback import relevance, words
from search.fallback.again import freed
from search.fallback.near import near_quotations
from search.fallback.relevance import COMMON, ByWords, by_words
from search.finder import Finder
from search.kwic import HIDDEN, OMITTED, SNIPPET
from search.language.tree import Phrase, Quotation, leaves
from search.snapshot import shared
from search.text.folding import fold

QUERIES = (
    "天下道器",
    "盖天下之道器",
    "类長重行",
    "天下 -道",
    "书:open 天下道",
    "注:天下",
    "道",
    "呂女A9葢",
    "無無天下",
)


@pytest.fixture(scope="module", autouse=True)
def pairs() -> Iterator[None]:
    """Words of two characters are few in texts made by chance: here every pair is one, and what is left over."""
    known = words.best()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "best", lambda: lambda text: [text[at : at + 2] for at in range(0, len(text), 2)])
        yield
    assert words.best() is known


@pytest.fixture(scope="module", autouse=True, params=[0, 500], ids=["large", "small"])
def several(request: pytest.FixtureRequest) -> Iterator[None]:
    """Common characters are left out of large libraries; this one is taken for one, and for what it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relevance, "SEVERAL", request.param)
        yield


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("relevance") / "library") as library:
        build(library)
        indexer.catch_up(library)
        yield library


@pytest.fixture(scope="module", params=[False, True], ids=["public", "staff"])
def reader(request: pytest.FixtureRequest, library: Library) -> Reader:
    return Reader(library, staff=request.param)


def ask(reader: Reader, text: str, scope: Scope | None = None, size: int = 10, width: int = 24) -> ByWords:
    found = Finder(reader.library, staff=reader.staff).found(text, scope)
    strings = [one for one in leaves(found.tree) if isinstance(one, Phrase | Quotation)]
    return by_words(freed(found), strings, size=size, width=width)


def passage_of(urn: str) -> str:
    return urn.partition("@")[0]


def sizes(reader: Reader, *, notes: bool = False) -> dict[str, int]:
    """Letters by passage, passages without any left out; of notes only, if asked."""
    return {
        f"{edition.urn}:{passage.ref}": len(letters)
        for edition, passage in reader.passages()
        if (
            letters := [
                letter
                for letter in reader.letters(edition, passage)
                if not notes or passage.kind == "footnote" or passage.in_note(letter.offset)
            ]
        )
    }


def scores(reader: Reader, found: ByWords, inside: dict[str, int], prefix: str = "") -> dict[str, float]:
    """BM25 by passage; `inside` are the letters of every passage looked through."""
    total: Counter[str] = Counter()
    average = sum(inside.values()) / len(inside)
    stands = {word.text: everywhere(reader, prefix + word.text, inside) for word in found.words}
    few = max(len(inside) / COMMON, relevance.SEVERAL)
    common = {text for text, often in stands.items() if len(text) == 1 and len(often) > few}
    if common == {text for text, often in stands.items() if often}:
        common = set()
    for word in found.words:
        often = stands[word.text]
        assert word.passages == (None if word.text in common else len(often))
        assert word.counted is (bool(often) and word.text not in common)
        if word.counted:
            idf = math.log(1 + (len(inside) - len(often) + 0.5) / (len(often) + 0.5))
            for urn, count in often.items():
                total[urn] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * inside[urn] / average))
    return dict(total)


def everywhere(reader: Reader, text: str, inside: dict[str, int]) -> Counter[str]:
    """How often a string stands in each passage."""
    return Counter(urn for item in reader.items(text) if (urn := passage_of(item.urn)) in inside)


@pytest.mark.parametrize("text", QUERIES)
def test_passages_are_ranked_by_bm25(reader: Reader, text: str) -> None:
    found = ask(reader, text, size=1000)
    inside = sizes(reader, notes=text.startswith("注:"))
    if text.startswith("书:open"):
        inside = {urn: size for urn, size in inside.items() if ".open." in urn}
    if " -道" in text:
        for item in reader.items("道"):
            inside.pop(passage_of(item.urn), None)
    expected = scores(reader, found, inside, "注:" if text.startswith("注:") else "")
    assert found.passages == len(expected) == len(found.items)
    assert {passage_of(one.item.urn): one.score for one in found.items} == pytest.approx(expected, abs=1e-4)
    order = [one.score for one in found.items]
    assert order == sorted(order, reverse=True)
    assert ask(reader, text, size=3).items == found.items[:3]
    json.dumps(found.as_json())


@pytest.mark.parametrize("text", QUERIES)
def test_a_stretch_is_its_segments_and_what_is_marked_is_a_word(reader: Reader, text: str) -> None:
    for one in ask(reader, text, size=1000).items:
        assert "".join(segment.text for segment in one.segments) == one.item.match
        assert one.segments[0].word and one.segments[-1].word
        for segment in one.segments:
            if segment.word and HIDDEN not in segment.text and not one.item.in_note:
                assert set(fold(segment.text)) >= set(fold(segment.word)[-1:])
        assert {segment.word for segment in one.segments} - {""} <= set(one.words)


def test_with_and_without_position_lists_alike(reader: Reader, library: Library) -> None:
    before = [ask(reader, text) for text in (*QUERIES, "天道")]
    shared(library.folder).view(library).bank.warm()
    assert [ask(reader, text) for text in (*QUERIES, "天道")] == before
    limited = Scope(works=("hengyang.open", "hengyang.bare"))
    assert all(one.item.work in limited.works for one in ask(reader, "天下道器", limited, 1000).items)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="天下道器葢類長A☰", min_size=1, max_size=6), st.booleans())
def test_whatever_is_asked_for(library: Library, text: str, staff: bool) -> None:
    reader = Reader(library, staff=staff)
    found = ask(reader, text, size=1000)
    inside = sizes(reader)
    expected = scores(reader, found, inside)
    assert {passage_of(one.item.urn): one.score for one in found.items} == pytest.approx(expected, abs=1e-4)


def test_the_most_telling_stretch_is_shown(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        far = "無" * 60
        shelve(library, "one", [f"道者{far}乾坤與道者皆易簡{far}易簡", "他書之言"])
        reader = Reader(library, staff=True)
        (one,) = ask(reader, "乾坤易簡道者", width=3).items
        assert [(segment.text, segment.word) for segment in one.segments] == [
            ("乾坤", "乾坤"), ("與", ""), ("道者", "道者"), ("皆", ""), ("易簡", "易簡"),
        ]  # fmt: skip
        assert (one.item.left, one.item.right) == ("無無無", "無無無")
        assert one.item.urn.endswith(":1@62-70") and set(one.words) == {"乾坤", "易簡", "道者"}


def test_a_snippet_shows_no_more_than_is_near_one_word(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "short", [f"前乾坤{'密' * 30}易簡{'祕' * 30}"], rights=Rights(text="snippet"))
        (one,) = ask(Reader(library, staff=False), "乾坤易簡", width=200).items
        assert one.item.match in ("乾坤", "易簡") and len(one.item.left + one.item.right) <= 2 * SNIPPET
        (one,) = ask(Reader(library, staff=True), "乾坤易簡", width=200).items
        assert one.item.match == f"乾坤{'密' * 30}易簡"


def test_hidden_notes_and_secret_books_count_nowhere(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "notes", [Block("乾坤祕密易簡", [(2, 4)]), "乾坤"], rights=Rights(notes="staff"))
        shelve(library, "secret", ["乾坤祕密易簡"], title="內部乾坤", rights=Rights(text="staff"))
        public = ask(Reader(library, staff=False), "乾坤祕密")
        assert [(word.text, word.passages) for word in public.words] == [("乾坤", 2), ("祕密", 0), ("祕", 0), ("密", 0)]
        assert "祕" not in str(public.items)
        marked = ask(Reader(library, staff=False), "乾坤易簡").items[0]
        assert marked.item.match == f"乾坤{HIDDEN}易簡" == "".join(segment.text for segment in marked.segments)
        assert [(word.text, word.passages) for word in ask(Reader(library, staff=True), "乾坤祕密").words] == [
            ("乾坤", 3), ("祕密", 2),
        ]  # fmt: skip


def test_near_quotations_say_what_differs(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        blocks = ["甲，天下惟器而已矣！", "天下惟噐已矣", Block("天下之惟（註）器而已矣", [(4, 7)]), "天下器也而已"]
        shelve(library, "one", blocks)
        found = near_quotations(Finder(library).found("~天下惟器而已矣哉"), width=2)
        assert (found.passages, found.allowed) == (3, 2)
        told = [(one.changes, [(piece.kind, piece.text, piece.asked) for piece in one.pieces]) for one in found.items]
        assert told == [
            (1, [("equal", "天下惟器而已矣", ""), ("omitted", "", "哉")]),
            (2, [("equal", "天下惟噐", ""), ("omitted", "", "而"), ("equal", "已矣", ""), ("omitted", "", "哉")]),
            (
                2,
                [
                    ("equal", "天下", ""),
                    ("added", "之", ""),
                    ("equal", "惟", ""),
                    ("note", "（註）", ""),
                    ("equal", "器而已矣", ""),
                    ("omitted", "", "哉"),
                ],
            ),
        ]
        for one in found.items:
            assert "".join(piece.text for piece in one.pieces) == one.item.match
        json.dumps(found.as_json())


def test_near_quotations_pass_over_notes(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        block = Block("月令仲春之月與此星昴，不合。", [(2, 6)])
        for slug, rights in (("open", Rights()), ("notes", Rights(notes="staff"))):
            shelve(library, slug, [block], rights=rights)
        shown = {one.item.work: one for one in near_quotations(Finder(library).found("~月令與此星鳥不合")).items}
        told = {work: [(p.kind, p.text, p.asked) for p in one.pieces] for work, one in shown.items()}
        after = [("equal", "與此星", ""), ("replaced", "昴", "鳥"), ("equal", "，不合", "")]
        assert told["hengyang.open"] == [("equal", "月令", ""), ("note", "仲春之月", ""), *after]
        assert told["hengyang.notes"] == [("equal", "月令", ""), ("note", HIDDEN, ""), *after]


def test_a_note_is_passed_over_where_that_changes_less(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "short", [Block("盖類長葢下。", [(1, 2)])])
        (one,) = near_quotations(Finder(library).found("~葢長葢下")).items
        assert one.changes == 0
        assert [(p.kind, p.text) for p in one.pieces] == [("equal", "盖"), ("note", "類"), ("equal", "長葢下")]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="天下道器葢類長", min_size=4, max_size=9), st.booleans())
@example("下天下類", False)  # a long note, withheld, between its words
def test_pieces_make_the_place_and_count_the_changes(library: Library, text: str, staff: bool) -> None:
    found = Finder(library, staff=staff).found(f"~{text}")
    near = near_quotations(found, size=1000)
    assert near.passages == found.passages == len(near.items)
    assert [one.changes for one in near.items] == sorted(one.changes for one in near.items)
    for one in near.items:
        assert "".join(piece.text for piece in one.pieces) == one.item.match
        if OMITTED in one.item.match:
            continue  # what is left out may differ too
        changed = [piece for piece in one.pieces if piece.differs]
        letters = (max(len(fold(piece.text)), len(fold(piece.asked))) for piece in changed)
        assert sum(letters) == one.changes <= near.allowed
        asked = "".join(piece.asked if piece.differs else piece.text for piece in one.pieces if piece.kind != "note")
        assert fold(asked) == fold(text)
