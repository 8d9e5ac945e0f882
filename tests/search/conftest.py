"""Every engine in turn, for tests that all of them must pass: OpenSearch joins where a real server can be had."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from archive.config import Cluster
from search.engines import CLUSTERS, ENGINES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "opensearch"))


@pytest.fixture(params=[*ENGINES, *CLUSTERS])
def engine_name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of an engine; a cluster's new indexes go to the tests' own server, and from it when the test ends."""
    if request.param not in CLUSTERS:
        yield request.param
        return
    from opensearch_servers import one_server

    group = one_server()
    monkeypatch.setattr("search.engines.Cluster", partial(Cluster, group.hosts, shards=2, replicas=0))
    yield request.param
    group.wipe()
