"""Results: exact numbers, every hit in its line and leading to its words, ways to narrow and to go on."""

import re
from urllib.parse import quote

import pytest
from lxml import html


@pytest.fixture
def tree(page):
    return lambda address, status=200: html.fromstring(page(address, status))


def number(text):
    return int(text.replace(",", ""))


def test_numbers_are_those_of_the_answer(client, tree):
    answer = client.get("/api/search?q=湘水").json
    shown = [number(one) for one in tree("/search?q=湘水").xpath("//p[@class='summary']/b/text()")]
    assert shown == [answer["hits"], answer["passages"]]


def test_hits_are_grouped_by_work_with_their_place(tree):
    page = tree("/search?q=说")
    assert page.xpath("//div[@class='list']/section/h2/a/text()") == ["蒸湘水考"]
    lines = page.xpath("//ol[@class='kwic']/li")
    assert [line.xpath(".//mark")[0].text for line in lines] == ["說", "說"]
    assert "蒸水" in lines[0].xpath(".//span[@class='place']")[0].text_content()
    assert "异体" in lines[0].text_content()
    assert "注" in lines[0].xpath(".//span[@class='tag']/text()")
    assert "注" not in lines[1].xpath(".//span[@class='tag']/text()")


def test_every_hit_leads_to_its_words(tree, client):
    for link in tree("/search?q=江").xpath("//ol[@class='kwic']/li/a"):
        href, words = link.get("href"), link.xpath(".//mark")[0].text_content()
        assert href.endswith("#hit")
        answer = client.get(href)
        if answer.status_code == 403:
            continue
        here = html.fromstring(answer.text).xpath("//*[@id='hit']")[0]
        assert here.text_content() == words


def test_facets_narrow_and_can_be_let_go(tree):
    page = tree("/search?q=湘水")
    link = next(a for a in page.xpath("//nav[contains(@class,'facets')]//a") if a.text == "蒸湘水考")
    narrowed = tree(link.get("href"))
    assert narrowed.xpath("//div[@class='list']/section/h2/a/text()") == ["蒸湘水考"]
    chosen = narrowed.xpath("//li[@class='chosen']/a[@aria-current]")[0]
    assert chosen.text == "蒸湘水考"
    freed = tree(chosen.get("href"))
    assert not freed.xpath("//li[@class='chosen']/a[@aria-current]")
    assert freed.xpath("//p[@class='summary']/b/text()") == page.xpath("//p[@class='summary']/b/text()")


