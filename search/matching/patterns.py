"""`天?器`, `天*器`: occurrences of a pattern in one text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archive.errors import UsageError
from search.matching.layers import Stretches, Text
from search.matching.spots import Spot, rarest, stand
from search.text.alphabet import Numbers

MOST = 5_000_000
"""Occurrences that one piece of a pattern may have."""


def occurrences(
    text: Text, pieces: Sequence[Sequence[Spot]], gaps: Sequence[tuple[int, int]], *, exact: bool
) -> Stretches:
    """From every start the nearest end.

    Args:
        text: where to look.
        pieces: what may stand at each place of each piece.
        gaps: how many characters may be missing between a piece and the next, at least and at most.
        exact: whether to ask for the very glyphs.

    Raises:
        UsageError: a piece is so common that listing its occurrences would take too long.
    """
    counts = [rarest(text.track, piece) for piece in pieces]
    if max(counts) > MOST:
        raise UsageError(
            f"带通配符的一串字太宽：有一节最少见的一位也有 {max(counts)} 处。",
            remedy="请减少方括号里的字，或多写几个字。",
        )
    if not gaps:
        return stand(text, pieces[0], exact=exact)
    # The rarest piece first: the others are then looked for in few rows.
    places: dict[int, Numbers] = {}
    for number in sorted(range(len(pieces)), key=counts.__getitem__):
        if places:
            text = text.near(next(reversed(places.values())), counts[number])
        places[number] = stand(text, pieces[number], exact=exact).first
    first = places[len(pieces) - 1]
    last = first + (len(pieces[-1]) - 1)
    # From right to left: what is found to begin nearer also ends nearer, so the next beginning has the nearest end.
    for number in reversed(range(len(gaps))):
        behind = places[number] + len(pieces[number])
        low, high = gaps[number]
        following = np.searchsorted(first, behind + low)
        good = following < len(first)
        good[good] = first[following[good]] <= behind[good] + high
        first, last = places[number][good], last[following[good]]
    return text.whole(Stretches(first, last))
