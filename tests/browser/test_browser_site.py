"""What only a browser can tell: what is in view, what fits, what the keyboard reaches, what a selection gives."""

import pytest
from viewports import PHONE, WIDE

from archive.library import Library
from archive.urn import parse

pytestmark = pytest.mark.browser

OLD = "/w/sample.zhengxiang-shuikao.ke/1"
IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && box.width > 0;
}"""
CUT = """() => [...document.querySelectorAll('main p, main li, main dd, main h1, main h2, main label')]
  .filter(e => !e.closest('.tategaki, .away, details:not([open])') && !e.classList.contains('away'))
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => e.textContent.slice(0, 30))"""
CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(n => n / 255)
      .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2];
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || element.closest('.away, svg')) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) low.push(element.outerHTML.slice(0, 80));
  }
  return low;
}"""
FAMILIES = [
    "/",
    "/browse/",
    "/w/sample.shigu-zhi",
    "/w/sample.shigu-zhi.lib",
    "/w/sample.shigu-zhi.lib/1.2.1@3-9?q=石鼓",
    OLD,
    f"{OLD}?layout=vertical",
    "/w/sample.tongzhi.gao/1.57?q=湘水",
    "/w/sample.tongzhi.gao?under=1",
    "/w/sample.xiangyou.ben/1",
    "/w/sample.shigu-zhi.lib/1.2.1!r1",
    "/search",
    "/search?q=湘水",
    "/search?q=没有这样的字句",
    "/search?q=(",
    "/cite/sample.shigu-zhi.lib:1.2.1@3-9",
    "/page/sample.shigu-zhi.lib/2",
    "/help",
    "/about",
    "/nothing",
]


def seen(element):
    """All of it is in view, once the browser has drawn the page and set the focus."""
    from playwright.sync_api import expect

    expect(element).to_be_in_viewport()
    assert element.evaluate(IN_VIEW)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_the_search_box_to_the_words_in_view(visit, viewport, scripts):
    page = visit("/", viewport, java_script_enabled=scripts)
    page.get_by_label("检索全文").fill("末句在此")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    page.locator(".kwic a").first.click()
    page.wait_for_url("**/w/**")
    marks = page.locator("article mark.cited")
    assert "".join(marks.all_text_contents()) == "末句在此"
    seen(marks.first)


