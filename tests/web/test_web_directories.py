"""The directories on the site: found, narrowed, counted, read, linked both ways; and nothing that is not public."""

import io
import json
from urllib.parse import unquote, urldefrag, urljoin

import public_records
import pytest
from lxml import html
from PIL import Image
from public_records import CANARIES, add, change
from sample_library import SECRETS
from staff import cheap, settle
from test_web_html import Checker
from visitor import Visitor

from archive.config import Config
from archive.directories import mentions, records, store
from archive.directories.model import Key
from archive.library import Library
from search.indexer import catch_up
from web import create_app
from web.directories import listing, sketch


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("directories") / "library"
    with pytest.MonkeyPatch.context() as patch, public_records.build(folder) as library:
        cheap(patch)
        settle(library)
        catch_up(library)
    return folder


@pytest.fixture(scope="module")
def app(folder):
    return create_app(Config(), folder)


@pytest.fixture
def library(folder):
    """The library, for tests that change what no other test looks at."""
    with Library.open(folder) as library:
        yield library


@pytest.fixture
def person(app, monkeypatch):
    cheap(monkeypatch)

    def enter(login):
        visitor = Visitor(app)
        visitor.login(login)
        return visitor

    return enter


@pytest.fixture
def tree(page):
    return lambda address: html.fromstring(page(address))


def titles(tree):
    return [one.text_content() for one in tree.xpath("//div[@class='list']//h3/a")]


def facts(tree):
    """Label and value of every field on a record's page."""
    told = tree.xpath("//dl[@class='facts']")
    return {
        dt.text_content(): dd.text_content().strip()
        for one in told
        for dt, dd in zip(one.xpath("dt"), one.xpath("dd"), strict=True)
    }


def ties(tree, label):
    """What a section of a record's page links to, by title."""
    head = tree.xpath(f"//section[@class='ties']/h2[starts-with(., '{label}')]")
    return {a.text: a.get("href") for a in head[0].getnext().xpath(".//a[not(@class)]")} if head else {}


ASKED = ["题目", "领域", "涉及的县市区", "建议内容", "署名", "投稿人姓名", "投稿人电话"]
DOORS = ("/d/", "/api/directories", "/submit/", "/w/sample.shigu-zhi", "/search?q=")


