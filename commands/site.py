"""The site: serving a library, or the bundled one."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from commands.context import HOUSE, Context, command, keep_up, library_of
from commands.texts import add_sources, counts
from console import ChineseCommand, say


@click.command(cls=ChineseCommand, help="启动站点。")
@click.option("--host", help="监听地址。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口；0 表示任选一个空闲的。")
@command
def serve(context: Context, host: str | None, port: int | None) -> None:
    """Serve the site."""
    with library_of(context) as library:
        keep_up(context, library)
    _serve(context, host, port)


@click.command(cls=ChineseCommand, help="用随附的示例文献建一个文库，并启动站点。")
@click.option("--host", help="监听地址。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口；0 表示任选一个空闲的。")
@click.option("--no-serve", is_flag=True, help="只建库，不启动站点。")
@command
def demo(context: Context, host: str | None, port: int | None, no_serve: bool) -> None:
    """Build the bundled library and serve it."""
    from archive.directories import samples
    from commands.ocr import ask_all
    from search.records.duplicates import Likeness

    if context.asked_folder is None:
        context.folder = HOUSE / "build" / "demo"
    report = add_sources(context, (str(HOUSE / "corpus"),), None)
    with library_of(context) as library:
        samples.load(library, HOUSE / "corpus" / "directories", Likeness.of)
        if not no_serve:
            ask_all(context, library)
    if no_serve:
        context.answer(report.as_json(), lambda: counts(report))
    else:
        say(f"{counts(report)}。书影由站点后台识别，不必另行运行。")
        _serve(context, host, port, report.as_json())


def _serve(context: Context, host: str | None, port: int | None, document: dict[str, Any] | None = None) -> None:
    """Serve until stopped; the address goes out, after what `document` has to say, once it can be visited.

    From then on a worker beside the site does what waits: it reads scans, and sets anew what was proofread.
    """
    from commands.worker import beside
    from web import serve as run

    site = context.config.site
    with ExitStack() as stack:

        def ready(address: str) -> None:
            told = {**(document or {}), "url": address}
            context.answer(told, lambda: f"{site.title}已启动：{address} （按 Ctrl+C 停止）")
            stack.enter_context(beside(context))

        run(
            context.config,
            context.folder,
            host=host or site.host,
            port=site.port if port is None else port,
            ready=ready,
        )


COMMANDS = (serve, demo)
