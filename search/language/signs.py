# mypy: disable-error-code="no-untyped-call,list-item,misc,assignment"
"""The signs of the query language, as plugins of Whoosh's `qparser`. Full-width and half-width signs are equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from whoosh.qparser import plugins, syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.taggers import RegexTagger

from archive.errors import UsageError

DEEPEST = 20
"""Brackets that may stand in one another."""
FARTHEST = 100
"""Characters that NEAR and BEFORE may leave between."""

# Conditions on the book. The first name is the one shown to users.
FIELDS: dict[str, tuple[str, ...]] = {
    "work": ("书", "書", "书名", "書名", "题名", "題名"),
    "author": ("作者", "著者"),
    "juan": ("卷",),
    "category": ("类", "類", "分类", "分類"),
    "year": ("年", "年代"),
    "genre": ("体裁", "體裁"),
    "collection": ("丛集", "叢集"),
}
# Which part of a book's text: prefixes written like fields.
LAYERS: dict[str, tuple[str, ...]] = {
    "text": ("正文",),
    "notes": ("注", "註", "夹注", "夾注"),
}
# Words that readers take for fields and that no text begins with before a colon.
_NO_FIELDS = ("朝代", "版本", "出版社", "标题", "標題", "全文", "内容", "关键词", "主题词")

# What other sites write between words, and what is written for it here.
_ELSEWHERE = {"AND": "空格：天下 器", "OR": "“|”：天下|四海", "NOT": "“-”，前面空格，后面紧跟字：天下 -器"}

_SIGNS = "()|"
_END = rf"(?=[\s{_SIGNS}]|$)"
_FIELD_OF_NAME = {name: field for fields in (FIELDS, LAYERS) for field, names in fields.items() for name in names}
_HALF_WIDTH = str.maketrans("（）｜［］／＊？：～－＂“”", '()|[]/*?:~-"""')
_LETTERS = "A-Za-zＡ-Ｚａ-ｚ"
_WIDE_ENTITY = re.compile(rf"[&＆][{_LETTERS}][0-9{_LETTERS}０-９_＿.．-]*[;；]")
"""`＆ＫＲ０７１４；`: as many characters in half width."""


def half_width(text: str) -> str:
    """A query with every sign in its half-width form, in the same place; curly quotes are straight, any closes any."""
    return _WIDE_ENTITY.sub(lambda entity: unicodedata.normalize("NFKC", entity[0]), text.translate(_HALF_WIDTH))


class Quoted(syntax.TextNode):
    """`"…"`: these very glyphs."""


class Expression(syntax.TextNode):
    """`/…/`: a regular expression."""


class Nearly(syntax.TextNode):
    """`~…`: a string that may differ a little."""


class Nearness(syntax.GroupNode):
    """What NEAR and BEFORE join; `kwargs["links"]` has one (ordered, within) for every node but the first."""


class _QuotePlugin(plugins.TaggingPlugin):
    """Double quotes around a whole word.

    Inside a word (所谓“道”者, as pasted from a book) they are punctuation.
    """

    expr = rf'"(?P<text>[^"]*)"{_END}'
    nodetype = Quoted


class _WordPlugin(plugins.TaggingPlugin):
    """Everything up to the next space, bracket or bar; `&KR0714;` and `[…]` whole, whatever signs they hold."""

    expr = rf"(?P<text>(?:&[A-Za-z][\w.-]*;|\[[^\[\]\s]*\]|[^\s{_SIGNS}])+)"
    nodetype = syntax.WordNode
    priority = 200

    def create(self, parser: Any, match: re.Match[str]) -> Any:
        """Refuse what only looks like a word."""
        word, at = match["text"], match.start()
        if (instead := _ELSEWHERE.get(unicodedata.normalize("NFKC", word))) and match.string.strip() != word:
            raise wrong_at(f"这里不用“{word}”连接词语。", at, f"请改用{instead}。要找这几个字母本身，请加双引号。")
        if word[0] == "/" and len(word) > 1:
            raise wrong_at("以“/”开头的正则表达式没有结束。", at, "请在末尾补上“/”，后面空格；或删去开头的“/”。")
        if glued := re.search(r"(?:NEAR|BEFORE)/\d", word):
            raise wrong_at(f"“{glued[0][:-2]}”的前后要有空格。", at + glued.start(), "例如：道 NEAR/7 器。")
        return super().create(parser, match)


class _ExpressionPlugin(plugins.TaggingPlugin):
    """A slash at the beginning and one at the end of a word; a slash alone is punctuation."""

    expr = rf"/(?=[^\s/])(?P<text>[^/]*[^\s/])/{_END}"
    nodetype = Expression


class _NearlyPlugin(plugins.TaggingPlugin):
    """A tilde at the beginning of a word, which may be in double quotes."""

    expr = rf'~(?=\S)(?:"(?P<quoted>[^"]*)"{_END}|(?P<text>[^\s{_SIGNS}]+))?'

    def create(self, parser: Any, match: re.Match[str]) -> Any:
        """The string after the tilde."""
        if match["quoted"] is None and match["text"] is None:
            raise wrong_at("“~”的后面要紧接着写一串字。", match.start(), "例如：~天下唯器而已矣。")
        return Nearly(match["quoted"] if match["text"] is None else match["text"])


