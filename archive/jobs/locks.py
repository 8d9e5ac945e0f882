"""Who is alive: a job, and the place of the one worker, is held by a lock that falls with the process that took it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from whoosh.util.filelock import FileLock

from archive.errors import Busy, WenkuError
from archive.library import Library

LOCKS = "jobs"
"""Folder of the library's that holds the locks."""


@contextmanager
def holding(library: Library, id: int) -> Iterator[None]:
    """Work on a job, alone: its lock is held by this process and falls with it.

    Raises:
        Busy: another process is working on it.
    """
    lock = _lock(library, id)
    if not lock.acquire():
        raise Busy(f"{id} 号任务正由另一个程序进行。", remedy="wenku ocr jobs 看进度；要停下：wenku ocr pause。")
    with _kept(lock):
        yield


def held(library: Library, id: int) -> bool:
    """Whether a living process is working on a job."""
    lock = _lock(library, id)
    if not lock.acquire():
        return True
    lock.release()
    return False


@contextmanager
def only_worker(library: Library, wait: float) -> Iterator[None]:
    """Be the one worker of the library, once any other has gone; looked for every `wait` seconds.

    Raises:
        WenkuError: the library's folder cannot be written.
    """
    lock = _lock(library, "worker")
    while not lock.acquire():
        time.sleep(wait)
    with _kept(lock):
        yield


_HELD: list[FileLock] = []


@contextmanager
def _kept(lock: FileLock) -> Iterator[None]:
    """Keep a lock that was acquired until the work under it is done."""
    _HELD.append(lock)
    try:
        yield
    finally:
        _HELD.remove(lock)
        lock.release()


def _let_go() -> None:
    """Let a child process keep no lock of its parent's: a lock falls with the process that took it."""
    while _HELD:
        lock = _HELD.pop()
        if lock.fd is not None:
            os.close(lock.fd)
            lock.fd = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _lock(library: Library, name: int | str) -> FileLock:
    folder = library.folder / LOCKS
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        what = f"任务的锁建不起来：{error.strerror}。"
        raise WenkuError(what, where=str(folder), remedy="请检查磁盘空间和写权限。") from error
    return FileLock(str(folder / f"{name}.lock"))
