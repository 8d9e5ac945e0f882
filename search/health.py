"""How the servers are that hold a library's index, if it is held by servers."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from archive.library import Library
from search.engines import CLUSTERS
from search.engines.contract import EngineError, State
from search.indexer import INDEX, read_stamp


def health(library: Library) -> State | None:
    """How they are now; None if the index is in the library's own folder, or there is none.

    It asks the servers, for a few seconds at most; not at all if they did not answer a moment ago.
    """
    state: State | None = _ask(library, "health")
    return state


def silent(library: Library) -> bool:
    """Whether they did not answer this process when last asked, so that it searches in memory. Asks nobody."""
    return bool(_ask(library, "silent"))


def _ask(library: Library, what: str) -> Any:
    stamp = read_stamp(library.folder / INDEX)
    if stamp is None or stamp.engine not in CLUSTERS:
        return None
    module = import_module(CLUSTERS[stamp.engine][0])
    try:
        return getattr(module, what)(library.folder / INDEX / stamp.folder)
    except EngineError:
        return None
