"""Distributions, facets, frequencies, collocates and forms, against slow counting in plain Python."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed import DYNASTIES, Letter, Reader, build, tree
from shelves import Block, shelve

from archive.errors import NotFound, UsageError
from archive.library import Library
from archive.model import Rights, Work
from search import indexer
from search.answer import Item, Scope
from search.finder import Finder
from search.found import Found
from search.statistics import periods
from search.statistics.collocates import Collocates, collocates
from search.statistics.distribution import Share, levels, over_sections, over_works
from search.statistics.facets import FACETS, LAYER, facets
from search.statistics.forms import forms
from search.statistics.frequencies import MOST, frequencies

QUERIES = ("天下", "盖", "道|器", "&KR0714;", "下道", '"蓋"', "道 器", "无此字")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("statistics") / "library") as library:
        build(library)
        indexer.catch_up(library)
        yield library


@pytest.fixture(scope="module", params=[False, True], ids=["public", "staff"])
def reader(request: pytest.FixtureRequest, library: Library) -> Reader:
    return Reader(library, staff=request.param)


def search(reader: Reader, text: str, scope: Scope | None = None) -> Found:
    return Finder(reader.library, staff=reader.staff).found(text, scope)


def passage_of(item: Item) -> str:
    return item.urn.partition("@")[0]


def counts(shares: tuple[Share, ...]) -> dict[str, tuple[int, int, int]]:
    return {share.key: (share.passages, share.hits, share.characters) for share in shares}


def shared(reader: Reader, items: list[Item], key: dict[str, str]) -> dict[str, tuple[int, int, int]]:
    """(passages, hits, letters) by what `key` says of a passage's URN."""
    hits = Counter(key[passage_of(item)] for item in items)
    passages = Counter(key[urn] for urn in {passage_of(item) for item in items})
    size = Counter[str]()
    for edition, passage in reader.passages():
        size[key[f"{edition.urn}:{passage.ref}"]] += len(reader.letters(edition, passage))
    return {name: (passages[name], hits[name], size[name]) for name in dict.fromkeys(key.values())}


@pytest.mark.parametrize("text", QUERIES)
def test_hits_over_works(reader: Reader, text: str) -> None:
    works = {f"{edition.urn}:{passage.ref}": edition.work_id for edition, passage in reader.passages()}
    found = over_works(search(reader, text))
    items = reader.items(text)
    assert counts(found.shares) == shared(reader, items, works)
    assert [share.key for share in found.shares] == sorted(share.key for share in found.shares)
    assert (found.hits, found.passages) == (len(items), len({passage_of(item) for item in items}))
    for share in (*found.shares, found):
        assert share.per_10k == pytest.approx(share.hits / share.characters * 10_000, abs=0.005)
    assert json.loads(json.dumps(found.as_json()))["hits"] == len(items)


@pytest.mark.parametrize("text", QUERIES)
def test_hits_over_sections(reader: Reader, text: str) -> None:
    items = reader.items(text)
    for edition in reader.editions.values():
        own = [item for item in items if item.edition == edition.urn]
        inside = [(one, passage) for one, passage in reader.passages() if one == edition]
        for depth in (None, 1, 2):
            paths = {f"{edition.urn}:{p.ref}": f"{edition.urn}:{p.section}".rstrip(":") for _, p in inside}
            found = over_sections(search(reader, text), edition.work_id, depth)
            expected = shared(reader, own, _everywhere(reader, paths))
            expected.pop("", None)
            assert counts(found.shares) == expected
            assert [share.key for share in found.shares] == list(expected)
    with pytest.raises(NotFound):
        over_sections(search(reader, text), "hengyang.nothing")


def _everywhere(reader: Reader, paths: dict[str, str]) -> dict[str, str]:
    """`paths`, and nothing for all other passages."""
    others = {f"{edition.urn}:{passage.ref}": "" for edition, passage in reader.passages()}
    return {**paths, **{urn: "" for urn in others if urn not in paths}}


