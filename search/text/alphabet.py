"""Numbers for characters, so that text can be searched as arrays.

A glyph is a character as stored, or a character without code point by its key; a letter is what glyphs fold to. Both
are numbered from 1 as they are met; 0 is what folds to nothing. The numbers live as long as the process.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.text import folding

Numbers = NDArray[Any]
_PIECE = 1 << 16
"""Characters looked up at once: what stays in a processor's cache."""
_UNKNOWN = {np.dtype(kind): int(np.iinfo(kind).max) for kind in (np.uint16, np.uint32)}
"""What stands in a table for a character not met yet, by the table's type."""


class Letter(NamedTuple):
    """A unit of a query in numbers: the glyph as typed (0 if no text has it) and the letter it folds to."""

    glyph: int
    letter: int


class Glyphs(NamedTuple):
    """Some glyphs, as another alphabet can learn them.

    Args:
        plain: characters that fold as they always do, each once; a space for every other glyph.
        named: the others: which of all it is, how `Alphabet.spelt` gives it, and what it folds to.
        aliases: other names of them: ids of characters without code point.
    """

    plain: str
    named: list[tuple[int, str, str]]
    aliases: dict[str, str]


class Alphabet:
    """The glyphs met so far."""

    def __init__(self) -> None:
        self._glyph_of_code = np.full(0x110000, _UNKNOWN[np.dtype(np.uint16)], dtype=np.uint16)
        self._glyphs: dict[str, int] = {}
        self._asked: dict[str, Letter] = {}
        self._spelt = [""]
        self._letters: dict[str, int] = {}
        self._aliases: dict[str, str] = {}
        self._letter_of_glyph = np.zeros(1 << 16, dtype=np.uint16)
        self._tokens = array("L", [ord(" ")])
        self._named: dict[int, str] = {}
        """What glyphs fold to that do not fold as their character does."""
        self._growing = RLock()

    def __len__(self) -> int:
        """One more than the largest glyph number."""
        return len(self._spelt)

    @property
    def forms(self) -> int:
        """One more than the largest letter number."""
        return len(self._tokens)

    def glyphs(self, codes: Numbers) -> Numbers:
        """The glyph numbers of these code points, 0 where one folds to nothing."""
        if len(codes) <= _PIECE:
            return self._looked_up(codes)
        numbers = np.empty(len(codes), dtype=self._glyph_of_code.dtype)
        for start in range(0, len(codes), _PIECE):
            found = self._looked_up(codes[start : start + _PIECE])
            if found.dtype != numbers.dtype:  # learnt here, or meanwhile by another thread
                numbers = numbers.astype(found.dtype)
            numbers[start : start + _PIECE] = found
        return numbers

    def _looked_up(self, codes: Numbers) -> Numbers:
        found = self._glyph_of_code.take(codes)
        unknown = _UNKNOWN[found.dtype]
        if found.max(initial=0) == unknown:
            self._learn(np.unique(codes[found == unknown]))
            found = self._glyph_of_code.take(codes)
        return found

    def _learn(self, codes: Numbers) -> None:
        with self._growing:
            chars = [*map(chr, codes.tolist())]
            numbers = np.array(self._add(zip(chars, map(folding.fold_char, chars), strict=True)), dtype=np.uint32)
            table = self._glyph_of_code
            if int(numbers.max()) >= _UNKNOWN[table.dtype]:  # more glyphs than two bytes can count
                unknown, table = table == _UNKNOWN[table.dtype], table.astype(np.uint32)
                table[unknown] = _UNKNOWN[table.dtype]
                self._glyph_of_code = table
            table[codes] = numbers

    def gaiji(self, value: Mapping[str, Any]) -> int:
        """The glyph number of a character without code point, from what its mark says of it."""
        folded = folding.fold(str(value.get("normalised") or ""))
        key = folding.gaiji_key(value)
        with self._growing:
            self._remember(value, key)
            return self._name(key, folded if len(folded) == 1 else key)

    def gaiji_as(self, value: Mapping[str, Any], char: str) -> None:
        """A mark that names a character which does have a code point: its id finds that character."""
        with self._growing:
            self._remember(value, char)

    def find(self, unit: str) -> Letter | None:
        """The numbers of a unit of a query (`folding.units`); None if no text has what it asks for."""
        unit = self._aliases.get(unit, unit)
        if asked := self._asked.get(unit):
            return asked
        with self._growing:  # a glyph that another thread is adding has its number before its letter
            if known := self._glyphs.get(unit):
                return self._asked.setdefault(unit, Letter(known, self._letter_of_glyph.item(known)))
            letter = self._letters.get(folding.fold_char(unit), 0) if len(unit) == 1 else 0
        return Letter(0, letter) if letter else None

    def token(self, letter: int) -> str:
        """The character that stands for a letter in an engine's index."""
        return chr(self._tokens[letter])

    def spelt(self, glyph: int) -> str:
        """The character that a glyph number means, or the key of one without code point; empty for 0."""
        return self._spelt[glyph]

    def told(self, glyphs: Sequence[int]) -> Glyphs:
        """What there is to say of these glyph numbers."""
        with self._growing:
            spelt = [self._spelt[glyph] for glyph in glyphs]
            named = [(at, spelt[at], self._named[glyph]) for at, glyph in enumerate(glyphs) if glyph in self._named]
            among = set(spelt) if self._aliases else ()
            aliases = {name: glyph for name, glyph in self._aliases.items() if glyph in among}
        for at, _, _ in named:
            spelt[at] = " "
        return Glyphs("".join(spelt), named, aliases)

    def meet(self, glyphs: Glyphs) -> Numbers:
        """The numbers that these glyphs have here, in their order."""
        numbers = self.glyphs(codes(glyphs.plain)).astype(np.uint32)
        with self._growing:
            self._aliases |= glyphs.aliases
            for at, glyph, form in glyphs.named:
                numbers[at] = self._name(glyph, form)
        return packed(numbers)

    def letters_of(self, numbers: Numbers | None) -> Numbers:
        """The letters of these glyph numbers, or of all there are."""
        return self._letter_of_glyph if numbers is None else self._letter_of_glyph.take(numbers)

    def letters(self, glyphs: Numbers) -> Numbers:
        """Glyph numbers to letter numbers."""
        return renumbered(glyphs, self._letter_of_glyph)

    def tokens(self, letters: Numbers) -> Numbers:
        """Letter numbers to the code points of their tokens."""
        return np.array(self._tokens, dtype="<u4")[letters]

    def _remember(self, value: Mapping[str, Any], target: str) -> None:
        for name in ("id", "ids"):
            if (known := str(value.get(name) or "")) and known != target:
                self._aliases[known] = target

    def _name(self, glyph: str, form: str) -> int:
        """The number of a glyph that folds as somebody said."""
        (number,) = self._add([(glyph, form)])
        if number and not (len(glyph) == 1 and folding.fold_char(glyph) == form):
            self._named.setdefault(number, form)
        return number

    def _add(self, pairs: Iterable[tuple[str, str]]) -> list[int]:
        """The numbers of glyphs, each given with what it folds to; those not met yet get the next ones."""
        glyphs, letters, spelt, numbers = self._glyphs, self._letters, self._spelt, []
        begin, fresh = len(spelt), []
        for glyph, form in pairs:
            number = glyphs.get(glyph, 0)
            if not number and form:
                letter = letters.get(form)
                if letter is None:
                    letter = letters[form] = len(self._tokens)
                    self._tokens.append(ord(folding.token(form)))
                fresh.append(letter)
                number = glyphs[glyph] = len(spelt)
                spelt.append(glyph)
            numbers.append(number)
        if len(spelt) > len(self._letter_of_glyph):  # more glyphs than two bytes can count
            self._letter_of_glyph = np.resize(self._letter_of_glyph, 4 * len(spelt)).astype(np.uint32)
        self._letter_of_glyph[begin : len(spelt)] = fresh
        return numbers


def renumbered(numbers: Numbers, table: Numbers) -> Numbers:
    """What a table has for each of these numbers."""
    pieces = [table.take(numbers[start : start + _PIECE]) for start in range(0, len(numbers), _PIECE)]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=table.dtype)


def counted(numbers: Numbers, size: int = 0) -> Numbers:
    """How often each number stands in an array; all are below `size`, if that is given."""
    total = np.zeros(size or int(numbers.max(initial=0)) + 1, dtype=np.int64)
    # Piece by piece, as numpy makes eight bytes of each number.
    for start in range(0, len(numbers), _PIECE):
        np.add.at(total, numbers[start : start + _PIECE], 1)  # half the time of bincount
    return total


def codes(text: str) -> Numbers:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def packed(numbers: Numbers) -> Numbers:
    """The same numbers in as few bytes as they need: two, but for libraries of over 65,535 different characters."""
    return numbers.astype(np.uint16 if numbers.max(initial=0) < 1 << 16 else np.uint32, copy=False)
