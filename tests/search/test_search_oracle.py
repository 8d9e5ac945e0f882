"""Every hit, and nothing but the hits, that a plain scan of all passages finds."""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import CORPUS, Block, kanripo, shelve

from archive.errors import UsageError
from archive.library import Library
from search import indexer
from search.engines import ENGINES
from search.finder import Finder
from search.language import query
from search.matching.matcher import Matcher
from search.text.bank import Bank
from search.text.folding import families, fold, fold_with_offsets

Hits = set[tuple[int, int, int]]
"""(passage id, start, end)."""


class Oracle:
    """Scans every passage's folded text, with its notes and without."""

    def __init__(self, library: Library) -> None:
        self.full: list[tuple[int, list[int], str]] = []
        for edition_id in library.edition_ids():
            for passage in library.passages(edition_id):
                folded, offsets = fold_with_offsets(passage.text, passage.marks)
                self.full.append((passage.id, list(offsets), folded))
                if passage.notes:
                    main = [at for at, offset in enumerate(offsets) if not passage.in_note(offset)]
                    self.full.append((passage.id, [offsets[at] for at in main], "".join(folded[at] for at in main)))
        # One string, so that a scan is one call: U+0000 folds to nothing and so never occurs in a text.
        self.text = "\0".join(folded for _, _, folded in self.full)
        self.starts = list(accumulate((len(folded) + 1 for _, _, folded in self.full), initial=0))

    def hits(self, folded: str) -> Hits:
        found: Hits = set()
        at = self.text.find(folded)
        while at >= 0:
            found.add(self.placed(at, at + len(folded)))
            at = self.text.find(folded, at + 1)
        return found

    def matches(self, pattern: str) -> Hits:
        """What Python's `re` matches from each place on; the pattern must not match U+0000."""
        return {self.placed(one.start(1), one.end(1)) for one in re.finditer(f"(?=({pattern}))", self.text)}

    def near(self, one: str, other: str, within: int) -> Hits:
        """The shortest stretches that hold both strings side by side with so few characters between them."""
        found: Hits = set()
        for passage_id, offsets, folded in self.full:
            if one in folded and other in folded:
                lefts, rights = ([at.start() for at in re.finditer(f"(?={text})", folded)] for text in (one, other))
                hulls = {
                    (min(left, right), max(left + len(one), right + len(other)))
                    for left in lefts
                    for right in rights
                    if 0 <= right - left - len(one) <= within or 0 <= left - right - len(other) <= within
                }
                for low, high in hulls:
                    if not any(low <= a and b <= high and (a, b) != (low, high) for a, b in hulls):
                        found.add((passage_id, offsets[low], offsets[high - 1] + 1))
        return found

    def placed(self, start: int, end: int) -> tuple[int, int, int]:
        number = bisect_right(self.starts, start) - 1
        passage_id, offsets, _ = self.full[number]
        begin = self.starts[number]
        return passage_id, offsets[start - begin], offsets[end - begin - 1] + 1


Places = set[tuple[str, int, int]]
"""(URN of the passage, start, end)."""
MANY = 4000


def answered(library: Library, text: str, engine: str, expected: Places) -> Places:
    """What an answer shows on all its pages; of a very long one, on some of them, the rest taken as expected."""
    finder, found = Finder(library, "auto" if engine == "memory" else engine, staff=True), set[tuple[str, int, int]]()
    first = finder.find(text, size=1000)
    assert first.engine == engine
    assert (first.hits, first.passages) == (len(expected), len({urn for urn, _, _ in expected}))
    whole = first.hits <= MANY
    for page in range(1, first.pages_total + 1) if whole else (1, first.pages_total):
        items = finder.find(text, page=page, size=1000).items
        shown = {(item.urn.partition("@")[0], item.start, item.end) for item in items}
        assert len(shown) == len(items) and not shown & found
        found |= shown
    return found if whole else found | expected


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Oracle, dict[int, str]]]:
    """All thirteen works, cut into passages by a rough reader of the tests' own."""
    if not (CORPUS / "kanripo").is_dir():
        pytest.skip("没有 ../shared/corpus，真实文献的检索对照未做")
    with Library.create(tmp_path_factory.mktemp("real") / "library") as library:
        for folder in sorted(path for path in (CORPUS / "kanripo").iterdir() if path.is_dir()):
            shelve(library, folder.name.lower(), kanripo(folder.name), title=folder.name)
        urns = {
            passage.id: f"{edition.urn}:{passage.ref}"
            for edition in library.editions()
            for passage in library.passages(edition.id)
        }
        yield library, Oracle(library), urns


