"""How fast and in how much memory `wenku add` brings the thirteen Kanripo works in, index included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "kanripo"
WENKU = Path(sys.executable).with_name("wenku")


class Added(NamedTuple):
    """One run: seconds by the wall clock, Chinese characters stored, peak memory of all its processes in bytes."""

    seconds: float
    characters: int
    peak: int


def add(library: Path) -> Added:
    """Run the command line as a user would, on an empty library, and watch the memory of it and its workers."""
    start = time.perf_counter()
    command = [str(WENKU), "add", str(CORPUS), "--library", str(library), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        report = json.loads(process.stdout.read()) if process.stdout else {}
    return Added(seconds, sum(item["characters"] for item in report["items"]), peak)


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
        tasks = os.listdir(f"/proc/{pid}/task")
        found = [int(one) for task in tasks for one in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    except OSError:
        return []
    return found + [grandchild for child in found for grandchild in _children(child)]
