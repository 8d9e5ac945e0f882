"""Servers as this process knows them: how they are asked, how long they are waited for, how they are.

A reader waits for dead servers once: after a failure nobody asks them for a while, then one goes ahead and tries
(the circuit breaker of M. Nygard, *Release It!*). A writer has patience, for a cluster that has lost a server needs
some seconds to find itself again.
"""

from __future__ import annotations

import logging
import os
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Event, Lock
from typing import Any, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ImproperlyConfigured, OpenSearchException, TransportError
from urllib3 import Timeout

from search.engines.contract import Away, Colour, EngineError, State

USER, PASSWORD = "WENKU_OPENSEARCH_USER", "WENKU_OPENSEARCH_PASSWORD"
_CONNECT = 1.5
_WRITE = 60.0
"""Seconds to wait for a connection, and for a round's requests to be answered."""
_SILENCE = 15.0
"""Seconds for which servers that failed are not asked again."""
_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15, 15, 15, 15, 15)
"""Seconds between a writer's attempts."""
BUSY = (429, 502, 503, 504)
"""Statuses of an answer that may be another in a moment."""
_LOST = frozenset(
    f"{name}_exception"
    for name in (
        *("node_not_connected", "node_disconnected", "node_closed"),
        *("connect_transport", "send_request_transport", "receive_timeout_transport"),
    )
)
"""What an answer of status 500 names while a server asks another that has just died: the index is none the worse."""
_REFUSED = (401, 403)
_NONSENSE = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer raises that is none."""

# What a request that failed says goes into our own errors; the client would also print it.
logging.getLogger("opensearch").addHandler(logging.NullHandler())

Answer = TypeVar("Answer")


class Silent(EngineError):
    """The servers do not answer, or not now; the index itself may be sound."""


class Servers:
    """The servers of one cluster. One object serves all threads of a process; see `servers`."""

    def __init__(self, hosts: tuple[str, ...], ca: str, timeout: int) -> None:
        self.hosts = hosts
        self.timeout = timeout
        self.client = OpenSearch(
            list(hosts),
            headers=_authorization(),
            timeout=Timeout(connect=_CONNECT, read=_WRITE),
            max_retries=len(hosts) - 1,
            http_compress=True,
            pool_maxsize=16,
            ca_certs=ca or None,
        )
        self._lock = Lock()
        self._failed = False
        self._ask_after = 0.0

    @property
    def silent(self) -> bool:
        """Whether the last that was asked of them failed."""
        return self._failed

    @contextmanager
    def reading(self) -> Iterator[Callable[[], Timeout]]:
        """Ask for something that a reader is waiting for; yields what tells how much longer to wait.

        Raises:
            Silent: no answer in time, or there was none a moment ago.
            EngineError: the answer was that there is no such index, or made no sense.
        """
        self._mind_the_silence()
        ends = time.monotonic() + self.timeout
        try:
            yield lambda: Timeout(connect=_CONNECT, read=max(ends - time.monotonic(), 0.1))
        except (OpenSearchException, ImproperlyConfigured, OSError) as error:
            if not _passes(error) and not _refused(error):
                raise EngineError(_reason(error)) from error
            self._failed, self._ask_after = True, time.monotonic() + _SILENCE
            raise Silent(_reason(error)) from error
        except _NONSENSE as error:
            raise EngineError(f"not an answer of OpenSearch: {error!r}") from error
        self._failed = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Ask for something that changes the index.

        Raises:
            Away: the servers do not answer, or do not let us in.
            EngineError: the index is not there, or does not take this.
        """
        try:
            yield
        except (OpenSearchException, ImproperlyConfigured, OSError) as error:
            if _refused(error):
                raise Away(
                    f"检索集群不认这个用户，或没有给它权限：{_reason(error)}。",
                    where="、".join(self.hosts),
                    remedy=f"请检查环境变量 {USER} 和 {PASSWORD}。",
                ) from error
            if not _passes(error):
                raise EngineError(_reason(error)) from error
            raise Away(
                f"检索集群没有应答：{_reason(error)}。",
                where="、".join(self.hosts),
                remedy="文库没有受影响，检索改在本机直接查全文，答案相同；集群恢复后请运行 wenku index。",
            ) from error
        except _NONSENSE as error:
            raise EngineError(f"not an answer of OpenSearch: {error!r}") from error

    def patiently(self, ask: Callable[[], Answer], given_up: Event | None = None) -> Answer:
        """`ask()`, again and again while the cluster is finding itself, for about a minute and a half."""
        pausing = given_up or Event()
        for pause in _PAUSES:
            try:
                return ask()
            except (OpenSearchException, OSError) as error:
                if not _passes(error) or pausing.wait(pause):
                    raise
        return ask()

    def health(self, index: str) -> State:
        """How the cluster is, as far as this index is concerned."""
        details: dict[str, Any] = {"hosts": list(self.hosts), "index": index}
        try:
            with self.reading():
                wait = Timeout(connect=_CONNECT, read=min(self.timeout, 5))
                asked = {"request_timeout": wait, "filter_path": "status,number_of_*,*_shards"}
                if not self.client.indices.exists(index=index, request_timeout=wait):
                    return State("red", _SENTENCES["gone"], details)
                details |= self.client.cluster.health(index=index, params=asked)
                colour: Colour = details["status"]
                return State(colour, _SENTENCES[colour].format(**details), details)
        except EngineError as error:
            return State("away", _SENTENCES["away"], {**details, "reason": str(error)})

    def _mind_the_silence(self) -> None:
        with self._lock:
            if self._failed:
                if time.monotonic() < self._ask_after:
                    raise Silent("asked a moment ago")
                # This one tries; the others need not wait with it.
                self._ask_after = time.monotonic() + _SILENCE


