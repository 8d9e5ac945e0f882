"""How a passage becomes lines of type: its text cut wherever what it is changes, each cut saying what it is.

Nothing is normalized and nothing reordered; every piece of text knows the offset it has in the stored passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from archive import rights
from archive.intake import Range
from archive.model import Edition, Mark, Page, Passage

# Marks that style the text they cover.
_STYLES = {"headword", "supplied", "source", "gaiji", "app", "gap"}


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of a line: `text`, or a point in it (`page`, `footnote`, `withheld`, `gap`).

    `styles` are mark kinds, `hit` and `cited`, each also with `-start` or `-end` where it begins or ends. `at` is the
    offset of its first character; `resync` says that text before it is not shown, so that whoever counts characters
    must start from `at` again. `anchor` is the id by which links reach it.
    """

    kind: str
    text: str
    at: int
    styles: frozenset[str] = frozenset()
    title: str = ""
    href: str = ""
    anchor: str = ""
    resync: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Atoms that stand together in the main text or in one interlinear note."""

    note: bool
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose end is meant; a paragraph has one."""

    at: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Gaiji:
    """A character without code point, for the list at the foot of the page."""

    ref: str
    id: str
    description: str
    normalised: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What other witnesses read at a place, for the list at the foot of the page."""

    ref: str
    lemma: str
    others: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A footnote mark in the text: its number on the page, where it leads, and the id it is reached back by."""

    number: str
    href: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What typesetting needs beside the passage.

    Args:
        edition: whose rights hold.
        hits: verified ranges of the searched words.
        cited: the range the address names.
        anchor_at: offset of the character that links to the words lead to; None if they lead elsewhere.
        page_before: label of the page the passage before stands on.
        pages: pages by label, for what a page mark says.
        scan_href: where a page's picture is, by label.
        pointers: footnote marks by position in `passage.marks`.
        window: the characters to show of an over-long passage.
        staff: the reader belongs to the house.
    """

    edition: Edition
    hits: Sequence[Range] = ()
    cited: Range | None = None
    anchor_at: int | None = None
    page_before: str | None = None
    pages: Mapping[str, Page] | None = None
    scan_href: Mapping[str, str] | None = None
    pointers: Mapping[int, Pointer] | None = None
    window: Range | None = None
    staff: bool = False


def typeset(passage: Passage, setting: Setting) -> tuple[Line, ...]:
    """The lines of a passage as the reader may see them."""
    start, end = setting.window or (0, len(passage.text))
    parts = rights.segments(passage, setting.edition.rights, start=start, end=end, staff=setting.staff)
    spans = list(_spans(passage, setting))
    points = _points(passage, setting, start, end)
    cuts = {*points, *(edge for low, high, _, _ in spans for edge in (low, high))}
    if setting.anchor_at is not None:
        cuts.add(setting.anchor_at)
    ordered = sorted(cut for cut in cuts if start <= cut <= end)
    lines: list[list[tuple[bool, Atom]]] = [[]]
    starts = [start]
    skipped = start > 0
    for part in parts:
        edges = [part.start, *(cut for cut in ordered if part.start < cut < part.end), part.end]
        for low, high in pairwise(edges):
            note = part.kind == "note" and passage.kind != "footnote"
            lines[-1] += [(note and low > part.start, atom) for atom in points.pop(low, ())]
            if not part.text:
                if part.kind == "withheld-note" and low == part.start:
                    lines[-1].append((False, Atom("withheld", "", low)))
                skipped = True
                continue
            over = [span for span in spans if span[0] <= low < span[1]]
            atom = Atom(
                "text",
                part.text[low - part.start : high - part.start],
                low,
                frozenset(chain(*(_styles(span, low, high) for span in over))),
                title="；".join(title for *_, title in over if title),
                anchor="hit" if low == setting.anchor_at else "",
                resync=skipped,
            )
            skipped = False
            for number, piece in enumerate(_split(atom, "\n")):
                if number:
                    lines.append([])
                    starts.append(piece.at)
                if piece.text:
                    lines[-1].append((note, piece))
    lines[-1] += [(False, atom) for at in sorted(points) for atom in points[at]]
    return tuple(Line(at, tuple(_groups(line))) for at, line in zip(starts, lines, strict=True))


def cells(line: Line) -> tuple[Line, ...]:
    """A row of a table cut into its cells at tabs."""
    found: list[list[tuple[bool, Atom]]] = [[]]
    starts = [line.at]
    for group in line.groups:
        for atom in group.atoms:
            for number, piece in enumerate(_split(atom, "\t")):
                if number:
                    found.append([])
                    starts.append(piece.at)
                if piece.text or piece.kind != "text":
                    found[-1].append((group.note, piece))
    return tuple(Line(at, tuple(_groups(cell))) for at, cell in zip(starts, found, strict=True))


def gaiji_of(passage: Passage, setting: Setting) -> Iterator[Gaiji]:
    """Characters of the passage that have no code point and may be shown."""
    for mark in _shown_marks(passage, setting):
        if mark.kind == "gaiji" and mark.value.get("ids"):
            value = mark.value
            yield Gaiji(passage.ref, value.get("id", ""), value["ids"], value.get("normalised", ""))


def readings_of(passage: Passage, setting: Setting) -> Iterator[Reading]:
    """The apparatus of the passage, if notes may be shown."""
    if not rights.visible(setting.edition, "notes", staff=setting.staff):
        return
    for mark in _shown_marks(passage, setting):
        if mark.kind == "app":
            lemma = str(mark.value.get("lem") or passage.text[mark.start : mark.end])
            yield Reading(passage.ref, lemma, _other_readings(mark))


def _shown_marks(passage: Passage, setting: Setting) -> Iterator[Mark]:
    """Marks on text that may be shown."""
    start, end = setting.window or (0, len(passage.text))
    parts = rights.segments(passage, setting.edition.rights, staff=setting.staff)
    hidden = [part for part in parts if part.kind == "withheld-note"]
    for mark in passage.marks:
        if start <= mark.start < max(end, start + 1) and not any(p.start <= mark.start < p.end for p in hidden):
            yield mark


def _other_readings(mark: Mark) -> str:
    """`作某（甲本）；作某（乙本）` from whatever shape the source gave its readings."""
    found = []
    for reading in mark.value.get("rdgs", ()):
        if isinstance(reading, Mapping):
            text, witness = str(reading.get("text", "")), str(reading.get("wit", ""))
        elif isinstance(reading, str):
            text, witness = reading, ""
        else:
            text, witness = (*map(str, reading), "", "")[:2]
        found.append(f"{f'作“{text}”' if text else '无'}{f'（{witness}）' if witness else ''}")
    return "；".join(found)


def _spans(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, style, title) of everything that covers text."""
    noted = rights.visible(setting.edition, "notes", staff=setting.staff)
    for mark in passage.marks:
        if mark.kind in _STYLES and mark.start < mark.end and (noted or mark.kind != "app"):
            yield mark.start, mark.end, mark.kind, _title(mark)
    for start, end in setting.hits:
        yield start, end, "hit", ""
    if setting.cited and setting.cited[0] < setting.cited[1]:
        yield *setting.cited, "cited", ""


