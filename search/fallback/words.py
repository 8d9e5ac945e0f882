"""Cutting a query into words. Only queries are cut: texts are searched character by character.

Two dictionaries decide. The library's own terms (`vocabulary`) come first, so many of them that they cover as
many characters as possible; what they leave is cut by jieba, along the most probable path through its dictionary
(without its model for unknown words, which makes up words like 军在 that no text need have). The terms are not put into
jieba's dictionary: so one dictionary serves all libraries and readers, and a title that a reader may not see leaves no
trace in it.

Both are folded as texts are, so that simplified and traditional queries are cut alike. `rjieba` and, where it has no
wheel, `jieba` cut along the same path; jieba's own cache in the shared folder for temporary files is neither read nor
written.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archive.errors import Damaged
from search.text.folding import families, fold_char

LONGEST = 16
"""Characters of the longest term of a library's own that binds."""
# What jieba's dictionary is made of; letters and digits stay together; everything else stands alone.
_RUN = re.compile("[\u4e00-\u9fd5]+|[a-z0-9]+|.", re.DOTALL)
_BARRIER = "\n"

Cut = Callable[[str], Sequence[str]]
Range = tuple[int, int]


def words(units: Sequence[str], terms: Container[str] = frozenset(), cut: Cut | None = None) -> list[Range]:
    """The words of a string: 0-based half-open ranges of its units, in order, none over another, all covered.

    Args:
        units: the string, as `folding.units` gives it.
        terms: folded terms of the library's own, of two characters at least.
        cut: an engine of `ENGINES`; the best that is there, if None.
    """
    folded = "".join(fold_char(unit) if len(unit) == 1 else _BARRIER for unit in units)
    found: list[Range] = []
    for run in _RUN.finditer(folded):
        start = run.start()
        if len(run[0]) == 1 or run[0].isascii():
            found.append(run.span())
            continue
        for low, high, bound in _bound(run[0], terms):
            if bound or high - low == 1:
                found.append((start + low, start + high))
            else:
                found += _ranges(start + low, (cut or best())(run[0][low:high]))
    return found


def _bound(text: str, terms: Container[str]) -> Iterator[tuple[int, int, bool]]:
    """Stretches of a text that are terms, and those between them: as much as possible in as few terms as possible."""
    # best[end]: (characters in terms, minus the number of terms, where the last stretch begins)
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    for end in range(1, len(text) + 1):
        choices = [(*best[-1][:2], end - 1)]
        for start in range(max(end - LONGEST, 0), end - 1):
            if text[start:end] in terms:
                covered, number, _ = best[start]
                choices.append((covered + end - start, number - 1, start))
        best.append(max(choices))
    ends = [len(text)]
    while ends[-1]:
        ends.append(best[ends[-1]][2])
    loose = 0
    for start, end in zip(ends[:0:-1], ends[-2::-1], strict=True):
        if end - start > 1:
            if loose < start:
                yield loose, start, False
            yield start, end, True
            loose = end
    if loose < len(text):
        yield loose, len(text), False


def _ranges(start: int, pieces: Sequence[str]) -> Iterator[Range]:
    for piece in pieces:
        yield start, start + len(piece)
        start += len(piece)


@lru_cache(maxsize=1)
def best() -> Cut:
    """The fastest engine that is installed; making it takes about a second, once a process."""
    for make in ENGINES.values():
        try:
            return make()
        except ImportError:
            continue
    raise Damaged("缺少分词组件 jieba。", remedy="请重新安装：pip install jieba")


def _rjieba() -> Cut:
    from rjieba import Jieba

    engine: Any = Jieba.empty()  # type: ignore[no-untyped-call]
    for word, count in _dictionary().items():
        engine.add_word(word, count, None)
    return lambda text: list(engine.cut(text, False))


def _jieba() -> Cut:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries it uses, at every first import
        from jieba import Tokenizer

    counts = _dictionary()
    beginnings = {word[:end] for word in counts for end in range(1, len(word))}
    engine: Any = Tokenizer()
    engine.FREQ, engine.total = {**dict.fromkeys(beginnings, 0), **counts}, sum(counts.values())
    engine.initialized = True  # else it would read its dictionary, and leave a cache behind
    return lambda text: list(engine.cut(text, HMM=False))


ENGINES: dict[str, Callable[[], Cut]] = {"rjieba": _rjieba, "jieba": _jieba}
"""The fastest first. Each raises ImportError where it is not installed."""


def _dictionary() -> dict[str, int]:
    """jieba's words, folded, and how often each was counted in the text it was made from."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ImportError("jieba")
    source = Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8")
    fields = source.translate({ord(char): folded for char, folded in families().items()}).split()
    counts: dict[str, int] = {}
    for word, count in zip(fields[::3], map(int, fields[1::3]), strict=True):
        counts[word] = counts.get(word, 0) + count
    return counts
