"""The proofreading desk in a real browser: from doubt to saved by the keyboard alone, by mouse, by finger."""

import sys
import threading
from pathlib import Path

import pytest
from test_browser_site import CONTRAST, CUT
from viewports import PHONE, WIDE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

pytestmark = pytest.mark.browser
LEGIBLE = CONTRAST.replace("'.away, svg'", "'.away, svg, .under'")
"""What lies under a line has no colour of its own."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A site with people and no books yet: its address and its library."""
    from staff import cheap, settle
    from werkzeug.serving import make_server

    from archive.config import Config
    from archive.library import Library
    from web import create_app

    folder = tmp_path_factory.mktemp("proofreading") / "library"
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        library = Library.create(folder)
        settle(library)
        server = make_server("127.0.0.1", 0, create_app(Config(), folder), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}", library
        server.shutdown()
        thread.join()
        library.close()


@pytest.fixture(scope="module")
def site(house):
    return house[0]


@pytest.fixture
def book(house, request):
    """A book of scans of this test's own: its address on the desk, and what is kept of a page of it."""
    from scanned import scan

    from archive.transcription import store

    name = f"sample.b{abs(hash(request.node.nodeid)) % 10**9}.sao"
    edition = scan(house[1], name)
    return f"/proofreading/book/{name}", lambda sheet=0: store.page(house[1], edition, sheet).transcript


@pytest.fixture(scope="module")
def tall(house):
    """A book whose first page is set across and whose fifth in columns, both long, with a doubt at the end."""
    from dataclasses import replace

    from scanned import across, scan

    from archive.transcription.model import Glyph, Line

    lines = ["湘水東北流經衡陽石鼓山"] * 30
    long = across(lines, {(29, 10): ("岳",)})
    glyphs = tuple(Glyph((0, 20 * at, 24, 20 * at + 20), 0.4 if at == 39 else 1.0) for at in range(40))
    columns = [Line("湘" * 40, (600 - 40 * n, 0, 624 - 40 * n, 800), column=n, glyphs=glyphs) for n in range(12)]
    down = replace(across(), width=640, height=820, layout="vertical", lines=tuple(columns))
    name = "sample.tall.sao"
    scan(house[1], name, [long, across(), across(), across(), down], sheets=6)
    return f"/proofreading/book/{name}"


@pytest.fixture(scope="module")
def session(chromium, site):
    """A librarian's session, begun once."""
    from staff import PASSWORD

    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/login")
    page.get_by_label("登录名").fill("guanyuan")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="馆内").wait_for()
    yield context.storage_state()
    context.close()


@pytest.fixture
def enter(visit, session):
    """Open an address of the desk as a librarian."""

    def go(address, viewport=WIDE, **options):
        page = visit(address, viewport, storage_state=session, **options)
        page.set_default_timeout(8000)
        return page

    return go


def lines(page):
    return page.locator("fieldset.stretch > label input").evaluate_all("boxes => boxes.map(box => box.value)")


def test_a_page_is_proofread_by_the_keyboard_alone(enter, book):
    address, kept = book
    page = enter(f"{address}/1")
    status = page.locator(".tray [role=status]")
    page.keyboard.press("F2")
    status.filter(has_text="第 3 行第 9 字“己”").wait_for()
    assert "1已" in status.inner_text()
    page.keyboard.press("1")
    status.filter(has_text="“己”改作“已”").wait_for()
    assert lines(page)[2] == "书院建于山巅唐时已有讲学之人"
    assert page.evaluate("getSelection().toString()") == "赐", "the next doubtful character is chosen"
    page.keyboard.press("Enter")
    status.filter(has_text="没有存疑的字了").wait_for()
    assert page.locator("#doubtful").inner_text() == "0"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Control+Enter")
    status.filter(has_text="光标要在两个字之间").wait_for()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    assert lines(page)[2:4] == ["书院建于山巅", "唐时已有讲学之人"]
    page.keyboard.press("F4")
    page.keyboard.press("3")
    page.keyboard.press("Alt+ArrowUp")
    status.filter(has_text="移到了第 3 行").wait_for()
    assert lines(page)[2] == "唐时已有讲学之人"
    page.keyboard.press("Alt+z")
    assert lines(page)[3] == "唐时已有讲学之人"
    page.keyboard.press("F8")
    page.keyboard.type("U+2B6AC")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    page.wait_for_url("**done=saved*")
    saved = kept()
    texts = [(line.role, line.column, line.text.replace("\U0002b6ac", "")) for line in saved.lines]
    assert texts[2:4] == [("text", 2, "书院建于山巅"), ("note", 2, "唐时已有讲学之人")]
    assert "\U0002b6ac" in saved.text
    assert min(glyph.confidence for line in saved.lines for glyph in line.glyphs) > 0.9