@pytest.mark.parametrize("layout", ["", "&layout=vertical"], ids=["horizontal", "vertical"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_stable_address_scrolls_to_its_words_without_a_fragment(visit, viewport, layout):
    page = visit(f"/w/sample.zhengxiang-shuikao.ke/1.2.3@0-4?q={layout}", viewport)
    seen(page.locator("mark.cited").first)
    far = visit("/w/sample.tongzhi.gao/1.60?q=湘水", viewport)
    seen(far.locator("#hit"))
    assert far.evaluate("scrollY") > 200


@pytest.mark.parametrize("address", FAMILIES)
def test_a_phone_shows_every_page_whole_and_legible(visit, address):
    page = visit(address, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(CUT) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, page.evaluate(CONTRAST)) == (scheme, [])


def test_the_keyboard_alone_reaches_search_results_and_words(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("合江亭")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.kwic')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "who uses the keyboard must see where he is"
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")
    seen(page.locator("#hit"))
    assert page.locator("#hit").inner_text() == "合江亭"


SELECT = """([from, start, to, end]) => {
  const find = (id, text) => {
    const walker = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(text);
      if (at >= 0) return [node, at];
    }
  };
  const range = document.createRange();
  const [first, at] = find(from, start);
  const [last, until] = find(to, end);
  range.setStart(first, at);
  range.setEnd(last, until + end.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.mark.parametrize(
    ("address", "urn", "first", "last"),
    [
        ("/w/sample.shigu-zhi.lib/1", "sample.shigu-zhi.lib:1.2.1", "砥柱", "书院"),
        ("/w/sample.shigu-zhi.lib/1", "sample.shigu-zhi.lib:1.3.1", "三水", "两岸"),
        (OLD, "sample.zhengxiang-shuikao.ke:1.2.1", "𩔖", "釜"),
        (f"{OLD}?q=水", "sample.zhengxiang-shuikao.ke:1.2.2", "江亭", "後人"),
        (f"{OLD}?layout=vertical", "sample.zhengxiang-shuikao.ke:1.2.1", "故名", "𩔖"),
        ("/w/sample.dushi.bare/1", "sample.dushi.bare:1.1", "贵在", "其言"),
        ("/w/sample.dushi.notes/1", "sample.dushi.notes:1.1", "贵在", "可以"),
    ],
)
def test_selected_words_are_offered_for_citation_with_their_exact_range(visit, folder, address, urn, first, last):
    with Library.open(folder) as library:
        text = library.passage(parse(urn)).text
    page = visit(address)
    passage = f"p{urn.partition(':')[2]}"
    page.evaluate(SELECT, [passage, first, passage, last])
    wanted = f"{urn}@{text.index(first)}-{text.index(last) + len(last)}"
    bar = page.locator(".pick")
    bar.wait_for()
    assert f"urn:cts:hengyang:{wanted}" in bar.inner_text()
    link = bar.get_by_role("link", name="引用所选文字")
    assert link.get_attribute("href") == f"/cite/{wanted}"
    link.click()
    page.wait_for_url("**/cite/**")
    assert wanted in page.inner_text("main")


def test_the_words_cited_are_the_words_selected(visit, site):
    from urllib.request import urlopen

    page = visit("/w/sample.shigu-zhi.lib/1")
    page.evaluate(SELECT, ["p1.2.1", "砥柱", "p1.2.1", "书院"])
    href = page.locator(".pick a").get_attribute("href")
    shown = urlopen(f"{site}{href}").read().decode()
    assert "<blockquote" in shown
    assert "“砥柱。书院”" in shown


def test_copying_gives_the_words_and_their_name(chromium, visit):
    page = visit("/w/sample.shigu-zhi.lib/1", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(SELECT, ["p1.2.1", "砥柱", "p1.2.1", "砥柱"])
    page.locator(".pick").get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "“砥柱”\nurn:cts:hengyang:sample.shigu-zhi.lib:1.2.1@18-20"


def test_letting_go_of_the_selection_takes_the_offer_away(visit):
    page = visit("/w/sample.shigu-zhi.lib/1")
    page.evaluate(SELECT, ["p1.2.1", "砥柱", "p1.2.1", "砥柱"])
    page.locator(".pick").wait_for()
    page.evaluate("getSelection().removeAllRanges()")
    page.locator(".pick").wait_for(state="detached")


def test_vertical_columns_run_from_right_to_left_and_notes_are_half_as_wide(visit):
    page = visit(f"{OLD}?layout=vertical")
    assert page.locator("article").evaluate("e => getComputedStyle(e).writingMode") == "vertical-rl"
    columns = page.locator("#p1\\.2\\.1 .col")
    boxes = [columns.nth(number).bounding_box() for number in range(columns.count())]
    assert [box["x"] for box in boxes] == sorted((box["x"] for box in boxes), reverse=True)
    assert all(box["height"] > box["width"] for box in boxes)
    right, left = page.locator(".wari").nth(1).locator("> span").all()
    assert right.bounding_box()["x"] > left.bounding_box()["x"]
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert right.evaluate(size) * 2 == page.locator("article").evaluate(size)


def test_numbers_and_page_marks_hang_beside_the_text_and_are_not_selected(visit):
    page = visit("/w/sample.shigu-zhi.lib/1")
    text = page.locator("#p1\\.2\\.1").bounding_box()
    number = page.locator("#p1\\.2\\.1 .n").bounding_box()
    mark = page.locator("#p1\\.2\\.1 .pb > *").bounding_box()
    assert number["x"] + number["width"] < text["x"]
    assert mark["x"] > text["x"] + text["width"]
    page.locator("#p1\\.2\\.1").evaluate("e => getSelection().selectAllChildren(e)")
    assert page.evaluate("getSelection().toString()").strip().startswith("石鼓山在蒸水")
    assert "柱。书院" in page.evaluate("getSelection().toString()")


def test_the_text_keeps_its_measure(visit):
    page = visit("/w/sample.shigu-zhi.lib/1")
    width, size = page.locator("#p1\\.2\\.1").evaluate("e => [e.clientWidth, parseFloat(getComputedStyle(e).fontSize)]")
    assert 32 <= width / size <= 38


def test_printing_leaves_the_text_and_drops_the_furniture(visit):
    page = visit("/w/sample.shigu-zhi.lib/1")
    page.emulate_media(media="print")
    assert not page.locator("header.site").is_visible()
    assert not page.locator(".around").is_visible()
    assert page.locator("#p1\\.2\\.1").is_visible()
