"""A round shows all at once or never, whoever is killed, and leaves nothing behind for ever."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from opensearch_servers import Group

from archive.config import Cluster
from search.engines import discard, engine, opensearch, rounds
from search.engines.contract import EngineError, Run

Editions = Mapping[int, Mapping[int, str]]


@pytest.fixture
def folder(cluster: Cluster, tmp_path: Path) -> Path:
    """An index with two editions in it."""
    folder = tmp_path / "opensearch-1"
    folder.mkdir()
    engine("opensearch", cluster).create(folder)
    fill(folder, {1: {1: "甲", 2: "甲"}, 2: {3: "甲"}})
    return folder


def fill(folder: Path, editions: Editions) -> None:
    writer = engine("opensearch").write(folder)
    for edition_id, texts in editions.items():
        writer.delete(edition_id)
        writer.add(edition_id, texts.items())
    writer.commit()


def holders(folder: Path, token: str = "甲") -> list[int]:
    found = engine("opensearch").open(folder).candidates(Run(token), 25_000)
    assert found is not None
    return found.tolist()


def kept(server: Group, folder: Path) -> int:
    """How many documents the server keeps, seen or not."""
    index = rounds.read_place(folder).index
    server.ask(f"/{index}/_refresh", "POST")
    return int(server.ask(f"/{index}/_count?q=_exists_:round")["count"])


def _sent_and_killed(folder: Path) -> None:
    writer = engine("opensearch").write(folder)
    writer.delete(1)
    writer.add(1, [(number, "甲") for number in range(100, 200)])
    writer._bulk.finish()  # type: ignore[attr-defined]
    os._exit(9)


def _killed_as_it_shows(folder: Path) -> None:
    real = rounds.write

    def write(folder: Path, what: object) -> None:
        if isinstance(what, rounds.Rounds) and what.shown == what.begun:
            os._exit(9)
        real(folder, what)  # type: ignore[arg-type]

    rounds.write = write  # type: ignore[assignment]
    fill(folder, {1: dict.fromkeys(range(100, 200), "甲")})


def _killed_as_it_sweeps(folder: Path) -> None:
    opensearch._Index.pages = lambda *_: os._exit(9)  # type: ignore[assignment,method-assign]
    fill(folder, {1: {1: "甲"}})


@pytest.mark.parametrize("die", [_sent_and_killed, _killed_as_it_shows, _killed_as_it_sweeps])
def test_a_killed_round_is_never_seen_and_goes_with_the_next(
    server: Group, folder: Path, die: Callable[[Path], None]
) -> None:
    fill(folder, {1: {1: "甲", 5: "甲"}})
    process = multiprocessing.get_context("spawn").Process(target=die, args=(folder,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert holders(folder) == [1, 3, 5]
    fill(folder, {2: {3: "乙"}})
    assert holders(folder) == [1, 5]
    assert engine("opensearch").open(folder).count() == 3
    # What the last round put out of view is there until the next begins: someone may still be looking at it.
    assert kept(server, folder) == 4
    fill(folder, {})
    assert kept(server, folder) == 3


def test_what_a_killed_process_had_on_its_way_is_never_seen(server: Group, folder: Path) -> None:
    abandoned = engine("opensearch").write(folder)
    fill(folder, {1: {1: "甲"}})
    abandoned.add(1, [(900, "甲")])
    abandoned._bulk.finish()  # type: ignore[attr-defined]
    for _ in range(2):
        fill(folder, {2: {3: "甲"}})
        assert holders(folder) == [1, 3]
    assert kept(server, folder) == 3


def test_who_looks_at_a_round_that_is_swept_is_told(folder: Path) -> None:
    before = engine("opensearch").open(folder)
    fill(folder, {1: {1: "乙"}})
    assert before.candidates(Run("甲"), 100) is not None
    fill(folder, {2: {3: "乙"}})
    with pytest.raises(EngineError):
        before.candidates(Run("甲"), 100)


def test_a_server_that_does_not_know_the_last_round_is_not_believed(folder: Path) -> None:
    """As one that the others have lost, and that answers from what it knew then."""
    rounds.write(folder, replace(rounds.read_rounds(folder), shown=2, begun=2, count=77))
    reader = engine("opensearch").open(folder)
    with pytest.raises(EngineError):
        reader.candidates(Run("甲"), 100)
    assert reader.count() == 77


def test_a_round_the_servers_do_not_have_whole_is_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.engines.bulk.Bulk.send", lambda self, changes: len(list(changes)))
    with pytest.raises(EngineError):
        fill(folder, {1: {9: "甲"}})
    assert holders(folder) == [1, 2, 3]


def test_more_passages_than_a_server_lists_at_once(folder: Path) -> None:
    fill(folder, {3: dict.fromkeys(range(1000, 26_000), "丙 丁")})
    assert holders(folder, "丙丁") == list(range(1000, 26_000))
    assert engine("opensearch").open(folder).candidates(Run("丙"), 24_999) is None


def test_more_editions_in_a_round_than_a_query_has_clauses(server: Group, folder: Path) -> None:
    fill(folder, {number: {10_000 + number: "戊"} for number in range(10, 2010)})
    fill(folder, {number: {20_000 + number: "戊"} for number in range(10, 2010)})
    assert holders(folder, "戊") == list(range(20_010, 22_010))
    fill(folder, {})
    assert kept(server, folder) == 2003


def test_a_copy_of_the_library_leaves_the_index_alone(server: Group, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "opensearch-1"
    shutil.copytree(folder, copy)
    for act in (engine("opensearch").open, engine("opensearch").write):
        with pytest.raises(EngineError):
            act(copy)
    discard(copy)
    assert not copy.exists()
    assert holders(folder) == [1, 2, 3]


def test_a_folder_takes_its_index_with_it(server: Group, folder: Path) -> None:
    assert server.indexes() == [rounds.read_place(folder).index]
    discard(folder)
    assert server.indexes() == []
    assert not folder.exists()


def test_an_index_half_made_goes_too(server: Group, cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "opensearch-2"
    folder.mkdir()
    engine("opensearch", cluster).create(folder)
    (folder / rounds.ROUNDS).unlink()
    with pytest.raises(EngineError):
        engine("opensearch").open(folder)
    discard(folder)
    assert server.indexes() == []
