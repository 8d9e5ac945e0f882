"""BibTeX and RIS, judged by a reader that is not ours (pandoc) where there is one."""

import json
import re
from pathlib import Path

import pytest

from archive.citations import format_item, format_items

EXAMPLES = json.loads((Path(__file__).parent / "citation_examples.json").read_text(encoding="utf-8"))
ITEMS = [{"id": f"ex{number}", **example["item"]} for number, example in enumerate(EXAMPLES)]
NASTY = {
    "id": "nasty",
    "type": "book",
    "title": r"100% \of {this} & that_one #1 $2 ~3 ^4",
    "author": [{"literal": "Barnes and Noble"}, {"family": "王", "given": "夫之"}, {"family": "Smith", "given": "J."}],
    "publisher": "中华}书局",
    "issued": {"date-parts": [[2001]]},
    "URL": "http://a.b/c_d?e=1%20&f={g}",
}


def pandoc(text, source):
    pypandoc = pytest.importorskip("pypandoc")
    try:
        return json.loads(pypandoc.convert_text(text, "csljson", format=source))
    except OSError as error:
        pytest.skip(f"no pandoc here: {error}")


def balanced(entry):
    depth = 0
    for char in entry:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    return depth == 0


def test_bibtex_reads_back_elsewhere():
    read = pandoc(format_items([*ITEMS, NASTY], "bibtex"), "bibtex")
    assert [item["id"] for item in read] == [item["id"] for item in [*ITEMS, NASTY]]
    by_id = {item["id"]: item for item in read}
    assert by_id["ex0"]["title"] == "全唐五代诗格汇考"
    assert by_id["ex0"]["author"] == [{"family": "张伯伟"}] or by_id["ex0"]["author"] == [{"literal": "张伯伟"}]
    assert by_id["ex0"]["publisher-place"] == "南京"
    nasty = by_id["nasty"]
    assert nasty["title"] == NASTY["title"]
    assert nasty["publisher"] == "中华书局"
    assert r"publisher = {中华\textbraceright{}书局}" in format_item(NASTY, "bibtex")
    assert [name.get("literal") or name["family"] for name in nasty["author"]] == [
        "Barnes and Noble",
        "王夫之",
        "Smith",
    ]


def test_every_bibtex_entry_is_balanced_and_has_its_own_key():
    text = format_items([*ITEMS, NASTY, NASTY, {**NASTY, "id": "NASTY"}, {**NASTY, "id": "nasty-2"}], "bibtex")
    keys = re.findall(r"^@\w+\{([^,\s{}\"#%~\\]+),$", text, re.MULTILINE)
    assert len(keys) == len(ITEMS) + 4 == text.count("\n\n") + 1
    assert len({key.lower() for key in keys}) == len(keys)
    assert all(balanced(entry) for entry in text.split("\n\n"))


def test_a_numbered_key_gives_way_to_the_id_that_has_it():
    items = [{"type": "book", "title": "题", "id": name} for name in ("a-2", "a", "a", "A")]
    keys = re.findall(r"\{(.+),", "\n".join(format_items(items, "bibtex").split("\n")[::4]))
    assert keys == ["a-2", "a", "a-3", "A-4"]


def test_keys_do_not_depend_on_the_company():
    chinese = {"type": "book", "title": "宋论", "id": "王夫之宋论"}
    alone = re.search(r"\{(.+),", format_item(chinese, "bibtex"))[1]
    assert re.fullmatch(r"wenku-[0-9a-f]{8}", alone)
    assert f"{{{alone}," in format_items([NASTY, chinese], "bibtex")
    first = re.search(r"\{(.+),", format_item({**chinese, "id": "王1"}, "bibtex"))[1]
    assert re.fullmatch(r"1-[0-9a-f]{8}", first)
    assert first not in format_item({**chinese, "id": "李1"}, "bibtex")
    assert "@book{urn:cts:hengyang:a.b.c:1.3-5-12," in format_item(
        {**chinese, "id": "urn:cts:hengyang:a.b.c:1.3@5-12"}, "bibtex"
    )


