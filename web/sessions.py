"""Sessions: signed cookies that end, forms that only our own pages can send, and a limit to guessing.

Readers get no cookie. A session ends after `IDLE` seconds without a request, `WHOLE` seconds after the login, when the
password changes, when the account is disabled, and when its owner logs out everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_login import LoginManager, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from archive import clock
from archive.accounts import Accounts, User
from archive.secret import secret
from web.access import Session, make_room
from web.desk import desk

IDLE, WHOLE = 60 * 60, 12 * 60 * 60
"""Seconds."""
RENEW = 60
"""Seconds after which a request renews the idle time: a cookie a minute, not a cookie a page."""
LOGINS = "10 per minute; 60 per hour"
"""Attempts to log in from one address."""
COOKIE = "wenku"


class _Cookies(SecureCookieSessionInterface):
    """Cookies for HTTPS only where the site is on HTTPS; none, and no word of any, with static files."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or desk().config.site.base_url.startswith("https:")

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith("/static/"):
            super().save_session(app, session, response)


class _Attempts(Limiter):
    """Counts where it is told to and leaves every other request alone."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


def install(app: Flask, folder: Path) -> None:
    """Let people of the house log in to `app`, the site over the library in `folder`.

    Raises:
        WenkuError: the library's secret can be neither read nor made.
    """
    app.secret_key = secret(folder)
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_PROTECTION=None,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
    )
    app.session_interface = _Cookies()
    manager = LoginManager()
    manager.user_loader(_person)
    app.login_manager = manager  # type: ignore[attr-defined]  # init_app would look at every answer for a second cookie
    app.before_request(make_room)
    CSRFProtect(app)
    app.extensions["limiter of logins"] = _Attempts(_visitor, app=app, storage_uri="memory://")


def begin(user: User) -> None:
    """Begin a session of this person's; whatever the browser held before is dropped."""
    session.clear()
    login_user(Session(user))
    session["began"] = session["seen"] = clock.now()


def end() -> None:
    """End this browser's session."""
    logout_user()
    session.clear()


def count_attempt() -> None:
    """Count an attempt to log in.

    Raises:
        RateLimitExceeded: too many came from this address.
    """
    limiter = cast(Limiter, current_app.extensions["limiter of logins"])
    with limiter.limit(LOGINS):
        return


def _person(told: str) -> Session | None:
    """Whose session it is, if it has not ended; one that has is forgotten."""
    number, _, epoch = told.partition(".")
    now, began, seen = clock.now(), session.get("began", ""), session.get("seen", "")
    user = None
    if began and seen and now <= clock.after(began, WHOLE) and now <= clock.after(seen, IDLE):
        user = Accounts(desk().library).in_session(int(number), int(epoch))
    if user is None:
        session.clear()
        return None
    if now > clock.after(seen, RENEW):
        session["seen"] = now
    return Session(user)


def _visitor() -> str:
    """The address of who asks. Behind a proxy on this machine, what that proxy says last of where it comes from."""
    peer = request.remote_addr or ""
    if peer in ("127.0.0.1", "::1", "") and (told := request.headers.get("X-Forwarded-For")):
        return told.rpartition(",")[2].strip()
    return peer
