"""What a query must find, worked out by trying everything, word for word as `docs/search.md` says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby, pairwise

from archive.library import Library
from archive.model import Edition, Passage, Work
from search.language.juan import of_title
from search.language.juan import wanted as wanted_juans
from search.language.tree import (
    And,
    Choice,
    Field,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Quotation,
    Regex,
    String,
    strings,
)
from search.language.years import wanted as wanted_years
from search.text.folding import families, fold, fold_char, gaiji_fold, is_placeholder

Span = tuple[int, int]
"""First and last character of an occurrence, counted in its text."""


@dataclass(frozen=True)
class Character:
    """One that counts: where it stands among those of its passage, what it folds to, what it is, if in a note."""

    place: int
    letter: str
    glyph: str
    noted: bool


Text = Sequence[Character]


class Exactly(Regex):
    """A regular expression on the very glyphs."""


@dataclass(frozen=True)
class Page:
    """A passage with what fields ask of its book."""

    id: int
    characters: Text
    work: Work
    juan: int | str | None


@dataclass
class Brute:
    """A library; `hidden` are the works whose notes match nothing."""

    library: Library
    hidden: frozenset[str] = frozenset()
    pages: list[Page] = field(default_factory=list)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        works = {work.id: work for work in self.library.works()}
        for edition in self.library.editions():
            for passage in self.library.passages(edition.id):
                juan = self._juan(edition, passage.section)
                characters = tuple(self._characters(passage))
                self.pages.append(Page(passage.id, characters, works[edition.work_id], juan))

    def _characters(self, passage: Passage) -> Iterator[Character]:
        marks = {mark.start: mark.value for mark in passage.marks if mark.kind == "gaiji"}
        place = 0
        for offset, char in enumerate(passage.text):
            letter, glyph = fold_char(char), char
            if offset in marks and is_placeholder(char):
                value = marks[offset]
                glyph = value.get("ids") or value.get("id") or "〓"
                letter = gaiji_fold(value)
                for name in (value.get("id"), value.get("ids")):
                    if name:
                        self.names[name] = (letter, glyph)
            if letter:
                yield Character(place, letter, glyph, passage.kind == "footnote" or passage.in_note(offset))
                place += 1

    def _juan(self, edition: Edition, path: str) -> int | str | None:
        titles = {section.path: section.title for section in self.library.sections(edition.id)}
        while path:
            juan = of_title(titles.get(path, ""))
            if juan is not None:
                return juan
            path = path.rpartition(".")[0]
        return None

    def answer(self, tree: Node) -> set[tuple[int, int, int]]:
        """(passage, first, last) of every occurrence; places are counted in the passage's running text."""
        return {
            (page.id, *span)
            for page in self.pages
            if self.matches(tree, page)
            for string in strings(tree)
            for span in self.occurrences(string, page)
        }

    def exact(self, tree: Node) -> set[tuple[int, int, int]]:
        """Those of `answer` that have the very glyphs of one of the strings."""
        return {
            (page.id, *span)
            for page in self.pages
            if self.matches(tree, page)
            for string in strings(tree)
            for span in self.occurrences(_exactly(string), page)
        }

    def over_notes(self, tree: Node) -> set[tuple[int, int, int]]:
        """Those of `answer` that hold a note and are found only where notes are left out."""
        return {
            (page.id, first, last)
            for page in self.pages
            if self.matches(tree, page)
            for string in strings(tree)
            for first, last in self.occurrences(string, page)
            if any(one.noted for one in page.characters[first : last + 1])
            and not any((first, last) in self.occurrences(one, page, printed=True) for one in strings(tree))
        }

    def matches(self, node: Node, page: Page) -> bool:
        match node:
            case And(nodes):
                return all(self.matches(one, page) for one in nodes)
            case Or(nodes):
                return any(self.matches(one, page) for one in nodes)
            case Not(inner):
                return not self.matches(inner, page)
            case Field():
                return _in_field(node, page)
        return bool(self.occurrences(node, page))

    def occurrences(self, string: String, page: Page, printed: bool = False) -> set[Span]:
        """In all texts of a passage, or only in those that are as printed; the same place counts once."""
        if isinstance(string, Quotation):
            found = self.quoted(string, page)
            return {(found[1], -found[2])} if found else set()
        return {
            (text[first].place, text[last].place)
            for text in self.texts(_layer(string), page)
            if not printed or all(other.place == one.place + 1 for one, other in pairwise(text))
            for first, last in self.within(string, text)
        }

    def quoted(self, quotation: Quotation, page: Page) -> tuple[int, int, int] | None:
        """(changes, first, -last) of the best place, if it is good enough."""
        length = len(quotation.units)
        allowed = min(max(1, length // 4), 8)
        wanted = [self.names.get(unit, (fold(unit) if len(unit) == 1 else unit, ""))[0] for unit in quotation.units]
        places = [
            (changes, text[first].place, -text[last].place)
            for text in self.texts(quotation.layer, page)
            for first in range(len(text))
            for last in range(first, min(first + length + allowed, len(text)))
            if (changes := distance(wanted, [one.letter for one in text[first : last + 1]])) <= allowed
        ]
        return min(places, default=None)

    def texts(self, layer: str, page: Page) -> Iterator[Text]:
        """What a string of this layer is looked for in, one after the other."""
        main = [one for one in page.characters if not one.noted]
        hidden = page.work.id in self.hidden
        if layer == "notes":
            for noted, stretch in groupby(page.characters, key=lambda one: one.noted):
                if noted and not hidden:
                    yield list(stretch)
            return
        yield main
        if layer == "both" and not hidden:
            yield page.characters

    def within(self, node: Node, text: Text) -> set[Span]:
        """The occurrences of a string in one text."""
        match node:
            case Phrase(units, exact):
                choices = [choice for unit in units for choice in self.spelt(unit)]
                return self.within(Pattern((tuple(choices),), (), exact), text)
            case Pattern(pieces, gaps, exact):
                spelt = [[one for choice in piece for one in self.spelt_out(choice)] for piece in pieces]
                return set(self.ends(spelt, gaps, exact, text).items())
            case Regex(source):
                return self.regular(source, text, isinstance(node, Exactly))
            case Near(nodes, links):
                hulls = self.within(nodes[0], text)
                for other, link in zip(nodes[1:], links, strict=True):
                    hulls = {
                        (min(hull[0], span[0]), max(hull[1], span[1]))
                        for hull in hulls
                        for span in self.within(other, text)
                        if 0 <= span[0] - hull[1] - 1 <= link.within
                        or (not link.ordered and 0 <= hull[0] - span[1] - 1 <= link.within)
                    }
                return {one for one in hulls if not any(_holds(one, other) for other in hulls)}
            case Or(nodes):
                return {span for one in nodes for span in self.within(one, text)}
        raise AssertionError(node)

    def ends(
        self, pieces: Sequence[Sequence[Choice]], gaps: Sequence[tuple[int, int]], exact: bool, text: Text
    ) -> Mapping[int, int]:
        """The nearest end of a pattern from every start that has one."""
        nearest: dict[int, int] = {}
        for number in reversed(range(len(pieces))):
            piece, following, nearest = pieces[number], nearest, {}
            for first in range(len(text) - len(piece) + 1):
                end = first + len(piece)
                if not all(map(self.stands, piece, text[first:end], [exact] * len(piece))):
                    continue
                if number == len(gaps):
                    nearest[first] = end - 1
                    continue
                low, high = gaps[number]
                found = [following[at] for at in range(end + low, end + high + 1) if at in following]
                if found:
                    nearest[first] = min(found)
        return nearest

    def stands(self, choice: Choice, one: Character, exact: bool) -> bool:
        """Whether a character is one of a choice."""
        if not choice:
            return True
        known = [self.names.get(unit, (fold(unit) if len(unit) == 1 else unit, unit)) for unit in choice]
        return any(one.glyph == glyph if exact else one.letter == letter for letter, glyph in known)

    def spelt_out(self, choice: Choice) -> Iterable[Choice]:
        return self.spelt(choice[0]) if len(choice) == 1 else [choice]

    def spelt(self, unit: str) -> list[Choice]:
        """A character without code point that no text has is what its name is written with."""
        if len(unit) == 1 or unit in self.names:
            return [(unit,)]
        return [(char,) for char in unit if fold(char)]

    def regular(self, source: str, text: Text, exact: bool = False) -> set[Span]:
        """From every start the longest end, by Python's own `re`, tried with every end."""
        pattern = re.compile(_for_python(source, exact), re.DOTALL)
        shown = "".join((one.glyph if len(one.glyph) == 1 else "\ue000") if exact else one.letter for one in text)
        found = set()
        for first in range(len(shown)):
            for end in range(min(len(shown), first + 100), first, -1):
                if pattern.fullmatch(shown, first, end):
                    found.add((first, end - 1))
                    break
        return found


@cache
def _for_python(source: str, exact: bool) -> str:
    """An expression as Python writes it, on folded text or on the very glyphs: there only what is excluded folds."""

    def read(found: re.Match[str]) -> str:
        times, bracketed, sign, char = found.groups()
        if bracketed:
            negated = bracketed[1] == "^"
            inner = bracketed[2:-1] if negated else bracketed[1:-1]
            inner = "".join(one if one == "-" else spelt(one, exact and not negated, _forms) for one in inner)
            return f"[{'^' * negated}{inner}]" if inner.strip("-") else "."
        return times or sign or spelt(char, exact, fold)

    def spelt(char: str, exact: bool, form: Callable[[str], str]) -> str:
        return re.escape((char if exact else form(char)) if fold(char) else "")

    return re.sub(r"(\{[^{}]*\})|(\[\^?[^\[\]]*\])|([()|?*+.])|(.)", read, source, flags=re.DOTALL)


def _forms(char: str) -> str:
    """All that folds to the same, and what it folds to."""
    return "".join(form for form, first in families().items() if first == fold(char)) + fold(char)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Fewest characters to put in, take out or change, by the textbook's table."""
    row = list(range(len(other) + 1))
    for number, char in enumerate(one, 1):
        row, above = [number], row
        for column, with_ in enumerate(other, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (char != with_)))
    return row[-1]


def _holds(one: Span, other: Span) -> bool:
    return one != other and one[0] <= other[0] and other[1] <= one[1]


def _layer(node: Node) -> str:
    while isinstance(node, (Near, Or)):
        node = node.nodes[0]
    assert isinstance(node, (Phrase, Pattern, Regex, Quotation))
    return node.layer


def _exactly(node: Node) -> Node:
    match node:
        case Phrase() | Pattern():
            return replace(node, exact=True)
        case Quotation(units, layer):
            return Phrase(units, True, layer)
        case Regex(source, layer):
            return Exactly(source, layer)
        case Near(nodes, links):
            return Near(tuple(map(_exactly, nodes)), links)
        case Or(nodes):
            return Or(tuple(map(_exactly, nodes)))
    return node


_VALUES: Mapping[str, object] = {
    "work": lambda work: [work.title],
    "author": lambda work: [work.author],
    "category": lambda work: [work.category, work.collection, work.genre, *work.subjects],
    "genre": lambda work: [work.genre],
    "collection": lambda work: [work.collection],
}


def _in_field(asked: Field, page: Page) -> bool:
    work = page.work
    if asked.name == "juan":
        return page.juan in wanted_juans(asked.value)
    if asked.name == "year":
        low, high = wanted_years(asked.value)
        years = [year for year in (work.year_from, work.year_to) if year is not None]
        return bool(years) and any(low <= year <= high for year in range(min(years), max(years) + 1))
    values = map(fold, _VALUES[asked.name](work))  # type: ignore[operator]
    return any(fold(asked.value) == value if asked.exact else fold(asked.value) in value for value in values)
