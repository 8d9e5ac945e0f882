"""Parallel passages: nothing that two places share is missed, what differs is marked, what is hidden stays hidden."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from ran import Run
from shelves import CORPUS, RUN, Block, kanripo, shelve

from archive import intake
from archive.errors import Forbidden, NotFound, UsageError
from archive.intake import FileContent, Page
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.urn import parse
from archive.writer import store_edition
from search.answer import Scope
from search.files import named
from search.found import Moved
from search.kwic import HIDDEN, SNIPPET
from search.parallels import seeds as parallels_seeds
from search.parallels.items import BREAK, Item, Side
from search.parallels.parallel import Parallels, parallels
from search.parallels.table import FORMATS, HEADINGS
from search.text.folding import fold_with_offsets

QUOTED = "聖人之道在於治天下而天下之治在於得人心"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as library:
        yield library


def found(
    library: Library, target: str, *, staff: bool = False, scope: Scope | None = None, **which: Any
) -> list[Item]:
    """The parallels of `hengyang.TARGET`, set phrases among them."""
    result = parallels(library, f"hengyang.{target}", scope, staff=staff)
    return list(result.items(library, result.which(**{"light": True, **which})))


def works(items: list[Item]) -> list[str]:
    return [item.target.work.removeprefix("hengyang.") for item in items]


def marked(side: Side) -> str:
    signs = {"equal": "{}", "variant": "<{}>", "replaced": "[{}]", "added": "+{}+", "omitted": "-{}-", "note": "({})"}
    return "".join(signs.get(piece.kind, "{}").format(piece.text) for piece in side.pieces)


# Nothing is missed.


class Letters:
    """Where every folded letter of a library stands: (edition, place in it), by section, and without notes."""

    def __init__(self, library: Library) -> None:
        self.order: dict[tuple[str, int], int] = {}
        self.lines: list[list[tuple[str, str, int]]] = []
        for edition in library.editions():
            sections: dict[str, list[tuple[str, str, int]]] = {}
            for passage in library.passages(edition.id):
                urn = f"{edition.urn}:{passage.ref}"
                folded, offsets = fold_with_offsets(passage.text, passage.marks)
                letters = [(letter, urn, offset) for letter, offset in zip(folded, offsets, strict=True)]
                for _, _, offset in letters:
                    self.order[urn, offset] = len(self.order)
                sections.setdefault(passage.section, []).extend(letters)
                if passage.notes:
                    self.lines.append([one for one in letters if not passage.in_note(one[2])])
            self.lines += sections.values()

    def shared(self, length: int) -> set[tuple[int, int, int, int]]:
        """(first, last, first, last) of every two places with these many equal letters, no letter one with itself."""
        grams: dict[str, set[tuple[int, ...]]] = {}
        for line in self.lines:
            places = [self.order[urn, offset] for _, urn, offset in line]
            for at in range(len(line) - length + 1):
                gram = "".join(letter for letter, _, _ in line[at : at + length])
                grams.setdefault(gram, set()).add(tuple(places[at : at + length]))
        return {
            (one[0], one[-1], other[0], other[-1])
            for same in grams.values()
            for one in same
            for other in same
            if not any(map(int.__eq__, one, other))
        }

    def span(self, side: Side) -> tuple[int, int]:
        begin, end = parse(side.urn), parse(side.until or side.urn)
        inside = [
            place
            for (urn, offset), place in self.order.items()
            if (urn == str(parse(side.urn.split("@")[0])) and (begin.start or 0) <= offset < (begin.end or 0))
            or (
                urn == str(parse((side.until or side.urn).split("@")[0]))
                and (end.start or 0) <= offset < (end.end or 0)
            )
        ]
        return min(inside), max(inside)


def missed(library: Library) -> set[tuple[int, int, int, int]]:
    """What eight equal letters in a row share and no parallel covers."""
    letters = Letters(library)
    spans = []
    for edition in library.editions():
        result = parallels(library, edition.urn)
        for item in result.items(library, result.which(light=True)):
            assert item.equal >= 8 and item.equal > 3 * (item.replaced + item.added + item.omitted)
            spans.append((*letters.span(item.source), *letters.span(item.target)))
    return {
        one
        for one in letters.shared(8)
        if not any(a <= one[0] and one[1] <= b and c <= one[2] and one[3] <= d for a, b, c, d in spans)
    }


TEXT = st.text("天下道器，", min_size=1, max_size=40)
BLOCK = st.builds(
    lambda text, note, heading: Block(text, [note] if note[0] < note[1] <= len(text) else [], heading=heading),
    TEXT,
    st.tuples(st.integers(0, 15), st.integers(1, 20)),
    st.sampled_from([False, False, False, True]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(BLOCK, min_size=1, max_size=4), min_size=1, max_size=3))
def test_no_eight_equal_letters_are_missed(tmp_path_factory: pytest.TempPathFactory, texts: list[list[Block]]) -> None:
    with Library.create(tmp_path_factory.mktemp("missed") / "library") as library:
        for number, blocks in enumerate(texts):
            shelve(library, f"w{number}", blocks)
        assert not missed(library)


def test_no_eight_equal_letters_are_missed_among_many_differences(library: Library) -> None:
    chance = random.Random(7)
    letters = [chr(0x4E00 + chance.randrange(300)) for _ in range(400)]
    for name in ("a", "b"):
        changed = [chance.choice("一二三") if chance.random() < 0.07 else letter for letter in letters]
        cut = sorted(chance.sample(range(1, 400), 6))
        shelve(library, name, ["".join(changed[low:high]) for low, high in zip([0, *cut], [*cut, 400], strict=True)])
    assert not missed(library)


@pytest.mark.parametrize("here, there", [("聖人之道在於治", 0), ("聖人之道在於治天", 1)])
def test_eight_letters_are_enough_and_seven_are_not(library: Library, here: str, there: int) -> None:
    shelve(library, "a", [f"甲{here}乙"])
    shelve(library, "b", [f"丙{here}丁"])
    assert len(found(library, "a")) == there


@pytest.mark.parametrize(
    "here, there, differs",
    [
        ("乾之策二百一十六凡三百", "乾之策二百一十有六又三百", ("added", "", "有")),
        ("乾之策二百一十有六凡三百", "乾之策二百一十六又三百", ("omitted", "有", "")),
        ("故其萬有一千五百二十當", "也其萬物一千五百二十嘗", ("replaced", "有", "物")),
        ("殷薦之上帝以配祖考雷", "殷薦上帝以配祖考豫", ("omitted", "之", "")),
        ("曰殷薦上帝以配祖考雷", "殷薦之上帝以配祖考豫", ("added", "", "之")),
        ("殷薦之上帝以配祖", "殷薦上帝以配祖考豫", None),
        ("聖人之道異在於心", "聖人之道同在於心也", None),
    ],
)
def test_eight_letters_are_enough_with_a_difference_near_the_end(
    library: Library, here: str, there: str, differs: tuple[str, str, str] | None
) -> None:
    shelve(library, "a", [here])
    shelve(library, "b", [there])
    items = found(library, "a")
    assert [item.differences for item in items] == ([(differs,)] if differs else [])
    assert all(item.equal >= 8 and "rest" not in dict(item.target.pieces + item.source.pieces) for item in items)


def test_a_difference_near_the_end_is_not_passed_over_into_another_section(library: Library) -> None:
    shelve(library, "a", ["乾之策二百一十", Block("有", heading=True), "六凡三百"])
    shelve(library, "b", ["乾之策二百一十六凡三百"])
    assert not found(library, "a")


def test_a_difference_costs_three_letters(library: Library) -> None:
    shelve(library, "a", ["聖人之道在於治天下"])
    shelve(library, "b", ["聖人之道，唯於治天下"])
    shelve(library, "c", ["聖人之道唯以治天下也"])
    (item,) = found(library, "a")
    assert (works([item]), item.equal, item.replaced) == (["b"], 8, 1)


# What differs.


def test_differences_are_marked_by_kind_on_both_sides(library: Library) -> None:
    shelve(library, "a", ["君子曰：「聖人之道，在於治天下；而天下之治在於得人心者以德服人心也」云"])
    shelve(library, "b", ["故聖人之道在于治天下，然而天下之治，在得人心者唯德服人心也。又曰"])
    (item,) = found(library, "a")
    assert marked(item.source) == "聖人之道，在<於>治天下；而天下之治在-於-得人心者[以]德服人心也"
    assert marked(item.target) == "聖人之道在<于>治天下，+然+而天下之治，在得人心者[唯]德服人心也"
    assert (item.equal, item.variants, item.replaced, item.added, item.omitted) == (24, 1, 1, 1, 1)
    assert item.differences == (
        ("variant", "於", "于"),
        ("added", "", "然"),
        ("omitted", "於", ""),
        ("replaced", "以", "唯"),
    )
    assert item.likeness == round(24 / 27, 3)
    assert (item.source.left, item.source.right) == ("君子曰：「", "」云")
    for side in (item.source, item.target):
        place = parse(side.urn)
        assert library.passage(place).text[place.start : place.end] == side.text


def test_a_note_between_is_passed_over_and_shown_as_such(library: Library) -> None:
    shelve(library, "a", [f"{QUOTED[:9]}也{QUOTED[9:]}"])
    shelve(library, "b", [Block(f"{QUOTED[:6]}居也{QUOTED[6:]}", [(6, 8)])])
    shelve(library, "c", [QUOTED])
    by_work = {item.target.work: item for item in found(library, "c")}
    assert marked(by_work["hengyang.b"].target) == f"{QUOTED[:6]}(居也){QUOTED[6:]}"
    assert by_work["hengyang.b"].added == 0
    assert by_work["hengyang.a"].added == 1


def test_a_parallel_runs_over_the_end_of_a_passage_but_not_of_a_section(library: Library) -> None:
    shelve(library, "a", [f"又{QUOTED}也"])
    shelve(library, "b", [f"昔{QUOTED[:5]}。", f"「{QUOTED[5:]}」"])
    shelve(library, "c", ["# 上", QUOTED[:6], "# 下", QUOTED[6:13]])
    (item,) = found(library, "a")
    assert item.target.text == f"{QUOTED[:5]}。{BREAK}「{QUOTED[5:]}"
    assert (item.target.urn[-6:], item.target.until[-6:]) == (":1@1-7", f"2@0-{len(QUOTED) - 4}"[-6:])
    assert item.target.right == "」"


def test_a_long_parallel_is_shown_in_part(library: Library) -> None:
    text = "".join(chr(0x4E00 + at) for at in range(600))
    shelve(library, "a", [text])
    shelve(library, "b", [text])
    result = parallels(library, "hengyang.a")
    (item,) = result.items(library, result.which(), longest=50)
    assert item.target.pieces == (("equal", text[:50]), ("rest", "……"))
    assert (item.equal, item.target.urn[-6:]) == (600, "@0-600")


# What is asked for.


def test_a_passage_a_range_a_section_and_a_work_can_be_asked_for(library: Library) -> None:
    other = "學而時習之不亦說乎有朋自遠方來"
    shelve(library, "a", ["# 上", f"甲{QUOTED}乙{other}", "# 下", f"丙{QUOTED}"])
    shelve(library, "b", ["# 一", QUOTED, "# 二", other])
    assert len(found(library, "a.test:1.1", relation="other")) == 2
    assert [item.target.ref for item in found(library, "a.test:1.1@18-36", relation="other")] == ["2.1"]
    assert len(found(library, "a.test:2", relation="other")) == 1
    assert len(found(library, "a", relation="other")) == 3
    assert {item.source.ref for item in found(library, "a", relation="same")} == {"1.1", "2.1"}
    assert not found(library, "a.test:1.1@3-3")
    for wrong, error in (
        ("a.test:9", NotFound),
        ("a:1.1!r7", UsageError),
        ("a.test:1@0-3", UsageError),
        ("x", NotFound),
    ):
        with pytest.raises(error):
            parallels(library, f"hengyang.{wrong}")


def test_a_scope_limits_where_the_other_places_are(library: Library) -> None:
    for name in ("a", "b", "c"):
        shelve(library, name, [QUOTED])
    assert works(found(library, "a", scope=Scope(works=("hengyang.c",)))) == ["c"]


def test_other_editions_and_the_same_one_are_told_apart(library: Library) -> None:
    shelve(library, "a", ["# 上", QUOTED, "# 下", f"又{QUOTED}"])
    shelve(library, "b", [QUOTED])
    store_edition(
        library,
        Work("hengyang.a", "a", "王夫之"),
        Edition(0, "urn:cts:hengyang:hengyang.a.other", "hengyang.a", "他本"),
        [FileContent((Page("1"),), (intake.pack(intake.Draft("paragraph", QUOTED, pages=((0, 0),))),))],
        fingerprint="other",
        originals=[],
        run=RUN,
    )
    result = parallels(library, "hengyang.a.test:1.1")
    told = {(book.relation, item.target.edition[-6:]) for book, item in result.with_books(library, result.which())}
    assert told == {("same", "a.test"), ("edition", ".other"), ("other", "b.test")}


def test_earlier_and_later_works_are_told_by_years_else_by_dynasty(library: Library) -> None:
    for name, facts in {
        "qing": {"dynasty": "清"},
        "song": {"dynasty": "宋"},
        "qing2": {"dynasty": "清"},
        "nobody": {},
        "y1655": {"year_from": 1655, "year_to": 1656},
        "y1680": {"year_from": 1680},
    }.items():
        shelve(library, name, [QUOTED], author="", **facts)  # type: ignore[arg-type]

    def told(name: str) -> dict[str, str]:
        result = parallels(library, f"hengyang.{name}")
        return {share.book.work.id[9:]: share.book.dating for share in result.shares(result.which())}

    assert told("qing") == {"song": "earlier", "qing2": "same", "nobody": "", "y1655": "", "y1680": ""}
    assert told("y1680")["y1655"] == "earlier"
    assert told("y1655")["y1680"] == "later"
    by_date = parallels(library, "hengyang.song")
    order = [item.target.work[9:] for item in by_date.items(library, by_date.which(order="date"))]
    assert order[:2] == ["qing", "qing2"] or order.index("y1655") < order.index("y1680")


def test_set_phrases_are_set_apart_and_can_be_asked_for(library: Library) -> None:
    shelve(library, "a", ["# 上", "永曆二年十一月二十八日", "# 下", QUOTED])
    shelve(library, "b", ["# 甲", "紹興二年十一月二十八日", "# 乙", QUOTED])
    result = parallels(library, "hengyang.a")
    assert [item.source.ref for item in result.items(library, result.which())] == ["2.1"]
    assert len(result.which(light=True)) == 2
    assert result.as_json(library, result.which())["set_phrases"] == 1


def test_what_many_books_share_stands_behind_what_one_has(library: Library) -> None:
    signed = "恭校上總纂官臣紀昀臣陸錫熊臣孫士毅總校官臣陸費墀"
    shelve(library, "a", ["# 提要", signed, "# 正文", QUOTED])
    for number in range(12):
        shelve(library, f"b{number}", [signed])
    shelve(library, "c", [QUOTED])
    result = parallels(library, "hengyang.a")
    first, second, *_ = result.items(library, result.which(order="weight"))
    assert (first.target.work, second.source.text) == ("hengyang.c", signed)
    assert first.weight < second.weight


# Rights.


def test_what_is_hidden_is_neither_found_nor_shown(library: Library) -> None:
    shelve(library, "a", [f"{QUOTED}祕密藏於內館之中者也"])
    shelve(library, "secret", [QUOTED], rights=Rights(text="staff"))
    noted = Block(f"{QUOTED[:9]}祕密藏於內館之中者也{QUOTED[9:]}", [(9, 19)])
    shelve(library, "noted", [noted, Block("祕密藏於內館之中者也", kind="footnote")], rights=Rights(notes="staff"))
    items = found(library, "a")
    assert works(items) == ["noted"]
    assert marked(items[0].target) == f"{QUOTED[:9]}({HIDDEN}){QUOTED[9:]}"
    assert (items[0].added, items[0].equal) == (0, len(QUOTED))
    document = parallels(library, "hengyang.a")
    told = json.dumps(document.as_json(library, document.which(light=True))["items"], ensure_ascii=False)
    assert "secret" not in told
    assert "祕密" not in json.dumps([item["target"] for item in json.loads(told)], ensure_ascii=False)
    assert sorted(set(works(found(library, "a", staff=True)))) == ["noted", "secret"]
    with pytest.raises(NotFound):
        parallels(library, "hengyang.secret")


def test_only_what_may_be_read_can_be_the_source(library: Library) -> None:
    shelve(library, "a", [QUOTED])
    shelve(
        library, "snippet", [f"{'前' * 50}。{QUOTED}，{'後' * 50}"], rights=Rights(text="snippet", punctuation="staff")
    )
    with pytest.raises(Forbidden):
        parallels(library, "hengyang.snippet")
    assert works(found(library, "snippet", staff=True, relation="other")) == ["a"]
    (item,) = found(library, "a")
    assert (item.target.left, item.target.text, item.target.right) == ("前" * SNIPPET, QUOTED, "後" * SNIPPET)


LONG = "天地之化日新而不已萬物之生各有其理存乎其中者莫非道也君子觀其會通以行其典禮而後人心之正可得而求矣"


def test_what_is_only_to_be_found_is_not_told_at_length(library: Library) -> None:
    theirs = f"{LONG[:30]}唯{LONG[31:40]}，{LONG[40:]}"
    shelve(library, "a", [LONG])
    shelve(library, "snippet", [theirs], rights=Rights(text="snippet"))
    result = parallels(library, "hengyang.a")
    which = result.which(light=True)
    (item,) = result.items(library, which)
    assert item.target.text == f"{LONG[:24]}……" and item.source.text == f"{LONG[:24]}……"
    assert (item.equal, item.replaced, item.differences) == (len(LONG) - 1, 1, ())
    for name, kind in FORMATS.items():
        if name != "xlsx":
            assert "唯" not in b"".join(kind.chunks(library, result, which)).decode()
    (item,) = found(library, "a", staff=True)
    assert (item.target.text, item.differences) == (theirs, (("replaced", LONG[30], "唯"),))


@pytest.mark.parametrize("length, told", [(24, "「{}，{}"), (25, "{}{}")])
def test_layers_only_to_be_found_are_shown_around_few_words_and_not_in_many(
    library: Library, length: int, told: str
) -> None:
    text = LONG[:length]
    shelve(library, "a", [text])
    shelve(library, "points", [f"「{text[:9]}，{text[9:]}。」"], rights=Rights(punctuation="snippet"))
    (item,) = found(library, "a")
    assert item.target.text == told.format(text[:9], text[9:]).removeprefix("「")


def test_a_note_only_to_be_found_is_one_mark_in_a_long_place(library: Library) -> None:
    shelve(library, "a", [f"{LONG[:20]}一說當作天理{LONG[20:]}"])
    noted = Block(f"{LONG[:20]}一說，當作天理{LONG[20:]}", [(20, 27)])
    shelve(library, "noted", [noted], rights=Rights(notes="snippet"))
    items = found(library, "a")
    assert [item.target.text for item in items] == [f"{LONG[:20]}{HIDDEN}{LONG[20:]}"]


def test_withheld_punctuation_is_not_shown(library: Library) -> None:
    shelve(library, "a", [f"「{QUOTED[:9]}，{QUOTED[9:]}。」"])
    shelve(library, "bare", [f"「{QUOTED[:8]}，{QUOTED[8:]}。」"], rights=Rights(punctuation="staff"))
    (item,) = found(library, "a")
    assert (item.target.text, item.target.right) == (QUOTED, "")
    assert item.source.text == f"{QUOTED[:9]}，{QUOTED[9:]}"


# The library moves, and bad texts.


def test_parallels_of_a_library_that_has_changed_are_not_shown(library: Library) -> None:
    shelve(library, "a", [QUOTED])
    shelve(library, "b", [QUOTED])
    old = parallels(library, "hengyang.a")
    shelve(library, "b", [f"改{QUOTED}"])
    with pytest.raises(Moved):
        list(old.items(library, old.which()))
    for kind in FORMATS.values():
        with pytest.raises(Moved):
            next(iter(kind.chunks(library, old, old.which())))
    assert [item.target.left for item in found(library, "a")] == ["改"]


def test_a_text_of_one_letter_ends_in_bounded_time_and_says_so(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallels_seeds, "_MOST", 10_000)
    shelve(library, "a", ["一" * 3000, QUOTED])
    shelve(library, "b", ["一" * 3000, QUOTED])
    result = parallels(library, "hengyang.a")
    assert "重复太多" in result.notices[0]
    assert any(QUOTED in item.target.text for item in result.items(library, result.which(relation="other")))


def test_a_long_source_is_found_piece_by_piece(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.parallels.texts._PIECE", 30)
    monkeypatch.setattr("search.parallels.seeds._WORK", 100_000)
    monkeypatch.setattr("search.parallels.seeds._MOST", 60)
    monkeypatch.setattr("search.parallels.seeds._SCAN", 16)
    blocks = [text for at in range(9) for text in (f"# 卷{at}", f"{chr(0x5000 + at) * 3}{QUOTED}{chr(0x6000 + at)}")]
    shelve(library, "a", blocks)
    shelve(library, "b", blocks)
    parts: list[float] = []
    result: Parallels = parallels(library, "hengyang.a", step=parts.append)
    assert len(result.which(relation="other", light=True)) == 81
    assert len(result.which(relation="same", light=True)) == 72
    assert parts == sorted(parts) and parts[-1] == 1 and not result.notices


# Files.


def test_the_table_has_every_parallel_in_every_format(library: Library) -> None:
    shelve(library, "a", [f"=甲{QUOTED}", "# 下", "君行師從卿行旅從"])
    shelve(library, "b", [f"={QUOTED[:8]}唯{QUOTED[9:]}"], title="=cmd", dynasty="宋")
    result = parallels(library, "hengyang.a")
    which = result.which(light=True)
    files = {name: b"".join(kind.chunks(library, result, which)) for name, kind in FORMATS.items()}
    lines = list(csv.reader(StringIO(files["csv"].decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(files["xlsx"])).worksheets[0]
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    (item,) = json.loads(files["json"])["items"]
    assert lines[0] == list(HEADINGS) and [len(line) for line in lines] == [len(HEADINGS)] * 2
    assert [cell.removeprefix("'") for cell in lines[1]] == cells[1]
    line = dict(zip(*lines, strict=True))
    assert (line["彼书"], line["彼书朝代"], line["异文"]) == ("'=cmd", "宋", f"异文 {QUOTED[8]}→唯")
    assert (line["彼处文字"], line["彼处编号"]) == (item["target"]["text"], item["target"]["urn"])
    assert json.loads(files["json"]) == {**result.as_json(library, which), "took_ms": result.took_ms}
    with pytest.raises(UsageError, match="csv"):
        named(FORMATS, "pdf")


def test_the_command_line_lists_answers_and_saves(library: Library, run: Run, tmp_path: Path) -> None:
    shelve(library, "a", [f"昔{QUOTED}也", "# 下", "永曆二年十一月二十八日"])
    shelve(library, "b", [f"又{QUOTED[:8]}唯{QUOTED[9:]}", "# 甲", "紹興二年十一月二十八日"], title="彼書")
    told = run("parallels", "hengyang.a")
    assert told.code == 0 and f"又【{QUOTED[:8]}［唯］{QUOTED[9:]}】" in told.out and "另有套语 1 处" in told.out
    assert [item["target"]["title"] for item in run("parallels", "hengyang.a", "--json").json["items"]] == ["彼書"]
    file = tmp_path / "all.csv"
    assert run("parallels", "hengyang.a", "--all", "--to", file, "--json").json["parallels"] == 2
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 3
    for wrong in (("x.y",), ("hengyang.a", "--to", "x.pdf"), ("hengyang.a", "--order", "x"), ("hengyang.a:7",)):
        refused = run("parallels", *wrong)
        assert refused.code and "错误：" in refused.err and "Traceback" not in refused.err


@pytest.mark.real
def test_real_quotations_are_found(tmp_path: Path) -> None:
    if not CORPUS.is_dir():
        pytest.skip("没有 ../shared/corpus，跳过用真实文本的测试")
    with Library.create(tmp_path / "library") as library:
        for name, title in {
            "KR1a0120": "周易稗疏",
            "KR1h0019": "石鼓論語答問",
            "KR4f0009": "薑齋詩文集",
            "KR4d0065": "周元公集",
            "KR5i0080": "通書",
        }.items():
            shelve(library, name.lower(), kanripo(name), title=title)
        result = parallels(library, "hengyang.kr1a0120")
        items = list(result.items(library, result.which(relation="other")))
        texts = {(item.target.title, item.source.text) for item in items}
        # 王夫之 quotes the Analects; the same preface of the imperial library stands before two of his books.
        assert ("石鼓論語答問", "仰之彌高鑽之彌堅") in texts
        preface = next(item for item in items if "不信陳摶之學" in item.source.text)
        assert preface.target.title == "薑齋詩文集"
        assert {("replaced", "合", "會"), ("omitted", "皆", ""), ("variant", "襍", "雜")} <= set(preface.differences)
        zhou = parallels(library, "hengyang.kr5i0080")
        share = zhou.shares(zhou.which(relation="other"))[0]
        assert (share.book.work.title, share.places > 40) == ("周元公集", True)
