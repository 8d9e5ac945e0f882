"""How well a book was read: as the machine itself thinks, and as people have found who proofread it.

*Estimated* is what the machine's confidence, which is calibrated, lets expect. *Measured* is what stands otherwise in a
page that a person has compared with its picture. Where neither is known, nothing is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from unicodedata import category

from rapidfuzz.distance import Levenshtein

from archive.library import Library
from archive.transcription import store
from archive.transcription.model import READ, State, Transcript
from archive.transcription.states import SEEN
from archive.transcription.store import Past

BY_HAND = "wenku"
"""What made a revision that no engine made."""
NO_READING = frozenset({BY_HAND, "text-layer", "null"})
"""What made a revision without reading a picture."""
MOST = 30
"""Confusions told of a book."""


class Count(NamedTuple):
    """Characters of the right text, and how many were read otherwise, left out or put in."""

    characters: int
    errors: int

    @property
    def rate(self) -> float | None:
        """Errors for each character; None for a text without any."""
        return self.errors / self.characters if self.characters else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """What was read, what is right, how often; empty where something was left out or put in."""

    read: str
    right: str
    times: int


@dataclass(frozen=True, slots=True)
class PageQuality:
    """One page. `estimated` and the two counts are None where they are not known; `strict` counts punctuation too.

    `engine` is what read it, empty if nothing has; `read` and `right` the revisions compared.
    """

    sheet: int
    side: int
    label: str
    state: State
    engine: str
    characters: int
    doubtful: int
    estimated: float | None
    measured: Count | None
    strict: Count | None
    read: int = 0
    right: int = 0

    def as_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {**asdict(self), "measured": _count(self.measured), "strict": _count(self.strict)}


@dataclass(frozen=True, slots=True)
class Quality:
    """A book. `expected`: what the machine expected of the pages that were measured, to set beside `measured`."""

    pages: tuple[PageQuality, ...]
    estimated: float | None
    estimated_pages: int
    expected: float | None
    measured: Count | None
    strict: Count | None
    measured_pages: int
    confusions: tuple[Confusion, ...]

    def as_json(self) -> dict[str, Any]:
        """As one JSON object; rates are errors for each character, null where nothing was measured."""
        return {
            "pages": len(self.pages),
            "estimated": self.estimated,
            "estimated_pages": self.estimated_pages,
            "measured": _count(self.measured),
            "measured_with_punctuation": _count(self.strict),
            "measured_pages": self.measured_pages,
            "estimated_on_measured_pages": self.expected,
            "confusions": [asdict(one) for one in self.confusions],
            "by_page": [page.as_json() for page in self.pages],
        }


def quality(library: Library, edition_id: int) -> Quality:
    """How well a book was read, page by page and altogether."""
    pages: list[PageQuality] = []
    confused: Counter[tuple[str, str]] = Counter()
    for summary in store.pages(library, edition_id):
        past = store.history(library, edition_id, summary.sheet, summary.side) if summary.revision else []
        past = [one for one in past if one.number <= summary.revision]
        by_machine = next((one for one in reversed(past) if one.engine not in NO_READING), None)
        facts = (summary.sheet, summary.side, summary.label, summary.state)
        if by_machine is None:
            pages.append(PageQuality(*facts, "", summary.characters, summary.doubtful, None, None, None))
            continue
        read = _transcript(library, edition_id, summary, by_machine.number)
        right = _right(library, edition_id, summary, past, by_machine)
        counts: tuple[Count | None, Count | None] = (None, None)
        if right is not None:
            counts = compared(bare(read), bare(right)), compared(solid(read), solid(right))
            confused.update(confusions(bare(read), bare(right)))
        pages.append(
            PageQuality(
                *facts,
                f"{by_machine.engine} {by_machine.version}".strip(),
                summary.characters,
                summary.doubtful,
                expected(read),
                *counts,
                read=by_machine.number,
                right=summary.revision if right is not None else 0,
            )
        )
    return _together(pages, confused)


def expected(page: Transcript) -> float | None:
    """The share of wrong characters that the confidence of a reading lets expect; None if it tells none."""
    told: list[float] = []
    for line in page.lines:
        if line.role in READ:
            told += [glyph.confidence for glyph in line.glyphs] or [line.confidence] * len(line.text)
    if not told or all(one == 1.0 for one in told):
        return None
    return sum(1 - one for one in told) / len(told)


def solid(page: Transcript) -> str:
    """A page's words in reading order, without white space."""
    text = "".join(line.text for line in page.lines if line.role in READ)
    return "".join(char for char in text if category(char)[0] not in "ZC")


def bare(page: Transcript) -> str:
    """A page's words in reading order, without white space and punctuation."""
    return "".join(char for char in solid(page) if category(char)[0] != "P")


def compared(read: str, right: str) -> Count:
    """How many changes make the right text of what was read (Levenshtein 1966)."""
    return Count(len(right), Levenshtein.distance(read, right))


def confusions(read: str, right: str) -> Iterable[tuple[str, str]]:
    """What was read and what is right, for each character that differs."""
    for op in Levenshtein.opcodes(read, right):
        here, there = read[op.src_start : op.src_end], right[op.dest_start : op.dest_end]
        if op.tag != "equal":
            width = max(len(here), len(there))
            yield from zip(here or [""] * width, there or [""] * width, strict=True)


def _right(
    library: Library, edition_id: int, summary: store.Summary, past: list[Past], read: Past
) -> Transcript | None:
    """The page as a person has seen it through, if one has since it was read."""
    if summary.state not in SEEN or past[-1].number == read.number:
        return None
    return _transcript(library, edition_id, summary, past[-1].number)


def _transcript(library: Library, edition_id: int, page: store.Summary, revision: int) -> Transcript:
    return store.page(library, edition_id, page.sheet, page.side, revision).transcript


def _together(pages: list[PageQuality], confused: Counter[tuple[str, str]]) -> Quality:
    measured = [page for page in pages if page.measured is not None]
    ranked = sorted(confused.items(), key=lambda item: (-item[1], item[0]))
    return Quality(
        tuple(pages),
        _mean(pages),
        sum(page.estimated is not None for page in pages),
        _mean(measured),
        _sum(page.measured for page in measured),
        _sum(page.strict for page in measured),
        len(measured),
        tuple(Confusion(read, right, times) for (read, right), times in ranked[:MOST]),
    )


def _mean(pages: Iterable[PageQuality]) -> float | None:
    known = [(page.estimated, page.characters) for page in pages if page.estimated is not None]
    total = sum(characters for _, characters in known)
    return sum(rate * characters for rate, characters in known) / total if total else None


def _sum(counts: Iterable[Count | None]) -> Count | None:
    known = [count for count in counts if count is not None]
    return Count(sum(one.characters for one in known), sum(one.errors for one in known)) if known else None


def _count(count: Count | None) -> dict[str, Any] | None:
    return None if count is None else {"characters": count.characters, "errors": count.errors, "rate": count.rate}
