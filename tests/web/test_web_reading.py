"""The reading page shows the stored text, the searched words in it, and everything that belongs to a place."""

import re
from urllib.parse import parse_qs

import pytest
import sample_library
from lxml import html
from sample_library import SHIGU, SHUIKAO

from archive.config import Config, Site
from archive.intake import Draft
from archive.library import Library
from archive.model import Edition, Work
from archive.urn import parse
from web import create_app

OLD = "/w/sample.zhengxiang-shuikao.ke"


@pytest.fixture
def tree(page):
    return lambda address: html.fromstring(page(address))


def text_of(element):
    """What a reader selects: page marks, numbers and note signs left out, lines joined by a line feed."""
    for skipped in element.xpath(".//*[@data-skip]"):
        skipped.drop_tree()
    lines = element.xpath("./span[@class='l']")
    return "\n".join(line.text_content() for line in lines) if lines else element.text_content()


def stored(folder, urn):
    with Library.open(folder) as library:
        return library.passage(parse(urn)).text


@pytest.mark.parametrize(
    "urn",
    [f"{SHIGU}:1.2.1", f"{SHIGU}:1.2.2", f"{SHIGU}:1.3.1", f"{SHIGU}:2.2", f"{SHUIKAO}:1.2.1", f"{SHUIKAO}:1.2.2"],
)
@pytest.mark.parametrize("query", ["", "?q=水", "?q=江"])
def test_the_text_shown_is_the_text_stored(tree, folder, urn, query):
    name = parse(urn)
    shown = tree(f"{name.path}{query}").xpath(f"//*[@id='p{name.ref}']")[0]
    assert text_of(shown) == stored(folder, urn)


def test_hits_are_marked_whatever_their_form(tree):
    marks = tree(f"{OLD}/1?q=说").xpath("//mark/text()")
    assert marks == ["說", "說"]


def test_a_hit_with_a_character_beyond_the_first_plane_is_marked_at_its_place(tree):
    assert "".join(tree(f"{OLD}/1?q=炊𩔖于").xpath("//mark//text()")) == "炊𩔖於"
    assert tree(f"{OLD}/1?q=𫉬見").xpath("//mark//text()") == ["𫉬見"]


def test_a_hit_over_a_page_break_is_marked_on_both_sides(tree):
    marks = tree("/w/sample.shigu-zhi.lib/1?q=砥柱书院建").xpath("//article//mark/text()")
    assert "".join(marks) == "砥柱。书院建"
    assert len(marks) == 2


def test_a_hit_that_passes_over_a_note_leaves_the_note_unmarked(tree):
    page = tree(f"{OLD}/1?q=故名今按")
    assert page.xpath("//mark/text()") == ["故名", "今按"]
    assert "".join(page.xpath("//p[@id='p1.2.1']/small//text()")) == "舊說謂水氣蒸騰非也"


def test_a_hit_in_a_note_is_marked_there(tree):
    assert tree(f"{OLD}/1?q=水气蒸腾").xpath("//small//mark/text()") == ["水氣蒸騰"]


def test_words_that_only_look_like_the_query_are_not_marked(tree):
    page = tree("/w/sample.shigu-zhi.lib/1?q=石鼓 三水")
    marked = {
        element.xpath("string(ancestor::*[starts-with(@id,'p')][1]/@id)") for element in page.xpath("//article//mark")
    }
    assert marked == set(), "no passage has both words"


def test_a_query_that_cannot_be_read_does_not_hinder_reading(page):
    assert "石鼓山" in page("/w/sample.shigu-zhi.lib/1?q=(((")


def test_the_range_of_the_address_is_marked_and_is_where_links_lead(tree):
    page = tree("/w/sample.shigu-zhi.lib/1.2.1@3-9")
    assert page.xpath("//mark[@class='cited']/text()") == ["在蒸水入湘之"]
    here = page.xpath("//*[@id='hit']")
    assert [one.text_content() for one in here] == ["在蒸水入湘之"]
    assert here[0].get("autofocus") is not None
    assert len(page.xpath("//*[@autofocus]")) == 1


