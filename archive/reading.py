"""How an edition falls into screens for reading: each a run of passages, none too long, cut where sections end.

A section that is short is read whole, with its subsections; a long one falls into its subsections; entries of a few
lines are read together. Sizes are weights: characters, plus what a passage's notes, marks and number add on a screen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from archive import rows
from archive.library import Library
from archive.model import Passage, Section

WHOLE = 8_000
"""A section up to this weight is one screen."""
OWN = 1_000
"""Subsections that weigh this much on average have a screen each; smaller ones share."""
_PASSAGE = 60
"""What a passage weighs beside its text."""
_OPENING = frozenset({"heading", "title", "byline"})


class Piece(NamedTuple):
    """A passage as the plan of screens sees it."""

    ordinal: int
    ref: str
    section: str
    kind: str
    weight: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A run of passages read together.

    `first` and `last` are ordinals of passages, both included. `ref` is its address: a section path or a passage.
    `section` is the path of what is read, the root's being empty; `part` of `parts` counts screens of that section
    if it takes several.
    """

    number: int
    ref: str
    section: str
    first: int
    last: int
    part: int = 1
    parts: int = 1


@dataclass(slots=True)
class _Node:
    path: str
    weight: int = 0
    children: list[_Node | Piece] = field(default_factory=list)

    def pieces(self) -> Iterator[Piece]:
        for child in self.children:
            if isinstance(child, _Node):
                yield from child.pieces()
            else:
                yield child


class Outline:
    """An edition's sections and screens. Immutable once made, so threads may share it."""

    def __init__(self, sections: list[Section], pieces: list[Piece]) -> None:
        self.sections = sections
        self._by_path = {section.path: section for section in sections}
        self._children: dict[str, list[Section]] = {}
        for section in sections:
            self._children.setdefault(section.parent, []).append(section)
        root = _grow(pieces)
        self._begins: dict[str, int] = {}
        for piece in pieces:
            for path in _lineage(piece.section):
                self._begins.setdefault(path, piece.ordinal)
        self._places = {piece.ref: piece.ordinal for piece in pieces}
        self.screens = self._screens([run for run in _runs(root) if run])
        self._firsts = [screen.first for screen in self.screens]

    def section(self, path: str) -> Section | None:
        """The section of that path, if there is one."""
        return self._by_path.get(path)

    def children(self, path: str = "") -> list[Section]:
        """Subsections of a section, or the highest ones, in reading order."""
        return self._children.get(path, [])

    def lineage(self, path: str) -> list[Section]:
        """The sections from the highest down to `path` itself."""
        return [self._by_path[one] for one in _lineage(path) if one in self._by_path]

    def title(self, path: str) -> str:
        """A section's title, empty for the root."""
        section = self._by_path.get(path)
        return section.title if section else ""

    def screen_of(self, ref: str) -> Screen | None:
        """The screen on which a section begins or a passage stands, if the edition has it."""
        place = self._places.get(ref)
        if place is None and ref in self._by_path:
            place = self._begin(ref)
        if place is None or not self.screens:
            return None
        return self.screens[max(0, bisect_right(self._firsts, place) - 1)]

    def holds(self, ref: str) -> bool:
        """Whether `ref` is a passage (not a section)."""
        return ref in self._places

    def neighbours(self, screen: Screen) -> tuple[Screen | None, Screen | None]:
        """The screens before and after."""
        before = self.screens[screen.number - 1] if screen.number else None
        after = self.screens[screen.number + 1] if screen.number + 1 < len(self.screens) else None
        return before, after

    def _begin(self, path: str) -> int | None:
        """Where a section begins; one without any passage begins where the next one with some does."""
        at = self._by_path[path].ordinal
        following = (self._begins[one.path] for one in self.sections if one.ordinal >= at and one.path in self._begins)
        return self._begins.get(path, next(following, self.screens[-1].first if self.screens else None))

    def _screens(self, runs: list[list[Piece]]) -> list[Screen]:
        about = [_about(run) for run in runs]
        parts: dict[str, int] = {}
        for path in about:
            parts[path] = parts.get(path, 0) + 1
        seen: dict[str, int] = {}
        screens = []
        for number, (run, path) in enumerate(zip(runs, about, strict=True)):
            seen[path] = seen.get(path, 0) + 1
            first, last = run[0], run[-1]
            if path and first.ordinal <= self._begins[path] <= last.ordinal:
                ref = path
            elif first.section and self._begins[first.section] == first.ordinal:
                ref = first.section
            else:
                ref = first.ref
            screens.append(Screen(number, ref, path, first.ordinal, last.ordinal, seen[path], parts[path]))
        return screens


