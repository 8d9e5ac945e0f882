"""The query language: parsed once, by Whoosh's `qparser`, into a small tree of our own.

`docs/search.md` tells users what can be written; `search.signs` says which signs mean what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from whoosh.qparser import syntax

from archive.errors import UsageError
from search import juan
from search.folding import units
from search.signs import FIELDS, Quoted, parser, wrong_at

LONGEST = 1000
"""Characters a query may have."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters in a row. `units` as `folding.units` gives them; `exact` asks for these very glyphs."""

    units: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on the book: `name` is a key of `FIELDS`; `exact` asks for the whole value."""

    name: str
    value: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of them, in one passage."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them at least."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Passages without it; stands only in an `And` that has something else."""

    node: Node


Node = Phrase | Field | And | Or | Not


def phrases(node: Node) -> Iterator[Phrase]:
    """What a tree looks for, from left to right; what it excludes is left out."""
    match node:
        case Phrase():
            yield node
        case And(nodes) | Or(nodes):
            for one in nodes:
                yield from phrases(one)


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Read a query.

    Raises:
        UsageError: it is empty, too long, or not well written; says where and what to do.
    """
    if len(text) > LONGEST:
        raise UsageError(f"检索式有 {len(text)} 个字符，太长了。", remedy=f"请缩短到 {LONGEST} 个字符以内。")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(
            "检索式里有不成字符的编码。", where=f"检索式“{_shown(text)}”", remedy="请重新输入，或换一种输入方式。"
        )
    if not text.strip():
        raise UsageError("没有写要找的字。", remedy="请输入要检索的文字。")
    return _Reader(text).tree()


class _Reader:
    """Turns Whoosh's syntax tree into ours; what holds punctuation only becomes nothing."""

    def __init__(self, text: str) -> None:
        self.text = text

    def tree(self) -> Node:
        """The whole query, checked."""
        tree = self.node(parser().process(self.text))
        if tree is None:
            raise UsageError(
                f"“{_shown(self.text)}”里没有可检索的字，只有标点、空白或控制字符。", remedy="请写上要找的字。"
            )
        if isinstance(tree, Not):
            raise self._wrong("只写了要排除的，没有写要找的字。", "例如：天下 -四海。")
        if not self.looks_for_text(tree):
            raise self._wrong("只写了范围，没有写要找的字。", "例如：书:周易 天下。")
        return tree

    def node(self, node: Any) -> Node | None:
        """One node with what is below it."""
        match node:
            case syntax.NotGroup():
                inner = self.node(node.nodes[0])
                if inner is None:
                    raise self._wrong("“-”的后面没有可检索的字。", "例如：天下 -四海。")
                return Not(inner)
            case syntax.GroupNode():
                kind = Or if isinstance(node, syntax.OrGroup) else And
                return _joined(kind, [one for one in map(self.node, node.nodes) if one is not None])
            case syntax.TextNode():
                return self.words(node)
        raise self._wrong("看不懂这个检索式。", "写法见“检索说明”。")

    def words(self, node: Any) -> Node | None:
        """Text, or the value of a field."""
        exact = isinstance(node, Quoted)
        quotes = [match.start() for match in re.finditer('["＂“”]', node.text)]
        if not exact and len(quotes) % 2:
            raise wrong_at("引号没有成对。", node.startchar + quotes[-1], "请补上另一半引号，或删去它。")
        found = units(node.text)
        if node.fieldname and found:
            if node.fieldname == "juan":
                juan.wanted(node.text)
            return Field(node.fieldname, node.text.strip(), exact)
        if node.fieldname:
            raise wrong_at(f"“{FIELDS[node.fieldname][0]}:”的后面没有可检索的字。", node.startchar, "例如：书:周易。")
        return Phrase(found, exact) if found else None

    def looks_for_text(self, node: Node) -> bool:
        """Whether a tree looks for text or is only a condition; refuses what would match without showing anything."""
        match node:
            case Phrase():
                return True
            case Field():
                return False
            case Not(inner):
                return self.looks_for_text(inner)
            case And(nodes):
                kinds = [self.looks_for_text(one) for one in nodes]
                if any(kinds) and all(isinstance(one, Not) for one, text in zip(nodes, kinds, strict=True) if text):
                    raise self._wrong("要排除的字旁边没有要找的字。", "例如：天下 -四海。")
                return any(kinds)
            case Or(nodes):
                kinds = [self.looks_for_text(one) for one in nodes]
                if any(kinds) and not all(kinds):
                    raise self._wrong("“|”的一边是范围，另一边是文字，不能二选一。", "范围与文字之间请用空格。")
                if any(kinds) and any(isinstance(one, Not) for one in nodes):
                    raise self._wrong("“|”的一边只写了要排除的。", "例如：天下 | (四海 -九州)。")
                return any(kinds)

    def _wrong(self, what: str, remedy: str) -> UsageError:
        return UsageError(what, where=f"检索式“{_shown(self.text)}”", remedy=remedy)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node | None:
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    flat = [below for node in nodes for below in (node.nodes if isinstance(node, kind) else (node,))]
    return kind(tuple(flat))


def _shown(text: str) -> str:
    tidy = "".join(char if char.isprintable() else "�" for char in text.strip())
    return tidy if len(tidy) <= 40 else f"{tidy[:40]}…"
