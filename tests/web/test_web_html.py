"""The house rules of every page: sound HTML, nothing from elsewhere, labels on all controls, less than 100 KB."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from crawling import crawl
from lxml import html

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
SVG_CLOSED = {"use", "path", "rect"}


class Checker(HTMLParser):
    """Tags that are not closed in order, ids given twice, style and script in the page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids = [], [], Counter()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        values = dict(attrs)
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> repeats an attribute")
        if any(name.startswith("on") or name == "style" for name in names):
            self.wrong.append(f"<{tag}> has inline style or script")
        if "id" in values:
            self.ids[values["id"]] += 1
        if tag == "p" and "p" in self.open:
            self.wrong.append("<p> in <p>")
        if tag in ("div", "details", "ul", "ol", "section", "table", "h2") and self.open[-1:] == ["p"]:
            self.wrong.append(f"<{tag}> in <p>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> does not match")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style") and data.strip():
            self.wrong.append("script or style in the page")


def sound_and_small(address, answer):
    """Hold a page against the rules."""
    checker = Checker()
    checker.feed(answer.text)
    repeated = [name for name, count in checker.ids.items() if count > 1]
    assert (address, checker.wrong, checker.open, repeated) == (address, [], [], [])
    assert len(answer.data) < 100_000, address


@pytest.fixture(scope="module")
def pages(app):
    starts = (
        "/",
        "/w/sample.shigu-zhi.lib/1.2.1@3-9?q=石鼓",
        "/w/sample.zhengxiang-shuikao.ke/1?layout=vertical&q=气",
        "/w/sample.shigu-zhi.lib/1.2.1!r1",
        "/w/sample.tongzhi.gao/2.1?q=末句",
        "/search?q=湘水",
        "/search?q=不会有的字句",
        "/search?q=(",
        "/w/sample.xiangyou.ben/1",
        "/w/sample.chexia.ben",
        "/w/sample.tongzhi.gao?under=1",
        "/w/sample.dushi.notes/1",
        "/nothing",
    )
    found = [
        (address, answer) for address, answer in crawl(app.test_client(), *starts) if answer.mimetype == "text/html"
    ]
    assert len(found) > 60
    return found


def test_html_is_well_formed(pages):
    for address, answer in pages:
        if answer.status_code in (301, 302):
            continue
        checker = Checker()
        checker.feed(answer.text)
        repeated = [name for name, count in checker.ids.items() if count > 1]
        assert (address, checker.wrong, checker.open, repeated) == (address, [], [], [])


def test_pages_stay_small(pages):
    assert max((len(answer.data), address) for address, answer in pages)[0] < 100_000


def test_no_link_within_the_site_is_broken(pages):
    expected = {"/nothing": 404, "/w/sample.xiangyou.ben/1": 403, "/w/sample.chexia.ben": 410, "/search?q=(": 400}
    broken = [
        (address, answer.status_code)
        for address, answer in pages
        if answer.status_code >= 400 and answer.status_code != expected.get(address)
    ]
    assert [one for one in broken if "sample.xiangyou" not in one[0]] == []


def test_every_page_has_landmarks_one_first_heading_a_title_and_a_language(pages):
    for address, answer in pages:
        if answer.status_code in (301, 302):
            continue
        tree = html.fromstring(answer.text)
        assert tree.get("lang") == "zh-Hans", address
        assert len(tree.xpath("//h1")) == 1, address
        assert len(tree.xpath("//main")) == len(tree.xpath("//header[contains(@class, 'site')]")) == 1, address
        assert tree.xpath("//a[@href='#content']"), address
        assert tree.findtext(".//title").strip(), address


def test_every_control_has_a_label_and_every_picture_a_text(pages):
    for address, answer in pages:
        if answer.status_code in (301, 302):
            continue
        tree = html.fromstring(answer.text)
        labelled = set(tree.xpath("//label/@for"))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            assert control.xpath("ancestor::label") or control.get("id") in labelled, address
        assert not tree.xpath("//img[not(@alt)]"), address
        assert not [
            a for a in tree.xpath("//a") if not (a.text_content().strip() or a.get("aria-label") or a.xpath("img/@alt"))
        ], address


def test_links_within_a_page_have_their_target(pages):
    for address, answer in pages:
        if answer.status_code in (301, 302):
            continue
        tree = html.fromstring(answer.text)
        ids = set(tree.xpath("//@id"))
        inner = {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")}
        assert inner <= ids, (address, inner - ids)


def test_our_own_style_and_script_are_small_and_fetch_nothing(client):
    css, script = client.get("/static/site.css").data, client.get("/static/cite.js").data
    assert len(css) < 40_960
    assert len(script) < 5_120
    assert not re.search(rb"url\(|@import|https?:", css)
    assert b"http" not in script
