"""What may be the same thing twice in a directory: variant characters, the same sound. It proposes; people decide.

The first identity field of a directory is what a thing is called; the others must agree with it, or be missing on one
side. Two names are alike if they fold to the same characters (`search.text.folding`), or, for names of people and
organizations, if they sound the same and another field agrees in so many words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from archive.directories import apart, records
from archive.directories.model import Directory
from archive.directories.plans import Suspect
from archive.directories.values import show
from archive.library import Library
from search.records.readings import spellings
from search.text.folding import fold

MOST = 5
"""Suspects told of one row."""
_REMARK = re.compile(r"[（(〔【].*?[)）〕】]")
_SHORTEST = 2
"""Syllables a name must have to be compared by sound."""


class _One(NamedTuple):
    where: str
    title: str
    name: str
    folded: str
    rest: tuple[str, ...]
    sounds: Sequence[tuple[str, ...]]


class Likeness:
    """The records of a directory, and the rows of a sheet that is being read, by what they are called."""

    def __init__(self, directory: Directory) -> None:
        self._fields = [directory.by_key[key] for key in directory.identity]
        self._sounds = bool(self._fields) and self._fields[0].kind == "name"
        self._known: list[_One] = []
        self._last: tuple[Mapping[str, Any], _One | None] | None = None
        self._by_form: dict[str, list[int]] = {}
        self._by_sound: dict[tuple[str, ...], list[int]] = {}

    @classmethod
    def of(cls, library: Library, directory: Directory) -> Likeness:
        """Every record of a directory, drafts included, but for those merged into another."""
        made = cls(directory)
        for one in records.everything(library, directory):
            if not one.merged_into:
                made.add(str(one.key), one.title, one.values)
        return made

    def add(self, where: str, title: str, values: Mapping[str, Any]) -> None:
        """Remember a record or a row."""
        one = self._one(values)
        if one is None:
            return
        number = len(self._known)
        self._known.append(one._replace(where=where, title=title))
        self._by_form.setdefault(one.folded, []).append(number)
        for sound in one.sounds:
            self._by_sound.setdefault(sound, []).append(number)

    def like(self, values: Mapping[str, Any], apart: Collection[str] = ()) -> list[Suspect]:
        """What these values may be the same as, the likeliest first; `apart` are keys of what they are not."""
        one = self._one(values)
        if one is None:
            return []
        found: dict[int, str] = {}
        for number in self._by_form.get(one.folded, ()):
            if _agree(one.rest, self._known[number].rest):
                found[number] = "名称相同" if self._known[number].name == one.name else "字形相通"
        for sound in one.sounds:
            for number in self._by_sound.get(sound, ()):
                if _agree(one.rest, self._known[number].rest) and _share(one.rest, self._known[number].rest):
                    found.setdefault(number, "读音相同")
        alike = ((self._known[number], why) for number, why in found.items())
        return [Suspect(other.where, other.title, why) for other, why in alike if other.where not in apart][:MOST]

    def _one(self, values: Mapping[str, Any]) -> _One | None:
        """What is told of these values; what is asked about is mostly what is added next."""
        if self._last is None or self._last[0] is not values:
            texts = [show(field, values.get(field.key)) for field in self._fields]
            folded = [fold(text) for text in texts]
            made = (
                _One("", "", texts[0], folded[0], tuple(folded[1:]), self._spelt(texts[0])) if any(folded[:1]) else None
            )
            self._last = values, made
        return self._last[1]

    def _spelt(self, name: str) -> Sequence[tuple[str, ...]]:
        found = spellings(_REMARK.sub("", name)) if self._sounds else ()
        return [one for one in found if len(one) >= _SHORTEST]


def pairs(library: Library, directory: Directory) -> list[tuple[Suspect, Suspect]]:
    """Records of a directory that may be the same as one that came before them, and nobody has said they are not."""
    found = []
    made, told = Likeness(directory), apart.of(library, directory)
    for one in records.everything(library, directory):
        if not one.merged_into:
            itself = Suspect(str(one.key), one.title, "")
            found += [(itself, other) for other in made.like(one.values, told.get(str(one.key), ()))]
            made.add(str(one.key), one.title, one.values)
    return found


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two rests contradict each other nowhere."""
    return one == other or all(
        not mine or not theirs or mine == theirs for mine, theirs in zip(one, other, strict=True)
    )


def _share(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two rests have something in common."""
    return any(mine and mine == theirs for mine, theirs in zip(one, other, strict=True))
