# mypy: disable-error-code="no-untyped-call,list-item,misc,assignment"
"""The signs of the query language, as plugins of Whoosh's `qparser`. Full-width and half-width signs are equal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from whoosh.qparser import plugins, syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.taggers import RegexTagger

from archive.errors import UsageError

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


class Quoted(syntax.TextNode):
    """`"…"`: these very glyphs."""


class _QuotePlugin(plugins.TaggingPlugin):
    """Straight, full-width and curly double quotes around a whole word; any closes any, as input methods mix them.

    Inside a word (所谓“道”者, as pasted from a book) they are punctuation.
    """

    expr = rf'["＂“”](?P<text>[^"＂“”]*)["＂“”](?=[\s{_SIGNS}]|$)'
    nodetype = Quoted


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
                    raise wrong_at("括号套得太深。", node.startchar, f"最多可套 {DEEPEST} 层。")
            elif isinstance(node, self.CloseBracket):
                if not open_at:
                    raise wrong_at("右括号没有相配的左括号。", node.startchar, "请补上“(”，或删去这个右括号。")
                open_at.pop()
        if open_at:
            raise wrong_at("左括号没有相配的右括号。", open_at[-1], "请补上“)”，或删去这个左括号。")
        return super().do_groups(parser, group)


class _Bar(syntax.InfixOperator):
    """`|`; one without something on both sides is an error."""

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        """Join both sides."""
        sides = group.nodes[position - 1 : position] + group.nodes[position + 1 : position + 2]
        if len(sides) < 2 or any(isinstance(side, syntax.Operator) for side in sides):
            raise wrong_at("“|”的两边都要有字。", self.startchar, "例如：天下|四海。")
        return int(super().replace_self(parser, group, position))


class _Minus(syntax.PrefixOperator):
    """`-`; one without something after it is an error."""

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        """Take what follows."""
        following = group.nodes[position + 1 : position + 2]
        if not following or isinstance(following[0], syntax.Operator):
            raise wrong_at("“-”的后面要有字。", self.startchar, "例如：天下 -四海，意思是有“天下”而没有“四海”。")
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
                raise wrong_at(
                    f"“{node.original}”的后面没有写内容。",
                    node.startchar,
                    "请紧接着冒号写，中间不要空格，例如：书:周易。",
                )
        return super().do_fieldnames(parser, group)


@lru_cache(maxsize=1)
def parser() -> Any:
    """Whoosh's parser with our signs and no others."""
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


def wrong_at(what: str, at: int, remedy: str) -> UsageError:
    """An error at a character of the query, counted from 0."""
    return UsageError(what, where=f"检索式第 {at + 1} 个字符", remedy=remedy)
