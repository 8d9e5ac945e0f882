"""How fast and in how much memory `wenku add` brings the thirteen Kanripo works in, index included."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from archive.library import Library
from ingest import pipeline
from ingest.sources import discover
from search import indexer

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "kanripo"
WENKU = Path(sys.executable).with_name("wenku")


LIBRARY = "library"
RUNS = 5


class Added(NamedTuple):
    """One run: seconds by the wall clock, Chinese characters stored, peak memory of all its processes in bytes."""

    seconds: float
    characters: int
    peak: int


def report(folder: Path) -> Iterator[str]:
    """Table of runs on empty libraries; the library of the last one stays in `folder / LIBRARY`."""
    characters = 0
    whole, inside = [], []
    for _ in range(RUNS):
        one = add(folder / LIBRARY)
        characters = one.characters
        whole.append(one.seconds)
        inside.append(seconds_inside(folder / "inside"))
    peak = add(folder / LIBRARY, watched=True).peak
    yield f"## 收书：{characters:,} 字（汉字，夹注在内），从空文库到检索可用"
    yield ""
    yield f"| {RUNS} 次 | 最快 | 中位 | 中位速度 |"
    yield "| --- | --- | --- | --- |"
    for name, seconds in (("`wenku add`，连启动在内", whole), ("同一进程内，不计启动", inside)):
        middle = median(seconds)
        yield f"| {name} | {min(seconds):.2f} 秒 | {middle:.2f} 秒 | {characters / middle:,.0f} 字／秒 |"
    yield ""
    yield f"内存峰值（主进程与读文件的进程合计）：{peak / 1e6:.0f} MB。"


def seconds_inside(folder: Path) -> float:
    """Seconds that bringing in and indexing take in this process, on an empty library."""
    shutil.rmtree(folder, ignore_errors=True)
    gc.disable()
    start = time.perf_counter()
    pipeline.add(folder, discover([str(CORPUS)], folder, ""), who="bench", step=lambda item: None)
    with Library.open(folder) as library:
        indexer.catch_up(library)
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds


def add(library: Path, *, watched: bool = False) -> Added:
    """Run the command line as a user would, on an empty library; if `watched`, sample its and its workers' memory."""
    shutil.rmtree(library, ignore_errors=True)
    start = time.perf_counter()
    command = [str(WENKU), "add", str(CORPUS), "--library", str(library), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        peak = 0
        while watched and process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.05)
        output = process.communicate()[0]
        seconds = time.perf_counter() - start
    return Added(seconds, sum(item["characters"] for item in json.loads(output)["items"]), peak)


def _memory(pid: int) -> int:
    """Proportional memory of a process and its children in bytes; 0 where /proc is not there."""
    total = 0
    for one in [pid, *_children(pid)]:
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def _children(pid: int) -> list[int]:
    try:
        lists = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        found = [int(child) for list_ in lists for child in list_.read_text().split()]
    except OSError:
        return []
    return found + [grandchild for child in found for grandchild in _children(child)]
