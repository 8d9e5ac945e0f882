"""One parallel as a reader sees it: stored text of both places, what differs marked, no more of it than he may see."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, groupby, pairwise
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from archive.library import Library
from archive.model import Passage
from search.found import Moved
from search.kwic import FEW, HIDDEN, cut, part
from search.parallels import alignment
from search.parallels.measured import Columns
from search.text.alphabet import Numbers
from search.text.bank import Bank
from search.text.placing import Placing

BREAK = "／"
"""Stands where one passage ends and the next begins."""
Kind = Literal["equal", "variant", "replaced", "added", "omitted", "note", "rest"]
KINDS: dict[Kind, str] = {
    "equal": "相同",
    "variant": "异体",
    "replaced": "异文",
    "added": "彼多",
    "omitted": "彼无",
    "note": "夹注",
    "rest": "下略",
}
"""What a piece of text is, the other place beside it; `added` stands only there, `omitted` only here.

A `note` stands between words of the main text and has not been compared; `rest` stands for all that is not shown.
"""
_Aligned = tuple[Kind, int, int, int, int]


class Piece(NamedTuple):
    """Stored text of one kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two places.

    `urn` names the part in the passage where it begins; `until` that in the passage where it ends, empty if it is the
    same. `pieces` together are the text of the place; `left` and `right` what stands around it in its passages.
    """

    urn: str
    until: str
    work: str
    title: str
    author: str
    edition: str
    edition_label: str
    section: str
    section_title: str
    ref: str
    page: str
    left: str
    pieces: tuple[Piece, ...]
    right: str
    in_note: bool

    @property
    def text(self) -> str:
        """The stored text, `／` where one passage ends and the next begins."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Item:
    """A parallel. `equal` counts letters that are the same, those in variant forms (`variants`) among them.

    `replaced`, `added` and `omitted` count letters that the other place has otherwise, has more, has not. `differences`
    are what is not equal, in order: kind, text here, text there. `likeness` is the share of equal letters, 0 to 1;
    `weight` what they tell, in bits; `often` how many parallels the same words of the source have.
    """

    source: Side
    target: Side
    equal: int
    variants: int
    replaced: int
    added: int
    omitted: int
    likeness: float
    weight: float
    often: int
    differences: tuple[tuple[Kind, str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """As one JSON object; pieces and differences as objects too."""
        document = asdict(self)
        for side in (document["source"], document["target"]):
            side["pieces"] = [{"kind": kind, "text": text} for kind, text in side["pieces"]]
            side["text"] = "".join(piece["text"] for piece in side["pieces"])
        document["differences"] = [
            {"kind": kind, "source": source, "target": target} for kind, source, target in self.differences
        ]
        return document


class _Run(NamedTuple):
    """The letters of one side: the place in the bank of each, its row, and its offset in the passage of that row.

    `breaks` are the letters before which a passage ends or a note is left out.
    """

    places: Numbers
    rows: list[int]
    offsets: list[int]
    breaks: list[int]


class Shower:
    """Shows parallels of one bank, each verified against the store.

    Args:
        library: for reading stored text, in the thread that shows.
        bank: the text they were found in.
        staff: whether the reader belongs to the house.
        width: characters of context on either side.
        longest: letters of either side that are shown of a longer one.
    """

    def __init__(self, library: Library, bank: Bank, *, staff: bool, width: int, longest: int) -> None:
        self._library = library
        self._bank = bank
        self._staff = staff
        self._width = width
        self._longest = longest

    def items(self, found: Columns) -> Iterator[Item]:
        """Parallels as a reader sees them, in the order given.

        Raises:
            Moved: the stored text is no longer what was compared.
        """
        ends = np.concatenate([found.source_first, found.source_last, found.target_first, found.target_last])
        rows = self._bank.row_at(ends).reshape(4, -1)
        pairs = [*zip(*rows[:2], strict=True), *zip(*rows[2:], strict=True)]
        wanted = {row for low, high in pairs for row in range(low, high + 1)}
        stored = self._library.passages_by_id(sorted(int(self._bank.ids[row]) for row in wanted))
        placing = Placing(self._bank, stored.values())
        for one in zip(*(column.tolist() for column in found), strict=True):
            yield self._item(placing, *one)

    def _item(
        self,
        placing: Placing,
        source_first: int,
        source_last: int,
        source_main: bool,
        target_first: int,
        target_last: int,
        target_main: bool,
        *measures: float,
    ) -> Item:
        here = self._run(placing, source_first, source_last, source_main)
        there = self._run(placing, target_first, target_last, target_main)
        aligned = list(self._aligned(here.places, there.places))
        most = min(map(self._most, (here, there)))
        longest = min(self._longest, most)
        letters = dict.fromkeys(KINDS, 0)
        for kind, low, high, other_low, other_high in aligned:
            letters[kind] += max(high - low, other_high - other_low)
        equal = letters["equal"] + letters["variant"]
        return Item(
            source=self._side(placing, here, [(kind, low, high) for kind, low, high, _, _ in aligned], longest),
            target=self._side(placing, there, [(kind, low, high) for kind, _, _, low, high in aligned], longest),
            equal=equal,
            variants=letters["variant"],
            replaced=letters["replaced"],
            added=letters["added"],
            omitted=letters["omitted"],
            likeness=round(equal / sum(letters.values()), 3),
            weight=round(measures[-1], 1),
            often=int(measures[-2]),
            differences=tuple(
                (kind, self._words(placing, here, low, high), self._words(placing, there, other_low, other_high))
                for kind, low, high, other_low, other_high in aligned
                if kind != "equal" and max(high, other_high) <= most
            ),
        )

    def _run(self, placing: Placing, first: int, last: int, main: bool) -> _Run:
        places = np.arange(first, last + 1)
        if main:
            places = places[~self._bank.noted[places]]
        rows = self._bank.row_at(places)
        offsets = []
        for row in np.unique(rows).tolist():
            inside = places[rows == row]
            low = int(inside[0])
            found = placing.offsets(row, low, int(inside[-1]))
            if found is None:
                raise moved()
            offsets.append(found[inside - low])
        breaks = np.flatnonzero((rows[1:] != rows[:-1]) | (places[1:] - places[:-1] > 1)) + 1
        return _Run(places, rows.tolist(), np.concatenate(offsets).tolist(), breaks.tolist())

    def _aligned(self, here: Numbers, there: Numbers) -> Iterator[_Aligned]:
        """The steps from one run of letters to the other, equal letters told apart from variant forms."""
        glyphs = self._bank.glyphs
        for kind, low, high, other_low, other_high in alignment.steps(
            self._bank.letters[here], self._bank.letters[there]
        ):
            if kind != "equal":
                yield cast(Kind, kind), low, high, other_low, other_high
                continue
            same = glyphs[here[low:high]] == glyphs[there[other_low:other_high]]
            edges = [0, *(np.flatnonzero(same[1:] != same[:-1]) + 1).tolist(), high - low]
            for begin, end in pairwise(edges):
                name: Kind = "equal" if same[begin] else "variant"
                yield name, low + begin, low + end, other_low + begin, other_low + end

    def _most(self, run: _Run) -> int:
        """How many letters of a place this reader may be told at most."""
        readable = self._staff or self._bank.shelf_of(run.rows[0]).edition.rights.text == "public"
        return sys.maxsize if readable else FEW

    def _side(self, placing: Placing, run: _Run, aligned: Iterable[tuple[Kind, int, int]], longest: int) -> Side:
        shelf = self._bank.shelf_of(run.rows[0])
        head, tail = self._passage(placing, run.rows[0]), self._passage(placing, run.rows[-1])
        start, end = run.offsets[0], run.offsets[-1] + 1
        begins = (start, end if tail is head else len(head.text))
        ends = (start if tail is head else 0, end)
        rights = shelf.edition.rights
        return Side(
            urn=f"{shelf.edition.urn}:{head.ref}@{begins[0]}-{begins[1]}",
            until="" if tail is head else f"{shelf.edition.urn}:{tail.ref}@{ends[0]}-{ends[1]}",
            work=shelf.work.id,
            title=shelf.work.title,
            author=shelf.work.author,
            edition=shelf.edition.urn,
            edition_label=shelf.edition.label,
            section=head.section,
            section_title=shelf.titles.get(head.section, ""),
            ref=head.ref,
            page=head.page_at(start),
            left=cut(head, *begins, self._width, rights, staff=self._staff).left,
            pieces=tuple(self._pieces(placing, run, aligned, longest)),
            right=cut(tail, *ends, self._width, rights, staff=self._staff).right,
            in_note=head.kind == "footnote" or head.in_note(start),
        )

    def _pieces(
        self, placing: Placing, run: _Run, aligned: Iterable[tuple[Kind, int, int]], longest: int
    ) -> Iterator[Piece]:
        """The text of one side, pieces of one kind that touch each other in one."""
        made = (Piece(kind, text) for kind, text in self._cut(placing, run, aligned, longest) if text)
        # A note that is left out is one mark, however many letters of it were compared.
        told = (piece for before, piece in pairwise(chain([Piece("rest", "")], made)) if not _is_again(before, piece))
        for kind, some in groupby(told, key=lambda piece: piece.kind):
            yield Piece(kind, "".join(piece.text for piece in some))

    def _cut(
        self, placing: Placing, run: _Run, aligned: Iterable[tuple[Kind, int, int]], longest: int
    ) -> Iterator[tuple[Kind, str]]:
        """Every step's text, and what stands between them: punctuation, the end of a passage, a note left out."""
        for kind, low, high in aligned:
            for begin, end in _parts(run, low, min(high, longest)):
                if begin:
                    left_out = run.rows[begin] == run.rows[begin - 1] and begin in run.breaks
                    yield "note" if left_out else "equal", self._between(placing, run, begin)
                yield kind, self._shown(placing, run, run.rows[begin], run.offsets[begin], run.offsets[end - 1] + 1)
        if len(run.rows) > longest:
            yield "rest", "……"

    def _words(self, placing: Placing, run: _Run, low: int, high: int) -> str:
        """The text of some letters and what stands between them."""
        return "".join(
            (self._between(placing, run, begin) if begin > low else "")
            + self._shown(placing, run, run.rows[begin], run.offsets[begin], run.offsets[end - 1] + 1)
            for begin, end in _parts(run, low, high)
        )

    def _between(self, placing: Placing, run: _Run, at: int) -> str:
        """What stands between a letter and the one before it."""
        row, before, offset = run.rows[at], run.rows[at - 1], run.offsets[at - 1] + 1
        if row == before:
            return self._shown(placing, run, row, offset, run.offsets[at])
        end = len(self._passage(placing, before).text)
        last = self._shown(placing, run, before, offset, end)
        return f"{last}{BREAK}{self._shown(placing, run, row, 0, run.offsets[at])}"

    def _shown(self, placing: Placing, run: _Run, row: int, start: int, end: int) -> str:
        """Stored text as far as the reader may see it: in a long place only the layers that may be read."""
        passage, rights = self._passage(placing, row), self._bank.shelf_of(row).edition.rights
        brief = min(len(run.rows), self._most(run)) <= FEW
        return part(passage, start, end, rights, staff=self._staff, brief=brief)

    def _passage(self, placing: Placing, row: int) -> Passage:
        passage = placing.passage(row)
        if passage is None:
            raise moved()
        return passage


def _is_again(before: Piece, piece: Piece) -> bool:
    return before.text == piece.text == HIDDEN


def _parts(run: _Run, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The letters from `low` to `high`, cut where a passage ends or a note is left out."""
    if low < high:
        yield from pairwise([low, *(at for at in run.breaks if low < at < high), high])


def covered(bank: Bank, passage: Passage, found: Columns) -> list[tuple[int, int]]:
    """The ranges of a passage, in its stored text, that the source sides of parallels cover; in order, disjoint.

    Raises:
        Moved: the passage is no longer what was compared.
    """
    row = int(np.argmax(bank.rows_of(np.array([passage.id]))))
    low, high = int(bank.starts[row]), int(bank.starts[row + 1])
    offsets = Placing(bank, [passage]).offsets(row, low, high - 1)
    if offsets is None:
        raise moved()
    turns = np.zeros(high - low + 1, dtype=np.int64)
    np.add.at(turns, np.clip(found.source_first - low, 0, high - low), 1)
    np.add.at(turns, np.clip(found.source_last + 1 - low, 0, high - low), -1)
    inside = np.concatenate(([False], np.cumsum(turns[:-1]) > 0, [False]))
    edges = np.flatnonzero(inside[1:] != inside[:-1]).tolist()
    return [(int(offsets[at]), int(offsets[end - 1]) + 1) for at, end in zip(edges[::2], edges[1::2], strict=True)]


def moved() -> Moved:
    """What to say when the text of the store is no longer what was compared."""
    return Moved("比对之后文库有了改动。", remedy="请再试一次。")
