"""Logging in and out, one's own account, and for administrators everybody's accounts and the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from archive import audit
from archive.accounts import ROLES, Accounts, User, authenticate, passwords
from archive.errors import Forbidden, NotFound, UsageError, WenkuError
from web import access, links, sessions
from web.access import login_required, permission_required
from web.desk import desk

blueprint = Blueprint("accounts", __name__)

ENTRIES = 100
"""Entries of the audit trail on one page."""
Page = str | Response | tuple[str, int]


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Page:
    """Where people of the house log in."""
    then = _here(request.values.get("next", ""))
    if request.method == "GET":
        return redirect(then) if access.current() else render_template("accounts/login.html", then=then)
    sessions.count_attempt()
    name = request.form.get("login", "")
    try:
        user = authenticate(desk().library, name, request.form.get("password", ""))
    except Forbidden as error:
        return render_template("accounts/login.html", then=then, login=name[:40], error=error), error.http_status
    sessions.begin(user)
    return redirect(links.account() if user.temporary else then, 303)


@blueprint.post("/logout")
def logout() -> Page:
    """End this browser's session."""
    if user := access.current():
        audit.record(desk().library, user.login, "logout", f"user/{user.login}")
    sessions.end()
    return redirect("/", 303)


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> Page:
    """One's own account: what one may do, and a new password."""
    user = access.current()
    if user is None and request.method == "GET":
        return redirect(links.login(links.account()))
    user = access.user()
    if request.method == "GET":
        return _account(user)
    try:
        _change_password(user)
    except WenkuError as error:
        return _account(user, error)
    return redirect(links.account() + links.query(done="password"), 303)


@blueprint.post("/account/sessions")
@login_required
def end_everywhere() -> Page:
    """Log out on every device."""
    user = access.user()
    Accounts(desk().library).end_sessions(user.login, by=user.login)
    sessions.end()
    return redirect(links.login(), 303)


@blueprint.route("/admin/users", methods=["GET", "POST"])
@permission_required("users")
def users() -> Page:
    """Everybody's accounts; a form adds one."""
    accounts = Accounts(desk().library)
    form = request.form
    error: WenkuError | None = None
    if request.method == "POST":
        try:
            made = accounts.add(
                form.get("login", ""),
                form.get("name", ""),
                form.getlist("role"),
                form.get("password", ""),
                by=access.user().login,
                temporary=True,
            )
            return redirect(links.user(made.login), 303)
        except WenkuError as found:
            error = found
    typed = {"login": form.get("login", ""), "name": form.get("name", ""), "roles": form.getlist("role")}
    page = render_template(
        "accounts/users.html", people=accounts.all(), roles=ROLES, typed=typed, error=error, shortest=passwords.SHORTEST
    )
    return page, error.http_status if error else 200


@blueprint.get("/admin/users/<login>")
@permission_required("users")
def user(login: str) -> Page:
    """One account."""
    return _user(login)


@blueprint.post("/admin/users/<login>")
@permission_required("users")
def change_user(login: str) -> Page:
    """Change an account."""
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        raise UsageError("没有这种操作。", remedy=f"可用：{'、'.join(_ACTS)}。")
    try:
        act(Accounts(desk().library), login, access.user().login)
    except NotFound:
        raise
    except WenkuError as error:
        return _user(login, error)
    return redirect(links.user(login), 303)


@blueprint.get("/admin/audit")
@permission_required("audit")
def trail() -> Page:
    """The audit trail, newest first."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 12):
        raise UsageError(f"没有第 {before[:12]} 条记录。", remedy="请从最新的翻起。")
    asked = {name: request.args.get(name, "").strip() for name in ("who", "action", "object")}
    found = audit.entries(desk().library, **asked, before=int(before) if before else None, limit=ENTRIES + 1)
    older = links.audit(**asked, before=found[ENTRIES - 1].number) if len(found) > ENTRIES else ""
    return render_template(
        "accounts/audit.html", entries=found[:ENTRIES], asked=asked, actions=audit.ACTIONS, older=older
    )


def _change_password(user: User) -> None:
    """Set one's own password and go on in a new session; all the others end.

    Raises:
        Forbidden: the present password is wrong.
        UsageError: the new one will not do.
    """
    form = request.form
    old, new = form.get("old", ""), form.get("new", "")
    sessions.count_attempt()
    if new != form.get("again", ""):
        raise UsageError("两次输入的新密码不一样。", remedy="请重新输入。")
    if new == old:
        raise UsageError("新密码和现在的一样。", remedy="请换一个。")
    authenticate(desk().library, user.login, old)
    sessions.begin(Accounts(desk().library).set_password(user.login, new, by=user.login))


def _account(user: User, error: WenkuError | None = None) -> Page:
    page = render_template(
        "accounts/account.html", user=user, error=error, done=request.args.get("done"), shortest=passwords.SHORTEST
    )
    return page, error.http_status if error else 200


def _user(login: str, error: WenkuError | None = None) -> Page:
    accounts = Accounts(desk().library)
    found = accounts.get(login)
    entries = audit.entries(desk().library, object=f"user/{found.login}", limit=20)
    page = render_template(
        "accounts/user.html",
        user=found,
        roles=ROLES,
        entries=entries,
        names=accounts.names(),
        error=error,
        shortest=passwords.SHORTEST,
    )
    return page, error.http_status if error else 200


def _set_password(accounts: Accounts, login: str, by: str) -> None:
    accounts.set_password(login, request.form.get("password", ""), by=by, temporary=True)


# What an administrator may do to an account.
_ACTS: dict[str, Callable[[Accounts, str, str], object]] = {
    "roles": lambda accounts, login, by: accounts.set_roles(login, request.form.getlist("role"), by=by),
    "password": _set_password,
    "disable": lambda accounts, login, by: accounts.disable(login, by=by),
    "enable": lambda accounts, login, by: accounts.enable(login, by=by),
}


def _here(address: str) -> str:
    """The address if it is one of this site; else the front door."""
    parts = urlsplit(address)
    local = address.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in address
    return address if local and not address.startswith("//") else "/"
