"""The keepers' side of the directories: collecting, correcting, sending to review. One blueprint, one file an idea."""

from __future__ import annotations

from web.keeping import (
    declarations,
    editing,
    importing,
    merging,
    papers,
    privacy,
    returning,
    selfservice,
    shelves,
)
from web.keeping.door import blueprint

__all__ = [
    "blueprint",
    "declarations",
    "editing",
    "importing",
    "merging",
    "papers",
    "privacy",
    "returning",
    "selfservice",
    "shelves",
]
