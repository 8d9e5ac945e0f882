"""How sections and passages get their numbers, and keep them when the text changes.

Passages and subsections of a section share one sequence of numbers, so that `1.2` names one thing only; a section's
own heading is number 0. A number once given is never given to anything else: what is new gets the next free one,
what has gone leaves a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from archive.intake import PackedPassage, SectionDraft

_SIMILAR = 0.5


@dataclass(slots=True)
class Node:
    """A section under numbering: `children` holds its passages and subsections in reading order."""

    title: str = ""
    level: int = 0
    children: list[Node | Leaf] = field(default_factory=list)
    path: str = ""

    @property
    def sections(self) -> list[Node]:
        """Its direct subsections."""
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def leaves(self) -> list[Leaf]:
        """Its direct passages."""
        return [child for child in self.children if isinstance(child, Leaf)]


@dataclass(slots=True)
class Leaf:
    """A passage under numbering. `old` is the passage it continues; `offset` is added to its page indexes."""

    packed: PackedPassage
    offset: int = 0
    ref: str = ""
    old: Old | None = None


@dataclass(slots=True)
class Old:
    """A passage as the archive has it."""

    id: int
    ref: str
    section: str
    text: str
    notes: str
    marks: str
    revision: int


def tree(items: Iterable[tuple[int, SectionDraft | PackedPassage]]) -> Node:
    """The section tree of (page offset, item) pairs in reading order."""
    root = Node()
    open_: list[Node] = [root]
    for offset, item in items:
        if isinstance(item, SectionDraft):
            node = Node(item.title, max(1, item.level))
            while open_[-1].level >= node.level:
                open_.pop()
            open_[-1].children.append(node)
            open_.append(node)
        else:
            open_[-1].children.append(Leaf(item, offset))
    return root


def walk(node: Node) -> Iterator[Node]:
    """The sections below `node` in reading order."""
    for section in node.sections:
        yield section
        yield from walk(section)


def number(root: Node) -> None:
    """Give numbers to everything that has none; what has one keeps it."""
    _number(root, defaultdict(int), frozenset())


def renumber(
    root: Node, sections: Sequence[tuple[str, str, str]], passages: Sequence[Old], used: Collection[str]
) -> None:
    """Let unchanged sections and passages keep their numbers, and number the rest.

    Args:
        root: the new tree.
        sections: (path, parent path, title) of the sections the archive has, in reading order.
        passages: the passages the archive has, in reading order.
        used: every number ever given in the edition, sections and passages, withdrawn ones too.
    """
    under: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, parent, title in sections:
        under[parent].append((path, title))
    _keep_sections(root, under)
    held: dict[str, list[Old]] = defaultdict(list)
    for old in passages:
        held[old.section].append(old)
    kept: set[int] = set()
    for node in [root, *walk(root)]:
        if node.path or node is root:
            _keep_passages(node.leaves, held[node.path], kept)
    _keep_moved([root, *walk(root)], passages, kept)
    last: dict[str, int] = defaultdict(int)
    for name in used:
        parent, _, tail = name.rpartition(".")
        last[parent] = max(last[parent], int(tail))
    _number(root, last, frozenset(used))


def _number(node: Node, last: dict[str, int], used: frozenset[str]) -> None:
    for position, child in enumerate(node.children):
        if isinstance(child, Leaf):
            if child.ref:
                continue
            if child.old is not None:
                child.ref = child.old.ref
            elif position == 0 and child.packed.kind == "heading" and node.path and f"{node.path}.0" not in used:
                child.ref = f"{node.path}.0"
            else:
                child.ref = _next(node.path, last)
        else:
            child.path = child.path or _next(node.path, last)
            _number(child, last, used)


def _next(parent: str, last: dict[str, int]) -> str:
    last[parent] += 1
    return f"{parent}.{last[parent]}" if parent else str(last[parent])


def _keep_sections(node: Node, under: dict[str, list[tuple[str, str]]]) -> None:
    new, old = node.sections, under[node.path]
    matcher = SequenceMatcher(None, [section.title for section in new], [title for _, title in old], autojunk=False)
    for kind, from_, to, old_from, old_to in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and to - from_ == old_to - old_from):
            for section, (path, _) in zip(new[from_:to], old[old_from:old_to], strict=True):
                section.path = path
                _keep_sections(section, under)


def _keep_passages(new: Sequence[Leaf], old: Sequence[Old], kept: set[int]) -> None:
    if new and old and new[0].packed.kind == "heading" and old[0].ref.endswith(".0"):
        _keep(new[0], old[0], kept)
        new, old = new[1:], old[1:]
    matcher = SequenceMatcher(None, [leaf.packed.text for leaf in new], [one.text for one in old], autojunk=False)
    for kind, from_, to, old_from, old_to in matcher.get_opcodes():
        if kind == "equal":
            for leaf, one in zip(new[from_:to], old[old_from:old_to], strict=True):
                _keep(leaf, one, kept)
        elif kind == "replace":
            _keep_similar(new[from_:to], old[old_from:old_to], kept)


def _keep_similar(new: Sequence[Leaf], old: Sequence[Old], kept: set[int]) -> None:
    """Pair changed passages in reading order, each with the next old one it resembles."""
    start = 0
    for leaf in new:
        for index in range(start, len(old)):
            matcher = SequenceMatcher(None, leaf.packed.text, old[index].text, autojunk=False)
            if (
                matcher.real_quick_ratio() > _SIMILAR
                and matcher.quick_ratio() > _SIMILAR
                and matcher.ratio() > _SIMILAR
            ):
                _keep(leaf, old[index], kept)
                start = index + 1
                break


def _keep_moved(nodes: Iterable[Node], passages: Sequence[Old], kept: set[int]) -> None:
    """A passage found word for word elsewhere in the edition has moved: it keeps its number."""
    lost: dict[str, list[Old]] = defaultdict(list)
    for one in passages:
        if one.id not in kept:
            lost[one.text].append(one)
    for node in nodes:
        for leaf in node.leaves:
            if leaf.old is None and lost.get(leaf.packed.text):
                _keep(leaf, lost[leaf.packed.text].pop(0), kept)


def _keep(leaf: Leaf, old: Old, kept: set[int]) -> None:
    leaf.old = old
    kept.add(old.id)
