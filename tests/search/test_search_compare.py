"""Comparing editions: nothing lost, nothing invented, every difference of its kind and at its place."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from itertools import pairwise

import pytest
from editions import POEMS, WORK, gaiji, issue, noted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import Forbidden, NotFound, UsageError
from archive.intake import Draft
from archive.library import Library
from archive.model import Rights
from archive.urn import parse
from search.compare.align import align
from search.compare.collate import collate
from search.compare.model import Collation, Pair
from search.compare.moved import relocate


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.create(tmp_path_factory.mktemp("compare") / "library") as library:
        yield library


@pytest.fixture
def edition(library):
    return partial(issue, library)


@pytest.fixture
def compared(library, edition):
    """The one pair of a base and a witness, each a list of drafts."""

    def make(base, witness, **how):
        return collate(library, edition(*base), [edition(*witness)], **how).pairs[0]

    return make


def told(pair: Pair):
    return [(s.kind, s.base_text, s.witness_text) for u in pair.units for s in u.segments if s.kind != "same"]


def check_whole(library: Library, collation: Collation):
    """Both sides of the segments, put together, are the stored text; what is called the same is the same."""
    for pair in collation.pairs:
        segments = [segment for unit in pair.units for segment in unit.segments]
        for name, spans in (
            (collation.base, [span for one in segments for span in one.base]),
            (pair.witness, [span for one in segments for span in one.witness]),
        ):
            stored = {one.ref: one for one in library.passages(name.id)}
            seen: dict[str, list] = {}
            for span in spans:
                assert span.text == stored[span.ref].text[span.start : span.end]
                seen.setdefault(span.ref, []).append(span)
            for parts in seen.values():
                parts.sort(key=lambda span: span.start)
                assert all(one.end == other.start for one, other in pairwise(parts)), "a gap, or twice the same"
            whole = {ref: "".join(span.text for span in parts) for ref, parts in seen.items()}
            assert whole == {ref: one.text for ref, one in stored.items() if one.text}
        for one in segments:
            assert one.base or one.witness
            if one.kind == "same":
                assert one.base_text == one.witness_text


# What differs, and what it is called.

CASES = {
    "wording": ("天下惟器而已矣", "天下在器而已矣", [("wording", "惟", "在")]),
    "variant": ("其説曰為國以禮", "其說曰为国以礼", [("variant", a, b) for a, b in ("説說", "為为", "國国", "禮礼")]),
    "extension b": ("鳴𩔖𫉬罪於人", "鳴類獲罪於人", [("variant", "𩔖", "類"), ("variant", "𫉬", "獲")]),
    "selector": ("葛藟纍之", "葛\U000e0100藟纍之", [("variant", "葛", "葛\U000e0100")]),
    "punctuation": ("天下，惟器。", "天下惟器！", [("punctuation", "，", ""), ("punctuation", "。", "！")]),
    "quotes": ("子曰：「學而」。", "子曰學而。", [("punctuation", "：「", ""), ("punctuation", "」", "")]),
    "omission": ("何不可也之有", "何不可有", [("omission", "也之", "")]),
    "addition": ("何不可有", "何，不可也之有", [("punctuation", "", "，"), ("addition", "", "也之")]),
    "a clause": ("去年，今年，明年。", "去年，明年。", [("omission", "今年，", "")]),
    "swap": ("羽毛齒革則君地生焉", "毛羽齒革則君地生焉", [("transposition", "羽毛", "毛羽")]),
    "far swap": (
        "此建議非之時唐休璟也",
        "此時唐休璟建議非之也",
        [("transposition", "建議非之時唐休璟", "時唐休璟建議非之")],
    ),
    "reading": ("其於文也何如", "其以辭章也何如", [("wording", "於文", "以辭章")]),
    "spacing": ("一水東來\n孤亭", "一水東來　孤亭", [("spacing", "\n", "　")]),
    "nothing": ("天下惟器", "天下惟器", []),
}


@pytest.mark.parametrize(("base", "witness", "expected"), CASES.values(), ids=CASES.keys())
def test_every_difference_is_of_its_kind(compared, base, witness, expected):
    assert told(compared([base], [witness])) == expected


@pytest.mark.parametrize(
    ("base", "witness", "expected"),
    [
        (noted("天下惟器者也", 2, 4), "天下惟器者也", [("layer", "惟器", "惟器")]),
        ("甲子歲", noted("乙一作丙子歲", 1, 4), [("wording", "甲", "乙"), ("addition", "", "一作丙")]),
        (gaiji("渡〓水", 1, ids="⿰石鼓"), gaiji("渡〓水", 1, ids="⿰石鼓"), []),
        (gaiji("渡〓水", 1, ids="⿰石鼓"), gaiji("渡〓水", 1, ids="⿰石皮"), [("gaiji", "〓", "〓")]),
        (gaiji("渡〓水", 1, id="KR1"), "渡湘水", [("gaiji", "〓", "湘")]),
        (gaiji("渡〓水", 1, id="KR1", normalised="湘"), "渡湘水", [("variant", "〓", "湘")]),
        (gaiji("渡〓木去", 1, id="KR1"), "渡湘水去", [("gaiji", "〓", "湘"), ("wording", "木", "水")]),
    ],
)
def test_notes_and_characters_without_code_point(compared, base, witness, expected):
    assert told(compared([base], [witness])) == expected


def test_one_passage_may_answer_to_three(compared):
    pair = compared(["一陰一陽之謂道，繼之者善也，成之者性也。"], ["一陰一陽之謂道，", "繼之者善也，", "成之者性也。"])
    (unit,) = pair.units
    assert told(pair) == []
    assert [str(place) for place in unit.base] == ["1@0-20"]
    assert [str(place) for place in unit.witness] == ["1@0-8", "2@0-6", "3@0-6"]


def test_three_passages_may_answer_to_one(compared):
    pair = compared(["一陰一陽之謂道，", "繼之者善矣，", "成之者性也。"], ["一陰一陽之謂道，繼之者善也，成之者性也。"])
    assert [str(unit.witness[0]) for unit in pair.units] == ["1@0-8", "1@8-14", "1@14-20"]
    assert told(pair) == [("wording", "矣", "也")]


def test_what_only_the_witness_has_stands_alone_where_it_belongs(compared):
    pair = compared([POEMS[0], POEMS[2]], [POEMS[0], POEMS[1], POEMS[2]])
    assert [(unit.after, bool(unit.base), bool(unit.witness)) for unit in pair.units] == [
        ("", True, True),
        ("1", False, True),
        ("", True, True),
    ]


def test_a_repeated_opening_does_not_shift_what_was_left_out(compared):
    base = ["問一：何謂仁乎？答曰愛人。", "問二：何謂智乎？答曰知人。", "問三：何謂勇乎？答曰不懼。"]
    pair = compared(base, [base[0], base[2]])
    assert told(pair) == [("omission", base[1], "")]


def test_passages_in_another_order_are_moved_heading_and_all(compared, library):
    one, two, three = (["# 其一", POEMS[0]], ["# 其二", POEMS[1]], ["# 其三", POEMS[2] + POEMS[3]])
    changed = [two[0], two[1].replace("欣", "忻", 1)]
    pair = compared([*one, *two, *three], [*one, *three, *changed])
    moved = [unit for unit in pair.units if unit.moved]
    assert [("".join(s.base_text for s in unit.segments)) for unit in moved] == ["其二", POEMS[1]]
    assert [str(unit.witness[0]) for unit in moved] == ["3.0@0-2", f"3.1@0-{len(POEMS[1])}"]
    assert [unit.together for unit in moved] == [2, 0]
    assert pair.counts["transposition"] == 1
    assert not pair.counts["omission"] and not pair.counts["addition"]


def test_passages_with_nothing_in_common_are_not_shredded(compared):
    base = "夫天地者萬物之逆旅也光陰者百代之過客也而浮生若夢為歡幾何古人秉燭夜遊良有以也"
    witness = "予觀夫巴陵勝狀在洞庭一湖銜遠山吞長江浩浩湯湯橫無際涯朝暉夕陰氣象萬千此則岳陽樓之大觀也"
    assert told(compared([POEMS[0], base, POEMS[1]], [POEMS[0], witness, POEMS[1]])) == [
        ("omission", base, ""),
        ("addition", "", witness),
    ]


def test_what_agrees_is_no_reading_where_the_witness_begins_a_passage_behind_it(compared):
    pair = compared([noted("充性而約一作疑情樂與心冥", 4, 7)], ["充性而約情", "樂與心冥"])
    assert told(pair) == [("omission", "一作疑", "")]
    assert told(compared(["充性而約甲乙情樂與心冥"], ["充性而約情", "樂與心冥"])) == [("omission", "甲乙", "")]


def test_a_text_that_repeats_itself_is_still_aligned(compared):
    refrain = "湘水自南而北經城東而去其流清淺可涉" * 1500
    assert told(compared([refrain + "末句在此"], [refrain + "末句不在此"])) == [("addition", "", "不")]
    pair = compared(["之乎者也" * 20_000], ["者也之乎" * 19_000])
    assert sum(len(s.witness_text) for u in pair.units for s in u.segments) == 76_000


def test_a_title_line_answers_to_a_title_line(compared):
    pair = compared([POEMS[0], "吕和叔文集卷第九", POEMS[1]], [POEMS[0], "欽定四庫全書", "吕衡州集卷九", POEMS[1]])
    assert [(unit.after, [str(p) for p in unit.witness]) for unit in pair.units] == [
        ("", [f"1@0-{len(POEMS[0])}"]),
        ("1", ["2@0-6"]),
        ("", ["3@0-6"]),
        ("", [f"4@0-{len(POEMS[1])}"]),
    ]


def test_a_title_line_answers_to_a_title_line_among_lines_of_which_one_side_has_more(compared):
    ours = [POEMS[0], "欽定四庫全書", "吕衡州集卷七", "唐吕温撰", POEMS[1]]
    theirs = [POEMS[0], "吕和叔文集巷第七", "朝議郎使持節衡州諸軍事守衡州刺史上柱國都尉賜緋魚袋吕温", POEMS[1]]
    pair = compared(ours, theirs)
    stands = {unit.base[0].ref: [place.ref for place in unit.witness] for unit in pair.units if unit.base}
    assert stands == {"1": ["1"], "2": [], "3": ["2"], "4": ["3"], "5": ["4"]}


def test_a_line_that_reads_quite_otherwise_still_answers_to_the_line_in_its_place(compared):
    pair = compared([POEMS[0], "送友人", POEMS[1]], [POEMS[0], "贈李生", POEMS[1]])
    assert told(pair) == [("wording", "送友人", "贈李生")]
    pair = compared([POEMS[0], "卷二", POEMS[1]], [POEMS[0], "詩風俗大同坐致熙熙之詠", POEMS[1]])
    assert told(pair) == [("omission", "卷二", ""), ("addition", "", "詩風俗大同坐致熙熙之詠")]


def test_a_passage_of_signs_alone_is_punctuation(compared):
    assert told(compared([POEMS[0], "……", POEMS[1]], [POEMS[0], POEMS[1]])) == [("punctuation", "……", "")]


def test_changing_base_and_witness_about_changes_omission_into_addition(compared):
    base, witness = ["何不可也之有", POEMS[0]], ["何不可有", POEMS[0], POEMS[1]]
    one, other = compared(base, witness).counts, compared(witness, base).counts
    assert one == Counter(omission=1, addition=1) == other
    assert compared(witness, base).counts["omission"] == 1


def test_a_section_is_the_same_as_its_part_of_the_whole(library, edition):
    base = edition("# 卷一", POEMS[0], "何不可也之有", "# 卷二", POEMS[1], POEMS[2])
    witness = edition("# 卷一", POEMS[0], "何不可有", "# 卷二", POEMS[1].replace("秋", "春"))
    whole = collate(library, base, [witness]).pairs[0].units
    for path in ("1", "2"):
        part = collate(library, base, [witness], path).pairs[0].units
        assert part == tuple(unit for unit in whole if unit.section == path)


# What the reader may see.

PRIVATE = Rights(punctuation="staff")


def test_punctuation_that_is_withheld_is_neither_compared_nor_given_away(library, edition):
    base = edition("天下，惟器而已矣。", slug="punctuated")
    seen = []
    for text in ("天下；惟器而已矣！", "天下「惟器而已矣」"):
        hidden = edition(text, rights=PRIVATE, slug="hidden", work="test.hidden")
        for one in (collate(library, base, [hidden]), collate(library, hidden, [base])):
            document = json.dumps(one.as_json(), ensure_ascii=False)
            assert not set("；！「」") & set(document)
            assert set(one.pairs[0].counts) <= {"unseen"}
            assert not one.pairs[0].punctuation
            seen.append([(s.kind, s.base, s.witness) for u in one.pairs[0].units for s in u.segments])
        assert told(collate(library, base, [hidden], staff=True).pairs[0]) != []
    assert seen[:2] == seen[2:]


def test_notes_that_are_withheld_are_neither_compared_nor_given_away(library, edition):
    open_ = edition(noted("天下惟器〔道〕者也。", 4, 7))
    hidden = edition(noted("天下惟器密語者也。", 4, 6), rights=Rights(notes="staff"))
    for one in (collate(library, open_, [hidden]), collate(library, hidden, [open_])):
        assert "密" not in json.dumps(one.as_json(), ensure_ascii=False)
        (difference,) = told(one.pairs[0])
        assert difference[0] == "unseen" and "〔道〕" in difference
    assert ("wording", "道", "密語") in told(collate(library, open_, [hidden], staff=True).pairs[0])


def test_an_edition_that_may_not_be_read_is_not_compared(library, edition):
    base, found = edition("天下惟器"), edition("天下惟道", rights=Rights(text="snippet"))
    hidden = edition("天下惟理", rights=Rights(text="staff"))
    with pytest.raises(Forbidden, match="不能对勘"):
        collate(library, base, [found])
    with pytest.raises(NotFound) as denied:
        collate(library, base, [hidden])
    with pytest.raises(NotFound) as missing:
        collate(library, base, [parse(f"{WORK}.none")])
    assert denied.value.what == missing.value.what
    assert told(collate(library, base, [hidden], staff=True).pairs[0]) == [("wording", "器", "理")]


def test_what_cannot_be_compared_says_so(library, edition):
    base = edition("天下惟器")
    with pytest.raises(UsageError, match="没有指定校本"):
        collate(library, base, [])
    with pytest.raises(UsageError, match="不能相同"):
        collate(library, base, [base])
    with pytest.raises(UsageError, match="最多"):
        collate(library, base, [edition("天下惟道") for _ in range(13)])
    with pytest.raises(NotFound, match="没有这一章"):
        collate(library, base, [edition("天下惟道")], "9")
    with pytest.raises(UsageError, match="没有文字"):
        collate(library, base, [edition()])


# Nothing lost, nothing invented.

letters = st.text(st.sampled_from("天下惟器之謂道説說国國〓𩔖，。「」 \n"), max_size=30)


@st.composite
def drafts(draw, texts=letters):
    found = []
    for text in draw(st.lists(texts, min_size=1, max_size=6)):
        edges = sorted(draw(st.lists(st.integers(0, len(text)), min_size=0, max_size=4, unique=True)))
        notes = tuple(zip(edges[::2], edges[1::2], strict=False))
        found.append(Draft(draw(st.sampled_from(["paragraph", "verse", "footnote"])), text, notes))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=drafts(), witness=drafts(), other=drafts())
def test_the_segments_give_both_sides_whole(library, edition, base, witness, other):
    names = [edition(*one) for one in (base, witness, other)]
    if not all(any(draft.text for draft in one) for one in (base, witness, other)):
        return
    check_whole(library, collate(library, names[0], names[1:]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_letter_is_aligned_once_and_in_order(data):
    pieces = st.lists(st.sampled_from([*POEMS, "甲", "乙丙", "天下惟器", "答曰"]), min_size=1, max_size=8)
    ours, theirs = data.draw(pieces), data.draw(pieces)
    a, b = "".join(ours), "".join(theirs)
    starts = [[sum(map(len, one[:end])) for end in range(len(one) + 1)] for one in (ours, theirs)]
    groups = align(a, b, *starts)
    ops = [op for group in groups for op in group.ops]
    assert "".join(a[op.i1 : op.i2] for op in ops) == a
    assert "".join(b[op.j1 : op.j2] for op in ops) == b
    assert all(a[op.i1 : op.i2] == b[op.j1 : op.j2] for op in ops if op.tag == "equal")
    for group in groups:
        if not group.extra:
            low, high = starts[0][group.passage], starts[0][group.passage + 1]
            assert all(low <= op.i1 <= op.i2 <= high for op in group.ops)
    ops = [op for group in relocate(groups, a, b, *starts) for op in group.ops]
    assert "".join(a[op.i1 : op.i2] for op in ops) == a
    assert "".join(b[op.j1 : op.j2] for op in sorted(ops, key=lambda op: (op.j1, op.j2))) == b