def test_the_form_saves_the_same_without_scripts(enter, book):
    address, kept = book
    page = enter(f"{address}/1", java_script_enabled=False)
    page.get_by_label("第 2 行").fill("石鼓山|在蒸水入湘之处三面临江")
    page.locator("#l1 summary").click()
    page.locator("#l1").get_by_role("button", name="拆开").click()
    assert lines_without_script(page)[1:3] == ["石鼓山", "在蒸水入湘之处三面临江"]
    page.locator("#l3 summary").click()
    page.locator("#l3").get_by_role("button", name="已", exact=True).click()
    page.get_by_role("button", name="已校对").click()
    page.get_by_text("已保存为第 2 版").wait_for()
    assert [line.text for line in kept().lines][1:4] == [
        "石鼓山",
        "在蒸水入湘之处三面临江",
        "书院建于山巅唐时已有讲学之人",
    ]


def lines_without_script(page):
    return [one.input_value() for one in page.locator("fieldset.stretch > label input").all()]


def test_lines_are_dragged_by_mouse_and_columns_go_whole(enter, book):
    address, kept = book
    page = enter(f"{address}/1")
    grip = page.locator("#l3 .grip")
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    target = page.locator("#l1").bounding_box()
    page.mouse.move(target["x"] + 50, target["y"] + target["height"] / 2)
    page.mouse.move(target["x"] + 50, target["y"] + 8)
    page.mouse.up()
    assert lines(page)[1] == "宋初赐额遂为天下书院之一"
    page = enter_again(page, f"{address}/2")
    assert page.locator("#l0").bounding_box()["x"] > page.locator("#l3").bounding_box()["x"], "from right to left"
    page.get_by_label("第 4 列").focus()
    page.keyboard.press("Alt+Shift+ArrowUp")
    assert lines(page) == ["水上有氣如蒸故名", "蒸水出邵陵東北", "舊說水氣", "蒸騰非也"]
    page.keyboard.press("Control+s")
    page.wait_for_url("**done=saved*")
    assert kept(1).text == "水上有氣如蒸故名\n蒸水出邵陵東北(舊說水氣/蒸騰非也)"


def enter_again(page, address):
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(page.url.partition("/proofreading")[0] + address)
    return page


def test_a_column_is_dragged_with_all_that_stands_on_it(enter, book):
    page = enter(f"{book[0]}/2")
    page.get_by_text("整列").hover()
    page.mouse.down()
    target = page.locator("#l3").bounding_box()
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 20)
    page.mouse.move(target["x"] + 5, target["y"] + 20)
    page.mouse.up()
    assert lines(page) == ["水上有氣如蒸故名", "蒸水出邵陵東北", "舊說水氣", "蒸騰非也"]
    page.keyboard.press("Alt+z")
    assert lines(page)[0] == "蒸水出邵陵東北"
    page.on("dialog", lambda dialog: dialog.accept())


def test_stretches_stay_on_their_column_or_join_the_one_they_are_put_in(enter, book):
    address, kept = book
    page = enter(f"{address}/2")
    assert page.locator(".column").count() == 2
    page.get_by_label("第 3 列").focus()
    page.keyboard.press("Alt+ArrowUp")
    assert page.locator(".column").first.locator("label > input[name^='t.']").count() == 3
    page.get_by_label("第 4 列").focus()
    page.keyboard.press("Alt+ArrowUp")
    assert page.locator(".column").count() == 1
    assert page.evaluate("document.activeElement.value") == "水上有氣如蒸故名"
    page.keyboard.press("Alt+z")
    page.keyboard.press("Control+s")
    page.wait_for_url("**done=saved*")
    assert kept(1).text == "蒸水出邵陵東北(蒸騰非也/舊說水氣)\n水上有氣如蒸故名"


def test_undoing_takes_back_one_thing_at_a_time(enter, book):
    page = enter(f"{book[0]}/1")
    page.get_by_label("第 1 行").focus()
    page.keyboard.press("End")
    page.keyboard.type("上")
    page.keyboard.type("下")
    page.get_by_label("第 2 行").focus()
    page.keyboard.press("Home")
    page.keyboard.type("甲")
    page.keyboard.press("Control+Enter")
    assert lines(page)[:3] == ["湘水校书记上下", "甲", "石鼓山在蒸水入湘之处三面临江"]
    page.keyboard.press("Alt+z")
    assert lines(page)[1] == "甲石鼓山在蒸水入湘之处三面临江"
    page.keyboard.press("Alt+z")
    assert lines(page)[:2] == ["湘水校书记上下", "石鼓山在蒸水入湘之处三面临江"]
    page.keyboard.press("Alt+z")
    assert lines(page)[0] == "湘水校书记"


