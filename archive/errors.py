"""One error family for the whole house.

Raised where the fact is known, shown once at each edge: the command line prints it and exits with
`exit_code`, the site renders it with `http_status`, JSON answers carry `as_json()`. Messages are in Chinese
because their readers are editors and librarians.
"""

from __future__ import annotations

from typing import ClassVar


class WenkuError(Exception):
    """Something a user can understand and act on.

    Args:
        what: what happened, one Chinese sentence.
        where: the file, page, line, row or URN it happened in; empty if it concerns no place.
        remedy: what to do about it; empty if nothing can be done.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{advice}"

    def as_json(self) -> dict[str, str]:
        """The error as a JSON object: `error`, `where`, `remedy`, `kind`."""
        return {"error": self.what, "where": self.where, "remedy": self.remedy, "kind": type(self).__name__}


class UsageError(WenkuError):
    """Asked for in a way that cannot be understood: a bad URN, option, query or setting."""

    exit_code = 2
    http_status = 400


class NotFound(WenkuError):
    """The thing asked for is not in the library."""

    http_status = 404


class Gone(WenkuError):
    """It was published once and has been withdrawn; its history remains."""

    http_status = 410


class Forbidden(WenkuError):
    """The rights of the layer, or of the person who asks, do not allow this door."""

    http_status = 403


class Conflict(WenkuError):
    """Someone else was first: what was to be changed is no longer as it was seen. Nothing has been done."""

    http_status = 409


class BadSource(WenkuError):
    """A source file that cannot be read whole; nothing of it enters the archive."""

    http_status = 422


class Busy(WenkuError):
    """Another process is writing; the same call may go through later."""

    http_status = 503


class Damaged(WenkuError):
    """The store contradicts itself; `wenku check` names the places."""
