"""Likelier readings of single characters: of doubtful ones, and of those that are easily taken for another.

What a character may be says the engine that read it, the table of shapes (`fallback/likeness.py`) and, where it is
doubtful, what the library has between the same neighbours; how likely each is, how often the library has it there
(`context.py`) and how sure the reading was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from archive.library import Library
from archive.model import Edition
from archive.rights import findable
from archive.transcription.model import Glyph, Transcript
from archive.transcription.store import DOUBT
from search.fallback.likeness import looks
from search.reading_aids.context import Around, Contexts, Seen, Weights
from search.reading_aids.flow import Sign, flows, of_text
from search.snapshot import shared
from search.text.folding import fold_char

MOST = 9
"""Candidates of one place."""
SURE = 0.99
"""What a machine's confidence is worth at most where shapes are easily confused."""
_SHARES: dict[Why, float] = {"engine": 20_000.0, "shape": 10_000.0, "context": 1.0}
"""How much likelier a machine errs in one way than in another."""
_UNSURE = 0.3
_FITTING = 4
_LEAST = 0.002

Why = Literal["engine", "shape", "context"]
WHYS: dict[Why, str] = {"engine": "识别时的另选", "shape": "形近", "context": "馆藏上下文"}
"""Why a character is offered."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A character that may stand there. `weight`: how likely it is among all that may, the one read among them, 0 to 1.

    `seen`: the words in which the library has it with the same neighbours, and `times` how often; empty and 0 if it
    has not.
    """

    char: str
    why: tuple[Why, ...]
    weight: float
    seen: str = ""
    times: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """A place worth a look: line and character on the page, what was read and how likely that is, what it may be.

    `doubtful`: the machine doubted it; else only its neighbours speak for another character.
    """

    line: int
    at: int
    char: str
    weight: float
    doubtful: bool
    candidates: tuple[Candidate, ...]


