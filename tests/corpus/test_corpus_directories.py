"""The sample records are historical or plainly examples, bear on verified facts, and lead where they say."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive import audit, urn
from archive.directories import links, public, records, registry, samples
from archive.directories.model import Directory
from archive.library import Library
from archive.review import Review
from archive.review.standing import Subject
from ingest import pipeline
from ingest.sources import discover
from search.records.duplicates import Likeness
from search.records.finding import find

HOUSE = Path(__file__).resolve().parents[2]
FOLDER = HOUSE / "corpus" / "directories"
FACTS = HOUSE.parent / "shared" / "facts"
FILES = sorted(FOLDER.glob("*.csv"))
PERSONS = ("experts", "notables", "red_people")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("samples") / "library"
    sources = discover([str(HOUSE / "corpus")], folder, "")
    report = pipeline.add(folder, sources, who="示例", workers=1, step=lambda item: None)
    assert not report.failed
    with Library.open(folder) as made:
        told = samples.load(made, FOLDER, Likeness.of)
        assert {name: set(one.counts) for name, one in told.items()} == {path.stem: {"added"} for path in FILES}
        yield made


def published(library: Library) -> Iterator[tuple[Directory, public.PublicRecord]]:
    for directory in registry.in_force(library).values():
        for one in public.everything(library, directory):
            yield directory, one


def test_every_shipped_directory_has_samples_and_all_are_public(library: Library) -> None:
    directories = registry.in_force(library)
    assert {path.stem for path in FILES} == set(directories)
    counts = public.counts(library, directories.values())
    assert counts == {name: len(rows(name)) for name in directories}
    assert counts["red_places"] >= 20 and counts["notables"] >= 15


def test_everybody_is_dead_or_plainly_an_example(library: Library) -> None:
    for directory, one in published(library):
        if directory.id in PERSONS:
            died = "death" in one.values or "卒年" in str(one.values.get("dates_note"))
            assert died or one.title in ("刘人熙",), one.title
        elif directory.id in ("outreach_bases", "research_bases", "ideas"):
            assert "示例" in one.title
        assert "coordinates" not in one.values


@pytest.mark.real
def test_the_persons_stand_verified_in_the_table_of_facts() -> None:
    if not FACTS.is_dir():
        pytest.skip("没有 ../shared/facts，跳过与事实表的核对")
    facts: dict[str, Any] = yaml.safe_load((FACTS / "wang_fuzhi.yaml").read_text(encoding="utf-8"))
    red = yaml.safe_load((FACTS / "red_hengyang.yaml").read_text(encoding="utf-8"))["entries"]
    known = [*facts["hengyang_notables_deceased"], *facts["scholars_deceased"], *red]
    verified = {one["name"].split("(")[0] for one in known if one["confidence"] == "verified"}
    for name in PERSONS:
        for row in rows(name):
            assert row["姓名"] in verified, row["姓名"]


def test_every_link_leads_to_a_record_and_every_urn_to_a_text(library: Library) -> None:
    assert list(links.dangling(library)) == []
    for directory, one in published(library):
        for field in directory.fields:
            for value in one.values.get(field.key, []) if field.kind == "urn" else []:
                name = urn.parse(value)
                if name.ref:
                    assert any(section.path == name.ref for section in library.sections(library.edition(name).id)), (
                        value
                    )
                else:
                    assert library.work(name.work), value


def test_places_events_people_and_routes_hang_together(library: Library) -> None:
    directories = registry.in_force(library)
    place = public.record(library, directories["red_places"], "xiangxi_caotang")
    fields = {one.field for one in links.incoming(library, place.key)}
    assert fields == {"stops", "places"}
    route = public.record(library, directories["routes"], "chuanshan_guli")
    assert [stop["to"] for stop in route.values["stops"]] == ["red_places/xiangxi_caotang", "red_places/wang_fuzhi_mu"]
    assert all(stop["note"] for stop in route.values["stops"])
    assert links.naming(library, urn.parse("urn:cts:hengyang:wenku.red-hengyang.sample:1.7.1"))[0].key == place.key


def test_samples_are_found(library: Library) -> None:
    directories = registry.in_force(library)
    assert find(library, directories["achievements"], "船山學").total >= 8
    assert [one.record.title for one in find(library, directories["red_people"], "xmh").items] == ["夏明翰"]
    assert find(library, directories["red_places"], "", {"county": ["衡阳县"]}).total == 3


def test_they_went_through_the_three_reviews_by_people_who_are_nobody(library: Library) -> None:
    _, one = next(published(library))
    state = Review(library).state(Subject("record", str(one.key)))
    assert state.stage == "published" and list(state.approvals.values()) == ["示例初审", "示例复审", "示例终审"]
    assert library.db.execute("SELECT count(*) FROM user").fetchone()[0] == 0
    assert next(audit.verify(library), None) is None
    assert records.record(library, one.key).who == samples.EDITOR


def test_loading_again_changes_nothing(library: Library) -> None:
    told = samples.load(library, FOLDER, Likeness.of)
    assert {name for one in told.values() for name in one.counts} == {"unchanged"}
