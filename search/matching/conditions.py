"""Conditions on the book: which rows of the bank a field or a scope leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from archive.model import Work
from archive.rights import findable
from search.answer import Scope
from search.language import juan, years
from search.language.tree import Field
from search.statistics.periods import period
from search.text import columns
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf
from search.text.folding import fold

_TEXTS: dict[str, Callable[[Work], Iterable[str]]] = {
    "work": lambda work: (work.title,),
    "author": lambda work: (work.author,),
    "category": lambda work: (work.category, work.collection, work.genre, *work.subjects),
    "genre": lambda work: (work.genre,),
    "collection": lambda work: (work.collection,),
}


def field_mask(bank: Bank, field: Field) -> Numbers:
    """The rows a field leaves: its value is part of the title, author or class (all of it, if exact), in any form.

    A juan is that of the row's section; years are those of the work, of which one at least is asked for.

    Raises:
        UsageError: a juan or a year that cannot be read.
    """
    if field.name == "juan":
        return np.isin(columns.juans(bank), [juan.code(one) for one in juan.wanted(field.value)])
    if field.name == "year":
        low, high = years.wanted(field.value)
        return bank.mask(shelf for shelf in bank.shelves if _in_years(shelf.work, low, high))
    value, texts = fold(field.value), _TEXTS[field.name]
    return bank.mask(
        shelf
        for shelf in bank.shelves
        if any(value == text if field.exact else value in text for text in map(fold, texts(shelf.work)))
    )


def scope_mask(bank: Bank, scope: Scope, *, staff: bool) -> Numbers:
    """The rows a reader may search, within the scope; not to be written to."""
    return columns.remembered(bank, ("scope", scope, staff), lambda: _in_scope(bank, scope, staff))


def hidden_notes_mask(bank: Bank, *, staff: bool) -> Numbers:
    """The rows of editions whose notes the reader may not even find; not to be written to."""
    return columns.remembered(bank, ("hidden", staff), lambda: _hidden(bank, staff))


def _in_scope(bank: Bank, scope: Scope, staff: bool) -> Numbers:
    return bank.mask(
        shelf for shelf in bank.shelves if findable(shelf.edition, "text", staff=staff) and _within(shelf, scope)
    )


def _hidden(bank: Bank, staff: bool) -> Numbers:
    return bank.mask(shelf for shelf in bank.shelves if not findable(shelf.edition, "notes", staff=staff))


def _within(shelf: Shelf, scope: Scope) -> bool:
    limits = (
        (scope.collections, shelf.work.collection),
        (scope.authors, shelf.work.author),
        (scope.works, shelf.work.id),
        (scope.editions, shelf.edition.urn),
        (scope.categories, shelf.work.category),
        (scope.periods, period(shelf.work)),
        (scope.genres, shelf.work.genre),
    )
    return all(not allowed or value in allowed for allowed, value in limits)


def _in_years(work: Work, low: int, high: int) -> bool:
    """Whether a work that is dated falls into these years, if only with a part of the time it took."""
    known = [year for year in (work.year_from, work.year_to) if year is not None]
    return bool(known) and min(known) <= high and max(known) >= low
