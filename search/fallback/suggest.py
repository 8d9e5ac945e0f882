"""您是不是要找: what the library has instead of a string that nobody wrote.

Asked are the library's own vocabulary (`vocabulary`) and its text (`slips`). A term is offered if it
differs from the string by one character more, less or other, or by the order of two (L. Boytsov, Indexing methods for
approximate dictionary searching, 2011: restricted Damerau–Levenshtein distance), or if it only sounds the same.
Everything that is offered has hits for this reader in these texts, and says how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from archive.errors import UsageError
from search.fallback.again import again, beside, replaced, widened
from search.fallback.likeness import Likeness, likeness, looks, usually
from search.fallback.slips import LONGEST, Slip, slips
from search.fallback.vocabulary import vocabulary
from search.found import Found
from search.language.tree import Phrase
from search.language.wording import written
from search.text import glyphs
from search.text.folding import fold, units

MOST = 5
_TRIED = 12
"""Strings that are looked for, of which the best are offered."""
_STRINGS = 3
"""Strings of one query, the first, for which something is offered."""
_SHORT = 2
"""Characters up to which a term must be like the string in sound or shape."""
_RANK: dict[Likeness, int] = {"form": 0, "sound": 1, "shape": 1, "near": 2, "order": 3, "other": 3}
_UNLIKE: tuple[Likeness, ...] = ("order", "other")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may have been meant: `text` as it is printed where it stands first.

    `query` is the whole query with it in place (the text alone if the rest finds nothing either); `passages` and `hits`
    are that query's. `like` is a key of `likeness.LIKENESSES`; `term` tells a title, an author or a name in the
    title of a section.
    """

    text: str
    query: str
    passages: int
    hits: int
    like: Likeness
    term: bool

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may have been meant; `term` is how it is written as a term, empty if it is none.

    `apart` tells strings that sound alike from one another: 0 if they also look alike, 2 if they only sound alike
    where a character is read in an uncommon way.
    """

    slip: Slip
    term: str = ""
    apart: int = 1

    @property
    def rank(self) -> tuple[bool, bool, int, int, int, tuple[str, ...]]:
        """What is like the string in sound or shape first, then terms, then the most alike, then the most frequent."""
        like = self.slip.like
        return like in _UNLIKE, not self.term, _RANK[like], self.apart, -self.slip.often, self.slip.units


class _Tried(NamedTuple):
    candidate: _Candidate
    alone: bool
    suggestion: Suggestion


def suggestions(found: Found, missing: Sequence[Phrase]) -> tuple[Suggestion, ...]:
    """What may have been meant, the likeliest first.

    Args:
        found: the query that has found nothing.
        missing: the strings of it that stand nowhere.
    """
    wide = widened(found)
    made: list[_Tried] = []
    for phrase in missing[:_STRINGS]:
        near = beside(found, phrase)
        candidates = sorted(_candidates(near, phrase), key=lambda one: one.rank)[:_TRIED]
        for one in candidates:
            with suppress(UsageError):  # the rest of the query is too common for it
                made += _tried(wide, near, phrase, one)
    best: dict[str, Suggestion] = {}
    for tried in sorted(made, key=lambda tried: (tried.alone, tried.candidate.rank)):
        best.setdefault(tried.suggestion.query, tried.suggestion)
    return tuple(best.values())[:MOST]


def _candidates(found: Found, phrase: Phrase) -> Iterator[_Candidate]:
    """Strings that may have been meant, each once, as units that are folded or as typed."""
    if phrase.exact:
        yield _Candidate(Slip(phrase.units, "form", 0))
    terms = {fold(one.term): one for one in _terms(found, phrase)}
    yield from terms.values()
    for slip in slips(phrase, found.matcher):
        if fold("".join(slip.units)) not in terms:
            yield _Candidate(slip, apart=_apart(phrase, slip) if slip.like == "sound" else 1)


def _apart(phrase: Phrase, slip: Slip) -> int:
    typed, meant = next(pair for pair in zip(phrase.units, slip.units, strict=True) if pair[0] != pair[1])
    if not usually(typed, meant):
        return 2
    return 0 if fold(meant) in looks(typed) else 1


def _terms(found: Found, phrase: Phrase) -> Iterator[_Candidate]:
    """Terms that are like the string."""
    asked = fold("".join(phrase.units))
    if len(asked) != len(phrase.units) or not 2 <= len(asked) <= LONGEST:
        return
    known = vocabulary(found.bank, staff=found.staff)
    close = process.extract(asked, list(known), scorer=OSA.distance, score_cutoff=1, limit=None)
    changed = {term: _changed(asked, term) for term, distance, _ in close if distance}
    heard = {term: _misheard(asked, term) for term in known if len(term) == len(asked)}
    for term, like in {**heard, **changed}.items():
        if like and (len(asked) > _SHORT or like not in _UNLIKE):
            yield _Candidate(Slip(units(term), like, 0), known[term])


def _changed(asked: str, term: str) -> Likeness:
    """How a term is like a string that is one change away."""
    places = [(one, other) for one, other in zip(asked, term, strict=False) if one != other]
    if len(asked) == len(term) and len(places) == 1:
        return likeness(*places[0]) or "other"
    return "order" if sorted(asked) == sorted(term) else "other"


def _misheard(asked: str, term: str) -> Likeness | None:
    """Whether a term has one character of a string, and others that sound like those of the string."""
    same = 0
    for one, other in zip(asked, term, strict=True):
        if one == other:
            same += 1
        elif likeness(one, other) != "sound":
            return None
    return "sound" if 0 < same < len(asked) else None


def _tried(wide: Found, near: Found, phrase: Phrase, candidate: _Candidate) -> Iterator[_Tried]:
    """A candidate with the hits it has, in place of a string of the query or else alone; nothing if it has none."""
    new = Phrase(candidate.slip.units, False, phrase.layer)
    own = again(near, new)
    if not own.hits:
        return
    text = candidate.term or _printed(own, len(new.units))
    printed = Phrase(units(text), False, phrase.layer)
    found = again(wide, replaced(wide.tree, phrase, printed))
    alone = not found.hits
    found = again(wide, printed) if alone else found
    slip = candidate.slip._replace(often=own.hits)
    suggestion = Suggestion(text, written(found.tree), found.passages, found.hits, slip.like, bool(candidate.term))
    if found.hits:
        yield _Tried(replace(candidate, slip=slip), alone, suggestion)


def _printed(found: Found, length: int) -> str:
    """The characters of the first place, without what stands between them."""
    first, last = int(found.spans.first[0]), int(found.spans.last[0])
    places = np.arange(first, last + 1)
    places = places if len(places) == length else places[~found.bank.noted[places]]
    return glyphs.written(found.library, found.bank, [places])[0]
