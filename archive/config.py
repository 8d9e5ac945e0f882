"""config.yaml as a typed object; a wrong key or value is an error that names the key, the line and the choices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from archive.errors import UsageError

CONFIG = "config.yaml"
_TYPES = {str: "文字", int: "整数", bool: "true 或 false"}


def _choice(default: str, *choices: str) -> Any:
    return field(default=default, metadata={"choices": (default, *choices)})


def _number(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"range": (low, high)})


def _shaped(default: Any, pattern: str, shape: str) -> Any:
    """A text, or each text of a list, that must be written in a certain way; `shape` says how."""
    return field(default=default, metadata={"pattern": pattern, "shape": shape})


@dataclass(frozen=True, slots=True)
class Cluster:
    """The OpenSearch cluster: only making an index anew reads these. `timeout`: seconds; `ca`: a PEM file."""

    hosts: tuple[str, ...] = _shaped(
        ("http://127.0.0.1:9200",),
        r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)(:\d{1,5})?/?",
        "http://主机:端口 或 https://主机:端口（用户名和密码写在环境变量里）",
    )
    index: str = _shaped("wenku", "[a-z][a-z0-9_-]{0,63}", "小写字母开头，只含小写字母、数字、_ 和 -")
    shards: int = _number(3, 1, 1024)
    replicas: int = _number(1, 0, 16)
    timeout: int = _number(10, 1, 600)
    ca: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """`context`: characters shown on either side of a hit."""

    engine: str = _choice("auto", "tantivy", "whoosh", "opensearch")
    context: int = _number(24, 4, 200)
    opensearch: Cluster = Cluster()


@dataclass(frozen=True, slots=True)
class Site:
    """What the site calls itself and where it listens."""

    title: str = "衡阳文库"
    subtitle: str = "一座城市的文献"
    host: str = "127.0.0.1"
    port: int = _number(8765, 0, 65535)
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Ingest:
    """`workers`: processes that read files at once, 0 for as many as there are processors."""

    workers: int = _number(0, 0, 256)
    who: str = "文库管理员"


@dataclass(frozen=True, slots=True)
class Ocr:
    """Reading scans. `workers`: processes that read at once, 0 for as many as there are processors and memory for."""

    engine: str = _choice("auto", "rapidocr", "tesseract", "null")
    workers: int = _number(0, 0, 256)


@dataclass(frozen=True, slots=True)
class Kanripo:
    """Where `wenku add kanripo:…` fetches from."""

    base_url: str = "https://github.com/kanripo"


@dataclass(frozen=True, slots=True)
class Citation:
    """The style used when none is asked for."""

    style: str = _choice("gbt7714-2025", "gbt7714-2015", "footnote", "bibtex", "ris", "csl-json")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; the defaults are those of the bundled config.yaml."""

    library: str = "library"
    search: Search = Search()
    site: Site = Site()
    ingest: Ingest = Ingest()
    ocr: Ocr = Ocr()
    kanripo: Kanripo = Kanripo()
    citation: Citation = Citation()
    folder: Path = field(default=Path(), metadata={"setting": False})
    """Where relative paths begin: the folder of config.yaml."""

    @property
    def cluster(self) -> Cluster:
        """The OpenSearch cluster, with the whole path of its certificate."""
        cluster = self.search.opensearch
        return replace(cluster, ca=str((self.folder / cluster.ca).resolve())) if cluster.ca else cluster

    @property
    def library_folder(self) -> Path:
        """The library's folder."""
        return self.folder / self.library


def load(path: Path) -> Config:
    """Read a settings file; one that is missing means all defaults.

    Raises:
        UsageError: the file is not YAML, or a key is unknown or ill-typed; names the key, the line, the valid choices.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        return Config(folder=path.parent)
    except UnicodeDecodeError as error:
        raise UsageError("设置文件不是 UTF-8 编码。", where=str(path), remedy="请另存为 UTF-8。") from error
    except OSError as error:
        raise UsageError(f"设置文件读不出来：{error.strerror}。", where=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 行" if mark else ""
        raise UsageError("设置文件不合 YAML 写法。", where=f"{path}{line}", remedy="请检查缩进与冒号。") from error
    values = _section(Config, node, path, "") if node is not None else {}
    return Config(**values, folder=path.parent)


def _section(kind: type[Any], node: yaml.Node, path: Path, prefix: str) -> dict[str, Any]:
    """The values of one settings class from its YAML mapping."""
    known = {one.name: one for one in _settings(kind)}
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(path, node, f"{prefix.rstrip('.') or '设置'} 之下应逐项写“键: 值”", known)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        name = str(key_node.value)
        if name not in known:
            raise _wrong(path, key_node, f"不认识的设置项 {prefix}{name}", known)
        if name in values:
            raise _wrong(path, key_node, f"设置项 {prefix}{name} 写了两次", ())
        if is_dataclass(hints[name]):
            nested = _section(hints[name], value_node, path, f"{prefix}{name}.")
            values[name] = hints[name](**nested)
        elif hints[name] == tuple[str, ...]:
            values[name] = _list(known[name], value_node, path, f"{prefix}{name}")
        else:
            values[name] = _scalar(known[name], hints[name], value_node, path, f"{prefix}{name}")
    return values


def _list(setting: Field[Any], node: yaml.Node, path: Path, name: str) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _wrong(path, node, f"{name} 应为列表，每项形如 {setting.metadata['shape']}", ())
    return tuple(_scalar(setting, str, item, path, name) for item in node.value)


def _scalar(setting: Field[Any], kind: type[Any], node: yaml.Node, path: Path, name: str) -> Any:
    loader = yaml.SafeLoader("")
    value = loader.construct_object(node, deep=True)
    choices = setting.metadata.get("choices", ())
    if choices and value not in choices:
        raise _wrong(path, node, f"{name} 的值 {value!r} 不对", choices)
    if type(value) is not kind:
        raise _wrong(path, node, f"{name} 应为{_TYPES[kind]}，现为 {value!r}", ())
    low, high = setting.metadata.get("range", (None, None))
    if low is not None and not low <= value <= high:
        raise _wrong(path, node, f"{name} 的值 {value} 超出范围", (f"{low} 到 {high}",))
    pattern = setting.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        raise _wrong(path, node, f"{name} 的值 {value!r} 写法不对", (setting.metadata["shape"],))
    return value


def _settings(kind: type[Any]) -> Iterator[Field[Any]]:
    return (one for one in fields(kind) if one.metadata.get("setting", True))


def _wrong(path: Path, node: yaml.Node, what: str, choices: Any) -> UsageError:
    remedy = f"可用：{'、'.join(choices)}。" if choices else "请改正后重试。"
    return UsageError(f"{what}。", where=f"{path} 第 {node.start_mark.line + 1} 行", remedy=remedy)
