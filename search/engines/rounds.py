"""Which documents of a server's index are to be seen: kept in the library's folder, beside the name of the index.

Every document bears the number of the round that wrote it. A round shows when `rounds.json` is replaced, in one step,
so a process killed at any moment leaves the last whole round in view. What is no longer in view is deleted when the
next round begins: until then whoever opened the index before still finds what it opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from search.engines.contract import EngineError

PLACE, ROUNDS = "cluster.json", "rounds.json"
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index is: written once, when it is made, into a folder of its own.

    Args:
        hosts: addresses of the servers.
        alias: the name under which the cluster shows the index in force to other programs.
        index: the name of the index.
        timeout: seconds a reader waits for an answer.
        ca: path of the certificate (PEM) that vouches for the servers; empty for those the system trusts.
        home: inode of the folder. A copy of the library has another: it must not write to the index of the first.
    """

    hosts: tuple[str, ...]
    alias: str
    index: str
    timeout: int
    ca: str
    home: int


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is to be seen of an index.

    Args:
        shown: number of the last round that is seen.
        begun: number of the last round that was begun.
        void: rounds that were begun and will never be seen.
        gone: editions whose documents from before round `shown` are not seen any more.
        swept: documents that went before or in this round are being deleted.
        count: how many documents are seen.
    """

    shown: int = 0
    begun: int = 0
    void: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    swept: int = 0
    count: int = 0

    def next(self) -> Rounds:
        """As a new round begins."""
        failed = tuple(range(self.shown + 1, self.begun + 1))
        number = self.begun + 1
        return replace(self, begun=number, void=tuple(sorted({*self.void, *failed})), swept=self.shown)

    def published(self, gone: Iterable[int]) -> Rounds:
        """As the round that was begun comes into view; `gone` are the editions it replaces or removes."""
        return replace(self, shown=self.begun, gone=tuple(sorted(gone)))

    def seen(self) -> dict[str, Any]:
        """A query for what is seen."""
        return {"bool": {"filter": {"range": {"round": {"lte": self.shown}}}, "must_not": self._unseen()}}

    def rubbish(self) -> dict[str, Any]:
        """A query for what nobody sees any more."""
        return {"bool": {"should": self._unseen()}}

    def _unseen(self) -> list[dict[str, Any]]:
        before = {"range": {"round": {"lt": self.shown}}}
        return [
            {"terms": {"round": list(self.void)}},
            {"bool": {"filter": [{"terms": {"edition": list(self.gone)}}, before]}},
        ]


def home(folder: Path) -> int:
    """What tells a folder from its copies."""
    return folder.stat().st_ino


def read_place(folder: Path) -> Place:
    """Where the index of this folder is.

    Raises:
        EngineError: nothing says so, or the folder is a copy.
    """
    place = _read(folder, PLACE, Place)
    if place.home != home(folder):
        raise EngineError("the folder is a copy; its index belongs to the first")
    return place


def read_rounds(folder: Path) -> Rounds:
    """What is to be seen of the index of this folder.

    Raises:
        EngineError: nothing says so.
    """
    return _read(folder, ROUNDS, Rounds)


def write(folder: Path, what: Place | Rounds) -> None:
    """Write one of the two, in one step, to last."""
    path = folder / (PLACE if isinstance(what, Place) else ROUNDS)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(what), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(folder: Path, name: str, kind: type[Kind]) -> Kind:
    try:
        said = json.loads((folder / name).read_text(encoding="utf-8"))
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in said.items()})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise EngineError(f"{name}: {error}") from error
