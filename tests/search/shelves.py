"""Libraries for the search tests: small ones written here, and the real texts cut by an independent rough reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from archive import intake
from archive.intake import Draft, FileContent, Page, Run, SectionDraft, Span, pack
from archive.library import Library
from archive.model import Edition, Rights, Work
from archive.writer import store_edition
from search.text.bank import Bank

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
RUN = Run("测试", "测试", "test", "test", "0")


class Block(NamedTuple):
    """A passage to store; `heading` opens a section of level 1."""

    text: str
    notes: Sequence[tuple[int, int]] = ()
    gaiji: Sequence[tuple[int, dict[str, str]]] = ()
    kind: str = "paragraph"
    heading: bool = False


def shelve(
    library: Library,
    slug: str,
    blocks: Iterable[Block | str],
    *,
    title: str = "",
    author: str = "王夫之",
    rights: Rights | None = None,
    **work: str,
) -> int:
    """Store an edition `hengyang.SLUG.test`; a string is a paragraph, `# …` a heading."""
    items: list[SectionDraft | intake.PackedPassage] = []
    for block in blocks:
        if isinstance(block, str):
            block = Block(block.removeprefix("# "), heading=block.startswith("# "))
        if block.heading:
            items.append(SectionDraft(1, block.text))
        marks = tuple(Span("gaiji", at, at + 1, value) for at, value in block.gaiji)
        kind = "heading" if block.heading else block.kind
        items.append(pack(Draft(kind, block.text, tuple(block.notes), marks, (), ((0, 0),))))
    stored = store_edition(
        library,
        Work(f"hengyang.{slug}", title or slug, author, **work),
        Edition(0, f"urn:cts:hengyang:hengyang.{slug}.test", f"hengyang.{slug}", "测试本", rights=rights or Rights()),
        [FileContent((Page("001-1a"),), tuple(items))],
        fingerprint=str(hash(tuple(items))),
        originals=[],
        run=RUN,
    )
    return stored.edition_id


def kanripo(name: str) -> Iterator[Block]:
    """A real text, cut at indented lines: brackets become notes, entities and bracketed parts become gaiji."""
    if not CORPUS.is_dir():
        pytest.skip("没有 ../shared/corpus，跳过用真实文本的测试")
    for path in sorted((CORPUS / "kanripo" / name).glob(f"{name}_*.txt")):
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line[:1] not in ("#", "*", ":")]
        source = re.sub(r"<pb:[^>]*>", "", "\n".join(lines)).replace("¶", "")
        for paragraph in re.split(r"\n(?=\u3000)", source):
            if paragraph.strip():
                yield _block(paragraph.replace("\n", ""))


_SIGN = re.compile(r"(\()|(\))|&(\w+);|\[([^\]\s]*)\]|(/)|(.)", re.DOTALL)


def _block(source: str) -> Block:
    text: list[str] = []
    notes, gaiji, note_start = [], [], None
    for opens, closes, entity, parts, slash, char in _SIGN.findall(source):
        if opens:
            note_start = len(text) if note_start is None else note_start
        elif closes:
            if note_start is not None and note_start < len(text):
                notes.append((note_start, len(text)))
            note_start = None
        elif entity or parts:
            gaiji.append((len(text), {"id": entity, "ids": parts, "normalised": ""}))
            text.append("〓")
        elif not slash:
            text.append(char)
    if note_start is not None and note_start < len(text):
        notes.append((note_start, len(text)))
    return Block("".join(text), notes, gaiji)


def whole(bank: Bank) -> list[object]:
    """All that a bank holds, glyphs and letters spelt."""
    alphabet = bank.alphabet
    return [
        *(array.tolist() for array in (bank.ids, bank.section, bank.starts, bank.noted, bank.main)),
        [alphabet.spelt(glyph) for glyph in bank.glyphs.tolist()],
        [alphabet.token(letter) for letter in bank.letters.tolist()],
        [(shelf.titles, shelf.stream.sections, shelf.stream.starts.tolist()) for shelf in bank.shelves],
    ]
