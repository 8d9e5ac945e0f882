"""Accounts: who may get in, how long a guesser waits, what is never kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from staff import PASSWORD, cheap, settle

from archive import audit, clock
from archive.accounts import PERMISSIONS, ROLES, Accounts, User, authenticate, passwords
from archive.accounts.login import FREE, LONGEST_DELAY, delay
from archive.errors import Conflict, Forbidden, NotFound, UsageError
from archive.library import Library

OTHER = "石鼓书院门前的老榕树下"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap(monkeypatch)


@pytest.fixture
def people(library: Library) -> dict[str, User]:
    return settle(library)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let time pass without sleeping."""
    begun, passed = clock.now(), [0]
    monkeypatch.setattr(clock, "now", lambda: clock.after(begun, passed[0]))

    def later(seconds: int) -> None:
        passed[0] += seconds

    return later


def refused(library: Library, login: str, password: str) -> str:
    with pytest.raises(Forbidden) as error:
        authenticate(library, login, password)
    return str(error.value)


def test_who_has_name_and_password_gets_in(library: Library, people: dict[str, User]) -> None:
    user = authenticate(library, " BianJi ", PASSWORD)
    assert (user.login, user.name, user.labels) == ("bianji", "王敔", ["编辑"])
    assert user.last_login_at and user.failures == 0


def test_full_width_and_composed_forms_of_a_password_are_one(library: Library) -> None:
    Accounts(library).add("zhang.san", "张三", [], "ＡＢＣdé石鼓书院門前面", by="测试")
    assert authenticate(library, "zhang.san", "ABCdé石鼓书院門前面").name == "张三"


def test_every_refusal_says_the_same(library: Library, people: dict[str, User]) -> None:
    Accounts(library).disable("guanyuan", by="guanli")
    for _ in range(FREE):
        refused(library, "chushen", OTHER)
    told = {
        refused(library, login, password)
        for login, password in (
            ("bianji", OTHER),
            ("wuming", PASSWORD),
            ("guanyuan", PASSWORD),
            ("chushen", PASSWORD),
            ("", ""),
            ("bianji", ""),
            ("bianji", "\ud800" * 300),
        )
    }
    assert len(told) == 1 and "登录名或密码不对" in told.pop()


def test_wrong_passwords_lock_ever_longer(
    library: Library, people: dict[str, User], wait: Callable[[int], None]
) -> None:
    for _ in range(FREE - 1):
        refused(library, "bianji", OTHER)
    assert authenticate(library, "bianji", PASSWORD).failures == 0
    for _ in range(FREE):
        refused(library, "bianji", OTHER)
    assert Accounts(library).get("bianji").locked
    refused(library, "bianji", PASSWORD)
    wait(delay(FREE) + 1)
    refused(library, "bianji", OTHER)
    wait(delay(FREE) + 1)
    refused(library, "bianji", PASSWORD)
    wait(delay(FREE + 1))
    assert authenticate(library, "bianji", PASSWORD).failures == 0


def test_delays_grow_to_an_hour() -> None:
    delays = [delay(failures) for failures in range(FREE - 1, FREE + 40)]
    assert delays[:4] == [0, 60, 120, 240]
    assert delays == sorted(delays) and delays[-1] == LONGEST_DELAY


def test_guesses_made_at_once_gain_nothing(library: Library, people: dict[str, User]) -> None:
    def guess(number: int) -> bool:
        with Library.open(library.folder) as mine:
            try:
                authenticate(mine, "bianji", OTHER if number < 20 else PASSWORD)
            except Forbidden:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(guess, range(24)))
    assert not any(tried)
    assert Accounts(library).get("bianji").failures == FREE


