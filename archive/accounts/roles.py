"""The roles of the house, and what each may do: one literal table."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from archive.errors import UsageError

Permission = Literal[
    "users",
    "audit",
    "restricted",
    "internal",
    "edit",
    "proofread",
    "review.first",
    "review.second",
    "review.final",
    "withdraw",
    "erase",
]

PERMISSIONS: dict[Permission, str] = {
    "users": "管理账号与角色",
    "audit": "查看操作记录",
    "restricted": "阅读不公开的正文、标点、注文与书影",
    "internal": "查看名录的内部字段",
    "edit": "新建、修改、导入与送审",
    "proofread": "校对",
    "review.first": "初审",
    "review.second": "复审",
    "review.final": "终审",
    "withdraw": "撤下已发布的内容",
    "erase": "应本人要求隐藏或抹除条目",
}


class Role(NamedTuple):
    """A role: its Chinese name and what it may do."""

    label: str
    may: frozenset[Permission]


ROLES: dict[str, Role] = {
    "admin": Role("管理员", frozenset({"users", "audit", "withdraw", "erase"})),
    "editor": Role("编辑", frozenset({"edit", "proofread", "restricted", "internal"})),
    "first": Role("初审", frozenset({"review.first", "internal"})),
    "second": Role("复审", frozenset({"review.second", "internal"})),
    "final": Role("终审", frozenset({"review.final", "withdraw", "internal"})),
    "librarian": Role("馆员", frozenset({"proofread", "restricted"})),
}


def role_named(name: str) -> str:
    """The name of a role given by its name or its Chinese label.

    Raises:
        UsageError: there is no such role; the message lists those there are.
    """
    for role, (label, _) in ROLES.items():
        if name in (role, label):
            return role
    known = "、".join(f"{label}（{role}）" for role, (label, _) in ROLES.items())
    raise UsageError(f"没有“{name[:20]}”这个角色。", remedy=f"可用：{known}。")


assert set(PERMISSIONS) == set(get_args(Permission))
