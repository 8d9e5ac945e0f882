"""Who belongs to the house, and what each may do.

`ROLES` says what a role may do; `Accounts` keeps the people; `authenticate` lets one of them in.
"""

from __future__ import annotations

from archive.accounts.login import authenticate
from archive.accounts.people import Accounts, User
from archive.accounts.roles import PERMISSIONS, ROLES, Permission, Role, role_named

__all__ = ["PERMISSIONS", "ROLES", "Accounts", "Permission", "Role", "User", "authenticate", "role_named"]
