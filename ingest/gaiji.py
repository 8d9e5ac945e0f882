"""Characters without a code point: the Kanseki Repository's table, and component expressions written in brackets.

A character the table knows as Unicode is stored as such; any other is stored as one 〓 and keeps its id, its
ideographic description and a normalised form beside the text, so that it stays citable and findable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from archive.errors import BadSource

GETA = "〓"
"""U+3013, printed since the age of lead type where a character is missing."""

FILE_NAME = "gaiji.tsv"

_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_VOTES = re.compile(r"([^,:]+):(\d+)")
_DESCRIPTION = re.compile("[\u2ff0-\u2fff]")
# 門@龠, 啟-口+山, 卄/(爻*且): single characters joined by operators. 朱熹/張栻 is no such thing.
_COMPONENTS = re.compile(r"\(*[^*@/+()\-](?:\)*[*@/+\-]\(*[^*@/+()\-])+\)*")


class Gaiji(NamedTuple):
    """One character: the text to store, and what is known of it."""

    char: str = GETA
    id: str = ""
    ids: str = ""
    normalised: str = ""

    @property
    def value(self) -> dict[str, str]:
        """What a `gaiji` span says of the character."""
        return {"id": self.id, "ids": self.ids, "normalised": self.normalised}


class GaijiTable:
    """What entities such as `&KR0714;` stand for. Columns of the file: id, frequency, unicode_or_ids, normalised."""

    def __init__(self, entries: Mapping[str, Gaiji] | None = None) -> None:
        self._entries = entries or {}

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, id: str) -> Gaiji:
        """The character of that id; one the table does not hold keeps its id alone."""
        return self._entries.get(id) or Gaiji(id=id)

    @classmethod
    def load(cls, path: Path | None) -> GaijiTable:
        """The table for a text: `gaiji.tsv` in its folder or up to two folders above; an empty one if there is none.

        Args:
            path: the text, its folder, or the table itself.

        Raises:
            BadSource: the table is not UTF-8.
        """
        table = _beside(path) if path else None
        return _read(table, table.stat().st_mtime_ns) if table else cls()


def from_brackets(content: str) -> Gaiji | None:
    """Read what stands between `[` and `]`: `#AS-8864:⿺克寸` or `門@龠`; None if it is no component expression."""
    if content.startswith(":#"):
        id, _, ids = content[2:].partition(":")
        return Gaiji(id=id, ids=ids)
    return Gaiji(ids=content) if _is_description(content) else None


def _is_description(text: str) -> bool:
    return bool(_DESCRIPTION.search(text) or _COMPONENTS.fullmatch(text))


def _beside(path: Path) -> Path | None:
    if path.suffix == ".tsv":
        return path if path.is_file() else None
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    for candidate in (folder, *folder.parents[:2]):
        if (candidate / FILE_NAME).is_file():
            return candidate / FILE_NAME
    return None


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> GaijiTable:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadSource("外字表不是 UTF-8 编码。", where=str(path), remedy="请另存为 UTF-8 后再试。") from error
    entries = {}
    for line in lines[1:]:
        id, _, rest = line.partition("\t")
        columns = rest.split("\t")
        if id and len(columns) >= 2:
            entries[id] = _entry(id, columns[1].strip(), columns[2].strip() if len(columns) > 2 else "")
    return GaijiTable(entries)


def _entry(id: str, form: str, normalised: str) -> Gaiji:
    """Private-use code points mean nothing on another machine, so they count as no code point at all."""
    form = "" if _PRIVATE.search(form) else form
    normalised = "" if _PRIVATE.search(normalised) else normalised
    single = _single(normalised)
    if len(form) == 1:
        return Gaiji(form, id, "", single)
    ids = form or normalised
    return Gaiji(GETA, id, ids.strip("[]") if _is_description(ids.strip("[]")) else form, single)


def _single(normalised: str) -> str:
    """One character, or none: a doubtful `氣?` is still the way to find it, of `然:22,燃:3` the majority is taken."""
    if votes := _VOTES.findall(normalised):
        best, count = max(votes, key=lambda vote: int(vote[1]))
        return best if len(best) == 1 and 2 * int(count) > sum(int(vote[1]) for vote in votes) else ""
    normalised = normalised.rstrip("?")
    return normalised if len(normalised) == 1 else ""
