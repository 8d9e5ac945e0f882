"""People of the house in a real browser: in by the keyboard, a review, out again, and nothing left behind."""

import sys
import threading
from pathlib import Path

import pytest
from viewports import PHONE, WIDE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

pytestmark = pytest.mark.browser
HOUSE = "/w/sample.neibu.chao/1"


class Sample:
    """A kind with one long field."""

    label = "示例条目"

    def title(self, library, id):
        return f"示例：{id}"

    def changes(self, library, id, version, published):
        from archive.review import Change

        return [Change("姓名", "", "王夫之"), Change("简介", "", "王夫之，字而農，號薑齋，人稱船山先生。" * 12)]

    def published(self, library, id, version):
        return None

    def withdrawn(self, library, id):
        return None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with people, one thing to review, and one book for the house."""
    import sample_library
    from staff import cheap, settle
    from werkzeug.serving import make_server

    from archive import kinds
    from archive.config import Config
    from archive.review import Review, Subject
    from search.indexer import catch_up
    from web import create_app

    folder = tmp_path_factory.mktemp("login") / "library"
    with pytest.MonkeyPatch.context() as patch, sample_library.build(folder) as library:
        cheap(patch)
        patch.setattr(kinds, "KINDS", {"sample": Sample()})
        catch_up(library)
        people = settle(library)
        Review(library).submit(Subject("sample", "王夫之"), people["bianji"], 1)
        server = make_server("127.0.0.1", 0, create_app(Config(), folder), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


def enter(page, login):
    from playwright.sync_api import expect
    from staff import PASSWORD

    expect(page.get_by_label("登录名")).to_be_focused()  # a browser sets the focus once it has drawn the page
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def test_a_reviewer_comes_in_reviews_and_leaves_by_the_keyboard(visit, site):
    page = visit("/review/", java_script_enabled=False)
    assert page.url.endswith("/login?next=%2Freview%2F")
    enter(page, "chushen")
    assert page.url == f"{site}/review/"
    page.get_by_role("link", name="示例：王夫之").press("Enter")
    page.get_by_label("意见").fill("生卒已核")
    page.get_by_role("button", name="初审通过").press("Enter")
    assert page.get_by_text("待复审").is_visible()
    assert page.get_by_text("生卒已核").is_visible()
    page.get_by_role("button", name="退出").press("Enter")
    assert page.get_by_role("link", name="登录").is_visible()
    page.goto(f"{site}/review/")
    assert "/login" in page.url


def test_nothing_for_the_house_is_left_in_the_browser(visit, site):
    page = visit(f"/login?next={HOUSE}")
    enter(page, "guanyuan")
    assert page.get_by_text("全书不公开，只供馆内阅读").is_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(f"{site}/")
    answer = page.go_back()
    assert page.get_by_text("只供馆内阅读").count() == 0
    assert answer is None or answer.status == 404


def test_readers_hold_no_cookie(visit):
    page = visit("/browse/")
    page.get_by_role("link", name="使用说明").first.click()
    assert page.context.cookies() == []


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_pages_of_the_house_fit_and_name_their_fields(visit, site, viewport):
    page = visit("/login", viewport)
    enter(page, "guanli")
    for address in (
        "/account",
        "/admin/users",
        "/admin/users/bianji",
        "/admin/audit",
        "/review/",
        "/review/sample/王夫之",
    ):
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
        unnamed = page.evaluate(
            "[...document.querySelectorAll('main :is(input, select, textarea):not([type=hidden], [hidden])')]"
            ".filter(one => !one.labels.length).map(one => one.name)"
        )
        assert (address, unnamed) == (address, [])
        assert page.locator("h1").count() == 1
