"""What is offered, clearly apart, where nothing is exactly as asked for.

Which strings of the query stand nowhere; what may have been meant; the near quotations of a single string; and the
passages by words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from archive.errors import UsageError
from search.answer import Item, Scope
from search.fallback.again import again, freed, replaced, widened
from search.fallback.likeness import LIKENESSES
from search.fallback.near import NearQuotations, near_quotations
from search.fallback.relevance import ByWords, by_words
from search.fallback.suggest import Suggestion, suggestions
from search.finder import Finder
from search.found import Found, Moved
from search.language.query import QUOTED
from search.language.tree import Leaf, Phrase, Quotation, leaves, strings
from search.language.wording import written
from search.statistics.searched import conditions, searched

_ATTEMPTS = 3
_PARTS = 20
"""Strings of one query that are told apart, at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """One string of a query and what it finds alone, under the query's conditions."""

    text: str
    passages: int
    hits: int


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What there is instead.

    Args:
        parts: the strings of a query that has several.
        suggestions: what may have been meant, the likeliest first.
        near: passages that contain the string with few changes.
        words: passages that contain words of the query.
        without: why there is no text to look in, nor anything else to offer (Chinese sentences).
    """

    parts: tuple[Part, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    near: NearQuotations = field(default_factory=NearQuotations)
    words: ByWords = field(default_factory=ByWords)
    without: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Why a query with conditions, or of several strings, finds nothing (Chinese)."""
        if self.without:
            return self.without
        missing = [f"“{part.text}”没有命中。" for part in self.parts if not part.hits]
        if self.parts and not missing:
            counts = "，".join(f"“{part.text}”{part.hits:,} 处" for part in self.parts)
            return (f"各有命中（{counts}），但没有一段合乎全部要求。",)
        return tuple(missing)

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "remarks": list(self.remarks),
            "parts": [asdict(part) for part in self.parts],
            "suggestions": [one.as_json() for one in self.suggestions],
            "near": self.near.as_json(),
            "words": self.words.as_json(),
        }

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield from ("没有完全相同的文字。", *self.remarks)
        if self.suggestions:
            yield "\n您是不是要找："
        for one in self.suggestions:
            why = LIKENESSES[one.like] + ("，书名、人名或篇名" if one.term else "")
            yield f"    {one.query}　{one.hits:,} 处（{why}）"
        if self.near.items:
            yield f"\n相近的文字，{self.near.passages:,} 段（至多改动 {self.near.allowed} 字，改动处在〔〕内）："
        for quoted in self.near.items:
            marked = (f"〔{one.text or f'缺{one.asked}'}〕" if one.differs else one.text for one in quoted.pieces)
            yield _line(quoted.item, "".join(marked), f"改动 {quoted.changes} 字")
        if self.words.items:
            counted = "、".join(word.text for word in self.words.words if word.counted)
            yield f"\n按词语检索（{counted}），{self.words.passages:,} 段，最相关的在前："
        for passing in self.words.items:
            marked = (f"〔{one.text}〕" if one.word else one.text for one in passing.segments)
            yield _line(passing.item, "".join(marked), "、".join(passing.words))


def otherwise(finder: Finder, text: str, *, scope: Scope | None = None, size: int = 10, width: int = 24) -> Otherwise:
    """What to offer for a query that finds nothing.

    Args:
        finder: of the reader who asks.
        text: the query.
        scope: where it was looked for.
        size: near quotations, and passages by words, that are shown.
        width: characters of context on either side.

    Raises:
        UsageError: the query cannot be understood.
        Moved: the library changes faster than it can be searched.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return _otherwise(finder.found(text, scope), size, width)
        except Moved:
            if attempt + 1 == _ATTEMPTS:
                raise
    return Otherwise()


def _otherwise(found: Found, size: int, width: int) -> Otherwise:
    if without := tuple(_without(found)):
        return Otherwise(without=without)
    free = freed(found)
    looked_for = list(dict.fromkeys(leaves(found.tree)))[:_PARTS]
    alone = list(_alone(free, looked_for))
    parts = tuple(Part(written(one), own.passages, own.hits) for one, own in alone)
    missing = [one for one, own in alone if isinstance(one, Phrase) and not own.hits]
    texts = [one for one in looked_for if isinstance(one, Phrase | Quotation)]
    return Otherwise(
        parts if len(looked_for) > 1 else (),
        suggestions(found, missing),
        _near(found, size, width),
        by_words(free, texts, size=size, width=width),
    )


def _without(found: Found) -> Iterator[str]:
    """Why the conditions on the book leave no text to look in, if they leave none."""
    if searched(found).any():
        return
    place = "库中" if found.scope == Scope() else "范围里"
    if not searched(replace(found, tree=next(leaves(found.tree)))).any():
        yield f"{place}没有可以检索的文字。"
        return
    on_book = conditions(found.tree)
    alone = [node for node in on_book if not searched(replace(found, tree=node)).any()]
    for node in alone:
        yield f"{place}没有合于“{written(node)}”的文字。"
    if not alone:
        yield f"{place}没有同时合于{'、'.join(f'“{written(node)}”' for node in on_book)}的文字。"


def _alone(free: Found, looked_for: Sequence[Leaf]) -> Iterator[tuple[Leaf, Found]]:
    """What each string finds; without those that are too common, or cost too much, to be looked for alone."""
    for string in looked_for:
        try:
            yield string, again(free, string)
        except UsageError:
            continue


def _near(found: Found, size: int, width: int) -> NearQuotations:
    """The near quotations of a query's only string, if it is one that can be quoted."""
    least, most = QUOTED
    match list(strings(found.tree)):
        case [Phrase(characters, _, layer) as phrase] if least <= len(characters) <= most:
            # Of a passage only the best place is told: it must be the best of the layer that was chosen.
            chosen = found.scope.layers[0] if len(found.scope.layers) == 1 and layer == "both" else layer
            tree = replaced(found.tree, phrase, Quotation(characters, chosen))  # type: ignore[arg-type]
            return near_quotations(again(widened(found), tree), size=size, width=width)
    return NearQuotations()


def _line(item: Item, marked: str, note: str) -> str:
    line = f"{item.left}【{marked}】{item.right}".replace("\n", " ")
    place = "　".join(filter(None, (f"《{item.title}》{item.section_title}", item.page, item.urn, note)))
    return f"\n{line}\n    {place}"
