"""One page read and measured, in a process of its own: what `bench_ocr` sends to its workers and gets back."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from archive.errors import WenkuError
from archive.transcription.model import READ, Transcript
from bench.ocr_pages import SAMPLES
from ingest.ocr import images
from ingest.ocr.engines import engine_named
from ingest.ocr.evaluate import LOOK_ALIKE, measured
from ingest.ocr.reading import read_page
from search.text.folding import fold

SCANS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "scans"
STRIPS = {"zongmu-001": "經部", "zongmu-002": "欽定四庫全書總目", "jianming-002": "欽定四庫全書簡明目錄"}
"""What can be read of the centre strip of the real pages; the title on zongmu-001 is cut off."""


@dataclass(frozen=True)
class Task:
    """A page to read: a sample of the bench in a `state`, or a real scan; by which engine; `text` as transcribed."""

    name: str
    kind: str
    state: str
    engine: str
    path: Path
    text: str
    turned: int = 0
    vertical: bool = False
    strip: str = ""


@dataclass(frozen=True)
class Result:
    """How a picture of `pages` pages was read, and how long it took, by the clock and of the processor.

    `strip`: whether the centre strip was told apart, None where there is none.

    `signs`: for each character of the text, its confidence and whether it is right.
    """

    task: Task
    wrong: float = 1.0
    wrong_with_punctuation: float = 1.0
    characters: int = 0
    order: bool = False
    orientation: bool = False
    strip: bool | None = None
    seconds: float = 0.0
    processor: float = 0.0
    memory: int = 0
    error: str = ""
    pages: int = 1
    signs: list[tuple[float, bool]] = field(default_factory=list)


def read(task: Task) -> Result:
    """Read a page and measure it; a failure is a page wholly wrong."""
    start, busy = time.perf_counter(), time.process_time()
    try:
        pages = read_page(images.picture(task.path).pixels, engine_named(task.engine))
    except WenkuError as error:
        return Result(task, seconds=time.perf_counter() - start, error=str(error))
    seconds, processor = time.perf_counter() - start, time.process_time() - busy
    text = "\n".join(page.text for page in pages)
    found = measured(text, task.text, fold)
    lies = all(
        page.turned == task.turned and (page.layout == "vertical") == task.vertical
        for page in pages
        if page.layout != "blank"
    )
    return Result(
        task,
        found.cer,
        found.cer_with_punctuation,
        len(_bare(task.text)),
        found.order_ok,
        lies,
        _strip(pages, task.strip),
        seconds,
        processor,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        pages=len(pages),
        signs=list(_signs(pages, task.text)),
    )


def samples(folder: Path, engine: str) -> Iterator[Task]:
    """The pages that were drawn into `folder`, clean and degraded."""
    for sample in SAMPLES:
        for state in ("clean", "degraded"):
            path = folder / f"{sample.name}-{state}.png"
            if path.is_file():
                yield Task(
                    sample.name,
                    sample.kind,
                    state,
                    engine,
                    path,
                    path.with_suffix(".txt").read_text(encoding="utf-8"),
                    -sample.turned % 360,
                    sample.kind in ("vertical", "woodblock", "notes"),
                    "衡州六勝小記" if sample.kind in ("woodblock", "notes") else "",
                )


def real(engine: str) -> Iterator[Task]:
    """The real pages beside the checkout; none where they are absent."""
    for path in sorted(SCANS.glob("*.png")):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        yield Task(path.stem, "real", "real", engine, path, text, 0, True, STRIPS.get(path.stem, ""))


def _strip(pages: tuple[Transcript, ...], strip: str) -> bool | None:
    if not strip:
        return None
    told = "".join(
        page.facts.title + "".join(line.text for line in page.lines if line.role == "centre") for page in pages
    )
    return len(set(fold(strip)) & set(fold(told))) * 3 >= len(set(strip))


def _bare(text: str) -> str:
    """What counts: no white space, no marks of notes, no punctuation, look-alikes folded."""
    plain = "".join(text.split()).translate(str.maketrans("", "", "()/")).translate(LOOK_ALIKE)
    return fold(plain).translate(LOOK_ALIKE)


def _signs(pages: tuple[Transcript, ...], text: str) -> Iterator[tuple[float, bool]]:
    """Confidence of each character that counts, and whether it stands so in the transcription."""
    read_text, sure = "", []
    for page in pages:
        for line in page.lines:
            if line.role not in READ:
                continue
            for at, char in enumerate(line.text):
                folded = _bare(char)
                read_text += folded
                sure += [line.glyphs[at].confidence if line.glyphs else line.confidence] * len(folded)
    right = [False] * len(read_text)
    for step in Levenshtein.opcodes(read_text, _bare(text)):
        if step.tag == "equal":
            right[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
    yield from zip(sure, right, strict=True)
