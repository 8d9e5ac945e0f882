"""A page's lines as a form: what stands in the boxes of each, and what its buttons do.

The form names of each line the characters of which it was read (`origin`), not their boxes: `3` is line 3 of the
revision the form began from, `3:0-5` five characters of it, `3!2` that of revision 2; `+` puts them together. So boxes
and doubts stay with characters that are cut, joined and moved, with a script or without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.errors import UsageError
from archive.transcription import editing
from archive.transcription.model import ROLES, Box, Line, Role, Transcript

MOST = 1_000
"""Lines of a page."""
LONGEST = 2_000
"""Characters of a line."""
CUT = "|"
"""Typed where a line is to be cut."""
STEP = 10
"""What the order numbers of neighbours differ by, so that a line can be put between."""
_NAME = re.compile(r"([otrkspiv])\.(\d{1,4})")
_PIECE = re.compile(r"(\d{1,4})(?::(\d{1,4})-(\d{1,4}))?(?:!(\d{1,6}))?")
_TAKEN = re.compile(r"(\d{1,4}):(\d{1,3}):(.{0,200})")
_UNSEEN = dict.fromkeys((*range(0x20), 0x7F, 0xFEFF, 0x2028, 0x2029))
Earlier = Callable[[int], Transcript]
"""A transcript by the number of its revision."""


@dataclass
class Row:
    """One line of the form. `vouched`: places of characters that a person has read for sure, from 0."""

    origin: str
    text: str
    role: Role = "text"
    same: bool = False
    """It stands on the same printed line or column as the row before it."""
    paragraph: bool = False
    indent: int = 0
    vouched: tuple[int, ...] = ()


@dataclass
class Rows:
    """The form over a page. `earlier` finds other revisions that origins name."""

    base: Transcript
    earlier: Earlier
    rows: list[Row] = field(default_factory=list)
    focus: int = -1
    """The row to go to."""

    @classmethod
    def of(cls, base: Transcript, earlier: Earlier) -> Rows:
        """The form as a revision fills it in."""
        return cls(base, earlier, [row_of(line, str(at), before) for at, line, before in _with_before(base.lines)])

    @classmethod
    def sent(cls, base: Transcript, earlier: Earlier, form: Mapping[str, str]) -> Rows:
        """The form as it came back, its lines in the order of their numbers.

        Raises:
            UsageError: it is no form of ours.
        """
        told: dict[int, dict[str, str]] = {}
        for name, value in form.items():
            if part := _NAME.fullmatch(name):
                told.setdefault(int(part[2]), {})[part[1]] = value
        if len(told) > MOST:
            raise UsageError(f"一页至多 {MOST} 行。", remedy="请分页保存。")
        ordered = sorted(
            enumerate(told.values()), key=lambda one: (_number(one[1].get("k", ""), one[0] * STEP), one[0])
        )
        return cls(base, earlier, [_row(boxes) for _, boxes in ordered])

    @property
    def vertical(self) -> bool:
        """Whether the page is set in columns from top to bottom."""
        return self.base.layout == "vertical"

    def lines(self) -> tuple[Line, ...]:
        """The page's lines as the form says them.

        Raises:
            UsageError: a line says it was read where nothing stands.
        """
        column = -1
        found: list[Line] = []
        for row in self.rows:
            column += not row.same or column < 0
            line = editing.retyped(self._read(row), row.text, vertical=self.vertical)
            line = editing.vouched(line, set(row.vouched))
            found.append(replace(line, role=row.role, column=column, indent=row.indent, paragraph=row.paragraph))
        return tuple(self._given_room(found))

    @property
    def kept(self) -> list[Row]:
        """The rows that are stored: those with words, and those of which nobody could read any."""
        return [row for row in self.rows if row.text or (row.origin and not self._read(row).text)]

    def transcript(self) -> Transcript:
        """The page as the form says it; lines whose words were taken away are left out."""
        stays = {id(row) for row in self.kept}
        kept = [line for row, line in zip(self.rows, self.lines(), strict=True) if id(row) in stays]
        columns = {column: at for at, column in enumerate(dict.fromkeys(line.column for line in kept))}
        return replace(self.base, lines=tuple(replace(line, column=columns[line.column]) for line in kept))

    def act(self, do: str) -> bool:
        """Do what a button of a line says; whether it was one.

        Raises:
            UsageError: it cannot be done.
        """
        name, _, told = do.partition(":")
        act = _ACTS.get(name)
        number, _, rest = told.partition(":")
        if act is None or not number.isdecimal():
            return False
        at = int(number)
        if at >= len(self.rows) and not (name == "add" and at == 0):
            raise UsageError("没有这一行。", remedy="请回到校对页重新操作。")
        self.focus = at
        act(self, at, rest)
        return True

    def cut(self, at: int, _: str = "") -> None:
        """Cut a row where its text has the sign `CUT`."""
        row = self.rows[at]
        before, sign, after = row.text.partition(CUT)
        if not sign or not before.strip() or not after.strip():
            raise UsageError(f"请先在第 {at + 1} 行要拆开的地方打一个竖线“{CUT}”，再按“拆开”。")
        row.text = before + after
        here = editing.place(self._read(row).text, row.text, len(before))
        first, second = self._cut_origin(row.origin, here)
        vouched = [place for place in row.vouched if place < len(before)]
        rest = [place - len(before) for place in row.vouched if place >= len(before)]
        self.rows[at : at + 1] = [
            replace(row, origin=first, text=before, vouched=tuple(vouched)),
            replace(row, origin=second, text=after, vouched=tuple(rest), same=True, paragraph=False, indent=0),
        ]
        self.focus = at + 1

    def merge(self, at: int, _: str = "") -> None:
        """Put a row together with the one after it."""
        if at + 1 >= len(self.rows):
            raise UsageError("这是最后一行，后面没有可以合并的。")
        row, after = self.rows[at], self.rows.pop(at + 1)
        row.vouched += tuple(place + len(row.text) for place in after.vouched)
        row.text += after.text
        row.origin = "+".join(filter(None, (row.origin, after.origin)))

    def drop(self, at: int, _: str = "") -> None:
        """Take a row away; what stands on the same printed line after it does not join the line before."""
        gone = self.rows.pop(at)
        if at < len(self.rows) and self.rows[at].same and not gone.same:
            self.rows[at].same = False
        self.focus = min(at, len(self.rows) - 1)

    def add(self, at: int, _: str = "") -> None:
        """Put an empty row after a row, or the first."""
        self.rows.insert(at + 1, Row("", ""))
        self.focus = min(at + 1, len(self.rows) - 1)

    def take(self, at: int, told: str) -> None:
        """Put other characters in the place of some: `4:1:己` at the place 4 instead of one."""
        part = _TAKEN.fullmatch(told)
        row = self.rows[at]
        start = int(part[1]) if part else len(row.text)
        end = start + int(part[2]) if part else start
        if part is None or end > len(row.text):
            raise UsageError("没有这个字可以替换。", remedy="请回到校对页重新操作。")
        text, grown = part[3], len(part[3]) - (end - start)
        row.text = row.text[:start] + text + row.text[end:]
        kept = (place + grown * (place >= end) for place in row.vouched if not start <= place < end)
        row.vouched = (*kept, *range(start, start + len(text)))

    def _read(self, row: Row) -> Line:
        """The row as its characters were read, before anybody changed them."""
        pieces = [self._piece(*told) for told in _pieces(row.origin)]
        return editing.joined(pieces) if pieces else Line("", (0, 0, 0, 0))

    def _piece(self, number: int, start: int, end: int | None, revision: int) -> Line:
        lines = (self.earlier(revision) if revision else self.base).lines
        if number >= len(lines):
            raise UsageError("表单不完整：有一行不知从何而来。", remedy="请从校对页重新打开。")
        line = lines[number]
        return editing.piece(line, start, len(line.text) if end is None else end, vertical=self.vertical)

    def _cut_origin(self, origin: str, here: int) -> tuple[str, str]:
        """An origin cut at a character."""
        sides: tuple[list[str], list[str]] = ([], [])
        at = 0
        for number, start, end, revision in _pieces(origin):
            length = len(self._piece(number, start, end, revision).text)
            seam = min(max(here - at, 0), length)
            if seam or (not length and at <= here):
                sides[0].append(_told(number, start, start + seam, revision))
            if seam < length:
                sides[1].append(_told(number, start + seam, start + length, revision))
            at += length
        return "+".join(sides[0]), "+".join(sides[1])

    def _given_room(self, lines: Sequence[Line]) -> Iterable[Line]:
        """Lines that nothing was read of get the room between their neighbours."""
        for at, line in enumerate(lines):
            if line.box != (0, 0, 0, 0):
                yield line
                continue
            before = next((one.box for one in reversed(lines[:at]) if any(one.box)), None)
            after = next((one.box for one in lines[at + 1 :] if any(one.box)), None)
            yield replace(line, box=_between(before, after, self.base, self.vertical))


_ACTS: dict[str, Callable[[Rows, int, str], None]] = {
    "cut": Rows.cut,
    "merge": Rows.merge,
    "drop": Rows.drop,
    "add": Rows.add,
    "take": Rows.take,
}
"""What may be done to a row, by the name of its button."""


def row_of(line: Line, origin: str, before: Line | None = None) -> Row:
    """A line as a row of the form."""
    same = before is not None and before.column == line.column
    return Row(origin, line.text, line.role, same, line.paragraph, line.indent)


def _row(boxes: Mapping[str, str]) -> Row:
    role = next((known for known in ROLES if known == boxes.get("r")), None)
    text = boxes.get("t", "").translate(_UNSEEN)
    if role is None or len(text) > LONGEST:
        raise UsageError("表单不完整，或有一行太长。", remedy=f"一行至多 {LONGEST} 字；请从校对页重新打开。")
    vouched = tuple(sorted({int(place) for place in boxes.get("v", "").split() if place.isdecimal()}))
    indent = min(max(_number(boxes.get("i", ""), 0), 0), 99)
    return Row(boxes.get("o", ""), text, role, "s" in boxes, "p" in boxes, indent, vouched)


def _pieces(origin: str) -> list[tuple[int, int, int | None, int]]:
    """(line, start, end or None for all of it, revision or 0 for the form's own) of an origin's parts."""
    found = []
    for told in filter(None, origin[:LONGEST].split("+")):
        part = _PIECE.fullmatch(told)
        if part is None:
            raise UsageError("表单不完整：有一行不知从何而来。", remedy="请从校对页重新打开。")
        end = int(part[3]) if part[3] else None
        found.append((int(part[1]), int(part[2] or 0), end, int(part[4] or 0)))
    return found


def _told(number: int, start: int, end: int, revision: int) -> str:
    return f"{number}:{start}-{end}{f'!{revision}' if revision else ''}"


def _number(text: str, otherwise: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 7 else otherwise


def _with_before(lines: Sequence[Line]) -> Iterable[tuple[int, Line, Line | None]]:
    return ((at, line, lines[at - 1] if at else None) for at, line in enumerate(lines))


def _between(before: Box | None, after: Box | None, page: Transcript, vertical: bool) -> Box:
    """The room between two boxes in reading order; the one before if there is none."""
    left, top, right, bottom = 0, 0, page.width, page.height
    if vertical:
        high = after[2] if after else left
        low = before[0] if before else right
        span = before or after or (left, top, right, bottom)
        return (high, span[1], low, span[3]) if low > high else span
    high = before[3] if before else top
    low = after[1] if after else bottom
    span = before or after or (left, top, right, bottom)
    return (span[0], high, span[2], low) if low > high else span
