"""Position lists find what looking at every place finds, however the text is cut into blocks, books and rows."""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.query import Phrase, _Reader, parse
from search.text import postings, tracks
from search.text.alphabet import Numbers
from search.text.postings import Postings
from search.text.tracks import Track, Wanted, one_of

ROWS = st.lists(st.lists(st.integers(1, 4), max_size=6), min_size=1, max_size=12)


@pytest.fixture(params=["few", "many"], autouse=True)
def roads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small texts take the roads of large ones too."""
    if request.param == "many":
        monkeypatch.setattr(postings, "_PILE", 3)
        monkeypatch.setattr(postings, "_STRETCHES", 0)
        monkeypatch.setattr(tracks, "_FEW", -1)
        monkeypatch.setattr(tracks, "_STRETCH", 2)


def track(rows: list[list[int]], cuts: set[int]) -> Track:
    """A text with lists, its blocks beginning at these rows."""
    starts = np.array(list(accumulate(map(len, rows), initial=0)), dtype=np.int64)
    letters = np.array([letter for row in rows for letter in row], dtype=np.uint16)
    made = Track(letters, starts)
    bounds = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    made.postings = Postings(
        [
            (
                int(starts[low]),
                postings.block(letters[starts[low] : starts[high]], starts[low : high + 1] - starts[low]),
            )
            for low, high in pairwise(bounds)
        ]
    )
    return made


@given(ROWS, st.sets(st.integers(1, 11)), st.integers(1, 5), st.integers(1, 5))
def test_lists_name_every_place_of_a_letter_and_of_two(
    rows: list[list[int]], cuts: set[int], one: int, two: int
) -> None:
    """In order, over the ends of blocks and rows too."""
    lists, flat = track(rows, cuts).postings, [letter for row in rows for letter in row]
    assert lists is not None
    assert lists.of(one).tolist() == [at for at, letter in enumerate(flat) if letter == one]
    assert lists.before(one, two).tolist() == [at for at, pair in enumerate(pairwise(flat)) if pair == (one, two)]


@given(ROWS, st.data())
def test_the_row_of_every_place_is_known(rows: list[list[int]], data: st.DataObject) -> None:
    """Rows without letters hold no place."""
    row_of = [number for number, row in enumerate(rows) for _ in row]
    at = data.draw(st.lists(st.integers(0, len(row_of) - 1), max_size=8)) if row_of else []
    found = track(rows, set()).row_at(np.array(at, dtype=np.int64))
    assert found.tolist() == [row_of[place] for place in at] and found.dtype == np.int64


@given(ROWS, st.sets(st.integers(1, 11)), st.sets(st.integers(1, 11)), st.integers(1, 5))
def test_lists_count_the_rows_of_each_book(rows: list[list[int]], cuts: set[int], books: set[int], letter: int) -> None:
    """Books may be cut by blocks and blocks by books."""
    text = track(rows, cuts)
    bounds = sorted({0, len(rows), *(book for book in books if book < len(rows))})
    ends = text.starts[bounds[1:]]
    assert text.postings is not None
    expected = [sum(letter in row for row in rows[low:high]) for low, high in pairwise(bounds)]
    assert text.postings.rows_with(letter, ends).tolist() == expected


@given(
    ROWS,
    st.sets(st.integers(1, 11)),
    st.lists(st.sampled_from([[1], [2], [3], [5], [1, 2], None]), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.sampled_from([0, 1, 64]),
)
def test_a_sequence_is_found_in_the_rows_asked_for(
    rows: list[list[int]], cuts: set[int], sequence: list[list[int] | None], mask: list[bool], runs: int
) -> None:
    """Whether the rows asked for are taken as stretches or one by one."""
    text, wanted_rows = track(rows, cuts), np.array(mask[: len(rows)])
    wanted: list[Wanted] = [None if one is None else one_of(np.array(one)) for one in sequence]

    def places(within: Numbers | None) -> list[int]:
        return [
            int(text.starts[number]) + at
            for number, row in enumerate(rows)
            if within is None or within[number]
            for at in range(len(row) - len(sequence) + 1)
            if all(one is None or row[at + step] in one for step, one in enumerate(sequence))
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracks, "_RUNS", runs)
        assert text.find(wanted).tolist() == places(None)
        assert text.find(wanted, wanted_rows).tolist() == places(wanted_rows)


IDEOGRAPHS = st.one_of(
    *(
        st.characters(min_codepoint=low, max_codepoint=high)
        for low, high in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF))
    )
)


@given(st.text(IDEOGRAPHS, min_size=1, max_size=12))
def test_ideographs_alone_are_read_as_the_parser_reads_them(text: str) -> None:
    """The short way gives what the long one gives, unassigned characters among them."""
    assert parse(text) == Phrase(tuple(text)) == _Reader(text).tree()


def test_the_short_way_is_taken() -> None:
    """What is asked most."""
    assert parse("天下𠀀") == Phrase(("天", "下", "𠀀")) == _Reader("天下𠀀").tree()
