"""Blots: ink, or white, that hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Blot(NamedTuple):
    """The box of a blot in pixels of the ink."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def down(self) -> float:
        """Its middle, from the top."""
        return (self.top + self.bottom) / 2


def blots_of(mask: NDArray[numpy.bool_], *, corners: bool = True) -> list[Blot]:
    """Every blot, from top to bottom: stretches of each row, joined to those they touch in the row above.

    Ink holds together where corners touch; white, which ink encloses, does not (`corners` false).
    """
    touch = 0 if corners else 1
    boxes: list[list[int]] = []
    chief: list[int] = []

    def head(at: int) -> int:
        while chief[at] != at:
            chief[at] = chief[chief[at]]
            at = chief[at]
        return at

    above: list[tuple[int, int, int]] = []
    for y, row in enumerate(mask):
        edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], row.view(numpy.int8), [0])))).tolist()
        here: list[tuple[int, int, int]] = []
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            mine = -1
            for left, right, at in above:
                if left + touch <= end and start + touch <= right:
                    at = head(at)
                    if mine < 0:
                        mine = at
                    elif mine != at:
                        chief[at] = mine
                        one, other = boxes[mine], boxes[at]
                        one[:] = [*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:])]
            if mine < 0:
                mine = len(boxes)
                boxes.append([start, y, end, y + 1])
                chief.append(mine)
            box = boxes[mine]
            box[0], box[2], box[3] = min(box[0], start), max(box[2], end), y + 1
            here.append((start, end, mine))
        above = here
    return sorted((Blot(*boxes[at]) for at in range(len(boxes)) if head(at) == at), key=lambda blot: blot.top)
