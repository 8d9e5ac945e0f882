"""From the texts to the directories: records that name a place in a text, and records that a text mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.directories import links as ties
from archive.directories import mentions, registry
from archive.directories.links import Incoming
from archive.directories.mentions import Named
from archive.model import Edition, Passage
from archive.urn import Urn, parse
from search.records import mentions as places
from search.text.folding import fold
from web import links
from web.desk import desk
from web.searching import finding

LISTED = 60


class Entry(NamedTuple):
    """A record: its title, its page, and what it is, or by which names the text mentions it."""

    title: str
    href: str
    detail: str


def of_work(work: str) -> list[Entry]:
    """Records that name a work, an edition of it, or something in it."""
    return list(_pointing(ties.naming(desk().library, Urn(work), limit=LISTED)))


def on_screen(edition: Edition, section: str, passages: Sequence[Passage]) -> list[Entry]:
    """Records that name the section or something in it, then those that these passages mention."""
    name = parse(edition.urn)
    found = list(_pointing(ties.naming(desk().library, Urn(name.work, name.edition, section), limit=LISTED)))
    seen = {one.href for one in found}
    return [*found, *(one for one in _mentioned(edition, passages) if one.href not in seen)]


def _pointing(incoming: Sequence[Incoming]) -> Iterator[Entry]:
    known = registry.in_force(desk().library) if incoming else {}
    for key, field, title in dict.fromkeys(incoming):
        declared = known[key.directory].by_key.get(field) if key.directory in known else None
        if declared is not None and declared.public:
            yield Entry(title, links.entry(key), known[key.directory].label)


def _mentioned(edition: Edition, passages: Sequence[Passage]) -> Iterator[Entry]:
    """Records by the names that stand in these passages for this reader."""
    confirmed = mentions.named_in(desk().library, edition.urn)
    if not confirmed:
        return
    text = "\n".join(fold(passage.text) for passage in passages)
    refs = {passage.ref for passage in passages}
    found: dict[tuple[str, str], list[str]] = {}
    for one in confirmed:
        if fold(one.name) in text and _stands(one, refs, passages):
            names = found.setdefault((one.title, links.entry(one.key)), [])
            names += [one.name] if one.name not in names else []
    yield from (Entry(title, href, "、".join(names)) for (title, href), names in found.items())


def _stands(one: Named, refs: set[str], passages: Sequence[Passage]) -> bool:
    """Whether the name stands here, where this reader may find it."""
    ref = parse(one.target).ref
    if ref and ref not in refs:
        return False
    wanted = [passage for passage in passages if not ref or passage.ref == ref]
    return bool(finding.hits_on(desk(), places.query(one.name), wanted))
