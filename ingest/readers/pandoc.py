"""Running pandoc as a guarded child process: no file or network access but its input, bounded memory and time."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from archive.errors import BadSource, WenkuError

TIMEOUT = 300
"""Seconds one file may take; a volume of a million characters takes about ten."""
MEMORY = "1500m"
"""Heap pandoc may use, in the notation of its run-time system."""
_REMEDY = "请用原软件打开它，另存一次后重试。"


class MissingPandoc(WenkuError):
    """Pandoc, which reads DOCX, EPUB and ODT, is not installed."""


def to_json(path: Path, format_: str) -> dict[str, Any]:
    """The document as pandoc's JSON tree (keys `meta`, `blocks`).

    Args:
        path: a file that has passed `archive_guard.check`.
        format_: pandoc's name of the input format.

    Raises:
        MissingPandoc: there is no pandoc.
        BadSource: pandoc cannot read the file, or needs more time or memory than allowed.
    """
    command = [_program(), "--sandbox", f"--from={format_}", "--to=json", str(path.resolve())]
    command += ["+RTS", f"-M{MEMORY}", "-RTS"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        remedy = "请拆成几个文件后重试。"
        raise BadSource(f"pandoc 读了 {TIMEOUT} 秒还没有读完。", where=path.name, remedy=remedy) from None
    except OSError as error:
        raise MissingPandoc(f"pandoc 启动不了（{error.strerror}）。", remedy=_INSTALL) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[0][:200] if said else f"退出码 {done.returncode}"
        raise BadSource(f"pandoc 读不了这个文件：{reason}", where=path.name, remedy=_REMEDY)
    try:
        tree: dict[str, Any] = json.loads(done.stdout)
    except RecursionError:
        raise BadSource("文件的结构嵌套太深，读不下去。", where=path.name, remedy=_REMEDY) from None
    return tree


_INSTALL = (
    "请安装：pip install pypandoc_binary；没有现成安装包的平台，请安装系统的 pandoc 并放进 PATH。"
    "或者先把文件另存为 Markdown、纯文本。"
)


@cache
def _program() -> str:
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise MissingPandoc("没有安装 pandoc，读不了 DOCX、EPUB 和 ODT。", remedy=_INSTALL) from None
