"""What every OCR engine does: it finds printed lines in a picture and reads them. Order and layout are not its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy
    from numpy.typing import NDArray

    Picture = NDArray[numpy.uint8]
    """Pixels by row and column, grey (height, width) or RGB (height, width, 3), upright."""


Corners = tuple[tuple[float, float], ...]
"""Four corners (x, y) in pixels, clockwise from the top left of the upright text or column."""


class Sign(NamedTuple):
    """One character as read: its place along the line from 0 to 1, start and end, and its confidence from 0 to 1.

    `others`: other readings, best first.
    """

    start: float
    end: float
    confidence: float
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a printed line or column as an engine found it.

    `signs`: one for each character of `text`, or none where the engine does not tell.
    """

    corners: Corners
    text: str
    confidence: float
    signs: tuple[Sign, ...] = ()


class Engine(Protocol):
    """An OCR engine."""

    @property
    def name(self) -> str:
        """Its name in config.yaml and in the table of engines."""

    @property
    def version(self) -> str:
        """Its version, for provenance."""

    def read(self, picture: Picture) -> tuple[Strip, ...]:
        """The pieces of lines in a picture, in any order.

        Raises:
            WenkuError: the engine failed on this picture.
        """


@runtime_checkable
class Pointed(Engine, Protocol):
    """An engine that can also be shown where a line stands."""

    def read_at(self, picture: Picture, places: Sequence[Corners]) -> tuple[Strip, ...]:
        """What stands in each of the places; a strip without text where nothing does.

        Raises:
            WenkuError: the engine failed on this picture.
        """
