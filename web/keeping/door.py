"""The keepers' pages: who comes in, and what of a record each of them may see.

Everybody of the house may look at the directories; internal fields are for those with the permission `internal`, and
every act names the permission it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, get_args

from flask import Blueprint, request

from archive.accounts import Permission
from archive.directories import records, registry
from archive.directories.model import Directory, Field, Key
from archive.directories.records import Record
from archive.errors import Forbidden
from web import access
from web.desk import desk

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("keeping", __name__, url_prefix="/keeping")

ANY: tuple[Permission, ...] = get_args(Permission)
RULING: Permission = "users"
"""Whoever administers the house also puts declarations in force."""


def housed(view: View) -> View:
    """Let in whoever has any part in the house.

    Raises:
        Forbidden: logged in without a role.
    """

    @access.login_required
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if not any(access.user().may(one) for one in ANY):
            raise Forbidden("您还没有角色，看不到这里。", where=request.path, remedy="请找管理员。")
        return view(*args, **values)

    return cast(View, guarded)


def inside(view: View) -> View:
    """Let in whoever may change records and see all of them.

    Raises:
        Forbidden: one of the two permissions is missing.
    """

    @access.permission_required("edit")
    @access.permission_required("internal")
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        return view(*args, **values)

    return cast(View, guarded)


def may(permission: Permission) -> bool:
    """Whether who is logged in has a permission."""
    return access.user().may(permission)


def seen(directory: Directory) -> tuple[Field, ...]:
    """The fields of a directory that who is logged in may see."""
    return directory.fields if may("internal") else directory.public


def directory_named(name: str) -> Directory:
    """A directory as in force.

    Raises:
        NotFound: there is none of that name.
    """
    return registry.directory(desk().library, name)


def record_named(name: str, slug: str) -> tuple[Directory, Record]:
    """A record in its latest version, with its directory.

    Raises:
        NotFound: there is none.
        Gone: it has been erased.
    """
    directory = directory_named(name)
    return directory, records.record(desk().library, Key(directory.id, slug))