def test_without_a_range_the_first_hit_of_the_passage_is_where_links_lead(tree):
    page = tree("/w/sample.shigu-zhi.lib/1.2.2?q=水")
    assert page.xpath("//*[@id='hit']/ancestor::p/@id") == ["p1.2.2"]


def test_a_passage_in_mid_screen_is_marked_and_takes_the_focus(tree):
    page = tree("/w/sample.shigu-zhi.lib/1.3.1")
    passage = page.xpath("//*[@id='p1.3.1']")[0]
    assert "target" in passage.get("class")
    assert passage.get("autofocus") is not None
    assert page.xpath("//details[@class='citing'][@open]")


def test_page_breaks_stand_where_they_fall(tree):
    page = tree("/w/sample.shigu-zhi.lib/1")
    mark = page.xpath("//p[@id='p1.2.1']/span[contains(@class,'pb')]")[0]
    assert mark.text_content() == "2"
    assert mark.tail.startswith("书院建于山巅")
    assert mark.xpath("a/@href") == ["/page/sample.shigu-zhi.lib/2"]
    old = tree(f"{OLD}/1")
    assert [one.text_content() for one in old.xpath("//span[contains(@class,'pb')]")] == ["1a", "1b", "2a", "2b"]
    assert not old.xpath("//span[contains(@class,'pb')]/a")


def test_passage_numbers_are_stable_addresses(tree):
    numbers = tree("/w/sample.shigu-zhi.lib/1").xpath("//a[@class='n']")
    assert [(one.text, one.get("href")) for one in numbers[2:5]] == [
        ("1.2", "/w/sample.shigu-zhi.lib/1.2"),
        ("1", "/w/sample.shigu-zhi.lib/1.2.1"),
        ("2", "/w/sample.shigu-zhi.lib/1.2.2"),
    ]


def test_footnotes_lead_there_and_back(tree):
    page = tree("/w/sample.shigu-zhi.lib/1")
    sign = page.xpath("//p[@id='p1.2.2']/sup/a")[0]
    assert sign.getparent().getprevious() is not None
    note = page.xpath(f"//li[@id='{sign.get('href')[1:]}']")[0]
    assert "绿净之名，见于旧志" in note.text_content()
    assert note.xpath(".//a/@href") == [f"#{sign.get('id')}"]
    assert not page.xpath("//article//*[@id='p1.2.3']")


def test_a_footnote_can_be_addressed_and_searched(tree):
    page = tree("/w/sample.shigu-zhi.lib/1.2.3?q=旧志")
    assert page.xpath("//li[@id='p1.2.3']//mark/text()") == ["旧志"]


def test_characters_without_code_point_are_explained_twice(tree):
    page = tree(f"{OLD}/1")
    assert page.xpath("//span[@class='gaiji']/text()") == ["〓"]
    assert "⿰石鼓" in page.xpath("//span[@class='gaiji']/@title")[0]
    assert "⿰石鼓" in page.xpath("//ul[@class='gaiji-list']")[0].text_content()


def test_headwords_supplied_text_sources_and_verse_are_told_apart(tree):
    old, new = tree(f"{OLD}/1"), tree("/w/sample.shigu-zhi.lib/1")
    assert old.xpath("//p[@id='p1.2.2']/b/text()") == ["合江亭"]
    assert old.xpath("//span[contains(@class,'supplied')]/text()") == ["畫"]
    assert new.xpath("//cite[starts-with(.,'——')]")[0].text_content() == "——石鼓讲堂旧语"
    assert len(new.xpath("//div[@id='p1.3.1']/span[@class='l']")) == 4