def test_paging_reaches_every_hit_once(tree, client):
    total = client.get("/api/search?q=其流").json["hits"]
    page = tree("/search?q=其流&page=2")
    assert page.xpath("//a[@rel='prev']") and page.xpath("//a[@rel='next']")
    assert page.xpath("//ol[@class='kwic']/@start") == ["21"]
    last = -(-total // 20)
    end = tree(f"/search?q=其流&page={last}")
    assert not end.xpath("//a[@rel='next']")
    assert len(end.xpath("//ol[@class='kwic']/li")) == total - 20 * (last - 1)
    assert "没有这一页" in tree(f"/search?q=其流&page={last + 1}").text_content()


def test_what_is_found_leads_to_near_quotations_of_it(tree):
    page = tree("/search?q=湘水，自南而北")
    (link,) = page.xpath("//p[@class='summary']//a[text()='改动不多的引文']/@href")
    there = tree(link)
    assert there.xpath("//input[@id='q']/@value") == ["~湘水自南而北"]
    assert there.xpath("//ol[@class='kwic']/li") and not there.xpath("//a[text()='改动不多的引文']")
    for short in ("湘水", "湘水 其流", "湘?自南而北"):
        assert not tree(f"/search?q={short}").xpath("//a[text()='改动不多的引文']")


def test_the_order_can_be_changed_and_is_kept_while_paging(tree):
    page = tree("/search?q=其流&order=relevance")
    assert all("order=relevance" in href for href in page.xpath("//nav[@class='paging']/a/@href"))


def test_order_and_context_stand_before_the_facets_with_a_way_to_them(tree):
    page = tree("/search?q=其流")
    assert page.xpath("//nav[@id='narrow']/h2/text()")[:2] == ["排列", "上下文"]
    assert page.xpath("//a[@href='#narrow']")


def test_a_query_with_a_mistake_stays_in_the_box_with_advice(tree):
    page = tree("/search?q=(石鼓", 400)
    assert page.xpath("//input[@id='q']/@value") == ["(石鼓"]
    assert "括号" in page.xpath("//*[@role='alert']")[0].text_content()
    assert page.xpath("//input[@id='q']/@aria-describedby") == ["wrong"]


@pytest.mark.parametrize(
    "query", ["|", "-", '"', "()", "书:", "%F0%9F%98%80", "%00%01", "，。", "水" * 10_000, "(" * 5_000]
)
def test_odd_queries_get_an_answer_not_a_trace(client, query):
    answer = client.get(f"/search?q={query}")
    assert answer.status_code in (200, 400)
    assert "衡阳文库" in answer.text


def test_a_query_that_is_far_too_long_makes_no_long_page(client):
    answer = client.get("/search", query_string={"q": "天" * 10_000})
    assert answer.status_code == 400 and "10000 个字符" in answer.text
    assert len(answer.data) < 100_000


@pytest.mark.parametrize("view", ["", "/distribution", "/collocates", "/forms", "/frequencies", "/export", "/within"])
def test_a_long_query_that_finds_much_makes_no_long_page(client, view):
    q = "|".join(["湘水", "其流", *(chr(0x4E00 + number) for number in range(490))])
    answer = client.get(f"/search{view}", query_string={"q": q, "width": 80})
    assert answer.status_code == 200
    assert len(answer.data) < 100_000


def test_values_of_a_facet_there_is_no_room_for_are_counted_and_can_be_chosen(tree):
    page = tree(f"/search?q={'|'.join(['湘水', '书院', *(chr(0x4E00 + number) for number in range(480))])}")
    left = [one for one in page.xpath("//nav[@id='narrow']/details") if "列不下" in one.text_content()]
    assert left and "选定书目" in left[0].text_content()


def test_addresses_on_a_page_are_readable(tree, client):
    page = tree("/search?q=湘水&name=水&work=sample.zhengxiang-shuikao")
    for href in page.xpath("//nav[@class='tabs']/a/@href | //ol[@class='kwic']/li/a/@href"):
        assert "湘水" in href
        assert client.get(href).status_code in (200, 403)
    odd = tree("/search?q=" + quote("湘&水 +50%#'<𩔖>"))
    boxes = [tree(href).xpath("//input[@id='q']/@value") for href in odd.xpath("//nav[@class='tabs']/a/@href")]
    assert boxes == [["湘&水 +50%#'<𩔖>"]] * 6


def test_nothing_found_is_said_kindly(tree):
    page = tree("/search?q=“无此字句”&collection=衡阳社科")
    said = page.text_content()
    assert "没有找到" in said
    assert "去掉引号" in said
    assert "改为检索全库" in said


def test_a_condition_no_book_meets_is_told_with_a_way_to_the_books(tree):
    page = tree("/search?q=书:宋論 水").xpath("//main")[0]
    assert "库中没有合于“书:宋論”的文字" in page.text_content()
    assert page.xpath(".//a[@href='/browse/']") and "少写几个字" not in page.text_content()


def test_without_a_query_there_is_the_form(tree):
    page = tree("/search")
    assert page.xpath("//input[@id='q'][@autofocus]")
    assert not page.xpath("//ol[@class='kwic']")


def test_samples_on_the_home_page_find_something(tree, client):
    samples = tree("/").xpath("//p[@class='samples']/a/@href")
    assert samples
    for href in samples:
        assert re.search(r"<b>[1-9]", client.get(href).text), href


def test_the_quick_form_searches_from_every_page(tree):
    form = tree("/w/sample.shigu-zhi.lib/1").xpath("//form[@class='quick']")[0]
    assert (form.get("action"), form.xpath("input/@name")) == ("/search", ["q"])


def test_within_a_work_only_its_words_are_found(tree):
    form = tree("/w/sample.shigu-zhi").xpath("//form[@class='within']")[0]
    value = form.xpath("input[@name='work']/@value")[0]
    page = tree(f"/search?q=水&work={value}")
    assert page.xpath("//div[@class='list']/section/h2/a/text()") == ["石鼓书院小志"]


def test_what_runs_over_the_end_of_a_passage_is_shown_apart(client, tree):
    page = tree("/search?q=書院之一山下")
    assert "没有哪一段里完整地有" in page.xpath("//p[@class='summary']")[0].text_content()
    (line,) = page.xpath("//section[@id='across']//li")
    assert line.xpath(".//mark")[0].text == "书院之一／山下"
    assert client.get(line.xpath("./a/@href")[0]).status_code == 200
    told = client.get("/api/search?q=書院之一山下").json
    assert (told["hits"], told["across"]["count"]) == (0, 1)


def test_what_may_have_been_meant_leads_to_it(tree):
    page = tree("/search?q=蒸湘谁考")
    (first, *_) = page.xpath("//ul[@class='meant']//a")
    assert first.text_content() == "蒸湘水考"
    assert tree(first.get("href")).xpath("//p[@class='summary']/b/text()")[0] != "0"


def test_passages_by_words_stand_apart_with_the_words_marked(tree, client):
    asked = "湘水之石鼓書院商旅"
    told = client.get(f"/api/search?q={asked}").json
    assert (told["hits"], told["items"]) == (0, [])
    lines = tree(f"/search?q={asked}").xpath("//section[h2[starts-with(., '按词语检索')]]//li")
    assert len(lines) == len(told["otherwise"]["words"]["items"]) > 0
    for line in lines:
        assert line.xpath(".//mark")
        assert client.get(line.xpath("./a/@href")[0]).status_code in (200, 403)


def test_near_quotations_mark_what_differs(tree):
    lines = tree("/search?q=其流清浅可步春涨则舟楫").xpath("//section[h2[starts-with(., '相近的文字')]]//li")
    assert lines
    for line in lines:
        assert [one.text for one in line.xpath(".//mark/ins")] == ["涉"]


def test_a_near_quotation_shows_its_changes_the_fewest_first(tree, client):
    page = tree("/search?q=~其流清浅可步春涨则舟楫通行")
    lines = page.xpath("//ol[@class='kwic']/li")
    assert len(lines) == min(20, client.get("/api/search?q=~其流清浅可步春涨则舟楫通行").json["hits"])
    for line in lines:
        assert [one.text for one in line.xpath(".//mark/ins")] == ["涉"]
        assert "差 1 字" in line.text_content()
