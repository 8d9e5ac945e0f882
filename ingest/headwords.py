"""Headwords of entries, `括囊　有底曰囊`: a few characters at a line's beginning, a space, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.blocks import Block, row_of
from ingest.setting import Rows, Setting
from ingest.stream import Line

_LONGEST = 12  # characters
_LONGEST_WITHIN = 8  # longer ones are not looked for in the middle of text


def headword(row: Line) -> int:
    """Length of the headword a line opens with, `括囊　有底曰囊`; 0 if it has none."""
    end = row.text.find("\u3000", 0, _LONGEST + 1)
    if end < 1 or not row.text[end:].strip("\u3000"):
        return 0
    return 0 if any(start < end for start, _ in row.notes) else end


def has_entries(rows: Rows, blocks: Sequence[Block], setting: Setting) -> bool:
    """Whether the paragraphs of the part open with a headword."""
    opening = [row_of(rows, block) for block in blocks if block.indent == setting.body]
    worded = sum(1 for row in opening if headword(row))
    return worded > 2 and worded * 5 > len(opening) * 2


def apart(rows: Rows, blocks: Sequence[Block], setting: Setting) -> list[Block]:
    """The blocks, cut also before a headword that follows a full line.

    Only where spaces within the text mean nothing else: none stands further than a headword from its line's beginning.
    """
    if not has_entries(rows, blocks, setting) or setting.top >= 0:
        return list(blocks)
    cuts: dict[int, list[int]] = {}
    for number, block in enumerate(blocks):
        if block.indent != setting.body:
            continue
        for index in range(block.start + 1, block.stop):
            row = rows[index]
            if row is not None and "\u3000" in row.text:
                if row.text.rindex("\u3000") > _LONGEST_WITHIN:
                    return list(blocks)
                cuts.setdefault(number, []).append(index)
    made: list[Block] = []
    for number, block in enumerate(blocks):
        begins = [block.start, *cuts.get(number, ())]
        for begin, end in zip(begins, [*begins[1:], block.stop], strict=True):
            made.append(block if begin == block.start and end == block.stop else block._replace(start=begin, stop=end))
    return made