def test_a_table_has_rows_and_cells_and_its_hits(tree):
    rows = tree("/w/sample.shigu-zhi.lib/2.3?q=时习").xpath("//div[@id='p2.3']/table/tr")
    assert [[cell.text_content() for cell in row] for row in rows][1:] == [["敬业斋", "李承文"], ["时习斋", "周汝舟"]]
    assert rows[2].xpath("td/@data-at") == ["14", "18"]
    assert rows[2].xpath(".//mark//text()") == ["时习"]


def test_an_edition_that_cannot_be_cited_can_be_read(tmp_path):
    folder = tmp_path / "library"
    with Library.create(folder) as library:
        edition = Edition(0, "urn:cts:hengyang:g.w.e", "g.w", "本", citation={"type": "no such type"})
        sample_library.store(library, Work("g.w", "书"), edition, [Draft("paragraph", "可以读")])
    client = create_app(Config(), folder).test_client()
    assert "可以读" in client.get("/w/g.w.e/1").text
    assert client.get("/w/g.w.e").status_code == 200
    assert client.get("/cite/g.w.e:1").status_code == 400


def test_the_text_names_its_language(tree):
    assert tree(f"{OLD}/1").xpath("//article/@lang") == ["zh-Hant"]
    assert tree("/w/sample.shigu-zhi.lib/1").xpath("//article/@lang") == ["zh-Hans"]


def test_an_old_revision_is_shown_with_a_notice(page):
    old = page("/w/sample.shigu-zhi.lib/1.2.1!r1")
    assert "形如石柱" in old
    assert "旧文" in old
    assert 'href="/w/sample.shigu-zhi.lib/1.2.1"' in old
    current = page("/w/sample.shigu-zhi.lib/1.2.1!r2")
    assert "形如砥柱" in current
    assert "现行" in current


def test_a_withdrawn_passage_answers_410_with_its_history(page):
    gone = page("/w/sample.shigu-zhi.lib/2.4", 410)
    assert "此段后来删去" not in gone
    assert "不会另作他用" in gone
    assert 'href="/w/sample.shigu-zhi.lib/2.4!r1"' in gone
    assert "此段后来删去" in page("/w/sample.shigu-zhi.lib/2.4!r1")
    assert "此段后来删去" not in page("/w/sample.shigu-zhi.lib/2")


def test_previous_and_next_reach_every_passage_once(tree, folder):
    address, seen = "/w/sample.tongzhi.gao/1", []
    while address:
        page = tree(address)
        seen += page.xpath("//article/*[starts-with(@id,'p')]/@id")
        address = next(iter(page.xpath("//nav[@class='around']/a[@rel='next']/@href")), "")
    with Library.open(folder) as library:
        edition = library.edition(parse("urn:cts:hengyang:sample.tongzhi.gao"))
        assert seen == [f"p{passage.ref}" for passage in library.passages(edition.id)]


def test_an_over_long_passage_comes_in_parts_and_the_hit_in_the_right_one(tree, folder):
    first = tree("/w/sample.tongzhi.gao/2")
    parts = [text_of(first.xpath("//*[@id='p2.1']")[0])]
    following = first.xpath("//p[@class='rest']/a/@href")[-1]
    assert following.startswith("/w/sample.tongzhi.gao/2.1?begin=")
    while following:
        page = tree(following)
        parts.append(text_of(page.xpath("//*[@id='p2.1']")[0]))
        following = next((a.get("href") for a in page.xpath("//p[@class='rest']/a") if a.text == "接读下文"), "")
    assert "".join(parts) == stored(folder, "urn:cts:hengyang:sample.tongzhi.gao:2.1")
    assert tree("/w/sample.tongzhi.gao/2.1?q=末句").xpath("//mark/text()") == ["末句"]


