"""One edition's text as arrays: what is left of it when folding has dropped what nobody searches for.

A stream counts the letters of an edition, or of a stretch of it, in reading order, from 0; a row is a passage. A phrase
is looked for in the running text (notes where they are printed) and, for passages that have notes, also in the text
without them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise, starmap
from typing import Any, NamedTuple

import numpy as np

from archive.edition_text import PASSAGE_END, EditionText
from archive.library import Library
from archive.model import Passage
from search.text import folding
from search.text.alphabet import Alphabet, Numbers, codes, counted, packed
from search.text.memory import in_turn

_WINDOW = 4096
_PIECE = 1 << 16
"""Places looked up at once: what stays in a processor's cache."""
_TASK = 1 << 20
"""Places that a thread looks up before another takes its turn."""


class Own(NamedTuple):
    """A stream's own numbers of glyphs, from 0: what each is in `alphabet`, and how often it stands in the stream."""

    numbers: Numbers
    counts: Numbers


class Stream(NamedTuple):
    """An edition. All arrays but `sections` are numpy.

    Args:
        ids: passage ids by row.
        sections: the paths of its sections, in reading order.
        section: index into `sections` by row.
        starts: where each row begins, and at the end where the last one ends.
        glyphs: numbers of `alphabet`, one for each place in the stream.
        noted: whether a place belongs to a note; empty if none does.
        main: the places outside notes of the rows that have notes, in order.
        own: where the glyphs have numbers of their own, as in a file, what these are.
    """

    ids: Numbers
    sections: tuple[str, ...]
    section: Numbers
    starts: Numbers
    glyphs: Numbers
    noted: Numbers
    main: Numbers
    own: Own | None = None


_NONE = np.empty(0, dtype=np.int64)
EMPTY = Stream(_NONE, (), _NONE, np.zeros(1, dtype=np.int64), _NONE, _NONE, _NONE)
"""Of what holds nothing."""


def of_edition(library: Library, edition_id: int, alphabet: Alphabet) -> Stream:
    """Read and fold an edition."""
    return together([read(library.stretch(stretch), alphabet) for stretch in library.stretches(edition_id)])


def together(parts: Sequence[Stream]) -> Stream:
    """The stretches of an edition as one stream."""
    return joined(parts, side_by_side([part.glyphs for part in parts], np.uint16))


def joined(parts: Sequence[Stream], glyphs: Numbers) -> Stream:
    """The stretches of an edition as one stream; their glyphs are side by side already."""
    if len(parts) == 1:
        return parts[0]._replace(glyphs=glyphs, own=None)
    bases = [0, *accumulate(len(part.glyphs) for part in parts)]
    index: dict[str, int] = {}
    numbers = [np.array([index.setdefault(path, len(index)) for path in part.sections], np.int32) for part in parts]
    noted = [part.noted if len(part.noted) else np.zeros(len(part.glyphs), dtype=bool) for part in parts]
    return Stream(
        side_by_side([part.ids for part in parts], np.int64),
        tuple(index),
        side_by_side([number[part.section] for number, part in zip(numbers, parts, strict=True)], np.int32),
        np.append(
            side_by_side([part.starts[:-1] + base for part, base in zip(parts, bases, strict=False)], np.int64),
            bases[-1],
        ),
        glyphs,
        side_by_side(noted, np.bool_) if any(len(part.noted) for part in parts) else np.empty(0, dtype=bool),
        side_by_side([part.main + base for part, base in zip(parts, bases, strict=False)], np.int64),
    )


def equal(one: Stream, other: Stream) -> bool:
    """Whether two streams, both with the numbers of one alphabet, are the same text."""
    arrays = [(stream.ids, stream.section, stream.starts, stream.glyphs, stream.noted) for stream in (one, other)]
    return one.sections == other.sections and all(starmap(np.array_equal, zip(*arrays, strict=True)))


def side_by_side(arrays: Sequence[Numbers], kind: type[np.generic]) -> Numbers:
    """Arrays as one; none at all as an empty one of this kind."""
    ends = list(accumulate(map(len, arrays)))
    whole = np.empty(ends[-1] if ends else 0, np.result_type(*{array.dtype for array in arrays}) if arrays else kind)

    def fill(number: int) -> None:
        whole[ends[number] - len(arrays[number]) : ends[number]] = arrays[number]

    in_turn(fill, range(len(arrays)), len(whole))
    return whole


