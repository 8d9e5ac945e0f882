"""What queries ask of a bank's rows again and again, worked out once a bank."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from search.language import juan
from search.text.alphabet import Numbers
from search.text.bank import Bank, Shelf

T = TypeVar("T")


def once_a_bank(work_out: Callable[[Bank], T]) -> Callable[[Bank], T]:
    """A function of a bank that is worked out once for each."""
    known: WeakKeyDictionary[Bank, T] = WeakKeyDictionary()

    @wraps(work_out)
    def of(bank: Bank) -> T:
        found = known.get(bank)
        if found is None:
            found = known[bank] = work_out(bank)
        return found

    return of


_MASKS = 16
"""Masks remembered of one bank: readers choose few scopes at a time."""
_masks: WeakKeyDictionary[Bank, dict[Hashable, Numbers]] = WeakKeyDictionary()


def remembered(bank: Bank, key: Hashable, work_out: Callable[[], Numbers]) -> Numbers:
    """A mask over the rows of a bank, worked out once; nobody can write to it.

    One of all rows or of none is `bank.every_row` or `bank.no_row` itself, so that to see this takes no time.
    """
    known = _masks.setdefault(bank, {})
    mask = known.get(key)
    if mask is None:
        mask = work_out()
        mask = bank.every_row if mask.all() else mask if mask.any() else bank.no_row
        mask.flags.writeable = False
        if len(known) >= _MASKS:
            known.clear()
        known[key] = mask
    return mask


@once_a_bank
def noted_rows(bank: Bank) -> Numbers:
    """A mask of the rows that have notes."""
    # A row that is a note from end to end has no place in the text without notes, but begins in a note.
    has_text, filled = np.diff(bank.main_starts) > 0, np.diff(bank.starts) > 0
    has_text[filled] |= bank.noted[bank.starts[:-1][filled]]
    return has_text


@once_a_bank
def notes(bank: Bank) -> tuple[Numbers, Numbers]:
    """Where each stretch of note letters begins and ends in the bank; one may run on into the next row."""
    turns = np.flatnonzero(bank.noted[1:] != bank.noted[:-1]) + 1
    if len(bank.noted) and bank.noted[0]:
        turns = np.concatenate(([0], turns))
    if len(turns) % 2:
        turns = np.append(turns, len(bank.noted))
    return turns[::2], turns[1::2]


@once_a_bank
def juans(bank: Bank) -> Numbers:
    """The juan of each row (`juan.code`)."""
    return np.concatenate([_juans(shelf) for shelf in bank.shelves] or [np.zeros(0, dtype=np.int64)])


def _juans(shelf: Shelf) -> Numbers:
    of_section = np.array([juan.code(_juan_of(shelf, path)) for path in shelf.stream.sections], dtype=np.int64)
    return of_section[shelf.stream.section]


def _juan_of(shelf: Shelf, path: str) -> juan.Juan | None:
    """The juan of a section: its own title's, or that of the nearest section above it that names one."""
    while path:
        found = juan.of_title(shelf.titles.get(path, ""))
        if found is not None:
            return found
        path = path.rpartition(".")[0]
    return None
