"""Whether something stands near hits more often than by chance.

T. Dunning, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19 (1993), 61–74:
of a two-by-two table (this unit or another; near hits or elsewhere) G² = 2 Σ O ln(O / E), where E is row total × column
total / grand total. G² above 3.84 would come by chance once in 20 times, above 10.83 once in 1,000 times.
"""

from __future__ import annotations

import numpy as np

from search.text.alphabet import Numbers


def expected(totals: Numbers, near: int, searched: int) -> Numbers:
    """How many of `totals` places would be near hits by chance, if `near` of all `searched` places are."""
    return totals * (near / max(searched, 1))


def likelihood(counts: Numbers, totals: Numbers, near: int, searched: int) -> Numbers:
    """G², negative where there are fewer than expected.

    Args:
        counts: how many places near hits each unit has.
        totals: how many places it has in all.
        near: how many places are near hits.
        searched: how many places there are.
    """
    observed = np.stack([counts, near - counts, totals - counts, searched - near - totals + counts]).astype(float)
    columns = np.array([near, near, searched - near, searched - near], dtype=float)
    rows = np.stack([totals, searched - totals, totals, searched - totals]).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = observed * np.log(observed * searched / (rows * columns[:, None]))
    surprise = np.maximum(2 * np.nansum(terms, axis=0), 0)
    return np.asarray(np.where(counts >= expected(totals, near, searched), surprise, -surprise))