def spread(parts: Sequence[Stream], alphabet: Alphabet) -> tuple[Numbers, Numbers]:
    """The glyphs of streams side by side, and their letters."""
    bounds = [0, *accumulate(len(part.glyphs) for part in parts)]
    tables = [part.own and part.own.numbers for part in parts]
    kinds = [(part.glyphs if table is None else table).dtype for part, table in zip(parts, tables, strict=True)]
    forms = [alphabet.letters_of(table) for table in tables]
    glyphs = np.empty(bounds[-1], np.result_type(*kinds) if kinds else np.uint16)
    letters = np.empty(bounds[-1], alphabet.letters_of(None).dtype)

    def fill(task: tuple[int, int]) -> None:
        number, begin = task
        own, base = parts[number].glyphs, bounds[number]
        numbers, folded = tables[number], forms[number]
        for start in range(begin, min(begin + _TASK, len(own)), _PIECE):
            piece = own[start : start + _PIECE]
            here = slice(base + start, base + start + len(piece))
            glyphs[here] = piece if numbers is None else numbers.take(piece)
            letters[here] = folded.take(piece)

    tasks = ((number, begin) for number, part in enumerate(parts) for begin in range(0, len(part.glyphs), _TASK))
    in_turn(fill, tasks, len(glyphs))
    return glyphs, letters


def frequency(stream: Stream, letters: Numbers, alphabet: Alphabet, size: int) -> Numbers:
    """How often each letter below `size` stands in a stream, which has these letters."""
    if not stream.own:
        return counted(letters, size)
    total = np.zeros(size, dtype=np.int64)
    # Of one type, as numpy adds others fifteen times as slowly.
    np.add.at(total, alphabet.letters_of(stream.own.numbers), stream.own.counts.astype(total.dtype))
    return total


def read(text: EditionText, alphabet: Alphabet) -> Stream:
    """Fold a stretch of an edition."""
    signs = codes(text.text)
    numbers = alphabet.glyphs(signs)
    dropped = np.flatnonzero(numbers == 0)
    between = dropped[signs[dropped] == ord(PASSAGE_END)]
    bounds = np.concatenate(([0], between + 1, [len(signs)])) if text.ids else np.zeros(1, dtype=np.int64)
    with_gaiji = {passage_id: marks for passage_id, marks in text.marks.items() if "gaiji" in marks}
    if with_gaiji:
        numbers = numbers.astype(np.uint32)
    for row, passage_id in enumerate(text.ids if with_gaiji else ()):
        if passage_id in with_gaiji:
            base, end = bounds[row : row + 2].tolist()
            _place_gaiji(numbers, base, text.text[base:end], json.loads(with_gaiji[passage_id]), alphabet)
    if with_gaiji:
        dropped = np.flatnonzero(numbers == 0)
    kept = numbers != 0
    glyphs = packed(numbers[kept])
    starts = bounds - np.searchsorted(dropped, bounds)
    noted = np.empty(0, dtype=bool)
    if text.notes or text.footnotes:
        noted = _noted(text, bounds)[kept]
    sections = tuple(dict.fromkeys(text.sections))
    index = {path: number for number, path in enumerate(sections)}
    return Stream(
        np.array(text.ids, dtype=np.int64),
        sections,
        np.fromiter(map(index.__getitem__, text.sections), dtype=np.int32, count=len(text.sections)),
        starts,
        glyphs,
        noted,
        main_places(noted, starts),
    )


class Laid(NamedTuple):
    """Stored passages one after the other.

    Args:
        glyphs: the glyph numbers of the characters that do not fold to nothing.
        kept: where they stand, counted over all characters of all passages.
        bases: where each passage begins in these characters, and at the end where the last one ends.
        bounds: the same in `glyphs` and `kept`.
    """

    glyphs: Numbers
    kept: Numbers
    bases: list[int]
    bounds: list[int]


