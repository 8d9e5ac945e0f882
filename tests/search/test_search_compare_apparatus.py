"""All witnesses in one apparatus, the files made of it, the command, and the real witnesses."""

from __future__ import annotations

import csv
import io
import json
from functools import partial

import pytest
from editions import POEMS, gaiji, issue, noted
from lxml import etree
from openpyxl import load_workbook

from archive.library import Library
from archive.model import Rights
from archive.urn import parse
from ingest.pipeline import add
from ingest.sources import discover
from search.compare.apparatus import entries, sentence
from search.compare.collate import collate
from search.compare.export import FORMATS, HEADINGS
from search.compare.model import DEFAULT_KINDS, KINDS

TEI = {"t": "http://www.tei-c.org/ns/1.0"}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.create(tmp_path_factory.mktemp("apparatus") / "library") as library:
        yield library


@pytest.fixture
def collated(library):
    """Texts compared: the first is the base; witnesses are called A, B, C."""

    def make(base, *witnesses, **how):
        names = [partial(issue, library)(*([one] if isinstance(one, str) else one)) for one in (base, *witnesses)]
        return collate(library, names[0], names[1:], **how)

    return make


def told(collation, kinds=DEFAULT_KINDS):
    """Entries with witnesses called A, B, C."""
    letter = {pair.siglum: name for pair, name in zip(collation.pairs, "ABC", strict=False)}
    return [
        (entry.lemma, [(reading.text, "".join(letter[one] for one in reading.sigla)) for reading in entry.readings])
        for entry in entries(collation, kinds)
    ]


def sentences(collation):
    letter = {pair.siglum: f"{name}本" for pair, name in zip(collation.pairs, "甲乙丙", strict=False)}
    return [sentence(entry, reading, letter) for entry in entries(collation) for reading in entry.readings]


def test_witnesses_that_read_alike_are_told_together(collated):
    assert told(collated("天下惟器而已矣", "天下在器而已矣", "天下在器而已", "天下惟器而止矣")) == [
        ("惟", [("在", "AB")]),
        ("已", [("止", "C")]),
        ("矣", [("", "B")]),
    ]


def test_readings_that_overlap_are_one_entry_with_each_reading_whole(collated):
    found = told(collated("其於文也何如哉", "其以辭章也何如哉", "其於詩也何如哉"))
    assert found == [("於文", [("以辭章", "A"), ("於詩", "B")])]


def test_a_long_omission_does_not_swallow_small_differences(collated):
    found = told(collated([POEMS[0], POEMS[1] * 2], [POEMS[0]], [POEMS[0], (POEMS[1] * 2).replace("蘭", "闌", 1)]))
    assert found == [(POEMS[1] * 2, [("", "A")]), ("蘭", [("闌", "B")])]


def test_kinds_may_be_chosen(collated):
    found = collated("其説，國也", "其說国乎")
    assert told(found, ("wording",)) == [("也", [("乎", "A")])]
    assert told(found, ("variant",)) == [("説", [("說", "A")]), ("國", [("国", "A")])]
    assert told(found, ("omission",)) == []


def test_an_editor_could_have_written_the_sentences(collated):
    base = ["天下惟器而已矣", "羽毛齒革", noted("其說何也君子曰", 2, 4), gaiji("渡〓水", 1, id="KR1"), "終"]
    witness = ["天下在器而已", "毛羽齒革", "其說何也君子又曰", "渡湘水", "終", POEMS[0]]
    assert sentences(collated(base, witness)) == [
        "“惟”，甲本作“在”。",
        "“矣”，甲本无。",
        "“羽毛”，甲本乙作“毛羽”。",
        "“何也”，甲本作正文。",
        "“何也君子”下，甲本有“又”。",
        "“〓”，甲本作“湘”。",
        f"“終”下，甲本有“{POEMS[0]}”。",
    ]
    assert sentences(collated([POEMS[0]], ["新刊", POEMS[0]])) == ["段首，甲本有“新刊”。"]
    moved = sentences(collated([POEMS[0], POEMS[1], POEMS[2] + POEMS[3]], [POEMS[0], POEMS[2] + POEMS[3], POEMS[1]]))
    assert moved == [f"“{POEMS[1]}”一段，甲本在 3@0-{len(POEMS[1])}。"]
    long = ["".join(chr(0x5000 + at + n) for n in range(40)) for at in (0, 100)]
    together = sentences(collated([*POEMS[:2], *long], [*long, *POEMS[:2]]))
    assert together == [f"“{POEMS[0]}”等 2 段，甲本在 3@0-{len(POEMS[0])} 起。"]


