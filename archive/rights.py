"""Who may see what of an edition: the one rule every door asks.

Rights belong to each layer (DESIGN §4, law 7): bare text, punctuation, notes, scans. `public` is shown everywhere,
`snippet` only as the few words around a hit, `staff` never leaves the house. Notes are the interlinear notes of a
passage, footnotes and apparatus: a modern editor's work even where the text itself is free (STANDARDS, "Rights in
Chinese law").
"""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple

from archive.model import Edition, Passage, Rights

Layer = Literal["text", "punctuation", "notes", "scans"]
SegmentKind = Literal["text", "note", "withheld-note", "withheld-punctuation"]


class Segment(NamedTuple):
    """A stretch of a passage as one reader may see it.

    `text` is the stored text of `start`–`end`, or empty where the layer is withheld; offsets always count the
    stored text, so that what is shown keeps its stable address.
    """

    start: int
    end: int
    kind: SegmentKind
    text: str


def right(edition: Edition, layer: Layer) -> str:
    """The right of a layer. Punctuation and notes are never freer than the text they belong to."""
    own = str(getattr(edition.rights, layer))
    return max(own, edition.rights.text, key=_STRICTNESS.index) if layer in ("punctuation", "notes") else own


def listed(edition: Edition, *, staff: bool = False) -> bool:
    """Whether the edition exists for this reader at all: in pages, lists, counts and answers."""
    return staff or edition.rights.text != "staff"


def visible(edition: Edition, layer: Layer, *, staff: bool = False) -> bool:
    """Whether the layer may be shown in full."""
    return staff or (listed(edition) and right(edition, layer) == "public")


def findable(edition: Edition, layer: Layer, *, staff: bool = False) -> bool:
    """Whether the layer may be searched and shown as the words around a hit."""
    return staff or (listed(edition) and right(edition, layer) != "staff")


def segments(
    passage: Passage,
    rights: Rights,
    *,
    snippet: bool = False,
    staff: bool = False,
    start: int = 0,
    end: int | None = None,
) -> list[Segment]:
    """Characters `start` to `end` of a passage as this reader may see them, in order and without gaps.

    Whether the text itself may be shown is the caller's question (`visible`, `findable`); this withholds notes and
    punctuation. A footnote passage is a note from end to end.

    Args:
        passage: the passage, in any revision.
        rights: of its edition.
        snippet: shown as the words around a hit, where `snippet` rights suffice.
        staff: the reader belongs to the house.
        start: first character, from 0.
        end: behind the last character; the end of the text if None.
    """
    end = len(passage.text) if end is None else min(end, len(passage.text))
    allowed = _STRICTNESS if staff else _STRICTNESS[: 2 if snippet else 1]
    shown_notes, shown_punctuation = rights.notes in allowed, rights.punctuation in allowed
    notes = ((0, len(passage.text)),) if passage.kind == "footnote" else passage.notes
    found: list[Segment] = []
    at = start
    for note_start, note_end in notes:
        low, high = max(note_start, start), min(note_end, end)
        if low >= high:
            continue
        _add(found, passage.text, at, low, "text", shown_punctuation)
        if shown_notes:
            _add(found, passage.text, low, high, "note", shown_punctuation)
        else:
            found.append(Segment(low, high, "withheld-note", ""))
        at = high
    _add(found, passage.text, at, end, "text", shown_punctuation)
    return found


def shown(parts: list[Segment]) -> str:
    """The text of segments, what is withheld left out."""
    return "".join(part.text for part in parts)


def is_punctuation(character: str) -> bool:
    """Whether a character belongs to the punctuation layer (Unicode categories P*)."""
    return unicodedata.category(character).startswith("P")


_STRICTNESS = ("public", "snippet", "staff")


def _add(found: list[Segment], text: str, start: int, end: int, kind: SegmentKind, punctuated: bool) -> None:
    """Append `start`–`end`, cut at punctuation if that is withheld."""
    if punctuated:
        if start < end:
            found.append(Segment(start, end, kind, text[start:end]))
        return
    at = start
    while at < end:
        to, bare = at, not is_punctuation(text[at])
        while to < end and is_punctuation(text[to]) is not bare:
            to += 1
        found.append(Segment(at, to, kind, text[at:to]) if bare else Segment(at, to, "withheld-punctuation", ""))
        at = to
