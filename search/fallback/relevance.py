"""Passages by the words of a query, when nobody wrote the query as it stands.

Each word is looked for like any string, so that variants, notes and rights hold. Passages are ranked by BM25 (S.
Robertson, H. Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.4), with the idf that is never negative
(log(1 + …)); lengths count letters that are looked through. All numbers come from the bank: every engine's are the
same. A Chinese word that stands nowhere counts as its characters. Of a large library, single characters that more than
a tenth of all passages have (之, 也, 不) say little and cost much: they are left out unless there is nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from math import log
from typing import Any, NamedTuple

import numpy as np

from search.answer import Item
from search.fallback.again import again
from search.fallback.marked import Mark, Segment, segments, window
from search.fallback.vocabulary import vocabulary
from search.fallback.words import words
from search.found import Found
from search.language.tree import Or, Phrase, Quotation
from search.statistics.searched import sizes
from search.text.alphabet import Numbers
from search.text.bank import Spans
from search.text.folding import token
from search.text.placing import Placing

K1, B = 1.2, 0.75
COMMON = 10
"""A single character is common if more than one passage in so many has it, and more than `SEVERAL`."""
SEVERAL = 500
MOST = 50
"""Different words that are looked for: the first of a long query."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query: how many passages have it, None if they are too many to count; and whether it counts."""

    text: str
    passages: int | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """A passage: its most telling stretch, in `segments` that together are `item.match`, and its score.

    `words` are those that stand in the passage, the rarest first.
    """

    item: Item
    segments: tuple[Segment, ...]
    words: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ByWords:
    """The best of the `passages` that have one word at least that counts."""

    words: tuple[Word, ...] = ()
    passages: int = 0
    items: tuple[Passing, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As one JSON object; each item with the keys of a hit, and its segments, words and score besides."""
        return {
            "words": [asdict(word) for word in self.words],
            "passages": self.passages,
            "items": [
                {
                    **one.item._asdict(),
                    "segments": [segment._asdict() for segment in one.segments],
                    "words": list(one.words),
                    "score": one.score,
                }
                for one in self.items
            ],
        }


class _Places(NamedTuple):
    """Where a word stands, the rows that have it, and how often each does."""

    phrase: Phrase
    spans: Spans
    rows: Numbers
    often: Numbers


class _Looked(NamedTuple):
    """A word that was looked for: whether it is too common to count, else its places."""

    phrase: Phrase
    common: bool
    places: _Places | None


def by_words(found: Found, strings: Sequence[Phrase | Quotation], *, size: int = 10, width: int = 24) -> ByWords:
    """The passages that have the most telling words of these strings, best first; among equals, in place order.

    Args:
        found: who asks, and the rows to look in (`found.matcher.rows`).
        strings: what is cut into words; each word is looked for in its string's layer.
        size: how many passages are shown.
        width: characters of context on either side.

    Raises:
        Moved: the stored text is no longer what was searched.
    """
    lengths = np.where(found.matcher.rows, sizes(found), 0)
    searched = int(np.count_nonzero(lengths))
    looked = list(islice(_looked(found, strings, searched), MOST))
    telling = [one.places for one in looked if one.places and len(one.places.rows)]
    telling = telling or [_places(found, one.phrase) for one in looked if one.common]
    counted = {one.phrase: len(one.rows) for one in telling}
    told = tuple(
        Word("".join(one.phrase.units), counted.get(one.phrase, None if one.common else 0), one.phrase in counted)
        for one in looked
    )
    idf = [log(1 + (searched - len(one.rows) + 0.5) / (len(one.rows) + 0.5)) for one in telling]
    score = _scores(telling, idf, lengths)
    best = np.flatnonzero(score)
    passages = len(best)
    if passages > size:
        best = best[score[best] >= np.partition(score[best], -size)[-size]]
    best = best[np.lexsort((best, -score[best]))][:size]
    items = tuple(_shown(found, telling, idf, best, score[best].tolist(), width)) if passages else ()
    return ByWords(told, passages, items)


def _looked(found: Found, strings: Sequence[Phrase | Quotation], searched: int) -> Iterator[_Looked]:
    """The words of some strings, each looked for once; behind a Chinese word that stands nowhere, its characters."""
    terms = vocabulary(found.bank, staff=found.staff)
    whole = _whole_editions(found)
    seen = set()
    for string in strings:
        for start, end in words(string.units, terms):
            word = string.units[start:end]
            letters = len(word) == 1 or all(token(unit).isascii() for unit in word)  # of a Latin word or a number
            for part in (word, *(() if letters else ((unit,) for unit in word))):
                key = (tuple(map(token, part)), string.layer)
                if key in seen:
                    continue
                seen.add(key)
                one = _look(found, Phrase(part, False, string.layer), searched, whole)
                yield one
                if part is word and one.places and len(one.places.rows):
                    break


def _look(found: Found, phrase: Phrase, searched: int, whole: Numbers) -> _Looked:
    if len(phrase.units) > 1:
        return _Looked(phrase, False, _places(found, phrase))
    most = max(searched // COMMON, SEVERAL)
    if _passages_at_least(found, phrase, whole) > most:
        return _Looked(phrase, True, None)
    places = _places(found, phrase)
    common = len(places.rows) > most
    return _Looked(phrase, common, None if common else places)


def _places(found: Found, phrase: Phrase) -> _Places:
    spans = again(found, phrase).spans
    begins = np.flatnonzero(np.diff(spans.row, prepend=-1))
    return _Places(phrase, spans, spans.row[begins], np.diff(begins, append=len(spans)))


def _whole_editions(found: Found) -> Numbers:
    """Which editions are looked through from end to end, with their notes."""
    rows = found.matcher.rows & ~found.matcher.hidden
    one_layer = len(found.scope.layers) == 1
    whole = (not one_layer and rows[shelf.row : shelf.row_end].all() for shelf in found.bank.shelves)
    return np.fromiter(whole, dtype=bool, count=len(found.bank.shelves))


def _passages_at_least(found: Found, phrase: Phrase, whole: Numbers) -> int:
    """In how many passages at least a single character stands, as far as position lists tell without being read."""
    bank, lists = found.bank, found.bank.running.postings
    letter = bank.alphabet.find(phrase.units[0])
    if lists is None or letter is None or phrase.layer != "both":
        return 0
    return int(lists.rows_with(letter.letter, bank.place_bounds[1:])[whole].sum())


def _scores(terms: Sequence[_Places], idf: Sequence[float], lengths: Numbers) -> Numbers:
    """BM25 of every row, 0 where none of the words stands."""
    score = np.zeros(len(lengths))
    average = lengths.sum() / max(np.count_nonzero(lengths), 1)
    for term, telling in zip(terms, idf, strict=True):
        saturation = K1 * (1 - B + B * lengths[term.rows] / average)
        score[term.rows] += telling * term.often * (K1 + 1) / (term.often + saturation)
    return score


def _shown(
    found: Found, terms: Sequence[_Places], idf: Sequence[float], rows: Numbers, scores: Sequence[float], width: int
) -> Iterator[Passing]:
    """Passages as the reader sees them, in this order."""
    bank = found.bank
    everywhere = [list(_marks(terms, row)) for row in rows.tolist()]
    # Of an edition that is only to be found, no more may be seen at once than what is near one word.
    short = [bank.shelf_of(row).edition.rights.text == "snippet" and not found.staff for row in rows.tolist()]
    marked = [window(marks, idf, alone=one) for marks, one in zip(everywhere, short, strict=True)]
    first = np.array([marks[0].first for marks in marked])
    last = np.array([max(mark.last for mark in marks) for marks in marked])
    asked = replace(found, tree=Or(tuple(term.phrase for term in terms)))
    texts = ["".join(term.phrase.units) for term in terms]
    items = list(asked.items(Spans(first, last, rows), width))
    placing = Placing(bank, found.library.passages_by_id(bank.ids[rows].tolist()).values())
    for row, marks, within, item, score in zip(rows.tolist(), everywhere, marked, items, scores, strict=True):
        order = sorted({mark.of for mark in marks}, key=lambda of: (-idf[of], of))
        cut = tuple(segments(bank, placing, row, within, texts, staff=found.staff))
        yield Passing(item, cut, tuple(texts[of] for of in order), round(score, 4))


def _marks(terms: Sequence[_Places], row: int) -> Iterator[Mark]:
    """All places of the words in a row."""
    for index, term in enumerate(terms):
        low, high = np.searchsorted(term.spans.row, (row, row + 1))
        for first, last in zip(term.spans.first[low:high].tolist(), term.spans.last[low:high].tolist(), strict=True):
            yield Mark(first, last, index)
