"""Text kept beside the index is the text of the store, or is not believed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mixed
import numpy as np
import pytest
from editions import gaiji, issue, noted
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import shelve, whole

from archive.errors import WenkuError
from archive.library import Library
from archive.writer import restore_edition, withdraw_edition, writing
from search import indexer
from search.engines import ENGINES
from search.finder import Finder
from search.indexer import INDEX
from search.text import bank as bank_module
from search.text import folding, stream_files
from search.text.alphabet import Alphabet, Numbers, codes, counted
from search.text.bank import Bank
from search.text.stream_files import StreamFiles
from search.text.streams import Stream


@pytest.fixture(scope="module", autouse=True)
def every_edition() -> Iterator[None]:
    """However small it is: here all are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream_files, "LEAST", 0)
        yield


def build(folder: Path, engine: str = "tantivy") -> Library:
    """Books with notes, footnotes, characters without code point, empty passages and every kind of rights, indexed."""
    library = Library.create(folder)
    mixed.build(library, passages=8)
    issue(
        library,
        "# 卷一",
        noted("道者器之道，陰陽之謂。器者", 6, 10),
        "……",
        gaiji("一〓二", 1, id="KR1"),
        gaiji("一〓三", 1, id="KR2", normalised="葢"),
        gaiji("一㐂四", 1, id="KR3"),
        gaiji("〓", 0),
    )
    issue(library, "", work="test.empty", title="空书")
    issue(library, "𠀀𪜀器", work="test.far", title="远字")
    indexer.catch_up(library, engine)
    return library


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with build(tmp_path_factory.mktemp("files") / "library") as library:
        yield library


