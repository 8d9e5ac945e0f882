"""A hit in its context, as much of it as the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archive.model import PUBLIC, Passage, Rights
from archive.rights import Segment, segments

HIDDEN = "〔…〕"
"""Stands where a note is that the reader may not see."""
OMITTED = "……"
"""Stands in a long match of an edition that is only to be found, where its middle is left out."""
SNIPPET = 12
"""Characters of context on either side where an edition is only to be found, not read."""
FEW = 2 * SNIPPET
"""Characters that are still a few words: of what is only to be found no more are shown, however long the match."""
_REACH = 20
"""How many times the width is looked through for characters that may be seen."""


class Context(NamedTuple):
    """The matched text and what stands before and after it in its passage."""

    left: str
    match: str
    right: str


def cut(passage: Passage, start: int, end: int, width: int, rights: Rights, *, staff: bool) -> Context:
    """The context of a hit.

    Args:
        passage: the passage as stored.
        start: 0-based offset of the first character of the hit.
        end: offset after its last character.
        width: characters shown on either side.
        rights: the edition's.
        staff: whether the reader belongs to the house and sees everything.
    """
    text = passage.text
    if staff or rights == PUBLIC:
        return Context(text[max(start - width, 0) : start], text[start:end], text[end : end + width])
    if rights.text == "snippet":
        width = min(width, SNIPPET)
    reach = _REACH * width

    def seen(low: int, high: int) -> list[Segment]:
        return segments(passage, rights, snippet=True, start=low, end=high)

    before = _shown(reversed(seen(max(start - reach, 0), start)), width, backwards=True)
    after = _shown(seen(end, min(end + reach, len(text))), width)
    return Context("".join(reversed(before)), _match(passage, start, end, rights), "".join(after))


def part(passage: Passage, start: int, end: int, rights: Rights, *, staff: bool, brief: bool) -> str:
    """A part of what matched; `brief`: all of that is a few words, so that what is only to be found may be shown."""
    if staff or rights == PUBLIC:
        return passage.text[start:end]
    return "".join(_shown(segments(passage, rights, snippet=brief, start=start, end=end), end - start))


def left_out(size: int, rights: Rights, *, staff: bool) -> tuple[int, int] | None:
    """Which of so many characters that matched are left out: all but both ends, where they are only to be found."""
    return None if staff or rights.text == "public" or size <= FEW else (SNIPPET, size - SNIPPET)


def middle(passage: Passage, start: int, end: int, rights: Rights, *, staff: bool) -> tuple[int, int] | None:
    """What is left out of what matched in a passage (`left_out`), by offsets in its text.

    What the reader may not see anyway, such as a long note that is withheld, makes no match long.
    """
    gap = left_out(end - start, rights, staff=staff)
    if gap is None or len(part(passage, start, end, rights, staff=False, brief=False)) <= FEW:
        return None
    return start + gap[0], start + gap[1]


def _match(passage: Passage, start: int, end: int, rights: Rights) -> str:
    """What matched: where it is long, its notes and punctuation must be public, and so must the text itself."""
    gap = middle(passage, start, end, rights, staff=False)
    if gap is None:
        return part(passage, start, end, rights, staff=False, brief=end - start <= FEW)
    ends = ((start, gap[0]), (gap[1], end))
    return OMITTED.join(part(passage, *one, rights, staff=False, brief=True) for one in ends)


def _shown(parts: Iterable[Segment], width: int, *, backwards: bool = False) -> list[str]:
    """What may be seen, nearest first, up to `width` characters; a hidden note is one mark."""
    found: list[str] = []
    for part in parts:
        if width <= 0:
            break
        if part.kind == "withheld-note":
            found.append(HIDDEN)
        text = part.text[-width:] if backwards else part.text[:width]
        found.append(text)
        width -= len(text)
    return found
