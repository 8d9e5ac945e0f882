"""What is kept for the house is shown to whoever of the house may read it, and to nobody after them."""

import pytest
import sample_library
from sample_library import SECRETS, SNIPPET_ONLY
from staff import cheap, settle
from visitor import Visitor

from archive.config import Config
from archive.library import Library
from search.indexer import catch_up
from web import create_app

HOUSE = "sample.neibu.chao"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staff") / "library"
    with sample_library.build(folder) as library, pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        catch_up(library)
        settle(library)
        yield create_app(Config(), folder)


@pytest.fixture
def reader(app):
    visitor = Visitor(app)
    visitor.login("guanyuan")
    return visitor


def test_staff_read_what_is_kept(reader):
    page = reader.get(f"/w/{HOUSE}/1")
    assert page.status_code == 200
    assert [secret for secret in SECRETS if secret in page.text]
    assert "全书不公开，只供馆内阅读" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert reader.get(f"/w/{HOUSE}/1.1!r1").status_code == 200
    assert "不公开，只供馆内人员阅读" in reader.get(f"/w/{HOUSE}").text
    assert SNIPPET_ONLY in reader.get("/w/sample.xiangyou.ben/1").text


def test_staff_see_withheld_notes_punctuation_and_pictures(reader):
    page = reader.get("/w/sample.dushi.notes/1").text
    assert "匿名" in page and "注略" not in page and "注文、书影不公开" in page
    assert "匿名" in reader.get("/cite/sample.dushi.notes:1.1@0-29").text
    bare = reader.get("/w/sample.dushi.bare/1").text
    assert "标点不公开" in bare and "。" in bare


def test_staff_find_the_work_in_the_catalogue(reader, app):
    assert "sample.neibu" in reader.get("/browse/").text
    assert "sample.neibu" in str(reader.get("/api/works").json)
    assert reader.get("/w/sample.neibu").status_code == 200


@pytest.mark.parametrize("login", [None, "guanli", "chushen", "fushen", "zhongshen"])
def test_others_see_nothing_of_it_even_after_staff(app, reader, login):
    addresses = ["/", "/browse/", "/api/works", f"/w/{HOUSE}", f"/w/{HOUSE}/1", "/w/sample.dushi.notes/1"]
    addresses += [f"/cite/{HOUSE}:1.1", "/w/sample.xiangyou.ben/1", "/cite/sample.dushi.notes:1.1@0-29"]
    for address in addresses:
        reader.get(address)
    other = Visitor(app)
    if login:
        other.login(login)
    for address in addresses:
        text = other.get(address).text
        assert not [one for one in (*SECRETS, SNIPPET_ONLY, "sample.neibu") if one in text.replace(HOUSE, "")]
    assert other.get(f"/w/{HOUSE}/1").status_code == 404


def test_the_public_page_is_the_same_as_without_staff(app, reader):
    plain = Visitor(app)
    before = plain.get("/w/sample.dushi.notes/1").text
    reader.get("/w/sample.dushi.notes/1")
    assert plain.get("/w/sample.dushi.notes/1").text == before


def test_who_has_a_temporary_password_reads_nothing_more(app):
    from archive.accounts import Accounts
    from web.desk import desk

    with app.app_context(), Library.open(desk().folder) as library:
        Accounts(library).add("xinren", "新人", ["librarian"], "雁塔边上的新密码一串", by="guanli", temporary=True)
    visitor = Visitor(app)
    visitor.login("xinren", "雁塔边上的新密码一串")
    assert visitor.get(f"/w/{HOUSE}/1").status_code == 404
