"""The source pictures of an edition: which they are, what is shown of them, and how they are known again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from archive import clock
from archive.library import Library
from archive.writer import writing


@dataclass(frozen=True, slots=True)
class Sheet:
    """One source picture. `sha256` and `frame` say where it is from, `image` is the picture shown, among originals.

    `width`, `height`: of the picture shown, in pixels; 0 where unknown. `name`: of the source file. `error`: why it
    could not be read, empty if it could or nobody has tried. `label`: what the source calls it, empty if nothing.
    """

    edition_id: int
    number: int
    sha256: str
    frame: int
    image: str = ""
    width: int = 0
    height: int = 0
    name: str = ""
    error: str = ""
    label: str = ""


def sheets(library: Library, edition_id: int) -> list[Sheet]:
    """The source pictures of an edition, in order."""
    sql = (
        "SELECT edition_id, number, sha256, frame, image, width, height, name, error, label FROM sheet "
        "WHERE edition_id = ? AND number NOT NULL ORDER BY number"
    )
    return [Sheet(*row) for row in library.db.execute(sql, [edition_id])]


def keep_picture(library: Library, image: bytes, media_type: str) -> str:
    """Store a picture of a page among the originals; its SHA-256.

    Raises:
        WenkuError: the disk is full or cannot be written.
    """
    sha256 = library.originals.put(image)
    with writing(library):
        sql = "INSERT OR IGNORE INTO original (sha256, bytes, media_type) VALUES (?, ?, ?)"
        library.db.execute(sql, [sha256, len(image), media_type])
    return sha256


def write_sheets(library: Library, edition_id: int, given: Sequence[Sheet]) -> list[str]:
    """Say what the source pictures of an edition are, in order; what was read of them goes with them.

    A picture is known again by its file's content, or by its own; else by its file's name and frame: then what an
    engine read of it is to be read anew, and what was proofread or came from elsewhere stays and waits for another
    look. What is no longer among them keeps its transcripts, out of sight.

    Returns:
        The names of replaced pictures whose text stays.
    """
    with writing(library):
        sql = "SELECT id, sha256, frame, image, name FROM sheet WHERE edition_id = ? ORDER BY number IS NULL, number"
        there = library.db.execute(sql, [edition_id]).fetchall()
        same = _known(
            [(row[0], ((row[1], row[2]), row[3])) for row in there],
            [((one.sha256, one.frame), one.image) for one in given],
        )
        left = [(row[0], ((row[4], row[2]),)) for row in there if row[0] not in same]
        named = _known(
            left, [((one.name, one.frame),) if id_ is None else () for one, id_ in zip(given, same, strict=True)]
        )
        library.db.execute("UPDATE sheet SET number = NULL WHERE edition_id = ?", [edition_id])
        replaced = []
        for number, one in enumerate(given):
            id_ = same[number] or named[number]
            _write(library, id_, replace(one, edition_id=edition_id, number=number))
            if id_ and not same[number] and _replaced(library, id_):
                replaced.append(f"{one.name} 第 {one.frame + 1} 面")
    return replaced


def show_sheet(library: Library, sheet: Sheet, image: bytes, media_type: str, size: tuple[int, int]) -> None:
    """Give a sheet that has none its picture, which measures `size` pixels."""
    with writing(library):
        sql = "UPDATE sheet SET image = ?, width = ?, height = ? WHERE edition_id = ? AND number = ? AND image = ''"
        sha256 = keep_picture(library, image, media_type)
        library.db.execute(sql, [sha256, *size, sheet.edition_id, sheet.number])


def _known(
    there: Sequence[tuple[int, tuple[Hashable, ...]]], wanted: Sequence[tuple[Hashable, ...]]
) -> list[int | None]:
    """For each of `wanted` the id of what bears its name: its first name before all, then its second; each id once."""
    found: list[int | None] = [None] * len(wanted)
    used: set[int] = set()
    for rank in range(max(map(len, wanted), default=0)):
        ids: dict[Hashable, list[int]] = {}
        for id_, names in there:
            if id_ not in used and names[rank]:
                ids.setdefault(names[rank], []).append(id_)
        for at, names in enumerate(wanted):
            if found[at] is None and rank < len(names) and (bearing := ids.get(names[rank])):
                id_ = bearing.pop(0)
                found[at] = id_
                used.add(id_)
    return found


def _write(library: Library, id_: int | None, sheet: Sheet) -> None:
    facts = [sheet.number, sheet.name, sheet.label, sheet.sha256, sheet.frame, sheet.image, sheet.width, sheet.height]
    if id_ is None:
        sql = (
            "INSERT INTO sheet (number, name, label, sha256, frame, image, width, height, edition_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        library.db.execute(sql, [*facts, sheet.edition_id])
        return
    sql = (
        "UPDATE sheet SET number = ?, name = ?, label = ?, sha256 = ?, frame = ?, "
        "image = coalesce(nullif(?, ''), image), "
        "width = coalesce(nullif(?, 0), width), height = coalesce(nullif(?, 0), height) WHERE id = ?"
    )
    library.db.execute(sql, [*facts, id_])


def _replaced(library: Library, id_: int) -> bool:
    """Let what was made of a sheet's old picture wait for another look; false, and it goes, if an engine read it."""
    library.db.execute("UPDATE sheet SET error = '' WHERE id = ?", [id_])
    sql = (
        "UPDATE transcript SET state = 'problem', picture = '', proofread_by = '', validated_by = '' "
        "WHERE sheet_id = ? AND by_hand AND dropped_at IS NULL"
    )
    if library.db.execute(sql, [id_]).rowcount:
        return True
    library.db.execute("UPDATE transcript SET dropped_at = ? WHERE sheet_id = ?", [clock.now(), id_])
    return False
