"""Large arrays: filled by several threads, as fresh memory is slow; given back when they are needed no longer."""

from __future__ import annotations

import ctypes
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_LARGE = 1 << 22
"""Entries from which on threads are worth their making."""


def in_turn(work: Callable[[_Item], object], items: Iterable[_Item], size: int) -> None:
    """Do something with every item; by several threads if it is for `size` entries, and these are many."""
    if size < _LARGE:
        deque(map(work, items), maxlen=0)
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        deque(threads.map(work, items), maxlen=0)


def give_back() -> None:
    """Have the C library return what is free: glibc keeps hundreds of megabytes for later; others need no telling."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
