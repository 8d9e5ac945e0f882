"""The sample library holds what its README promises: sourced sayings, dated entries, nothing the facts do not bear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

HOUSE = Path(__file__).resolve().parents[2]
CORPUS = HOUSE / "corpus"
KANRIPO = HOUSE.parent / "shared" / "corpus" / "kanripo"

ARTICLES = sorted((CORPUS / "wenku-journal").glob("*/article.md"))
WORKS = sorted(CORPUS.rglob("work.yaml"))
FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())

HAN = re.compile("[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
SAYING = re.compile(r"^(\d+)．(.+?)\n\n——(.+?)$", re.M | re.S)
CHECKED = re.compile(r"，(KR\d[a-z]\d{4})頁(\d{3}-\d+[ab])，已核$")

# Claims the table of facts rejects or leaves unproved, in the words they go about in.
REJECTED = (
    "保存最完整",
    "1922年2月15日",
    "日军投降",
    "战役胜利",
    "第68师团长阵亡",
    "师团长佐久间",
    "1947年8月10日",
    "8月10日奠基",
    "与毛泽建同时就义",
    "彭玉麟亲聘",
)
COORDINATES = re.compile(r"(?<!\d)(?:2[67]|11[123])\.\d{2,}|[0-9]\s*[°º]|(?:北纬|北緯|东经|東經|经纬度|經緯度)\s*[0-9]")
ADDRESS = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:com|cn|org|net)\b", re.I)


class Saying(NamedTuple):
    number: int
    text: str
    source: str


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def han(text: str) -> str:
    return "".join(HAN.findall(text))


def sayings() -> list[Saying]:
    found = SAYING.findall(read(CORPUS / "chuanshan-yulu" / "yulu.md"))
    return [Saying(int(number), text, source) for number, text, source in found]


def entries() -> list[tuple[str, str]]:
    """(heading, text) of each entry of the guide."""
    parts = re.split(r"^### (.+)\n", read(CORPUS / "red-hengyang" / "guide.md"), flags=re.M)[1:]
    return [
        (head, re.split(r"^## ", body, flags=re.M)[0].strip()) for head, body in zip(*[iter(parts)] * 2, strict=True)
    ]


# -- sayings -------------------------------------------------------------------------------------------------------


def test_the_sayings_are_many_numbered_without_a_gap_and_none_twice() -> None:
    found = sayings()
    assert len(found) >= 60
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert len({han(one.text) for one in found}) == len(found)


def test_every_numbered_paragraph_is_a_saying_with_its_source() -> None:
    numbered = re.findall(r"^(\d+)．", read(CORPUS / "chuanshan-yulu" / "yulu.md"), re.M)
    assert [int(number) for number in numbered] == [one.number for one in sayings()]


def test_every_saying_names_a_work_and_says_whether_it_was_checked() -> None:
    for one in sayings():
        assert re.match("《[^》]+》", one.source), one
        assert one.source.endswith(("，已核", "，未核")), one
        assert one.source.endswith("，未核") or CHECKED.search(one.source), one


def test_more_than_half_the_sayings_were_checked() -> None:
    found = sayings()
    checked = [one for one in found if CHECKED.search(one.source)]
    assert len(checked) >= 35 and len(checked) * 2 > len(found)


# -- sayings against the texts they are quoted from ----------------------------------------------------------------

_PIECE = re.compile(r"<pb:[^>]*?_(\d+-\d+[ab])>|<pb:[^>]*>|&[^;\s]+;|\[[^\]\n]*\]|.", re.S)


class Stream(NamedTuple):
    """Han characters run together over lines and leaves; what has no code point stands as `□`. One page a character."""

    text: str
    pages: list[str]


@cache
def streams(text_id: str) -> tuple[Stream, Stream]:
    """The main text of a mandoku text, and its double-line notes."""
    main: list[tuple[str, str]] = []
    notes: list[tuple[str, str]] = []
    for path in sorted((KANRIPO / text_id).glob(f"{text_id}_*.txt")):
        page, place = "", main
        body = "".join(line for line in read(path).splitlines(keepends=True) if not line.startswith("#"))
        for piece in _PIECE.finditer(body):
            sign = piece[0]
            if sign.startswith("<pb:"):
                page = piece[1] or page
            elif sign in "()":
                place = notes if sign == "(" else main
            elif len(sign) > 1:
                place.append(("□", page))
            elif HAN.match(sign):
                place.append((sign, page))
    return _stream(main), _stream(notes)


def _stream(pairs: list[tuple[str, str]]) -> Stream:
    return Stream("".join(sign for sign, _ in pairs), [page for _, page in pairs])


def places(text_id: str, words: str) -> Iterator[str]:
    """The page each occurrence begins on."""
    for stream in streams(text_id):
        at = stream.text.find(words)
        while at >= 0:
            yield stream.pages[at]
            at = stream.text.find(words, at + 1)


@pytest.mark.real
def test_every_checked_saying_stands_word_for_word_where_it_says() -> None:
    if not KANRIPO.is_dir():
        pytest.skip("the Kanripo texts are not beside this checkout (../shared/corpus/kanripo)")
    wrong = []
    for one in sayings():
        checked = CHECKED.search(one.source)
        if checked and checked[2] not in places(checked[1], han(one.text)):
            wrong.append(one)
    assert wrong == []


@pytest.mark.real
def test_every_poem_set_apart_stands_word_for_word_in_the_collected_verse() -> None:
    if not KANRIPO.is_dir():
        pytest.skip("the Kanripo texts are not beside this checkout (../shared/corpus/kanripo)")
    lines = [line for path in FILES if path.suffix == ".md" for line in re.findall(r"^> ([^—].+)$", read(path), re.M)]
    assert len(lines) >= 16
    assert [line for line in lines if not any(places("KR4f0009", han(line)))] == []


# -- guide ---------------------------------------------------------------------------------------------------------


def test_the_guide_has_its_entries_each_under_a_county_and_neither_a_stub_nor_an_essay() -> None:
    found = entries()
    assert len(found) >= 25
    assert len({head for head, _ in found}) == len(found)
    assert [(head, len(text)) for head, text in found if not 120 <= len(text) <= 350] == []


def test_every_entry_stands_under_a_county_or_district() -> None:
    counties = [line for line in read(CORPUS / "red-hengyang" / "guide.md").splitlines() if line.startswith("## ")]
    assert len(counties) >= 8
    first_county = read(CORPUS / "red-hengyang" / "guide.md").index("\n## 一、")
    assert "### " not in read(CORPUS / "red-hengyang" / "guide.md")[:first_county]


# -- journal -------------------------------------------------------------------------------------------------------


def test_the_issue_has_three_articles() -> None:
    assert len(ARTICLES) == 3


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.parent.name)
def test_an_article_has_abstract_keywords_and_footnotes_and_a_made_up_author_called_so(path: Path) -> None:
    text, work = read(path), yaml.safe_load(read(path.with_name("work.yaml")))
    assert "**摘要**" in text and "**关键词**" in text
    assert len(re.findall(r"^\[\^\d+\]:", text, re.M)) >= 4
    assert 1200 <= len(han(text.split("\n[^1]:")[0])) <= 2400
    assert work["author"].startswith("示例作者") and work["author"] in text
    assert work["citation"]["type"] == "article-journal" and work["citation"]["container-title"]


# -- all of it -----------------------------------------------------------------------------------------------------


def test_every_work_is_named_and_its_files_are_there() -> None:
    works = [(path, yaml.safe_load(read(path))) for path in WORKS]
    assert len(works) >= 7
    assert len({work["id"] for _, work in works}) == len(works)
    for path, work in works:
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", work["id"]) and work["title"] and work["abstract"]
        assert work["citation"]["publisher"] == "衡阳文库示例"
        scans = {one.name for one in path.parent.glob("*.pdf")}  # what they were made from is not brought in
        held = scans or {one.name for one in path.parent.iterdir() if one.suffix in (".md", ".txt")}
        assert set(work["files"]) == held


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".md"], ids=lambda path: str(path.name))
def test_every_footnote_is_called_once_and_answered_once(path: Path) -> None:
    text = read(path)
    answered = re.findall(r"^\[\^(\w+)\]:", text, re.M)
    called = re.findall(r"\[\^(\w+)\](?!:)", text)
    assert sorted(answered) == sorted(called)


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.suffix != ".pdf"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_nothing_gives_an_address_a_coordinate_or_a_rejected_claim(path: Path) -> None:
    text = read(path)
    assert ADDRESS.findall(text) == []
    assert COORDINATES.findall(text) == []
    assert [claim for claim in REJECTED if claim in text] == []


def test_the_reader_and_the_sayings_quote_from_the_same_places() -> None:
    reader = "".join(read(path) for path in sorted((CORPUS / "chuanshan-reader").glob("*.md")))
    quoted = {(found[1], found[2]) for one in sayings() if (found := CHECKED.search(one.source))}
    cited = set(re.findall(r"(KR\d[a-z]\d{4})，页(\d{3}-\d+[ab])", reader))
    assert len(quoted & cited) >= 10
