"""Views of a search: their numbers are those of the search, and each leads on; texts chosen once hold everywhere."""

import csv
import io
import json
from urllib.parse import quote

import openpyxl
import pytest
import sample_library
from lxml import html
from sample_library import SECRETS, SNIPPET_ONLY

from archive.config import Config
from archive.urn import parse
from archive.writer import withdraw_edition
from search.indexer import catch_up
from web import create_app
from web.searching import subcorpus

VIEWS = ("distribution", "collocates", "forms", "frequencies")


@pytest.fixture
def tree(page):
    return lambda address, status=200: html.fromstring(page(address, status))


def rows(tree):
    return [
        [cell.text_content().strip() for cell in row.xpath("./th[not(@aria-hidden)] | ./td[not(.//*[name()='svg'])]")]
        for row in tree.xpath("//table[contains(@class, 'figures')]/tbody/tr")
    ]


def test_every_view_is_reached_from_the_results_and_keeps_the_search(tree):
    tabs = tree("/search?q=湘水&order=right&work=sample.zhengxiang-shuikao").xpath("//nav[@class='tabs']/a")
    assert [tab.text for tab in tabs] == ["上下文", "分布", "搭配", "字形", "频次比较", "导出"]
    for tab in tabs:
        there = tree(tab.get("href"))
        assert there.xpath("//input[@id='q']/@value") == ["湘水"]
        assert "著作：蒸湘水考" in there.xpath("//p[@class='scope']")[0].text_content()
        assert there.xpath("//nav[@class='tabs']/a[@aria-current]")[0].text == tab.text


def test_the_distribution_adds_up_and_leads_into_a_work_and_on_to_its_text(tree, client):
    answer = client.get("/api/search?q=水").json
    page = tree("/search/distribution?q=水")
    assert sum(int(row[3].replace(",", "")) for row in rows(page)) == answer["hits"]
    assert sum(int(row[2].replace(",", "")) for row in rows(page)) == answer["passages"]
    assert all(bar.get("aria-hidden") for bar in page.xpath("//*[name()='svg'][@class='bar-chart']"))
    for link in page.xpath("//table//th/a/@href"):
        sections = tree(link)
        for place in sections.xpath("//table//th/a/@href"):
            assert client.get(place).status_code in (200, 403)


def test_a_work_can_be_counted_by_finer_sections(tree):
    page = tree("/search/distribution?q=水&of=sample.shigu-zhi")
    finer = page.xpath("//p[@aria-label='章节的层次']/a[text()='第 2 层']/@href")[0]
    lines = rows(tree(finer))
    assert "卷上　形势　山川" in [line[0] for line in lines]
    assert sum(int(line[3]) for line in lines) == sum(int(line[3]) for line in rows(page))
    assert tree("/search/distribution?q=水&of=sample.shigu-zhi&depth=10", 400).xpath("//*[@role='alert']")


def test_a_collocate_leads_to_where_both_stand(tree):
    page = tree("/search/collocates?q=湘&window=3")
    first = page.xpath("//table//th/a")[0]
    there = tree(first.get("href"))
    assert there.xpath("//p[@class='summary']/b/text()")[0] != "0"
    assert first.text in there.xpath("//ol[@class='kwic']/li")[0].text_content()


@pytest.mark.parametrize("q", ["水|江", "正文:水", "水 江", "书:水考 水 -江", "江 NEAR/9 水", "/水./"])
def test_collocates_of_any_query_lead_to_places_with_both(tree, q):
    lines = tree(f"/search/collocates?q={quote(q)}&minimum=1").xpath("//table//tbody/tr")[:20]
    assert lines
    for line in lines:
        count = int(line.xpath("./td/text()")[0].replace(",", ""))
        there = tree(line.xpath("./th/a/@href")[0])
        hits = int(there.xpath("//p[@class='summary']/b/text()")[0].replace(",", ""))
        # Of several hits near one letter the shortest stretch is told; one hit may have the letter on both sides.
        assert hits >= count / 2, (line.xpath("./th/a/text()"), count, hits)


def test_collocates_of_what_no_query_can_join_lead_nowhere(tree):
    page = tree("/search/collocates?q=~其流清浅可涉秋涨&minimum=1")
    assert page.xpath("//table//tbody/tr") and not page.xpath("//table//th/a")


