"""Footnotes of a screen: marks in the text numbered, notes gathered at the foot, each leading to the other.

Sources tell which note a mark means in three ways: by the note's passage (`ref`), by a label that the note repeats
(`n` at the mark, `of` at the note), or by the words of the note themselves (`text`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive import reading, rights
from archive.intake import Range
from archive.library import Library
from archive.model import Edition, Mark, Passage
from web import links
from web.reading.typeset import Line, Pointer, Setting, typeset


@dataclass(frozen=True, slots=True)
class Foot:
    """A note at the foot of the page: its id, the id of its mark (if it is on the page), number, text."""

    anchor: str
    back: str
    number: str
    lines: tuple[Line, ...] = ()
    text: str = ""
    href: str = ""
    is_target: bool = False


class Footnotes:
    """The footnotes of one screen; none where notes may not be shown."""

    def __init__(self, library: Library, edition: Edition, passages: Sequence[Passage], *, staff: bool) -> None:
        self.pointers: dict[str, dict[int, Pointer]] = {}
        self._edition = edition
        self._staff = staff
        self._feet: list[Foot] = []
        self._notes: list[tuple[Passage, Foot]] = []
        if not rights.visible(edition, "notes", staff=staff):
            return
        here = {passage.ref: passage for passage in passages if passage.kind == "footnote"}
        waiting = dict(here)
        marked = [
            (passage, position, mark)
            for passage in passages
            for position, mark in enumerate(passage.marks)
            if mark.kind == "footnote" and "of" not in mark.value
        ]
        far: list[Passage] | None = None
        for count, (passage, position, mark) in enumerate(marked, 1):
            back = f"r{count}"
            note = _note_of(mark, passage, waiting.values())
            if note is None and far is None and not mark.value.get("text"):
                far = reading.footnotes_after(library, edition.id, passages[-1].ordinal)
            number = str(mark.value.get("n") or count)
            if note is not None:
                waiting.pop(note.ref)
                self._notes.append((note, Foot(f"p{note.ref}", back, number, href=links.place(edition, note.ref))))
                href = f"#p{note.ref}"
            elif mark.value.get("text"):
                self._feet.append(Foot(f"f{count}", back, number, text=str(mark.value["text"])))
                href = f"#f{count}"
            else:
                elsewhere = _note_of(mark, passage, far or ())
                if elsewhere is None:
                    continue
                href = links.place(edition, elsewhere.ref)
            self.pointers.setdefault(passage.ref, {})[position] = Pointer(number, href, back)
        for note in waiting.values():
            self._notes.append((note, Foot(f"p{note.ref}", "", "注", href=links.place(edition, note.ref))))

    def foot(self, hits: Mapping[int, Sequence[Range]], target: str) -> list[Foot]:
        """The notes in the order of their marks, those without a mark last."""
        set_ = [
            Foot(
                foot.anchor,
                foot.back,
                foot.number,
                typeset(note, self._setting(note, hits.get(note.id, ()))),
                href=foot.href,
                is_target=note.ref == target,
            )
            for note, foot in self._notes
        ]
        return sorted([*set_, *self._feet], key=lambda foot: int(foot.back[1:]) if foot.back else 1 << 30)

    def _setting(self, note: Passage, hits: Sequence[Range]) -> Setting:
        return Setting(self._edition, hits=hits, page_before=note.page_at(0), staff=self._staff)


def _note_of(mark: Mark, passage: Passage, notes: Iterable[Passage]) -> Passage | None:
    """The first of `notes`, in reading order, that the mark means."""
    wanted, label = mark.value.get("ref"), mark.value.get("n")
    for note in notes:
        if wanted and note.ref == wanted:
            return note
        if label and note.ordinal > passage.ordinal and label in [m.value.get("of") for m in note.marks]:
            return note
    return None
