"""Running a regular expression over one text: from every start the longest end, all starts side by side.

The state of a start is one machine word (`regexp.Program`), so that the work is one step for each character of each
match that is still possible, whatever the expression; where that would be too much the query is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from archive.errors import UsageError
from search.language.regexp import LONGEST, Program, bits
from search.matching.layers import NONE, Stretches, Text, distinct
from search.matching.spots import Members, members
from search.text.alphabet import Alphabet, Numbers
from search.text.tracks import Wanted, one_of

BUDGET = 20_000_000
"""Steps that one expression may take in one text."""
MOST = 10_000_000
"""Places at which one may be tried."""
_AT_ONCE = 1 << 17
_PREFIX = 12
_WORTH_PACKING = 0.75
"""What is dead is thrown out when less than this part of all is still alive."""


def occurrences(text: Text, program: Program, alphabet: Alphabet, *, exact: bool) -> Stretches:
    """Where an expression matches.

    Args:
        text: where to look.
        program: the expression.
        alphabet: the bank's.
        exact: whether to ask for the very glyphs where characters are named.

    Raises:
        UsageError: nothing in it narrows down where it may match, or it would take too many steps.
    """
    spots = [members(one.units, alphabet) for one in program.classes]
    starts = _starts(text, program, spots)
    if not len(starts):
        return NONE
    machine = _Machine(text, program, spots, exact)
    parts = [machine.run(starts[low : low + _AT_ONCE]) for low in range(0, len(starts), _AT_ONCE)]
    return Stretches(*(np.concatenate(side) for side in zip(*parts, strict=True)))


class _Needed(NamedTuple):
    """Letters of which every match has one: how often they stand, and how far from a start."""

    often: int
    nearest: int
    farthest: int
    letters: Wanted


def _starts(text: Text, program: Program, spots: Sequence[Members]) -> Numbers:
    """Places at which a match may begin, sorted: never too few."""
    reach = program.reach()
    prefix = list(_prefix(program, spots, reach))
    counts = [text.track.count(one) for one in prefix if one is not None]
    needed = min(_needed(text, program, spots, reach), key=lambda one: one.often, default=None)
    if needed is None:
        if not counts:
            raise UsageError("这个正则表达式里没有一个必有的字，等于到处都试。", remedy="请至少写一个必有的字。")
        if min(counts) > MOST:
            raise _too_wide()
        return text.find(prefix).first
    if needed.often * (1 if counts else needed.farthest - needed.nearest + 1) > MOST:
        raise _too_wide()
    anchor = text.find([needed.letters]).first
    if not counts:
        starts = anchor[:, None] - np.arange(needed.nearest, needed.farthest + 1)
        return distinct(starts[starts >= text.around(anchor)[0][:, None]])
    starts = text.near(anchor, min(counts)).find(prefix).first
    following = np.searchsorted(anchor, starts + needed.nearest)
    good = following < len(anchor)
    good[good] = anchor[following[good]] <= starts[good] + needed.farthest
    return starts[good]


def _needed(text: Text, program: Program, spots: Sequence[Members], reach: Sequence[int]) -> Iterator[_Needed]:
    for position in program.needed():
        letters = one_of(spots[position].letters)
        if not program.classes[position].negated:
            steps = [step for step, positions in enumerate(reach) if positions >> position & 1]
            # None: what a match can only reach past its longest.
            yield _Needed(
                text.track.count(letters) if steps else 0, min(steps, default=0), max(steps, default=0), letters
            )


def _prefix(program: Program, spots: Sequence[Members], reach: Sequence[int]) -> Iterator[Wanted]:
    """What may stand at the first places of a match, as many as the shortest has; None for anything."""
    for positions in reach[:_PREFIX]:
        at = list(bits(positions))
        free = any(program.classes[position].negated for position in at)
        yield None if free else one_of(np.unique(np.concatenate([spots[position].letters for position in at])))
        if positions & program.last:
            return


class _Machine:
    """The automaton as tables: for a letter the positions it may stand at, for a set of positions what may follow."""

    def __init__(self, text: Text, program: Program, spots: Sequence[Members], exact: bool) -> None:
        self.text, self.exact, self.steps = text, exact, 0
        self.first, self.last = np.uint64(program.first), np.uint64(program.last)
        self.accepts = np.zeros(len(text.track.frequency), dtype=np.uint64)
        typed = max((int(one.glyphs.max(initial=0)) for one in spots), default=0)
        # The last entry is for all glyphs that nobody typed.
        self.typed = np.zeros(typed + 2, dtype=np.uint64)
        for position, (what, one) in enumerate(zip(program.classes, spots, strict=True)):
            bit = np.uint64(1 << position)
            letters, glyphs = one.letters[one.letters < len(self.accepts)], one.glyphs
            if what.negated:
                self.accepts |= bit
                self.accepts[letters] &= ~bit
                self.typed |= bit
            else:
                self.accepts[letters] |= bit
                self.typed[glyphs] |= bit
        whole = (1 << len(program.classes)) - 1
        self.follow = [
            np.array([program.after(byte << 8 * number & whole) for byte in range(256)], dtype=np.uint64)
            for number in range(-(-len(program.classes) // 8))
        ]

    def run(self, starts: Numbers) -> tuple[Numbers, Numbers]:
        """The starts that match, and the last place of the longest match of each."""
        longest = np.full(len(starts), -1, dtype=np.int64)
        which, at, bounds = np.arange(len(starts)), starts, self.text.around(starts)[1]
        states = np.full(len(starts), self.first, dtype=np.uint64)
        for _ in range(LONGEST):
            self.steps += len(at)
            if self.steps > BUDGET:
                raise _too_wide()
            here = np.minimum(at, len(self.text.track) - 1)
            states = states & self.accepts[self.text.track.letters[here]]
            if self.exact:
                states &= self.typed[np.minimum(self.text.glyphs(here), len(self.typed) - 1)]
            states[at >= bounds] = 0
            ending = (states & self.last) != 0
            longest[which[ending]] = at[ending]
            states, at = self._after(states), at + 1
            alive = states != 0
            count = np.count_nonzero(alive)
            if not count:
                break
            if count < _WORTH_PACKING * len(at):
                which, at, bounds, states = which[alive], at[alive], bounds[alive], states[alive]
        found = longest >= 0
        return starts[found], longest[found]

    def _after(self, states: Numbers) -> Numbers:
        """What may follow, a byte of each state after the other."""
        found: Numbers = self.follow[0][states & np.uint64(255)]
        for number, table in enumerate(self.follow[1:], 1):
            found |= table[(states >> np.uint64(8 * number)) & np.uint64(255)]
        return found


def _too_wide() -> UsageError:
    return UsageError(
        "这个正则表达式太宽，在库中要试的地方太多。", remedy="请多写几个必有的字，或加上范围（如 书:周易）。"
    )
