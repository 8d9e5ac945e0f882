"""From a tree back to a query that means the same: for links to a query that differs a little from what was typed."""

from __future__ import annotations

from search.language.signs import FIELDS, LAYERS
from search.language.tree import And, Choice, Field, Layer, Near, Node, Not, Or, Pattern, Phrase, Quotation, Regex
from search.language.wildcard import REACH
from search.text.folding import units

_TIGHTNESS: dict[type, int] = {And: 1, Or: 2, Near: 3}
"""What binds more loosely than what it stands in needs goes into brackets; everything else binds the tightest."""
_TIGHT = 4


def written(node: Node) -> str:
    """A query as a reader could have typed it; punctuation that searches for nothing is gone."""
    match node:
        case Phrase(characters, exact, layer):
            return _layer(layer) + _quoted("".join(map(_spelt, characters)), exact)
        case Pattern(pieces, gaps, exact, layer):
            stars = ["?" * low + "*" * ((high - low) // REACH) for low, high in gaps]
            texts = ("".join(map(_choice, piece)) + gap for piece, gap in zip(pieces, [*stars, ""], strict=True))
            return _layer(layer) + _quoted("".join(texts), exact)
        case Regex(source, layer):
            return f"{_layer(layer)}/{source}/"
        case Quotation(characters, layer):
            return f"{_layer(layer)}~{''.join(map(_spelt, characters))}"
        case Field(name, value, exact):
            return f"{FIELDS[name][0]}:{_quoted(value, exact)}"
        case Near(nodes, links):
            first, *others = (_inside(one, _TIGHT) for one in nodes)
            signs = ("BEFORE" if link.ordered else "NEAR" for link in links)
            joined = zip(signs, links, others, strict=True)
            return first + "".join(f" {sign}/{link.within} {other}" for sign, link, other in joined)
        case Not(inner):
            return f"-{_inside(inner, _TIGHT)}"
        case Or(nodes):
            return "|".join(_inside(one, _TIGHTNESS[Or]) for one in nodes)
        case And(nodes):
            return " ".join(_inside(one, _TIGHTNESS[And]) for one in nodes)


def _inside(node: Node, needed: int) -> str:
    """A node as part of another."""
    text = written(node)
    return f"({text})" if _TIGHTNESS.get(type(node), _TIGHT) < needed else text


def _layer(layer: Layer) -> str:
    return "" if layer == "both" else f"{LAYERS[layer][0]}:"


def _quoted(text: str, exact: bool) -> str:
    return f'"{text}"' if exact else text


def _choice(choice: Choice) -> str:
    """What may stand at one place."""
    if len(choice) < 2:
        return "".join(map(_spelt, choice)) or "?"
    return f"[{''.join(map(_spelt, choice))}]"


def _spelt(unit: str) -> str:
    """A character, or one without code point as it is written in queries."""
    return next((one for one in (unit, f"&{unit};", f"[{unit}]") if units(one) == (unit,)), unit)
