"""Parallel passages on the site: found from the page being read, shown with what differs, kept within the rights."""

import csv
import json
import threading
from io import StringIO

import pytest
import sample_library
from lxml import html

from archive.config import Config
from archive.intake import Draft, SectionDraft
from archive.library import Library
from archive.model import Edition, Rights, Work
from web import create_app
from web.comparing import parallels

QUOTED = "聖人之道在於治天下而天下之治在於得人心"
OTHER = "聖人之道，在于治天下，然而天下之，在於得人心"
ADDRESS = "/parallels/sample.yuan.ben"


def add(library, name, items, *, edition="ben", rights=None, **work):
    about = Work(f"sample.{name}", work.pop("title", name), **work)
    made = Edition(0, f"urn:cts:hengyang:sample.{name}.{edition}", about.id, f"{edition}本", rights=rights or Rights())
    drafts = [SectionDraft(1, item[2:]) if item.startswith("# ") else Draft("paragraph", item) for item in items]
    sample_library.store(library, about, made, drafts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parallels") / "library"
    with Library.create(folder) as library:
        add(
            library,
            "yuan",
            ["# 上篇", f"昔者{QUOTED}也。", "# 下篇", "永曆二年十一月二十八日", f"又{QUOTED}"],
            dynasty="宋",
        )
        add(library, "yuan", ["# 一", f"別本{QUOTED}"], edition="bie", dynasty="宋")
        add(library, "yin", ["# 一", f"傳曰{OTHER}云"], title="引書", author="某甲", dynasty="清")
        add(library, "jia", ["# 一", f"祕密{QUOTED}"], rights=Rights(text="staff"))
        add(library, "pian", ["# 一", f"{'前' * 40}{QUOTED}{'後' * 40}"], rights=Rights(text="snippet"))
        add(library, "ri", ["# 一", "紹興二年十一月二十八日"])
        add(library, "duo", [text for at in range(30) for text in (f"# 卷{at}", f"第{at}條{QUOTED}")], title="多處")
    return folder


@pytest.fixture(scope="module")
def app(folder):
    return create_app(Config(), folder)


def marked(shown, tag):
    return html.fromstring(shown).xpath(f"//ol[@class='pairs']//{tag}/text()")


def test_a_passage_shows_both_texts_and_what_differs(page):
    shown = page(f"{ADDRESS}/1.1?edition=urn:cts:hengyang:sample.yin.ben")
    tree = html.fromstring(shown)
    here, there = ("".join(one.itertext()) for one in tree.xpath("//ol[@class='pairs']/li/dl/dd"))
    assert (here, there) == (f"昔者{QUOTED}也。", f"傳曰{OTHER}云")
    assert (marked(shown, "del"), marked(shown, "ins")) == (["治"], ["然"])
    assert marked(shown, "span[@class='variant']") == ["於", "于"]
    assert tree.xpath("//ol[@class='pairs']//h2/a/@href") == ["/w/sample.yin.ben/1.1@2-24#hit"]
    assert "晚于本书" in shown and "异文、此有彼无、彼有此无" in shown
    assert "".join(tree.xpath("//blockquote//mark/text()")) == QUOTED
    assert "同 18 字（异体 1）；彼多“然”；彼无“治”" in shown


def test_other_books_come_first_other_editions_and_the_same_one_are_a_link_away(page):
    tree = html.fromstring(page(f"{ADDRESS}/1.1"))
    tabs = {"".join(one.itertext()): one.get("href") for one in tree.xpath("//nav[@class='tabs']/a")}
    assert list(tabs) == ["他书 32", "同书他本 1", "本书别处 1"]
    assert "別本" in page(tabs["同书他本 1"])
    assert f"又{QUOTED}" in html.fromstring(page(tabs["本书别处 1"])).text_content()


def test_where_nothing_is_parallel_it_says_of_what(page):
    shown = page("/parallels/sample.ri.ben/1.1?relation=edition")
    assert "同书他本没有互见" in shown and "他书 0" in shown


def test_many_parallels_are_paged_and_one_book_can_be_chosen(page):
    chosen = f"{ADDRESS}/1.1?edition=urn:cts:hengyang:sample.duo.ben&order=place"
    first, second = page(chosen), page(f"{chosen}&page=2")
    numbers = [[len(html.fromstring(one).xpath("//ol[@class='pairs']/li"))] for one in (first, second)]
    assert numbers == [[20], [10]]
    assert "这是第 21—30 处" in second
    assert "没有这一页" in page(f"{chosen}&page=9")


def test_a_whole_book_is_told_by_books_and_by_sections(page):
    shown = page(ADDRESS)
    tree = html.fromstring(shown)
    assert [text.strip() for text in tree.xpath("//details[@class='parts']//a/text()")] == ["上篇", "下篇"]
    assert tree.xpath("//details[@class='parts']//a/@href") == [f"{ADDRESS}/1", f"{ADDRESS}/2"]
    few = tree.xpath("//nav[contains(@class,'index')]/ul[1]/li")
    assert ["".join(one.itertext()).split()[0] for one in few][:1] == ["多處"]
    assert "60 处" in "".join(few[0].itertext())


def test_the_sections_of_a_book_count_what_the_chosen_kind_lists(page):
    tabs = html.fromstring(page(ADDRESS)).xpath("//nav[@class='tabs']/a")
    for tab in tabs:
        total = int(tab.text_content().split()[-1])
        places = html.fromstring(page(tab.get("href"))).xpath("//details[@class='parts']//span[@class='figure']/text()")
        assert sum(int(one.split()[0]) for one in places) == total
    assert [tab.text_content() for tab in tabs] == ["他书 64", "同书他本 2", "本书别处 2"]


def test_a_very_long_book_is_compared_section_by_section(page, monkeypatch):
    monkeypatch.setattr(parallels, "LARGEST", 30)
    shown = page(ADDRESS)
    assert "请按章查看" in shown and f'href="{ADDRESS}/1"' in shown and 'class="pairs"' not in shown
    assert 'class="pairs"' in page(f"{ADDRESS}/1")


def test_the_texts_a_reader_works_in_limit_where_it_is_looked_for(page):
    tree = html.fromstring(page(f"{ADDRESS}?author=某甲&author=無此人&name=甲之書"))
    assert "范围“甲之書”：某甲、無此人" in tree.text_content()
    assert {"".join(one.itertext()) for one in tree.xpath("//ol[@class='pairs']//h2/a")} == {"引書"}
    (section, *_) = tree.xpath("//details[@class='parts']//a/@href")
    assert "他书 1" in page(section)
    (everywhere,) = tree.xpath("//a[text()='改查全库']/@href")
    assert everywhere == ADDRESS


def test_set_phrases_are_counted_and_one_link_away(page):
    shown = page(f"{ADDRESS}/2.1")
    assert "另有套语 1 处未列" in shown and "紹興" not in shown
    (href,) = html.fromstring(shown).xpath("//a[text()='一并列出']/@href")
    assert "紹興" in page(href)


def test_all_of_them_can_be_had_as_a_file(client):
    answers = {form: client.get(f"{ADDRESS}/1.1?format={form}") for form in ("csv", "xlsx", "json")}
    rows = list(csv.reader(StringIO(answers["csv"].data.decode("utf-8-sig"))))
    document = json.loads(answers["json"].data)
    assert len(rows) - 1 == len(document["items"]) == 32
    assert answers["xlsx"].data[:2] == b"PK"
    assert "parallels-sample-yuan-ben-1-1.csv" in answers["csv"].headers["Content-Disposition"]
    assert client.get(f"{ADDRESS}/1.1?format=pdf").status_code == 400


def test_what_is_not_public_is_neither_compared_nor_told(client, page):
    for address in (f"{ADDRESS}/1.1?order=date", ADDRESS, f"{ADDRESS}/1.1?format=json", f"{ADDRESS}?format=csv"):
        told = client.get(address).text
        assert "祕密" not in told and "sample.jia" not in told
    assert client.get("/parallels/sample.jia.ben").status_code == 404
    refused = client.get("/parallels/sample.pian.ben/1.1")
    assert (refused.status_code, "前前" in refused.text) == (403, False)
    snippet = page(f"{ADDRESS}/1.1?edition=urn:cts:hengyang:sample.pian.ben")
    assert f"{'前' * 12}<" in snippet.replace("</span>", "<") and "前" * 13 not in snippet


def test_it_is_reached_from_every_page_about_the_text(page):
    assert f'href="{ADDRESS}/1"' in page("/w/sample.yuan.ben/1.1")
    assert f'href="{ADDRESS}/1.1"' in page("/w/sample.yuan.ben/1.1")
    assert f'href="{ADDRESS}/1.1@2-9"' in page("/cite/sample.yuan.ben:1.1@2-9")
    assert f'href="{ADDRESS}"' in page("/w/sample.yuan.ben")
    assert f'href="{ADDRESS}"' in page("/w/sample.yuan")
    for address in ("/w/sample.pian.ben", "/w/sample.pian", "/cite/sample.pian.ben:1.1"):
        assert "/parallels/" not in page(address)


@pytest.mark.parametrize(
    "tail, status",
    [
        ("sample.yuan", 302),
        ("sample.yuan.ben:1.1@2-9", 200),
        ("sample.yuan.ben/1.1@9-2", 400),
        ("sample.yuan.ben/1.1!r9", 400),
        ("sample.yuan.ben/9", 404),
        ("nobody.nothing", 404),
        ("%3Cscript%3E", 404),
        ("sample.yuan.ben?relation=x", 400),
        ("sample.yuan.ben?order=x", 400),
        ("sample.yuan.ben?page=-1", 400),
        ("sample.yuan.ben?edition=%27%22%3E", 200),
    ],
)
def test_odd_addresses_get_a_sensible_answer(client, tail, status):
    answer = client.get(f"/parallels/{tail}")
    assert answer.status_code == status, answer.text[:300]
    assert "<script>" not in answer.text


def test_when_too_many_compare_at_once_visitors_are_asked_to_wait(client, monkeypatch):
    monkeypatch.setattr(parallels, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(parallels, "_PATIENCE", 0)
    monkeypatch.setattr(parallels, "_kept", parallels.OrderedDict())
    with parallels._AT_ONCE:
        answer = client.get(f"{ADDRESS}/1.1")
    assert (answer.status_code, "过一会儿" in answer.text) == (503, True)
    assert client.get(f"{ADDRESS}/1.1").status_code == 200


def test_a_changed_library_is_compared_anew(client, folder):
    address = "/parallels/sample.ri.ben?light=1"
    assert "重出" not in client.get(address).text
    with Library.open(folder) as library:
        add(library, "xin", ["# 一", "重出二年十一月二十八日"])
    assert "重出" in client.get(address).text


def test_a_text_that_repeats_itself_thousands_of_times_has_a_small_page(tmp_path):
    with sample_library.build(tmp_path / "library"):
        pass
    client = create_app(Config(), tmp_path / "library").test_client()
    for address in ("/parallels/sample.tongzhi.gao/2.1", "/parallels/sample.tongzhi.gao/3?relation=same"):
        answer = client.get(address)
        assert (answer.status_code, len(answer.data) < 100_000) == (200, True), address
        assert "重复太多" in answer.text
