"""Queries for the tests: trees of every kind, and how a reader might write them."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from archive.errors import UsageError
from search.language import signs
from search.language.regexp import program
from search.language.tree import And, Choice, Field, Layer, Link, Near, Node, Not, Or, Pattern, Phrase, Quotation, Regex

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


@cache
def phrases(layer: Layer) -> st.SearchStrategy[Phrase]:
    units = st.lists(chars | st.sampled_from(["KR1", "⿺克寸"]), min_size=1, max_size=2).map(tuple)
    return st.builds(Phrase, units, st.booleans(), st.just(layer))


named: st.SearchStrategy[Choice] = st.lists(chars, min_size=1, max_size=3, unique=True).map(tuple)


@cache
@st.composite
def pieces(draw: st.DrawFn) -> tuple[Choice, ...]:
    found = [draw(named)]
    for _ in range(draw(st.integers(0, 2))):
        found += [()] * draw(st.integers(0, 2)) + [draw(named)]
    return tuple(found)


@cache
@st.composite
def patterns(draw: st.DrawFn, layer: Layer) -> Pattern:
    parts = tuple(draw(st.lists(pieces(), min_size=1, max_size=3)))
    gaps = tuple((low := draw(st.integers(0, 2)), low + draw(st.sampled_from([0, 1, 3, 20]))) for _ in parts[1:])
    return Pattern(parts, gaps, draw(st.booleans()), layer)


@cache
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


@cache
def regexes(layer: Layer) -> st.SearchStrategy[Regex]:
    return expressions().filter(_is_sound).map(lambda source: Regex(source, layer))


def _is_sound(source: str) -> bool:
    try:
        return bool(program(source))
    except UsageError:
        return False


@cache
def leaves(layer: Layer) -> st.SearchStrategy[Node]:
    return phrases(layer) | patterns(layer) | regexes(layer)


@cache
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


def as_parsed(node: Node) -> Node:
    """The same question in the only form the parser gives it."""
    match node:
        case Pattern(pieces, gaps, exact, layer):
            if len(pieces) == 1 and all(len(choice) == 1 for choice in pieces[0]):
                return Phrase(tuple(choice[0] for choice in pieces[0]), exact, layer)
            # A star is up to twenty characters; each question mark beside it one more.
            return Pattern(pieces, tuple((low, low + 20) for low, _ in gaps), exact, layer)
        case Near(nodes, links):
            return Near(tuple(map(as_parsed, nodes)), links)
        case And(nodes) | Or(nodes):
            kind, flat = type(node), []
            for one in map(as_parsed, nodes):
                flat += one.nodes if isinstance(one, kind) else [one]
            return kind(tuple(flat))
        case Not(inner):
            return Not(as_parsed(inner))
    return node


def written(node: Node) -> str:
    """How a reader may write it."""
    match node:
        case Phrase(units, exact, layer):
            text = "".join(_unit(unit) for unit in units)
            return _prefix(layer) + (f'"{text}"' if exact else text)
        case Pattern(pieces, gaps, exact, layer):
            text = "".join(
                "".join(map(_choice, piece)) + ("?" * gap[0] + "*" if gap else "")
                for piece, gap in zip(pieces, [*gaps, None], strict=True)
            )
            return _prefix(layer) + (f'"{text}"' if exact else text)
        case Regex(source, layer):
            return f"{_prefix(layer)}/{source}/"
        case Near(nodes, links):
            first, *others = (f"({written(one)})" if isinstance(one, (Near, Or)) else written(one) for one in nodes)
            joints = (f" {'BEFORE' if link.ordered else 'NEAR'}/{link.within} " for link in links)
            return first + "".join(joint + one for joint, one in zip(joints, others, strict=True))
        case And(nodes):
            return " ".join(f"({written(one)})" if isinstance(one, Or) else written(one) for one in nodes)
        case Or(nodes):
            return "|".join(f"({written(one)})" if isinstance(one, And) else written(one) for one in nodes)
        case Not(inner):
            return f"-({written(inner)})"
        case Field(name, value, exact):
            return f"{signs.FIELDS[name][0]}:" + (f'"{value}"' if exact else value)
    raise AssertionError(node)


def _prefix(layer: Layer) -> str:
    return "" if layer == "both" else f"{signs.LAYERS[layer][0]}:"


def _unit(unit: str) -> str:
    return unit if len(unit) == 1 or unit[0] in "⿺" else f"&{unit};"


def _choice(choice: Choice) -> str:
    if not choice:
        return "?"
    return _unit(choice[0]) if len(choice) == 1 else f"[{''.join(choice)}]"
