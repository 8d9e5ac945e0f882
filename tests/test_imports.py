"""The import law of the house, and names it does not allow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "archive": {"archive"},
    "ingest": {"ingest", "archive"},
    "search": {"search", "archive"},
    "web": {"web", "search", "archive"},
}
DRAWERS = {"utils", "helpers", "common", "core", "misc"}


def modules() -> list[Path]:
    return [path for house in MAY_IMPORT for path in sorted((ROOT / house).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_folder_imports_only_what_it_may(path: Path) -> None:
    house = path.relative_to(ROOT).parts[0]
    ours = {*MAY_IMPORT, "commands", "wenku", "console", "bench"}
    assert set(imported(path)) & ours <= MAY_IMPORT[house]


def test_no_file_is_a_drawer() -> None:
    assert not [path for path in modules() if path.stem in DRAWERS]


def test_every_folder_has_its_section_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for house in (*MAY_IMPORT, "commands", "corpus", "bench", "deploy", "docs", "tests"):
        assert f"`{house}/`" in text


def test_the_architecture_names_only_files_that_are_there() -> None:
    there = {path.name for path in ROOT.rglob("*.py") if ".venv" not in path.parts} | {"variants.tsv"}
    sections = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:[a-z]+/)*([a-z_]+\.(?:py|tsv))`", sections))
    assert len(named) > 40 and named <= there