def laid(passages: Sequence[Passage], alphabet: Alphabet) -> Laid:
    """Stored passages as the streams they were read into have them."""
    bases = list(accumulate((len(passage.text) for passage in passages), initial=0))
    glyphs = alphabet.glyphs(codes("".join([passage.text for passage in passages])))
    if any(passage.marks for passage in passages):
        glyphs = glyphs.astype(np.uint32)
    for base, passage in zip(bases, passages, strict=False):
        if passage.marks:
            marks = [(mark.kind, mark.start, mark.end, mark.value) for mark in passage.marks]
            _place_gaiji(glyphs, base, passage.text, marks, alphabet)
    (kept,) = (glyphs != 0).nonzero()
    return Laid(glyphs.take(kept), kept, bases, kept.searchsorted(bases).tolist())


def places(passage: Passage, alphabet: Alphabet) -> tuple[Numbers, Numbers]:
    """The glyphs of a stored passage's part of the stream, and the offset of each in its text."""
    glyphs, kept, _, _ = laid([passage], alphabet)
    return glyphs, kept


def documents(stream: Stream, alphabet: Alphabet) -> Iterator[tuple[int, str]]:
    """(passage id, text for an engine's index): tokens of one character with a space between.

    Where a passage has notes, a bar and the text without notes follow, so that one phrase query covers both.
    """
    letters = alphabet.letters(stream.glyphs)
    main_starts = np.searchsorted(stream.main, stream.starts)
    for row in range(0, len(stream.ids), _WINDOW):
        window = slice(row, row + _WINDOW)
        bounds = stream.starts[row : row + _WINDOW + 1]
        main_bounds = main_starts[row : row + _WINDOW + 1]
        running = _spaced(alphabet.tokens(letters[bounds[0] : bounds[-1]]))
        main = _spaced(alphabet.tokens(letters[stream.main[main_bounds[0] : main_bounds[-1]]]))
        texts = [running[start:end] for start, end in pairwise((2 * (bounds - bounds[0])).tolist())]
        for number, (start, end) in enumerate(pairwise((2 * (main_bounds - main_bounds[0])).tolist())):
            if start < end:
                texts[number] += f"| {main[start:end]}"
        yield from zip(stream.ids[window].tolist(), texts, strict=True)


def _spaced(codes: Numbers) -> str:
    spaced = np.full(2 * len(codes), ord(" "), dtype="<u4")
    spaced[::2] = codes
    return spaced.tobytes().decode("utf-32-le")


def _place_gaiji(numbers: Numbers, base: int, text: str, marks: Iterable[Sequence[Any]], alphabet: Alphabet) -> None:
    for kind, start, end, value in marks:
        if kind != "gaiji" or start >= end:
            continue
        if folding.is_placeholder(text[start:end]):
            numbers[base + start : base + end] = 0
            numbers[base + start] = alphabet.gaiji(value)
        elif end == start + 1:
            alphabet.gaiji_as(value, text[start])


def _noted(text: EditionText, bounds: Numbers) -> Numbers:
    """Which characters of the joined text belong to notes; footnotes do from end to end."""
    depth = np.zeros(int(bounds[-1]) + 1, dtype=np.int32)
    row_of = {passage_id: row for row, passage_id in enumerate(text.ids)}
    # One call for all of them: a gazetteer has a hundred thousand.
    for passage_id, ranges in zip(text.notes, json.loads(f"[{','.join(text.notes.values())}]"), strict=True):
        base = int(bounds[row_of[passage_id]])
        for start, end in ranges:
            depth[base + start] += 1
            depth[base + end] -= 1
    for passage_id in text.footnotes:
        row = row_of[passage_id]
        depth[bounds[row]] += 1
        depth[bounds[row + 1]] -= 1
    return np.cumsum(depth[:-1]) > 0


def main_places(noted: Numbers, starts: Numbers) -> Numbers:
    """The places outside notes of the rows that have notes; none if `noted` is empty, as a stream's may be."""
    if not len(noted):
        return _NONE
    before = np.concatenate(([0], np.cumsum(noted)))
    has_notes = before[starts[1:]] > before[starts[:-1]]
    return np.flatnonzero(np.repeat(has_notes, np.diff(starts)) & ~noted)
