"""What differs between a string looked for by `~` and a place that was found for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from archive.model import Passage
from search.matching import quotation
from search.text.alphabet import Numbers
from search.text.bank import Bank

Kind = Literal["same", "changed", "added", "missing"]
_KINDS: dict[str, Kind] = {"equal": "same", "replace": "changed", "insert": "added", "delete": "missing"}


class Part(NamedTuple):
    """A stretch of the comparison.

    `wanted` are characters of the string, `found` those that stand in the text, without the punctuation between them
    and without the notes that were passed over; `start` and `end` are their range in the passage's stored text. What
    is missing has an empty range where it would stand.
    """

    kind: Kind
    wanted: str
    found: str
    start: int
    end: int


def parts(
    bank: Bank,
    units: Sequence[str],
    passage: Passage,
    offsets: Numbers,
    first: int,
    *,
    over_notes: bool,
) -> tuple[Part, ...]:
    """The comparison from left to right, with as few changes as possible. What folds to the same is the same.

    Args:
        bank: the bank in which the place was found.
        units: the string looked for, as `folding.units` gives it.
        passage: the passage as stored.
        offsets: the offsets of the characters found, notes included (`placing.Placing.offsets`).
        first: the place of the first of them in the bank.
        over_notes: whether notes were passed over (`matching.Matcher.over_notes`).
    """
    places = slice(first, first + len(offsets))
    letters = bank.letters[places]
    if over_notes:
        letters, offsets = letters[~bank.noted[places]], offsets[~bank.noted[places]]
    at = [*offsets.tolist(), int(offsets[-1]) + 1]
    found = []
    wanted = quotation.letters(units, bank.alphabet).tolist()
    for step in Levenshtein.opcodes(wanted, letters.tolist()):
        start, end = step.dest_start, step.dest_end
        text = "".join(passage.text[offset] for offset in at[start:end])
        bounds = (at[start], at[end - 1] + 1) if start < end else (at[start], at[start])
        found.append(Part(_KINDS[step.tag], "".join(units[step.src_start : step.src_end]), text, *bounds))
    return tuple(found)
