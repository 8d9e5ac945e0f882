"""The people of the house: accounts added, listed, changed. Nobody is ever deleted: what one did stays theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

from archive import audit, clock
from archive.accounts import passwords
from archive.accounts.roles import ROLES, Permission, role_named
from archive.errors import Conflict, NotFound, UsageError
from archive.library import Library
from archive.writer import writing

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_COLUMNS = "id, login, name, roles, state, temporary, created_at, last_login_at, failures, locked_until, epoch"


@dataclass(frozen=True, slots=True)
class User:
    """A person of the house. Moments are UTC as `archive.clock` writes them.

    `temporary`: the password was set by someone else and must be changed before anything may be done. `epoch` counts
    what ends every session: a new password, a new state.
    """

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool
    temporary: bool
    created_at: str
    last_login_at: str | None
    failures: int
    locked_until: str | None
    epoch: int

    def may(self, permission: Permission) -> bool:
        """Whether the person may do this now."""
        return self.active and not self.temporary and any(permission in ROLES[role].may for role in self.roles)

    @property
    def locked(self) -> bool:
        """Whether wrong passwords keep the person out for now."""
        return self.locked_until is not None and self.locked_until > clock.now()

    @property
    def labels(self) -> list[str]:
        """The Chinese names of the roles."""
        return [ROLES[role].label for role in self.roles]

    def as_json(self) -> dict[str, Any]:
        """The account for programs; nothing of the password."""
        return {
            "login": self.login,
            "name": self.name,
            "roles": list(self.roles),
            "state": "active" if self.active else "disabled",
            "temporary": self.temporary,
            "created_at": self.created_at,
            "last_login_at": self.last_login_at,
            "locked_until": self.locked_until if self.locked else None,
        }


class Accounts:
    """The accounts of a library. `by` is who does it, for the audit trail: a login name, or what stands for one."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def all(self) -> list[User]:
        """Every account, by login name."""
        return self._users("ORDER BY login")

    def names(self) -> dict[str, str]:
        """The names of people by login name, for showing who did what."""
        return dict(self.library.db.execute("SELECT login, name FROM user"))

    def get(self, login: str) -> User:
        """One account.

        Raises:
            NotFound: there is none of that name.
        """
        for user in self._users("WHERE login = ?", login.strip().casefold()):
            return user
        raise NotFound(f"没有“{login[:40]}”这个账号。", remedy="wenku user list 列出全部账号。")

    def in_session(self, number: int, epoch: int) -> User | None:
        """The active account a session belongs to, if nothing has ended that session since."""
        return next(iter(self._users("WHERE id = ? AND epoch = ? AND state = 'active'", number, epoch)), None)

    def add(
        self, login: str, name: str, roles: Iterable[str], password: str, *, by: str, temporary: bool = False
    ) -> User:
        """Add an account. `temporary`: its password must be changed at the first login.

        Raises:
            UsageError: the login name, name, roles or password will not do.
            Conflict: the login name is taken.
        """
        login, name = _login(login), _name(name)
        held = _roles(roles)
        passwords.refuse_weak(password, login)
        kept = passwords.hashed(password)
        with writing(self.library):
            if self._users("WHERE login = ?", login):
                raise Conflict(f"登录名 {login} 已经有人用了。", remedy="请换一个登录名。")
            self.library.db.execute(
                "INSERT INTO user (login, name, roles, password, temporary, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                [login, name, dumps(held), kept, int(temporary), clock.now()],
            )
            self._record(by, "user.add", login, roles=held)
        return self.get(login)

    def set_password(self, login: str, password: str, *, by: str, temporary: bool = False) -> User:
        """Give an account a new password; ends its sessions and its lock.

        Raises:
            NotFound, UsageError: there is no such account; the password is too weak.
        """
        user = self.get(login)
        passwords.refuse_weak(password, user.login)
        kept = passwords.hashed(password)
        with writing(self.library):
            self._set(
                user, "password = ?, temporary = ?, failures = 0, locked_until = NULL", kept, int(temporary), ends=True
            )
            self._record(by, "user.password", user.login, temporary=temporary)
        return self.get(login)

    def set_roles(self, login: str, roles: Iterable[str], *, by: str) -> User:
        """Say anew which roles an account has.

        Raises:
            NotFound, UsageError: there is no such account or role.
            Conflict: nobody would be left to manage accounts.
        """
        held = _roles(roles)
        with writing(self.library):
            user = self.get(login)
            self._set(user, "roles = ?", dumps(held))
            self._record(by, "user.roles", user.login, before=list(user.roles), after=held)
            self._refuse_no_admin(user)
        return self.get(login)

    def disable(self, login: str, *, by: str) -> User:
        """Keep a person out from now on.

        Raises:
            NotFound: there is no such account.
            Conflict: nobody would be left to manage accounts.
        """
        with writing(self.library):
            user = self.get(login)
            self._set(user, "state = 'disabled'", ends=True)
            self._record(by, "user.disable", user.login)
            self._refuse_no_admin(user)
        return self.get(login)

    def enable(self, login: str, *, by: str) -> User:
        """Let a person in again: the account is active, and no lock is on it.

        Raises:
            NotFound: there is no such account.
        """
        with writing(self.library):
            user = self.get(login)
            self._set(user, "state = 'active', failures = 0, locked_until = NULL")
            self._record(by, "user.enable", user.login)
        return self.get(login)

    def end_sessions(self, login: str, *, by: str) -> User:
        """Log a person out everywhere.

        Raises:
            NotFound: there is no such account.
        """
        with writing(self.library):
            user = self.get(login)
            self._set(user, "id = id", ends=True)
            self._record(by, "user.logout", user.login)
        return self.get(login)

    def _set(self, user: User, changes: str, *values: Any, ends: bool = False) -> None:
        epoch = ", epoch = epoch + 1" if ends else ""
        self.library.db.execute(f"UPDATE user SET {changes}{epoch} WHERE id = ?", [*values, user.id])

    def _record(self, by: str, action: str, login: str, **details: Any) -> None:
        audit.record(self.library, by, action, f"user/{login}", **details)

    def _refuse_no_admin(self, before: User) -> None:
        """Undo what takes away the last who may manage accounts."""
        if before.may("users") and not any(user.may("users") for user in self.all()):
            raise Conflict("这是最后一个管理员，不能停用或免去角色。", remedy="请先把另一个账号设为管理员。")

    def _users(self, where: str, *values: Any) -> list[User]:
        found = self.library.db.execute(f"SELECT {_COLUMNS} FROM user {where}", list(values)).fetchall()
        return [_user(row) for row in found]


def _user(row: tuple[Any, ...]) -> User:
    number, login, name, roles, state, temporary, *rest = row
    return User(number, login, name, tuple(loads(roles)), state == "active", bool(temporary), *rest)


def _login(asked: str) -> str:
    login = asked.strip().casefold()
    if not _LOGIN.fullmatch(login):
        raise UsageError(
            f"登录名“{asked[:40]}”不合写法。",
            remedy="2 到 32 个字符，字母开头，只用字母、数字、点、下划线和连字符，如 zhang.san。",
        )
    return login


def _name(asked: str) -> str:
    name = asked.strip()
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise UsageError("姓名要写，至多 40 个字。", remedy="写本人姓名，审读记录上要用。")
    return name


def _roles(asked: Iterable[str]) -> list[str]:
    """Roles by name or label, each once, in the order of the table."""
    wanted = {role_named(name) for name in asked}
    return [role for role in ROLES if role in wanted]