_SENTENCES: dict[str, str] = {
    "green": "检索集群完好：{number_of_data_nodes} 台服务器，{active_primary_shards} 个分片，副本齐全。",
    "yellow": "检索集群缺 {unassigned_shards} 份副本：检索完整如常，但再坏一台服务器，索引就可能不全。",
    "red": "检索集群缺分片：检索暂在本机直接查全文，结果完整，只是较慢。",
    "gone": "检索集群里没有本库的索引：检索暂在本机直接查全文，结果完整，只是较慢；请运行 wenku index。",
    "away": "检索集群没有应答：检索暂在本机直接查全文，结果完整，只是较慢。",
}


@lru_cache(maxsize=8)
def servers(hosts: tuple[str, ...], ca: str, timeout: int) -> Servers:
    """The servers at these addresses: one object for the whole process, so that all its threads know what failed."""
    return Servers(hosts, ca, timeout)


def _authorization() -> dict[str, str]:
    """Who we are, of whatever characters (RFC 7617); the client by itself can only say it in Latin-1."""
    if not (user := os.environ.get(USER)):
        return {}
    said = f"{user}:{os.environ.get(PASSWORD, '')}".encode()
    return {"authorization": f"Basic {b64encode(said).decode()}"}


def _passes(error: Exception) -> bool:
    """Whether it may be otherwise in a moment."""
    if isinstance(error, TransportError) and not isinstance(error, NoConnection):
        return error.status_code in BUSY or any(cause.get("type") in _LOST for cause in _causes(error))
    return True


def _refused(error: Exception) -> bool:
    return isinstance(error, TransportError) and error.status_code in _REFUSED


def _reason(error: Exception) -> str:
    """What the server or the network says, in its own words."""
    if not isinstance(error, TransportError):
        return str(error)
    if causes := _causes(error):
        return f"{error.status_code} {causes[0].get('reason') or causes[0].get('type')}"
    told = error.info.get("error") if isinstance(error.info, dict) else error.info
    return f"{error.status_code} {told or error.error}"


def _causes(error: TransportError) -> list[dict[str, Any]]:
    """What an answer names as the causes of an error, the first ones first; none if it does not."""
    told = error.info.get("error", error.info) if isinstance(error.info, dict) else None
    causes = told.get("root_cause") or [told] if isinstance(told, dict) else []
    return [cause for cause in causes if isinstance(cause, dict)]
