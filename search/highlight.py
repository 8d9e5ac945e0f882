"""Where a query's hits stand in passages that are already on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from archive.intake import Range
from archive.library import Library
from archive.model import Passage
from search.answer import Scope
from search.language import query
from search.matching.conditions import hidden_notes_mask, scope_mask
from search.matching.matcher import Matcher
from search.snapshot import shared
from search.text.alphabet import Numbers
from search.text.placing import Placing

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
    matcher = Matcher(bank, rows, hidden_notes_mask(bank, staff=staff))
    spans = matcher.spans(tree)
    over = matcher.over_notes(tree, spans)
    placing = Placing(bank, passages)
    found: dict[int, list[Hit]] = {}
    places = zip(spans.first.tolist(), spans.last.tolist(), spans.row.tolist(), over.tolist(), strict=True)
    for first, last, row, passes_over in places:
        offsets = placing.offsets(row, first, last)
        if offsets is None:
            continue  # the store has changed under our hands
        skipped = bank.noted[first : last + 1] & passes_over
        found.setdefault(int(bank.ids[row]), []).append(tuple(_ranges(offsets, skipped)))
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
