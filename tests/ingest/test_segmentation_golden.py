"""Every case of tests/golden/segmentation and tests/golden/mandoku: the shapes real books have, in text of our own.

`WENKU_GOLDEN=rewrite pytest tests/ingest/test_segmentation_golden.py` writes the answers anew; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from golden_dump import dump_events, dump_segmented

from ingest.gaiji import GaijiTable
from ingest.readers import mandoku, plaintext
from ingest.segmentation import segment

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def cases(stage: str) -> list[str]:
    return sorted(folder.name for folder in (GOLDEN / stage).iterdir() if folder.is_dir())


def source(case: Path) -> Path:
    """The one input of a case: `in.txt` is plain text, any other name a mandoku file."""
    (found,) = (path for path in (case / "in").iterdir() if path.suffix == ".txt")
    return found


def compare(case: Path, made: str) -> None:
    answer = case / "out"
    if os.environ.get("WENKU_GOLDEN") == "rewrite":
        answer.write_text(made, encoding="utf-8")
    assert made == answer.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", cases("mandoku"))
def test_mandoku_events(name: str) -> None:
    path = source(GOLDEN / "mandoku" / name)
    compare(GOLDEN / "mandoku" / name, dump_events(mandoku.read(path, gaiji=GaijiTable.load(path))))


@pytest.mark.parametrize("name", cases("segmentation"))
def test_sections_and_passages(name: str) -> None:
    path = source(GOLDEN / "segmentation" / name)
    plain = path.name == "in.txt"
    events = plaintext.read(path) if plain else mandoku.read(path, gaiji=GaijiTable.load(path))
    compare(GOLDEN / "segmentation" / name, dump_segmented(segment(events)))