def disguised(text: str, chance: random.Random) -> str:
    """The same words in other forms: variants, simplified or traditional, full width, punctuation in between."""
    members: dict[str, list[str]] = {}
    for char, first in families().items():
        members.setdefault(first, []).append(char)
    found = []
    for char in text:
        if chance.random() < 0.5:
            char = chance.choice(members.get(fold(char), [char]))
        if char.isascii() and char.isalnum() and chance.random() < 0.5:
            char = chr(ord(char) + 0xFEE0)
        found.append(char)
        if chance.random() < 0.2:
            found.append(chance.choice("，。、；：·「」《》…！"))
    return "".join(found)


@pytest.mark.real
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_five_hundred_disguised_strings_of_the_real_texts(
    real: tuple[Library, Oracle, dict[int, str]], engine: str
) -> None:
    library, oracle, urns = real
    indexer.catch_up(library, engine)
    chance = random.Random(f"{engine} 王夫之")
    pool = [folded for _, _, folded in oracle.full if len(folded) >= 20]
    done = 0
    while done < 500:
        length = chance.choice([1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20])
        source = chance.choice(pool)
        start = chance.randrange(len(source) - length + 1)
        wanted = source[start : start + length]
        if done % 10 == 9:
            wanted = wanted[: length // 2] + chance.choice(pool)[: length - length // 2]  # most likely nowhere
        if fold(wanted) != wanted or any(char >= "\U00100000" for char in wanted):
            continue  # private tokens cannot be typed; they have their own test
        done += 1
        expected = {(urns[passage_id], first, last) for passage_id, first, last in oracle.hits(wanted)}
        assert answered(library, disguised(wanted, chance), engine, expected) == expected, wanted


@pytest.mark.real
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_character_without_code_point_of_the_real_texts_is_found(
    real: tuple[Library, Oracle, dict[int, str]], engine: str
) -> None:
    library, _, urns = real
    indexer.catch_up(library, engine)
    places: dict[str, set[tuple[str, int, int]]] = {}
    for edition_id in library.edition_ids():
        for passage in library.passages(edition_id):
            for mark in passage.marks:
                name = f"&{mark.value['id']};" if mark.value["id"] else f"[{mark.value['ids']}]"
                places.setdefault(name, set()).add((urns[passage.id], mark.start, mark.end))
    assert len(places) > 50
    for name, expected in list(places.items())[:150]:
        assert answered(library, name, engine, expected) == expected, name


@pytest.mark.real
def test_wildcards_expressions_and_nearness_in_the_real_texts(real: tuple[Library, Oracle, dict[int, str]]) -> None:
    library, oracle, urns = real
    indexer.catch_up(library)
    chance = random.Random("船山")
    pool = [folded for _, _, folded in oracle.full if len(folded) >= 30]
    done = 0
    while done < 25:
        source = chance.choice(pool)
        start = chance.randrange(len(source) - 12)
        a, b, c = (source[start + at : start + at + chance.choice([1, 2])] for at in (0, 4, 8))
        if fold(a + b + c) != a + b + c or not (a + b + c).isalpha() or any(char >= "\U00100000" for char in a + b + c):
            continue
        done += 1
        within = chance.randrange(12)
        any_ = "[^\0]"
        for written, pattern in (
            (f"{a}??{b}", f"{a}{any_}{{2}}{b}"),
            (f"{a}*{b}", f"{a}{any_}{{0,20}}?{b}"),
            (f"{a}*{b}*{c}", f"{a}{any_}{{0,20}}?{b}{any_}{{0,20}}?{c}"),
            (f"[{a}{b}]{c}", f"[{a}{b}]{c}"),
            (f"/{a}[^{b}]{{1,4}}{c}/", f"{a}[^\0{b}]{{1,4}}{c}"),
            (f"/{a}.{{0,9}}[{b}{c}]/", f"{a}{any_}{{0,9}}[{b}{c}]"),
        ):
            expected = {(urns[one], first, last) for one, first, last in oracle.matches(pattern)}
            assert answered(library, written, "tantivy", expected) == expected, written
        expected = {(urns[one], first, last) for one, first, last in oracle.near(a, c, within)}
        assert answered(library, f"{a} NEAR/{within} {c}", "tantivy", expected) == expected, (a, c, within)


# Small texts of few characters, where everything happens: repetitions, notes side by side, marks, variants.
CHARS = "天下葢蓋盖器，。 〓"


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    text = draw(st.text(CHARS, max_size=14))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    notes = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < end]
    gaiji = [
        (at, draw(st.sampled_from([{"id": "KR1"}, {"ids": "⿺克寸"}, {"id": "KR2", "normalised": "蓋"}])))
        for at, char in enumerate(text)
        if char == "〓" and draw(st.booleans())
    ]
    return Block(text, notes, gaiji)


