"""The standards' own examples, and the rules around them, one line each."""

import json
from pathlib import Path

import pytest

from archive.citations import DEFAULT_STYLE, STYLES, format_item, format_items
from archive.errors import UsageError

EXAMPLES = json.loads((Path(__file__).parent / "citation_examples.json").read_text(encoding="utf-8"))
LINE_STYLES = ("gbt7714-2025", "gbt7714-2015", "footnote")
CASES = [
    pytest.param(example["item"], style, example[style], id=f"{style}-{example['section']}-{number}")
    for number, example in enumerate(EXAMPLES)
    for style in LINE_STYLES
    if style in example
]


def book(**fields):
    return {"type": "book", "title": "宋论", **{name.replace("_", "-"): value for name, value in fields.items()}}


@pytest.mark.parametrize(("item", "style", "reference"), CASES)
def test_the_standards_examples(item, style, reference):
    assert format_item(item, style) == reference


def test_the_default_is_the_standard_in_force():
    assert DEFAULT_STYLE == "gbt7714-2025" == next(iter(STYLES))
    assert format_item(book()) == format_item(book(), "gbt7714-2025") == "宋论[M]."


def test_the_styles_of_the_house():
    assert {name: (style.label, style.suffix) for name, style in STYLES.items()} == {
        "gbt7714-2025": ("GB/T 7714—2025", ".txt"),
        "gbt7714-2015": ("GB/T 7714—2015", ".txt"),
        "footnote": ("页下注", ".txt"),
        "bibtex": ("BibTeX", ".bib"),
        "ris": ("RIS", ".ris"),
        "csl-json": ("CSL-JSON", ".json"),
    }


def test_an_unknown_style_lists_the_styles():
    with pytest.raises(UsageError) as caught:
        format_items([book()], "apa")
    assert "apa" in caught.value.what
    assert all(name in caught.value.remedy for name in STYLES)


@pytest.mark.parametrize("style", LINE_STYLES)
def test_one_reference_a_line_in_order(style):
    titles = ["甲", "乙", "丙"]
    lines = format_items([book(title=title) for title in titles], style).splitlines()
    assert [title in line for title, line in zip(titles, lines, strict=True)] == [True] * 3


@pytest.mark.parametrize("style", LINE_STYLES)
def test_nothing_cited_prints_nothing(style):
    assert format_items([], style) == ""


@pytest.mark.parametrize("style", LINE_STYLES)
@pytest.mark.parametrize(
    "mark", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\t", "\x00", "\u3000"]
)
def test_line_ends_and_control_characters_become_one_space(style, mark):
    line = format_item(book(title=f"宋{mark}{mark}论", publisher=f"中华{mark}书局", publisher_place="北京"), style)
    assert "宋 论" in line
    assert "中华 书局" in line


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("读<i>通鉴</i>论", "读通鉴论[M]."),
        ("H<sub>2</sub>O 与 <span class='nocase'>CO</span>", "H2O 与 CO[M]."),
        ("甲<br/>乙", "甲 乙[M]."),
        ("若 a<b 且 c>d", "若 a<b 且 c>d[M]."),
        ("Reading the past.", "Reading the past[M]."),
        ("论中国。", "论中国[M]."),
        ("A history of Apple Inc.", "A history of Apple Inc.[M]."),
        ("何以中国？", "何以中国？[M]."),
    ],
)
def test_markup_goes_and_a_titles_own_marks_stay(title, shown):
    assert format_item(book(title=title)) == shown


def test_no_full_stop_is_doubled():
    item = book(author=[{"literal": "U.S. Dept."}], edition="Rev. ed.", language="en", URL="http://a.b/c.")
    assert ".." not in format_item(item)


@pytest.mark.parametrize(
    ("pages", "shown"),
    [("12–15", "12-15"), ("12--15", "12-15"), ("pp. 12-15", "12-15"), ("第12页", "12"), ("12～15", "12-15"), (7, "7")],
)
def test_pages_are_written_one_way(pages, shown):
    assert format_item(book(page=pages)) == f"宋论[M]. {shown}."


def test_the_place_cited_wins_over_the_pages_of_the_whole():
    item = {"type": "article-journal", "title": "题", "container-title": "刊", "page": "1-20", "locator": "7"}
    assert format_item(item) == "题[J]. 刊：7."


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([{"family": "王", "given": "夫之"}], "王夫之"),
        ([{"literal": "[清]王夫之"}], "王夫之"),
        ([{"literal": "衡阳市社会科学界联合会"}], "衡阳市社会科学界联合会"),
        ([{"given": "柏拉图"}], "柏拉图"),
        ([{"family": "Wang", "given": "Fuzhi"}], "Wang Fuzhi"),
        ([{"family": "Ouyang", "given": "Xiu"}], "Ouyang Xiu"),
        ([{"family": "Tolkien", "given": "J.R.R."}], "Tolkien J R R"),
        ([{"family": "Smith", "given": "JK"}], "Smith J K"),
        ([{}, {"literal": ""}, {"literal": "甲"}], "甲"),
        ([{"literal": "甲"}, {"literal": "others"}], "甲，等"),
        ([{"literal": name} for name in "甲乙丙"], "甲，乙，丙"),
        ([{"literal": name} for name in "甲乙丙丁"], "甲，乙，丙，等"),
    ],
)
def test_names(names, shown):
    assert format_item(book(author=names)) == f"{shown}. 宋论[M]."


def test_without_an_author_the_editor_opens_and_is_not_said_again():
    assert format_item(book(editor=[{"literal": "舒士彦"}])) == "舒士彦. 宋论[M]."


