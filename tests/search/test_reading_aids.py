"""Suggestions for a page: likelier characters, quotations held elsewhere; who may be offered what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shelves import Block, kanripo, shelve

from archive.library import Library
from archive.model import Edition, Rights
from archive.transcription.model import Glyph, Line, Role, Transcript
from search.reading_aids import context
from search.reading_aids.characters import Characters, Check
from search.reading_aids.quotations import Reading, readings

HEAVEN = "天下惟器而已矣道者器之道器者不可謂之道之器也無其道則無其器人類能言之"
DATES = [
    *(f"{year}年歲在甲戌春二月始築城" for year in "元二三四五六"),
    *(f"是歲甲戌冬大雪民饑{what}" for what in "甚死亡散"),
    "戊申歲大旱",
    *(f"王戍邊{years}年而後歸" for years in "三四五"),
    "遣兵戍邊以備之",
]


def page(*lines: str, doubt: dict[tuple[int, int], tuple[str, ...]] | None = None, role: Role = "text") -> Transcript:
    """A page of these lines; `doubt` names characters that are doubted, with the engine's other readings."""
    doubt = doubt or {}
    made = []
    for number, text in enumerate(lines):
        glyphs = tuple(
            Glyph((at * 10, number * 10, at * 10 + 10, number * 10 + 10), 0.4, doubt[number, at])
            if (number, at) in doubt
            else Glyph((at * 10, number * 10, at * 10 + 10, number * 10 + 10), 0.99)
            for at in range(len(text))
        )
        made.append(Line(text, (0, number * 10, 400, number * 10 + 10), role, number, glyphs=glyphs))
    return Transcript(400, 400, tuple(made))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as made:
        shelve(made, "dates", DATES, title="編年")
        yield made


def edition(library: Library, slug: str) -> Edition:
    return next(one for one in library.editions() if one.work_id == f"hengyang.{slug}")


def offered(check: Check) -> list[str]:
    return [one.char for one in check.candidates]


def test_a_shape_is_doubted_where_the_library_has_another_between_the_same_neighbours(library: Library) -> None:
    checks = Characters(library, staff=True).checks(page("其年歲在甲戍春二月復築", "又遣將戍邊三年"))
    assert [(check.line, check.at, check.char) for check in checks] == [(0, 5, "戍")]
    best = checks[0].candidates[0]
    assert (best.char, best.why) == ("戌", ("shape", "context"))
    assert best.weight > checks[0].weight
    assert (best.seen, best.times) == ("在甲戌春二", 6)
    assert not checks[0].doubtful


def test_words_run_on_from_line_to_line_and_over_notes_and_punctuation(library: Library) -> None:
    whole = page("是歲，甲", "注", "戍。冬大雪")
    lines = (whole.lines[0], Line("注", (0, 0, 9, 9), "note", 0), whole.lines[2])
    checks = Characters(library, staff=True).checks(Transcript(400, 400, lines))
    assert [(check.line, check.at, offered(check)[0]) for check in checks] == [(2, 0, "戌")]


def test_a_doubtful_character_gets_the_engines_others_and_what_the_library_has_there(library: Library) -> None:
    (check,) = Characters(library, staff=True).checks(page("遣兵口邊以備之", doubt={(0, 2): ("戊",)}))
    assert check.doubtful
    assert check.char == "口"
    best = check.candidates[0]
    assert (best.char, best.why) == ("戍", ("context",)) or "戊" in offered(check)
    assert next(one for one in check.candidates if one.char == "戊").why == ("engine",)
    shelve(library, "more", ["遣兵戍邊以備敵", "命將遣兵戍邊以備胡"])
    (check,) = Characters(library, staff=True).checks(page("遣兵口邊以備之", doubt={(0, 2): ("戊",)}))
    assert offered(check)[0] == "戍"


def test_a_page_of_notes_only_and_an_empty_one_are_no_trouble(library: Library) -> None:
    aids = Characters(library, staff=True)
    assert aids.checks(Transcript(10, 10)) == ()
    assert aids.checks(page("，。", "")) == ()
    assert [check.at for check in aids.checks(page("在甲戍春二月", role="note"))] == [2]
    assert aids.on_page(page("在甲，戍春二月"), 0, 2) == ()


