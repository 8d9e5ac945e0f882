"""The words of an import: what a row would do, what it resembles, what a person decided, what became of all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from archive.directories.model import Values, parse_key
from archive.directories.values import Change, Remark
from archive.errors import UsageError

STATUSES: dict[str, str] = {
    "added": "新增",
    "changed": "修改",
    "unchanged": "无变化",
    "held": "待定",
    "refused": "退回",
    "skipped": "不导入",
}

AS_NEW, SKIP = "new", "skip"
"""What a person may decide of a held row, beside the key of the record it is."""


class Suspect(NamedTuple):
    """Something a row may be the same as: a record by its key, or a row of the same sheet (`第 12 行`); and why."""

    where: str
    title: str
    why: str


class Duplicates(Protocol):
    """Knows what resembles what (`search.records.duplicates`)."""

    def like(self, values: Values) -> Sequence[Suspect]:
        """What these values may be the same as."""

    def add(self, where: str, title: str, values: Values) -> None:
        """Remember a row of the sheet that is being read."""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What a row would do. `status` is a key of `STATUSES`; `base` the version seen, of a record that is there."""

    number: int
    status: str
    title: str = ""
    key: str = ""
    base: int = 0
    values: Values = field(default_factory=dict, repr=False)
    changes: tuple[Change, ...] = ()
    problems: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    apart: tuple[str, ...] = ()
    """Of a row that a person called new: what it is alike and yet is not, as `Suspect.where`."""

    @property
    def why(self) -> str:
        """Why it is not simply taken in, in one line."""
        told = [*map(str, self.problems), *(f"疑似{one.where}“{one.title}”（{one.why}）" for one in self.suspects)]
        return "；".join(one.removesuffix("。") for one in told)

    def __str__(self) -> str:
        why = self.why or "；".join([*(f"{one.label}：{one.before}→{one.after}" for one in self.changes), *self.notes])
        return f"第 {self.number} 行  {STATUSES[self.status]}  {self.title}{f'  {why}' if why else ''}"

    def as_json(self) -> dict[str, Any]:
        """The row for programs."""
        return {
            "row": self.number,
            "status": self.status,
            "title": self.title,
            "key": self.key,
            "changes": [one._asdict() for one in self.changes],
            "problems": [one._asdict() for one in self.problems],
            "notes": list(self.notes),
            "suspects": [one._asdict() for one in self.suspects],
        }


@dataclass
class Report:
    """What became of an import. `runs` are the batches written, each of which can be sent to review."""

    counts: Counter[str] = field(default_factory=Counter)
    runs: list[int] = field(default_factory=list)
    told: list[RowPlan] = field(default_factory=list)
    """Rows that need a person: held, refused, or with something to tell; of a dry run, every row."""

    @property
    def summary(self) -> str:
        """The counts in one line."""
        told = [f"{label} {self.counts[name]:,}" for name, label in STATUSES.items() if self.counts[name]]
        return "，".join(told) or "没有可导入的行。"

    def as_json(self, notes: Sequence[str]) -> dict[str, Any]:
        """The report for programs, with what was told of the sheet."""
        rows = [row.as_json() for row in self.told]
        return {"counts": dict(self.counts), "notes": list(notes), "runs": self.runs, "rows": rows}


def decisions(told: Iterable[str]) -> dict[int, str]:
    """Decisions as people write them: `12=new`, `15=skip`, `18=experts/000003`.

    Raises:
        UsageError: one is not so written.
    """
    found: dict[int, str] = {}
    for text in told:
        number, _, what = text.partition("=")
        if not number.strip().isdigit() or not what.strip():
            raise UsageError(f"“{text[:40]}”看不懂。", remedy="写法：行号=new、行号=skip 或 行号=条目编号。")
        if what.strip() not in (AS_NEW, SKIP):
            parse_key(what)
        found[int(number)] = what.strip()
    return found
