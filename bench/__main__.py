"""`make bench`: measure, print, and write bench/results.md with machine and versions.

`python -m bench directories` measures one part anew and leaves what is written of the others.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench import bench_add, bench_aids, bench_directories, bench_http, bench_search

RESULTS = Path(__file__).with_name("results.md")
LIBRARIES = ("tantivy", "whoosh3", "sqlite-utils", "numpy", "openpyxl")


def main() -> None:
    """Run every measurement, or those named, each on fresh libraries."""
    parser = argparse.ArgumentParser(description="测速")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="只量这几项；不写则全量")
    asked = parser.parse_args().parts
    if unknown := set(asked) - PARTS.keys():
        parser.error(f"没有 {'、'.join(sorted(unknown))}；可用：{'、'.join(PARTS)}。")
    made = {}
    for name in PARTS:
        if name in asked or not asked:
            try:
                made[name] = list(_section(name))
            except Missing as missing:
                print(f"{missing}未量。", file=sys.stderr)
    RESULTS.write_text("\n".join(_whole(made)) + "\n", encoding="utf-8")


class Missing(Exception):
    """What a part is measured on is not there; what stands of it is left."""


def _section(name: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for number, line in enumerate(PARTS[name](Path(folder))):
            told = [line] if number else [line, "", _conditions()]
            for one in told:
                print(one, flush=True)
                yield one


def _conditions() -> str:
    versions = "，".join(f"{name} {version(name)}" for name in LIBRARIES)
    machine = f"{os.cpu_count()} 核，{platform.machine()}，Python {platform.python_version()}"
    return f"{date.today()} 量得；{machine}{_busy()}；{versions}。"


def _busy() -> str:
    """How much else the machine had to do when a part began: times on a busy machine say little."""
    with suppress(AttributeError, OSError):  # Windows does not tell
        return f"，开始时负载 {os.getloadavg()[0]:.1f}"
    return ""


def _whole(made: dict[str, list[str]]) -> Iterator[str]:
    """The page: what was measured now, and of the other parts what stands in it."""
    known = {name: _known(name) for name in PARTS}
    yield "# 测速结果"
    yield ""
    yield "由 `make bench` 写成；只量一项用 `python -m bench 项目`。每项各在一次运行中量得。"
    yield "文本：`../shared/corpus` 的 kanripo 十三种（收书）与 scale.tar.xz（检索）；名录的条目都是生成的示例。"
    for name in PARTS:
        if lines := made.get(name) or known[name]:
            yield ""
            yield from lines


def _known(name: str) -> Sequence[str]:
    """What stands in the page of a part: from its first heading to that of the next part."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    parts = re.split(r"^(?=## )", text, flags=re.M)[1:]
    return "".join(one for one in parts if one.startswith(_HEADINGS[name])).rstrip("\n").splitlines()


def _add(folder: Path) -> Iterator[str]:
    if not bench_add.CORPUS.is_dir():
        raise Missing("没有 ../shared/corpus/kanripo，收书")
    yield from bench_add.report(folder)


def _search(folder: Path) -> Iterator[str]:
    if not bench_search.SCALE.is_file():
        raise Missing("没有 ../shared/corpus/scale.tar.xz，检索")
    yield from bench_search.report(folder / "scale")
    yield ""
    yield from bench_http.report(folder / "scale" / "library")


PARTS: dict[str, Callable[[Path], Iterator[str]]] = {
    "add": _add,
    "search": _search,
    "directories": bench_directories.report,
    "aids": bench_aids.report,
}
"""Each part yields lines of which the first is its heading."""
_HEADINGS = {"add": ("## 收书",), "search": ("## 检索", "## 站点"), "directories": ("## 名录",), "aids": ("## 校对",)}


if __name__ == "__main__":
    main()
