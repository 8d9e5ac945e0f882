"""One apparatus of all witnesses, in the manner of a critical edition: lemma ] reading siglum.

Differences of several witnesses at one place of the base become one entry; where they overlap, the entry takes in all
of them, and each witness is told with its whole reading. What a witness lacks over a long stretch, and what has moved,
is an entry by itself, so that it does not swallow the small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from search.compare.model import DEFAULT_KINDS, KINDS, Collation, Kind, Place, Span, Unit, places

LONG = 24
"""Characters from which something left out is an entry by itself."""
_CONTEXT = 4
_RANK = {kind: number for number, kind in enumerate(KINDS)}


class Reading(NamedTuple):
    """What witnesses read in place of the lemma, and where each has it."""

    kind: Kind
    text: str
    sigla: tuple[str, ...]
    at: tuple[tuple[Place, ...], ...]
    in_note: bool = False


class Entry(NamedTuple):
    """One place of the base, its words (`lemma`), and what witnesses read otherwise.

    `before` and `after` are a few characters of the passage on either side, without space. Where nothing stands in the
    base, `start` equals `end`. `moved`: the words stand elsewhere in the witness; `together` with how many passages,
    this one and those behind it.
    """

    section: str
    place: Place
    before: str
    lemma: str
    after: str
    readings: tuple[Reading, ...]
    moved: bool = False
    together: int = 1


class Item(NamedTuple):
    """A segment at its place in a passage of the base: characters `start` to `end`.

    `whole`: passages that only the witness has. `moved`: passages that stand elsewhere in the witness; where their
    differences follow one by one, `base` is left to these.
    """

    kind: Kind
    start: int
    end: int
    base: tuple[Span, ...]
    witness: tuple[Span, ...]
    moved: bool = False
    whole: bool = False
    together: int = 1


@dataclass(slots=True)
class Passage:
    """A passage of the base with every witness's segments, by the number of the witness."""

    ref: str
    section: str
    items: list[list[Item]]

    @property
    def spans(self) -> list[Span]:
        """The base's words, as any witness tells them."""
        return [span for item in self.items[0] for span in item.base]


def entries(collation: Collation, kinds: Collection[Kind] = DEFAULT_KINDS) -> Iterator[Entry]:
    """The apparatus in the order of the base, places where some witness differs in one of these kinds."""
    for passage in passages(collation):
        spans = passage.spans
        found = [*_alone(collation, passage, spans, kinds), *_together(collation, passage, spans, kinds)]
        yield from sorted(found, key=lambda entry: (entry.place.start, -entry.place.end, not entry.moved))


def passages(collation: Collation, *, whole_moves: bool = False) -> Iterator[Passage]:
    """The passages of the base in order, each with what every witness has there.

    Args:
        collation: the comparison.
        whole_moves: tell a moved unit as one item; else its sign comes before its differences, one by one.
    """
    found: dict[str, Passage] = {}
    for number, pair in enumerate(collation.pairs):
        first = next((unit.base[0].ref for unit in pair.units if unit.base), "")
        for unit in pair.units:
            base = unit.base
            ref = base[0].ref if base else unit.after or first
            passage = found.setdefault(ref, Passage(ref, unit.section, [[] for _ in collation.pairs]))
            items = passage.items[number]
            items.extend(_items(unit, items[-1].end if items else 0, whole_moves))
    yield from found.values()


def groups(passage: Passage, is_apart: Callable[[Item], bool] = lambda item: False) -> list[tuple[int, int]]:
    """The places where some witness differs, those that overlap made one; what `is_apart` holds for does not count."""
    found: list[tuple[int, int]] = []
    differing = (item for items in passage.items for item in items if item.kind != "same" and not is_apart(item))
    for start, end in sorted({(item.start, item.end) for item in differing}):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def within(items: Iterable[Item], start: int, end: int) -> list[Item]:
    """What one witness has at a place: items inside it, and the part of an agreement that lies inside."""
    if start == end:
        return [item for item in items if item.start == item.end == start]
    inside = (item for item in items if item.start < end and item.end > start and not (item.start == item.end == start))
    return [_clipped(item, start, end) if item.kind == "same" else item for item in inside]


def _items(unit: Unit, at: int, whole_moves: bool) -> Iterator[Item]:
    """Segments with their places; `at` is how far the passage has been told."""
    if unit.together or (unit.moved and whole_moves):
        base = tuple(span for segment in unit.segments for span in segment.base)
        witness = tuple(span for segment in unit.segments for span in segment.witness)
        start, end = (base[0].start, base[-1].end) if base else (at, at)
        yield Item(
            "transposition", start, end, base if whole_moves else (), witness, moved=True, together=unit.together
        )
        if whole_moves:
            return
    for segment in unit.segments:
        start, end = (segment.base[0].start, segment.base[-1].end) if segment.base else (at, at)
        yield Item(segment.kind, start, end, segment.base, segment.witness, whole=not unit.base)
        at = end


def _is_alone(item: Item) -> bool:
    return item.moved or item.whole or (item.kind == "omission" and item.end - item.start >= LONG)


