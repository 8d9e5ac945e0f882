"""The contract, held by every engine in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from search.engines import CLUSTERS, ENGINES, engine
from search.engines.contract import Engine, EngineError, Every, Run, Some, Sought

TEXTS = {1: "天下惟器", 2: "天下", 3: "器", 4: "下天", 5: "", 6: "𩔖天下\U00107fe6"}


@pytest.fixture
def chosen(engine_name: str) -> Engine:
    return engine(engine_name)


def fill(chosen: Engine, folder: Path, editions: dict[int, dict[int, str]]) -> None:
    writer = chosen.write(folder)
    for edition_id, texts in editions.items():
        writer.delete(edition_id)
        writer.add(edition_id, [(number, " ".join(text)) for number, text in texts.items()])
    writer.commit()


def ask(chosen: Engine, folder: Path, sought: Sought, most: int = 1000) -> set[int] | None:
    reader = chosen.open(folder)
    try:
        found = reader.candidates(sought, most)
        return None if found is None else set(found.tolist())
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("sought", "holders"),
    [
        (Run("天"), {1, 2, 4, 6}),
        (Run("天下"), {1, 2, 6}),
        (Run("天下惟器"), {1}),
        (Run("𩔖天"), {6}),
        (Run("\U00107fe6"), {6}),
        (Run("無"), set()),
        (Run("器天"), set()),
        (Every((Run("天下"), Run("器"))), {1}),
        (Some((Run("器"), Run("𩔖"))), {1, 3, 6}),
        (Every((Some((Run("器"), Run("𩔖"))), Run("天"))), {1, 6}),
    ],
)
def test_every_passage_that_holds_it_is_named(
    chosen: Engine, tmp_path: Path, sought: Sought, holders: set[int]
) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {7: TEXTS})
    found = ask(chosen, tmp_path, sought)
    assert found is not None
    assert holders <= found <= set(TEXTS)


def test_too_many_are_not_listed(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {7: dict.fromkeys(range(3000), "天" * 9)})
    assert ask(chosen, tmp_path, Run("天"), most=10) is None
    assert ask(chosen, tmp_path, Run("天"), most=5000) == set(range(3000))


def test_editions_are_replaced_and_forgotten(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {1: {1: "甲乙", 2: "丙"}, 2: {3: "甲"}})
    fill(chosen, tmp_path, {1: {4: "甲丁"}})
    reader = chosen.open(tmp_path)
    assert reader.count() == 2
    reader.close()
    assert ask(chosen, tmp_path, Run("甲")) == {3, 4}
    assert ask(chosen, tmp_path, Run("丙")) == set()


def test_nothing_shows_before_the_commit_and_an_abandoned_round_leaves_nothing(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {1: {1: "甲"}})
    writer = chosen.write(tmp_path)
    writer.delete(1)
    writer.add(1, [(2, "乙")])
    assert ask(chosen, tmp_path, Run("甲")) == {1}
    writer.abandon()
    assert ask(chosen, tmp_path, Run("甲")) == {1}
    fill(chosen, tmp_path, {1: {3: "丙"}})
    assert ask(chosen, tmp_path, Run("丙")) == {3}


def test_a_reader_keeps_what_it_opened(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {1: {1: "甲"}})
    reader = chosen.open(tmp_path)
    fill(chosen, tmp_path, {1: {2: "甲"}})
    before = reader.candidates(Run("甲"), 10)
    assert before is not None and before.tolist() == [1]
    reader.close()


def test_an_empty_index_answers(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    assert ask(chosen, tmp_path, Run("甲")) == set()


@pytest.mark.parametrize("damage", ["missing", "garbled", "empty"])
def test_damage_is_told_or_harmless(chosen: Engine, tmp_path: Path, damage: str) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {1: dict.fromkeys(range(50), "甲乙丙")})
    for path in [path for path in tmp_path.iterdir() if path.is_file() and not path.name.startswith(".")]:
        match damage:
            case "missing":
                path.unlink()
            case "garbled":
                path.write_bytes(b"\x00garbage" * 20)
            case "empty":
                path.write_bytes(b"")
    with pytest.raises(EngineError):
        assert ask(chosen, tmp_path, Run("甲乙")) == set(range(50))
        raise EngineError("harmless")


def test_unknown_engines_list_the_known() -> None:
    with pytest.raises(UsageError) as raised:
        engine("lucene")
    assert all(name in str(raised.value) for name in ("auto", *ENGINES, *CLUSTERS))


def test_auto_takes_whoosh_where_tantivy_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.engines.find_spec", lambda name: None)
    assert engine("auto").name == "whoosh"


@given(
    texts=st.lists(st.text("甲乙丙丁", max_size=12), min_size=1, max_size=12),
    run=st.text("甲乙丙丁", min_size=1, max_size=4),
)
# Every example has an index of its own.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_holder_is_missed(chosen: Engine, tmp_path: Path, texts: list[str], run: str) -> None:
    folder = tmp_path / f"index-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    chosen.create(folder)
    fill(chosen, folder, {1: dict(enumerate(texts))})
    found = ask(chosen, folder, Run(run))
    assert found is not None
    assert {number for number, text in enumerate(texts) if run in text} <= found <= set(range(len(texts)))


def test_text_with_notes_and_without_stand_behind_a_bar(chosen: Engine, tmp_path: Path) -> None:
    chosen.create(tmp_path)
    fill(chosen, tmp_path, {1: {1: "天注文下|天下", 2: "天注下"}})
    assert 1 in (ask(chosen, tmp_path, Run("天下")) or ())
    assert 1 in (ask(chosen, tmp_path, Run("天注文下")) or ())
    assert ask(chosen, tmp_path, Run("天注有")) == set()
    # Whoosh names passages near one another, Tantivy those that have all characters; servers tell the order too.
    assert chosen.name in ENGINES or ask(chosen, tmp_path, Run("天注下")) == {2}
    assert chosen.name in ENGINES or ask(chosen, tmp_path, Run("下天")) == set()