class _GroupPlugin(plugins.GroupPlugin):
    """Brackets; unlike the original it does not put up with those that have no partner."""

    def __init__(self) -> None:
        super().__init__("[(]", "[)]")

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
        if len(_sides(group, position)) < 2:
            raise wrong_at("“|”的两边都要有字。", self.startchar, "例如：天下|四海。")
        return int(super().replace_self(parser, group, position))


class _Near(syntax.InfixOperator):
    """`NEAR/7`, `BEFORE/7`: joins what stands on its sides, or goes on with the chain on its left."""

    ordered: bool
    within: int

    def replace_self(self, parser: Any, group: Any, position: int) -> int:
        """Join both sides."""
        sides, link = _sides(group, position), (self.ordered, self.within)
        if len(sides) < 2:
            raise wrong_at(f"“{self.text}”的两边都要有字。", self.startchar, "例如：道 NEAR/7 器。")
        left, right = sides
        if isinstance(left, Nearness):
            left.append(right)
            left.kwargs["links"].append(link)
            del group[position : position + 2]
        else:
            group[position - 1 : position + 2] = [Nearness([left, right], links=[link])]
        return position


class _NearTagger(plugins.OperatorsPlugin.OpTagger):
    """The two words in capitals with a number; anything that was surely meant to be that is an error."""

    def __init__(self) -> None:
        super().__init__(rf"(?P<word>[{_LETTERS}]{{4,6}})(?:/(?P<within>[^\s{_SIGNS}]*))?{_END}", Nearness, _Near)

    def create(self, parser: Any, match: re.Match[str]) -> Any:
        """The operator; None if it is some other word."""
        word, within, at = unicodedata.normalize("NFKC", match["word"]), match["within"], match.start()
        if word.upper() not in ("NEAR", "BEFORE") or (within is None and not word.isupper()):
            return None
        if not word.isupper():
            raise wrong_at(f"“{word}”要大写。", at, f"请写作 {word.upper()}/7。")
        if not within or not within.isdecimal():
            raise wrong_at(f"“{word}”的后面要写字数。", at, f"例如：道 {word}/7 器，意思是中间至多隔 7 个字。")
        if len(within) > 9 or int(within) > FARTHEST:
            raise wrong_at(f"“{word}”隔的字数太多。", at, f"最多 {FARTHEST} 个字；要找同一段里的两样，请用空格分开。")
        node = _Near(match[0], Nearness)
        node.ordered, node.within = word == "BEFORE", int(within)
        return node


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
        name = match["name"]
        if name not in _FIELD_OF_NAME:
            known = "、".join(f"{names[0]}:" for fields in (FIELDS, LAYERS) for names in fields.values())
            raise wrong_at(f"没有“{name[:20]}:”这一项。", match.start(), f"可用：{known}。要找这些字本身，请删去冒号。")
        return syntax.FieldnameNode(_FIELD_OF_NAME[name], match[0])


class _FieldPlugin(plugins.FieldsPlugin):
    """`书:讀通鑑論`: only the names of `FIELDS` and `LAYERS` are fields; before other words a colon is punctuation.

    Latin words before a colon are surely meant as fields, and told that they are none.
    """

    def taggers(self, parser: Any) -> list[tuple[Any, int]]:
        """The names, at the beginning of a word."""
        names = "|".join(sorted([*_FIELD_OF_NAME, *_NO_FIELDS], key=len, reverse=True))
        return [(_FieldTagger(rf"(?P<name>{names}|[A-Za-z_]{{2,}}(?=:\S)):"), 0)]

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


class _Parser(QueryParser):
    """Whoosh's parser asks its plugins anew for every query; ours always answer the same."""

    @lru_cache(maxsize=1)  # noqa: B019 - there is one parser, for the life of the process
    def taggers(self) -> Any:
        """What reads signs, in order."""
        return super().taggers()

    @lru_cache(maxsize=1)  # noqa: B019
    def filters(self) -> Any:
        """What makes a tree of them, in order."""
        return super().filters()


@lru_cache(maxsize=1)
def parser() -> Any:
    """Whoosh's parser with our signs and no others; what it reads has gone through `half_width`."""
    operator = plugins.OperatorsPlugin.OpTagger
    # The first binds the tightest.
    signs = [
        (_NearTagger(), 0),
        # Only at the beginning of a word: inside it, or alone, a hyphen is punctuation like any other. Years may
        # begin with one: 年:-1692.
        (operator(r"(?<!年:)(?<!年代:)[-−](?=\S)", syntax.NotGroup, _Minus), 0),
        (operator("[|]", syntax.OrGroup, _Bar), 0),
    ]
    return _Parser(
        None,
        None,
        plugins=[
            _QuotePlugin(),
            _ExpressionPlugin(),
            _NearlyPlugin(),
            _WordPlugin(),
            _GroupPlugin(),
            _FieldPlugin(),
            plugins.OperatorsPlugin(signs, clean=True),
        ],
    )


def wrong_at(what: str, at: int, remedy: str) -> UsageError:
    """An error at a character of the query, counted from 0."""
    return UsageError(what, where=f"检索式第 {at + 1} 个字符", remedy=remedy)


def _sides(group: Any, position: int) -> list[Any]:
    """What an operator stands between, without other operators."""
    around = group.nodes[max(position - 1, 0) : position] + group.nodes[position + 1 : position + 2]
    return [side for side in around if not isinstance(side, syntax.Operator)]
