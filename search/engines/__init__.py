"""Engines behind one small contract, in one literal table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from archive.errors import UsageError
from search.engines.contract import Engine

# Imported when asked for: Tantivy has no wheel for every machine.
ENGINES: dict[str, tuple[str, str]] = {
    "tantivy": ("search.engines.tantivy", "TantivyEngine"),
    "whoosh": ("search.engines.whoosh", "WhooshEngine"),
}


def engine(name: str = "auto") -> Engine:
    """The engine of that name; `auto` is Tantivy where it is installed, else Whoosh.

    Raises:
        UsageError: there is no engine of that name, or it is not installed.
    """
    if name == "auto":
        name = "tantivy" if find_spec("tantivy") else "whoosh"
    if name not in ENGINES:
        raise UsageError(f"没有名为“{name}”的检索引擎。", remedy=f"可选：auto、{'、'.join(ENGINES)}。")
    module, kind = ENGINES[name]
    try:
        make: Callable[[], Engine] = getattr(import_module(module), kind)
    except ImportError as error:
        raise UsageError(
            f"检索引擎 {name} 没有安装。", remedy="请把 config.yaml 的 search.engine 改为 auto。"
        ) from error
    return make()
