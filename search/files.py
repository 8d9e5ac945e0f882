"""Kinds of files that results leave in: what each is called, and what makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from archive.errors import UsageError

Maker = TypeVar("Maker", bound=Callable[..., Iterator[bytes]])

_KINDS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
    "xml": ("TEI", "application/tei+xml"),
}


@dataclass(frozen=True, slots=True)
class Format(Generic[Maker]):
    """A kind of file: its Chinese name, media type and suffix; `chunks` makes its bytes, piece by piece."""

    label: str
    media_type: str
    suffix: str
    chunks: Maker


def formats(**makers: Maker) -> dict[str, Format[Maker]]:
    """The table of what can be made, by name; each is the ending of its files."""
    return {name: Format(*_KINDS[name], f".{name}", make) for name, make in makers.items()}


def named(table: Mapping[str, Format[Any]], name: str) -> Format[Any]:
    """The format called `name`.

    Raises:
        UsageError: there is none; lists the ones there are.
    """
    if name not in table:
        raise UsageError(f"没有“{name[:40]}”这种导出格式。", remedy=f"可用：{'、'.join(table)}。")
    return table[name]


def of_file(table: Mapping[str, Format[Any]], name: str) -> Format[Any]:
    """The format of a file of that name, by its ending.

    Raises:
        UsageError: its ending says nothing; lists those that do.
    """
    ending = Path(name).suffix.lower().removeprefix(".")
    if ending not in table:
        known = "、".join(f"{one.suffix}（{one.label}）" for one in table.values())
        raise UsageError(f"不知道“{name[:80]}”要存成什么格式。", remedy=f"文件名请以 {known} 结尾。")
    return table[ending]
