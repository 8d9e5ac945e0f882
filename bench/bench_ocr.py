"""`make bench-ocr`: how well and how fast pages are read, beside Tesseract, on our own pages and on real ones.

Writes bench/ocr.md and bench/ocr-confidence.svg. `python -m bench.bench_ocr --only woodblock,real` measures some kinds
and writes nothing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from archive.errors import WenkuError
from archive.transcription.store import DOUBT
from bench import confidence
from bench.ocr_pages import KINDS, SAMPLES, pairs
from bench.ocr_reading import SCANS, Result, read, real, samples
from ingest.ocr.engines import engine_named

RESULTS = Path(__file__).with_name("ocr.md")
PLOT = Path(__file__).with_name("ocr-confidence.svg")
CORES = 2
_KINDS = {**KINDS, "real": "真实书影"}


_EXPLAINED = (
    "书页由 `bench/ocr_pages.py` 用 Debian 的字体排成，文字取自 `corpus/`；“劣化”是歪斜、模糊、杂点、透墨、光照不匀，"
    "再加 JPEG 压缩。“真实书影”是 `../shared/corpus/scans`。错字率是每百字的编辑距离：去掉标点和空白，已巳己、曰日与"
    "异体字表里的字不分；“连标点”不去标点。版心、书眉、页码不算正文。"
)


class Wanted(NamedTuple):
    """What must be reached: characters wrong per hundred, clean and degraded; with punctuation where it is kept."""

    clean: float
    degraded: float
    with_punctuation: float | None = None


WANTED = {
    "horizontal": Wanted(0.5, 1.5),
    "columns": Wanted(1, 1),
    "vertical": Wanted(1, 1, 4),
    "woodblock": Wanted(2.5, 2.5),
    "notes": Wanted(4, 4),
    "real": Wanted(2, 2),
}
PAGES_A_MINUTE = 20
MEMORY = 1_300_000_000


class Run(NamedTuple):
    """One engine over the pages; on clean modern ones, pages a minute and seconds of a processor a page."""

    engine: str
    results: list[Result]
    pace: float
    busy: float


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="量识别的准确与快慢")
    parser.add_argument("--only", default="", metavar="|".join(_KINDS), help="只量这几种书页（逗号分隔），不写入文件")
    parser.add_argument("--engine", action="append", metavar="引擎", help="只用这个引擎；可写多次")
    asked = parser.parse_args()
    kinds = [kind for kind in asked.only.split(",") if kind] or list(_KINDS)
    if unknown := set(kinds) - _KINDS.keys():
        parser.error(f"没有 {'、'.join(sorted(unknown))}；可用：{'、'.join(_KINDS)}。")
    with tempfile.TemporaryDirectory() as folder:
        missing = draw(Path(folder), kinds)
        engines = asked.engine or ["rapidocr", "tesseract"]
        runs = [measure(engine, Path(folder), kinds) for engine in engines if there(engine)]
    if not runs:
        sys.exit("没有识字引擎，量不了。")
    signs = [sign for result in runs[0].results if result.task.kind == "real" for sign in result.signs]
    worn = [sign for result in runs[0].results if result.task.state == "degraded" for sign in result.signs]
    whole = not asked.only and not asked.engine
    if whole and signs:
        PLOT.write_text(confidence.plot(signs, worn, DOUBT), encoding="utf-8")
    lines = list(report(runs, missing))
    print("\n".join(lines))
    if whole:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def there(engine: str) -> bool:
    """Whether an engine is installed; says what is missing if not."""
    try:
        engine_named(engine)
    except (WenkuError, ImportError) as error:
        print(f"{engine}：{error}", file=sys.stderr)
        return False
    return True


def draw(folder: Path, kinds: Sequence[str]) -> list[str]:
    """Draw the pages; the names of those for which type faces are missing."""
    drawn = set()
    for sample, state, image, text in pairs():
        if sample.kind in kinds:
            image.save(folder / f"{sample.name}-{state}.png", compress_level=1)
            (folder / f"{sample.name}-{state}.txt").write_text(text, encoding="utf-8")
        drawn.add(sample.name)
    return [sample.name for sample in SAMPLES if sample.name not in drawn]


def measure(engine: str, folder: Path, kinds: Sequence[str]) -> Run:
    """Read every page with one engine, two at a time, a thread each."""
    tasks = [task for task in (*samples(folder, engine), *real(engine)) if task.kind in kinds]
    timed = [task for task in tasks if task.kind == "horizontal" and task.state == "clean" and not task.turned]
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_warm, [engine] * CORES))
        start = time.perf_counter()
        results = list(_told(pool.map(read, timed)))
        seconds = time.perf_counter() - start
        pages = sum(result.pages for result in results) or 1
        busy = sum(result.processor for result in results) / pages
        results += _told(pool.map(read, [task for task in tasks if task not in timed]))
    order = {(task.name, task.state): at for at, task in enumerate(tasks)}
    results.sort(key=lambda result: order[result.task.name, result.task.state])
    return Run(engine, results, 60 * pages / seconds if timed else 0.0, busy)


def _warm(engine: str) -> None:
    """Load the engine before the clock starts; both processes are kept busy long enough to get one call each."""
    engine_named(engine)
    time.sleep(1)


def _told(results: Iterable[Result]) -> Iterator[Result]:
    for result in results:
        said = result.error or f"{result.seconds:.1f} 秒"
        wrong = f"{100 * result.wrong:.2f}"
        print(f"{result.task.engine} {result.task.name} {result.task.state}：{wrong}；{said}", file=sys.stderr)
        yield result


def report(runs: Sequence[Run], missing: Sequence[str]) -> Iterator[str]:
    """The page of results."""
    yield "# 识别的准确与快慢"
    yield ""
    machine = f"{CORES} 核，{platform.machine()}，Python {platform.python_version()}"
    versions = "".join(f"，{name} {version(name)}" for name in ("rapidocr", "onnxruntime") if _installed(name))
    yield f"{date.today()}，`make bench-ocr`；{machine}{versions}。"
    yield ""
    yield _EXPLAINED
    if missing:
        yield ""
        yield f"**少了字体，没有量**：{'、'.join(missing)}。"
    if not SCANS.is_dir():
        yield ""
        yield "**没有 `../shared/corpus/scans`，真实书影没有量。**"
    if shutil.which("tesseract") is None:
        yield ""
        yield "**没有装 Tesseract，没有对照。**"
    yield ""
    yield from _summary(runs)
    yield ""
    yield from _pages(runs)
    yield ""
    yield from _confidences(runs[0])


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ImportError:
        return False


def _summary(runs: Sequence[Run]) -> Iterator[str]:
    yield "## 各种书页"
    yield ""
    heads = "".join(f" {run.engine} 错字率 | 连标点 | 次序对 | 方向对 |" for run in runs)
    yield f"| 书页 |{heads} 要求 |"
    yield f"| --- |{' --- | --- | --- | --- |' * len(runs)} --- |"
    for kind, label in _KINDS.items():
        for state, said in (("clean", "清晰"), ("degraded", "劣化"), ("real", "")):
            groups = [[one for one in run.results if (one.task.kind, one.task.state) == (kind, state)] for run in runs]
            if not groups[0]:
                continue
            wanted = WANTED[kind]
            limit = wanted.degraded if state == "degraded" else wanted.clean
            reached = _wrong(groups[0]) <= limit
            also = ""
            if wanted.with_punctuation is not None and state == "clean":
                reached = reached and _punctuated(groups[0]) <= wanted.with_punctuation
                also = f"，连标点 ≤ {wanted.with_punctuation:g}"
            if kind == "real":
                reached = all(100 * one.wrong <= limit for one in groups[0])
                also = "，每页"
            cells = "".join(
                f" {_wrong(group):.2f} | {_punctuated(group):.2f} | {_of(one.order for one in group)} |"
                f" {_of(one.orientation for one in group)} |"
                for group in groups
            )
            yield f"| {label}{said} |{cells} ≤ {limit:g}{also} {'✓' if reached else '✗'} |"
    yield ""
    for number, run in enumerate(runs):
        yield f"- {run.engine}：清晰、放正的横排书页每分钟 {run.pace:.1f} 页（{CORES} 个进程，每个一线程）。"
        if not number:
            memory = max((one.memory for one in run.results), default=0)
            yield f"  要求 ≥ {PAGES_A_MINUTE} {_mark(run.pace >= PAGES_A_MINUTE)}；每页用处理器 {run.busy:.1f} 秒。"
            yield f"- {run.engine}：每个进程的内存最多 {memory / 1e9:.2f} GB，要求 ≤ 1.3 {_mark(memory <= MEMORY)}。"
    strips = [one.strip for one in runs[0].results if one.strip is not None]
    if strips:
        yield f"- {runs[0].engine}：有版心的 {len(strips)} 页，{sum(strips)} 页认出它是版心（题字读出三分之一以上）。"


def _wrong(group: Sequence[Result]) -> float:
    """Characters wrong per hundred over all the pages of a group."""
    total = sum(one.characters for one in group)
    return 100 * sum(one.wrong * one.characters for one in group) / total if total else 100 * float(bool(group))


def _punctuated(group: Sequence[Result]) -> float:
    total = sum(one.characters for one in group)
    return 100 * sum(one.wrong_with_punctuation * one.characters for one in group) / total if total else 100.0


def _of(truths: Iterable[bool]) -> str:
    found = list(truths)
    return f"{sum(found)}/{len(found)}"


def _pages(runs: Sequence[Run]) -> Iterator[str]:
    yield "## 各页"
    yield ""
    yield f"| 页 | 字数 |{''.join(f' {run.engine} | 秒 |' for run in runs)} 次序 | 方向 | 版心 |"
    yield f"| --- | --- |{' --- | --- |' * len(runs)} --- | --- | --- |"
    for at, one in enumerate(runs[0].results):
        cells = "".join(f" {100 * run.results[at].wrong:.2f} | {run.results[at].seconds:.1f} |" for run in runs)
        said = "" if one.task.state == "real" else "，劣化" if one.task.state == "degraded" else ""
        strip = "" if one.strip is None else _mark(one.strip)
        marks = f"{_mark(one.order)} | {_mark(one.orientation)} | {strip}"
        yield f"| {one.task.name}{said} | {one.characters} |{cells} {marks} |"


def _mark(right: bool) -> str:
    return "✓" if right else "✗"


def _confidences(run: Run) -> Iterator[str]:
    yield "## 把握与对错"
    yield ""
    yield "引擎报出的把握低于存疑线的字，站上标为存疑，校对的人先看。"
    for label, states in (("真实书影", ("real",)), ("劣化的示例书页", ("degraded",))):
        signs = [sign for one in run.results if one.task.state in states for sign in one.signs]
        if signs:
            yield ""
            yield f"{label}，{len(signs):,} 字："
            yield ""
            yield from confidence.table(signs, DOUBT)
    if PLOT.exists():
        yield ""
        yield f"![把握与实测正确率]({PLOT.name})"


if __name__ == "__main__":
    main()
