"""The words of a comparison: what differs, of what kind, and where it stands on both sides.

Offsets count Unicode characters of a passage's stored text; ranges are 0-based and half-open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from archive.model import Edition

Kind = Literal[
    "same",
    "wording",
    "omission",
    "addition",
    "transposition",
    "layer",
    "gaiji",
    "variant",
    "punctuation",
    "spacing",
    "unseen",
]


class Words(NamedTuple):
    """How a kind of difference is shown: a sign that needs no colour, its name, what it means."""

    sign: str
    label: str
    meaning: str


KINDS: Mapping[Kind, Words] = {
    "wording": Words("≠", "异文", "两本用字不同"),
    "omission": Words("−", "脱", "底本有，校本无"),
    "addition": Words("+", "衍", "底本无，校本有"),
    "transposition": Words("⇄", "乙", "文字相同而次序不同，或整段移到别处"),
    "layer": Words("注", "正注", "一本作正文，一本作夹注"),
    "gaiji": Words("?", "外字", "有一方的字没有编码，无从判断异体还是异文"),
    "variant": Words("≈", "异体", "同一字的不同写法，包括繁简"),
    "punctuation": Words("·", "标点", "标点不同"),
    "spacing": Words("␣", "空白", "空格、换行不同"),
    "unseen": Words("○", "未比", "有一方的这一层不公开，没有参与比较"),
}
"""Every kind of difference, the weightiest first."""
DEFAULT_KINDS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind not in ("spacing", "unseen"))
"""What is marked if nobody asks for anything else."""


class Span(NamedTuple):
    """A run of characters of one passage, `note` telling whether they are a note: `text` is `end - start` long."""

    ref: str
    start: int
    end: int
    text: str
    note: bool = False


class Segment(NamedTuple):
    """What one side has and what the other has for it. Either may be nothing; of kind `same` both read alike."""

    kind: Kind
    base: tuple[Span, ...]
    witness: tuple[Span, ...]

    @property
    def base_text(self) -> str:
        """The base's words."""
        return "".join(span.text for span in self.base)

    @property
    def witness_text(self) -> str:
        """The witness's words."""
        return "".join(span.text for span in self.witness)


class Place(NamedTuple):
    """Characters `start` to `end` of a passage."""

    ref: str
    start: int
    end: int

    def urn(self, edition: Edition) -> str:
        """Its stable name."""
        return f"{edition.urn}:{self}"

    def __str__(self) -> str:
        return f"{self.ref}@{self.start}-{self.end}"


def places(spans: tuple[Span, ...]) -> tuple[Place, ...]:
    """Where spans stand, those of one passage together."""
    found: list[Place] = []
    for span in spans:
        if found and found[-1].ref == span.ref and found[-1].end <= span.start:
            found[-1] = found[-1]._replace(end=span.end)
        else:
            found.append(Place(span.ref, span.start, span.end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Unit:
    """A passage of the base, or part of it, beside what answers to it in the witness, which may have nothing.

    Or the other way about: what only the witness has stands alone, behind the passage `after` of the base (empty:
    before all). `moved`: it stands in another order in the witness. The segments give either side whole.
    """

    section: str
    """Path of the base's section."""
    after: str
    segments: tuple[Segment, ...]
    moved: bool = False
    together: int = 0
    """Of the first of units that follow one another in a section and have moved as one: how many they are."""

    @property
    def base(self) -> tuple[Place, ...]:
        """Where it stands in the base."""
        return places(tuple(span for segment in self.segments for span in segment.base))

    @property
    def witness(self) -> tuple[Place, ...]:
        """Where it stands in the witness."""
        return places(tuple(span for segment in self.segments for span in segment.witness))

    @property
    def counts(self) -> Counter[Kind]:
        """How many differences of each kind; what has moved as one is one transposition, beside what differs in it."""
        found: Counter[Kind] = Counter(segment.kind for segment in self.segments if segment.kind != "same")
        if self.together:
            found["transposition"] += 1
        return found


@dataclass(frozen=True, slots=True)
class Pair:
    """One witness beside the base. `siglum` is its short name, unique among the witnesses: the end of its URN."""

    witness: Edition
    siglum: str
    units: tuple[Unit, ...]
    notes: bool = True
    """Whether notes were compared: not if one side's are withheld from this reader."""
    punctuation: bool = True

    @property
    def counts(self) -> Counter[Kind]:
        """How many differences of each kind."""
        return sum((unit.counts for unit in self.units), Counter())

    def by_section(self) -> dict[str, Counter[Kind]]:
        """Differences of each kind by the path of the base's section, in reading order, sections without any too."""
        found: dict[str, Counter[Kind]] = {}
        for unit in self.units:
            found.setdefault(unit.section, Counter()).update(unit.counts)
        return found


@dataclass(frozen=True, slots=True)
class Collation:
    """A base and its witnesses, whole or one section of the base. `change` is the library's change number."""

    base: Edition
    pairs: tuple[Pair, ...]
    section: str
    titles: Mapping[str, str]
    """Titles of the base's sections by path."""
    change: int

    def as_json(self) -> dict[str, Any]:
        """As one JSON object: every unit with URNs and offsets on both sides, every segment with kind and words."""
        return {
            "base": {"urn": self.base.urn, "label": self.base.label},
            "section": self.section,
            "change": self.change,
            "kinds": {kind: words.label for kind, words in KINDS.items()},
            "witnesses": [self._pair_json(pair) for pair in self.pairs],
        }

    def _pair_json(self, pair: Pair) -> dict[str, Any]:
        return {
            "urn": pair.witness.urn,
            "label": pair.witness.label,
            "siglum": pair.siglum,
            "notes_compared": pair.notes,
            "punctuation_compared": pair.punctuation,
            "counts": dict(pair.counts),
            "sections": [
                {"path": path, "title": self.titles.get(path, ""), "counts": dict(counts)}
                for path, counts in pair.by_section().items()
            ],
            "units": [self._unit_json(pair, unit) for unit in pair.units],
        }

    def _unit_json(self, pair: Pair, unit: Unit) -> dict[str, Any]:
        return {
            "base": [place.urn(self.base) for place in unit.base],
            "witness": [place.urn(pair.witness) for place in unit.witness],
            "section": unit.section,
            "after": unit.after,
            "moved": unit.moved,
            "together": unit.together,
            "segments": [
                {
                    "kind": segment.kind,
                    "base": segment.base_text,
                    "witness": segment.witness_text,
                    "base_at": [str(place) for place in places(segment.base)],
                    "witness_at": [str(place) for place in places(segment.witness)],
                }
                for segment in unit.segments
            ],
        }


def differences(unit: Unit) -> Iterator[Segment]:
    """The segments that differ."""
    return (segment for segment in unit.segments if segment.kind != "same")
