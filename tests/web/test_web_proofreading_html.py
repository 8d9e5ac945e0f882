"""The desk obeys the house rules of every page: sound HTML, labels, small, no broken link; script and style too."""

import re

import pytest
from keepers import Form, House
from lxml import html
from scanned import DESK, across, put_text, scan
from staff import cheap
from test_web_html import sound_and_small
from test_web_proofreading import deciding, form, put

from archive import jobs
from archive.arrivals import Arrivals


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """(address, answer) of every kind of page of the desk, errors among them."""
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        house = House(tmp_path_factory.mktemp("proofreading") / "library")
        yield list(walk(house))
        house.library.close()


def walk(house):
    editor, reader = house.person("bianji"), house.person("guanyuan")
    yield "no books", reader.get("/proofreading/")
    yield "no jobs", reader.get("/proofreading/jobs/")
    book = scan(house.library)
    put_text(house.library, "石鼓山在蒸水入湘之处三面临江，书院建于山巅，唐时已有讲学之人，宋初赐额遂为天下书院之一。")
    for address in ("/", "/add", "/help"):
        yield address, editor.get(f"/proofreading{address}")
    for address in (
        "/",
        "/?state=failed",
        "/?state=validated",
        "/1",
        "/2",
        "/4",
        "/1/history",
        "/4/history",
        "/1/compare",
    ):
        yield address, editor.get(f"{DESK}{address}")
    yield "no script", form(reader).send("cut:0")
    yield "quotations", form(reader).send("quotations")
    yield "choices", deciding(reader)
    yield "choices of columns", deciding(reader, "蒸水出邵陵東北(舊說水汽/蒸騰非也)", f"{DESK}/2/compare")
    yield "no second", deciding(reader, " ")
    yield "too many states", form(reader).send("save:validated")
    stale = put(form(reader), t0="甲", t1="石鼓山在烝水入湘之处三面临江")
    put(form(editor), t0="乙", t1="石鼓山在蒸水入湘之處三面临江", why="改字").send("save:proofread")
    yield "stale", stale.send()
    stale = Form(reader, form(reader).send("drop:0"), "proofing")
    put(form(editor), t3="丙").send()
    yield "stale, a line fewer", stale.send()
    yield "past", reader.get(f"{DESK}/1/history/2")
    yield "past, all", reader.get(f"{DESK}/1/history/3?with=1&all=1")
    yield "proofread", editor.get(f"{DESK}/1?done=saved")
    job = jobs.enqueue(house.library, book, who="bianji")
    yield "waiting", editor.get(f"/proofreading/jobs/{job.id}")
    yield "jobs", editor.get("/proofreading/jobs/")
    yield "pages, job", editor.get(f"{DESK}/")
    yield "books, job", editor.get("/proofreading/")
    jobs.begin(house.library, job.id)
    jobs.page_done(house.library, job.id, 3, 2.0, "图像损坏。")
    jobs.finish(house.library, job.id, "failed", "一面都没有读出。")
    yield "failed", editor.get(f"/proofreading/jobs/{job.id}")
    arrivals = Arrivals(house.library.folder)
    arrival = arrivals.begin("bianji", {"title": "示例"})
    for stage in ("waiting", "working", "failed"):
        arrival.stage, arrival.error = stage, "读不出来。"
        arrivals.save(arrival)
        yield stage, editor.get(f"/proofreading/add/{arrival.id}")
    yield "nothing sent", Form(editor, editor.get("/proofreading/add"), "sheet").send()


def test_they_are_sound_and_small(pages):
    for address, answer in pages:
        sound_and_small(address, answer)


def test_every_control_is_labelled_and_every_description_is_there(pages):
    for address, answer in pages:
        tree = html.fromstring(answer.text)
        labelled, ids = set(tree.xpath("//label/@for")), set(tree.xpath("//@id"))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            named = control.xpath("ancestor::label") or control.get("id") in labelled or control.get("aria-label")
            assert named, (address, control.get("name"))
        for named in tree.xpath("//@aria-describedby | //@aria-labelledby | //@list | //label/@for"):
            assert set(named.split()) <= ids, (address, named)
        assert all(
            one.text_content().strip() for one in tree.xpath("//button | //legend | //main//p/a | //h1 | //h2")
        ), address
        assert len(tree.xpath("//h1")) == 1 and not tree.xpath("//img[not(@alt)]"), address
        assert len(tree.xpath("//*[@autofocus]")) <= 1, address
        assert tree.findtext(".//title").strip(), address


def test_links_lead_somewhere(pages):
    inner = [
        (address, link)
        for address, answer in pages
        for tree in [html.fromstring(answer.text)]
        for link in tree.xpath("//a/@href")
        if link.startswith("#") and link[1:] not in tree.xpath("//@id")
    ]
    assert inner == []


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    from crawling import crawl

    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        house = House(tmp_path_factory.mktemp("crawled") / "library")
        scan(house.library)
        yield list(crawl(house.person("bianji").client, "/proofreading/", limit=120))
        house.library.close()


def test_no_link_of_the_desk_is_broken(crawled):
    desk = [(address, answer.status_code) for address, answer in crawled if "/proofreading" in address]
    assert len(desk) > 15
    assert [one for one in desk if one[1] not in (200, 302, 303)] == []


def test_a_full_page_with_many_doubts_stays_small(tmp_path, monkeypatch):
    cheap(monkeypatch)
    house = House(tmp_path / "library")
    lines = ["衡陽縣志卷之一地理志疆域山川形勢風俗物產古蹟祠廟"] * 42
    doubts = {(row, at): ("陽", "楊") for row in range(42) for at in (1, 7)[: 1 + row % 2]}
    scan(house.library, read=[across(lines, doubts)])
    answer = house.person("guanyuan").get(f"{DESK}/1")
    assert len(answer.data) < 100_000
    assert len(html.fromstring(answer.text).xpath("//fieldset")) == 42
    house.library.close()


def test_our_own_style_and_script_are_small_and_fetch_nothing(client):
    css, script = client.get("/static/proofreading.css").data, client.get("/static/proofreading.js").data
    assert len(css) < 20_480
    assert len(script) < 32_768
    assert not re.search(rb"url\(|@import|https?:", css)
    assert b"http" not in script and b"fetch(" not in script
