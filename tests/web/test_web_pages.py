"""Every page family answers, with what its visitors look for."""

import json

import pytest

PAGES = [
    ("/", ["衡阳文库", "衡阳书院文献", "新入藏", "衡阳旧影集", 'name="q"']),
    ("/browse/", ["书目", "衡阳地方文献", "蒸湘水考", "文库拟刻本"]),
    ("/browse/author/", ["周汝舟", "〔清〕"]),
    ("/browse/category/", ["史部", "期刊"]),
    ("/browse/period/?value=民国", ["湘游日记", "衡阳旧影集"]),
    ("/w/sample.shigu-zhi", ["石鼓书院小志", "为读者游览石鼓而作", "文库排印本", "方志", "书院、石鼓山"]),
    (
        "/w/sample.shigu-zhi.lib",
        ["排印本", "正文公开", "卷上　形势", "山川", "从头阅读", "urn:cts:hengyang:sample.shigu-zhi.lib"],
    ),
    ("/w/sample.shigu-zhi.lib/1", ["石鼓山在蒸水入湘之处", "李承文　撰"]),
    ("/w/sample.saomiao.ying", ["3 页书影，文字待识别", "/page/sample.saomiao.ying/1"]),
    ("/page/sample.shigu-zhi.lib/2", ["书院建于山巅", "/scan/sample.shigu-zhi.lib/2", "/page/sample.shigu-zhi.lib/3"]),
    ("/cite/", ["编号或地址"]),
    ("/cite/sample.shigu-zhi.lib:1.2.1@3-9", ["GB/T 7714—2025", "页下注", "在蒸水入湘之", "BibTeX", "修订 1"]),
    ("/help", ["检索式的写法", "石鼓|岳麓", "夹注"]),
    ("/about", ["原文照录"]),
    ("/robots.txt", ["Disallow: /search"]),
]


@pytest.mark.parametrize(("address", "texts"), PAGES)
def test_page_says(page, address, texts):
    shown = page(address)
    assert [text for text in texts if text not in shown] == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing", 404),
        ("/w/no.such", 404),
        ("/w/no.such.book", 404),
        ("/w/sample.shigu-zhi.lib/9", 404),
        ("/w/sample.shigu-zhi.lib/1.2.99", 404),
        ("/w/sample.shigu-zhi.lib/1.2.1!r9", 404),
        ("/w/sample.shigu-zhi.lib/1.2.1@0-9999", 400),
        ("/w/sample.shigu-zhi.lib/1.2.1@9-3", 400),
        ("/w/sample.shigu-zhi.lib/1.2@0-1", 400),
        ("/w/sample.shigu-zhi.lib/1?layout=round", 400),
        ("/w/..%2f..%2fetc", 404),
        ("/w/sample.shigu-zhi.lib?under=7", 404),
        ("/w/sample.shigu-zhi.lib?from=x", 400),
        ("/w/sample.shigu-zhi.lib?page=99", 404),
        ("/browse/colour/", 404),
        ("/browse/author/?value=无名", 404),
        ("/browse/?page=9", 400),
        ("/cite/nonsense!!", 404),
        ("/w/nonsense", 404),
        ("/w/nonsense/1.2", 404),
        ("/cite/sample.shigu-zhi.lib:1.2.1?style=mla", 400),
        ("/page/sample.shigu-zhi.lib/99", 404),
        ("/page/sample.tongzhi.gao/1", 404),
        ("/search?q=(", 400),
        ("/search?q=水&page=0", 400),
        ("/search?q=水&page=x", 400),
        ("/search?q=水&order=price", 400),
        ("/w/sample.xiangyou.ben/1", 403),
        ("/w/sample.chexia", 410),
        ("/compare/sample.chexia", 410),
        ("/parallels/sample.chexia", 410),
        ("/w/sample.chexia.ben", 410),
        ("/w/sample.chexia.ben/1", 410),
    ],
)
def test_what_is_wrong_has_its_status_and_a_page_in_chinese(page, address, status):
    shown = page(address, status)
    assert "衡阳文库" in shown
    assert "Traceback" not in shown


def test_posting_is_refused_with_405(client):
    answer = client.post("/search", data={"q": "水"})
    assert answer.status_code == 405
    assert "不能这样访问" in answer.text
    assert "GET" in answer.headers["Allow"]


def test_a_work_without_edition_in_the_address_leads_to_its_edition(client):
    answer = client.get("/w/sample.shigu-zhi/1.2.1?q=石鼓")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/w/sample.shigu-zhi.lib/1.2.1?q=")


def test_turning_to_a_page_of_the_book(client):
    assert (
        client.get("/w/sample.zhengxiang-shuikao.ke?page=001-2a")
        .headers["Location"]
        .startswith("/w/sample.zhengxiang-shuikao.ke/1.2.2@21-21")
    )
    assert client.get("/w/sample.zhengxiang-shuikao.ke?page=2a").status_code == 302
    assert client.get("/w/sample.shigu-zhi.lib?page=2").headers["Location"] == "/page/sample.shigu-zhi.lib/2"


def test_a_long_table_of_contents_comes_in_parts(page):
    whole = page("/w/sample.tongzhi.gao")
    assert "第7鄉" not in whole
    assert "/w/sample.tongzhi.gao?under=1" in whole
    part = page("/w/sample.tongzhi.gao?under=1")
    assert "第7鄉" in part
    assert "第301鄉" not in part
    assert "第301鄉" in page("/w/sample.tongzhi.gao?under=1&from=300")


def test_the_api_lists_works_like_the_command_line(page):
    works = json.loads(page("/api/works"))
    one = next(work for work in works if work["id"] == "sample.zhengxiang-shuikao")
    assert one["title"] == "蒸湘水考"
    assert set(one["editions"][0]) == {"urn", "label", "characters", "passages", "pages", "rights"}


@pytest.mark.parametrize(("address", "status"), [("/api/nothing", 404), ("/api/search?q=(", 400), ("/api/search", 400)])
def test_the_api_answers_errors_in_json(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.json["error"]
    assert "html" not in answer.text


def test_an_unexpected_error_shows_a_number_and_logs_the_trace(folder, monkeypatch, caplog):
    from archive.config import Config
    from web import create_app
    from web.reading import browse

    def fall(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(browse.browse, "groups", fall)
    client = create_app(Config(), folder).test_client()
    answer = client.get("/browse/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    number = answer.text.split("编号 ")[1][:8]
    assert number in caplog.text
    assert "secret detail" in caplog.text


def test_a_busy_library_answers_503_and_asks_to_come_back(app, monkeypatch):
    from archive.errors import Busy
    from web.desk import Desk

    def busy(_):
        raise Busy("文库暂时打不开：locked。", remedy="请稍后再试。")

    monkeypatch.setattr(Desk, "entries", busy)
    answer = app.test_client().get("/browse/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "请稍后再试" in answer.text


def test_every_answer_carries_the_security_headers(client):
    for address in ("/", "/nothing", "/api/works", "/static/site.css", "/scan/sample.shigu-zhi.lib/1"):
        headers = client.get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_what_visitors_write_is_shown_as_text(page):
    shown = page("/search?q=<script>alert(1)</script>湘")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>x" not in page("/browse/author/?value=<b>x", 404)


def test_the_picture_of_a_page_is_the_original(client):
    answer = client.get("/scan/sample.shigu-zhi.lib/1")
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")


def test_there_is_no_site_without_a_library(tmp_path):
    from archive.config import Config
    from archive.errors import NotFound
    from web import create_app

    with pytest.raises(NotFound):
        create_app(Config(), tmp_path)
