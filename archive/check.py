"""Is the library whole? Every finding names what is broken, where, and how grave it is."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

from archive import audit
from archive.intake import count_han
from archive.library import Library
from archive.transcription.packing import unpacked


class Finding(NamedTuple):
    """Something broken. `code` is stable; `where` an edition, passage or file."""

    code: str
    where: str
    what: str


def check(library: Library) -> Iterator[Finding]:
    """Every contradiction in the store; nothing if it is whole. A broken database is itself a finding."""
    for examine in CHECKS:
        try:
            yield from examine(library)
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            yield Finding("store", library.folder.name, f"数据库读到此处出错：{error}")
            return


def _store(library: Library) -> Iterator[Finding]:
    for (message,) in library.db.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield Finding("store", "library.sqlite", f"数据库结构损坏：{message}")
    for table, rowid, parent, _ in library.db.execute("PRAGMA foreign_key_check"):
        yield Finding("store", f"{table} 第 {rowid} 行", f"指向的{parent}不存在")


def _originals(library: Library) -> Iterator[Finding]:
    present = set(library.originals.names())
    for sha256, size in library.db.execute("SELECT sha256, bytes FROM original ORDER BY sha256"):
        if sha256 not in present:
            yield Finding("original", sha256, "原始文件不见了")
            continue
        data = library.originals.path(sha256).read_bytes()
        if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
            yield Finding("original", sha256, "原始文件的内容已改变")


def _passages(library: Library) -> Iterator[Finding]:
    sections = set(library.db.execute("SELECT edition_id, path FROM section WHERE withdrawn_at IS NULL"))
    pages = dict(library.db.execute("SELECT edition_id, count(*) FROM page GROUP BY edition_id"))
    sql = (
        "SELECT edition.urn, edition_id, ref, section, text, notes, marks, lines, passage.pages FROM passage "
        "JOIN edition ON edition.id = edition_id WHERE passage.withdrawn_at IS NULL"
    )
    for urn, edition_id, ref, section, text, notes, marks, lines, anchors in library.db.execute(sql):
        where = f"{urn}:{ref}"
        if (edition_id, section) not in sections:
            yield Finding("section", where, f"所属章节 {section} 不存在")
        for code, found in _ranges(len(text), notes, marks, lines, anchors, pages.get(edition_id, 0)):
            yield Finding(code, where, found)


def _ranges(length: int, notes: str, marks: str, lines: str, anchors: str, pages: int) -> Iterator[tuple[str, str]]:
    end = 0
    for start, stop in json.loads(notes or "[]"):
        if not end <= start < stop <= length:
            yield "note", f"夹注范围 {start}-{stop} 不在本段（{length} 字符）之内或互相重叠"
        end = stop
    for kind, start, stop, *_ in json.loads(marks or "[]"):
        if not 0 <= start <= stop <= length:
            yield "mark", f"标记 {kind} 的范围 {start}-{stop} 不在本段之内"
    for offset in json.loads(lines or "[]"):
        if not 0 < offset <= length:
            yield "line", f"行首位置 {offset} 不在本段之内"
    last = -1
    for offset, page in json.loads(anchors or "[]"):
        if not 0 <= offset <= length or not last < page < pages:
            yield "page", f"页码锚点（第 {page} 页，位置 {offset}）不在本段或本版本之内"
        last = page


def _counts(library: Library) -> Iterator[Finding]:
    for edition in library.editions():
        texts = list(library.texts(edition.id))
        pages = len(library.page_labels(edition.id))
        facts = (
            ("passages", "段数", edition.passages, len(texts)),
            ("characters", "字数", edition.characters, sum(map(count_han, texts))),
            ("pages", "页数", edition.pages, pages),
        )
        for code, label, told, real in facts:
            if told != real:
                yield Finding(code, edition.urn, f"登记的{label}为 {told}，实有 {real}")


def _images(library: Library) -> Iterator[Finding]:
    sql = (
        "SELECT urn, page.label FROM page JOIN edition ON edition.id = edition_id "
        "WHERE image != '' AND image NOT IN (SELECT sha256 FROM original)"
    )
    for urn, label in library.db.execute(sql):
        yield Finding("image", f"{urn} 第 {label} 页", "页图没有登记")


def _transcripts(library: Library) -> Iterator[Finding]:
    sql = (
        "SELECT urn, sheet.number, side, revision, transcript.state, proofread_by, validated_by, image, picture, "
        "(SELECT count(*) FROM transcript_revision WHERE transcript_id = transcript.id), "
        "(SELECT max(number) FROM transcript_revision WHERE transcript_id = transcript.id), transcript.id "
        "FROM sheet JOIN edition ON edition.id = edition_id LEFT JOIN transcript ON sheet_id = sheet.id"
    )
    known = {"", *(row[0] for row in library.db.execute("SELECT sha256 FROM original"))}
    for (
        urn,
        number,
        side,
        revision,
        state,
        proofread,
        validated,
        image,
        picture,
        count,
        last,
        id_,
    ) in library.db.execute(sql):
        where = f"{urn} 第 {number + 1} 面" if number is not None else f"{urn} 已撤下的书影"
        if not {image, picture or ""} <= known:
            yield Finding("image", where, "书影没有登记")
        if id_ is None:
            continue
        if not revision == count == last:
            yield Finding("transcript", where, f"登记为第 {revision} 版，实有 {count} 版")
        if (state == "validated" and validated in ("", proofread)) or (state == "proofread" and not proofread):
            yield Finding("transcript", where, "校对人与核对人不合：须为不同的两人")
        bodies = library.db.execute("SELECT number, body FROM transcript_revision WHERE transcript_id = ?", [id_])
        for version, body in bodies:
            try:
                unpacked(body)
            except (ValueError, TypeError, KeyError):
                yield Finding("transcript", f"{where}（{'左' if side else '右'}）", f"第 {version} 版读不出来")


def _audit(library: Library) -> Iterator[Finding]:
    for number, found in audit.verify(library):
        yield Finding("audit", f"操作记录第 {number} 条", found)


CHECKS: tuple[Callable[[Library], Iterator[Finding]], ...] = (
    _store,
    _originals,
    _passages,
    _counts,
    _images,
    _transcripts,
    _audit,
)
