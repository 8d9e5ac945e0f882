"""`make bench`: measure, print, and write bench/results.md with machine and versions."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from bench import bench_add, bench_http, bench_search

RESULTS = Path(__file__).with_name("results.md")
LIBRARIES = ("tantivy", "whoosh3", "sqlite-utils", "numpy")


def main() -> None:
    """Run every measurement on one fresh library."""
    if not bench_add.CORPUS.is_dir():
        sys.exit("没有 ../shared/corpus/kanripo，量不了。")
    lines = list(_report())
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _report() -> Iterator[str]:
    for line in _lines():
        print(line, flush=True)
        yield line


def _lines() -> Iterator[str]:
    versions = "，".join(f"{name} {version(name)}" for name in LIBRARIES)
    yield "# 测速结果"
    yield ""
    machine = f"{cpu_count()} 核，{platform.machine()}，Python {platform.python_version()}"
    yield f"{date.today()}，`make bench`；{machine}；{versions}。"
    yield "文本：`../shared/corpus` 的 kanripo 十三种（收书）与 scale.tar.xz（检索）。各项在同一次运行中量得。"
    yield ""
    with tempfile.TemporaryDirectory() as folder:
        yield from bench_add.report(Path(folder))
        yield ""
        if not bench_search.SCALE.is_file():
            yield "没有 ../shared/corpus/scale.tar.xz，检索未量。"
            return
        scale = Path(folder) / "scale"
        yield from bench_search.report(scale)
        yield ""
        yield from bench_http.report(scale / "library")


if __name__ == "__main__":
    main()
