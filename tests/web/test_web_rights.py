"""What the public may not see leaks through no door."""

import json

import pytest
from crawling import crawl, words
from lxml import html
from sample_library import SECRETS, SNIPPET_ONLY

from archive.library import Library

HOUSE = "sample.neibu.chao"
RESTRICTED = "sample.neibu"


def test_no_page_that_links_lead_to_shows_a_secret(app):
    starts = (
        "/",
        "/api/works",
        "/w/sample.dushi.notes/1.1?q=此处",
        "/w/sample.dushi.bare/1",
        "/w/sample.xiangyou.ben/1",
    )
    for address, answer in crawl(app.test_client(), *starts):
        if answer.mimetype == "image/png":
            continue
        # Of an edition that is only to be found, a search shows the words next to the hit.
        kept = (*SECRETS, "馆藏秘钞", RESTRICTED, *(() if address.startswith("/search?") else (SNIPPET_ONLY,)))
        leaked = [secret for secret in kept if secret in words(answer)]
        assert (address, leaked) == (address, [])


@pytest.mark.parametrize(
    "address",
    [
        f"/w/{RESTRICTED}",
        f"/w/{HOUSE}",
        f"/w/{HOUSE}/1",
        f"/w/{HOUSE}/1.1",
        f"/w/{HOUSE}/1.1@0-4",
        f"/w/{HOUSE}/1.1!r1",
        f"/w/{HOUSE}?page=1",
        f"/w/{RESTRICTED}/1.1",
        f"/cite/{HOUSE}:1.1",
        f"/cite/{HOUSE}:1.1?style=csl-json",
        f"/cite/{HOUSE}",
        f"/page/{HOUSE}/1",
        f"/scan/{HOUSE}/1",
        "/w/sample.chexia.mi",
        "/w/sample.chexia.mi/1",
        "/browse/collection/?value=馆藏善本",
    ],
)
def test_an_edition_for_staff_is_as_if_it_were_not(client, address):
    """The same words as for an edition that never was, so that nothing can be learnt from the answer."""
    answer = client.get(address)
    assert answer.status_code == 404
    assert not [secret for secret in (*SECRETS, "馆藏秘钞", "秘钞本", "撤下") if secret in answer.text]
    never = client.get(address.replace(RESTRICTED, "sample.nobody").replace("sample.chexia.mi", "sample.nobody.mi"))
    if "value=" not in address:
        assert never.status_code == 404
        assert answer.text.replace(RESTRICTED, "X").replace("sample.chexia.mi", "X.mi") == never.text.replace(
            "sample.nobody", "X"
        )


@pytest.mark.parametrize("query", [*SECRETS, "鳳隱", "秘钞", "有误", "此处有误", "藏于内馆"])
def test_what_is_hidden_is_not_found(client, query):
    answer = client.get(f"/api/search?q={query}").json
    assert (answer["hits"], answer["passages"], answer["items"]) == (0, 0, [])
    assert not [facet for facets in answer["facets"].values() for facet in facets]


def test_counts_leave_out_what_is_hidden(client, folder):
    works = client.get("/api/works").json
    assert RESTRICTED not in [work["id"] for work in works]
    total = sum(edition["characters"] for work in works for edition in work["editions"])
    with Library.open(folder) as library:
        assert total < sum(edition.characters for edition in library.editions())
    assert f"{len(works)} 种著作" in client.get("/").text


def test_a_snippet_edition_is_listed_found_and_not_read(client):
    assert "湘游日记" in client.get("/browse/").text
    edition = client.get("/w/sample.xiangyou.ben").text
    assert "初三日" in edition
    assert "只显示命中处的片断" in edition
    assert "/w/sample.xiangyou.ben/1" not in edition
    for tail in ("1", "1.1", "1.1@0-4", "1.1!r1"):
        answer = client.get(f"/w/sample.xiangyou.ben/{tail}")
        assert answer.status_code == 403
        assert "只供检索" in answer.text
        assert "舟出" not in answer.text
    found = client.get("/search?q=舟出湘口").text
    assert "<mark>舟出湘口</mark>" in found
    assert "欲和旧人之诗" not in found


def test_a_snippet_edition_is_cited_without_its_words(client):
    shown = client.get("/cite/sample.xiangyou.ben:1.1").text
    assert "湘游日记" in shown
    assert "舟出" not in shown
    for style in ("csl-json", "ris", "bibtex"):
        assert "舟出" not in client.get(f"/cite/sample.xiangyou.ben:1.1?style={style}").text


def test_withheld_notes_leave_a_marker_and_no_footnotes(client):
    shown = client.get("/w/sample.dushi.notes/1").text
    assert "可以为法。" in shown
    assert "注略" in shown
    assert 'class="fn"' not in shown
    assert "校记" not in shown
    note = client.get("/w/sample.dushi.notes/1.2")
    assert not [secret for secret in SECRETS if secret in note.text]


def test_withheld_notes_are_not_in_quotations_of_their_range(client):
    shown = client.get("/cite/sample.dushi.notes:1.1@0-29").text
    assert "可以为法" in shown
    assert "匿名" not in shown
    assert "匿名" not in client.get("/w/sample.dushi.notes/1.1@20-24").text
    assert "匿名" not in client.get("/w/sample.dushi.notes/1.1!r1").text


def test_withheld_punctuation_is_in_no_view(client):
    shown = client.get("/w/sample.dushi.bare/1").text
    article = html.fromstring(shown).xpath("//article")[0].text_content()
    assert "前人论史贵在通变其言平实可以为法" in article
    assert not [sign for sign in "，。“”" if sign in article]
    assert "，贵在" not in client.get("/cite/sample.dushi.bare:1.1").text
    item = json.loads(client.get("/api/search?q=通变 其言").text)["items"][0]
    assert not [sign for sign in "，。“”" if sign in item["left"] + item["match"] + item["right"]] or item[
        "edition"
    ].endswith(".notes")


def test_ranges_keep_their_place_where_punctuation_is_withheld(client):
    shown = client.get("/w/sample.dushi.bare/1.1@5-9").text
    assert '<mark class="cited">贵在通变</mark>' in shown


def test_pictures_that_are_not_public_are_refused(client):
    for door in ("page", "scan"):
        answer = client.get(f"/{door}/sample.dushi.notes/1")
        assert answer.status_code == 403
        assert "书影不公开" in answer.text
    assert "/page/sample.dushi.notes" not in client.get("/w/sample.dushi.notes/1").text


def test_the_history_of_a_withdrawn_edition_is_told_only_if_it_was_public(client):
    assert "撤下" in client.get("/w/sample.chexia.ben").text
    assert client.get("/w/sample.chexia.mi").status_code == 404
