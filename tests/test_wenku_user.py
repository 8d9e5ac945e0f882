"""`wenku user`: accounts from the command line, passwords never on it."""

from __future__ import annotations

import getpass
import io
import json
import sys
from collections.abc import Iterator

import pytest
from ran import Ran, Run
from staff import PASSWORD, cheap

COMMANDS = ("add", "list", "disable", "enable", "password", "roles")


@pytest.fixture(autouse=True)
def _library(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap(monkeypatch)
    assert run("init").code == 0


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="gbk"))


def add(run: Run, monkeypatch: pytest.MonkeyPatch, login: str, *roles: str) -> Ran:
    pipe(monkeypatch, f"{PASSWORD}\r\n".encode())
    given = [word for role in roles for word in ("--role", role)]
    return run("user", "add", login, "--name", "王介之", *given, "--password-stdin", "--json")


def test_help_is_chinese(run: Run) -> None:
    told = run("--help").out
    assert "user" in told and "管理账号" in told
    for name in COMMANDS:
        told = run("user", name, "--help").out
        assert "用法" in told and "Show this" not in told and "文库所在的文件夹" in told


def test_an_account_is_added_listed_changed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(run, monkeypatch, "Guanli", "管理员", "editor")
    assert made.code == 0
    assert {key: made.json[key] for key in ("login", "name", "roles", "state")} == {
        "login": "guanli",
        "name": "王介之",
        "roles": ["admin", "editor"],
        "state": "active",
    }
    add(run, monkeypatch, "bianji")
    assert [one["login"] for one in run("user", "list", "--json").json] == ["bianji", "guanli"]
    assert run("user", "roles", "bianji", "编辑", "初审", "--json").json["roles"] == ["editor", "first"]
    assert run("user", "disable", "bianji", "--json").json["state"] == "disabled"
    assert "bianji  王介之  编辑、初审  已停用" in run("user", "list").out
    assert run("user", "enable", "bianji", "--json").json["state"] == "active"
    pipe(monkeypatch, "石鼓书院门前的老榕树下".encode())
    assert run("user", "password", "bianji", "--password-stdin").code == 0


def test_the_password_is_asked_twice_on_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def typing(*words: str) -> None:
        typed: Iterator[str] = iter(words)
        monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    typing(PASSWORD, PASSWORD)
    assert run("user", "add", "guanli", "--name", "王介之", "--role", "管理员").out.strip() == "guanli  王介之  管理员"
    typing(PASSWORD, PASSWORD[:-1])
    told = run("user", "password", "guanli")
    assert told.code == 2 and "不一样" in told.err


def test_without_a_terminal_it_says_how(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"")
    told = run("user", "add", "guanli", "--name", "王介之", "--json")
    assert told.code == 2 and "--password-stdin" in told.json["remedy"]
    assert run("user", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "data", "said"),
    [
        (("add", "guanli", "--name", "王", "--password", "x"), b"", "--password"),
        (("add", "guanli", "--name", "王", "--role", "皇帝", "--password-stdin"), PASSWORD.encode(), "皇帝"),
        (("add", "guanli", "--name", "王", "--password-stdin"), b"short\n", "太短"),
        (("add", "guanli", "--name", "王", "--password-stdin"), PASSWORD.encode("gb18030"), "UTF-8"),
        (("add", "guanli", "--password-stdin"), b"", "要写姓名"),
        (("roles", "wuming", "编辑"), b"", "没有“wuming”"),
        (("roles", "wuming"), b"", "角色"),
        (("delete", "wuming"), b"", "没有 delete 这个命令"),
    ],
)
def test_wrong_use_is_told_in_chinese(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], data: bytes, said: str
) -> None:
    pipe(monkeypatch, data)
    told = run("user", *words, "--json")
    assert told.code in (1, 2) and said in json.dumps(told.json, ensure_ascii=False)
    assert "Traceback" not in told.err and "Usage" not in told.err


def test_the_operator_is_in_the_audit_trail_and_check_reads_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, monkeypatch, "guanli", "管理员")
    assert run("user", "disable", "guanli", "--json").json["kind"] == "Conflict"
    checked = run("check", "--json")
    assert not [one for one in checked.json["findings"] if one["code"] == "audit"]
