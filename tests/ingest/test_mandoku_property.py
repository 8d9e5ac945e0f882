"""No character of a mandoku text is lost, doubled or moved on its way into passages, whatever its layout."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.gaiji import GaijiTable
from ingest.readers import mandoku
from ingest.segmentation import STYLES, segment
from ingest.stream import Draft


class Piece(NamedTuple):
    """Part of a line as it is written, the text it stands for, and what of that text is note."""

    written: str
    text: str
    note: str = ""


# Characters of several blocks, one of them beyond the basic plane, and words the tables of headings know.
HAN = st.text(st.sampled_from("衡山石鼓蒸湘水書院卷一二三上序志府縣皇聖按也之𩔖〇□，。：《》"), min_size=1, max_size=9)
GAP = st.sampled_from(["　", "　　　"])
PIECE = st.one_of(
    HAN.map(lambda text: Piece(text, text)),
    HAN.map(lambda text: Piece(text, text)),
    st.builds(lambda one, gap, two: Piece(one + gap + two, one + two), HAN, GAP, HAN),
    st.builds(lambda right, left: Piece(f"({right}/{left})", right + left, right + left), HAN, HAN),
    HAN.map(lambda text: Piece(f"({text})", text, text)),
    st.builds(lambda one, two: Piece(f"({one}¶\n　{two})", one + two, one + two), HAN, HAN),
    HAN.map(lambda text: Piece(f"(¶\n{text})", text, text)),
    HAN.map(lambda text: Piece(f"[{text}]", text)),
    st.sampled_from(["&KR0001;", "[門@龠]", "[:#AS-1:⿺克寸]"]).map(lambda written: Piece(written, "〓")),
    st.sampled_from(["<md:X_Y_001-1a>", "¶"]).map(lambda written: Piece(written, "")),
)
LINE = st.tuples(
    st.sampled_from(["", "", "", "　", "　　", "　　　　　　　　"]), st.lists(PIECE, min_size=1, max_size=4)
)
BETWEEN = st.sampled_from(["", "", "", "¶\n", "\n", "# 註記\n", "#+PROPERTY: JUAN 二\n", "<pb:KR9x0001_X_{}>¶\n"])
TEXT = st.lists(st.tuples(BETWEEN, LINE, st.booleans()), min_size=1, max_size=24)

MARKUP = re.compile(r"(?m)^#(?:[+ ]|-\*-).*$|^:[^\n:]*:.*$|\[[^\[\]¶<>&]*\]|<[A-Za-z]+:[^<>]*>")


def characters(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.sampled_from(STYLES))
def test_every_character_of_the_text_is_in_a_passage(
    parts: list[tuple[str, tuple[str, list[Piece]], bool]], style: str
) -> None:
    source, text, notes, labels = ["#+PROPERTY: ID KR9x0001\n"], "", "", []
    for number, (between, (indent, pieces), marked) in enumerate(parts):
        source.append(between.format(number))
        labels += [str(number)] if "<pb" in between else []
        source += [indent, *(piece.written for piece in pieces), "¶\n" if marked else "\n"]
        text += "".join(piece.text for piece in pieces)
        notes += "".join(piece.note for piece in pieces)
    assume(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "KR9x0001_001.txt"
        path.write_text("".join(source), encoding="utf-8")
        made = segment(mandoku.read(path, gaiji=GaijiTable()), style=style)
    drafts = [item for item in made.items if isinstance(item, Draft)]
    assert characters("".join(draft.text for draft in drafts)) == text
    assert characters("".join(draft.text[start:end] for draft in drafts for start, end in draft.notes)) == notes
    assert [page.label for page in made.pages] == labels
    assert not made.warnings
    for draft in drafts:
        assert draft.text.strip() == draft.text != ""
        assert list(draft.lines) == sorted({offset for offset in draft.lines if 0 < offset < len(draft.text)})
        assert all(0 <= mark.start < mark.end <= len(draft.text) for mark in draft.marks)
        assert list(draft.pages) == sorted(draft.pages)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("文字　()/[]&;<>:¶*#+-pbKR0\n\r\t"), min_size=1, max_size=80))
def test_stray_markup_never_stops_the_reader_nor_costs_a_word(source: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "KR9x0001_001.txt"
        path.write_text("正文¶\n" + source, encoding="utf-8", newline="")
        made = segment(mandoku.read(path, gaiji=GaijiTable()))
    text = "".join(item.text for item in made.items if isinstance(item, Draft))
    written = "正文\n" + source.replace("\r", "\n")
    # A stray parenthesis is dropped, and what is left around it may be markup.
    kept = min(MARKUP.sub("", one).count("文") for one in (written, re.sub("[()]", "", written)))
    assert text.count("文") >= kept
