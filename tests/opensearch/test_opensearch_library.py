"""A library on a cluster, from the indexer to the page: the same answers, whatever becomes of the servers."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from opensearch_servers import Group
from opensearch_stub import listening
from ran import Run as Wenku
from shelves import shelve

from archive.config import Cluster, Config
from archive.library import Library
from archive.writer import withdraw_edition
from search import indexer
from search.engines import engine, rounds
from search.engines.contract import Away, Run
from search.finder import Finder
from search.health import health, silent
from search.indexer import INDEX
from web import create_app


def folder_in_force(library: Library) -> Path:
    stamp = indexer.read_stamp(library.folder / INDEX)
    assert stamp is not None
    return library.folder / INDEX / stamp.folder


def index_of(library: Library) -> str:
    return rounds.read_place(folder_in_force(library)).index


def hits(library: Library, text: str) -> list[str]:
    return sorted(f"{one.work.removeprefix('hengyang.')} {one.ref}" for one in Finder(library).find(text).items)


def move(library: Library, address: str) -> None:
    """Say that the index is elsewhere."""
    path = folder_in_force(library) / rounds.PLACE
    path.write_text(json.dumps({**json.loads(path.read_text()), "hosts": [address]}))


def test_only_what_changed_is_sent(library: Library, cluster: Cluster) -> None:
    assert indexer.catch_up(library, "opensearch", cluster=cluster).passages == 3
    shelve(library, "one", ["天下惟器", "道者器之道", "新增一段"])
    report = indexer.catch_up(library, "opensearch", cluster=cluster)
    assert (report.engine, report.indexed_editions, report.passages, report.rebuilt) == ("opensearch", 1, 4, False)
    assert hits(library, "器") == ["one 1", "one 2"]
    assert Finder(library).find("器").engine == "opensearch"
    withdraw_edition(library, library.editions()[0].id)
    assert hits(library, "器") == []
    assert indexer.catch_up(library, "opensearch", cluster=cluster).passages == 1
    assert indexer.catch_up(library, "opensearch", cluster=cluster).indexed_passages == 0


def test_a_rebuilt_index_takes_the_name_and_the_old_one_goes(library: Library, server: Group, cluster: Cluster) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    first = index_of(library)
    assert server.ask("/_alias/wenku").keys() == {first}
    assert indexer.rebuild(library, "opensearch", cluster=cluster).rebuilt
    second = index_of(library)
    assert second != first
    assert server.ask("/_alias/wenku").keys() == {second}
    assert server.indexes() == [second]
    assert hits(library, "四海") == ["two 1"]


def test_another_engine_takes_the_index_from_the_servers(library: Library, server: Group, cluster: Cluster) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    assert indexer.catch_up(library, "tantivy").rebuilt
    assert server.indexes() == []
    assert health(library) is None


def _die_while_rebuilding(folder: Path, cluster: Cluster) -> None:
    indexer._write_stamp = lambda *_: os._exit(9)  # type: ignore[assignment]
    indexer.rebuild(Library.open(folder), "opensearch", cluster=cluster)


def test_a_killed_rebuild_leaves_the_old_index_and_then_nothing(
    library: Library, server: Group, cluster: Cluster
) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    first = index_of(library)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_die_while_rebuilding, args=(library.folder, cluster))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert len(server.indexes()) == 2
    assert index_of(library) == first and hits(library, "四海") == ["two 1"]
    shelve(library, "three", ["又一書"])
    indexer.catch_up(library, "opensearch", cluster=cluster)
    assert server.indexes() == [first]


def test_an_index_somebody_removed_is_made_anew(library: Library, server: Group, cluster: Cluster) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    server.wipe()
    state = health(library)
    assert state is not None and state.colour == "red"
    assert hits(library, "四海") == ["two 1"]
    assert indexer.count(library) == 0
    assert indexer.catch_up(library, "opensearch", cluster=cluster).rebuilt
    assert server.indexes() == [index_of(library)]
    state = health(library)
    assert state is not None and state.colour == "green" and "1 台" in state.sentence


def test_answers_come_without_servers_and_nothing_is_rebuilt(
    library: Library, server: Group, cluster: Cluster, tmp_path: Path
) -> None:
    indexer.catch_up(library, "opensearch", cluster=cluster)
    with listening(lambda asked: (200, {})) as stub:
        pass
    move(library, stub.address)
    state = health(library)
    assert state is not None and state.colour == "away" and silent(library)
    assert indexer.catch_up(library, "opensearch", cluster=cluster).indexed_passages == 0
    shelve(library, "three", ["四海之外"])
    assert hits(library, "四海") == ["three 1", "two 1"]
    with pytest.raises(Away):
        indexer.catch_up(library, "opensearch", cluster=cluster)
    assert len(list((library.folder / INDEX).glob("opensearch-*"))) == 1
    move(library, server.hosts[0])
    report = indexer.catch_up(library, "opensearch", cluster=cluster)
    assert (report.indexed_editions, report.rebuilt) == (1, False)
    found = engine("opensearch").open(folder_in_force(library)).candidates(Run("四"), 9)
    assert found is not None and len(found) == 2


@pytest.fixture
def wenku(run: Wenku, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wenku:
    """The command line, with settings that name the cluster."""
    hosts = json.dumps(cluster.hosts)
    settings = f"search: {{engine: opensearch, opensearch: {{hosts: {hosts}, shards: 1, replicas: 1}}}}\n"
    (tmp_path / "config.yaml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return run


def findings(wenku: Wenku) -> list[str]:
    return [one["where"] for one in wenku("check", "--json").json["findings"]]


def test_the_command_line_tells_how_the_cluster_is(library: Library, server: Group, wenku: Wenku) -> None:
    assert wenku("search", "四海", "--json").json["engine"] == "opensearch"
    ran = wenku("index", "--json").json
    assert (ran["engine"], ran["cluster"]["colour"]) == ("opensearch", "yellow")
    assert "缺 1 份副本" in wenku("index").out
    assert "cluster" not in findings(wenku)
    assert "缺 1 份副本" in wenku("check").out
    with listening(lambda asked: (200, {})) as stub:
        pass
    move(library, stub.address)
    assert "cluster" in findings(wenku)
    assert wenku("check", "--json").json["cluster"]["colour"] == "away"
    shelve(library, "three", ["四海之外"])
    ran = wenku("search", "四海", "--json")
    assert (ran.code, ran.json["hits"]) == (0, 2)
    assert "没有应答" in ran.err
    ran = wenku("index", "--json")
    assert ran.code == 1 and ran.json["kind"] == "Away"


def test_the_page_about_the_library_tells_readers(library: Library, cluster: Cluster) -> None:
    def about() -> str:
        return create_app(Config(), library.folder).test_client().get("/about").text

    indexer.catch_up(library, "tantivy")
    assert "集群" not in about()
    indexer.catch_up(library, "opensearch", cluster=cluster)
    assert "检索集群完好：1 台服务器，2 个分片" in about()
    with listening(lambda asked: (200, {})) as stub:
        pass
    move(library, stub.address)
    assert "检索集群没有应答" in about() and "结果完整" in about()
    assert stub.address not in about()
