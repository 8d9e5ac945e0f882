"""Storing an edition: all or nothing, and numbers that survive edits."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from archive_samples import EDITION, PAGES, Item, Store, book
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import numbering
from archive.check import check
from archive.errors import Gone, NotFound, UsageError
from archive.intake import Draft, Page, SectionDraft, pack
from archive.library import Library
from archive.urn import parse
from archive.writer import withdraw_edition

BASE = EDITION.urn


def texts(library: Library) -> dict[str, str]:
    return {passage.ref: passage.text for passage in library.passages(library.edition_ids()[0])}


def test_a_book_is_read_back_as_it_was_given(library: Library, store: Store) -> None:
    stored = store(book())
    assert (stored.added, stored.pages) == (7, 3)
    edition = library.edition(parse(BASE))
    assert (edition.passages, edition.pages, edition.characters) == (7, 3, 8 + 13 + 2 + 8 + 7 + 2 + 8)
    assert [(section.path, section.title) for section in library.sections(edition.id)] == [
        ("1", "卷一"),
        ("1.2", "石鼓"),
        ("2", "卷二"),
    ]
    assert list(texts(library)) == ["1.0", "1.1", "1.2.0", "1.2.1", "1.2.2", "2.0", "2.1"]
    passage = library.passage(parse(f"{BASE}:1.1@9-11"))
    assert passage.text[9:11] == "雁回" and passage.notes == ((9, 11),)
    assert (passage.page_at(5), passage.page_at(6)) == ("001-1a", "001-1b")
    assert passage.in_note(10) and not passage.in_note(11)
    assert library.passage(parse(f"{BASE}:1.2.2")).marks[0].value == {"id": "KR0714"}
    assert not list(check(library))


def test_a_passage_and_a_section_never_share_a_number(library: Library, store: Store) -> None:
    store(book())
    edition = library.edition_ids()[0]
    assert not {section.path for section in library.sections(edition)} & set(texts(library))


def test_pages_give_their_lines(library: Library, store: Store) -> None:
    store(book())
    edition = library.edition_ids()[0]
    assert library.page_lines(library.page_by_label(edition, "001-1a")) == ["衡州山川小記卷一", "回雁峯在城南"]
    assert library.page_lines(library.page_by_label(edition, "001-1b"))[0] == "峯勢如雁回故名"


def test_a_correction_makes_a_revision_and_leaves_the_rest_alone(library: Library, store: Store) -> None:
    store(book())
    before = texts(library)
    ids = {passage.ref: passage.id for passage in library.passages(1)}
    changed = book()
    changed[2] = Draft("paragraph", "回雁峰在城南峰勢如雁回故名", pages=((0, 0),))
    stored = store(changed)
    assert (stored.added, stored.changed, stored.kept, stored.withdrawn) == (0, 1, 6, 0)
    assert {ref for ref, text in texts(library).items() if text != before[ref]} == {"1.1"}
    assert {passage.ref: passage.id for passage in library.passages(1)} == ids
    now, old = library.passage(parse(f"{BASE}:1.1")), library.passage(parse(f"{BASE}:1.1!r1"))
    assert (now.revision, now.text[2]) == (2, "峰")
    assert (old.revision, old.text) == (1, before["1.1"])
    assert [revision.number for revision in library.revisions(now.id)] == [1, 2]
    with pytest.raises(NotFound, match="第 3 次修订"):
        library.passage(parse(f"{BASE}:1.1!r3"))


def test_what_is_inserted_gets_a_new_number_and_what_goes_leaves_a_gap(library: Library, store: Store) -> None:
    store(book())
    changed = book()
    changed.insert(2, Draft("paragraph", "新增一段在前", pages=((0, 0),)))
    del changed[6]  # 石鼓山
    stored = store(changed)
    assert (stored.added, stored.withdrawn) == (1, 1)
    assert list(texts(library)) == ["1.0", "1.3", "1.1", "1.2.0", "1.2.2", "2.0", "2.1"]
    with pytest.raises(Gone, match="撤下"):
        library.passage(parse(f"{BASE}:1.2.1"))
    store(book())
    assert texts(library)["1.2.3"] == "石鼓山　在城北𩔖鼓"
    assert not list(check(library))


def test_a_moved_passage_keeps_its_number(library: Library, store: Store) -> None:
    store(book())
    changed = book()
    changed.append(changed.pop(2))
    store(changed)
    assert list(texts(library))[-1] == "1.1"


def test_a_retitled_juan_keeps_its_passages(library: Library, store: Store) -> None:
    store(book())
    changed = book()
    changed[0] = SectionDraft(1, "卷之一")
    assert store(changed).kept == 7
    assert library.sections(1)[0].title == "卷之一"


def test_a_failed_write_leaves_nothing(library: Library, store: Store) -> None:
    store(book())
    number, before = library.change_number(), texts(library)
    broken = [*book(), Draft("paragraph", "壞", pages=((0, 99),))]
    broken[2] = Draft(None, "回雁峯")  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        store(broken)
    assert (library.change_number(), texts(library)) == (number, before)
    assert not list(check(library))


def test_a_withdrawn_edition_is_gone_but_not_forgotten(library: Library, store: Store) -> None:
    store(book())
    withdraw_edition(library, 1)
    assert library.editions() == [] and library.works() == []
    with pytest.raises(Gone):
        library.edition(parse(BASE))
    with pytest.raises(Gone, match="不能另作他用"):
        store(book())


def test_an_edition_never_changes_its_work(library: Library, store: Store) -> None:
    store(book())
    other = replace(EDITION, work_id="shili.bieshu")
    with pytest.raises(UsageError, match="已属于"):
        store(book(), edition=other, work=replace(library.works()[0], id="shili.bieshu"))


def test_changes_are_counted(library: Library, store: Store) -> None:
    store(book())
    seen = library.change_number()
    assert library.changed_since(seen) == set()
    store(book()[:3])
    assert library.changed_since(seen) == {1}


sections_ = st.tuples(st.integers(1, 3), st.sampled_from(["卷一", "卷二", "序"])).map(lambda two: SectionDraft(*two))
passages_ = st.tuples(st.sampled_from(["heading", "paragraph"]), st.text("天地玄黃𩔖", min_size=1, max_size=8)).map(
    lambda two: Draft(*two)
)
items = st.lists(st.one_of(sections_, passages_), max_size=14)


@settings(max_examples=60, deadline=None)
@given(st.lists(items, min_size=2, max_size=4))
def test_numbers_are_unique_and_never_reused(versions: list[list[Item]]) -> None:
    olds: list[numbering.Old] = []
    used: set[str] = set()
    sections: list[tuple[str, str, str]] = []
    for version in versions:
        first = [SectionDraft(1, "首"), *version]
        root = numbering.tree((0, item if isinstance(item, SectionDraft) else pack(item)) for item in first)
        if used:
            numbering.renumber(root, sections, olds, used)
        else:
            numbering.number(root)
        nodes = list(numbering.walk(root))
        leaves = [(node.path, leaf) for node in nodes for leaf in node.leaves]
        names = [node.path for node in nodes] + [leaf.ref for _, leaf in leaves]
        assert len(names) == len(set(names))
        for _, leaf in leaves:
            if leaf.old is None:
                assert leaf.ref not in used
            else:
                assert leaf.ref == leaf.old.ref
        used |= set(names)
        sections = [(node.path, node.path.rpartition(".")[0], node.title) for node in nodes]
        olds = [
            numbering.Old(index, leaf.ref, path, leaf.packed.text, "", "", 1)
            for index, (path, leaf) in enumerate(leaves)
        ]


def test_check_names_what_is_broken(library: Library, store: Store) -> None:
    store(book())
    original = next(library.originals.names())
    library.originals.path(original).write_bytes(b"x")
    library.db.execute("UPDATE passage SET notes = '[[3,99]]' WHERE ref = '1.1'")
    library.db.execute("UPDATE passage SET pages = '[[0,7]]' WHERE ref = '2.1'")
    library.db.execute("UPDATE edition SET characters = 1")
    found = {(finding.code, finding.where) for finding in check(library)}
    assert found == {
        ("original", original),
        ("note", f"{BASE}:1.1"),
        ("page", f"{BASE}:2.1"),
        ("characters", BASE),
    }
    library.originals.path(original).unlink()
    assert ("original", original) in {(finding.code, finding.where) for finding in check(library)}


def test_page_images_are_originals(library: Library, store: Store) -> None:
    picture = Page("001-1a", image=b"\x89PNG picture", media_type="image/png")
    store(book(), pages=(picture, *PAGES[1:]))
    assert library.originals.get(library.pages(1)[0].image) == picture.image
