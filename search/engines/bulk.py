"""Sending many small changes to servers: many in a request, several requests at once, each again until it is taken.

A change names its document, so one that is sent twice is done once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from opensearchpy.exceptions import TransportError

from search.engines.cluster import BUSY, Servers
from search.engines.contract import EngineError

_REQUEST = 2 << 20
"""Characters in a request."""
_SENDERS = 2
# A server that has lost the shard's other copies may wait for them without end: asking again is quicker, and harmless.
_ASKED = {"timeout": "5s", "request_timeout": 20, "filter_path": "errors,items.*.status,items.*.error"}
_WAITING = 4
"""Requests made ready before the first of them is answered."""


class Bulk:
    """Changes on their way to one index. A change is the lines of the bulk format that ask for it."""

    def __init__(self, servers: Servers, index: str) -> None:
        self._servers = servers
        self._index = index
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="bulk")
        self._sent: deque[Future[None]] = deque()
        self._ready: list[str] = []
        self._size = 0
        self._dropped = Event()

    def send(self, changes: Iterable[str]) -> int:
        """Send changes; returns how many. Some are still on their way: `finish` waits for them.

        Raises:
            Away: the servers do not answer, though asked for a while.
            EngineError: they do not take a change.
        """
        count = 0
        for change in changes:
            self._ready.append(change)
            self._size += len(change)
            count += 1
            if self._size >= _REQUEST:
                self._submit()
        return count

    def finish(self) -> None:
        """Wait until all are taken; raises as `send` does."""
        if self._ready:
            self._submit()
        while self._sent:
            self._sent.popleft().result()

    def drop(self) -> None:
        """Send nothing more."""
        self._dropped.set()
        self._senders.shutdown(cancel_futures=True)

    def _submit(self) -> None:
        while len(self._sent) >= _WAITING:
            self._sent.popleft().result()
        self._sent.append(self._senders.submit(self._deliver, self._ready))
        self._ready, self._size = [], 0

    def _deliver(self, changes: list[str]) -> None:
        left = changes

        def attempt() -> None:
            nonlocal left
            answer = self._servers.client.bulk(body="".join(left), index=self._index, params=dict(_ASKED))
            if not answer["errors"]:
                return
            results = [next(iter(item.values())) for item in answer["items"]]
            failed = [(change, one) for change, one in zip(left, results, strict=True) if "error" in one]
            for _, one in failed:
                if one["status"] not in BUSY:
                    raise EngineError(str(one["error"].get("reason")))
            left = [change for change, _ in failed]
            raise TransportError(failed[0][1]["status"], "bulk", {"error": failed[0][1]["error"]})

        with self._servers.writing():
            self._servers.patiently(attempt, self._dropped)
