"""What a URN names, whole: a work, an edition, a section, a passage or a few of its characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from archive import citations
from archive.errors import NotFound
from archive.library import Library
from archive.model import Edition, Passage, Section, Work
from archive.urn import Urn, parse


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Passages in reading order under the URN that names them; `urn.start` and `urn.end` cut the only one."""

    urn: Urn
    work: Work
    edition: Edition
    sections: tuple[Section, ...]
    """The sections that hold it, the highest first."""
    passages: tuple[Passage, ...]

    def text(self) -> str:
        """The stored text and nothing else, one passage a line."""
        if self.urn.start is not None:
            return self.passages[0].text[self.urn.start : self.urn.end]
        return "\n".join(passage.text for passage in self.passages)

    def as_json(self) -> dict[str, Any]:
        """The passages with notes, marks, pages and revision."""
        return {
            "urn": str(self.urn),
            "work": self.work.id,
            "title": self.work.title,
            "author": self.work.author,
            "edition": {"urn": self.edition.urn, "label": self.edition.label, "rights": self.edition.rights._asdict()},
            "sections": [{"path": section.path, "title": section.title} for section in self.sections],
            "passages": [self._passage_json(passage) for passage in self.passages],
        }

    def _passage_json(self, passage: Passage) -> dict[str, Any]:
        return {
            "urn": str(replace(self.urn, edition=parse(self.edition.urn).edition, ref=passage.ref)),
            "ref": passage.ref,
            "section": passage.section,
            "kind": passage.kind,
            "text": passage.text,
            "notes": [list(note) for note in passage.notes],
            "marks": [
                {"kind": mark.kind, "start": mark.start, "end": mark.end, **mark.value} for mark in passage.marks
            ],
            "pages": [{"offset": offset, "label": label} for offset, label in passage.pages],
            "lines": list(passage.lines),
            "revision": passage.revision,
        }

    def as_screen(self) -> str:
        """For a person at a terminal: title, place, then numbered passages with notes in brackets."""
        head = f"《{self.work.title}》{self.edition.label}"
        trail = " › ".join(section.title for section in self.sections)
        if self.urn.start is not None:
            return f"{head}\n{trail}\n\n{self.text()}"
        return "\n".join([head, trail, "", *(f"[{one.ref}] {bracketed(one)}" for one in self.passages)])


def bracketed(passage: Passage) -> str:
    """A passage's text with its interlinear notes in 〔 〕, for reading only."""
    return "".join(_bracketed(passage))


def _bracketed(passage: Passage) -> Iterator[str]:
    last = 0
    for start, end in passage.notes:
        yield f"{passage.text[last:start]}〔{passage.text[start:end]}〕"
        last = end
    yield passage.text[last:]


def excerpt(library: Library, name: Urn) -> Excerpt:
    """What `name` names. A number is a section's or a passage's, never both.

    Raises:
        NotFound, Gone, UsageError: as `Library.edition` and `Library.passage`.
    """
    edition = library.edition(name)
    work = library.work(edition.work_id)
    if not name.ref:
        return Excerpt(name, work, edition, (), tuple(library.passages(edition.id)))
    sections = library.sections(edition.id)
    here = next((section for section in sections if section.path == name.ref), None)
    if here is not None and name.start is None and name.revision is None:
        inside = {section.path for section in sections if f"{section.path}.".startswith(f"{name.ref}.")}
        found = tuple(passage for passage in library.passages(edition.id) if passage.section in inside)
        return Excerpt(name, work, edition, trail(sections, name.ref), found)
    if here is not None:
        raise NotFound("这是一章的编号，字符范围和修订号只用于段。", where=str(name), remedy="请给出段的编号。")
    passage = library.passage(name)
    return Excerpt(name, work, edition, trail(sections, passage.section), (passage,))


def trail(sections: list[Section], path: str) -> tuple[Section, ...]:
    """The sections from the highest down to `path`."""
    return tuple(section for section in sections if f"{path}.".startswith(f"{section.path}."))


def citation_item(library: Library, name: Urn, base_url: str) -> dict[str, Any]:
    """The CSL item of what `name` names, with juan, page and stable link."""
    edition = library.edition(name)
    work = library.work(edition.work_id)
    titles: tuple[str, ...] = ()
    page = None
    if name.ref:
        found = excerpt(library, name)
        titles = tuple(section.title for section in found.sections)
        label = found.passages[0].page_at(name.start or 0) if found.passages else ""
        page = library.page_by_label(edition.id, label) if label else None
    return citations.passage_item(
        work,
        edition,
        section_titles=titles,
        page=page.label if page else "",
        juan=page.juan if page else "",
        leaf=page.leaf if page else "",
        urn=str(name),
        url=f"{base_url.rstrip('/')}{name.path}" if base_url else "",
        accessed=date.today() if base_url else None,
    )
