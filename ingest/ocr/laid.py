"""What layout makes of a page."""

from __future__ import annotations

from typing import NamedTuple

from archive.transcription.model import Facts, Layout, Line


class Laid(NamedTuple):
    """A page's lines in reading order and what it says of itself."""

    lines: list[Line]
    facts: Facts
    layout: Layout
