"""A directory's YAML as a `Directory`; all that is wrong with it is told at once, with its lines and the choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import yaml

from archive.directories.kinds import KINDS
from archive.directories.model import Directory, Field
from archive.errors import UsageError

SCHEMAS = ("Person", "CreativeWork", "Place", "Event", "Organization", "TouristTrip", "Suggestion", "Thing")
"""What an entry is to schema.org; a Suggestion is nothing to it."""
RESERVED = frozenset(("id", "key", "q", "page", "size", "sort", "view", "staff"))
"""Field keys that addresses use for something else."""
UNASKED = ("photo", "link", "urn", "coordinates", "idnumber")
"""Kinds of fields the public is never asked for."""
MAX_BYTES = 256 * 1024

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REMEDY = "写法见 docs/directories.md。"
_VISIBILITY = {"public": True, "internal": False}
_TAG = "tag:yaml.org,2002:"


class _Wrong(Exception):
    """What is wrong, and the node it is wrong in."""

    def __init__(self, node: yaml.Node, what: str) -> None:
        super().__init__(what)
        self.line = node.start_mark.line + 1


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == f"{_TAG}null":
        raise _Wrong(node, "应为文字。")
    return str(node.value).strip()


def _flag(node: yaml.Node) -> bool:
    if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}bool":
        raise _Wrong(node, "应为 true 或 false。")
    return str(node.value).lower() in ("true", "yes", "on")


def _whole(node: yaml.Node) -> int:
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"-?\d{1,12}", node.value):
        raise _Wrong(node, "应为整数。")
    return int(node.value)


def _texts(node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise _Wrong(node, "应为列表，如 [甲, 乙]。")
    found = tuple(map(_text, node.value))
    if len(set(found)) < len(found) or not all(found):
        raise _Wrong(node, "列表里有重复或空的项。")
    return found


def _visibility(node: yaml.Node) -> bool:
    if _text(node) not in _VISIBILITY:
        raise _Wrong(node, f"应为 {' 或 '.join(_VISIBILITY)}。")
    return _VISIBILITY[_text(node)]


def _asked(node: yaml.Node) -> bool | tuple[str, ...]:
    return _texts(node) if isinstance(node, yaml.SequenceNode) else _flag(node)


# YAML key → how it is read, and the attribute it becomes where that has another name.
_FIELD: dict[str, Callable[[yaml.Node], Any]] = {
    "label": _text,
    "type": _text,
    "required": _flag,
    "repeatable": _flag,
    "vocabulary": lambda node: _texts(node) if isinstance(node, yaml.SequenceNode) else _text(node),
    "open": _flag,
    "visibility": _visibility,
    "searchable": _flag,
    "facet": _flag,
    "help": _text,
    "aliases": _texts,
    "separators": _text,
    "to": _text,
    "inverse": _text,
    "group": _text,
    "was": _text,
    "low": _whole,
    "high": _whole,
}
_DIRECTORY: dict[str, Callable[[yaml.Node], Any]] = {
    "id": _text,
    "label": _text,
    "noun": _text,
    "about": _text,
    "schema": _text,
    "title": _text,
    "identity": _texts,
    "sort": _texts,
    "rank": _whole,
    "submission": _asked,
    "dropped": _texts,
    "vocabularies": lambda node: node,
    "fields": lambda node: node,
}
_ATTRIBUTES = {"type": "kind", "visibility": "public"}


def read(text: str, where: str) -> Directory:
    """The directory a YAML text declares; `where` names the file in complaints.

    Raises:
        UsageError: no YAML, unknown, repeated or ill-typed keys, or a declaration that contradicts itself; everything
            that is wrong in one message, with lines.
    """
    problems: list[tuple[int, str]] = []
    try:
        directory = _Reader(problems).directory(_compose(text, where))
    except _Wrong as wrong:
        problems.append((wrong.line, str(wrong)))
    if problems:
        told = "".join(f"第 {line} 行 {what}" for line, what in sorted(problems))
        raise UsageError(told, where=where, remedy=_REMEDY)
    return Directory(**directory, source=text)


@lru_cache(maxsize=64)
def known(text: str, where: str) -> Directory:
    """`read`, remembered: for texts that have been read before."""
    return read(text, where)


def _compose(text: str, where: str) -> yaml.MappingNode:
    if len(text) > MAX_BYTES:
        raise UsageError("名录声明太长。", where=where, remedy=_REMEDY)
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                place = f"{where} 第 {event.start_mark.line + 1} 行" if event.start_mark else where
                raise UsageError("不能用 YAML 的锚点（&）和别名（*）。", where=place, remedy=_REMEDY)
        root = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where} 第 {mark.line + 1} 行" if mark else where
        hint = "请检查缩进；冒号后要有一个空格；文字里有“: ”“#”“{”时，整段请加引号。"
        raise UsageError("不合 YAML 的写法。", where=place, remedy=hint + _REMEDY) from None
    if not isinstance(root, yaml.MappingNode):
        raise UsageError("应为“键: 值”的列表。", where=where, remedy=_REMEDY)
    return root


class _Reader:
    """Reads nodes; every complaint goes to `problems` with its line."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        self.vocabularies: dict[str, tuple[str, ...]] = {}

    def wrong(self, node: yaml.Node, what: str) -> None:
        """Complain of a node."""
        self.problems.append((node.start_mark.line + 1, what))

    def pairs(
        self, node: yaml.Node, readers: Mapping[str, Callable[[yaml.Node], Any]] | None, place: str
    ) -> Iterator[tuple[str, Any, yaml.Node]]:
        """Key, value and the key's node; the value is read by `readers`, or left a node if these are None."""
        if not isinstance(node, yaml.MappingNode):
            raise _Wrong(node, f"{place}：下面应逐项写“键: 值”。")
        seen: set[str] = set()
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "？"
            shown = f"{place}.{key}".lstrip(".")
            if readers is not None and key not in readers:
                self.wrong(key_node, f"{shown}：没有这个键。{_near(key, readers)}")
            elif key in seen:
                self.wrong(key_node, f"{shown}：写了两次。")
            else:
                seen.add(key)
                try:
                    yield key, readers[key](value) if readers is not None else value, key_node
                except _Wrong as wrong:
                    self.problems.append((wrong.line, f"{shown}：{wrong}"))

    def directory(self, root: yaml.MappingNode) -> dict[str, Any]:
        """The arguments of a `Directory`."""
        found: dict[str, Any] = {}
        nodes: dict[str, yaml.Node] = {}
        for key, value, node in self.pairs(root, _DIRECTORY, ""):
            found[key], nodes[key] = value, node
        for key in ("id", "label", "noun", "title", "fields"):
            if key not in found and not any(what.startswith(f"{key}：") for _, what in self.problems):
                self.wrong(root, f"缺少必填的 {key}。")
        if isinstance(vocabularies := found.pop("vocabularies", None), yaml.Node):
            for name, value, _ in self.pairs(vocabularies, None, "vocabularies"):
                self.vocabularies[name] = _texts(value)
        fields = list(self.fields(found["fields"])) if "fields" in found else []
        found["fields"] = tuple(fields)
        if isinstance(found.get("submission"), bool):
            found["submission"] = tuple(one.key for one in fields if one.required and found["submission"])
        if not self.problems:
            self.whole(found, nodes)
        return found

    def fields(self, node: yaml.Node) -> Iterator[Field]:
        """Every field that can be read."""
        labels: dict[str, str] = {}
        for key, value, key_node in self.pairs(node, None, "fields"):
            before = len(self.problems)
            given = {name: read for name, read, _ in self.pairs(value, _FIELD, f"fields.{key}")}
            for what in self.objections(key, given):
                self.wrong(key_node, f"fields.{key}：{what}")
            for label in (given.get("label", ""), *given.get("aliases", ())):
                if labels.setdefault(label, key) != key:
                    self.wrong(key_node, f"fields.{key}：名称“{label}”与 {labels[label]} 的相同，表格里分不开。")
            if len(self.problems) == before:
                kind = KINDS[given["type"]]
                given.setdefault("visibility", not kind.private)
                yield Field(key, **{_ATTRIBUTES.get(name, name): value for name, value in given.items()})

    def objections(self, key: str, given: dict[str, Any]) -> Iterator[str]:
        """What is wrong with one field; vocabularies given by name are put in their place."""
        if not _KEY.fullmatch(key) or key in RESERVED:
            yield f"键应为小写字母开头的字母、数字和下划线，且不是 {'、'.join(sorted(RESERVED))}。"
        for name in ("label", "type"):
            if not given.get(name):
                yield f"缺少必填的 {name}。"
        kind = KINDS.get(given.get("type", ""))
        if kind is None:
            if "type" in given:
                yield f"没有“{given['type']}”这种 type。{_near(given['type'], KINDS)}"
            return
        named = given.get("vocabulary")
        if isinstance(named, str):
            given["vocabulary"] = self.vocabularies.get(named, ())
            if named not in self.vocabularies:
                yield f"vocabularies 里没有“{named}”。{_near(named, self.vocabularies)}"
        public = given.get("visibility", not kind.private)
        rules = (
            ((given["type"] == "choice") is not bool(given.get("vocabulary")), "vocabulary 只用于 choice，且必须有。"),
            ("open" in given and given["type"] != "choice", "open 只用于 choice。"),
            ((given["type"] == "link") is not bool(given.get("to")), "to 只用于 link，且必须有。"),
            ("inverse" in given and given["type"] != "link", "inverse 只用于 link。"),
            (given["type"] == "idnumber" and public, "证件号只能是 visibility: internal。"),
            (bool(given.get("facet")) and not public, "内部字段不能用作筛选（facet）。"),
            (bool(given.get("searchable")) and not public, "内部字段不能公开检索（searchable）。"),
            (bool(given.get("facet")) and kind.facet is None, f"{kind.label}不能用作筛选（facet）。"),
            (bool(given.get("searchable")) and kind.found_by is None, f"{kind.label}不能检索（searchable）。"),
            (bool(given.get("repeatable")) and not kind.separators, f"{kind.label}不能重复（repeatable）。"),
            (
                ("low" in given or "high" in given) and given["type"] not in ("number", "year"),
                "low 和 high 只用于 number 和 year。",
            ),
        )
        yield from (what for broken, what in rules if broken)

    def whole(self, found: dict[str, Any], nodes: dict[str, yaml.Node]) -> None:
        """What only the fields together can contradict."""
        fields = {one.key: one for one in found["fields"]}
        if not _KEY.fullmatch(found["id"]):
            self.wrong(nodes["id"], "id：应为小写字母开头的字母、数字和下划线。")
        if found.get("schema", "Thing") not in SCHEMAS:
            self.wrong(nodes["schema"], f"schema：没有“{found['schema']}”。{_near(found['schema'], SCHEMAS)}")
        named = {
            "title": re.findall(r"\{(\w*)\}", found["title"]),
            "identity": found.get("identity", ()),
            "sort": [key.removeprefix("-") for key in found.get("sort", ())],
        }
        for name, keys in named.items():
            for key in keys:
                if key not in fields:
                    self.wrong(nodes[name], f"{name}：没有字段“{key}”。{_near(key, fields)}")
                elif name != "identity" and not fields[key].public:
                    self.wrong(nodes[name], f"{name}：“{key}”是内部字段，不能露在题名和次序里。")
        if not named["title"]:
            self.wrong(nodes["title"], "title：至少要用到一个字段，如 {name}。")
        for one in found["fields"]:
            if one.was in fields:
                self.wrong(nodes["fields"], f"fields.{one.key}：was 所写的“{one.was}”仍是现有字段。")
        for what in _unaskable(found.get("submission", ()), fields):
            self.wrong(nodes["submission"], f"submission：{what}")
        for key in found.get("dropped", ()):
            if key in fields:
                self.wrong(nodes["dropped"], f"dropped：“{key}”仍是现有字段。")


def _unaskable(asked: tuple[str, ...], fields: Mapping[str, Field]) -> Iterator[str]:
    """What is wrong with the fields the public is asked for."""
    for key in asked:
        if key not in fields:
            yield f"没有字段“{key}”。{_near(key, fields)}"
        elif fields[key].kind in UNASKED:
            yield f"“{key}”是{KINDS[fields[key].kind].label}，不能请公众填写。"
    if asked and (left := [one.key for one in fields.values() if one.required and one.key not in asked]):
        yield f"必填的 {'、'.join(left)} 也要问，否则投不了稿。"


def _near(name: str, valid: Mapping[str, Any] | tuple[str, ...]) -> str:
    near = get_close_matches(str(name), list(valid), 1)
    guess = f"是不是 {near[0]}？" if near else ""
    return f"{guess}可用：{'、'.join(valid)}。" if valid else ""
