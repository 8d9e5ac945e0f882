"""Editions taken out of the library's answers, and put back: with a reason, in the audit trail."""

from __future__ import annotations

from archive import audit
from archive.errors import NotFound, UsageError
from archive.library import Library
from archive.urn import Urn
from archive.writer import restore_edition, withdraw_edition, writing


def withdraw(library: Library, name: Urn, who: str, reason: str) -> list[str]:
    """Withdraw an edition, or every edition of a work; the URNs of those withdrawn.

    Raises:
        NotFound: there is nothing of that name to withdraw.
        UsageError: the URN names a part of an edition, or no reason is given.
    """
    if not reason.strip():
        raise UsageError("没有写撤下的理由。", where=str(name), remedy="如 --reason 应权利人要求。")
    with writing(library):
        found = _named(library, name, withdrawn=False)
        for edition_id, urn in found:
            withdraw_edition(library, edition_id)
            audit.record(library, who, "edition.withdraw", urn, reason=reason.strip())
    return [urn for _, urn in found]


def restore(library: Library, name: Urn, who: str) -> list[str]:
    """Put back an edition that was withdrawn, or every such edition of a work; their URNs.

    Raises:
        NotFound: nothing of that name is withdrawn.
        UsageError: the URN names a part of an edition.
    """
    with writing(library):
        found = _named(library, name, withdrawn=True)
        for edition_id, urn in found:
            restore_edition(library, edition_id)
            audit.record(library, who, "edition.restore", urn)
    return [urn for _, urn in found]


def _named(library: Library, name: Urn, *, withdrawn: bool) -> list[tuple[int, str]]:
    """(id, URN) of the editions a URN names, withdrawn ones or the others."""
    if name.ref:
        raise UsageError("撤下与恢复只能是整个版本或整部著作。", where=str(name), remedy="请去掉编号里的章和段。")
    sql = "SELECT id, urn FROM edition WHERE work_id = ? AND (withdrawn_at IS NOT NULL) = ? ORDER BY id"
    rows: list[tuple[int, str]] = library.db.execute(sql, [name.work, withdrawn]).fetchall()
    found = [(edition_id, urn) for edition_id, urn in rows if urn == name.edition_urn or not name.edition]
    if not found:
        what = "没有撤下的版本叫这个编号。" if withdrawn else "没有这个编号的版本，或早已撤下。"
        raise NotFound(what, where=str(name), remedy="wenku works 列出在架的版本；撤下的见操作记录。")
    return found
