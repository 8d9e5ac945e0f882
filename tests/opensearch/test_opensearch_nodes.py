"""Three servers: one dies in the middle of indexing and of searching, and then all; nothing is lost or wrong."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from opensearch_servers import PATIENCE, Group, Node

from archive.config import Cluster
from archive.library import Library
from search import indexer
from search.engines import cluster as clusters
from search.engines import engine, opensearch
from search.engines.contract import Document, EngineError, Every, Run, Some, Sought
from search.finder import Finder
from search.health import health

LETTERS = "天下惟器而已矣"
PASSAGES = 4000
MOST = 100_000


@pytest.fixture(scope="module")
def three() -> Iterator[Group]:
    group = Group(3)
    yield group
    group.stop()


@pytest.fixture
def cluster(three: Group) -> Iterator[Cluster]:
    """Every shard on two of the three servers."""
    yield Cluster(three.hosts, shards=3, replicas=1)
    three.ensure(*three.nodes)
    three.wipe()


@pytest.fixture
def texts() -> dict[int, str]:
    chance = random.Random(1619)
    return {number: "".join(chance.choices(LETTERS, k=chance.randrange(40))) for number in range(PASSAGES)}


def holds(text: str, sought: Sought) -> bool:
    match sought:
        case Run(tokens):
            return tokens in text
        case Every(parts):
            return all(holds(text, part) for part in parts)
        case Some(parts):
            return any(holds(text, part) for part in parts)


def questions(seed: int) -> list[Sought]:
    chance = random.Random(seed)
    runs = [Run("".join(chance.choices(LETTERS, k=length))) for length in (1, 2, 2, 3, 3, 3, 4, 4) for _ in range(3)]
    return [*runs, *(Every((one, other)) for one, other in pairwise(runs)), Some(tuple(runs[10:14]))]


def answers(folder: Path, sought: Sought) -> set[int]:
    found = engine("opensearch").open(folder).candidates(sought, MOST)
    assert found is not None
    return set(found.tolist())


def oracle(texts: dict[int, str], sought: Sought) -> set[int]:
    return {number for number, text in texts.items() if holds(text, sought)}


def manager(group: Group) -> Node:
    """The server whose death is felt most: the others must first choose another that leads."""
    leads = group.ask("/_cat/cluster_manager?format=json")[0]["node"]
    return next(node for node in group.nodes if node.name == leads)


def index(folder: Path, cluster: Cluster, texts: dict[int, str], victim: Node | None = None) -> None:
    """Index in eight editions; the victim dies while the fifth is being read."""

    def documents(edition_id: int) -> Iterator[Document]:
        for number in range(edition_id, PASSAGES, 8):
            if victim and edition_id == 4 and number > PASSAGES // 2:
                victim.kill()
            yield number, " ".join(texts[number])

    folder.mkdir(exist_ok=True)
    engine("opensearch", cluster).create(folder)
    writer = engine("opensearch").write(folder)
    for edition_id in range(8):
        writer.add(edition_id, documents(edition_id))
    writer.commit()


def test_one_dies_while_indexing(
    three: Group, cluster: Cluster, texts: dict[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small requests, so that many come before the death, and many after.
    monkeypatch.setattr("search.engines.bulk._REQUEST", 20_000)
    folder = tmp_path / "opensearch-1"
    victim = manager(three)
    index(folder, cluster, texts, victim)
    assert engine("opensearch").open(folder).count() == PASSAGES
    for sought in questions(1):
        assert answers(folder, sought) == oracle(texts, sought)
    state = opensearch.health(folder)
    assert state.colour == "yellow" and "缺" in state.sentence
    three.ensure(victim)
    three.wait_for("green")
    assert opensearch.health(folder).colour == "green"
    for sought in questions(2):
        assert answers(folder, sought) == oracle(texts, sought)


def test_one_dies_while_searching(
    three: Group, cluster: Cluster, texts: dict[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ask again soon: here nobody is to be spared.
    monkeypatch.setattr(clusters, "_SILENCE", 0.2)
    folder = tmp_path / "opensearch-1"
    index(folder, cluster, texts)
    three.wait_for("green")
    wanted = [(sought, oracle(texts, sought)) for sought in questions(3)]
    dead, enough = threading.Event(), threading.Event()
    wrong: list[Sought] = []
    right_after = threading.Semaphore(0)

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        while not enough.is_set():
            sought, expected = chance.choice(wanted)
            was_dead = dead.is_set()
            try:
                found = answers(folder, sought)
            except EngineError:
                continue
            if found != expected:
                wrong.append(sought)
            if was_dead:
                right_after.release()

    readers = [threading.Thread(target=ask, args=(seed,)) for seed in range(3)]
    for reader in readers:
        reader.start()
    manager(three).kill()
    dead.set()
    came = [right_after.acquire(timeout=PATIENCE) for _ in range(200)]
    enough.set()
    for reader in readers:
        reader.join()
    assert all(came)
    assert wrong == []


def test_all_die_and_come_back(library: Library, three: Group, cluster: Cluster) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    assert Finder(library).find("天下").hits == 1
    for node in three.nodes:
        node.kill()
    assert Finder(library).find("天下").hits == 1
    assert Finder(library).find("四海").hits == 1
    state = health(library)
    assert state is not None and state.colour == "away"
    three.ensure(*three.nodes)
    three.wait_for("green")
    clusters.servers.cache_clear()
    state = health(library)
    assert state is not None and state.colour == "green"
    report = indexer.catch_up(library, "opensearch", cluster=cluster)
    assert (report.passages, report.rebuilt) == (3, False)
