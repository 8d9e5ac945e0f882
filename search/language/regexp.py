"""`/[一二三]分[天地]/`: a regular expression as an automaton of at most 64 positions, run without backtracking.

What can be written: characters, `.`, `[…]`, `[^…]`, `|`, `( )`, `?`, `*`, `+`, `{m}`, `{m,}`, `{m,n}`. The automaton is
Glushkov's (V. M. Glushkov, The abstract theory of automata, 1961): one position for each character of the expression,
a set of positions is one machine word. A match has at most `LONGEST` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archive.errors import UsageError
from search.language.signs import wrong_at
from search.text.folding import units

POSITIONS = 64
LONGEST = 100
_DEEPEST = 20
_HALF_WIDTH = str.maketrans("（）｜［］？＊＋｛｝．＾，＼－＄", "()|[]?*+{}.^,\\-$")
_REPEATS = ("?", "*", "+", "{")
_TOKEN = re.compile(r"&[A-Za-z][\w.-]*;|\[\^?[^\[\]]*\]|\{[^{}]*\}|.", re.DOTALL)
_TIMES = re.compile(r"\{\s*(\d{1,3})\s*(?:(,)\s*(\d{1,3})?\s*)?\}")


@dataclass(frozen=True, slots=True)
class Class:
    """What may stand at a position: one of these units, or any character but these."""

    units: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """An automaton. Sets of positions are bit masks: bit p is position p of `classes`.

    `first` may begin a match, `last` may end one, `follow[p]` may come after p.
    """

    classes: tuple[Class, ...]
    first: int
    last: int
    follow: tuple[int, ...]

    def after(self, positions: int) -> int:
        """The positions that may come after any of these."""
        found = 0
        for position in bits(positions):
            found |= self.follow[position]
        return found

    def reach(self) -> list[int]:
        """For each step of a match, from 0, the positions at which it may then be."""
        steps = [self.first]
        while len(steps) < LONGEST and (following := self.after(steps[-1])):
            steps.append(following)
        return steps

    def needed(self) -> list[int]:
        """The positions that every match goes through, in no order."""
        return [position for position in range(len(self.classes)) if not self._ends_without(position)]

    def _ends_without(self, position: int) -> bool:
        """Whether there is a match that does not go through a position."""
        without = ~(1 << position)
        seen, fresh = 0, self.first & without
        while fresh:
            seen |= fresh
            fresh = self.after(fresh) & without & ~seen
        return bool(seen & self.last)


def bits(positions: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while positions:
        lowest = positions & -positions
        yield lowest.bit_length() - 1
        positions ^= lowest


@lru_cache(maxsize=256)
def program(source: str, at: int = 0) -> Program:
    """Read an expression, without its slashes.

    Args:
        source: the expression.
        at: where it stands in the query, for errors.

    Raises:
        UsageError: it cannot be understood, is too large, matches nothing at all or everything.
    """
    reader = _Reader(source.translate(_HALF_WIDTH), at)
    tree = reader.alternatives(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong("正则表达式里右括号没有相配的左括号。", "请补上“(”，或删去这个右括号。")
    built = _Builder(at)
    whole = built.add(tree)
    if whole.nullable:
        raise wrong_at("这个正则表达式什么都不写也算匹配，等于什么都找。", at, "请至少写一个必有的字，例如：/天+地?/。")
    if all(one.negated for one in built.classes):
        raise wrong_at("这个正则表达式里没有写定的字，等于什么都找。", at, "请至少写一个必有的字。")
    return Program(tuple(built.classes), whole.first, whole.last, tuple(built.follow))


@dataclass(frozen=True, slots=True)
class _One:
    what: Class


@dataclass(frozen=True, slots=True)
class _Row:
    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Times:
    part: _Part
    least: int
    most: int | None


_Part = _One | _Row | _Either | _Times


class _Reader:
    """Recursive descent over the tokens; what folds to nothing is skipped, as everywhere."""

    def __init__(self, source: str, start: int) -> None:
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while at < len(source):
            # An ideographic description sequence is one character.
            token = units(source[at:])[0] if "⿰" <= source[at] <= "⿿" else _TOKEN.match(source, at)[0]  # type: ignore[index]
            if not token.isspace():
                self.tokens.append((token, start + at))
            at += len(token)
        self.at = 0
        self.start = start

    def alternatives(self, depth: int) -> _Part:
        """Up to the end or a closing bracket."""
        if depth > _DEEPEST:
            raise self.wrong("正则表达式里括号套得太深。", f"最多可套 {_DEEPEST} 层。")
        parts = [self.row(depth)]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.row(depth))
        return parts[0] if len(parts) == 1 else _Either(tuple(parts))

    def row(self, depth: int) -> _Part:
        """Up to the end, a bar or a closing bracket."""
        parts: list[_Part] = []
        while self.peek() not in ("", "|", ")"):
            found = self.item(depth)
            if self.peek()[:1] in _REPEATS:
                found = [*found[:-1], self.times(found)]
            parts += found
        if not parts:
            raise self.wrong("正则表达式里有一处没有写字。", "括号里、“|”的两边都要有字。")
        return parts[0] if len(parts) == 1 else _Row(tuple(parts))

    def item(self, depth: int) -> list[_Part]:
        """A character, a class or a bracket; nothing for punctuation."""
        token = self.peek()
        if token == "(":
            self.at += 1
            if self.peek() == "?":
                raise self.wrong("不支持“(?”开头的括号。", "可用：. [ ] [^ ] | ( ) ? * + { }。")
            inner = self.alternatives(depth + 1)
            if self.peek() != ")":
                raise self.wrong("正则表达式里左括号没有相配的右括号。", "请补上“)”。")
            self.at += 1
            return [inner]
        if token[0] in "?*+{}":
            raise self.wrong(f"“{token}”的前面没有字。", "它说的是前一个字出现几次，例如：/天+/。")
        if token in ("\\", "^", "$"):
            raise self.wrong(f"正则表达式里不支持“{token}”。", "可用：. [ ] [^ ] | ( ) ? * + { }。")
        if token in ("[", "]"):
            raise self.wrong("正则表达式里方括号没有成对。", "例如：/[理气]之/。")
        found = _spelt(token) if token[0] != "[" else self.bracketed(token)
        self.at += 1
        return [_One(one) for one in found]

    def bracketed(self, token: str) -> list[Class]:
        """`[理气]`, `[^理气]`, `[0-9]`."""
        negated = token[1] == "^"
        inner = token[2:-1] if negated else token[1:-1]
        spread = re.sub(r"([0-9])-([0-9])|([a-z])-([a-z])|([A-Z])-([A-Z])", self.spread, inner)
        if "-" in spread.strip("-"):
            raise self.wrong("方括号里的“-”只能用在数字或拉丁字母之间。", "汉字请逐个写出，例如：[一二三]。")
        members = tuple(dict.fromkeys(units(spread)))
        if not members and not negated:
            raise self.wrong("方括号里没有可检索的字。", "例如：/[理气]之/。")
        return [Class(members, negated)]

    def spread(self, found: re.Match[str]) -> str:
        """All from one to the other."""
        low, high = (ord(char) for char in found.groups() if char)
        if low > high:
            raise self.wrong(f"“{found[0]}”前后颠倒。", f"请写作 {found[0][::-1]}。")
        return "".join(map(chr, range(low, high + 1)))

    def times(self, found: list[_Part]) -> _Part:
        """The last part, as often as the sign after it says."""
        token = self.peek()
        if not found:
            raise self.wrong(f"“{token}”的前面是标点，不是可检索的字。", "标点不算字，请删去它。")
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(token) or self.counted(token)
        self.at += 1
        if self.peek()[:1] in _REPEATS:
            raise self.wrong(f"“{token}”的后面不能再写“{self.peek()}”。", "一个字的后面只能有一个次数。")
        return _Times(found[-1], least, most)

    def counted(self, token: str) -> tuple[int, int | None]:
        """`{m}`, `{m,}`, `{m,n}`."""
        read = _TIMES.fullmatch(token)
        if read is None:
            raise self.wrong(f"看不懂次数“{token[:12]}”。", "写法如：{2}、{1,3}、{2,}。")
        least = int(read[1])
        most = least if not read[2] else int(read[3]) if read[3] else None
        if most is not None and most < max(least, 1):
            raise self.wrong(f"次数“{token}”不对。", "后一个数不能小于前一个数，也不能是 0。")
        return least, most

    def peek(self) -> str:
        """The next token; empty at the end."""
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def wrong(self, what: str, remedy: str) -> UsageError:
        """An error at the next token."""
        place = self.tokens[self.at][1] if self.at < len(self.tokens) else self.start
        return wrong_at(what, place, remedy)


@dataclass(frozen=True, slots=True)
class _Fragment:
    nullable: bool
    first: int
    last: int


@dataclass(slots=True)
class _Builder:
    """Numbers the positions and says which may follow which."""

    at: int
    classes: list[Class] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)

    def add(self, part: _Part) -> _Fragment:
        """Add a part. Every call adds a position at least, so there is an end to them."""
        match part:
            case _One(what):
                if len(self.classes) == POSITIONS:
                    raise wrong_at("这个正则表达式太大。", self.at, f"展开后最多 {POSITIONS} 个字，请减少次数或分支。")
                self.classes.append(what)
                self.follow.append(0)
                return _Fragment(False, 1 << len(self.classes) - 1, 1 << len(self.classes) - 1)
            case _Row(parts):
                return self.joined([self.add(one) for one in parts])
            case _Either(parts):
                sides = [self.add(one) for one in parts]
                firsts, lasts = [side.first for side in sides], [side.last for side in sides]
                return _Fragment(any(side.nullable for side in sides), sum(firsts), sum(lasts))
            case _Times(inner, least, most):
                copies = [self.add(inner) for _ in range(max(least, 1) if most is None else most)]
                if most is None:
                    self.lead(copies[-1].last, copies[-1].first)
                needed = copies[:least] + [_Fragment(True, one.first, one.last) for one in copies[least:]]
                return self.joined(needed)

    def joined(self, parts: list[_Fragment]) -> _Fragment:
        """One after the other."""
        whole = _Fragment(True, 0, 0)
        for part in parts:
            self.lead(whole.last, part.first)
            first = whole.first | part.first if whole.nullable else whole.first
            last = whole.last | part.last if part.nullable else part.last
            whole = _Fragment(whole.nullable and part.nullable, first, last)
        return whole

    def lead(self, from_: int, to: int) -> None:
        """What ends in `from_` may go on with `to`."""
        for position in bits(from_):
            self.follow[position] |= to


def _spelt(token: str) -> list[Class]:
    if token == ".":
        return [Class((), negated=True)]
    return [Class((unit,)) for unit in units(token)]