# Files.


def made(collation, ending):
    return b"".join(FORMATS[ending].chunks(collation, DEFAULT_KINDS))


def test_the_table_has_a_line_a_reading_and_runs_no_formula(collated):
    found = collated(["天下=1+1器", POEMS[0]], ["天下", POEMS[0].replace("丹", "朱")])
    for rows in (
        list(csv.reader(io.StringIO(made(found, "csv").decode("utf-8-sig")))),
        [[str(cell or "") for cell in row] for row in load_workbook(io.BytesIO(made(found, "xlsx"))).active.values],
    ):
        assert rows[0] == list(HEADINGS)
        assert len(rows) == 3
        assert rows[1][4].lstrip("'") == "=1+1器"
        assert rows[2][2:3] == ["异文"] and rows[2][4] == "丹" and rows[2][6] == "朱"
        assert rows[2][3].endswith(":2@3-4") and rows[2][7].endswith(":2@3-4")
    assert list(csv.reader(io.StringIO(made(found, "csv").decode("utf-8-sig"))))[1][4] == "'=1+1器"
    sheet = load_workbook(io.BytesIO(made(found, "xlsx"))).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def read_witness(document, siglum):
    """A witness's text by base passage, out of TEI: lemma where it is named, else its reading, else nothing."""
    found = {}
    for block in document.iterfind(".//t:ab", TEI):
        found[block.get("n")] = "".join(_words(block, siglum))
    return found


def _words(element, siglum):
    yield element.text or ""
    for child in element:
        name = etree.QName(child).localname
        if name == "app":
            for reading in child:
                if f"#{siglum}" in reading.get("wit").split():
                    yield from _words(reading, siglum)
        elif name == "lb":
            yield "\n"
        else:
            yield from _words(child, siglum)
        yield child.tail or ""


def test_every_witness_can_be_read_out_of_the_tei(collated, library):
    base = ["一水東來，\n孤亭為客。", noted("天下惟器者也", 2, 4), POEMS[0]]
    witnesses = [
        ["一水東去，\n孤亭為客。", "天下惟器也", POEMS[0][:10], POEMS[0][10:]],
        ["一水東來孤亭客", noted("天下唯道者也", 2, 4), POEMS[1], POEMS[0]],
    ]
    found = collated(base, *witnesses)
    document = etree.fromstring(made(found, "xml"))
    for edition, name in [(found.base, "base"), *((pair.witness, f"w-{pair.siglum}") for pair in found.pairs)]:
        stored = "".join(passage.text for passage in library.passages(edition.id))
        assert "".join(read_witness(document, name).values()) == stored
        assert document.xpath(f"//t:witness[@xml:id='{name}']/t:idno/text()", namespaces=TEI) == [edition.urn]
    assert document.find(".//t:variantEncoding", TEI).get("method") == "parallel-segmentation"
    assert {kind for one in document.iterfind(".//t:rdg", TEI) for kind in one.get("type").split()} <= set(KINDS)


def test_no_file_holds_what_is_withheld(library):
    base = issue(library, "天下惟器而已矣")
    hidden = issue(library, noted("天下！惟器密語而已矣？", 5, 7), rights=Rights(punctuation="staff", notes="staff"))
    found = collate(library, base, [hidden])
    for ending in FORMATS:
        text = made(found, ending).decode("utf-8", "ignore") if ending != "xlsx" else ""
        assert not set("！？密語") & set(text.replace("？xml", ""))
    sheet = load_workbook(io.BytesIO(made(found, "xlsx"))).active
    assert not set("！？密語") & set("".join(str(cell) for row in sheet.values for cell in row))


