"""What the address of a comparison asks for, and the alignments behind it, kept until the library changes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import request

from archive.errors import UsageError
from archive.model import Edition, Work
from archive.urn import Urn, parse
from search.compare.collate import Alignment, alignment, check, comparable, edition, sigla
from search.compare.model import DEFAULT_KINDS, KINDS, Kind
from web import links
from web.desk import desk

APPARATUS = "apparatus"
FIRST = 3
"""Witnesses taken if none is named."""
Counts = Mapping[str, Counter[Kind]]
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a base, its witnesses, kinds of difference, a view.

    `view` is `apparatus`, or the siglum of the witness shown beside the base.
    """

    work: Work
    base: Edition
    witnesses: tuple[Edition, ...]
    kinds: tuple[Kind, ...]
    view: str

    def href(self, ref: str = "", *, base: Edition | None = None, **values: object) -> str:
        """The same question about a section, or with other values."""
        kinds = () if self.kinds == DEFAULT_KINDS else self.kinds
        witnesses = [self.base if base and one == base else one for one in self.witnesses]
        return links.compare(base or self.base, ref, witnesses=witnesses, kinds=kinds, **values)


def asked(urn: Urn) -> Asked:
    """What the address asks for, checked.

    Raises:
        NotFound, Gone, Forbidden: an edition is not there for this reader, or may not be read.
        UsageError: a kind or view there is not, a witness twice.
    """
    library, staff = desk().library, desk().staff
    base = edition(library, Urn(urn.work, urn.edition), staff=staff)
    named = [parse(f"urn:cts:hengyang:{urn.work}.{slug}") for slug in request.args.getlist("with") if slug]
    if named:
        witnesses = [edition(library, name, staff=staff) for name in named]
    else:
        others = comparable(desk().entry(urn.work).editions, staff=staff)
        witnesses = [one for one in others if one.id != base.id][:FIRST]
    check(base, witnesses)
    kinds = request.args.getlist("kind")
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"没有“{kind[:20]}”这类差异。", remedy=f"可用：{'、'.join(KINDS)}。")
    view = request.args.get("view", "") or default_view(witnesses)
    if view not in (APPARATUS, *sigla(witnesses)):
        raise UsageError(f"没有“{view[:20]}”这种看法。", remedy=f"可用：{'、'.join((APPARATUS, *sigla(witnesses)))}。")
    chosen = tuple(kind for kind in KINDS if kind in kinds) or DEFAULT_KINDS
    return Asked(library.work(base.work_id), base, tuple(witnesses), chosen, view)


def offer(work_id: str, one: Edition | None = None, ref: str = "") -> str:
    """Where a work's editions, or one of them with its others, are compared; empty if there are none to compare."""
    editions = comparable(desk().entry(work_id).editions, staff=desk().staff)
    if len(editions) < 2 or (one and one not in editions):
        return ""
    return links.compare(one, ref) if one else links.comparison(work_id)


def default_view(witnesses: Sequence[Edition]) -> str:
    """One witness is shown beside the base, of several the apparatus."""
    return sigla(witnesses)[0] if len(witnesses) == 1 else APPARATUS


def alignments(asked: Asked) -> list[Alignment]:
    """The witnesses aligned with the base; what is dear is done once, by one visitor at a time."""
    change = desk().library.change_number()
    with _one_at_a_time:
        return [_aligned(desk().folder, change, asked.base.urn, one.urn, desk().staff) for one in asked.witnesses]


@lru_cache(maxsize=6)
def _aligned(folder: Path, change: int, base: str, witness: str, staff: bool) -> Alignment:
    library = desk().library
    return alignment(library, *(edition(library, parse(urn), staff=staff) for urn in (base, witness)), staff=staff)


class Silent(NamedTuple):
    """A witness, and whether notes and punctuation are compared with it."""

    label: str
    notes: bool
    punctuation: bool


def silent(asked: Asked) -> list[Silent]:
    """What is left out of the comparison with each witness, because one side withholds it."""
    both = [(one, (asked.base, one)) for one in asked.witnesses]
    return [
        Silent(one.label, *(all(desk().shows(side, layer) for side in sides) for layer in ("notes", "punctuation")))
        for one, sides in both
    ]


def counts(aligned: Alignment) -> Counts:
    """Differences of each kind by section, for the whole work."""
    kind = f"compare {aligned.base.edition.id}"
    return desk().remember(kind, lambda: _counted(aligned), aligned.witness.edition.id)


def _counted(aligned: Alignment) -> Counts:
    found: dict[str, Counter[Kind]] = {}
    for unit in aligned.units(desk().library):
        found.setdefault(unit.section, Counter()).update(unit.counts)
    return found