class Characters:
    """Offers characters for pages of one edition.

    Args:
        library: the library, opened in the thread that asks.
        edition: the edition the page belongs to; its own text does not count, as its errors would speak for
            themselves. None for a page of no edition.
        staff: whether the reader belongs to the house; others are offered nothing from what they may not find.
    """

    def __init__(self, library: Library, edition: Edition | None = None, *, staff: bool) -> None:
        self._bank = bank = shared(library.folder).view(library).bank
        shelved = [shelf.edition for shelf in bank.shelves]
        closed = {one.id for one in shelved if not findable(one, "text", staff=staff)}
        hidden = frozenset(one.id for one in shelved if not findable(one, "notes", staff=staff))
        own = {edition.id} if edition else set()
        self._contexts = Contexts(bank, frozenset(closed | own), hidden, edition.script if edition else "")

    def candidates(self, text: str, at: int, glyph: Glyph | None = None) -> tuple[Candidate, ...]:
        """What the character `at` of a text may be, the likeliest first; not the one that stands there.

        Args:
            text: the words around it, in reading order, without what stands between them on the page.
            at: which character, from 0.
            glyph: how it was read; taken for doubtful if None.
        """
        signs = of_text(text)
        place = next((number for number, sign in enumerate(signs) if sign.at == at), None)
        if place is None:
            return ()
        signs = (*signs[:place], signs[place]._replace(glyph=glyph or Glyph((0, 0, 0, 0), 0.0)), *signs[place + 1 :])
        check = self._check(signs, place, {})
        return check.candidates if check else ()

    def on_page(self, page: Transcript, line: int, at: int) -> tuple[Candidate, ...]:
        """What a character of a page may be, doubtful or not, the likeliest first; empty for a punctuation mark."""
        for signs in flows(page):
            for place, sign in enumerate(signs):
                if (sign.line, sign.at) == (line, at):
                    lowered = sign._replace(glyph=sign.glyph._replace(confidence=min(sign.glyph.confidence, 0.5)))
                    signs = (*signs[:place], lowered, *signs[place + 1 :])
                    check = self._check(signs, place, _forms(page))
                    return check.candidates if check else ()
        return ()

    def checks(self, page: Transcript) -> tuple[Check, ...]:
        """The places of a page that are worth a look, in reading order.

        Doubtful characters are all among them, whether or not anything can be offered.
        """
        forms = _forms(page)
        found = [
            check
            for signs in flows(page)
            for place, sign in enumerate(signs)
            if sign.glyph.confidence < DOUBT or len(looks(sign.char)) > 1
            if (check := self._check(signs, place, forms))
        ]
        return tuple(sorted(found, key=lambda check: (check.line, check.at)))

    def _check(self, signs: Sequence[Sign], place: int, forms: dict[str, str]) -> Check | None:
        """What a character may be; None for one that is not doubted and likelier than any other."""
        sign = signs[place]
        doubtful = sign.glyph.confidence < DOUBT
        around = self._around(signs, place)
        options = self._options(sign, around)
        letters = self._letters(list(options))
        judged = self._contexts.judged([letters[one] for one in options], around, rivals_only=not doubtful)
        if judged is None:
            return None
        weights = judged.weights * _trust(sign.glyph, list(options.values()))
        weights /= weights.sum()
        # Sure characters are doubted where the library has a likelier one between the same neighbours.
        if not doubtful and not any(
            seen.times for weight, seen in zip(weights, judged.seen, strict=True) if weight > weights[0]
        ):
            return None
        offered = []
        for (folded, why), weight, seen in zip(options.items(), weights.tolist(), judged.seen, strict=True):
            if folded == fold_char(sign.char) or (why == ["context"] and weight <= _LEAST):
                continue
            reasons = (*why, "context") if seen.before + seen.after > 1 and "context" not in why else tuple(why)
            if char := forms.get(folded) or self._written(folded, letters[folded]):
                words = _words(signs, place, char, seen)
                offered.append(Candidate(char, reasons, round(weight, 4), words, seen.times if words else 0))
        offered.sort(key=lambda one: (-one.weight, one.char))
        return Check(sign.line, sign.at, sign.char, round(float(weights[0]), 4), doubtful, tuple(offered[:MOST]))

    def _options(self, sign: Sign, around: Around) -> dict[str, list[Why]]:
        """Folded characters that may stand there and why, the one read first."""
        read = fold_char(sign.char)
        found: dict[str, list[Why]] = {read: []}
        for char in sign.glyph.others:
            if (folded := fold_char(char)) and folded != read:
                found.setdefault(folded, []).append("engine")
        for folded in sorted(looks(sign.char)):
            if folded != read:
                found.setdefault(folded, []).append("shape")
        if sign.glyph.confidence < DOUBT:
            for letter in self._contexts.fitting(around, _FITTING):
                folded = self._bank.alphabet.token(letter)
                if folded != read:
                    found.setdefault(folded, []).append("context")
        return found

    def _around(self, signs: Sequence[Sign], place: int) -> Around:
        chars = [signs[at].char if 0 <= at < len(signs) else "" for at in (place - 2, place - 1, place + 1, place + 2)]
        known = self._letters(chars)
        return known[chars[0]], known[chars[1]], known[chars[2]], known[chars[3]]

    def _letters(self, chars: Sequence[str]) -> dict[str, int]:
        found = {char: self._bank.alphabet.find(char) if char else None for char in chars}
        # The alphabet may know letters that came after this bank, or only in text that is not open: none has a place.
        size = len(self._bank.running.frequency)
        return {char: one.letter if one and one.letter < size else 0 for char, one in found.items()}

    def _written(self, folded: str, letter: int) -> str:
        char = self._contexts.written(letter) if letter else folded
        return (char or folded) if len(char) <= 1 else ""


def _trust(glyph: Glyph, whys: Sequence[Sequence[Why]]) -> Weights:
    """What the reading itself says: so much for the character read, the rest for the others, each by why it is one."""
    sure = min(max(glyph.confidence, _UNSURE), SURE)
    shares = np.array([0.0, *(sum(_SHARES[why] for why in some) for some in whys[1:])])
    trust = shares * (1 - sure) / max(float(shares.sum()), 1.0)
    trust[0] = sure
    return trust


def _words(signs: Sequence[Sign], place: int, char: str, seen: Seen) -> str:
    if not seen.times or not seen.before + seen.after:
        return ""
    before = "".join(sign.char for sign in signs[place - seen.before : place])
    return before + char + "".join(sign.char for sign in signs[place + 1 : place + 1 + seen.after])


def _forms(page: Transcript) -> dict[str, str]:
    """How the page writes characters that fold alike."""
    counts: dict[str, dict[str, int]] = {}
    for sign in _all(page):
        if sign.glyph.confidence >= DOUBT:
            forms = counts.setdefault(fold_char(sign.char), {})
            forms[sign.char] = forms.get(sign.char, 0) + 1
    return {folded: max(forms, key=lambda char: forms[char]) for folded, forms in counts.items()}


def _all(page: Transcript) -> Iterator[Sign]:
    return (sign for signs in flows(page) for sign in signs)
