"""Transcripts: told and read back exactly, saved as revisions, never over what was not seen; who may set a state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import staff
from hypothesis import given
from hypothesis import strategies as st
from standin import transcript

from archive import audit, jobs
from archive.accounts import Accounts, User
from archive.check import check
from archive.errors import Conflict, Forbidden, NotFound, UsageError
from archive.intake import Run, SourceFile
from archive.library import Library
from archive.model import Edition, Work
from archive.transcription import store, worklists
from archive.transcription.model import LAYOUTS, ROLES, STATES, Facts, Glyph, Line, Transcript
from archive.transcription.packing import packed, unpacked
from archive.transcription.store import Read, Sheet
from archive.writer import store_edition, write_run, writing

# Plane 2 and beyond, a compatibility ideograph, a variation sequence, signs JSON escapes.
TEXT = st.text(st.sampled_from('天地玄𩔖𫉬㐀豈\U000e0100"\\\n\t\u2028a '), max_size=12)
SIDE = st.integers(-50, 30_000)
BOX = st.tuples(SIDE, SIDE, SIDE, SIDE)
FRACTION = st.one_of(st.integers(0, 1000).map(lambda n: n / 1000), st.floats(0, 1))


@st.composite
def line(draw: st.DrawFn) -> Line:
    text = draw(TEXT)
    glyph = st.builds(Glyph, BOX, FRACTION, st.lists(TEXT, max_size=3).map(tuple))
    glyphs = draw(st.one_of(st.just([]), st.lists(glyph, min_size=len(text), max_size=len(text))))
    role, column, indent = draw(st.sampled_from(sorted(ROLES))), draw(st.integers(0, 99)), draw(st.integers(0, 9))
    return Line(text, draw(BOX), role, column, indent, draw(FRACTION), tuple(glyphs), draw(st.booleans()))


TRANSCRIPT = st.builds(
    Transcript,
    st.integers(0, 30_000),
    st.integers(0, 30_000),
    st.lists(line(), max_size=5).map(tuple),
    st.sampled_from(sorted(LAYOUTS)),
    st.builds(Facts, TEXT, TEXT, TEXT, TEXT, TEXT),
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-10, 10),
    st.one_of(st.none(), BOX),
    TEXT,
)


@given(TRANSCRIPT)
def test_a_transcript_told_and_read_back_is_the_same(given: Transcript) -> None:
    back = unpacked(packed(given))
    assert back == given and hash(back) == hash(given)  # tuples all the way down, as equal lists would not be


def test_a_full_page_takes_little_room() -> None:
    page = transcript(*("天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏" for _ in range(25)))
    assert len(packed(page).encode()) < 18 * len(page.text)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    staff.cheap(monkeypatch)
    with Library.create(tmp_path / "library") as made:
        yield made


@pytest.fixture
def edition(library: Library) -> int:
    """An edition of three sheets."""
    name = library.originals.put(b"%PDF")
    book = Edition(0, "urn:cts:hengyang:shili.shu.ben", "shili.shu", "示例本", status="waiting-ocr")
    files = [SourceFile("a.pdf", name, 4, "application/pdf")]
    run = Run("館員", "采集", "a.pdf", "wenku", "1")
    stored = store_edition(library, Work("shili.shu", "示例"), book, [], fingerprint="", originals=files, run=run)
    store.write_sheets(library, stored.edition_id, [Sheet(0, 0, name, frame, name="a.pdf") for frame in range(3)])
    return stored.edition_id


def person(library: Library, login: str, *roles: str) -> User:
    return Accounts(library).add(login, login, roles, staff.PASSWORD, by="測試")


def read(library: Library, edition: int, sheet: int, *given: Transcript) -> bool:
    with writing(library):
        run = write_run(library, Run("館員", "识别", "", "standin", "1"))
    return store.keep_reading(library, edition, sheet, [Read(one) for one in given], run)


def test_every_save_is_a_revision_that_stays(library: Library, edition: int) -> None:
    first, second = transcript("天地玄黃𩔖", label="一"), transcript("天地玄黄𩔖", label="一")
    assert read(library, edition, 0, first)
    kept = store.save(library, edition, 0, 0, second, based_on=1, who="導入", why="改一字")
    assert (kept.revision, kept.transcript, kept.state) == (2, second, "unread")
    assert store.page(library, edition, 0, revision=1).transcript == first
    told = [(one.number, one.who, one.why, one.engine) for one in store.history(library, edition, 0)]
    assert told == [(1, "館員", "识别", "standin"), (2, "導入", "改一字", "wenku")]
    assert store.save(library, edition, 0, 0, second, based_on=2, who="導入").revision == 2  # nothing has changed
    with pytest.raises(NotFound, match="没有第 9 版"):
        store.page(library, edition, 0, revision=9)
    with pytest.raises(NotFound, match="还没有识别"):
        store.page(library, edition, 1)
    assert not list(check(library))


def test_a_stale_save_is_refused_with_both_versions(library: Library, edition: int) -> None:
    read(library, edition, 0, transcript("天地"))
    theirs, mine = transcript("天地玄"), transcript("天地黃")
    store.save(library, edition, 0, 0, theirs, based_on=1, who="甲")
    with pytest.raises(store.Stale, match="甲 已改过这一页") as refused:
        store.save(library, edition, 0, 0, mine, based_on=1, who="乙")
    assert (refused.value.theirs.transcript, refused.value.mine, refused.value.base) == (theirs, mine, 1)
    assert refused.value.http_status == 409
    assert store.page(library, edition, 0).transcript == theirs
    assert len(store.history(library, edition, 0)) == 2


def test_who_validates_is_not_who_proofread(library: Library, edition: int) -> None:
    one, other = person(library, "li.si", "editor"), person(library, "zhang.san", "librarian")
    page = transcript("天地玄黃")
    read(library, edition, 0, page)
    with pytest.raises(Conflict, match="还没有校对"):
        store.set_state(library, edition, 0, 0, "validated", based_on=1, user=one)
    kept = store.set_state(library, edition, 0, 0, "proofread", based_on=1, user=one)
    assert (kept.state, kept.proofread_by, kept.validated_by) == ("proofread", "li.si", "")
    with pytest.raises(Forbidden, match="您校对的"):
        store.set_state(library, edition, 0, 0, "validated", based_on=2, user=one)
    with pytest.raises(Forbidden, match="您校对的"):  # nor by login name
        store.save(library, edition, 0, 0, page, based_on=2, who="li.si", state="validated")
    with pytest.raises(Forbidden, match="核对时改了文字"):
        store.save(library, edition, 0, 0, transcript("天地玄黄"), based_on=2, who=other, state="validated")
    kept = store.set_state(library, edition, 0, 0, "validated", based_on=2, user=other)
    assert (kept.state, kept.proofread_by, kept.validated_by) == ("validated", "li.si", "zhang.san")
    trail = audit.entries(library, action="page.state")
    steps = [(entry.who, entry.details["before"], entry.details["after"]) for entry in trail]
    assert steps == [("zhang.san", "proofread", "validated"), ("li.si", "unread", "proofread")]
    assert not list(check(library))


def test_who_changes_a_proofread_text_has_proofread_it(library: Library, edition: int) -> None:
    one, other = person(library, "li.si", "editor"), person(library, "zhang.san", "editor")
    store.save(library, edition, 0, 0, transcript("天"), based_on=0, who=one, state="proofread")
    store.set_state(library, edition, 0, 0, "validated", based_on=1, user=other)
    kept = store.save(library, edition, 0, 0, transcript("地"), based_on=2, who=other)
    assert (kept.state, kept.proofread_by, kept.validated_by) == ("proofread", "zhang.san", "")
    with pytest.raises(Forbidden):
        store.set_state(library, edition, 0, 0, "validated", based_on=3, user=other)
    assert store.set_state(library, edition, 0, 0, "validated", based_on=3, user=one).validated_by == "li.si"


def test_a_moved_box_leaves_a_validated_text_validated(library: Library, edition: int) -> None:
    one, other = person(library, "li.si", "editor"), person(library, "zhang.san", "editor")
    page = transcript("天")
    store.save(library, edition, 0, 0, page, based_on=0, who=one, state="proofread")
    store.set_state(library, edition, 0, 0, "validated", based_on=1, user=other)
    moved = replace(page, lines=(replace(page.lines[0], box=(1, 1, 9, 9)),))
    kept = store.save(library, edition, 0, 0, moved, based_on=2, who=one)
    assert (kept.revision, kept.state, kept.validated_by) == (3, "validated", "zhang.san")


@pytest.mark.parametrize("state", ["proofread", "validated"])
def test_no_program_proofreads(library: Library, edition: int, state: str) -> None:
    user = person(library, "li.si", "editor")
    store.save(library, edition, 0, 0, transcript("天"), based_on=0, who=user, state="proofread")
    with pytest.raises(Forbidden, match="只能由"):
        store.save(library, edition, 0, 0, transcript("地"), based_on=1, who="命令行:root", state=state)  # type: ignore[arg-type]


def test_without_the_permission_nothing_is_saved(library: Library, edition: int) -> None:
    reviewer = person(library, "wang.wu", "first")
    for who in (reviewer, "wang.wu"):
        with pytest.raises(Forbidden, match="不能校对"):
            store.save(library, edition, 0, 0, transcript("天"), based_on=0, who=who)
    assert store.history(library, edition, 0) == []


def test_an_unknown_state_lists_the_states(library: Library, edition: int) -> None:
    with pytest.raises(UsageError, match="、".join(STATES)):
        store.save(library, edition, 0, 0, transcript("天"), based_on=0, who="導入", state="gut")  # type: ignore[arg-type]


def test_no_engine_reads_over_a_persons_work(library: Library, edition: int) -> None:
    read(library, edition, 0, transcript("天地"))
    read(library, edition, 1, transcript("玄黃"))
    store.save(library, edition, 0, 0, transcript("天也"), based_on=1, who=person(library, "li.si", "editor"))
    assert not read(library, edition, 0, transcript("夭地"))
    assert read(library, edition, 1, transcript("玄黄"), transcript("宇宙"))
    there = [(one.sheet, one.side, one.revision) for one in store.pages(library, edition)]
    assert there == [(0, 0, 2), (1, 0, 2), (1, 1, 1), (2, 0, 0)]
    assert store.page(library, edition, 0).transcript.text == "天也"
    # Read again as one page, the second is gone but its revision stays.
    assert read(library, edition, 1, transcript("玄黃宇宙"))
    with pytest.raises(NotFound):
        store.page(library, edition, 1, 1)
    assert len(store.history(library, edition, 1, 1)) == 1
    assert not list(check(library))


def test_doubt_is_counted_until_a_person_has_seen_the_page(library: Library, edition: int) -> None:
    user = person(library, "li.si", "editor")
    read(library, edition, 0, transcript("天地玄", doubt=store.DOUBT - 0.01))
    read(library, edition, 1, transcript("天地玄", doubt=store.DOUBT))
    store.keep_failure(library, edition, 2, "图片已损坏。")
    listed = worklists.pages(library, edition, by_doubt=True)
    assert [(one.sheet, one.doubtful, one.error) for one in listed] == [(2, 0, "图片已损坏。"), (0, 3, ""), (1, 0, "")]
    (book,) = worklists.books(library)
    assert (book.waiting, book.failed, book.doubtful, book.states["unread"], book.pages) == (0, 1, 3, 2, 3)
    store.set_state(library, edition, 0, 0, "proofread", based_on=1, user=user)
    assert store.page(library, edition, 0).doubtful == 0
    after = worklists.next_page(library, edition, 0)
    assert after is not None and after.sheet == 1
    assert worklists.next_page(library, edition, 1) is None


def test_labels_are_each_there_once(library: Library, edition: int) -> None:
    read(library, edition, 0, transcript("天", label="12"), transcript("地"))
    read(library, edition, 1, transcript("玄", label="12"))
    assert [one.label for one in store.pages(library, edition)] == ["12", "第1面左", "12（第2面）", "第3面"]


def test_pages_go_with_their_pictures(library: Library, edition: int) -> None:
    """The same pictures in another order, one taken out, one replaced under its name."""
    user = person(library, "li.si", "editor")
    old = store.sheets(library, edition)
    for sheet, text in enumerate("天地玄"):
        store.save(library, edition, sheet, 0, transcript(text), based_on=0, who=user, state="proofread")
    new = library.originals.put(b"%PDF new")
    with writing(library):
        library.db.execute("INSERT INTO original VALUES (?, 8, 'application/pdf')", [new])
    told = store.write_sheets(library, edition, [replace(old[2], number=0), replace(old[0], sha256=new)])
    assert told == ["a.pdf 第 1 面"]
    there = [store.page(library, edition, sheet) for sheet in range(2)]
    assert [(one.transcript.text, one.state) for one in there] == [("玄", "proofread"), ("天", "problem")]
    assert [one.state for one in store.pages(library, edition)] == ["proofread", "problem"]
    # What was taken out comes back with its text.
    assert store.write_sheets(library, edition, old) == ["a.pdf 第 1 面"]
    assert [store.page(library, edition, sheet).transcript.text for sheet in range(3)] == ["天", "地", "玄"]
    assert not list(check(library))


def test_check_names_what_is_broken(library: Library, edition: int) -> None:
    user = person(library, "li.si", "editor")
    for sheet in range(3):
        store.save(library, edition, sheet, 0, transcript("天"), based_on=0, who=user, state="proofread")
    with writing(library):
        library.db.execute("UPDATE transcript_revision SET body = '{\"size\": [1]}' WHERE transcript_id = 1")
        library.db.execute("UPDATE transcript SET revision = 7 WHERE id = 2")
        library.db.execute("UPDATE transcript SET state = 'validated', validated_by = 'li.si' WHERE id = 3")
        library.db.execute("UPDATE transcript SET picture = 'ab' WHERE id = 3")
    assert {(one.code, one.what[:6]) for one in check(library)} == {
        ("transcript", "第 1 版读"),
        ("transcript", "登记为第 7"),
        ("transcript", "校对人与核对"),
        ("image", "书影没有登记"),
    }


def test_a_save_asks_once_for_the_edition_to_be_set(library: Library, edition: int) -> None:
    store.save(library, edition, 0, 0, transcript("天"), based_on=0, who="甲")
    store.save(library, edition, 1, 0, transcript("地"), based_on=0, who="乙")
    store.save(library, edition, 2, 0, transcript("玄"), based_on=0, who="甲")
    (job,) = jobs.jobs(library, kind="set")
    assert (job.state, job.who) == ("waiting", "甲、乙")
