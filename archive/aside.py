"""What was sent in and is kept aside for a while: a folder each, with files and JSON that tells how it stands."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from archive import clock

_ID = re.compile(r"[0-9a-f]{32}")


class Kept(Protocol):
    """A dataclass of JSON values. `id`: 32 hexadecimal digits; `moved`: when it was last written down."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    id: str
    moved: str


Item = TypeVar("Item", bound=Kept)


class Aside(Generic[Item]):
    """The folders of one kind under `folder`; `state` names the JSON file."""

    def __init__(self, folder: Path, kind: type[Item], state: str) -> None:
        self.folder = folder
        self._kind = kind
        self._state = state

    def of(self, item: Item) -> Path:
        """Its folder."""
        return self.folder / item.id

    def read(self, id: str) -> Item | None:
        """How it stands; None if there is none, or no longer."""
        try:
            text = (self.folder / id / self._state).read_text(encoding="utf-8") if _ID.fullmatch(id) else ""
        except OSError:
            return None
        return self._kind(**json.loads(text)) if text else None

    def write(self, item: Item) -> None:
        """Write down how it stands, whole or not at all."""
        item.moved = clock.now()
        path = self.of(item) / self._state
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(item), ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)

    def sweep(self, seconds: float) -> None:
        """Delete what has not moved for so long."""
        oldest = time.time() - seconds
        for folder in self.folder.glob("*"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
