"""A library's text comes from the store whole and as of one moment, however it is cut and whoever writes meanwhile."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from editions import gaiji, issue, noted
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import whole

from archive import edition_text
from archive.edition_text import EditionText, Stretch
from archive.library import Library
from archive.writer import writing
from search.text import reading, streams
from search.text.alphabet import Alphabet
from search.text.bank import Bank


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Books with notes, characters without code point, empty folded passages and repeated sections."""
    library = Library.create(tmp_path_factory.mktemp("reading"))
    issue(
        library,
        "# 卷一",
        "天下惟器而已矣",
        noted("道者器之道，陰陽之謂。器者", 6, 10),
        "……",
        "# 卷二",
        gaiji("一〓二", 1, id="KR1"),
    )
    issue(library, "無其器則無其道", work="test.other", title="又一书")
    return library


@settings(max_examples=20)
@given(stretch=st.integers(1, 9), readers=st.integers(1, 4), ahead=st.booleans())
def test_it_is_the_same_text_however_it_is_cut(library: Library, stretch: int, readers: int, ahead: bool) -> None:
    """Stretches of any length, read by one thread or several."""
    at_once = whole(Bank.load(library))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition_text, "STRETCH", stretch)
        patch.setattr(reading, "_READERS", readers)
        patch.setattr(reading, "_AHEAD", 0 if ahead else 1 << 20)
        assert whole(Bank.load(library)) == at_once
        edition = library.edition_ids()[0]
        stream = streams.of_edition(library, edition, Alphabet())
    assert stream.ids.tolist() == [passage.id for passage in library.passages(edition)]
    assert all(low <= high for low, high in pairwise(stream.starts.tolist()))


def test_reading_order_is_that_of_the_book_not_that_in_which_passages_came(tmp_path: Path) -> None:
    """Passages that an editor put in or moved later, and a title with all that JSON must write in its own way."""
    with Library.create(tmp_path) as library:
        issue(library, '# 卷"一\\二\t三', "甲一", "乙二", "丙三", "丁四")
        with writing(library):
            library.db.execute("UPDATE passage SET ordinal = 100 - ordinal WHERE text <> '乙二'")
        bank = Bank.load(library)
        edition = library.edition_ids()[0]
        in_order = [passage.id for passage in library.passages(edition)]
        assert bank.ids.tolist() == in_order != sorted(in_order)
        assert "".join(map(bank.alphabet.spelt, bank.glyphs.tolist())).startswith("乙二丁四丙三甲一")
        assert library.section_titles(edition) == {one.path: one.title for one in library.sections(edition)}


def test_an_edition_written_to_while_it_is_read_is_never_half_old_and_half_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer comes between two stretches and changes a passage in each: both changes are seen, or neither."""
    monkeypatch.setattr(edition_text, "STRETCH", 1)
    with Library.create(tmp_path) as library, Library.open(tmp_path) as desk:
        issue(library, "甲前", "乙前", "丙前")
        plain, calls = Library.stretch, []

        def stretch(self: Library, which: Stretch) -> EditionText:
            text = plain(self, which)
            calls.append(which)
            if len(calls) == 1:
                with writing(desk):
                    desk.db.execute("UPDATE passage SET text = replace(text, '前', '後')")
                    desk.db.execute("INSERT INTO change (at, edition_id, what) SELECT '', id, 'test' FROM edition")
            return text

        monkeypatch.setattr(Library, "stretch", stretch)
        bank = Bank.load(library)
        assert "".join(map(bank.alphabet.spelt, bank.glyphs.tolist())) == "甲後乙後丙後"


def test_characters_without_code_point_are_told_apart_beside_more_glyphs_than_two_bytes_count(library: Library) -> None:
    """A library of every character there is, and gaiji besides."""
    alphabet = Alphabet()
    alphabet.glyphs(np.arange(0x3400, 0x1F000, dtype="<u4"))
    edition = library.edition_ids()[0]
    passage = next(one for one in library.passages(edition) if one.marks)
    stream, (glyphs, offsets) = streams.of_edition(library, edition, alphabet), streams.places(passage, alphabet)
    assert [alphabet.spelt(glyph) for glyph in glyphs.tolist()] == ["一", "KR1", "二"] and offsets.tolist() == [0, 1, 2]
    at = stream.starts.item(stream.ids.tolist().index(passage.id))
    assert stream.glyphs[at : at + 3].tolist() == glyphs.tolist() and glyphs.max() > 1 << 16