@pytest.mark.parametrize(
    ("fields", "entry"),
    [
        ({"type": "book"}, "@book{"),
        ({"type": "classic"}, "@book{"),
        ({"type": "chapter", "container-title": "甲"}, "@incollection{"),
        ({"type": "chapter"}, "@book{"),
        ({"type": "article-journal"}, "@article{"),
        ({"type": "paper-conference", "container-title": "甲"}, "@inproceedings{"),
        ({"type": "thesis"}, "@phdthesis{"),
        ({"type": "thesis", "genre": "硕士学位论文"}, "@mastersthesis{"),
        ({"type": "webpage"}, "@online{"),
        ({"type": "song"}, "@misc{"),
    ],
)
def test_bibtex_entry_types(fields, entry):
    assert format_item({"title": "题", **fields}, "bibtex").startswith(entry)


def test_an_old_books_reign_year_goes_to_the_note():
    item = {"type": "book", "title": "宋论", "issued": "1865（清同治四年）", "edition": "刻本"}
    text = format_item(item, "bibtex")
    assert "  year = {1865}" in text
    assert "  edition = {刻本}" in text
    assert "  note = {清同治四年}" in text
    assert "N1  - 清同治四年" in format_item(item, "ris")


def test_the_number_of_a_report_but_not_of_a_book():
    report = {"type": "report", "title": "题", "number": "PB 91-194001"}
    assert "  number = {PB 91-194001}" in format_item(report, "bibtex")
    assert "M1  - PB 91-194001" in format_item(report, "ris")
    for kind in ("book", "classic"):
        assert "KR1a0120" not in format_item({**report, "type": kind, "number": "KR1a0120"}, "bibtex")
        assert "KR1a0120" not in format_item({**report, "type": kind, "number": "KR1a0120"}, "ris")


def test_ris_is_well_formed():
    text = format_items([*ITEMS, NASTY], "ris")
    assert "\r" not in text
    records = text.split("\n\n")
    assert len(records) == len(ITEMS) + 1
    for record in records:
        lines = record.split("\n")
        assert lines[0].startswith("TY  - ")
        assert lines[-1] == "ER  - "
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - \S.*", line) for line in lines[:-1])


def test_ris_reads_back_elsewhere():
    read = pandoc(format_items([*ITEMS, NASTY], "ris") + "\n", "ris")
    assert len(read) == len(ITEMS) + 1
    assert read[0]["title"] == "全唐五代诗格汇考"
    assert read[0]["publisher"] == "江苏古籍出版社"
    assert read[-1]["title"] == NASTY["title"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("book", "BOOK"),
        ("chapter", "CHAP"),
        ("classic", "ANCIENT"),
        ("article-journal", "JOUR"),
        ("article-newspaper", "NEWS"),
        ("paper-conference", "CPAPER"),
        ("thesis", "THES"),
        ("report", "RPRT"),
        ("standard", "STAND"),
        ("patent", "PAT"),
        ("webpage", "ELEC"),
        ("dataset", "DATA"),
        ("software", "COMP"),
        ("map", "MAP"),
        ("manuscript", "MANSCPT"),
        ("treaty", "GEN"),
    ],
)
def test_ris_types(kind, code):
    assert format_item({"type": kind, "title": "题"}, "ris").startswith(f"TY  - {code}\n")


def test_ris_fields():
    item = {
        "id": "k",
        "type": "article-journal",
        "title": "题",
        "author": [{"family": "Boobier", "given": "Tony"}, {"family": "王", "given": "夫之"}],
        "container-title": "刊",
        "volume": 3,
        "issue": 2,
        "page": "61–66",
        "issued": {"date-parts": [[2011, 5]]},
        "accessed": {"date-parts": [[2026, 7, 3]]},
        "DOI": "https://doi.org/10.1/x",
        "keyword": "船山学；衡阳",
    }
    assert format_item(item, "ris").split("\n") == [
        "TY  - JOUR",
        "ID  - k",
        "AU  - Boobier, Tony",
        "AU  - 王夫之",
        "TI  - 题",
        "T2  - 刊",
        "VL  - 3",
        "IS  - 2",
        "SP  - 61",
        "EP  - 66",
        "PY  - 2011",
        "DA  - 2011/05//",
        "KW  - 船山学",
        "KW  - 衡阳",
        "DO  - 10.1/x",
        "Y2  - 2026/07/03/",
        "ER  - ",
    ]
