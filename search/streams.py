"""One edition's text as arrays: what is left of it when folding has dropped what nobody searches for.

A stream counts letters of the edition in reading order, from 0; a row is a passage of it. A phrase is looked for in
the running text (notes where they are printed) and, for passages that have notes, also in the text without them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from archive.model import Passage
from search import folding
from search.alphabet import Alphabet, Numbers, packed

Raw = tuple[int, str, str, str, str]
"""(passage id, section path, text, notes as JSON, marks as JSON): a row of `Library.raw_passages`."""


class Stream(NamedTuple):
    """An edition. All arrays but `sections` are numpy.

    Args:
        ids: passage ids by row.
        sections: the paths of its sections, in reading order.
        section: index into `sections` by row.
        starts: where each row begins, and at the end where the last one ends.
        glyphs, letters: numbers of `alphabet`, one for each place in the stream.
        noted: whether a place belongs to a note.
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


def read(raw: Iterable[Raw], alphabet: Alphabet, footnotes: Set[int] = frozenset()) -> Stream:
    """Fold an edition. Passages whose ids are in `footnotes` are notes from end to end."""
    rows = list(raw)
    ids, paths, texts, notes, marks = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    offsets = np.fromiter(accumulate(map(len, texts), initial=0), dtype=np.int64, count=len(rows) + 1)
    numbers = alphabet.glyphs("".join(texts))
    for row, packed_marks in enumerate(marks):
        if "gaiji" in packed_marks:
            _place_gaiji(numbers, int(offsets[row]), texts[row], json.loads(packed_marks), alphabet)
    noted = _noted(notes, offsets)
    if footnotes:
        whole = np.array([passage_id in footnotes for passage_id in ids], dtype=bool)
        noted |= np.repeat(whole, np.diff(offsets))
    kept = numbers != 0
    places = np.concatenate(([0], np.cumsum(kept)))
    starts = places[offsets]
    glyphs = packed(numbers[kept])
    noted = noted[kept]
    sections = tuple(dict.fromkeys(paths))
    index = {path: number for number, path in enumerate(sections)}
    return Stream(
        np.array(ids, dtype=np.int64),
        sections,
        np.fromiter((index[path] for path in paths), dtype=np.int32, count=len(rows)),
        starts,
        glyphs,
        alphabet.letters(glyphs),
        noted,
        _main(noted, starts),
    )


def places(passage: Passage, alphabet: Alphabet) -> tuple[Numbers, Numbers]:
    """A stored passage as its part of the stream: the glyphs, and the offset in the text of each."""
    numbers = alphabet.glyphs(passage.text)
    marks = [(mark.kind, mark.start, mark.end, mark.value) for mark in passage.marks]
    _place_gaiji(numbers, 0, passage.text, marks, alphabet)
    offsets = np.flatnonzero(numbers)
    return numbers[offsets], offsets


def documents(stream: Stream, alphabet: Alphabet) -> Iterator[tuple[int, str]]:
    """(passage id, text for an engine's index): tokens of one character with a space between.

    Where a passage has notes, a bar and the text without notes follow, so that one phrase query covers both.
    """
    running = _spaced(alphabet.tokens(stream.letters))
    main = _spaced(alphabet.tokens(stream.letters[stream.main]))
    bounds = (2 * stream.starts).tolist()
    main_starts = np.searchsorted(stream.main, stream.starts)
    texts = [running[start:end] for start, end in pairwise(bounds)]
    for row in np.flatnonzero(np.diff(main_starts)).tolist():
        texts[row] += f"| {main[2 * main_starts[row] : 2 * main_starts[row + 1]]}"
    return zip(stream.ids.tolist(), texts, strict=True)


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


def _noted(notes: Iterable[str], offsets: Numbers) -> Numbers:
    """Which characters of the joined text belong to notes."""
    with_notes = [(row, packed_notes) for row, packed_notes in enumerate(notes) if packed_notes]
    noted = np.zeros(int(offsets[-1]) + 1, dtype=np.int32)
    # One call for all of them: a gazetteer has a hundred thousand.
    for (row, _), ranges in zip(with_notes, json.loads(f"[{','.join(text for _, text in with_notes)}]"), strict=True):
        base = int(offsets[row])
        for start, end in ranges:
            noted[base + start] += 1
            noted[base + end] -= 1
    return np.cumsum(noted[:-1]) > 0


def _main(noted: Numbers, starts: Numbers) -> Numbers:
    """The places outside notes of the rows that have notes."""
    before = np.concatenate(([0], np.cumsum(noted)))
    has_notes = before[starts[1:]] > before[starts[:-1]]
    return np.flatnonzero(np.repeat(has_notes, np.diff(starts)) & ~noted)
