"""What is compared: the source a URN names, and the library as one reader may search it, both as segments of letters.

Two tracks of each: the running text, notes where they are printed, and the text without notes of the passages that
have notes. A segment is a section's text, so that nothing runs across a section; a note the reader may not find is a
gap in the running text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from archive import browse
from archive.errors import Forbidden, UsageError
from archive.library import Library
from archive.rights import visible
from archive.urn import Urn, parse
from search.found import Moved
from search.parallels.seeds import Text
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf
from search.text.placing import Placing

_PIECE = 1 << 22
"""Letters of a source that are looked for at a time, if no segment is longer."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a URN names: passages of one edition, and of a single one perhaps only the places `first` to `last`."""

    urn: Urn
    shelf: Shelf
    rows: Numbers
    """A mask over the bank's rows."""
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a source. `main` says of each segment whether it is text without notes."""

    text: Text
    main: Numbers


def source(library: Library, bank: Bank, urn: Urn, *, staff: bool) -> Source:
    """Find what a URN names.

    Raises:
        NotFound, Gone, UsageError: as for reading it.
        Forbidden: the reader may find its text but not read it.
        Moved: the library has changed since `bank` was read.
    """
    edition = browse.edition(library, urn, staff=staff)
    if not visible(edition, "text", staff=staff):
        raise Forbidden("这个版本的正文只供检索，不能逐段比对。", where=edition.urn, remedy="可用检索查找其中的字句。")
    shelf = next((one for one in bank.shelves if one.edition.id == edition.id), None)
    if shelf is None:
        raise _moved()
    urn = replace(urn, edition=parse(edition.urn).edition)
    rows = np.zeros(bank.size, dtype=bool)
    if not urn.ref:
        rows[shelf.row : shelf.row_end] = True
    elif urn.ref in shelf.titles:
        if urn.start is not None or urn.revision is not None:
            raise UsageError("这是一章的编号，字符范围和修订号只用于段。", where=str(urn), remedy="请给出段的编号。")
        inside = np.array([f"{path}.".startswith(f"{urn.ref}.") for path in shelf.stream.sections], dtype=bool)
        rows[shelf.row : shelf.row_end] = inside[shelf.stream.section]
    else:
        return _passage(library, bank, shelf, urn, rows)
    return Source(urn, shelf, rows, shelf.place, shelf.place_end - 1)


def _passage(library: Library, bank: Bank, shelf: Shelf, urn: Urn, rows: Numbers) -> Source:
    passage = library.passage(replace(urn, revision=None))
    if urn.revision not in (None, passage.revision):
        raise UsageError(
            "互见按现行文字比对，旧的修订不能比。", where=str(urn), remedy="请去掉编号末尾的 !r 和修订号。"
        )
    rows |= bank.rows_of(np.array([passage.id]))
    if not rows.any():
        raise _moved()
    row = int(np.argmax(rows))
    first, last = int(bank.starts[row]), int(bank.starts[row + 1]) - 1
    offsets = Placing(bank, [passage]).offsets(row, first, last)
    if offsets is None:
        raise _moved()
    if urn.start is not None and urn.end is not None:
        low, high = np.searchsorted(offsets, (urn.start, urn.end)).tolist()
        first, last = first + low, first + high - 1
    return Source(replace(urn, revision=None), shelf, rows, first, last)


def _moved() -> Moved:
    return Moved("比对时文库有了改动。", remedy="请再试一次。")


def tracks(bank: Bank, rows: Numbers, hidden: Numbers) -> tuple[Text, Text]:
    """The running text and the text without notes, open in `rows`, notes of `hidden` rows left out."""
    return _running(bank, rows, hidden), _main(bank, rows)


def pieces(bank: Bank, wanted: Source, hidden: Numbers) -> Iterator[Piece]:
    """The source, in parts of whole segments."""
    held: list[tuple[Numbers, bool]] = []
    letters = 0
    for places, main in _segments(bank, wanted, hidden):
        if held and letters + len(places) > _PIECE:
            yield _piece(bank, held)
            held, letters = [], 0
        held.append((places, main))
        letters += len(places)
    if held:
        yield _piece(bank, held)


def _segments(bank: Bank, wanted: Source, hidden: Numbers) -> Iterator[tuple[Numbers, bool]]:
    """The places of each segment of the source, and whether notes are left out of it."""
    for main, text in enumerate(tracks(bank, wanted.rows, hidden)):
        limits = (wanted.first, wanted.last + 1)
        low, high = limits if text.places is None else np.searchsorted(text.places, limits)
        for at in np.flatnonzero(text.open).tolist():
            begin, end = max(int(text.bounds[at]), low), min(int(text.bounds[at + 1]), high)
            if begin < end:
                yield text.place(np.arange(begin, end)), bool(main)


def _piece(bank: Bank, segments: list[tuple[Numbers, bool]]) -> Piece:
    places = np.concatenate([places for places, _ in segments])
    bounds = np.cumsum([0, *(len(places) for places, _ in segments)])
    text = Text(bank.letters[places], bounds, np.ones(len(segments), dtype=bool), places)
    return Piece(text, np.array([main for _, main in segments], dtype=bool))


def _running(bank: Bank, rows: Numbers, hidden: Numbers) -> Text:
    new = _changes(bank.section, rows)
    bounds, is_open = bank.starts[:-1][new], rows[new]
    edges = [_edges(bank, shelf) for shelf in bank.shelves if hidden[shelf.row : shelf.row_end].any()]
    if any(map(len, edges)):
        bounds = np.unique(np.concatenate([bounds, *edges]))
        bounds = bounds[bounds < len(bank.letters)]
        row = bank.row_at(bounds)
        is_open = rows[row] & ~(hidden[row] & bank.noted[bounds])
    return Text(bank.letters, np.append(bounds, len(bank.letters)), is_open)


def _edges(bank: Bank, shelf: Shelf) -> Numbers:
    """Where a note begins or ends."""
    noted = bank.noted[shelf.place : shelf.place_end]
    return shelf.place + 1 + np.flatnonzero(noted[1:] != noted[:-1])


def _main(bank: Bank, rows: Numbers) -> Text:
    starts = bank.main_starts
    with_notes = np.flatnonzero(starts[1:] > starts[:-1])
    new = _changes(bank.section[with_notes], rows[with_notes])
    new[1:] |= np.diff(with_notes) != 1
    first = with_notes[new]
    return Text(bank.main_letters, np.append(starts[:-1][first], len(bank.main_letters)), rows[first], bank.main)


def _changes(section: Numbers, rows: Numbers) -> Numbers:
    """Rows that begin a segment: those of another section than the row before, or the first open or closed ones."""
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (rows[1:] & (section[1:] != section[:-1]))
    return new
