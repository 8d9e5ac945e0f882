"""The query language: parsed once, by Whoosh's `qparser`, into a small tree of our own.

`docs/search.md` tells users what can be written; `signs` says which signs mean what, `tree` what comes of
them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from whoosh.qparser import syntax

from archive.errors import UsageError
from search.language import juan, regexp, wildcard, years
from search.language.signs import FIELDS, LAYERS, Expression, Nearly, Nearness, Quoted, half_width, parser, wrong_at
from search.language.tree import (
    And,
    Field,
    Layer,
    Link,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Quotation,
    Regex,
    is_string,
    leaves,
    phrases,
    strings,
)
from search.text.folding import units

__all__ = [
    "LONGEST",
    "And",
    "Field",
    "Link",
    "Near",
    "Node",
    "Not",
    "Or",
    "Pattern",
    "Phrase",
    "Quotation",
    "Regex",
    "parse",
    "phrases",
    "strings",
]

LONGEST = 1000
"""Characters a query may have."""
COSTLY = 20
"""Regular expressions, chains and words with `*` that a query may have."""
CHAIN = 10
"""Strings that one chain of NEAR and BEFORE may have."""
QUOTED = (4, 200)
"""Characters of a near quotation, at least and at most."""

_PLAIN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003ffff]+")
"""Ideographs only: what the parser makes of these is known beforehand."""

_VALUES = {"juan": juan.wanted, "year": years.wanted}
"""Fields whose values are read, and refused if they cannot be."""


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
    if _PLAIN.fullmatch(text):
        return Phrase(tuple(text))
    return _Reader(text).tree()


class _Reader:
    """Turns Whoosh's syntax tree into ours; what holds punctuation only becomes nothing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.costly = self.quotations = 0

    def tree(self) -> Node:
        """The whole query, checked."""
        tree = self.node(parser().process(half_width(self.text)))
        if tree is None:
            raise UsageError(
                f"“{_shown(self.text)}”里没有可检索的字，只有标点、空白、通配符或控制字符。", remedy="请写上要找的字。"
            )
        if isinstance(tree, Not):
            raise self._wrong("只写了要排除的，没有写要找的字。", "例如：天下 -四海。")
        if not self.looks_for_text(tree):
            raise self._wrong("只写了范围，没有写要找的字。", "例如：书:周易 天下。")
        if self.costly > COSTLY:
            raise self._wrong(
                f"正则表达式、“*”和 NEAR、BEFORE 共有 {self.costly} 处，太多了。", f"最多 {COSTLY} 处，请分几次检索。"
            )
        self.quotation_alone(tree)
        return tree

    def node(self, node: Any) -> Node | None:
        """One node with what is below it."""
        match node:
            case syntax.NotGroup():
                inner = self.node(node.nodes[0])
                if inner is None:
                    raise self._wrong("“-”的后面没有可检索的字。", "例如：天下 -四海。")
                return Not(inner)
            case Nearness():
                return self.chain(node)
            case syntax.GroupNode():
                kind = Or if isinstance(node, syntax.OrGroup) else And
                return _joined(kind, [one for one in map(self.node, node.nodes) if one is not None])
            case syntax.TextNode():
                return self.condition(node) if node.fieldname in FIELDS else self.string(node)
        raise self._wrong("看不懂这个检索式。", "写法见“检索说明”。")

    def condition(self, node: Any) -> Node:
        """A field and its value."""
        name = FIELDS[node.fieldname][0]
        if isinstance(node, (Expression, Nearly)):
            raise wrong_at(f"“{name}:”的后面不能写正则表达式或“~”。", node.startchar, "例如：书:周易。")
        self.check_quotes(node)
        if not units(node.text):
            raise wrong_at(f"“{name}:”的后面没有可检索的字。", node.startchar, "例如：书:周易。")
        if read := _VALUES.get(node.fieldname):
            read(node.text)
        return Field(node.fieldname, node.text.strip(), isinstance(node, Quoted))

    def string(self, node: Any) -> Node | None:
        """What is looked for; None if it holds punctuation only."""
        layer: Layer = node.fieldname if node.fieldname in LAYERS else "both"
        if isinstance(node, Expression):
            regexp.program(node.text, node.startchar + 1)
            self.costly += 1
            return Regex(node.text, layer)
        self.check_quotes(node)
        if isinstance(node, Nearly):
            return self.quotation(node, layer)
        exact = isinstance(node, Quoted)
        pieces, gaps = wildcard.read(node.text, node.startchar + exact)
        if not pieces and layer != "both":
            raise wrong_at(f"“{LAYERS[layer][0]}:”的后面没有可检索的字。", node.startchar, "例如：注:陰陽。")
        if not pieces:
            return None
        if not gaps and all(len(choice) == 1 for choice in pieces[0]):
            return Phrase(tuple(choice[0] for choice in pieces[0]), exact, layer)
        self.costly += bool(gaps)
        return Pattern(pieces, gaps, exact, layer)

    def quotation(self, node: Any, layer: Layer) -> Quotation:
        """`~…`."""
        found, (least, most) = units(node.text), QUOTED
        if not least <= len(found) <= most:
            raise wrong_at(
                f"“~”的后面有 {len(found)} 个字。", node.startchar, f"近似引文要写 {least}—{most} 个字，标点不算。"
            )
        self.quotations += 1
        return Quotation(found, layer)

    def chain(self, node: Any) -> Near:
        """What NEAR and BEFORE join."""
        sides = [self.node(one) for one in node.nodes]
        strings = tuple(side for side in sides if side is not None and is_string(side))
        if len(strings) < len(sides):
            raise self._wrong(
                "NEAR、BEFORE 的两边要各是一串字。",
                "范围、要排除的、用空格分开的几样，请写在外面：书:周易 道 NEAR/7 器。",
            )
        if len(strings) > CHAIN:
            raise self._wrong(f"NEAR、BEFORE 连了 {len(strings)} 串字，太多了。", f"最多 {CHAIN} 串。")
        if len({leaf.layer for one in strings for leaf in leaves(one)}) > 1:
            raise self._wrong("NEAR、BEFORE 的两边不在同一层文字里。", "请把整串放进括号，例如：注:(陰 NEAR/7 陽)。")
        self.costly += 1
        return Near(strings, tuple(Link(within, ordered) for ordered, within in node.kwargs["links"]))

    def check_quotes(self, node: Any) -> None:
        """Refuse a quotation mark without a partner."""
        if not isinstance(node, Quoted) and node.text.count('"') % 2:
            at = self.text.translate({ord(sign): '"' for sign in "＂“”"}).rindex('"', node.startchar, node.endchar)
            raise wrong_at("引号没有成对。", at, "请补上另一半引号，或删去它。")

    def quotation_alone(self, tree: Node) -> None:
        """Refuse a near quotation beside other strings."""
        parts = tree.nodes if isinstance(tree, And) else (tree,)
        others = [part for part in parts if not isinstance(part, Quotation)]
        if self.quotations and (
            self.quotations > 1 or len(others) == len(parts) or any(map(self.looks_for_text, others))
        ):
            raise self._wrong("“~”要单独用，旁边只能写范围。", "例如：书:周易 ~天下唯器而已矣。")

    def looks_for_text(self, node: Node) -> bool:
        """Whether a tree looks for text or is only a condition; refuses what would match without showing anything."""
        match node:
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
        return True

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
