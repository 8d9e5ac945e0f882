"""What an engine found on pages of `bench.ocr_pages`, recorded, so that layout is tested without it.

`python tests/ingest/ocr_recorded.py` (in the checkout, PYTHONPATH=.) records them anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.transcription.model import Transcript
from ingest.ocr.engines.contract import Sign, Strip
from ingest.ocr.ink import Area, Marks

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "ocr"
CASES = (
    "horizontal-notes-degraded",
    "horizontal-table-degraded",
    "columns-serif-degraded",
    "vertical-ming-degraded",
    "woodblock-ming-degraded",
    "woodblock-notes-kai-degraded",
    "woodblock-notes-ming-clean",
)


def loaded(folder: Path) -> tuple[list[Strip], Marks, tuple[int, int]]:
    told = json.loads((folder / "in.json").read_text(encoding="utf-8"))
    strips = [
        Strip(tuple((x, y) for x, y in corners), text, confidence, tuple(Sign(*sign) for sign in signs))
        for corners, text, confidence, signs in told["strips"]
    ]
    marks = Marks(*(tuple(Area(*area) for area in told[kind]) for kind in ("rules", "solids", "seals")))
    return strips, marks, (told["size"][0], told["size"][1])


def dumped(strips: Sequence[Strip], marks: Marks, size: tuple[int, int]) -> str:
    def rounded(values: Any, digits: int) -> list[float]:
        return [round(value, digits) for value in values]

    found = [
        [
            [rounded(corner, 1) for corner in strip.corners],
            strip.text,
            round(strip.confidence, 3),
            [rounded(sign[:3], 3) for sign in strip.signs],
        ]
        for strip in strips
    ]
    areas = {kind: [rounded(area, 0) for area in getattr(marks, kind)] for kind in ("rules", "solids", "seals")}
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in found)
    head = json.dumps({"size": size, **areas}, separators=(",", ":"))
    return f'{head[:-1]},"strips":[\n{rows}\n]}}\n'


def shown(transcript: Transcript) -> str:
    """A transcript as lines: what the page says of itself, then each stretch with its column, role, indentation."""
    told = transcript.facts
    facts = f"label={told.label} title={told.title} juan={told.juan} leaf={told.leaf} head={told.head}"
    lines = [f"{line.column} {line.role} {line.indent} {line.text}" for line in transcript.lines]
    return "\n".join([f"{transcript.layout} {facts}", *lines]) + "\n"


def main() -> None:
    import numpy

    from bench.ocr_pages import SAMPLES
    from ingest.ocr.engines import engine_named
    from ingest.ocr.reading import look_at, transcript_of

    samples = {sample.name: sample for sample in SAMPLES}
    for case in CASES:
        name, _, state = case.rpartition("-")
        image, _ = samples[name].clean() if state == "clean" else samples[name].degraded()
        look = look_at(numpy.asarray(image.convert("L")), engine_named("rapidocr"))
        folder = GOLDEN / case
        folder.mkdir(parents=True, exist_ok=True)
        told = dumped([piece.strip for piece in look.pieces], look.marks, look.size)
        (folder / "in.json").write_text(told, encoding="utf-8")
        (folder / "out.txt").write_text(shown(transcript_of(*loaded(folder))), encoding="utf-8")
        print(case, len(told))


if __name__ == "__main__":
    main()