def _styles(span: tuple[int, int, str, str], low: int, high: int) -> Iterator[str]:
    """A span's style on characters `low` to `high`, and whether it begins or ends there."""
    start, end, name, _ = span
    yield name
    if start == low:
        yield f"{name}-start"
    if end == high:
        yield f"{name}-end"


def _title(mark: Mark) -> str:
    value = mark.value
    if mark.kind == "gaiji":
        names = [value.get("ids", ""), value.get("normalised") and f"通“{value['normalised']}”", value.get("id", "")]
        return "　".join(name for name in names if name) if value.get("ids") or value.get("normalised") else ""
    if mark.kind == "supplied":
        return "据他本或文意补"
    if mark.kind == "app":
        return f"校：{_other_readings(mark)}"
    if mark.kind == "gap":
        return "、".join(str(value[key]) for key in ("reason", "extent") if value.get(key)) or "原缺"
    return ""


def _points(passage: Passage, setting: Setting, start: int, end: int) -> dict[int, list[Atom]]:
    """What stands between characters: footnote marks first, then page breaks."""
    found: dict[int, list[Atom]] = {}
    for position, pointer in (setting.pointers or {}).items():
        mark = passage.marks[position]
        if start <= mark.end <= end:
            atom = Atom("footnote", pointer.number, mark.end, href=pointer.href, anchor=pointer.anchor)
            found.setdefault(mark.end, []).append(atom)
    for mark in passage.marks:
        if mark.kind == "gap" and mark.start == mark.end and start <= mark.start <= end:
            found.setdefault(mark.start, []).append(Atom("gap", "", mark.start, title=_title(mark)))
    before = setting.page_before
    for offset, label in passage.pages:
        if label != before and start <= offset <= end and (offset > 0 or start == 0):
            found.setdefault(offset, []).append(_page_mark(offset, label, setting))
        before = label
    return found


def _page_mark(offset: int, label: str, setting: Setting) -> Atom:
    page = (setting.pages or {}).get(label)
    short = page.leaf if page and page.leaf else label
    where = f"卷{page.juan.lstrip('0')}　第{page.leaf}叶" if page and page.juan and page.leaf else f"第{label}页"
    return Atom("page", short, offset, title=f"{where}起", href=(setting.scan_href or {}).get(label, ""))


def _split(atom: Atom, sign: str) -> Iterator[Atom]:
    """The atom cut at every `sign`, which it loses."""
    at = atom.at
    for number, text in enumerate(atom.text.split(sign)):
        yield replace(atom, text=text, at=at, anchor="" if number else atom.anchor, resync=atom.resync and not number)
        at += len(text) + 1


def _groups(line: Iterable[tuple[bool, Atom]]) -> Iterator[Group]:
    held: list[Atom] = []
    in_note = False
    for note, atom in line:
        if note != in_note and held:
            yield Group(in_note, tuple(held))
            held = []
        in_note = note
        held.append(atom)
    if held:
        yield Group(in_note, tuple(held))
