"""Queries of every kind, taken by lot from the library's own text; the same lots on every run."""

from __future__ import annotations

import random
from collections.abc import Callable

from archive.library import Library
from search.text.folding import fold

EACH = 40
LENGTHS = (1, 2, 4, 6, 12)
_LONGEST = 24


class Samples:
    """Draws from the passages of some editions."""

    def __init__(self, library: Library, editions: list[int]) -> None:
        self._chance = random.Random(1619)
        texts = (text for edition_id in editions for text in library.texts(edition_id))
        self._texts = [text for text in map(fold, texts) if len(text) >= _LONGEST and text.isalpha()]
        self._titles = [library.work(edition.work_id).title for edition in library.editions() if edition.id in editions]

    def phrases(self, length: int) -> list[str]:
        """Strings of this many folded characters."""
        return [self._cut(length) for _ in range(EACH)]

    def classes(self) -> dict[str, list[str]]:
        """Queries with operators, by the name of their class."""
        return {name: [make(self) for _ in range(EACH)] for name, make in _CLASSES.items()}

    def _cut(self, length: int) -> str:
        source = self._chance.choice(self._texts)
        start = self._chance.randrange(len(source) - length + 1)
        return source[start : start + length]

    def _near(self) -> str:
        text = self._cut(10)
        return f"{text[:2]} NEAR/7 {text[8:]}"

    def _before(self) -> str:
        text = self._cut(8)
        return f"{text[:1]} BEFORE/7 {text[6:]}"

    def _one(self) -> str:
        text = self._cut(4)
        return f"{text[:2]}?{text[3:]}"

    def _some(self) -> str:
        text = self._cut(12)
        return f"{text[:2]}*{text[10:]}"

    def _set(self) -> str:
        text = self._cut(4)
        return f"[{text[0]}{self._cut(1)}]{text[1]}[{text[2]}{self._cut(1)}]"

    def _field(self) -> str:
        return f"书:{self._chance.choice(self._titles)} {self._cut(2)}"

    def _both(self) -> str:
        text = self._cut(8)
        return f"{text[:2]} {text[6:]} -{self._cut(2)}"

    def _quotation(self) -> str:
        length = self._chance.randint(7, 20)
        text = list(self._cut(length))
        for _ in range(max(1, length // 8)):
            text[self._chance.randrange(length)] = self._cut(1)
        return f"~{''.join(text)}"

    def _pattern(self) -> str:
        text = self._cut(5)
        return f"/{text[0]}[{text[1]}{self._cut(1)}]{text[2]}.?{text[4]}/"


_CLASSES: dict[str, Callable[[Samples], str]] = {
    "甲 NEAR/7 乙": Samples._near,
    "甲 BEFORE/7 乙": Samples._before,
    "甲?乙": Samples._one,
    "甲*乙": Samples._some,
    "[甲乙]丙[丁戊]": Samples._set,
    "书:某书 甲": Samples._field,
    "甲 乙 -丙": Samples._both,
    "/正则/": Samples._pattern,
    "~近似引文": Samples._quotation,
}
