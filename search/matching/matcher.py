"""From a query's tree to every occurrence, exactly: the engine proposes passages, the bank disposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from archive.errors import UsageError
from search.engines.contract import Every, Run, Some, Sought
from search.language import regexp
from search.language.tree import (
    And,
    Choice,
    Field,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Quotation,
    Regex,
    String,
    is_string,
    layer_of,
    leaves,
    strings,
)
from search.matching import automaton, nearness, patterns, quotation
from search.matching.conditions import field_mask
from search.matching.layers import Stretches, Text, joined, texts
from search.matching.spots import ANY, members, rarest, resolved, spots, stand
from search.text.alphabet import Alphabet, Numbers
from search.text.bank import NOWHERE, Bank, Spans, merged

__all__ = ["NOTHING", "Matcher", "resolved", "sought"]

NOTHING = Some(())
MOST = 5_000_000
"""Occurrences that several strings may have together."""
_FEW = 16
"""Characters of which an engine is asked for one."""


@dataclass(slots=True)
class Matcher:
    """One query on one bank. `rows` are those that may match at all; hidden notes of `hidden` rows match nothing."""

    bank: Bank
    rows: Numbers
    hidden: Numbers
    """Rows whose notes the reader may not see."""

    def spans(self, tree: Node) -> Spans:
        """Every occurrence of what the tree looks for, in the passages that match all of it.

        Raises:
            UsageError: it is so common that listing it would take too long.
        """
        search = _Search(self.bank, self.rows, self.hidden)
        if _all_count(tree):
            return search.of_any(tree)
        parts = tree.nodes if isinstance(tree, And) else (tree,)
        # What leaves few rows comes first, and the rest is looked for in these.
        for part in sorted(parts, key=search.effort):
            search.rows = search.rows & search.matching(part)
        found = search.of_any(tree)
        good = search.rows[found.row]
        return found if good.all() else found.take(good)

    def exact(self, tree: Node, spans: Spans) -> Numbers:
        """Which of these occurrences, in any order, have the very glyphs of what is looked for."""
        exact = np.zeros(len(spans), dtype=bool)
        match list(dict.fromkeys(strings(tree))):
            case [Phrase() as phrase]:
                letters = resolved(phrase, self.bank.alphabet)
                if letters and all(letter.glyph for letter in letters):
                    exact = self.bank.exact(letters, spans)
            case several:
                search = self._around(spans, exact=True)
                for string in several:
                    exact |= _among(spans, search.of(string))
        return exact

    def over_notes(self, tree: Node, spans: Spans) -> Numbers:
        """Which of these occurrences pass over notes, and do not run through them as printed."""
        search = self._around(spans)
        running = np.zeros(len(spans), dtype=bool)
        for string in dict.fromkeys(strings(tree)):
            if not isinstance(string, Quotation):
                running |= _among(spans, search.of(string, running_only=True))
                continue
            # The same place may nearly have it as printed, and have it with fewer changes without the notes.
            near = quotation.near(self.bank, string.units, search.rows, self.hidden, string.layer, running_only=True)
            same = np.flatnonzero(_among(spans, near.spans))
            as_printed = near.changes[np.searchsorted(near.spans.first, spans.first[same])]
            running[same] = as_printed <= self.changes(tree, spans.take(same))
        return ~running

    def changes(self, tree: Node, spans: Spans) -> Numbers:
        """How many changes each of these occurrences of a near quotation has; 0 for those of anything else."""
        changes = np.zeros(len(spans), dtype=np.int64)
        for string in strings(tree):
            if isinstance(string, Quotation):
                search = self._around(spans)
                near = quotation.near(self.bank, string.units, search.rows, self.hidden, string.layer)
                at = np.minimum(np.searchsorted(near.spans.first, spans.first), max(len(near.changes) - 1, 0))
                changes = near.changes[at]
        return changes

    def _around(self, spans: Spans, *, exact: bool = False) -> _Search:
        rows = np.zeros(self.bank.size, dtype=bool)
        rows[spans.row] = True
        return _Search(self.bank, rows & self.rows, self.hidden, exact)


class _Search:
    """The strings of a query looked for in `rows`, each once."""

    def __init__(self, bank: Bank, rows: Numbers, hidden: Numbers, exact: bool = False) -> None:
        self.bank = bank
        self.rows = rows
        self.hidden = hidden
        self.exact = exact
        self._known: dict[String, Spans] = {}
        self._count = 0

    def matching(self, node: Node) -> Numbers:
        """A mask of the rows that match a node; only those among `rows` are to be believed."""
        match node:
            case Field():
                return field_mask(self.bank, node)
            case Not(inner):
                return ~self.matching(inner)
            case And(nodes):
                return np.asarray(np.logical_and.reduce([self.matching(one) for one in nodes]))
            case Or(nodes):
                return np.asarray(np.logical_or.reduce([self.matching(one) for one in nodes]))
        mask = np.zeros(self.bank.size, dtype=bool)
        mask[self.of(node).row] = True
        return mask

    def of_any(self, tree: Node) -> Spans:
        """The occurrences of all strings of a tree."""
        return merged([self.of(string) for string in dict.fromkeys(strings(tree))])

    def of(self, string: String, *, running_only: bool = False) -> Spans:
        """The occurrences of a string."""
        found = self._known.get(string)
        if found is None:
            found = self._known[string] = self._found(string, running_only)
            self._count += len(found)
            if len(self._known) > 1 and self._count > MOST:
                raise UsageError(
                    f"这几串字太常见，共有 {self._count} 处以上。", remedy="请分几次检索，或加上范围（如 书:周易）。"
                )
        return found

    def effort(self, node: Node) -> int:
        """How many occurrences there can be at most, as far as single letters tell."""
        match node:
            case Phrase(units):
                return rarest(self.bank.running, spots(((unit,) for unit in units), self.bank.alphabet))
            case Pattern(pieces):
                return min(rarest(self.bank.running, spots(piece, self.bank.alphabet)) for piece in pieces)
            case Near(nodes) | And(nodes):
                return min(map(self.effort, nodes))
            case Or(nodes):
                return sum(map(self.effort, nodes))
            case Not() | Regex():
                return len(self.bank.letters)
        return 0

    def _found(self, string: String, running_only: bool) -> Spans:
        if isinstance(string, Quotation):
            if not self.exact:
                return quotation.near(
                    self.bank, string.units, self.rows, self.hidden, string.layer, running_only=running_only
                ).spans
            string = Phrase(string.units, True, string.layer)
        layer, secret = layer_of(string), not self.bank.none(self.hidden)
        regular = any(isinstance(leaf, Regex) for leaf in leaves(string))
        running, *others = texts(self.bank, layer, self.rows, self.hidden)
        parts = [running.spans(self._occurrences(string, running))]
        for text in [] if running_only else others:
            if layer == "both" and not secret and isinstance(string, Phrase) and len(string.units) == 1:
                continue
            found = self._occurrences(string, text)
            spans = text.spans(found)
            if layer == "both" and not regular:
                # What does not pass over a note has been found in the running text, unless that was not looked through.
                new = spans.last - spans.first > found.last - found.first
                spans = spans.take(new | self.hidden[spans.row] if secret else new)
            parts.append(spans)
        return merged([part for part in parts if len(part)] or [NOWHERE])

    def _occurrences(self, node: Node, text: Text) -> Stretches:
        """The occurrences of a string in one text."""
        alphabet = self.bank.alphabet
        match node:
            case Phrase(units, exact):
                return stand(text, spots(((unit,) for unit in units), alphabet), exact=exact or self.exact)
            case Pattern(pieces, gaps, exact):
                sequences = [spots(piece, alphabet) for piece in pieces]
                return patterns.occurrences(text, sequences, gaps, exact=exact or self.exact)
            case Regex(source):
                return automaton.occurrences(text, regexp.program(source), alphabet, exact=self.exact)
            case Near(nodes, links):
                return nearness.chain(text, self._operands(nodes, text), links)
            case Or(nodes):
                return joined([self._occurrences(one, text) for one in nodes])
        raise AssertionError(node)

    def _operands(self, nodes: Sequence[Node], text: Text) -> list[Stretches]:
        """The occurrences of each string of a chain, as far as they can belong to an occurrence of the chain."""
        found: dict[int, Stretches] = {}
        efforts = [self.effort(node) for node in nodes]
        for number in sorted(range(len(nodes)), key=efforts.__getitem__):
            if found:
                text = text.near(next(reversed(found.values())).first, efforts[number])
            found[number] = self._occurrences(nodes[number], text)
        return [found[number] for number in range(len(nodes))]


def sought(node: Node, alphabet: Alphabet) -> Sought | None:
    """What an engine can look for on behalf of a tree: `NOTHING` if it can match nowhere, None if that is no help.

    Exclusions, conditions, distances and exact glyphs are left to the matcher: an engine may name too many passages.
    """
    match node:
        case Phrase(units):
            return _run([(unit,) for unit in units], alphabet)
        case Pattern(pieces):
            return _every([_run(piece, alphabet) for piece in pieces])
        case Regex(source):
            program = regexp.program(source)
            needed = (program.classes[position] for position in program.needed())
            return _every([_some(members(one.units, alphabet).letters, alphabet) for one in needed if not one.negated])
        case And(nodes) | Near(nodes):
            return _every([sought(one, alphabet) for one in nodes])
        case Or(nodes):
            branches = [part for part in (sought(one, alphabet) for one in nodes) if part != NOTHING]
            parts = [part for part in branches if part]
            return Some(tuple(parts)) if len(parts) == len(branches) else None
    return None


def _run(piece: Sequence[Choice], alphabet: Alphabet) -> Sought | None:
    """A piece: what is certain in a row, and what is one of a few."""
    parts: list[Sought | None] = []
    row = ""
    for one in [*spots(piece, alphabet), ANY]:
        if isinstance(one.letters, int) and one.letters:
            row += alphabet.token(one.letters)
            continue
        if row:
            parts.append(Run(row))
            row = ""
        if one.letters is not None:
            parts.append(NOTHING if isinstance(one.letters, int) else _some(one.letters, alphabet))
    return _every(parts)


def _some(letters: Numbers, alphabet: Alphabet) -> Sought | None:
    """One of these letters; no help if they are many."""
    if len(letters) > _FEW:
        return None
    return Some(tuple(Run(alphabet.token(letter)) for letter in letters.tolist()))


def _every(parts: Iterable[Sought | None]) -> Sought | None:
    known = [part for part in parts if part]
    if NOTHING in known:
        return NOTHING
    if len(known) < 2:
        return known[0] if known else None
    return Every(tuple(known))


def _all_count(tree: Node) -> bool:
    """Whether every occurrence of every string of a tree is an answer, whatever else its passage holds."""
    return is_string(tree) or isinstance(tree, Quotation) or (isinstance(tree, Or) and all(map(_all_count, tree.nodes)))


def _among(spans: Spans, others: Spans) -> Numbers:
    """Which of `spans` are in `others`, which are sorted by first place, then last."""
    if not len(others):
        return np.zeros(len(spans), dtype=bool)
    width = int(max(spans.last.max(initial=0), others.last.max(initial=0))) + 1
    keys, known = spans.first * width + spans.last, others.first * width + others.last
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)
