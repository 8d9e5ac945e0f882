"""Serving the site with waitress."""

from __future__ import annotations

import errno
from pathlib import Path

import waitress

from archive.config import Config
from archive.errors import UsageError, WenkuError
from web.app import create_app


def serve(config: Config, library_folder: Path, host: str, port: int) -> None:
    """Serve until interrupted. Prints nothing.

    Raises:
        NotFound: there is no library in that folder.
        UsageError: the address cannot be listened on.
    """
    app = create_app(config, library_folder)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=8, ident="wenku")
    except (OSError, ValueError, OverflowError) as error:
        raise _refused(error, host, port) from error
    try:
        server.run()
    except KeyboardInterrupt:
        return
    finally:
        server.close()


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
