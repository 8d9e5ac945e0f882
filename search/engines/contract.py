"""What an engine does: it names the passages in which something may stand. What stands there, the bank decides.

An engine indexes documents of one-character tokens separated by spaces (`streams.documents`), one a passage. It never
sees the query language: it is asked for a `Sought`, and may name too many passages, never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from archive.errors import WenkuError
from search.text.alphabet import Numbers


@dataclass(frozen=True, slots=True)
class Run:
    """These tokens in a row."""

    tokens: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of these."""

    parts: tuple[Sought, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these."""

    parts: tuple[Sought, ...]


Sought = Run | Every | Some

Document = tuple[int, str]
"""(passage id, text)."""


class EngineError(Exception):
    """An index that cannot be read: it is to be made anew. Never leaves `search`."""


class Away(WenkuError):
    """The servers that keep the index do not answer. Searching goes on in memory; indexing can be tried again."""

    http_status: ClassVar[int] = 503


Colour = Literal["green", "yellow", "red", "away"]


class State(NamedTuple):
    """How servers are: a colour, a Chinese sentence for everybody, and for the operator what there is to know.

    Green and yellow answer; red and away do not, and answers come from memory.
    """

    colour: Colour
    sentence: str
    details: Mapping[str, Any]


class Writer(Protocol):
    """One round of changes; they show all at once, when `commit` returns, or never."""

    def delete(self, edition_id: int) -> None:
        """Forget an edition's documents."""

    def add(self, edition_id: int, documents: Iterable[Document]) -> None:
        """Add documents of an edition."""

    def commit(self) -> None:
        """Make the changes last and let go of the index."""

    def abandon(self) -> None:
        """Let go of the index without the changes."""


class Reader(Protocol):
    """An index as it was when opened."""

    def count(self) -> int:
        """How many documents there are."""

    def candidates(self, sought: Sought, most: int) -> Numbers | None:
        """Ids of the passages in which `sought` may stand, in any order; None if there are more than about `most`.

        Raises:
            EngineError: the index is damaged.
        """

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """How to make and open an index in a folder of its own."""

    @property
    def name(self) -> str:
        """The name `config.yaml` knows it by."""

    def create(self, folder: Path) -> None:
        """Make an empty index in an empty folder."""

    def write(self, folder: Path) -> Writer:
        """Begin a round of changes.

        Raises:
            EngineError: there is no sound index in the folder.
        """

    def open(self, folder: Path) -> Reader:
        """Open for reading.

        Raises:
            EngineError: there is no sound index in the folder.
        """
