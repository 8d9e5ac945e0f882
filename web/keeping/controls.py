"""How each kind of field is filled in: which boxes it has, and how a value becomes their texts and texts a value.

One literal table, as in `archive.directories.kinds`. Nothing here judges: what was typed goes to `values.check` as it
is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from archive.directories.model import Value
from archive.directories.references import SYSTEMS

Texts = Mapping[str, str]
"""What stands in the boxes of one value, by the names of the boxes."""


class Box(NamedTuple):
    """One box: its name (empty if it is the only one), its label, how wide in characters, which keyboard, choices."""

    name: str
    label: str = ""
    size: int = 0
    mode: str = ""
    choices: tuple[str, ...] = ()


class Control(NamedTuple):
    """How one value of a kind is filled in. `shape` names the macro that draws it."""

    shape: str
    boxes: tuple[Box, ...]
    split: Callable[[Value], dict[str, str]]
    join: Callable[[Texts], Any]


def _whole(value: Value) -> dict[str, str]:
    return {"": str(value)}


def _text(texts: Texts) -> Any:
    return texts.get("", "")


def _split_date(value: Value) -> dict[str, str]:
    parts = (part.lstrip("0") for part in str(value).split("-"))
    return dict(zip(("year", "month", "day"), parts, strict=False))


def _join_date(texts: Texts) -> str:
    """`1965-3-12`; a gap (a day without month) stays a gap, for `read_date` to refuse."""
    parts = [texts.get(name, "").strip() for name in ("year", "month", "day")]
    return "-".join(parts).rstrip("-")


def _split_years(value: Value) -> dict[str, str]:
    first, last = value
    return {"first": str(first or ""), "last": str(last or "")}


def _join_years(texts: Texts) -> list[str] | None:
    first, last = (texts.get(name, "").strip() for name in ("first", "last"))
    return [first, last] if first or last else None


def _split_link(value: Value) -> dict[str, str]:
    return {name: str(value.get(name, "")) for name in ("text", "to", "note")}


def _join_link(texts: Texts) -> Any:
    """A link; one written in a single box as a sheet has it, `王夫之〔experts/000012〕`, is read as from a sheet."""
    parts = {name: texts.get(name, "").strip() for name in ("text", "to", "note")}
    if not any(parts.values()):
        return None
    return parts["text"] if "〔" in parts["text"] and not parts["to"] else parts


def _split_place(value: Value) -> dict[str, str]:
    return {name: str(text) for name, text in value.items()}


def _join_place(texts: Texts) -> dict[str, str] | None:
    """Coordinates; a system alone, which its list may begin with, is nothing."""
    parts = {box.name: texts.get(box.name, "").strip() for box in _PLACE}
    return parts if any(text for name, text in parts.items() if name != "system") else None


_DATE = (Box("year", "年", 5, "numeric"), Box("month", "月", 3, "numeric"), Box("day", "日", 3, "numeric"))
_YEARS = (Box("first", "起", 6, "numeric"), Box("last", "止", 6, "numeric"))
_LINK = (Box("text", "名称"), Box("to", "条目编号", 16), Box("note", "说明"))
_PLACE = (
    Box("lat", "纬度", 10, "decimal"),
    Box("lon", "经度", 10, "decimal"),
    Box("system", "坐标系", choices=SYSTEMS),
    Box("checked_by", "核对者", 10),
    Box("source", "依据"),
)
_LINE = Control("line", (Box(""),), _whole, _text)

CONTROLS: dict[str, Control] = {
    "text": _LINE,
    "longtext": Control("area", (Box(""),), _whole, _text),
    "name": _LINE,
    "date": Control("parts", _DATE, _split_date, _join_date),
    "year": Control("line", (Box("", size=6, mode="numeric"),), _whole, _text),
    "years": Control("parts", _YEARS, _split_years, _join_years),
    "choice": Control("choice", (Box(""),), _whole, _text),
    "number": Control("line", (Box("", size=10, mode="decimal"),), _whole, _text),
    "url": Control("line", (Box("", mode="url"),), _whole, _text),
    "phone": Control("line", (Box("", size=20, mode="tel"),), _whole, _text),
    "idnumber": Control("line", (Box("", size=20),), _whole, _text),
    "photo": Control("photo", (Box(""),), _whole, _text),
    "link": Control("link", _LINK, _split_link, _join_link),
    "urn": Control("urn", (Box(""),), _whole, _text),
    "coordinates": Control("parts", _PLACE, _split_place, _join_place),
}
"""Every control by the kind of field."""
