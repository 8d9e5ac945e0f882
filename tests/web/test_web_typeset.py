"""Cutting passages into type loses, doubles and moves nothing, and shows only what the public may see."""

from hypothesis import given
from hypothesis import strategies as st

from archive import rights
from archive.model import Edition, Mark, Passage, Rights
from web.reading.typeset import Setting, typeset
from web.reading.vertical import CELLS, columns

LETTERS = "天地玄黄𩔖𫉬〓，。\n"
RIGHT = st.sampled_from(["public", "staff"])


def edition(**layers):
    return Edition(1, "urn:cts:hengyang:g.w.e", "g.w", "本", rights=Rights(**layers))


@st.composite
def passages(draw, letters=LETTERS):
    text = draw(st.text(letters, min_size=1, max_size=80))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    notes = tuple(zip(edges[::2], edges[1::2], strict=False))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    kinds = draw(st.lists(st.sampled_from(["headword", "supplied", "gaiji", "app", "gap"]), min_size=4, max_size=4))
    marks = tuple(Mark(kind, *sorted(span), {"ids": "⿰石鼓"}) for kind, span in zip(kinds, spans, strict=False))
    breaks = sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)))
    pages = tuple((offset, f"{number}a") for number, offset in enumerate(breaks))
    lines = tuple(sorted(draw(st.sets(st.integers(1, len(text)), max_size=4))))
    return Passage(1, 1, "1", "1.1", 1, "paragraph", text, notes, marks, lines, pages)


def ranges(text, data, count=3):
    edges = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=count))
    return [tuple(sorted(edge)) for edge in edges]


def letters_of(lines):
    """(offset, character) of all text shown, in the order shown."""
    return [
        (atom.at + number, character)
        for line in lines
        for group in line.groups
        for atom in group.atoms
        if atom.kind == "text"
        for number, character in enumerate(atom.text)
    ]


@given(passages(), RIGHT, RIGHT, st.data())
def test_what_is_shown_is_what_rights_allow_at_its_own_offset(passage, notes, punctuation, data):
    one = edition(notes=notes, punctuation=punctuation)
    hits = ranges(passage.text, data)
    setting = Setting(one, hits=hits, cited=next(iter(hits), None))
    allowed = [
        (part.start + number, character)
        for part in rights.segments(passage, one.rights)
        for number, character in enumerate(part.text)
        if character != "\n"
    ]
    assert letters_of(typeset(passage, setting)) == allowed


@given(passages(), st.data())
def test_exactly_the_hits_are_styled_as_hits(passage, data):
    hits = ranges(passage.text, data)
    shown = typeset(passage, Setting(edition(), hits=hits))
    styled = {
        atom.at + number
        for line in shown
        for group in line.groups
        for atom in group.atoms
        if "hit" in atom.styles
        for number in range(len(atom.text))
    }
    wanted = {at for start, end in hits for at in range(start, end) if passage.text[at] != "\n"}
    assert styled == wanted


@given(passages())
def test_notes_are_grouped_apart_from_the_main_text(passage):
    for line in typeset(passage, Setting(edition())):
        for group in line.groups:
            for atom in group.atoms:
                offsets = range(atom.at, atom.at + len(atom.text)) if atom.kind == "text" else ()
                assert all(passage.in_note(at) is group.note for at in offsets)


@given(passages())
def test_every_page_break_is_shown_once_where_it_falls(passage):
    marks = [
        (atom.at, atom.text)
        for line in typeset(passage, Setting(edition()))
        for group in line.groups
        for atom in group.atoms
        if atom.kind == "page"
    ]
    assert marks == list(passage.pages)


@given(passages(), st.data())
def test_windows_of_a_passage_join_to_the_whole(passage, data):
    cut = data.draw(st.integers(0, len(passage.text)))
    parts = [(0, cut), (cut, len(passage.text))]
    shown = [letter for window in parts for letter in letters_of(typeset(passage, Setting(edition(), window=window)))]
    assert shown == letters_of(typeset(passage, Setting(edition())))


@given(passages(), st.booleans())
def test_columns_hold_everything_in_order_and_no_more_than_they_can(passage, printed):
    lines = typeset(passage, Setting(edition()))
    made = columns(lines, passage.lines if printed else ())
    atoms = [atom for column in made for stretch in column.stretches for atom in (*stretch.right, *stretch.left)]
    letters = [(a.at + n, c) for a in atoms if a.kind == "text" for n, c in enumerate(a.text)]
    assert letters == letters_of(lines)
    for column in made:
        half_cells = sum(
            len(atom.text) * (1 if stretch.note else 2)
            for stretch in column.stretches
            for atom in (*stretch.right, *stretch.left)
            if atom.kind == "text"
        )
        assert printed or half_cells <= 2 * CELLS
        for stretch in column.stretches:
            right, left = (
                sum(len(atom.text) for atom in half if atom.kind == "text") for half in (stretch.right, stretch.left)
            )
            assert right - left in (0, 1) if stretch.note else left == 0


@given(passages())
def test_printed_columns_begin_where_the_edition_says(passage):
    made = columns(typeset(passage, Setting(edition())), passage.lines)
    begins = {column.at for column in made}
    inside = {at for at in passage.lines if at < len(passage.text) and passage.text[at] != "\n"}
    assert inside <= begins