def test_forms_add_up_and_each_finds_itself_alone(tree, client):
    total = client.get("/api/search?q=说").json["hits"]
    page = tree("/search/forms?q=说")
    counts = {row[0]: int(row[2]) for row in rows(page)}
    assert sum(counts.values()) == total
    for link in page.xpath("//table//th/a"):
        alone = tree(link.get("href"))
        assert int(alone.xpath("//p[@class='summary']/b/text()")[0]) == counts[link.text]


def test_frequencies_stand_side_by_side(tree, client):
    page = tree("/search/frequencies?q=湘水&with=蒸水；江")
    asked = [link.text for link in page.xpath("//thead//a")]
    assert asked == ["湘水", "蒸水", "江"]
    cells = page.xpath("//tfoot//td[position() > 1][position() mod 2 = 1]/text()")
    totals = [int(cell.replace(",", "")) for cell in cells]
    assert totals == [client.get(f"/api/search?q={q}").json["hits"] for q in asked]


def test_a_mistake_in_what_is_compared_keeps_what_was_typed_and_says_where(tree):
    page = tree(f"/search/frequencies?q=水&with={quote('江；(山')}", 400)
    assert page.xpath("//input[@name='with']/@value") == ["江；(山"]
    assert "要比较的“(山”" in page.xpath("//*[@role='alert']")[0].text_content()


def test_forms_of_several_strings_say_that_each_leads_to_all_of_it(tree):
    assert "可能比这里列的多" in tree("/search/forms?q=水 江").xpath("//p[@class='lasting']")[0].text_content()
    assert (
        "可能比这里列的多" not in tree("/search/forms?q=书:水考 水|江").xpath("//p[@class='lasting']")[0].text_content()
    )


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_the_same_as_json_and_as_a_table(client, view):
    told = client.get(f"/api/search/{view}?q=湘").json
    assert told["hits"] == client.get("/api/search?q=湘").json["hits"]
    assert told[view]
    answer = client.get(f"/search/table/{view}?q=湘")
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len({len(line) for line in lines}) == 1 < len(lines)


def test_a_file_has_more_than_a_page_shows(tree, client, monkeypatch):
    monkeypatch.setattr("web.searching.analysis._SHOWN", 3)
    for view in ("collocates", "forms"):
        q = "[湘水江流]" if view == "forms" else "湘"
        told = client.get(f"/api/search/{view}?q={q}&minimum=1").json[view]
        page = tree(f"/search/{view}?q={q}&minimum=1")
        assert len(rows(page)) == 3 < told["distinct"] == len(told["items"])
        table = client.get(f"/search/table/{view}?q={q}&minimum=1").data.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(table)))) == told["distinct"] + 1


@pytest.mark.parametrize("view", VIEWS)
def test_views_give_away_nothing_that_is_kept(client, view):
    for q in (*SECRETS, "湘", "水", "池"):
        for address in (f"/search/{view}?q={q}", f"/api/search/{view}?q={q}", f"/search/table/{view}?q={q}"):
            shown = client.get(address).text.replace(q, "")
            assert not [secret for secret in SECRETS if secret in shown], address


@pytest.mark.parametrize(
    "address",
    [
        "distribution?q=水&by=moon",
        "distribution?q=水&of=nothing",
        "collocates?q=水&window=0",
        "collocates?q=水&window=999",
        "collocates?q=水&length=x",
        "frequencies?q=水&with=" + "；".join("一二三四五六七八九十甲乙丙"),
        "forms?q=(水",
        "export?q=(水",
        "within?order=moon",
    ],
)
def test_what_cannot_be_done_is_said_in_place(tree, address):
    page = tree(f"/search/{address}", 404 if "nothing" in address else 400)
    assert page.xpath("//*[@role='alert']")


