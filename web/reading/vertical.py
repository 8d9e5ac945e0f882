"""Vertical columns with double-line notes, laid out on the grid of a block-printed page.

One character of the main text takes one cell; a note runs in two half-columns, the right one first, so it takes half
its length. Where the edition tells its printed columns they are kept; elsewhere columns are filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from web.reading.typeset import Atom, Line

CELLS = 21
"""Cells of a column where the edition does not tell: those of 文淵閣四庫全書."""

Stream = list[tuple[bool, Atom]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a column: main text in `right` alone, or a note's right and left half."""

    note: bool
    right: tuple[Atom, ...]
    left: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column, from the top; `at` is the offset of its first character."""

    at: int
    stretches: tuple[Stretch, ...]

    @property
    def opens_page(self) -> bool:
        """Whether a page of the original begins with it."""
        return self.stretches[0].right[:1] != () and self.stretches[0].right[0].kind == "page"


def columns(lines: Iterable[Line], breaks: Sequence[int]) -> tuple[Column, ...]:
    """The columns of a passage.

    Args:
        lines: its typeset lines; each begins a column.
        breaks: offsets at which printed columns begin; empty if unknown.
    """
    found: list[Column] = []
    for line in lines:
        stream = [(group.note, atom) for group in line.groups for atom in group.atoms]
        runs = _at(stream, breaks) if breaks else _filled(stream)
        found += [Column(run[0][1].at, tuple(_stretches(run))) for run in runs if run]
    return tuple(found)


def _at(stream: Stream, breaks: Sequence[int]) -> Iterator[Stream]:
    """The stream cut where printed columns begin; a page mark goes with the column it opens."""
    waiting = list(breaks)
    run: Stream = []
    for note, atom in stream:
        rest: Atom | None = atom
        while rest is not None:
            while waiting and waiting[0] < rest.at:
                waiting.pop(0)
            if waiting and waiting[0] == rest.at:
                yield run
                run = []
                waiting.pop(0)
            cut = waiting[0] - rest.at if waiting else len(rest.text)
            head, rest = _cut(rest, cut)
            run.append((note, head))
    yield run


def _filled(stream: Stream) -> Iterator[Stream]:
    """The stream cut into full columns. Room is counted in half cells."""
    run: Stream = []
    room = 2 * CELLS
    for note, atom in stream:
        rest: Atom | None = atom
        while rest is not None:
            size = 1 if note else 2
            if room < size and rest.text:
                yield run
                run, room = [], 2 * CELLS
            head, rest = _cut(rest, room // size)
            run.append((note, head))
            room -= len(head.text) * size if head.kind == "text" else 0
    yield run


def _stretches(run: Stream) -> Iterator[Stretch]:
    for note, pairs in groupby(run, key=lambda pair: pair[0]):
        atoms = [atom for _, atom in pairs]
        if not note:
            yield Stretch(False, tuple(atoms))
            continue
        half = (sum(len(atom.text) for atom in atoms if atom.kind == "text") + 1) // 2
        right: list[Atom] = []
        left: list[Atom] = []
        for atom in atoms:
            head, rest = _cut(atom, half) if half > 0 else (None, atom)
            if head is not None:
                right.append(head)
                half -= len(head.text) if head.kind == "text" else 0
            if rest is not None:
                left.append(rest)
        yield Stretch(True, tuple(right), tuple(left))


def _cut(atom: Atom, length: int) -> tuple[Atom, Atom | None]:
    """The first `length` characters of an atom, and what is left of it; points are never cut."""
    if atom.kind != "text" or len(atom.text) <= length:
        return atom, None
    tail = replace(atom, text=atom.text[length:], at=atom.at + length, anchor="", resync=False)
    return replace(atom, text=atom.text[:length]), tail