def test_what_is_no_text_of_the_page_is_not_looked_at(library: Library) -> None:
    assert Characters(library, staff=True).checks(page("歲在甲戍春二月", role="centre")) == ()


def test_what_is_kept_in_memory_changes_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    read = page("歲在甲戍春二月始築城", "又遣將戌邊以備之", doubt={(1, 3): ("戍",)})
    whole = Characters(library, staff=True).checks(read)
    assert len(whole) == 2
    monkeypatch.setattr(context, "_KEPT", 1)
    shelve(library, "other", ["無關之文"])
    assert Characters(library, staff=True).checks(read) == whole
    monkeypatch.setattr(context, "_PLACES", 8)
    shelve(library, "another", ["又一無關之文"])
    some = Characters(library, staff=True).checks(read)
    assert [offered(check)[0] for check in some] == [offered(check)[0] for check in whole]


def test_candidates_for_one_character_of_a_text(library: Library) -> None:
    aids = Characters(library, staff=True)
    assert aids.candidates("歲在甲戍春二月", 3)[0].char == "戌"
    sure = aids.candidates("歲在甲戍春二月", 3, Glyph((0, 0, 1, 1), 0.99, ("我",)))
    assert sure[0].char == "戌"
    assert "engine" in next(one for one in sure if one.char == "我").why
    assert all(0 <= one.weight <= 1 for one in sure)
    assert aids.candidates("歲，在", 1) == ()
    assert aids.candidates("", 0) == ()


def test_the_pages_own_edition_does_not_speak_for_itself(library: Library) -> None:
    shelve(library, "self", ["歲在甲戍春二月"] * 30)
    read = page("歲在甲戍春二月")
    assert Characters(library, staff=True).checks(read) == ()
    (check,) = Characters(library, edition(library, "self"), staff=True).checks(read)
    assert offered(check)[0] == "戌"


def test_nothing_is_offered_from_what_a_reader_may_not_find(tmp_path: Path) -> None:
    with Library.create(tmp_path / "closed") as library:
        shelve(library, "secret", DATES, rights=Rights(text="staff"))
        shelve(library, "open", [*[Block("城下之盟在甲戌春二月", [(4, 10)])] * 6], rights=Rights(notes="staff"))
        read = page("在甲戍春二月")
        assert Characters(library, staff=False).checks(read) == ()
        (check,) = Characters(library, staff=True).checks(read)
        assert check.candidates[0].times == 12


def test_characters_beyond_the_basic_plane_keep_their_places(library: Library) -> None:
    (check,) = Characters(library, staff=True).checks(page("𫉬𩔖在甲戍春二月"))
    assert (check.line, check.at) == (0, 4)


def test_a_character_is_offered_in_the_form_the_page_writes(library: Library) -> None:
    shelve(library, "forms", ["劉備遺使求和", "劉備遺使來和"] * 3)
    (check,) = Characters(library, staff=True).checks(page("刘备道使求和", doubt={(0, 2): ()}))
    assert offered(check)[0] == "遺"
    read = page("刘备道使求和遗", doubt={(0, 2): ()})
    assert offered(Characters(library, staff=True).checks(read)[0])[0] == "遗"


def quoted(library: Library, *lines: str, staff: bool = True, **options: object) -> tuple[Reading, ...]:
    return readings(library, page(*lines), staff=staff, **options)  # type: ignore[arg-type]


def test_a_quotation_held_elsewhere_is_offered_with_its_source_and_what_differs(library: Library) -> None:
    shelve(library, "waizhuan", ["# 繫辭上傳", HEAVEN], title="周易外傳")
    (found,) = quoted(library, "船山曰：天下惟器而巳矣，道哭", "器之道，器者不可謂道之器也。")
    assert found.urn == "urn:cts:hengyang:hengyang.waizhuan.test:1.1@0-22"
    assert found.where == "《周易外傳》（测试本）繫辭上傳，001-1a"
    assert found.text == HEAVEN[:22]
    assert (found.first, found.last) == ((0, 4), (1, 12))
    assert [tuple(one) for one in found.differences] == [(0, 9, "巳", "已"), (0, 13, "哭", "者"), (1, 9, "", "之")]
    assert found.equal == 19