def test_enabling_lifts_the_lock(library: Library, people: dict[str, User]) -> None:
    for _ in range(FREE):
        refused(library, "bianji", OTHER)
    Accounts(library).enable("bianji", by="guanli")
    assert authenticate(library, "bianji", PASSWORD)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "太短"),
        ("short九字", "太短"),
        ("zhang.wenjing", "登录名"),
        ("Zhang.Wenjing1", "登录名"),
        ("zhang.wenjingzhang.wenjing", "登录名"),
        ("Password123", "人人"),
        ("ａｄｍｉｎ１２３４５", "人人"),
        ("1234567890", "人人"),
        ("9876543210", "人人"),
        ("qwertyuiop", "人人"),
        ("ababababab", "人人"),
        ("雁" * 201, "太长"),
    ],
)
def test_weak_passwords_are_refused(library: Library, password: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        Accounts(library).add("zhang.wenjing", "张文静", [], password, by="测试")
    assert not password or password not in str(error.value)
    assert Accounts(library).all() == []


@pytest.mark.parametrize("login", ["", "a", "1zhang", "张三", "zhang san", "z" * 33, "zhang\nsan", "zhang/../x"])
def test_login_names_are_plain(library: Library, login: str) -> None:
    with pytest.raises(UsageError, match="登录名"):
        Accounts(library).add(login, "张三", [], PASSWORD, by="测试")


@pytest.mark.parametrize("name", ["", "  ", "张\n三", "张" * 41])
def test_a_name_must_be_one(library: Library, name: str) -> None:
    with pytest.raises(UsageError, match="姓名"):
        Accounts(library).add("zhangsan", name, [], PASSWORD, by="测试")


def test_a_login_name_is_given_once_whatever_its_case(library: Library, people: dict[str, User]) -> None:
    with pytest.raises(Conflict, match="已经有人用"):
        Accounts(library).add("BIANJI", "另一人", [], PASSWORD, by="guanli")


def test_roles_are_named_in_either_language(library: Library, people: dict[str, User]) -> None:
    user = Accounts(library).set_roles("guanyuan", ["终审", "editor", "编辑"], by="guanli")
    assert user.roles == ("editor", "final")
    with pytest.raises(UsageError, match="超级管理员") as error:
        Accounts(library).set_roles("guanyuan", ["超级管理员"], by="guanli")
    assert all(role.label in error.value.remedy for role in ROLES.values())


def test_every_permission_belongs_to_a_role() -> None:
    assert set().union(*(role.may for role in ROLES.values())) == set(PERMISSIONS)


def test_a_temporary_password_allows_nothing(library: Library, people: dict[str, User]) -> None:
    accounts = Accounts(library)
    user = accounts.add("xinren", "新人", ["editor"], PASSWORD, by="guanli", temporary=True)
    assert authenticate(library, "xinren", PASSWORD).temporary and not user.may("edit")
    assert accounts.set_password("xinren", OTHER, by="xinren").may("edit")


def test_a_new_password_and_a_closed_account_end_sessions(library: Library, people: dict[str, User]) -> None:
    accounts = Accounts(library)
    user = people["bianji"]
    assert accounts.in_session(user.id, user.epoch)
    changed = accounts.set_password("bianji", OTHER, by="bianji")
    assert accounts.in_session(user.id, user.epoch) is None
    assert accounts.in_session(user.id, changed.epoch)
    accounts.disable("bianji", by="guanli")
    accounts.enable("bianji", by="guanli")
    assert accounts.in_session(user.id, changed.epoch) is None


def test_the_last_admin_stays(library: Library, people: dict[str, User]) -> None:
    accounts = Accounts(library)
    with pytest.raises(Conflict, match="最后一个管理员"):
        accounts.disable("guanli", by="guanli")
    with pytest.raises(Conflict, match="最后一个管理员"):
        accounts.set_roles("guanli", ["editor"], by="guanli")
    assert accounts.get("guanli").may("users")
    accounts.set_roles("bianji", ["admin"], by="guanli")
    assert not accounts.disable("guanli", by="bianji").active


def test_two_admins_cannot_disable_each_other_at_once(library: Library, people: dict[str, User]) -> None:
    Accounts(library).set_roles("bianji", ["admin"], by="guanli")

    def disable(login: str) -> None:
        with Library.open(library.folder) as mine:
            try:
                Accounts(mine).disable(login, by="x")
            except Conflict:
                return

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disable, ("guanli", "bianji")))
    assert sum(user.may("users") for user in Accounts(library).all()) == 1


def test_an_account_that_is_not_there_is_told(library: Library) -> None:
    with pytest.raises(NotFound, match="没有“wuming”"):
        Accounts(library).get("wuming")


def test_no_password_is_kept_or_told(library: Library, people: dict[str, User]) -> None:
    Accounts(library).set_password("bianji", OTHER, by="bianji")
    refused(library, "bianji", "猜错的密码在这里")
    refused(library, "输入框里误填的密码", OTHER)
    dump = "\n".join(library.db.conn.iterdump())
    for secret in (PASSWORD, OTHER, "猜错的密码", "误填的密码"):
        assert secret not in dump
    assert "scrypt" not in repr(people["bianji"]) + str(people["bianji"].as_json())


def test_an_old_hash_is_renewed_at_login(
    library: Library, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = "SELECT password FROM user WHERE login = 'bianji'"
    before = library.db.execute(kept).fetchone()[0]
    monkeypatch.setattr(passwords, "COST", passwords.Cost(8, 1, 1))
    assert authenticate(library, "bianji", PASSWORD)
    after = library.db.execute(kept).fetchone()[0]
    assert before.startswith("scrypt$4$") and after.startswith("scrypt$8$")
    assert authenticate(library, "bianji", PASSWORD)


def test_what_happens_to_accounts_is_in_the_audit_trail(library: Library, people: dict[str, User]) -> None:
    accounts = Accounts(library)
    accounts.set_roles("bianji", ["editor", "first"], by="guanli")
    accounts.disable("bianji", by="guanli")
    refused(library, "bianji", PASSWORD)
    refused(library, "wuming", PASSWORD)
    told = [(entry.who, entry.action, entry.object) for entry in audit.entries(library, limit=3)]
    assert told == [
        ("bianji", "login.refused", "user/bianji"),
        ("guanli", "user.disable", "user/bianji"),
        ("guanli", "user.roles", "user/bianji"),
    ]
    assert audit.entries(library, action="user.roles")[0].details == {
        "before": ["editor"],
        "after": ["editor", "first"],
    }
