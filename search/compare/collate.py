"""Comparing editions of one work: each witness aligned with a base, what differs marked by kind.

Only what this reader may read in full is compared (`archive.rights`). Where punctuation or notes of one side are
withheld, the other side's are left out of the comparison too, so that nothing can be told from what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive import browse, rights
from archive.errors import Forbidden, NotFound, UsageError
from archive.library import Library
from archive.model import Edition
from archive.urn import Urn, parse
from search.compare.align import Group, align
from search.compare.layout import Eye, Leaves, Shelf
from search.compare.model import Collation, Pair, Unit
from search.compare.moved import relocate
from search.compare.units import units

MOST = 12
"""Witnesses compared at once."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Base and witness, whole, with groups in the order of the base: what is dear to compute, and all that is kept.

    Free of the library it was made from; threads may share it until the library changes. `notes` and `punctuation`
    tell whether these are compared.
    """

    base: Shelf
    witness: Shelf
    groups: tuple[Group, ...]
    staff: bool
    notes: bool
    punctuation: bool

    def units(self, library: Library, first: int = 0, last: int | None = None) -> Iterator[Unit]:
        """The units of base passages with ordinals `first` to `last`, both included; all by default.

        Raises:
            Busy: the library has changed since.
        """
        wanted = [group for group in self.groups if self._is_wanted(group, first, last)]
        ours = Leaves(library, self.base, Eye(self.base.edition, self.staff, self.notes))
        theirs = Leaves(library, self.witness, Eye(self.witness.edition, self.staff, self.notes))
        return units(wanted, (self.base, ours), (self.witness, theirs), punctuation=self.punctuation)

    def _is_wanted(self, group: Group, first: int, last: int | None) -> bool:
        ordinal = self.base.ordinals[max(group.passage, 0)] if self.base.ordinals else 0
        return first <= ordinal and (last is None or ordinal <= last)


def collate(
    library: Library, base: Urn, witnesses: Sequence[Urn], section: str | None = None, *, staff: bool = False
) -> Collation:
    """Compare editions.

    Args:
        library: the library, opened in the thread that asks.
        base: the edition the others are compared with; a section in it stands for `section`.
        witnesses: the others, in the order they are to be told.
        section: path of a section of the base, with its subsections; all of it if None.
        staff: whether the reader belongs to the house.

    Raises:
        NotFound, Gone: an edition or the section is not there for this reader.
        Forbidden: an edition may not be read in full.
        UsageError: nothing to compare with, too many, or one twice.
        Busy: the library was written to meanwhile.
    """
    ours = edition(library, base, staff=staff)
    others = [edition(library, name, staff=staff) for name in witnesses]
    check(ours, others)
    path = section or base.ref
    aligned = [alignment(library, ours, other, staff=staff) for other in others]
    return assemble(library, aligned, *_ordinals(library, ours, path), section=path)


def assemble(
    library: Library, aligned: Sequence[Alignment], first: int = 0, last: int | None = None, *, section: str = ""
) -> Collation:
    """The comparison of base passages with ordinals `first` to `last`, both included, from alignments with one base.

    Raises:
        Busy: the library has changed since they were made.
    """
    base, witnesses = aligned[0].base.edition, [one.witness.edition for one in aligned]
    pairs = tuple(
        Pair(witness, siglum, tuple(one.units(library, first, last)), one.notes, one.punctuation)
        for one, witness, siglum in zip(aligned, witnesses, sigla(witnesses), strict=True)
    )
    titles = {one.path: one.title for one in library.sections(base.id)}
    return Collation(base, pairs, section, titles, library.change_number())


def alignment(library: Library, base: Edition, witness: Edition, *, staff: bool = False) -> Alignment:
    """Two whole editions aligned: a second for a million characters."""
    notes = all(rights.visible(one, "notes", staff=staff) for one in (base, witness))
    punctuation = all(rights.visible(one, "punctuation", staff=staff) for one in (base, witness))
    ours, theirs = (Eye(one, staff, notes).shelf(library) for one in (base, witness))
    texts = ours.letters, theirs.letters, ours.starts, theirs.starts
    groups = relocate(align(*texts), *texts)
    return Alignment(ours, theirs, tuple(groups), staff, notes, punctuation)


def edition(library: Library, name: Urn, *, staff: bool = False) -> Edition:
    """The edition a URN names, if this reader may compare it.

    Raises:
        NotFound, Gone: it is not there for this reader.
        Forbidden: its text may be found but not read in full.
        UsageError: it has no text yet.
    """
    found = browse.edition(library, name, staff=staff)
    if not rights.visible(found, "text", staff=staff):
        raise Forbidden(
            f"《{found.label}》只供检索，不能通读，因此不能对勘。", where=found.urn, remedy="请换一个正文公开的版本。"
        )
    if not found.passages:
        raise UsageError(f"《{found.label}》还没有文字，无从对勘。", where=found.urn, remedy="请等文字识别完成。")
    return found


def comparable(editions: Iterable[Edition], *, staff: bool = False) -> list[Edition]:
    """Those of the editions that this reader may compare."""
    return [one for one in editions if one.passages and rights.visible(one, "text", staff=staff)]


def check(base: Edition, witnesses: Sequence[Edition]) -> None:
    """See that there is something to compare.

    Raises:
        UsageError: no witness, too many, one twice, or the base itself.
    """
    if not witnesses:
        raise UsageError("没有指定校本。", where=base.urn, remedy="请在底本之外至少选一个版本。")
    if len(witnesses) > MOST:
        raise UsageError(f"一次最多比较 {MOST} 个校本。", where=base.urn, remedy="请分几次比较。")
    seen = {base.urn}
    for one in witnesses:
        if one.urn in seen:
            raise UsageError("底本与校本不能相同，校本也不能重复。", where=one.urn, remedy="请换一个版本。")
        seen.add(one.urn)


def sigla(witnesses: Sequence[Edition]) -> list[str]:
    """A short name for each witness: the end of its URN, or what comes before it too where two end alike."""
    names = [parse(one.urn) for one in witnesses]
    slugs = [name.edition for name in names]
    return [f"{one.work}.{one.edition}" if slugs.count(one.edition) > 1 else one.edition for one in names]


def _ordinals(library: Library, base: Edition, path: str) -> tuple[int, int | None]:
    """The first and last passage of a section; all if the path is empty."""
    if not path:
        return 0, None
    if not any(one.path == path for one in library.sections(base.id)):
        raise NotFound("底本没有这一章。", where=f"{base.urn}:{path}", remedy="请核对章节编号；wenku show 可以看目录。")
    inside = [one.ordinal for one in library.passages(base.id) if f"{one.section}.".startswith(f"{path}.")]
    return (min(inside), max(inside)) if inside else (0, -1)