SHORT = st.text("天下葢盖器，", min_size=1, max_size=4)


@given(
    books=st.lists(st.lists(blocks(), max_size=5), min_size=1, max_size=2),
    wanted=st.lists(SHORT, min_size=1, max_size=3),
    excluded=SHORT,
    engine=st.sampled_from(["memory", *sorted(ENGINES)]),
)
@settings(max_examples=60, deadline=None)
def test_any_small_library_and_query(
    tmp_path_factory: pytest.TempPathFactory,
    books: list[list[Block]],
    wanted: list[str],
    excluded: str,
    engine: str,
) -> None:
    phrases = [text for text in map(fold, wanted) if text]
    without = fold(excluded)
    if not phrases or not without:
        return
    with Library.create(tmp_path_factory.mktemp("small") / "library") as library:
        for number, book in enumerate(books):
            shelve(library, f"book{number}", book)
        if engine != "memory":
            indexer.catch_up(library, engine)
        oracle = Oracle(library)
        urns = {
            one.id: f"{edition.urn}:{one.ref}" for edition in library.editions() for one in library.passages(edition.id)
        }
        hits = {text: oracle.hits(text) for text in [*phrases, without]}
        holders = {text: {passage_id for passage_id, _, _ in found} for text, found in hits.items()}
        every = set.intersection(*(holders[text] for text in phrases)) - holders[without]
        some = set.union(*(holders[text] for text in phrases))
        for written, passages in (
            (f"{' '.join(phrases)} -{without}", every),
            ("|".join(phrases), some),
        ):
            expected = {(urns[one], a, b) for text in phrases for one, a, b in hits[text] if one in passages}
            assert answered(library, written, engine, expected) == expected, written


@given(
    st.text(st.sampled_from('天下器葢盖 　|｜-－()（）"“”&;[]@⿺克寸书卷:：，。\x00😀𩔖3'), max_size=30),
)
@settings(max_examples=300, deadline=None)
def test_every_query_is_answered_or_refused(frozen: Bank, text: str) -> None:
    try:
        tree = query.parse(text)
    except UsageError:
        return
    rows = frozen.mask(frozen.shelves)
    matcher = Matcher(frozen, rows, ~rows)
    spans = matcher.spans(tree)
    assert len(spans) == len(set(zip(spans.first.tolist(), spans.last.tolist(), strict=True)))
    # What is excluded from everything leaves nothing.
    assert not len(Matcher(frozen, rows, ~rows).spans(query.And((tree, query.Not(tree)))))


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    path: Path = tmp_path_factory.mktemp("frozen") / "library"
    with Library.create(path) as library:
        shelve(library, "one", ["# 卷三", "天下惟器，葢天下之器。", Block("天下器葢", [(1, 3)])], title="书")
        return Bank.load(library)
