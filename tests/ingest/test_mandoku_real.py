"""The thirteen real texts and their witnesses: every character, note and page in its place, and trees that make sense.

The oracle takes the markup off by itself, with none of the reader's code.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.gaiji import GaijiTable
from ingest.readers import mandoku
from ingest.segmentation import segment
from ingest.stream import Draft, SectionDraft, Segmented

pytestmark = pytest.mark.real

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
TEXTS = sorted(CORPUS.glob("kanripo/*/*.txt")) + sorted(CORPUS.glob("witnesses/*/*/*.txt"))


@cache
def characters() -> dict[str, str]:
    """Entities that have a code point of their own."""
    table = {}
    for line in (CORPUS / "kanripo/gaiji.tsv").read_text(encoding="utf-8").split("\n")[1:]:
        name, _, char, *_ = [*line.split("\t"), "", "", ""]
        if len(char.strip()) == 1 and unicodedata.category(char.strip()) != "Co":
            table[name] = char.strip()
    return table


def stripped(source: str) -> str:
    """The text of a mandoku file: settings, page marks, layout and brackets taken off."""
    text = "".join(re.sub("<[^>]*>", "", line) for line in source.split("\n") if line.lstrip("\ufeff")[:1] != "#")
    text = re.sub(r"\[[^\[\]]{1,9}[*@+/-][^\[\]]*\]", "〓", text)
    text = re.sub("&([^;]+);", lambda entity: characters().get(entity[1], "〓"), text)
    return re.sub(r"[¶()/\s]", "", text)


def made_of(path: Path) -> Segmented:
    return segment(mandoku.read(path, gaiji=GaijiTable.load(CORPUS / "kanripo" / "gaiji.tsv")))


def drafts(made: Segmented) -> list[Draft]:
    return [item for item in made.items if isinstance(item, Draft)]


def tree(made: Segmented) -> list[tuple[int, str]]:
    return [(item.level, item.title) for item in made.items if isinstance(item, SectionDraft)]


def test_the_real_texts_are_there(kanripo: Path) -> None:
    assert len({path.parent for path in TEXTS if kanripo in path.parents}) == 13


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_character_note_and_page_is_in_its_place(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    made = made_of(path)
    assert re.sub(r"\s", "", "".join(draft.text for draft in drafts(made))) == stripped(source)
    assert [page.label for page in made.pages] == re.findall("<pb:(?:[^>]*_)?([^_>]*)>", source)
    assert not made.warnings
    page = -1
    for draft in drafts(made):
        offset = 0
        for start, end in draft.notes:
            assert offset <= start < end <= len(draft.text)
            offset = end
        assert all(0 < line < len(draft.text) for line in draft.lines)
        assert list(draft.lines) == sorted(set(draft.lines))
        assert all(0 <= mark.start < mark.end <= len(draft.text) for mark in draft.marks)
        offsets = [offset for offset, _ in draft.pages]
        assert offsets == sorted(set(offsets))
        assert all(offset < len(draft.text) for offset in offsets)
        numbers = [number for _, number in draft.pages]
        assert numbers == sorted(numbers)
        assert not numbers or numbers[0] >= page
        page = numbers[-1] if numbers else page


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_trees_are_of_a_size_a_reader_can_use(path: Path) -> None:
    made = made_of(path)
    levels = [level for level, _ in tree(made)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert max(levels) <= 6
    assert all(0 < len(title) <= 120 for _, title in tree(made))
    assert all(len(draft.text) < 5000 for draft in drafts(made))


def opened(name: str) -> Segmented:
    path = CORPUS / "kanripo" / name[:8] / f"{name}.txt"
    if not path.is_file():
        pytest.skip("没有 ../shared/corpus，跳过用真实文本的测试")
    return made_of(path)


def test_entries_of_a_commentary_stand_under_their_half_of_the_classic() -> None:
    made = opened("KR1a0120_001")
    assert tree(made)[:2] == [(1, "卷一"), (2, "上經")]
    entries = [draft for draft in drafts(made) if draft.kind == "entry"]
    heads = [draft.text[mark.start : mark.end] for draft in entries for mark in draft.marks if mark.kind == "headword"]
    assert heads[:4] == ["括囊", "黄裳", "磐桓", "乗馬班如"]
    assert [draft.kind for draft in drafts(made)[:3]] == ["title", "title", "byline"]


def test_gazetteer_places_nest_and_hold_entries() -> None:
    made = opened("KR2k0046_012")
    assert tree(made)[:5] == [(1, "卷十二"), (2, "山川志"), (3, "寶慶府"), (4, "邵陽縣"), (4, "新化縣")]
    kinds = [draft.kind for draft in drafts(made)]
    assert kinds.count("entry") > 0.8 * len(kinds) - len(tree(made))


def test_one_file_of_many_parts_opens_a_section_for_each() -> None:
    parts = [title for level, title in tree(opened("KR4f0009_000")) if level == 1]
    assert len(parts) == 11


def test_poems_stand_under_their_titles() -> None:
    path = sorted((CORPUS / "kanripo" / "KR4h0037").glob("*_00[1-9].txt"))
    if not path:
        pytest.skip("没有 ../shared/corpus，跳过用真实文本的测试")
    made = made_of(path[0])
    assert sum(1 for item in drafts(made) if item.kind == "heading") > 10
