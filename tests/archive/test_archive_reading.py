from hypothesis import given
from hypothesis import strategies as st

from archive.model import Section
from archive.reading import OWN, WHOLE, Outline, Piece


def outline(*pieces):
    """From (section path, kind, weight); sections as the pieces name them."""
    made, counts = [], {}
    paths = []
    for ordinal, (path, kind, weight) in enumerate(pieces):
        for depth in range(1, path.count(".") + 2 if path else 1):
            above = ".".join(path.split(".")[:depth])
            if above not in paths:
                paths.append(above)
        counts[path] = counts.get(path, 0) + 1
        made.append(Piece(ordinal, f"{path}.{90 + counts[path]}".strip("."), path, kind, weight))
    sections = [
        Section(number, 1, path, path.rpartition(".")[0], number, path.count(".") + 1, f"第{path}")
        for number, path in enumerate(paths)
    ]
    return Outline(sections, made)


def spans(plan):
    return [(screen.ref, screen.first, screen.last) for screen in plan.screens]


def test_a_short_section_is_read_whole_with_its_subsections():
    plan = outline(("1", "heading", 60), ("1.1", "paragraph", OWN), ("1.2", "paragraph", OWN), ("2", "paragraph", OWN))
    assert spans(plan) == [("1", 0, 2), ("2", 3, 3)]


def test_a_long_section_falls_into_its_subsections_and_its_heading_opens_the_first():
    plan = outline(
        ("1", "heading", 60),
        ("1.1", "heading", 60),
        ("1.1", "paragraph", WHOLE - 100),
        ("1.2", "paragraph", WHOLE - 100),
    )
    assert spans(plan) == [("1.1", 0, 2), ("1.2", 3, 3)]
    assert plan.screen_of("1").ref == "1.1"


def test_a_few_introductory_words_are_read_with_the_first_subsection():
    plan = outline(
        ("1", "heading", 60), ("1", "paragraph", 300), ("1.1", "paragraph", WHOLE), ("1.2", "paragraph", WHOLE)
    )
    assert spans(plan) == [("1.1", 0, 2), ("1.2", 3, 3)]
    long = outline(("1", "paragraph", OWN), ("1.1", "paragraph", WHOLE), ("1.2", "paragraph", WHOLE))
    assert [screen.first for screen in long.screens] == [0, 1, 2]


def test_small_entries_share_screens():
    plan = outline(("1", "heading", 60), *[(f"1.{number}", "entry", WHOLE // 16) for number in range(1, 41)])
    assert all(screen.section == "1" for screen in plan.screens)
    assert [screen.part for screen in plan.screens] == list(range(1, plan.screens[0].parts + 1))
    assert 3 <= len(plan.screens) <= 4
    assert plan.screens[0].ref == "1"
    assert plan.screen_of("1.40").number == plan.screens[-1].number


def test_many_passages_without_subsections_are_cut_between_passages():
    plan = outline(*[("1", "paragraph", WHOLE // 5) for _ in range(12)])
    assert len(plan.screens) == 3
    assert plan.screens[1].ref == "1.96"
    assert plan.screen_of("1.97").number == 1


def test_neighbours_end_at_the_covers():
    plan = outline(("1", "paragraph", OWN), ("2", "paragraph", OWN))
    first, second = plan.screens
    assert plan.neighbours(first) == (None, second)
    assert plan.neighbours(second) == (first, None)


def test_a_section_without_text_leads_to_what_follows():
    sections = [Section(n, 1, path, "", n, 1, path) for n, path in enumerate(("1", "2", "3"))]
    plan = Outline(sections, [Piece(0, "1.1", "1", "paragraph", OWN), Piece(1, "3.1", "3", "paragraph", OWN)])
    assert plan.screen_of("2").ref == "3"
    assert plan.screen_of("4") is None


def test_a_closing_line_stays_with_what_it_closes():
    plan = outline(
        ("1", "heading", 60), ("1.1", "paragraph", WHOLE - 80), ("1.2", "paragraph", WHOLE - 80), ("1", "paragraph", 65)
    )
    assert spans(plan)[-1] == ("1.2", 2, 3)


def test_an_edition_without_text_has_no_screens():
    plan = Outline([], [])
    assert plan.screens == []
    assert plan.screen_of("1") is None


PATHS = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(0, 2), st.sampled_from(["heading", "paragraph"]), st.integers(60, WHOLE // 2)
    ),
    max_size=40,
)


@given(PATHS)
def test_screens_hold_every_passage_once_in_order(drawn):
    ordered = sorted(drawn, key=lambda one: one[:2])
    plan = outline(*[(f"{a}.{b}" if b else f"{a}", kind, weight) for a, b, kind, weight in ordered])
    held = [place for screen in plan.screens for place in range(screen.first, screen.last + 1)]
    assert held == list(range(len(ordered)))
    assert len({screen.ref for screen in plan.screens}) == len(plan.screens)
    assert all(plan.screen_of(screen.ref) == screen for screen in plan.screens)