def test_texts_are_chosen_once_and_hold_in_every_view(tree, client):
    page = tree("/search/within?q=水")
    form = page.xpath("//form[@class='texts']")[0]
    assert {"sample.shigu-zhi", "sample.zhengxiang-shuikao"} <= set(form.xpath(".//input[@name='work']/@value"))
    answer = client.get("/search/within?done=1&q=水&name=两种&work=sample.shigu-zhi&work=sample.zhengxiang-shuikao")
    assert answer.status_code == 302
    there = tree(answer.headers["Location"])
    assert "范围“两种”" in there.xpath("//p[@class='scope']")[0].text_content()
    for tab in there.xpath("//nav[@class='tabs']/a/@href"):
        assert "范围“两种”" in tree(tab).xpath("//p[@class='scope']")[0].text_content()
    ticked = tree(there.xpath("//p[@class='scope']/a[text()='修改']/@href")[0])
    assert len(ticked.xpath("//input[@name='work'][@checked]")) == 2
    titles = {row[0] for row in rows(tree(there.xpath("//nav[@class='tabs']/a/@href")[1]))}
    assert titles <= {"石鼓书院小志", "蒸湘水考"}


def test_a_range_of_very_many_works_makes_no_long_page(tree, client):
    works = ",".join(f"sample.work-{number:03}" for number in range(199))
    page = client.get(f"/search?q=水&work=sample.shigu-zhi&work={works}")
    assert len(page.data) < 100_000
    assert "等共 200 项" in html.fromstring(page.text).xpath("//p[@class='scope']")[0].text_content()
    works = ",".join(f"sample.{'very-' * 12}long-{number}" for number in range(299))
    page = client.get(f"/search?q=水&work=sample.shigu-zhi&work={works}")
    assert page.status_code == 200
    assert "共 300 项" in html.fromstring(page.text).xpath("//p[@class='scope']")[0].text_content()
    many = "&".join(f"work={number}" for number in range(1000))
    for address in ("/search", "/search/forms", "/search/within", "/api/search"):
        answer = client.get(f"{address}?q=水&{many}")
        assert answer.status_code == 400 and "最多 300 项" in answer.text and len(answer.data) < 20_000
    assert client.get(f"/search/frequencies?q=水&with={'江' * 1001}").status_code == 400


def test_works_stand_in_an_address_one_by_one_or_in_a_row(client):
    """Long ranges are written in a row, older addresses stay as good."""
    single = client.get("/api/search?q=水&work=sample.shigu-zhi&work=sample.zhengxiang-shuikao").json
    row = client.get("/api/search?q=水&work=sample.shigu-zhi,sample.zhengxiang-shuikao").json
    assert row["items"] == single["items"] and {one["work"] for one in row["items"]} > {"sample.shigu-zhi"}


def test_texts_chosen_from_a_view_lead_back_to_it(tree, client):
    choose = tree("/search/forms?q=水").xpath("//p[@class='scope']/a[text()='选定书目']/@href")[0]
    fields = {
        one.get("name"): one.get("value") for one in tree(choose).xpath("//form[@class='texts']//input[@type='hidden']")
    }
    there = client.get("/search/within", query_string={**fields, "work": "sample.shigu-zhi"}).headers["Location"]
    assert there.startswith("/search/forms?")
    odd = client.get("/search/within?done=1&q=水&view=../../login&work=sample.shigu-zhi").headers["Location"]
    assert odd.startswith("/search?")


def test_works_of_one_title_are_told_apart_by_their_authors(tree):
    box = tree("/search/within").xpath("//label[input[@value='sample.shigu-zhi']]")[0]
    assert "李承文" in box.text_content()


def test_of_many_works_a_few_are_listed_and_words_narrow_the_list(tree, client, monkeypatch):
    monkeypatch.setattr(subcorpus, "LISTED", 1)
    page = tree("/search/within?q=水&work=sample.zhengxiang-shuikao")
    works = "//fieldset[@class='wide']//input"
    first = page.xpath(f"{works}/@value")
    assert len(first) == 2 and "sample.zhengxiang-shuikao" in first
    assert "还有" in page.xpath("//fieldset[@class='wide']")[0].text_content()
    fields = {one.get("name"): one.get("value") for one in page.xpath("//form[@class='texts']//input[@type='hidden']")}
    fields |= {"work": "sample.zhengxiang-shuikao", "name": "两种", "find": "書院小誌"}
    narrowed = client.get("/search/within", query_string=fields)  # Enter in the field of the words
    assert narrowed.status_code == 200
    boxes = html.fromstring(narrowed.text).xpath(works)
    assert {box.get("value"): box.get("checked") is not None for box in boxes} == {
        "sample.shigu-zhi": False,
        "sample.zhengxiang-shuikao": True,
    }
    then = client.get("/search/within", query_string={**fields, "listed": "書院小誌"})
    assert then.status_code == 302 and "find" not in then.location
    nothing = tree("/search/within?find=沒有的書名")
    assert not nothing.xpath(works) and "没有含有这些字的" in nothing.text_content()


