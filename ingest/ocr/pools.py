"""Where sheets are read: processes of this machine, or the workers of a dask cluster, behind the same few calls."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from archive.errors import WenkuError

BYTES_EACH = 1_300_000_000
"""Memory a process that reads may take."""
_WAIT = "10s"

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Pool:
    """Reads sheets; a context manager.

    Args:
        workers: processes; 0 for as many as there are processors and memory for.
        cluster: address of a dask scheduler; empty for this machine.

    Raises:
        WenkuError: the cluster does not answer, or dask is not installed.
    """

    def __init__(self, workers: int = 0, cluster: str = "") -> None:
        self._workers = workers or processes()
        self._client: Any = _client(cluster) if cluster else None
        self._executor = self._made()

    @property
    def size(self) -> int:
        """How many sheets are read at once."""
        return max(1, sum(self._client.ncores().values())) if self._client else self._workers

    def submit(self, call: Callable[[Argument], Result], argument: Argument) -> Future[Result]:
        """Have something done.

        Raises:
            BrokenExecutor: a process has died; `renew` the pool.
        """
        return self._executor.submit(call, argument)

    def renew(self) -> None:
        """Start afresh after a process has died."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._made()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._client:
            self._executor.shutdown(wait=False)
            self._client.close()
            return
        if error is not None:  # whoever stops does not wait for the pages in hand
            for process in list((getattr(self._executor, "_processes", None) or {}).values()):
                process.terminate()
        self._executor.shutdown(cancel_futures=True)

    def _made(self) -> Executor:
        if self._client:
            executor: Executor = self._client.get_executor(pure=False)
            return executor
        return ProcessPoolExecutor(self._workers, initializer=_begin)


def processes() -> int:
    """How many processes read at once here: one a processor, as far as memory goes."""
    count = os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not told on this system
        return min(count, 4)
    return max(1, min(count, memory // BYTES_EACH))


def _begin() -> None:
    """What a process does first: leave Ctrl+C to its parent, and die with it whatever happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        remedy = "请装上：pip install 'hengyang-wenku[cluster]'。"
        raise WenkuError("要用集群，须先装 dask.distributed。", remedy=remedy) from None
    try:
        return Client(address, timeout=_WAIT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        remedy = "请核对地址（形如 tcp://主机:8786），并确认 dask scheduler 已启动。"
        raise WenkuError(f"连不上集群：{error}。", where=address, remedy=remedy) from None