def test_vertical_columns_follow_the_printed_lines_and_notes_run_double(tree):
    page = tree(f"{OLD}/1?layout=vertical")
    columns = [text_of(one) for one in page.xpath("//*[@id='p1.2.1']/span[contains(@class,'col')]")]
    assert [len(one) for one in columns] == [21, 21, 5]
    notes = page.xpath("//*[@id='p1.2.1']//small[@class='wari']")
    assert [[half.text_content() for half in note] for note in notes] == [["舊", "說"], ["謂水氣蒸", "騰非也"]]
    assert page.xpath("//*[@id='p1.2.2']/span[1]/b/text()") == ["合江亭"]


def test_only_vertical_editions_offer_the_vertical_layout(page):
    assert "layout=vertical" in page(f"{OLD}/1")
    assert "layout=vertical" not in page("/w/sample.shigu-zhi.lib/1")
    assert 'class="col' not in page("/w/sample.shigu-zhi.lib/1?layout=vertical")


def test_contents_and_breadcrumb_say_where_one_is(tree):
    page = tree(f"{OLD}/1.2.1")
    assert page.xpath("//ol[@class='trail']/li/*/text()") == ["蒸湘水考卷一", "蒸水"]
    assert page.xpath("//details[@class='toc']//a[@aria-current]/text()") == ["蒸水"]


def test_reference_managers_find_a_book_and_an_article(tree):
    book = tree("/w/sample.shigu-zhi.lib/1")
    tags = {meta.get("name"): meta.get("content") for meta in book.xpath("//meta[@name]")}
    assert tags["citation_title"] == "石鼓书院小志"
    assert tags["citation_author"] == "李承文"
    assert tags["DC.type"] == "book"
    assert tags["citation_public_url"].endswith("/w/sample.shigu-zhi.lib/1")
    article = tree("/w/journal.article-1.2024/1")
    tags = {meta.get("name"): meta.get("content") for meta in article.xpath("//meta[@name]")}
    assert tags["citation_journal_title"] == "衡阳社科"
    assert (tags["citation_firstpage"], tags["citation_lastpage"]) == ("3", "9")
    assert "DC.type" not in tags
    coins = parse_qs(article.xpath("//span[@class='Z3988']/@title")[0])
    assert coins["rft.genre"] == ["article"]
    assert coins["rft.atitle"] == ["蒸湘合流处的书声"]


def test_citations_of_a_range_quote_its_words_and_page(page):
    shown = page("/cite/sample.zhengxiang-shuikao.ke:1.2.2@21-25")
    assert "往來如畫" in shown
    assert "卷1：2a" in shown or "卷一，第2葉a面" in shown or "2a" in shown
    assert "urn:cts:hengyang:sample.zhengxiang-shuikao.ke:1.2.2@21-25" in shown


@pytest.mark.parametrize(
    ("style", "begins", "kind"),
    [("bibtex", "@", "application/x-bibtex"), ("ris", "TY  -", "application/x-research-info-systems")],
)
def test_citations_come_as_files(client, style, begins, kind):
    answer = client.get(f"/cite/sample.shigu-zhi.lib:1.2.1?style={style}")
    assert answer.mimetype == kind
    assert answer.text.startswith(begins)
    assert re.search('filename="[a-z0-9-]+\\.(bib|ris)"', answer.headers["Content-Disposition"])


def test_a_pasted_address_leads_to_its_citation(client):
    answer = client.get("/cite/?urn=http://localhost/w/sample.shigu-zhi.lib/1.2.1@3-9?q=x")
    assert answer.headers["Location"] == "/cite/sample.shigu-zhi.lib:1.2.1@3-9"
    assert client.get("/cite/sample.shigu-zhi.lib/1.2.1@3-9").status_code == 200


def test_every_place_of_the_stable_name_is_kept_when_the_site_has_a_name_of_its_own(folder):
    client = create_app(Config(site=Site(base_url="https://wenku.example")), folder).test_client()
    assert "https://wenku.example/w/sample.shigu-zhi.lib/1.2.1" in client.get("/w/sample.shigu-zhi.lib/1.2.1").text
