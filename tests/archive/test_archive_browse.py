import pytest

from archive import browse
from archive.errors import Gone, NotFound
from archive.intake import Draft, FileContent, Run, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.urn import parse
from archive.writer import store_edition, withdraw_edition


@pytest.fixture
def library(tmp_path):
    with Library.create(tmp_path / "library") as library:
        for number, (author, collection, rights) in enumerate(
            (("王甲", "丛刊", Rights()), ("李乙", "", Rights(text="staff")), ("王甲", "", Rights(text="snippet")))
        ):
            work = Work(f"g.w{number}", f"书{number}", author=author, collection=collection, dynasty="清")
            edition = Edition(0, f"urn:cts:hengyang:g.w{number}.e", work.id, "本", rights=rights)
            content = FileContent((), (pack(Draft("paragraph", "天地" * (number + 1))),))
            run = Run("人", "事", "源", "器", "1")
            store_edition(library, work, edition, [content], fingerprint=str(number), originals=[], run=run)
        yield library


def test_the_public_catalogue_does_not_know_staff_editions(library):
    assert [entry.work.title for entry in browse.catalogue(library)] == ["书0", "书2"]
    assert [entry.work.title for entry in browse.catalogue(library, staff=True)] == ["书0", "书1", "书2"]


def test_a_work_that_was_withdrawn_is_gone_to_those_who_could_know_of_it(library):
    for edition in library.editions():
        withdraw_edition(library, edition.id)
    for number, kinds in enumerate(((Gone, Gone), (NotFound, Gone), (Gone, Gone))):
        for staff, kind in zip((False, True), kinds, strict=True):
            assert type(browse.absent(library, f"g.w{number}", staff=staff)) is kind
            with pytest.raises(kind):
                browse.edition(library, parse(f"g.w{number}"), staff=staff)
    assert type(browse.absent(library, "g.w9", staff=True)) is NotFound


def test_groups_count_works_and_put_those_without_a_value_last(library):
    entries = browse.catalogue(library)
    assert [(group.value, len(group.entries)) for group in browse.groups(entries, "author")] == [("王甲", 2)]
    collections = browse.groups(entries, "collection")
    assert [(group.value, group.characters) for group in collections] == [("丛刊", 2), ("", 6)]
    assert [group.value for group in browse.groups(entries, "period")] == ["清"]


def test_arrivals_are_newest_first_with_their_day(library):
    newest = browse.arrivals(library, browse.catalogue(library), 1)
    assert [(arrival.work.title, len(arrival.day)) for arrival in newest] == [("书2", 10)]


def test_json_names_editions_with_their_rights(library):
    first = browse.as_json(browse.catalogue(library))[0]
    assert first["editions"][0]["urn"] == "urn:cts:hengyang:g.w0.e"
    assert first["editions"][0]["rights"] == {
        "text": "public",
        "punctuation": "public",
        "notes": "public",
        "scans": "public",
    }
