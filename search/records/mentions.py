"""Where the texts may mention somebody: the names of a record, looked for as a reader would, counted work by work.

Nothing is decided here: 船山 is a man, a hill and a school. What a person has confirmed is kept by
`archive.directories.mentions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from archive.errors import UsageError
from search.answer import Item, Scope
from search.finder import Finder
from search.language.tree import Phrase
from search.language.wording import written
from search.text.folding import units

SAMPLES = 3
"""Places shown of each proposal."""


class Proposal(NamedTuple):
    """A name and a work in which it stands: how often, in how many passages, and the first places."""

    name: str
    work: str
    title: str
    passages: int
    hits: int
    samples: tuple[Item, ...]


def query(name: str) -> str:
    """The query that finds a name in all its spellings, and nothing else; empty if nothing of it can be searched."""
    wanted = units(name)
    return written(Phrase(wanted)) if wanted else ""


def proposals(
    finder: Finder, names: Iterable[str], known: Iterable[tuple[str, str]] = (), *, width: int = 20
) -> Iterator[Proposal]:
    """Works in which these names stand, name by name, the most frequent first.

    Args:
        finder: for the reader who is to judge.
        names: what to look for.
        known: (name, work) pairs that are decided already and left out.
        width: characters of context on either side of a sample.
    """
    settled = set(known)
    for name in names:
        for work, (title, passages, hits) in _by_work(finder, name).items():
            if (name, work) not in settled:
                yield Proposal(name, work, title, passages, hits, places(finder, name, work, SAMPLES, width))


def counts(finder: Finder, name: str, works: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Of these works, those in which a name stands for this reader: title and occurrences, the most frequent first."""
    return {work: (title, hits) for work, (title, _, hits) in _by_work(finder, name, works).items()}


def places(finder: Finder, name: str, work: str, size: int, width: int = 20, page: int = 1) -> tuple[Item, ...]:
    """Where a name stands in a work, in reading order."""
    return finder.find(query(name), size=size, page=page, width=width, scope=Scope(works=(work,))).items


def _by_work(finder: Finder, name: str, works: Sequence[str] = ()) -> dict[str, tuple[str, int, int]]:
    """Title, passages and occurrences by work, over all its editions."""
    try:
        found = finder.found(query(name), Scope(works=tuple(works)))
    except UsageError:  # nothing but signs, or so common that nobody could judge it
        return {}
    totals: dict[str, tuple[str, int, int]] = {}
    for shelf, passages, hits in found.by_shelf:
        _, before_passages, before = totals.get(shelf.work.id, ("", 0, 0))
        totals[shelf.work.id] = (shelf.work.title, before_passages + passages, before + hits)
    return dict(sorted(totals.items(), key=lambda one: -one[1][2]))