def outline(library: Library, edition_id: int) -> Outline:
    """Read an edition's sections and plan its screens."""
    sql = (
        "SELECT ordinal, ref, section, kind, "
        f"length(text) + {_PASSAGE} + length(notes) * 2 + length(marks) FROM passage "
        "WHERE edition_id = ? AND withdrawn_at IS NULL ORDER BY ordinal"
    )
    pieces = [Piece(*row) for row in library.db.execute(sql, [edition_id])]
    return Outline(library.sections(edition_id), pieces)


def passages_between(library: Library, edition_id: int, first: int, last: int) -> list[Passage]:
    """Passages from ordinal `first` to `last`, both included, in reading order."""
    sql = (
        f"SELECT {rows.PASSAGE} FROM passage "
        "WHERE edition_id = ? AND withdrawn_at IS NULL AND ordinal BETWEEN ? AND ? ORDER BY ordinal"
    )
    labels = library.page_labels(edition_id)
    return [rows.passage(row, labels) for row in library.db.execute(sql, [edition_id, first, last]).fetchall()]


def _lineage(path: str) -> Iterator[str]:
    """`1`, `1.2`, `1.2.3` for `1.2.3`; nothing for the root."""
    parts = path.split(".") if path else []
    return (".".join(parts[: depth + 1]) for depth in range(len(parts)))


def _about(run: list[Piece]) -> str:
    """The deepest section that holds three quarters of a run: what a reader would say it is."""
    heaviest = max(run, key=lambda piece: piece.weight)
    total = sum(piece.weight for piece in run)
    for path in reversed([*_lineage(heaviest.section)]):
        if 4 * sum(piece.weight for piece in run if f"{piece.section}.".startswith(f"{path}.")) >= 3 * total:
            return path
    return ""


def _grow(pieces: Iterable[Piece]) -> _Node:
    """The section tree of the pieces, in their order."""
    root = _Node("")
    nodes = {"": root}
    for piece in pieces:
        root.weight += piece.weight
        node = root
        for path in _lineage(piece.section):
            if path not in nodes:
                nodes[path] = _Node(path)
                node.children.append(nodes[path])
            node = nodes[path]
            node.weight += piece.weight
        node.children.append(piece)
    return root


def _runs(root: _Node) -> Iterator[list[Piece]]:
    """The runs of pieces read together, in order: openings join what they open, a closing line what it closes."""
    held: list[Piece] = []
    for run in _split(root):
        if held and (_opens(held, run) or _closes(run, held)):
            held += run
        else:
            yield held
            held = run
    yield held


def _opens(held: list[Piece], run: list[Piece]) -> bool:
    """Whether `held` is no more than headings, or a few words before the subsections it introduces."""
    introduces = f"{run[0].section}.".startswith(f"{held[-1].section}.") or not held[-1].section
    only_headings = all(piece.kind in _OPENING for piece in held)
    return sum(piece.weight for piece in held) < OWN and (introduces or only_headings)


def _closes(run: list[Piece], held: list[Piece]) -> bool:
    """Whether a run is no more than a last line (卷終, a signature) of a section that holds what came before."""
    inside = not run[0].section or f"{held[-1].section}.".startswith(f"{run[0].section}.")
    return inside and run[0].kind not in _OPENING and sum(piece.weight for piece in run) < OWN // 4


def _split(node: _Node) -> Iterator[list[Piece]]:
    if node.path and node.weight <= WHOLE:
        yield list(node.pieces())
        return
    nodes = [child for child in node.children if isinstance(child, _Node)]
    apart = bool(nodes) and sum(child.weight for child in nodes) / len(nodes) >= OWN
    run: list[Piece] = []
    weight = 0
    for child in node.children:
        alone = isinstance(child, _Node) and (apart or child.weight > WHOLE)
        if run and (alone or weight + child.weight > WHOLE):
            yield run
            run, weight = [], 0
        if isinstance(child, Piece):
            run.append(child)
        elif alone:
            yield from _split(child)
            continue
        else:
            run += child.pieces()
        weight += child.weight
    if run:
        yield run


def footnotes_after(library: Library, edition_id: int, ordinal: int, limit: int = 200) -> list[Passage]:
    """The next footnote passages behind a place, for marks whose note stands on a later screen."""
    sql = (
        f"SELECT {rows.PASSAGE} FROM passage WHERE edition_id = ? AND withdrawn_at IS NULL AND ordinal > ? "
        "AND kind = 'footnote' ORDER BY ordinal LIMIT ?"
    )
    labels = library.page_labels(edition_id)
    return [rows.passage(row, labels) for row in library.db.execute(sql, [edition_id, ordinal, limit]).fetchall()]
