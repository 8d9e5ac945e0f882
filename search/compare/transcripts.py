"""Two transcriptions of one page set side by side and made one: typed twice, or read and known from a book.

Compared are the words, in reading order and without white space; how they fall into lines is the first one's affair.
What is taken over from the second stands where the first has what it replaces, so that boxes stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from archive.transcription.editing import retyped
from archive.transcription.model import READ, Line, Transcript
from search.compare.edits import Op, diff

Kind = Literal["replaced", "omitted", "added"]
KINDS: dict[Kind, str] = {"replaced": "异文", "omitted": "乙本无", "added": "乙本多"}
"""What the second has where the two differ: other words, none, words of its own."""

_NOTE = re.compile(r"\(([^()/]*)(?:/([^()]*))?\)")
"""A note in the text of a page, `(right/left)`, as `Transcript.text` writes it."""


class Place(NamedTuple):
    """Characters `start` to `end` of a line of one side; where nothing stands, `start` equals `end`."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two differ: what stands on either side, and where. `number` names it, from 0."""

    number: int
    kind: Kind
    first: str
    second: str
    first_at: tuple[Place, ...]
    second_at: tuple[Place, ...]


class _Sign(NamedTuple):
    line: int
    at: int
    char: str


def compare(first: Transcript, second: Transcript | str) -> tuple[Difference, ...]:
    """The differences of two transcriptions, in reading order.

    Args:
        first: the one that keeps its lines and boxes.
        second: the other; a text without places, a printed line a line, may write notes as `(right/left)` if the
            first has no brackets of its own.
    """
    ours, theirs = _signs(first), _signs(_page(second, first))
    return tuple(_told(number, op, ours, theirs) for number, op in enumerate(_edits(ours, theirs)))


def merged(first: Transcript, second: Transcript | str, taken: Collection[int]) -> Transcript:
    """The first with the second's words where these were chosen.

    Args:
        first: as `compare`.
        second: as `compare`.
        taken: numbers of the differences for which the second is right.

    Returns:
        A page with the first's lines and boxes. Lines that only the second has come whole, with its boxes; a line of
        which nothing stays goes.
    """
    other = _page(second, first)
    ours, theirs = _signs(first), _signs(other)
    texts = [list(line.text) for line in first.lines]
    between: dict[int, list[Line]] = {}
    for number, op in enumerate(_edits(ours, theirs)):
        if number not in taken:
            continue
        words = [sign.char for sign in theirs[op.j1 : op.j2]]
        if op.i1 == op.i2 and (lines := _whole_lines(op, ours, theirs, first, other)):
            between.setdefault(_line_before(op, ours), []).extend(lines)
        elif op.i1 == op.i2:
            _insert(texts, ours, op.i1, "".join(words), between, first)
        else:
            here = ours[op.i1 : op.i2]
            share = [*words[: len(here)], *[""] * (len(here) - len(words))]
            share[-1] += "".join(words[len(here) :])
            for sign, char in zip(here, share, strict=True):
                texts[sign.line][sign.at] = char
    return _made(first, ["".join(chars) for chars in texts], between)


def _page(given: Transcript | str, first: Transcript) -> Transcript:
    """The second side as a page. Where the first itself has brackets, brackets are no marks of notes."""
    if isinstance(given, Transcript):
        return given
    plain = given if any("(" in line.text for line in first.lines) else _NOTE.sub(r"\1\2", given)
    return Transcript(0, 0, tuple(Line(line, (0, 0, 0, 0), column=at) for at, line in enumerate(plain.splitlines())))


def _signs(page: Transcript) -> list[_Sign]:
    return [
        _Sign(number, at, char)
        for number, line in enumerate(page.lines)
        if line.role in READ
        for at, char in enumerate(line.text)
        if not char.isspace()
    ]


def _edits(ours: Sequence[_Sign], theirs: Sequence[_Sign]) -> Iterable[Op]:
    """The stretches that differ, those that touch each other as one."""
    held: Op | None = None
    for op in diff(_text(ours), _text(theirs)):
        if op.tag == "equal":
            if held:
                yield held
            held = None
        else:
            held = held._replace(i2=op.i2, j2=op.j2) if held else op
    if held:
        yield held


