"""How the command line speaks: Chinese help, Chinese errors, progress on standard error."""

from __future__ import annotations

import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Protocol

import click
from tqdm import tqdm

from archive.errors import UsageError, WenkuError

_HELP = "wenku 命令 --help 显示用法。"
_HEADINGS = {"Options": "选项", "Commands": "命令"}

# What click says, in Chinese; {0} … are the parts in quotes or after the colon.
_SAYINGS: tuple[tuple[type[click.ClickException], str], ...] = (
    (click.NoSuchOption, "没有 {option} 这个选项"),
    (click.MissingParameter, "缺少参数 {parameter}"),
    (click.BadParameter, "参数 {parameter} 的值不对"),
    (click.BadOptionUsage, "选项 {option} 的用法不对"),
)


class _Chinese:
    """Chinese usage line, section headings and help option, for commands and groups alike."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        pieces = [{"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}.get(piece, piece) for piece in pieces]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这份说明。"
        return option  # type: ignore[no-any-return]


class ChineseCommand(_Chinese, click.Command):
    """A command that explains itself in Chinese."""


class ChineseGroup(_Chinese, click.Group):
    """A group that explains itself in Chinese; its commands do too."""

    command_class = ChineseCommand


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))


click.Context.formatter_class = _Formatter


def speak_unicode() -> None:
    """Write UTF-8 into files and pipes, whatever the system's own encoding: GBK has no 𩔖."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def explain(error: WenkuError | click.ClickException) -> WenkuError:
    """The house's own error for whatever went wrong on the command line."""
    if isinstance(error, WenkuError):
        return error
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    name = parameter.make_metavar(error.ctx) if isinstance(parameter, click.Argument) and error.ctx else option  # type: ignore[attr-defined]
    if isinstance(parameter, click.Option):
        name = parameter.opts[-1]
    for kind, saying in _SAYINGS:
        if isinstance(error, kind):
            return UsageError(
                f"{saying.format(option=option, parameter=name)}。", remedy="wenku 命令 --help 显示用法。"
            )
    unknown = re.search(r"No such command '(.*?)'", error.format_message())
    if unknown:
        return UsageError(f"没有 {unknown[1]} 这个命令。", remedy="wenku --help 列出全部命令。")
    return UsageError("命令的写法不对。", remedy=_HELP)


def unexpected(error: Exception) -> WenkuError:
    """What to say of an error nobody foresaw: its trace goes to a file for whoever mends it, not to the screen."""
    with tempfile.NamedTemporaryFile("w", prefix="wenku-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    what = f"程序出了没有料到的错（{type(error).__name__}）。"
    return WenkuError(what, remedy=f"文库没有受损；请把 {log.name} 交给维护者。")


class Tick(Protocol):
    """What is called for every item done."""

    def __call__(self, line: str, remarks: Sequence[str] = (), told: str = "") -> None:
        """An item is done: a line for it and its remarks, nothing written if empty; `told` stands beside the bar."""


@contextmanager
def progress(title: str, total: int, *, unit: str = "项", done: int = 0) -> Iterator[Tick]:
    """A progress bar on standard error; call the given function for every item done.

    Args:
        title: what is being done.
        total: how many items there are.
        unit: what counts them.
        done: how many were done before.
    """
    hidden = None if total else True
    with tqdm(total=total, initial=done, desc=title, unit=unit, file=sys.stderr, disable=hidden, leave=False) as bar:

        def step(line: str, remarks: Sequence[str] = (), told: str = "") -> None:
            for text in filter(None, (line, *remarks)):
                bar.write(text, file=sys.stderr)
            if told:
                bar.bar_format = f"{{l_bar}}{{bar}}| {{n_fmt}}／{{total_fmt}} {{unit}}，{told}"
            bar.update()

        yield step


def say(text: str) -> None:
    """Something for the person at the keyboard, never for a program."""
    click.echo(text, err=True)
