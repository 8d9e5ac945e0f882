"""The directories in a real browser, without JavaScript: from the front page to a person, and a route on paper."""

import sys
import threading
from pathlib import Path

import pypdfium2
import pytest
from test_browser_site import CONTRAST, CUT
from viewports import PHONE, WIDE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

pytestmark = pytest.mark.browser
PAGES = [
    "/d/",
    "/d/?q=石鼓",
    "/d/?group=红色衡阳",
    "/d/experts/",
    "/d/experts/?q=无此人",
    "/d/experts/?view=cards",
    "/d/achievements/?view=stats",
    "/d/achievements/?view=together",
    "/d/achievements/?year=2023&q=书院",
    "/d/experts/wang-fuzhi",
    "/d/experts/withdrawn",
    "/d/routes/chengqu",
    "/d/routes/ten-stops",
    "/submit/ideas",
]
STORY = "这里是一段示例文字，用来看一站的说明印在纸上有多长，并不叙述任何一处真实的地方。" * 6


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site over the sample directories, with a route of ten stops."""
    import public_records
    from werkzeug.serving import make_server

    from archive.config import Config
    from search.indexer import catch_up
    from web import create_app

    folder = tmp_path_factory.mktemp("records") / "library"
    with public_records.build(folder) as library:
        catch_up(library)
        stops = []
        for number in range(10):
            place = {"name": f"示例地点{number}", "county": "石鼓区", "address": f"示例路{number}号", "story": STORY}
            place["coordinates"] = f"{26.8 + number % 4 / 50}, {112.5 + number / 40}；WGS84；示例；示例"
            key = public_records.add(library, "red_places", f"stop-{number}", place)
            stops.append(f"示例地点{number}〔{key}〕：停留半小时，可看碑刻与展陈")
        route = {"name": "十站（示例）", "about": "示例路线。", "stops": "\n".join(stops), "advice": "示例提示。"}
        public_records.add(library, "routes", "ten-stops", route)
    server = make_server("127.0.0.1", 0, create_app(Config(), folder), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_the_front_page_to_a_person_and_on_without_scripts(visit, viewport):
    page = visit("/", viewport, java_script_enabled=False)
    page.get_by_role("navigation", name="全站").get_by_role("link", name="名录").click()
    page.get_by_role("link", name="衡阳优秀社科专家库").click()
    if viewport == PHONE:
        page.get_by_role("link", name="缩小范围").click()
    page.get_by_role("navigation", name="缩小范围").get_by_role("link", name="哲学").click()
    page.get_by_role("link", name="卡片").click()
    assert page.get_by_role("img", name="王夫之照片").is_visible()
    page.locator(".cards").get_by_role("link", name="王夫之").click()
    page.locator(".ties").get_by_role("link", name="书院旧闻（示例）").click()
    page.get_by_role("link", name="彭玉麟").click()
    page.wait_for_url("**/peng-yulin")
    assert page.get_by_role("heading", level=1).inner_text() == "彭玉麟"
    page.go_back()
    page.get_by_role("link", name="衡阳优秀社科成果库").click()
    page.get_by_label("检索", exact=True).fill("石鼓")
    page.keyboard.press("Enter")
    page.wait_for_url("**/d/achievements/?q=*")
    assert page.locator(".works h3").all_inner_texts() == ["石鼓山水考（示例）"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_fits_a_phone_and_is_legible(visit, address):
    page = visit(address, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(CUT) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, page.evaluate(CONTRAST)) == (scheme, [])


def test_a_route_of_ten_stops_is_printed_on_two_sides(visit):
    page = visit("/d/routes/ten-stops")
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(paper) <= 2
    assert [round(side) for side in paper[0].get_size()] == [595, 842]  # A4 in points
    text = "".join(side.get_textpage().get_text_range() for side in paper)
    assert all(f"示例地点{number}" in text for number in range(10))
    assert "/d/routes/ten-stops" in text and "使用说明" not in text


def test_scripts_in_what_was_typed_stay_words(visit):
    page = visit("/d/experts/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.get_by_label("检索", exact=True).input_value() == "<script>alert(1)</script>"
    assert page.locator("main script").count() == 0
