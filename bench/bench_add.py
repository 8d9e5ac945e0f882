"""How fast and in how much memory `wenku add` brings the thirteen Kanripo works in, index included."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "kanripo"
WENKU = Path(sys.executable).with_name("wenku")


LIBRARY = "library"
RUNS = 3


class Added(NamedTuple):
    """One run: seconds by the wall clock, Chinese characters stored, peak memory of all its processes in bytes."""

    seconds: float
    characters: int
    peak: int


def report(folder: Path) -> Iterator[str]:
    """Table of runs on empty libraries, the last with an eye on memory, which slows it; its library stays."""
    yield "## 收书：`wenku add`，从启动命令到检索可用"
    yield ""
    yield "| 次 | 秒 | 入库字数 | 字／秒 | 内存峰值 |"
    yield "| --- | --- | --- | --- | --- |"
    for run in range(RUNS + 1):
        shutil.rmtree(folder / LIBRARY, ignore_errors=True)
        one = add(folder / LIBRARY, watched=run == RUNS)
        speed = one.characters / one.seconds
        peak = f"{one.peak / 1e6:.0f} MB" if one.peak else ""
        yield f"| {run + 1} | {one.seconds:.2f} | {one.characters:,} | {speed:,.0f} | {peak} |"


def add(library: Path, *, watched: bool) -> Added:
    """Run the command line as a user would, on an empty library; if `watched`, sample its and its workers' memory."""
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
