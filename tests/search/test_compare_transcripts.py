"""Two transcriptions of a page: where they differ, and what becomes of them when both are put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.transcription.model import Glyph, Line, Role, Transcript
from search.compare.transcripts import Place, compare, merged


def line(text: str, at: int, role: Role = "text", column: int | None = None) -> Line:
    glyphs = tuple(Glyph((10 * k, 20 * at, 10 * k + 10, 20 * at + 20), 0.5) for k in range(len(text)))
    return Line(text, (0, 20 * at, 10 * max(len(text), 1), 20 * at + 20), role, at if column is None else column,
                confidence=0.5, glyphs=glyphs)  # fmt: skip


def page(*texts: str) -> Transcript:
    return Transcript(800, 1100, tuple(line(text, at) for at, text in enumerate(texts)))


def words(page: Transcript) -> str:
    """A page's words without white space, written down here once more."""
    read = ("text", "heading", "note", "footnote", "table")
    return "".join("".join(one.text.split()) for one in page.lines if one.role in read)


MINE = page("天下惟器而巳矣", "道者器之道", "器者不可謂道之器也")
YOURS = page("天下惟器而已矣道者", "器之道器者", "不可謂之道之器")


def test_differences_are_told_with_their_places_on_both_sides() -> None:
    told = [(one.number, one.kind, one.first, one.second, one.first_at, one.second_at) for one in compare(MINE, YOURS)]
    assert told == [
        (0, "replaced", "巳", "已", (Place(0, 5, 6),), (Place(0, 5, 6),)),
        (1, "added", "", "之", (Place(2, 5, 5),), (Place(2, 3, 4),)),
        (2, "omitted", "也", "", (Place(2, 8, 9),), (Place(2, 7, 7),)),
    ]


def test_chosen_words_come_over_and_boxes_stay() -> None:
    made = merged(MINE, YOURS, {0, 1})
    assert [one.text for one in made.lines] == ["天下惟器而已矣", "道者器之道", "器者不可謂之道之器也"]
    assert [one.box for one in made.lines] == [one.box for one in MINE.lines]
    assert made.lines[0].glyphs[:5] == MINE.lines[0].glyphs[:5]
    assert made.lines[0].glyphs[5] == Glyph(MINE.lines[0].glyphs[5].box, 1.0)
    assert len(made.lines[2].glyphs) == 10
    assert made.lines[1] is MINE.lines[1]


def test_a_text_without_places_will_do_with_its_notes_in_brackets() -> None:
    mine = Transcript(
        800, 1100, (line("經文", 0), line("右半", 1, "note", 0), line("左羊", 2, "note", 0), line("又經", 3, column=0))
    )
    assert mine.text == "經文(右半/左羊)又經"
    (only,) = compare(mine, "經　文(右半\n/左半)又\n經")
    assert (only.first, only.second, only.first_at) == ("羊", "半", (Place(2, 1, 2),))
    assert merged(mine, "經文(右半/左半)又經", {0}).text == "經文(右半/左半)又經"


def test_brackets_that_are_printed_are_words() -> None:
    assert compare(page("见(1)(甲/乙)"), "见(1)(甲/乙)") == ()
    (only,) = compare(page("见(1)"), "见(2)")
    assert (only.first, only.second) == ("1", "2")


def test_what_is_no_text_is_left_alone() -> None:
    mine = Transcript(800, 1100, (line("書眉", 0, "head"), *page("", "天下").lines[1:]))
    made = merged(mine, "天上", {0})
    assert [one.text for one in made.lines] == ["書眉", "天上"]
    assert made.lines[0] is mine.lines[0]


def test_whole_lines_that_only_the_second_has_come_whole() -> None:
    mine, yours = page("第一行字", "第三行字"), page("第一行字", "其間又有一行", "第三行字")
    (only,) = compare(mine, yours)
    made = merged(mine, yours, {only.number})
    assert [one.text for one in made.lines] == ["第一行字", "其間又有一行", "第三行字"]
    assert made.lines[1].box == yours.lines[1].box
    assert [one.column for one in made.lines] == [0, 1, 2]
    smaller = Transcript(400, 550, yours.lines)
    assert merged(mine, smaller, {0}).lines[1].glyphs == ()


def test_a_line_of_which_nothing_stays_goes() -> None:
    mine, yours = page("第一行字", "污漬", "第三行字"), page("第一行字", "第三行字")
    assert [one.text for one in merged(mine, yours, {0}).lines] == ["第一行字", "第三行字"]


def test_a_page_with_nothing_on_it_takes_all() -> None:
    assert merged(Transcript(800, 1100), "天下", {0}).text == "天下"
    assert merged(page("天下"), "", {0}).lines == ()
    assert compare(Transcript(8, 8), "") == ()


texts = st.lists(st.text(alphabet="天下惟器而已矣道者之𩔖，\u3000", max_size=12), max_size=6)
roles = st.lists(st.sampled_from(["text", "text", "note", "heading", "head", "centre"]), min_size=6, max_size=6)


@st.composite
def pages(draw: st.DrawFn) -> Transcript:
    made = zip(draw(texts), draw(roles), strict=False)
    return Transcript(800, 1100, tuple(line(text, at, role) for at, (text, role) in enumerate(made)))  # type: ignore[arg-type]


@given(pages(), pages())
def test_all_of_the_first_is_the_first_and_all_of_the_second_says_what_the_second_says(
    mine: Transcript, yours: Transcript
) -> None:
    differences = compare(mine, yours)
    assert merged(mine, yours, ()) == mine
    made = merged(mine, yours, [one.number for one in differences])
    assert words(made) == words(yours)
    assert compare(made, yours) == ()
    for one in made.lines:
        assert len(one.glyphs) in (0, len(one.text))
    beside = [[(one.text, one.box) for one in page.lines if one.role in ("head", "centre")] for page in (made, mine)]
    assert beside[0] == beside[1]


@given(pages(), pages(), st.data())
def test_any_choice_gives_each_difference_as_chosen(mine: Transcript, yours: Transcript, data: st.DataObject) -> None:
    differences = compare(mine, yours)
    taken = {one.number for one in differences if data.draw(st.booleans())}
    expected, at = "", 0
    ours = words(mine)
    for one in differences:
        start = _offset(mine, one.first_at)
        expected += ours[at:start] + (one.second if one.number in taken else one.first)
        at = start + len(one.first)
    assert words(merged(mine, yours, taken)) == expected + ours[at:]


def _offset(page: Transcript, at: tuple[Place, ...]) -> int:
    """How many words stand before a place."""
    if not at:
        return 0
    before = [one.text if number < at[0].line else one.text[: at[0].start] for number, one in enumerate(page.lines)]
    return len(
        words(Transcript(8, 8, tuple(Line(text, (0, 0, 1, 1), one.role) for text, one in
                                     zip(before[: at[0].line + 1], page.lines, strict=False))))
    )  # fmt: skip


@given(st.lists(st.text(alphabet="天下惟器而已矣道者", max_size=10), max_size=4), pages())
def test_a_typed_text_is_as_good_as_a_page(lines: list[str], mine: Transcript) -> None:
    typed = "\n".join(lines)
    made = merged(mine, typed, [one.number for one in compare(mine, typed)])
    assert words(made) == "".join(lines)
