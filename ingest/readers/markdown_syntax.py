"""The Markdown grammar our texts are read with: CommonMark, tables, footnotes, and nothing that swallows text.

CommonMark drops two things silently that Chinese texts really contain: a line `[注]：…` with a half-width colon (a link
definition) and everything on the lines of an HTML block. Both rules are off; comments have a rule of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MAX_NESTING = 60
"""Lists and quotes nested deeper than this are refused by the reader: markdown-it would drop their text."""

_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*(.*)")
_CALL = re.compile(r"\[\^([^\]\s]+)\]")


def tokens(text: str) -> Sequence[Token]:
    """Parse `text` (without front matter) into markdown-it's flat list of block tokens.

    Beyond the usual types: `footnote_open` … `footnote_close` around `inline` tokens, one a paragraph, and inside
    `inline` tokens `footnote_ref`, both with `meta["label"]`; `comment` for an HTML comment between blocks.
    """
    return _parser().parse(text, {"footnotes": set()})


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"typographer": False, "maxNesting": MAX_NESTING}).enable("table")
    md.disable(["html_block", "reference"])
    md.block.ruler.before("paragraph", "comment", _comment, {"alt": ["paragraph", "blockquote", "list"]})
    md.block.ruler.before("paragraph", "footnote", _definition, {"alt": ["paragraph", "blockquote", "list"]})
    md.inline.ruler.before("link", "footnote_ref", _call)
    return md


def _comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An HTML comment that begins a line and whose end ends one; any other is left to the inline rule."""
    if not _line(state, start).startswith("<!--"):
        return False
    for last in range(start, end):
        _, closed, after = _line(state, last).partition("-->")
        if closed:
            if after.strip():
                return False
            if not silent:
                state.push("comment", "", 0).content = state.getLines(start, last + 1, 0, False)
                state.line = last + 1
            return True
    return False


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[^1]: …`, going on over the lines of its paragraph and over indented paragraphs after it."""
    found = _DEFINITION.fullmatch(_line(state, start))
    if found is None or state.is_code_block(start):
        return False
    if silent:
        return True
    label, paragraphs, line = found[1], [[found[2]]], start + 1
    interrupts = state.md.block.ruler.getRules("paragraph")
    while line < end:
        if state.isEmpty(line):
            line += 1
            if line < end and not state.isEmpty(line):
                if state.sCount[line] - state.blkIndent < 2:
                    break
                paragraphs.append([])
            continue
        if state.sCount[line] < state.blkIndent or any(rule(state, line, end, True) for rule in interrupts):
            break
        paragraphs[-1].append(_line(state, line))
        line += 1
    state.env["footnotes"].add(label)
    state.push("footnote_open", "", 1).meta = {"label": label}
    for paragraph in paragraphs:
        token = state.push("inline", "", 0)
        token.content, token.children, token.map = "\n".join(paragraph), [], [start, line]
    state.push("footnote_close", "", -1)
    state.line = line
    return True


def _call(state: StateInline, silent: bool) -> bool:
    found = _CALL.match(state.src, state.pos)
    if found is None or found[1] not in state.env["footnotes"]:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
