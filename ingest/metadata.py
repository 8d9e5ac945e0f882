"""What a user writes about a book: work.yaml beside the files, or the same at the top of a Markdown file.

Read node by node, so that every complaint names its key and line, and all complaints come in one message.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from archive.errors import UsageError
from ingest.catalogue import CATALOGUES, Catalogue, CatalogueRow, load_catalogue
from ingest.metadata_fields import BY_KEY, BY_NAME, FIELDS, GROUPS, Field, Unfit, WorkMeta, build, missing, parse
from ingest.readers import encoding, source
from ingest.readers.markdown import FRONT_MATTER

__all__ = [
    "CATALOGUES",
    "WORK_YAML",
    "Catalogue",
    "CatalogueRow",
    "WorkMeta",
    "load_catalogue",
    "load_work_yaml",
    "meta_from_front_matter",
]

WORK_YAML = "work.yaml"
MAX_BYTES = 256 * 1024
_MAX_DEPTH = 4
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "timestamp", "value"))
_REMEDY = "写法见 docs/work-yaml.md。"


def load_work_yaml(path: Path) -> WorkMeta:
    """The metadata in a work.yaml.

    Raises:
        BadSource: the file is missing, empty, too large or in no recognisable encoding.
        UsageError: no YAML, unknown or repeated keys, values of the wrong type, required ones missing; all of them in
            one message with their lines.
    """
    text = encoding.decode(source.load(path, MAX_BYTES), where=path.name).text
    return _meta(text, path.name, 1)


def meta_from_front_matter(path: Path) -> WorkMeta | None:
    """The metadata in the YAML block at the top of a Markdown file; None if it is none or has none.

    Raises:
        BadSource: the file is missing, empty, too large or in no recognisable encoding.
        UsageError: as `load_work_yaml`.
    """
    if path.suffix.lower() not in (".md", ".markdown"):
        return None
    found = FRONT_MATTER.match(encoding.decode(source.load(path), where=path.name).text)
    if found is None:
        return None
    if len(found["yaml"].encode()) > MAX_BYTES:
        raise UsageError("文件开头的元数据太长。", where=path.name, remedy=_REMEDY)
    return _meta(found["yaml"], path.name, 2)


def _meta(text: str, where: str, first_line: int) -> WorkMeta:
    root = _compose(text, where, first_line)
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    refused: list[str] = []
    problems: list[str] = []
    for key, field, node, complaint in _entries(root):
        line = first_line + (node.start_mark.line if node.start_mark else 0)
        if complaint or field is None:
            problems.append(f"第 {line} 行 {key}：{complaint}")
        elif field.key in lines:
            problems.append(f"第 {line} 行 {key}：与第 {lines[field.key]} 行重复。")
        else:
            lines[field.key] = line
            try:
                written = _written(node)
                if any(one.strip() for one in written):
                    values[field.key] = parse(field, written)
            except Unfit as unfit:
                refused.append(field.key)
                problems.append(f"第 {line} 行 {key}：{unfit}")
    if lack := missing({**values, **dict.fromkeys(refused)}):
        problems.append(lack)
    if not problems:
        try:
            return build(values)
        except Unfit as unfit:
            problems.append(str(unfit))
    raise UsageError("".join(problems), where=where, remedy=_REMEDY)


def _compose(text: str, where: str, first_line: int) -> yaml.MappingNode:
    """The document as a tree of nodes, once its events prove it harmless."""
    depth = 0
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            line = first_line + (event.start_mark.line if event.start_mark else 0)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise UsageError("不能用 YAML 的锚点（&）和别名（*）。", where=f"{where} 第 {line} 行", remedy=_REMEDY)
            if depth > _MAX_DEPTH:
                raise UsageError("嵌套太深。", where=f"{where} 第 {line} 行", remedy=_REMEDY)
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where} 第 {mark.line + first_line} 行" if mark else where
        hint = "请检查缩进；冒号后要有一个空格；文字里有“: ”“#”或以引号、括号开头时，整段请加引号。"
        raise UsageError("不合 YAML 的写法。", where=place, remedy=hint + _REMEDY) from None
    if not isinstance(root, yaml.MappingNode):
        raise UsageError("应为“键: 值”的列表。", where=where, remedy=_REMEDY)
    return root


Entry = tuple[str, Field | None, yaml.Node, str]


def _entries(mapping: yaml.MappingNode, group: str = "") -> Iterator[Entry]:
    """Every key with its field, its value's node, and what is wrong with the key itself."""
    for key_node, node in mapping.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "？"
        shown = f"{group}.{key}" if group else key
        inner = next((name for name, names in GROUPS.items() if not group and key in (name, *names)), None)
        if inner and isinstance(node, yaml.MappingNode):
            yield from _entries(node, inner)
        elif inner:
            keys = "、".join(one.key.rpartition(".")[2] for one in FIELDS if one.key.startswith(inner + "."))
            yield shown, None, key_node, f"下面应分行写各项：{keys}。"
        elif (field := BY_KEY.get(shown) or BY_NAME.get(key)) and (not group or field.key.startswith(group + ".")):
            yield shown, field, node, ""
        else:
            yield shown, None, key_node, _unknown(key, group)


def _unknown(key: str, group: str) -> str:
    inside = [one for one in FIELDS if one.key.rpartition(".")[0] == group]
    valid = [one.key.rpartition(".")[2] for one in inside] + ([] if group else list(GROUPS))
    near = get_close_matches(key, [*valid, *(name for one in inside for name in one.names)], 1)
    guess = f"是不是 {near[0]}？" if near else ""
    return f"没有这个键。{guess}可用：{'、'.join(valid)}。"


def _written(node: yaml.Node) -> list[str]:
    """What was written as a value: one string, or those of a list; nothing for null.

    Raises:
        Unfit: it is a mapping, nested, or tagged as something else than plain data.
    """
    if isinstance(node, yaml.ScalarNode):
        if node.tag == f"{_TAG}null":
            return [""]
        if _is_plain(node):
            return [str(node.value)]
    elif isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq" and all(map(_is_plain, node.value)):
        return [str(item.value) for item in node.value]
    raise Unfit("应为文字或文字的列表。")


def _is_plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN_TAGS
