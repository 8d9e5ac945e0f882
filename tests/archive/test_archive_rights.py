from hypothesis import given
from hypothesis import strategies as st

from archive import rights
from archive.model import Edition, Passage, Rights

TEXT = "𩔖，東注曰。西"


def passage(text=TEXT, notes=((3, 6),), kind="paragraph"):
    return Passage(1, 1, "1", "1.1", 1, kind, text, notes)


def edition(**layers):
    return Edition(1, "urn:cts:hengyang:g.w.e", "g.w", "本", rights=Rights(**layers))


def test_everything_public_is_the_stored_text_with_its_notes():
    assert rights.segments(passage(), Rights()) == [
        rights.Segment(0, 3, "text", "𩔖，東"),
        rights.Segment(3, 6, "note", "注曰。"),
        rights.Segment(6, 7, "text", "西"),
    ]


def test_notes_withheld_leave_a_marked_gap():
    parts = rights.segments(passage(), Rights(notes="staff"))
    assert [part.kind for part in parts] == ["text", "withheld-note", "text"]
    assert rights.shown(parts) == "𩔖，東西"


def test_snippet_rights_show_notes_around_a_hit_only():
    assert "注" not in rights.shown(rights.segments(passage(), Rights(notes="snippet")))
    assert "注" in rights.shown(rights.segments(passage(), Rights(notes="snippet"), snippet=True))
    assert "注" not in rights.shown(rights.segments(passage(), Rights(notes="staff"), snippet=True))


def test_punctuation_withheld_keeps_the_offsets_of_the_rest():
    parts = rights.segments(passage(), Rights(punctuation="staff"))
    assert rights.shown(parts) == "𩔖東注曰西"
    assert [(part.start, part.end) for part in parts if part.text] == [(0, 1), (2, 3), (3, 5), (6, 7)]


def test_a_footnote_is_a_note_from_end_to_end():
    footnote = passage("校記甲", (), "footnote")
    assert rights.shown(rights.segments(footnote, Rights(notes="staff"))) == ""


def test_staff_see_everything():
    assert rights.shown(rights.segments(passage(), Rights(notes="staff", punctuation="staff"), staff=True)) == TEXT


def test_layers_are_never_freer_than_their_text():
    bound = edition(text="snippet", notes="public", scans="public")
    assert not rights.visible(bound, "notes")
    assert rights.findable(bound, "notes")
    assert rights.visible(bound, "scans")


def test_a_staff_edition_is_not_there_for_the_public():
    house = edition(text="staff", scans="public")
    assert not rights.listed(house)
    assert not any(
        rights.visible(house, layer) or rights.findable(house, layer) for layer in ("text", "notes", "scans")
    )
    assert rights.listed(house, staff=True)
    assert rights.visible(house, "text", staff=True)


RIGHT = st.sampled_from(["public", "snippet", "staff"])


@given(st.text("天，。地𫉬《》\n", max_size=30), RIGHT, RIGHT, st.booleans(), st.data())
def test_segments_cover_the_range_without_gap_and_show_only_stored_text(text, notes, punctuation, snippet, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    ranges = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    parts = rights.segments(
        passage(text, ranges), Rights(notes=notes, punctuation=punctuation), snippet=snippet, start=start, end=end
    )
    edges = [start, *(part.end for part in parts)]
    assert [part.start for part in parts] == edges[:-1]
    assert edges[-1] == end
    assert all(part.text in ("", text[part.start : part.end]) for part in parts)