@pytest.fixture
def library(indexed: Library, tmp_path: Path) -> Iterator[Library]:
    """A copy that a test may spoil."""
    shutil.copytree(indexed.folder, tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        yield library


def files_of(library: Library) -> StreamFiles | None:
    stamp = indexer.read_stamp(library.folder / INDEX)
    return indexer.stream_files(library, stamp) if stamp else None


def paths(library: Library) -> list[Path]:
    return sorted((library.folder / INDEX).glob("*/text/*"))


def known(bank: Bank) -> list[object]:
    """All that a bank holds, what its alphabet finds, and how often each letter is counted."""
    alphabet = bank.alphabet
    found = [alphabet.find(unit) for unit in ("KR1", "KR2", "KR3", "㐂", "葢", "盖", "〓", "𠀀", "無")]
    often = enumerate(bank.running.frequency.tolist())
    return [
        *whole(bank),
        [one and (alphabet.spelt(one.glyph), alphabet.token(one.letter)) for one in found],
        sorted((alphabet.token(letter), count) for letter, count in often if count),
    ]


def never(*_: object) -> None:
    raise AssertionError("the store was read")


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_process_that_starts_reads_the_files_and_has_the_same_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    with build(tmp_path / "library", engine) as library:
        stored = known(Bank.load(library))
        monkeypatch.setattr(Library, "stretch", never)
        assert known(Bank.load(library, files_of(library))) == stored
        assert Finder(library).find("器").hits > 0


def test_what_changed_is_read_from_the_store_and_the_rest_is_not(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelve(library, "open", ["新的一段"])
    read = []
    plain = Library.stretch
    monkeypatch.setattr(Library, "stretch", lambda self, which: read.append(which.edition_id) or plain(self, which))
    bank = Bank.load(library, files_of(library))
    assert set(read) == {next(one.id for one in library.editions() if "hengyang.open" in one.urn)}
    assert known(bank) == known(Bank.load(library))
    monkeypatch.undo()
    indexer.catch_up(library)
    monkeypatch.setattr(Library, "stretch", never)
    assert known(Bank.load(library, files_of(library))) == known(bank)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_file_is_as_good_as_none(indexed: Library, data: st.DataObject) -> None:
    """Bits turned, the end cut off, or bytes put in, anywhere: never another text."""
    path = data.draw(st.sampled_from(paths(indexed)))
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    match data.draw(st.sampled_from(["turned", "cut", "longer", "zeros"])):
        case "turned":
            spoilt = content[:at] + bytes([content[at] ^ (1 << data.draw(st.integers(0, 7)))]) + content[at + 1 :]
        case "cut":
            spoilt = content[:at]
        case "longer":
            spoilt = content[:at] + b"\x00" + content[at:]
        case _:
            spoilt = content[:at] + b"\x00" * (len(content) - at)
    try:
        path.write_bytes(spoilt)
        assert known(Bank.load(indexed, files_of(indexed))) == known(Bank.load(indexed))
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["gone", "empty"])
def test_what_is_gone_is_made_again(library: Library, spoil: object) -> None:
    """Deleted by hand, or left empty by a power cut."""
    kept = {path.name: path.read_bytes() for path in paths(library)}
    assert callable(spoil)
    spoil(paths(library)[0])
    assert Finder(library).find("器").hits == Finder(library).find("器").hits > 0
    report = indexer.catch_up(library)
    assert (report.rebuilt, report.indexed_editions) == (False, 1)
    assert {path.name: path.read_bytes() for path in paths(library)} == kept
    assert indexer.catch_up(library).indexed_editions == 0


def test_files_of_another_state_are_not_believed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another change of the edition, of a store that was put back, of another folding."""
    files = files_of(library)
    assert files
    edition = library.edition_ids()[0]
    number, at = library.last_changes()[edition]
    assert files.read(edition, (number, at), Alphabet())
    assert files.read(edition, (number + 1, at), Alphabet()) is None
    assert files.read(edition, (number, "2000-01-01T00:00:00+00:00"), Alphabet()) is None
    monkeypatch.setattr(folding, "version", lambda: "another")
    assert files_of(library) is None


def test_old_files_go_and_those_of_editions_that_were_taken_away(library: Library) -> None:
    before = {path.name for path in paths(library)}
    first, second = library.edition_ids()[:2]
    withdraw_edition(library, first)
    shelve(library, "notes", ["新的一段"])
    (paths(library)[0].parent / "left.new").write_bytes(b"by a killed process")
    indexer.catch_up(library)
    after = {path.name for path in paths(library)}
    assert len(after) == len(library.edition_ids()) == len(before) - 1
    assert not any(name.startswith(f"{first}-") for name in after)
    assert len(after - before) == 1 and next(iter(after - before)).startswith(f"{second}-")


def test_an_edition_that_is_written_to_while_it_is_indexed_has_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read may be half old and half new."""
    with Library.create(tmp_path) as library, Library.open(tmp_path) as desk:
        issue(library, "甲前", "乙前")
        plain = Library.stretch

        def stretch(self: Library, which: object) -> object:
            text = plain(self, which)  # type: ignore[arg-type]
            with writing(desk):
                desk.db.execute("UPDATE passage SET text = replace(text, '前', '後')")
                desk.db.execute("INSERT INTO change (at, edition_id, what) SELECT '', id, 'test' FROM edition")
            return text

        monkeypatch.setattr(Library, "stretch", stretch)
        indexer.catch_up(library)
        assert paths(library) == []
        monkeypatch.undo()
        assert Finder(library).find("後").hits == 2
        indexer.catch_up(library)
        assert len(paths(library)) == 1 and Finder(library).find("前").hits == 0


def test_a_full_disk_is_told_and_the_library_answers(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    shelve(library, "open", ["新的一段器"])
    monkeypatch.setattr(stream_files, "_told", full)
    with pytest.raises(WenkuError) as raised:
        indexer.catch_up(library)
    assert "磁盘" in raised.value.remedy
    assert Finder(library).find("新的一段").hits == 1
    monkeypatch.undo()
    assert indexer.catch_up(library).indexed_editions == 1


def test_small_editions_have_no_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {edition.id: edition.characters for edition in library.editions()}
    least = sorted(sizes.values())[len(sizes) // 2]
    monkeypatch.setattr(stream_files, "LEAST", least)
    assert {int(path.name.split("-")[0]) for path in paths(library)} == set(sizes)
    indexer.rebuild(library)
    assert {int(path.name.split("-")[0]) for path in paths(library)} == {
        number for number, size in sizes.items() if size >= least
    }
    assert indexer.catch_up(library).indexed_editions == 0 and indexer.unlike(library) == []
    assert known(Bank.load(library, files_of(library))) == known(Bank.load(library))


acts = st.lists(st.tuples(st.sampled_from(["new", "change", "withdraw", "restore"]), st.text("甲乙丙。", max_size=5)))


@settings(max_examples=30, deadline=None)
@given(acts.filter(bool))
def test_letters_are_counted_whatever_changes(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str]]
) -> None:
    """A bank made from the one before has counts of its own text, letter by letter."""
    with Library.create(tmp_path_factory.mktemp("counts")) as library:
        shelve(library, "first", ["甲乙", "丙丙"])
        shelved = [shelve(library, "second", ["丙丁", "乙"])]
        bank = Bank.load(library)
        for number, (act, text) in enumerate(changes):
            match act:
                case "new":
                    shelved.append(shelve(library, f"b{number}", [text, "甲"]))
                case "change":
                    shelve(library, "first", [text, "乙"])
                case "withdraw":
                    withdraw_edition(library, shelved[-1])
                case "restore":
                    restore_edition(library, shelved[-1])
            bank = bank.refreshed(library)
            assert bank.running.frequency.tolist() == counted(bank.letters, bank.alphabet.forms).tolist()
            assert bank.running.frequency.sum() == len(bank.letters) == int(np.diff(bank.starts).sum())


def test_an_alphabet_may_grow_while_letters_are_counted(indexed: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search on the bank before meets a character that is new in the store."""
    plain, fresh = bank_module.frequency, iter(range(0x5000, 0x6000))

    def frequency(stream: Stream, letters: Numbers, alphabet: Alphabet, size: int) -> Numbers:
        alphabet.glyphs(codes(chr(next(fresh))))
        return plain(stream, letters, alphabet, size)

    monkeypatch.setattr(bank_module, "frequency", frequency)
    for files in (files_of(indexed), None):
        bank = Bank.load(indexed, files)
        assert bank.running.frequency.tolist() == counted(bank.letters, len(bank.running.frequency)).tolist()


def test_who_asks_for_a_character_while_it_is_added_gets_its_letter() -> None:
    """From then on too: what was found is remembered."""
    alphabet, asked = Alphabet(), []
    with ThreadPoolExecutor(1) as other:

        def pairs() -> Iterator[tuple[str, str]]:
            yield "甲", "甲"
            asked.append(other.submit(alphabet.find, "甲"))
            time.sleep(0.05)  # the other thread has its chance
            yield "乙", "乙"

        with alphabet._growing:
            alphabet._add(pairs())
        found = asked[0].result()
    assert found == alphabet.find("甲") and found and alphabet.token(found.letter) == "甲"