def visits(client, *starts):
    """Yield (address, answer) of every page that links of these doors lead to, those left out that only narrow."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        yield address, answer
        if answer.mimetype == "text/html" and answer.status_code == 200 and not address.startswith("/search"):
            for link in html.fromstring(answer.text).xpath(
                "//a[not(@rel='nofollow')]/@href | //img/@src | //link/@href"
            ):
                path = urldefrag(urljoin(f"http://localhost{address}", link)).url.removeprefix("http://localhost")
                if path.startswith(DOORS) and path not in seen:
                    seen.add(path)
                    waiting.append(path)


# Finding.


def test_a_visitor_finds_every_directory_from_the_front_page(page, tree):
    entry = html.fromstring(page("/")).xpath("//nav[@aria-label='全站']/a[text()='名录']/@href")
    listed = tree(entry[0]).xpath("//ul[contains(@class, 'shelves')]/li/h3")
    counts = {one.xpath("a")[0].text: one.xpath("span")[0].text for one in listed}
    assert counts["衡阳优秀社科专家库"] == counts["衡阳优秀社科成果库"] == "3 条"
    assert counts["社科普及基地"] == "尚无公布的条目"
    assert counts["示例学会"] == "1 条"  # declared in the library's folder, known to no code
    assert {"地点", "事件", "人物", "游览路线"} <= counts.keys()


def test_a_list_says_what_tells_its_records_apart(tree):
    listed = tree("/d/achievements/")
    assert titles(listed) == ["石鼓山水考（示例）", "书院旧闻（示例）", "湘水诗话（示例）"]  # the latest first
    first = listed.xpath("//div[@class='list']//li")[0]
    assert first.xpath("p/span/text()") == ["王夫之、彭玉麟、王闿运", "论文", "中国历史", "2024", "一等奖"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("王夫之", ["王夫之"]),
        ("王闓運", ["王闿运"]),
        ("wangfuzhi", ["王夫之"]),
        ("pyl", ["彭玉麟"]),
        ("湘西草堂", ["王夫之"]),
        ("学科:哲学", ["王夫之"]),
        ("船山 -史论", ["彭玉麟", "王闿运"]),
        (CANARIES["changed"], []),
        (CANARIES["phone"], []),
        (CANARIES["withdrawn"], []),
    ],
)
def test_records_are_found_by_name_sound_field_and_text(tree, query, found):
    assert titles(tree(f"/d/experts/?q={query}")) == found


def test_words_that_match_are_shown_in_their_field(tree):
    spot = tree("/d/experts/?q=湘西草堂").xpath("//p[@class='spot']")[0]
    assert spot.xpath("span/text()") == ["简介"]
    assert spot.xpath("mark/text()") == ["湘西草堂"]


def test_facets_narrow_and_let_go_again_without_scripts(page, tree):
    listed = tree("/d/achievements/")
    (link,) = [a for a in listed.xpath("//nav[@id='narrow']//a") if a.text == "2023"]
    assert link.getnext().text == "2"
    narrowed = tree(link.get("href"))
    assert titles(narrowed) == ["书院旧闻（示例）", "湘水诗话（示例）"]
    (kind,) = [a.get("href") for a in narrowed.xpath("//nav[@id='narrow']//a") if a.text == "著作"]
    assert titles(tree(kind)) == ["书院旧闻（示例）"]
    (back,) = tree(kind).xpath("//p[@class='scope']/a[contains(., '2023')]/@href")
    assert titles(tree(back)) == ["书院旧闻（示例）"]
    assert 'name="year" value="2023"' in page(link.get("href"))  # a search from here stays narrowed
    assert 'content="noindex"' in page(link.get("href"))


def test_lists_are_turned_page_by_page(tree, monkeypatch):
    monkeypatch.setitem(listing.SIZES, "", 2)
    first = tree("/d/achievements/")
    assert len(titles(first)) == 2
    (following,) = first.xpath("//nav[@class='paging']/a[@rel='next']/@href")
    assert titles(tree(following)) == ["湘水诗话（示例）"]
    assert "没有这一页" in tree("/d/achievements/?page=9").text_content()


def test_cards_show_a_photo_or_a_seal(client, tree):
    cards = tree("/d/experts/?view=cards").xpath("//ul[@class='cards']/li")
    shown = {one.xpath(".//span[@class='who']/text()")[0]: one for one in cards}
    (photo,) = shown["王夫之"].xpath(".//img")
    assert photo.get("alt") == "王夫之照片"
    image = Image.open(io.BytesIO(client.get(photo.get("src")).data))
    assert image.format == "JPEG" and max(image.size) == 480
    assert shown["彭玉麟"].xpath(".//*[name()='svg']")[0].text_content().strip() == "彭"


def test_a_photo_is_asked_for_again_but_not_sent_again(client):
    first = client.get("/d/experts/wang-fuzhi.jpg")
    again = client.get("/d/experts/wang-fuzhi.jpg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/d/experts/peng-yulin.jpg").status_code == 404


def test_one_search_looks_through_all_directories(tree, page):
    found = tree("/d/?q=石鼓")
    groups = {h3.text_content().split()[0]: [] for h3 in found.xpath("//ul[contains(@class, 'shelves')]/li/h3")}
    assert {"衡阳优秀社科成果库1", "献策衡阳“金点子”1"} <= {name.replace("条", "") for name in groups}
    assert "修复石鼓灯塔（示例）" in found.text_content() and "石鼓书院" in found.text_content()
    assert "都没有“无此人”" in page("/d/?q=无此人")


# Figures.


def test_figures_count_every_facet_and_lead_to_the_records(tree):
    shown = tree("/d/achievements/?view=stats")
    charts = {
        section.xpath("h2/text()")[0]: [
            (row.xpath("th")[0].text_content(), row.xpath("td[@class='num']/text()")[0])
            for row in section.xpath(".//tbody/tr")
        ]
        for section in shown.xpath("//section")
    }
    assert charts["按年份"] == [("2023", "2"), ("2024", "1")]
    assert charts["按学科"] == [("中国历史", "2"), ("中国文学", "1")]
    bars = [float(width) for width in shown.xpath("//section[h2='按年份']//*[name()='rect']/@width")]
    assert bars == [200, 100]
    (link,) = shown.xpath("//section[h2='按年份']//a[text()='2024']/@href")
    assert titles(tree(link)) == ["石鼓山水考（示例）"]


def test_many_years_are_counted_by_decades(tree, library, monkeypatch):
    from web.directories import lists

    monkeypatch.setattr(lists, "ROWS", 1)
    labels = tree("/d/achievements/?view=stats").xpath("//section[h2='按年份']//th/a")
    assert [one.text for one in labels] == ["2020—2029"]
    assert len(titles(tree(labels[0].get("href")))) == 3


def test_who_worked_with_whom_is_a_list(tree, page):
    rows = tree("/d/achievements/?view=together").xpath("//tbody/tr")
    assert {
        (row.xpath("th")[0].text_content(), row.xpath("td")[0].text_content(), row.xpath("td")[1].text) for row in rows
    } >= {("彭玉麟", "王夫之", "2")}
    assert len(rows) == 3
    assert "合作" not in html.fromstring(page("/d/experts/")).xpath("string(//nav[@aria-label='看法'])")
    assert ties(tree("/d/experts/wang-fuzhi"), "合作者") == {
        "彭玉麟": "/d/experts/peng-yulin",
        "王闿运": "/d/experts/wang-kaiyun",
    }


# A record.


def test_a_record_tells_its_fields_in_the_declared_order(tree):
    shown = facts(tree("/d/experts/wang-fuzhi"))
    assert list(shown)[:4] == ["字号别名", "出生年月", "去世时间", "单位"]
    assert shown["出生年月"] == "1619年"
    assert shown["学科"] == "哲学、中国历史"
    assert shown["职务职称"] == "讲席（示例）"
    assert "联系电话" not in shown


def test_links_lead_both_ways(tree):
    expert, work = tree("/d/experts/wang-fuzhi"), tree("/d/achievements/shigu-kao")
    assert expert.xpath("//dd//a[text()='石鼓山水考（示例）']/@href") == ["/d/achievements/shigu-kao"]
    assert work.xpath("//dd//a[text()='王夫之']/@href") == ["/d/experts/wang-fuzhi"]
    assert ties(expert, "成果")["书院旧闻（示例）"] == "/d/achievements/shuyuan-kao"
    assert ties(work, "以此为代表成果的专家") == {"王夫之": "/d/experts/wang-fuzhi"}
    assert ties(expert, "所在的学会") == {"船山学会（示例）": "/d/clubs/chuanshan"}
    assert ties(tree("/d/red_places/xiajia"), "有关人物（名人录）") == {"夏明翰": "/d/notables/xia-minghan"}


def test_links_to_texts_lead_there_and_back(page, tree):
    (read,) = tree("/d/red_places/shigu").xpath("//dd//a[contains(., '石鼓书院小志')]")
    assert read.text == "《石鼓书院小志》　山川"
    back = tree(read.get("href")).xpath("//aside[@class='named']//a")
    assert {a.text: a.get("href") for a in back}["石鼓书院"] == "/d/red_places/shigu"
    named = tree("/w/sample.shigu-zhi").xpath("//aside[@class='named']//a/text()")
    assert {"王夫之", "石鼓书院", "石鼓山水考（示例）"} <= set(named)
    assert "aside class" not in page("/w/sample.zhengxiang-shuikao")


def test_who_is_linked_but_not_public_is_a_name_without_a_link(tree, client):
    authors = tree("/d/achievements/shuyuan-kao").xpath("//dd[contains(., '某人')]")[0]
    assert "某人" not in [a.text for a in authors.xpath(".//a")]
    fields = client.get("/api/directories/achievements/shuyuan-kao").json["fields"]
    assert fields["authors"][2] == {"text": "某人"}
    assert "experts/draft" not in client.get("/api/directories/achievements").text


def test_a_record_can_be_cited_and_says_how_old_it_is(page, library):
    shown = page("/d/experts/wang-fuzhi")
    day = records.record(library, Key("experts", "wang-fuzhi")).at[:10]
    assert f'资料更新于 <time datetime="{day}">' in shown
    assert "衡阳文库. 衡阳优秀社科专家库：王夫之[EB/OL]" in shown
    assert '<link rel="canonical" href="http://localhost/d/experts/wang-fuzhi">' in shown


def test_programs_get_schema_org(client):
    answer = client.get("/d/experts/wang-fuzhi.jsonld")
    assert answer.mimetype == "application/ld+json"
    said = json.loads(answer.text)
    assert (said["@type"], said["name"], said["birthDate"]) == ("Person", "王夫之", "1619")
    assert said["alternateName"] == ["船山", "而农"]
    assert said["image"] == "http://localhost/d/experts/wang-fuzhi.jpg"
    work = json.loads(client.get("/d/achievements/shigu-kao.jsonld").text)
    assert work["author"][0] == {"@type": "Person", "name": "王夫之", "@id": said["@id"]}
    place = json.loads(client.get("/d/red_places/shigu.jsonld").text)
    assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 26.9, "longitude": 112.62}
    assert "geo" not in json.loads(client.get("/d/red_places/zhonglieci.jsonld").text)


def test_other_records_answer_what_may_be_said(client):
    moved = client.get("/d/experts/wang-chuanshan")
    assert (moved.status_code, moved.location) == (301, "/d/experts/wang-fuzhi")
    for slug, said in (("withdrawn", "撤下"), ("hidden", "不再公开"), ("erased", "依法删除")):
        for address in (
            f"/d/experts/{slug}",
            f"/d/experts/{slug}.jpg",
            f"/d/experts/{slug}.jsonld",
            f"/api/directories/experts/{slug}",
        ):
            answer = client.get(address)
            assert (address, answer.status_code) == (address, 410)
            assert said in answer.text and CANARIES[slug] not in answer.text
    draft, never = client.get("/d/experts/draft"), client.get("/d/experts/never")
    assert (draft.status_code, draft.text.replace("draft", "never")) == (404, never.text)


def test_nothing_that_is_not_public_leaves_by_any_door(app):
    client = app.test_client()
    catalogue = client.get("/api/directories").json
    starts = [f"/api/directories/{one['id']}" for one in catalogue]
    starts += [f"/d/experts/{slug}" for slug in ("draft", "hidden", "withdrawn", "erased", "peng-yulin")]
    seen = []
    starts += ["/d/achievements/?year=2023", "/d/achievements/?q=石鼓&view=cards", "/d/?group=红色衡阳&by=period"]
    for address, answer in visits(client, "/d/", "/api/directories", *starts):
        if answer.mimetype == "image/jpeg":
            continue
        shown = unquote(answer.text)
        leaked = [word for word in (*CANARIES.values(), *SECRETS) if word in shown]
        assert (address, leaked) == (address, [])
        seen.append(address)
    assert {"/d/feed.atom", "/d/experts/feed.atom", "/d/ideas/feed.atom"} <= set(seen)
    assert {"/d/experts/wang-fuzhi", "/d/experts/wang-fuzhi.jsonld", "/api/directories/red_places/shigu"} <= set(seen)
    assert len(seen) > 100


@pytest.mark.parametrize("word", CANARIES.values())
def test_nothing_that_is_not_public_is_found(client, page, word):
    for one in client.get("/api/directories").json:
        assert client.get(f"/api/directories/{one['id']}?q={word}").json["total"] == 0
    assert f"各名录里都没有“{word}”" in page(f"/d/?q={word}")


def test_every_page_is_sound_html_with_labels(app):
    starts = ("/d/", "/d/?q=石鼓", "/d/experts/?q=-", "/d/experts/?view=cards", "/submit/ideas", "/d/experts/withdrawn")
    for address, answer in visits(app.test_client(), *starts):
        if answer.mimetype != "text/html" or answer.status_code in (301, 302):
            continue
        checker, tree = Checker(), html.fromstring(answer.text)
        checker.feed(answer.text)
        twice = [name for name, count in checker.ids.items() if count > 1]
        assert (address, checker.wrong, checker.open, twice) == (address, [], [], [])
        labelled = set(tree.xpath("//label/@for"))
        controls = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
        assert all(one.xpath("ancestor::label") or one.get("id") in labelled for one in controls), address
        assert len(tree.xpath("//h1")) == 1 and not tree.xpath("//img[not(@alt)]"), address
        assert len(answer.data) < 100_000, address


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/d/nothing/", 404, "没有“nothing”这个名录"),
        ("/d/experts/?view=pie", 400, "没有“pie”这种看法"),
        ("/d/experts/?view=together", 400, "可用"),
        ("/d/experts/?page=0", 400, "页码不能是“0”"),
        ("/d/experts/?page=x", 400, "页码不能是“x”"),
        ("/d/experts/?q=-船山", 400, "没有写要找的"),
        (f"/d/experts/?q={'山' * 300}", 400, "太长"),
        ("/d/?q=-船山", 400, "没有写要找的"),
        ("/d/?group=没有这组", 404, "没有“没有这组”这一组名录"),
        ("/d/?group=红色衡阳&by=story", 404, "可按"),
        ("/d/experts/Wang%00<b>", 404, "没有这一条"),
        ("/submit/experts", 404, "不接受公众投稿"),
        ("/api/directories/nothing", 404, "没有"),
        ("/api/directories/experts?size=5000", 400, "每页条数"),
    ],
)
def test_bad_input_is_told_plainly(client, address, status, said):
    answer = client.get(address)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text[:300]


def test_the_api_answers_as_the_pages_do(client):
    catalogue = {one["id"]: one for one in client.get("/api/directories").json}
    assert catalogue["experts"]["records"] == 3
    assert "phone" not in [field["key"] for field in catalogue["experts"]["fields"]]
    found = client.get("/api/directories/achievements?year=2023&size=1&page=2").json
    assert (found["total"], [one["key"] for one in found["items"]]) == (2, ["achievements/shihua"])
    assert found["facets"]["kind"] == {"著作": 1, "论文": 1}
    one = client.get("/api/directories/experts/wang-fuzhi").json
    assert one["url"] == "http://localhost/d/experts/wang-fuzhi"
    assert one["fields"]["discipline"] == ["哲学", "中国历史"]


# 红色衡阳.


def test_a_family_is_read_by_county_and_by_period(tree):
    shown = tree("/d/?group=红色衡阳")
    counties = {section.xpath("h2/text()")[0]: section.xpath(".//li/a/text()") for section in shown.xpath("//section")}
    assert list(counties) == ["石鼓区", "珠晖区", "南岳区", "衡阳县", "未注明"]
    assert counties["珠晖区"] == ["湘南学联旧址", "湘南学生联合会成立", "城区一日（示例）"]
    (school,) = [li for li in shown.xpath("//section//li") if li.xpath("a/text()") == ["湘南学联旧址"]]
    assert "全国重点文物保护单位" in school.xpath("span/text()")
    periods = tree("/d/?group=红色衡阳&by=period")
    assert "抗日战争时期" in periods.xpath("//section/h2/text()")
    assert "人物、游览路线没有“时期”一栏" in periods.text_content()


def test_a_route_lists_its_stops_with_notes_and_maps_only_what_was_checked(tree):
    shown = tree("/d/routes/chengqu")
    stops = [
        (one.xpath("h3/span")[0].text, one.xpath("h3/a/text()"), one.xpath("p[@class='tip']/text()"))
        for one in shown.xpath("//ol[@class='stops']/li")
    ]
    assert stops == [
        ("1", ["石鼓书院"], ["看三水汇流"]),
        ("2", ["湘南学联旧址"], []),
        ("3", ["陆家新屋"], ["墙上的弹痕"]),
    ]
    assert "全国重点文物保护单位" in shown.text_content()
    svg = shown.xpath("//figure[@class='sketch']/*[name()='svg']")[0]
    assert svg.get("role") == "img" and "示意图" in svg.get("aria-label")
    assert svg.xpath(".//*[name()='g'][*[name()='ellipse']]/*[name()='text']/text()") == ["1", "2", "3"]
    assert not tree("/d/routes/nanyue").xpath(
        "//figure[@class='sketch']"
    )  # one stop was not surveyed, one is no record


def test_a_sketch_keeps_directions_and_lets_near_stops_share_a_disc():
    made = sketch.sketch([(26.90, 112.60), (26.95, 112.60), (26.90, 112.70), (26.9001, 112.6001)])
    home, north, east = made.spots
    assert home.numbers == "1·4"
    assert north.x == home.x and north.y < home.y
    assert east.y == home.y and east.x > home.x
    assert (east.x - home.x) / (home.y - north.y) == pytest.approx(2 * 0.8917, rel=0.01)  # cos 26.9°
    assert made.length == "2 公里"


def test_a_sketch_of_one_place_is_not_torn_apart():
    made = sketch.sketch([(26.9, 112.6), (26.9, 112.6)])
    assert [one.numbers for one in made.spots] == ["1·2"]
    assert (made.spots[0].x, made.spots[0].y) == (sketch.WIDTH / 2, sketch.HEIGHT / 2)


# Sent in by the public.


def idea(**changed):
    given = {
        "title": "示例：在石鼓设夜航",
        "theme": "文化旅游",
        "idea": "一段示例文字。",
        "name": "示例某",
        "phone": "0734-8123456",
    }
    return {f"f.{key}.0": text for key, text in {**given, **changed}.items()} | {"do": "send"}


def drafts(library):
    from archive.directories import registry

    return records.count(library, registry.directory(library, "ideas"), state="draft")


def test_an_idea_becomes_a_draft_that_nobody_sees(app, library):
    visitor, before = Visitor(app), drafts(library)
    form = html.fromstring(visitor.get("/submit/ideas").text)
    labels = form.xpath("//form[@class='filling']//*[self::legend or self::label[@for[starts-with(., 'f.')]]]")
    asked = [label.text_content().removesuffix("内部").removesuffix("必填") for label in labels]
    assert "不公布" in form.text_content() and asked == ASKED
    answer = visitor.send("/submit/ideas", seen="/submit/ideas", **{"f.county": ["石鼓区", "珠晖区"]}, **idea())
    assert (answer.status_code, answer.location) == (303, "/submit/ideas?done=1")
    assert "审核之后" in visitor.get(answer.location).text
    assert drafts(library) == before + 1
    assert "夜航" not in visitor.get("/d/ideas/").text and "都没有“夜航”" in visitor.get("/d/?q=夜航").text
    (last,) = library.db.execute(
        "SELECT slug FROM record WHERE directory = 'ideas' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert visitor.get(f"/d/ideas/{last}").status_code == 404
    assert records.record(library, Key("ideas", last)).values["county"] == ["石鼓区", "珠晖区"]


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(app, library):
    visitor, before = Visitor(app), drafts(library)
    answer = visitor.send("/submit/ideas", seen="/submit/ideas", **idea(phone="不告诉你", idea=""))
    tree = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert tree.xpath("//div[@role='alert']//a/text()") == ["建议内容", "投稿人电话"]
    assert tree.xpath("//input[@name='f.title.0']/@value") == ["示例：在石鼓设夜航"]
    assert drafts(library) == before


def test_programs_are_not_listened_to(app, library):
    visitor, before = Visitor(app), drafts(library)
    assert visitor.client.post("/submit/ideas", data=idea()).status_code == 400  # no token of ours
    assert (
        visitor.send("/submit/ideas", seen="/submit/ideas", homepage="http://spam.invalid", **idea()).status_code == 303
    )
    assert drafts(library) == before
    answers = [visitor.send("/submit/ideas", seen="/submit/ideas", **idea(title=f"示例{n}")) for n in range(7)]
    assert [one.status_code for one in answers][-1] == 429
    assert "示例6" in answers[-1].text  # what was typed is still there
    assert drafts(library) <= before + 5


# Names in the texts.


def test_only_confirmed_mentions_are_shown_with_counts(tree, client):
    shown = tree("/d/red_places/shigu").xpath("//section[@aria-labelledby='texts']//li")
    assert [li.xpath("a[1]/text()")[0] for li in shown] == [
        "《石鼓书院小志》"
    ]  # not the book that is kept for the house
    (link,) = shown[0].xpath("a[@class='detail']")
    hits = client.get(link.get("href").replace("/search", "/api/search")).json["hits"]
    assert link.text == f"“石鼓”{hits} 处" and hits > 0
    assert not tree("/d/experts/wang-fuzhi").xpath("//section[@aria-labelledby='texts']")


def test_an_editor_confirms_what_search_proposes(person, client, library, tree):
    key = Key("red_places", "lujia")
    store.publish(library, key, change(library, str(key), other_names="江声；三水"))
    editor = person("bianji")
    page = html.fromstring(editor.get(f"/mentions/{key}").text)
    target = "urn:cts:hengyang:sample.shigu-zhi"
    asked = page.xpath(
        f"//section[@aria-labelledby='proposed']//form[input/@value='{target}']/input[@name='name']/@value"
    )
    assert asked == ["江声", "三水"]
    for name, act in (("江声", "yes"), ("三水", "no")):
        assert editor.send(f"/mentions/{key}", seen="/account", name=name, target=target, act=act).status_code == 303
    shown = tree(f"/d/{key}").xpath("string(//section[@aria-labelledby='texts'])")
    assert "“江声”" in shown and "三水" not in shown
    left = html.fromstring(editor.get(f"/mentions/{key}").text)
    assert target not in left.xpath("//section[@aria-labelledby='proposed']//input[@name='target']/@value")
    assert "陆家新屋" in tree("/w/sample.shigu-zhi.lib/1").xpath("string(//aside[@class='named'])")
    editor.send(f"/mentions/{key}", seen="/account", name="江声", target=target, act="forget")
    assert "江声" not in tree(f"/d/{key}").xpath("string(//section[@aria-labelledby='texts'])")


def test_single_passages_can_be_confirmed(person, tree, library):
    key = Key("red_places", "xiajia")
    store.publish(library, key, change(library, str(key), other_names="合江"))
    editor = person("bianji")
    page = html.fromstring(editor.get(f"/mentions/{key}?name=合江&work=sample.shigu-zhi").text)
    targets = page.xpath("//input[@name='target']/@value")
    assert targets
    editor.send(f"/mentions/{key}", seen="/account", name="合江", target=targets[:1], act="yes")
    (link,) = tree(f"/d/{key}").xpath("//section[@aria-labelledby='texts']//a[@class='detail']/@href")
    assert link.startswith("/w/sample.shigu-zhi.lib/1.2")
    assert [one.target for one in mentions.decided(library, key)] == targets[:1]


def test_only_editors_confirm(person, client, library):
    assert client.get("/mentions/experts/wang-fuzhi").status_code == 302
    reader = person("guanyuan")
    assert reader.get("/mentions/experts/wang-fuzhi").status_code == 403
    fields = {"name": "船山", "target": "urn:cts:hengyang:sample.shigu-zhi", "act": "yes"}
    assert reader.send("/mentions/experts/wang-fuzhi", seen="/account", **fields).status_code == 403
    assert mentions.decided(library, Key("experts", "wang-fuzhi")) == []
    wrong = person("bianji").send(
        "/mentions/experts/wang-fuzhi", seen="/account", name="船山", target="urn:x", act="yes"
    )
    assert wrong.status_code in (400, 404)


def test_what_was_confirmed_goes_with_an_erased_record(library):
    from archive.accounts import Accounts
    from archive.directories import erasing

    key = add(library, "experts", "passing", {"name": "示例过客", "unit": "示例单位三", "discipline": "哲学"})
    mentions.decide(library, key, "过客", ["urn:cts:hengyang:sample.shigu-zhi"], "bianji", meant=True)
    assert [one.name for one in mentions.named_in(library, "urn:cts:hengyang:sample.shigu-zhi.lib")].count("过客") == 1
    erasing.erase(library, key, Accounts(library).get("guanli"), "withdrawn")
    assert library.db.execute("SELECT count(*) FROM mention WHERE name = '过客'").fetchone() == (0,)
