"""A record's whole way in a real browser: collected, reviewed by three people, published, found, withdrawn."""

import sys
import threading
from pathlib import Path

import pytest
from viewports import PHONE, WIDE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

pytestmark = pytest.mark.browser
STEPS = (("chushen", "初审通过", "待复审"), ("fushen", "复审通过", "待终审"), ("zhongshen", "终审通过", "已发布"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A library with the sample directories and people of every role."""
    import sample_library
    from directory_samples import declare
    from staff import cheap, settle

    from search.indexer import catch_up

    folder = tmp_path_factory.mktemp("directories") / "library"
    with pytest.MonkeyPatch.context() as patch, sample_library.build(folder) as library:
        cheap(patch)
        catch_up(library)
        settle(library)
        declare(library)
        yield folder


@pytest.fixture(scope="module")
def site(folder):
    """The site over it."""
    from werkzeug.serving import make_server

    from archive.config import Config
    from web import create_app

    server = make_server("127.0.0.1", 0, create_app(Config(), folder), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def person(visit, site):
    """A window in which somebody of the house has logged in."""
    from staff import PASSWORD

    def enter(login, address="/keeping/", viewport=WIDE, **options):
        page = visit(f"/login?next={address}", viewport, **options)
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return enter


def sheet(folder):
    """A keeper's Excel file: one record that can be taken in, one that cannot."""
    from openpyxl import Workbook

    book = Workbook()
    for row in (["人名", "单位", "学科", "简介"], ["管嗣裘", "示例书院", "历史", "示例。"], ["", "无名", "", ""]):
        book.active.append(row)
    book.save(folder / "人物.xlsx")
    return folder / "人物.xlsx"


def test_from_the_form_and_the_sheet_to_the_public_and_back(person, visit, site, tmp_path):
    page = person("bianji", java_script_enabled=False)
    page.get_by_role("link", name="示例人物").click()
    page.get_by_role("link", name="新建", exact=True).click()
    page.get_by_label("姓名").fill("夏汝弼")
    page.get_by_label("年", exact=False).first.fill("1600")
    page.get_by_label("历史").check()
    page.get_by_role("group", name="字号").get_by_role("button", name="再加一行").click()
    page.get_by_label("字号，第 1 项").fill("叔直")
    page.get_by_label("备注").fill("金丝雀08619997")
    page.get_by_role("button", name="保存并送审").click()
    assert page.get_by_role("status").inner_text() == "已送审。"

    page.get_by_role("link", name="示例人物").click()
    page.get_by_role("link", name="导入", exact=True).click()
    page.get_by_label("表格文件").set_input_files(sheet(tmp_path))
    page.get_by_role("button", name="上传").click()
    assert page.get_by_label("人名").input_value() == "name"
    page.get_by_role("button", name="试导入").click()
    assert "新增 1" in page.get_by_role("status").inner_text() and page.get_by_text("姓名：必填").is_visible()
    page.get_by_role("button", name="正式导入 1 行").click()
    page.get_by_role("button", name="整批送审").click()
    assert page.url == f"{site}/review/"

    for login, button, after in STEPS:
        reviewer = person(login, "/review/", java_script_enabled=False)
        assert visit("/d/people/").get_by_role("link", name="夏汝弼").count() == 0, "nothing unreviewed is public"
        for name in ("夏汝弼", "人物.xlsx"):
            reviewer.goto(f"{site}/review/")
            reviewer.get_by_role("link", name=name).click()
            reviewer.get_by_role("button", name=button).click()
            assert reviewer.get_by_text(after).first.is_visible()

    reader = visit("/d/")
    reader.get_by_label("检索全部名录").fill("xiarubi")
    reader.keyboard.press("Enter")
    reader.get_by_role("link", name="夏汝弼").click()
    assert reader.get_by_role("heading", name="夏汝弼").is_visible()
    assert "金丝雀" not in reader.content()
    public = reader.url
    assert visit("/d/people/?q=管嗣裘").get_by_role("link", name="管嗣裘").is_visible()

    reviewer.goto(f"{site}/keeping/people/")
    reviewer.get_by_role("link", name="夏汝弼").click()
    reviewer.get_by_role("link", name="审读").click()
    reviewer.get_by_label("理由").fill("本人要求")
    reviewer.get_by_role("button", name="撤下").click()
    assert reviewer.get_by_text("已撤下").first.is_visible()
    answer = reader.goto(public)
    assert answer.status == 410
    assert visit("/d/people/?q=夏汝弼").get_by_role("link", name="夏汝弼").count() == 0


def test_a_keyboard_fills_in_a_record_and_is_led_to_what_is_wrong(person):
    from playwright.sync_api import expect

    page = person("bianji", "/keeping/people/new")
    page.get_by_label("姓名").focus()
    page.keyboard.type("王敔")
    page.get_by_label("年", exact=False).first.fill("某年")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    assert "有 1 处要改" in alert.inner_text()
    expect(alert).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#f.birth.0.year"
    assert page.get_by_label("姓名").input_value() == "王敔"
    page.get_by_role("group", name="字号").get_by_role("button", name="再加一行").press("Enter")
    expect(page.locator("[id='f.other_names.1']")).to_be_focused()


def test_two_windows_at_once_lose_nothing(person, site, folder):
    from directory_samples import people, put

    from archive.library import Library

    with Library.open(folder) as library:
        key = put(library, people(), name="劉獻廷", unit="示例", publish=False)
    where = f"/keeping/people/entry/{key.slug}/edit"
    first = person("bianji", where)
    second = first.context.new_page()
    second.goto(f"{site}{where}")
    first.get_by_label("简介").fill("甲写的")
    second.get_by_label("简介").fill("乙写的")
    first.get_by_role("button", name="保存草稿").last.click()
    second.get_by_role("button", name="保存草稿").last.click()
    assert second.get_by_role("alert").get_by_text("两人都改了").is_visible()
    assert second.get_by_label("简介").input_value() == "乙写的"
    assert second.get_by_role("cell", name="甲写的").is_visible()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_keepers_pages_fit_name_their_boxes_and_can_be_read(person, site, folder, viewport):
    from directory_samples import people, put
    from test_browser_site import CONTRAST

    from archive.library import Library

    with Library.open(folder) as library:
        one = put(library, people(), name="羅正鈞", unit="示例", phone="0734-8123456", bio="示例。" * 80, publish=False)
        other = put(library, people(), name="罗正钧", unit="示例", publish=False)
    page = person("bianji", "/keeping/", viewport)
    addresses = [
        "",
        "people/",
        "people/new",
        f"people/entry/{one.slug}",
        f"people/entry/{one.slug}/edit",
        "experts/new",
    ]
    addresses += ["people/import/", "people/duplicates", f"people/merge/{one.slug}/{other.slug}", "people/fields"]
    for address in addresses:
        page.goto(f"{site}/keeping/{address}")
        assert (address, page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]) == (address, True)
        unnamed = page.evaluate(
            "[...document.querySelectorAll('main :is(input, select, textarea):not([type=hidden], [hidden])')]"
            ".filter(one => !one.labels.length).map(one => one.name)"
        )
        assert (address, unnamed) == (address, [])
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert (address, scheme, page.evaluate(CONTRAST)) == (address, scheme, [])
