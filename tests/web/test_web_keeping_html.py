"""The keepers' pages obey the house rules of every page: sound HTML, labels, small, no broken link."""

import pytest
from directory_samples import people, put
from keepers import House, form, picture
from lxml import html
from staff import cheap
from test_web_html import sound_and_small
from test_web_keeping_import import columns, data, sheet, upload

from archive.directories import reviewing
from web.keeping import importing


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """(address, answer) of every kind of page the keepers see, errors and self-service among them."""
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        patch.setattr(importing, "PATIENCE", 30)
        house = House(tmp_path_factory.mktemp("keeping") / "library")
        yield list(walk(house))
        house.library.close()


def walk(house):
    editor, ruler = house.person("bianji"), house.person("guanli")
    book = house.book(title="读通鉴论", year=1687)
    one = put(
        house.library,
        people(),
        name="王夫之",
        unit="示例",
        works=[{"text": "读通鉴论", "to": str(book)}],
        phone="0734-1234567",
    )
    other = house.draft(name="王舩山", unit="示例")
    page = form(editor, f"/keeping/people/entry/{one.slug}/edit").set(bio__0="简介\n" * 50)
    page.send(files={"f.photo.0.file": (picture(), "a.jpg")})
    twin = house.draft(name="刘献廷", unit="示例")
    house.draft(name="劉獻廷", unit="示例")
    for address in (
        "",
        "people/",
        "people/?q=没有",
        "people/new",
        f"people/entry/{one.slug}",
        "people/import/",
        f"people/entry/{one.slug}/edit",
        "people/duplicates",
        "people/fields",
        "experts/new",
        f"people/merge/{one.slug}/{other.slug}",
        f"people/entry/{twin.slug}",
        "red_places/new",
    ):
        yield address, editor.get(f"/keeping/{address}")
    yield "privacy", ruler.get(f"/keeping/people/entry/{one.slug}/privacy")
    wrong = form(editor, "/keeping/people/new").set(birth__0__year="x", name__0="某", texts__0="石鼓", field=["占星"])
    yield "wrong", wrong.send()
    yield "find", wrong.send("find:texts:0")
    stale = form(editor, f"/keeping/people/entry/{one.slug}/edit").set(bio__0="甲")
    form(editor, f"/keeping/people/entry/{one.slug}/edit").set(bio__0="乙").send()
    yield "stale", stale.send()
    answer = upload(editor, data(sheet(["姓名", "单位"], ["劉献廷", "示例"], ["", "x"], ["新人", "某"])))
    yield "columns", editor.get(answer.location)
    columns(editor, answer)
    for status in ("held", "refused", "added"):
        yield status, editor.get(f"{answer.location}?status={status}")
    where = f"/keeping/people/entry/{one.slug}"
    made = editor.send(f"{where}/invite", seen=where, days="3")
    yield "link", made
    link = html.fromstring(made.text).get_element_by_id("link").value.removeprefix("http://localhost")
    yield "fill", house.app.test_client().get(link)
    reviewing.submit(house.library, people(), twin, house.people["bianji"])
    yield "review", house.person("chushen").get(f"/review/record/{twin}")


def test_they_are_sound_and_small(pages):
    for address, answer in pages:
        sound_and_small(address, answer)


def test_every_control_is_labelled_and_every_description_is_there(pages):
    for address, answer in pages:
        tree = html.fromstring(answer.text)
        labelled, ids = set(tree.xpath("//label/@for")), set(tree.xpath("//@id"))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            assert control.xpath("ancestor::label") or control.get("id") in labelled, (address, control.get("name"))
        for named in tree.xpath("//@aria-describedby | //@aria-labelledby | //@list | //label/@for"):
            assert set(named.split()) <= ids, (address, named)
        assert all(one.text_content().strip() for one in tree.xpath("//button | //legend | //main//a")), address
        assert len(tree.xpath("//h1")) == 1 and not tree.xpath("//img[not(@alt)]"), address
        assert len(tree.xpath("//*[@autofocus]")) <= 1, address


def test_links_within_a_page_have_their_target(pages):
    for address, answer in pages:
        tree = html.fromstring(answer.text)
        inner = {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")}
        assert inner <= set(tree.xpath("//@id")), (address, inner)
