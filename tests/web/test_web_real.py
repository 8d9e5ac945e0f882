"""The site over the real texts: every kind of screen stays small and shows what is stored."""

import pytest
from lxml import html

from archive import reading
from archive.config import Config
from archive.library import Library
from archive.urn import parse
from ingest.pipeline import add
from ingest.sources import discover
from search.indexer import catch_up
from web import create_app

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def real(kanripo, tmp_path_factory):
    """A library of all the real texts."""
    folder = tmp_path_factory.mktemp("real") / "library"
    Library.create(folder).close()
    add(folder, discover([str(kanripo)], folder, ""), who="测试", step=lambda item: None)
    with Library.open(folder) as library:
        catch_up(library)
    return folder


def test_screens_of_the_real_texts_are_small_whole_and_in_order(real):
    client = create_app(Config(), real).test_client()
    with Library.open(real) as library:
        for edition in library.editions():
            plan = reading.outline(library, edition.id)
            largest = sorted(plan.screens, key=lambda screen: screen.first - screen.last)[:2]
            spread = plan.screens[:: max(1, len(plan.screens) // 4)]
            assert plan.screens[-1].last + 1 == edition.passages
            for screen in {*largest, *spread}:
                address = f"{parse(edition.urn).path}/{screen.ref}"
                for query in ("", "?q=之", "?q=之&layout=vertical"):
                    answer = client.get(f"{address}{query}")
                    assert (answer.status_code, len(answer.data) < 100_000) == (200, True), (address, query)
                shown = html.fromstring(client.get(address).text)
                refs = shown.xpath("//article/*[starts-with(@id, 'p')]/@id")
                stored = reading.passages_between(library, edition.id, screen.first, screen.last)
                assert refs == [f"p{passage.ref}" for passage in stored if passage.kind != "footnote"]
            assert len(client.get(parse(edition.urn).path).data) < 100_000


def test_every_hit_of_a_page_of_results_is_marked_where_it_leads(real):
    client = create_app(Config(), real).test_client()
    for query in ("衡陽", "说", "石鼓山", "𩔖", "湘水"):
        for item in client.get(f"/api/search?q={query}").json["items"]:
            page = html.fromstring(client.get(f"{parse(item['urn']).path}?q={query}").text)
            marked = "".join(page.xpath("//mark[@class='cited']//text()[not(ancestor::*[@data-skip])]"))
            assert marked == item["match"], item["urn"]
