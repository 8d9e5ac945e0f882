"""`天?器`, `天*器`, `[理气]之[动静]`: reading the wildcards of a word."""

from __future__ import annotations

import re

from search.language.signs import wrong_at
from search.language.tree import Choice
from search.text.folding import units

REACH = 20
"""Characters that one `*` may stand for."""
STARS = 8
"""Stars in one word."""
MEMBERS = 100
"""Characters in one pair of square brackets."""

_ANY: Choice = ()
_STAR: Choice = ("*",)
_SIGN = re.compile(r"&[A-Za-z][\w.-]*;|\[[^\[\]\s]*\]|[?*]")
# Who pastes a sentence pastes its punctuation: there a question mark is one.
_PASTED = frozenset("，。、；！「」『』《》〈〉:,;!")

Read = tuple[tuple[tuple[Choice, ...], ...], tuple[tuple[int, int], ...]]


def read(text: str, at: int) -> Read:
    """The pieces and gaps of a word (`tree.Pattern`); no pieces if it holds punctuation only.

    Args:
        text: the word, its signs in half width.
        at: where it stands in the query, for errors.

    Raises:
        UsageError: a wildcard that cannot be understood or would match everything.
    """
    if "[" in (bare := _SIGN.sub("", text)) or "]" in bare:
        raise wrong_at("方括号没有成对，或者里面有空格。", at, "例如：[理气]之[动静]。")
    choices = _choices(text, at)
    if choices and all(choice in (_ANY, _STAR) for choice in choices):
        if _STAR in choices:
            raise wrong_at("单独的“*”等于什么都找。", at, f"“*”的两边都要有字，例如：天*器，中间至多隔 {REACH} 个字。")
        return (), ()
    while choices and choices[0] == _ANY:
        choices = choices[1:]
    while choices and choices[-1] == _ANY:
        choices = choices[:-1]
    if choices and _STAR in (choices[0], choices[-1]):
        raise wrong_at("“*”在一串字的头上或末尾没有作用。", at, "“*”的两边都要有字，例如：天*器；这里请删去它。")
    return _parted(choices, at)


def _choices(text: str, at: int) -> list[Choice]:
    """What may stand at each place, with `_STAR` where something may be missing."""
    found: list[Choice] = []
    literal = any(char in _PASTED for char in _SIGN.sub("", text))
    end = 0
    for sign in _SIGN.finditer(text):
        found += [(unit,) for unit in units(text[end : sign.start()])]
        end = sign.end()
        match sign[0]:
            case "?":
                found += [] if literal else [_ANY]
            case "*":
                found += [_STAR] if found[-1:] != [_STAR] else []
            case whole:
                found += _bracketed(whole, at + sign.start())
    return found + [(unit,) for unit in units(text[end:])]


def _bracketed(whole: str, at: int) -> list[Choice]:
    """A character without code point (`&KR0714;`, `[門@龠]`), or one of the characters in square brackets."""
    inner, spelt = units(whole[1:-1]), units(whole)
    if whole[0] == "&" or spelt != inner:
        return [(unit,) for unit in spelt]
    if whole[1] == "^":
        raise wrong_at("方括号里不能用“^”。", at, "要排除某些字，请用正则表达式，例如：/天[^之]器/。")
    members = tuple(dict.fromkeys(inner))
    if len(members) > MEMBERS:
        raise wrong_at(f"方括号里有 {len(members)} 个字，太多了。", at, f"最多 {MEMBERS} 个。")
    return [members] if members else []


def _parted(choices: list[Choice], at: int) -> Read:
    """Cut at the stars; what may be anything beside a star belongs to the gap."""
    pieces: list[list[Choice]] = [[]]
    gaps: list[tuple[int, int]] = []
    loose = stars = 0
    for choice in choices:
        if choice == _ANY:
            loose += 1
        elif choice == _STAR:
            stars += 1
        elif stars:
            gaps.append((loose, loose + REACH * stars))
            pieces.append([choice])
            loose = stars = 0
        else:
            pieces[-1] += [*[_ANY] * loose, choice]
            loose = 0
    if (count := choices.count(_STAR)) > STARS:
        raise wrong_at(f"一串字里有 {count} 个“*”，太多了。", at, f"最多 {STARS} 个。")
    return tuple(map(tuple, pieces)) if choices else (), tuple(gaps)
