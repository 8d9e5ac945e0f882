"""Servers that are dead, strange, busy or not ours: nobody waits long, nothing is lost, and what is wrong is said."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from opensearch_stub import Asked, listening

from archive.config import Cluster
from archive.errors import UsageError
from search.engines import cluster as clusters
from search.engines import engine, opensearch, rounds
from search.engines.bulk import Bulk
from search.engines.contract import Away, EngineError, Run
from search.engines.rounds import Place, Rounds

FOUND = {"hits": {"total": {"value": 2}, "hits": [{"sort": [-1]}, {"sort": [7]}]}}
BUSY = {"error": {"type": "circuit_breaking_exception", "reason": "too much"}, "status": 429}


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(clusters.time, "monotonic", clock.monotonic)
    return clock


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_PAUSES", (0.0,) * 4)


def folder_of(path: Path, *hosts: str, ca: str = "") -> Path:
    """A folder of an index on these servers, which nobody has made."""
    rounds.write(path, Place(hosts, "wenku", "wenku-0", 1, ca, rounds.home(path)))
    rounds.write(path, Rounds(shown=1, begun=1, count=3))
    return path


def search(folder: Path) -> list[int]:
    found = engine("opensearch").open(folder).candidates(Run("甲"), 10)
    assert found is not None
    return found.tolist()


def test_after_a_failure_nobody_asks_for_a_while_and_then_one_tries(tmp_path: Path, clock: Clock) -> None:
    up = False
    with listening(lambda asked: (200, FOUND) if up else (503, {})) as stub:
        folder = folder_of(tmp_path, stub.address)
        for _ in range(50):
            with pytest.raises(EngineError):
                search(folder)
        assert len(stub.asked) == 1
        assert opensearch.silent(folder)
        assert opensearch.health(folder).colour == "away"
        assert len(stub.asked) == 1
        clock.now += 3600
        for _ in range(50):
            with pytest.raises(EngineError):
                search(folder)
        assert len(stub.asked) == 2
        up = True
        clock.now += 3600
        assert search(folder) == [7]
        assert search(folder) == [7]
        assert not opensearch.silent(folder)


def test_a_server_that_lost_another_is_silent_and_the_index_is_not_damaged(tmp_path: Path) -> None:
    lost = {"type": "node_not_connected_exception", "reason": "[n2] Node not connected"}
    told = {"error": {"root_cause": [lost], "type": "search_phase_execution_exception"}, "status": 500}
    with listening(lambda asked: (500, told)) as stub:
        folder = folder_of(tmp_path, stub.address)
        assert engine("opensearch").open(folder).count() == 3
        assert opensearch.silent(folder)


def test_while_one_tries_the_others_do_not_wait(tmp_path: Path, clock: Clock) -> None:
    inside: list[str] = []

    def answers(asked: Asked) -> tuple[int, Any]:
        if clock.now > 2000 and not inside:
            inside.append("one")
            with pytest.raises(EngineError):
                search(tmp_path)
            return 200, FOUND
        return 503, {}

    with listening(answers) as stub:
        folder = folder_of(tmp_path, stub.address)
        with pytest.raises(EngineError):
            search(folder)
        clock.now += 3600
        assert search(folder) == [7]
        assert inside == ["one"] and len(stub.asked) == 2


def test_nobody_listens(tmp_path: Path) -> None:
    with listening(lambda asked: (200, {})) as stub:
        pass
    folder = folder_of(tmp_path, stub.address)
    with pytest.raises(EngineError):
        search(folder)
    assert engine("opensearch").open(folder).count() == 3
    state = opensearch.health(folder)
    assert state.colour == "away" and "没有应答" in state.sentence and stub.address not in state.sentence
    assert state.details["hosts"] == [stub.address]
    with pytest.raises(Away) as raised:
        engine("opensearch").write(folder)
    assert stub.address in raised.value.where and "wenku index" in raised.value.remedy
    assert rounds.read_rounds(folder).begun == 1


def test_a_server_that_hangs_is_waited_for_only_so_long(tmp_path: Path) -> None:
    hanging = threading.Event()

    def answers(asked: Asked) -> tuple[int, Any]:
        hanging.wait(60)
        return 200, FOUND

    with listening(answers) as stub:
        folder = folder_of(tmp_path, stub.address)
        with pytest.raises(EngineError):
            search(folder)
        assert opensearch.silent(folder)
        hanging.set()


def test_one_dead_host_is_passed_over(tmp_path: Path) -> None:
    with listening(lambda asked: (200, {})) as dead:
        pass
    with listening(lambda asked: (200, FOUND)) as stub:
        folder = folder_of(tmp_path, dead.address, stub.address)
        assert [search(folder) for _ in range(4)] == [[7]] * 4


@pytest.mark.parametrize(
    "said", [b"<html>router</html>", [], {}, {"hits": 7}, {"hits": {"hits": [{}]}}, {**FOUND, "hits": [{"sort": "x"}]}]
)
def test_something_else_listens_there(tmp_path: Path, said: object) -> None:
    with listening(lambda asked: (200, said)) as stub:
        folder = folder_of(tmp_path, stub.address)
        with pytest.raises(EngineError):
            search(folder)
        assert opensearch.health(folder).colour == "away"


@pytest.mark.parametrize("said", [b"<html>router</html>", [], {}])
def test_nothing_is_made_where_something_else_listens(tmp_path: Path, said: object) -> None:
    with listening(lambda asked: (200, said)) as stub:
        with pytest.raises((EngineError, Away)):
            engine("opensearch", Cluster((stub.address,))).create(tmp_path)
        assert [asked.method for asked in stub.asked] == ["GET"]
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_is_gone_is_not_silence(tmp_path: Path) -> None:
    missing = {"error": {"type": "index_not_found_exception", "reason": "no such index"}, "status": 404}
    with listening(lambda asked: (404, missing)) as stub:
        folder = folder_of(tmp_path, stub.address)
        for _ in range(3):
            with pytest.raises(EngineError):
                engine("opensearch").open(folder).count()
        with pytest.raises(EngineError):
            engine("opensearch").write(folder)
        state = opensearch.health(folder)
        assert state.colour == "red" and "wenku index" in state.sentence
        assert not opensearch.silent(folder)


def test_the_password_comes_from_the_environment_and_goes_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clusters.USER, "zhaowenku")
    monkeypatch.setenv(clusters.PASSWORD, "示例 password")
    with listening(lambda asked: (200, FOUND) if asked.authorization else (401, {})) as stub:
        folder = folder_of(tmp_path, stub.address)
        assert search(folder) == [7]
        assert b64decode(stub.asked[0].authorization.removeprefix("Basic ")).decode() == "zhaowenku:示例 password"
        clusters.servers.cache_clear()
        monkeypatch.delenv(clusters.USER)
        with pytest.raises(EngineError):
            search(folder)
        assert opensearch.silent(folder)
        with pytest.raises(Away) as raised:
            engine("opensearch").write(folder)
        assert clusters.USER in raised.value.remedy
    for path in tmp_path.iterdir():
        assert "示例" not in path.read_text(encoding="utf-8")


def test_what_busy_servers_refuse_is_sent_again(tmp_path: Path, at_once: None) -> None:
    times: Counter[str] = Counter()

    def answers(asked: Asked) -> tuple[int, Any]:
        names = [json.loads(line)["index"]["_id"] for line in asked.body.splitlines()[::2]]
        times.update(names)
        if times["1"] == 1:
            return 429, BUSY
        items = [{"index": {"status": 201}} for _ in names]
        if times["1"] == 2:
            items[0] = {"index": BUSY}
        return 200, {"errors": times["1"] == 2, "items": items}

    with listening(answers) as stub:
        bulk = Bulk(clusters.servers((stub.address,), "", 2), "wenku-0")
        assert bulk.send(f'{{"index":{{"_id":"{number}"}}}}\n{{}}\n' for number in (1, 2)) == 2
        bulk.finish()
        bulk.drop()
    assert times == {"1": 3, "2": 2}


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (429, BUSY, Away),
        (503, {}, Away),
        (403, {}, Away),
        (200, {"errors": True, "items": [{"index": {"status": 503, "error": {"reason": "no primary"}}}]}, Away),
        (200, {"errors": True, "items": [{"index": {"status": 400, "error": {"reason": "bad"}}}]}, EngineError),
        (404, {}, EngineError),
    ],
)
def test_what_is_never_taken_is_told(tmp_path: Path, at_once: None, status: int, said: object, kind: type) -> None:
    with listening(lambda asked: (status, said)) as stub:
        bulk = Bulk(clusters.servers((stub.address,), "", 2), "wenku-0")
        with pytest.raises(kind):
            bulk.send(['{"index":{"_id":"1"}}\n{}\n'])
            bulk.finish()
        bulk.drop()


def test_a_certificate_that_is_not_there_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        engine("opensearch", Cluster(ca=str(tmp_path / "no.pem"))).create(tmp_path)
    assert "no.pem" in raised.value.where
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_that_has_gone_since_is_silence(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "https://localhost:1", ca=str(tmp_path / "gone.pem"))
    with pytest.raises(EngineError):
        search(folder)
    assert opensearch.health(folder).colour == "away"