# The command.


def test_the_command_tells_saves_and_explains(run, tmp_path):
    with Library.create(tmp_path / "library") as library:
        base, witness = issue(library, "天下惟器而已矣", slug="di"), issue(library, "天下在器而已矣", slug="jiao")
    told = run("compare", base, witness)
    assert (told.code, "1@2-3　惟 ] 在 jiao〔异文〕" in told.out) == (0, True)
    document = json.loads(run("compare", base, witness, "--json").out)
    assert document["witnesses"][0]["counts"] == {"wording": 1}
    for ending in FORMATS:
        file = tmp_path / f"校记.{ending}"
        assert run("compare", base, witness, "--to", file).code == 0 and file.stat().st_size > 50
    for wrong in (["--to", "a.doc"], ["--section", "9"], []):
        failed = run("compare", base, *([witness] if wrong else [base]), *wrong)
        assert failed.code in (1, 2) and failed.err.startswith("错误：") and "Traceback" not in failed.err


# The real witnesses.


@pytest.fixture(scope="module")
def real(kanripo, tmp_path_factory):
    """The library of the real witnesses."""
    folder = tmp_path_factory.mktemp("real") / "library"
    Library.create(folder).close()
    sources = sorted(str(path) for path in (kanripo.parent / "witnesses").glob("*/*"))
    add(folder, discover(sources, folder, ""), who="测试", step=lambda item: None)
    with Library.open(folder) as library:
        yield library


# 繇鹿賦 in 四部叢刊 beside 四庫全書, every difference checked by eye against the two source files; variants left out.
DEER = (
    *("繇由", "巳丁", "穰襄", "一作詰-", "𦤺致", "𦤺致", "也-", "一作從古-", "一作有-", "馨聲", "繇由", "〓呦", "〓呦"),
    *("卒猝", "〓胷", "一作風-", "〓觀", "割剖", "鳴嗚", "鳥烏", "舎含", "撫摭", "構搆", "狶豨", "巳已"),
    *("寕胡胡寧", "巳已"),
)


@pytest.mark.real
def test_the_real_witnesses_of_a_poet(real):
    base, witness = parse("kanripo.kr4c0052.sbck-branch"), parse("kanripo.kr4c0052.wyg")
    kinds = [kind for kind in KINDS if kind != "variant"]
    deer = told(collate(real, base, [witness], "3.2.1"), kinds)
    assert [f"{lemma}{readings[0][0] or '-'}" for lemma, readings in deer] == list(DEER)
    (pair,) = collate(real, base, [witness]).pairs
    # The preface and the table of contents of one, which the other lacks.
    lacking = [unit for unit in pair.units if unit.section in ("1", "2") and unit.base and not unit.witness]
    assert len(lacking) == 15
    # A lost leaf: what is left of a poem, then six passages that only 四庫全書 has, one after the other.
    extra = [unit.segments[0].witness_text for unit in pair.units if unit.after == "4.1.37.1"]
    assert len(extra) == 6 and extra[2] == "詠蜀客石琴枕"
    # Half-columns of a note in the other order.
    swapped = [s for u in pair.units for s in u.segments if s.kind == "transposition" and len(s.base_text) > 7]
    assert ("建議非之時唐休璟", "時唐休璟建議非之") in [(s.base_text, s.witness_text) for s in swapped]


@pytest.mark.real
def test_the_real_witnesses_of_one_text_with_and_without_punctuation(real):
    base = parse("kanripo.kr5i0080.ck-kz-branch")
    plain, pointed = (parse(f"kanripo.kr5i0080.{slug}") for slug in ("yp-c", "ck-kz-jye"))
    one, other = collate(real, base, [plain, pointed]).pairs
    differing = [(s.kind, s.base_text, s.witness_text) for u in one.units for s in u.segments if s.kind != "same"]
    assert differing == [("variant", "淸", "清")] * 3
    assert set(other.counts) == {"punctuation"} and other.counts["punctuation"] > 1900
    first = other.units[1]
    assert first.segments[1].witness_text == "，" and str(first.witness[0]) == "1.1.1@0-8"
