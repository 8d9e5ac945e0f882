"""The engine that reads nothing: every page is left to a person, its picture beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.ocr.engines.contract import Picture, Strip


class Null:
    """Finds no text on any picture."""

    name = "null"
    version = "1"

    def read(self, picture: Picture) -> tuple[Strip, ...]:
        """Nothing."""
        return ()
