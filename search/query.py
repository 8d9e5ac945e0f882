# mypy: disable-error-code="no-untyped-call,list-item,misc,assignment"
"""The query language: parsed once, by Whoosh's `qparser`, into a small tree of our own.

`docs/search.md` tells users what can be written. Full-width and half-width signs are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from whoosh.qparser import plugins, syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.taggers import RegexTagger

from archive.errors import UsageError
from search import juan
from search.folding import units

LONGEST = 1000
"""Characters a query may have."""
DEEPEST = 20
"""Brackets that may stand in one another."""

# The first name is the one shown to users.
FIELDS: dict[str, tuple[str, ...]] = {
    "work": ("书", "書", "书名", "書名", "题名", "題名"),
    "author": ("作者", "著者"),
    "juan": ("卷",),
    "category": ("类", "類", "分类", "分類"),
}
_SIGNS = "()（）|｜"
_FIELD_OF_NAME = {name: field for field, names in FIELDS.items() for name in names}


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
    if not text.strip():
        raise UsageError("没有写要找的字。", remedy="请输入要检索的文字。")
    return _Reader(text).tree()


class _Quoted(syntax.TextNode):
    """`"…"`: these very glyphs."""


class _QuotePlugin(plugins.TaggingPlugin):
    """Straight, full-width and curly double quotes around a whole word; any closes any, as input methods mix them.

    Inside a word (所谓“道”者, as pasted from a book) they are punctuation.
    """

    expr = rf'["＂“”](?P<text>[^"＂“”]*)["＂“”](?=[\s{_SIGNS}]|$)'
    nodetype = _Quoted


class _WordPlugin(plugins.TaggingPlugin):
    """Everything up to the next space, bracket or bar; `&KR0714;` and `[門-龠]` whole, whatever signs they hold."""

    expr = rf"(?P<text>(?:&[A-Za-z][\w.-]*;|\[[^\[\]\s]*\]|[^\s{_SIGNS}])+)"
    nodetype = syntax.WordNode
    priority = 200


class _GroupPlugin(plugins.GroupPlugin):
    """Brackets; unlike the original it does not put up with those that have no partner."""

    def __init__(self) -> None:
        super().__init__("[(（]", "[)）]")

    def do_groups(self, parser: Any, group: Any) -> Any:
        """Check the balance, then group."""
        open_at: list[int] = []
        for node in group:
            if isinstance(node, self.OpenBracket):
                open_at.append(node.startchar)
                if len(open_at) > DEEPEST:
                    raise _wrong("括号套得太深。", node.startchar, f"最多可套 {DEEPEST} 层。")
            elif isinstance(node, self.CloseBracket):
                if not open_at:
                    raise _wrong("右括号没有相配的左括号。", node.startchar, "请补上“(”，或删去这个右括号。")
                open_at.pop()
        if open_at:
            raise _wrong("左括号没有相配的右括号。", open_at[-1], "请补上“)”，或删去这个左括号。")
        return super().do_groups(parser, group)


class _Bar(syntax.InfixOperator):
    """`|`; one without something on both sides is an error."""

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        """Join both sides."""
        sides = group.nodes[position - 1 : position] + group.nodes[position + 1 : position + 2]
        if len(sides) < 2 or any(isinstance(side, syntax.Operator) for side in sides):
            raise _wrong("“|”的两边都要有字。", self.startchar, "例如：天下|四海。")
        return int(super().replace_self(parser, group, position))


class _Minus(syntax.PrefixOperator):
    """`-`; one without something after it is an error."""

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        """Take what follows."""
        following = group.nodes[position + 1 : position + 2]
        if not following or isinstance(following[0], syntax.Operator):
            raise _wrong("“-”的后面要有字。", self.startchar, "例如：天下 -四海，意思是有“天下”而没有“四海”。")
        return int(super().replace_self(parser, group, position))


class _FieldTagger(RegexTagger):
    def create(self, parser: Any, match: re.Match[str]) -> Any:
        return syntax.FieldnameNode(_FIELD_OF_NAME[match["name"]], match[0])


class _FieldPlugin(plugins.FieldsPlugin):
    """`书:讀通鑑論`: only the names of `FIELDS` are fields; before any other word a colon is punctuation."""

    def taggers(self, parser: Any) -> list[tuple[Any, int]]:
        """The names, at the beginning of a word."""
        names = "|".join(sorted(_FIELD_OF_NAME, key=len, reverse=True))
        return [(_FieldTagger(rf"(?P<name>{names})[:：]"), 0)]

    def do_fieldnames(self, parser: Any, group: Any) -> Any:
        """Refuse a name without value, then give the values their names."""
        for node, following in zip(group.nodes, [*group.nodes[1:], None], strict=False):
            if isinstance(node, syntax.FieldnameNode) and not isinstance(
                following, (syntax.TextNode, syntax.GroupNode)
            ):
                raise _wrong(
                    f"“{node.original}”的后面没有写内容。",
                    node.startchar,
                    "请紧接着冒号写，中间不要空格，例如：书:周易。",
                )
        return super().do_fieldnames(parser, group)


@lru_cache(maxsize=1)
def _parser() -> Any:
    operator = plugins.OperatorsPlugin.OpTagger
    signs = [
        # Only at the beginning of a word: inside it, or alone, a hyphen is punctuation like any other.
        (operator(r"[-－−](?=\S)", syntax.NotGroup, _Minus), 0),
        (operator("[|｜]", syntax.OrGroup, _Bar), 0),
    ]
    return QueryParser(
        None,
        None,
        plugins=[
            _QuotePlugin(),
            _WordPlugin(),
            _GroupPlugin(),
            _FieldPlugin(),
            plugins.OperatorsPlugin(signs, clean=True),
        ],
    )


class _Reader:
    """Turns Whoosh's syntax tree into ours; what holds punctuation only becomes nothing."""

    def __init__(self, text: str) -> None:
        self.text = text

    def tree(self) -> Node:
        """The whole query, checked."""
        tree = self.node(_parser().process(self.text))
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
        exact = isinstance(node, _Quoted)
        quotes = [match.start() for match in re.finditer('["＂“”]', node.text)]
        if not exact and len(quotes) % 2:
            raise _wrong("引号没有成对。", node.startchar + quotes[-1], "请补上另一半引号，或删去它。")
        found = units(node.text)
        if node.fieldname and found:
            if node.fieldname == "juan":
                juan.wanted(node.text)
            return Field(node.fieldname, node.text.strip(), exact)
        if node.fieldname:
            raise _wrong(f"“{FIELDS[node.fieldname][0]}:”的后面没有可检索的字。", node.startchar, "例如：书:周易。")
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


def _wrong(what: str, at: int, remedy: str) -> UsageError:
    return UsageError(what, where=f"检索式第 {at + 1} 个字符", remedy=remedy)
