"""What a line of a form may mean: records of the directory it links to, works and passages of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archive.directories import listing, records, registry
from archive.directories.model import Directory, Field, Key, Value
from archive.directories.values import show
from archive.errors import UsageError, WenkuError
from archive.urn import Urn
from search.records.finding import find
from web.desk import desk
from web.keeping.filling import Offer

MOST = 8
"""Offers of one kind."""
WIDTH = 12
"""Characters of a passage on either side of the words looked for."""
_BRIEF = 80


def look(one: Field, text: str, *, staff: bool) -> list[Offer]:
    """What a line may mean, the likeliest first.

    Args:
        one: the field, of kind `link` or `urn`.
        text: what stands in the line.
        staff: whether drafts may be offered.
    """
    if not text.strip():
        return []
    return list(_records(one.to, text.strip(), staff=staff) if one.kind == "link" else _texts(text.strip()))


def _records(name: str, text: str, *, staff: bool) -> Iterator[Offer]:
    library = desk().library
    directory = registry.directory(library, name)
    seen: set[Key] = set()
    try:
        found = find(library, directory, text, size=MOST, listed=0).items
    except UsageError:  # signs that a search takes for something else
        found = ()
    for item in found:
        seen.add(item.record.key)
        yield _record(directory, item.record.key, item.record.title, item.record.values)
    for one in listing.listed(library, directory, words=text, limit=MOST) if staff else ():
        if one.key not in seen:
            outer = _public(directory, records.record(library, one.key).values)
            yield _record(directory, one.key, one.title, outer, one.label)


def _record(directory: Directory, key: Key, title: str, values: Mapping[str, Value], standing: str = "") -> Offer:
    """A record, told from its namesakes by what tells it apart, short fields first."""
    keys = [*directory.identity, *(one.key for one in directory.facets)]
    told = [
        show(directory.by_key[one], values.get(one)) for one in dict.fromkeys(keys) if one not in directory.title_keys
    ]
    detail = "，".join(filter(None, [*told, str(key), standing]))
    return Offer(str(key), title, detail[:_BRIEF])


def _public(directory: Directory, values: Mapping[str, Value]) -> dict[str, Value]:
    return {one.key: values[one.key] for one in directory.public if one.key in values}


def _texts(text: str) -> Iterator[Offer]:
    """Works and editions whose title has the words, then passages that have them, as this reader may know them."""
    titled = [entry for entry in desk().entries() if text in entry.work.title or text in entry.work.author]
    for entry in titled[:MOST]:
        yield Offer(str(Urn(entry.work.id)), f"《{entry.work.title}》", f"{entry.work.author}，全书")
    try:
        items = desk().finder.find(text, size=MOST, width=WIDTH).items
    except WenkuError:  # nothing to be searched for
        return
    for item in items:
        yield Offer(
            f"{item.edition}:{item.ref}",
            f"《{item.title}》{item.section_title}",
            f"{item.left}{item.match}{item.right}",
        )