def _alone(collation: Collation, passage: Passage, spans: list[Span], kinds: Collection[Kind]) -> Iterator[Entry]:
    """Entries of what is lacking over a long stretch, and of what has moved: one a place, whoever has it so."""
    found: dict[tuple[int, int, bool, int, str], list[Reading]] = {}
    for pair, items in zip(collation.pairs, passage.items, strict=True):
        for item in items:
            if _is_alone(item) and item.kind in kinds:
                reading = _reading(pair.siglum, item.kind, item.witness)
                key = item.start, item.end, item.moved, item.together, reading.text
                found.setdefault(key, []).append(reading)
    for (start, end, moved, together, _), readings in found.items():
        yield _entry(passage, spans, start, end, _merged(readings), moved)._replace(together=together)


def _together(collation: Collation, passage: Passage, spans: list[Span], kinds: Collection[Kind]) -> Iterator[Entry]:
    """Entries of all other differences."""
    for start, end in groups(passage, _is_alone):
        readings = []
        for pair, items in zip(collation.pairs, passage.items, strict=True):
            inside = within((item for item in items if not item.moved), start, end)
            told = [item for item in inside if item.kind != "same" and not _is_alone(item)]
            if not any(item.kind in kinds for item in told):
                continue
            witness = tuple(span for item in inside for span in item.witness)
            readings.append(_reading(pair.siglum, min((item.kind for item in told), key=_RANK.__getitem__), witness))
        if readings:
            yield _entry(passage, spans, start, end, _merged(readings))


def _reading(siglum: str, kind: Kind, witness: tuple[Span, ...]) -> Reading:
    in_note = bool(witness) and all(span.note for span in witness)
    return Reading(kind, text_of(witness), (siglum,), (places(witness),), in_note)


def _entry(
    passage: Passage, spans: list[Span], start: int, end: int, readings: tuple[Reading, ...], moved: bool = False
) -> Entry:
    before = "".join(text_of(cut(spans, 0, start)).split())[-_CONTEXT:]
    after = "".join(text_of(cut(spans, end, end + 2 * _CONTEXT)).split())[:_CONTEXT]
    lemma = text_of(cut(spans, start, end))
    return Entry(passage.section, Place(passage.ref, start, end), before, lemma, after, readings, moved)


def _merged(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Witnesses that read alike told together."""
    found: dict[tuple[Kind, str, bool], Reading] = {}
    for one in readings:
        held = found.get((one.kind, one.text, one.in_note))
        key = one.kind, one.text, one.in_note
        found[key] = held._replace(sigla=held.sigla + one.sigla, at=held.at + one.at) if held else one
    return tuple(found.values())


def text_of(spans: Iterable[Span]) -> str:
    """The words of spans."""
    return "".join(span.text for span in spans)


def cut(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """The characters of spans of one passage from `start` to `end`."""
    for span in spans:
        low, high = max(span.start, start), min(span.end, end)
        if low < high:
            yield span._replace(start=low, end=high, text=span.text[low - span.start : high - span.start])


def _clipped(item: Item, start: int, end: int) -> Item:
    """Part of an agreement: as many characters of the witness as of the base."""
    base = tuple(cut(item.base, start, end))
    first = len(text_of(cut(item.base, 0, base[0].start))) if base else 0
    left, witness = len(text_of(base)), []
    for span in item.witness:
        text = span.text[first : first + left]
        if text:
            witness.append(span._replace(start=span.start + first, end=span.start + first + len(text), text=text))
        first, left = max(0, first - len(span.text)), left - len(text)
    return Item("same", max(item.start, start), min(item.end, end), base, tuple(witness))


def sentence(entry: Entry, reading: Reading, labels: Mapping[str, str]) -> str:
    """A reading as a Chinese editor writes it in 校记: “甲”，某本作“乙”。

    Args:
        entry: the place.
        reading: one of its readings.
        labels: what to call each witness, by siglum.
    """
    who = "、".join(labels[siglum] for siglum in reading.sigla)
    lemma, text = f"“{_short(entry.lemma)}”", f"“{_short(reading.text)}”"
    if entry.moved:
        there = "，".join(str(place) for at in reading.at for place in at)
        many = entry.together > 1
        return f"{lemma}{f'等 {entry.together} 段' if many else '一段'}，{who}在 {there}{' 起' if many else ''}。"
    if not entry.lemma:
        place = f"“{entry.before}”下" if entry.before else "段首"
        return f"{place}，{who}有{'夹注' if reading.in_note and reading.kind == 'addition' else ''}{text}。"
    if not reading.text:
        return f"{lemma}，{who}无。"
    if reading.kind == "layer":
        return f"{lemma}，{who}作{'夹注' if reading.in_note else '正文'}。"
    return f"{lemma}，{who}{'乙作' if reading.kind == 'transposition' else '作'}{text}。"


def _short(text: str) -> str:
    """A long lemma by its first and last characters."""
    text = text.replace("\n", " ")
    return text if len(text) <= LONG else f"{text[:6]}……{text[-6:]}"
