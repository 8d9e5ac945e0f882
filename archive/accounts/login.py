"""Letting a person in: one answer for every reason not to, and a delay that grows with every wrong guess."""

from __future__ import annotations

from archive import audit, clock
from archive.accounts import passwords
from archive.accounts.people import Accounts, User
from archive.errors import Forbidden
from archive.library import Library
from archive.writer import writing

FREE = 5
"""Wrong passwords in a row before the first delay."""
FIRST_DELAY, LONGEST_DELAY = 60, 3600
"""Seconds the account is locked at the `FREE`th wrong password; doubled by each further one, up to the longest."""


def delay(failures: int) -> int:
    """Seconds an account is locked after `failures` wrong passwords in a row."""
    if failures < FREE:
        return 0
    return min(FIRST_DELAY << min(failures - FREE, 16), LONGEST_DELAY)


def authenticate(library: Library, login: str, password: str) -> User:
    """The person whom login name and password let in.

    An attempt is counted before the password is looked at, so that guesses made at once gain nothing. A name nobody
    has takes as long as one that somebody has.

    Raises:
        Forbidden: not let in; the words are the same whether name or password is wrong, the account locked or disabled.
    """
    found = _charge(library, login)
    user, kept = found or (None, "")
    good = passwords.matches(password, kept)
    if user is not None and good and _admit(library, user, password if passwords.outdated(kept) else None):
        return Accounts(library).get(user.login)
    if user is not None:
        with writing(library):
            audit.record(library, user.login, "login.refused", f"user/{user.login}")
    raise Forbidden(
        "没有登录：登录名或密码不对，或者账号已停用、暂时锁定。",
        remedy=f"连续输错 {FREE} 次，要等 1 分钟才能再试，之后每错一次加倍。忘了密码请找管理员重设。",
    )


def _charge(library: Library, login: str) -> tuple[User, str] | None:
    """Count the attempt; the person and the password kept of them, empty if they are locked out."""
    with writing(library):
        name = login.strip().casefold()
        row = library.db.execute("SELECT id, password FROM user WHERE login = ?", [name]).fetchone()
        if row is None:
            return None
        user = Accounts(library).get(name)
        if user.locked or not user.active:
            return user, ""
        failures = user.failures + 1
        wait = delay(failures)
        until = clock.after(clock.now(), wait) if wait else None
        library.db.execute("UPDATE user SET failures = ?, locked_until = ? WHERE id = ?", [failures, until, user.id])
        return user, row[1]


def _admit(library: Library, user: User, renew: str | None) -> bool:
    """Note the login, `renew` the kept password; false if the account was changed meanwhile."""
    kept = passwords.hashed(renew) if renew is not None else None
    with writing(library):
        done = library.db.execute(
            "UPDATE user SET failures = 0, locked_until = NULL, last_login_at = ?, password = coalesce(?, password) "
            "WHERE id = ? AND epoch = ? AND state = 'active'",
            [clock.now(), kept, user.id, user.epoch],
        )
        if done.rowcount:
            audit.record(library, user.login, "login", f"user/{user.login}")
        return bool(done.rowcount)
