"""Two people's changes to one page, put together: what only one of them changed is taken, what both changed is told.

Three-way merging as diff3 does it (Khanna, Kunal and Pierce 2007): first line by line, then, within a line that both
changed, character by character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeVar

from archive.transcription.model import Line, Role

Item = TypeVar("Item")
Fate = Literal["mine", "theirs", "together", "both"]
"""What became of a change: only mine or only theirs, both put together, or both changed and mine was kept."""


class Chunk(NamedTuple):
    """Stretches of the three sides that correspond; half-open ranges."""

    base: range
    mine: range
    theirs: range


class Put(NamedTuple):
    """A line of the merged page: line `at` of mine or of theirs, with the text it gets."""

    line: Line
    text: str
    mine: bool
    at: int


@dataclass(frozen=True, slots=True)
class Met:
    """Lines of which at least one side changed something. `at`: the first of them in the merged page."""

    before: tuple[Line, ...]
    mine: tuple[Line, ...]
    theirs: tuple[Line, ...]
    fate: Fate
    at: int


def chunks(base: Sequence[Item], mine: Sequence[Item], theirs: Sequence[Item]) -> Iterator[Chunk]:
    """Cut three sequences where all three agree; every second chunk, at most, is one of agreement."""
    ours, others = _kept(base, mine), _kept(base, theirs)
    b = m = t = 0
    at = 0
    while at < len(base):
        if at not in ours or at not in others:
            at += 1
            continue
        end = at
        while end in ours and end in others and ours[end] - ours[at] == others[end] - others[at] == end - at:
            end += 1
        if (b, m, t) != (at, ours[at], others[at]):
            yield Chunk(range(b, at), range(m, ours[at]), range(t, others[at]))
        yield Chunk(range(at, end), range(ours[at], ours[at] + end - at), range(others[at], others[at] + end - at))
        b, m, t = end, ours[at] + end - at, others[at] + end - at
        at = end
    if b < len(base) or m < len(mine) or t < len(theirs):
        yield Chunk(range(b, len(base)), range(m, len(mine)), range(t, len(theirs)))


def merged(base: Sequence[Line], mine: Sequence[Line], theirs: Sequence[Line]) -> tuple[list[Put], list[Met]]:
    """Both sides' lines as one page, and what there was to decide."""
    lines: list[Put] = []
    told: list[Met] = []
    for chunk in chunks(*([_key(line) for line in side] for side in (base, mine, theirs))):
        before, ours, others = (
            tuple(side[at] for at in where) for side, where in zip((base, mine, theirs), chunk, strict=True)
        )
        keys = [[_key(line) for line in side] for side in (before, ours, others)]
        if keys[1] != keys[2] and len(before) == len(ours) == len(others):
            for by, one in enumerate(zip(before, ours, others, strict=True)):
                _line(*one, chunk.mine.start + by, chunk.theirs.start + by, lines, told)
            continue
        fate: Fate = "mine" if keys[0] == keys[2] else "theirs" if keys[0] == keys[1] else "both"
        if keys[1] != keys[2]:
            told.append(Met(before, ours, others, fate, len(lines)))
        if fate == "theirs":
            lines += [Put(theirs[at], theirs[at].text, False, at) for at in chunk.theirs]
        else:
            lines += [Put(mine[at], mine[at].text, True, at) for at in chunk.mine]
    return lines, told


def text_of(base: str, mine: str, theirs: str) -> str | None:
    """Both sides' changes to one string, or None where they meet."""
    parts: list[str] = []
    for chunk in chunks(base, mine, theirs):
        before, ours, others = (
            side[where.start : where.stop] for side, where in zip((base, mine, theirs), chunk, strict=True)
        )
        if ours != others and before not in (ours, others):
            return None
        parts.append(others if ours == before else ours)
    return "".join(parts)


def _line(
    before: Line, ours: Line, others: Line, mine_at: int, theirs_at: int, lines: list[Put], told: list[Met]
) -> None:
    """Merge one line that stands on all three sides."""
    keys = _key(before), _key(ours), _key(others)
    if keys[1] == keys[2]:
        lines.append(Put(ours, ours.text, True, mine_at))
        return
    fate: Fate = "mine" if keys[0] == keys[2] else "theirs" if keys[0] == keys[1] else "both"
    put = Put(others, others.text, False, theirs_at) if fate == "theirs" else Put(ours, ours.text, True, mine_at)
    told_both = text_of(before.text, ours.text, others.text)
    if (
        fate == "both"
        and told_both is not None
        and (ours.role == others.role or before.role in (ours.role, others.role))
    ):
        fate, theirs_set = "together", ours.role == before.role != others.role
        put = Put(others, told_both, False, theirs_at) if theirs_set else put._replace(text=told_both)
    told.append(Met((before,), (ours,), (others,), fate, len(lines)))
    lines.append(put)


def _key(line: Line) -> tuple[str, Role, bool, int]:
    return line.text, line.role, line.paragraph, line.indent


def _kept(base: Sequence[Item], other: Sequence[Item]) -> dict[int, int]:
    """Where items of the base stand in the other sequence."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {a + by: b + by for a, b, size in blocks for by in range(size)}
