"""The tree of sections: at which level a heading opens, given those still open."""

from __future__ import annotations

from typing import NamedTuple

from ingest.headings import RANKS, Found

_FREE = RANKS["free"]
# Families in which a deeper heading is a lower one; in the others only the words count.
_BY_INDENT = frozenset(("plain", "place"))


class _Open(NamedTuple):
    rank: int
    family: str
    indent: int


class Outline:
    """The headings open at some point of a part.

    Units whose rank is fixed (卷, 章, 節 …) close all of the same or a lower rank. The free families (a gazetteer's
    places and dynasties, a collection's genres, plain headings) nest as the book first nests them.
    """

    def __init__(self, base: int = 0) -> None:
        self._base = base
        self._open: list[_Open] = []
        self._fresh = False

    def enter(self, found: Found, indent: int, below: Found | None = None) -> int:
        """Open a section for the heading; the level it opens at, 1 the highest.

        Args:
            found: the heading.
            indent: its indentation.
            below: the heading right under it, if no text stands between: 后妃 over 漢 stands above all dynasties.
        """
        self._close(found, indent)
        if below is not None and found.rank == _FREE == below.rank and below.family != found.family:
            above = [at for at, one in enumerate(self._open) if one.family == below.family]
            del self._open[above[0] if above else len(self._open) :]
        self._open.append(_Open(found.rank, found.family, indent))
        self._fresh = True
        return self._base + len(self._open)

    def content(self) -> None:
        """Text follows, so the next heading does not stand directly under this one."""
        self._fresh = False

    def _close(self, found: Found, indent: int) -> None:
        if found.rank != _FREE:
            while self._open and self._open[-1].rank >= found.rank:
                self._open.pop()
            return
        while found.family == "genre" and self._open and self._open[-1].family == "plain":
            if self._open[-1].indent < indent:
                break
            self._open.pop()
        if found.family == "place" and not self._fresh:
            while self._open and self._open[-1].family == "plain" and self._open[-1].indent >= indent:
                self._open.pop()
        kin = [at for at, one in enumerate(self._open) if one.family == found.family]
        if found.family in _BY_INDENT:
            kin = [at for at in kin if self._open[at].indent >= indent][:1]
        elif kin:
            nested = self._fresh and kin[-1] == len(self._open) - 1 and self._open[-1].indent < indent
            level = [at for at in kin if self._open[at].indent == indent]
            kin = [] if nested else level[-1:] or kin[-1:]
        if kin:
            del self._open[kin[0] :]
        while self._open and self._open[-1].rank > _FREE:
            self._open.pop()
