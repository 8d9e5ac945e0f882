"""Conditions on the book: which rows of the bank a field or a scope leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from archive.model import Work
from archive.rights import findable
from search.alphabet import Numbers
from search.answer import Scope
from search.bank import Bank, Shelf
from search.folding import fold
from search.juan import Juan, of_title, wanted
from search.query import Field

_TEXTS: dict[str, Callable[[Work], Iterable[str]]] = {
    "work": lambda work: (work.title,),
    "author": lambda work: (work.author,),
    "category": lambda work: (work.category, work.collection, work.genre, *work.subjects),
}


def field_mask(bank: Bank, field: Field) -> Numbers:
    """The rows a field leaves: its value is part of the title, author or class (all of it, if exact), any form.

    Raises:
        UsageError: a juan number that cannot be read.
    """
    if field.name == "juan":
        juans = wanted(field.value)
        return _joined([_juan_mask(shelf, juans) for shelf in bank.shelves])
    value, texts = fold(field.value), _TEXTS[field.name]
    return bank.mask(
        shelf
        for shelf in bank.shelves
        if any(value == text if field.exact else value in text for text in map(fold, texts(shelf.work)))
    )


def scope_mask(bank: Bank, scope: Scope, *, staff: bool) -> Numbers:
    """The rows a reader may search, within the scope."""
    return bank.mask(
        shelf for shelf in bank.shelves if findable(shelf.edition, "text", staff=staff) and _within(shelf, scope)
    )


def hidden_notes_mask(bank: Bank, *, staff: bool) -> Numbers:
    """The rows of editions whose notes the reader may not even find."""
    return bank.mask(shelf for shelf in bank.shelves if not findable(shelf.edition, "notes", staff=staff))


def _within(shelf: Shelf, scope: Scope) -> bool:
    limits = (
        (scope.collections, shelf.work.collection),
        (scope.authors, shelf.work.author),
        (scope.works, shelf.work.id),
        (scope.editions, shelf.edition.urn),
    )
    return all(not allowed or value in allowed for allowed, value in limits)


def _juan_mask(shelf: Shelf, juans: frozenset[Juan]) -> Numbers:
    chosen = [_juan_of(shelf, path) in juans for path in shelf.stream.sections]
    return np.array(chosen, dtype=bool)[shelf.stream.section] if chosen else np.zeros(0, dtype=bool)


def _juan_of(shelf: Shelf, path: str) -> Juan | None:
    """The juan of a section: its own title's, or that of the nearest section above it that names one."""
    while path:
        title = shelf.titles.get(path)
        juan = of_title(title) if title else None
        if juan is not None:
            return juan
        path = path.rpartition(".")[0]
    return None


def _joined(masks: list[Numbers]) -> Numbers:
    return np.concatenate(masks) if masks else np.zeros(0, dtype=bool)
