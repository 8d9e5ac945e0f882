"""Poems in books that print them like prose: told by their length and that of their neighbours.

A poem of five- or seven-character lines in couplets has a multiple of 10 or 14 characters. One prose passage in six has
that by chance; where two in three of the neighbours have it too, or the title says 詩, it is a poem.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from ingest.stream import Draft, SectionDraft

_SPACE = re.compile("[ \u3000\n]")
_CLAUSE = re.compile("[，。！？；、,.!?;\n]+")
_POEM_TITLE = re.compile("(?:詩|韻|絶句|絕句|律|口占|聯句)(?:[一二三四五六七八九十]+首)?$")
_SHORTEST, _LONGEST = 20, 600
_NEIGHBOURS = 3  # passages on either side


def apply(items: Sequence[SectionDraft | Draft], prose: Container[int]) -> list[SectionDraft | Draft]:
    """The items of a part, with the paragraphs that are poems called `verse`.

    Args:
        items: sections and passages in order.
        prose: positions of passages set in like prefaces, never poems.
    """
    made = list(items)
    texts = [at for at, item in enumerate(items) if isinstance(item, Draft) and item.kind == "paragraph"]
    fits = [at not in prose and _fits(items[at]) for at in texts]
    title = ""
    titles: dict[int, str] = {}
    for at, item in enumerate(items):
        if isinstance(item, SectionDraft):
            title = item.title
        titles[at] = title
    for number, at in enumerate(texts):
        item = items[at]
        if not fits[number] or not isinstance(item, Draft):
            continue
        around = fits[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS + 1]
        if (len(around) > _NEIGHBOURS and sum(around) * 3 >= len(around) * 2) or _POEM_TITLE.search(titles[at]):
            made[at] = item._replace(kind="verse")
    return made


def _fits(item: SectionDraft | Draft) -> bool:
    if not isinstance(item, Draft) or not _SHORTEST <= len(item.text) <= _LONGEST:
        return False
    if _CLAUSE.search(item.text):
        clauses = {len(clause) for clause in _CLAUSE.split(item.text) if clause.strip()}
        return len(clauses) == 1 and bool(clauses & {5, 7})
    length = len(item.text) - sum(end - start for start, end in item.notes) - len(_SPACE.findall(item.text))
    return length >= _SHORTEST and (length % 10 == 0 or length % 14 == 0)