def test_sections_of_sections_belong_to_the_level_asked_for(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        tree(library, "deep", [(1, "上編"), "道", (2, "卷一"), "道道", (2, "卷二"), "理", (3, "一"), "道"])
        found = Finder(library, staff=True).found("道")

        def told(depth: int | None) -> list[tuple[str, int, int]]:
            return [
                (one.label, one.hits, one.characters) for one in over_sections(found, "hengyang.deep", depth).shares
            ]

        assert told(1) == [("上編", 4, 5)]
        assert told(2) == told(None) == [("上編", 1, 1), ("卷一", 2, 2), ("卷二", 1, 2)]
        assert told(3) == [("上編", 1, 1), ("卷一", 2, 2), ("卷二", 0, 1), ("卷二　一", 1, 1)]
        assert list(levels(found, "hengyang.deep")) == [2, 3]


@pytest.mark.parametrize("text", QUERIES)
def test_facets_count_what_their_scopes_find(reader: Reader, text: str) -> None:
    items = reader.items(text)
    found = facets(search(reader, text))
    assert set(found) == {*FACETS, LAYER}
    works = {work.id: work for work in reader.library.works()}
    for name, by in FACETS.items():
        hits = Counter(by.value(works[item.work]) for item in items)
        passages = Counter(by.value(works[work]) for work, _ in {(item.work, passage_of(item)) for item in items})
        assert {one.value: (one.passages, one.hits) for one in found[name]} == {
            value: (passages[value], hits[value]) for value in hits
        }
        assert [one.hits for one in found[name]] == sorted(hits.values(), reverse=True)
    layers = Counter("notes" if item.in_note else "text" for item in items)
    both = Counter(layer for layer, _ in {("notes" if item.in_note else "text", passage_of(item)) for item in items})
    assert {one.value: (one.passages, one.hits) for one in found[LAYER]} == {
        layer: (both[layer], layers[layer]) for layer in layers
    }


def test_frequencies_side_by_side(reader: Reader) -> None:
    queries = ("道", "天下", "器|葢", "无此字")
    side_by_side = frequencies([search(reader, text) for text in queries])
    assert side_by_side.queries == queries
    for text, one in zip(queries, side_by_side.distributions, strict=True):
        assert one == over_works(search(reader, text))
    document = json.loads(json.dumps(side_by_side.as_json()))
    assert [total["hits"] for total in document["totals"]] == [len(reader.items(text)) for text in queries]
    assert all(any(count["hits"] for count in row["counts"]) for row in document["rows"])
    table = side_by_side.as_table()
    assert all(len(row) == len(table.headings) == 2 + 3 * len(queries) for row in table.rows)
    for wrong in ([], [search(reader, "道")] * (MOST + 1), [search(reader, "书:open 道"), search(reader, "道")]):
        with pytest.raises(UsageError):
            frequencies(wrong)


YEARS = ((1655, 1692), (1655, 1655), (1655, None), (-50, 30), (None, None))


def test_years_are_told_as_people_write_them() -> None:
    said = [periods.years(Work("a.b", "c", year_from=low, year_to=high)) for low, high in YEARS]
    assert said == ["1655—1692 年", "1655 年", "1655 年", "前50—30 年", ""]


def test_periods_stand_in_the_order_of_time(library: Library) -> None:
    found = Finder(library, staff=True).found("道")
    by_period, by_century = (over_works(found, by) for by in ("period", "century"))
    assert [share.label for share in by_period.shares] == ["西汉", "宋", "明末清初", "清", "未注明"]
    assert [share.label for share in by_century.shares] == ["前2世纪", "1世纪", "17世纪", "20世纪", "未注明"]
    works = {share.key: share for share in over_works(found).shares}
    for share in by_period.shares:
        own = [works[f"hengyang.{slug}"] for slug, dynasty in DYNASTIES.items() if dynasty == share.key]
        assert (share.hits, share.characters) == (sum(one.hits for one in own), sum(one.characters for one in own))
    assert sum(share.hits for share in by_century.shares) == found.hits


@pytest.mark.parametrize(
    ("year", "century"),
    [
        (1, "1世纪"),
        (100, "1世纪"),
        (101, "2世纪"),
        (1900, "19世纪"),
        (-1, "前1世纪"),
        (-100, "前1世纪"),
        (-101, "前2世纪"),
    ],
)
def test_a_year_and_its_century(year: int, century: str) -> None:
    assert periods.century(Work("a.b", "c", year_from=year)) == century


def test_the_query_s_own_conditions_bound_what_was_searched(reader: Reader) -> None:
    whole = {share.key: share for share in over_works(search(reader, "道")).shares}
    (one,) = over_works(search(reader, "书:open 道")).shares
    assert one == whole["hengyang.open"]
    (one,) = over_works(search(reader, "道", Scope(works=("hengyang.open",)))).shares
    assert one == whole["hengyang.open"]
    rest = over_works(search(reader, "-书:open 道")).shares
    assert [share.key for share in rest] == [key for key in whole if key != "hengyang.open"]


def test_only_what_was_asked_for_counts_as_searched(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "one", [Block("甲道，乙道丙道", [(3, 5)]), "道可道"])
        shelve(library, "two", [Block("道丁道", [(1, 3)])], rights=Rights(notes="staff"))
        for text, scope, staff, sizes in (
            ("道", Scope(), False, [9, 1]),
            ("道", Scope(), True, [9, 3]),
            ("正文:道", Scope(), True, [7, 1]),
            ("注:道", Scope(), True, [2, 2]),
            ("注:道", Scope(), False, [2, 0]),
            ("道", Scope(layers=("notes",)), True, [2, 2]),
            ("道", Scope(layers=("text", "notes")), True, [9, 3]),
        ):
            found = Finder(library, staff=staff).found(text, scope)
            assert [share.characters for share in over_works(found).shares] == sizes
            around = collocates(found, minimum=1)
            assert around.searched == sum(sizes) - found.hits
            assert {one.text for one in around.items} <= set({7: "甲丙可", 2: "乙丁"}.get(sizes[0], "甲乙丙丁可"))


# Collocates.


def g2(count: int, total: int, near: int, everywhere: int) -> float:
    """Dunning's ratio, cell by cell."""
    table = [[count, near - count], [total - count, everywhere - near - total + count]]
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    surprise = 2 * sum(
        table[i][j] * math.log(table[i][j] * everywhere / (rows[i] * columns[j]))
        for i in (0, 1)
        for j in (0, 1)
        if table[i][j]
    )
    return surprise if count >= total * near / everywhere else -surprise


Place = tuple[str, int]


def counted(
    reader: Reader, text: str, window: int, length: int, editions: set[str]
) -> tuple[dict[str, list], int, int]:
    """For every unit [places near, before, after, in all, glyphs], how many places are near, and how many there are."""
    items = reader.items(text)
    own: dict[str, list[range]] = defaultdict(list)
    for item in items:
        own[passage_of(item)].append(range(item.start, item.end))
    before, after, everywhere = set[Place](), set[Place](), dict[Place, list[Letter]]()
    for edition, passage in reader.passages():
        urn = f"{edition.urn}:{passage.ref}"
        if edition.urn not in editions:
            continue
        letters = reader.letters(edition, passage)
        free = [[one] for one in letters] if length == 1 else [list(pair) for pair in pairwise(letters)]
        for unit in free:
            joined = all(b.index - a.index == 1 for a, b in pairwise(unit))
            if joined and not any(one.offset in span for one in unit for span in own[urn]):
                everywhere[urn, unit[0].offset] = unit
    for item in items:
        left, right = reader.around(item)
        for letters, side in ((left[:window][::-1], before), (right[:window], after)):
            for at in range(len(letters) - length + 1):
                side.add((passage_of(item), letters[at].offset))
    near = (before | after) & everywhere.keys()
    units: dict[str, list] = {}
    for place, unit in everywhere.items():
        entry = units.setdefault("".join(one.folded for one in unit), [0, 0, 0, 0, Counter()])
        entry[3] += 1
        if place in near:
            entry[0] += 1
            entry[1] += place in before
            entry[2] += place in after
            entry[4]["".join(one.glyph for one in unit)] += 1
    return units, len(near), len(everywhere)


def agree(found: Collocates, units: dict[str, list], near: int, everywhere: int, minimum: int) -> None:
    assert (found.near, found.searched) == (near, everywhere)
    expected = {unit: entry for unit, entry in units.items() if entry[0] >= minimum}
    assert found.distinct == len(expected) == len(found.items)
    for one in found.items:
        (unit,) = [unit for unit, entry in expected.items() if one.text in entry[4]]
        count, left, right, total, glyphs = expected.pop(unit)
        assert (one.count, one.left, one.right, one.total) == (count, left, right, total)
        assert glyphs[one.text] == max(glyphs.values())
        assert one.expected == pytest.approx(total * near / everywhere, abs=0.006)
        assert one.likelihood == pytest.approx(g2(count, total, near, everywhere), abs=0.006)


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("window", [1, 5, 20])
@pytest.mark.parametrize("text", ["道|器", "下道", "无此字"])
def test_collocates(reader: Reader, text: str, window: int, length: int) -> None:
    editions = set(reader.editions)
    found = collocates(search(reader, text), window=window, length=length, minimum=1, limit=1000)
    agree(found, *counted(reader, text, window, length, editions), 1)
    likelihoods = [one.likelihood for one in found.items]
    assert likelihoods == sorted(likelihoods, reverse=True)
    often = collocates(search(reader, text), window=window, length=length, minimum=3, limit=1000, order="count")
    agree(often, *counted(reader, text, window, length, editions), 3)
    assert [one.count for one in often.items] == sorted((one.count for one in often.items), reverse=True)
    json.dumps(found.as_json())


def test_collocates_are_set_against_what_was_searched(reader: Reader) -> None:
    urn = "urn:cts:hengyang:hengyang.open.test"
    found = collocates(search(reader, "书:open 天下"), minimum=1, limit=1000)
    agree(found, *counted(reader, "书:open 天下", 5, 1, {urn}), 1)


def test_the_first_of_many_are_the_first_of_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few pairs are looked for at a time."""
    found = Finder(library, staff=True).found("道|器")
    for order in ("likelihood", "count"):
        whole = collocates(found, length=2, minimum=1, limit=1000, order=order)
        monkeypatch.setattr("search.statistics.units.BATCH", 20)
        for limit in (1, 7, 19):
            few = collocates(found, length=2, minimum=1, limit=limit, order=order)
            assert few.items == whole.items[:limit] and few.distinct == whole.distinct > 60
        monkeypatch.undo()


def test_collocates_tell_nothing_of_hidden_notes_and_far_text(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "notes", [Block("甲道祕密乙", [(2, 4)])], rights=Rights(notes="staff"))
        shelve(library, "short", [f"遠{'，' * 12}中道近{'。' * 12}邊"], rights=Rights(text="snippet"))
        for staff, seen in ((False, "甲乙中近"), (True, "甲乙中近祕密遠邊")):
            found = collocates(Finder(library, staff=staff).found("道"), window=20, minimum=1)
            assert {one.text for one in found.items} == set(seen)


@pytest.mark.parametrize(
    "wrong", [{"window": 0}, {"window": 21}, {"length": 3}, {"minimum": 0}, {"limit": 0}, {"order": "x"}]
)
def test_wrong_numbers_are_usage_errors(library: Library, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        collocates(Finder(library).found("道"), **wrong)  # type: ignore[arg-type]


# Forms.


@pytest.mark.parametrize(
    "text",
    [
        *("天下", "盖", "盖天下", "&KR0714;", "类|葢", "〓道", "长"),
        *("天?器", "天*器", "[道盖]下", "注:盖", "书:open -作者:无 盖"),
        *('(书:"open書"|体裁:无) 正文:盖', "类:史部 年:1600-1700 类"),
    ],
)
def test_forms_add_up_and_their_queries_find_them(reader: Reader, text: str) -> None:
    found = forms(search(reader, text))
    assert sum(form.hits for form in found.items) == len(reader.items(text))
    assert found.distinct == len(found.items)
    assert [form.hits for form in found.items] == sorted((form.hits for form in found.items), reverse=True)
    for form in found.items:
        exact = search(reader, form.query)
        assert (exact.hits, exact.passages) == (form.hits, form.passages)


def test_the_forms_are_those_that_are_printed(library: Library) -> None:
    reader = Reader(library, staff=True)
    printed = Counter(fold_glyph for item in reader.items("盖") for fold_glyph in item.match)
    assert {form.text: form.hits for form in forms(search(reader, "盖")).items} == printed
    few = forms(search(reader, "盖"), limit=1)
    assert (len(few.items), few.distinct) == (1, len(printed))


def test_forms_over_notes_and_through_them(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        blocks = [Block("月令仲春與此", [(2, 4)]), Block("月令與此"), Block("月、令葢與此", [(3, 4)])]
        shelve(library, "notes", blocks)
        shelve(library, "hidden", blocks, rights=Rights(notes="staff"))
        finder = Finder(library)
        assert [(one.text, one.hits) for one in forms(finder.found("月令與此")).items] == [("月令與此", 6)]
        assert [(one.text, one.hits) for one in forms(finder.found("令盖與")).items] == [("令葢與", 1)]
        assert [(one.text, one.hits) for one in forms(finder.found("令仲春")).items] == [("令仲春", 1)]


def test_forms_of_patterns_hold_nothing_of_hidden_notes(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library") as library:
        shelve(library, "notes", [Block("甲子密丑乙，甲寅密乙", [(2, 3), (8, 9)])], rights=Rights(notes="staff"))
        for text in ("甲*乙", "甲??乙", "甲?乙", "甲 NEAR/5 乙", "/甲.{0,4}乙/", "甲子丑乙"):
            seen = {form.text for form in forms(Finder(library).found(text)).items}
            assert seen and not any("密" in form for form in seen), text
        assert "甲子密丑乙" in {form.text for form in forms(Finder(library, staff=True).found("甲*乙")).items}


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="天下道器葢蓋盖類类長A9", min_size=1, max_size=2), st.integers(1, 20), st.sampled_from([1, 2]))
def test_whatever_is_looked_for(library: Library, text: str, window: int, length: int) -> None:
    reader = Reader(library, staff=False)
    found = collocates(search(reader, text), window=window, length=length, minimum=1, limit=1000)
    agree(found, *counted(reader, text, window, length, set(reader.editions)), 1)
    assert sum(form.hits for form in forms(search(reader, text)).items) == len(reader.items(text))
