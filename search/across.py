"""What begins in one passage and ends in a later one of the same section, told apart from hits.

Where a text falls into passages is partly our reading of it. So that nothing is missed, a string that runs over the end
of a passage is found too; so that counts stay exact and every hit citable to one passage, it is never counted as a
hit. Only the running text is looked at, notes where they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from archive.library import Library
from archive.model import Passage, Rights
from search.answer import Scope
from search.kwic import FEW, OMITTED, cut, left_out, part
from search.language import query
from search.matching.conditions import hidden_notes_mask, scope_mask
from search.matching.matcher import resolved
from search.snapshot import shared
from search.text.alphabet import Letter, Numbers
from search.text.bank import NOWHERE, Bank, Spans
from search.text.placing import Placing

_BREAK = "／"


@dataclass(frozen=True, slots=True)
class Crossing:
    """One place: `urn` names the part in the passage where it begins, `until` the part where it ends.

    `match` is the stored text of all parts, with `／` where one passage ends and the next begins.
    """

    urn: str
    until: str
    work: str
    title: str
    section: str
    section_title: str
    page: str
    left: str
    match: str
    right: str


@dataclass(frozen=True, slots=True)
class Across:
    """How many such places there are, and the first of them."""

    count: int = 0
    items: tuple[Crossing, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)


def across(
    library: Library, text: str, *, scope: Scope | None = None, staff: bool = False, size: int = 20, width: int = 24
) -> Across:
    """Where a single string runs over the end of a passage into the next.

    Args:
        library: the library, opened in the thread that searches.
        text: the query; a combination of strings has no such places.
        scope: where to search.
        staff: whether the reader belongs to the house.
        size: how many places to show.
        width: characters of context on either side.

    Raises:
        UsageError: the query cannot be understood.
    """
    tree = query.parse(text)
    if not isinstance(tree, query.Phrase) or tree.layer != "both":
        return Across()
    bank = shared(library.folder).view(library).bank
    phrase = resolved(tree, bank.alphabet)
    found = _spans(bank, phrase, scope_mask(bank, scope or Scope(), staff=staff))
    found = found.take(~(hidden_notes_mask(bank, staff=staff)[found.row] & bank.touches_note(len(phrase), found)))
    if tree.exact:
        found = found.take(bank.exact(phrase, found))
    return Across(len(found), tuple(_crossings(library, bank, found.take(slice(size)), width, staff)))


def _spans(bank: Bank, phrase: Sequence[Letter], rows: Numbers) -> Spans:
    """Occurrences that begin in one row and end in another of the same section."""
    if len(phrase) < 2:
        return NOWHERE
    first = bank.anywhere(phrase)
    last = first + (len(phrase) - 1)
    begin, end = bank.row_at(first), bank.row_at(last)
    return Spans(first, last, begin).take(
        (begin != end) & (bank.section[begin] == bank.section[end]) & rows[begin] & rows[end]
    )


def _crossings(library: Library, bank: Bank, spans: Spans, width: int, staff: bool) -> Iterator[Crossing]:
    """These places as a reader sees them, without those where the store has changed under our hands."""
    rows = [
        range(begin, end + 1) for begin, end in zip(spans.row.tolist(), bank.row_at(spans.last).tolist(), strict=True)
    ]
    ids = [bank.ids.item(row) for row in sorted(set().union(*rows))]
    placing = Placing(bank, library.passages_by_id(ids, lines=False).values())
    for over, first, last in zip(rows, spans.first.tolist(), spans.last.tolist(), strict=True):
        if crossing := _crossing(bank, placing, over, first, last, width, staff):
            yield crossing


def _crossing(
    bank: Bank, placing: Placing, rows: range, first: int, last: int, width: int, staff: bool
) -> Crossing | None:
    shelf = bank.shelf_of(rows[0])
    parts = []
    for row in rows:
        low, high = max(first, int(bank.starts[row])), min(last, int(bank.starts[row + 1]) - 1)
        if low > high:
            continue  # a passage without a letter
        passage, offsets = placing.passage(row), placing.offsets(row, low, high)
        if passage is None or offsets is None:
            return None
        place = int(offsets[0]), int(offsets[-1]) + 1
        parts.append((passage, place, cut(passage, *place, width, shelf.edition.rights, staff=staff)))
    (head, from_, before), (tail, to, after) = parts[0], parts[-1]
    matched = [(passage, *place) for passage, place, _ in parts]
    return Crossing(
        urn=f"{shelf.edition.urn}:{head.ref}@{from_[0]}-{from_[1]}",
        until=f"{shelf.edition.urn}:{tail.ref}@{to[0]}-{to[1]}",
        work=shelf.work.id,
        title=shelf.work.title,
        section=head.section,
        section_title=shelf.titles.get(head.section, ""),
        page=head.page_at(from_[0]),
        left=before.left,
        match=_BREAK.join(_seen(matched, shelf.edition.rights, staff)),
        right=after.right,
    )


def _seen(matched: Sequence[tuple[Passage, int, int]], rights: Rights, staff: bool) -> Iterator[str]:
    """The parts of a match as far as a reader may see them; of many words that are only to be found, both ends."""
    size = sum(end - start for _, start, end in matched)
    low, high = left_out(size, rights, staff=staff) or (size, size)
    brief = low < high or size <= FEW
    before = 0
    for passage, start, end in matched:
        first, last = (min(max(start + at - before, start), end) for at in (low, high))
        ends = [part(passage, *one, rights, staff=staff, brief=brief) for one in ((start, first), (last, end))]
        yield (OMITTED if before <= low < before + end - start else "").join(ends)
        before += end - start
