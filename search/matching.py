"""From a query's tree to every occurrence, exactly: the engine proposes passages, the bank disposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from search import query
from search.alphabet import Alphabet, Letter, Numbers
from search.bank import NOWHERE, Bank, Spans, merged
from search.conditions import field_mask
from search.engines.contract import Every, Run, Some, Sought
from search.folding import units
from search.query import And, Field, Node, Not, Or, Phrase

NOTHING = Some(())


@dataclass(slots=True)
class Matcher:
    """One query on one bank. `rows` are those that may match at all; hidden notes of `hidden` rows match nothing."""

    bank: Bank
    rows: Numbers
    hidden: Numbers
    """Rows whose notes the reader may not see."""
    _found: dict[Phrase, Spans] = field(default_factory=dict)

    def spans(self, tree: Node) -> Spans:
        """Every occurrence of what the tree looks for, in the passages that match all of it."""
        matching = self._matching(tree)
        wanted = [self._phrase(phrase) for phrase in dict.fromkeys(query.phrases(tree))]
        found = merged(wanted)
        good = matching[found.row]
        return found if good.all() else found.take(good)

    def exact(self, tree: Node, spans: Spans) -> Numbers:
        """Which of these occurrences have the very glyphs of one of the phrases looked for."""
        exact = np.zeros(len(spans), dtype=bool)
        for phrase in dict.fromkeys(query.phrases(tree)):
            letters = resolved(phrase, self.bank.alphabet)
            if not letters or any(not letter.glyph for letter in letters):
                continue
            own = self._phrase(phrase)
            mine = np.flatnonzero(_among(spans, own))
            exact[mine] |= self.bank.exact(letters, spans.take(mine))
        return exact

    def _matching(self, node: Node) -> Numbers:
        """The mask of rows that match a node, within `rows`."""
        match node:
            case Phrase():
                mask = np.zeros(self.bank.size, dtype=bool)
                mask[self._phrase(node).row] = True
                return mask
            case Field():
                return field_mask(self.bank, node)
            case Not(inner):
                return ~self._matching(inner)
            case And(nodes):
                return np.asarray(np.logical_and.reduce([self._matching(one) for one in nodes]))
            case Or(nodes):
                return np.asarray(np.logical_or.reduce([self._matching(one) for one in nodes]))

    def _phrase(self, phrase: Phrase) -> Spans:
        """Its occurrences in `rows`, without those the reader may not see."""
        found = self._found.get(phrase)
        if found is None:
            letters = resolved(phrase, self.bank.alphabet)
            found = self.bank.spans(letters, self.rows) if letters else NOWHERE
            if phrase.exact and len(found):
                found = found.take(self.bank.exact(letters, found))
            if self.hidden.any() and len(found):
                secret = self.hidden[found.row] & self.bank.touches_note(len(letters), found)
                found = found.take(~secret)
            self._found[phrase] = found
        return found


def resolved(phrase: Phrase, alphabet: Alphabet) -> Sequence[Letter]:
    """A phrase in numbers, empty if some character of it is nowhere in the library.

    A character without code point that the library does not know is taken literally, as some texts print it.
    """
    letters: list[Letter] = []
    for unit in phrase.units:
        known = alphabet.find(unit)
        spelt = [known] if known else [alphabet.find(char) for char in unit if units(char)] if len(unit) > 1 else [None]
        if None in spelt:
            return []
        letters += [letter for letter in spelt if letter]
    return letters


def sought(node: Node, alphabet: Alphabet) -> Sought | None:
    """What an engine can look for on behalf of a tree: `NOTHING` if it can match nowhere, None if that is no help.

    Exclusions, conditions and exact glyphs are left to the matcher: an engine may name too many passages.
    """
    match node:
        case Phrase():
            letters = resolved(node, alphabet)
            return Run("".join(alphabet.token(letter.letter) for letter in letters)) if letters else NOTHING
        case And(nodes):
            parts = [part for part in (sought(one, alphabet) for one in nodes) if part]
            if NOTHING in parts:
                return NOTHING
            return Every(tuple(parts)) if parts else None
        case Or(nodes):
            branches = [part for part in (sought(one, alphabet) for one in nodes) if part != NOTHING]
            parts = [part for part in branches if part]
            return Some(tuple(parts)) if len(parts) == len(branches) else None
    return None


def _among(spans: Spans, others: Spans) -> Numbers:
    """Which of `spans` are in `others`; both are sorted by first place, then last."""
    if not len(others):
        return np.zeros(len(spans), dtype=bool)
    width = int(max(spans.last.max(initial=0), others.last.max(initial=0))) + 1
    keys, known = spans.first * width + spans.last, others.first * width + others.last
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)
