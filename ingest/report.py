"""What became of every item of an `add`: for the screen and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from archive.errors import WenkuError

# What may become of an item, and how it is told.
STATUSES = {
    "added": "已入库",
    "updated": "已更新",
    "unchanged": "未变动",
    "waiting-ocr": "等待 OCR",
    "failed": "未入库",
}


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One edition's fate. `passages` counts what was added, changed, kept and withdrawn."""

    source: str
    status: str
    urn: str = ""
    label: str = ""
    characters: int = 0
    pages: int = 0
    passages: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: WenkuError | None = None

    def as_json(self) -> dict[str, Any]:
        """The item as a JSON object."""
        return {
            "source": self.source,
            "status": self.status,
            "urn": self.urn,
            "label": self.label,
            "characters": self.characters,
            "pages": self.pages,
            "passages": self.passages,
            "warnings": list(self.warnings),
            "error": self.error.as_json() if self.error else None,
        }

    def as_line(self) -> str:
        """The item as one line for the screen."""
        name = self.label or self.source
        if self.error:
            where = "" if self.error.where.startswith(self.source) else f"{self.source}："
            return f"✗ {STATUSES[self.status]}  {where}{self.error}"
        counts = f"{self.characters:,} 字，{sum(self.passages.values()):,} 段，{self.pages:,} 页"
        changes = "，".join(
            f"{label} {self.passages[key]:,} 段"
            for key, label in (("added", "新增"), ("changed", "修订"), ("withdrawn", "撤下"))
            if self.status == "updated" and self.passages.get(key)
        )
        return f"✓ {STATUSES[self.status]}  {name}（{counts}{'；' + changes if changes else ''}）"


@dataclass(frozen=True, slots=True)
class Report:
    """The fate of all items of one `add`."""

    items: tuple[ItemReport, ...]

    @property
    def failed(self) -> bool:
        """Whether any item did not enter the library."""
        return any(item.status == "failed" for item in self.items)

    def counts(self) -> list[tuple[str, int]]:
        """How many items have each status, as told to people."""
        counts = Counter(item.status for item in self.items)
        return [(label, counts[status]) for status, label in STATUSES.items()]

    def as_json(self) -> dict[str, Any]:
        """How many items have each status, and all items."""
        counts = Counter(item.status for item in self.items)
        return {**{status: counts[status] for status in STATUSES}, "items": [item.as_json() for item in self.items]}