def test_works_of_which_a_thing_is_not_known_can_be_chosen(tree):
    box = tree("/search/within?q=水").xpath("//input[@value='（无）']")[0]
    page = tree(f"/search?q=水&{box.get('name')}=（无）")
    assert "未注明" in page.xpath("//p[@class='scope']")[0].text_content()
    assert page.xpath("//ol[@class='kwic']/li")


def test_a_lasting_address_says_whether_the_library_has_changed(tree):
    page = tree("/search?q=水")
    lasting = tree(page.xpath("//p[@class='lasting']/a/@href")[0])
    assert not lasting.xpath("//p[@class='notice']")
    old = tree("/search?q=水&at=1")
    said = old.xpath("//p[@class='notice']")[0].text_content()
    assert "第 1 次变更" in said and "蒸湘水考" in said
    assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=其流&page=3&order=left",
        "/search/collocates?q=水&window=2&minimum=1&by=count&work=sample.zhengxiang-shuikao",
        "/search/frequencies?q=水&with=江；湘&by=century",
        "/search/distribution?q=水&of=sample.shigu-zhi&work=sample.shigu-zhi&work=sample.zhengxiang-shuikao",
    ],
)
def test_a_lasting_address_shows_the_same_again(tree, address):
    page = tree(address)
    shown = [one.text_content() for one in page.xpath("//table[@class='figures'] | //div[@class='list']")]
    for link in page.xpath("//p[@class='lasting']/a[text()='长期有效的链接']/@href"):
        again = tree(link)
        found = [one.text_content() for one in again.xpath("//table[@class='figures'] | //div[@class='list']")]
        assert shown and found == shown
    # Another query, or a range less, is asked in the same view.
    form = page.xpath("//form[@class='search']")[0]
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert form.get("action") == address.partition("?")[0]
    assert {"window": "2", "by": "count"}.items() <= fields.items() if "window" in address else "window" not in fields
    for link in page.xpath("//p[@class='scope']/a[contains(text(), '×')]/@href"):
        assert link.startswith(f"{address.partition('?')[0]}?")


def test_a_wrong_choice_of_a_view_is_not_asked_again(tree):
    form = tree("/search/collocates?q=水&window=999", 400).xpath("//form[@class='search']")[0]
    assert not form.xpath(".//input[@name='window']")


def test_a_lasting_address_says_that_texts_have_been_withdrawn(tmp_path, client):
    with sample_library.build(tmp_path / "library") as library:
        catch_up(library)
        before = library.change_number()
        withdraw_edition(library, library.edition(parse(sample_library.SHIGU)).id)
        site = create_app(Config(), library.folder).test_client()
        said = (
            html.fromstring(site.get(f"/search?q=水&at={before}").text).xpath("//p[@class='notice']")[0].text_content()
        )
        assert "没有改动" in said and "有书撤下" in said
        since = site.get(f"/api/search?q=水&at={before}").json["since"]
        assert since == {"at": before, "now": library.change_number(), "works": [], "other": True}
        # The same for who chose that work to search in.
        chosen = site.get("/api/search/forms?q=水&work=sample.shigu-zhi&work=sample.zhengxiang-shuikao").json
        assert chosen["absent"] == [{"facet": "work", "value": "sample.shigu-zhi"}]
        assert chosen["hits"] == client.get("/api/search?q=水&work=sample.zhengxiang-shuikao").json["hits"]


def test_an_address_from_another_library_is_told_as_such(tree):
    said = tree("/search?q=水&at=99999999").xpath("//p[@class='notice']")[0].text_content()
    assert "别的文库" in said and "没有改动" not in said


def test_limits_that_no_work_has_are_told(tree, client):
    page = tree("/search/distribution?q=水&work=gone.book&work=sample.shigu-zhi&genre=词")
    assert "著作“gone.book”、体裁“词”" in page.xpath("//p[@class='notice']")[0].text_content()
    assert not tree("/search?q=水&work=sample.shigu-zhi&layer=text").xpath("//p[@class='notice']")
    for address in ("/search?q=水&layer=margin", "/api/search?q=水&layer=margin", "/search/hits?q=水&layer=margin"):
        answer = client.get(address)
        assert answer.status_code == 400 and "notes" in answer.text


