"""Pages of the original as a reader turns them: those under a run of passages, the next one, those with a picture."""

from __future__ import annotations

from archive import rows
from archive.errors import NotFound
from archive.library import Library
from archive.model import Page


def pages_of(library: Library, edition_id: int, first: int, last: int) -> dict[str, Page]:
    """The pages, by label, on which passages with ordinals `first` to `last` stand."""
    sql = (
        "SELECT * FROM page WHERE edition_id = :edition AND ordinal BETWEEN "
        "(SELECT min(first_page) FROM passage WHERE edition_id = :edition AND ordinal BETWEEN :first AND :last) AND "
        "(SELECT max(last_page) FROM passage WHERE edition_id = :edition AND ordinal BETWEEN :first AND :last) "
        "ORDER BY ordinal"
    )
    found = library.db.query(sql, {"edition": edition_id, "first": first, "last": last})
    return {page.label: page for page in map(rows.page, found)}


def page_near(library: Library, page: Page, step: int) -> Page | None:
    """The page `step` pages on (back if negative), if there is one."""
    sql = "SELECT * FROM page WHERE edition_id = ? AND ordinal = ?"
    return next(map(rows.page, library.db.query(sql, [page.edition_id, page.ordinal + step])), None)


def find_page(library: Library, edition_id: int, wanted: str) -> Page:
    """The page a reader means: by its label, or by leaf alone where only one page has it.

    Raises:
        NotFound: the edition has no such page, or several.
    """
    try:
        return library.page_by_label(edition_id, wanted)
    except NotFound:
        sql = "SELECT * FROM page WHERE edition_id = ? AND leaf = ? LIMIT 2"
        found = [rows.page(row) for row in library.db.query(sql, [edition_id, wanted])]
        if len(found) == 1:
            return found[0]
        raise


def has_pictures(library: Library, edition_id: int) -> bool:
    """Whether any page of the edition has a picture."""
    return bool(pictured(library, edition_id, 1))


def pictured(library: Library, edition_id: int, limit: int) -> list[Page]:
    """The first pages that have a picture."""
    sql = "SELECT * FROM page WHERE edition_id = ? AND image <> '' ORDER BY ordinal LIMIT ?"
    return [rows.page(row) for row in library.db.query(sql, [edition_id, limit])]


def media_type(library: Library, sha256: str) -> str:
    """The media type an original was stored with."""
    row = library.db.execute("SELECT media_type FROM original WHERE sha256 = ?", [sha256]).fetchone()
    return str(row[0]) if row else ""
