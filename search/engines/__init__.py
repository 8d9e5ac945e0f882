"""Engines behind one small contract, in one literal table."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archive.config import Cluster
from archive.errors import UsageError
from search.engines.contract import Away, Engine

# Imported when asked for: Tantivy has no wheel for every machine.
ENGINES: dict[str, tuple[str, str]] = {
    "tantivy": ("search.engines.tantivy", "TantivyEngine"),
    "whoosh": ("search.engines.whoosh", "WhooshEngine"),
}
# Their indexes live on servers; what is in the library's folder says where.
CLUSTERS: dict[str, tuple[str, str]] = {
    "opensearch": ("search.engines.opensearch", "OpenSearchEngine"),
}


def engine(name: str = "auto", cluster: Cluster | None = None) -> Engine:
    """The engine of that name; `auto` is Tantivy where it is installed, else Whoosh.

    Args:
        name: as in `config.yaml`.
        cluster: where an engine of servers makes a new index; one that is made knows where it is.

    Raises:
        UsageError: there is no engine of that name, or it is not installed.
    """
    if name == "auto":
        name = "tantivy" if find_spec("tantivy") else "whoosh"
    made: Engine = _kind(name)(cluster or Cluster()) if name in CLUSTERS else _kind(name)()
    return made


def discard(folder: Path) -> None:
    """Remove an index that is no longer in force; what is still open, or on servers that are away, goes next time."""
    name = folder.name.rpartition("-")[0]
    try:
        if name in CLUSTERS:
            _kind(name)(Cluster()).discard(folder)
    except Away:
        return
    shutil.rmtree(folder, ignore_errors=True)


def _kind(name: str) -> Any:
    if name not in {**ENGINES, **CLUSTERS}:
        raise UsageError(f"没有名为“{name}”的检索引擎。", remedy=f"可选：auto、{'、'.join({**ENGINES, **CLUSTERS})}。")
    module, kind = {**ENGINES, **CLUSTERS}[name]
    try:
        return getattr(import_module(module), kind)
    except ImportError as error:
        raise UsageError(
            f"检索引擎 {name} 没有安装。", remedy="请把 config.yaml 的 search.engine 改为 auto。"
        ) from error