def test_arrows_follow_the_columns_of_a_vertical_page(enter, book):
    page = enter(f"{book[0]}/2")
    page.get_by_label("第 1 列").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.name") == "t.1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    assert lines(page)[0] == "蒸水出邵陵東北舊說水氣"


def test_lines_are_joined_added_and_dropped_where_the_caret_stands(enter, book):
    address, kept = book
    page = enter(f"{address}/1")
    page.get_by_label("第 2 行").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    assert lines(page)[0] == "湘水校书记石鼓山在蒸水入湘之处三面临江"
    assert page.evaluate("document.activeElement.selectionStart") == 5
    page.keyboard.press("Alt+z")
    assert len(lines(page)) == 4
    page.locator("#l3 summary").click()
    page.locator("#l3").get_by_role("button", name="加一行").click()
    page.keyboard.type("补上的一行")
    page.locator("#l0 summary").click()
    page.locator("#l0").get_by_role("button", name="删去").click()
    page.keyboard.press("Control+s")
    page.wait_for_url("**done=saved*")
    texts = [line.text for line in kept().lines]
    assert texts[0].startswith("石鼓山") and texts[3] == "补上的一行"
    assert kept().lines[3].box[1] >= kept().lines[2].box[3] - 1, "it stands below the line before it"


def test_a_description_that_is_not_whole_is_not_put_in(enter, book):
    page = enter(f"{book[0]}/1")
    page.get_by_label("第 1 行").focus()
    page.keyboard.press("End")
    page.keyboard.press("F8")
    page.keyboard.type("⿰木")
    page.keyboard.press("Enter")
    page.locator(".tray [role=status]").filter(has_text="描述不完整").wait_for()
    page.keyboard.type("木")
    page.keyboard.press("Enter")
    assert lines(page)[0] == "湘水校书记⿰木木"


@pytest.mark.parametrize("sheet", [1, 5])
def test_a_doubtful_character_comes_into_sight_on_a_phone(enter, tall, sheet):
    page = enter(f"{tall}/{sheet}", PHONE)
    page.keyboard.press("Shift+F2")
    mark = page.locator("fieldset.stretch").last.locator(".under mark").last.bounding_box()
    bar = page.locator(".closing").bounding_box()
    assert mark["y"] > 0 and mark["y"] + mark["height"] < bar["y"]


def test_after_a_save_the_caret_is_where_it_was_and_then_the_next_page_is_at_hand(enter, book):
    page = enter(f"{book[0]}/1")
    page.get_by_label("第 2 行").fill("石鼓山在烝水入湘之处三面临江")
    page.keyboard.press("Control+s")
    page.wait_for_url("**done=saved*")
    assert page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]") == ["t.1", 14]
    page.get_by_role("button", name="已校对").click()
    page.get_by_text("已保存为第 3 版").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{book[0]}/2")


def test_the_line_in_hand_is_shown_on_the_whole_page(enter, book):
    page = enter(f"{book[0]}/1")
    page.locator(".leaf rect").nth(1).click()
    assert page.evaluate("document.activeElement.name") == "t.1"
    page.get_by_label("第 3 行").focus()
    assert page.locator(".leaf rect.here").get_attribute("y") == "100"


@pytest.mark.parametrize("path", ["/", "/1", "/2", "/4", "/1/history", "/1/history/1"])
def test_every_page_fits_a_phone_and_is_legible(enter, book, path):
    page = enter(f"{book[0]}{path}", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(CUT) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, page.evaluate(LEGIBLE)) == (scheme, [])


@pytest.mark.parametrize("path", ["", "jobs/", "help"])
def test_the_lists_of_the_desk_fit_a_phone_and_are_legible(enter, book, path):
    page = enter(f"/proofreading/{path}", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, page.evaluate(LEGIBLE)) == (scheme, [])


def test_a_page_is_proofread_by_finger(enter, book):
    address, kept = book
    page = enter(f"{address}/1", PHONE, has_touch=True)
    page.get_by_role("button", name="下一疑").tap()
    page.get_by_role("button", name="已", exact=False).filter(has_text="1已").tap()
    page.get_by_role("button", name="不错").tap()
    page.get_by_role("button", name="已校对").tap()
    page.wait_for_url("**done=saved*")
    assert kept().lines[2].text == "书院建于山巅唐时已有讲学之人"
