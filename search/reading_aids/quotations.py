"""Where the library holds the words of a page already: another edition, the book that is quoted.

The page's grams are looked for in the library as those of a passage are when its parallels are asked for; what is
found there with few differences is offered as the reading, with its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from archive.library import Library
from archive.model import Edition, Passage
from archive.rights import visible
from archive.transcription.model import Transcript
from archive.transcription.store import DOUBT
from search.parallels import alignment
from search.parallels.items import BREAK
from search.parallels.seeds import Grams, Text
from search.parallels.texts import tracks
from search.reading_aids.flow import Sign, flows
from search.snapshot import shared
from search.text.alphabet import Numbers
from search.text.bank import Bank
from search.text.placing import Placing

LEAST = 12
"""Equal letters that a quotation must have."""
MOST = 12
"""Readings of one page."""
_EACH = 2
"""Readings of the same words."""


class Difference(NamedTuple):
    """What the other place has instead of the `size` characters that begin at a line and character of the page.

    `read` are these characters, `text` its own; either may be empty. With an empty `read` its words stand before that
    character of the page.
    """

    line: int
    at: int
    read: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of the page as another place of the library has them.

    `first` and `last` are the line and character where the page's words begin and end (inclusive). `text` is stored
    text, `／` where a passage ends; `urn` names it in the passage where it begins. `equal` counts characters that are
    the same in some form; `doubtful`, how many of those the machine doubted.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    text: str
    differences: tuple[Difference, ...]
    urn: str
    title: str
    edition_label: str
    section_title: str
    page: str
    equal: int
    doubtful: int

    @property
    def where(self) -> str:
        """The place for a reader: 《讀通鑑論》（文淵閣四庫全書本）卷一，001-3a."""
        label = f"（{self.edition_label}）" if self.edition_label else ""
        return f"《{self.title}》{label}" + "，".join(filter(None, (self.section_title, self.page)))


class _Found(NamedTuple):
    """A stretch in signs of the page and in places of the bank, both inclusive; `main` leaves out notes."""

    first: int
    last: int
    target_first: int
    target_last: int
    equal: int
    different: int
    main: bool


def readings(library: Library, page: Transcript, edition: Edition | None = None, *, staff: bool) -> tuple[Reading, ...]:
    """Quotations on a page that the library holds elsewhere otherwise, or where the page is doubtful.

    Args:
        library: the library, opened in the thread that asks.
        page: what was read.
        edition: the edition the page belongs to, which is not looked through.
        staff: whether the reader belongs to the house; to others only what they may read in full is offered.

    Returns:
        In the order of the page, of the same words the one with the fewest differences first.
    """
    bank = shared(library.folder).view(library).bank
    texts = flows(page)
    signs = [sign for flow in texts for sign in flow]
    if not signs or not bank.size:
        return ()
    allowed = [
        shelf
        for shelf in bank.shelves
        if shelf.edition.id != (edition.id if edition else 0)
        if all(visible(shelf.edition, layer, staff=staff) for layer in ("text", "punctuation", "notes"))
    ]
    doubtful = np.array([sign.glyph.confidence < DOUBT for sign in signs], dtype=bool)
    source = _source(bank, texts)
    found = _chosen(_found(bank, source, bank.mask(allowed)), doubtful)
    lows, highs = (
        bank.row_at(np.array(ends, dtype=np.int64)).tolist()
        for ends in ([one.target_first for one in found], [one.target_last for one in found])
    )
    ids = {int(bank.ids[row]) for low, high in zip(lows, highs, strict=True) for row in range(low, high + 1)}
    placing = Placing(bank, library.passages_by_id(sorted(ids)).values())
    made = (_reading(bank, placing, source, signs, doubtful, one) for one in found)
    return tuple(one for one in made if one)


def _source(bank: Bank, texts: Sequence[Sequence[Sign]]) -> Text:
    size = len(bank.running.frequency)
    numbers = [bank.alphabet.find(sign.char) for flow in texts for sign in flow]
    letters = np.array([one.letter if one and one.letter < size else 0 for one in numbers], dtype=bank.letters.dtype)
    bounds = np.cumsum([0, *map(len, texts)])
    # No place of the page is one of the bank's.
    return Text(letters, bounds, np.ones(len(texts), dtype=bool), np.full(len(letters), -1, dtype=np.int64))


def _found(bank: Bank, source: Text, rows: Numbers) -> Iterator[_Found]:
    grams = Grams(source)
    for main, text in enumerate(tracks(bank, rows, np.zeros(bank.size, dtype=bool))):
        for _, runs in grams.runs(text):
            found = alignment.stretches(source, text, runs)
            first, last = text.place(found.target_first), text.place(found.target_last)
            # What leaves no note out has been found in the running text.
            good = found.equal >= LEAST
            good &= (last - first > found.target_last - found.target_first) if main else True
            columns = (found.source_first, found.source_last, first, last, found.equal, found.different)
            for row in zip(*(column[good].tolist() for column in columns), strict=True):
                yield _Found._make((*row, bool(main)))


def _chosen(found: Iterator[_Found], doubtful: Numbers) -> list[_Found]:
    """The best, not many of the same words, those that say nothing new left out; in the order of the page."""
    worth = (one for one in found if one.different or doubtful[one.first : one.last + 1].any())
    kept: list[_Found] = []
    for one in sorted(worth, key=lambda one: (alignment.COST * one.different - one.equal, one)):
        inside = [other for other in kept if min(other.last, one.last) - max(other.first, one.first) >= LEAST // 2]
        if len(inside) < _EACH and all(
            (other.target_first, other.target_last) != (one.target_first, one.target_last) for other in inside
        ):
            kept.append(one)
        if len(kept) == MOST:
            break
    return sorted(kept, key=lambda one: one.first)


def _reading(
    bank: Bank, placing: Placing, source: Text, signs: Sequence[Sign], doubtful: Numbers, found: _Found
) -> Reading | None:
    places = np.arange(found.target_first, found.target_last + 1)
    if found.main:
        places = places[~bank.noted[places]]
    stored = _stored(bank, placing, places)
    if stored is None:
        return None
    chars, text, passage, start, end = stored
    steps = list(alignment.steps(source.letters[found.first : found.last + 1], bank.letters[places]))
    differences = []
    for step in steps:
        if step.kind != "equal":
            here = signs[found.first + step.source_from : found.first + step.source_to]
            at = signs[min(found.first + step.source_from, len(signs) - 1)]
            other = "".join(chars[step.target_from : step.target_to])
            differences.append(Difference(at.line, at.at, "".join(sign.char for sign in here), other))
    equal = sum(step.source_to - step.source_from for step in steps if step.kind == "equal")
    shelf = bank.shelf_of(int(bank.row_at(places[:1])[0]))
    first, last = signs[found.first], signs[found.last]
    return Reading(
        first=(first.line, first.at),
        last=(last.line, last.at),
        text=text,
        differences=tuple(differences),
        urn=f"{shelf.edition.urn}:{passage.ref}@{start}-{end}",
        title=shelf.work.title,
        edition_label=shelf.edition.label,
        section_title=shelf.titles.get(passage.section, ""),
        page=passage.page_at(start),
        equal=equal,
        doubtful=int(np.count_nonzero(doubtful[found.first : found.last + 1])),
    )


def _stored(bank: Bank, placing: Placing, places: Numbers) -> tuple[list[str], str, Passage, int, int] | None:
    """The stored characters at these places; all that stands from the first to the last, but notes that are passed
    over; the passage where that begins, and its range there. None if the store has changed."""
    chars: list[str] = []
    parts: list[str] = []
    head: tuple[Passage, int, int] | None = None
    rows = bank.row_at(places)
    for row in np.unique(rows).tolist():
        inside = places[rows == row]
        passage, offsets = placing.passage(row), placing.offsets(row, int(inside[0]), int(inside[-1]))
        if passage is None or offsets is None:
            return None
        spots = offsets[inside - inside[0]].tolist()
        parts += [BREAK] if parts else []
        for number, spot in enumerate(spots):
            touches = number and inside[number] - inside[number - 1] == 1
            parts.append(passage.text[spots[number - 1] + 1 if touches else spot : spot + 1])
            chars.append(passage.text[spot])
        head = head or (passage, spots[0], spots[-1] + 1)
    assert head
    return chars, "".join(parts), *head
