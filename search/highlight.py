"""Where a query's hits stand in passages that are already on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from archive.intake import Range
from archive.library import Library
from archive.model import Passage
from search import query, streams
from search.alphabet import Numbers
from search.answer import Scope
from search.conditions import scope_mask
from search.matching import Matcher, resolved
from search.snapshot import shared

Hit = tuple[Range, ...]
"""Ranges of stored text, in order; more than one if the hit passes over a note."""


def highlights(
    library: Library, text: str, passages: Sequence[Passage], *, staff: bool = False
) -> dict[int, list[Hit]]:
    """The verified hits of a query in these passages, as `Finder.find` counts them.

    Returns:
        Hits in order, by passage id; passages without a hit are left out.

    Raises:
        UsageError: the query cannot be understood.
    """
    tree = query.parse(text)
    bank = shared(library.folder).view(library).bank
    rows = bank.rows_of(np.array([passage.id for passage in passages], dtype=np.int64))
    rows &= scope_mask(bank, Scope(), staff=staff)
    hidden = bank.mask(shelf for shelf in bank.shelves if not staff and shelf.edition.rights.notes == "staff")
    spans = Matcher(bank, rows, hidden).spans(tree)
    lengths = {len(resolved(phrase, bank.alphabet)) for phrase in query.phrases(tree)}
    by_id = {passage.id: passage for passage in passages}
    found: dict[int, list[Hit]] = {}
    placed: dict[int, tuple[Numbers, Numbers]] = {}
    for first, last, row in zip(
        spans.first.tolist(), spans.last.tolist(), bank.row_of(spans.first).tolist(), strict=True
    ):
        passage = by_id[int(bank.ids[row])]
        if row not in placed:
            placed[row] = streams.places(passage, bank.alphabet)
        glyphs, offsets = placed[row]
        base = int(bank.starts[row])
        if not np.array_equal(glyphs[first - base : last + 1 - base], bank.glyphs[first : last + 1]):
            continue  # the store has changed under our hands
        noted = (
            bank.noted[first : last + 1] if last + 1 - first not in lengths else np.zeros(last + 1 - first, dtype=bool)
        )
        found.setdefault(passage.id, []).append(tuple(_ranges(offsets[first - base : last + 1 - base], noted)))
    return found


def _ranges(offsets: Numbers, noted: Numbers) -> Iterator[Range]:
    """The stretches of a hit outside the notes it passes over."""
    start: int | None = None
    end = 0
    for offset, skip in zip(offsets.tolist(), noted.tolist(), strict=True):
        if skip:
            if start is not None:
                yield start, end
            start = None
        else:
            start, end = offset if start is None else start, offset + 1
    if start is not None:
        yield start, end
