"""From transcripts to the edition: the stream, the passages with their places, what stays when a book comes again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pdf_samples import lines as typed
from pdf_samples import pdf
from standin import URN, book, picture

from archive import jobs
from archive.check import check
from archive.intake import Run
from archive.library import Library
from archive.model import Edition, Passage
from archive.transcription import store
from archive.transcription.model import Facts, Line, Role, Transcript
from archive.urn import parse
from archive.writer import write_run, writing
from ingest import transcribed
from ingest.pipeline import add
from ingest.report import ItemReport
from ingest.sources import discover
from ingest.stream import Blank, Block, Heading, Page
from ingest.stream import Line as Row


def page(*given: tuple[str, Role, int] | str, paragraph: tuple[int, ...] = (), **facts: str) -> Transcript:
    """A page of stretches: (words, role, column); a string is a column of its own. A full-width space sets in."""
    lines = []
    for at, one in enumerate(given):
        text, role, column = (one, "text", at) if isinstance(one, str) else one
        bare = text.lstrip("\u3000")
        tall = 40 if role == "heading" else 20
        box = (0, 30 * column, 20 * len(text), 30 * column + tall)
        lines.append(Line(bare, box, role, column, len(text) - len(bare), paragraph=at in paragraph))
    return Transcript(800, 1000, tuple(lines), facts=Facts(**facts))


def told(*pages: Transcript) -> list[object]:
    given = [(Page(str(number)), one) for number, one in enumerate(pages)]
    return [event for event in transcribed.events(given) if not isinstance(event, Page)]


def test_a_double_line_note_is_one_range_and_half_as_long() -> None:
    (row,) = told(page(("易有", "text", 0), ("太極是", "note", 0), ("生兩儀", "note", 0), ("也", "text", 0)))
    assert row == Row("易有太極是生兩儀也", 0, 6, ((2, 8),))


def test_a_note_goes_on_over_columns_and_pages() -> None:
    """Right halves before left in each column, the note open at its end; text in between closes it."""
    rows = told(
        page(("易有", "text", 0), ("一二", "note", 0), ("三四", "note", 0), ("五六", "note", 1), ("七", "note", 1)),
        page(("八", "note", 0), ("九", "note", 0), ("太極", "text", 0), "生兩儀"),
    )
    assert rows == [
        Row("易有一二三四", 0, 4, ((2, 6),), open_note=True),
        Row("五六七", 0, 2, ((0, 3),), open_note=True),
        Row("八九太極", 0, 3, ((0, 2),)),
        Row("生兩儀", 0, 3),
    ]


def test_what_is_no_text_stays_out() -> None:
    rows = told(page(("周易", "centre", 0), ("三", "folio", 1), ("書眉", "head", 2), ("朱印", "mark", 3), "　天地玄黃"))
    assert rows == [Row("天地玄黃", 1, 4)]


def test_tables_footnotes_and_paragraphs() -> None:
    events = told(
        page(
            "天地玄黃",
            ("年", "table", 1), ("地", "table", 1), ("同治", "table", 2), ("衡陽", "table", 2),
            ("宇宙洪荒", "text", 3),
            ("①甲", "footnote", 4), ("乙丙", "footnote", 5), ("②丁", "footnote", 6),
            paragraph=(5,),
        )
    )  # fmt: skip
    assert events[0] == Row("天地玄黃", 0, 4)
    assert events[1] == Block("年\t地\n同治\t衡陽", "table")
    assert events[2:4] == [Blank(), Row("宇宙洪荒", 0, 4)]
    assert [(event.text, event.kind) for event in events[4:] if isinstance(event, Block)] == [
        ("①甲乙丙", "footnote"),
        ("②丁", "footnote"),
    ]


def test_headings_have_levels_by_their_words_and_long_ones_are_one() -> None:
    events = told(
        page(("第一章　緒論", "heading", 0), ("第一節　源流", "heading", 1), "天地玄黃"),
        page(("第二章　湘水", "heading", 0), "宇宙", ("論湘水", "heading", 2), ("與蒸水", "heading", 3)),
    )
    assert [(event.text, event.level) for event in events if isinstance(event, Heading)] == [
        ("第一章　緒論", 1),
        ("第一節　源流", 3),
        ("第二章　湘水", 1),
        ("論湘水　與蒸水", 2),
    ]


# The edition.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def take(folder: Path, source: Path) -> ItemReport:
    report = add(folder, discover([str(source)], folder, ""), who="館員", step=lambda item: None)
    return report.items[0]


def edition(library: Library) -> Edition:
    return library.edition(parse(URN))


def passages(library: Library) -> dict[str, Passage]:
    return {one.ref: one for one in library.passages(edition(library).id)}


LONG = "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往"


def paragraph(end: str) -> tuple[str, str, str]:
    """Three lines as modern print sets them: the first set in, the last short."""
    return f"　　{LONG}", f"{LONG}秋收", end


def test_a_book_of_pictures_becomes_text(folder: Path, tmp_path: Path) -> None:
    item = take(folder, book(tmp_path / "book", 3))
    assert item.status == "waiting-ocr" and f"wenku ocr run {URN}" in item.warnings[-1]
    with Library.open(folder) as library:
        id_ = edition(library).id
        images = [one.image for one in store.sheets(library, id_)]
        assert images == [one.image for one in library.pages(id_)] and all(images)
        first = page(("第一章", "heading", 0), *paragraph("餘成歲。"), *paragraph("")[:2], label="1")
        second = page(f"{LONG}冬藏", "律呂。", ("①注文", "footnote", 9), *paragraph("騰致。"), label="2")
        store.save(library, id_, 0, 0, first, based_on=0, who="甲")
        store.save(library, id_, 1, 0, second, based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
        assert edition(library).status == "waiting-ocr"  # the third page has still to be read
        store.keep_failure(library, id_, 2, "图片已损坏。")
        transcribed.set_edition(library, id_, who="甲")
        assert edition(library).status == "complete"
        there = passages(library)
        assert [one.kind for one in there.values()] == ["heading", "paragraph", "paragraph", "footnote", "paragraph"]
        running = there["1.2"]
        assert running.text == f"{LONG}{LONG}秋收{LONG}冬藏律呂。"
        assert running.pages == ((0, "1"), (42, "2")) and running.lines == (20, 42, 64)
        assert there["1.3"].text == "①注文" and there["1.3"].pages == ((0, "2"),)
        assert [one.label for one in library.pages(id_)] == ["1", "2", "第3面"]
        assert [one.image for one in library.pages(id_)] == images
        assert not list(check(library))


def test_a_correction_is_a_revision_and_numbers_stay(folder: Path, tmp_path: Path) -> None:
    take(folder, book(tmp_path / "book", 1))
    with Library.open(folder) as library:
        id_ = edition(library).id
        read = page(*paragraph("秋收。"), *paragraph("夭地。"), *paragraph("冬藏。"))
        store.save(library, id_, 0, 0, read, based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲", why="识别")
        before = passages(library)
        mended = replace(read, lines=(*read.lines[:5], replace(read.lines[5], text="天地。"), *read.lines[6:]))
        store.save(library, id_, 0, 0, mended, based_on=1, who="乙")
        transcribed.set_edition(library, id_, who="乙", why="校对")
        after = passages(library)
        assert list(after) == list(before) == ["1.1", "1.2", "1.3"]
        assert [one.revision for one in after.values()] == [1, 2, 1]
        past = library.revisions(after["1.2"].id)
        assert [(one.text[-3:], one.who, one.why) for one in past] == [
            ("夭地。", "甲", "识别"),
            ("天地。", "乙", "校对"),
        ]


def test_halves_of_a_double_spread_are_pages_of_their_own(folder: Path, tmp_path: Path) -> None:
    take(folder, book(tmp_path / "book", 1))
    with Library.open(folder) as library:
        id_ = edition(library).id
        halves = [store.keep_picture(library, name, "image/jpeg") for name in (b"right", b"left")]
        with writing(library):
            run = write_run(library, Run("甲", "识别", "", "standin", "1"))
        pages = page("天地", label="1a"), page("玄黃", label="1b")
        read = [store.Read(one, half) for one, half in zip(pages, halves, strict=True)]
        store.keep_reading(library, id_, 0, read, run)
        transcribed.set_edition(library, id_, who="甲")
        assert [(one.label, one.image) for one in library.pages(id_)] == list(zip(("1a", "1b"), halves, strict=True))
        transcribed.set_edition(library, id_, who="甲")
        assert library.originals.get(library.pages(id_)[1].image) == b"left"
        assert not list(check(library))


def test_the_book_comes_again_and_the_text_stays(folder: Path, tmp_path: Path) -> None:
    """Unchanged; with other metadata; with a page added, one taken away, one replaced."""
    source, ends = book(tmp_path / "book", 2), ["藏閏餘。", "地玄黃。", "藏閏餘。", "宙洪荒。"]
    take(folder, source)
    with Library.open(folder) as library:
        id_ = edition(library).id
        for sheet in range(2):
            read = page(*paragraph(ends[2 * sheet]), *paragraph(ends[2 * sheet + 1]))
            store.save(library, id_, sheet, 0, read, based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
    assert take(folder, source).status == "unchanged"
    item = take(folder, book(source, 2, title="另題"))
    assert item.status == "updated" and not any("OCR" in warning for warning in item.warnings)
    with Library.open(folder) as library:
        assert library.works()[0].title == "另題"
        assert [one.text[-4:] for one in library.passages(id_)] == ends
        assert len(library.revisions(passages(library)["1.1"].id)) == 1
    book(source, 3, title="另題")  # the same file with another page: pictures are known by name and place
    item = take(folder, source)
    assert item.status == "waiting-ocr"
    with Library.open(folder) as library:
        assert [one.text[-4:] for one in library.passages(id_)] == ends
        assert [one.revision for one in store.pages(library, id_)] == [1, 1, 0]
        assert not list(check(library))


def test_what_an_engine_read_stays_with_its_picture_and_goes_with_it(folder: Path, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 2)
    take(folder, source)
    with Library.open(folder) as library:
        id_ = edition(library).id
        with writing(library):
            run = write_run(library, Run("甲", "识别", "", "standin", "1"))
        for sheet in range(2):
            store.keep_reading(library, id_, sheet, [store.Read(page(f"　　{LONG}"))], run)
        transcribed.set_edition(library, id_, who="甲")
        before = (source / "a.pdf").read_bytes()
        book(source, 2, author="另存者")
        assert (source / "a.pdf").read_bytes() != before
        item = take(folder, source)
        assert item.status == "updated", item.error
        assert [one.revision for one in store.pages(library, id_)] == [1, 1]
        book(source, 2, first=2)  # the first picture is gone, the second stands first, another comes after it
        item = take(folder, source)
        assert item.status == "waiting-ocr" and not any("换了书影" in warning for warning in item.warnings)
        assert [one.revision for one in store.pages(library, id_)] == [1, 0]
        assert len(list(library.passages(id_))) == 1
        assert not list(check(library))


def test_pictures_file_by_file_keep_their_text_in_another_order(folder: Path, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1, name="b.pdf", first=2)
    take(folder, source)
    with Library.open(folder) as library:
        id_ = edition(library).id
        store.save(library, id_, 0, 0, page("　　宇宙洪荒。"), based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
    book(source, 1, name="a.pdf", first=1)
    take(folder, source)
    with Library.open(folder) as library:
        assert [(one.name, one.number) for one in store.sheets(library, id_)] == [("a.pdf", 0), ("b.pdf", 1)]
        assert store.page(library, id_, 1).transcript.text == "宇宙洪荒。"
        assert [one.text for one in library.passages(id_)] == ["宇宙洪荒。"]
        assert passages(library)["1.1"].pages == ((0, "第2面"),)
        assert not list(check(library))


def test_image_files_are_pages_by_their_names_and_a_broken_one_waits(folder: Path, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1)
    (source / "a.pdf").unlink()
    for number in (1, 2, 3):
        picture(number).save(source / f"00{number}.png")
    (source / "002.png").write_bytes((source / "002.png").read_bytes()[:200])
    assert take(folder, source).status == "waiting-ocr"
    with Library.open(folder) as library:
        id_ = edition(library).id
        assert [(one.label, one.revision) for one in store.pages(library, id_)] == [("001", 0), ("002", 0), ("003", 0)]
        for sheet in (0, 2):
            store.save(library, id_, sheet, 0, page(f"　　{LONG}", "宇宙。", label="九" * sheet), based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
        assert [one.label for one in library.pages(id_)] == ["001", "002", "九九"]
        assert edition(library).status == "waiting-ocr"
        assert not list(check(library))


def test_words_that_came_with_a_pdf_stay_beside_what_is_read(folder: Path, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1)
    first = typed("第一章　緒論", f"　　{LONG}", LONG, f"{LONG[:8]}。", f"　　{LONG}", f"{LONG[:9]}。")
    last = typed(f"　　{LONG}", "玄黃。")
    (source / "a.pdf").write_bytes(pdf([first, [], last], scans=[1], labels="0 << /S /D /St 11 >>"))
    assert take(folder, source).status == "waiting-ocr"
    with Library.open(folder) as library:
        id_ = edition(library).id
        assert [one.revision for one in store.pages(library, id_)] == [1, 0, 1]
        assert not transcribed.transcribed(library, id_)  # so far it is the reader's own text
        before = {one.text: one.ref for one in library.passages(id_)}
        job = jobs.enqueue(library, id_, who="甲")
        assert jobs.waiting_pages(library, job.id) == [1]
        store.save(library, id_, 1, 0, page(f"　　{LONG}", "宇宙。"), based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
        after = {one.text: one for one in library.passages(id_)}
        assert {text: one.ref for text, one in after.items() if text in before} == before
        (new,) = (one for text, one in after.items() if text not in before)
        assert new.text == f"{LONG}宇宙。" and new.pages == ((0, "12"),)
        assert [one.label for one in library.pages(id_)] == ["11", "12", "13"]
        assert edition(library).status == "complete"


def test_a_text_that_takes_the_place_of_pictures_is_the_text(folder: Path, tmp_path: Path) -> None:
    source = book(tmp_path / "book", 1)
    take(folder, source)
    with Library.open(folder) as library:
        id_ = edition(library).id
        store.save(library, id_, 0, 0, page("　　夭地。"), based_on=0, who="甲")
        transcribed.set_edition(library, id_, who="甲")
    (source / "a.pdf").unlink()
    (source / "a.md").write_text("天地玄黃。\n", encoding="utf-8")
    assert take(folder, source).status == "updated"
    with Library.open(folder) as library:
        assert transcribed.set_edition(library, id_, who="甲") is None
        assert [one.text for one in library.passages(id_)] == ["天地玄黃。"]
        assert library.db.execute("SELECT count(*) FROM transcript_revision").fetchone()[0] == 1
        assert not list(check(library))
