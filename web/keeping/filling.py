"""A record being filled in: what was typed, as it was typed, whatever it is worth, and what its buttons do.

It goes to the browser and comes back with every button, so that nothing typed is lost and no script is needed: `more`
adds a line, `up` moves one, `find` looks for what a line may mean, `pick` takes one of what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from archive.directories import values
from archive.directories.model import Directory, Field, Values
from archive.directories.values import Checked, Remark
from archive.errors import UsageError
from web.keeping.controls import CONTROLS, Box

MOST_ROWS = values.MOST
_NAME = re.compile(r"f\.(?P<key>[a-z][a-z0-9_]*)(?:\.(?P<row>\d{1,3})(?:\.(?P<box>[a-z_]+))?)?")
Row = dict[str, str]


class Offer(NamedTuple):
    """Something a line may mean: what goes into the form, what it is called, and what tells it from its namesakes."""

    target: str
    title: str
    detail: str = ""


class Held(NamedTuple):
    """A box with its text: `id` is also its name in the form."""

    box: Box
    id: str
    text: str


class Line(NamedTuple):
    """One value as the form shows it. `offers` is None if nothing was looked for."""

    number: int
    boxes: tuple[Held, ...]
    offers: Sequence[Offer] | None

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(one.text for one in self.boxes)


class Entry(NamedTuple):
    """A field as the form shows it."""

    field: Field
    shape: str
    lines: tuple[Line, ...]
    ticked: frozenset[str]
    choices: tuple[str, ...]
    wrong: str
    unseen: bool
    """It has a value that whoever fills in may replace but not see."""

    @property
    def first(self) -> str:
        """The id of its first box."""
        if self.shape == "ticks":
            return f"f.{self.field.key}.t0"
        return f"f.{self.field.key}.0.file" if self.shape == "photo" else self.lines[0].boxes[0].id


@dataclass
class Filling:
    """A form for the `fields` of a directory that whoever fills in may write."""

    directory: Directory
    fields: Sequence[Field]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """What stands in the boxes, by field key, value by value."""
    unseen: Collection[str] = frozenset()
    wrong: dict[str, str] = field(default_factory=dict)
    offers: dict[tuple[str, int], Sequence[Offer]] = field(default_factory=dict)
    focus: str = ""
    """The id of the box to go to."""

    @classmethod
    def of(cls, directory: Directory, fields: Sequence[Field], held: Values, unseen: Collection[str] = ()) -> Filling:
        """A form that begins with a record's values."""
        made = cls(directory, fields, unseen=unseen)
        for one in fields:
            if one.key in held and one.key not in unseen:
                made.put(one, held[one.key])
        return made

    @classmethod
    def sent(
        cls, directory: Directory, fields: Sequence[Field], form: MultiDict[str, str], unseen: Collection[str] = ()
    ) -> Filling:
        """The form as it came back."""
        known = {one.key for one in fields}
        found: dict[str, dict[int, Row]] = {key: {} for key in known}
        ticked: dict[str, list[Row]] = {key: [] for key in known}
        for name, text in form.items(multi=True):
            part = _NAME.fullmatch(name)
            if part is None or part["key"] not in known:
                continue
            if part["row"] is None:
                ticked[part["key"]].append({"": text})
            elif int(part["row"]) < MOST_ROWS:
                found[part["key"]].setdefault(int(part["row"]), {})[part["box"] or ""] = text.strip()
        rows = {key: [*ticked[key], *(row for _, row in sorted(found[key].items()))] for key in known}
        return cls(directory, fields, {key: held for key, held in rows.items() if held}, unseen)

    def put(self, one: Field, value: Any) -> None:
        """Let the boxes of a field say a value."""
        split = CONTROLS[one.kind].split
        self.rows[one.key] = [split(item) for item in (value if one.repeatable else [value])]

    def check(self) -> Checked:
        """The values, judged; what does not fit is noted at its field."""
        checked = values.check(self.directory, self._raw())
        self.note(checked.problems)
        return checked

    def note(self, problems: Sequence[Remark]) -> None:
        """Note what is wrong at its field."""
        for one in problems:
            self.wrong.setdefault(one.field, one.what)

    def act(self, do: str, look: Callable[[Field, str], Sequence[Offer]]) -> bool:
        """Do what a button of a field asks; False if `do` is none of these.

        Raises:
            UsageError: there is no such field or line.
        """
        verb, _, rest = do.partition(":")
        if verb not in _VERBS:
            return False
        key, _, rest = rest.partition(":")
        number, _, what = rest.partition(":")
        one = next((one for one in self.fields if one.key == key), None)
        rows = self.rows.setdefault(key, [])
        place = int(number) if number.isascii() and number.isdigit() else 0
        if one is None or (place >= len(rows) and verb != "more"):
            raise UsageError("没有这一栏。", remedy="请回到表单重新填写。")
        _VERBS[verb](self, one, rows, place, what, look)
        return True

    def groups(self) -> Iterator[tuple[str, list[Entry]]]:
        """The fields by the heading they stand under, as the form shows them."""
        mine = set(self.fields)
        for heading, fields in self.directory.groups():
            entries = [self._entry(one) for one in fields if one in mine]
            if entries:
                yield heading, entries

    @property
    def problems(self) -> list[tuple[Field, str, str]]:
        """(field, what is wrong, id of its first box), in the declared order."""
        entries = (entry for _, group in self.groups() for entry in group)
        return [(entry.field, entry.wrong, entry.first) for entry in entries if entry.wrong]

    def _raw(self) -> dict[str, Any]:
        raw: dict[str, Any] = {}
        for one in self.fields:
            join = CONTROLS[one.kind].join
            given = [value for row in self.rows.get(one.key, ()) if (value := join(row))]
            raw[one.key] = given if one.repeatable else (given[0] if given else None)
        return raw

    def _entry(self, one: Field) -> Entry:
        shape, rows = _shape(one), self.rows.get(one.key, [])
        ticked: frozenset[str] = frozenset()
        choices = one.vocabulary
        if shape == "ticks":
            said = [row.get("", "") for row in rows]
            ticked = frozenset(said)
            outside = tuple(text for text in said if text and text not in choices)
            rows = [*({"": text} for text in outside), {}] if one.open else []
            choices = choices if one.open else (*choices, *outside)
        shown = rows or [{}]
        boxes = CONTROLS[one.kind].boxes
        lines = tuple(
            Line(
                number,
                tuple(Held(box, _id(one.key, number, box), row.get(box.name, "")) for box in boxes),
                self.offers.get((one.key, number)),
            )
            for number, row in enumerate(shown)
        )
        return Entry(one, shape, lines, ticked, choices, self.wrong.get(one.key, ""), one.key in self.unseen)

    def _more(self, one: Field, rows: list[Row], place: int, what: str, look: Any) -> None:
        while rows and not any(rows[-1].values()):
            rows.pop()
        if _shape(one) != "ticks":  # which always ends with an empty line
            rows += [{}] if rows else [{}, {}]
        self.focus = self._entry(one).lines[-1].boxes[0].id

    def _up(self, one: Field, rows: list[Row], place: int, what: str, look: Any) -> None:
        above = max(place - 1, 0)
        rows[above], rows[place] = rows[place], rows[above]
        self.focus = _id(one.key, above, CONTROLS[one.kind].boxes[0])

    def _find(
        self, one: Field, rows: list[Row], place: int, what: str, look: Callable[[Field, str], Sequence[Offer]]
    ) -> None:
        box = CONTROLS[one.kind].boxes[0]
        self.offers[one.key, place] = look(one, rows[place].get(box.name, ""))
        self.focus = _id(one.key, place, box)

    def _pick(self, one: Field, rows: list[Row], place: int, what: str, look: Any) -> None:
        if one.kind == "link":
            rows[place]["to"], _, rows[place]["text"] = what.partition(":")
        else:
            rows[place] = {"": what}
        self.focus = _id(one.key, place, CONTROLS[one.kind].boxes[0])


_VERBS: dict[str, Callable[..., None]] = {
    "more": Filling._more,
    "up": Filling._up,
    "find": Filling._find,
    "pick": Filling._pick,
}


def _id(key: str, number: int, box: Box) -> str:
    return f"f.{key}.{number}{f'.{box.name}' if box.name else ''}"


def _shape(one: Field) -> str:
    if one.kind != "choice":
        return CONTROLS[one.kind].shape
    if one.repeatable:
        return "ticks"
    return "suggest" if one.open else "select"