def test_programs_are_told_in_json_what_is_wrong_with_an_export(client):
    assert client.get("/api/search/hits?q=水&format=json").data[:9] == b'{"query":'
    wrong = client.get("/api/search/hits?q=((&format=json")
    assert wrong.status_code == 400 and "括号" in wrong.json["error"]


def test_programs_say_how_many_hits_they_want(client):
    assert len(client.get("/api/search?q=水&size=3").json["items"]) == 3
    assert (
        client.get("/api/search?q=水&size=3&page=2").json["items"][0] == client.get("/api/search?q=水").json["items"][3]
    )
    assert client.get("/api/search?q=水&size=101").status_code == 400


def test_contexts_can_be_wider_and_in_one_list(tree):
    narrow, wide = (tree(f"/search?q=湘水&width={width}&flat=1") for width in (12, 80))
    assert not wide.xpath("//div[@class='list']//h2/a")
    assert "《" in wide.xpath("//span[@class='place']")[0].text_content()
    lengths = [len(page.xpath("//div[@class='list']//ol/li")[0].text_content()) for page in (narrow, wide)]
    assert lengths[0] < lengths[1]
    # What does not fit into a line with the words found is not cut off at its ends.
    assert narrow.xpath("//div[@class='list']//ol/@class") == ["kwic"]
    assert wide.xpath("//div[@class='list']//ol/@class") == ["kwic long"]


def test_a_width_of_ones_own_is_kept_for_the_file(tree):
    assert tree("/search?q=水&width=60").xpath("//nav[@id='narrow']//span[@aria-current]/text()")[-1] == "60 字"
    assert tree("/search/export?q=水&width=60").xpath("//select[@name='width']/option[@selected]/text()") == ["60"]


@pytest.mark.parametrize(
    ("asked", "listed"),
    [("", False), ("order=date", False), ("order=left", True), ("order=right&flat=0", False), ("flat=1", True)],
)
def test_works_are_not_broken_into_pieces_by_the_order_unless_asked_for(tree, asked, listed):
    page = tree(f"/search?q=水&{asked}")
    assert bool(page.xpath("//div[@class='list']//h2/a")) != listed
    assert page.xpath("//a[text()='按著作分组']" if listed else "//a[text()='不分组，逐处排列']")
    other = tree(page.xpath("//nav[@id='narrow']//a[contains(text(),'分组')]/@href")[0])
    assert bool(other.xpath("//div[@class='list']//h2/a")) == listed


def test_the_order_of_dates_tells_the_dates(tree):
    page = tree("/search?q=江&order=date")
    assert "年代未注明" in page.xpath("//div[@class='list']//h2")[-1].text_content()
    listed = tree("/search?q=江&order=date&flat=1")
    assert "年代未注明" in listed.xpath("//span[@class='place']")[-1].text_content()


def test_all_hits_come_as_csv_xlsx_and_json(client):
    total = client.get("/api/search?q=水").json["hits"]
    told = json.loads(client.get("/search/hits?q=水&format=json").data)
    assert (told["hits"], len(told["items"])) == (total, total)
    plain = client.get("/search/hits?q=水&format=csv&order=right")
    assert plain.content_type == "text/csv; charset=utf-8"
    text = plain.data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert sum(line[:1] != [] and line[0].isdigit() for line in lines) == total
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/search/hits?q=水&format=xlsx").data))["命中"]
    assert sheet.max_row == total + 1
    for item in told["items"][:5]:
        assert client.get(item["path"].removeprefix("http://localhost")).status_code in (200, 403)


def test_files_hold_no_more_than_the_page_shows(client):
    for q in ("水", "湘", SNIPPET_ONLY[:2]):
        for kind in ("csv", "json"):
            text = client.get(f"/search/hits?q={q}&format={kind}&width=80").data.decode()
            assert not [secret for secret in SECRETS if secret in text]


def test_a_wrong_file_is_refused(client):
    for address in ("q=水&format=doc", "q=&format=csv", "q=水&style=moon", "q=(水"):
        answer = client.get(f"/search/hits?{address}")
        assert answer.status_code == 400
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
