"""People of the house for tests: one of every role, all with the same password, hashed at next to no cost."""

from __future__ import annotations

import pytest

from archive.accounts import Accounts, User, passwords
from archive.library import Library

PASSWORD = "雁峰下的湘水三月又涨了"
# Login → name, roles. The names are of 王夫之's own house and friends.
PEOPLE = {
    "guanli": ("王介之", ("admin",)),
    "bianji": ("王敔", ("editor",)),
    "chushen": ("唐端笏", ("first",)),
    "fushen": ("章有謨", ("second",)),
    "zhongshen": ("劉獻廷", ("final",)),
    "guanyuan": ("羅正鈞", ("librarian",)),
}


def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passwords cost next to nothing."""
    monkeypatch.setattr(passwords, "COST", passwords.Cost(4, 1, 1))


def settle(library: Library) -> dict[str, User]:
    """Give everyone an account."""
    accounts = Accounts(library)
    return {login: accounts.add(login, name, roles, PASSWORD, by="測試") for login, (name, roles) in PEOPLE.items()}