@pytest.mark.parametrize(
    ("language", "others"), [("zh-CN", "等"), ("ja", "他"), ("ru", "и др."), ("en-US", "et al."), ("fr", "et al.")]
)
def test_others_in_the_language_of_the_item(language, others):
    item = book(title="Title", author=[{"literal": name} for name in "ABCD"], language=language)
    assert format_item(item).startswith(f"A，B，C，{others.rstrip('.')}. Title[M]")


def test_a_name_may_say_what_the_person_did():
    item = book(
        author=[{"literal": "王夫之"}], editor=[{"literal": "舒士彦 点校"}], publisher="中华书局", issued="1964"
    )
    assert format_item({**item, "publisher-place": "北京"}) == "王夫之. 宋论[M]. 舒士彦，点校. 北京：中华书局，1964."
    assert format_item(item, "footnote") == "王夫之：《宋论》，舒士彦点校，中华书局，1964年。"
    gazetteer = book(author=[{"literal": "彭玉麟 修"}, {"literal": "殷家俊 纂"}])
    assert format_item(gazetteer) == "彭玉麟，殷家俊. 宋论[M]."
    assert format_item(gazetteer, "footnote") == "彭玉麟修、殷家俊纂：《宋论》。"
    assert "AU  - 彭玉麟\n" in format_item(gazetteer, "ris")


def test_a_document_that_an_archive_keeps():
    item = {
        "type": "document",
        "title": "题",
        "archive": "衡阳市档案馆",
        "archive-place": "衡阳",
        "issued": "1949-10-08",
    }
    assert format_item(item) == "题[A]. 衡阳：衡阳市档案馆，1949-10-08."


def test_a_given_name_in_pinyin_is_whole_since_2025():
    item = book(author=[{"family": "Li", "given": "Jiangning"}])
    assert format_item(item, "gbt7714-2025") == "Li Jiangning. 宋论[M]."
    assert format_item(item, "gbt7714-2015") == "LI J. 宋论[M]."


def test_a_part_of_nothing_is_a_book():
    assert format_item({"type": "chapter", "title": "题", "editor": [{"literal": "甲"}]}) == "甲. 题[M]."


def test_an_impossible_date_is_printed_as_it_stands():
    assert format_item(book(publisher="中华书局", publisher_place="北京", issued="2011-05-45")).endswith(
        "，2011-05-45."
    )


def test_the_edition_of_a_year_is_not_counted():
    assert format_item(book(edition="2020版"), "footnote") == "《宋论》（2020版）。"
    assert format_item(book(edition="第三版"), "footnote") == "《宋论》（第3版）。"


def test_access_dates_only_where_each_standard_wants_them():
    accessed = {"date-parts": [[2026, 7, 3]]}
    article = {"type": "article-journal", "title": "题", "container-title": "刊", "accessed": accessed}
    assert "[2026-07-03]" not in format_item({**article, "URL": "http://a.b"}, "gbt7714-2025")
    assert "[2026-07-03]" in format_item({**article, "URL": "http://a.b"}, "gbt7714-2015")
    assert "[2026-07-03]" not in format_item(article, "gbt7714-2015")
    for kind in ("webpage", "dataset", "software", "article", "post"):
        assert "[2026-07-03]" in format_item({**article, "type": kind, "URL": "http://a.b"}, "gbt7714-2025")


def test_an_identifier_that_the_address_holds_is_not_repeated():
    item = book(DOI="10.1000/ABC", URL="https://doi.org/10.1000/abc")
    assert format_item(item) == "宋论[M/OL]. https://doi.org/10.1000/abc."
    assert format_item({**item, "URL": "http://a.b/1"}) == "宋论[M/OL]. http://a.b/1. DOI:10.1000/ABC."


@pytest.mark.parametrize(
    ("medium", "code"), [("CD-ROM", "M/CD"), ("光盘", "M/CD"), ("缩微胶卷", "M/MM"), ("print", "M")]
)
def test_carriers(medium, code):
    assert format_item(book(medium=medium)) == f"宋论[{code}]."


def test_a_footnote_of_an_old_book_says_nothing_twice():
    item = book(
        author=[{"literal": "王夫之"}],
        publisher="湘乡曾国荃",
        publisher_place="金陵",
        issued="1865（清同治四年）",
        edition="清同治四年湘乡曾氏金陵刻本",
    )
    assert format_item(item, "footnote") == "王夫之：《宋论》，清同治四年湘乡曾氏金陵刻本。"


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        ("卷3：12a", "卷三，第12页a"),
        ("卷十二：3b", "卷十二，第3页b"),
        ("卷105", "卷一百零五"),
        ("卷上：1a", "卷上，第1页a"),
        ("xii", "第xii页"),
        ("第12页", "第12页"),
        ("扉页", "扉页"),
        ("第1版自序", "第1版自序"),
    ],
)
def test_the_place_in_a_footnote(locator, place):
    note = format_item(book(edition="刻本", locator=locator), "footnote")
    assert note.replace("，刻本", "") == f"《宋论》{'' if place.startswith('卷') else '，'}{place}。"


@pytest.mark.parametrize("kind", ["interview", "song", "speech", "broadcast", "treaty", "figure", "hearing", "event"])
def test_what_the_standard_has_no_code_for(kind):
    item = {"type": kind, "title": "题"}
    assert format_item(item) == "题[Z]."
    assert format_item({**item, "URL": "http://a.b"}) == "题[EB/OL]. http://a.b."
