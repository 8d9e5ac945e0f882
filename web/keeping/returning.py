"""When a login has run out while somebody was writing: what was typed comes back, to be sent again after logging in.

Only for forms of our own pages: what another site makes a browser send is refused as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, render_template, request
from flask_wtf.csrf import CSRFError

from archive.errors import Forbidden, UsageError
from web import access
from web.keeping.door import blueprint

View = TypeVar("View", bound=Callable[..., Any])
Page = tuple[str, int]


def keeps_what_was_typed(view: View) -> View:
    """Let a view whose form was sent without a login give the form's content back."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except Forbidden:
            if access.current() is None and _from_our_page():
                return _again()
            raise

    guarded.keeps = True  # type: ignore[attr-defined]
    return cast(View, guarded)


@blueprint.errorhandler(CSRFError)
def without_token(error: CSRFError) -> Any:
    """A form whose token is that of an earlier login, or of none."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "keeps", False) and _from_our_page():
        return _again()
    what = "表单没有本站的凭证，或登录已过时限，没有执行。"
    return current_app.handle_user_exception(
        UsageError(what, remedy="请回到那一页，刷新后重新提交；要登录的请先登录。")
    )


def _again() -> Page:
    typed = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    texts = [text for name, text in typed if name.startswith(("f.", "t.")) and text.strip()]
    files = any(file.filename for file in request.files.values())
    return render_template("keeping/again.html", typed=typed, texts=texts, files=files), 403


def _from_our_page() -> bool:
    """Whether a browser says that a page of this site sent the form."""
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        return urlsplit(origin).netloc == request.host
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
