"""Accounts of the people of the house."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from commands.context import Context, command, library_of, operator
from console import ChineseGroup

if TYPE_CHECKING:
    from archive.accounts import Accounts, User


@click.group(cls=ChineseGroup, help="管理账号：新建、列出、停用、启用、改密码、改角色。")
def user() -> None:
    """The group of commands on accounts."""


PASSWORD = click.option("--password-stdin", "piped", is_flag=True, help="从标准输入读密码（一行），供脚本使用。")


@user.command("add", help="新建账号；密码在终端里问，不写在命令行上。")
@click.argument("login", metavar="登录名")
@click.option("--name", default="", metavar="姓名", help="必写：本人姓名，审读记录上要用。")
@click.option("--role", "roles", multiple=True, metavar="角色", help="如 编辑、初审、管理员；可写多次。")
@PASSWORD
@command
def user_add(context: Context, login: str, name: str, roles: tuple[str, ...], piped: bool) -> None:
    """Add an account."""
    if not name:
        raise UsageError("新建账号要写姓名。", remedy=f"如 wenku user add {login} --name 张三 --role 编辑")
    _account(context, lambda accounts: accounts.add(login, name, roles, _password(piped), by=operator()))


@user.command("list", help="列出全部账号。")
@command
def user_list(context: Context) -> None:
    """List accounts."""
    from archive.accounts import Accounts

    with library_of(context) as library:
        people = Accounts(library).all()
    context.answer(
        [one.as_json() for one in people],
        lambda: "\n".join(map(_person, people)) or "还没有账号。wenku user add 登录名 --name 姓名 --role 管理员",
    )


@user.command("disable", help="停用账号：立即退出，不能再登录。")
@click.argument("login", metavar="登录名")
@command
def user_disable(context: Context, login: str) -> None:
    """Keep a person out."""
    _account(context, lambda accounts: accounts.disable(login, by=operator()))


@user.command("enable", help="启用账号，并解除锁定。")
@click.argument("login", metavar="登录名")
@command
def user_enable(context: Context, login: str) -> None:
    """Let a person in again."""
    _account(context, lambda accounts: accounts.enable(login, by=operator()))


@user.command("password", help="改密码；在终端里问，不写在命令行上。")
@click.argument("login", metavar="登录名")
@PASSWORD
@command
def user_password(context: Context, login: str, piped: bool) -> None:
    """Set a password."""
    _account(context, lambda accounts: accounts.set_password(login, _password(piped), by=operator()))


@user.command("roles", help="改角色：写出改后的全部角色。")
@click.argument("login", metavar="登录名")
@click.argument("roles", nargs=-1, required=True, metavar="角色…")
@command
def user_roles(context: Context, login: str, roles: tuple[str, ...]) -> None:
    """Set the roles."""
    _account(context, lambda accounts: accounts.set_roles(login, roles, by=operator()))


def _account(context: Context, change: Callable[[Accounts], User]) -> None:
    """Change an account and say how it is now."""
    from archive.accounts import Accounts

    with library_of(context) as library:
        changed = change(Accounts(library))
    context.answer(changed.as_json(), lambda: _person(changed))


def _person(one: User) -> str:
    state = "已停用" if not one.active else "已锁定" if one.locked else ""
    return "  ".join(filter(None, (one.login, one.name, "、".join(one.labels) or "没有角色", state)))


def _password(piped: bool) -> str:
    """A password from whoever is at the keyboard, or from a script; never a word of the command, which others see."""
    import getpass

    if piped:
        try:
            return sys.stdin.buffer.readline().decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise UsageError("标准输入里的密码不是 UTF-8 编码。") from error
    if not sys.stdin.isatty():
        raise UsageError("这里没有终端，问不了密码。", remedy="请在终端里运行，或加 --password-stdin 从标准输入送入。")
    password = getpass.getpass("密码：")
    if getpass.getpass("再输一遍：") != password:
        raise UsageError("两次输入的密码不一样。", remedy="请重新运行。")
    return password
