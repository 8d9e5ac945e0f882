"""What every command shares: the settings, the library, how it answers, files read and written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive import config as settings
from archive.errors import Busy, UsageError, WenkuError
from console import say

if TYPE_CHECKING:
    from archive.library import Library
    from search.finder import Finder
    from search.indexer import IndexReport


HOUSE = Path(__file__).resolve().parent.parent
"""Where the program lies, and with it the settings and the bundled library."""


Command = TypeVar("Command", bound=Callable[..., Any])


class Context:
    """What every command shares: the settings, the library's folder, whether to answer in JSON."""

    def __init__(self, library: Path | None, as_json: bool) -> None:
        local = Path(settings.CONFIG)
        self.config = settings.load(local if local.is_file() else HOUSE / settings.CONFIG)
        self.asked_folder = library
        self.folder = library or self.config.library_folder
        self.as_json = as_json

    def width(self, asked: int | None) -> int:
        """Characters of context on either side of a hit: as asked for, else as set."""
        return self.config.search.context if asked is None else asked

    def answer(self, document: Any, text: Callable[[], str]) -> None:
        """Print the one JSON document, or the text for people."""
        click.echo(json.dumps(document, ensure_ascii=False) if self.as_json else text())


def command(function: Command) -> Command:
    """Give a command `--library` and `--json` and a `Context` as its first argument."""

    @wraps(function)
    @click.option("--library", type=click.Path(path_type=Path), metavar="文件夹", help="文库所在的文件夹。")
    @click.option("--json", "as_json", is_flag=True, help="以 JSON 回答，供程序读取。")
    def wrapped(library: Path | None, as_json: bool, **values: Any) -> Any:
        return function(Context(library, as_json), **values)

    return wrapped  # type: ignore[return-value]


def library_of(context: Context) -> Library:
    """The library the command is about."""
    from archive.library import Library

    return Library.open(context.folder)


@contextmanager
def finder_of(context: Context) -> Iterator[tuple[Library, Finder]]:
    """The library and what finds in it, once its index has been brought up to date."""
    from search.finder import Finder

    with library_of(context) as library:
        keep_up(context, library)
        yield library, Finder(library, context.config.search.engine, staff=True)


def brought_up(context: Context, library: Library, rebuild: bool = False) -> IndexReport:
    """Bring the index up to date, or make it anew."""
    from search import indexer

    renew = indexer.rebuild if rebuild else indexer.catch_up
    return renew(library, context.config.search.engine, cluster=context.config.cluster)


def keep_up(context: Context, library: Library) -> None:
    """Bring the index up to date; if that cannot be now, the work goes on, and the answers are the same."""
    from search.engines.contract import Away

    try:
        brought_up(context, library)
    except Busy as busy:
        say(f"{busy.what}新的文字照样检索得到，只是稍慢；它结束之后运行一次 wenku index 即可。")
    except Away as away:
        say(str(away))
    except UsageError:
        raise
    except WenkuError as error:  # a full disk, or one that nobody may write to
        say(f"{error} 文字照样检索得到，只是稍慢。")


def operator() -> str:
    """Who stands in the audit trail for a command: the name they have on this machine."""
    import getpass

    try:
        return f"命令行:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):  # nobody in particular, as in a container
        return "命令行"


def read(path: Path) -> str:
    """A text file that was named on the command line."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("文件不是 UTF-8 编码。", where=str(path), remedy="请另存为 UTF-8。") from error
    except OSError as error:
        raise UsageError(f"文件读不出来：{error.strerror}。", where=str(path)) from error


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that was named on the command line: whole, or what was there before stays."""
    try:
        if path.exists() and not path.is_file():  # a terminal or a pipe
            with path.open("wb") as file:
                file.writelines(chunks)
            return
        place = path.resolve()
        beside = place.with_name(f".{place.name}.part")
        try:
            with beside.open("wb") as file:
                file.writelines(chunks)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WenkuError(f"文件写不进去：{error.strerror}。", where=str(path)) from error