def _text(signs: Sequence[_Sign]) -> str:
    return "".join(sign.char for sign in signs)


def _told(number: int, op: Op, ours: Sequence[_Sign], theirs: Sequence[_Sign]) -> Difference:
    kind: Kind = "added" if op.i1 == op.i2 else "omitted" if op.j1 == op.j2 else "replaced"
    first, second = _text(ours[op.i1 : op.i2]), _text(theirs[op.j1 : op.j2])
    return Difference(number, kind, first, second, _places(ours, op.i1, op.i2), _places(theirs, op.j1, op.j2))


def _places(signs: Sequence[_Sign], start: int, end: int) -> tuple[Place, ...]:
    """Where some signs stand, line by line; of none, the seam behind the one before, or before the first."""
    if start == end:
        if start:
            before = signs[start - 1]
            return (Place(before.line, before.at + 1, before.at + 1),)
        return (Place(signs[0].line, signs[0].at, signs[0].at),) if signs else ()
    lines: dict[int, list[int]] = {}
    for sign in signs[start:end]:
        lines.setdefault(sign.line, []).append(sign.at)
    return tuple(Place(line, at[0], at[-1] + 1) for line, at in lines.items())


def _line_before(op: Op, ours: Sequence[_Sign]) -> int:
    """The first side's line behind which something is put in; -1 for none."""
    return ours[op.i1 - 1].line if op.i1 else -1


def _whole_lines(
    op: Op, ours: Sequence[_Sign], theirs: Sequence[_Sign], first: Transcript, second: Transcript
) -> list[Line]:
    """The second side's lines that are put in, if they are whole and come between two lines of the first."""
    before, after = ours[op.i1 - 1] if op.i1 else None, ours[op.i2] if op.i2 < len(ours) else None
    if before and after and before.line == after.line:
        return []
    starts = not op.j1 or theirs[op.j1 - 1].line != theirs[op.j1].line
    ends = op.j2 == len(theirs) or theirs[op.j2 - 1].line != theirs[op.j2].line
    if not (starts and ends):
        return []
    lines = [second.lines[number] for number in dict.fromkeys(sign.line for sign in theirs[op.j1 : op.j2])]
    if (first.width, first.height) == (second.width, second.height):
        return lines
    return [replace(line, box=(0, 0, 0, 0), glyphs=()) for line in lines]


def _insert(
    texts: list[list[str]],
    ours: Sequence[_Sign],
    at: int,
    words: str,
    between: dict[int, list[Line]],
    first: Transcript,
) -> None:
    """Put words behind a sign, before the first one, or on a page without any as a line of their own."""
    if at:
        texts[ours[at - 1].line][ours[at - 1].at] += words
    elif ours:
        texts[ours[0].line][ours[0].at] = words + texts[ours[0].line][ours[0].at]
    else:
        between.setdefault(-1, []).append(Line(words, (0, 0, first.width, first.height)))


def _made(first: Transcript, texts: Sequence[str], between: dict[int, list[Line]]) -> Transcript:
    """The page of these lines, printed lines numbered anew if some came or went."""
    vertical = first.layout == "vertical"
    lines: list[tuple[tuple[int, int], Line]] = [((-1, line.column), line) for line in between.get(-1, [])]
    for number, (line, text) in enumerate(zip(first.lines, texts, strict=True)):
        if text.strip() or text == line.text:
            lines.append(((0, line.column), retyped(line, text, vertical=vertical)))
        lines += [((number + 1, came.column), came) for came in between.get(number, [])]
    if not between and len(lines) == len(first.lines):
        return replace(first, lines=tuple(line for _, line in lines))
    columns = {key: at for at, key in enumerate(dict.fromkeys(key for key, _ in lines))}
    return replace(first, lines=tuple(replace(line, column=columns[key]) for key, line in lines))
