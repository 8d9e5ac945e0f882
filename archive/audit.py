"""The audit trail: who did what to which thing when, appended and never changed.

Every entry carries the SHA-256 of the one before it and of itself, so that an entry altered, left out or moved shows in
`verify`; triggers refuse UPDATE and DELETE. It holds no password and no value of any field: what a person may have
erased must not survive here. Things are named by their ids, changes by the names of fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

from archive import clock
from archive.library import Library
from archive.writer import writing

# What an action is called where people read the trail; one that is not here is shown by its own name.
ACTIONS: dict[str, str] = {
    "login": "登录",
    "login.refused": "登录被拒",
    "logout": "退出",
    "user.add": "新建账号",
    "user.roles": "改变角色",
    "user.password": "设置密码",
    "user.disable": "停用账号",
    "user.enable": "启用账号",
    "user.logout": "在所有设备上退出",
    "access.refused": "越权被拒",
    "review.submit": "送审",
    "review.approve": "审读通过",
    "review.return": "退回",
    "review.withdraw": "撤下",
    "review.forget": "抹去审读记录",
    "record.create": "新建条目",
    "record.save": "修改条目",
    "record.import": "导入条目",
    "record.merge": "合并条目",
    "record.apart": "判定两条不是同一条",
    "record.alike": "收回不是同一条的判定",
    "record.invite": "发填报链接",
    "record.hide": "隐藏条目",
    "record.unhide": "不再隐藏条目",
    "record.erase": "抹除条目",
    "directory.apply": "应用名录声明",
    "directory.export": "导出名录（含内部字段）",
    "mention.confirm": "确认文中提到",
    "mention.refuse": "否定文中提到",
    "mention.forget": "收回文中提到的认定",
    "edition.withdraw": "撤下版本",
    "edition.restore": "恢复版本",
    "page.state": "改变页面的校对状态",
    "job.enqueue": "开始识别书影",
    "job.pause": "暂停识别",
    "job.resume": "继续识别",
    "job.cancel": "取消识别",
    "job.retry": "重试读不出的页",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `number` counts from 1 without gaps; `at` is UTC; `hash` is 64 hexadecimal digits."""

    number: int
    at: str
    who: str
    action: str
    object: str
    details: Mapping[str, Any]
    hash: str

    @property
    def label(self) -> str:
        """The action in Chinese."""
        return ACTIONS.get(self.action, self.action)


def record(library: Library, who: str, action: str, object: str, **details: Any) -> None:
    """Append an entry, in the transaction of what it tells of.

    Args:
        library: the library.
        who: a login name, or what stands for one.
        action: a key of `ACTIONS`.
        object: what it was done to, by its id: `user/zhang.san`, `record/42`.
        details: names, numbers and ids that JSON can hold; never a password or the value of a field.
    """
    with writing(library):
        last = library.db.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
        number, before = (last[0] + 1, last[1]) if last else (1, "")
        row = (number, clock.now(), who, action, object, dumps(details, ensure_ascii=False, sort_keys=True))
        library.db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", [*row, _hash(before, row)])


def entries(
    library: Library, *, who: str = "", action: str = "", object: str = "", before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Entries, newest first: of one person, action or object if asked, numbered under `before`, at most `limit`."""
    sql = (
        "SELECT * FROM audit WHERE (:who = '' OR who = :who) AND (:action = '' OR action = :action) "
        "AND (:object = '' OR object = :object) AND (:before IS NULL OR number < :before) "
        "ORDER BY number DESC LIMIT :limit"
    )
    asked = {"who": who, "action": action, "object": object, "before": before, "limit": limit}
    found = library.db.execute(sql, asked).fetchall()
    return [Entry(number, at, by, act, of, loads(told), kept) for number, at, by, act, of, told, kept in found]


def verify(library: Library) -> Iterator[tuple[int, str]]:
    """(number, what is wrong) of every place where the trail is not as it was written; nothing if it is whole."""
    number, before = 0, ""
    for *row, kept in library.db.execute("SELECT * FROM audit ORDER BY number"):
        if row[0] != number + 1:
            yield row[0], f"第 {number + 1} 至 {row[0] - 1} 条不见了"
        elif kept != _hash(before, row):
            yield row[0], "与前后的校验值不合，被改动过"
        number, before = row[0], kept


def _hash(before: str, row: Any) -> str:
    return hashlib.sha256(dumps([before, *row], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
