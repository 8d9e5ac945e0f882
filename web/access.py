"""Who is asking, what they may do, and which doors of the house they see.

`current` and `staff` cost nothing for a reader without a session. Views that are not for everybody say so with
`permission_required` or `login_required`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast, get_args

from flask import current_app, has_request_context, redirect, request
from flask_login import UserMixin, current_user

from archive import audit
from archive.accounts import Permission, User
from archive.errors import Forbidden, WenkuError
from archive.library import Library
from web import links

View = TypeVar("View", bound=Callable[..., Any])


PARTS = 8_000
"""Fields that a form of such a view may have: a record with a few hundred values of several boxes."""


class Door(NamedTuple):
    """An entry of the line that people of the house see on every page: shown to whoever has one of `needs`."""

    label: str
    href: str
    needs: tuple[Permission, ...]


DOORS: tuple[Door, ...] = (
    Door("采编", "/keeping/", get_args(Permission)),
    Door("校对", "/proofreading/", ("proofread",)),
    Door("待审", "/review/", ("review.first", "review.second", "review.final", "edit", "withdraw")),
    Door("账号", "/admin/users", ("users",)),
    Door("操作记录", "/admin/audit", ("audit",)),
)


class Session(UserMixin):  # type: ignore[misc]
    """A person of the house as Flask-Login carries them; the id ends with the person's epoch."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """`number.epoch`, which no longer means anybody once the epoch has passed."""
        return f"{self.user.id}.{self.user.epoch}"


def current() -> User | None:
    """Who is logged in; nobody outside of a request."""
    if not has_request_context() or current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    return cast(User, current_user.user) if current_user.is_authenticated else None


def staff() -> bool:
    """Whether the reader may see what is kept for the house (`archive.rights`)."""
    user = current()
    return user is not None and user.may("restricted")


def doors(user: User) -> list[Door]:
    """The doors this person sees."""
    return [door for door in DOORS if any(user.may(one) for one in door.needs)]


def permission_required(permission: Permission) -> Callable[[View], View]:
    """Let only those in who have the permission; the others log in first, or are told that it is not theirs.

    Raises:
        Forbidden: logged in without the permission, or a form sent without being logged in.
    """
    return _guarded(permission)


def login_required(view: View) -> View:
    """Let in whoever is logged in, with a password of their own."""
    return _guarded(None)(view)


def takes(largest: int) -> Callable[[View], View]:
    """Let a view take forms of up to `largest` bytes, for files; everywhere else the site's own limit holds."""

    def marked(view: View) -> View:
        view.largest = largest  # type: ignore[attr-defined]
        return view

    return marked


def make_room() -> None:
    """Let the request be as large as its view takes, before anybody reads its form."""
    view = current_app.view_functions.get(request.endpoint or "")
    if largest := getattr(view, "largest", None):
        request.max_content_length = largest
        request.max_form_parts = PARTS


def user() -> User:
    """Who is logged in, where a guard has seen to it.

    Raises:
        Forbidden: nobody is.
    """
    found = current()
    if found is None:
        raise Forbidden("要先登录。", remedy="登录后请重新提交；登录可能已过了时限。")
    return found


def note_refusal(library: Library) -> None:
    """Put into the audit trail that somebody of the house tried to change what is not theirs to change."""
    who = current()
    if who is None or request.method == "GET":
        return
    try:
        audit.record(library, who.login, "access.refused", request.path)
    except WenkuError as error:
        current_app.logger.warning("%s: %s", request.path, error)


def _guarded(permission: Permission | None) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            known = current()
            if known is None and request.method == "GET":
                return redirect(links.login(request.full_path.rstrip("?")))
            known = user()
            if known.temporary and request.method == "GET":
                return redirect(links.account())
            if known.temporary or (permission and not known.may(permission)):
                raise Forbidden("您的角色没有这项权限。", where=request.path, remedy="需要时请找管理员。")
            return view(*args, **values)

        return cast(View, guarded)

    return guard
