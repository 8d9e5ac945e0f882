"""Serving the site with waitress."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import waitress

from archive.config import Config
from archive.directories import registry
from archive.errors import UsageError, WenkuError
from archive.library import Library
from search.fallback.otherwise import otherwise
from search.finder import Finder
from search.records.cabinet import cabinet
from web.app import create_app

_EVERYWHERE = ("0.0.0.0", "::", "")
_NOWHERE = "龘靐齉爩"
"""What hardly any text has: words and names are made ready to offer something in its place."""


def serve(
    config: Config, library_folder: Path, host: str, port: int, ready: Callable[[str], None] = lambda address: None
) -> None:
    """Serve until interrupted. Prints nothing; `ready` is told the address once it can be visited.

    Raises:
        NotFound: there is no library in that folder.
        UsageError: the address cannot be listened on.
    """
    app = create_app(config, library_folder)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=8, ident="wenku")
    except (OSError, ValueError, OverflowError) as error:
        raise _refused(error, host, port) from error
    threading.Thread(target=_warm, args=(config, library_folder), daemon=True).start()
    ready(_address(server, host))
    try:
        server.run()
    except KeyboardInterrupt:
        return
    finally:
        server.close()


def _address(server: Any, host: str) -> str:
    """Where a browser on this machine finds the server; a name with several addresses has several sockets."""
    port = server.effective_port if hasattr(server, "effective_port") else server.effective_listen[0][1]
    shown = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def _warm(config: Config, folder: Path) -> None:
    """Have in memory what searches need, hits or none, so that the first visitor does not wait for it."""
    try:
        with Library.open(folder) as library:
            finder = Finder(library, config.search.engine)
            finder.find("一", size=1)
            finder.find("一", size=1)  # from the second search on, position lists are made
            for directory in registry.in_force(library).values():
                cabinet(library, directory)
            otherwise(finder, _NOWHERE)
    except WenkuError:
        return  # whoever asks will be told


def _refused(error: Exception, host: str, port: int) -> WenkuError:
    where = f"{host}:{port}"
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return UsageError(
            "端口已被别的程序占用。",
            where=where,
            remedy=f"请关掉那个程序，或换一个端口，如 --port {port % 65535 + 1}。",
        )
    if number == errno.EACCES:
        return UsageError("没有权限使用这个端口。", where=where, remedy="请换一个大于 1024 的端口。")
    return UsageError(
        "这个地址无法监听。", where=where, remedy="请检查 host 与 port；只在本机使用时 host 写 127.0.0.1。"
    )
