"""One edition's text as arrays: what is left of it when folding has dropped what nobody searches for.

A stream counts letters of the edition in reading order, from 0; a row is a passage of it. A phrase is looked for in
the running text (notes where they are printed) and, for passages that have notes, also in the text without them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from archive.library import RawPassage
from archive.model import Passage
from search import folding
from search.alphabet import Alphabet, Numbers, codes, packed

_WINDOW = 4096


class Stream(NamedTuple):
    """An edition. All arrays but `sections` are numpy.

    Args:
        ids: passage ids by row.
        sections: the paths of its sections, in reading order.
        section: index into `sections` by row.
        starts: where each row begins, and at the end where the last one ends.
        glyphs, letters: numbers of `alphabet`, one for each place in the stream.
        noted: whether a place belongs to a note; empty if none does.
        main: the places outside notes of the rows that have notes, in order.
    """

    ids: Numbers
    sections: tuple[str, ...]
    section: Numbers
    starts: Numbers
    glyphs: Numbers
    letters: Numbers
    noted: Numbers
    main: Numbers


def read(raw: Sequence[RawPassage], alphabet: Alphabet) -> Stream:
    """Fold an edition, whose passages are given in reading order."""
    ids, paths, texts, notes, marks, kinds = zip(*raw, strict=True) if raw else ((),) * 6
    offsets = np.fromiter(accumulate(map(len, texts), initial=0), dtype=np.int64, count=len(raw) + 1)
    numbers = alphabet.glyphs(codes("".join(texts)))
    for row, packed_marks in enumerate(marks):
        if "gaiji" in packed_marks:
            _place_gaiji(numbers, int(offsets[row]), texts[row], json.loads(packed_marks), alphabet)
    kept = numbers != 0
    glyphs = packed(numbers[kept])
    starts = offsets - np.searchsorted(np.flatnonzero(~kept), offsets)
    noted = np.empty(0, dtype=bool)
    if any(notes) or "footnote" in kinds:
        noted = _noted(notes, kinds, offsets)[kept]
    sections = tuple(dict.fromkeys(paths))
    index = {path: number for number, path in enumerate(sections)}
    return Stream(
        np.array(ids, dtype=np.int64),
        sections,
        np.fromiter((index[path] for path in paths), dtype=np.int32, count=len(raw)),
        starts,
        glyphs,
        alphabet.letters(glyphs),
        noted,
        _main(noted, starts) if len(noted) else np.empty(0, dtype=np.int64),
    )


def places(passage: Passage, alphabet: Alphabet) -> tuple[Numbers, Numbers]:
    """A stored passage as its part of the stream: the glyphs, and the offset in the text of each."""
    numbers = alphabet.glyphs(codes(passage.text))
    marks = [(mark.kind, mark.start, mark.end, mark.value) for mark in passage.marks]
    _place_gaiji(numbers, 0, passage.text, marks, alphabet)
    offsets = np.flatnonzero(numbers)
    return numbers[offsets], offsets


def documents(stream: Stream, alphabet: Alphabet) -> Iterator[tuple[int, str]]:
    """(passage id, text for an engine's index): tokens of one character with a space between.

    Where a passage has notes, a bar and the text without notes follow, so that one phrase query covers both.
    """
    main_starts = np.searchsorted(stream.main, stream.starts)
    for row in range(0, len(stream.ids), _WINDOW):
        window = slice(row, row + _WINDOW)
        bounds = stream.starts[row : row + _WINDOW + 1]
        main_bounds = main_starts[row : row + _WINDOW + 1]
        running = _spaced(alphabet.tokens(stream.letters[bounds[0] : bounds[-1]]))
        main = _spaced(alphabet.tokens(stream.letters[stream.main[main_bounds[0] : main_bounds[-1]]]))
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


def _noted(notes: Iterable[str], kinds: Sequence[str], offsets: Numbers) -> Numbers:
    """Which characters of the joined text belong to notes; footnotes do from end to end."""
    depth = np.zeros(int(offsets[-1]) + 1, dtype=np.int32)
    with_notes = [(row, packed_notes) for row, packed_notes in enumerate(notes) if packed_notes]
    # One call for all of them: a gazetteer has a hundred thousand.
    for (row, _), ranges in zip(with_notes, json.loads(f"[{','.join(text for _, text in with_notes)}]"), strict=True):
        base = int(offsets[row])
        for start, end in ranges:
            depth[base + start] += 1
            depth[base + end] -= 1
    for row, kind in enumerate(kinds):
        if kind == "footnote":
            depth[offsets[row]] += 1
            depth[offsets[row + 1]] -= 1
    return np.cumsum(depth[:-1]) > 0


def _main(noted: Numbers, starts: Numbers) -> Numbers:
    """The places outside notes of the rows that have notes."""
    before = np.concatenate(([0], np.cumsum(noted)))
    has_notes = before[starts[1:]] > before[starts[:-1]]
    return np.flatnonzero(np.repeat(has_notes, np.diff(starts)) & ~noted)
