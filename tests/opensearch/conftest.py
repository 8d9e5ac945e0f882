"""A real OpenSearch server, or three, for tests of what only servers can do; skipped, saying so, without Java."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearch_servers import Group, one_server

from archive.config import Cluster
from archive.library import Library
from search.engines import cluster as clusters

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "search"))


@pytest.fixture(autouse=True)
def _strangers() -> None:
    """No test knows what another has learnt of servers."""
    clusters.servers.cache_clear()


@pytest.fixture
def server() -> Iterator[Group]:
    """The one server, empty again when the test ends."""
    group = one_server()
    yield group
    group.wipe()


@pytest.fixture
def cluster(server: Group) -> Cluster:
    """Settings for indexes on the one server."""
    return Cluster(server.hosts, shards=2, replicas=0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two works."""
    from shelves import shelve

    with Library.create(tmp_path / "library") as made:
        shelve(made, "one", ["天下惟器", "道者器之道"])
        shelve(made, "two", ["四海之内"])
        yield made