def test_an_equal_quotation_is_offered_only_where_the_page_is_doubtful(library: Library) -> None:
    shelve(library, "waizhuan", [HEAVEN], title="周易外傳")
    assert quoted(library, HEAVEN[:20]) == ()
    (found,) = readings(library, page(HEAVEN[:20], doubt={(0, 3): ()}), staff=True)
    assert (found.differences, found.doubtful) == ((), 1)


def test_other_forms_of_a_character_are_no_difference(library: Library) -> None:
    shelve(library, "waizhuan", [HEAVEN])
    assert quoted(library, "天下惟器而已矣道者器之道器者不可谓之道之器也无其道则无其器") == ()


def test_a_reading_leaves_out_the_notes_that_the_page_has_not(library: Library) -> None:
    note = "此言道器之不相離也學者宜深思而自得之"
    shelve(library, "noted", [Block(HEAVEN[:10] + note + HEAVEN[10:], [(10, 10 + len(note))])])
    (found,) = quoted(library, HEAVEN[:5] + "己" + HEAVEN[6:])
    assert found.text == HEAVEN
    assert [one.text for one in found.differences] == ["已"]


def test_readings_come_only_from_what_a_reader_may_read_in_full(library: Library) -> None:
    shelve(library, "shown", [HEAVEN], rights=Rights(text="snippet"))
    read = HEAVEN[:5] + "己" + HEAVEN[6:]
    assert quoted(library, read, staff=False) == ()
    assert len(quoted(library, read, staff=True)) == 1
    assert quoted(library, read, staff=True, edition=edition(library, "shown")) == ()


def test_few_readings_of_the_same_words(library: Library) -> None:
    for number in range(5):
        shelve(library, f"copy{number}", [HEAVEN])
    found = quoted(library, HEAVEN[:5] + "己" + HEAVEN[6:])
    assert len(found) == 2
    assert len({one.urn for one in found}) == 2


def test_an_empty_library_offers_nothing(tmp_path: Path) -> None:
    with Library.create(tmp_path / "empty") as library:
        assert quoted(library, HEAVEN) == ()
        (check,) = Characters(library, staff=True).checks(page("甲戍", doubt={(0, 1): ("戌",)}))
        assert offered(check)[0] == "戌"


@pytest.mark.real
def test_for_confusions_in_a_real_book_other_books_offer_the_right_character(
    tmp_path: Path,
) -> None:
    wrong = str.maketrans("已戊日未", "巳戍曰末")
    with Library.create(tmp_path / "real") as library:
        for name in ("KR2k0046", "KR1e0097", "KR4h0037"):
            shelve(library, name.lower(), kanripo(name))
        own = edition(library, "kr1e0097")
        text = "".join(passage.text for passage in library.passages(own.id))[20_000:26_000].replace("\n", "")
        aids = Characters(library, own, staff=True)
        read = [text[at : at + 20] for at in range(0, len(text), 20)]
        true = aids.checks(page(*read))
        spoilt = page(*(line.translate(wrong) for line in read))
        places = [(line, at) for line, chars in enumerate(read) for at, char in enumerate(chars) if ord(char) in wrong]
        offers = [[one.char for one in aids.on_page(spoilt, *place)] for place in places]
        told = {(one.line, one.at) for one in aids.checks(spoilt)}
    assert len(true) < len(text) / 200
    ranks = [chars.index(read[line][at]) for chars, (line, at) in zip(offers, places, strict=True)]
    assert len(places) > 40
    assert sum(rank == 0 for rank in ranks) > len(places) / 2
    assert sum(rank < 3 for rank in ranks) > len(places) * 0.75
    assert len(told & set(places)) >= 5
