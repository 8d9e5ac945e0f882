"""What a person does to lines: boxes follow the characters, and two people's work is put together or told apart."""

from hypothesis import given
from hypothesis import strategies as st

from archive.transcription import editing
from archive.transcription.meeting import chunks, merged, text_of
from archive.transcription.model import Glyph, Line

WORDS = st.text("東洲之水𩔖𫉬", max_size=9)


def read(text, left=0, **more):
    glyphs = tuple(Glyph((left + 10 * at, 0, left + 10 * at + 10, 12), 0.5, ("甲",)) for at in range(len(text)))
    return Line(text, (left, 0, left + 10 * len(text), 12), glyphs=glyphs, confidence=0.5, **more)


def test_what_stays_keeps_its_box_and_what_is_put_in_is_sure():
    line = editing.retyped(read("東州之水"), "東洲之𩔖水")
    assert [glyph.confidence for glyph in line.glyphs] == [0.5, 1.0, 0.5, 1.0, 0.5]
    assert line.glyphs[1].box == (10, 0, 20, 12)
    assert line.glyphs[3].box == (30, 0, 30, 12)
    assert line.glyphs[4].box == (30, 0, 40, 12)
    assert line.confidence == 0.7


def test_characters_of_a_column_follow_one_another_downwards():
    column = Line("一二", (0, 0, 10, 40), glyphs=(Glyph((0, 0, 10, 20)), Glyph((0, 20, 10, 40))))
    assert editing.retyped(column, "三四五", vertical=True).glyphs[1].box == (0, 13, 10, 26)
    assert editing.piece(Line("一二三四", (0, 0, 10, 40)), 1, 3, vertical=True).box == (0, 10, 10, 30)


def test_what_was_read_without_characters_stays_without():
    line = editing.retyped(Line("東州", (0, 0, 20, 12), confidence=0.4), "東洲")
    assert (line.text, line.glyphs, line.confidence) == ("東洲", (), 1.0)


def test_vouching_is_for_the_characters_named():
    line = editing.vouched(read("東洲"), {1})
    assert [glyph.confidence for glyph in line.glyphs] == [0.5, 1.0]


@given(WORDS, WORDS, st.integers(0, 9))
def test_every_character_has_one_glyph_whatever_is_typed_cut_or_joined(old, new, at):
    line = editing.retyped(read(old), new)
    if line.glyphs:
        assert len(line.glyphs) == len(new)
    at = min(at, len(new))
    halves = [editing.piece(line, 0, at), editing.piece(line, at, len(new))]
    assert editing.joined(halves).text == new
    assert all(len(half.glyphs) in (0, len(half.text)) for half in halves)
    assert 0 <= editing.place(old, new, at) <= len(old)


@given(WORDS, WORDS, WORDS)
def test_chunks_cover_all_three_sides_once_and_in_order(base, mine, theirs):
    found = list(chunks(base, mine, theirs))
    for side, text in enumerate((base, mine, theirs)):
        assert "".join(text[one[side].start : one[side].stop] for one in found) == text


@given(WORDS, WORDS)
def test_who_alone_changed_something_has_it(base, mine):
    assert text_of(base, mine, base) == mine
    assert text_of(base, base, mine) == mine
    assert text_of(base, mine, mine) == mine


def test_changes_to_one_line_in_different_places_go_together():
    lines, told = merged([read("東州之水亦清")], [read("東洲之水亦清")], [read("東州之水甚清")])
    assert [one.text for one in lines] == ["東洲之水甚清"]
    assert [one.fate for one in told] == ["together"]


def test_where_two_changed_the_same_mine_is_kept_and_told():
    lines, told = merged([read("東州")], [read("東洲")], [read("東舟")])
    assert [one.text for one in lines] == ["東洲"]
    assert [(one.fate, one.theirs[0].text, one.at) for one in told] == [("both", "東舟", 0)]


def test_lines_put_in_left_out_and_marked_by_one_side_are_taken():
    base = [read("題"), read("一"), read("二"), read("三")]
    mine = [read("題", role="heading"), *base[1:]]
    theirs = [read("題"), read("一"), read("一半"), read("三")]
    lines, told = merged(base, mine, theirs)
    assert [(one.line.role, one.text) for one in lines] == [
        ("heading", "題"),
        ("text", "一"),
        ("text", "一半"),
        ("text", "三"),
    ]
    assert [one.fate for one in told] == ["mine", "theirs"]
    assert [(one.mine, one.at) for one in lines] == [(True, 0), (True, 1), (False, 2), (True, 3)]
