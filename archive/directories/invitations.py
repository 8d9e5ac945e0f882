"""Self-service: a link by which one person fills in one entry, once, for a limited time; and what the public sends in.

The link carries 256 random bits; the store keeps only their SHA-256, so that whoever reads the store cannot use it.
(A signature would add nothing: a token that was not given out is not in the store.) What comes back is a draft like
any other and is reviewed like any other. The internal values the entry already has are never shown to the holder of the
link, who may only write new ones.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from archive import audit, clock
from archive.directories import records, store, values
from archive.directories.model import Directory, Key, Values
from archive.directories.store import Changed, Edit
from archive.errors import Forbidden, Gone, NotFound, UsageError
from archive.library import Library
from archive.writer import writing

LONGEST_DAYS = 60
SELF = "本人填报"
PUBLIC = "公众投稿"

_DAY = 24 * 3600


class Invitation(NamedTuple):
    """A link as its holder meets it: which entry, the values to begin from, until when (UTC)."""

    key: Key
    title: str
    values: Values
    """Public fields only."""
    filled: frozenset[str]
    """Internal fields that have a value, which is not shown."""
    expires_at: str


class Spent(Gone):
    """A link that was good once: used, expired, or its entry no longer takes it."""


def invite(library: Library, key: Key, who: str, *, days: int = 14) -> str:
    """Make a link's token for an entry; earlier unused ones for it end.

    Raises:
        UsageError: it would last longer than `LONGEST_DAYS`, or not at all.
        NotFound, Gone: there is no such entry, or it is hidden or merged.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"链接的有效期应在 1 到 {LONGEST_DAYS} 天之间。")
    with writing(library):
        now = records.record(library, key)
        if now.hidden_at or now.merged_into:
            raise Gone("这一条已隐藏或已并入别处，不能请本人填写。", where=str(key))
        token, at = secrets.token_urlsafe(32), clock.now()
        library.db.execute("DELETE FROM invitation WHERE record_id = ? AND used_at IS NULL", [now.id])
        row = [_hash(token), now.id, now.version, who, at, clock.after(at, days * _DAY)]
        library.db.execute(
            "INSERT INTO invitation (token, record_id, version, who, at, expires_at) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        audit.record(library, who, "record.invite", f"record/{key}", days=days)
    return token


def opened(library: Library, directories: Mapping[str, Directory], token: str) -> Invitation:
    """What a link leads to.

    Raises:
        NotFound: no such link was given out, or it was replaced by a newer one.
        Gone: it has expired, has been used, or its entry is no longer open.
    """
    _, record, _, expires_at = _live(library, token)
    public, internal = values.parted(directories[record.directory], record.values)
    return Invitation(record.key, record.title, public, frozenset(internal), expires_at)


def answer(library: Library, directories: Mapping[str, Directory], token: str, given: Values) -> Key:
    """Store what the holder of a link filled in, as a draft; the link is used up with it.

    Args:
        library: the library.
        directories: those in force.
        token: of the link.
        given: values that `values.check` gave; internal fields left out keep what they have.

    Raises:
        NotFound, Gone: as `opened`.
        UsageError: something required is missing.
        StaleEdit: the entry has been changed since the link was made; the link stays good.
    """
    with writing(library):
        hashed, record, base, _ = _live(library, token)
        directory = directories[record.directory]
        _, kept = values.parted(directory, record.values)
        merged = {**kept, **given}
        full = {key: merged[key] for key in directory.by_key if key in merged}
        _refuse_lacking(directory, full)
        store.save(library, directory, Changed(record.key, base, full), Edit(SELF, "自助填报链接"))
        library.db.execute("UPDATE invitation SET used_at = ? WHERE token = ?", [clock.now(), hashed])
    return record.key


def submit(library: Library, directory: Directory, given: Values) -> Key:
    """Store what someone of the public sends in, as a draft.

    Raises:
        Forbidden: the directory takes nothing from the public, or not this.
        UsageError: something required is missing.
    """
    if not directory.submission or given.keys() - set(directory.submission):
        raise Forbidden(f"{directory.label}不接受公众投稿{'这些栏目' if directory.submission else ''}。")
    _refuse_lacking(directory, given)
    return store.create(library, directory, given, Edit(PUBLIC, "网上投稿"))


def _refuse_lacking(directory: Directory, given: Mapping[str, Any]) -> None:
    if lacks := values.lacking(directory, given):
        raise UsageError(f"还缺少：{'、'.join(one.label for one in lacks)}。", remedy="请补全后再提交。")


def _live(library: Library, token: str) -> tuple[str, records.Record, int, str]:
    """A link that can be used: its hash, its entry, the version it began from, when it ends."""
    hashed = _hash(token)
    sql = (
        "SELECT directory, slug, invitation.version, expires_at, used_at FROM invitation "
        "JOIN record ON record.id = record_id WHERE token = ?"
    )
    row = library.db.execute(sql, [hashed]).fetchone()
    if row is None:
        raise NotFound("没有这个填报链接。", remedy="请核对链接是否完整；也可能已换发了新的，请向发链接的人索取。")
    if row[4]:
        raise Spent(f"这个填报链接已于 {row[4][:10]} 用过，只能提交一次。", remedy="要再修改，请向发链接的人索取新的。")
    if row[3] <= clock.now():
        raise Spent(f"这个填报链接已于 {row[3][:10]} 到期。", remedy="请向发链接的人索取新的。")
    record = records.record(library, Key(row[0], row[1]))
    if record.hidden_at or record.merged_into:
        raise Spent("这一条现在不能填写。", remedy="请与发链接的人联系。")
    return hashed, record, row[2], row[3]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
