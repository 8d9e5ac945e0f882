"""The institution's list of expressions to check: names, titles, ways of putting things.

`terms.yaml` in the library's folder, edited by hand. It marks places for a reviewer's attention and never changes text.

    - expression: 王船山
      spellings: [船山先生]
      note: 称谓
      advice: 首次出现宜写作“王夫之（船山）”。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from archive.errors import UsageError

TERMS = "terms.yaml"
_KEYS = ("expression", "spellings", "note", "advice")


@dataclass(frozen=True, slots=True)
class Term:
    """An expression with its other spellings, what it is, and what the reviewer is advised."""

    expression: str
    spellings: tuple[str, ...] = ()
    note: str = ""
    advice: str = ""


class Mark(NamedTuple):
    """A place to look at: characters `start` to `end` of the text, half-open, and the term that stands there."""

    start: int
    end: int
    term: Term


class Terms:
    """A term list, ready to be looked for."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = {spelling: term for term in reversed(terms) for spelling in (term.expression, *term.spellings)}
        longest_first = sorted(self._terms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def marks(self, text: str) -> Iterator[Mark]:
        """The places in `text` where a term is written, in order; of terms that overlap the first, then the longest."""
        for found in self._pattern.finditer(text) if self._pattern else ():
            yield Mark(found.start(), found.end(), self._terms[found.group()])

    def parts(self, text: str) -> Iterator[tuple[str, Term | None]]:
        """The text cut into what is a term and what is not, in order and without gaps."""
        at = 0
        for start, end, term in self.marks(text):
            if at < start:
                yield text[at:start], None
            yield text[start:end], term
            at = end
        if at < len(text):
            yield text[at:], None


def load(folder: Path) -> Terms:
    """The term list of the library in `folder`; one that is missing is empty.

    Raises:
        UsageError: the file is not a list of terms; names the entry and the key.
    """
    path = folder / TERMS
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Terms(())
    except UnicodeDecodeError as error:
        raise UsageError("术语表不是 UTF-8 编码。", where=TERMS, remedy="请另存为 UTF-8。") from error
    except OSError as error:
        raise UsageError(f"术语表读不出来：{error.strerror}。", where=TERMS) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 行" if mark else ""
        raise UsageError("术语表不合 YAML 写法。", where=f"{TERMS}{line}", remedy="请检查缩进与冒号。") from error
    if not isinstance(entries, list | None):
        raise UsageError("术语表应逐条写“- expression: …”。", where=TERMS)
    return Terms([_term(number, entry) for number, entry in enumerate(entries or (), 1)])


def _term(number: int, entry: Any) -> Term:
    where = f"{TERMS} 第 {number} 条"
    if not isinstance(entry, dict):
        raise UsageError("这一条应写“expression: …”。", where=where)
    for key in entry:
        if key not in _KEYS:
            raise UsageError(f"不认识的项“{key}”。", where=where, remedy=f"可用：{'、'.join(_KEYS)}。")
    texts = {key: entry.get(key) or "" for key in ("expression", "note", "advice")}
    spellings = entry.get("spellings") or []
    if not all(isinstance(text, str) for text in texts.values()) or not texts["expression"].strip():
        raise UsageError("expression 要写，各项都应是文字。", where=where, remedy="数字和日期请加引号。")
    if not isinstance(spellings, list) or not all(isinstance(one, str) and one.strip() for one in spellings):
        raise UsageError("spellings 应是一列文字，如 [船山, 薑齋]。", where=where)
    return Term(spellings=tuple(spellings), **texts)
