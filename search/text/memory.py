"""Giving memory back to the system that a library's text needed only on its way into arrays."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Have the C library return what is free: glibc keeps hundreds of megabytes for later; others need no telling."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
