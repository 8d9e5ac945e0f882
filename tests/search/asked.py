"""Queries for the tests: trees of every kind, and how a reader might write them."""

from __future__ import annotations

from hypothesis import strategies as st

from archive.errors import UsageError
from search.regexp import program
from search.tree import And, Choice, Field, Layer, Link, Near, Node, Not, Or, Pattern, Phrase, Quotation, Regex

CHARS = "天下葢蓋盖器"
FIELDS = [
    Field("work", "书"),
    Field("work", "书一", True),
    Field("juan", "2-3"),
    Field("juan", "上"),
    Field("year", "1655-1692"),
    Field("year", "-1600"),
    Field("genre", "诗"),
    Field("collection", "丛"),
    Field("category", "史"),
]

chars = st.sampled_from(CHARS)
field_ = st.sampled_from(FIELDS)
layers: st.SearchStrategy[Layer] = st.sampled_from(["both", "both", "both", "text", "notes"])


def phrases(layer: Layer) -> st.SearchStrategy[Phrase]:
    units = st.lists(chars | st.sampled_from(["KR1", "⿺克寸"]), min_size=1, max_size=2).map(tuple)
    return st.builds(Phrase, units, st.booleans(), st.just(layer))


named: st.SearchStrategy[Choice] = st.lists(chars, min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Choice, ...]:
    found = [draw(named)]
    for _ in range(draw(st.integers(0, 2))):
        found += [()] * draw(st.integers(0, 2)) + [draw(named)]
    return tuple(found)


@st.composite
def patterns(draw: st.DrawFn, layer: Layer) -> Pattern:
    parts = tuple(draw(st.lists(pieces(), min_size=1, max_size=3)))
    gaps = tuple((low := draw(st.integers(0, 2)), low + draw(st.sampled_from([0, 1, 3, 20]))) for _ in parts[1:])
    return Pattern(parts, gaps, draw(st.booleans()), layer)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """Regular expressions that Python reads in the same way; some are refused, as matching everything."""
    kind = draw(
        st.sampled_from(["char", "char", "any", "set", "not", "row", "either", "times"] if depth else ["char", "set"])
    )
    inner = expressions(depth - 1)
    match kind:
        case "any":
            return "."
        case "set":
            return f"[{''.join(draw(named))}]"
        case "not":
            return f"[^{''.join(draw(named))}]"
        case "row":
            return "".join(draw(st.lists(inner, min_size=2, max_size=3)))
        case "either":
            return f"({'|'.join(draw(st.lists(inner, min_size=2, max_size=3)))})"
        case "times":
            times = draw(st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{2,}"]))
            return f"({draw(inner)}){times}"
    return draw(chars)


def regexes(layer: Layer) -> st.SearchStrategy[Regex]:
    return expressions().filter(_is_sound).map(lambda source: Regex(source, layer))


def _is_sound(source: str) -> bool:
    try:
        return bool(program(source))
    except UsageError:
        return False


def leaves(layer: Layer) -> st.SearchStrategy[Node]:
    return phrases(layer) | patterns(layer) | regexes(layer)


def joined(layer: Layer) -> st.SearchStrategy[Node]:
    """Strings of one layer: leaves, chains, and one of several."""
    return st.recursive(
        leaves(layer),
        lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
            lambda nodes: (
                st.lists(
                    st.builds(Link, st.integers(0, 4), st.booleans()), min_size=len(nodes) - 1, max_size=len(nodes) - 1
                ).map(lambda links: Near(tuple(nodes), tuple(links)))
                | st.just(Or(tuple(nodes)))
            )
        ),
        max_leaves=4,
    )


strings = layers.flatmap(joined)


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """A whole query, as the parser would make one: something is looked for, perhaps beside other things."""
    parts: list[Node] = [draw(strings)]
    if draw(st.booleans()):
        parts += draw(st.lists(strings | strings.map(Not) | field_ | field_.map(Not), min_size=1, max_size=2))
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


quotations = st.builds(Quotation, st.lists(chars, min_size=4, max_size=9).map(tuple), layers)
